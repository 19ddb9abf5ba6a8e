"""Where the read API is: a port beside the state of the process, for the services that declare queries."""

import json
import re

import httpx
import pytest

from cli.asyncapi import tjenester
from cli.docs import ROD, openapi
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.opslag.svar import Personsvar
from services.opgaver.app import TJENESTE as OPGAVER
from shared.platform.metrics import Metrics
from shared.platform.opslag.problem import Problemsvar
from shared.platform.runtime import Runtime, serve
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from tests.opslag.udsteder import som, token

VEJLEDNING = (ROD / "docs/api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("tjenester", "servere"), [((LAEGEVALG, OPGAVER), 2), ((Tjeneste("tavs", emner=()),), 1)])
async def test_adressen_staar_ved_helbredet(tjenester: tuple[Tjeneste, ...], servere: int) -> None:
    """Without keys it refuses everybody, and the process is healthy all the same."""
    settings, metrics = Settings(opslag_jwks=""), Metrics()
    koerer = await serve([Runtime(t, settings, metrics) for t in tjenester], settings, metrics)
    try:
        async with httpx.AsyncClient() as k:
            helbred = (await k.get(f"{koerer[0].url}/health")).json()
            assert helbred["sund"] is True
            assert len(koerer) == servere
            assert helbred.get("opslag", "") == (koerer[1].url if servere == 2 else "")
            if servere == 2:
                assert (await k.get(f"{koerer[1].url}/openapi.json")).json()["openapi"] == "3.1.0"
                svar = await k.get(f"{koerer[1].url}/laegevalg/personer/a", headers=som(token()))
                assert (svar.status_code, svar.json()["kode"]) == (503, "ADGANG_IKKE_SAT_OP")
    finally:
        for server in koerer:
            await server.stop()


def test_beskrivelsen_er_frisk() -> None:
    """Run `make docs` when this fails."""
    assert (ROD / "docs/openapi.json").read_text(encoding="utf-8") == openapi()


def test_vejledningens_eksempler_er_svar() -> None:
    problem, person = re.findall(r"```json\n(.*?)```", VEJLEDNING, re.DOTALL)
    assert Problemsvar.model_validate_json(problem).kode == "TOKEN_UGYLDIGT"
    assert Personsvar.model_validate_json(person).model_dump(mode="json") == json.loads(person)


def test_vejledningen_har_hvert_opslag() -> None:
    naevnt = set(re.findall(r"^\| `(GET|POST) (/[^`]+)`", VEJLEDNING, re.MULTILINE))
    assert naevnt == {(o.metode, f"/{t.navn}{o.sti}") for t in tjenester().values() for o in t.opslag}
