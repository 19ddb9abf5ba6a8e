"""`sygesikring run` ends with a status that tells an orchestrator what to do, and a sentence that tells a person."""

from typing import Any

import pytest

from shared.platform import logging, runtime
from shared.platform.kafka import TopicMissing
from tests.cli.drift import kald


@pytest.fixture(autouse=True)
def _miljoe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nogen@127.0.0.1:9/x")
    monkeypatch.setenv("CPR_HEMMELIGHED", "x" * 32)
    monkeypatch.setattr(logging, "configure", lambda *_: None)  # the log of the test run stays where it is


def test_et_emne_der_mangler_giver_status_3_og_udvejen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: Any) -> int:
        raise TopicMissing("Emnet kort.anmodninger findes ikke: kør `sygesikring opret`.")

    monkeypatch.setattr(runtime, "run", run)
    svar = kald("run", "kortbestilling")
    assert svar.status == 3
    assert svar.fejl.strip() == "Emnet kort.anmodninger findes ikke: kør `sygesikring opret`."


@pytest.mark.parametrize("status", [0, 1], ids=["stoppet", "en del er død"])
def test_processens_egen_status_gives_videre(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: Any) -> int:
        return status

    monkeypatch.setattr(runtime, "run", run)
    assert kald("run", "kortbestilling").status == status


def test_en_ukendt_tjeneste_og_en_indstilling_der_mangler(monkeypatch: pytest.MonkeyPatch) -> None:
    svar = kald("run", "kortbestilling", "findes_ikke")
    assert svar.status == 2
    assert "Ukendt tjeneste: findes_ikke" in svar.fejl
    monkeypatch.delenv("CPR_HEMMELIGHED")
    svar = kald("run", "kortbestilling")
    assert svar.status == 2
    assert "Sæt CPR_HEMMELIGHED" in svar.fejl
