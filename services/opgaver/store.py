"""The tables of the service: the tasks, and the deadlines that people have set."""

from dataclasses import dataclass
from datetime import datetime

from services.opgaver.forloeb import Opgave
from shared.platform.tabel import Tabel


@dataclass(frozen=True, slots=True)
class Fristindstilling:
    """The newest setting under a key: `global:<type>` (OPG-09) or `lokal:<kommunekode>` (OPG-10)."""

    noegle: str
    dage: int
    kommando_id: str
    sat_af: str
    sat: datetime


OPGAVER = Tabel("opgave", Opgave, noegle="opgave_id")
"""Every task ever asked for."""
FRISTINDSTILLINGER = Tabel("fristindstilling", Fristindstilling, noegle="noegle")
