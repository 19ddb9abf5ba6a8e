"""What payments do with each message. The order key is the reservation."""

from datetime import datetime

from contracts.betaling import FrigivBetaling, Netsart, NetsHaendelse, ReserverBetaling, TraekBetaling
from services.betaling import rules
from services.betaling.forloeb import BETALING, beskeder
from services.betaling.forloeb.beskeder import Betaling, Betalingsbesked, Betalingstilstand
from services.betaling.store import BETALINGER
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "betaling",
    emner=("betaling.anmodninger", "nets.haendelser"),
    tabeller=(BETALINGER,),
    ordensnoegle="reservation_id",
)


@tjeneste.naar(ReserverBetaling, laeser=BETALINGER.en())
def naar_reservation_er_anmodet(besked: ReserverBetaling, betaling: Betaling | None, nu: datetime) -> Udfald:
    """BET-01, BET-18: one reservation per id, at the fee of the order day; asked for again, nothing happens."""
    if betaling is not None:
        return INTET
    takst = rules.takst(besked.bestillingsdato)
    ny = Betaling(
        reservation_id=besked.reservation_id,
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        kommunekode=besked.kommunekode,
        betalingskort=besked.betalingskort,
        tilstand=Betalingstilstand.MODTAGET,
        beloeb_oere=takst.oere,
        gebyraar=takst.aar,
        verificeret=takst.verificeret,
        anmodet=nu,
    )
    return BETALING.skridt(ny, besked, nu)


@tjeneste.naar(NetsHaendelse, laeser=BETALINGER.en())
def naar_nets_melder(besked: NetsHaendelse, betaling: Betaling | None, nu: datetime) -> Udfald:
    """BET-21: what Nets tells by itself is compared with what we know; a second capture is told to a person."""
    kendt = _kendt(betaling, besked.art)
    if besked.art is Netsart.UDLOEBET:
        return BETALING.skridt(kendt, beskeder.NetsMeldteUdloeb(reservation_id=kendt.reservation_id), nu)
    if besked.traek_id is None:
        raise ValueError("NetsHaendelse: TRUKKET uden et traek_id")
    return _trukket(kendt, besked.traek_id, nu)


@tjeneste.naar(beskeder.TraekAccepteret, laeser=BETALINGER.en())
def naar_traekket_er_accepteret(besked: beskeder.TraekAccepteret, betaling: Betaling | None, nu: datetime) -> Udfald:
    """Nets' answer to our own capture."""
    return _trukket(_kendt(betaling, "TraekAccepteret"), besked.traek_id, nu)


def _trukket(betaling: Betaling, traek_id: str, nu: datetime) -> Udfald:
    """A capture told twice is one; a capture with another id is another one."""
    andet = betaling.traek_id not in (None, traek_id)
    type_ = beskeder.EtAndetTraek if andet else beskeder.TraekGennemfoert
    return BETALING.skridt(betaling, type_(reservation_id=betaling.reservation_id, traek_id=traek_id), nu)


@tjeneste.naar(beskeder.TraekAfvist, laeser=BETALINGER.en())
def naar_traekket_er_afvist(besked: beskeder.TraekAfvist, betaling: Betaling | None, nu: datetime) -> Udfald:
    """A reservation that Nets has let go is no fault: it ended (BET-01)."""
    kendt = _kendt(betaling, "TraekAfvist")
    if besked.kode in rules.UDLOEBET:
        return BETALING.skridt(kendt, beskeder.NetsMeldteUdloeb(reservation_id=kendt.reservation_id), nu)
    return BETALING.skridt(kendt, besked, nu)


@tjeneste.naar(TraekBetaling, laeser=BETALINGER.en())
@tjeneste.naar(FrigivBetaling, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.ReservationAccepteret, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.ReservationAfvist, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.FrigivelseAccepteret, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.IntetAtFrigive, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.FrigivelseAfvist, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.ReservationenUdloeb, laeser=BETALINGER.en())
@tjeneste.naar(beskeder.NetsSvarUdeblev, laeser=BETALINGER.en())
def naar_betalingen_kommer_videre(
    besked: TraekBetaling | FrigivBetaling | Betalingsbesked, betaling: Betaling | None, nu: datetime
) -> Udfald:
    """Wishes, answers and deadlines: the table says what follows."""
    return BETALING.skridt(_kendt(betaling, type(besked).__name__), besked, nu)


def _kendt(betaling: Betaling | None, besked: str) -> Betaling:
    if betaling is None:
        raise UventetBesked("betaling", "UKENDT", besked)
    return betaling
