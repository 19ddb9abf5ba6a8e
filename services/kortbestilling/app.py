"""The card order composed: its handlers, and the client of the card supplier."""

from services.kortbestilling.client import Annulleringer, Kortleverandoer
from services.kortbestilling.forloeb.beskeder import (
    AnnulleringAccepteret,
    AnnulleringAfvist,
    OrdreAccepteret,
    OrdreAfvist,
)
from services.kortbestilling.handlers import tjeneste

tjeneste.effekt(
    "kort.bestil",
    lambda settings: Kortleverandoer(settings.kortleverandoer_url),
    udfoert=(OrdreAccepteret,),
    afvist=(OrdreAfvist,),
)
tjeneste.effekt(
    "kort.annuller",
    lambda settings: Annulleringer(settings.kortleverandoer_url),
    udfoert=(AnnulleringAccepteret,),
    afvist=(AnnulleringAfvist,),
)

TJENESTE = tjeneste
