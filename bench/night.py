"""A night of CPR: a file with one event record for each person of a population that the hub knows, read and handled."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bench.arrivals import Arrivals, publish_practices
from bench.result import Result
from bench.stack import LOGS, SECRET, BenchError, Stack, open_stack
from cli.hub import Hub, NotQuiet, open_hub, prepare
from ingest.cpr.indlaesning import indlaes
from shared.domain.datoer import dato
from shared.platform.settings import Settings
from simulators.registre import Befolkning, dagen
from simulators.registre.udtraek import Udtrukket, skriv_udtraek

KINDS = (
    "flytning", "navneaendring", "kommuneflytning", "foraeldremyndighed", "flytning",
    "beskyttelse", "kommuneflytning", "navneaendring", "flytning", "indrejse",
)  # fmt: skip
"""What happens to one person after the other: half of them move, one in ten enters. Each is one event record."""
WITH_CARD = frozenset({"flytning", "kommuneflytning", "indrejse"})
"""A move and an entry give a card (KORT-14, KORT-16); a name that nobody married for does not (CPR-02)."""
QUIET_S = 3600.0


async def measure(found: Settings, groups: Sequence[str], events: int) -> Result:
    """The population as it stands, then the night's file on the clock. Raises `BenchError` when something is lost."""
    async with open_stack(found) as stack:
        await prepare(stack.settings)
        for number, group in enumerate(groups):
            stack.start(f"nat-{number}", "cli.main", "run", *group.split("+"))
        async with open_hub(stack.settings) as hub:
            with tempfile.TemporaryDirectory() as folder:
                return await _measured(stack, hub, events, Path(folder))


async def _measured(stack: Stack, hub: Hub, events: int, folder: Path) -> Result:
    people, day = Befolkning(1, events), dato(datetime.now(UTC)) - timedelta(days=1)
    files = [folder / name for name in ("grund", "nat")]
    days = [day - timedelta(days=2), day - timedelta(days=1), day]
    contents = (_all(people), _night(people, day))
    for path, (before, on), content in zip(files, pairwise(days), contents, strict=True):
        await asyncio.to_thread(skriv_udtraek, path, on, before, content)
    settings = stack.settings
    await publish_practices(settings, Arrivals(events, SECRET))
    await _read(files[0], settings)
    await _quiet(stack, hub)
    handled_before, calls_before = await _done(hub)
    before, began = stack.reading(), time.monotonic()
    await _read(files[1], settings)
    read_s = time.monotonic() - began
    await _quiet(stack, hub)
    seconds, spent = time.monotonic() - began, stack.reading().since(before)
    handled, calls = await _done(hub)
    result = Result("night", events, seconds, handled - handled_before, calls - calls_before, spent, stack.peak_mb())
    result.more["read_s"] = round(read_s, 1)
    await _checked(stack, events)
    return result


def _all(people: Befolkning) -> Iterator[Udtrukket]:
    for number in range(people.antal):
        yield dagen.uden_haendelse(people, number)


def _night(people: Befolkning, day: date) -> Iterator[Udtrukket]:
    yield from dagen.dagens_haendelser(people, day, arter=KINDS)


async def _read(path: Path, settings: Settings) -> None:
    result = await indlaes([path], settings)
    if result.fejl:
        raise BenchError(f"udtrækket blev afvist: {result.fejl[0]}")


async def _quiet(stack: Stack, hub: Hub) -> None:
    """Until nobody has anything to do. Raises `BenchError`."""
    until = time.monotonic() + QUIET_S
    while True:
        stack.require_alive()
        try:
            await hub.wait_until_quiet(10)
        except NotQuiet as busy:
            if time.monotonic() > until:
                raise BenchError(str(busy)) from None
        else:
            return


async def _done(hub: Hub) -> tuple[int, int]:
    """Messages handled with the outcomes of calls, and calls, so far. Raises `BenchError` unless it all adds up."""
    handled = calls = 0
    for b in await hub.balances():
        done = b.effects.get("done", 0)
        if b.difference or b.differences or b.parked or done != b.effects_wanted:
            raise BenchError(f"{b.service} går ikke op: {b.as_json()}")
        handled, calls = handled + b.handled + done, calls + done
    return handled, calls


async def _checked(stack: Stack, events: int) -> None:
    """A card for each who moved or entered, once. Raises `BenchError`."""
    cards = (await stack.ledgers())["kortleverandoer"]
    wanted = sum(KINDS[n % len(KINDS)] in WITH_CARD for n in range(events))
    if (cards["accepteret"], cards["konflikter"]) != (wanted, 0):
        raise BenchError(f"kort hos leverandøren: {cards}, ikke {wanted}; se {LOGS}")
