"""The messages that the service sends to itself about choices that meet a move (FLYT-01, FLYT-04)."""

from datetime import date
from typing import ClassVar

from contracts.base import Kommunekode
from services.laegevalg.forloeb.beskeder import Valgbesked


class FlytningMangler(Valgbesked):
    """Nothing is missing but the move that was announced."""

    ce_type: ClassVar[str] = "laegevalg.FlytningMangler.v1"


class DispensationFoerFlytning(Valgbesked):
    """The practice said yes, or nothing for 14 days, and the move is still missing; `grund`: SVAR or STILTIENDE."""

    ce_type: ClassVar[str] = "laegevalg.DispensationFoerFlytning.v1"

    grund: str


class FlytningMeldt(Valgbesked):
    """The person has moved; whether it is the move that was waited for is for the choice to see."""

    ce_type: ClassVar[str] = "laegevalg.FlytningMeldt.v1"

    til_kommunekode: Kommunekode
    dag: date


class FlytningErSket(Valgbesked):
    """The move that was waited for is told of."""

    ce_type: ClassVar[str] = "laegevalg.FlytningErSket.v1"

    dag: date


class FlytningTrukket(Valgbesked):
    """A move was withdrawn."""

    ce_type: ClassVar[str] = "laegevalg.FlytningTrukket.v1"

    dag: date


class FlytningUdeblev(Valgbesked):
    """Deadline: the move was not told of within 30 days of the day announced."""

    ce_type: ClassVar[str] = "laegevalg.FlytningUdeblev.v1"


class ValgIAndenKommune(Valgbesked):
    """FLYT-04: a choice in progress in another municipality stands in the way; `grund` says how."""

    ce_type: ClassVar[str] = "laegevalg.ValgIAndenKommune.v1"

    grund: str
    kommunekode: Kommunekode
