"""Every deadline rule, for every day from 2024 to 2040: leap days, both changes of the clock, ends of months and years.

What is expected is counted on a list of all days, not by the functions the rules are made of.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from contracts.bestilling import Rolle
from contracts.opgave import OpgavetypeV2
from services.betaling import rules as betaling
from services.kortbestilling import rules as kort
from services.laegevalg import rules as laegevalg
from services.laegevalg.rules import personer
from services.opgaver import rules as opgaver

DANMARK = ZoneInfo("Europe/Copenhagen")
DAGE = [date(2024, 1, 1) + timedelta(days=n) for n in range((date(2041, 1, 1) - date(2024, 1, 1)).days)]
MAANEDER: dict[tuple[int, int], list[date]] = defaultdict(list)
for _dag in (date(2022, 1, 1) + timedelta(days=n) for n in range(22 * 366)):
    MAANEDER[_dag.year, _dag.month].append(_dag)
TIDER = (time(0, 0), time(2, 30), time(2, 30, fold=1), time(23, 59, 59, 999_999))
"""The first and the last instant of a day, and the hour that the clock leaves out or repeats."""


@dataclass(frozen=True)
class Tid:
    """So long after a day, or with a minus before it; a month without that day ends on its last."""

    dage: int = 0
    maaneder: int = 0

    def efter(self, dag: date, fortegn: int = 1) -> date:
        aar, maaned = dag.year, dag.month
        for _ in range(self.maaneder):
            maaned += fortegn
            if maaned in (0, 13):
                aar, maaned = aar + fortegn, 12 if maaned == 0 else 1
        dage = MAANEDER[aar, maaned]
        return dage[min(dag.day, len(dage)) - 1] + timedelta(days=fortegn * self.dage)


def paa(dag: date, klokken: time) -> datetime:
    return datetime.combine(dag, klokken, DANMARK).astimezone(UTC)


def ad_hoc(oprettet: datetime) -> datetime:
    return opgaver.opgavefrist(OpgavetypeV2.ADHOC, "ADHOC", oprettet, 14, 30)


def manuel(oprettet: datetime) -> datetime:
    return opgaver.opgavefrist(OpgavetypeV2.MANUEL, "INDREJSE_UDEN_LAEGE", oprettet)


def afhentning(oprettet: datetime) -> datetime:
    return opgaver.opgavefrist(OpgavetypeV2.MANUEL, "AFHENTNING", oprettet)


SIDSTE_DAG_TIL_MIDNAT: list[tuple[str, Callable[[datetime], datetime], Tid]] = [
    ("IND-02", laegevalg.pladsfrist, Tid(7)),
    ("LV-09", laegevalg.dispensationsfrist, Tid(14)),
    ("LV-08", laegevalg.svarfrist, Tid(14)),
    ("en ukendt person", laegevalg.personfrist, Tid(7)),
    ("BET-01", betaling.udloeber, Tid(30)),
    ("KORT-11", kort.afhentningsfrist, Tid(maaneder=3)),
    ("KORT-11: opgaven", afhentning, Tid(maaneder=3)),
    ("OPG-09", manuel, Tid(14)),
    ("OPG-10", ad_hoc, Tid(30)),
]


@pytest.mark.parametrize(
    ("frist", "tid"), [pytest.param(f, t, id=navn) for navn, f, t in SIDSTE_DAG_TIL_MIDNAT]
)  # fmt: skip
def test_sidste_dag_taeller_til_midnat(frist: Callable[[datetime], datetime], tid: Tid) -> None:
    """IND-02, LV-08, LV-09, BET-01, KORT-11, OPG-09, OPG-10: over when the last day is, whenever on day 0 it began."""
    for dag in DAGE:
        sidste_oejeblik = paa(tid.efter(dag), time(23, 59, 59, 999_999))
        for klokken in TIDER:
            over = frist(paa(dag, klokken))
            assert sidste_oejeblik < over == sidste_oejeblik + timedelta(microseconds=1), (dag, klokken)


def test_kort_bestilles_14_dage_foer() -> None:
    """KORT-12: at the beginning of that day, never before, and at once where it has begun."""
    for dag in DAGE:
        fjorten_foer = paa(Tid(14).efter(dag, -1), time(0, 0))
        assert laegevalg.kortbestilling(dag, fjorten_foer - timedelta(microseconds=1)) == fjorten_foer
        assert laegevalg.kortbestilling(dag, fjorten_foer) == fjorten_foer
        sent = fjorten_foer + timedelta(seconds=1)
        assert laegevalg.kortbestilling(dag, sent) == sent


INTERVALLER = [
    (Rolle.BORGER, Tid(), Tid(30)),
    (Rolle.SAGSBEHANDLER, Tid(14), Tid(30)),
    (Rolle.SAERLIGE_RETTIGHEDER, Tid(maaneder=12), Tid(maaneder=12)),
]


@pytest.mark.parametrize(("rolle", "tilbage", "frem"), INTERVALLER)
def test_datointervaller(rolle: Rolle, tilbage: Tid, frem: Tid) -> None:
    """LV-15, LV-16: both ends included, judged by the Danish day of the order."""
    en = timedelta(days=1)
    for dag in DAGE:
        foerste, sidste = tilbage.efter(dag, -1), frem.efter(dag)
        for klokken in TIDER:
            bestilt = paa(dag, klokken)
            svar = [
                laegevalg.er_i_intervallet(d, rolle, bestilt) for d in (foerste - en, foerste, sidste, sidste + en)
            ]  # fmt: skip
            assert svar == [False, True, True, False], (dag, klokken)


def test_kort_efter_vielse() -> None:
    """CPR-01: from the wedding to the same date three months on, or the last day of a shorter month."""
    en = timedelta(days=1)
    for dag in DAGE:
        sidste = Tid(maaneder=3).efter(dag)
        svar = [personer.kort_ved_navneskift(dag, d) for d in (dag - en, dag, sidste, sidste + en)]
        assert svar == [False, True, True, False], dag


@pytest.mark.parametrize(
    ("aar", "er_barn"),
    [(15, laegevalg.foelger_foraeldre), (18, lambda foedt, paa: not laegevalg.er_myndig(foedt, paa))],
    ids=["FAM-05", "FAM-02"],
)
def test_foedselsdage(aar: int, er_barn: Callable[[date, date], bool]) -> None:
    """FAM-02, FAM-05: a child until the birthday begins; one of 29 February has it on 1 March in other years."""
    for dag in DAGE:
        skudaar = (dag.month, dag.day) == (2, 29)
        fylder = date(dag.year + aar, 3, 1) if skudaar and (dag.year + aar) % 4 else dag.replace(year=dag.year + aar)
        assert er_barn(dag, fylder - timedelta(days=1)), dag
        assert not er_barn(dag, fylder), dag
