"""Whom a person id stands for: two numbers found to be one person are joined, and no row of his is rewritten (CPR-11).

A task or a note keeps the id that it was told of; who that is now is followed when it is asked for. So it does not
matter which is heard first, the join or the task, nor how often (SIK-01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.opgaver import rules


@dataclass(frozen=True, slots=True)
class Personhenvisning:
    """What has been told of one id: the id that took over, or, of one that stands (`til` itself), its newest number."""

    person_id: str
    til: str
    cpr: str | None = None
    """The number that the person has now, where it has been another; a link has none."""


Henvisninger = Mapping[str, Personhenvisning]


def sammenlagt(opgivet: str, person_id: str, cpr: str, kendte: Henvisninger) -> tuple[Personhenvisning, ...]:
    """CPR-11: the id given up is the other person. One told to be given up to the very same stands again.

    A person who has himself been given up to a third, heard earlier, stays so.
    """
    link = Personhenvisning(opgivet, person_id)
    overlever = kendte.get(person_id)
    if overlever is not None and overlever.til not in (person_id, opgivet):
        return (link,)
    return (link, Personhenvisning(person_id, person_id, cpr))


def nyt_nummer(person_id: str, cpr: str, kendt: Personhenvisning | None) -> tuple[Personhenvisning, ...]:
    """CPR-11, BET-11: the same person under another number; one that was given up has none of his own."""
    if kendt is not None and kendt.til != person_id:
        return ()
    return (Personhenvisning(person_id, person_id, cpr),)


def nutidig(person_id: str, kendte: Henvisninger) -> str:
    """The id that stands; of a ring, which nobody should tell of, the first."""
    set_: list[str] = []
    while person_id not in set_:
        set_.append(person_id)
        if (henvisning := kendte.get(person_id)) is not None:
            person_id = henvisning.til
    return min(set_[set_.index(person_id) :])


def personer_nu(
    person_ider: Sequence[str], cpr: str | None, kendte: Henvisninger
) -> tuple[tuple[str, ...], str | None]:
    """Whom a task is about, and the CPR number to show: the newest known, of exactly one person (OPG-04)."""
    nu = tuple(dict.fromkeys(nutidig(i, kendte) for i in person_ider))
    nyeste = kendte.get(nu[0]) if len(nu) == 1 else None
    return nu, rules.vist_cpr(nu, nyeste.cpr if nyeste is not None and nyeste.cpr else cpr)
