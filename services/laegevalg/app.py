"""The service put together."""

from services.laegevalg.handlers import tjeneste

TJENESTE = tjeneste
