"""The service put together."""

from services.laegevalg.handlers import tjeneste
from services.laegevalg.opslag import OPSLAG

TJENESTE = tjeneste
TJENESTE.opslag = OPSLAG
