"""The hub's clock, on the compacted topic `ur`: real time plus an offset. Moved by `sygesikring ur`."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.base import Besked, Heltal, Oejeblik

TUSIND_AAR_MS = 1000 * 365 * 24 * 3600 * 1000
Forskydning = Annotated[int, Field(ge=-TUSIND_AAR_MS, le=TUSIND_AAR_MS)]
"""Milliseconds, within a thousand years: the hub's now stays inside the calendar."""


class UrStillet(Besked):
    """The hub's now is real time + `forskydning_ms`. A reader ignores a lower `version`."""

    emne: ClassVar[str] = "ur"
    ce_type: ClassVar[str] = "dk.sygesikring.UrStillet.v1"
    noeglefelt: ClassVar[str] = "ur"

    ur: str = "ur"
    forskydning_ms: Forskydning
    """Milliseconds to add to real time; negative for a clock in the past."""
    version: Heltal
    stillet_af: str
    stillet: Oejeblik
    """Real time of the order."""
