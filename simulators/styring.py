"""Faults on command, seeded: the same seed, key and count give the same fault, whatever else goes on."""

import random
from collections import deque
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Fejl(StrEnum):
    """What can go wrong with a request."""

    AFBRUDT = "AFBRUDT"
    """The connection is cut before anything was accepted."""
    SVAR_TABT = "SVAR_TABT"
    """Accepted, but the connection is cut before the answer: to the caller the same as AFBRUDT."""
    HALVT_SVAR = "HALVT_SVAR"
    """Accepted, and the answer is cut half-way."""
    FEJL_500 = "FEJL_500"
    """500, nothing accepted."""
    FEJL_500_EFTER = "FEJL_500_EFTER"
    """500 although accepted."""
    OPTAGET = "OPTAGET"
    """503 with Retry-After, nothing accepted."""
    TRAVL = "TRAVL"
    """429 with Retry-After, nothing accepted."""
    AFVIS = "AFVIS"
    """Refused for good, with `afvis_kode`."""
    LANGSOM = "LANGSOM"
    """Accepted, and answered only after `vent_s` seconds."""
    ULAESELIG = "ULAESELIG"
    """Accepted, and answered 200 with something that is no JSON."""
    VROEVL = "VROEVL"
    """Accepted, and answered with bytes that are no HTTP."""
    MODSAGT = "MODSAGT"
    """Accepted, and answered as refused for good, with `afvis_kode`: the key is both."""


class Styring(BaseModel):
    """The switches of a stand-in, sent to `POST /styring`; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    fejl: dict[Fejl, float] = {}
    """Probability of each fault; together at most 1."""
    naeste: list[Fejl | None] = []
    """Exactly these for the next requests, before `fejl` counts again; null: none."""
    opslag: bool = False
    """Faults also hit the questions what became of a key (GET)."""
    vent_s: float = Field(default=2.0, ge=0, le=120)
    retry_after_s: int = Field(default=1, ge=0)
    afvis_kode: str = "AFVIST"

    @model_validator(mode="after")
    def _sandsynligheder(self) -> "Styring":
        if any(p < 0 for p in self.fejl.values()) or sum(self.fejl.values()) > 1:
            raise ValueError("fejl: sandsynlighederne skal være mindst 0 og tilsammen højst 1")
        return self


class Fejlplan:
    """Which fault hits the next request."""

    def __init__(self, styring: Styring | None = None) -> None:
        self._styring = styring or Styring()
        self._naeste = deque(self._styring.naeste)

    @property
    def styring(self) -> Styring:
        """The switches as they stand, with the faults still to come."""
        return self._styring.model_copy(update={"naeste": list(self._naeste)})

    def stil(self, aendring: dict[str, Any]) -> Styring:
        """Change the given switches. Raises `ValueError` for one that is none, and changes nothing then."""
        self._styring = Styring.model_validate({**self.styring.model_dump(), **aendring})
        self._naeste = deque(self._styring.naeste)
        return self._styring

    def vroevl(self) -> bytes:
        """Bytes that mean nothing, the same for the same seed."""
        return random.Random(f"{self._styring.seed}:vrøvl").randbytes(64)

    def vaelg(self, sti: str, noegle: str, gange: int) -> Fejl | None:
        """The fault of this request, the `gange`-th with its key."""
        if self._naeste:
            return self._naeste.popleft()
        terning = random.Random(f"{self._styring.seed}:{sti}:{noegle}:{gange}").random()
        for fejl, sandsynlighed in sorted(self._styring.fejl.items()):
            terning -= sandsynlighed
            if terning < 0:
                return fejl
        return None
