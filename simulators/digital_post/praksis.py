"""How practices answer the requests of the hub by themselves: a seeded plan, and answers on command."""

import random
from datetime import datetime, time, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from contracts.dispensation import Dispensationssvar
from shared.domain.datoer import KOEBENHAVN, dato


class Praksissvar(BaseModel):
    """What a practice answers (`POST /praksissvar`): `id` is that of the message, the same again or not."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    forloeb_id: str
    svar: Dispensationssvar
    modtaget: AwareDatetime | None = None
    """None: now, on the hub's clock."""


class Praksisplan(BaseModel):
    """How a practice answers by itself. What `godkend` and `afvis` leave of 1 is silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ydernummer: str = ""
    """Empty: every practice without a line of its own."""
    godkend: float = Field(default=0, ge=0, le=1)
    afvis: float = Field(default=0, ge=0, le=1)
    dage: tuple[int, int] = (1, 10)
    """The answer is received so many days after the delivery, from and to, both included."""
    klokken: time = time(10)
    """Danish time."""
    forsinket_minutter: int = Field(default=0, ge=0)
    """How long after it was received the answer is told."""
    gange: int = Field(default=1, ge=1, le=10)
    """How often it is told; each time as a message of its own."""

    @model_validator(mode="after")
    def _mulig(self) -> "Praksisplan":
        if self.godkend + self.afvis > 1 or not 0 <= self.dage[0] <= self.dage[1] <= 3650:
            raise ValueError("godkend og afvis skal tilsammen være højst 1, og dage stå i rækkefølge")
        return self


PLANER: TypeAdapter[tuple[Praksisplan, ...]] = TypeAdapter(tuple[Praksisplan, ...])


def plan_for(planer: tuple[Praksisplan, ...], ydernummer: str) -> Praksisplan:
    """The practice's own line, else the common one, else silence."""
    egne = [p for p in planer if p.ydernummer == ydernummer]
    return next(iter([*egne, *(p for p in planer if not p.ydernummer)]), Praksisplan())


def svaret(
    plan: Praksisplan, seed: int, forloeb_id: str, leveret: datetime
) -> tuple[Dispensationssvar, datetime] | None:
    """What is answered, and when it is received: the same for the same seed and forløb. None: nothing ever."""
    terning = random.Random(f"praksis:{seed}:{forloeb_id}")
    held, dage = terning.random(), terning.randint(*plan.dage)
    if held >= plan.godkend + plan.afvis:
        return None
    svar = Dispensationssvar.GODKENDT if held < plan.godkend else Dispensationssvar.AFVIST
    modtaget = datetime.combine(dato(leveret) + timedelta(days=dage), plan.klokken, KOEBENHAVN)
    return svar, max(modtaget, leveret)
