"""The tasks composed: handlers and queries, for tasks call nobody outside."""

from services.opgaver.handlers import tjeneste
from services.opgaver.opslag import OPSLAG

TJENESTE = tjeneste
TJENESTE.opslag = OPSLAG
