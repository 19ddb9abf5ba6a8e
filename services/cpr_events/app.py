"""The service put together."""

from services.cpr_events.client import klient
from services.cpr_events.forloeb.opslag import ART, OpslagHentet, OpslagIkkeFundet, OpslagMislykket
from services.cpr_events.handlers import byg
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste


def TJENESTE(settings: Settings) -> Tjeneste:
    """The service with its secret. Raises `ValueError` where none is configured: ids could then be guessed."""
    hemmelighed = settings.cpr_hemmelighed.get_secret_value()
    if not hemmelighed:
        raise ValueError("CPR_HEMMELIGHED mangler: cpr_events danner person-id'er med den")
    tjeneste = byg(hemmelighed)
    tjeneste.effekt(
        ART,
        lambda settings: klient(settings.cpr_online_url),
        udfoert=(OpslagHentet,),
        afvist=(OpslagIkkeFundet, OpslagMislykket),
    )
    return tjeneste
