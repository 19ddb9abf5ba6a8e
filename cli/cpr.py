"""`sygesikring cpr`: what the hub does with CPR's event codes, the codes it does not know, and the paid look-ups."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli import drift
from cli.common import Json, stop
from cli.tid import local
from services.cpr_events.rules.koder import KODER
from services.cpr_events.store import OPSLAG_PR_KOMMUNE
from shared.platform import operators

app = typer.Typer(no_args_is_help=True, help="Hændelseskoder fra CPR, og betalte opslag.")


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


@app.command()
def opslag(
    maaned: Annotated[str, typer.Option(help="Kun en måned, fx 2024-11")] = "",
    as_json: Json = False,
) -> None:
    """Vis, hvor mange opslag i CPR hver kommune har bestilt og skal betale, efter måneden de er bestilt i (CPR-16)."""
    if maaned and not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", maaned):
        stop("Skriv måneden som åååå-mm, fx 2024-11.")
    rows = [dict(r) for r in drift.on("cpr_events", lambda db: db.fetch(OPSLAG_PR_KOMMUNE, maaned))]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for linje in _opslagslinjer(rows):
        typer.echo(linje)


def _opslagslinjer(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    fundet = [
        f"{r['kommunekode']}  {r['maaned']}  bestilt {r['bestilt']:>5}  betalt {r['betalt']:>5}  "
        f"udført {r['udfoert']:>5}  uden svar {r['uden_svar']:>5}"
        for r in rows
    ]
    return fundet or ["Ingen opslag."]
