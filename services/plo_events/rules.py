"""Which practice has room for whom. Pure; the day is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from contracts.plads import ForetrukkenYder
from contracts.yder import Yderstatus


class Pladstilstand(StrEnum):
    """What became of a place asked for."""

    RESERVERET = "RESERVERET"
    FRIGIVET = "FRIGIVET"
    NAEGTET = "NAEGTET"
    BORTFALDET = "BORTFALDET"
    """Lost because the practice closes (PLO-16)."""


class Grund(StrEnum):
    """Why there is no place (IND-02)."""

    INGEN_AABEN_PRAKSIS = "INGEN_AABEN_PRAKSIS"
    INGEN_KAPACITET = "INGEN_KAPACITET"
    PLADS_FRIGIVET = "PLADS_FRIGIVET"
    """The forløb had a place and gave it back: it cannot ask again."""
    PRAKSIS_UKENDT = "PRAKSIS_UKENDT"
    PRAKSIS_NEDLAGT = "PRAKSIS_NEDLAGT"
    ANDEN_KOMMUNE = "ANDEN_KOMMUNE"
    """At entry a practice of another municipality cannot be had (IND-06)."""


class Praksis(Protocol):
    """What the rules need to know of a practice."""

    @property
    def ydernummer(self) -> str: ...
    @property
    def kommunekode(self) -> str: ...
    @property
    def status(self) -> Yderstatus: ...
    @property
    def lukkegraense(self) -> int: ...
    @property
    def maksgraense(self) -> int: ...
    @property
    def optagne(self) -> int: ...
    @property
    def aabne_postnumre(self) -> tuple[str, ...]: ...
    @property
    def gyldig_fra(self) -> date | None: ...
    @property
    def gyldig_til(self) -> date | None: ...
    @property
    def nedlaegges(self) -> date | None: ...


P = TypeVar("P", bound=Praksis)


@dataclass(frozen=True, slots=True)
class Ansoeger:
    """The person a place is sought for, and the day."""

    kommunekode: str
    postnummer: str
    dag: date


def er_i_drift(praksis: Praksis, dag: date) -> bool:
    """Not closed down, and the day within its period of validity, both ends included."""
    fra, til = praksis.gyldig_fra or date.min, praksis.gyldig_til or date.max
    return praksis.status is not Yderstatus.NEDLAGT and fra <= dag <= til and not er_nedlagt(praksis, dag)


def er_nedlagt(praksis: Praksis, dag: date) -> bool:
    """PLO-16: from the day of closure on there is no practice."""
    return praksis.nedlaegges is not None and praksis.nedlaegges <= dag


def plads_hos(praksis: Praksis | None, virkningsdato: date, dag: date, kun_i: str | None = None) -> Grund | None:
    """LV-17: why a named practice has no place, open or closed; only the hard maximum counts (LV-11). None: it has.

    PLO-16: a choice that takes effect on the day of closure or later comes to nothing. IND-06: `kun_i` is the
    municipality that it must lie in, at entry.
    """
    if praksis is None:
        return Grund.PRAKSIS_UKENDT
    if not er_i_drift(praksis, dag) or er_nedlagt(praksis, virkningsdato):
        return Grund.PRAKSIS_NEDLAGT
    if kun_i is not None and praksis.kommunekode != kun_i:
        return Grund.ANDEN_KOMMUNE
    return None if praksis.optagne < praksis.maksgraense else Grund.INGEN_KAPACITET


def er_lukket_for(praksis: Praksis, ansoeger: Ansoeger, altid_aaben: bool) -> bool:
    """LV-11, LV-13: whether the choice needs a dispensation: not open for the person, or at its lukkegrænse."""
    return not altid_aaben and (not er_aaben_for(praksis, ansoeger) or ledige_pladser(praksis) <= 0)


def er_aaben_for(praksis: Praksis, ansoeger: Ansoeger) -> bool:
    """IND-01, LV-13: open to new patients, or selectively open with the person's postcode among those named."""
    if not er_i_drift(praksis, ansoeger.dag):
        return False
    if praksis.status is Yderstatus.SELEKTIVT_AABEN:
        return ansoeger.postnummer in praksis.aabne_postnumre
    return praksis.status is Yderstatus.AABEN


def ledige_pladser(praksis: Praksis) -> int:
    """IND-01: room below lukkegrænse; a maksgrænse set lower by mistake still holds. Negative when overfull."""
    return min(praksis.lukkegraense, praksis.maksgraense) - praksis.optagne


def kan_tage_foretrukken(
    praksis: Praksis, altid_aaben: bool, ansoeger: Ansoeger, *, enhver_kommune: bool = False
) -> bool:
    """Whether a practice that is to be tried first can take the person.

    FAM-05: a child's default practice counts as open whatever its status, its lukkegrænse and its municipality; only
    the hard maximum holds. Any other must be open for the person, with room, in his municipality (IND-06); CPR-04: the
    doctor of before a disappearance in any municipality.
    """
    if altid_aaben:
        return er_i_drift(praksis, ansoeger.dag) and praksis.optagne < praksis.maksgraense
    rette_kommune = enhver_kommune or praksis.kommunekode == ansoeger.kommunekode
    return rette_kommune and er_aaben_for(praksis, ansoeger) and ledige_pladser(praksis) > 0


def vaelg_praksis(
    ansoeger: Ansoeger,
    foretrukne: Sequence[ForetrukkenYder],
    kendte: Mapping[str, P],
    kommunens: Iterable[P],
) -> P | Grund:
    """IND-01 (OWN), CPR-04: the practices to try first, in the order given, then most free places, then ydernummer.

    IND-02: without any, the reason: no practice open for the person, or those that are have no room.
    """
    for oensket in foretrukne:
        praksis = kendte.get(oensket.ydernummer)
        enhver = oensket.enhver_kommune
        if praksis and kan_tage_foretrukken(praksis, oensket.altid_aaben, ansoeger, enhver_kommune=enhver):
            return praksis
    aabne = [p for p in kommunens if p.kommunekode == ansoeger.kommunekode and er_aaben_for(p, ansoeger)]
    med_plads = [p for p in aabne if ledige_pladser(p) > 0]
    if med_plads:
        return min(med_plads, key=lambda p: (-ledige_pladser(p), p.ydernummer))
    return Grund.INGEN_KAPACITET if aabne else Grund.INGEN_AABEN_PRAKSIS
