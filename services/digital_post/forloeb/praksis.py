"""The process of a letter to a practice: a request for a dispensation, or that it is withdrawn (LV-08, LV-09, FORL-08).

The receiver is the practice by its ydernummer; nothing of what is decided for letters to persons holds here. The
instant of delivery is what Digital Post says it is: the practice's 14 days count from its day.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Id, Oejeblik, Ydernummer
from contracts.dispensation import (
    DispensationAnmodet,
    DispensationFejlet,
    DispensationLeveret,
    DispensationTilbagekaldt,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from services.digital_post import rules
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, OenskEffekt, Udfald


class Praksisbrevtilstand(StrEnum):
    """Where the letter to a practice is."""

    MODTAGET = "MODTAGET"
    AFSENDES = "AFSENDES"
    LEVERET = "LEVERET"
    FEJLET = "FEJLET"


@dataclass(frozen=True, slots=True)
class Praksisbrev:
    """One letter to one practice about one forløb."""

    brev_id: str
    forloeb_id: str
    person_id: str
    kommunekode: str
    ydernummer: str
    praksisnavn: str
    anmodning: bool
    """A request, whose delivery somebody waits for; else the news that it is withdrawn."""
    titel: str
    tekst: str
    tilstand: Praksisbrevtilstand
    anmodet: datetime
    leveret: datetime | None = None
    forsendelse_id: str | None = None
    grund: str | None = None


class Praksisbesked(InternBesked):
    """A message of this service to itself about one letter to a practice."""

    brev_id: Id
    person_id: Id


class Praksisforsendelse(Praksisbesked):
    """Content of the effect `post.praksis`."""

    ce_type: ClassVar[str] = "digital_post.Praksisforsendelse.v1"

    forloeb_id: Id
    ydernummer: Ydernummer
    praksisnavn: str
    afsender: str
    titel: str
    tekst: str
    svar_oenskes: bool = True
    """Whether the practice is asked something; else it is only told."""


class PraksisbrevLeveret(Praksisbesked):
    """The practice has the letter."""

    ce_type: ClassVar[str] = "digital_post.PraksisbrevLeveret.v1"

    leveret: Oejeblik
    forsendelse_id: str


class PraksisbrevAfvist(Praksisbesked):
    """Digital Post will not have the letter."""

    ce_type: ClassVar[str] = "digital_post.PraksisbrevAfvist.v1"

    kode: str


class PraksispostUdeblev(Praksisbesked):
    """Deadline: Digital Post has not answered."""

    ce_type: ClassVar[str] = "digital_post.PraksispostUdeblev.v1"


Skridt = tuple[Praksisbrev, Udfald]


def nyt_praksisbrev(besked: DispensationAnmodet | DispensationTilbagekaldt, nu: datetime) -> Praksisbrev:
    """The row of a letter asked for. Raises `ValueError` for a municipality that is none."""
    anmodning = isinstance(besked, DispensationAnmodet)
    tekst = rules.dispensationsbrev(besked)
    return Praksisbrev(
        brev_id=brev_id(besked),
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        kommunekode=besked.kommunekode,
        ydernummer=besked.ydernummer,
        praksisnavn=besked.praksisnavn,
        anmodning=anmodning,
        titel=tekst.titel,
        tekst=tekst.tekst,
        tilstand=Praksisbrevtilstand.MODTAGET,
        anmodet=nu,
    )


def brev_id(besked: DispensationAnmodet | DispensationTilbagekaldt) -> str:
    """One letter of each kind per forløb, however often it is asked for."""
    return f"{besked.forloeb_id}:{'anmodning' if isinstance(besked, DispensationAnmodet) else 'tilbagekaldelse'}"


def _send(brev: Praksisbrev, _besked: Besked, _nu: datetime) -> Skridt:
    forsendelse = Praksisforsendelse(
        brev_id=brev.brev_id,
        person_id=brev.person_id,
        forloeb_id=brev.forloeb_id,
        ydernummer=brev.ydernummer,
        praksisnavn=brev.praksisnavn,
        afsender=rules.afsender(brev.kommunekode),
        titel=brev.titel,
        tekst=brev.tekst,
        svar_oenskes=brev.anmodning,
    )
    effekt = OenskEffekt(f"praksis:{brev.brev_id}", "post.praksis", ordensnoegle=brev.person_id, indhold=forsendelse)
    return brev, Udfald(effekter=(effekt,))


def _kvitter(brev: Praksisbrev, besked: PraksisbrevLeveret, _nu: datetime) -> Skridt:
    brev = replace(brev, leveret=besked.leveret, forsendelse_id=besked.forsendelse_id)
    if not brev.anmodning:
        return brev, Udfald()
    leveret = DispensationLeveret(
        forloeb_id=brev.forloeb_id, person_id=brev.person_id, ydernummer=brev.ydernummer, leveret=besked.leveret
    )
    return brev, Udfald(beskeder=(leveret,))


def _opgiv(brev: Praksisbrev, besked: PraksisbrevAfvist, _nu: datetime) -> Skridt:
    brev = replace(brev, grund=besked.kode)
    fejlet = DispensationFejlet(
        forloeb_id=brev.forloeb_id, person_id=brev.person_id, ydernummer=brev.ydernummer, grund=besked.kode
    )
    opgave = _opgave(
        brev, "BREV_FEJLET", "Brev til praksis kunne ikke sendes", f"Digital Post afviste ({besked.kode})."
    )
    return brev, Udfald(beskeder=(*((fejlet,) if brev.anmodning else ()), opgave))


def _meld_forsinket(brev: Praksisbrev, _besked: Besked, _nu: datetime) -> Skridt:
    tekst = "Digital Post har ikke svaret i et døgn. Der prøves fortsat."
    return brev, Udfald(beskeder=(_opgave(brev, "BREV_FORSINKET", "Brev til praksis er forsinket", tekst),))


def _intet(brev: Praksisbrev, _besked: Besked, _nu: datetime) -> Skridt:
    return brev, Udfald()


def _opgave(brev: Praksisbrev, aarsag: str, titel: str, beskrivelse: str) -> OpgaveAnmodet:
    return OpgaveAnmodet(
        opgave_id=f"{brev.brev_id}:{aarsag.lower()}",
        forloeb_id=brev.forloeb_id,
        person_id=brev.person_id,
        kommunekode=brev.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )


def _senest(_brev: Praksisbrev, nu: datetime) -> datetime:
    return nu + rules.SVAR_FRA_PRAKSISPOST_SENEST


def _udeblev(brev: Praksisbrev) -> PraksispostUdeblev:
    return PraksispostUdeblev(brev_id=brev.brev_id, person_id=brev.person_id)


T = Praksisbrevtilstand
# fmt: off
OVERGANGE = (
    #        fra         når                       til         gør
    Overgang(T.MODTAGET, DispensationAnmodet,      T.AFSENDES, _send),
    Overgang(T.MODTAGET, DispensationTilbagekaldt, T.AFSENDES, _send),
    Overgang(T.AFSENDES, PraksisbrevLeveret,       T.LEVERET,  _kvitter),
    Overgang(T.AFSENDES, PraksisbrevAfvist,        T.FEJLET,   _opgiv),
    Overgang(T.AFSENDES, PraksispostUdeblev,       T.AFSENDES, _meld_forsinket),
    Overgang(T.LEVERET,  PraksispostUdeblev,       T.LEVERET,  _intet),
    Overgang(T.FEJLET,   PraksispostUdeblev,       T.FEJLET,   _intet),
)
FRISTER = (
    #     i           hvornår  sker      besked
    Frist(T.AFSENDES, _senest, _udeblev, PraksispostUdeblev),
)
# fmt: on
PRAKSISBREV = Forloeb("praksisbrev", start=T.MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="brev_id")
