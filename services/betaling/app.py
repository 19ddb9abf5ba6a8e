"""Payments composed: the handlers, and the client of Nets."""

from services.betaling.client import Frigivelser, Nets, Reservationer, Traek
from services.betaling.forloeb.beskeder import (
    FrigivelseAccepteret,
    FrigivelseAfvist,
    IntetAtFrigive,
    ReservationAccepteret,
    ReservationAfvist,
    TraekAccepteret,
    TraekAfvist,
)
from services.betaling.handlers import tjeneste
from shared.platform.settings import Settings


def _nets(klient: type[Nets], settings: Settings) -> Nets:
    return klient(settings.nets_url, settings.nets_noegle, noegler=settings.nets_noegler)


tjeneste.effekt(
    "nets.reserver",
    lambda settings: _nets(Reservationer, settings),
    udfoert=(ReservationAccepteret,),
    afvist=(ReservationAfvist,),
)
tjeneste.effekt(
    "nets.traek", lambda settings: _nets(Traek, settings), udfoert=(TraekAccepteret,), afvist=(TraekAfvist,)
)
tjeneste.effekt(
    "nets.frigiv",
    lambda settings: _nets(Frigivelser, settings),
    udfoert=(FrigivelseAccepteret, IntetAtFrigive),
    afvist=(FrigivelseAfvist,),
)

TJENESTE = tjeneste
