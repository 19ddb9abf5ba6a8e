"""Notes on persons: made and corrected by the municipality that has them, refused to all others (SIK-01)."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.emner import EMNER
from contracts.kommuner import KOMMUNER
from contracts.notat import NotatkommandoAfvist, NotatOprettet, NotatRettet, OpretNotat, RetNotat
from services.opgaver.handlers import tjeneste
from services.opgaver.rules import AFSLAG
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor
from tests.opgaver.test_kommandoer import AFSENDER, CPR, NU, OPRET, med, motor_med
from tests.opgaver.test_kommandoer import afslag as opgaveafslag

FRA: dict[str, Any] = {**{n: v for n, v in AFSENDER.items() if n != "opgave_id"}, "notat_id": "n1"}
NOTAT = OpretNotat(**FRA, kommando_id="k1", person_id="p1", tekst="Ønsker opkald om eftermiddagen.")
RET = RetNotat(**FRA, kommando_id="k2", tekst="Ønsker opkald om formiddagen.")


def afslag(motor: Motor, besked: Any) -> str:
    """The code of the refusal, which changed nothing."""
    foer = dict(motor.raekker["notat"])
    (svar,) = motor.modtag(besked, NU)
    assert isinstance(svar, NotatkommandoAfvist)
    assert motor.raekker["notat"] == foer
    assert (svar.tekst, svar.hjemmel) == (AFSLAG[svar.grund].tekst, str(AFSLAG[svar.grund].hjemmel))
    assert (svar.kommando, svar.kommando_id, svar.aktoer) == (type(besked).__name__, besked.kommando_id, "sb-7")
    assert svar.topic() == f"opgaver.{besked.kommunekode}"
    return svar.grund


def test_et_notat_hoerer_til_kommunen_der_skrev_det() -> None:
    """SIK-01: told in its queue, under the note's own key."""
    motor = Motor(tjeneste)
    (oprettet,) = motor.modtag(NOTAT, NU)
    assert oprettet == NotatOprettet(
        notat_id="n1", kommunekode="0630", kommando_id="k1", version=1, person_id="p1",
        tekst="Ønsker opkald om eftermiddagen.", kilde="SAGSBEHANDLER", oprettet_af="sb-7", oprettet=NU,
    )  # fmt: skip
    assert (oprettet.topic(), oprettet.recordnoegle()) == ("opgaver.0630", "n1")
    assert motor.frister == {}


def test_et_notat_rettes_af_enhver_i_kommunen() -> None:
    """SIK-01: who made it and whom it is about stand."""
    motor = motor_med(NOTAT)
    (rettet,) = motor.modtag(med(RET, aktoer="sb-1"), NU)
    assert rettet == NotatRettet(
        notat_id="n1", kommunekode="0630", kommando_id="k2", version=2, person_id="p1",
        tekst="Ønsker opkald om formiddagen.", rettet_af="sb-1", rettet=NU,
    )  # fmt: skip
    notat = motor.raekker["notat"]["n1"]
    assert (notat.oprettet_af, notat.rettet_af, notat.kommunekode) == ("sb-7", "sb-1", "0630")


@pytest.mark.parametrize("kommandoer", [(NOTAT,), (NOTAT, RET)], ids=["oprettet", "rettet"])
def test_samme_kommando_igen_goer_intet(kommandoer: tuple[Any, ...]) -> None:
    motor = motor_med(*kommandoer)
    foer = dict(motor.raekker["notat"])
    assert [motor.modtag(k, NU) for k in kommandoer] == [[]] * len(kommandoer)
    assert motor.raekker["notat"] == foer


@pytest.mark.parametrize(
    ("kommando", "grund"),
    [
        pytest.param(med(RET, kommunekode="0751"), "UKENDT_NOTAT", id="SIK-01: en anden kommunes er som ukendt"),
        pytest.param(med(RET, notat_id="n9"), "UKENDT_NOTAT", id="SIK-01: intet notat"),
        pytest.param(med(NOTAT, kommando_id="k9"), "NOTAT_FINDES", id="id'et er brugt"),
        pytest.param(med(NOTAT, kommunekode="0751"), "NOTAT_FINDES", id="id'et er brugt af en anden kommune"),
        pytest.param(med(RET, kommando_id="k1"), "KOMMANDO_ID_BRUGT", id="kommandoens id er brugt"),
        pytest.param(med(RET, rolle="KONGE"), "UKENDT_ROLLE", id="ROL-02: ukendt rolle"),
        pytest.param(med(RET, rolle="BORGER"), "IKKE_BEMYNDIGET", id="ROL-02: en borger"),
        pytest.param(med(RET, rolle="GLOBAL_ADMINISTRATOR"), "IKKE_BEMYNDIGET", id="ROL-02: den centrale rolle"),
        pytest.param(med(RET, kanal="FAX"), "UKENDT_KANAL", id="ukendt kanal"),
        pytest.param(med(RET, kanal="SELVBETJENING"), "IKKE_BEMYNDIGET", id="selvbetjening"),
        pytest.param(med(RET, afgivet=NU + timedelta(minutes=6)), "TIDSPUNKT_I_FREMTIDEN", id="i fremtiden"),
        pytest.param(med(RET, tekst=f"Mor er {CPR}"), "CPR_I_TEKST", id="OPG-04: CPR-nummer i teksten"),
    ],
)
def test_afslag_paa_en_kommando_om_et_notat(kommando: Any, grund: str) -> None:
    """SIK-01, ROL-02: a refusal has a code, a sentence and its basis."""
    assert afslag(motor_med(NOTAT), kommando) == grund


@pytest.mark.parametrize(
    ("felter", "grund"),
    [
        pytest.param({"tekst": f"{CPR[:6]}-{CPR[6:]}"}, "CPR_I_TEKST", id="i teksten"),
        pytest.param({"person_id": CPR}, "CPR_SOM_PERSON", id="som personens id"),
    ],
)
def test_et_cpr_nummer_kommer_ikke_ind(felter: dict[str, str], grund: str) -> None:
    """OPG-04: nor does the answer repeat it."""
    motor = Motor(tjeneste)
    assert afslag(motor, med(NOTAT, **felter)) == grund
    assert CPR not in motor.udsendt[0].model_dump_json()


def test_en_opgave_kan_ikke_handle_om_et_cpr_nummer() -> None:
    """OPG-04: it would stand in the queue also where several are concerned."""
    assert opgaveafslag(Motor(tjeneste), med(OPRET, person_ider=("p1", CPR), cpr=None)) == "CPR_SOM_PERSON"


@pytest.mark.parametrize("felt", ["notat_id", "kommando_id", "aktoer"])
def test_et_cpr_nummer_som_id_besvares_ikke(felt: str) -> None:
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        motor_med(NOTAT).modtag(med(RET, **{felt: CPR}), NU)


def test_en_kommune_der_ikke_findes_kan_ikke_faa_svar() -> None:
    with pytest.raises(UventetBesked, match="UKENDT_KOMMUNE"):
        Motor(tjeneste).modtag(med(NOTAT, kommunekode="0999"), NU)


def test_christiansoes_noter_er_bornholms() -> None:
    """OPG-02: Christiansø has no municipality."""
    (oprettet,) = Motor(tjeneste).modtag(med(NOTAT, kommunekode="0411"), NU)
    assert oprettet.topic() == "opgaver.0400"


def test_hver_kommune_faar_sine_noter_og_ingen_andens() -> None:
    """SIK-01, OPG-09: 98 municipalities, 98 queues."""
    motor = Motor(tjeneste)
    for kode in KOMMUNER:
        (oprettet,) = motor.modtag(med(NOTAT, notat_id=f"n-{kode}", kommunekode=kode), NU)
        assert oprettet.topic() == f"opgaver.{kode}"
        assert oprettet.topic() in EMNER
    assert len(motor.raekker["notat"]) == 98


def test_intet_dokument_kan_vedhaeftes_et_notat() -> None:
    assert OpretNotat.model_validate({**NOTAT.model_dump(), "bilag": "abc"}) == NOTAT
