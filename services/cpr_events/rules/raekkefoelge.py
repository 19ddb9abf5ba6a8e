"""CPR-08..10: what is known of each kind of fact, whatever the order in which it was told.

Facts compete by effective date, then registration time. A snapshot also says how the register stood on the day of its
delivery: what was told by earlier deliveries is then outdated (`graense`). An annulled or corrected event outdates what
was registered before it. Of the facts that are not outdated only those are kept that no other one beats in both
respects: only they can still win when something is taken back. So the outcome is a function of what was told, not of
when it came, and one fact is kept as long as all comes in order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from contracts.base import Oejeblik

TIDLIGST = datetime(2, 1, 1, tzinfo=UTC)
HUSKES = 20
"""How many beaten facts of one kind are remembered (our own)."""
Kendskab = tuple[date, datetime]
"""When CPR knew something: production date of the extract, then registration time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fakta:
    """Something that was told: effective date, when it was known, and a digest of what it says."""

    virkning: date
    leverance: date
    registreret: Oejeblik = TIDLIGST
    sum: str
    indhold: str | None = None
    """What it says, as JSON; None where it stands in the person's snapshot already, or is not needed."""

    @property
    def kendskab(self) -> Kendskab:
        """When CPR knew it."""
        return self.leverance, self.registreret

    @property
    def rang(self) -> tuple[date, datetime, date]:
        """CPR-10: effective date, then registration time, then delivery. Of two that are equal the last told holds."""
        return self.virkning, self.registreret, self.leverance

    def uden_indhold(self) -> "Fakta":
        """The same, of which the snapshot says the content."""
        return Fakta(virkning=self.virkning, leverance=self.leverance, registreret=self.registreret, sum=self.sum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kendt:
    """What is known of one kind. The first of `fakta` is what holds."""

    graense: Kendskab | None = None
    fakta: tuple[Fakta, ...] = ()
    hoert: tuple[Fakta, ...] = ()
    """What was heard and has been beaten since, the latest last."""

    @property
    def gaeldende(self) -> Fakta | None:
        """The fact that holds."""
        return self.fakta[0] if self.fakta else None

    def er_foraeldet(self, ny: Fakta) -> bool:
        """Whether the register has said something later that replaces all that was known then."""
        return self.graense is not None and ny.kendskab < self.graense

    def kender(self, ny: Fakta) -> bool:
        """CPR-09: whether the same was told before."""
        return any((f.virkning, f.sum) == (ny.virkning, ny.sum) for f in self.fakta)

    def har_hoert(self, ny: Fakta) -> bool:
        """CPR-09: whether the very same registration was heard before something newer beat it."""
        return any((f.rang[:2], f.sum) == (ny.rang[:2], ny.sum) for f in self.hoert)


def foraeldet_af_leverance(leverance: date) -> Kendskab:
    """A snapshot outdates what earlier deliveries said."""
    return leverance, TIDLIGST


def foej_til(kendt: Kendt, fakta: Iterable[Fakta], graense: Kendskab | None = None) -> Kendt:
    """What is known when more is told. The order of the calls does not matter."""
    graenser = [g for g in (kendt.graense, graense) if g is not None]
    nederst = max(graenser) if graenser else None
    alle = {f.rang: f for f in (*kendt.fakta, *fakta) if nederst is None or f.kendskab >= nederst}
    beholdt: list[Fakta] = []
    for f in sorted(alle.values(), key=lambda f: f.rang, reverse=True):
        if all(f.kendskab > b.kendskab for b in beholdt):
            beholdt.append(f)
    return Kendt(graense=nederst, fakta=tuple(beholdt), hoert=_uforaeldede(kendt.hoert, nederst))


def husk(kendt: Kendt, fakta: Iterable[Fakta], graense: Kendskab | None = None) -> Kendt:
    """The same, for what is told of: what is beaten is remembered, so that it is known when it comes again (CPR-09)."""
    nye = tuple(fakta)
    efter = foej_til(kendt, nye, graense)
    slaaet = (f for f in (*kendt.fakta, *nye) if f not in efter.fakta)
    hoert = _uforaeldede(dict.fromkeys((*efter.hoert, *slaaet)), efter.graense)
    return replace(efter, hoert=hoert[-HUSKES:])


def _uforaeldede(fakta: Iterable[Fakta], graense: Kendskab | None) -> tuple[Fakta, ...]:
    return tuple(f for f in fakta if graense is None or f.kendskab >= graense)
