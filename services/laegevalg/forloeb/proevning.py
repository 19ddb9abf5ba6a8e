"""What is looked at before a message from outside reaches a process: is it what it says it is."""

from dataclasses import dataclass
from datetime import datetime

from contracts.bestilling import AnnullerForloeb, LaegevalgAendret, LaegevalgBestilt
from contracts.dispensation import DispensationSvar
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import Bestilling, Valg
from services.laegevalg.forloeb.svar import afvist, bestilling_afvist
from shared.domain.cpr import ligner_cpr
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald

ID_ER_BRUGT = "IKKE_BEMYNDIGET"
"""The id stands for something else already, and nobody may change it by sending the id again."""


@dataclass(frozen=True, slots=True)
class Aendring:
    """A command to move a choice that was handed on, as it came."""

    bestilling_id: str
    kommando: LaegevalgAendret


@dataclass(frozen=True, slots=True)
class Annullering:
    """A command to cancel that was handed on; it is answered once, however often it is sent (FORL-05)."""

    kommando_id: str
    modtaget: datetime


def kommando_id(besked: AnnullerForloeb) -> str:
    """What makes two commands to cancel the same: their own id, the forløb, and whose they are."""
    return f"{besked.forloeb_id}:{besked.bestilling_id}:{besked.noegle}"


def ingen_cpr(besked: LaegevalgBestilt | AnnullerForloeb | LaegevalgAendret) -> None:
    """No id may read as a CPR number: it would go on in forløb ids, keys and logs.

    Raises `UventetBesked`, since an answer would repeat it.
    """
    ider = [besked.bestilling_id, besked.aktoer]
    ider.append((besked.fuldmagt or "") if isinstance(besked, LaegevalgBestilt) else besked.forloeb_id)
    if any(ligner_cpr(i) for i in ider):
        raise UventetBesked("bestilling", "CPR_I_ID", type(besked).__name__)


def bestilt_igen(besked: LaegevalgBestilt, bestilling: Bestilling) -> Udfald:
    """The same order again leads to nothing; another under the same id is refused, and not told whose the id is."""
    if besked == bestilling.bestilt:
        return INTET
    return Udfald(beskeder=(bestilling_afvist(besked, ID_ER_BRUGT),))


def aendret_igen(besked: LaegevalgAendret, aendring: Aendring) -> Udfald:
    """As `bestilt_igen`."""
    return INTET if besked == aendring.kommando else Udfald(beskeder=(afvist(besked, ID_ER_BRUGT),))


def rigtigt_svar(besked: DispensationSvar, valg: Valg) -> None:
    """An answer repeats the request's person and comes after it; what does not would beat the deadline (LV-09).

    Raises `UventetBesked`.
    """
    if besked.person_id != valg.person_id:
        raise UventetBesked("laegevalg", "EN_ANDEN_PERSON", type(besked).__name__)
    spurgt = valg.anmodet_tid or valg.startet
    if not valg.anmodet or besked.modtaget < spurgt - rules.URE_GAAR_FORKERT:
        raise UventetBesked("laegevalg", "FOER_ANMODNINGEN", type(besked).__name__)
