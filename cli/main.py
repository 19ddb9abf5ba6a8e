"""The command `sygesikring`."""

import json
from collections.abc import Coroutine
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.common import Hvem, Json, run_async, settings, stop
from cli.tid import instant, later, local
from shared.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Sygesikringshubben: kør, drift og prøv den.")
ur_app = typer.Typer(no_args_is_help=True, help="Hubbens ur: rigtig tid plus en forskydning.")
app.add_typer(ur_app, name="ur")


def _addresses() -> Settings:
    return settings("kafka_bootstrap_servers", "database_url")


@app.command()
def run(tjenester: Annotated[list[str], typer.Argument(metavar="TJENESTE...", help="Fx laegevalg plo_events")]) -> None:
    """Kør tjenester mod adresserne i miljøet, til processen får SIGTERM."""
    from shared.platform import logging
    from shared.platform.kafka import TopicMissing
    from shared.platform.runtime import run as run_services
    from shared.platform.runtime import service_names

    unknown = sorted(set(tjenester) - set(service_names()))
    if unknown:
        stop(f"Ukendt tjeneste: {', '.join(unknown)}. Der er: {', '.join(service_names())}.")
    found = settings("kafka_bootstrap_servers", "database_url", "cpr_hemmelighed")
    logging.configure(found.log_niveau)
    try:
        status = run_async(run_services(tjenester, found))
    except TopicMissing as error:
        stop(str(error), 3)
    raise typer.Exit(status)


@app.command()
def opret() -> None:
    """Opret emner i Kafka og skemaer i PostgreSQL, som kontrakterne og tjenesterne erklærer dem."""
    from cli.hub import prepare

    made = run_async(prepare(_addresses()))
    typer.echo(f"{len(made)} emner oprettet; skemaerne er på plads.")


@app.command()
def simulator(
    navn: Annotated[str, typer.Argument(help="kortleverandoer, digital_post, nets eller cpr_online")],
    vaert: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: en ledig port")] = 0,
) -> None:
    """Kør en stand-in for en part udenfor hubben."""
    from simulators.__main__ import main

    try:
        raise typer.Exit(main([navn, "--host", vaert, "--port", str(port)]))
    except OSError as error:
        stop(f"Adressen {vaert}:{port} kan ikke bruges ({error.strerror}).")


@app.command()
def balance(as_json: Json = False) -> None:
    """Gør regnskabet op: modtaget mod håndteret, ventende, parkeret; effekter mod udfald. Status 1 ved difference."""
    from rich.console import Console
    from rich.table import Table

    balances = run_async(_balances(_addresses()))
    total = sum(b.difference for b in balances)
    broken = total or any(b.differences for b in balances)
    if as_json:
        typer.echo(
            json.dumps({"difference": total, "services": [b.as_json() for b in balances]}, ensure_ascii=False, indent=2)
        )
        raise typer.Exit(1 if broken else 0)
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("tjeneste", no_wrap=True)
    for heading in ("modtaget", "håndteret", "dublet", "venter", "parkeret", "kasseret", "ulæst", "diff."):
        table.add_column(heading, justify="right", no_wrap=True)
    for b in balances:
        numbers = (b.received, b.handled, b.duplicates, b.waiting, b.parked, b.discarded, b.not_read, b.difference)
        table.add_row(b.service, *map(str, numbers))
    console = Console()
    console.print(table)
    effects = Table("tjeneste", "effekter ønsket", "udført", "afvist", "ukendt", "venter")
    for b in (b for b in balances if b.effects_wanted or b.effects):
        waiting = b.effects.get("wanted", 0) + b.effects.get("sending", 0)
        row = (
            b.effects_wanted,
            b.effects.get("done", 0),
            b.effects.get("refused", 0),
            b.effects.get("unknown", 0),
            waiting,
        )
        effects.add_row(b.service, *map(str, row))
    console.print(effects)
    for b in balances:
        for line in b.differences:
            console.print(f"[red]{b.service}: {line}[/red]")
    console.print(f"difference {total}")
    raise typer.Exit(1 if broken else 0)


async def _balances(found: Settings) -> list[Any]:
    from cli.hub import open_hub

    async with open_hub(found) as hub:
        return await hub.balances()


# --- the clock -------------------------------------------------------------------------------------------------------


@ur_app.command("vis")
def ur_vis(as_json: Json = False) -> None:
    """Vis uret, som hver tjeneste har det, og den næste frist."""

    found = _addresses()

    async def work() -> Any:
        from cli.hub import open_hub

        async with open_hub(found) as hub:
            return await hub.clocks(), await hub.next_due()

    clocks, due = run_async(work())
    if as_json:
        rows = {c.service: c.now.isoformat() for c in clocks}
        typer.echo(json.dumps({"tjenester": rows, "naeste_frist": due and due.isoformat()}, indent=2))
        return
    for clock in clocks:
        typer.echo(f"{clock.service:16} {local(clock.now)}")
    typer.echo(f"{'næste frist':16} {local(due) if due else 'ingen'}")


@ur_app.command("saet")
def ur_saet(tidspunkt: str, hvem: Hvem = "") -> None:
    """Sæt uret til et tidspunkt (dansk tid uden zone), frem eller tilbage, uden at gå skridt for skridt."""

    found, to = _addresses(), instant(tidspunkt)

    async def work() -> None:
        from cli.hub import open_hub

        async with open_hub(found) as hub:
            await hub.set_clock(to, hvem)

    _moving(work())
    typer.echo(f"Hubbens ur er {local(to)}.")


@ur_app.command("frem")
def ur_frem(
    varighed: Annotated[str, typer.Argument(help="Fx 14d, 3t eller 30m")] = "",
    til: Annotated[str, typer.Option(help="Et tidspunkt i stedet for en varighed")] = "",
    vent: Annotated[float, typer.Option(help="Sekunder at vente på ro ved hvert skridt")] = 120,
    hvem: Hvem = "",
) -> None:
    """Flyt uret frem fra frist til frist, og vent på ro ved hver, så alt sker i sin rette rækkefølge."""
    if bool(varighed) == bool(til):
        stop("Giv enten en varighed (fx 14d) eller --til et tidspunkt.")

    found, given = _addresses(), instant(til) if til else None

    async def work() -> tuple[int, datetime]:
        from cli.hub import open_hub

        async with open_hub(found) as hub:
            now = await hub.now()
            target = given or later(now, varighed)
            if target <= now:
                stop(f"Uret er allerede {local(now)}; brug `ur saet` for at stille det tilbage.")
            return await hub.forward(target, seconds=vent, who=hvem), target

    steps, target = _moving(work())
    typer.echo(f"Hubbens ur er {local(target)} efter {steps} skridt.")


def _moving(work: Coroutine[Any, Any, Any]) -> Any:
    from cli.hub import NotQuiet

    try:
        return run_async(work)
    except NotQuiet as error:
        stop(str(error), 1)


def _register() -> None:
    """The commands that live in files of their own."""
    from cli import actions, adgang, bench, cpr, deadlines, docs, effects, ingest, opgaver, parked
    from cli.demo import command

    app.add_typer(parked.app, name="parked")
    app.add_typer(deadlines.app, name="deadlines")
    app.add_typer(effects.app, name="effects")
    app.add_typer(actions.app, name="actions")
    app.add_typer(ingest.app, name="ingest")
    app.add_typer(cpr.app, name="cpr")
    app.command("docs")(docs.docs)
    app.command("token")(adgang.udsted)
    app.command("opgaver")(opgaver.opgaver)
    app.command("demo")(command.demo)
    app.command("bench")(bench.bench)


_register()

if __name__ == "__main__":
    app()
