"""Those who send to the hub: they never die, send some things twice, and wait for the clock with others."""

from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.base import Besked
from contracts.dispensation import Dispensationssvar, DispensationSvar
from contracts.kuvert import Kuvert
from contracts.register import BESKEDER
from simulation.broker import Broker, Record
from simulation.world import World

GARBAGE = ("x-simulation", b"intet budskab")
"""Header of what is no message, so that those who count know it."""


def is_garbage(record: Record) -> bool:
    """Whether a record was never meant to be a message."""
    return GARBAGE in record.headers


@dataclass
class Outside:
    """The outside of one run."""

    world: World
    broker: Broker = field(init=False)
    left: int = 0
    """What is still to come by itself."""
    answers: dict[str, list[DispensationSvar]] = field(default_factory=dict[str, list[DispensationSvar]])
    """What the practices have answered, by forløb."""
    _count: int = 0
    _at_move: list[tuple[int, bool, Callable[[], None]]] = field(
        default_factory=list[tuple[int, bool, Callable[[], None]]]
    )

    _at_limit: dict[tuple[str, bool], Callable[[], None]] = field(
        default_factory=dict[tuple[str, bool], Callable[[], None]]
    )

    def at(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something later."""
        self.left += 1

        def do() -> None:
            self.left -= 1
            what()

        self.world.later(seconds, do)

    def at_move(self, moves: int, before: bool, what: Callable[[], None]) -> None:
        """Do something when the clock is moved for the so-manieth time from now: right before it, or right after."""
        self._at_move.append((moves, before, what))

    def move(self, before: bool) -> None:
        """The clock is about to be moved, or has been moved just now."""
        due = [what for moves, when, what in self._at_move if moves == 0 and when == before]
        self._at_move = [(m, when, what) for m, when, what in self._at_move if m or when != before]
        if not before:
            self._at_move = [(m - 1, when, what) for m, when, what in self._at_move]
        for what in due:
            what()

    def some_time(self, soonest: float, latest: float, what: Callable[[], None]) -> None:
        """Soon, or when the clock is moved: at the last moment before, or at the first one after."""
        rng = self.world.rng
        if rng.random() < 0.5:
            self.at(rng.uniform(soonest, latest), what)
        else:
            self.at_move(rng.randint(0, 3), rng.random() < 0.5, what)

    def send(self, seconds: float, besked: Besked, noegle: str, kilde: str = "/udefra") -> None:
        """Publish a message, now and then twice."""
        self._count += 1
        kuvert = Kuvert(besked, f"udefra-{self._count}", kilde, self.world.now, noegle)
        again = self.world.rng.uniform(0, 3) if self.world.chance(self.world.faults.duplicate) else None
        self.at(seconds, lambda: self._append(kuvert))
        if again is not None:
            self.world.hit("sendt igen", besked.topic())
            self.at(seconds + again, lambda: self._append(kuvert))

    def now(self, besked: Besked, noegle: str, kilde: str = "/udefra") -> None:
        """Publish a message at this very moment."""
        self._count += 1
        self._append(Kuvert(besked, f"udefra-{self._count}", kilde, self.world.now, noegle))

    def _append(self, kuvert: Kuvert) -> None:
        self.broker.append(kuvert.besked.topic(), kuvert.noegle.encode(), kuvert.vaerdi(), kuvert.headers())

    def heard(self, *topics: str) -> list[Besked]:
        """What stands on topics that the run has, each message once, in order per key."""
        found: dict[tuple[bytes | None, bytes | None], Besked] = {}
        for record in (r for t in topics if t in self.broker.partitions for r in self.broker.records(t)):
            headers = dict(record.headers)
            identity = headers.get("ce_source"), headers.get("ce_id")
            if identity not in found and not is_garbage(record):
                assert record.value is not None
                type_ = BESKEDER[str(headers["ce_type"], "utf-8")]  # type: ignore[arg-type]
                found[identity] = type_.model_validate_json(record.value)
        return list(found.values())

    def asked(self, forloeb_id: str, person_id: str) -> None:
        """A practice has a request: it says yes, no, or nothing; soon, in the last moment, or too late."""
        rng = self.world.rng
        word = rng.choice((*Dispensationssvar, *Dispensationssvar, None))
        if word is None:
            return
        when = rng.choice(("snart", "i sidste øjeblik", "i sidste øjeblik", "for sent"))
        if when == "snart":
            self.at(rng.uniform(0.1, 10), lambda: self._answer(forloeb_id, person_id, word))
        else:
            self._at_limit[forloeb_id, when == "i sidste øjeblik"] = lambda: self._answer(forloeb_id, person_id, word)

    def limit(self, forloeb_id: str, before: bool) -> bool:
        """The last day of a practice's answer is about to end, or has just ended; whether it answers now."""
        answer = self._at_limit.pop((forloeb_id, before), None)
        if answer is not None:
            answer()
        return answer is not None

    def _answer(self, forloeb_id: str, person_id: str, word: Dispensationssvar) -> None:
        svar = DispensationSvar(forloeb_id=forloeb_id, person_id=person_id, svar=word, modtaget=self.world.hub_now)
        self.answers.setdefault(forloeb_id, []).append(svar)
        self.now(svar, person_id, "/digital-post")

    def duplicate_something(self) -> None:
        """A record that is there already comes once more, on any topic: as after a relay that died, or a replay."""
        logs = sorted((w for w, log in self.broker.logs.items() if log and w[0] != "ur"), key=str)
        if logs:
            record = self.world.rng.choice(self.broker.logs[self.world.rng.choice(logs)])
            assert record.key is not None
            self.world.hit("igen", record.topic)
            self.broker.append(record.topic, record.key, record.value, record.headers, copy=True)

    def garble(self) -> None:
        """A record that nobody can read, on a topic that the hub hears."""
        rng = self.world.rng
        topic = rng.choice(sorted({t for g in self.broker.groups.values() for t in g.topics}))
        value = rng.choice((None, b"", b"\xff\xfe", b"{", b"[]", b'{"person": null}'))
        kind = rng.choice(([], [("ce_type", b"dk.sygesikring.Findes.ikke.v1"), ("ce_id", b"1"), ("ce_source", b"/x")]))
        self.world.hit("ulæselig", topic)
        self.broker.append(topic, rng.choice((b"", b"n", b"\xff")), value, [*kind, GARBAGE])
