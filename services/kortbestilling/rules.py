"""Rules of the card order: where a card can go, how long each step may take."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.kort import Adressetype
from contracts.person import Adresse
from shared.domain.datoer import dato, midnat, plus_dage, plus_maaneder
from shared.domain.hjemmel import Hjemmel


@dataclass(frozen=True, slots=True)
class Vejkoder:
    """Road codes that are no real address, both ends included."""

    gaelder_fra: date
    fra: int
    til: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Afhentning:
    """How long a returned card is kept for pick-up."""

    gaelder_fra: date
    maaneder: int
    hjemmel: Hjemmel


# fmt: off
HOEJE_VEJKODER = (
    #        gælder fra         fra   til   hjemmel
    Vejkoder(date(1968, 4, 2),  9900, 9999, Hjemmel("KORT-11")),
)
AFHENTNINGSFRISTER = (
    #          gælder fra        måneder  hjemmel
    Afhentning(date(1968, 4, 2), 3,       Hjemmel("KORT-11")),
)
# fmt: on

BEKRAEFTELSE_SENEST = timedelta(days=7)
"""Our own patience with an order nobody has answered; then a caseworker is told, and we go on trying."""
TRUKKET_SENEST = timedelta(days=14)
"""The supplier runs its production weekly: two runs without the card is one too many (our own)."""
AFSENDT_SENEST = timedelta(days=14)
"""From drawn to sent (our own)."""


def adressetype(adresse: Adresse | None, dag: date) -> Adressetype:
    """KORT-11: with a high road code, or with no address at all, the card is ordered with `ukendt adresse`."""
    if adresse is None or not adresse.linje.strip():
        return Adressetype.UKENDT
    koder = [k for k in HOEJE_VEJKODER if k.gaelder_fra <= dag]
    vejkode = int(adresse.vejkode) if adresse.vejkode.isascii() and adresse.vejkode.isdigit() else 0
    hoej = bool(koder) and koder[-1].fra <= vejkode <= koder[-1].til
    return Adressetype.UKENDT if hoej else Adressetype.KENDT


def afhentningsfrist(returneret: datetime) -> datetime:
    """KORT-11: a returned card is kept 3 months at Borgerservice, the last day included.

    The instant at which the last day is over. Counted from the supplier's own time of the return.
    """
    dag = dato(returneret)
    maaneder = [a.maaneder for a in AFHENTNINGSFRISTER if a.gaelder_fra <= dag][-1]
    return midnat(plus_dage(plus_maaneder(dag, maaneder), 1))
