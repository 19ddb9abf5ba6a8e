"""A synthetic population. Person number `i` is always the same, made when asked for, so that size costs nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from contracts.cpr import CprAdresse, CprCivilstand, CprNavn, CprPerson
from shared.domain.datoer import KOEBENHAVN
from simulators.registre import navne

_FOERSTE_DAG = date(1937, 1, 1)
_DAGE = (date(2024, 12, 31) - _FOERSTE_DAG).days + 1
_SPRING = 7919
"""A prime, so that consecutive persons are born on days far apart and every day is used before any comes again."""
_PR_DAG = 4000
_AARHUNDREDESKIFT = 2000


class Befolkning:
    """`antal` people with a seed. `kommuner`: where they live; default the 23 that have a post district here."""

    def __init__(self, seed: int, antal: int, kommuner: Sequence[str] = tuple(navne.POSTDISTRIKTER)) -> None:
        if not 0 < antal <= _DAGE * _PR_DAG:
            raise ValueError(f"antal skal ligge mellem 1 og {_DAGE * _PR_DAG}")
        if ukendte := [k for k in kommuner if k not in navne.POSTDISTRIKTER]:
            raise ValueError(f"kommuner uden postdistrikt: {', '.join(ukendte)}")
        self.seed = seed
        self.antal = antal
        self.kommuner = tuple(kommuner)

    def __len__(self) -> int:
        return self.antal

    def terning(self, nr: int, formaal: str) -> Random:
        """The random source for one purpose with one person."""
        return Random(f"{self.seed}:{nr}:{formaal}")

    def cpr(self, nr: int) -> str:
        """A number of the fictive kind (day + 60), unique in the population, of the right century."""
        foedt = self.foedt(nr)
        return fiktivt_cpr(foedt, nr // _DAGE + (nr % _DAGE + self.seed) * 2_654_435_761 % 104_729)

    def foedt(self, nr: int) -> date:
        """The birth date."""
        if not 0 <= nr < self.antal:
            raise IndexError(nr)
        return _FOERSTE_DAG + timedelta(days=(nr * _SPRING + self.seed) % _DAGE)

    def person(self, nr: int) -> CprPerson:
        """An inhabitant who has lived at his address since he was registered."""
        terning, cpr, foedt = self.terning(nr, "person"), self.cpr(nr), self.foedt(nr)
        koen = koen_af(cpr)
        fra = middag(foedt)
        return CprPerson(
            cpr=cpr,
            status="01",
            koen=koen,
            foedselsdato=foedt,
            oprettet=foedt,
            navn=nyt_navn(terning, koen, fra),
            adresse=self.adresse(terning, terning.choice(self.kommuner), fra),
            civilstand=CprCivilstand(kode="U", fra=fra),
        )

    def adresse(self, terning: Random, kommunekode: str, fra: datetime) -> CprAdresse:
        """An address in a municipality, moved to at `fra` from nowhere else."""
        postnummer, postdistrikt = navne.POSTDISTRIKTER[kommunekode]
        vej, nummer = terning.randrange(len(navne.VEJE)), terning.randrange(1, 200)
        etage, doer = terning.choice((("", ""), ("01", "tv"), ("st", "th"), ("12", "0008")))
        lejlighed = f", {etage.lstrip('0')}. {doer.lstrip('0')}" if etage else ""
        return CprAdresse(
            kommunekode=kommunekode,
            vejkode=f"{vej * 17 + 4:04d}",
            husnr=f"{nummer:03d}" + terning.choice(("", "", "B")),
            etage=etage,
            sidedoer=doer,
            vejnavn=navne.VEJE[vej],
            standardadresse=f"{navne.VEJE[vej]} {nummer}{lejlighed}",
            bynavn=terning.choice(navne.BYNAVNE),
            postnummer=postnummer,
            postdistrikt=postdistrikt,
            tilflytning=fra,
            tilflytning_kommune=fra,
        )


def fiktivt_cpr(foedt: date, loebenummer: int) -> str:
    """A CPR number that nobody has: 60 is added to the day. `loebenummer` counts within the day, modulo 4000."""
    bund = 4000 if foedt.year >= _AARHUNDREDESKIFT else 0
    return f"{foedt.day + 60:02d}{foedt:%m%y}{bund + loebenummer % _PR_DAG:04d}"


def koen_af(cpr: str) -> str:
    """K on an even last digit, M on an odd."""
    return "M" if int(cpr[-1]) % 2 else "K"


def nyt_navn(terning: Random, koen: str, fra: datetime) -> CprNavn:
    """A name since an instant."""
    fornavn = terning.choice(navne.KVINDER if koen == "K" else navne.MAEND)
    mellemnavn, efternavn = terning.choice(navne.MELLEMNAVNE), terning.choice(navne.EFTERNAVNE)
    hele = " ".join(led for led in (fornavn, mellemnavn, efternavn) if led)
    return CprNavn(
        fornavn=fornavn, mellemnavn=mellemnavn, efternavn=efternavn, adresseringsnavn=hele[:34], gaelder_fra=fra
    )


def middag(dag: date, klokken: time = time(12)) -> datetime:
    """An instant of a Danish day, noon by default: not in the hour that the change of summer time skips or doubles."""
    return datetime.combine(dag, klokken, KOEBENHAVN).astimezone(UTC)
