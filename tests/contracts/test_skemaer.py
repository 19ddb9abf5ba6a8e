"""Old data readable by new code and new data by old: the rule, shown on made-up breaks, and the published schemas."""

import copy
import json
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
from pydantic import ValidationError, create_model

from cli.docs import skemaer
from contracts.base import Besked, Kommunekode, Vaerdi
from contracts.bestilling import AnnullerForloeb, LaegevalgAendret, LaegevalgBestilt
from contracts.register import BESKEDER
from contracts.skema import brud, skema

SKEMAER = Path(__file__).parents[2] / "contracts" / "skemaer"
EKSEMPLER = SKEMAER.parent / "eksempler"


class Del(Vaerdi):
    kode: str
    tekst: str = ""


class Proeve(Besked):
    ce_type: ClassVar[str] = "proeve.v1"
    emne: ClassVar[str] = "proeve"

    navn: str
    kommunekode: Kommunekode
    antal: int = 0
    dele: tuple[Del, ...] = ()
    foerste: Del = Del(kode="A")


GAMMELT = skema(Proeve)


def udgivet(ce_type: str) -> dict[str, Any]:
    return json.loads((SKEMAER / f"{ce_type}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("ce_type", sorted(BESKEDER))
def test_beskeden_bryder_ikke_sit_udgivne_skema(ce_type: str) -> None:
    assert brud(udgivet(ce_type), skema(BESKEDER[ce_type])) == []


def test_de_udgivne_skemaer_er_de_nyeste() -> None:
    """Fails after an allowed addition until `make docs` has written it down."""
    assert {f.name: f.read_text(encoding="utf-8") for f in SKEMAER.iterdir()} == skemaer()


def test_et_uaendret_skema_er_intet_brud() -> None:
    assert brud(GAMMELT, copy.deepcopy(GAMMELT)) == []


def test_nyt_valgfrit_felt_er_tilladt_ogsaa_i_en_del() -> None:
    nyt = copy.deepcopy(GAMMELT)
    nyt["properties"]["ekstra"] = {"type": "string", "default": ""}
    nyt["$defs"]["Del"]["properties"]["ekstra"] = {"type": "string", "default": ""}
    nyt["properties"]["foerste"]["default"]["ekstra"] = ""
    assert brud(GAMMELT, nyt) == []


def test_omdoebt_del_og_ny_beskrivelse_ses_ikke_udefra() -> None:
    nyt = json.loads(json.dumps(GAMMELT).replace('"Del"', '"Stykke"').replace("$defs/Del", "$defs/Stykke"))
    nyt["description"] = "En anden tekst"
    assert brud(GAMMELT, nyt) == []


def _omdoeb(s: dict[str, Any]) -> None:
    s["properties"]["fulde_navn"] = s["properties"].pop("navn")
    s["required"] = ["fulde_navn", "kommunekode"]


def _indfoej_kraevet(s: dict[str, Any]) -> None:
    s["properties"]["by"] = {"type": "string"}
    s["required"].append("by")


AENDRINGER = [
    pytest.param(_omdoeb, ["navn: feltet er fjernet", "fulde_navn: nyt felt, der kræves"], id="omdøbt felt"),
    pytest.param(_indfoej_kraevet, ["by: nyt felt, der kræves"], id="nyt krævet felt"),
    pytest.param(lambda s: s["properties"].pop("antal"), ["antal: feltet er fjernet"], id="fjernet valgfrit felt"),
    pytest.param(lambda s: s["required"].append("antal"), ["antal: kræves nu"], id="valgfrit felt bliver krævet"),
    pytest.param(lambda s: s["required"].remove("navn"), ["navn: kræves ikke længere"], id="krævet felt må udelades"),
    pytest.param(
        lambda s: s["properties"]["antal"].update(type="string"),
        ["antal: type er ændret fra integer til string"],
        id="anden type",
    ),
    pytest.param(
        lambda s: s["properties"]["kommunekode"].update(pattern="^0[0-9]{3}$"),
        ["kommunekode: pattern er ændret fra ^[0-9]{4}$ til ^0[0-9]{3}$"],
        id="strammere mønster",
    ),
    pytest.param(
        lambda s: s["properties"]["kommunekode"].pop("pattern"),
        ["kommunekode: pattern er ændret fra ^[0-9]{4}$ til intet"],
        id="løsere mønster: gamle læsere afviser det nye",
    ),
    pytest.param(
        lambda s: s["properties"]["antal"].update(default=1),
        ["antal: default er ændret fra 0 til 1"],
        id="anden standardværdi",
    ),
    pytest.param(
        lambda s: s["$defs"]["Del"]["properties"]["kode"].update(type="integer"),
        ["dele[].kode: type er ændret fra string til integer", "foerste.kode: type er ændret fra string til integer"],
        id="anden type i en del",
    ),
    pytest.param(
        lambda s: s["properties"]["foerste"]["default"].update(kode="B"),
        ["foerste: standardværdien er ændret"],
        id="anden standardværdi i en del",
    ),
    pytest.param(
        lambda s: s.update({"x-emne": "andet"}), ["beskeden: x-emne er ændret fra proeve til andet"], id="andet emne"
    ),
]


@pytest.mark.parametrize(("aendring", "ventet"), AENDRINGER)
def test_brud_naevnes_med_feltets_sti(aendring: Any, ventet: list[str]) -> None:
    nyt = copy.deepcopy(GAMMELT)
    aendring(nyt)
    assert sorted(brud(GAMMELT, nyt)) == sorted(ventet)


@pytest.mark.parametrize(
    ("gamle", "nye", "ventet"),
    [
        pytest.param(["A", "B"], ["A"], ["t: værdien B er fjernet"], id="fjernet værdi"),
        pytest.param(["A"], ["A", "B"], ["t: værdien B er ny"], id="ny værdi: gamle læsere kender den ikke"),
    ],
)
def test_opremsede_vaerdier_ligger_fast(gamle: list[str], nye: list[str], ventet: list[str]) -> None:
    assert brud({"properties": {"t": {"enum": gamle}}}, {"properties": {"t": {"enum": nye}}}) == ventet


def test_intet_felt_maa_begynde_at_kunne_mangle_vaerdi() -> None:
    kun_tekst = {"properties": {"t": {"anyOf": [{"type": "string"}]}}}
    tekst_eller_null = {"properties": {"t": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    assert brud(kun_tekst, tekst_eller_null) == ["t: typen er ændret"]
    assert brud(tekst_eller_null, kun_tekst) == ["t: typen er ændret"]


@pytest.mark.parametrize("klasse", BESKEDER.values(), ids=lambda k: k.__name__)
def test_vagten_bider_paa_hver_besked_naar_et_felt_omdoebes(klasse: type[Besked]) -> None:
    felt = next(iter(klasse.model_fields))
    felter = {f"{n}_ny" if n == felt else n: (f.annotation, f) for n, f in klasse.model_fields.items()}
    omdoebt = create_model(klasse.__name__, __base__=Besked, **felter)
    for navn in ("ce_type", "emne", "noeglefelt"):
        setattr(omdoebt, navn, getattr(klasse, navn))
    assert f"{felt}: feltet er fjernet" in brud(udgivet(klasse.ce_type), skema(omdoebt))


@pytest.mark.parametrize("klasse", [LaegevalgBestilt, AnnullerForloeb, LaegevalgAendret])
@pytest.mark.parametrize("felt", ["rolle", "kanal"])
def test_afsenderen_loves_de_kendte_vaerdier_og_laeseren_tager_andre(klasse: type[Besked], felt: str) -> None:
    """ROL-02, ADR 0020: what nobody knows is read, to be refused with an answer; an empty text is not."""
    fil = next((EKSEMPLER / "bestilling").glob(f"{klasse.__name__}.v1.json"))
    vaerdier = json.loads(fil.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(udgivet(klasse.ce_type))
    for ukendt in ("KONGE", "på gaden"):
        assert not validator.is_valid(vaerdier | {felt: ukendt})
        laest = klasse.model_validate_json(json.dumps(vaerdier | {felt: ukendt}), strict=True)
        assert json.loads(laest.model_dump_json(exclude_unset=True)) == vaerdier | {felt: ukendt}
    for ugyldig in ("", None, 7, "x" * 101):
        with pytest.raises(ValidationError):
            klasse.model_validate_json(json.dumps(vaerdier | {felt: ugyldig}), strict=True)
