"""What the card order does with each message. The order key is the card."""

from dataclasses import replace
from datetime import datetime

from contracts.kort import KortAnmodet, KortAnmodetV2, KortAnnulleres, KortStatus, Kortstatuskode
from services.kortbestilling import rules
from services.kortbestilling.forloeb import KORT, beskeder
from services.kortbestilling.forloeb.beskeder import Kort, Korttilstand, Leverandoerbesked, Statuslinje
from services.kortbestilling.store import KORTENE
from shared.domain.datoer import dato
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "kortbestilling", emner=("kort.anmodninger", "kortleverandoer.status"), tabeller=(KORTENE,), ordensnoegle="kort_id"
)

STATUSBESKEDER: dict[Kortstatuskode, type[Leverandoerbesked]] = {
    Kortstatuskode.TRUKKET: beskeder.LeverandoerTrak,
    Kortstatuskode.AFSENDT: beskeder.LeverandoerAfsendte,
    Kortstatuskode.RETUR: beskeder.LeverandoerFikRetur,
    Kortstatuskode.FEJL: beskeder.LeverandoerFejlede,
}
"""The message of the process for each status of the supplier."""


@tjeneste.naar(KortAnmodet, laeser=KORTENE.en())
@tjeneste.naar(KortAnmodetV2, laeser=KORTENE.en())
def naar_kort_er_anmodet(besked: KortAnmodet | KortAnmodetV2, kort: Kort | None, nu: datetime) -> Udfald:
    """KORT-13: a card is ordered once per `kort_id`; asked for again, nothing happens (KORT-07: no other card)."""
    if kort is not None:
        return INTET
    return KORT.skridt(_nyt_kort(besked, nu), besked, nu)


@tjeneste.naar(KortStatus, laeser=KORTENE.en())
def naar_leverandoeren_melder(besked: KortStatus, kort: Kort | None, nu: datetime) -> Udfald:
    """KORT-17, KORT-18: a status counts once per (order, status); the first is kept with the supplier's time.

    Raises `UventetBesked` for an order we never made.
    """
    if kort is None:
        raise UventetBesked("kort", "UKENDT", f"KortStatus {besked.status}")
    if any(linje.status is besked.status for linje in kort.statusser):
        return INTET
    linje = Statuslinje(status=besked.status, tidspunkt=besked.tidspunkt, tekst=besked.tekst)
    sket = _statusbesked(besked.status, kort)(kort_id=kort.kort_id, tidspunkt=besked.tidspunkt, tekst=besked.tekst)
    return KORT.skridt(replace(kort, statusser=(*kort.statusser, linje)), sket, nu)


@tjeneste.naar(KortAnnulleres, laeser=KORTENE.en())
@tjeneste.naar(beskeder.AnnulleringAccepteret, laeser=KORTENE.en())
@tjeneste.naar(beskeder.AnnulleringAfvist, laeser=KORTENE.en())
@tjeneste.naar(beskeder.AnnulleringssvarUdeblev, laeser=KORTENE.en())
@tjeneste.naar(beskeder.OrdreAccepteret, laeser=KORTENE.en())
@tjeneste.naar(beskeder.OrdreAfvist, laeser=KORTENE.en())
@tjeneste.naar(beskeder.BekraeftelseUdeblev, laeser=KORTENE.en())
@tjeneste.naar(beskeder.TraekningUdeblev, laeser=KORTENE.en())
@tjeneste.naar(beskeder.AfsendelseUdeblev, laeser=KORTENE.en())
@tjeneste.naar(beskeder.AfhentningsfristUdloeb, laeser=KORTENE.en())
def naar_ordren_kommer_videre(besked: beskeder.Kortbesked | KortAnnulleres, kort: Kort | None, nu: datetime) -> Udfald:
    """The wish to stop, the supplier's answers and the deadlines: the table says what follows (KORT-09)."""
    if kort is None:
        raise UventetBesked("kort", "UKENDT", type(besked).__name__)
    return KORT.skridt(kort, besked, nu)


def _statusbesked(status: Kortstatuskode, kort: Kort) -> type[Leverandoerbesked]:
    """KORT-18: drawn after a refusal of the order, it is being made; told late of one that failed, it is not."""
    fejlede = any(linje.status is Kortstatuskode.FEJL for linje in kort.statusser)
    if status is Kortstatuskode.TRUKKET and kort.tilstand is Korttilstand.FEJLET and not fejlede:
        return beskeder.LeverandoerTrakAfvistOrdre
    return STATUSBESKEDER[status]


def _nyt_kort(besked: KortAnmodet | KortAnmodetV2, nu: datetime) -> Kort:
    """The row of a card just asked for. The address mode is that of the order day (KORT-11)."""
    return Kort(
        kort_id=besked.kort_id,
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        cpr=besked.cpr,
        navn=besked.navn,
        adresse=besked.adresse,
        kommunekode=besked.kommunekode,
        aarsag=besked.aarsag,
        gebyr_oere=besked.gebyr_oere,
        gruppe=besked.gruppe,
        ydernummer=besked.ydernummer,
        praksisnavn=besked.praksisnavn,
        adressetype=rules.adressetype(besked.adresse, dato(nu)),
        tilstand=Korttilstand.MODTAGET,
        anmodet=nu,
        uden_kvittering=isinstance(besked, KortAnmodetV2) and besked.uden_kvittering,
    )
