"""The table of the payments."""

from services.betaling.forloeb.beskeder import Betaling
from shared.platform.tabel import Tabel

BETALINGER = Tabel("betaling", Betaling, noegle="reservation_id")
"""Every reservation ever asked for, with what became of it."""
