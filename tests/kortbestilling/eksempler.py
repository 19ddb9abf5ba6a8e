"""Messages of an invented card order."""

from datetime import UTC, datetime, timedelta

from contracts.kort import Kortaarsag, KortAnmodet, KortStatus, Kortstatuskode
from contracts.person import Adresse
from services.kortbestilling.handlers import tjeneste
from tests.motor import Motor

NU = datetime(2024, 11, 5, 9, 0, tzinfo=UTC)
HAVNEGADE = Adresse(kommunekode="0751", vejkode="3000", linje="Havnegade 4, 2. tv", postnummer="8000")
ANMODET = KortAnmodet(
    kort_id="indrejse-1:kort",
    forloeb_id="indrejse-1",
    person_id="p1",
    cpr="0909994005",
    navn="Erik Ødegård",
    adresse=HAVNEGADE,
    kommunekode="0751",
    aarsag=Kortaarsag.FOERSTE_RET,
    gruppe="1",
    ydernummer="012345",
    praksisnavn="Lægehuset Åen",
)
EFTER = {
    "TRUKKET": datetime(2024, 11, 6, 5, 0, tzinfo=UTC),
    "AFSENDT": datetime(2024, 11, 7, 11, 0, tzinfo=UTC),
    "RETUR": datetime(2024, 11, 20, 8, 0, tzinfo=UTC),
    "FEJL": datetime(2024, 11, 6, 7, 0, tzinfo=UTC),
}


def status(kode: str, tidspunkt: datetime | None = None) -> KortStatus:
    """A status as the supplier sends it."""
    return KortStatus(kort_id=ANMODET.kort_id, status=Kortstatuskode(kode), tidspunkt=tidspunkt or EFTER[kode])


def bestilt_motor() -> Motor:
    """The service after the request, before any answer."""
    motor = Motor(tjeneste)
    motor.modtag(ANMODET, NU)
    return motor


def efter(dage: int) -> datetime:
    """Days after the request."""
    return NU + timedelta(days=dage)
