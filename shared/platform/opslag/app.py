"""The ASGI app of the read API: the token first, then the question, then the answer of the service."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

import asyncpg
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.cpr import ligner_cpr
from shared.platform.logging import logger
from shared.platform.opslag.access import Access
from shared.platform.opslag.erklaering import Bruger, Opslag, Spoergsmaal, Svar
from shared.platform.opslag.openapi import document
from shared.platform.opslag.problem import Feltfejl, Problem
from shared.platform.opslag.source import OUTAGE, OWN_FAULT, MakeSource, Source
from shared.platform.tjeneste import Tjeneste

LARGEST_BODY = 16 * 1024
BODY_S = 10.0
"""How long a body may be on its way."""
NO_STORE = {"Cache-Control": "no-store"}
"""What is answered is about persons: no cache on the way may keep it."""
Endpoint = Callable[[Request], Awaitable[Response]]


class QueryApp:
    """The queries of some services, each under the service's name; `/openapi.json` describes them."""

    def __init__(self, services: Iterable[Tjeneste], access: Access, source: MakeSource) -> None:
        asked = [s for s in services if s.opslag.opslag]
        self._access = access
        self._sources = {s.navn: source(s.navn) for s in asked}
        description = json.dumps(document(asked), ensure_ascii=False)

        async def openapi(_: Request) -> Response:
            return Response(description, media_type="application/json")

        routes = [
            Route(f"/{s.navn}{o.sti}", self._endpoint(s.navn, o, self._sources[s.navn]), methods=[o.metode])
            for s in asked
            for o in s.opslag
        ]
        handlers: dict[Any, Any] = {HTTPException: _http_problem, Exception: _own_fault}
        self.asgi = Starlette(routes=[Route("/openapi.json", openapi), *routes], exception_handlers=handlers)
        self.asgi.router.redirect_slashes = False

    async def close(self) -> None:
        """Give back what the sources hold."""
        for source in self._sources.values():
            await source.close()

    def _endpoint(self, service: str, opslag: Opslag, source: Source) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            user: Bruger | None = None
            try:
                user = await self._access.user(request.headers.get("authorization"))
                if user.rolle not in opslag.roller:
                    raise Problem("ROLLE_UDEN_ADGANG")
                question = await _question(opslag, request)
                answer = await _answer(opslag, question, user, source)
                response = Response(answer.model_dump_json(), 200, NO_STORE, "application/json")
            except Problem as problem:
                response = problem.response()
            _log(service, opslag, request, user, response.status_code)
            return response

        return endpoint


def _log(service: str, opslag: Opslag, request: Request, user: Bruger | None, status: int) -> None:
    """Who asked what about whom, and whether it was answered; never the token, the answer or a body."""
    who = {"bruger": user.id, "rolle": user.rolle.value, "kommunekode": user.kommunekode} if user else {}
    asked = dict(request.path_params) if user else {}
    logger(tjeneste=service).info("opslag", opslag=opslag.navn, status=status, **who, om=asked)


async def _question(opslag: Opslag, request: Request) -> Spoergsmaal:
    path: Mapping[str, Any] = request.path_params
    query = request.query_params.multi_items()
    if any(ligner_cpr(text) for text in (*path.values(), *(v for _, v in query))):
        raise Problem("IKKE_FUNDET")  # a CPR number is no id; one in an address would stand in the logs on the way
    given: dict[str, Any] = dict(query) if opslag.metode == "GET" else await _body(request)
    if opslag.metode == "POST" and query:
        raise Problem("UGYLDIGT", [Feltfejl(felt="", grund="felt_i_adressen")])
    if len(given) < len(query) or given.keys() & path.keys():
        raise Problem("UGYLDIGT", [Feltfejl(felt="", grund="felt_to_gange")])
    fields = {**given, **path}
    try:
        if opslag.metode == "GET":
            return opslag.spoergsmaal.model_validate_strings(fields)
        return opslag.spoergsmaal.model_validate(fields)
    except ValidationError as error:
        wrong = [
            Feltfejl(felt=_field(e["loc"], opslag.spoergsmaal), grund=e["type"])
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise Problem("UGYLDIGT", wrong) from None


def _field(loc: tuple[int | str, ...], model: type[Spoergsmaal]) -> str:
    """The name of a field of ours; a name that the caller made up may be anything, so it is not repeated."""
    return str(loc[0]) if loc and loc[0] in model.model_fields else ""


async def _body(request: Request) -> dict[str, Any]:
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > LARGEST_BODY:
                    raise Problem("FOR_STORT")
    except (TimeoutError, ClientDisconnect):
        raise Problem("FOR_LANGSOMT") from None
    try:
        content: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem("UGYLDIGT", [Feltfejl(felt="", grund="ikke_json")]) from None
    if not isinstance(content, dict):
        raise Problem("UGYLDIGT", [Feltfejl(felt="", grund="ikke_et_objekt")])
    return cast("dict[str, Any]", content)


async def _answer(opslag: Opslag, question: Spoergsmaal, user: Bruger, source: Source) -> Svar:
    try:
        async with source.reader() as reader:
            answer = await opslag.find(question, user, reader)
    except asyncpg.UndefinedTableError:
        raise Problem("NEDE") from None  # the service has not made its tables yet
    except OWN_FAULT as error:
        _fault(opslag, error)
        raise Problem("FEJL") from None
    except OUTAGE:
        raise Problem("NEDE") from None
    except Exception as error:  # one query's own bug is an answer like any other, with no traceback to the caller
        _fault(opslag, error)
        raise Problem("FEJL") from None
    if answer is None:
        raise Problem("IKKE_FUNDET")
    return answer


def _fault(opslag: Opslag, error: Exception) -> None:
    logger().error("opslaget fejlede", opslag=opslag.navn, fejl=type(error).__name__, exc_info=error)


async def _http_problem(_: Request, error: HTTPException) -> Response:
    kode = "METODE_UKENDT" if error.status_code == 405 else "ADRESSE_UKENDT"
    return Problem(kode).response(error.headers)


async def _own_fault(_: Request, __: Exception) -> Response:
    """What nobody thought of; the server writes it to the log."""
    return Problem("FEJL").response()
