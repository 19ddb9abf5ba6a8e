"""Saved filters: on the practices for the whole municipality, on the tasks for oneself (OPG-07)."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.filtre import FilterGemt, FilterkommandoAfvist, FilterSlettet, GemFilter, Kriterium, Overblik, SletFilter
from services.opgaver.app import TJENESTE
from services.opgaver.rules import AFSLAG
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor
from tests.opgaver.test_kommandoer import AFSENDER, CPR, NU, med, motor_med
from tests.opslag.udsteder import Motorlaeser, klient, som, token

FRA: dict[str, Any] = {**{n: v for n, v in AFSENDER.items() if n != "opgave_id"}, "filter_id": "f1"}
KRITERIER = (
    Kriterium(navn="kommunekode", vaerdier=("0630", "0615")),
    Kriterium(navn="status", vaerdier=("AABEN",)),
)
YDER = GemFilter(**FRA, kommando_id="k1", overblik=Overblik.YDEROVERBLIK, navn="Åbne", kriterier=KRITERIER)
EGET = med(YDER, filter_id="f2", kommando_id="k2", overblik=Overblik.OPGAVEOVERBLIK, navn="Mine")
SLET = SletFilter(**FRA, kommando_id="k3")


def afslag(motor: Motor, besked: Any) -> str:
    """The code of the refusal, which changed nothing."""
    foer = dict(motor.raekker["gemt_filter"])
    (svar,) = motor.modtag(besked, NU)
    assert isinstance(svar, FilterkommandoAfvist)
    assert motor.raekker["gemt_filter"] == foer
    assert (svar.tekst, svar.hjemmel) == (AFSLAG[svar.grund].tekst, str(AFSLAG[svar.grund].hjemmel))
    assert (svar.kommando, svar.topic()) == (type(besked).__name__, f"opgaver.{besked.kommunekode}")
    return svar.grund


async def filtre(motor: Motor, sub: str, kommunekode: str = "0630", **felter: str) -> list[dict[str, Any]]:
    """What one who asks is shown."""
    async with klient(TJENESTE, Motorlaeser(motor, NU)) as k:
        headers = som(token(sub=sub, kommunekode=kommunekode))
        svar = await k.get("/opgaver/filtre", params=felter or None, headers=headers)
    assert svar.status_code == 200, svar.text
    return svar.json()["filtre"]


async def test_et_filter_paa_yderoverblikket_er_alles_i_kommunen() -> None:
    """OPG-07: and of no other municipality."""
    motor = motor_med(YDER)
    (vist,) = await filtre(motor, "sb-1")
    assert vist == {
        "filter_id": "f1", "overblik": "YDEROVERBLIK", "navn": "Åbne", "ejer": "sb-7", "gemt_af": "sb-7",
        "kriterier": [
            {"navn": "kommunekode", "vaerdier": ["0630", "0615"]}, {"navn": "status", "vaerdier": ["AABEN"]},
        ],
        "gemt": "2024-11-05T09:00:00Z",
        "version": 1,
    }  # fmt: skip
    assert await filtre(motor, "sb-7", "0461") == []


async def test_et_filter_paa_opgaveoverblikket_er_ens_eget() -> None:
    """OPG-07: personal."""
    motor = motor_med(YDER, EGET)
    assert [f["navn"] for f in await filtre(motor, "sb-7")] == ["Mine", "Åbne"]
    assert [f["navn"] for f in await filtre(motor, "sb-1")] == ["Åbne"]
    assert [f["navn"] for f in await filtre(motor, "sb-7", overblik="OPGAVEOVERBLIK")] == ["Mine"]
    assert await filtre(motor, "sb-1", overblik="OPGAVEOVERBLIK") == []
    assert await filtre(motor, "sb-7", "0461") == [], "samme id i en anden kommune er en anden"


def test_enhver_i_kommunen_retter_og_sletter_det() -> None:
    """OPG-07: who saved it first stands."""
    motor = Motor(TJENESTE)
    (gemt,) = motor.modtag(YDER, NU)
    assert gemt == FilterGemt(
        filter_id="f1", kommunekode="0630", kommando_id="k1", version=1, overblik=Overblik.YDEROVERBLIK,
        navn="Åbne", kriterier=KRITERIER, gemt_af="sb-7", gemt=NU,
    )  # fmt: skip
    motor.modtag(med(YDER, kommando_id="k9", aktoer="sb-1", kriterier=()), NU)
    raekke = motor.raekker["gemt_filter"]["f1"]
    assert (raekke.kriterier, raekke.ejer, raekke.gemt_af, raekke.version) == ((), "sb-7", "sb-1", 2)
    assert motor.modtag(med(SLET, aktoer="sb-1"), NU) == [
        FilterSlettet(filter_id="f1", kommunekode="0630", kommando_id="k3", version=3, slettet_af="sb-1", slettet=NU)
    ]


async def test_et_slettet_filter_vises_ikke_og_kan_gemmes_igen() -> None:
    """OPG-07: the command that first saved it does not bring it back."""
    motor = motor_med(YDER, SLET)
    assert await filtre(motor, "sb-7") == []
    assert motor.modtag(YDER, NU) == motor.modtag(SLET, NU) == [], "de samme igen"
    assert afslag(motor, med(SLET, kommando_id="k4")) == "UKENDT_FILTER"
    motor.modtag(med(YDER, kommando_id="k5"), NU)
    assert [f["version"] for f in await filtre(motor, "sb-7")] == [3]


@pytest.mark.parametrize(
    ("kommando", "grund"),
    [
        pytest.param(med(YDER, kommunekode="0751"), "FILTER_FINDES", id="OPG-07: en anden kommune gemmer"),
        pytest.param(med(SLET, kommunekode="0751"), "UKENDT_FILTER", id="OPG-07: en anden kommune sletter"),
        pytest.param(med(EGET, aktoer="sb-1"), "FILTER_FINDES", id="OPG-07: en andens eget gemmes"),
        pytest.param(med(SLET, filter_id="f2", aktoer="sb-1"), "UKENDT_FILTER", id="OPG-07: en andens eget slettes"),
        pytest.param(
            med(YDER, kommando_id="k9", overblik=Overblik.OPGAVEOVERBLIK), "FILTER_FINDES", id="det andet overblik"
        ),
        pytest.param(med(SLET, filter_id="f9"), "UKENDT_FILTER", id="intet filter"),
        pytest.param(med(YDER, navn="Et andet"), "KOMMANDO_ID_BRUGT", id="kommandoens id er brugt"),
        pytest.param(med(SLET, kommando_id="k1"), "KOMMANDO_ID_BRUGT", id="også til at slette"),
        pytest.param(med(SLET, rolle="KONGE"), "UKENDT_ROLLE", id="ROL-02: ukendt rolle"),
        pytest.param(med(YDER, rolle="BORGER"), "IKKE_BEMYNDIGET", id="ROL-02: en borger"),
        pytest.param(med(YDER, kanal="FAX"), "UKENDT_KANAL", id="ukendt kanal"),
        pytest.param(med(SLET, afgivet=NU + timedelta(hours=1)), "TIDSPUNKT_I_FREMTIDEN", id="i fremtiden"),
        pytest.param(med(YDER, filter_id="f3", navn=f"Om {CPR}"), "CPR_I_TEKST", id="OPG-04: CPR-nummer i navnet"),
        pytest.param(
            med(YDER, filter_id="f3", kriterier=(Kriterium(navn="cpr", vaerdier=(CPR,)),)),
            "CPR_I_TEKST",
            id="OPG-04: i et kriterium",
        ),
    ],
)
def test_afslag_paa_en_kommando_om_et_filter(kommando: Any, grund: str) -> None:
    """OPG-07, ROL-02: a refusal has a code, a sentence and its basis."""
    assert afslag(motor_med(YDER, EGET), kommando) == grund


def test_et_cpr_nummer_som_id_besvares_ikke() -> None:
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        Motor(TJENESTE).modtag(med(YDER, filter_id=CPR), NU)
