"""The service put together."""

from services.plo_events.handlers import tjeneste

TJENESTE = tjeneste
