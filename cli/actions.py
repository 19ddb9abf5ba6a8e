"""`sygesikring actions`: who did what to the delivery, and why."""

from collections.abc import Iterable
from typing import Annotated

import typer

from cli import drift
from cli.common import Json
from cli.drift import Foer, Graense, Noegle, Siden, Tjenester
from cli.tid import local
from shared.platform.operators import Action, actions

app = typer.Typer(no_args_is_help=True, help="Hvad der er gjort ved parkerede beskeder, frister og effekter.")


@app.command("list")
def list_(
    tjeneste: Tjenester = "",
    noegle: Noegle = "",
    id_: Annotated[str, typer.Option("--id", help="Kun denne besked, frist eller effekt")] = "",
    hvem: Annotated[str, typer.Option("--hvem", help="Kun hvad denne har gjort")] = "",
    handling: Annotated[str, typer.Option("--handling", help="Fx parked.release eller deadlines.move")] = "",
    siden: Siden = "",
    foer: Foer = "",
    graense: Graense = 100,
    as_json: Json = False,
) -> None:
    """Vis, hvem der gjorde hvad og hvorfor, det nyeste først."""
    services = drift.chosen(tjeneste)
    wanted = drift.selection((), [id_] if id_ else (), noegle, siden=siden, foer=foer, graense=graense)
    found = drift.on_each(services, lambda db: actions(db, wanted, hvem, handling))
    drift.show_rows(found, as_json, _lines, "handlinger")


def _lines(a: Action) -> Iterable[str]:
    yield f"{local(a.at)}  {a.what}  {a.who}"
    yield a.target
    yield from drift.change_lines(a.detail)
    yield f"hvorfor: {a.why or '-'}"
