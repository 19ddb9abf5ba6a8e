"""The demo's script and screen, without servers."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from cli.demo.drejebog import LUKKEDE, Drejebog
from cli.demo.observer import Observer
from cli.demo.play import ny_status
from cli.demo.screen import Screen, dansk_tid
from contracts.yder import Yderstatus
from ingest.cpr.indlaesning import proev
from shared.domain.datoer import KOEBENHAVN
from shared.platform.metrics import Metrics
from shared.platform.settings import Settings


def test_samme_seed_samme_spil() -> None:
    en, anden, tredje = Drejebog(7, 60, 20), Drejebog(7, 60, 20), Drejebog(8, 60, 20)
    assert [n.udtrukne for n in en.naetter] == [n.udtrukne for n in anden.naetter]
    assert [n.udtrukne for n in en.naetter] != [n.udtrukne for n in tredje.naetter]


@pytest.mark.parametrize(("antal", "dage"), [(40, 14), (60, 20), (300, 60)])
def test_udtraekkene_er_en_kaede_som_indlaesningen_tager_imod(antal: int, dage: int, tmp_path: Path) -> None:
    bog = Drejebog(1, antal, dage)
    filer = [nat.skriv(tmp_path, linjeskift=nr % 5 != 4) for nr, nat in enumerate([*bog.naetter, bog.ekstra])]
    resultat = proev(filer)
    assert resultat.fejl == []
    kendte = resultat.haendelser["A05"] + resultat.haendelser["A04"]
    assert kendte >= bog.indrejser + 12


def test_naetterne_er_hverdage_og_krydser_sommertid() -> None:
    bog = Drejebog(1, 60, 60)
    assert {n.dag.weekday() for n in bog.naetter} == {0, 1, 2, 3, 4}
    assert {n.hentes.astimezone(KOEBENHAVN).utcoffset() for n in bog.naetter} == {
        timedelta(hours=1),
        timedelta(hours=2),
    }
    assert bog.naetter[-1].hentes < bog.slutter


def test_lukkede_kommuner_har_ingen_aaben_praksis_og_andre_har() -> None:
    aabne = {y.kommunekode for y in Drejebog(1, 60, 20).praksisser() if y.status is Yderstatus.AABEN}
    assert aabne.isdisjoint(LUKKEDE)
    assert len(aabne) == 20


def _skaerm(bredde: int, hoejde: int) -> tuple[Screen, io.StringIO]:
    fil = io.StringIO()
    console = Console(file=fil, width=bredde, height=hoejde, force_terminal=True, highlight=False)
    observer = Observer(Settings())
    observer.topics.update({"cpr.haendelser": 12_345, "opgaver.0741": 7, "kortleverandoer.status": 99})
    observer.opgaver.update({"0741": 7, "0760": 3})
    tjenester: list[Any] = [
        SimpleNamespace(service=SimpleNamespace(navn=navn), ingest=None)
        for navn in ("betaling", "cpr_events", "digital_post", "kortbestilling", "laegevalg", "opgaver", "plo_events")
    ]
    verden: Any = SimpleNamespace(metrics=Metrics(), runtimes=tjenester)
    status = ny_status(Drejebog(1, 40, 14))
    status.fortael("CPR sendte 010190-1234 noget")
    return Screen(console, verden, status, observer), fil


@pytest.mark.parametrize(("bredde", "hoejde"), [(80, 24), (120, 40), (60, 15)])
def test_skaermen_holder_sig_inden_for_terminalen(bredde: int, hoejde: int) -> None:
    skaerm, fil = _skaerm(bredde, hoejde)
    skaerm.console.print(skaerm.render())
    linjer = Console(file=io.StringIO()).render_str(fil.getvalue()).plain.splitlines()
    assert len(linjer) <= hoejde
    tekst = fil.getvalue()
    assert "010190" not in tekst
    assert "12.345" in tekst


def test_skaermen_paa_80x24_viser_emner_i_brug_tjenester_og_opgaver() -> None:
    skaerm, fil = _skaerm(80, 24)
    skaerm.console.print(skaerm.render())
    tekst = fil.getvalue()
    for ord_ in ("kortleverandoer.status", "opgaver.<kommunekode>", "plo_events", "kortbestilling", "Samsø", "sendt"):
        assert ord_ in tekst


def test_dansk_tid() -> None:
    status = ny_status(Drejebog(1, 40, 14))
    status.now = datetime(2025, 3, 30, 2, 0, tzinfo=UTC)
    assert dansk_tid(status) == "søndag 30. marts 2025 kl. 04.00"
