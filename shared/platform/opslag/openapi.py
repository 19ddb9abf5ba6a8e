"""OpenAPI 3.1 from the declared queries: what is published is what is checked."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.platform.opslag.erklaering import Opslag
from shared.platform.opslag.problem import PROBLEMER, PROBLEMTYPE, Problemsvar
from shared.platform.tjeneste import Tjeneste

_REF = "#/components/schemas/{model}"
_HER = {
    "GET": (401, 403, 404, 422, 500, 503),
    "POST": (401, 403, 404, 408, 413, 422, 500, 503),
}


def document(services: Iterable[Tjeneste]) -> dict[str, Any]:
    """The description of the read API of these services."""
    asked = [(s, o) for s in services for o in s.opslag]
    models = [
        (Problemsvar, "serialization"),
        *((o.svar, "serialization") for _, o in asked),
        *((o.spoergsmaal, "validation") for _, o in asked if o.metode == "POST"),
    ]
    unique: Any = list(dict.fromkeys(models))
    _, schemas = models_json_schema(unique, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for service, opslag in asked:
        paths.setdefault(f"/{service.navn}{opslag.sti}", {})[opslag.metode.lower()] = _operation(service, opslag)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sygesikringshubbens opslag",
            "version": "1",
            "description": "Læser; ændrer intet og udsender intet (SIK-03). Se docs/api.md.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(service: Tjeneste, opslag: Opslag) -> dict[str, Any]:
    text = inspect.cleandoc(opslag.find.__doc__ or "")
    operation: dict[str, Any] = {
        "operationId": f"{service.navn}_{opslag.navn}",
        "tags": [service.navn],
        "summary": text.partition("\n")[0],
        "description": text,
        "responses": _responses(opslag),
    }
    if parameters := _parameters(opslag):
        operation["parameters"] = parameters
    if opslag.metode == "POST":
        content = {"application/json": {"schema": {"$ref": _REF.format(model=opslag.spoergsmaal.__name__)}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(opslag: Opslag) -> list[dict[str, Any]]:
    schema = opslag.spoergsmaal.model_json_schema()
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    parameters: list[dict[str, Any]] = []
    for name, field in schema.get("properties", {}).items():
        where = "path" if name in opslag.stifelter else "query"
        if where == "query" and opslag.metode == "POST":
            continue
        found = definitions.get(str(field.get("$ref", "")).rpartition("/")[2], {}) | {
            k: v for k, v in field.items() if k not in ("$ref", "title", "description")
        }
        parameters.append(
            {
                "name": name,
                "in": where,
                "required": where == "path" or name in schema.get("required", ()),
                "description": field.get("description", ""),
                "schema": found,
            }
        )
    return parameters


def _responses(opslag: Opslag) -> dict[str, Any]:
    answer = {"application/json": {"schema": {"$ref": _REF.format(model=opslag.svar.__name__)}}}
    problem = {PROBLEMTYPE: {"schema": {"$ref": _REF.format(model=Problemsvar.__name__)}}}
    found: dict[str, Any] = {"200": {"description": "Svaret", "content": answer}}
    for status in _HER[opslag.metode]:
        koder = [f"{kode}: {saetning}" for kode, (s, saetning) in PROBLEMER.items() if s == status]
        found[str(status)] = {"description": " ".join(koder), "content": problem}
    return found
