"""What must hold of the persons after every run: what CPR told, cards, group and doctor (CPR, FLYT, KORT-16, NORD)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from contracts.base import Besked
from contracts.cpr import (
    AfsoningMeldt,
    CprHaendelse,
    CprPerson,
    FlytningGodkendt,
    VaernepligtMeldt,
)
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonFoedt,
    PersonForsvundet,
    PersonGenfundet,
    PersonHaendelseRettet,
    PersonIndrejst,
    PersonNavngivet,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonTilstand,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
from shared.domain.datoer import dato, plus_maaneder
from simulation.evidence import Evidence
from simulation.joins import join_rules, of_a_join
from simulation.lives import DOED, FORSVUNDET, GROENLAND, UDREJST

TOLD_AS: dict[str, tuple[type[Besked], str]] = {
    "A01": (PersonFlyttet, "flyttedato"),
    "A02": (PersonForsvundet, "forsvundet_fra"),
    "A03": (PersonGenfundet, "fundet"),
    "A04": (PersonIndrejst, "indrejsedato"),
    "A05": (PersonIndrejst, "indrejsedato"),
    "A06": (PersonUdrejst, "udrejsedato"),
    "A13": (PersonSkiftetNavn, "gaelder_fra"),
    "A14": (PersonNavngivet, "gaelder_fra"),
    "A21": (PersonDoed, "doedsdato"),
    "A36": (PersonFoedt, "foedselsdato"),
    "P03": (PersonSkiftetNummer, "registreret"),
    "A10": (PersonHaendelseRettet, "registreret"),
    "P02": (Besked, ""),
}
"""How each event that a run sends is told, and where its day stands."""
STAYS: dict[type[Besked], type[Besked]] = {AfsoningMeldt: PersonAfsoningMeldt, VaernepligtMeldt: PersonVaernepligtMeldt}
DAY = {**{t: day for t, day in TOLD_AS.values() if day}, **dict.fromkeys(STAYS.values(), "dato")}
GROUP_AFTER = {DOED: "9", UDREJST: "7", GROENLAND: "7"}
MOVE, MARRIAGE, NUMBER = "FLYTNING", "NAVN_AEGTESKAB", "PERSONNUMMER"
Fact = tuple[type[Besked], date]
Due = tuple[str, date | None]


def person_rules(m: Evidence) -> Iterator[str]:
    """What is wrong with the persons."""
    yield from _told(m)
    yield from _cards(m)
    yield from _stays(m)
    yield from _one_doctor(m)
    yield from _gone(m)
    yield from join_rules(m)


# --- what CPR told ----------------------------------------------------------------------------------------------------


def _told(m: Evidence) -> Iterator[str]:
    """CPR-07..11: once at most; told or noted, and told where it came in order; he stands in the end as CPR has him."""
    ids = {p.person.cpr: m.person(p.person_id) for p in m.messages(PersonTilstand)}
    states, rows = m.states(), m.rows("cpr_events", "person")
    said: dict[str, list[Any]] = defaultdict(list)
    for besked in m.heard(CprHaendelse.emne):
        cpr = besked.person.cpr if isinstance(besked, CprHaendelse) else getattr(besked, "cpr", None)
        if cpr in ids:
            said[ids[cpr]].append(besked)
    for person_id, alle in said.items():
        alle.sort(key=_number)
        published = m.by_person(PersonFlyttet.emne)[person_id]
        told = Counter((type(b), _day(getattr(b, DAY[type(b)]))) for b in published if type(b) in DAY)
        more = Counter(map(_taken_back, published))
        for (type_, day), n in told.items():
            if n > 1 + (more[MOVE, day] if type_ is PersonFlyttet else 0) + _by_another_number(m, type_, person_id):
                yield f"{type_.__name__} {day} om {person_id} er meldt {n} gange"
        heard = [b for b in alle if _had_another(b, ids)]
        if _in_order(alle):
            facts = (f for f in _facts(heard) if not told[f])
            yield from (f"{t.__name__} {d} om {person_id} er ikke meldt" for t, d in facts)
        noted = {(n.kode, n.virkning) for n in rows[person_id].ikke_anvendte}
        for b in (b for b in heard if isinstance(b, CprHaendelse)):
            type_, day = _fact_of(b)
            if type_ is not Besked and not told[type_, day] and (b.kode, day) not in noted:
                yield f"{b.kode} {day} om {person_id} er hverken meldt eller noteret"
        yield from _stands(person_id, states[person_id], alle, _last_delivery(m, person_id))


def _number(besked: Any) -> int:
    """How many numbers the person has had before: the order between the two record keys of a change of number."""
    return len(besked.person.tidligere_cpr) if isinstance(besked, CprHaendelse) else 0


def _in_order(alle: Sequence[Any]) -> bool:
    """Whether everything about a person came as it happened. After a new number only extracts say which comes first."""
    if any(isinstance(b, CprHaendelse) and b.kode == "P02" for b in alle):  # each number has a record key of its own
        return False
    outside = any(not isinstance(b, CprHaendelse) for b in alle)
    if outside and any(_number(b) for b in alle):
        return False
    order = [(*_known(b), day) for b in alle if (day := _fact_of(b)[1]) is not None]
    return all(a[0] <= b[0] and a[1] <= b[1] and a[2] <= b[2] for a, b in pairwise(order))


def _known(besked: Any) -> tuple[date, datetime]:
    """When CPR knew it: its delivery, and its registration."""
    if isinstance(besked, CprHaendelse):
        return besked.leverance, besked.registreret or datetime.min.replace(tzinfo=UTC)
    when = next(getattr(besked, n) for n in ("godkendt", "tilbagekaldt", "registreret") if hasattr(besked, n))
    return dato(when), when


def _had_another(besked: Any, ids: Mapping[str, str]) -> bool:
    """Of a new number: whether the one before was told of. Who was told of under the new alone changed nothing."""
    new = isinstance(besked, CprHaendelse) and besked.kode == "P03"
    return not new or besked.person.tidligere_cpr[-1] in ids


def _facts(alle: Iterable[Any]) -> list[Fact]:
    return [(t, d) for t, d in dict.fromkeys(map(_fact_of, alle)) if d is not None and t is not Besked]


def _fact_of(besked: Any) -> tuple[type[Besked], date | None]:
    """What a message from outside is told as, and from which day it holds."""
    if isinstance(besked, CprHaendelse):
        return TOLD_AS[besked.kode][0], _day_of(besked)
    if isinstance(besked, FlytningGodkendt):
        return PersonFlyttet, besked.flyttedato
    return (STAYS[type(besked)], besked.dato) if type(besked) in STAYS else (Besked, None)


def _day_of(besked: CprHaendelse) -> date | None:
    p: CprPerson = besked.person
    match besked.kode:
        case "A01" | "A03":
            return _day(p.adresse and p.adresse.tilflytning)
        case "A04" | "A05":
            return _day(p.rejser[-1].indrejse)
        case "A06":
            return _day(p.rejser[-1].udrejse)
        case "A13" | "A14":
            return _day(p.navn.gaelder_fra)
        case "A02" | "A21":
            return _day(p.status_fra)
        case "A36":
            return p.foedselsdato
        case _:
            return _day(besked.registreret)


def _day(when: datetime | date | None) -> date | None:
    return dato(when) if isinstance(when, datetime) else when


def _last_delivery(m: Evidence, person_id: str) -> date:
    """The newest extract that told of a person, under any of his numbers."""
    numbers = {cpr for cpr, n in m.rows("cpr_events", "personnummer").items() if n.person_id == person_id}
    heard = (b for b in m.heard(CprHaendelse.emne) if isinstance(b, CprHaendelse) and b.person.cpr in numbers)
    return max((b.leverance for b in heard), default=date.min)


def _stands(person_id: str, state: Any, alle: Sequence[Any], last: date) -> Iterator[str]:
    """The newest event of the newest extract says how a person stands, in whatever order they were read."""
    events = [b for b in alle if isinstance(b, CprHaendelse) and b.person.gaeldende_cpr is None]
    newest = max(events, key=lambda b: _known(b)[::-1], default=None)
    if newest is None or last > newest.leverance:
        return
    person = newest.person
    should = (person.cpr, person.status, person.navn.efternavn, person.adresse and person.adresse.standardadresse)
    stands = (state.cpr, state.status, state.efternavn, state.adresse and state.adresse.linje)
    if should != stands:
        yield f"{person_id} står som {stands}, men CPR sagde sidst {should}"


# --- cards ------------------------------------------------------------------------------------------------------------


def _by_another_number(m: Evidence, type_: type[Any], person_id: str) -> int:
    """CPR-01, CPR-11: how often a wedding that is told late may tell a name again, under a number that took over."""
    return sum(new == person_id for new in m.replaced().values()) if type_ is PersonSkiftetNavn else 0


def _cards(m: Evidence) -> Iterator[str]:
    """KORT-16, CPR-01, CPR-02, BET-11: one free card for each that gives one, and none for anything else.

    That of a choice made after the move is the choice's own, though as free (BET-13).
    """
    choices = {f.forloeb_id for f in m.messages(ForloebStartet) if f.art == "LAEGEVALG"}
    came_to_nothing = {f.forloeb_id for f in m.messages(ForloebAfsluttet) if f.udfald in ("ANNULLERET", "AFVIST")}
    cards: dict[str, list[KortAnmodetV2]] = defaultdict(list)
    for kort in m.messages(KortAnmodetV2):
        cards[m.person(kort.person_id)].append(kort)
        if kort.aarsag in (MOVE, MARRIAGE, NUMBER) and kort.gebyr_oere:
            yield f"{kort.kort_id} koster {kort.gebyr_oere} øre"
    for person_id, told in m.by_person(PersonFlyttet.emne).items():
        sure, perhaps = _cards_due(told)
        own = Counter(k.aarsag for k in cards[person_id] if k.forloeb_id not in choices and not of_a_join(k))
        shared = [k for k in cards[person_id] if k.begrundelse is None or k.begrundelse.regel != "BET-13"]
        with_choice = sum(k.aarsag == MOVE for k in shared if k.forloeb_id in choices - came_to_nothing)
        for reason in (MOVE, MARRIAGE, NUMBER):
            had, due = own[reason] + (with_choice if reason == MOVE else 0), sure[reason] + perhaps[reason]
            waits = len(_open_choices(m, person_id)) if reason == MOVE else 0
            due += _by_another_number(m, PersonSkiftetNavn, person_id) if reason == MARRIAGE and due else 0
            if not sure[reason] - waits <= had <= due:
                yield f"{person_id} har {had} kort på grund af {reason}, men skulle have {sure[reason]} til {due}"
        if unknown := set(own) - {MOVE, MARRIAGE, NUMBER}:
            yield f"{person_id} har kort på grund af {sorted(unknown)}"


def _cards_due(told: Sequence[Any]) -> tuple[Counter[str], Counter[str]]:
    """How many cards follow for each reason, of a person of whom this was told in this order: surely, and perhaps.

    Perhaps where he has left, is missing or dead before the card is asked for, or the move was taken back.
    """
    right, sure, perhaps = True, set[Due](), Counter[str]()
    for b in told:
        due, again = _due(b), _taken_back(b)
        if _leaves(b):
            right, perhaps, sure = False, perhaps + Counter(r for r, _ in sure), set()
        elif isinstance(b, PersonIndrejst | PersonGenfundet):
            right = True
        elif again is not None and again in sure:
            sure.remove(again)
            perhaps[MOVE] += 1
        elif due is not None and right:
            sure.add(due)
    return Counter(reason for reason, _ in sure), perhaps


def _leaves(b: Any) -> bool:
    """Whether no card follows from what was told before, unless it was asked for already."""
    return isinstance(b, PersonUdrejst | PersonDoed | PersonForsvundet) or (
        isinstance(b, PersonFlyttet) and b.person.status == GROENLAND
    )


def _due(b: Any) -> Due | None:
    """What a card follows from."""
    match b:
        case PersonFlyttet():
            return MOVE, b.flyttedato
        case PersonSkiftetNavn() if _after_wedding(b):
            return MARRIAGE, b.gaelder_fra
        case PersonSkiftetNummer():
            return NUMBER, _day(b.registreret)
        case _:
            return None


def _taken_back(b: Any) -> Due | None:
    match b:
        case PersonFlytningTilbagekaldt():
            return MOVE, b.flyttedato
        case PersonHaendelseRettet():
            return MOVE, b.tilbagekaldt
        case _:
            return None


def _after_wedding(b: PersonSkiftetNavn) -> bool:
    return b.vielsesdato is not None and b.vielsesdato <= b.gaelder_fra <= plus_maaneder(b.vielsesdato, 3)


def _open_choices(m: Evidence, person_id: str) -> set[str]:
    over = {f.forloeb_id for f in m.messages(ForloebAfsluttet)}
    started = (f for f in m.messages(ForloebStartet) if m.person(f.person_id) == person_id and f.art == "LAEGEVALG")
    return {f.forloeb_id for f in started} - over


# --- tasks, group and doctor ------------------------------------------------------------------------------------------


def _stays(m: Evidence) -> Iterator[str]:
    """CPR-03, CPR-12: one task for each step, and no more; NORD-01: none for who lives in Greenland by now."""
    kind = {PersonAfsoningMeldt: "AFSONING", PersonVaernepligtMeldt: "VAERNEPLIGT"}
    told = (b for b in m.messages(*kind) if b.person.status != GROENLAND)
    stays = {(m.person(b.person_id), kind[type(b)], b.trin, b.dato) for b in told}
    should = Counter((person_id, f"{what}_{trin}") for person_id, what, trin, _ in stays)
    made = Counter(
        (m.person(o.person_id or ""), o.aarsag)
        for o in m.messages(OpgaveAnmodet)
        if o.aarsag.startswith(tuple(kind.values()))
    )
    if should != made:
        yield f"opgaver om afsoning og værnepligt: {made} i stedet for {should}"


def _one_doctor(m: Evidence) -> Iterator[str]:
    """LV-20: a new doctor takes over from the one there was, and it is that one who ends; the row says the same.

    CPR-11: what ran when he turned out to be another is told under the id it began under.
    """
    now: dict[str, dict[str, str | None]] = defaultdict(dict)
    for b in m.heard(LaegevalgTraadtIKraft.emne):
        if isinstance(b, LaegevalgTraadtIKraft):
            had = now[m.person(b.person_id)]
            alone, before = not had.keys() - {b.person_id}, had.get(b.person_id)
            if alone and before not in (None, b.ydernummer, b.tidligere_ydernummer):
                yield f"{b.person_id} har to læger: {before} og {b.ydernummer}"
            had[b.person_id] = b.ydernummer
        elif isinstance(b, LaegeOphoert):
            had = now[m.person(b.person_id)]
            if b.ydernummer not in had.values():
                yield f"{b.person_id} mistede {b.ydernummer}, men havde {had}"
            had.update({i: None for i, y in had.items() if y == b.ydernummer})
    for person_id, row in m.rows("laegevalg", "sikret").items():
        if person_id not in m.replaced() and row.ydernummer not in (now[person_id].values() or {None}):
            yield f"{person_id} står med {row.ydernummer}, men har fået at vide {now[person_id]}"


def _gone(m: Evidence) -> Iterator[str]:
    """CPR-14, NORD-01, NORD-02: who is dead, missing or lives elsewhere has no doctor, and nothing open."""
    doctors, groups = m.doctors(), {g.person_id: g.gruppe for g in m.messages(GruppeTraadtIKraft)}
    over = {f.forloeb_id for f in m.messages(ForloebAfsluttet)}
    status = {i: person.status for i, person in m.states().items()}
    for person_id, told in m.by_person(PersonFlyttet.emne).items():
        last = [b for b in told if isinstance(b, LAST_TOLD) and (not isinstance(b, PersonFlyttet) or _ends(b))]
        if not last or not _ends(last[-1]) or last[-1].person.status != status[person_id] or _waits(m, person_id):
            continue
        what, group = f"{type(last[-1]).__name__} om {person_id}", GROUP_AFTER.get(status[person_id])
        started = [f for f in m.messages(ForloebStartet) if m.person(f.person_id) == person_id]
        ended = [f.startet for f in started if f.art in ENDS]
        if status[person_id] == FORSVUNDET and ended:  # one who orders after he went missing is there
            started = [f for f in started if f.startet <= ended[-1]]
        mine = {f.forloeb_id for f in started if f.art not in CARD_ONLY}
        chosen = doctors.get(person_id)
        if isinstance(last[-1], PersonForsvundet) and chosen and chosen.virkningsdato > last[-1].forsvundet_fra:
            chosen = None  # he was seen after that day
        if chosen:
            yield f"{what}, men lægen er {chosen.ydernummer}"
        if still := mine - over:
            yield f"{what}, men {sorted(still)} er i gang"
        if group is not None and groups.get(person_id) != group:
            yield f"{what}, men gruppen er {groups.get(person_id)}"


def _waits(m: Evidence, person_id: str) -> bool:
    """Whether the event still waits for the state of its person, which stands on another topic."""
    deadlines = m.schemas["laegevalg"].table("deadline")
    return any(person_id in str(d) and str(d).endswith("HaendelseVenter") for d in deadlines)


ENDS = ("FRAFLYTNING", "DOEDSFALD", "FORSVINDEN")
CARD_ONLY = ("FLYTNING", "NAVNEAENDRING", "NUMMERSKIFT", "LAEGEVALGSBREV")
"""Kinds of forløb that only wait for a card that is on its way, or for the person to choose again."""
LAST_TOLD = (PersonUdrejst, PersonDoed, PersonForsvundet, PersonIndrejst, PersonGenfundet, PersonFlyttet)


def _ends(b: Any) -> bool:
    return b.person.status in (UDREJST, DOED, FORSVUNDET, GROENLAND)
