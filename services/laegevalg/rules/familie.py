"""Whose doctor an entry or a birth waits for, when a family is on its way together (IND-01, FAM-05..07). Pure, dated.

A child waits for those who have custody of it, a spouse for the one whose entry began first. Nobody waits for a child,
so nobody waits for one who waits for him.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.person import Adresse, Personoplysninger
from services.laegevalg.rules import Dage, Sikring, bor_sammen, dage, er_fraflyttet, foelger_foraeldre, naeste_soegning
from services.laegevalg.rules.personer import UDEN_RET
from shared.domain.datoer import dato, midnat, plus_dage
from shared.domain.hjemmel import Hjemmel

# fmt: off
VENT_PAA_FAMILIEN = (
    #    gælder fra  dage  hjemmel
    Dage(date.min,   1,    Hjemmel("IND-01", "familiens læge først; dagens længde er vores egen")),
)
# fmt: on
SAMME_LEVERANCE = timedelta(minutes=10)
"""How long a child waits for a parent whom nobody has told of: what one delivery brings is read by then (our own)."""
EFTER_TILSTANDEN = timedelta(minutes=1)
"""And for one whose state is read: his event, if there is one, was told at the same moment (our own)."""


@dataclass(frozen=True, slots=True)
class Slaegtning:
    """A relative as far as he is known: group and doctor, where he lives, and whether he is being given a doctor."""

    sikring: Sikring
    status: str | None
    adresse: Adresse | None
    soeger_laege: bool
    afloest: bool = False
    """CPR-11: nobody goes by this id any more."""

    indrejst: date | None = None
    """The newest entry that CPR told of."""

    @property
    def har_laege(self) -> bool:
        """IND-01, IND-04: a doctor that he keeps; one from before an entry that is under way is about to end."""
        fra = self.sikring.laege_fra
        ophoerer = self.soeger_laege and self.indrejst is not None and (fra is None or fra < self.indrejst)
        return self.sikring.ydernummer is not None and not ophoerer


def venter(
    person: Personoplysninger, dag: date, kendte: Mapping[str, Slaegtning], startet: datetime, nu: datetime,
    *, ogsaa_ukendte: bool,
) -> bool:  # fmt: skip
    """IND-01, FAM-05, FAM-07: whether somebody's doctor, which this person is to have, is still being found.

    `kendte`: the relatives by id. `ogsaa_ukendte`: also parents who may be told of next, where no parent has a doctor.
    """
    if not foelger_foraeldre(person.foedselsdato, dag):
        foran = (person.aegtefaelle_id or "", *person.foraeldremyndighed_ider)
        return nu < _senest(startet) and _soeger(kendte.get(i) for i in foran)
    myndige = [kendte.get(i) for i in person.foraeldremyndighed_ider]
    if any(m is not None and m.har_laege and bor_sammen(person.adresse, m.adresse) for m in myndige):
        return False
    if _soeger(myndige):
        return nu < _senest(startet)
    if not ogsaa_ukendte or any(m is not None and m.har_laege for m in myndige):
        return False
    return any(nu < startet + _kan_vaere_paa_vej_i(m) for m in myndige)


def se_igen(startet: datetime, nu: datetime) -> datetime:
    """When one who waits looks again by himself: ever more rarely, and when the wait is over."""
    graenser = (g for g in (startet + EFTER_TILSTANDEN, startet + SAMME_LEVERANCE, _senest(startet)) if g > nu)
    return min(naeste_soegning(startet, nu), *graenser)


def _soeger(slaegt: Iterable[Slaegtning | None]) -> bool:
    return any(s is not None and s.soeger_laege and not s.har_laege and _har_ret(s) for s in slaegt)


def _har_ret(s: Slaegtning) -> bool:
    return not s.afloest and s.sikring.gruppe not in UDEN_RET and (s.status is None or not er_fraflyttet(s.status))


def _kan_vaere_paa_vej_i(s: Slaegtning | None) -> timedelta:
    """CPR-08: how long one may be about to enter of whom nobody has told, or no more than that he lives in Denmark."""
    if s is None:
        return SAMME_LEVERANCE
    return EFTER_TILSTANDEN if s.sikring == Sikring() and _har_ret(s) else timedelta()


def _senest(startet: datetime) -> datetime:
    """The whole of the next Danish day, and no longer: then the entry goes on alone."""
    dag = dato(startet)
    return midnat(plus_dage(dag, dage(VENT_PAA_FAMILIEN, dag) + 1))
