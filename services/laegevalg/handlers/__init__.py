"""What is done with each message, by what it is about."""

from services.laegevalg.handlers import (
    begyndelse,
    breve,
    fraflytning,
    haendelser,
    kortspor,
    ordrer,
    personer,
    sammenlaegning,
    valg,
)
from services.laegevalg.handlers.faelles import tjeneste

sammenlaegning.foelg_personen(tjeneste)

__all__ = [
    "begyndelse", "breve", "fraflytning", "haendelser", "kortspor", "ordrer", "personer", "sammenlaegning", "tjeneste",
    "valg",
]  # fmt: skip
