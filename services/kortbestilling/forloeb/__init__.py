"""The process of a card order, from the request to the sent card (KORT-09, -11, -13, -17, -18).

The supplier tells what happens on two ways, the answer to the order and the statuses, and nothing keeps them in order:
a status may overtake the answer, skip another one, or come late. Every such pair has its row.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.base import Besked
from contracts.brev import BrevAnmodet, BrevTilbagekaldes, Brevtype
from contracts.kort import (
    Kortaarsag,
    KortAfsendt,
    KortAnmodet,
    KortAnmodetV2,
    KortAnnulleres,
    KortAnnulleret,
    KortBestilt,
    KortBestiltV2,
    KortFejlet,
    KortIkkeAnnulleret,
    Kortstatuskode,
    KortTrukket,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from services.kortbestilling import rules
from services.kortbestilling.forloeb.beskeder import (
    AfhentningsfristUdloeb,
    AfsendelseUdeblev,
    AnnulleringAccepteret,
    AnnulleringAfvist,
    AnnulleringssvarUdeblev,
    BekraeftelseUdeblev,
    Kort,
    Kortannullering,
    Kortbesked,
    Kortordre,
    Korttilstand,
    LeverandoerAfsendte,
    LeverandoerFejlede,
    LeverandoerFikRetur,
    LeverandoerTrak,
    LeverandoerTrakAfvistOrdre,
    OrdreAccepteret,
    OrdreAfvist,
    TraekningUdeblev,
)
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import OenskEffekt, Udfald

Skridt = tuple[Kort, Udfald]


def _bestil(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    ordre = Kortordre.model_validate(kort, from_attributes=True)
    effekt = OenskEffekt(f"kort:{kort.kort_id}", "kort.bestil", ordensnoegle=kort.kort_id, indhold=ordre)
    return kort, Udfald(effekter=(effekt,))


def _bekraeft(kort: Kort, _besked: Besked, nu: datetime) -> Skridt:
    """The supplier has the order, known from its answer or from a status that overtook it; told once (POST-12).

    IND-07: without a receipt for a card of a doctor that was chosen by hand at entry.
    """
    if kort.bestilt is not None:
        return kort, Udfald()
    version = KortBestilt if kort.aarsag in set(Kortaarsag) else KortBestiltV2
    bestilt = version.model_validate(kort, from_attributes=True)
    brev = BrevAnmodet(
        brev_id=_kvittering_id(kort),
        forloeb_id=kort.forloeb_id,
        person_id=kort.person_id,
        kommunekode=kort.kommunekode,
        brevtype=Brevtype.SUNDHEDSKORTKVITTERING,
        felter={"gruppe": kort.gruppe, "praksisnavn": kort.praksisnavn, "adressetype": kort.adressetype.value},
    )
    breve = () if kort.uden_kvittering else (brev,)
    return replace(kort, bestilt=nu), Udfald(beskeder=(bestilt, *breve))


def _traek(kort: Kort, besked: LeverandoerTrak, nu: datetime) -> Skridt:
    kort, udfald = _bekraeft(kort, besked, nu)
    trukket = KortTrukket(
        kort_id=kort.kort_id, forloeb_id=kort.forloeb_id, person_id=kort.person_id, tidspunkt=besked.tidspunkt
    )
    return kort, udfald + Udfald(beskeder=(trukket,))


def _traek_afvist(kort: Kort, besked: LeverandoerTrakAfvistOrdre, nu: datetime) -> Skridt:
    """KORT-09: the supplier refused the order and made the card: the draw decides, also of a cancel."""
    return _traek(replace(kort, grund=None), besked, nu)


def _send(kort: Kort, besked: LeverandoerAfsendte, nu: datetime) -> Skridt:
    """A card that was sent was ordered and drawn, also when nobody said so; no time is invented for the drawing."""
    kort, udfald = _bekraeft(kort, besked, nu)
    afsendt = KortAfsendt(
        kort_id=kort.kort_id, forloeb_id=kort.forloeb_id, person_id=kort.person_id, tidspunkt=besked.tidspunkt
    )
    return kort, udfald + Udfald(beskeder=(afsendt,))


def _send_alligevel(kort: Kort, besked: LeverandoerAfsendte, nu: datetime) -> Skridt:
    return _send(replace(kort, grund=None), besked, nu)


def _tag_retur(kort: Kort, besked: LeverandoerFikRetur, nu: datetime) -> Skridt:
    """KORT-11, KORT-18: the order stays open while the card lies at Borgerservice."""
    kort, udfald = _bekraeft(kort, besked, nu)
    opgave = _opgave(
        kort,
        "AFHENTNING",
        "Returneret sundhedskort skal afhentes",
        "Sundhedskortet kunne ikke afleveres og er kommet retur. Kontakt borgeren. "
        "Kortet ligger til afhentning i Borgerservice i 3 måneder.",
    )
    return replace(kort, grund=None), udfald + Udfald(beskeder=(opgave,))


def _opgiv_ordre(kort: Kort, besked: OrdreAfvist, _nu: datetime) -> Skridt:
    return _opgiv(kort, f"ORDRE_AFVIST: {besked.kode}")


def _opgiv_produktion(kort: Kort, besked: LeverandoerFejlede, _nu: datetime) -> Skridt:
    return _opgiv(kort, "LEVERANDOER_FEJL")


def _opgiv(kort: Kort, grund: str) -> Skridt:
    opgave = _opgave(
        kort,
        "KORT_FEJLET",
        "Sundhedskort kunne ikke bestilles",
        f"Kortleverandøren kan ikke levere sundhedskortet ({grund}). Undersøg hvorfor, og bestil det igen.",
    )
    return replace(kort, grund=grund), Udfald(beskeder=(_fejlet(kort, grund), opgave))


def _bortfald(kort: Kort, _besked: AfhentningsfristUdloeb, _nu: datetime) -> Skridt:
    opgave = _opgave(
        kort,
        "RYD_OP",
        "Sundhedskort er ikke afhentet",
        "Kortet har ligget til afhentning i 3 måneder. Tag stilling til, hvad der skal ske med det.",
    )
    return replace(kort, grund="IKKE_AFHENTET"), Udfald(beskeder=(_fejlet(kort, "IKKE_AFHENTET"), opgave))


def _meld_forsinket(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    opgave = _opgave(
        kort,
        "KORT_FORSINKET",
        "Sundhedskort er forsinket",
        "Kortleverandøren har ikke meldt noget om ordren inden for den ventede tid. Spørg leverandøren.",
    )
    return kort, Udfald(beskeder=(opgave,))


def _meld_modstrid(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    """The supplier contradicts itself. What it did with the card outweighs; a person is told."""
    opgave = _opgave(
        kort,
        "KORT_MODSTRID",
        "Kortleverandøren modsiger sig selv",
        f"Leverandøren melder fejl på en ordre, der står som {kort.tilstand}. Spørg leverandøren.",
    )
    return kort, Udfald(beskeder=(opgave,))


def _vent_med_at_stoppe(kort: Kort, _besked: KortAnnulleres, _nu: datetime) -> Skridt:
    """KORT-09: an order that the supplier may not have yet cannot be stopped there: first its answer, then the stop."""
    return kort, Udfald()


def _stop(kort: Kort, _besked: KortAnnulleres, _nu: datetime) -> Skridt:
    """KORT-09: whether the card is drawn is for the supplier to say."""
    annullering = Kortannullering(kort_id=kort.kort_id)
    effekt = OenskEffekt(f"annuller:{kort.kort_id}", "kort.annuller", ordensnoegle=kort.kort_id, indhold=annullering)
    return kort, Udfald(effekter=(effekt,))


def _bekraeft_og_stop(kort: Kort, besked: OrdreAccepteret, nu: datetime) -> Skridt:
    """No receipt for a card that is being stopped; should it come all the same, the receipt does too."""
    return _stop(kort, KortAnnulleres(**_om_kortet(kort), grund=""), nu)


def _meld_stoppet(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    """FORL-06: there is no card, so no receipt either, where it is not sent yet."""
    tilbage = BrevTilbagekaldes(
        brev_id=_kvittering_id(kort), forloeb_id=kort.forloeb_id, person_id=kort.person_id, grund="KORT_ANNULLERET"
    )
    oensket = kort.bestilt is not None and not kort.uden_kvittering
    stoppet = KortAnnulleret.model_validate({**_om_kortet(kort), "kvittering": oensket})
    return kort, Udfald(beskeder=(stoppet, *((tilbage,) if oensket else ())))


def _meld_ikke_stoppet(kort: Kort, _besked: Besked, nu: datetime) -> Skridt:
    kort, bekraeftet = _bekraeft(kort, _besked, nu)
    return kort, bekraeftet + _for_sent(kort)


def _traek_alligevel(kort: Kort, besked: LeverandoerTrak, nu: datetime) -> Skridt:
    """KORT-09: the supplier's draw wins."""
    kort, udfald = _traek(kort, besked, nu)
    return kort, udfald + _for_sent(kort)


def _send_trods_stop(kort: Kort, besked: LeverandoerAfsendte, nu: datetime) -> Skridt:
    kort, udfald = _send(kort, besked, nu)
    return kort, udfald + _for_sent(kort)


def _tag_retur_trods_stop(kort: Kort, besked: LeverandoerFikRetur, nu: datetime) -> Skridt:
    kort, udfald = _tag_retur(kort, besked, nu)
    return kort, udfald + _for_sent(kort)


def _afvis_stop(kort: Kort, _besked: KortAnnulleres, _nu: datetime) -> Skridt:
    return kort, _for_sent(kort)


def _for_sent(kort: Kort) -> Udfald:
    return Udfald(beskeder=(KortIkkeAnnulleret(**_om_kortet(kort), grund="KORT_TRUKKET"),))


def _kvittering_id(kort: Kort) -> str:
    return f"{kort.kort_id}:kvittering"


def _om_kortet(kort: Kort) -> dict[str, str]:
    return {"kort_id": kort.kort_id, "forloeb_id": kort.forloeb_id, "person_id": kort.person_id}


def _kun_noter(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    return kort, Udfald()


def _fejlet(kort: Kort, grund: str) -> KortFejlet:
    return KortFejlet(kort_id=kort.kort_id, forloeb_id=kort.forloeb_id, person_id=kort.person_id, grund=grund)


def _opgave(kort: Kort, aarsag: str, titel: str, beskrivelse: str) -> OpgaveAnmodet:
    """A manual task; one per card and reason however often it is asked for."""
    return OpgaveAnmodet(
        opgave_id=f"{kort.kort_id}:{aarsag.lower()}",
        forloeb_id=kort.forloeb_id,
        person_id=kort.person_id,
        cpr=kort.cpr,
        kommunekode=kort.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )


def _efter(tid: timedelta) -> Callable[[Kort, datetime], datetime]:
    return lambda _kort, nu: nu + tid


def _om(besked: type[Kortbesked]) -> Callable[[Kort], Kortbesked]:
    return lambda kort: besked(kort_id=kort.kort_id)


def _afhentning(kort: Kort, _nu: datetime) -> datetime:
    retur = [linje for linje in kort.statusser if linje.status is Kortstatuskode.RETUR]
    return rules.afhentningsfrist(retur[-1].tidspunkt)


MODTAGET = Korttilstand.MODTAGET
BESTILLES = Korttilstand.BESTILLES
BESTILT = Korttilstand.BESTILT
TRUKKET = Korttilstand.TRUKKET
AFSENDT = Korttilstand.AFSENDT
RETUR = Korttilstand.RETUR
BORTFALDET = Korttilstand.BORTFALDET
FEJLET = Korttilstand.FEJLET

ANNULLERES = Korttilstand.ANNULLERES
ANNULLERET = Korttilstand.ANNULLERET
EFTER_SVAR = Korttilstand.STOPPES_EFTER_SVAR

# fmt: off
OVERGANGE = (
    #        fra         når                     til         gør
    Overgang(MODTAGET,   KortAnmodet,            BESTILLES,  _bestil),
    Overgang(MODTAGET,   KortAnmodetV2,          BESTILLES,  _bestil),

    Overgang(BESTILLES,  OrdreAccepteret,        BESTILT,    _bekraeft),
    Overgang(BESTILLES,  OrdreAfvist,            FEJLET,     _opgiv_ordre),
    Overgang(BESTILLES,  LeverandoerTrak,        TRUKKET,    _traek),
    Overgang(BESTILLES,  LeverandoerAfsendte,    AFSENDT,    _send),
    Overgang(BESTILLES,  LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(BESTILLES,  LeverandoerFejlede,     FEJLET,     _opgiv_produktion),
    Overgang(BESTILLES,  BekraeftelseUdeblev,    BESTILLES,  _meld_forsinket),

    Overgang(BESTILT,    LeverandoerTrak,        TRUKKET,    _traek),
    Overgang(BESTILT,    LeverandoerAfsendte,    AFSENDT,    _send),
    Overgang(BESTILT,    LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(BESTILT,    LeverandoerFejlede,     FEJLET,     _opgiv_produktion),
    Overgang(BESTILT,    TraekningUdeblev,       BESTILT,    _meld_forsinket),

    Overgang(TRUKKET,    OrdreAccepteret,        TRUKKET,    _kun_noter),
    Overgang(TRUKKET,    OrdreAfvist,            TRUKKET,    _meld_modstrid),
    Overgang(TRUKKET,    LeverandoerAfsendte,    AFSENDT,    _send),
    Overgang(TRUKKET,    LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(TRUKKET,    LeverandoerFejlede,     FEJLET,     _opgiv_produktion),
    Overgang(TRUKKET,    AfsendelseUdeblev,      TRUKKET,    _meld_forsinket),

    Overgang(AFSENDT,    OrdreAccepteret,        AFSENDT,    _kun_noter),
    Overgang(AFSENDT,    OrdreAfvist,            AFSENDT,    _meld_modstrid),
    Overgang(AFSENDT,    LeverandoerTrak,        AFSENDT,    _kun_noter),
    Overgang(AFSENDT,    LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(AFSENDT,    LeverandoerFejlede,     AFSENDT,    _meld_modstrid),

    Overgang(RETUR,      OrdreAccepteret,        RETUR,      _kun_noter),
    Overgang(RETUR,      OrdreAfvist,            RETUR,      _meld_modstrid),
    Overgang(RETUR,      LeverandoerTrak,        RETUR,      _kun_noter),
    Overgang(RETUR,      LeverandoerAfsendte,    RETUR,      _send),
    Overgang(RETUR,      LeverandoerFejlede,     RETUR,      _meld_modstrid),
    Overgang(RETUR,      AfhentningsfristUdloeb, BORTFALDET, _bortfald),

    Overgang(BORTFALDET, OrdreAccepteret,        BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, OrdreAfvist,            BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, LeverandoerTrak,        BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, LeverandoerAfsendte,    BORTFALDET, _send),
    Overgang(BORTFALDET, LeverandoerFejlede,     BORTFALDET, _kun_noter),

    Overgang(FEJLET,     OrdreAccepteret,        FEJLET,     _kun_noter),
    Overgang(FEJLET,     OrdreAfvist,            FEJLET,     _kun_noter),
    Overgang(FEJLET,     LeverandoerTrak,        FEJLET,     _kun_noter),
    Overgang(FEJLET,     LeverandoerTrakAfvistOrdre, TRUKKET, _traek_afvist),
    Overgang(FEJLET,     LeverandoerAfsendte,    AFSENDT,    _send_alligevel),
    Overgang(FEJLET,     LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(FEJLET,     LeverandoerFejlede,     FEJLET,     _kun_noter),

    Overgang(BESTILLES,  KortAnnulleres,         EFTER_SVAR, _vent_med_at_stoppe),
    Overgang(BESTILT,    KortAnnulleres,         ANNULLERES, _stop),
    Overgang(TRUKKET,    KortAnnulleres,         TRUKKET,    _afvis_stop),
    Overgang(AFSENDT,    KortAnnulleres,         AFSENDT,    _afvis_stop),
    Overgang(RETUR,      KortAnnulleres,         RETUR,      _afvis_stop),
    Overgang(BORTFALDET, KortAnnulleres,         BORTFALDET, _afvis_stop),
    Overgang(FEJLET,     KortAnnulleres,         ANNULLERET, _meld_stoppet),
    Overgang(EFTER_SVAR, KortAnnulleres,         EFTER_SVAR, _kun_noter),
    Overgang(ANNULLERES, KortAnnulleres,         ANNULLERES, _kun_noter),
    Overgang(ANNULLERET, KortAnnulleres,         ANNULLERET, _meld_stoppet),

    Overgang(EFTER_SVAR, OrdreAccepteret,        ANNULLERES, _bekraeft_og_stop),
    Overgang(EFTER_SVAR, OrdreAfvist,            ANNULLERET, _meld_stoppet),
    Overgang(EFTER_SVAR, LeverandoerTrak,        TRUKKET,    _traek_alligevel),
    Overgang(EFTER_SVAR, LeverandoerAfsendte,    AFSENDT,    _send_trods_stop),
    Overgang(EFTER_SVAR, LeverandoerFikRetur,    RETUR,      _tag_retur_trods_stop),
    Overgang(EFTER_SVAR, LeverandoerFejlede,     ANNULLERET, _meld_stoppet),
    Overgang(EFTER_SVAR, BekraeftelseUdeblev,    EFTER_SVAR, _meld_forsinket),

    Overgang(ANNULLERES, AnnulleringAccepteret,  ANNULLERET, _meld_stoppet),
    Overgang(ANNULLERES, AnnulleringAfvist,      BESTILT,    _meld_ikke_stoppet),
    Overgang(ANNULLERES, LeverandoerTrak,        TRUKKET,    _traek_alligevel),
    Overgang(ANNULLERES, LeverandoerAfsendte,    AFSENDT,    _send_trods_stop),
    Overgang(ANNULLERES, LeverandoerFikRetur,    RETUR,      _tag_retur_trods_stop),
    Overgang(ANNULLERES, LeverandoerFejlede,     ANNULLERET, _meld_stoppet),
    Overgang(ANNULLERES, AnnulleringssvarUdeblev, ANNULLERES, _meld_forsinket),
    Overgang(ANNULLERES, TraekningUdeblev,       ANNULLERES, _kun_noter),

    Overgang(ANNULLERET, OrdreAccepteret,        ANNULLERET, _kun_noter),
    Overgang(ANNULLERET, OrdreAfvist,            ANNULLERET, _kun_noter),
    Overgang(ANNULLERET, LeverandoerTrak,        ANNULLERET, _meld_modstrid),
    Overgang(ANNULLERET, LeverandoerAfsendte,    ANNULLERET, _meld_modstrid),
    Overgang(ANNULLERET, LeverandoerFikRetur,    ANNULLERET, _meld_modstrid),
    Overgang(ANNULLERET, LeverandoerFejlede,     ANNULLERET, _kun_noter),

    Overgang(BESTILT,    BekraeftelseUdeblev,    BESTILT,    _kun_noter),
    Overgang(TRUKKET,    AnnulleringAfvist,      TRUKKET,    _kun_noter),
    Overgang(AFSENDT,    AnnulleringAfvist,      AFSENDT,    _kun_noter),
    Overgang(RETUR,      AnnulleringAfvist,      RETUR,      _kun_noter),
    Overgang(ANNULLERET, AnnulleringAfvist,      ANNULLERET, _kun_noter),
    Overgang(TRUKKET,    AnnulleringAccepteret,  TRUKKET,    _meld_modstrid),
    Overgang(AFSENDT,    AnnulleringAccepteret,  AFSENDT,    _meld_modstrid),
    Overgang(RETUR,      AnnulleringAccepteret,  RETUR,      _meld_modstrid),
    Overgang(ANNULLERET, AnnulleringAccepteret,  ANNULLERET, _kun_noter),
    Overgang(FEJLET,     AnnulleringAfvist,      FEJLET,     _kun_noter),
    Overgang(FEJLET,     AnnulleringAccepteret,  FEJLET,     _kun_noter),
    Overgang(BORTFALDET, AnnulleringAfvist,      BORTFALDET, _kun_noter),
    Overgang(BORTFALDET, AnnulleringAccepteret,  BORTFALDET, _kun_noter),
)
FRISTER = (
    #     i          hvornår                             sker                          besked
    Frist(BESTILLES, _efter(rules.BEKRAEFTELSE_SENEST),  _om(BekraeftelseUdeblev),     BekraeftelseUdeblev),
    Frist(BESTILT,   _efter(rules.TRUKKET_SENEST),       _om(TraekningUdeblev),        TraekningUdeblev),
    Frist(TRUKKET,   _efter(rules.AFSENDT_SENEST),       _om(AfsendelseUdeblev),       AfsendelseUdeblev),
    Frist(EFTER_SVAR, _efter(rules.BEKRAEFTELSE_SENEST), _om(BekraeftelseUdeblev),     BekraeftelseUdeblev),
    Frist(ANNULLERES, _efter(rules.BEKRAEFTELSE_SENEST), _om(AnnulleringssvarUdeblev), AnnulleringssvarUdeblev),
    Frist(RETUR,     _afhentning,                        _om(AfhentningsfristUdloeb),  AfhentningsfristUdloeb),
)
# fmt: on

KORT = Forloeb(
    "kort", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="kort_id", endelige=(AFSENDT, FEJLET)
)
