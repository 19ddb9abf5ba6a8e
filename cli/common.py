"""What the commands share: the settings, ending with one clear sentence, and running what waits for servers."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn

import typer

from shared.platform.settings import Settings

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
