"""What is done with each message, by what it is about."""

from services.laegevalg.handlers import begyndelse, breve, haendelser, ordrer, personer, valg
from services.laegevalg.handlers.faelles import tjeneste

__all__ = ["begyndelse", "breve", "haendelser", "ordrer", "personer", "tjeneste", "valg"]
