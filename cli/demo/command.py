"""The command `sygesikring demo`: its options. What runs is in `cli.demo.session`, imported when it is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


@dataclass(frozen=True, slots=True)
class Valg:
    """The options."""

    json_fil: Path | None
    behold: bool
    seed: int
    antal: int
    dage: int


def demo(
    json_fil: Annotated[
        Path | None, typer.Option("--json", metavar="FIL", help="Skriv også rapporten som JSON")
    ] = None,
    behold: Annotated[bool, typer.Option("--behold", help="Lad hubben køre bagefter, og sig hvordan")] = False,
    seed: Annotated[int, typer.Option(help="Samme seed, samme spil")] = 1,
    antal: Annotated[int, typer.Option(min=40, max=50_000, help="Personer, som CPR sender noget om")] = 1500,
    dage: Annotated[int, typer.Option(min=14, max=365, help="Dage på hubbens ur")] = 60,
) -> None:
    """Hele hubben i én proces: syntetiske borgere indrejser, flytter og skifter navn, og regnskabet gøres op."""
    from cli.demo.session import run_demo

    raise typer.Exit(run_demo(Valg(json_fil, behold, seed, antal, dage)))
