"""Letters composed: the handlers, and the clients of Digital Post."""

from services.digital_post.client import Forsendelser, Praksispost, Tilmeldinger
from services.digital_post.forloeb.beskeder import BeslutningForaeldet, BrevAfleveret, BrevAfvist, TilmeldingOplyst
from services.digital_post.forloeb.praksis import PraksisbrevAfvist, PraksisbrevLeveret
from services.digital_post.handlers import tjeneste
from services.digital_post.opslag import OPSLAG

tjeneste.effekt(
    "post.tilmelding",
    lambda settings: Tilmeldinger(settings.digital_post_url),
    udfoert=(TilmeldingOplyst,),
    afvist=(TilmeldingOplyst, BrevAfvist),
)
tjeneste.effekt(
    "post.afsend",
    lambda settings: Forsendelser(settings.digital_post_url),
    udfoert=(BrevAfleveret,),
    afvist=(BeslutningForaeldet, BrevAfvist),
)
tjeneste.effekt(
    "post.praksis",
    lambda settings: Praksispost(settings.digital_post_url),
    udfoert=(PraksisbrevLeveret,),
    afvist=(PraksisbrevAfvist,),
)

TJENESTE = tjeneste
TJENESTE.opslag = OPSLAG
