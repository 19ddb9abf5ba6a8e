"""The tasks composed: nothing but the handlers, for tasks call nobody outside."""

from services.opgaver.handlers import tjeneste

TJENESTE = tjeneste
