"""Which group and doctor hold for a person who was known under two numbers (CPR-11). Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.laegevalg.rules import GRUPPE_1
from shared.domain.hjemmel import Hjemmel

SAMMENLAGT = "SAMMENLAGT"
"""The reason told where group or doctor changes because two persons are joined."""
_FOERST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Laegegrupper:
    """From this day on, those of these groups are registered with a doctor."""

    gaelder_fra: date
    grupper: frozenset[str]
    hjemmel: Hjemmel


# fmt: off
MED_LAEGE = (
    #            gælder fra  grupper                 hjemmel
    Laegegrupper(date.min,   frozenset({GRUPPE_1}),  Hjemmel("GRP-19")),
)
# fmt: on


def rang(fra: date, registreret: datetime | None) -> tuple[date, datetime]:
    """CPR-11, as CPR-10: the newest effective date holds, then the newest registration."""
    return fra, registreret or _FOERST


def beholder_laegen(gruppe: str | None, gruppe_fra: date | None, laege_fra: date) -> bool:
    """Whether a doctor stands beside the group: one from before a group without doctors has ended."""
    if gruppe is None or gruppe_fra is None or laege_fra >= gruppe_fra:
        return True
    gaeldende = max((r for r in MED_LAEGE if r.gaelder_fra <= gruppe_fra), key=lambda r: r.gaelder_fra)
    return gruppe in gaeldende.grupper
