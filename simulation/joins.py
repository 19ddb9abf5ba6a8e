"""What must hold of those who were known under two numbers: one person, one doctor, all of his history (CPR-11)."""

from collections import defaultdict
from collections.abc import Iterator

from contracts.cpr import CprHaendelse, CprPerson
from contracts.kort import KortAnmodet, KortAnmodetV2, KortAnnulleret
from contracts.laegevalg import GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.person import PersonSammenlagt
from simulation.evidence import Evidence
from simulation.lives import BOSAT

WITH_CARD = ("1", "2")


def is_second_number(besked: CprHaendelse) -> bool:
    """Whether it tells of one who enters under a number more; who came into the country has the day of the script."""
    return besked.kode == "A05" and besked.person.adresse is not None and besked.person.adresse.tilflytning is not None


def of_a_join(kort: KortAnmodetV2) -> bool:
    """BET-11: whether the card is to one who had it to the number that was given up."""
    return kort.forloeb_id.startswith("nummerskift-") and kort.forloeb_id.endswith("-sammenlagt")


def join_rules(m: Evidence) -> Iterator[str]:
    """What is wrong with those who turned out to be one."""
    yield from _one_person(m)
    yield from _history(m)
    yield from _card(m)


def _given_up(m: Evidence) -> dict[str, CprPerson]:
    events = (b.person for b in m.messages(CprHaendelse) if b.kode == "P02")
    return {p.cpr: p for p in events if p.gaeldende_cpr is not None}


def _one_person(m: Evidence) -> Iterator[str]:
    """Both numbers lead to one row, which nobody has replaced; each join is told once, of those who were two."""
    rows, numbers = m.rows("cpr_events", "person"), m.rows("cpr_events", "personnummer")
    for cpr, person in _given_up(m).items():
        ids = {numbers[nr].person_id for nr in (cpr, person.gaeldende_cpr)}
        if len(ids) != 1 or rows[next(iter(ids))].afloest_af is not None:
            yield f"nummeret, der blev opgivet for {next(iter(ids))}, fører til {sorted(ids)}"
    told = [(b.tidligere_person_id, b.person_id) for b in m.messages(PersonSammenlagt)]
    if sorted(told) != sorted(m.replaced().items()):
        yield f"{sorted(m.replaced().items())} er lagt sammen, men {sorted(told)} er meldt"


def _history(m: Evidence) -> Iterator[str]:
    """Every group and doctor that was told, under any of his ids, stands in the one history; an old id has none."""
    rows = m.rows("laegevalg", "sikret")
    told: dict[str, set[tuple[str, object]]] = defaultdict(set)
    for g in m.messages(GruppeTraadtIKraft):
        told[m.person(g.person_id)].add((g.gruppe, g.gyldig_fra))
    for v in m.messages(LaegevalgTraadtIKraft):
        told[m.person(v.person_id)].add((v.ydernummer, v.virkningsdato))
    for person_id, registered in told.items():
        known = {(r.vaerdi, r.fra) for r in rows[person_id].historik}
        if lost := registered - known:
            yield f"{person_id} mangler {sorted(map(str, lost))} i sin historik"
    for old in m.replaced():
        if old not in rows or not rows[old].er_tom or rows[old].afloest_af != m.person(old):
            yield f"{old} er lagt sammen med {m.person(old)}, men der står endnu noget under det"


def _card(m: Evidence) -> Iterator[str]:
    """BET-11: who had a card only to the number given up, and has the right to one, has one to the number in use.

    Who had a group under the number in use had it there: with a card, or with a task that brings one.
    """
    groups_of_own = {g.person_id for g in m.messages(GruppeTraadtIKraft) if g.grund != "SAMMENLAGT"}
    states, joined = m.states(), {m.person(old) for old in m.replaced()} - groups_of_own
    groups = {m.person(g.person_id): g.gruppe for g in m.messages(GruppeTraadtIKraft)}
    cards: dict[str, set[str]] = defaultdict(set)
    stopped = {k.kort_id for k in m.messages(KortAnnulleret)}
    for kort in (k for k in m.messages(KortAnmodet, KortAnmodetV2) if k.kort_id not in stopped):
        cards[m.person(kort.person_id)].add(kort.cpr)
    for person_id in sorted(joined):
        person = states[person_id]
        right = person.status == BOSAT and groups.get(person_id) in WITH_CARD
        if right and cards[person_id] and person.cpr not in cards[person_id]:
            yield f"{person_id} har ikke kort til det nummer, der gælder"
