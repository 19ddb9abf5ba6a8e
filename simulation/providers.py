"""The outside systems in memory, with ledgers: connections break before or after acceptance, and calls come late."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC
from typing import Any
from unittest import mock

import httpx
from pydantic import SecretStr

import services.betaling.client
import services.digital_post.client
import services.kortbestilling.client
from contracts.kort import KortStatus, Kortstatuskode
from shared.platform.httpclient import IKKE_FUNDET, TIDSGRAENSER, UvistSvar
from shared.platform.tjeneste import IkkeSendt
from simulation.outside import Outside
from simulation.world import PROCESS, World

Answer = tuple[int, dict[str, Any]]
SLOWEST_S = 2.5
"""A request arrives within so many seconds after it was sent, also when the sender is dead by then: less than the
clients' settle time, as the providers promise."""


class Provider:
    """One provider: what it was asked for under each key, and what it decided."""

    def __init__(self, outside: Outside, name: str) -> None:
        self.outside, self.name = outside, name
        self.world: World = outside.world
        self.decided: dict[str, Answer] = {}
        self.content: dict[str, str] = {}
        self.accepted: Counter[str] = Counter()
        self._late: set[str] = set()

    def take(self, path: str, key: str, body: Mapping[str, Any], late: bool = False) -> Answer:
        """A request has arrived; one with a key that is decided is told the same.

        It must not come again, unless one was `late`: sent by a process that stood still between deciding and sending.
        """
        text = json.dumps(body, sort_keys=True)
        if late:
            self._late.add(key)
        if key in self.decided:
            if key not in self._late and self.can_be_asked(path, key):
                self.world.broken.append(f"{self.name}: {path} {key} er sendt igen, efter at svaret var afgjort")
            same = self.content[key] == text
            return self.decided[key] if same else (409, {"kode": "NOEGLE_GENBRUGT"})
        answer = self.decide(path, key, body)
        self.decided[key], self.content[key] = answer, text
        if answer[0] < 300:
            self.accepted[key] += 1
        self.world.note(f"{self.name}: {path} {key} besvaret {answer[0]}")
        return answer

    def can_be_asked(self, path: str, key: str) -> bool:
        """Whether a question tells of what was decided; where it does not, the same call under the same key is how
        one asks."""
        del path, key
        return True

    def decide(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        """What comes of a request with a new key."""
        raise NotImplementedError

    def find(self, path: str, key: str) -> Answer:
        """What became of a key."""
        del path
        if key not in self.decided:
            return IKKE_FUNDET, {}
        status, answer = self.decided[key]
        return 200, {**answer, "tilstand": "ACCEPTERET" if status < 300 else "AFVIST"}


class CardSupplier(Provider):
    """Orders and cancels; draws cards, sends them, and tells of it in whatever order."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "kortleverandøren")
        self.orders: dict[str, Kortstatuskode | None] = {}
        """What was told of each card last; None: nothing yet."""
        self.stopped: set[str] = set()

    def decide(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        kort_id = body["kort_id"]
        if path == "/annulleringer":
            kode = "UKENDT_ORDRE" if kort_id not in self.orders else "TRUKKET" if self.orders[kort_id] else ""
            if kode:
                return 422, {"kode": kode}
            self.stopped.add(kort_id)
            return 201, {"ordre": kort_id}
        self.orders[kort_id] = None
        self.outside.at(self.world.rng.uniform(0.01, 3), lambda: self._draw(kort_id))
        return 201, {"ordre": kort_id}

    @property
    def sent(self) -> set[str]:
        """The cards that were sent."""
        return {k for k, told in self.orders.items() if told is Kortstatuskode.AFSENDT}

    def _draw(self, kort_id: str) -> None:
        if kort_id in self.stopped:
            return
        failed = self.world.chance(0.08)
        self.orders[kort_id] = Kortstatuskode.FEJL if failed else Kortstatuskode.AFSENDT
        for kode in (Kortstatuskode.FEJL,) if failed else (Kortstatuskode.TRUKKET, Kortstatuskode.AFSENDT):
            besked = KortStatus(kort_id=kort_id, status=kode, tidspunkt=self.world.hub_now)
            self.outside.send(self.world.rng.uniform(0, 1.5), besked, kort_id, "/kortleverandoer")


class DigitalPost(Provider):
    """Registrations, letters to persons, letters to practices; a practice may answer what it is asked."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Digital Post")
        self.on_request: Callable[[str, str], None] = lambda forloeb_id, person_id: None

    def take(self, path: str, key: str, body: Mapping[str, Any], late: bool = False) -> Answer:
        if path == "/tilmelding":
            return 200, {"tilmeldt": sum(body["cpr"].encode()) % 4 != 0, "fritaget": False}
        return super().take(path, key, body, late)

    def decide(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        if path == "/breve":
            return 201, {"kvittering": f"kvit-{key}"}
        if key.endswith(":anmodning"):
            reference = body["svarreference"]
            self.on_request(reference["forloeb_id"], reference["person_id"])
        return 201, {"kvittering": f"kvit-{key}", "leveret": self.world.hub_now.astimezone(UTC).isoformat()}


async def call(world: World, name: str, what: str, arrive: Callable[[bool], Answer]) -> Answer:
    """One call over a bad line: it may not get there, get there late, or its answer may be lost on the way back."""
    loop, process = asyncio.get_running_loop(), PROCESS.get()
    began = loop.time()
    await world.point(f"før {what}", stall=False, weight=30)
    if world.chance(world.faults.provider):
        world.hit("ingen forbindelse", what, name)
        raise IkkeSendt(f"{name}: ingen forbindelse")
    arrived: asyncio.Future[Answer] = loop.create_future()
    lost_before, lost_after = world.chance(world.faults.provider), world.chance(world.faults.provider)
    late = process is not None and process.frozen_until > began

    def deliver() -> None:
        answer = None if lost_before else arrive(late)
        if answer is None or lost_after:
            world.hit("kald tabt" if answer is None else "svar tabt", what, name)
        if arrived.done():
            return
        if answer is None or lost_after:
            arrived.set_exception(UvistSvar(f"{name}: svaret udeblev"))
            arrived.exception()
        else:
            arrived.set_result(answer)

    slow = world.chance(world.faults.provider)
    world.later(world.rng.uniform(1, SLOWEST_S) if slow else 0.02 * world.rng.random(), deliver)
    answer = await arrived
    await world.point(f"efter {what}", weight=30)
    return answer


class MemoryHttp:
    """Stands where the clients have `HttpKlient`, and says what it would say."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def post(self, sti: str, krop: Mapping[str, Any], noegle: str = "") -> Answer:
        p = self.provider
        return await call(p.world, p.name, f"POST {sti}", lambda late: p.take(sti, noegle, krop, late))

    async def hent(self, sti: str, noegle: str) -> Answer:
        p = self.provider
        return await call(p.world, p.name, f"GET {sti}", lambda late: p.find(sti, noegle))

    async def luk(self) -> None:
        return None


@contextmanager
def in_place_of_http(providers: Mapping[str, Provider]) -> Generator[None]:
    """The services' clients speak to these providers, found by the name that each client gives, for so long."""

    def make(navn: str, url: str, tidsgraenser: httpx.Timeout = TIDSGRAENSER) -> MemoryHttp:
        del url, tidsgraenser
        return MemoryHttp(providers[navn])

    def begin(self: Any, url: str, noegle: SecretStr, **more: Any) -> None:
        del url, more
        self.afklaringstid, self._http = services.betaling.client.AFKLARINGSTID, None
        self._noegle, self._noegler = noegle, {}

    async def kald(self: Any, metode: str, sti: str, krop: Any, headers: Mapping[str, str]) -> Answer:
        del self
        p, what = providers["Nets"], f"{metode} /v1/payments{'/' + sti.split('/')[4] if sti.count('/') > 3 else ''}"
        if krop is None:
            return await call(p.world, p.name, what, lambda late: p.find(sti, ""))
        key = headers.get("Idempotency-Key", "")
        return await call(p.world, p.name, what, lambda late: p.take(sti, key, krop, late))

    async def luk(self: Any) -> None:
        del self

    with (
        mock.patch.object(services.kortbestilling.client, "HttpKlient", make),
        mock.patch.object(services.digital_post.client, "HttpKlient", make),
        mock.patch.multiple(services.betaling.client.Nets, __init__=begin, _kald=kald, luk=luk),
    ):
        yield
