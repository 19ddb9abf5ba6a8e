"""CPR-16: the paid look-up as stories, its table, and where it and the extract differ (CPR-10)."""

import ast
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.base import Besked
from contracts.cpr import AfsoningMeldt, CprHaendelse, PersonOpdateret, Trin
from contracts.cpr_opslag import CprOpslagAfvist, CprOpslagFejlet, CprOpslagUdfoert
from contracts.noegle import cpr_noegle
from contracts.person import PersonIndrejst, PersonSkiftetNummer, PersonTilstand
from services.cpr_events.forloeb.opslag import OPSLAG, CprOpslag
from services.cpr_events.rules import opslag as rules
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import InternBesked
from tests.cpr_events.opslagsverden import (
    AFVIST,
    CPR,
    HEMMELIG,
    ID,
    IKKE_FUNDET,
    NU,
    UBRUGELIGT,
    bestilt,
    hentet,
    ny_motor,
    person,
)
from tests.motor import Motor, typer

ROD = Path(__file__).parents[2]
DAG, DAGEN_EFTER = date(2024, 11, 4), date(2024, 11, 5)
TIME = timedelta(hours=1)


@pytest.fixture
def motor() -> Motor:
    motor = ny_motor()
    motor.modtag(bestilt(), NU)
    return motor


def raekke(motor: Motor, opslag_id: str = "o-1") -> CprOpslag:
    return motor.raekker["cpr_opslag"][opslag_id]


def frem(motor: Motor, nu: datetime) -> list[Besked]:
    return [b for forfalden in motor.forfaldne(nu) for b in motor.modtag(forfalden, nu)]


def tilstand(motor: Motor) -> PersonTilstand:
    return motor.fra(PersonTilstand)[-1]


def test_s16_opslaget_goer_personen_kendt_samme_dag(motor: Motor) -> None:
    """CPR-16, IND-03: no entry event is needed; the one that comes the next day is told as any other."""
    assert typer(motor.modtag(hentet(), NU)) == ["PersonTilstand", "CprOpslagUdfoert"]
    (svar,) = motor.fra(CprOpslagUdfoert)
    assert (svar.noegle, svar.person_id, svar.opslag_id) == (cpr_noegle(CPR, HEMMELIG), ID, "o-1")
    assert (svar.kommunekode, svar.aktoer, svar.hentet) == ("0630", "sb-7", NU)
    assert (tilstand(motor).person_id, tilstand(motor).person.cpr, tilstand(motor).version) == (ID, CPR, 1)
    assert CPR not in svar.model_dump_json()
    assert motor.fra(PersonIndrejst) == []

    a05 = CprHaendelse(kode="A05", registreret=NU, leverance=DAGEN_EFTER, person=person())
    assert typer(motor.modtag(a05, NU + timedelta(days=1))) == ["PersonIndrejst"]


def test_s16_indrejsen_i_et_udtraek_af_samme_dag_er_ikke_sen(motor: Motor) -> None:
    """CPR-10: registered before the look-up, delivered the same day: told, and no task."""
    motor.modtag(hentet(nu=NU + TIME), NU + TIME)
    a05 = CprHaendelse(kode="A05", registreret=NU, leverance=DAG, person=person())
    assert typer(motor.modtag(a05, NU + 2 * TIME)) == ["PersonIndrejst"]


def test_cpr_16_samme_kommando_to_gange_er_eet_opslag(motor: Motor) -> None:
    assert motor.modtag(bestilt(), NU + TIME) == []
    motor.modtag(hentet(), NU)
    assert motor.modtag(bestilt(), NU + timedelta(days=40)) == []
    (oenske,) = motor.effekter.values()
    assert (oenske.noegle, oenske.art, oenske.ordensnoegle) == ("cpr-opslag:o-1", "cpr.opslag", ID)


@pytest.mark.parametrize("andet", [{"cpr": "7009990002"}, {"kommunekode": "0751"}, {"grund": "en anden"}], ids=str)
def test_cpr_16_samme_id_til_et_andet_opslag_afvises(motor: Motor, andet: dict[str, str]) -> None:
    (svar,) = motor.modtag(bestilt(**andet), NU)
    assert isinstance(svar, CprOpslagAfvist)
    assert svar.grund == "OPSLAG_ID_BRUGT"
    assert len(motor.effekter) == 1
    assert raekke(motor).cpr == CPR


def test_rol_02_afslag_naevner_grund_saetning_og_regel() -> None:
    """ROL-02, CPR-16: nothing is kept and nobody is asked."""
    motor = ny_motor()
    (svar,) = motor.modtag(bestilt(rolle="BORGER"), NU)
    assert isinstance(svar, CprOpslagAfvist)
    assert (svar.grund, svar.begrundelse.regel) == ("IKKE_BEMYNDIGET", "ROL-02")
    assert (svar.begrundelse.tekst, svar.noegle) == (
        "Kun en sagsbehandler kan slå en person op i CPR.",
        cpr_noegle(CPR, HEMMELIG),
    )
    assert (motor.effekter, motor.raekker["cpr_opslag"]) == ({}, {})


@pytest.mark.parametrize("felt", ["opslag_id", "aktoer"])
def test_et_id_der_ligner_et_cpr_nummer_parkeres(felt: str) -> None:
    with pytest.raises(UventetBesked, match="CPR_I_ID") as fejl:
        ny_motor().modtag(bestilt(**{felt: "0101901234"}), NU)
    assert "0101901234" not in str(fejl.value)


SVAR_15, UDLOEBET = NU + timedelta(minutes=15), NU + timedelta(days=1, minutes=15)
HISTORIER = [
    #             hvad der sker                                  ender i        betalt  svarene
    pytest.param([hentet()], "UDFOERT", True, ["CprOpslagUdfoert"], id="fundet"),
    pytest.param([IKKE_FUNDET], "IKKE_FUNDET", True, ["CprOpslagIkkeFundet"], id="ikke fundet koster også"),
    pytest.param([AFVIST], "FEJLET", False, ["CprOpslagFejlet"], id="afvist af CPR"),
    pytest.param([UBRUGELIGT], "FEJLET", True, ["CprOpslagFejlet"], id="et svar, der ikke kan bruges, er betalt"),
    pytest.param([SVAR_15], "UAFKLARET", False, ["CprOpslagUafklaret"], id="intet svar i 15 minutter"),
    pytest.param(
        [SVAR_15, hentet()],
        "UDFOERT",
        True,
        ["CprOpslagUafklaret", "CprOpslagUdfoert"],
        id="svaret kommer efter 15 minutter",
    ),
    pytest.param(
        [SVAR_15, IKKE_FUNDET],
        "IKKE_FUNDET",
        True,
        ["CprOpslagUafklaret", "CprOpslagIkkeFundet"],
        id="uafklaret, så ikke fundet",
    ),
    pytest.param(
        [SVAR_15, AFVIST], "FEJLET", False, ["CprOpslagUafklaret", "CprOpslagFejlet"], id="uafklaret, så afvist"
    ),
    pytest.param(
        [SVAR_15, UDLOEBET], "OPGIVET", False, ["CprOpslagUafklaret", "CprOpslagFejlet"], id="intet svar i et døgn"
    ),
    pytest.param(
        [SVAR_15, UDLOEBET, hentet()],
        "UDFOERT",
        True,
        ["CprOpslagUafklaret", "CprOpslagFejlet", "CprOpslagUdfoert"],
        id="svaret kommer efter et døgn",
    ),
    pytest.param(
        [SVAR_15, UDLOEBET, IKKE_FUNDET],
        "IKKE_FUNDET",
        True,
        ["CprOpslagUafklaret", "CprOpslagFejlet", "CprOpslagIkkeFundet"],
        id="opgivet, så ikke fundet",
    ),
    pytest.param(
        [SVAR_15, UDLOEBET, AFVIST],
        "FEJLET",
        False,
        ["CprOpslagUafklaret", "CprOpslagFejlet", "CprOpslagFejlet"],
        id="opgivet, så afvist",
    ),
]


@pytest.mark.parametrize(("sker", "ender", "betalt", "svar"), HISTORIER)
def test_cpr_16_historier(
    motor: Motor, sker: list[InternBesked | datetime], ender: str, betalt: bool, svar: list[str]
) -> None:
    """CPR-16: every order ends, an unknown outcome is told, and only what CPR answered is counted as paid."""
    for led in sker:
        if isinstance(led, datetime):
            frem(motor, led)
        else:
            motor.modtag(led, NU)
    assert (raekke(motor).tilstand, raekke(motor).gebyr) == (ender, betalt)
    assert [t for t in typer(motor.udsendt) if t.startswith("CprOpslag")] == svar
    assert bool(motor.frister) == (ender == "UAFKLARET")
    assert len(motor.effekter) == 1


@pytest.mark.parametrize("naar", [SVAR_15, UDLOEBET], ids=["15 minutter", "et døgn"])
def test_cpr_16_lige_foer_fristen_sker_intet(motor: Motor, naar: datetime) -> None:
    frem(motor, min(naar, SVAR_15) if naar is UDLOEBET else NU)
    assert frem(motor, naar - timedelta(microseconds=1)) == []
    assert len(frem(motor, naar)) == 1


def test_cpr_16_en_kode_som_et_menneske_skrev_faar_en_saetning(motor: Motor) -> None:
    (svar,) = motor.modtag(AFVIST.model_copy(update={"kode": "RINGET_TIL_CPR"}), NU)
    assert isinstance(svar, CprOpslagFejlet)
    assert svar.grund == "AFVIST_AF_CPR"


def test_et_svar_paa_et_opslag_ingen_har_bestilt_er_en_synlig_fejl() -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        ny_motor().modtag(hentet(), NU)


# --- where the look-up and the extract differ -------------------------------------------------------------------------

GAMMEL = datetime(2024, 10, 1, 11, tzinfo=NU.tzinfo)
FORSKELLE = [
    #             leverance    udtrækkets vej, siden     opslagets vej, siden    gælder
    pytest.param(DAG, ("0034", GAMMEL), ("0012", NU), "0012", id="nyere adresse i opslaget"),
    pytest.param(DAG, ("0034", NU), ("0012", GAMMEL), "0034", id="nyere adresse i udtrækket"),
    pytest.param(DAG, ("0034", NU), ("0012", NU), "0012", id="samme dato, samme dag: opslaget er senere registreret"),
    pytest.param(DAGEN_EFTER, ("0034", NU), ("0012", NU), "0034", id="samme dato, udtrækket er fra dagen efter"),
    pytest.param(date(2024, 11, 3), ("0034", NU), ("0012", GAMMEL), "0012", id="udtrækket er fra dagen før"),
]


@pytest.mark.parametrize("opslaget_foerst", [True, False], ids=["opslaget først", "udtrækket først"])
@pytest.mark.parametrize(("leverance", "udtraek", "opslag", "gaelder"), FORSKELLE)
def test_cpr_10_opslag_og_udtraek_er_uenige(
    motor: Motor,
    leverance: date,
    udtraek: tuple[str, datetime],
    opslag: tuple[str, datetime],
    gaelder: str,
    opslaget_foerst: bool,
) -> None:
    """CPR-10, CPR-16: effective date, then registration; the outcome does not depend on which is read first."""
    beskeder = [
        hentet(person(opslag[0], til=opslag[1]), NU + TIME),
        PersonOpdateret(leverance=leverance, person=person(udtraek[0], til=udtraek[1])),
    ]
    for besked in beskeder if opslaget_foerst else beskeder[::-1]:
        motor.modtag(besked, NU + TIME)
    adresse = tilstand(motor).person.adresse
    assert adresse is not None
    assert adresse.vejkode == gaelder


@pytest.mark.parametrize("opslaget_foerst", [True, False], ids=["opslaget først", "udtrækket først"])
@pytest.mark.parametrize(
    ("leverance", "gaelder"),
    [(date(2024, 11, 3), "M"), (DAG, "M"), (DAGEN_EFTER, "K")],
    ids=["dagen før", "samme dag", "dagen efter"],
)
def test_cpr_10_det_uden_dato_er_fra_den_nyeste(
    motor: Motor, leverance: date, gaelder: str, opslaget_foerst: bool
) -> None:
    """CPR-10: what carries no date is as the newest of the two has it."""
    beskeder = [hentet(nu=NU + TIME), PersonOpdateret(leverance=leverance, person=person(koen="K"))]
    for besked in beskeder if opslaget_foerst else beskeder[::-1]:
        motor.modtag(besked, NU + TIME)
    assert tilstand(motor).person.koen == gaelder


def test_cpr_16_to_opslag_samme_dag_det_sidste_gaelder(motor: Motor) -> None:
    motor.modtag(bestilt(opslag_id="o-2"), NU)
    motor.modtag(hentet(person(navn="Ny"), NU + TIME, "o-2"), NU + TIME)
    motor.modtag(hentet(person(navn="Gammel"), NU), NU + TIME)
    assert tilstand(motor).person.fornavn == "Ny"
    assert [raekke(motor, n).gebyr for n in ("o-1", "o-2")] == [True, True]


def test_cpr_11_opslaget_melder_et_nyt_nummer(motor: Motor) -> None:
    """CPR-11: asked for under the old number, the person comes under the new one with the same id."""
    motor.modtag(PersonOpdateret(leverance=date(2024, 11, 1), person=person()), NU)
    nyt = person(cpr="7009990002", tidligere_cpr=(CPR,))
    motor.modtag(hentet(nyt), NU)
    (skiftet,) = motor.fra(PersonSkiftetNummer)
    assert (skiftet.person_id, skiftet.tidligere_cpr) == (ID, CPR)
    assert motor.fra(CprOpslagUdfoert)[0].person_id == ID


def test_cpr_03_det_der_ventede_gaelder_ogsaa_efter_et_opslag(motor: Motor) -> None:
    motor.modtag(AfsoningMeldt(cpr=CPR, trin=Trin.START, dato=DAG, registreret=NU), NU)
    motor.modtag(hentet(), NU)
    assert typer(frem(motor, NU)) == ["PersonAfsoningMeldt"]


# --- never by itself --------------------------------------------------------------------------------------------------


def test_cpr_16_intet_andet_end_en_sagsbehandlers_kommando_beder_om_et_opslag() -> None:
    """CPR-16: one place wishes the call, from one message, and no part of the hub makes that message."""
    oensker = [f for f in (ROD / "services").rglob("*.py") if "cpr-opslag:" in f.read_text(encoding="utf-8")]
    assert [f.relative_to(ROD).as_posix() for f in oensker] == ["services/cpr_events/forloeb/opslag.py"]
    veje = {(o.fra, o.naar.__name__) for o in OPSLAG.overgange if o.goer.__name__ == "_spoerg"}
    assert veje == {("MODTAGET", "CprOpslagBestilt")}
    for mappe in ("services", "cli", "ingest", "shared", "simulators"):
        for fil in (ROD / mappe).rglob("*.py"):
            kald = (
                led.func for led in ast.walk(ast.parse(fil.read_text(encoding="utf-8"))) if isinstance(led, ast.Call)
            )
            assert "CprOpslagBestilt" not in {k.id for k in kald if isinstance(k, ast.Name)}, fil


def test_cpr_16_ingen_frist_sender_noget() -> None:
    """CPR-16: a deadline tells, it never asks again."""
    frister = {f.besked for f in OPSLAG.frister}
    assert {o.goer.__name__ for o in OPSLAG.overgange if o.naar in frister} == {"_meld_uafklaret", "_opgiv"}
    assert rules.OPSLAGSFRISTER[0].svar < rules.OPSLAGSFRISTER[0].holder


def test_diagrammet_i_readme_er_det_gaeldende() -> None:
    tekst = (ROD / "services/cpr_events/README.md").read_text(encoding="utf-8")
    fundet = re.search(r"```mermaid\n(.*?)\n```", tekst, re.DOTALL)
    assert fundet
    assert fundet.group(1) == OPSLAG.som_mermaid()
