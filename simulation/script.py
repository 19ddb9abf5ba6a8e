"""What happens from outside in a run: practices with few places, people who enter the country, people who choose."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, Bestillingskanal, LaegevalgBestilt, Rolle
from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from contracts.noegle import cpr_noegle
from contracts.plo import PraksisNedlaegges
from contracts.yder import YderOpdateret, Yderstatus
from simulation import caseworkers
from simulation.lives import KOMMUNER, SECRET, Life
from simulation.outside import Outside
from simulation.world import EPOCH

ENTRY = date(2024, 11, 4)
CLOSES_AT = 1600
COMPANIES = (
    # enter  choose  events  commands
    (3, 1, 1, 0),
    (2, 2, 1, 1),
    (0, 3, 2, 0),
    (4, 0, 0, 2),
    (1, 1, 5, 1),
    (0, 2, 5, 1),
    (2, 0, 4, 5),
)
"""How much of each there is in a run."""
DOOMED = "Dødsdømt"
"""Family name in a message that no try will ever handle."""


@dataclass(frozen=True)
class Script:
    """What the outside sends, and the places there are."""

    beskeder: tuple[tuple[Besked, str], ...]
    """Messages with their record keys."""
    ydere: dict[str, YderOpdateret]
    personer: int
    """Who enters the country."""
    valg: tuple[LaegevalgBestilt, ...]
    lives: tuple[tuple[CprPerson, int], ...]
    """To whom something happens, as CPR has them at first, and how often."""
    work: int
    """How many commands the caseworkers give."""

    def ledige(self, ydernummer: str) -> int:
        """The places for those who are sent there."""
        return CLOSES_AT - (self.ydere[ydernummer].antal_sikrede or 0)


def write_script(rng: random.Random) -> Script:
    """Few people and fewer places, so that they meet."""
    kommuner = KOMMUNER[: rng.randint(1, 2)]
    ydere = [_yder(n, rng.choice(kommuner), rng.randint(0, 3)) for n in range(rng.randint(1, 3))]
    lukkede = [_yder(n + 80, rng.choice(kommuner), 0, rng.randint(0, 3)) for n in range(rng.randint(1, 2))]
    beskeder: list[tuple[Besked, str]] = [(y, y.ydernummer) for y in (*ydere, *lukkede)]
    personer, vaelgere, events, work = rng.choice(COMPANIES)
    known: list[CprPerson] = []
    for n in range(personer):
        person = _person(_cpr(rng, n), rng.choice(kommuner), indrejst=True)
        known.append(person)
        beskeder += _indrejse(rng, person)
    valg: list[LaegevalgBestilt] = []
    for n in range(vaelgere):
        cpr = _cpr(rng, 10 + n)
        kommune = rng.choice(kommuner)
        kendt = PersonOpdateret(leverance=ENTRY, person=_person(cpr, kommune))
        known.append(kendt.person)
        beskeder.append((kendt, cpr_noegle(cpr, SECRET)))
        valg.append(_valg(rng, n, cpr, kommune, rng.choice(lukkede if rng.random() < 0.7 else ydere)))
    if rng.random() < 0.4:
        beskeder += _doemt(_cpr(rng, 20), rng.choice(kommuner))
    alle = {y.ydernummer: y for y in (*ydere, *lukkede)}
    lives = Counter(rng.choice(range(len(known))) for _ in range(events))
    return Script(tuple(beskeder), alle, personer, tuple(valg), tuple((known[n], c) for n, c in lives.items()), work)


def _cpr(rng: random.Random, n: int) -> str:
    return f"{60 + rng.randint(1, 28):02d}09{rng.randint(60, 99):02d}{n:04d}"


def _indrejse(rng: random.Random, person: CprPerson) -> list[tuple[Besked, str]]:
    noegle = cpr_noegle(person.cpr, SECRET)
    foer = [PersonOpdateret(leverance=ENTRY, person=person)] if rng.random() < 0.4 else []
    dage = [date(2024, 11, 5 + d) for d in range(rng.choice((1, 1, 2)))]
    return [(b, noegle) for b in (*foer, *(CprHaendelse(kode="A05", leverance=d, person=person) for d in dage))]


def _doemt(cpr: str, kommune: str) -> list[tuple[Besked, str]]:
    """Somebody whose first message fails for ever; the next ones stand behind it until somebody discards it."""
    noegle = cpr_noegle(cpr, SECRET)
    doemt, godt = _person(cpr, kommune, DOOMED), _person(cpr, kommune)
    return [
        (PersonOpdateret(leverance=ENTRY + timedelta(days=n), person=p), noegle) for n, p in ((0, doemt), (1, godt))
    ]


def _yder(n: int, kommune: str, ledige: int, over: int = 100) -> YderOpdateret:
    return YderOpdateret(
        ydernummer=f"{n + 10:06d}", navn=f"Lægehuset {n}", kommunekode=kommune, status=Yderstatus.AABEN,
        lukkegraense=CLOSES_AT, maksgraense=CLOSES_AT + over, antal_sikrede=CLOSES_AT - ledige,
        opdateret=datetime(2024, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def _person(cpr: str, kommune: str, efternavn: str = "Ærø", indrejst: bool = False) -> CprPerson:
    return CprPerson(
        cpr=cpr,
        status="01",
        foedselsdato=date(1990, 9, 9),
        navn=CprNavn(fornavn="Erik", efternavn=efternavn),
        adresse=CprAdresse(kommunekode=kommune, standardadresse="Åboulevarden 7", postnummer="8000"),
        rejser=(CprRejse(indrejse=datetime(2024, 11, 4, 12, tzinfo=UTC)),) if indrejst else (),
    )


def _valg(rng: random.Random, n: int, cpr: str, kommune: str, yder: YderOpdateret) -> LaegevalgBestilt:
    """By the citizen, who pays, or by a caseworker, without a fee; one in a dozen for a day that is not allowed."""
    borger = rng.random() < 0.75
    frem = rng.randint(0, 30) if rng.random() < 0.92 else 45
    return LaegevalgBestilt(
        noegle=cpr_noegle(cpr, SECRET),
        bestilling_id=f"valg-{n}",
        kanal=Bestillingskanal.SELVBETJENING if borger else Bestillingskanal.SAGSBEHANDLER,
        aktoer="nogen",
        rolle=Rolle.BORGER if borger else Rolle.SAGSBEHANDLER,
        kommunekode=kommune,
        cpr=cpr,
        ydernummer=yder.ydernummer,
        virkningsdato=EPOCH.date() + timedelta(days=frem),
        bestilt=EPOCH,
        betalingskort=rng.choice(("kort", "kort", "kort", "kort-afvist", "kort-traek-fejler")) if borger else None,
    )


def play(outside: Outside, script: Script, seconds: float) -> None:
    """Send the script, in order per key, within so many seconds; and what comes on top of it, soon or later."""
    rng = outside.world.rng
    at: dict[str, float] = {}
    for besked, noegle in script.beskeder:
        at[noegle] = max(at.get(noegle, 0.0), rng.uniform(0, seconds)) + 0.001
        outside.send(at[noegle], besked, noegle)
    for valg in script.valg:
        outside.send(rng.uniform(0, seconds), valg, valg.noegle, "/selvbetjening")
        for nr in range(rng.choice((0, 0, 1, 1, 2))):
            outside.some_time(0.5, 20, lambda v=valg, nr=nr: _annuller(outside, v, nr))
    for yder in script.ydere.values():
        if yder.antal_sikrede == CLOSES_AT and rng.random() < 0.2:
            outside.some_time(0.5, 20, lambda y=yder: _nedlaeg(outside, y))

    for person, events in script.lives:
        life = Life(outside, person, at_once=rng.random() < 0.7)
        for _ in range(events):
            outside.some_time(0.5, 20, life.happen)
    for _ in range(script.work):
        outside.some_time(2, 25, lambda: caseworkers.act(outside))


def _annuller(outside: Outside, valg: LaegevalgBestilt, nr: int) -> None:
    besked = AnnullerForloeb(
        noegle=valg.noegle,
        bestilling_id=f"{valg.bestilling_id}-stop-{nr}",
        kanal=valg.kanal,
        aktoer=valg.aktoer,
        rolle=valg.rolle,
        forloeb_id=f"laegevalg-{valg.bestilling_id}",
        grund="fortrudt",
        bestilt=outside.world.hub_now,
    )
    outside.now(besked, valg.noegle, "/selvbetjening")


def _nedlaeg(outside: Outside, yder: YderOpdateret) -> None:
    if not any(r.key == yder.ydernummer.encode() for r in outside.broker.records("yder.tilstand")):
        return  # nobody has heard of it yet
    lukkes = outside.world.hub_now.date() + timedelta(days=outside.world.rng.randint(0, 30))
    besked = PraksisNedlaegges(ydernummer=yder.ydernummer, lukkedato=lukkes, meddelt=outside.world.hub_now)
    outside.now(besked, yder.ydernummer)
