"""What is done with each message, by what it is about."""

from services.laegevalg.handlers import breve, ordrer, personer, valg
from services.laegevalg.handlers.faelles import tjeneste

__all__ = ["breve", "ordrer", "personer", "tjeneste", "valg"]
