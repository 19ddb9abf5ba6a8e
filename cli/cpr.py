"""`sygesikring cpr`: what the hub does with CPR's event codes, and the codes it does not know."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import typer

from cli import drift
from cli.common import Json
from cli.tid import local
from services.cpr_events.rules.koder import KODER
from shared.platform import operators

app = typer.Typer(no_args_is_help=True, help="Hændelseskoder fra CPR.")


@app.command()
def koder(as_json: Json = False) -> None:
    """Vis, hvad hubben gør med hver hændelseskode."""
    if as_json:
        rows = [{n: v for n, v in asdict(k).items() if n != "slags"} for k in KODER]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for k in KODER:
        typer.echo(f"{k.kode}  {k.virkning:<13} {k.betydning}: {k.grund}")


@app.command()
def ukendte(as_json: Json = False) -> None:
    """Vis de koder, der er kommet uden at have en række i tabellen, med antal og første og seneste leverance."""
    rows = drift.on("cpr_events", lambda db: operators.counted(db, "ukendt_haendelse", "kode", "modtaget"))
    if as_json:
        typer.echo(operators.as_json([asdict(r) for r in rows], indent=2))
        return
    for linje in _linjer(rows):
        typer.echo(linje)


def _linjer(rows: Iterable[operators.Counted]) -> Iterable[str]:
    fundet = [f"{r.value}  {r.count:>6}  første {local(r.first)}  seneste {local(r.last)}" for r in rows]
    return fundet or ["Ingen ukendte koder."]
