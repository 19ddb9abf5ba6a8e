"""The fee: published amounts, the fallback, the rounding, and how long a reservation holds."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.betaling import rules
from tests.laegevalg.valgverden import kl

TAKSTER = [
    ("2014-01-01", 185, True), ("2015-06-01", 190, True), ("2016-01-01", 195, False), ("2017-01-01", 200, False),
    ("2018-07-01", 200, True), ("2019-12-31", 200, True), ("2020-01-01", 205, True), ("2021-06-01", 210, False),
    ("2022-06-01", 215, True), ("2023-06-01", 220, True), ("2024-02-29", 225, True), ("2024-12-20", 225, True),
    ("2024-12-31", 225, True), ("2025-01-01", 235, False), ("2026-01-01", 245, False), ("2027-01-01", 245, False),
]  # fmt: skip


@pytest.mark.parametrize(("dag", "kroner", "verificeret"), TAKSTER, ids=[f"S26, BET-17: {d}" for d, _, _ in TAKSTER])
def test_takst(dag: str, kroner: int, verificeret: bool) -> None:
    """S26 [BET-07, BET-17, BET-18]; a year without data is never a silent number."""
    bestilt = date.fromisoformat(dag)
    assert rules.takst(bestilt) == rules.Takst(kroner * 100, bestilt.year, verificeret)


AFRUNDING = [
    ("187.775", 190), ("192.66", 195), ("197.49", 195), ("197.50", 200), ("204.00", 205), ("212.52", 215),
    ("220.805", 220), ("202.49", 200), ("202.50", 205),
]  # fmt: skip


@pytest.mark.parametrize(("kroner", "afrundet"), AFRUNDING, ids=[f"BET-17: {k} kr." for k, _ in AFRUNDING])
def test_afrunding(kroner: str, afrundet: int) -> None:
    assert rules.afrundet(Decimal(kroner)) == afrundet


def test_foer_det_foerste_aar_kendes_intet_gebyr() -> None:
    with pytest.raises(ValueError, match="2013"):
        rules.takst(date(2013, 12, 31))


@pytest.mark.parametrize(("antal", "oere"), [(1, 22500), (2, 45000), (3, 67500)])
def test_en_ordre_for_flere_koster_et_gebyr_for_hver(antal: int, oere: int) -> None:
    """BET-06, S24: mother and two children 675 kr., mother and one child 450 kr."""
    assert rules.samlet_oere(antal, date(2024, 6, 3)) == oere


UDLOEB = [
    pytest.param(kl(3, 4, 10), datetime(2024, 4, 3, 22, tzinfo=UTC), id="BET-01: 30 dage, over sommertid"),
    pytest.param(kl(1, 31), datetime(2024, 3, 1, 23, tzinfo=UTC), id="BET-01: over skuddagen"),
    pytest.param(kl(10, 10), datetime(2024, 11, 9, 23, tzinfo=UTC), id="BET-01: over vintertid"),
]


@pytest.mark.parametrize(("reserveret", "udloeber"), UDLOEB)
def test_udloeb(reserveret: datetime, udloeber: datetime) -> None:
    assert rules.udloeber(reserveret) == udloeber
