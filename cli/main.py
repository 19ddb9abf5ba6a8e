"""The command `sygesikring`."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn

import typer

from shared.domain.datoer import KOEBENHAVN
from shared.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Sygesikringshubben: kør, drift og prøv den.")
ur_app = typer.Typer(no_args_is_help=True, help="Hubbens ur: rigtig tid plus en forskydning.")
app.add_typer(ur_app, name="ur")

Json = Annotated[bool, typer.Option("--json", help="Skriv for maskiner")]
Hvem = Annotated[str, typer.Option("--hvem", help="Hvem der gør det (standard: brugeren)")]


def stop(text: str, status: int = 2) -> NoReturn:
    """End with one clear sentence."""
    typer.echo(text, err=True)
    raise typer.Exit(status)


def settings(*needed: str) -> Settings:
    """The settings; ends with one sentence when one that the command needs is missing."""
    from pydantic import ValidationError

    try:
        found = Settings()
    except ValidationError as error:
        names = ", ".join(".".join(map(str, e["loc"])).upper() for e in error.errors(include_input=False))
        stop(f"Ugyldig indstilling i miljøet: {names}. Se docs/operations.md.")
    values = found.model_dump()
    missing = [n.upper() for n in needed if not _value(values[n])]
    if missing:
        stop(f"Sæt {' og '.join(missing)} i miljøet (se docs/operations.md), eller kør `sygesikring demo --behold`.")
    return found


def _value(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def run_async(work: Coroutine[Any, Any, Any]) -> Any:
    """Run on uvloop where there is one; a server that is away, or an address that is none, ends with one sentence."""
    import asyncpg
    from aiokafka.errors import KafkaError

    try:
        if sys.platform == "win32":
            return asyncio.run(work)
        import uvloop

        return uvloop.run(work)
    except KafkaError as error:
        stop(f"Kafka svarer ikke som ventet ({type(error).__name__}): se KAFKA_BOOTSTRAP_SERVERS.")
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        stop(
            f"PostgreSQL svarer ikke som ventet ({type(error).__name__}): se DATABASE_URL; er `sygesikring opret` kørt?"
        )
    except (OSError, TimeoutError) as error:
        stop(f"PostgreSQL eller Kafka kan ikke nås ({type(error).__name__}): se DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS.")
    except ValueError as error:
        stop(f"En adresse i miljøet kan ikke læses ({type(error).__name__}): se DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS.")


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
    navn: Annotated[str, typer.Argument(help="kortleverandoer, digital_post eller nets")],
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


def instant(text: str) -> datetime:
    """An instant as people write it; Danish local time when no zone is given."""
    try:
        found = datetime.fromisoformat(text)
        found = (found if found.tzinfo else found.replace(tzinfo=KOEBENHAVN)).astimezone(UTC)
    except (ValueError, OverflowError):
        stop(f"»{text}« er ikke et tidspunkt; skriv fx 2024-11-04T10:00 eller 2024-11-04.")
    if not 1900 < found.year < 2200:
        stop(f"»{text}« er uden for hubbens kalender (1901 til 2199).")
    return found


def later(now: datetime, text: str) -> datetime:
    """`14d`, `3t` (hours) or `30m` after an instant. Days are civil days: the same time of day in Denmark."""
    units = {"d": "days", "t": "hours", "m": "minutes"}
    if text[-1:] not in units or not text[:-1].isdigit() or len(text) > 7:
        stop(f"»{text}« er ikke en varighed; skriv fx 14d, 3t eller 30m.")
    length = timedelta(**{units[text[-1]]: int(text[:-1])})
    if text[-1] == "d":
        return (now.astimezone(KOEBENHAVN) + length).astimezone(UTC)
    return now + length


def _local(tid: datetime) -> str:
    return tid.astimezone(KOEBENHAVN).strftime("%Y-%m-%d %H:%M:%S")


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
        typer.echo(f"{clock.service:16} {_local(clock.now)}")
    typer.echo(f"{'næste frist':16} {_local(due) if due else 'ingen'}")


@ur_app.command("saet")
def ur_saet(tidspunkt: str, hvem: Hvem = "") -> None:
    """Sæt uret til et tidspunkt (dansk tid uden zone), frem eller tilbage, uden at gå skridt for skridt."""

    found, to = _addresses(), instant(tidspunkt)

    async def work() -> None:
        from cli.hub import open_hub

        async with open_hub(found) as hub:
            await hub.set_clock(to, hvem)

    _moving(work())
    typer.echo(f"Hubbens ur er {_local(to)}.")


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
                stop(f"Uret er allerede {_local(now)}; brug `ur saet` for at stille det tilbage.")
            return await hub.forward(target, seconds=vent, who=hvem), target

    steps, target = _moving(work())
    typer.echo(f"Hubbens ur er {_local(target)} efter {steps} skridt.")


def _moving(work: Coroutine[Any, Any, Any]) -> Any:
    from cli.hub import NotQuiet

    try:
        return run_async(work)
    except NotQuiet as error:
        stop(str(error), 1)


def _register() -> None:
    """The commands that live in files of their own."""
    from cli import bench, docs, ingest, parked
    from cli.demo import command

    app.add_typer(parked.app, name="parked")
    app.add_typer(ingest.app, name="ingest")
    app.command("docs")(docs.docs)
    app.command("demo")(command.demo)
    app.command("bench")(bench.bench)


_register()

if __name__ == "__main__":
    app()
