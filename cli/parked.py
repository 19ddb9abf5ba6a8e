"""`sygesikring parked`: messages that could not be handled."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from shared.platform import parked as parking
from shared.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Beskeder, der er parkeret, fordi de ikke kunne håndteres.")

Tjeneste = Annotated[str, typer.Argument(help="Tjenesten, fx laegevalg")]
Json = Annotated[bool, typer.Option("--json", help="Skriv for maskiner")]
Hvem = Annotated[str, typer.Option("--hvem", help="Hvem der gør det (standard: brugeren)")]


def _with_database(service: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    from cli.main import run_async, settings, stop
    from shared.platform.runtime import service_names

    if service not in service_names():
        stop(f"Ukendt tjeneste: {service}. Der er: {', '.join(service_names())}.")
    found = settings("database_url")

    async def connected() -> Any:
        return await _run(found, service, work)

    try:
        return run_async(connected())
    except parking.NotAllowed as error:
        stop(f"Det kan ikke lade sig gøre: {error}.", 1)


async def _run(found: Settings, service: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    import asyncpg

    from shared.platform.database import dsn

    db = await asyncpg.connect(dsn(found, service), server_settings={"search_path": service})
    try:
        return await work(db)
    finally:
        await db.close()


@app.command("list")
def list_(
    tjeneste: Tjeneste, noegle: Annotated[str, typer.Option(help="Kun denne ordensnøgle")] = "", as_json: Json = False
) -> None:
    """Vis, hvad der er parkeret, ældst først."""
    found = _with_database(tjeneste, lambda db: parking.parked(db, noegle or None))
    if as_json:
        typer.echo(json.dumps([asdict(p) for p in found], ensure_ascii=False, indent=2, default=str))
        return
    for p in found:
        where = f"{p.topic}/{p.part}/{p.ofs}" if p.topic else p.origin
        typer.echo(f"{p.id:>6}  {where}  {p.ce_type or '(ingen type)'}  {p.order_key or '-'}  forsøg {p.attempts}")
        for reason in p.reasons:
            typer.echo(f"        {reason}")
    typer.echo(f"{len(found)} parkeret")


@app.command()
def show(tjeneste: Tjeneste, id_: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Vis en parkeret besked byte for byte (base64), som JSON. Den kan rumme personoplysninger."""
    key, value, headers = _with_database(tjeneste, lambda db: parking.raw(db, id_))

    def text(raw: bytes | None) -> str | None:
        return None if raw is None else base64.b64encode(raw).decode()

    body = {"key": text(key), "value": text(value), "headers": [[name, text(v)] for name, v in headers]}
    typer.echo(json.dumps(body, ensure_ascii=False, indent=2))


@app.command()
def release(
    tjeneste: Tjeneste,
    ider: Annotated[list[int] | None, typer.Argument(metavar="ID...")] = None,
    noegle: Annotated[str, typer.Option(help="Alle med denne ordensnøgle, i rækkefølge")] = "",
    hvem: Hvem = "",
    note: str = "",
) -> None:
    """Frigiv parkerede beskeder i den rækkefølge, de kom: enkeltvis eller alle med en nøgle."""
    count = _with_database(tjeneste, lambda db: _release(db, tjeneste, ider or [], noegle, hvem, note))
    typer.echo(f"{count} frigivet")


async def _release(db: Any, service: str, ids: list[int], key: str, who: str, note: str) -> int:
    chosen = [*ids, *(p.id for p in await parking.parked(db, key))] if key else ids
    if not chosen:
        raise parking.NotAllowed("giv ID eller --noegle")
    return await parking.release(db, service, chosen, who or _me(), note)


@app.command()
def discard(
    tjeneste: Tjeneste,
    ider: Annotated[list[int], typer.Argument(metavar="ID...")],
    note: Annotated[str, typer.Option(help="Begrundelse (kræves)")],
    hvem: Hvem = "",
) -> None:
    """Kassér parkerede beskeder for altid; de bliver stående med, hvem og hvorfor."""
    count = _with_database(tjeneste, lambda db: parking.discard(db, tjeneste, ider, hvem or _me(), note))
    typer.echo(f"{count} kasseret")


def _me() -> str:
    import getpass

    return getpass.getuser()
