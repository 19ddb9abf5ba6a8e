"""The tables of the card order."""

from services.kortbestilling.forloeb.beskeder import Kort
from shared.platform.tabel import Tabel

KORTENE = Tabel("kort", Kort, noegle="kort_id")
"""Every card ever asked for, with its order and every status of the supplier."""
