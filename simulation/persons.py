"""What must hold of the persons after every run: what CPR told, cards, group and doctor (CPR, FLYT, KORT-16, NORD)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from contracts.base import Besked
from contracts.cpr import (
    AfsoningMeldt,
    CprHaendelse,
    CprPerson,
    FlytningGodkendt,
    FlytningTilbagekaldt,
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
from simulation.lives import BOSAT, DOED, FORSVUNDET, GROENLAND, UDREJST

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
}
"""How each event that a run sends is told, and where its day stands."""
STAYS: dict[type[Besked], type[Besked]] = {AfsoningMeldt: PersonAfsoningMeldt, VaernepligtMeldt: PersonVaernepligtMeldt}
DAY = {**dict(TOLD_AS.values()), **dict.fromkeys(STAYS.values(), "dato")}
GROUP_AFTER = {DOED: "9", UDREJST: "7", GROENLAND: "7"}
AGAIN = (PersonFlytningTilbagekaldt, PersonHaendelseRettet)
"""After these the same move may be told of once more."""
MOVE, MARRIAGE, NUMBER = "FLYTNING", "NAVN_AEGTESKAB", "PERSONNUMMER"
OTHER_CARDS = (PersonFoedt, PersonNavngivet, PersonGenfundet)
"""What else a card may follow from."""
Fact = tuple[type[Besked], date]


def person_rules(m: Evidence) -> Iterator[str]:
    """What is wrong with the persons."""
    yield from _told(m)
    yield from _cards(m)
    yield from _stays(m)
    yield from _one_doctor(m)
    yield from _gone(m)


def _by_person(m: Evidence, topic: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for besked in m.heard(topic):
        found[getattr(besked, "person_id", "")].append(besked)
    return found


# --- what CPR told ----------------------------------------------------------------------------------------------------


def _told(m: Evidence) -> Iterator[str]:
    """CPR-08..11: once at most; all of it where it came in order; and in the end the person stands as CPR has him."""
    ids = {p.person.cpr: p.person_id for p in m.messages(PersonTilstand)}
    states = {i: max(s, key=lambda p: p.version).person for i, s in _by_person(m, PersonTilstand.emne).items()}
    said: dict[str, list[Any]] = defaultdict(list)
    for besked in m.heard(CprHaendelse.emne):
        cpr = besked.person.cpr if isinstance(besked, CprHaendelse) else getattr(besked, "cpr", None)
        if cpr in ids:
            said[ids[cpr]].append(besked)
    for person_id, alle in said.items():
        alle.sort(key=_number)
        published = _by_person(m, PersonFlyttet.emne)[person_id]
        told = Counter((type(b), _day(getattr(b, DAY[type(b)]))) for b in published if type(b) in DAY)
        more = sum(isinstance(b, AGAIN) for b in published)
        for (type_, day), n in told.items():
            if n > (1 + more if type_ is PersonFlyttet else 1):
                yield f"{type_.__name__} {day} om {person_id} er meldt {n} gange"
        if _in_order(alle):
            numbers = Counter(ids.values())[person_id]  # one: told of under the new alone, there was nothing to change
            facts = (f for f in _facts(alle) if numbers > 1 or f[0] is not PersonSkiftetNummer)
            yield from (f"{t.__name__} {d} om {person_id} er ikke meldt" for t, d in facts if not told[t, d])
        yield from _stands(person_id, states[person_id], alle)


def _number(besked: Any) -> int:
    """How many numbers the person has had before: the order between the two record keys of a change of number."""
    return len(besked.person.tidligere_cpr) if isinstance(besked, CprHaendelse) else 0


def _in_order(alle: Sequence[Any]) -> bool:
    """Whether everything about a person came as it happened. After a new number only extracts say which comes first."""
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


def _facts(alle: Sequence[Any]) -> list[Fact]:
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


def _stands(person_id: str, state: Any, alle: Sequence[Any]) -> Iterator[str]:
    """The newest event of the newest extract says how a person stands, in whatever order they were read."""
    events = [b for b in alle if isinstance(b, CprHaendelse)]
    newest = max(events, key=lambda b: _known(b)[::-1], default=None)
    if newest is None or any(b.leverance > newest.leverance for b in events):
        return
    person = newest.person
    if any(isinstance(b, FlytningTilbagekaldt) for b in alle):  # where he lives is as the move solution left it
        person, state = person.model_copy(update={"adresse": None}), state.model_copy(update={"adresse": None})
    should = (person.cpr, person.status, person.navn.efternavn, person.adresse and person.adresse.standardadresse)
    stands = (state.cpr, state.status, state.efternavn, state.adresse and state.adresse.linje)
    if should != stands:
        yield f"{person_id} står som {stands}, men CPR sagde sidst {should}"


# --- cards ------------------------------------------------------------------------------------------------------------


def _cards(m: Evidence) -> Iterator[str]:
    """KORT-16, CPR-01, CPR-02, BET-11: one free card for each that gives one, and none for anything else."""
    choices = {f.forloeb_id for f in m.messages(ForloebStartet) if f.art == "LAEGEVALG"}
    came_to_nothing = {f.forloeb_id for f in m.messages(ForloebAfsluttet) if f.udfald in ("ANNULLERET", "AFVIST")}
    cards: dict[str, list[KortAnmodetV2]] = defaultdict(list)
    for kort in m.messages(KortAnmodetV2):
        cards[kort.person_id].append(kort)
        if kort.aarsag in (MOVE, MARRIAGE, NUMBER) and kort.gebyr_oere:
            yield f"{kort.kort_id} koster {kort.gebyr_oere} øre"
    published = _by_person(m, PersonFlyttet.emne)
    for person_id in sorted({*cards, *published}):
        due = _cards_due(published[person_id])
        own = Counter(k.aarsag for k in cards[person_id] if k.forloeb_id not in choices)
        with_choice = sum(k.aarsag == MOVE for k in cards[person_id] if k.forloeb_id in choices - came_to_nothing)
        for reason in (MARRIAGE, NUMBER):
            if own[reason] != due[reason]:
                yield f"{person_id} skulle have {due[reason]} kort på grund af {reason}, men har {own[reason]}"
        missing = due[MOVE] - own[MOVE]
        if missing < with_choice:
            yield f"{person_id} har {own[MOVE] + with_choice} kort for {due[MOVE]} flytninger"
        if missing and not with_choice and not _explained(m, person_id, published[person_id]):
            yield f"{person_id} mangler {missing} kort for {due[MOVE]} flytninger"
        unknown = set(own) - {MOVE, MARRIAGE, NUMBER}
        if unknown and not any(isinstance(b, OTHER_CARDS) for b in published[person_id]):
            yield f"{person_id} har kort på grund af {sorted(unknown)}"


def _cards_due(told: Sequence[Any]) -> Counter[str]:
    """How many cards follow for each reason, of a person of whom this was told in this order."""
    right, due = True, dict[tuple[str, date | None], bool]()
    for b in told:
        match b:
            case PersonUdrejst() | PersonDoed():
                right = False
            case PersonFlyttet() if b.person.status == GROENLAND:
                right = False
            case PersonIndrejst() | PersonGenfundet():
                right = True
            case PersonFlyttet():
                due.setdefault((MOVE, b.flyttedato), right)
            case PersonSkiftetNavn():
                key = (MARRIAGE, b.gaelder_fra)
                due[key] = due.get(key, False) or (right and _after_wedding(b))
            case PersonSkiftetNummer():
                due.setdefault((NUMBER, _day(b.registreret)), right)
            case _:
                pass
    return Counter(reason for (reason, _), has in due.items() if has)


def _after_wedding(b: PersonSkiftetNavn) -> bool:
    return b.vielsesdato is not None and b.vielsesdato <= b.gaelder_fra <= plus_maaneder(b.vielsesdato, 3)


def _explained(m: Evidence, person_id: str, told: Sequence[Any]) -> bool:
    """FLYT-06: a choice that is still open brings the card. Who has left, or did not move after all, gets none."""
    state = max((p for p in m.messages(PersonTilstand) if p.person_id == person_id), key=lambda p: p.version)
    return bool(_open_choices(m, person_id)) or state.person.status != BOSAT or any(isinstance(b, AGAIN) for b in told)


def _open_choices(m: Evidence, person_id: str) -> set[str]:
    over = {f.forloeb_id for f in m.messages(ForloebAfsluttet)}
    started = (f for f in m.messages(ForloebStartet) if f.person_id == person_id and f.art == "LAEGEVALG")
    return {f.forloeb_id for f in started} - over


# --- tasks, group and doctor ------------------------------------------------------------------------------------------


def _stays(m: Evidence) -> Iterator[str]:
    """CPR-03, CPR-12: one task for each step, and no more."""
    kind = {PersonAfsoningMeldt: "AFSONING", PersonVaernepligtMeldt: "VAERNEPLIGT"}
    stays = {(b.person_id, kind[type(b)], b.trin, b.dato) for b in m.messages(*kind)}
    should = Counter((person_id, f"{what}_{trin}") for person_id, what, trin, _ in stays)
    made = Counter(
        (o.person_id, o.aarsag) for o in m.messages(OpgaveAnmodet) if o.aarsag.startswith(tuple(kind.values()))
    )
    if should != made:
        yield f"opgaver om afsoning og værnepligt: {made} i stedet for {should}"


def _one_doctor(m: Evidence) -> Iterator[str]:
    """LV-20: a new doctor takes over from the one there was, and it is that one who ends; the row says the same."""
    now: dict[str, str | None] = {}
    for b in m.heard(LaegevalgTraadtIKraft.emne):
        if isinstance(b, LaegevalgTraadtIKraft):
            had = now.get(b.person_id)
            if had not in (None, b.ydernummer, b.tidligere_ydernummer):
                yield f"{b.person_id} har to læger: {had} og {b.ydernummer}"
            now[b.person_id] = b.ydernummer
        elif isinstance(b, LaegeOphoert):
            if now.get(b.person_id) != b.ydernummer:
                yield f"{b.person_id} mistede {b.ydernummer}, men havde {now.get(b.person_id)}"
            now[b.person_id] = None
    for person_id, row in m.rows("laegevalg", "sikret").items():
        if row.ydernummer != now.get(person_id):
            yield f"{person_id} står med {row.ydernummer}, men har fået at vide {now.get(person_id)}"


def _gone(m: Evidence) -> Iterator[str]:
    """CPR-14, NORD-01, NORD-02: who is dead, missing or lives elsewhere has no doctor, and nothing open."""
    doctors, groups = m.doctors(), {g.person_id: g.gruppe for g in m.messages(GruppeTraadtIKraft)}
    over = {f.forloeb_id for f in m.messages(ForloebAfsluttet)}
    status = {i: max(s, key=lambda p: p.version).person.status for i, s in _by_person(m, PersonTilstand.emne).items()}
    for person_id, told in _by_person(m, PersonFlyttet.emne).items():
        last = [b for b in told if isinstance(b, LAST_TOLD) and (not isinstance(b, PersonFlyttet) or _ends(b))]
        if not last or not _ends(last[-1]) or last[-1].person.status != status[person_id] or _waits(m, person_id):
            continue
        what, group = f"{type(last[-1]).__name__} om {person_id}", GROUP_AFTER.get(status[person_id])
        started = [f for f in m.messages(ForloebStartet) if f.person_id == person_id]
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
