"""Events of practices from the regions and PLO, on `plo.haendelser`."""

from datetime import date
from typing import ClassVar

from contracts.base import Besked, Oejeblik, Ydernummer


class PraksisNedlaegges(Besked):
    """The practice closes for good: `lukkedato` is the first day without it (PLO-16)."""

    emne: ClassVar[str] = "plo.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PraksisNedlaegges.v1"
    noeglefelt: ClassVar[str] = "ydernummer"

    ydernummer: Ydernummer
    lukkedato: date
    meddelt: Oejeblik
    """The newest notice counts."""
