"""The card supplier and Digital Post in memory, with ledgers: connections break before or after acceptance."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from shared.platform.httpclient import IKKE_FUNDET, TIDSGRAENSER, UvistSvar
from shared.platform.tjeneste import IkkeSendt
from simulation.world import World

Answer = tuple[int, dict[str, Any]]
SLOWEST_S = 2.5
"""A request arrives within so many seconds after it was sent, also when the sender is dead by then: less than the
clients' settle time, as the providers promise."""


class Provider:
    """One provider: what it accepted, by path and key."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.decided: dict[str, Answer] = {}
        self.content: dict[str, str] = {}
        self.accepted: Counter[str] = Counter()
        self.on_accepted: Callable[[str, dict[str, Any]], None] = lambda path, body: None

    def take(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        """A request has arrived. A letter or an order that was accepted before must never come again."""
        text = json.dumps(body, sort_keys=True)
        if path == "/tilmelding":
            return 200, {"tilmeldt": hash_of(text) % 4 != 0, "fritaget": False}
        if key in self.decided:
            self.world.broken.append(f"{self.name}: {path} {key} er sendt igen, efter at svaret var afgjort")
            return self.decided[key]
        answer = 201, {"kvittering": f"kvit-{key}", "ordre": key}
        self.decided[key], self.content[key] = answer, text
        self.accepted[key] += 1
        self.world.note(f"{self.name} har {key}")
        self.on_accepted(path, dict(body))
        return answer

    def find(self, key: str) -> Answer:
        """What became of a key."""
        if key not in self.decided:
            return IKKE_FUNDET, {}
        return 200, {**self.decided[key][1], "tilstand": "ACCEPTERET"}


def hash_of(text: str) -> int:
    """The same number for the same text in every run."""
    return sum(text.encode())


class MemoryHttp:
    """Stands where the clients have `HttpKlient`, and says what it would say."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def post(self, sti: str, krop: Mapping[str, Any], noegle: str = "") -> Answer:
        return await self._call(lambda: self.provider.take(sti, noegle, krop), f"POST {sti}")

    async def hent(self, sti: str, noegle: str) -> Answer:
        return await self._call(lambda: self.provider.find(noegle), f"GET {sti}")

    async def luk(self) -> None:
        return None

    async def _call(self, arrive: Callable[[], Answer], what: str) -> Answer:
        world, name = self.provider.world, self.provider.name
        await world.point(f"{name} før {what}", stall=False, weight=30)
        if world.chance(world.faults.provider):
            raise IkkeSendt(f"{name}: ingen forbindelse")
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[Answer] = loop.create_future()
        lost_before, lost_after = world.chance(world.faults.provider), world.chance(world.faults.provider)

        def deliver() -> None:
            answer = None if lost_before else arrive()
            if not arrived.done():
                if answer is None or lost_after:
                    arrived.set_exception(UvistSvar(f"{name}: svaret udeblev"))
                    arrived.exception()
                else:
                    arrived.set_result(answer)

        slow = world.chance(world.faults.provider)
        loop.call_later(world.rng.uniform(1, SLOWEST_S) if slow else 0.02 * world.rng.random(), deliver)
        answer = await arrived
        await world.point(f"{name} efter {what}", weight=30)
        return answer


def stand_ins(providers: Mapping[str, Provider]) -> Callable[..., MemoryHttp]:
    """What takes the place of the class `HttpKlient`: the provider by the name that the client gives it."""

    def make(navn: str, url: str, tidsgraenser: httpx.Timeout = TIDSGRAENSER) -> MemoryHttp:
        del url, tidsgraenser
        return MemoryHttp(providers[navn])

    return make
