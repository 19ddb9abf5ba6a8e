"""The answer to a cancel where letters are called back: it comes when it is known which could be (FORL-06)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from contracts.base import Id
from contracts.bestilling import AnnullerForloeb, ForloebAnnulleret
from contracts.brev import BrevIkkeTilbagekaldt, BrevTilbagekaldes, BrevTilbagekaldt
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, Udfald

BREVSVAR_SENEST = timedelta(days=2)
"""Our own patience: a letter that cannot be handed over one day is decided anew the next, and dropped then."""
RAEKKEFOELGE = (
    "DISPENSATIONSANMODNING",
    "LAEGEVALGSKVITTERING",
    "SUNDHEDSKORTKVITTERING",
    "SUNDHEDSKORT",
    "LAEGEVALGSBREV",
)
"""How `ikke_fortrudt` lists what it lists."""


class Svartilstand(StrEnum):
    """Whether the answer was given."""

    MODTAGET = "MODTAGET"
    AFVENTER_BREVE = "AFVENTER_BREVE"
    BESVARET = "BESVARET"


@dataclass(frozen=True, slots=True)
class Annulleringssvar:
    """The answer as far as it is known, and the letters it waits for, by type: a forløb has one of each."""

    forloeb_id: str
    person_id: str
    tilstand: Svartilstand
    svar: ForloebAnnulleret
    venter: tuple[str, ...]


class Brevsvar(InternBesked):
    """A message of this service to itself about the letters of a cancelled forløb."""

    forloeb_id: Id
    person_id: Id


class BreveTilbagekaldes(Brevsvar):
    """There are letters to wait for."""

    ce_type: ClassVar[str] = "laegevalg.BreveTilbagekaldes.v1"


class BrevetErAfklaret(Brevsvar):
    """One letter, and there are more."""

    ce_type: ClassVar[str] = "laegevalg.BrevetErAfklaret.v1"

    brevtype: str
    for_sent: bool


class AlleBreveErAfklaret(BrevetErAfklaret):
    """The last one."""

    ce_type: ClassVar[str] = "laegevalg.AlleBreveErAfklaret.v1"


class BrevsvarUdeblev(Brevsvar):
    """Deadline: of some letters nobody knows."""

    ce_type: ClassVar[str] = "laegevalg.BrevsvarUdeblev.v1"


Skridt = tuple[Annulleringssvar, Udfald]


def tilbagekald(brev_id: str, forloeb_id: str, person_id: str, grund: str) -> BrevTilbagekaldes:
    """FORL-06: drop the letter if nobody outside has it."""
    return BrevTilbagekaldes(brev_id=brev_id, forloeb_id=forloeb_id, person_id=person_id, grund=grund)


def besvar(
    kommando: AnnullerForloeb, forloeb_id: str, person_id: str, nu: datetime, fast: tuple[str, ...], *breve: str
) -> Udfald:
    """Answer, at once or when the letters are known of. `fast` is what cannot be undone whatever becomes of them."""
    svar = ForloebAnnulleret(
        noegle=kommando.noegle, bestilling_id=kommando.bestilling_id, forloeb_id=forloeb_id, ikke_fortrudt=fast
    )
    if not breve:
        return Udfald(beskeder=(svar,))
    sag = Annulleringssvar(forloeb_id, person_id, Svartilstand.MODTAGET, svar, breve)
    return BREVSVAR.skridt(sag, BreveTilbagekaldes(forloeb_id=forloeb_id, person_id=person_id), nu)


def oversat(
    sag: Annulleringssvar, besked: BrevTilbagekaldt | BrevIkkeTilbagekaldt | BrevsvarUdeblev
) -> Brevsvar | None:
    """What the message is to the answer; None: it is about a letter that is not waited for."""
    if isinstance(besked, BrevsvarUdeblev):
        return besked
    if besked.brevtype not in sag.venter:
        return None
    type_ = AlleBreveErAfklaret if sag.venter == (besked.brevtype,) else BrevetErAfklaret
    return type_(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        brevtype=besked.brevtype,
        for_sent=isinstance(besked, BrevIkkeTilbagekaldt),
    )


def _vent(sag: Annulleringssvar, _besked: Brevsvar, _nu: datetime) -> Skridt:
    return sag, Udfald()


def _noter(sag: Annulleringssvar, besked: BrevetErAfklaret, _nu: datetime) -> Skridt:
    rest = tuple(b for b in sag.venter if b != besked.brevtype)
    return replace(_med(sag, (besked.brevtype,) if besked.for_sent else ()), venter=rest), Udfald()


def _noter_og_svar(sag: Annulleringssvar, besked: AlleBreveErAfklaret, nu: datetime) -> Skridt:
    efter, _ = _noter(sag, besked, nu)
    return efter, Udfald(beskeder=(efter.svar,))


def _svar_som_sendt(sag: Annulleringssvar, _besked: BrevsvarUdeblev, _nu: datetime) -> Skridt:
    """FORL-06: nobody knows that it was dropped, so it is not promised."""
    efter = replace(_med(sag, sag.venter), venter=())
    return efter, Udfald(beskeder=(efter.svar,))


def _med(sag: Annulleringssvar, breve: tuple[str, ...]) -> Annulleringssvar:
    alle = sorted({*sag.svar.ikke_fortrudt, *breve}, key=RAEKKEFOELGE.index)
    return replace(sag, svar=sag.svar.model_copy(update={"ikke_fortrudt": tuple(alle)}))


def _senest(_sag: Annulleringssvar, nu: datetime) -> datetime:
    return nu + BREVSVAR_SENEST


def _udeblev(sag: Annulleringssvar) -> BrevsvarUdeblev:
    return BrevsvarUdeblev(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


T = Svartilstand
# fmt: off
OVERGANGE = (
    #        fra               når                  til               gør
    Overgang(T.MODTAGET,       BreveTilbagekaldes,  T.AFVENTER_BREVE, _vent),
    Overgang(T.AFVENTER_BREVE, BrevetErAfklaret,    T.AFVENTER_BREVE, _noter),
    Overgang(T.AFVENTER_BREVE, AlleBreveErAfklaret, T.BESVARET,       _noter_og_svar),
    Overgang(T.AFVENTER_BREVE, BrevsvarUdeblev,     T.BESVARET,       _svar_som_sendt),
    Overgang(T.BESVARET,       BrevsvarUdeblev,     T.BESVARET,       _vent),
)
FRISTER = (
    #     i                 hvornår  sker      besked
    Frist(T.AFVENTER_BREVE, _senest, _udeblev, BrevsvarUdeblev),
)
# fmt: on
BREVSVAR = Forloeb("annulleringssvar", start=T.MODTAGET, overgange=OVERGANGE, frister=FRISTER)
