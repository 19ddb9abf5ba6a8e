"""The process of a card order, from the request to the sent card (KORT-09, -11, -13, -17, -18).

The supplier tells what happens on two ways, the answer to the order and the statuses, and nothing keeps them in order:
a status may overtake the answer, skip another one, or come late. Every such pair has its row.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Id, Kommunekode, Oejeblik, Vaerdi, Ydernummer
from contracts.brev import BrevAnmodet, Brevtype
from contracts.kort import (
    Adressetype,
    Kortaarsag,
    KortAfsendt,
    KortAnmodet,
    KortBestilt,
    KortFejlet,
    Kortstatuskode,
    KortTrukket,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.person import Adresse
from services.kortbestilling import rules
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, OenskEffekt, Udfald


class Korttilstand(StrEnum):
    """What the order waits for, or what became of it."""

    MODTAGET = "MODTAGET"
    BESTILLES = "BESTILLES"
    BESTILT = "BESTILT"
    TRUKKET = "TRUKKET"
    AFSENDT = "AFSENDT"
    RETUR = "RETUR"
    BORTFALDET = "BORTFALDET"
    FEJLET = "FEJLET"


class Statuslinje(Vaerdi):
    """A status as the supplier reported it, kept for ever with the supplier's own time (KORT-18)."""

    status: Kortstatuskode
    tidspunkt: Oejeblik
    tekst: str = ""


@dataclass(frozen=True, slots=True)
class Kort:
    """One card and its order."""

    kort_id: str
    forloeb_id: str
    person_id: str
    cpr: str
    navn: str
    adresse: Adresse | None
    kommunekode: str
    aarsag: Kortaarsag
    gebyr_oere: int
    gruppe: str
    ydernummer: str | None
    praksisnavn: str
    adressetype: Adressetype
    tilstand: Korttilstand
    anmodet: datetime
    bestilt: datetime | None = None
    """When it was first known that the supplier has the order; None: not known."""
    statusser: tuple[Statuslinje, ...] = ()
    grund: str | None = None
    """Why there is no card, where the order ended without one."""


class Kortordre(InternBesked):
    """What the supplier is sent: the content of the effect `kort.bestil`."""

    ce_type: ClassVar[str] = "kortbestilling.Kortordre.v1"
    noeglefelt: ClassVar[str] = "kort_id"

    kort_id: Id
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    adressetype: Adressetype
    kommunekode: Kommunekode
    aarsag: Kortaarsag
    gruppe: str
    ydernummer: Ydernummer | None = None
    praksisnavn: str = ""
    anmodet: Oejeblik
    """When the card was asked for: the order date."""


class Kortbesked(InternBesked):
    """A message of this service to itself about one card."""

    noeglefelt: ClassVar[str] = "kort_id"

    kort_id: Id


class OrdreAccepteret(Kortbesked):
    """The supplier answered: it has the order."""

    ce_type: ClassVar[str] = "kortbestilling.OrdreAccepteret.v1"


class OrdreAfvist(Kortbesked):
    """The supplier answered: it will not have the order."""

    ce_type: ClassVar[str] = "kortbestilling.OrdreAfvist.v1"

    kode: str


class Leverandoerbesked(Kortbesked):
    """A status of the supplier, as a message of its own for each code."""

    tidspunkt: Oejeblik
    tekst: str = ""


class LeverandoerTrak(Leverandoerbesked):
    """Status TRUKKET: the card is in production and can no longer be stopped (KORT-09)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerTrak.v1"


class LeverandoerAfsendte(Leverandoerbesked):
    """Status AFSENDT (KORT-17)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerAfsendte.v1"


class LeverandoerFikRetur(Leverandoerbesked):
    """Status RETUR: the card came back (KORT-11, KORT-18)."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerFikRetur.v1"


class LeverandoerFejlede(Leverandoerbesked):
    """Status FEJL: the supplier gave the order up."""

    ce_type: ClassVar[str] = "kortbestilling.LeverandoerFejlede.v1"


class BekraeftelseUdeblev(Kortbesked):
    """Deadline: the supplier has not answered the order."""

    ce_type: ClassVar[str] = "kortbestilling.BekraeftelseUdeblev.v1"


class TraekningUdeblev(Kortbesked):
    """Deadline: the order has not been drawn."""

    ce_type: ClassVar[str] = "kortbestilling.TraekningUdeblev.v1"


class AfsendelseUdeblev(Kortbesked):
    """Deadline: the card has not been sent."""

    ce_type: ClassVar[str] = "kortbestilling.AfsendelseUdeblev.v1"


class AfhentningsfristUdloeb(Kortbesked):
    """Deadline: a returned card was not fetched (KORT-11)."""

    ce_type: ClassVar[str] = "kortbestilling.AfhentningsfristUdloeb.v1"


Skridt = tuple[Kort, Udfald]


def _bestil(kort: Kort, _besked: Besked, _nu: datetime) -> Skridt:
    ordre = Kortordre.model_validate(kort, from_attributes=True)
    effekt = OenskEffekt(f"kort:{kort.kort_id}", "kort.bestil", ordensnoegle=kort.kort_id, indhold=ordre)
    return kort, Udfald(effekter=(effekt,))


def _bekraeft(kort: Kort, _besked: Besked, nu: datetime) -> Skridt:
    """The supplier has the order, known from its answer or from a status that overtook it; told once (POST-12)."""
    if kort.bestilt is not None:
        return kort, Udfald()
    bestilt = KortBestilt(
        kort_id=kort.kort_id,
        forloeb_id=kort.forloeb_id,
        person_id=kort.person_id,
        aarsag=kort.aarsag,
        gebyr_oere=kort.gebyr_oere,
        adressetype=kort.adressetype,
    )
    brev = BrevAnmodet(
        brev_id=f"{kort.kort_id}:kvittering",
        forloeb_id=kort.forloeb_id,
        person_id=kort.person_id,
        kommunekode=kort.kommunekode,
        brevtype=Brevtype.SUNDHEDSKORTKVITTERING,
        felter={"gruppe": kort.gruppe, "praksisnavn": kort.praksisnavn, "adressetype": kort.adressetype.value},
    )
    return replace(kort, bestilt=nu), Udfald(beskeder=(bestilt, brev))


def _traek(kort: Kort, besked: LeverandoerTrak, nu: datetime) -> Skridt:
    kort, udfald = _bekraeft(kort, besked, nu)
    trukket = KortTrukket(
        kort_id=kort.kort_id, forloeb_id=kort.forloeb_id, person_id=kort.person_id, tidspunkt=besked.tidspunkt
    )
    return kort, udfald + Udfald(beskeder=(trukket,))


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

# fmt: off
OVERGANGE = (
    #        fra         når                     til         gør
    Overgang(MODTAGET,   KortAnmodet,            BESTILLES,  _bestil),

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
    Overgang(FEJLET,     LeverandoerAfsendte,    AFSENDT,    _send_alligevel),
    Overgang(FEJLET,     LeverandoerFikRetur,    RETUR,      _tag_retur),
    Overgang(FEJLET,     LeverandoerFejlede,     FEJLET,     _kun_noter),
)
FRISTER = (
    #     i          hvornår                             sker                          besked
    Frist(BESTILLES, _efter(rules.BEKRAEFTELSE_SENEST),  _om(BekraeftelseUdeblev),     BekraeftelseUdeblev),
    Frist(BESTILT,   _efter(rules.TRUKKET_SENEST),       _om(TraekningUdeblev),        TraekningUdeblev),
    Frist(TRUKKET,   _efter(rules.AFSENDT_SENEST),       _om(AfsendelseUdeblev),       AfsendelseUdeblev),
    Frist(RETUR,     _afhentning,                        _om(AfhentningsfristUdloeb),  AfhentningsfristUdloeb),
)
# fmt: on

KORT = Forloeb(
    "kort", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="kort_id", endelige=(AFSENDT, FEJLET)
)
