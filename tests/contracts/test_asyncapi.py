"""`contracts/asyncapi.yaml`: fresh, complete, and AsyncAPI 3.0 as far as it can be checked without its own schema."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cli.asyncapi import dokument
from cli.docs import asyncapi
from contracts.brev import BrevAnmodet
from contracts.emner import EMNER, OPGAVEEMNER
from contracts.kommuner import KOMMUNER
from contracts.register import BESKEDER
from shared.domain.udfald import INTET
from shared.platform.tjeneste import Tjeneste

FIL = Path(__file__).parents[2] / "contracts" / "asyncapi.yaml"
DOKUMENT: dict[str, Any] = yaml.safe_load(FIL.read_text(encoding="utf-8"))

TILLADT = {
    "": {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"},
    "channels": {"address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "bindings"},
    "operations": {"action", "channel", "messages", "title", "summary", "description", "tags", "bindings", "reply"},
    "components.messages": {
        "headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags",
        "bindings", "examples", "traits",
    },
}  # fmt: skip


def find(reference: str) -> Any:
    led = DOKUMENT
    for del_ in reference.removeprefix("#/").split("/"):
        led = led[del_]
    return led


def referencer(led: Any) -> list[str]:
    if isinstance(led, list):
        return [r for d in led for r in referencer(d)]
    if isinstance(led, dict):
        return [v for n, v in led.items() if n == "$ref"] + [r for v in led.values() for r in referencer(v)]
    return []


def test_filen_er_den_nyeste() -> None:
    """Run `make docs` when this fails."""
    assert FIL.read_text(encoding="utf-8") == asyncapi()


def test_kraevede_dele_og_kun_kendte_felter() -> None:
    assert DOKUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOKUMENT["info"])
    assert set(DOKUMENT) <= TILLADT[""]
    for server in DOKUMENT["servers"].values():
        assert {"host", "protocol"} <= set(server)
    for sti in ("channels", "operations", "components.messages"):
        for navn, del_ in find(sti.replace(".", "/")).items():
            assert re.fullmatch(r"[A-Za-z0-9._-]+", navn)
            assert set(del_) <= TILLADT[sti], navn


def test_enhver_reference_findes() -> None:
    fundne = referencer(DOKUMENT)
    assert len(fundne) > 100
    for reference in fundne:
        assert isinstance(find(reference), dict)


def test_operationers_beskeder_er_kanalens() -> None:
    for operation in DOKUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        kanal = operation["channel"]["$ref"]
        assert operation["messages"]
        assert all(b["$ref"].startswith(f"{kanal}/messages/") for b in operation["messages"])


def test_hvert_emne_er_en_kanal_med_partitioner_og_opbevaring() -> None:
    faste = {n: e for n, e in EMNER.items() if e not in OPGAVEEMNER}
    assert set(DOKUMENT["channels"]) == {*faste, "opgaver.kommunekode"}
    for navn, emne in faste.items():
        kanal = DOKUMENT["channels"][navn]
        assert kanal["address"] == navn
        binding = kanal["bindings"]["kafka"]
        assert binding["partitions"] == emne.partitioner
        assert binding["topicConfiguration"]["cleanup.policy"] == (["compact"] if emne.kompakteret else ["delete"])


def test_de_98_opgaveemner_er_en_kanal_med_en_parameter() -> None:
    kanal = DOKUMENT["channels"]["opgaver.kommunekode"]
    adresser = {kanal["address"].format(kommunekode=k) for k in kanal["parameters"]["kommunekode"]["enum"]}
    assert adresser == {e.navn for e in OPGAVEEMNER}
    assert len(adresser) == len(KOMMUNER) == 98


def test_hver_besked_staar_paa_sit_emne_en_gang() -> None:
    paa = [(n, b) for n, k in DOKUMENT["channels"].items() for b in k["messages"]]
    assert sorted(b for _, b in paa) == sorted(t.removeprefix("dk.sygesikring.") for t in BESKEDER)
    for kanal, besked in paa:
        emne = BESKEDER[f"dk.sygesikring.{besked}"].emne
        assert kanal == emne.replace("{", "").replace("}", "")


@pytest.mark.parametrize("navn", sorted(DOKUMENT["components"]["messages"]))
def test_eksemplet_opfylder_beskedens_skema(navn: str) -> None:
    besked = DOKUMENT["components"]["messages"][navn]
    skema = {**DOKUMENT, **besked["payload"]}
    assert besked["examples"]
    for eksempel in besked["examples"]:
        jsonschema.Draft7Validator(skema).validate(eksempel["payload"])


def test_en_tjeneste_staar_med_det_den_hoerer() -> None:
    tjeneste = Tjeneste("proeve", ["breve.anmodninger", "breve.haendelser"])
    tjeneste.naar(BrevAnmodet)(lambda *_: INTET)
    operationer = {n: o for n, o in dokument({"proeve": tjeneste})["operations"].items() if n.startswith("proeve.")}
    assert operationer == {
        "proeve.modtag.breve.anmodninger": {
            "action": "receive",
            "channel": {"$ref": "#/channels/breve.anmodninger"},
            "messages": [{"$ref": "#/channels/breve.anmodninger/messages/BrevAnmodet.v1"}],
        }
    }


def test_det_kommer_udefra_som_staar_i_vejledningen() -> None:
    ind = {n for n, o in DOKUMENT["operations"].items() if n.startswith("hub.modtag.") and o["action"] == "receive"}
    assert ind == {
        "hub.modtag.cpr.haendelser", "hub.modtag.cpr.opslag.forespoergsel", "hub.modtag.yder.register",
        "hub.modtag.kortleverandoer.status",
        "hub.modtag.bestillinger", "hub.modtag.nets.haendelser", "hub.modtag.plo.haendelser",
        "hub.modtag.dispensation.svar", "hub.modtag.opgaver.kommandoer", "hub.modtag.konfig.kommandoer",
    }  # fmt: skip
