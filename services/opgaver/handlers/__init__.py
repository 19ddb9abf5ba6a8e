"""What the service does with each message."""

from services.opgaver.handlers import indstillinger, noter, opgaver, personer
from services.opgaver.handlers.faelles import tjeneste

__all__ = ["indstillinger", "noter", "opgaver", "personer", "tjeneste"]
