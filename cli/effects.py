"""`sygesikring effects`: calls to the outside world, and those that nobody knows the outcome of."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, cast, get_args

import typer

from cli import drift
from cli.common import Hvem, Json, settings, stop
from cli.drift import Aarsag, Foer, Forloeb, Graense, Noegle, Proev, Siden, Tjeneste, Tjenester
from cli.tid import local
from shared.platform import operator_effects as calls
from shared.platform.operator_effects import Outcome, Verdict

app = typer.Typer(no_args_is_help=True, help="Kald til omverdenen, og dem, hvis udfald ingen kender.")

OPEN = ("wanted", "sending", "unknown")
OUTCOMES: tuple[str, ...] = get_args(Outcome)


@app.command("list")
def list_(
    tjeneste: Tjenester = "",
    noegle: Noegle = "",
    forloeb: Forloeb = "",
    type_: Annotated[str, typer.Option("--type", help="Kun denne art, fx kort.bestil")] = "",
    tilstand: Annotated[
        str, typer.Option("--tilstand", help="wanted, sending, unknown, done, refused eller alle; uden: de åbne")
    ] = "",
    siden: Siden = "",
    foer: Foer = "",
    graense: Graense = 100,
    as_json: Json = False,
) -> None:
    """Vis kald, det ældste først; --siden og --foer er, hvornår de blev ønsket (rigtig tid)."""
    services = drift.chosen(tjeneste)
    states = drift.state_of(tilstand, calls.STATES, OPEN)
    wanted = drift.selection((), (), noegle, forloeb, "", type_, states, siden, foer, graense)
    found = drift.on_each(services, lambda db: calls.find(db, wanted))
    drift.show_rows(found, as_json, _lines, "effekter")


def _lines(e: calls.Effect) -> Iterable[str]:
    yield f"{e.key}"
    yield f"{e.state}  {e.kind}  sendt {e.attempts}, spurgt {e.asked}  ønsket {local(e.wanted_at)}"
    if e.order_key not in e.key:
        yield f"nøgle {e.order_key}"
    if e.settled_at is not None:
        yield f"afgjort {local(e.settled_at)}"
    elif e.next_at is None:
        yield "rører sig ikke af sig selv"
    if e.error:
        yield e.error


@app.command()
def settle(
    tjeneste: Tjeneste,
    effekter: Annotated[list[str], typer.Argument(metavar="EFFEKT", help="Effektens nøgle", show_default=False)],
    udfald: Annotated[
        str, typer.Option("--udfald", help="done: udført; refused: afvist; wanted: kom aldrig frem, send igen")
    ],
    type_: Annotated[str, typer.Option("--type", help="Beskeden til tjenesten, hvor udfaldet kan være flere")] = "",
    felt: Annotated[
        list[str] | None, typer.Option("--felt", metavar="NAVN=VÆRDI", help="Et felt i beskeden", show_default=False)
    ] = None,
    aarsag: Aarsag = "",
    hvem: Hvem = "",
    dry_run: Proev = False,
    as_json: Json = False,
) -> None:
    """Afgør kald, hvis udfald er ukendt, når et menneske har fundet det. Tjenesten hører det som ethvert udfald."""
    from shared.platform.runtime import load_service

    drift.chosen(tjeneste)
    verdict = _verdict(udfald, type_, felt or ())
    done = drift.act(hvem, aarsag, dry_run)
    try:
        service = load_service(tjeneste, settings("database_url"))
    except ValueError as error:
        stop(f"{tjeneste} kan ikke sættes op: {error}.")

    async def work(db: Any) -> Any:
        return await calls.settle(db, service, effekter, verdict, done)

    verb = "sendes igen" if udfald == "wanted" else "afgjort"
    drift.show_changes(tjeneste, "effects.settle", drift.on(tjeneste, work), done, as_json, verb)


def _verdict(outcome: str, type_: str, fields: Sequence[str]) -> Verdict:
    if outcome not in OUTCOMES:
        stop(f"Ukendt udfald: {outcome}. Der er: {', '.join(OUTCOMES)}.")
    bad = [f for f in fields if "=" not in f]
    if bad:
        stop(f"--felt {bad[0]}: skriv NAVN=VÆRDI.")
    if outcome == "wanted" and (fields or type_):
        stop("Med --udfald wanted får tjenesten ingen besked: udelad --type og --felt.")
    return Verdict(cast(Outcome, outcome), type_, dict(f.split("=", 1) for f in fields))
