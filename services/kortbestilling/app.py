"""The card order composed: its handlers, and the client of the card supplier."""

from services.kortbestilling.client import Annulleringer, Kortleverandoer
from services.kortbestilling.handlers import tjeneste

tjeneste.effekt("kort.bestil", lambda settings: Kortleverandoer(settings.kortleverandoer_url))
tjeneste.effekt("kort.annuller", lambda settings: Annulleringer(settings.kortleverandoer_url))

TJENESTE = tjeneste
