"""What must hold of the tasks after every run, told from the queues of the municipalities (OPG-02, OPG-09..11)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.konfig import (
    GlobalOpgavefristSat,
    KonfigkommandoAfvist,
    LokalOpgavefristSat,
    SaetGlobalOpgavefrist,
    SaetLokalOpgavefrist,
)
from contracts.opgave import (
    OpgaveAfsluttet,
    OpgaveAnmodet,
    OpgaveAnmodetV2,
    OpgavefristFlyttet,
    Opgavekommando,
    OpgavekommandoAfvist,
    OpgaveOprettet,
    OpgaveOprettetV2,
    OpgaveOverskredet,
    OpgavetekstRettet,
    OpgaveTildelt,
    OpretOpgave,
)
from simulation.evidence import Evidence
from simulation.lives import KOMMUNER

CREATED = (OpgaveOprettet, OpgaveOprettetV2)
DONE = (OpgaveTildelt, OpgavefristFlyttet, OpgavetekstRettet, OpgaveAfsluttet)


def task_rules(m: Evidence, ended: bool) -> Iterator[str]:
    """What is wrong with the tasks. `ended`: no deadline is left."""
    queue = [b for k in KOMMUNER for b in m.heard(f"opgaver.{k}")]
    yield from _each_asked_for(m, queue)
    yield from _each_task(queue, ended)
    yield from _each_command(m, queue)
    yield from _settings(m)


def _each_asked_for(m: Evidence, queue: Sequence[Any]) -> Iterator[str]:
    asked = {o.opgave_id for o in m.messages(OpgaveAnmodet, OpgaveAnmodetV2)}
    made = {o.opgave_id for o in queue if isinstance(o, CREATED) and o.aarsag != "ADHOC"}
    if asked != made:
        yield f"opgaver: {sorted(asked ^ made)} er kun ønsket eller kun oprettet"


def _each_task(queue: Sequence[Any], ended: bool) -> Iterator[str]:
    """In its order: created once, each thing that happens is the next version, and nothing after it is closed."""
    stories: dict[str, list[Any]] = defaultdict(list)
    for b in queue:
        if not isinstance(b, OpgavekommandoAfvist):
            stories[b.opgave_id].append(b)
    for opgave_id, story in stories.items():
        if not isinstance(story[0], CREATED) or sum(isinstance(b, CREATED) for b in story) != 1:
            yield f"opgave {opgave_id} er ikke oprettet netop én gang, og først: {[type(b).__name__ for b in story]}"
        if [b.version for b in story[1:]] != list(range(2, len(story) + 1)):
            yield f"opgave {opgave_id} har versionerne {[b.version for b in story[1:]]}"
        closed = [isinstance(b, OpgaveAfsluttet) for b in story]
        if any(closed[:-1]):
            yield f"opgave {opgave_id} er afsluttet, men der sker mere med den"
        if len({b.kommunekode for b in story}) > 1:
            yield f"opgave {opgave_id} står hos flere kommuner"
        overdue = Counter(b.frist for b in story if isinstance(b, OpgaveOverskredet))
        yield from (f"opgave {opgave_id} er meldt overskredet {n} gange" for n in overdue.values() if n > 1)
        frist = [b.frist for b in story if isinstance(b, (*CREATED, OpgavefristFlyttet))][-1]
        if ended and not closed[-1] and frist not in overdue:
            yield f"opgave {opgave_id} er hverken afsluttet eller meldt overskredet"


def _each_command(m: Evidence, queue: Sequence[Any]) -> Iterator[str]:
    """OPG-02: each is carried out or refused, once; and only those of the task's own municipality are carried out."""
    commands = {k.kommando_id: k for k in m.heard(Opgavekommando.emne) if isinstance(k, Opgavekommando)}
    done = Counter(b.kommando_id for b in queue if isinstance(b, DONE))
    refused = Counter(b.kommando_id for b in queue if isinstance(b, OpgavekommandoAfvist))
    made = {o.opgave_id: o for o in queue if isinstance(o, CREATED)}
    created = Counter[str]()
    for id_, kommando in commands.items():
        task = made.get(kommando.recordnoegle())
        if isinstance(kommando, OpretOpgave) and not refused[id_]:
            created[kommando.opgave_id] += 1
            done[id_] += 1
        if done[id_] + refused[id_] != 1:
            yield f"{type(kommando).__name__} {id_} er udført {done[id_]} og afvist {refused[id_]} gange"
        if done[id_] and (task is None or task.kommunekode != kommando.kommunekode or kommando.rolle == "BORGER"):
            yield f"{type(kommando).__name__} {id_} er udført for {kommando.rolle} i {kommando.kommunekode}"
    adhoc = {i for i, o in made.items() if o.aarsag == "ADHOC"}
    if set(created) != adhoc or any(n > 1 for n in created.values()):
        yield f"ad hoc-opgaver: {sorted(created.elements())} er bestilt, {sorted(adhoc)} er oprettet"


def _settings(m: Evidence) -> Iterator[str]:
    """OPG-09, OPG-10: each is answered once, and the one given last, of those accepted, holds."""
    accepted = m.messages(GlobalOpgavefristSat, LokalOpgavefristSat)
    answers = Counter(a.kommando_id for a in (*accepted, *m.messages(KonfigkommandoAfvist)))
    for kommando in m.messages(SaetGlobalOpgavefrist, SaetLokalOpgavefrist):
        if answers[kommando.kommando_id] != 1:
            yield f"indstilling {kommando.kommando_id} er besvaret {answers[kommando.kommando_id]} gange"
    rows = m.rows("opgaver", "fristindstilling")
    newest: dict[str, Any] = {}
    for sat in accepted:
        noegle = f"global:{sat.opgavetype}" if isinstance(sat, GlobalOpgavefristSat) else f"lokal:{sat.kommunekode}"
        newest[noegle] = max(newest.get(noegle, sat), sat, key=lambda s: s.sat)
    if {n: (s.kommando_id, s.dage) for n, s in newest.items()} != {n: (r.kommando_id, r.dage) for n, r in rows.items()}:
        yield f"indstillinger: {sorted(rows)} er ikke dem, der sidst er sat"
