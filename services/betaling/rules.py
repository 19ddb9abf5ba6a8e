"""Rules of the fee: what a card costs, and how long a reservation holds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from shared.domain.datoer import dato, midnat, plus_dage
from shared.domain.hjemmel import Hjemmel


@dataclass(frozen=True, slots=True)
class Gebyr:
    """The published fee of a year, in whole kroner; `verificeret` is false where the source is weak."""

    aar: int
    kroner: int
    kilde: str
    verificeret: bool = True


@dataclass(frozen=True, slots=True)
class Satsregulering:
    """The satsreguleringsprocent of a year; it makes that year's amount from the year before."""

    aar: int
    procent: Decimal
    kilde: str
    verificeret: bool = True


@dataclass(frozen=True, slots=True)
class Holdbarhed:
    """From this day on, a reservation that nobody captures is counted on for `dage` days."""

    gaelder_fra: date
    dage: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Takst:
    """What a card costs, and how sure we are."""

    oere: int
    aar: int
    verificeret: bool


# fmt: off
GEBYRER = (
    #     år    kr.  kilde                                                              verificeret
    Gebyr(2014, 185, "thisted.dk"),
    Gebyr(2015, 190, "bekendtgørelsen, § 12, stk. 1 (2015-niveau)"),
    Gebyr(2018, 200, "sonderborgkommune.dk og dagens.dk, 2018"),
    Gebyr(2019, 200, "Styrelsen for Patientklager, 20SFP86"),
    Gebyr(2020, 205, "cirkulæreskrivelse for 2020"),
    Gebyr(2021, 210, "gammel.syddjurs.dk, ét udateret tal",                             verificeret=False),
    Gebyr(2022, 215, "borger.dk, gengivet 6. maj 2022"),
    Gebyr(2023, 220, "randers.dk og vardekommune.dk, 2023"),
    Gebyr(2024, 225, "borger.dk og flere kommuner, 2024"),
)
SATSREGULERING = (
    #              år    procent         kilde                                          verificeret
    Satsregulering(2015, Decimal("1.5"), "BEK 942 af 25/8/2014"),
    Satsregulering(2016, Decimal("1.4"), "udledt af sygedagpengenes maksimum",          verificeret=False),
    Satsregulering(2017, Decimal("2.0"), "BEK 1135 af 29/8/2016"),
    Satsregulering(2018, Decimal("2.0"), "antaget",                                     verificeret=False),
    Satsregulering(2019, Decimal("2.0"), "BEK 1058 af 15/8/2018"),
    Satsregulering(2020, Decimal("2.0"), "BEK 885 af 20/8/2019"),
    Satsregulering(2021, Decimal("2.0"), "antaget",                                     verificeret=False),
    Satsregulering(2022, Decimal("1.2"), "BEK 1713 af 20/8/2021"),
    Satsregulering(2023, Decimal("2.7"), "BEK 1204 af 16/8/2022"),
    Satsregulering(2024, Decimal("3.2"), "antaget",                                     verificeret=False),
    Satsregulering(2025, Decimal("3.6"), "Økonomistyrelsens skøn, juni 2024",           verificeret=False),
    Satsregulering(2026, Decimal("4.5"), "antaget",                                     verificeret=False),
)
HOLDBARHEDER = (
    #          gælder fra        dage  hjemmel
    Holdbarhed(date(2021, 1, 1), 30,   Hjemmel("BET-01", "Nets: reservationer trækkes inden 30 dage")),
)
# fmt: on

SVAR_SENEST = timedelta(days=1)
"""Our own patience with Nets; then a caseworker is told, and we go on trying."""
UDLOEBET = frozenset({"1010"})
"""Nets' codes for a reservation that has expired."""
ALLEREDE_FRIGIVET = frozenset({"1019"})
"""Nets' codes for an amount that was released before: our own call again, whose answer was lost."""

_FEM = Decimal(5)


def afrundet(kroner: Decimal) -> int:
    """BET-17: »... afrundes til det nærmeste med 5 delelige kronebeløb«; a half goes up (our own reading)."""
    return int((kroner / _FEM).quantize(Decimal(1), ROUND_HALF_UP)) * 5


def takst(bestilt: date) -> Takst:
    """BET-07, BET-17, BET-18: the fee of a card ordered on a day.

    The published amount wins. A year without one takes a step from the year before, by that year's satsregulering
    where one is known, and is never marked verified. Raises `ValueError` for a year before the first published.
    """
    return _takst(bestilt.year)


def _takst(aar: int) -> Takst:
    if aar < GEBYRER[0].aar:
        raise ValueError(f"der kendes intet gebyr for {aar}")
    kendt = next((g for g in GEBYRER if g.aar == aar), None)
    if kendt is not None:
        return Takst(kendt.kroner * 100, aar, kendt.verificeret)
    sidste = max((g for g in GEBYRER if g.aar < aar), key=lambda g: g.aar)
    kroner = sidste.kroner
    for sats in SATSREGULERING:
        if sidste.aar < sats.aar <= aar:
            kroner = afrundet(kroner * (1 + sats.procent / 100))
    return Takst(kroner * 100, aar, verificeret=False)


def samlet_oere(antal: int, bestilt: date) -> int:
    """BET-06: everyone is insured independently, so an order costs one fee per card."""
    return antal * takst(bestilt).oere


def udloeber(reserveret: datetime) -> datetime:
    """BET-01: when a reservation is not counted on any more; the last day counts to midnight.

    Nets counts hours: what it lets go earlier on the last day it says itself, when the fee is to be captured (1010).
    """
    dag = dato(reserveret)
    holdbarhed = ([h for h in HOLDBARHEDER if h.gaelder_fra <= dag] or HOLDBARHEDER[:1])[-1]
    return midnat(plus_dage(dag, holdbarhed.dage + 1))
