"""The process of a fee, from the reservation to the capture or the release (BET-01, -04, -05, -18, -21).

Money moves only by an answer of Nets to a call of ours. Wishes and answers may cross: a release that comes while the
reservation is on its way waits for it, a capture and a release exclude each other, and what cannot be undone by a
machine becomes a task.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.betaling import (
    BetalingFejlet,
    BetalingFrigivet,
    BetalingReserveret,
    Betalingshandling,
    BetalingTrukket,
    BetalingUdloebet,
    FrigivBetaling,
    ReserverBetaling,
    TraekBetaling,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from services.betaling import rules
from services.betaling.forloeb.beskeder import (
    Betaling,
    Betalingsbesked,
    Betalingstilstand,
    EtAndetTraek,
    FrigivelseAccepteret,
    FrigivelseAfvist,
    IntetAtFrigive,
    Kald,
    NetsMeldteUdloeb,
    NetsSvarUdeblev,
    ReservationAccepteret,
    ReservationAfvist,
    ReservationenUdloeb,
    TraekAfvist,
    TraekGennemfoert,
)
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import OenskEffekt, Udfald

Skridt = tuple[Betaling, Udfald]


def _effekt(betaling: Betaling, noegle: str, art: str) -> Udfald:
    kald = Kald(
        reservation_id=betaling.reservation_id,
        beloeb_oere=betaling.beloeb_oere,
        kommunekode=betaling.kommunekode,
        betalingskort=betaling.betalingskort if art == "nets.reserver" else "",
        payment_id=betaling.payment_id or "",
    )
    return Udfald(effekter=(OenskEffekt(noegle, art, ordensnoegle=betaling.reservation_id, indhold=kald),))


def _reserver(betaling: Betaling, _besked: ReserverBetaling, _nu: datetime) -> Skridt:
    return betaling, _effekt(betaling, f"res:{betaling.reservation_id}", "nets.reserver")


def _bekraeft(betaling: Betaling, besked: ReservationAccepteret, nu: datetime) -> Skridt:
    betaling = replace(betaling, payment_id=besked.payment_id, reserveret=nu)
    reserveret = BetalingReserveret(
        **_om(betaling), beloeb_oere=betaling.beloeb_oere, gebyraar=betaling.gebyraar, verificeret=betaling.verificeret
    )
    return betaling, Udfald(beskeder=(reserveret,))


def _frigiv_efter_svar(betaling: Betaling, besked: ReservationAccepteret, nu: datetime) -> Skridt:
    return _frigiv(replace(betaling, payment_id=besked.payment_id, reserveret=nu), besked, nu)


def _opgiv_reservation(betaling: Betaling, besked: ReservationAfvist, _nu: datetime) -> Skridt:
    fejlet = BetalingFejlet(**_om(betaling), handling=Betalingshandling.RESERVER, grund=besked.kode)
    return replace(betaling, grund=besked.kode), Udfald(beskeder=(fejlet,))


def _traek(betaling: Betaling, _besked: TraekBetaling, _nu: datetime) -> Skridt:
    """BET-21: the key of the capture is the reservation itself, so it is wanted once, for ever."""
    return betaling, _effekt(betaling, betaling.reservation_id, "nets.traek")


def _kvitter_traek(betaling: Betaling, besked: TraekGennemfoert, _nu: datetime) -> Skridt:
    trukket = BetalingTrukket(**_om(betaling), beloeb_oere=betaling.beloeb_oere, traek_id=besked.traek_id)
    return replace(betaling, traek_id=besked.traek_id, grund=None), Udfald(beskeder=(trukket,))


def _opdag_traek(betaling: Betaling, besked: TraekGennemfoert, nu: datetime) -> Skridt:
    """Captured although it should be released, or is: the money is told of, and a person gives it back."""
    betaling, udfald = _kvitter_traek(betaling, besked, nu)
    return betaling, udfald + _refunder(betaling, besked, nu)[1]


def _kvitter_sent_traek(betaling: Betaling, besked: TraekGennemfoert, nu: datetime) -> Skridt:
    """BET-01, BET-21: captured after it was counted as ended: nobody may collect the fee a second time."""
    betaling, udfald = _kvitter_traek(betaling, besked, nu)
    return betaling, udfald + _opkraev_ikke(betaling, "Gebyret er allerede trukket hos Nets.")


def _opgiv_traek(betaling: Betaling, besked: TraekAfvist, _nu: datetime) -> Skridt:
    return replace(betaling, grund=besked.kode), _intet_at_traekke(betaling, besked.kode)


def _afvis_traek(betaling: Betaling, _besked: TraekBetaling, _nu: datetime) -> Skridt:
    """BET-01: the card is sent all the same; how the fee is collected is for a person."""
    return betaling, _intet_at_traekke(betaling, betaling.tilstand.value)


def _intet_at_traekke(betaling: Betaling, grund: str) -> Udfald:
    fejlet = BetalingFejlet(**_om(betaling), handling=Betalingshandling.TRAEK, grund=grund)
    return Udfald(beskeder=(fejlet, _opkraev(betaling)))


def _frigiv(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    return betaling, _effekt(betaling, f"fri:{betaling.reservation_id}", "nets.frigiv")


def _frigiv_efter_udloeb(betaling: Betaling, besked: FrigivBetaling, nu: datetime) -> Skridt:
    """BET-05: the fee is due no more, and what Nets may hold still is given back."""
    betaling, udfald = _frigiv(betaling, besked, nu)
    return betaling, udfald + _opkraev_ikke(
        betaling, "Bestillingen gælder ikke længere, så gebyret skal ikke opkræves."
    )


def _kvitter_frigivelse(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    """BET-05: told once."""
    return betaling, Udfald(beskeder=(BetalingFrigivet(**_om(betaling), beloeb_oere=betaling.beloeb_oere),))


def _opgiv_frigivelse(betaling: Betaling, besked: FrigivelseAfvist, _nu: datetime) -> Skridt:
    fejlet = BetalingFejlet(**_om(betaling), handling=Betalingshandling.FRIGIV, grund=besked.kode)
    opgave = _opgave(
        betaling,
        "FRIGIV_GEBYR",
        "Gebyr kunne ikke frigives",
        f"Nets afviste at frigive det reserverede gebyr (kode {besked.kode}). Frigiv eller tilbagebetal det hos Nets.",
    )
    return replace(betaling, grund=besked.kode), Udfald(beskeder=(fejlet, opgave))


def _udloeb(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    """BET-01: the card is not held back."""
    udloebet = BetalingUdloebet(**_om(betaling), beloeb_oere=betaling.beloeb_oere)
    return betaling, Udfald(beskeder=(udloebet, _opkraev(betaling)))


def _opkraev(betaling: Betaling) -> OpgaveAnmodet:
    return _opgave(
        betaling,
        "OPKRAEV_GEBYR",
        "Gebyr for sundhedskort kan ikke trækkes",
        "Reservationen af gebyret kan ikke trækkes. Kortet holdes ikke tilbage. Tag stilling til, om gebyret skal "
        "opkræves på anden måde.",
    )


def _opkraev_ikke(betaling: Betaling, hvorfor: str) -> Udfald:
    """A task asked for cannot be called back, so another one follows it."""
    opgave = _opgave(
        betaling,
        "OPKRAEV_IKKE",
        "Gebyr for sundhedskort skal ikke opkræves",
        f"{hvorfor} Luk opgaven om at opkræve det på anden måde (OPKRAEV_GEBYR). "
        "Er det allerede opkrævet, skal det betales tilbage.",
    )
    return Udfald(beskeder=(opgave,))


def _refunder(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    """BET-05, BET-21: a refund is not the hub's to make."""
    opgave = _opgave(
        betaling,
        "REFUNDER",
        "Gebyr skal muligvis betales tilbage",
        "Gebyret er trukket eller ved at blive trukket, selv om det ikke skulle, eller trukket mere end én gang. "
        "Undersøg hos Nets, hvad der er trukket, og betal for meget trukket tilbage.",
    )
    return betaling, Udfald(beskeder=(opgave,))


def _meld_forsinket(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    opgave = _opgave(
        betaling, "BETALING_FORSINKET", "Betaling er forsinket", "Nets har ikke svaret i et døgn. Der prøves fortsat."
    )
    return betaling, Udfald(beskeder=(opgave,))


def _kun_noter(betaling: Betaling, _besked: Besked, _nu: datetime) -> Skridt:
    return betaling, Udfald()


def _om(betaling: Betaling) -> dict[str, str]:
    return {
        "reservation_id": betaling.reservation_id,
        "forloeb_id": betaling.forloeb_id,
        "person_id": betaling.person_id,
    }


def _opgave(betaling: Betaling, aarsag: str, titel: str, beskrivelse: str) -> OpgaveAnmodet:
    """A manual task; one per reservation and reason however often it is asked for."""
    return OpgaveAnmodet(
        opgave_id=f"{betaling.reservation_id}:{aarsag.lower()}",
        forloeb_id=betaling.forloeb_id,
        person_id=betaling.person_id,
        kommunekode=betaling.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )


def _frist(besked: type[Betalingsbesked]) -> Callable[[Betaling], Betalingsbesked]:
    return lambda betaling: besked(reservation_id=betaling.reservation_id)


def _svar_senest(_betaling: Betaling, nu: datetime) -> datetime:
    return nu + rules.SVAR_SENEST


def _udloeber(betaling: Betaling, nu: datetime) -> datetime:
    return rules.udloeber(betaling.reserveret or nu)


MODTAGET = Betalingstilstand.MODTAGET
RESERVERES = Betalingstilstand.RESERVERES
EFTER_SVAR = Betalingstilstand.FRIGIVES_EFTER_SVAR
RESERVERET = Betalingstilstand.RESERVERET
TRAEKKES = Betalingstilstand.TRAEKKES
TRUKKET = Betalingstilstand.TRUKKET
FRIGIVES = Betalingstilstand.FRIGIVES
FRIGIVET = Betalingstilstand.FRIGIVET
UDLOEBET = Betalingstilstand.UDLOEBET
EFTER_UDLOEB = Betalingstilstand.FRIGIVES_EFTER_UDLOEB
BORTFALDET = Betalingstilstand.BORTFALDET
FEJLET = Betalingstilstand.FEJLET

# fmt: off
OVERGANGE = (
    #        fra         når                   til         gør
    Overgang(MODTAGET,   ReserverBetaling,     RESERVERES, _reserver),

    Overgang(RESERVERES, ReservationAccepteret, RESERVERET, _bekraeft),
    Overgang(RESERVERES, ReservationAfvist,    FEJLET,     _opgiv_reservation),
    Overgang(RESERVERES, FrigivBetaling,       EFTER_SVAR, _kun_noter),
    Overgang(RESERVERES, NetsSvarUdeblev,      RESERVERES, _meld_forsinket),

    Overgang(EFTER_SVAR, ReservationAccepteret, FRIGIVES,  _frigiv_efter_svar),
    Overgang(EFTER_SVAR, ReservationAfvist,    FEJLET,     _opgiv_reservation),
    Overgang(EFTER_SVAR, FrigivBetaling,       EFTER_SVAR, _kun_noter),
    Overgang(EFTER_SVAR, NetsSvarUdeblev,      EFTER_SVAR, _meld_forsinket),

    Overgang(RESERVERET, TraekBetaling,        TRAEKKES,   _traek),
    Overgang(RESERVERET, FrigivBetaling,       FRIGIVES,   _frigiv),
    Overgang(RESERVERET, ReservationenUdloeb,  UDLOEBET,   _udloeb),
    Overgang(RESERVERET, NetsMeldteUdloeb,     UDLOEBET,   _udloeb),
    Overgang(RESERVERET, TraekGennemfoert,     TRUKKET,    _opdag_traek),
    Overgang(RESERVERET, NetsSvarUdeblev,      RESERVERET, _kun_noter),

    Overgang(TRAEKKES,   TraekGennemfoert,     TRUKKET,    _kvitter_traek),
    Overgang(TRAEKKES,   TraekAfvist,          FEJLET,     _opgiv_traek),
    Overgang(TRAEKKES,   NetsMeldteUdloeb,     UDLOEBET,   _udloeb),
    Overgang(TRAEKKES,   TraekBetaling,        TRAEKKES,   _kun_noter),
    Overgang(TRAEKKES,   FrigivBetaling,       TRAEKKES,   _refunder),
    Overgang(TRAEKKES,   ReservationenUdloeb,  TRAEKKES,   _kun_noter),
    Overgang(TRAEKKES,   NetsSvarUdeblev,      TRAEKKES,   _meld_forsinket),

    Overgang(TRUKKET,    TraekGennemfoert,     TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    EtAndetTraek,         TRUKKET,    _refunder),
    Overgang(TRUKKET,    TraekAfvist,          TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    TraekBetaling,        TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    FrigivBetaling,       TRUKKET,    _refunder),
    Overgang(TRUKKET,    FrigivelseAfvist,     TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    FrigivelseAccepteret, TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    IntetAtFrigive,       TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    ReservationenUdloeb,  TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    NetsMeldteUdloeb,     TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    NetsSvarUdeblev,      TRUKKET,    _kun_noter),

    Overgang(FRIGIVES,   FrigivelseAccepteret, FRIGIVET,   _kvitter_frigivelse),
    Overgang(FRIGIVES,   IntetAtFrigive,       FRIGIVET,   _kvitter_frigivelse),
    Overgang(FRIGIVES,   FrigivelseAfvist,     FEJLET,     _opgiv_frigivelse),
    Overgang(FRIGIVES,   NetsMeldteUdloeb,     FRIGIVES,   _kun_noter),
    Overgang(FRIGIVES,   TraekGennemfoert,     TRUKKET,    _opdag_traek),
    Overgang(FRIGIVES,   TraekBetaling,        FRIGIVES,   _afvis_traek),
    Overgang(FRIGIVES,   FrigivBetaling,       FRIGIVES,   _kun_noter),
    Overgang(FRIGIVES,   ReservationenUdloeb,  FRIGIVES,   _kun_noter),
    Overgang(FRIGIVES,   NetsSvarUdeblev,      FRIGIVES,   _meld_forsinket),

    Overgang(FRIGIVET,   FrigivBetaling,       FRIGIVET,   _kun_noter),
    Overgang(FRIGIVET,   TraekBetaling,        FRIGIVET,   _afvis_traek),
    Overgang(FRIGIVET,   TraekGennemfoert,     TRUKKET,    _opdag_traek),
    Overgang(FRIGIVET,   ReservationenUdloeb,  FRIGIVET,   _kun_noter),
    Overgang(FRIGIVET,   NetsMeldteUdloeb,     FRIGIVET,   _kun_noter),
    Overgang(FRIGIVET,   NetsSvarUdeblev,      FRIGIVET,   _kun_noter),

    Overgang(UDLOEBET,   FrigivBetaling,       EFTER_UDLOEB, _frigiv_efter_udloeb),
    Overgang(UDLOEBET,   TraekBetaling,        UDLOEBET,   _afvis_traek),
    Overgang(UDLOEBET,   TraekGennemfoert,     TRUKKET,    _kvitter_sent_traek),
    Overgang(UDLOEBET,   TraekAfvist,          UDLOEBET,   _kun_noter),
    Overgang(UDLOEBET,   ReservationenUdloeb,  UDLOEBET,   _kun_noter),
    Overgang(UDLOEBET,   NetsMeldteUdloeb,     UDLOEBET,   _kun_noter),
    Overgang(UDLOEBET,   NetsSvarUdeblev,      UDLOEBET,   _kun_noter),

    Overgang(EFTER_UDLOEB, IntetAtFrigive,     BORTFALDET, _kun_noter),
    Overgang(EFTER_UDLOEB, FrigivelseAccepteret, FRIGIVET, _kvitter_frigivelse),
    Overgang(EFTER_UDLOEB, FrigivelseAfvist,   FEJLET,     _opgiv_frigivelse),
    Overgang(EFTER_UDLOEB, FrigivBetaling,     EFTER_UDLOEB, _kun_noter),
    Overgang(EFTER_UDLOEB, TraekBetaling,      EFTER_UDLOEB, _afvis_traek),
    Overgang(EFTER_UDLOEB, TraekGennemfoert,   TRUKKET,    _opdag_traek),
    Overgang(EFTER_UDLOEB, TraekAfvist,        EFTER_UDLOEB, _kun_noter),
    Overgang(EFTER_UDLOEB, ReservationenUdloeb, EFTER_UDLOEB, _kun_noter),
    Overgang(EFTER_UDLOEB, NetsMeldteUdloeb,   EFTER_UDLOEB, _kun_noter),
    Overgang(EFTER_UDLOEB, NetsSvarUdeblev,    EFTER_UDLOEB, _meld_forsinket),

    Overgang(BORTFALDET, FrigivBetaling,       BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, TraekBetaling,        BORTFALDET, _afvis_traek),
    Overgang(BORTFALDET, TraekGennemfoert,     TRUKKET,    _opdag_traek),
    Overgang(BORTFALDET, TraekAfvist,          BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, ReservationenUdloeb,  BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, NetsMeldteUdloeb,     BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, NetsSvarUdeblev,      BORTFALDET, _kun_noter),

    Overgang(FEJLET,     FrigivBetaling,       FEJLET,     _kun_noter),
    Overgang(FEJLET,     TraekBetaling,        FEJLET,     _afvis_traek),
    Overgang(FEJLET,     TraekGennemfoert,     TRUKKET,    _opdag_traek),
    Overgang(FEJLET,     NetsMeldteUdloeb,     FEJLET,     _kun_noter),
    Overgang(FEJLET,     ReservationenUdloeb,  FEJLET,     _kun_noter),
    Overgang(FEJLET,     NetsSvarUdeblev,      FEJLET,     _kun_noter),
)
FRISTER = (
    #     i           hvornår       sker                         besked
    Frist(RESERVERES, _svar_senest, _frist(NetsSvarUdeblev),     NetsSvarUdeblev),
    Frist(EFTER_SVAR, _svar_senest, _frist(NetsSvarUdeblev),     NetsSvarUdeblev),
    Frist(RESERVERET, _udloeber,    _frist(ReservationenUdloeb), ReservationenUdloeb),
    Frist(TRAEKKES,   _svar_senest, _frist(NetsSvarUdeblev),     NetsSvarUdeblev),
    Frist(FRIGIVES,   _svar_senest, _frist(NetsSvarUdeblev),     NetsSvarUdeblev),
    Frist(EFTER_UDLOEB, _svar_senest, _frist(NetsSvarUdeblev),   NetsSvarUdeblev),
)
# fmt: on

BETALING = Forloeb(
    "betaling",
    start=MODTAGET,
    overgange=OVERGANGE,
    frister=FRISTER,
    id_felt="reservation_id",
    endelige=(TRUKKET, FRIGIVET, UDLOEBET, BORTFALDET, FEJLET),
)
