"""Payments composed: the handlers, and the client of Nets."""

from services.betaling.client import Frigivelser, Reservationer, Traek
from services.betaling.handlers import tjeneste

tjeneste.effekt("nets.reserver", lambda settings: Reservationer(settings.nets_url, settings.nets_noegle))
tjeneste.effekt("nets.traek", lambda settings: Traek(settings.nets_url, settings.nets_noegle))
tjeneste.effekt("nets.frigiv", lambda settings: Frigivelser(settings.nets_url, settings.nets_noegle))

TJENESTE = tjeneste
