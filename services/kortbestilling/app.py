"""The card order composed: its handlers, and the client of the card supplier."""

from services.kortbestilling.client import Kortleverandoer
from services.kortbestilling.handlers import tjeneste

tjeneste.effekt("kort.bestil", lambda settings: Kortleverandoer(settings.kortleverandoer_url))

TJENESTE = tjeneste
