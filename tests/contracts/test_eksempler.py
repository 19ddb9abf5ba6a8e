"""The golden files: every message version as it has once been on the wire. They are added to, never edited."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.base import Besked
from contracts.register import BESKEDER, UDGIVERE, beskeder_fra

ROD = Path(__file__).parents[2] / "contracts"
FILER = sorted((ROD / "eksempler").glob("*/*.json"))
KLASSER = [(udgiver, klasse) for udgiver in UDGIVERE for klasse in beskeder_fra(udgiver)]


def laes(fil: Path) -> dict[str, Any]:
    return json.loads(fil.read_text(encoding="utf-8"))


def klasse_af(fil: Path) -> type[Besked]:
    """`<Besked>.v1.json`, or `<Besked>.v1.<what is special>.json`."""
    navn, version, *_ = fil.name.split(".")
    return BESKEDER[f"dk.sygesikring.{navn}.{version}"]


def fuld(klasse: type[Besked]) -> Path:
    """The file with the most fields: a field that came later has a file of its own."""
    return max((f for f in FILER if klasse_af(f) is klasse), key=lambda f: len(laes(f)))


@pytest.mark.parametrize("fil", FILER, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_gammel_besked_laeses_og_skrives_uaendret(fil: Path) -> None:
    besked = klasse_af(fil).model_validate_json(fil.read_bytes(), strict=True)
    assert json.loads(besked.model_dump_json(exclude_unset=True)) == laes(fil)


@pytest.mark.parametrize("fil", FILER, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_gammel_besked_opfylder_det_udgivne_skema(fil: Path) -> None:
    skema = laes(ROD / "skemaer" / f"{klasse_af(fil).ce_type}.json")
    jsonschema.Draft202012Validator(skema, format_checker=jsonschema.FormatChecker()).validate(laes(fil))


@pytest.mark.parametrize(("udgiver", "klasse"), KLASSER, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_enhver_besked_har_en_fuld_gylden_fil_hos_sin_udgiver(udgiver: str, klasse: type[Besked]) -> None:
    assert set(laes(fuld(klasse))) == set(klasse.model_fields)
    assert fuld(klasse).parent.name == udgiver


@pytest.mark.parametrize("klasse", [k for _, k in KLASSER], ids=lambda k: k.__name__)
def test_fuld_gylden_fil_saetter_hvert_valgfrit_felt(klasse: type[Besked]) -> None:
    """A default in a full file would not show that the field is read."""
    assert _uudfyldte(klasse.model_validate_json(fuld(klasse).read_bytes())) == set()


def _uudfyldte(model: Any) -> set[str]:
    tomme: set[str] = set()
    for navn in type(model).model_fields:
        vaerdi = getattr(model, navn)
        if vaerdi in (None, "", (), {}):
            tomme.add(navn)
        for del_ in vaerdi if isinstance(vaerdi, tuple) else (vaerdi,):
            if hasattr(type(del_), "model_fields"):
                tomme |= _uudfyldte(del_)
    return tomme


@pytest.mark.parametrize("fil", FILER, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_ukendte_felter_overses(fil: Path) -> None:
    klasse = klasse_af(fil)
    udvidet = _med_fremmed_felt(laes(fil))
    fritekst = {"felter"} & set(klasse.model_fields)
    if fritekst:
        udvidet["felter"] = laes(fil).get("felter", {})
    kendt, nyt = (klasse.model_validate_json(json.dumps(d), strict=True) for d in (laes(fil), udvidet))
    assert nyt == kendt


def _med_fremmed_felt(led: Any) -> Any:
    if isinstance(led, dict):
        return {**{n: _med_fremmed_felt(v) for n, v in led.items()}, "felt_fra_fremtiden": {"år": [2031]}}
    return [_med_fremmed_felt(d) for d in led] if isinstance(led, list) else led


def test_enhver_fil_hoerer_til_en_kendt_besked() -> None:
    assert {klasse_af(f).ce_type for f in FILER} == set(BESKEDER)
