"""What the municipalities' caseworkers do in a run: with their own tasks, with others', with settings (OPG-02..11)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, Bestillingskanal, Rolle
from contracts.konfig import SaetGlobalOpgavefrist, SaetLokalOpgavefrist
from contracts.laegevalg import ForloebStartet
from contracts.opgave import (
    AfslutOpgave,
    FlytOpgavefrist,
    OpgaveOprettet,
    OpgaveOprettetV2,
    OpgavetypeV2,
    OpretOpgave,
    RetOpgavetekst,
    TildelOpgave,
)
from simulation.lives import KOMMUNER
from simulation.outside import Outside

NEVER_HEARD_OF = "findes-ikke"


def act(outside: Outside) -> None:
    """One of them does something, with a task of his own where there is one."""
    tasks = [o for o in outside.heard(*(f"opgaver.{k}" for k in KOMMUNER)) if isinstance(o, Task)]
    possible = [a for a in ACTS if tasks or a in WITHOUT_TASK]
    outside.world.rng.choice(possible)(outside, tasks)


Task = OpgaveOprettet | OpgaveOprettetV2
Act = Callable[[Outside, list[Task]], None]


def _give(outside: Outside, besked: Besked) -> None:
    outside.send(outside.world.rng.choice((0.0, 0.0, 2.0)), besked, besked.recordnoegle(), "/kommune")


def _by(outside: Outside, kommunekode: str) -> dict[str, Any]:
    """The caseworker, now and then of the other municipality, or one who may not."""
    rng = outside.world.rng
    return {
        "kommando_id": f"kommando-{rng.getrandbits(60)}",
        "kanal": "SAGSBEHANDLER",
        "aktoer": f"sagsbehandler-{rng.randint(1, 3)}",
        "rolle": "SAGSBEHANDLER" if rng.random() < 0.9 else "BORGER",
        "kommunekode": kommunekode if rng.random() < 0.7 else next(k for k in KOMMUNER if k != kommunekode),
        "afgivet": outside.world.hub_now,
    }


def _task(outside: Outside, tasks: list[Task]) -> dict[str, Any]:
    task = outside.world.rng.choice(tasks)
    opgave_id = task.opgave_id if outside.world.rng.random() < 0.95 else NEVER_HEARD_OF
    return {**_by(outside, task.kommunekode), "opgave_id": opgave_id}


def _create(outside: Outside, tasks: list[Task]) -> None:
    del tasks
    rng = outside.world.rng
    opgave_id = f"adhoc-{rng.randint(1, 3)}"
    frist = outside.world.hub_now.date() + timedelta(days=rng.randint(0, 40)) if rng.random() < 0.3 else None
    om = {**_by(outside, rng.choice(KOMMUNER)), "opgave_id": opgave_id, "titel": "Ring til borgeren", "frist": frist}
    _give(outside, OpretOpgave.model_validate(om))


def _assign(outside: Outside, tasks: list[Task]) -> None:
    om = {**_task(outside, tasks), "sagsbehandler": f"sagsbehandler-{outside.world.rng.randint(1, 3)}"}
    _give(outside, TildelOpgave.model_validate(om))


def _postpone(outside: Outside, tasks: list[Task]) -> None:
    frist = outside.world.hub_now.date() + timedelta(days=outside.world.rng.randint(-1, 30))
    _give(outside, FlytOpgavefrist.model_validate({**_task(outside, tasks), "frist": frist}))


def _reword(outside: Outside, tasks: list[Task]) -> None:
    _give(outside, RetOpgavetekst.model_validate({**_task(outside, tasks), "titel": "Skriv til borgeren"}))


def _close(outside: Outside, tasks: list[Task]) -> None:
    """Now and then two at once."""
    om = {**_task(outside, tasks), "begrundelse": "Klaret."}
    _give(outside, AfslutOpgave.model_validate(om))
    if outside.world.rng.random() < 0.3:
        _give(outside, AfslutOpgave.model_validate({**om, "kommando_id": f"{om['kommando_id']}-2"}))


def _set_deadline(outside: Outside, tasks: list[Task]) -> None:
    """OPG-09, OPG-10: for all municipalities, or for the ad hoc tasks of one."""
    del tasks
    rng = outside.world.rng
    om = {**_by(outside, rng.choice(KOMMUNER)), "kanal": "ADMINISTRATION", "dage": rng.choice((0, 1, 7, 30))}
    if rng.random() < 0.5:
        om |= {"rolle": rng.choice(("GLOBAL_ADMINISTRATOR", "ADMINISTRATOR")), "opgavetype": OpgavetypeV2.MANUEL}
        _give(outside, SaetGlobalOpgavefrist.model_validate(om))
    else:
        _give(outside, SaetLokalOpgavefrist.model_validate({**om, "rolle": "ADMINISTRATOR"}))


def _cancel(outside: Outside, tasks: list[Task]) -> None:
    """FORL-05: a forløb that nobody ordered."""
    del tasks
    running = [f for f in outside.heard("forloeb.haendelser") if isinstance(f, ForloebStartet)]
    nobodys = [f for f in running if f.oprettet_af == "SYSTEM"]
    if nobodys:
        rng = outside.world.rng
        besked = AnnullerForloeb(
            noegle=f"{rng.getrandbits(256):064x}",
            bestilling_id=f"stop-{rng.getrandbits(60)}",
            kanal=Bestillingskanal.SAGSBEHANDLER,
            aktoer="sagsbehandler-1",
            rolle=Rolle.SAGSBEHANDLER,
            forloeb_id=rng.choice(nobodys).forloeb_id,
            grund="fortrudt",
            bestilt=outside.world.hub_now,
        )
        outside.now(besked, besked.noegle, "/kommune")


WITHOUT_TASK: tuple[Act, ...] = (_create, _set_deadline, _cancel)
ACTS: tuple[Act, ...] = (_create, _assign, _postpone, _reword, _close, _close, _set_deadline, _cancel)
