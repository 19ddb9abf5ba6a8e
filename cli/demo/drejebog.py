"""What happens in the demo, decided by a seed: who comes, moves and changes name, and on which night CPR tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from contracts.base import Vaerdi
from contracts.cpr import CprForaeldremyndighed, CprPeriode, CprPerson
from contracts.yder import YderOpdateret
from shared.domain.datoer import KOEBENHAVN, alder
from simulators.registre import Befolkning, Haendelse, Udtrukket, dagen, praksisser, skriv_udtraek
from simulators.registre.udtraek import fejlpost, kvittering

BEGYNDER = date(2025, 2, 3)
"""A Monday, so that sixty days cross the change to summer time."""
NAT_KLOKKEN = time(4)
"""When the night's extract is taken in. Not an hour that the change of summer time skips."""
LUKKEDE = ("0492", "0741", "0825")
"""Municipalities without an open practice: Ærø, Samsø, Læsø."""
SIDSTE_MED_KORT = 4
"""Days before the end after which nobody enters or moves, so that every card has left the supplier at the end."""
EKSTRA = 12
"""People of the extract that is still to come when the demo has ended."""
_ANDELE = (
    ("indrejse", 56), ("genindrejse", 12), ("flytning", 8), ("kommuneflytning", 5), ("navneaendring", 6),
    ("uden haendelse", 5), ("rekvisition", 3), ("beskyttelse", 3), ("foraeldremyndighed", 2),
)  # fmt: skip
_GIVER_KORT = frozenset({"flytning", "kommuneflytning", "navneaendring"})
_BARN_UNDER, _VOKSEN_FRA = 15, 25
V = TypeVar("V", bound=Vaerdi)


@dataclass
class Nat:
    """One night's extract: everything CPR registered on the day `dag`."""

    dag: date
    forrige: date | None
    udtrukne: dict[str, Udtrukket] = field(default_factory=dict[str, Udtrukket])
    """By CPR number: a person stands once in a file."""

    @property
    def hentes(self) -> datetime:
        """When the hub takes it in: the night after."""
        return datetime.combine(self.dag + timedelta(days=1), NAT_KLOKKEN, KOEBENHAVN)

    def skriv(self, mappe: Path, linjeskift: bool = True) -> Path:
        """Write the file, with records of kinds that say nothing of a person in between."""
        fil = mappe / f"D{self.dag:%y%m%d}.L110901"
        foerste = next(iter(self.udtrukne), None)
        andre = [fejlpost("0101", "Ukendt personnummer i abonnement")]
        if foerste:
            andre.append(kvittering(foerste, self.hentes - timedelta(hours=9)))
        skriv_udtraek(fil, self.dag, self.forrige, self.udtrukne.values(), linjeskift, andre=andre)
        return fil


class Drejebog:
    """The whole play: the same for the same seed, size and length."""

    def __init__(self, seed: int, antal: int, dage: int) -> None:
        self.seed, self.antal, self.dage = seed, antal, dage
        self.folk = Befolkning(seed, antal + EKSTRA)
        self._terning = Random(f"demo:{seed}:{antal}:{dage}")
        self.naetter = _naetter(dage)
        self._fordel()
        sidste = self.naetter[-1].dag
        self.ekstra = Nat(_naeste_hverdag(sidste), sidste)
        for nr in range(antal, antal + EKSTRA):
            self._laeg(self.ekstra, dagen.indrejse(self.folk, nr, self.ekstra.dag))

    @property
    def begynder(self) -> datetime:
        """The hub's clock when the play begins."""
        return datetime.combine(BEGYNDER, time(8), KOEBENHAVN)

    @property
    def slutter(self) -> datetime:
        """The hub's clock when it ends."""
        return datetime.combine(BEGYNDER + timedelta(days=self.dage), time(20), KOEBENHAVN)

    @property
    def indrejser(self) -> int:
        """Entries and re-entries, each person once."""
        alle = {(cpr, h.registreret) for n in self.naetter for cpr, u in n.udtrukne.items() for h in u.haendelser
                if h.kode in ("A04", "A05")}  # fmt: skip
        return len(alle)

    def praksisser(self) -> Iterator[YderOpdateret]:
        """The practices: none open in `LUKKEDE`, and few enough places that some of the others run full."""
        kommuner = self.folk.kommuner
        ledige = max(2, round(self.indrejser / len(kommuner)))
        aftenen_foer = self.begynder - timedelta(hours=12)
        return praksisser(self.seed, kommuner, LUKKEDE, 4, aftenen_foer, ledige)

    # --- who, what, when ---------------------------------------------------------------------------------------------

    def _fordel(self) -> None:
        numre = list(range(self.antal))
        self._terning.shuffle(numre)
        familier = self._familier(numre)
        brugte = {nr for par in familier for nr in par}
        arter = _arter([nr for nr in numre if nr not in brugte])
        sidste = BEGYNDER + timedelta(days=self.dage - SIDSTE_MED_KORT)
        self._kortnaetter = [n for n in self.naetter if n.dag < sidste]
        for voksen, barn in familier:
            self._familie_kommer(voksen, barn)
        for nr, art in arter:
            self._en(nr, art)

    def _familier(self, numre: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of an adult and a child, a twentieth of all."""
        alder_paa = {nr: alder(self.folk.foedt(nr), BEGYNDER) for nr in numre}
        boern = [nr for nr in numre if alder_paa[nr] < _BARN_UNDER]
        voksne = [nr for nr in numre if _VOKSEN_FRA <= alder_paa[nr] < _VOKSEN_FRA + 25]
        return list(zip(voksne, boern, strict=False))[: max(2, self.antal // 40)]

    def _familie_kommer(self, voksen: int, barn: int) -> None:
        """Parent and child enter; some children a week later, when the parent already has a doctor (FAM-05)."""
        foerst = self._terning.randrange(len(self._kortnaetter))
        senere = min(foerst + self._terning.choice((0, 5)), len(self._kortnaetter) - 1)
        nat, barnets = self._kortnaetter[foerst], self._kortnaetter[senere]
        far = dagen.indrejse(self.folk, voksen, nat.dag)
        self._laeg(nat, far)
        kommer = dagen.indrejse(self.folk, barn, barnets.dag)
        assert far.person.adresse is not None
        assert kommer.person.adresse is not None
        hjemme = _med(far.person.adresse, tilflytning=kommer.person.adresse.tilflytning,
                      tilflytning_kommune=kommer.person.adresse.tilflytning)  # fmt: skip
        myndighed = CprForaeldremyndighed(type_="0005", cpr=far.person.cpr, fra=barnets.dag)
        person = _med(kommer.person, adresse=hjemme, foraeldremyndighed=(myndighed,))
        if self._terning.random() < 0.2:
            person = _med(person, beskyttelser=(CprPeriode(type_="0001", fra=barnets.dag),))
        self._laeg(barnets, Udtrukket(person, kommer.haendelser))

    def _en(self, nr: int, art: str) -> None:
        if art in ("indrejse", "genindrejse"):
            self._kommer(nr, art == "genindrejse")
            return
        nat = self._terning.choice(self._kortnaetter if art in _GIVER_KORT else self.naetter)
        for udtrukket in dagen.dagens_haendelser(self.folk, nat.dag, (nr,), (art,)):
            self._laeg(nat, udtrukket)

    def _kommer(self, nr: int, igen: bool) -> None:
        """An entry; a fifth are registered some days late, and some move, change name or are sent again later."""
        plads = self._terning.randrange(len(self._kortnaetter))
        nat = self._kortnaetter[plads]
        sket = nat.dag - timedelta(days=self._terning.choice((0, 0, 0, 0, self._terning.randrange(1, 6))))
        udtrukket = (dagen.genindrejse if igen else dagen.indrejse)(self.folk, nr, sket)
        registreret = dagen.middag(nat.dag, time(15, self._terning.randrange(60)))
        udtrukket = Udtrukket(udtrukket.person, (Haendelse(udtrukket.haendelser[0].kode, "", registreret),))
        self._laeg(nat, udtrukket)
        if senere := self._kortnaetter[plads + 5 :]:
            self._siden(nr, udtrukket, self._terning.choice(senere))

    def _siden(self, nr: int, foer: Udtrukket, nat: Nat) -> None:
        held = self._terning.random()
        if held < 0.05:
            navn = dagen.navneaendring(self.folk, nr, nat.dag)
            person = _med(foer.person, navn=_med(navn.person.navn, fornavn=foer.person.navn.fornavn))
            self._laeg(nat, Udtrukket(person, navn.haendelser))
        elif held < 0.12:
            self._laeg(nat, self._flytter(nr, foer.person, nat.dag))
        elif held < 0.15:
            # CPR tells the same event again in a later delivery.
            self._laeg(nat, foer)

    def _flytter(self, nr: int, person: CprPerson, dag: date) -> Udtrukket:
        gammel, tid = person.adresse, dagen.middag(dag)
        assert gammel is not None
        terning = self.folk.terning(nr, f"siden {dag}")
        ny = self.folk.adresse(terning, terning.choice((gammel.kommunekode, *self.folk.kommuner)), tid)
        if ny.kommunekode == gammel.kommunekode:
            ny = _med(ny, tilflytning_kommune=gammel.tilflytning_kommune)
        else:
            ny = _med(ny, fraflytningskommune=gammel.kommunekode)
        return Udtrukket(_med(person, adresse=ny), (Haendelse("A01", "", tid + timedelta(hours=3)),))

    @staticmethod
    def _laeg(nat: Nat, udtrukket: Udtrukket) -> None:
        nat.udtrukne.setdefault(udtrukket.person.cpr, udtrukket)


def _arter(numre: Sequence[int]) -> list[tuple[int, str]]:
    """A kind for each, in the shares of the table: so a small demo has some of every kind, too."""
    summen = sum(andel for _, andel in _ANDELE)
    fundet: list[tuple[int, str]] = []
    gaeld = dict.fromkeys((art for art, _ in _ANDELE), 0.0)
    for nr in numre:
        for art, andel in _ANDELE:
            gaeld[art] += andel / summen
        valgt = max(gaeld, key=lambda art: gaeld[art])
        gaeld[valgt] -= 1
        fundet.append((nr, valgt))
    return fundet


def _naetter(dage: int) -> list[Nat]:
    """CPR registers on weekdays; each extract names the one before it."""
    hverdage = [d for n in range(dage - 1) if (d := BEGYNDER + timedelta(days=n)).weekday() < 5]
    return [Nat(dag, forrige) for dag, forrige in zip(hverdage, [None, *hverdage], strict=False)]


def _naeste_hverdag(dag: date) -> date:
    naeste = dag + timedelta(days=1)
    return naeste if naeste.weekday() < 5 else _naeste_hverdag(naeste)


def _med(noget: V, **felter: object) -> V:
    """A changed copy, validated."""
    return type(noget).model_validate(dict(noget) | felter)
