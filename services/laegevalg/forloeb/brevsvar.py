"""The answer to a cancel where letters are called back: it comes when it is known which could be (FORL-06).

What became of a letter may be heard before the cancel is done: the topics are not in order. So it is kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from contracts.base import Id, Vaerdi
from contracts.bestilling import AnnullerForloeb, ForloebAnnulleret
from contracts.brev import BrevIkkeTilbagekaldt, BrevTilbagekaldes, BrevTilbagekaldt, Brevtype
from contracts.kort import KortAnnulleret
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, SaetFrist, Udfald

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
    HOERT = "HOERT"
    """What became of a letter is known, and no answer waits for it, or not yet."""
    AFVENTER_BREVE = "AFVENTER_BREVE"
    BESVARET = "BESVARET"


class Ventebrev(Vaerdi):
    """A letter that is called back. A forløb may have had two of a type (FLYT-06)."""

    brev_id: Id
    brevtype: str


class Brevskaebne(Ventebrev):
    """What became of it."""

    for_sent: bool


@dataclass(frozen=True, slots=True)
class Annulleringssvar:
    """What is heard of the letters of a forløb, and of its answer what is known, and the letters that it waits for."""

    forloeb_id: str
    person_id: str
    tilstand: Svartilstand
    svar: ForloebAnnulleret | None = None
    venter: tuple[Ventebrev, ...] = ()
    hoert: tuple[Brevskaebne, ...] = ()


class Brevsvar(InternBesked):
    """A message of this service to itself about the letters of a cancelled forløb."""

    forloeb_id: Id
    person_id: Id


class BreveTilbagekaldes(Brevsvar):
    """The forløb is cancelled, and there are letters to wait for."""

    ce_type: ClassVar[str] = "laegevalg.BreveTilbagekaldes.v1"

    svar: ForloebAnnulleret
    breve: tuple[Ventebrev, ...]


class BreveErAlleredeAfklaret(BreveTilbagekaldes):
    """What became of each was heard before."""

    ce_type: ClassVar[str] = "laegevalg.BreveErAlleredeAfklaret.v1"


class BrevetErAfklaret(Brevsvar):
    """One letter, and there are more, or nobody waits."""

    ce_type: ClassVar[str] = "laegevalg.BrevetErAfklaret.v1"

    brev: Brevskaebne


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
    kommando: AnnullerForloeb, forloeb_id: str, person_id: str, nu: datetime, fast: tuple[str, ...], *breve: Ventebrev
) -> Udfald:
    """Answer, at once or when the letters are known of. `fast` is what cannot be undone whatever becomes of them."""
    svar = ForloebAnnulleret(
        noegle=kommando.noegle, bestilling_id=kommando.bestilling_id, forloeb_id=forloeb_id, ikke_fortrudt=fast
    )
    if not breve:
        return Udfald(beskeder=(svar,))
    besked = BreveTilbagekaldes(forloeb_id=forloeb_id, person_id=person_id, svar=svar, breve=breve)
    return Udfald(frister=(SaetFrist(f"{forloeb_id}:BreveTilbagekaldes", nu, besked),))


def laegens_kvittering(brev_id: str) -> Ventebrev:
    """POST-12: the letter that says the choice is approved."""
    return Ventebrev(brev_id=brev_id, brevtype=Brevtype.LAEGEVALGSKVITTERING)


def kortets_kvittering(besked: KortAnnulleret) -> tuple[Ventebrev, ...]:
    """FORL-06: that of the very card that was stopped, where there is one."""
    brev = Ventebrev(brev_id=f"{besked.kort_id}:kvittering", brevtype=Brevtype.SUNDHEDSKORTKVITTERING)
    return (brev,) if besked.kvittering else ()


def oversat(
    sag: Annulleringssvar, besked: BrevTilbagekaldt | BrevIkkeTilbagekaldt | BreveTilbagekaldes | BrevsvarUdeblev
) -> Brevsvar:
    """What the message is to the answer."""
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}
    match besked:
        case BreveTilbagekaldes() if _mangler(besked.breve, sag.hoert):
            return besked
        case BreveTilbagekaldes():
            return BreveErAlleredeAfklaret(**om, svar=besked.svar, breve=besked.breve)
        case BrevTilbagekaldt() | BrevIkkeTilbagekaldt():
            for_sent = isinstance(besked, BrevIkkeTilbagekaldt)
            brev = Brevskaebne(brev_id=besked.brev_id, brevtype=besked.brevtype, for_sent=for_sent)
            sidste = bool(sag.venter) and not _mangler(sag.venter, (brev,))
            return (AlleBreveErAfklaret if sidste else BrevetErAfklaret)(**om, brev=brev)
        case _:
            return besked


def _mangler(breve: tuple[Ventebrev, ...], hoert: tuple[Brevskaebne, ...]) -> tuple[Ventebrev, ...]:
    kendte = {b.brev_id for b in hoert}
    return tuple(b for b in breve if b.brev_id not in kendte)


def _vent(sag: Annulleringssvar, _besked: Brevsvar, _nu: datetime) -> Skridt:
    return sag, Udfald()


def _vent_paa_breve(sag: Annulleringssvar, besked: BreveTilbagekaldes, _nu: datetime) -> Skridt:
    return replace(sag, svar=besked.svar, venter=_mangler(besked.breve, sag.hoert)), Udfald()


def _noter(sag: Annulleringssvar, besked: BrevetErAfklaret, _nu: datetime) -> Skridt:
    if besked.brev in sag.hoert:
        return sag, Udfald()
    hoert = (*sag.hoert, besked.brev)
    return replace(sag, hoert=hoert, venter=_mangler(sag.venter, hoert)), Udfald()


def _noter_og_svar(sag: Annulleringssvar, besked: AlleBreveErAfklaret, nu: datetime) -> Skridt:
    return _svar(_noter(sag, besked, nu)[0])


def _svar_straks(sag: Annulleringssvar, besked: BreveErAlleredeAfklaret, _nu: datetime) -> Skridt:
    return _svar(replace(sag, svar=besked.svar))


def _svar_som_sendt(sag: Annulleringssvar, _besked: BrevsvarUdeblev, _nu: datetime) -> Skridt:
    """FORL-06: nobody knows that it was dropped, so it is not promised."""
    return _svar(replace(sag, venter=()), *(b.brevtype for b in sag.venter))


def _svar(sag: Annulleringssvar, *uvisse: str) -> Skridt:
    """FORL-06: every letter of the forløb that was sent, also the receipt of a card that was stopped before."""
    assert sag.svar is not None
    sendte = (b.brevtype for b in sag.hoert if b.for_sent)
    alle = sorted({*sag.svar.ikke_fortrudt, *sendte, *uvisse}, key=RAEKKEFOELGE.index)
    efter = replace(sag, svar=sag.svar.model_copy(update={"ikke_fortrudt": tuple(alle)}))
    return efter, Udfald(beskeder=(efter.svar,)) if efter.svar else Udfald()


def _senest(_sag: Annulleringssvar, nu: datetime) -> datetime:
    return nu + BREVSVAR_SENEST


def _udeblev(sag: Annulleringssvar) -> BrevsvarUdeblev:
    return BrevsvarUdeblev(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


T = Svartilstand
# fmt: off
OVERGANGE = (
    #        fra               når                      til               gør
    Overgang(T.MODTAGET,       BrevetErAfklaret,        T.HOERT,          _noter),
    Overgang(T.MODTAGET,       BreveTilbagekaldes,      T.AFVENTER_BREVE, _vent_paa_breve),
    Overgang(T.HOERT,          BrevetErAfklaret,        T.HOERT,          _noter),
    Overgang(T.HOERT,          BreveTilbagekaldes,      T.AFVENTER_BREVE, _vent_paa_breve),
    Overgang(T.HOERT,          BreveErAlleredeAfklaret, T.BESVARET,       _svar_straks),
    Overgang(T.AFVENTER_BREVE, BrevetErAfklaret,        T.AFVENTER_BREVE, _noter),
    Overgang(T.AFVENTER_BREVE, AlleBreveErAfklaret,     T.BESVARET,       _noter_og_svar),
    Overgang(T.AFVENTER_BREVE, BrevsvarUdeblev,         T.BESVARET,       _svar_som_sendt),
    Overgang(T.BESVARET,       BrevetErAfklaret,        T.BESVARET,       _noter),
    Overgang(T.BESVARET,       BrevsvarUdeblev,         T.BESVARET,       _vent),
)
FRISTER = (
    #     i                 hvornår  sker      besked
    Frist(T.AFVENTER_BREVE, _senest, _udeblev, BrevsvarUdeblev),
)
# fmt: on
BREVSVAR = Forloeb("annulleringssvar", start=T.MODTAGET, overgange=OVERGANGE, frister=FRISTER, endelige=(T.HOERT,))
