"""The hub's clock, on the compacted topic `ur`: real time plus an offset. Moved by `sygesikring ur`."""

from typing import ClassVar

from contracts.base import Besked, Oejeblik


class UrStillet(Besked):
    """The hub's now is real time + `forskydning_ms`. A reader ignores a lower `version`."""

    emne: ClassVar[str] = "ur"
    ce_type: ClassVar[str] = "dk.sygesikring.UrStillet.v1"
    noeglefelt: ClassVar[str] = "ur"

    ur: str = "ur"
    forskydning_ms: int
    """Milliseconds to add to real time; negative for a clock in the past."""
    version: int
    stillet_af: str
    stillet: Oejeblik
    """Real time of the order."""
