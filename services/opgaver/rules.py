"""Rules of manual tasks: which municipality has them, and when they are due."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.kommuner import KOMMUNER
from contracts.opgave import Opgavetype
from shared.domain.datoer import dato, midnat, plus_dage, plus_maaneder
from shared.domain.hjemmel import Hjemmel


@dataclass(frozen=True, slots=True)
class Opgavefrist:
    """How long a kind of task may take, in days and months; `aarsag` None: every reason without a row of its own."""

    gaelder_fra: date
    opgavetype: Opgavetype
    aarsag: str | None
    hjemmel: Hjemmel
    dage: int = 0
    maaneder: int = 0


# fmt: off
OPGAVEFRISTER = (
    #           gælder fra        type               årsag         hjemmel             frist
    Opgavefrist(date(1973, 4, 1), Opgavetype.MANUEL, None,         Hjemmel("OPG-09"),  dage=14),
    Opgavefrist(date(1973, 4, 1), Opgavetype.MANUEL, "AFHENTNING", Hjemmel("KORT-11"), maaneder=3),
)
VARETAGES_AF = {
    "0411": "0400",  # Christiansø has no municipality; Bornholm serves it (our own)
}
# fmt: on


def ansvarlig_kommune(kommunekode: str) -> str:
    """OPG-02: access is per municipality, so a task has one. Raises `ValueError` for a code that is none."""
    kode = VARETAGES_AF.get(kommunekode, kommunekode)
    if kode not in KOMMUNER:
        raise ValueError(f"kommunekode {kommunekode} er ingen af de 98 kommuner")
    return kode


def opgavefrist(opgavetype: Opgavetype, aarsag: str, oprettet: datetime) -> datetime:
    """OPG-09: one deadline per task type for all 98 municipalities; the instant at which its last day is over."""
    dag = dato(oprettet)
    gaeldende = [f for f in OPGAVEFRISTER if f.opgavetype is opgavetype and f.gaelder_fra <= dag]
    egne = [f for f in gaeldende if f.aarsag == aarsag]
    frist = (egne or [f for f in gaeldende if f.aarsag is None])[-1]
    return midnat(plus_dage(plus_maaneder(dag, frist.maaneder), frist.dage + 1))
