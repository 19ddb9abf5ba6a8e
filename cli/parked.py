"""`sygesikring parked`: messages that could not be handled."""

import base64
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli import drift
from cli.common import Hvem, Json, stop
from cli.drift import Aarsag, Foer, Forloeb, Graense, Noegle, Proev, Siden, Tjeneste, Tjenester, Type
from cli.tid import local
from shared.platform import operators
from shared.platform import parked as parking
from shared.platform.operators import Act, Selection

app = typer.Typer(no_args_is_help=True, help="Beskeder, der er parkeret, fordi de ikke kunne håndteres.")

LARGEST = 2**63 - 1
Emne = Annotated[str, typer.Option("--emne", help="Kun beskeder fra dette Kafka-emne")]
Tilstand = Annotated[str, typer.Option("--tilstand", help="parked (standard), released, discarded eller alle")]
Ider = Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, max=LARGEST, show_default=False)]


@app.command("list")
def list_(
    tjeneste: Tjenester = "",
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Type = "",
    emne: Emne = "",
    tilstand: Tilstand = "",
    siden: Siden = "",
    foer: Foer = "",
    graense: Graense = 100,
    as_json: Json = False,
) -> None:
    """Vis, hvad der er parkeret, i den rækkefølge, det ville blive frigivet."""
    services = drift.chosen(tjeneste)
    states = drift.state_of(tilstand, parking.STATES, ("parked",))
    wanted = drift.selection(services, (), noegle, forloeb, type_, emne, states, siden, foer, graense)
    found = drift.on_each(services, lambda db: parking.find(db, wanted))
    drift.show_rows(found, as_json, _lines, "parkeret" if states == ("parked",) else "beskeder")


def _lines(p: parking.Parked) -> Iterable[str]:
    where = f"{p.topic}/{p.part}/{p.ofs}" if p.topic else p.origin
    yield f"{p.id:>5}  {where}  {drift.short(p.ce_type) or '(ingen type)'}"
    yield f"{local(p.parked_at)}  forsøg {p.attempts}  nøgle {p.order_key or '-'}"
    yield from p.reasons
    if p.resolved_at is not None:
        how = "frigivet" if p.state == "released" else "kasseret"
        yield f"{how} {local(p.resolved_at)} af {p.resolved_by}: {p.note or '-'}"


@app.command()
def show(
    tjeneste: Tjeneste,
    id_: Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST)],
    indhold: Annotated[
        bool, typer.Option("--indhold", help="Også indholdet byte for byte (base64); det kan rumme personoplysninger")
    ] = False,
    hvem: Hvem = "",
    aarsag: Aarsag = "",
) -> None:
    """Vis en parkeret besked som JSON. Med --indhold vises personoplysninger, og det noteres, hvem der så dem."""
    who = drift.act(hvem, aarsag, dry=not indhold)
    body = drift.on(tjeneste, lambda db: _look(db, id_, indhold, who))
    typer.echo(operators.as_json(body, indent=2))


async def _look(db: Any, id_: int, content: bool, who: Act) -> dict[str, Any]:
    found = (await parking.find(db, Selection(ids=(str(id_),)))).rows
    key, value, headers = await parking.raw(db, id_)
    body = asdict(found[0])
    body["bytes"] = {"key": len(key or b""), "value": len(value or b""), "headers": len(headers)}
    if content:
        async with operators.acting(db, who):
            await operators.record(db, who, "parked.show", [operators.Change(str(id_), found[0].order_key or "", {})])
        body |= {"key": _text(key), "value": _text(value), "headers": [[n, _text(v)] for n, v in headers]}
    return body


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


@app.command()
def release(
    tjeneste: Tjeneste,
    ider: Ider = None,
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Type = "",
    emne: Emne = "",
    siden: Siden = "",
    foer: Foer = "",
    aarsag: Aarsag = "",
    hvem: Hvem = "",
    dry_run: Proev = False,
    as_json: Json = False,
) -> None:
    """Frigiv parkerede beskeder i den rækkefølge, de kom: enkeltvis eller alle, som filtrene vælger."""
    wanted = _which(tjeneste, ider, noegle, forloeb, type_, emne, siden, foer)
    _resolve(tjeneste, wanted, "released", drift.act(hvem, aarsag, dry_run), as_json)


@app.command()
def discard(
    tjeneste: Tjeneste,
    ider: Ider = None,
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Type = "",
    emne: Emne = "",
    siden: Siden = "",
    foer: Foer = "",
    aarsag: Aarsag = "",
    hvem: Hvem = "",
    dry_run: Proev = False,
    as_json: Json = False,
) -> None:
    """Kassér parkerede beskeder for altid; de bliver stående med, hvem og hvorfor."""
    wanted = _which(tjeneste, ider, noegle, forloeb, type_, emne, siden, foer)
    _resolve(tjeneste, wanted, "discarded", drift.act(hvem, aarsag, dry_run), as_json)


def _which(
    service: str, ids: list[int] | None, key: str, forloeb: str, type_: str, topic: str, since: str, before: str
) -> Selection:
    """What the command is about: nothing is chosen by leaving everything out, or by an id together with a filter."""
    filters = any((key, forloeb, type_, topic, since, before))
    if bool(ids) == filters:
        stop("Giv enten ID eller filtre (--noegle, --forloeb, --type, --emne, --siden, --foer).")
    services = drift.chosen(service)
    texts = [str(i) for i in ids or ()]
    return drift.selection(services, texts, key, forloeb, type_, topic, ("parked",), since, before)


def _resolve(service: str, wanted: Selection, resolution: parking.Resolution, done: Act, as_json: bool) -> None:
    async def work(db: Any) -> list[operators.Change]:
        ids = [int(i) for i in wanted.ids] or [p.id for p in (await parking.find(db, wanted)).rows]
        if not ids:
            raise operators.NotAllowed("filtrene vælger intet, der er parkeret")
        return await parking.resolve(db, service, ids, resolution, done)

    changes = drift.on(service, work)
    what, verb = ("parked.release", "frigivet") if resolution == "released" else ("parked.discard", "kasseret")
    drift.show_changes(service, what, changes, done, as_json, verb)
