"""What a municipality may see: the tasks and notes that are its own, wherever the person lives."""

from services.opgaver.forloeb import Opgave
from services.opgaver.forloeb.notat import Notat
from shared.platform.opslag.erklaering import Bruger


def maa_se(raekke: Opgave | Notat | None, bruger: Bruger) -> bool:
    """SIK-01: notes and tasks follow nobody who moves; OPG-02: all of the municipality see them."""
    return raekke is not None and raekke.kommunekode == bruger.kommunekode
