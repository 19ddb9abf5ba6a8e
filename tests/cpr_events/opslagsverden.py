"""A look-up in CPR for the tests: the command, the person, and CPR's answer."""

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprNavn, CprPerson
from contracts.cpr_opslag import CprOpslagBestilt
from contracts.noegle import person_id_ved_oprettelse
from services.cpr_events.app import TJENESTE
from services.cpr_events.forloeb.opslag import OpslagHentet, OpslagIkkeFundet, OpslagMislykket
from shared.platform.settings import Settings
from tests.motor import Motor

HEMMELIG, CPR = "en hemmelighed", "6909990001"
NU = datetime(2024, 11, 4, 9, 30, tzinfo=UTC)
ID = person_id_ved_oprettelse(CPR, HEMMELIG)
_TIL = datetime(2024, 11, 3, 11, tzinfo=UTC)


def ny_motor() -> Motor:
    """The service with nobody in it."""
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))


def bestilt(**andet: Any) -> CprOpslagBestilt:
    """A caseworker's command."""
    felter: dict[str, Any] = {
        "opslag_id": "o-1", "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "kommunekode": "0630",
        "cpr": CPR, "grund": "Indrejst i dag", "bestilt": NU,
    }  # fmt: skip
    return CprOpslagBestilt.model_validate(felter | andet)


def person(vej: str = "0012", navn: str = "Erik", til: datetime = _TIL, **andet: Any) -> CprPerson:
    """The person on a street since an instant."""
    adresse = CprAdresse(kommunekode="0630", vejkode=vej, tilflytning=til)
    felter = {"cpr": CPR, "status": "01", "koen": "M", "navn": CprNavn(fornavn=navn), "adresse": adresse}
    return CprPerson.model_validate(felter | andet)


def hentet(ny: CprPerson | None = None, nu: datetime = NU, opslag_id: str = "o-1") -> OpslagHentet:
    """CPR's answer."""
    return OpslagHentet(opslag_id=opslag_id, ordensnoegle=ID, hentet=nu, person=ny or person())


IKKE_FUNDET = OpslagIkkeFundet(opslag_id="o-1", ordensnoegle=ID)
AFVIST = OpslagMislykket(opslag_id="o-1", ordensnoegle=ID, kode="AFVIST_AF_CPR")
UBRUGELIGT = OpslagMislykket(opslag_id="o-1", ordensnoegle=ID, kode="UBRUGELIGT_SVAR", gebyr=True)
