"""`sygesikring ingest`: registers' files into the hub."""

import asyncio
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka.errors import KafkaError

from ingest.cpr.groenland import GROENLAND
from ingest.cpr.indlaesning import Filresultat, Resultat, indlaes, proev
from ingest.cpr.layout import P12170, Layout
from ingest.cpr.sikrede import Sikredeudtraek, laes_sikrede
from ingest.store import Optaget
from ingest.udgivelse import KafkaSvigter
from shared.platform.kafka import TopicMissing
from shared.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Indlæs registrenes filer.")

LAYOUTS: dict[str, Layout] = {layout.navn: layout for layout in (P12170, GROENLAND)}
AFVIST, KAN_IKKE = 1, 2
"""Exit status: a file is refused; the command cannot run (a setting is missing, Kafka or PostgreSQL is away)."""


@app.callback()
def ingest() -> None:
    """Indlæs registrenes filer."""


@app.command("cpr")
def cpr_kommando(
    files: Annotated[list[Path], typer.Argument(metavar="FIL...", help="CPR-udtræk")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Læs og kontrollér; udgiv intet")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON")] = False,
    layout: Annotated[str, typer.Option(help="Filernes layout: p12170 eller groenland")] = P12170.navn,
) -> None:
    """Indlæs CPR's daglige udtræk: kontrollér filerne hele, og udgiv en besked pr. hændelse."""
    signal.signal(signal.SIGTERM, _stop)
    if layout not in LAYOUTS:
        raise typer.Exit(_kan_ikke(f"Layoutet findes ikke. Der er: {', '.join(LAYOUTS)}."))
    raise typer.Exit(cpr(files, dry_run, as_json, LAYOUTS[layout]))


@app.command("sikrede")
def sikrede_kommando(
    files: Annotated[list[Path], typer.Argument(metavar="FIL...", help="Udtræk af sikrede")],
    as_json: Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON")] = False,
) -> None:
    """Læs og kontrollér udtræk af sikrede, og tæl dem pr. gruppe og kommune. Intet udgives: hubben fører dem selv."""
    udtraek = [laes_sikrede(fil) for fil in files]
    if as_json:
        typer.echo(json.dumps([_sikrede_som_json(u) for u in udtraek], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(linje for u in udtraek for linje in _sikrede_som_tekst(u)))
    raise typer.Exit(AFVIST if any(u.fejl for u in udtraek) else 0)


def _sikrede_som_json(udtraek: Sikredeudtraek) -> dict[str, Any]:
    return {
        "file": str(udtraek.fil),
        "date": udtraek.dato.isoformat() if udtraek.dato else None,
        "insured": udtraek.antal,
        "groups": dict(sorted(udtraek.grupper.items())),
        "municipalities": dict(sorted(udtraek.kommuner.items())),
        "refused": [{"line": f.linje, "field": f.felt, "reason": f.grund} for f in udtraek.fejl],
    }


def _sikrede_som_tekst(udtraek: Sikredeudtraek) -> list[str]:
    if udtraek.fejl:
        return [f"AFVIST: {len(udtraek.fejl)} fejl", *(f"  {fejl}" for fejl in udtraek.fejl)]
    grupper = ", ".join(f"gruppe {g}: {n}" for g, n in sorted(udtraek.grupper.items()))
    return [f"{udtraek.fil}: {udtraek.dato}, {udtraek.antal} sikrede ({grupper}) i {len(udtraek.kommuner)} kommuner"]


def cpr(files: list[Path], dry_run: bool, as_json: bool, layout: Layout = P12170) -> int:
    """Check and publish; prints the result and returns the exit status.

    0: done; 1: something is refused, nothing published; 2: a setting is missing, or Kafka or PostgreSQL is away.
    """
    from cli.main import settings as laes_miljoeet

    settings = laes_miljoeet()
    if not dry_run and (mangler := _mangler(settings)):
        return _kan_ikke(f"Indstillingen {' og '.join(mangler)} mangler i miljøet; --dry-run kan køre uden.")
    try:
        resultat = proev(files, layout) if dry_run else asyncio.run(indlaes(files, settings, layout))
    except Optaget:
        return _kan_ikke("En anden indlæsning er i gang; prøv igen, når den er færdig.")
    except TopicMissing as fejl:
        return _kan_ikke(str(fejl))
    except KafkaSvigter as fejl:
        return _kan_ikke(f"Kafka tager ikke imod: {fejl}. Kør kommandoen igen; intet bliver behandlet to gange.")
    except KafkaError as fejl:
        return _kan_ikke(
            f"Kafka svarer ikke ({type(fejl).__name__}). Kør kommandoen igen; intet bliver behandlet to gange."
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as fejl:
        return _kan_ikke(f"PostgreSQL svarer ikke som ventet ({type(fejl).__name__}).")
    except ValueError as fejl:
        return _kan_ikke(f"En adresse i miljøet kan ikke læses ({type(fejl).__name__}).")
    except (OSError, TimeoutError) as fejl:
        return _kan_ikke(f"Disken, PostgreSQL eller Kafka kan ikke nås ({type(fejl).__name__}: {_kort(fejl)}).")
    typer.echo(json.dumps(_som_json(resultat), ensure_ascii=False, indent=2) if as_json else _som_tekst(resultat))
    return AFVIST if resultat.fejl else 0


def _stop(_signal: int, _ramme: FrameType | None) -> None:
    """A polite stop unwinds, so that the spool with personal data is removed."""
    sys.exit(128 + signal.SIGTERM)


def _mangler(settings: Settings) -> list[str]:
    kraevet = {
        "CPR_HEMMELIGHED": settings.cpr_hemmelighed.get_secret_value(),
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "DATABASE_URL": settings.database_url.get_secret_value(),
    }
    return [navn for navn, vaerdi in kraevet.items() if not vaerdi]


def _kan_ikke(tekst: str) -> int:
    typer.echo(tekst, err=True)
    return KAN_IKKE


def _kort(fejl: Exception) -> str:
    return getattr(fejl, "strerror", None) or "ingen forbindelse"


def _som_json(resultat: Resultat) -> dict[str, Any]:
    return {
        "records": resultat.poster,
        "persons": resultat.personer,
        "events": dict(sorted(resultat.haendelser.items())),
        "refused": [{"file": f.fil, "line": f.linje, "field": f.felt, "reason": f.grund} for f in resultat.fejl],
        "derived": dict(sorted(resultat.afledte.items())),
        "types": dict(sorted(resultat.typer.items())),
        "files": [asdict(fil) for fil in resultat.filer],
    }


def _som_tekst(resultat: Resultat) -> str:
    linjer = [_fillinje(fil) for fil in resultat.filer]
    if resultat.haendelser:
        linjer.append("hændelser: " + ", ".join(f"{kode} {n}" for kode, n in sorted(resultat.haendelser.items())))
    if resultat.fejl:
        linjer.append(f"AFVIST: {len(resultat.fejl)} fejl, intet er udgivet")
        linjer += [f"  {fejl}" for fejl in resultat.fejl]
    return "\n".join(linjer)


def _fillinje(fil: Filresultat) -> str:
    indhold = f"{fil.fil}: produktionsdato {fil.proddato}, {fil.poster} poster, {fil.personer} personer"
    if fil.uaendret:
        return f"{indhold}; er indlæst før, intet ændret"
    return indhold if fil.udgivet is None else f"{indhold}, {fil.udgivet} beskeder udgivet"
