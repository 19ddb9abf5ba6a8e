"""Payments composed: the handlers, and the client of Nets."""

from services.betaling.client import Frigivelser, Reservationer, Traek
from services.betaling.forloeb.beskeder import (
    FrigivelseAccepteret,
    FrigivelseAfvist,
    ReservationAccepteret,
    ReservationAfvist,
    TraekAccepteret,
    TraekAfvist,
)
from services.betaling.handlers import tjeneste

tjeneste.effekt(
    "nets.reserver",
    lambda settings: Reservationer(settings.nets_url, settings.nets_noegle),
    udfoert=(ReservationAccepteret,),
    afvist=(ReservationAfvist,),
)
tjeneste.effekt(
    "nets.traek",
    lambda settings: Traek(settings.nets_url, settings.nets_noegle),
    udfoert=(TraekAccepteret,),
    afvist=(TraekAfvist,),
)
tjeneste.effekt(
    "nets.frigiv",
    lambda settings: Frigivelser(settings.nets_url, settings.nets_noegle),
    udfoert=(FrigivelseAccepteret,),
    afvist=(FrigivelseAfvist,),
)

TJENESTE = tjeneste
