"""The JSON Schema of each message version, and the rule that keeps old and new programs able to read each other.

The schemas in `skemaer/` are the published promise. A message may gain optional fields; everything else is a new
version (a new `ce_type`) beside the old one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema

from contracts.base import Besked

Skema = Mapping[str, Any]

_UDEN_BETYDNING = frozenset({"title", "description", "examples", "$schema", "properties", "required"})


class UdenTitler(GenerateJsonSchema):
    """Field titles made from field names say nothing that the names do not."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def skema(klasse: type[Besked]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a message, with its topic and the field that is its record key."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **klasse.model_json_schema(schema_generator=UdenTitler),
        "x-ce-type": klasse.ce_type,
        "x-emne": klasse.emne,
        "x-noeglefelt": klasse.noeglefelt,
    }


def brud(gammelt: Skema, nyt: Skema) -> list[str]:
    """What makes the new schema unreadable for programs with the old one, or old messages unreadable for new programs.

    Empty when the only change is new optional fields. A rule that is loosened is a break too: an old reader would
    refuse what a new sender may write.
    """
    return list(_brud(_udfoldet(gammelt, gammelt), _udfoldet(nyt, nyt), ""))


def _udfoldet(led: Any, hele: Skema) -> Any:
    """The schema with every `$ref` replaced by what it names: a renamed part is the same on the wire."""
    if isinstance(led, list):
        return [_udfoldet(d, hele) for d in cast("list[Any]", led)]
    if not isinstance(led, dict):
        return led
    alle = cast("dict[str, Any]", led)
    if "$ref" in alle:
        alle = {**hele["$defs"][str(alle["$ref"]).rsplit("/", 1)[-1]], **alle}
    return {n: _udfoldet(v, hele) for n, v in alle.items() if n not in ("$ref", "$defs")}


def _brud(gammelt: Skema, nyt: Skema, sti: str) -> Iterable[str]:
    for navn in sorted((set(gammelt) | set(nyt)) - _UDEN_BETYDNING):
        yield from _brud_i(navn, gammelt.get(navn), nyt.get(navn), sti)
    felter, nye_felter = gammelt.get("properties", {}), nyt.get("properties", {})
    kraevet, nu_kraevet = set(gammelt.get("required", ())), set(nyt.get("required", ()))
    for navn, felt in felter.items():
        her = f"{sti}.{navn}" if sti else navn
        if navn not in nye_felter:
            yield f"{her}: feltet er fjernet"
            continue
        if (navn in kraevet) != (navn in nu_kraevet):
            yield f"{her}: {'kræves ikke længere' if navn in kraevet else 'kræves nu'}"
        yield from _brud(felt, nye_felter[navn], her)
    for navn in sorted(set(nye_felter) & nu_kraevet - set(felter)):
        yield f"{sti + '.' if sti else ''}{navn}: nyt felt, der kræves"


def _brud_i(navn: str, gammel: Any, ny: Any, sti: str) -> Iterable[str]:
    sted = sti or "beskeden"
    if isinstance(gammel, dict) and isinstance(ny, dict):
        if navn == "default":
            beholdt = {n: v for n, v in cast("Skema", ny).items() if n in gammel}
            if beholdt != gammel:
                yield f"{sted}: standardværdien er ændret"
        else:
            yield from _brud(cast("Skema", gammel), cast("Skema", ny), f"{sti}[]")
    elif navn == "enum" and isinstance(gammel, list) and isinstance(ny, list):
        yield from (f"{sted}: værdien {v} er fjernet" for v in cast("list[Any]", gammel) if v not in ny)
        yield from (f"{sted}: værdien {v} er ny" for v in cast("list[Any]", ny) if v not in gammel)
    elif navn == "anyOf" and isinstance(gammel, list) and isinstance(ny, list):
        grene, nye_grene = cast("list[Skema]", gammel), cast("list[Skema]", ny)
        if len(grene) != len(nye_grene):
            yield f"{sted}: typen er ændret"
        for gren, ny_gren in zip(grene, nye_grene, strict=False):
            yield from _brud(gren, ny_gren, sti)
    elif gammel != ny:
        yield f"{sted}: {navn} er ændret fra {_vis(gammel)} til {_vis(ny)}"


def _vis(vaerdi: Any) -> str:
    return "intet" if vaerdi is None else str(vaerdi)
