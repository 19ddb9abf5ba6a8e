"""What follows from what happens to a person, whom nobody ordered anything for: cards, and the end of rights. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.laegevalg.rules import GRUPPE_1, GRUPPE_7, Maaneder
from shared.domain.datoer import plus_maaneder
from shared.domain.hjemmel import Hjemmel

_PARAGRAF_12 = "bekendtgørelse nr. 1016 af 25. maj 2021, § 12, stk. 1"
FLYTNING, NAVN_AEGTESKAB, PERSONNUMMER = "FLYTNING", "NAVN_AEGTESKAB", "PERSONNUMMER"
GRUPPE_2, GRUPPE_9 = "2", "9"
GRUPPER_MED_KORT = frozenset({GRUPPE_1, GRUPPE_2})
"""Those actively insured have a card (BET-08)."""
UDEN_RET = frozenset({GRUPPE_7, GRUPPE_9})
"""The groups of those who have left or died; they have no doctor."""
KORT_SENEST = timedelta(days=30)
"""Our own patience with a card that is not told to be sent."""
GROENLAND = frozenset({"05", "07"})
"""CPR status of those who live in Greenland."""


@dataclass(frozen=True, slots=True)
class FritKort:
    """From this day on, a card for this reason costs `oere`."""

    gaelder_fra: date
    aarsag: str
    oere: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Ophoer:
    """From this day on, what ends the right to a doctor, and the group that it leaves; None: the group stands."""

    gaelder_fra: date
    grund: str
    gruppe: str | None
    hjemmel: Hjemmel


# fmt: off
FRIE_KORT = (
    #        gælder fra  årsag           øre  hjemmel
    FritKort(date.min,   FLYTNING,       0,   Hjemmel("KORT-16", f"{_PARAGRAF_12}, nr. 6")),
    FritKort(date.min,   NAVN_AEGTESKAB, 0,   Hjemmel("BET-14", f"{_PARAGRAF_12}, nr. 7")),
    FritKort(date.min,   PERSONNUMMER,   0,   Hjemmel("BET-11", f"{_PARAGRAF_12}, nr. 4")),
)
NAVN_EFTER_VIELSE = (
    #        gælder fra  måneder  hjemmel
    Maaneder(date.min,   3,       Hjemmel("CPR-01", f"{_PARAGRAF_12}, nr. 7")),
)
OPHOER = (
    #      gælder fra  grund          gruppe    hjemmel
    Ophoer(date.min,   "GROENLAND",   GRUPPE_7, Hjemmel("NORD-01")),
    Ophoer(date.min,   "UDREJST",     GRUPPE_7, Hjemmel("NORD-02")),
    Ophoer(date.min,   "DOED",        GRUPPE_9, Hjemmel("CPR-14")),
    Ophoer(date.min,   "FORSVUNDET",  None,     Hjemmel("CPR-14")),
)
# fmt: on


def kort_ved_navneskift(viet: date | None, skiftet: date) -> bool:
    """CPR-01, CPR-02: a free card where the name was changed from the wedding on and within three months of it."""
    if viet is None:
        return False
    frist = max((r for r in NAVN_EFTER_VIELSE if r.gaelder_fra <= skiftet), key=lambda r: r.gaelder_fra)
    return viet <= skiftet <= plus_maaneder(viet, frist.maaneder)


def har_kort(gruppe: str | None) -> bool:
    """Whether a person of the group has a card to be made anew; one whose group nobody knows counts as group 1."""
    return gruppe is None or gruppe in GRUPPER_MED_KORT


def gebyr_oere(aarsag: str, dag: date) -> int:
    """What the card costs on the day it is ordered, in øre."""
    return max((r for r in FRIE_KORT if r.aarsag == aarsag and r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra).oere


def ophoer(grund: str, dag: date) -> Ophoer:
    """What ends with this, on this day (NORD-01, NORD-02, CPR-14)."""
    return max((r for r in OPHOER if r.grund == grund and r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra)


def er_overhalet(grund: str, gruppe_fra: date | None, laege_fra: date | None, dag: date) -> bool:
    """CPR-10: something newer than that day is registered already, so the older does not end it.

    Nothing is newer than a death. A doctor that took effect after an exit, before anybody told of it, does not undo it:
    only a new right, which is a group, does. One with a doctor of his own after the day he went missing was found.
    """
    nyere = {"DOED": (), "FORSVUNDET": (gruppe_fra, laege_fra)}.get(grund, (gruppe_fra,))
    return any(fra is not None and fra > dag for fra in nyere)
