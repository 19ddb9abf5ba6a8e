"""The tables of the letters."""

from services.digital_post.forloeb import Brev, Modtager
from services.digital_post.forloeb.praksis import Praksisbrev
from shared.platform.tabel import Tabel

BREVE = Tabel("brev", Brev, noegle="brev_id")
"""Every letter ever asked for; never deleted, so that a letter wanted twice is sent once."""
MODTAGERE = Tabel("modtager", Modtager, noegle="person_id")
"""The newest we know of each person, and the letters waiting for a person to become known."""
PRAKSISBREVE = Tabel("praksisbrev", Praksisbrev, noegle="brev_id")
"""Every letter to a practice."""
