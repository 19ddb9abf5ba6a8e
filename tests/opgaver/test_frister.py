"""The deadlines that people set: globally for a type (OPG-09), locally for ad hoc tasks (OPG-10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.konfig import (
    GlobalOpgavefristSat,
    KonfigkommandoAfvist,
    LokalOpgavefristSat,
    SaetGlobalOpgavefrist,
    SaetLokalOpgavefrist,
)
from contracts.opgave import OpgavetypeV2
from services.opgaver import rules
from services.opgaver.handlers import tjeneste
from shared.domain.datoer import dato
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor
from tests.opgaver.test_kommandoer import ANMODET, NU, OPRET, med

FAELLES: dict[str, Any] = {"kanal": "ADMINISTRATION", "afgivet": NU}
GLOBAL = SaetGlobalOpgavefrist(
    **FAELLES,
    kommando_id="g1",
    aktoer="kombit-1",
    rolle="GLOBAL_ADMINISTRATOR",
    opgavetype=OpgavetypeV2.MANUEL,
    dage=21,
)
LOKAL = SaetLokalOpgavefrist(
    **FAELLES, kommando_id="l1", aktoer="adm-2", rolle="ADMINISTRATOR", kommunekode="0630", dage=7
)


def sidste_dag(motor: Motor, besked: Any) -> date:
    """The last day of the task that a message makes."""
    (ny,) = motor.modtag(besked, NU)
    return dato(ny.frist - timedelta(seconds=1))  # type: ignore[attr-defined]


@pytest.mark.parametrize("kommunekode", ["0630", "0751", "0825"])
def test_en_global_frist_gaelder_typen_i_alle_kommuner(kommunekode: str) -> None:
    """OPG-09: 5 November and 21 days."""
    motor = Motor(tjeneste)
    assert motor.modtag(GLOBAL, NU) == [
        GlobalOpgavefristSat(kommando_id="g1", opgavetype=OpgavetypeV2.MANUEL, dage=21, sat_af="kombit-1", sat=NU)
    ]
    assert sidste_dag(motor, med(ANMODET, kommunekode=kommunekode)) == date(2024, 11, 26)
    system = med(ANMODET, opgave_id="o2", opgavetype=OpgavetypeV2.SYSTEM)
    assert sidste_dag(motor, system) == date(2024, 11, 19), "en anden type har sin egen"
    afhentning = med(ANMODET, opgave_id="o3", aarsag="AFHENTNING")
    assert sidste_dag(motor, afhentning) == date(2025, 2, 5), "KORT-11"


def test_en_lokal_frist_gaelder_kommunens_ad_hoc_opgaver_og_intet_andet() -> None:
    """OPG-10: before the global one of the type; OPG-11: a deadline of its own before both."""
    motor = Motor(tjeneste)
    motor.modtag(med(GLOBAL, opgavetype=OpgavetypeV2.ADHOC), NU)
    (sat,) = motor.modtag(LOKAL, NU)
    assert sat == LokalOpgavefristSat(kommando_id="l1", kommunekode="0630", dage=7, sat_af="adm-2", sat=NU)
    assert sidste_dag(motor, OPRET) == date(2024, 11, 12)
    assert sidste_dag(motor, med(OPRET, opgave_id="o2", kommunekode="0751")) == date(2024, 11, 26)
    assert sidste_dag(motor, med(OPRET, opgave_id="o3", frist=date(2024, 11, 5))) == date(2024, 11, 5)
    assert sidste_dag(motor, med(ANMODET, opgave_id="o4")) == date(2024, 11, 19)


def test_de_opgaver_der_er_beholder_deres_frist() -> None:
    """OPG-09."""
    motor = Motor(tjeneste)
    sidste_dag(motor, ANMODET)
    motor.modtag(GLOBAL, NU)
    assert dato(motor.raekker["opgave"]["o1"].frist - timedelta(seconds=1)) == date(2024, 11, 19)


@pytest.mark.parametrize(
    ("besked", "grund", "hjemmel"),
    [
        pytest.param(med(GLOBAL, rolle="ADMINISTRATOR"), "KUN_GLOBAL", "OPG-09", id="OPG-09: kommunens administrator"),
        pytest.param(med(GLOBAL, rolle="SAGSBEHANDLER"), "KUN_GLOBAL", "OPG-09", id="OPG-09: en sagsbehandler"),
        pytest.param(med(GLOBAL, rolle="KONGE"), "UKENDT_ROLLE", "ROL-02", id="ROL-02: ukendt rolle"),
        pytest.param(med(GLOBAL, kanal="FAX"), "UKENDT_KANAL", "ROL-02", id="ukendt kanal"),
        pytest.param(med(GLOBAL, dage=0), "FRIST_UDEN_FOR_INTERVAL", "OPG-09", id="OPG-09: 0 dage"),
        pytest.param(med(GLOBAL, dage=3651), "FRIST_UDEN_FOR_INTERVAL", "OPG-09", id="OPG-09: over ti år"),
        pytest.param(med(LOKAL, rolle="SAGSBEHANDLER"), "IKKE_BEMYNDIGET", "ROL-02", id="OPG-10: en sagsbehandler"),
        pytest.param(med(LOKAL, rolle="GLOBAL_ADMINISTRATOR"), "IKKE_BEMYNDIGET", "ROL-02", id="OPG-10: den centrale"),
        pytest.param(med(LOKAL, kommunekode="0999"), "UKENDT_KOMMUNE", "OPG-02", id="OPG-10: ingen kommune"),
        pytest.param(med(LOKAL, dage=-1), "FRIST_UDEN_FOR_INTERVAL", "OPG-10", id="OPG-10: et negativt tal"),
        pytest.param(
            med(LOKAL, afgivet=NU + timedelta(hours=1)), "TIDSPUNKT_I_FREMTIDEN", "ROL-02", id="givet i fremtiden"
        ),
    ],
)
def test_afslag_paa_en_indstilling(besked: Any, grund: str, hjemmel: str) -> None:
    """OPG-09, OPG-10, KONF-01."""
    motor = Motor(tjeneste)
    (svar,) = motor.modtag(besked, NU)
    assert isinstance(svar, KonfigkommandoAfvist)
    assert (svar.grund, svar.hjemmel, svar.kommando) == (grund, hjemmel, type(besked).__name__)
    assert svar.tekst
    assert motor.raekker["fristindstilling"] == {}


@pytest.mark.parametrize("besked", [GLOBAL, LOKAL], ids=["global", "lokal"])
def test_den_nyeste_indstilling_vinder_i_hvilken_orden_de_end_laeses(besked: Any) -> None:
    """KONF-01, OPG-09, OPG-10."""
    motor = Motor(tjeneste)
    nyere = med(besked, kommando_id="n2", dage=30, afgivet=NU + timedelta(minutes=1))
    motor.modtag(nyere, NU)
    (svar,) = motor.modtag(besked, NU)
    assert isinstance(svar, KonfigkommandoAfvist)
    assert svar.grund == "FORAELDET"
    assert motor.modtag(nyere, NU) == [], "den samme igen"
    (raekke,) = motor.raekker["fristindstilling"].values()
    assert raekke.dage == 30


@pytest.mark.parametrize("besked", [GLOBAL, LOKAL], ids=["global", "lokal"])
def test_af_to_fra_samme_tid_gaelder_den_samme_i_hvilken_orden_de_end_laeses(besked: Any) -> None:
    """KONF-01, OPG-09, OPG-10: the one with the highest id; of one id the most days."""
    sendt = [med(besked, kommando_id=id_, dage=dage) for id_, dage in (("a", 9), ("b", 5), ("b", 7))]
    gaelder: set[tuple[str, int]] = set()
    for raekkefoelge in permutations(sendt):
        motor = Motor(tjeneste)
        for b in (*raekkefoelge, *raekkefoelge):
            motor.modtag(b, NU)
        gaelder |= {(r.kommando_id, r.dage) for r in motor.raekker["fristindstilling"].values()}
    assert gaelder == {("b", 7)}


def test_christiansoes_frist_er_bornholms() -> None:
    """OPG-10, OPG-02: both codes set the one deadline that the tasks of both have."""
    motor = Motor(tjeneste)
    (sat,) = motor.modtag(med(LOKAL, kommunekode="0411"), NU)
    assert isinstance(sat, LokalOpgavefristSat)
    assert sat.kommunekode == "0400"
    assert sidste_dag(motor, med(OPRET, kommunekode="0400")) == date(2024, 11, 12)
    motor.modtag(med(LOKAL, kommando_id="l2", kommunekode="0400", dage=8, afgivet=NU + timedelta(minutes=1)), NU)
    assert sidste_dag(motor, med(OPRET, opgave_id="o2", kommunekode="0411")) == date(2024, 11, 13)


@pytest.mark.parametrize("besked", [GLOBAL, LOKAL], ids=["global", "lokal"])
def test_den_samme_indstilling_igen_besvares_ikke(besked: Any) -> None:
    """KONF-01, OPG-09, OPG-10: also after a newer one, and one that came too late; what holds stays."""
    motor = Motor(tjeneste)
    nyere = med(besked, kommando_id="n2", dage=30, afgivet=NU + timedelta(minutes=1))
    aeldre = med(besked, kommando_id="n0", dage=5, afgivet=NU - timedelta(minutes=1))
    assert [len(motor.modtag(b, NU)) for b in (besked, besked, nyere, aeldre)] == [1, 0, 1, 1]
    assert [motor.modtag(b, NU) for b in (besked, nyere, aeldre, besked)] == [[], [], [], []]
    (raekke,) = motor.raekker["fristindstilling"].values()
    assert (raekke.dage, raekke.kommando_id) == (30, "n2")
    (svar,) = motor.modtag(med(besked, dage=6), NU)
    assert isinstance(svar, KonfigkommandoAfvist)
    assert svar.grund == "FORAELDET", "et andet indhold er ikke den samme"


@pytest.mark.parametrize("besked", [GLOBAL, LOKAL], ids=["global", "lokal"])
def test_en_indstilling_fra_foer_kommandoerne_blev_husket(besked: Any) -> None:
    """OPG-09, OPG-10: a row that knows its own command only."""
    motor = Motor(tjeneste)
    motor.modtag(besked, NU)
    (raekke,) = motor.raekker["fristindstilling"].values()
    motor.gem(replace(raekke, kommandoer={}))
    assert motor.modtag(besked, NU) == []


def test_et_cpr_nummer_som_id_besvares_ikke() -> None:
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        Motor(tjeneste).modtag(med(GLOBAL, aktoer="0909994005"), NU)


@pytest.mark.parametrize(
    ("oprettet", "ovre"),
    [
        pytest.param("2024-03-30T12:00:00Z", "2024-04-06T22:00:00Z", id="hen over skiftet til sommertid"),
        pytest.param("2024-10-26T12:00:00Z", "2024-11-02T23:00:00Z", id="hen over skiftet til vintertid"),
        pytest.param("2024-02-22T12:00:00Z", "2024-02-29T23:00:00Z", id="på skuddagen"),
        pytest.param("2023-02-22T12:00:00Z", "2023-03-01T23:00:00Z", id="i et almindeligt år"),
        pytest.param("2024-02-22T23:30:00Z", "2024-03-01T23:00:00Z", id="kl. 0.30 dansk tid er den næste dag"),
    ],
)
def test_syv_dage_er_kalenderdage_i_danmark(oprettet: str, ovre: str) -> None:
    """OPG-10."""
    fundet = rules.opgavefrist(OpgavetypeV2.ADHOC, "", datetime.fromisoformat(oprettet), None, 7)
    assert fundet == datetime.fromisoformat(ovre)


def test_hver_dag_fra_2024_til_2040_har_fristen_sin_sidste_dag_hel() -> None:
    """OPG-09: the last second of the last day is in time, the next is not."""
    dag = date(2024, 1, 1)
    while dag <= date(2040, 12, 31):
        ovre = rules.opgavefrist(OpgavetypeV2.MANUEL, "X", datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC))
        assert dato(ovre - timedelta(seconds=1)) == dag + timedelta(days=14)
        assert dato(ovre) == dag + timedelta(days=15)
        dag += timedelta(days=1)
