"""What a municipality does with its tasks: created, assigned, given a deadline, closed for good; or refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.emner import EMNER
from contracts.kommuner import KOMMUNER
from contracts.opgave import (
    AfslutOpgave,
    FlytOpgavefrist,
    OpgaveAfsluttet,
    OpgaveAnmodet,
    OpgaveAnmodetV2,
    OpgavefristFlyttet,
    OpgavekommandoAfvist,
    OpgaveOprettet,
    OpgaveOprettetV2,
    OpgaveOverskredet,
    OpgavetekstRettet,
    OpgaveTildelt,
    Opgavetype,
    OpgavetypeV2,
    OpretOpgave,
    RetOpgavetekst,
    TildelOpgave,
)
from services.opgaver.forloeb import Opgavetilstand
from services.opgaver.handlers import tjeneste
from services.opgaver.rules import AFSLAG
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor

NU = datetime(2024, 11, 5, 9, 0, tzinfo=UTC)
CPR = "0909994005"
ANMODET = OpgaveAnmodetV2(
    opgave_id="o1", forloeb_id="f1", person_ider=("p1",), cpr=CPR, kommunekode="0630",
    opgavetype=OpgavetypeV2.MANUEL, aarsag="INDREJSE_UDEN_LAEGE", titel="Vælg læge",
)  # fmt: skip
AFSENDER: dict[str, Any] = {
    "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "kommunekode": "0630", "afgivet": NU,
    "opgave_id": "o1",
}  # fmt: skip
TILDEL = TildelOpgave(**AFSENDER, kommando_id="k1", sagsbehandler="sb-9")
FLYT = FlytOpgavefrist(**AFSENDER, kommando_id="k2", frist=date(2024, 11, 8))
AFSLUT = AfslutOpgave(**AFSENDER, kommando_id="k3", begrundelse="Borgeren har valgt læge.")
RET = RetOpgavetekst(**AFSENDER, kommando_id="k4", titel="En anden titel")
OPRET = OpretOpgave(**AFSENDER, kommando_id="k5", titel="Ring til borgeren", person_ider=("p1",), cpr=CPR)


def motor_med(*beskeder: Any) -> Motor:
    motor = Motor(tjeneste)
    for besked in beskeder:
        motor.modtag(besked, NU)
    return motor


def med(besked: Any, **felter: Any) -> Any:
    return besked.model_copy(update=felter)


def afslag(motor: Motor, besked: Any, nu: datetime = NU) -> str:
    """The code of the refusal, which changed nothing."""
    foer = dict(motor.raekker["opgave"])
    (svar,) = motor.modtag(besked, nu)
    assert isinstance(svar, OpgavekommandoAfvist)
    assert motor.raekker["opgave"] == foer
    assert (svar.tekst, svar.hjemmel) == (AFSLAG[svar.grund].tekst, str(AFSLAG[svar.grund].hjemmel))
    assert (svar.kommando, svar.kommando_id) == (type(besked).__name__, besked.kommando_id)
    assert svar.topic() == f"opgaver.{besked.kommunekode}"
    return svar.grund


def test_opgaven_tildeles_en_navngiven_sagsbehandler() -> None:
    """OPG-02."""
    motor = motor_med(ANMODET)
    (tildelt,) = motor.modtag(TILDEL, NU)
    assert tildelt == OpgaveTildelt(
        opgave_id="o1", kommunekode="0630", kommando_id="k1", version=2, sagsbehandler="sb-9", tildelt_af="sb-7",
        tildelt=NU,
    )  # fmt: skip
    assert tildelt.topic() == "opgaver.0630"
    assert motor.raekker["opgave"]["o1"].tilstand is Opgavetilstand.TILDELT
    motor.modtag(med(TILDEL, kommando_id="k9", aktoer="sb-1", sagsbehandler="sb-2"), NU)
    assert motor.raekker["opgave"]["o1"].sagsbehandler == "sb-2", "enhver i kommunen må tildele den igen"
    assert list(motor.frister) == ["o1:OpgavefristUdloeb"], "fristen løber videre"


def test_opgaven_afsluttes_med_hvem_og_hvorfor_og_fristen_er_ovre() -> None:
    """OPG-02: closed, and its deadline is revoked."""
    motor = motor_med(ANMODET, TILDEL)
    (afsluttet,) = motor.modtag(AFSLUT, NU)
    assert isinstance(afsluttet, OpgaveAfsluttet)
    assert (afsluttet.afsluttet_af, afsluttet.begrundelse) == ("sb-7", "Borgeren har valgt læge.")
    assert motor.frister == {}


@pytest.mark.parametrize("kommando", [TILDEL, FLYT, RET, med(AFSLUT, kommando_id="k6")], ids=lambda k: type(k).__name__)
def test_en_afsluttet_opgave_er_og_bliver_afsluttet(kommando: Any) -> None:
    """OPG-02: the reopen guard."""
    assert afslag(motor_med(ANMODET, AFSLUT), kommando) == "OPGAVE_AFSLUTTET"


def test_samme_anmodning_efter_afslutning_aabner_ingen_opgave() -> None:
    """OPG-02: the reopen guard."""
    assert motor_med(ANMODET, AFSLUT).modtag(ANMODET, NU) == []


@pytest.mark.parametrize(
    ("kommando", "grund"),
    [
        pytest.param(med(TILDEL, kommunekode="0751"), "UKENDT_OPGAVE", id="OPG-02: en anden kommunes"),
        pytest.param(med(TILDEL, rolle="KONGE"), "UKENDT_ROLLE", id="ROL-02: ukendt rolle"),
        pytest.param(med(TILDEL, rolle="BORGER"), "IKKE_BEMYNDIGET", id="ROL-02: en borger"),
        pytest.param(med(TILDEL, rolle="GLOBAL_ADMINISTRATOR"), "IKKE_BEMYNDIGET", id="ROL-02: den centrale rolle"),
        pytest.param(med(TILDEL, kanal="FAX"), "UKENDT_KANAL", id="ukendt kanal"),
        pytest.param(med(TILDEL, kanal="SELVBETJENING"), "IKKE_BEMYNDIGET", id="selvbetjening"),
        pytest.param(med(TILDEL, opgave_id="o9"), "UKENDT_OPGAVE", id="ukendt opgave"),
        pytest.param(med(TILDEL, afgivet=NU + timedelta(minutes=6)), "TIDSPUNKT_I_FREMTIDEN", id="i fremtiden"),
        pytest.param(RET, "FAST_TEKST", id="OPG-10: en manuel opgaves tekst"),
        pytest.param(med(AFSLUT, begrundelse=f"Om {CPR}"), "CPR_I_TEKST", id="OPG-04: CPR-nummer i begrundelsen"),
        pytest.param(med(FLYT, frist=date(2024, 11, 4)), "FRIST_UDEN_FOR_INTERVAL", id="OPG-11: i går"),
        pytest.param(med(FLYT, frist=date(2044, 1, 1)), "FRIST_UDEN_FOR_INTERVAL", id="OPG-11: om 20 år"),
        pytest.param(OPRET, "OPGAVE_FINDES", id="OPG-10: id'et er brugt"),
    ],
)
def test_afslag(kommando: Any, grund: str) -> None:
    """OPG-02, OPG-04, OPG-10, OPG-11, ROL-02: a refusal has a code, a sentence and its basis."""
    assert afslag(motor_med(ANMODET), kommando) == grund


@pytest.mark.parametrize("foer", [(), (AFSLUT,)], ids=["åben", "afsluttet"])
@pytest.mark.parametrize("kommando", [TILDEL, FLYT, AFSLUT, RET], ids=lambda k: type(k).__name__)
def test_en_anden_kommunes_opgave_er_som_en_der_ikke_findes(kommando: Any, foer: tuple[Any, ...]) -> None:
    """OPG-02: the answer does not tell that it is there; nor does a command that was carried out on it."""
    anden = med(kommando, kommunekode="0751")
    assert motor_med(ANMODET, *foer).modtag(anden, NU) == Motor(tjeneste).modtag(anden, NU)
    assert afslag(Motor(tjeneste), anden) == "UKENDT_OPGAVE"


@pytest.mark.parametrize("felt", ["opgave_id", "kommando_id", "aktoer", "sagsbehandler"])
def test_et_cpr_nummer_som_id_besvares_ikke(felt: str) -> None:
    """OPG-04: an answer would repeat it."""
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        motor_med(ANMODET).modtag(med(TILDEL, **{felt: CPR}), NU)


def test_en_kommune_der_ikke_findes_kan_ikke_faa_svar() -> None:
    with pytest.raises(UventetBesked, match="UKENDT_KOMMUNE"):
        motor_med(ANMODET).modtag(med(TILDEL, kommunekode="0999"), NU)


@pytest.mark.parametrize("kommando", [TILDEL, FLYT, AFSLUT], ids=lambda k: type(k).__name__)
def test_samme_kommando_igen_goer_intet_og_en_anden_under_dens_id_afvises(kommando: Any) -> None:
    motor = motor_med(ANMODET, kommando)
    assert motor.modtag(kommando, NU) == []
    assert afslag(motor, med(kommando, aktoer="sb-1")) == "KOMMANDO_ID_BRUGT"


# --- ad hoc tasks ----------------------------------------------------------------------------------------------------


def test_en_ad_hoc_opgave_oprettes_og_rettes() -> None:
    """OPG-10, OPG-12: without a document."""
    motor = Motor(tjeneste)
    (ny,) = motor.modtag(OPRET, NU)
    assert isinstance(ny, OpgaveOprettetV2)
    assert (ny.opgavetype, ny.oprettet_af, ny.cpr, ny.person_ider) == (OpgavetypeV2.ADHOC, "sb-7", CPR, ("p1",))
    assert motor.modtag(OPRET, NU) == [], "samme kommando igen"
    (rettet,) = motor.modtag(RET, NU)
    assert isinstance(rettet, OpgavetekstRettet)
    assert (rettet.titel, rettet.beskrivelse, rettet.version) == ("En anden titel", "", 2)
    assert afslag(motor, med(RET, kommando_id="k7", titel=f"Ring til {CPR[:6]}-{CPR[6:]}")) == "CPR_I_TEKST"
    assert afslag(Motor(tjeneste), med(OPRET, beskrivelse=CPR)) == "CPR_I_TEKST"


@pytest.mark.parametrize(
    ("person_ider", "vist"),
    [
        pytest.param((), None, id="OPG-04: om en praksis"),
        pytest.param(("p1",), CPR, id="OPG-04: én person"),
        pytest.param(("p1", "p1"), CPR, id="OPG-04: den samme nævnt to gange"),
        pytest.param(("p1", "p2"), None, id="OPG-04: to personer"),
    ],
)
@pytest.mark.parametrize("besked", [OPRET, ANMODET], ids=lambda b: type(b).__name__)
def test_cpr_nummeret_staar_kun_paa_en_opgave_om_en(
    besked: Any, person_ider: tuple[str, ...], vist: str | None
) -> None:
    """OPG-04."""
    (ny,) = Motor(tjeneste).modtag(med(besked, person_ider=person_ider), NU)
    assert isinstance(ny, OpgaveOprettet | OpgaveOprettetV2)
    assert ny.cpr == vist


def test_ingen_kan_vedhaefte_et_dokument() -> None:
    """OPG-12."""
    assert not [f for f in OpretOpgave.model_fields if "bilag" in f or "dokument" in f]
    med_bilag = OpretOpgave.model_validate({**OPRET.model_dump(), "bilag": "abc"})
    assert med_bilag == OPRET


def test_hubbens_tjenester_opretter_ikke_ad_hoc_opgaver() -> None:
    """OPG-10."""
    with pytest.raises(UventetBesked, match="ADHOC"):
        Motor(tjeneste).modtag(med(ANMODET, opgavetype=OpgavetypeV2.ADHOC), NU)


@pytest.mark.parametrize(
    ("personer", "cpr"),
    [
        pytest.param(("p1",), CPR, id="OPG-04: én person"),
        pytest.param(("p1", "p1"), CPR, id="OPG-04: den samme to gange er én"),
        pytest.param(("p1", "p2"), None, id="OPG-04: flere personer"),
    ],
)
def test_cpr_nummeret_staar_kun_hvor_opgaven_er_om_netop_en_person(personer: tuple[str, ...], cpr: str | None) -> None:
    """OPG-04."""
    (ny,) = Motor(tjeneste).modtag(med(ANMODET, opgavetype=OpgavetypeV2.PLO, person_ider=personer), NU)
    assert isinstance(ny, OpgaveOprettetV2)
    assert ny.cpr == cpr
    (ny,) = Motor(tjeneste).modtag(med(OPRET, person_ider=personer), NU)
    assert isinstance(ny, OpgaveOprettetV2)
    assert ny.cpr == cpr


def test_hver_af_de_98_kommuner_faar_sine_opgaver_paa_sit_emne() -> None:
    """OPG-02, OPG-09."""
    motor = Motor(tjeneste)
    for kode in KOMMUNER:
        v1 = OpgaveAnmodet(
            opgave_id=f"v1-{kode}", forloeb_id="f1", person_id="p1", kommunekode=kode, opgavetype=Opgavetype.MANUEL,
            aarsag="X", titel="T",
        )  # fmt: skip
        motor.modtag(v1, NU)
        motor.modtag(med(ANMODET, opgave_id=f"v2-{kode}", kommunekode=kode, opgavetype=OpgavetypeV2.SYSTEM), NU)
        motor.modtag(med(OPRET, opgave_id=f"adhoc-{kode}", kommunekode=kode), NU)
    emner = [b.topic() for b in motor.udsendt]
    assert len(KOMMUNER) == 98
    assert {e: emner.count(e) for e in emner} == {f"opgaver.{k}": 3 for k in KOMMUNER}
    assert set(emner) <= set(EMNER)
    assert len(motor.fra(OpgaveOprettet)) == 98
    assert len(motor.fra(OpgaveOprettetV2)) == 196


# --- the deadline of one task ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("opgavetype", [OpgavetypeV2.MANUEL, OpgavetypeV2.PLO])
@pytest.mark.parametrize("tildelt", [False, True], ids=["ikke tildelt", "tildelt"])
def test_en_opgave_faar_sin_egen_frist_og_det_siges_en_gang_at_den_er_gaaet(
    opgavetype: OpgavetypeV2, tildelt: bool
) -> None:
    """OPG-11: 8 November is the last day: the day before, the day itself and the day after."""
    motor = motor_med(med(ANMODET, opgavetype=opgavetype), *([TILDEL] if tildelt else []))
    (flyttet,) = motor.modtag(FLYT, NU)
    ovre = datetime(2024, 11, 8, 23, 0, tzinfo=UTC)
    assert isinstance(flyttet, OpgavefristFlyttet)
    assert flyttet.frist == ovre
    assert motor.forfaldne(ovre - timedelta(days=1)) == []
    assert motor.forfaldne(ovre - timedelta(seconds=1)) == []
    (udloeb,) = motor.forfaldne(ovre)
    (overskredet,) = motor.modtag(udloeb, ovre)
    assert isinstance(overskredet, OpgaveOverskredet)
    assert overskredet.sagsbehandler == ("sb-9" if tildelt else None)
    assert motor.forfaldne(ovre + timedelta(days=365)) == []


def test_en_overskredet_opgave_kan_faa_en_ny_frist_tildeles_og_afsluttes() -> None:
    """OPG-11: and it is told again when the new deadline passes."""
    ovre = datetime(2024, 11, 19, 23, 0, tzinfo=UTC)
    motor = motor_med(ANMODET)
    motor.modtag(motor.forfaldne(ovre)[0], ovre)
    motor.modtag(med(TILDEL, afgivet=ovre), ovre)
    assert motor.raekker["opgave"]["o1"].tilstand is Opgavetilstand.TILDELT_OVERSKREDET
    motor.modtag(med(FLYT, afgivet=ovre, frist=date(2024, 11, 20)), ovre)
    assert motor.raekker["opgave"]["o1"].tilstand is Opgavetilstand.TILDELT
    (udloeb,) = motor.forfaldne(ovre + timedelta(days=1))
    motor.modtag(udloeb, ovre + timedelta(days=1))
    assert len(motor.fra(OpgaveOverskredet)) == 2
    motor.modtag(med(AFSLUT, afgivet=ovre), ovre + timedelta(days=1))
    assert motor.raekker["opgave"]["o1"].tilstand is Opgavetilstand.AFSLUTTET


def test_en_systemopgave_kan_ikke_faa_sin_egen_frist() -> None:
    """OPG-11."""
    assert afslag(motor_med(med(ANMODET, opgavetype=OpgavetypeV2.SYSTEM)), FLYT) == "FAST_FRIST"


def _igen(besked: Any, nr: int, dage: int) -> Any:
    """The message once more, as another command and later."""
    return besked if besked is ANMODET else med(besked, kommando_id=f"k{nr}", afgivet=NU + timedelta(days=dage))


EFTER_LUKNING = st.builds(
    _igen,
    st.sampled_from([ANMODET, OPRET, TILDEL, FLYT, RET, AFSLUT]),
    st.integers(1, 9),
    st.sampled_from([0, 1, 400]),
)


@given(kommandoer=st.lists(EFTER_LUKNING, max_size=8), adhoc=st.booleans())
def test_lukket_er_for_altid_hvad_der_end_kommer(kommandoer: list[Any], adhoc: bool) -> None:
    """OPG-02: the reopen guard: whatever comes, in whatever order, the task stands as it was closed."""
    motor = motor_med(OPRET if adhoc else ANMODET, TILDEL, AFSLUT)
    lukket = motor.raekker["opgave"]["o1"]
    for kommando in kommandoer:
        svar = motor.modtag(kommando, NU + timedelta(days=500))
        assert all(isinstance(s, OpgavekommandoAfvist) for s in svar)
    assert motor.raekker["opgave"]["o1"] == lukket
    assert motor.frister == {}
