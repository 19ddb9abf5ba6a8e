"""What the operators' commands share: their options, connecting to the services' schemas, and showing what was done."""

import getpass
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.common import run_async, settings, stop
from cli.tid import instant, local_with_zone
from contracts.register import BESKEDER
from shared.platform import operators
from shared.platform.operators import Act, Change, NotAllowed, Selection
from shared.platform.settings import Settings

Tjeneste = Annotated[str, typer.Argument(metavar="TJENESTE", help="Tjenesten, fx laegevalg", show_default=False)]
Tjenester = Annotated[str, typer.Argument(metavar="TJENESTE", help="Tjenesten; uden: alle", show_default=False)]
Noegle = Annotated[str, typer.Option("--noegle", help="Kun denne ordensnøgle")]
Forloeb = Annotated[str, typer.Option("--forloeb", help="Kun dette forløb (dets id)")]
Type = Annotated[str, typer.Option("--type", help="Kun beskeder af denne type, fx KortAnmodet")]
Siden = Annotated[str, typer.Option("--siden", help="Fra og med dette tidspunkt (dansk tid uden zone)")]
Foer = Annotated[str, typer.Option("--foer", help="Før dette tidspunkt")]
Graense = Annotated[int, typer.Option("--graense", min=0, help="Vis højst så mange; 0: alle")]
Aarsag = Annotated[str, typer.Option("--aarsag", "--note", help="Hvorfor; kræves, undtagen med --dry-run")]
Proev = Annotated[bool, typer.Option("--dry-run", help="Vis, hvad der ville ske; ændr intet")]

ALLE = "alle"
Work = Callable[[Any], Awaitable[Any]]


def act(who: str, why: str, dry: bool) -> Act:
    """Who does it and why; the reason may only be missing when nothing is done."""
    if not why.strip() and not dry:
        stop("Skriv hvorfor med --aarsag (eller prøv med --dry-run, som intet ændrer).")
    return Act(who.strip() or _me(), why.strip(), dry)


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        stop("Skriv hvem med --hvem: brugeren har intet navn her.")


def state_of(chosen: str, states: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """The states that `--tilstand` chooses."""
    if chosen and chosen not in (*states, ALLE):
        stop(f"Ukendt tilstand: {chosen}. Der er: {', '.join((*states, ALLE))}.")
    return () if chosen == ALLE else (chosen,) if chosen else tuple(default)


def selection(
    services: Iterable[str] = (),
    ids: Sequence[str] = (),
    noegle: str = "",
    forloeb: str = "",
    type_: str = "",
    kind: str = "",
    states: tuple[str, ...] = (),
    siden: str = "",
    foer: str = "",
    graense: int = 0,
) -> Selection:
    """The filters of a command."""
    since, before = (instant(t) if t else None for t in (siden, foer))
    types = _types(services, type_) if type_ else ()
    return Selection(tuple(ids), noegle, forloeb, types, kind, states, since, before, graense)


def _types(services: Iterable[str], name: str) -> tuple[str, ...]:
    """The CloudEvents types that a name stands for: the whole type, or the name of the message in any version."""
    from shared.platform.runtime import load_service

    known = set(BESKEDER)
    for service in services:
        try:
            known |= set(load_service(service, Settings()).beskeder())
        except ValueError:  # one that cannot be composed without its settings; what is published is known anyway
            continue
    return tuple(sorted({name} | {t for t in known if name in t.split(".")}))


def chosen(service: str) -> list[str]:
    """The services of a list: the one named, or all."""
    from shared.platform.runtime import service_names

    names = service_names()
    if service and service not in names:
        stop(f"Ukendt tjeneste: {service}. Der er: {', '.join(names)}.")
    return [service] if service else names


def on_each(services: Sequence[str], work: Work) -> dict[str, Any]:
    """Run on the schema of each service. Of all services, those whose schema is not there are left out, and named."""
    found = settings("database_url")

    async def connected() -> dict[str, Any]:
        return {name: await _on(found, name, work, len(services) == 1) for name in services}

    try:
        answers = run_async(connected())
    except NotAllowed as error:
        stop(f"Det kan ikke lade sig gøre: {error}.")
    missing = [name for name, answer in answers.items() if answer is None]
    if missing:
        typer.echo(f"Uden skema her: {', '.join(missing)}.", err=True)
    return {name: answer for name, answer in answers.items() if answer is not None}


def on(service: str, work: Work) -> Any:
    """Run on the schema of one service."""
    (name,) = chosen(service)
    return on_each([name], work)[name]


async def _on(found: Settings, service: str, work: Work, needed: bool) -> Any:
    import asyncpg

    from shared.platform.database import dsn

    db = await asyncpg.connect(
        dsn(found, service), timeout=10, command_timeout=60, server_settings={"search_path": service}
    )
    try:
        if not await db.fetchval("select to_regclass('operator_action') is not null"):
            if not needed:
                return None
            raise NotAllowed(
                f"{service} har intet skema her, eller det er fra en ældre udgave: kør `sygesikring opret`"
            )
        return await work(db)
    except asyncpg.LockNotAvailableError:
        stop(f"{service} arbejder på de samme nøgler lige nu; intet er ændret. Prøv igen.", 1)
    finally:
        await db.close()


# --- showing ---------------------------------------------------------------------------------------------------------


def show_rows(found: dict[str, Any], as_json: bool, line: Callable[[Any], Iterable[str]], what: str) -> None:
    """The rows of a list, by service."""
    total = sum(f.total for f in found.values())
    if as_json:
        rows = [{"service": name, **asdict(row)} for name, f in found.items() for row in f.rows]
        typer.echo(operators.as_json({"total": total, "rows": rows}, indent=2))
        return
    for name, f in found.items():
        if f.rows:
            typer.echo(name)
        for row in f.rows:
            first, *more = line(row)
            typer.echo(f"  {first}")
            for text in more:
                typer.echo(f"      {text}")
    shown = sum(len(f.rows) for f in found.values())
    left = "" if shown == total else f"; {shown} vist, se flere med --graense"
    typer.echo(f"{total} {what}{left}")


def show_changes(service: str, what: str, changes: Sequence[Change], done: Act, as_json: bool, verb: str) -> None:
    """What an act did, or would do."""
    if as_json:
        body = {"service": service, "action": what, "dry_run": done.dry, "who": done.who, "why": done.why}
        typer.echo(operators.as_json({**body, "total": len(changes), "changes": changes}, indent=2))
        return
    for change in changes:
        typer.echo(f"  {change.id}")
        for text in change_lines(change.detail):
            typer.echo(f"      {text}")
    ville = "PRØVE, intet er ændret; det ville blive: " if done.dry else ""
    typer.echo(f"{ville}{len(changes)} {verb}")


def change_lines(detail: dict[str, Any]) -> Iterable[str]:
    """A change for people: what it was about, and each value before and after."""
    message = detail.get("message", {})
    before, after = detail.get("before", {}), detail.get("after", {})
    changed = "; ".join(f"{n}: {_value(before.get(n))} -> {_value(v)}" for n, v in after.items())
    about = " ".join(filter(None, (detail.get("kind", ""), short(message.get("type", "")))))
    yield from filter(None, (about, changed))
    yield from (f"{n} = {v}" for n, v in message.get("fields", {}).items())


def _value(value: Any) -> str:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return str(value)
    return local_with_zone(found)


def short(type_: str) -> str:
    """A message's type without its prefix."""
    return ".".join(type_.rsplit(".", 2)[-2:])
