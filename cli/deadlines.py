"""`sygesikring deadlines`: what a service waits for, and until when."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any

import typer

from cli import drift
from cli.common import Hvem, Json, stop
from cli.drift import Aarsag, Foer, Forloeb, Graense, Noegle, Proev, Siden, Tjeneste, Tjenester, Type
from cli.tid import in_calendar, instant, later, local_with_zone, span
from shared.platform import operator_deadlines as running
from shared.platform.operators import Change, NotAllowed

app = typer.Typer(no_args_is_help=True, help="Frister, der løber: hvad der ventes på, og hvor længe.")


@app.command("list")
def list_(
    tjeneste: Tjenester = "",
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Type = "",
    tilstand: Annotated[str, typer.Option("--tilstand", help="pending, due eller alle (standard)")] = "",
    siden: Siden = "",
    foer: Foer = "",
    graense: Graense = 100,
    as_json: Json = False,
) -> None:
    """Vis løbende frister, den næste først; --siden og --foer er, hvornår de falder på hubbens ur."""
    services = drift.chosen(tjeneste)
    states = drift.state_of(tilstand, running.STATES, ())
    wanted = drift.selection(services, (), noegle, forloeb, type_, "", states, siden, foer, graense)
    found = drift.on_each(services, lambda db: running.find(db, wanted))
    drift.show_rows(found, as_json, _lines, "frister")


def _lines(d: running.Deadline) -> Iterable[str]:
    yield f"{local_with_zone(d.due)}  {drift.short(d.ce_type)}{'  forfalden' if d.state == 'due' else ''}"
    yield d.id
    if d.order_key not in d.id:
        yield f"nøgle {d.order_key}"


@app.command()
def move(
    tjeneste: Tjeneste,
    ider: Annotated[list[str] | None, typer.Argument(metavar="FRIST", show_default=False)] = None,
    til: Annotated[str, typer.Option("--til", help="Det nye tidspunkt (dansk tid uden zone)")] = "",
    med: Annotated[str, typer.Option("--med", help="Så meget senere, fx 14d, 3t eller 30m; -3d er tidligere")] = "",
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Type = "",
    aarsag: Aarsag = "",
    hvem: Hvem = "",
    dry_run: Proev = False,
    as_json: Json = False,
) -> None:
    """Flyt frister, enkeltvis eller alle, som filtrene vælger. Et tidspunkt, der er gået, lader dem falde straks."""
    if bool(ider) == any((noegle, forloeb, type_)):
        stop("Giv enten fristers id eller filtre (--noegle, --forloeb, --type).")
    services, to, done = drift.chosen(tjeneste), _target(til, med), drift.act(hvem, aarsag, dry_run)
    wanted = drift.selection(services, ider or (), noegle, forloeb, type_)

    async def work(db: Any) -> list[Change]:
        ids = list(wanted.ids) or [d.id for d in (await running.find(db, wanted)).rows]
        if not ids:
            raise NotAllowed("filtrene vælger ingen løbende frist")
        return await running.move(db, tjeneste, ids, to, done)

    drift.show_changes(tjeneste, "deadlines.move", drift.on(tjeneste, work), done, as_json, "flyttet")


def _target(to: str, by: str) -> Callable[[datetime], datetime]:
    if bool(to) == bool(by):
        stop("Giv enten --til et tidspunkt eller --med en varighed (fx 14d).")
    if to:
        fixed = instant(to)
        return lambda _due: fixed
    span(by)
    return lambda due: in_calendar(later(due, by))
