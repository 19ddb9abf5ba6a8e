"""The command `sygesikring bench`: its options. What runs is in `bench`, imported when it is asked for."""

from pathlib import Path
from typing import Annotated

import typer

GRUPPER = "cpr_events,plo_events,laegevalg,kortbestilling,digital_post,opgaver,betaling"


def bench(
    haendelser: Annotated[
        list[int] | None, typer.Option(help="Hændelser gennem hubben; gentages for flere størrelser", min=1)
    ] = None,
    enkel: Annotated[int, typer.Option(help="Hændelser gennem appen uden kernen; 0: spring over", min=0)] = 1000,
    graense: Annotated[
        int, typer.Option(help="Hændelser gennem grænsen; 0: spring over", min=0, max=1_000_000)
    ] = 10_000,
    graense_processer: Annotated[int, typer.Option(help="Processer, der måler grænsen", min=1)] = 2,
    nat: Annotated[int, typer.Option(help="Hændelser i nattens udtræk; 0: spring over", min=0)] = 100_000,
    grupper: Annotated[str, typer.Option(help="Hubbens processer: tjenester med + i samme proces")] = GRUPPER,
    halv_last: Annotated[float, typer.Option(help="Sekunder ved halv last", min=1)] = 20,
    profil: Annotated[bool, typer.Option("--profil", help="Se, hvor tiden går: build/bench/profil-*.txt")] = False,
    fil: Annotated[Path, typer.Option("--json", metavar="FIL", help="Resultatet")] = Path("build/bench.json"),
) -> None:
    """Mål hubben mod en app uden dens kerne og mod det, maskinen kan flytte. Status 1: en måling gik galt."""
    from rich.console import Console

    from bench.hub import Plan
    from bench.report import show, write
    from bench.run import Options, run
    from bench.stack import BenchError
    from cli.main import run_async, stop
    from embedded import EmbeddedError
    from shared.platform.runtime import service_names

    groups = [g for g in grupper.split(",") if g]
    if sorted(s for g in groups for s in g.split("+")) != service_names():
        stop(f"--grupper skal nævne hver tjeneste én gang: {', '.join(service_names())}.")
    console = Console(highlight=False)
    options = Options(
        haendelser or [10_000, 100_000], enkel, graense, graense_processer, nat, Plan(groups, halv_last, profil)
    )
    try:
        found = run_async(run(options, lambda text: console.print(f"[dim]{text} …")))
    except (BenchError, EmbeddedError) as error:
        stop(str(error), 1)
    write(found, fil)
    show(console, found)
