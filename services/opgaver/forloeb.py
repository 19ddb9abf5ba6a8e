"""The process of a manual task: made once, due once (OPG-09)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Id
from contracts.opgave import OpgaveAnmodet, OpgaveOprettet, Opgavetype
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, Udfald


class Opgavetilstand(StrEnum):
    """Where the task is. An overdue one is not lost: it stands in its queue."""

    MODTAGET = "MODTAGET"
    OPRETTET = "OPRETTET"
    OVERSKREDET = "OVERSKREDET"


@dataclass(frozen=True, slots=True)
class Opgave:
    """One manual task of one municipality."""

    opgave_id: str
    forloeb_id: str
    person_id: str
    cpr: str | None
    kommunekode: str
    opgavetype: Opgavetype
    aarsag: str
    titel: str
    beskrivelse: str
    oprettet: datetime
    frist: datetime
    tilstand: Opgavetilstand


class OpgavefristUdloeb(InternBesked):
    """Deadline: the municipality should have closed the task."""

    ce_type: ClassVar[str] = "opgaver.OpgavefristUdloeb.v1"
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id


Skridt = tuple[Opgave, Udfald]


def _opret(opgave: Opgave, _besked: OpgaveAnmodet, _nu: datetime) -> Skridt:
    return opgave, Udfald(beskeder=(OpgaveOprettet.model_validate(opgave, from_attributes=True),))


def _noter_overskridelse(opgave: Opgave, _besked: Besked, _nu: datetime) -> Skridt:
    return opgave, Udfald()


MODTAGET = Opgavetilstand.MODTAGET
OPRETTET = Opgavetilstand.OPRETTET
OVERSKREDET = Opgavetilstand.OVERSKREDET

# fmt: off
OVERGANGE = (
    #        fra       når                til          gør
    Overgang(MODTAGET, OpgaveAnmodet,     OPRETTET,    _opret),
    Overgang(OPRETTET, OpgavefristUdloeb, OVERSKREDET, _noter_overskridelse),
)
FRISTER = (
    #     i         hvornår               sker                                              besked
    Frist(OPRETTET, lambda o, _nu: o.frist, lambda o: OpgavefristUdloeb(opgave_id=o.opgave_id), OpgavefristUdloeb),
)
# fmt: on

OPGAVE = Forloeb("opgave", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="opgave_id")
