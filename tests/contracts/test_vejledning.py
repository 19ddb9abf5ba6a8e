"""`docs/contracts.md`, from which outsiders write: generated parts fresh, examples real, the generator safe."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import docs
from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, LaegevalgBestilt
from contracts.betaling import NetsHaendelse
from contracts.cpr import AfsoningMeldt, CprHaendelse, FlytningGodkendt, FlytningTilbagekaldt
from contracts.cpr_opslag import CprOpslagBestilt
from contracts.dispensation import DispensationSvar
from contracts.konfig import SaetGlobalOpgavefrist, SaetLokalOpgavefrist
from contracts.kort import KortStatus
from contracts.noegle import cpr_noegle
from contracts.notat import OpretNotat, RetNotat
from contracts.opgave import AfslutOpgave, FlytOpgavefrist, OpretOpgave, RetOpgavetekst, TildelOpgave
from contracts.plo import PraksisNedlaegges
from contracts.register import BESKEDER
from contracts.yder import YderOpdateret
from simulators.digital_post.praksis import Praksisplan
from simulators.nets.app import Netsstyring
from simulators.nets.webhooks import Webhookstyring
from simulators.styring import Fejl, Styring

TEKST = (docs.ROD / docs.KONTRAKTER).read_text(encoding="utf-8")
BLOKKE: list[str] = re.findall(r"```\n(key .*?)```", TEKST, re.DOTALL)


BLOKKENES = (
    CprHaendelse, FlytningGodkendt, FlytningTilbagekaldt, AfsoningMeldt, CprOpslagBestilt, YderOpdateret, KortStatus,
    LaegevalgBestilt, AnnullerForloeb, DispensationSvar, PraksisNedlaegges, NetsHaendelse, OpretOpgave, TildelOpgave,
    FlytOpgavefrist, RetOpgavetekst, AfslutOpgave, OpretNotat, RetNotat, SaetGlobalOpgavefrist, SaetLokalOpgavefrist,
)  # fmt: skip


def test_de_genererede_dele_er_de_nyeste() -> None:
    """Run `make docs` when this fails."""
    assert docs.kontrakter(TEKST) == TEKST


def test_manglende_maerke_er_en_klar_fejl() -> None:
    with pytest.raises(ValueError, match="mærkerne <!-- beskeder -->"):
        docs.kontrakter(TEKST.replace("<!-- /beskeder -->", ""))


def test_hver_besked_har_et_afsnit_med_eksempel() -> None:
    for klasse in BESKEDER.values():
        assert TEKST.count(f"### {klasse.__name__}\n\n`ce_type` `{klasse.ce_type}`") == 1


@pytest.mark.parametrize(
    ("blok", "klasse"),
    list(zip(BLOKKE, BLOKKENES, strict=True)),
    ids=lambda v: v.__name__ if isinstance(v, type) else "",
)
def test_vejledningens_eksempler_kan_laeses(blok: str, klasse: type[Besked]) -> None:
    besked = klasse.model_validate_json(blok.split("value", 1)[1], strict=True)
    assert klasse.ce_type in blok
    noegle = re.match(r"key\s+(\S+)", blok)
    assert noegle
    cpr = besked.person.cpr if isinstance(besked, CprHaendelse) else getattr(besked, "cpr", None)
    ventet = cpr_noegle(cpr, "eksempel-hemmelighed") if cpr else None
    assert noegle[1] == (ventet or besked.recordnoegle())


def test_programmet_er_python() -> None:
    program = re.search(r"```python\n(.*?)```", TEKST, re.DOTALL)
    assert program
    compile(program[1], "docs/contracts.md", "exec")


def test_testvektoren_staar_i_vejledningen() -> None:
    assert f"| `eksempel-hemmelighed` | `6704856543` | `{cpr_noegle('6704856543', 'eksempel-hemmelighed')}` |" in TEKST


@pytest.fixture
def rod(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / docs.KONTRAKTER).write_text("<!-- emner --><!-- /emner --><!-- beskeder --><!-- /beskeder -->")
    (tmp_path / "contracts").mkdir()
    return tmp_path


def test_docs_skriver_alt_og_anden_gang_intet(rod: Path) -> None:
    assert len(docs.skriv(rod)) == len(BESKEDER) + 4
    assert docs.skriv(rod) == []


def test_docs_overskriver_ikke_et_brudt_skema(rod: Path) -> None:
    docs.skriv(rod)
    fil = rod / docs.SKEMAER / f"{KortStatus.ce_type}.json"
    gammelt: dict[str, Any] = json.loads(fil.read_text(encoding="utf-8"))
    gammelt["properties"]["ordre"] = {"type": "string"}
    fil.write_text(json.dumps(gammelt))
    with pytest.raises(docs.Kontraktbrud, match=r"KortStatus\.v1: ordre: feltet er fjernet"):
        docs.skriv(rod)
    assert json.loads(fil.read_text(encoding="utf-8")) == gammelt


def test_en_udgivet_besked_kan_ikke_fjernes(rod: Path) -> None:
    docs.skriv(rod)
    (rod / docs.SKEMAER / "dk.sygesikring.Glemt.v1.json").write_text("{}")
    with pytest.raises(docs.Kontraktbrud, match=r"Glemt\.v1: beskeden er fjernet"):
        docs.skriv(rod)


def test_kommandoen_siger_hvad_der_er_galt(monkeypatch: pytest.MonkeyPatch) -> None:
    def brudt() -> list[Path]:
        raise docs.Kontraktbrud("x: feltet er fjernet")

    monkeypatch.setattr(docs, "skriv", brudt)
    svar = CliRunner().invoke(docs.app, [])
    assert svar.exit_code == 1
    assert "Kontraktbrud: x: feltet er fjernet" in svar.output


def test_hver_knap_paa_stedfortraederne_staar_i_vejledningen() -> None:
    """Section 10 names every switch and every route."""
    afsnit = TEKST.split("## 10. The stand-ins", 1)[1].split("\n## ", 1)[0]
    knapper = {
        *Styring.model_fields,
        *Netsstyring.model_fields,
        *Webhookstyring.model_fields,
        *Praksisplan.model_fields,
    }
    assert {k for k in knapper if k not in afsnit} == set()
    assert {f.value for f in Fejl if f"`{f.value}`" not in afsnit} == set()
