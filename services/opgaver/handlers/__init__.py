"""What the service does with each message."""

from services.opgaver.handlers import filtre, indstillinger, noter, opgaver, personer
from services.opgaver.handlers.faelles import tjeneste

__all__ = ["filtre", "indstillinger", "noter", "opgaver", "personer", "tjeneste"]
