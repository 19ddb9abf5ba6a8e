"""The deadlines of tasks on every date from 2024 to 2040, counted by hand in civil days and months."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.opgave import OpgavetypeV2
from services.opgaver import rules
from services.opgaver.handlers import tjeneste
from tests.motor import Motor
from tests.opgaver.test_kommandoer import ANMODET, FLYT, NU, OPRET, med

DANMARK = ZoneInfo("Europe/Copenhagen")
DAGE = [date(2024, 1, 1) + timedelta(days=n) for n in range((date(2040, 12, 31) - date(2024, 1, 1)).days + 1)]


def sidste_soendag(aar: int, maaned: int) -> date:
    dag = date(aar, maaned, 31)
    return dag - timedelta(days=(dag.weekday() + 1) % 7)


def utc_midnat(dag: date) -> datetime:
    """00:00 in Denmark by the rule of the EU: summer time from the last Sunday of March to that of October."""
    sommer = sidste_soendag(dag.year, 3) < dag <= sidste_soendag(dag.year, 10)
    return datetime.combine(dag, time(), UTC) - timedelta(hours=2 if sommer else 1)


def tider(dag: date) -> tuple[datetime, datetime, datetime]:
    """The first instant of a Danish day, its noon, and its last second."""
    return utc_midnat(dag), utc_midnat(dag) + timedelta(hours=12), utc_midnat(dag + timedelta(days=1)) - _SEKUND


_SEKUND = timedelta(seconds=1)


def om_maaneder(dag: date, antal: int) -> date:
    """The same day some months on, or the last that the month has."""
    maaned = (dag.month - 1 + antal) % 12 + 1
    aar = dag.year + (dag.month - 1 + antal) // 12
    return date(aar, maaned, min(dag.day, calendar.monthrange(aar, maaned)[1]))


@pytest.mark.parametrize("type_", list(OpgavetypeV2))
@pytest.mark.parametrize(("sat", "dage"), [(None, 14), (1, 1), (21, 21), (365, 365), (3650, 3650)])
def test_globale_frister_paa_hver_dato(type_: OpgavetypeV2, sat: int | None, dage: int) -> None:
    """OPG-09: for every type, from every day and every time of it: the last day is whole, however long it is."""
    for dag in DAGE:
        ovre = utc_midnat(dag + timedelta(days=dage + 1))
        assert {rules.opgavefrist(type_, "X", tid, sat) for tid in tider(dag)} == {ovre}, dag


@pytest.mark.parametrize("dage", [1, 7, 14, 28, 366])
def test_lokale_frister_paa_hver_dato(dage: int) -> None:
    """OPG-10: of an ad hoc task before the global one, and of no other type."""
    for dag in DAGE:
        tid = tider(dag)[1]
        assert rules.opgavefrist(OpgavetypeV2.ADHOC, "", tid, 30, dage) == utc_midnat(dag + timedelta(days=dage + 1))
        for type_ in set(OpgavetypeV2) - {OpgavetypeV2.ADHOC}:
            assert rules.opgavefrist(type_, "", tid, 30, dage) == utc_midnat(dag + timedelta(days=31))


def test_tre_maaneder_til_afhentning_paa_hver_dato() -> None:
    """KORT-11: also from 30 November in a leap year and not, and whatever is set globally."""
    for dag in DAGE:
        ovre = utc_midnat(om_maaneder(dag, 3) + timedelta(days=1))
        assert {rules.opgavefrist(OpgavetypeV2.MANUEL, "AFHENTNING", tid, 1) for tid in tider(dag)} == {ovre}, dag


@pytest.mark.parametrize(
    ("fra", "sidste"),
    [
        pytest.param(date(2023, 11, 29), date(2024, 2, 29), id="KORT-11: 29. november før et skudår"),
        pytest.param(date(2023, 11, 30), date(2024, 2, 29), id="KORT-11: 30. november før et skudår"),
        pytest.param(date(2024, 11, 30), date(2025, 2, 28), id="KORT-11: 30. november før et almindeligt år"),
        pytest.param(date(2024, 12, 31), date(2025, 3, 31), id="KORT-11: sidste dag, efter skiftet til sommertid"),
        pytest.param(date(2024, 7, 27), date(2024, 10, 27), id="KORT-11: på dagen for skiftet til vintertid"),
        pytest.param(date(2024, 12, 30), date(2025, 3, 30), id="KORT-11: på dagen for skiftet til sommertid"),
    ],
)
def test_tre_maaneder(fra: date, sidste: date) -> None:
    ovre = rules.opgavefrist(OpgavetypeV2.MANUEL, "AFHENTNING", tider(fra)[0])
    assert ovre.astimezone(DANMARK) == datetime.combine(sidste + timedelta(days=1), time(), DANMARK)


@given(dag=st.sampled_from(DAGE), om=st.integers(0, 3650), sekund=st.integers(0, 82_000))
def test_en_opgaves_egen_frist_er_hele_dagen(dag: date, om: int, sekund: int) -> None:
    """OPG-11: given at any time of any day; in time until the last second of its last day, and not a second more."""
    afgivet = tider(dag)[0] + timedelta(seconds=sekund)
    sidste = dag + timedelta(days=om)
    assert rules.egen_frist_afslag(OpgavetypeV2.ADHOC, sidste, afgivet) is None
    assert rules.sidste_dag_er_ovre(sidste) == utc_midnat(sidste + timedelta(days=1))


@given(dag=st.sampled_from(DAGE))
def test_dagen_foer_og_for_langt_frem(dag: date) -> None:
    """OPG-11: the day before, the day itself, the last day that can be set, and the day after."""
    for tid in tider(dag):
        fundet = [
            rules.egen_frist_afslag(OpgavetypeV2.MANUEL, dag + timedelta(days=n), tid) is None
            for n in (-1, 0, 3650, 3651)
        ]
        assert fundet == [False, True, True, False]
        assert rules.egen_frist_afslag(OpgavetypeV2.SYSTEM, dag, tid) == rules.AFSLAG["FAST_FRIST"]


@pytest.mark.parametrize("skift", [sidste_soendag(2026, 3), sidste_soendag(2026, 10)], ids=["sommertid", "vintertid"])
def test_opgaven_overskrides_foerst_naar_doegnet_er_ovre(skift: date) -> None:
    """OPG-11: a last day of 23 or 25 hours; a second before it is over nothing has happened."""
    nu = tider(skift)[0]
    motor = Motor(tjeneste)
    motor.modtag(med(OPRET, afgivet=nu, frist=skift), nu)
    ovre = utc_midnat(skift + timedelta(days=1))
    assert (ovre - nu) == timedelta(hours=23 if skift.month == 3 else 25)
    assert motor.forfaldne(ovre - _SEKUND) == []
    assert len(motor.forfaldne(ovre)) == 1


def test_en_opgave_faar_sin_egen_frist_og_siden_en_anden() -> None:
    """OPG-11: a manual task; the deadline that ran before is gone."""
    motor = Motor(tjeneste)
    motor.modtag(ANMODET, NU)
    for nr, dag in enumerate((date(2024, 11, 8), date(2025, 3, 30), date(2024, 11, 6))):
        (flyttet,) = motor.modtag(med(FLYT, kommando_id=f"k-{nr}", frist=dag), NU)
        assert vars(flyttet)["frist"] == utc_midnat(dag + timedelta(days=1))
        assert [f.hvornaar for f in motor.frister.values()] == [utc_midnat(dag + timedelta(days=1))]
