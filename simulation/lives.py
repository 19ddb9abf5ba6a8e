"""What happens to persons in a run: CPR tells of it in the order it happened or not, once or more, and late (CPR)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from contracts.base import Besked
from contracts.cpr import (
    AfsoningMeldt,
    CprAdresse,
    CprCivilstand,
    CprForaeldremyndighed,
    CprHaendelse,
    CprNavn,
    CprPerson,
    CprRejse,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
    Trin,
    VaernepligtMeldt,
)
from contracts.noegle import cpr_noegle
from shared.domain.datoer import dato
from simulation.outside import Outside
from simulation.world import EPOCH

SECRET = "simulationens hemmelighed"  # noqa: S105  everybody may know it
KOMMUNER = ("0751", "0630")
BOSAT, GROENLAND, FORSVUNDET, UDREJST, DOED = "01", "05", "70", "80", "90"
GIVEN_UP = "50"
GOES_ON = (BOSAT, FORSVUNDET, UDREJST)
NUUK = CprAdresse(kommunekode="0956", standardadresse="Aqqusinersuaq 1", postnummer="3900")
NAMES = ("Ærø", "Ø", "Ågård", "Sørensen-Æbelø")
AFTER_WEDDING = (0, 40, 92, 93, 200)
"""Days from a wedding to the change of name: both sides of three months."""


@dataclass
class Life:
    """A person as the register has him. Each event tells how he stands then; the next one happens later."""

    outside: Outside
    person: CprPerson
    before: CprAdresse | None = None
    """Where he lived until his last move."""
    at_once: bool = True
    """Whether what happens is told in the order it happened."""
    happened: dict[str, date] = field(default_factory=dict[str, date])
    """The last day on which something of a kind happened."""
    staying: dict[str, Trin] = field(default_factory=dict[str, Trin])
    count: int = 0
    told_until: float = 0.0
    """When the last message of what has happened so far is sent."""
    registered: datetime = EPOCH
    second: "Life | None" = None
    """He himself, under a number that CPR has given him beside the first."""
    told_of: bool = False
    """Whether CPR has told of him."""

    @property
    def rng(self) -> random.Random:
        """The run's chance."""
        return self.outside.world.rng

    @property
    def key(self) -> str:
        """The record key of what is told of him."""
        return cpr_noegle(self.person.cpr, SECRET)

    def known(self) -> bool:
        """Whether CPR has told of him yet; of one who enters, that he did."""
        if not self.told_of:
            type_ = CprHaendelse if self.person.rejser else PersonOpdateret
            wanted = self.key.encode(), ("ce_type", type_.ce_type.encode())
            records = self.outside.broker.records(type_.emne)
            self.told_of = any((r.key, h) == wanted for r in records for h in r.headers)
        return self.told_of

    def day(self, kind: str) -> date | None:
        """When it happened: today or some days ago, after all before it; None: not again on the same day."""
        today = self.outside.world.hub_now.date()
        ago = self.rng.choice((0, 0, 0, 1, 1, 3, 9))
        day = max(today - timedelta(days=ago), EPOCH.date(), *self.happened.values())
        if day > today or day == self.happened.get(kind):
            return None
        self.happened[kind] = day
        return day

    def becomes(self, **fields: object) -> None:
        """What is different from now on."""
        self.person = self.person.model_copy(update=fields)

    def moment(self) -> datetime:
        """When CPR registers something: now, and after all before it."""
        self.registered = max(self.outside.world.hub_now, self.registered + timedelta(milliseconds=1))
        return self.registered

    def event(self, kode: str) -> CprHaendelse:
        """The event with the person as he stands."""
        now = self.moment()
        return CprHaendelse(kode=kode, registreret=now, leverance=dato(now), person=self.person)

    def tell(self, *beskeder: Besked) -> None:
        """In order and soon; now and then the same stands in the next extract too, and some of it takes its time."""
        now = self.outside.world.loop.time()
        start = max(now, self.told_until) if self.at_once else now + self.rng.choice((0.0, 0.5, 4.0))
        for nr, besked in enumerate(beskeder):
            start += 0.001 + nr * self.rng.uniform(0, 0.5)
            self.outside.send(start - now, besked, self.key)
            if isinstance(besked, CprHaendelse) and besked.kode != "A10" and self.rng.random() < 0.2:
                again = besked.model_copy(update={"leverance": besked.leverance + timedelta(days=1)})
                start += 0.001
                self.outside.send(start - now, again if self.rng.random() < 0.3 else besked, self.key)
        self.told_until = max(self.told_until, start)

    def happen(self) -> None:
        """Something of what can happen to him now."""
        if not self.known():
            return
        possible = [h for h in EVENTS if self.person.status in h[1]]
        if possible:
            self.rng.choices([h[2] for h in possible], [h[0] for h in possible])[0](self)


def noon(day: date) -> datetime:
    """An instant of the day that is the same day in Denmark."""
    return datetime.combine(day, time(12), UTC)


def _new_address(life: Life, day: date) -> CprAdresse:
    kommune, life.count = life.rng.choice(KOMMUNER), life.count + 1
    now, moved = life.person.adresse, noon(day)
    another = now is not None and now.kommunekode != kommune
    return CprAdresse(
        kommunekode=kommune, vejkode="0700", husnr=str(10 + life.count), postnummer="8000", tilflytning=moved,
        standardadresse=f"Sundvej {10 + life.count}", tilflytning_kommune=moved if another else None,
        fraflytningskommune=now.kommunekode if now and another else None,
    )  # fmt: skip


def _moved_in(adresse: CprAdresse | None) -> datetime:
    return (adresse and adresse.tilflytning) or datetime.min.replace(tzinfo=UTC)


def _move(life: Life) -> None:
    if day := life.day("sted"):
        life.before = life.person.adresse
        life.becomes(adresse=_new_address(life, day))
        life.tell(life.event("A01"))


def _regret_move(life: Life) -> None:
    """CPR takes the last move back (CPR-10)."""
    if life.before is not None:
        life.becomes(adresse=life.before)
        life.before = None
        life.tell(life.event("A10"))


def _approved_move(life: Life) -> None:
    """The move solution is ahead of CPR, and may take its word back (CPR-07)."""
    if day := life.day("sted"):
        adresse, now = _new_address(life, day), life.moment()
        om = {"flytning_id": f"flyt-{life.person.cpr[-4:]}-{life.count}", "cpr": life.person.cpr}
        approved = FlytningGodkendt.model_validate(
            {**om, "kode": "083", "adresse": adresse, "flyttedato": day, "godkendt": now}
        )
        if life.rng.random() < 0.35:
            withdrawn = FlytningTilbagekaldt.model_validate({**om, "tilbagekaldt": life.moment()})
            life.tell(approved, withdrawn)
            return
        life.before = life.person.adresse
        life.becomes(adresse=adresse)
        life.tell(approved, life.event("A01"))


def _marriage_name(life: Life) -> None:
    """CPR-01, CPR-02: some time after a wedding."""
    if day := life.day("navn"):
        wed = day - timedelta(days=life.rng.choice(AFTER_WEDDING))
        life.becomes(civilstand=CprCivilstand(kode="G", fra=noon(wed)))
        _other_name(life, day)


def _name(life: Life) -> None:
    if day := life.day("navn"):
        _other_name(life, day)


def _other_name(life: Life, day: date) -> None:
    names = [n for n in NAMES if n != life.person.navn.efternavn]
    life.becomes(navn=CprNavn(fornavn="Erik", efternavn=life.rng.choice(names), gaelder_fra=noon(day)))
    life.tell(life.event("A13"))


def _unused_number(life: Life, step: int) -> str:
    """CPR gives no number twice. `step` has no divisor in common with 100."""
    cpr, used = life.person.cpr, {life.person.cpr, *life.person.tidligere_cpr}
    used |= {life.second.person.cpr} if life.second else set()
    tries = (f"{cpr[:8]}{(int(cpr[8:]) + n * step) % 100:02d}" for n in range(1, 100))
    return next(number for number in tries if number not in used)


def _new_number(life: Life) -> None:
    """CPR-11. The record key is another one, so nothing may be under way under the old one."""
    if life.outside.left or not life.at_once or not life.day("nummer"):
        return
    old = life.person.cpr
    life.becomes(cpr=_unused_number(life, 37), tidligere_cpr=(*life.person.tidligere_cpr, old))
    life.tell(life.event("P03"))


def _second_number(life: Life) -> None:
    """CPR-11: one who is there already gets a number more, under which he enters; later it is found out."""
    if life.second is None and (day := life.day("sted")):
        life.happened["status"] = day
        as_new = {
            "cpr": _unused_number(life, 59),
            "tidligere_cpr": (),
            "boern_cpr": (),
            "rejser": (CprRejse(indrejse=noon(day)),),
        }
        entered = life.person.model_copy(update={**as_new, "adresse": _new_address(life, day)})
        life.second = Life(life.outside, entered, at_once=life.at_once)
        life.second.tell(life.second.event("A05"))
        life.outside.some_time(0.1, 10, lambda: _join(life))


def _join(life: Life) -> None:
    """CPR-11: one of the two is given up, and the records of both tell of it, in any order.

    He lives where either of the numbers was last told to have moved to, and has the journeys of both.
    """
    second = life.second
    if second is None or life.person.status != BOSAT:
        return
    life.second = life.before = None
    life.becomes(
        adresse=max(life.person.adresse, second.person.adresse, key=_moved_in),
        rejser=(*second.person.rejser, *life.person.rejser),
    )
    first = Life(life.outside, life.person, at_once=life.at_once, told_until=life.told_until)
    gone, kept = life.rng.choice(((first, second), (second, first)))
    gone.becomes(status=GIVEN_UP, gaeldende_cpr=kept.person.cpr)
    life.becomes(cpr=kept.person.cpr, tidligere_cpr=(*life.person.tidligere_cpr, gone.person.cpr))
    life.told_until, life.registered = kept.told_until, max(life.registered, second.registered)
    told = [(gone, gone.event("P02")), (life, life.event("P02").model_copy(update={"afledt": "PN"}))]
    life.rng.shuffle(told)
    for who, event in told:
        who.tell(event)


def _greenland(life: Life) -> None:
    if day := life.day("sted"):
        life.happened["status"] = day
        life.becomes(status=GROENLAND, adresse=NUUK.model_copy(update={"tilflytning": noon(day)}))
        life.tell(life.event("A01"))


def _emigrate(life: Life) -> None:
    if day := life.day("status"):
        travel = CprRejse(udrejse=noon(day), udrejseland=life.rng.choice(("5110", "5100")))
        life.becomes(status=UDREJST, status_fra=noon(day), adresse=None, rejser=(*life.person.rejser, travel))
        life.tell(life.event("A06"))


def _return(life: Life) -> None:
    if day := life.day("status"):
        life.happened["sted"] = day
        *earlier, last = life.person.rejser
        back = last.model_copy(update={"indrejse": noon(day)})
        life.becomes(status=BOSAT, status_fra=None, adresse=_new_address(life, day), rejser=(*earlier, back))
        life.tell(life.event("A04"))


def _die(life: Life) -> None:
    if day := life.day("status"):
        life.becomes(status=DOED, status_fra=noon(day), adresse=None)
        life.tell(life.event("A21"))


def _disappear(life: Life) -> None:
    if day := life.day("status"):
        life.becomes(status=FORSVUNDET, status_fra=noon(day), forsvundet_fra=noon(day), adresse=None)
        life.tell(life.event("A02"))


def _be_found(life: Life) -> None:
    if day := life.day("status"):
        life.happened["sted"] = day
        life.becomes(status=BOSAT, status_fra=None, forsvundet_fra=None, adresse=_new_address(life, day))
        life.tell(life.event("A03"))


def _stay(life: Life) -> None:
    """The start or the end of a sentence or of service (CPR-03, CPR-12), now and then by another message again."""
    type_ = life.rng.choice((AfsoningMeldt, VaernepligtMeldt))
    if day := life.day(type_.__name__):
        trin = Trin.SLUT if life.staying.get(type_.__name__) is Trin.START else Trin.START
        life.staying[type_.__name__] = trin
        told = type_(cpr=life.person.cpr, trin=trin, dato=day, registreret=life.moment())
        life.tell(*([told, told] if life.rng.random() < 0.3 else [told]))


def _have_child(life: Life) -> None:
    """A birth, and most often a name some time later (CPR-15)."""
    if day := life.day("barn"):
        custody = CprForaeldremyndighed(type_="0003", fra=day)
        child = Life(
            life.outside,
            CprPerson(
                cpr=f"{day:%d%m%y}{int(life.person.cpr[-4:]) + 100:04d}", status=BOSAT, foedselsdato=day,
                adresse=life.person.adresse, mor_cpr=life.person.cpr, foraeldremyndighed=(custody,),
            ),
        )  # fmt: skip
        child.tell(child.event("A36"))
        life.becomes(boern_cpr=(*life.person.boern_cpr, child.person.cpr))
        life.tell(PersonOpdateret(leverance=dato(life.outside.world.hub_now), person=life.person))
        if life.rng.random() < 0.7:
            life.outside.some_time(1, 10, lambda: _name_child(child))


def _name_child(child: Life) -> None:
    if day := child.day("navn"):
        child.becomes(navn=CprNavn(fornavn="Åse", efternavn="Ærø", gaelder_fra=noon(day)))
        child.tell(child.event("A14"))


EVENTS: tuple[tuple[int, tuple[str, ...], Callable[[Life], None]], ...] = (
    # weight  of status      what
    (5, (BOSAT,), _move),
    (2, (BOSAT,), _regret_move),
    (3, (BOSAT,), _approved_move),
    (3, (BOSAT,), _marriage_name),
    (1, (BOSAT,), _name),
    (2, (BOSAT,), _new_number),
    (2, (BOSAT,), _second_number),
    (2, (BOSAT,), _greenland),
    (3, (BOSAT,), _emigrate),
    (2, (BOSAT,), _disappear),
    (2, (BOSAT,), _stay),
    (1, (BOSAT,), _have_child),
    (3, GOES_ON, _die),
    (6, (UDREJST,), _return),
    (6, (FORSVUNDET,), _be_found),
)
