"""`sygesikring docs`: writes everything that is generated from the contracts and the rules."""

import json
import re
from pathlib import Path
from typing import Any

import typer

from cli import asyncapi as beskrivelse
from cli import rules
from contracts.base import Besked
from contracts.emner import FASTE, OPGAVEEMNER, Emne
from contracts.register import BESKEDER
from contracts.skema import brud, skema
from services.cpr_events.rules.koder import som_tabel
from shared.platform.opslag import openapi as opslag

ROD = Path(__file__).resolve().parents[1]
SKEMAER = Path("contracts/skemaer")
KONTRAKTER = Path("docs/contracts.md")
HAENDELSESKODER = Path("services/cpr_events/README.md")

app = typer.Typer()


class Kontraktbrud(Exception):
    """A published message was changed so that old and new programs cannot read each other."""


def asyncapi() -> str:
    """The AsyncAPI 3.0 description, as the text of `contracts/asyncapi.yaml`."""
    return beskrivelse.som_yaml(beskrivelse.dokument(beskrivelse.tjenester()))


def openapi() -> str:
    """The OpenAPI 3.1 description of the read API of all services, as the text of `docs/openapi.json`."""
    return json.dumps(opslag.document(beskrivelse.tjenester().values()), ensure_ascii=False, indent=2) + "\n"


def skemaer() -> dict[str, str]:
    """The JSON Schema of every message version, as text by file name."""
    return {f"{t}.json": json.dumps(skema(k), ensure_ascii=False, indent=2) + "\n" for t, k in BESKEDER.items()}


def kontrakter(tekst: str) -> str:
    """`docs/contracts.md` with its generated parts made anew."""
    return _indsaet(_indsaet(tekst, "emner", _emnetabel()), "beskeder", _beskeder())


def haendelseskoder(tekst: str) -> str:
    """The README of `cpr_events` with its table of event codes made anew."""
    return _indsaet(tekst, "koder", som_tabel())


def alle_brud(mappe: Path) -> list[str]:
    """How the contracts break the schemas published in a folder: with type, field and change."""
    fundet: list[str] = []
    for fil in sorted(mappe.glob("*.json")):
        klasse = BESKEDER.get(fil.stem)
        gammelt = json.loads(fil.read_text(encoding="utf-8"))
        grunde = brud(gammelt, skema(klasse)) if klasse else ["beskeden er fjernet"]
        fundet.extend(f"{fil.stem}: {grund}" for grund in grunde)
    return fundet


def skriv(rod: Path = ROD) -> list[Path]:
    """Write what is generated under a root; returns the files that changed.

    Raises `Kontraktbrud` and writes nothing when a published message was changed in a way that breaks its readers.
    """
    if grunde := alle_brud(rod / SKEMAER):
        raise Kontraktbrud("; ".join(grunde))
    filer = {rod / SKEMAER / navn: tekst for navn, tekst in skemaer().items()}
    filer[rod / "contracts/asyncapi.yaml"] = asyncapi()
    filer[rod / "docs/openapi.json"] = openapi()
    filer[rod / KONTRAKTER] = kontrakter((rod / KONTRAKTER).read_text(encoding="utf-8"))
    filer[rod / rules.OVERSIGT] = rules.oversigt(ROD)
    if (koder := rod / HAENDELSESKODER).exists():
        filer[koder] = haendelseskoder(koder.read_text(encoding="utf-8"))
    aendret = [fil for fil, tekst in filer.items() if not fil.exists() or fil.read_text(encoding="utf-8") != tekst]
    for fil in aendret:
        fil.parent.mkdir(parents=True, exist_ok=True)
        fil.write_text(filer[fil], encoding="utf-8")
    return aendret


@app.command("docs")
def docs() -> None:
    """Write AsyncAPI, OpenAPI, JSON Schemas, the generated parts of docs/contracts.md, and docs/rules.md."""
    try:
        aendret = skriv()
    except Kontraktbrud as fejl:
        typer.echo(f"Kontraktbrud: {fejl}. Lav en ny version af beskeden ved siden af den gamle.", err=True)
        raise typer.Exit(1) from fejl
    for fil in aendret:
        typer.echo(f"skrevet: {fil.relative_to(ROD)}")
    typer.echo(f"{len(aendret)} filer ændret")


def _indsaet(tekst: str, navn: str, indhold: str) -> str:
    """Raises `ValueError` when the markers are not there."""
    start, slut = f"<!-- {navn} -->", f"<!-- /{navn} -->"
    moenster = re.compile(re.escape(start) + ".*?" + re.escape(slut), re.DOTALL)
    if not moenster.search(tekst):
        raise ValueError(f"{KONTRAKTER}: mærkerne {start} og {slut} mangler")
    return moenster.sub(lambda _: f"{start}\n{indhold}\n{slut}", tekst)


def _emnetabel() -> str:
    linjer = [
        "| topic | record key | written by | partitions | kept | what it carries | messages |",
        "|" + "---|" * 7,
    ]
    linjer += [_emnelinje(e, e.navn) for e in FASTE]
    linjer.append(_emnelinje(OPGAVEEMNER[0], beskrivelse.OPGAVEKANAL, "Opgaver i en kommune"))
    return "\n".join(linjer)


def _emnelinje(emne: Emne, navn: str, tekst: str = "") -> str:
    opbevaring = "newest per key" if emne.opbevaring is None else f"{emne.opbevaring.days} days"
    beskeder = ", ".join(f"`{k.__name__}`" for k in BESKEDER.values() if k.emne == navn)
    noegle = emne.noegle.split(" (")[0]
    felter = (f"`{navn}`", noegle, emne.udgiver, str(emne.partitioner), opbevaring, tekst or emne.beskrivelse, beskeder)
    return f"| {' | '.join(felter)} |"


def _beskeder() -> str:
    return "\n\n".join(_beskedafsnit(k) for k in BESKEDER.values())


def _beskedafsnit(klasse: type[Besked]) -> str:
    eksempel = json.dumps(beskrivelse.eksempel(klasse), ensure_ascii=False, indent=2)
    hele = skema(klasse)
    dele: dict[str, Any] = hele.get("$defs", {})
    tabeller = [_felttabel(hele, dele)]
    tabeller += [f"`{n}`:\n\n{_felttabel(d, dele)}" for n, d in dele.items() if "properties" in d]
    return "\n\n".join((
        f"### {klasse.__name__}",
        f"`ce_type` `{klasse.ce_type}` on `{klasse.emne}`. {' '.join((klasse.__doc__ or '').split())}",
        *tabeller,
        f"```json\n{eksempel}\n```",
    ))  # fmt: skip


def _felttabel(del_: dict[str, Any], dele: dict[str, Any]) -> str:
    linjer = ["| field | type | default | meaning |", "|---|---|---|---|"]
    for navn, felt in del_["properties"].items():
        standard = f"`{json.dumps(felt.get('default'), ensure_ascii=False)}`"
        if navn in del_.get("required", ()):
            standard = "required"
        elif isinstance(felt["default"], dict) and felt["default"]:
            standard = "every field at its default"
        betydning = " ".join(felt.get("description", "").split())
        linjer.append(f"| `{navn}` | {_type(felt, dele)} | {standard} | {betydning} |")
    return "\n".join(linjer)


def _type(felt: dict[str, Any], dele: dict[str, Any]) -> str:
    if "anyOf" in felt:
        return " or ".join(_type(gren, dele) for gren in felt["anyOf"])
    if "$ref" in felt:
        navn = str(felt["$ref"]).rsplit("/", 1)[-1]
        return ", ".join(f"`{v}`" for v in dele[navn].get("enum", ())) or f"`{navn}`"
    if felt["type"] == "array":
        return f"list of {_type(felt['items'], dele)}"
    if felt["type"] == "object":
        return f"object of {_type(felt['additionalProperties'], dele)}"
    return f"string `{felt['pattern']}`" if "pattern" in felt else str(felt.get("format", felt["type"]))
