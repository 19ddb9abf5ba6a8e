"""The table of the tasks."""

from services.opgaver.forloeb import Opgave
from shared.platform.tabel import Tabel

OPGAVER = Tabel("opgave", Opgave, noegle="opgave_id")
"""Every task ever asked for."""
