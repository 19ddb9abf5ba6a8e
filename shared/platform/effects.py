"""Calls to the outside world: each wanted once, for ever, and never repeated blindly.

`wanted` -> `sending` -> `done` or `refused`; a lost answer makes it `unknown`, and then the outside is asked, after the
client's settle time, before anything is sent again. Outcomes come back to the service through the inbox.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from contracts.base import Besked
from contracts.kuvert import Kuvert, Ulaeselig, pak_ud
from shared.domain.udfald import InternBesked
from shared.platform.database import Pool
from shared.platform.engine import backoff, describe
from shared.platform.logging import logger
from shared.platform.metrics import Metrics
from shared.platform.processor import Wake
from shared.platform.records import pack_headers, unpack_headers
from shared.platform.stores import SETTLED, EffectStore, Settled
from shared.platform.tjeneste import Afvist, IkkeSendt, Klient, Svar, Tjeneste, Udfoert

CALL_S = 4.0
"""Seconds a call may take before its outcome is unknown."""
LEASE_S = CALL_S + 1.5
"""Seconds after which somebody else takes over a call whose process is gone."""
LOST_IN_A_ROW = 5
"""Answers lost one after the other that mean that the receiver is away."""
AT_ONCE = 128
"""Calls at the same time per process."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect this process works on."""

    noegle: str
    art: str
    order_key: str
    kuvert: Kuvert
    attempts: int
    asked: int
    ask: bool
    nu: datetime
    at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call."""

    claimed: Claimed
    state: Literal["done", "refused", "unknown", "wanted"]
    message: InternBesked | None = None
    wait: float = 0.0
    error: str = ""


class Effects:
    """The effects of one service, worked on by one process."""

    Store = EffectStore

    def __init__(
        self, service: Tjeneste, member: str, pool: Pool, metrics: Metrics, wake: Wake, clients: Mapping[str, Klient]
    ) -> None:
        self.service = service
        self.store = self.Store(pool, member)
        self.metrics, self.wake, self.clients = metrics, wake, clients
        self.types: Mapping[str, type[Besked]] = service.beskeder()
        self.log = logger(tjeneste=service.navn, del_="effekter")
        self._held_back: dict[str, tuple[float, int]] = {}
        self._lost: dict[str, int] = {}
        """Kind to the answers lost in a row; the first of them is said."""
        self._running: set[asyncio.Task[Outcome]] = set()
        self._unrecorded: list[Outcome] = []
        self._worked = 0.0
        self._probing: set[str] = set()
        self.outage = ""

    async def step(self) -> None:
        """Take up what is due while others are still being called, and record what has come back."""
        if len(self._running) <= AT_ONCE // 2:
            began = time.monotonic()
            await self._take_up()
            self._worked = time.monotonic() - began
        if self._running or self._unrecorded:
            await self._collect(0.25)
        else:
            await self.wake.rest(self.wake.effects, 0.25)

    async def close(self) -> None:
        """Let the calls in hand come back and record them; a call takes `CALL_S` at most."""
        while self._running or self._unrecorded:
            await self._collect(CALL_S)

    async def _collect(self, seconds: float) -> None:
        if self._running:
            done, _ = await asyncio.wait(self._running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if done != self._running:
                await self.wake.gather(self._worked)
                done = {task for task in self._running if task.done()}
            self._running -= done
            self._unrecorded += [task.result() for task in done]
            self._probing -= {o.claimed.art for o in self._unrecorded}
        if self._unrecorded:
            await self._record(self._unrecorded)
            self._unrecorded = []

    async def _take_up(self) -> None:
        """As many as there is room for; of a kind held back only one, to see whether its receiver is there again.

        Each is begun as soon as it is claimed: what fails after it must not leave it lying.
        """
        now = asyncio.get_running_loop().time()
        ready = [art for art in self.clients if art not in self._held_back]
        if ready:
            self._begin(await self._claim(ready, AT_ONCE - len(self._running)))
        for art, (until, _) in list(self._held_back.items()):
            if until <= now and art not in self._probing:
                probe = await self._claim([art], 1)
                self._probing |= {c.art for c in probe}
                self._begin(probe)
                if not probe and not await self.store.any_open(art):
                    self._go_on(art)

    def _begin(self, claimed: Sequence[Claimed]) -> None:
        self._running |= {asyncio.create_task(self._carry_out(c)) for c in claimed}

    async def _claim(self, arts: Sequence[str], limit: int) -> list[Claimed]:
        """Take due effects; those whose process is gone in the middle of a call become unknown first."""
        now = asyncio.get_running_loop().time()
        settle = max((c.afklaringstid.total_seconds() for c in self.clients.values()), default=0.0)
        rows = await self.store.claim(arts, limit, LEASE_S, settle)
        readable = [c for r in rows if (c := self._claimed(r, now)) is not None]
        if len(readable) < len(rows):
            kept = {c.noegle for c in readable}
            await self._set_aside([r["noegle"] for r in rows if r["noegle"] not in kept])
        return readable

    async def _set_aside(self, keys: Sequence[str]) -> None:
        """Effects whose content this program cannot read: unknown until somebody looks, the others go on."""
        self.log.error("effekter kan ikke læses", antal=len(keys))
        await self.store.set_aside(keys)

    def _claimed(self, row: Any, at: float) -> Claimed | None:
        try:
            kuvert = pak_ud(row["order_key"].encode(), row["value"], unpack_headers(row["headers"]), self.types)
        except Exception as error:  # halved headers, or a bug in one message's own checks, must not stop the others
            if not isinstance(error, Ulaeselig):
                self.log.error("fejl i læsning", fejl=describe(error))
            return None
        return Claimed(
            row["noegle"],
            row["art"],
            row["order_key"],
            kuvert,
            row["attempts"],
            row["asked"],
            row["ask"],
            row["nu"],
            at,
        )

    async def _carry_out(self, claimed: Claimed) -> Outcome:
        client = self.clients[claimed.art]
        try:
            outcome = await (self._ask(client, claimed) if claimed.ask else self._send(client, claimed))
        except Exception as error:  # a bug in one client must lose no other outcome, and block no kind of calls
            self.log.error("fejl i klienten", art=claimed.art, fejl=describe(error))
            outcome = Outcome(
                claimed, "unknown", wait=backoff(claimed.attempts + claimed.asked + 1, 1, 60), error=describe(error)
            )
        self.metrics.calls.labels(self.service.navn, claimed.art, outcome.state).inc()
        return outcome

    async def _send(self, client: Klient, claimed: Claimed) -> Outcome:
        settle = client.afklaringstid.total_seconds()
        if asyncio.get_running_loop().time() - claimed.at > LEASE_S - CALL_S:
            return Outcome(claimed, "wanted", error="processen stod stille før kaldet")
        try:
            async with asyncio.timeout(CALL_S):
                answer = await client.send(claimed.noegle, claimed.kuvert.besked, claimed.nu)
        except IkkeSendt as error:
            return Outcome(claimed, "wanted", wait=self._hold_back(claimed.art, error), error=describe(error))
        except Exception as error:  # nobody knows what became of the call
            if claimed.art not in self._held_back and claimed.art not in self._lost:
                self.log.warning("udfald ukendt", art=claimed.art, fejl=describe(error))
            self._lose(claimed.art, error)
            told = client.ukendt(claimed.noegle, claimed.kuvert.besked)
            wait = settle if told is None else float("inf")
            return Outcome(claimed, "unknown", told, wait, describe(error))
        return self._settled(claimed, answer)

    async def _ask(self, client: Klient, claimed: Claimed) -> Outcome:
        settle = client.afklaringstid.total_seconds()
        told = client.ukendt(claimed.noegle, claimed.kuvert.besked)
        if told is not None:  # only a call whose process is gone comes here: the service has not heard of it yet
            return Outcome(claimed, "unknown", told, float("inf"), "kan ikke afklares af hubben")
        try:
            async with asyncio.timeout(CALL_S):
                answer = await client.spoerg(claimed.noegle, claimed.kuvert.besked, claimed.nu)
        except IkkeSendt as error:
            return Outcome(
                claimed, "unknown", wait=max(settle, self._hold_back(claimed.art, error)), error=describe(error)
            )
        except Exception as error:
            self._lose(claimed.art, error)
            wait = max(settle, backoff(claimed.asked, 1, 60))
            return Outcome(claimed, "unknown", wait=wait, error=describe(error))
        if answer is None:
            wait = backoff(claimed.attempts, 0.2, 60)
            return Outcome(claimed, "wanted", wait=wait, error="modtageren kender den ikke")
        return self._settled(claimed, answer)

    def _settled(self, claimed: Claimed, answer: Svar) -> Outcome:
        self._go_on(claimed.art)
        match answer:
            case Udfoert(besked):
                return Outcome(claimed, "done", besked)
            case Afvist(besked):
                return Outcome(claimed, "refused", besked)

    def _go_on(self, art: str) -> None:
        """The receiver answers, or nobody waits for it any more."""
        self._lost.pop(art, None)
        if self._held_back.pop(art, None):
            self.outage = ""
            self.log.info("fortsætter", art=art)

    def _lose(self, art: str, error: Exception) -> None:
        """An answer was lost. Many in a row are an outage like any other: no more calls are risked meanwhile."""
        self._lost[art] = self._lost.get(art, 0) + 1
        if self._lost[art] >= LOST_IN_A_ROW:
            self._hold_back(art, error)

    def _hold_back(self, art: str, error: Exception) -> float:
        """The outside is away: pause its calls for a while, and let one through to see.

        Returns the seconds until the effect may be tried again. Where the outside named no time it is due before this
        process looks again, so that a process that does reach the outside comes first.
        """
        until, count = self._held_back.get(art, (0.0, 0))
        now = asyncio.get_running_loop().time()
        if count == 0:
            self.log.warning("venter", art=art, grund=describe(error))
        self.outage = f"{art}: {describe(error)}"
        asked = error.vent if isinstance(error, IkkeSendt) else None
        wait = until - now
        if wait <= 0:
            wait = asked.total_seconds() if asked else backoff(count + 1, 0.5, 30)
            self._held_back[art] = (now + wait, count + 1)
        return wait if asked else wait / 2

    async def _record(self, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes down; what is settled stays, and what settles nothing does not touch a newer claim."""
        contradicted = await self.store.record(
            [
                Settled(c.noegle, o.state, o.error, o.wait, self._answer(o), (c.attempts, c.asked))
                for o in _one_per_effect(outcomes)
                for c in (o.claimed,)
            ]
        )
        if contradicted:
            self.log.error("modtageren svarer det modsatte af, hvad der er afgjort", effekter=contradicted)
        self.wake.inbox.set()

    def _answer(self, outcome: Outcome) -> tuple[bytes, bytes] | None:
        if outcome.message is None:
            return None
        c = outcome.claimed
        # Settled once for ever; unknown perhaps again, after a person has had it sent again.
        nth = f":{c.attempts}" if outcome.state == "unknown" else ""
        answer = Kuvert(
            outcome.message, f"effekt:{c.noegle}:{outcome.state}{nth}", self.service.kilde, c.nu, c.order_key,
            forloeb_id=c.kuvert.forloeb_id, aarsag_id=c.kuvert.id, traceparent=c.kuvert.traceparent,
        )  # fmt: skip
        return answer.vaerdi(), pack_headers(answer.headers())


def _one_per_effect(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The newest outcome of each effect, but a settled one stays: it may be written together with its repetition."""
    chosen: dict[str, Outcome] = {}
    for outcome in outcomes:
        known = chosen.get(outcome.claimed.noegle)
        if known is None or known.state not in SETTLED:
            chosen[outcome.claimed.noegle] = outcome
    return list(chosen.values())
