"""`sygesikring token`: keys made once, and tokens that the read API believes."""

import json
from pathlib import Path

import pytest

from cli import adgang
from contracts.bestilling import Rolle
from shared.platform.opslag.access import Access
from shared.platform.opslag.problem import Problem
from shared.platform.settings import Settings
from tests.cli.drift import kald


@pytest.fixture
def mappe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(adgang, "MAPPE", tmp_path / "opslag")
    return tmp_path / "opslag"


async def test_opslaget_tror_paa_tokenet(mappe: Path) -> None:
    """The key outlives the process: a token is good for every service that reads the same file."""
    settings = Settings(opslag_jwks=str(adgang.jwks(mappe)), opslag_udsteder=adgang.UDSTEDER)
    for rolle in (Rolle.SAGSBEHANDLER, Rolle.SAERLIGE_RETTIGHEDER):
        udstedt = adgang.token(rolle, "0630", settings.opslag_modtager, "sb-7", mappe)
        bruger = await Access(settings).user(f"Bearer {udstedt}")
        assert (bruger.id, bruger.rolle, bruger.kommunekode) == ("sb-7", rolle, "0630")
    andet = adgang.token(Rolle.SAGSBEHANDLER, "0630", settings.opslag_modtager, mappe=mappe.parent / "andre")
    with pytest.raises(Problem, match="TOKEN_UGYLDIGT"):
        await Access(settings).user(f"Bearer {andet}")


def test_den_hemmelige_noegle_er_kun_for_ejeren(mappe: Path) -> None:
    fil = json.loads(adgang.jwks(mappe).read_text(encoding="utf-8"))
    assert {n for k in fil["keys"] for n in k} == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (mappe / "noegle.pem").stat().st_mode & 0o077 == 0
    assert sorted(f.name for f in mappe.iterdir()) == ["jwks.json", "noegle.pem"]


def test_en_noegle_der_er_der_bliver(mappe: Path) -> None:
    """Also when two begin at once: the one that comes last takes the key of the first."""
    foerste = adgang._som_pem(adgang.noegle(mappe))
    adgang._skriv_en_gang(mappe / "noegle.pem", b"en anden")
    assert (mappe / "noegle.pem").read_bytes() == foerste
    assert adgang._som_pem(adgang.noegle(mappe)) == foerste


def test_kommandoen_skriver_tokenet_alene(mappe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    svar = kald("token", "--kommune", "0461", "--rolle", "SAERLIGE_RETTIGHEDER")
    assert (svar.status, svar.ud.strip().count("."), len(svar.ud.split())) == (0, 2, 1)
    assert f"OPSLAG_JWKS={mappe / 'jwks.json'} OPSLAG_UDSTEDER={adgang.UDSTEDER}" in svar.fejl
    monkeypatch.setenv("OPSLAG_JWKS", str(mappe / "jwks.json"))
    monkeypatch.setenv("OPSLAG_UDSTEDER", adgang.UDSTEDER)
    assert kald("token", "--kommune", "0461").fejl == ""


@pytest.mark.parametrize(
    ("argumenter", "fejl"),
    [
        pytest.param(("--kommune", "0631"), "Der er ingen kommune 0631", id="ingen kommune"),
        pytest.param(("--kommune", "630"), "skriv fire cifre", id="tre cifre"),
        pytest.param(("--bruger", "6204801234"), "må ikke være tom eller et CPR-nummer", id="CPR-nummer"),
        pytest.param(("--bruger", ""), "må ikke være tom", id="tom bruger"),
        pytest.param(("--rolle", "DIREKTOER"), "DIREKTOER", id="ukendt rolle"),
    ],
)
def test_det_der_ikke_kan_udstedes(mappe: Path, argumenter: tuple[str, ...], fejl: str) -> None:
    svar = kald("token", *argumenter)
    assert svar.status == 2
    assert fejl in svar.fejl
    assert not mappe.exists()
