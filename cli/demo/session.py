"""One demo from start to end: signals, errors as one sentence, the log, the report, and what is left to play with."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Coroutine, Generator, Sequence
from pathlib import Path
from typing import IO, Any

import asyncpg
from aiokafka.errors import KafkaError
from rich.console import Console

from cli import rapport
from cli.demo.account import Regnskab, collect
from cli.demo.behold import keep
from cli.demo.command import Valg
from cli.demo.drejebog import Drejebog
from cli.demo.observer import Observer
from cli.demo.play import Play, Status, ny_status
from cli.demo.screen import Screen
from cli.demo.world import DemoError, World, open_world
from cli.hub import NotQuiet
from embedded import EmbeddedError
from shared.platform import logging
from shared.platform.kafka import TopicMissing
from shared.platform.settings import Settings

LOG = Path(__file__).resolve().parents[2] / "build" / "demo.log"
AFVIGER, KAN_IKKE = 1, 2
"""Exit status: the account does not balance; the demo could not run."""


def run_demo(valg: Valg) -> int:
    """Run it; returns the exit status."""
    from cli.main import run_async, settings

    found = settings()
    console = Console(highlight=False)
    try:
        if valg.json_fil is not None:
            _kan_skrives(valg.json_fil)
        with _logged(found.log_niveau):
            return run_async(_until_signal(_demo(valg, found, console)))
    except (DemoError, EmbeddedError, TopicMissing) as error:
        return _sentence(str(error))
    except NotQuiet as error:
        return _sentence(f"Demoen gik i stå: {error}. Se {LOG}.")
    except KafkaError as error:
        return _sentence(f"Kafka svarer ikke som ventet ({type(error).__name__}). Se {LOG}.")
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return _sentence(f"PostgreSQL svarer ikke som ventet ({type(error).__name__}). Se {LOG}.")
    except OSError as error:
        return _sentence(f"Demoen kan ikke køre: {error.strerror or type(error).__name__}. Se {LOG}.")


def _sentence(text: str) -> int:
    sys.stderr.write(text + "\n")
    return KAN_IKKE


@contextlib.contextmanager
def _logged(level: str) -> Generator[None]:
    """What the services log goes to a file: the screen is the demo's."""
    try:
        LOG.parent.mkdir(exist_ok=True)
        file: IO[str] = LOG.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise DemoError(f"Loggen {LOG} kan ikke skrives ({error.strerror}).") from error
    with file:
        with contextlib.redirect_stderr(file):
            logging.configure(level)
        yield


async def _until_signal(work: Coroutine[Any, Any, int]) -> int:
    """Run; the first Ctrl-C or SIGTERM ends it cleanly, the second at once."""
    task = asyncio.ensure_future(work)
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        if len(received) > 1:
            os._exit(128 + number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        return 128 + received[0] if received else 1


async def _demo(valg: Valg, found: Settings, console: Console) -> int:
    begyndt = time.monotonic()
    drejebog = Drejebog(valg.seed, valg.antal, valg.dage)

    def say(text: str) -> None:
        console.print(f"[dim]{text} …")

    async with open_world(found, valg.seed, say) as world:
        regnskab = await _played(console, world, drejebog)
        regnskab.varighed_s = round(time.monotonic() - begyndt, 1)
        rapport.vis(console, regnskab)
        if valg.json_fil is not None:
            valg.json_fil.write_text(rapport.som_json(regnskab), "utf-8")
        status = AFVIGER if regnskab.difference or regnskab.fejl else 0
        if not valg.behold:
            rapport.vis_hvor_nu(console, _short(LOG))
            say("Lukker det hele ned")
            return status
        try:
            dead = await keep(console, world, drejebog)
        except asyncio.CancelledError:
            say("Lukker det hele ned")
            return status
        raise DemoError(f"Hubben stoppede: {dead}. Se {LOG}.")


async def _played(console: Console, world: World, drejebog: Drejebog) -> Regnskab:
    """Play with everybody watching; whoever ends first ends it."""
    status, observer = ny_status(drejebog), Observer(world.settings)
    play = asyncio.create_task(Play(world, drejebog, status).run())
    others = [asyncio.create_task(world.until_dead()), asyncio.create_task(observer.run())]
    try:
        async with Screen(console, world, status, observer).shown():
            await asyncio.wait([play, *others], return_when=asyncio.FIRST_COMPLETED)
            if play.done():
                play.result()
                return await _collected(world, drejebog, status, observer)
        raise DemoError(f"Demoen stoppede: {_why(others)}. Se {LOG}.")
    finally:
        for task in (play, *others):
            task.cancel()
        await asyncio.gather(play, *others, return_exceptions=True)


async def _collected(world: World, drejebog: Drejebog, status: Status, observer: Observer) -> Regnskab:
    status.fortael("Gør regnskabet op og læser tre forløb tilbage fra Kafka")
    return await collect(world, drejebog, status, observer)


def _why(tasks: Sequence[asyncio.Task[Any]]) -> str:
    for task in tasks:
        if task.done():
            return str(task.exception() or task.result())
    return "ukendt årsag"


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _kan_skrives(fil: Path) -> None:
    """Known before the play, not after it. Raises `DemoError`."""
    if not fil.resolve().parent.is_dir():
        raise DemoError(f"Mappen til {fil} findes ikke.")
    try:
        fil.open("a").close()
    except OSError as fejl:
        raise DemoError(f"{fil} kan ikke skrives ({fejl.strerror}).") from fejl
