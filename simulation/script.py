"""What happens from outside in a run: practices with few places, people who enter the country, the supplier's word."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracts.base import Besked
from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from contracts.kort import KortStatus, Kortstatuskode
from contracts.kuvert import Kuvert
from contracts.noegle import cpr_noegle
from contracts.yder import YderOpdateret, Yderstatus
from simulation.broker import Broker
from simulation.world import World

SECRET = "simulationens hemmelighed"  # noqa: S105  everybody may know it
KOMMUNER = ("0751", "0630")
ENTRY = date(2024, 11, 4)


@dataclass(frozen=True)
class Script:
    """What the outside sends, and the places there are: those of each practice that were free from the start."""

    beskeder: tuple[tuple[Besked, str], ...]
    """Messages with their record keys."""
    ledige: dict[str, int]
    personer: int


def write_script(rng: random.Random) -> Script:
    """Few people and fewer places, so that they meet."""
    personer = rng.randint(2, 5)
    kommuner = KOMMUNER[: rng.randint(1, 2)]
    ydere = [_yder(n, rng.choice(kommuner), rng.randint(0, 3)) for n in range(rng.randint(1, 3))]
    beskeder: list[tuple[Besked, str]] = [(y, y.ydernummer) for y, _ in ydere]
    for n in range(personer):
        cpr = f"{60 + rng.randint(1, 28):02d}09{rng.randint(60, 99):02d}{n:04d}"
        noegle = cpr_noegle(cpr, SECRET)
        person = _person(cpr, rng.choice(kommuner))
        if rng.random() < 0.4:
            beskeder.append((PersonOpdateret(leverance=ENTRY, person=person), noegle))
        leverancer = [date(2024, 11, 5 + d) for d in range(rng.choice((1, 1, 2)))]
        beskeder += [(CprHaendelse(kode="A05", leverance=dag, person=person), noegle) for dag in leverancer]
    return Script(tuple(beskeder), {y.ydernummer: ledige for y, ledige in ydere}, personer)


def _yder(n: int, kommune: str, ledige: int) -> tuple[YderOpdateret, int]:
    yder = YderOpdateret(
        ydernummer=f"{n + 10:06d}", navn=f"Lægehuset {n}", kommunekode=kommune, status=Yderstatus.AABEN,
        lukkegraense=1600, maksgraense=1700, antal_sikrede=1600 - ledige, opdateret=datetime(2024, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return yder, ledige


def _person(cpr: str, kommune: str) -> CprPerson:
    return CprPerson(
        cpr=cpr,
        status="01",
        foedselsdato=date(1990, 9, 9),
        navn=CprNavn(fornavn="Erik", efternavn="Ærø"),
        adresse=CprAdresse(kommunekode=kommune, standardadresse="Åboulevarden 7", postnummer="8000"),
        rejser=(CprRejse(indrejse=datetime(2024, 11, 4, 12, tzinfo=UTC)),),
    )


class Outside:
    """Those who send to the hub. They die never, and send some things twice."""

    def __init__(self, world: World, broker: Broker) -> None:
        self.world, self.broker = world, broker
        self._count = 0
        self.left = 0
        """Messages still to come."""

    def play(self, script: Script, seconds: float) -> None:
        """Send the script, in order per key, within so many seconds."""
        at: dict[str, float] = {}
        for besked, noegle in script.beskeder:
            at[noegle] = max(at.get(noegle, 0.0), self.world.rng.uniform(0, seconds)) + 0.001
            self._later(at[noegle], besked, noegle, "/udefra")

    def card_ordered(self, path: str, body: dict[str, Any]) -> None:
        """The supplier has an order: it draws the card and sends it, and says so in whatever order."""
        if path != "/ordrer":
            return
        for kode in (Kortstatuskode.TRUKKET, Kortstatuskode.AFSENDT):
            besked = KortStatus(kort_id=body["kort_id"], status=kode, tidspunkt=self.world.now)
            self._later(self.world.rng.uniform(0.01, 6), besked, besked.kort_id, "/kortleverandoer")

    def _later(self, seconds: float, besked: Besked, noegle: str, kilde: str) -> None:
        self._count += 1
        kuvert = Kuvert(besked, f"udefra-{self._count}", kilde, self.world.now, noegle)
        again = self.world.rng.uniform(0, 3) if self.world.chance(self.world.faults.duplicate) else None
        self._at(seconds, self._send(kuvert))
        if again is not None:
            self._at(seconds + again, self._send(kuvert))

    def _at(self, seconds: float, send: Callable[[], None]) -> None:
        self.left += 1
        self.world.loop.call_later(seconds, send)

    def _send(self, kuvert: Kuvert) -> Callable[[], None]:
        def send() -> None:
            self.left -= 1
            self.broker.append(kuvert.besked.topic(), kuvert.noegle.encode(), kuvert.vaerdi(), kuvert.headers())

        return send

    def duplicate_something(self) -> None:
        """A record that is there already comes once more, on any topic: as after a relay that died, or a replay."""
        logs = sorted((w for w, log in self.broker.logs.items() if log and w[0] != "ur"), key=str)
        if logs:
            record = self.world.rng.choice(self.broker.logs[self.world.rng.choice(logs)])
            assert record.key is not None
            self.world.note(f"igen: {record.topic}/{record.partition}/{record.offset}")
            self.broker.append(record.topic, record.key, record.value, record.headers)


def offset_for(due: datetime, now: datetime) -> timedelta:
    """How far the hub's clock must be ahead for this instant to have come."""
    return due - now + timedelta(seconds=1)
