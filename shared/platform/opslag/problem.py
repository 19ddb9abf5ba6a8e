"""What is wrong with a call of the read API, as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

PROBLEMTYPE = "application/problem+json"
VENT_S = 5
"""When to try again after an outage."""
# fmt: off
PROBLEMER: Mapping[str, tuple[int, str]] = {
    # kode                   status  sætning
    "TOKEN_MANGLER":         (401, "Kaldet mangler et token: send det som »Authorization: Bearer ...«."),
    "TOKEN_UGYLDIGT":        (401, "Tokenet kan ikke bruges: det er udløbet, forkert eller ikke til hubben."),
    "ROLLE_UKENDT":          (403, "Hubben kender ikke rollen i tokenet."),
    "ROLLE_UDEN_ADGANG":     (403, "Rollen giver ikke adgang til dette opslag."),
    "KOMMUNE_UKENDT":        (403, "Kommunen i tokenet findes ikke."),
    "IKKE_FUNDET":           (404, "Det findes ikke, eller kommunen har ikke adgang til det."),
    "ADRESSE_UKENDT":        (404, "Hubben har intet opslag på den adresse."),
    "METODE_UKENDT":         (405, "Opslaget kan ikke kaldes med den metode."),
    "FOR_LANGSOMT":          (408, "Kaldets indhold kom ikke i tide."),
    "FOR_STORT":             (413, "Kaldets indhold er for stort."),
    "UGYLDIGT":              (422, "Kaldets felter kan ikke bruges; se »fejl«."),
    "FEJL":                  (500, "Hubben kunne ikke svare på opslaget."),
    "ADGANG_IKKE_SAT_OP":    (503, "Hubben har ingen nøgler at prøve tokenet med og svarer derfor ingen."),
    "NOEGLER_UTILGAENGELIGE": (503, "Nøglerne til at prøve tokenet med kan ikke hentes lige nu."),
    "NEDE":                  (503, "Hubbens database svarer ikke lige nu."),
}
# fmt: on


class Feltfejl(BaseModel):
    """A field that cannot be used, and why (pydantic's name of the error); never the value."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    felt: str
    grund: str


class Problemsvar(BaseModel):
    """The body of every answer that is no answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    type: str
    """`urn:sygesikring:problem:<kode>`"""
    title: str
    """A sentence that can be shown to a person."""
    status: int
    kode: str
    fejl: tuple[Feltfejl, ...] = ()


class Problem(Exception):
    """The call is refused with this code."""

    def __init__(self, kode: str, fejl: Sequence[Feltfejl] = ()) -> None:
        super().__init__(kode)
        self.kode = kode
        self.status, self.saetning = PROBLEMER[kode]
        self.fejl = tuple(fejl)

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The answer. One that asks for a token says so; one that an outage caused says when to try again."""
        body = Problemsvar(
            type=f"urn:sygesikring:problem:{self.kode}",
            title=self.saetning,
            status=self.status,
            kode=self.kode,
            fejl=self.fejl,
        )
        more = {"Cache-Control": "no-store", **(headers or {})}
        if self.status == 401:
            more["WWW-Authenticate"] = "Bearer"
        if self.status == 503:
            more["Retry-After"] = str(VENT_S)
        return Response(body.model_dump_json(), self.status, more, PROBLEMTYPE)
