"""The paid single look-up in CPR over HTTP. The shape is the hub's own (docs/contracts.md, section 10).

CPR's real single look-up (CPR Direkte) gives fixed-width records over TCP to subscribers only; what stands between
translates, and keeps what it did under the key.
"""

from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import ValidationError

from contracts.cpr import CprPerson
from services.cpr_events.forloeb.opslag import OpslagHentet, OpslagIkkeFundet, OpslagMislykket, Opslagsspoergsmaal
from shared.domain.udfald import InternBesked
from shared.platform.httpclient import IKKE_FUNDET, TIDSGRAENSER, HttpKlient, UvistSvar
from shared.platform.tjeneste import Afvist, Klient, Svar, Udfoert

UKENDT_NUMMER = "UKENDT_NUMMER"


class CprOnline:
    """`POST /opslag` with an idempotency key; `GET /opslag/<key>` tells what became of it and costs nothing."""

    def __init__(
        self, url: str, afklaringstid: timedelta = timedelta(seconds=3), tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient("CPR online", url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """CPR-16: look the person up. An order that has become too old is not sent, and not paid for."""
        spurgt = Opslagsspoergsmaal.model_validate(indhold)
        if nu > spurgt.senest:
            return _mislykket(spurgt, "FOR_GAMMEL")
        krop = {f: getattr(spurgt, f) for f in ("cpr", "kommunekode", "aktoer", "grund")}
        status, svar = await self._http.post("/opslag", krop, noegle)
        if httpx.codes.is_success(status):
            return _fundet(spurgt, svar, nu)
        if not svar:
            raise UvistSvar(f"CPR online: svarede {status} uden en kode")
        return _afvist(spurgt, str(svar["kode"]))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the look-up with this key; its answer is as old as the wish at most."""
        spurgt = Opslagsspoergsmaal.model_validate(indhold)
        status, svar = await self._http.hent("/opslag", noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return _fundet(spurgt, svar, min(spurgt.oensket, nu))
            case "AFVIST":
                return _afvist(spurgt, str(svar.get("kode", "UOPLYST")))
            case _:
                raise UvistSvar("CPR online: svarede med en tilstand, vi ikke kender")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """It can always be asked what became of a key."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()


class IngenCprOnline:
    """Where no address is configured, nobody is asked and nothing is paid."""

    afklaringstid = timedelta(seconds=3)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Refuse."""
        return _mislykket(Opslagsspoergsmaal.model_validate(indhold), "IKKE_SAT_OP")

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """Raises `UvistSvar`: what was sent before the address was taken away stays unknown."""
        raise UvistSvar("CPR online: adressen mangler i indstillingerne")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """With an address it can be asked again."""
        return None

    async def luk(self) -> None:
        """Nothing is open."""


def klient(url: str) -> Klient:
    """The client of an address, or of none."""
    return CprOnline(url) if url else IngenCprOnline()


def _fundet(spurgt: Opslagsspoergsmaal, svar: dict[str, Any], hentet: datetime) -> Svar:
    """A person under the number asked for. Anything else cannot be used, and has been paid for."""
    try:
        person = CprPerson.model_validate(svar.get("person"))
    except ValidationError:
        return _mislykket(spurgt, "UBRUGELIGT_SVAR", gebyr=True)
    if spurgt.cpr not in {person.cpr, person.gaeldende_cpr, *person.tidligere_cpr}:
        return _mislykket(spurgt, "UBRUGELIGT_SVAR", gebyr=True)
    return Udfoert(
        OpslagHentet(opslag_id=spurgt.opslag_id, ordensnoegle=spurgt.ordensnoegle, hentet=hentet, person=person)
    )


def _afvist(spurgt: Opslagsspoergsmaal, kode: str) -> Svar:
    if kode == UKENDT_NUMMER:
        return Afvist(OpslagIkkeFundet(opslag_id=spurgt.opslag_id, ordensnoegle=spurgt.ordensnoegle))
    return _mislykket(spurgt, "AFVIST_AF_CPR")


def _mislykket(spurgt: Opslagsspoergsmaal, kode: str, gebyr: bool = False) -> Svar:
    return Afvist(OpslagMislykket(opslag_id=spurgt.opslag_id, ordensnoegle=spurgt.ordensnoegle, kode=kode, gebyr=gebyr))
