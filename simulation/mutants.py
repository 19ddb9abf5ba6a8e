"""Planted bugs of the kind that the simulation is there to find. A test shows that it finds each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.base import Besked
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import LaegeOphoert
from contracts.opgave import AfslutOpgave, OpgaveAfsluttet, TildelOpgave
from contracts.person import PersonDoed, PersonFlyttet, PersonForsvundet, PersonSammenlagt, PersonUdrejst
from contracts.plads import PladsForlades
from services.laegevalg.forloeb.personsagsbeskeder import KortetErIkkeMed, KortetErMed, RettenErOphoert
from services.opgaver.forloeb import Opgavetilstand
from shared.domain.udfald import INTET, Udfald
from shared.platform.effects import Claimed, Outcome
from shared.platform.engine import Due
from shared.platform.records import Item
from shared.platform.relay import Sent
from shared.platform.runtime import Parts
from shared.platform.tjeneste import Klient
from shared.platform.transaction import Step
from simulation.database import Change
from simulation.lives import KOMMUNER
from simulation.member import PARTS, SimDeadlines, SimEffects, SimProcessor, SimRelay
from simulation.statements import MemoryTransaction
from simulation.stores import MemoryDeadlines


class _CommitsFirst(MemoryTransaction):
    async def advance(self, steps: Sequence[Step]) -> None:
        """The position is moved in a transaction of its own, before the state is written."""
        await super().advance(steps)
        connection = self.db
        before = connection.change
        assert before is not None
        before.commit()
        before.written.clear()
        await connection.schema.world.point("mutant: positionen er flyttet")


class _ForgetsOrder(MemoryTransaction):
    async def lock(self, order_keys: Iterable[str]) -> None:
        """Nobody is kept out."""

    async def surroundings(self, order_keys: Iterable[str]) -> tuple[Any, set[str], set[str]]:
        """Nobody waits behind anybody."""
        nu, _, _ = await super().surroundings(order_keys)
        return nu, set(), set()


class _ForgetsDuplicates(MemoryTransaction):
    async def remember(self, items: Sequence[Item], nr: dict[tuple[str, int], int]) -> set[bytes]:
        """Every message is new."""
        await super().remember(items, nr)
        return {i.id for i in items}


class _NoFence(MemoryTransaction):
    async def advance(self, steps: Sequence[Step]) -> None:
        """The position is moved from wherever it is: a member that stood still goes on as if nothing had happened."""
        change = await self.db.begin("position")
        where = [change.get("position", (s.topic, s.part))["next"] for s in steps]
        await super().advance([replace(s, old=old, new=max(s.new, old)) for s, old in zip(steps, where, strict=True)])


class _ParkedHoldNobodyUp(MemoryTransaction):
    async def surroundings(self, order_keys: Iterable[str]) -> tuple[Any, set[str], set[str]]:
        """Later messages go past those that are parked with the same key."""
        nu, waiting, _ = await super().surroundings(order_keys)
        return nu, waiting, set()


class _FirstProcessor(SimProcessor):
    Statements = _CommitsFirst


class _DisorderlyProcessor(SimProcessor):
    Statements = _ForgetsOrder


class _ForgetfulProcessor(SimProcessor):
    Statements = _ForgetsDuplicates


class _FencelessProcessor(SimProcessor):
    Statements = _NoFence


class _HastyProcessor(SimProcessor):
    Statements = _ParkedHoldNobodyUp


class _DeafDeadlines(SimDeadlines):
    class Store(MemoryDeadlines):
        def _ready(self, change: Change) -> list[Due]:
            """What is due is released, whether or not the answers that came before it have been read."""
            due = [d for _, d in change.rows("deadline") if d.due <= change.hub_now()]
            return sorted(due, key=lambda d: (d.due, d.frist_id))


class _RepeatsUnknown(SimEffects):
    async def _ask(self, client: Klient, claimed: Claimed) -> Outcome:
        """A call whose answer was lost is made again without asking."""
        del client
        return Outcome(claimed, "wanted", error="sendes igen uden at spørge")


class _DeletesFirst(SimRelay):
    async def _send(self, rows: list[Any]) -> Sent:
        """Rows leave the outbox before Kafka has confirmed them."""
        await self.store.delete([r["id"] for r in rows], self.member, self._epochs)
        return await super()._send(rows)


Handler = Callable[..., Udfald]
Instead = Callable[[Handler], Handler]


@dataclass(frozen=True)
class Mutant:
    """A planted bug: in the parts that services are put together from, or in what they do with some messages."""

    parts: Parts = PARTS
    handlers: Mapping[type[Besked], Instead] = field(default_factory=dict[type[Besked], Instead])
    """The type of a message to what takes the place of its handler."""


def _in(*kinds: type[Besked], by: Instead) -> Mutant:
    return Mutant(handlers=dict.fromkeys(kinds, by))


def _without(*kinds: type[Besked]) -> Instead:
    """What the handler publishes of these kinds is lost."""

    def lossy(handler: Handler) -> Handler:
        def run(*args: Any) -> Udfald:
            out = handler(*args)
            return replace(out, beskeder=tuple(b for b in out.beskeder if not isinstance(b, kinds)))

        return run

    return lossy


def _card_beside_the_choice(handler: Handler) -> Handler:
    """FLYT-06 forgotten: who moves has a card, also where the choice brings it."""

    def run(besked: Any, *args: Any) -> Udfald:
        return handler(KortetErIkkeMed(forloeb_id=besked.forloeb_id, person_id=besked.person_id), *args)

    return run


def _for_anybody(handler: Handler) -> Handler:
    """OPG-02 forgotten: a command is taken as one of the task's own municipality."""

    def run(besked: Any, opgave: Any, *args: Any) -> Udfald:
        own = besked if opgave is None else besked.model_copy(update={"kommunekode": opgave.kommunekode})
        return handler(own, opgave, *args)

    return run


def _closed_opens_again(handler: Handler) -> Handler:
    """A task that is closed is dealt with as if it were not."""

    def run(besked: Any, opgave: Any, *args: Any) -> Udfald:
        if opgave is not None and opgave.tilstand is Opgavetilstand.AFSLUTTET:
            opgave = replace(opgave, tilstand=Opgavetilstand.TILDELT)
        return handler(besked, opgave, *args)

    return run


def _card_of_the_gone(handler: Handler) -> Handler:
    """NORD-01 forgotten: a card follows from a move, wherever the person has gone."""

    def run(besked: Any, sikret: Any, *args: Any) -> Udfald:
        out = handler(besked, sikret, *args)
        if args[0] or not out.beskeder or besked.person.adresse is None:
            return out
        row, p = out.raekker[0], besked.person
        kort = KortAnmodetV2(
            kort_id=f"{row.forloeb_id}:kort", forloeb_id=row.forloeb_id, person_id=p.person_id, cpr=p.cpr, navn=p.navn,
            kommunekode=KOMMUNER[0], aarsag="FLYTNING", gruppe="1",
        )  # fmt: skip
        return out if any(isinstance(b, KortAnmodetV2) for b in out.beskeder) else out + Udfald(beskeder=(kort,))

    return run


def _nothing_under_way(handler: Handler) -> Handler:
    """CPR-14 forgotten: what is under way when somebody dies or leaves goes on."""

    def run(*args: Any) -> Udfald:
        return handler(*(({} if isinstance(a, dict) else a) for a in args))

    return run


def _without_the_other(handler: Handler) -> Handler:
    """CPR-11 forgotten: what is known under the number given up stays there."""
    del handler
    return lambda *_: INTET


GOES = (PersonUdrejst, PersonDoed, PersonForsvundet)
MUTANTS: dict[str, Mutant] = {
    "positionen før tilstanden": Mutant(replace(PARTS, processor=_FirstProcessor)),
    "nøglens orden glemt": Mutant(replace(PARTS, processor=_DisorderlyProcessor)),
    "ukendt effekt gentaget uden at spørge": Mutant(replace(PARTS, effects=_RepeatsUnknown)),
    "udbakken slettet før bekræftelse": Mutant(replace(PARTS, relay=_DeletesFirst)),
    "dubletter ikke genkendt": Mutant(replace(PARTS, processor=_ForgetfulProcessor)),
    "positionen uden hegn": Mutant(replace(PARTS, processor=_FencelessProcessor)),
    "parkerede spærrer ikke": Mutant(replace(PARTS, processor=_HastyProcessor)),
    "fristen venter ikke på, at der er læst": Mutant(replace(PARTS, deadlines=_DeafDeadlines)),
    "den forladte læge beholder pladsen": _in(*GOES, PersonFlyttet, by=_without(PladsForlades)),
    "lægens ophør er ikke meldt": _in(*GOES, PersonFlyttet, by=_without(LaegeOphoert)),
    "flytningen bestiller kort ved siden af valget": _in(KortetErMed, by=_card_beside_the_choice),
    "kort ved flytning til Grønland": _in(PersonFlyttet, by=_card_of_the_gone),
    "det, der er i gang, går videre efter dødsfald og udrejse": _in(*GOES, RettenErOphoert, by=_nothing_under_way),
    "det opgivne nummers læge følger ikke med": _in(PersonSammenlagt, by=_without_the_other),
    "en anden kommune får lov": _in(TildelOpgave, AfslutOpgave, by=_for_anybody),
    "en afsluttet opgave kan lukkes igen": _in(AfslutOpgave, by=_closed_opens_again),
    "opgavens afslutning er ikke meldt": _in(AfslutOpgave, by=_without(OpgaveAfsluttet)),
}
"""Name to the bug."""
