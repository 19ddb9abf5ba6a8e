"""What happens to people: each function takes a person (or a place in the population) and gives what CPR would send."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

from contracts.base import Vaerdi
from contracts.cpr import CprForaeldremyndighed, CprNavn, CprPeriode, CprPerson, CprRejse
from simulators.registre import navne
from simulators.registre.befolkning import Befolkning, fiktivt_cpr, koen_af, middag, nyt_navn
from simulators.registre.udtraek import Haendelse, Udtrukket

V = TypeVar("V", bound=Vaerdi)

ARTER = (
    "indrejse", "genindrejse", "flytning", "kommuneflytning", "navneaendring", "foedsel", "beskyttelse",
    "foraeldremyndighed", "uden haendelse", "rekvisition",
)  # fmt: skip
"""What `dagens_haendelser` can make of a person."""
MOEDRE = 4000
"""Only the first of the population give birth: a day has no more numbers than this."""


def indrejse(folk: Befolkning, nr: int, dag: date) -> Udtrukket:
    """A05: first entry. The person is registered on the day and comes from abroad; no journey out is known."""
    terning, tid = folk.terning(nr, "indrejse"), middag(dag)
    person = folk.person(nr)
    ny = _med(
        person,
        oprettet=dag,
        navn=_med(person.navn, gaelder_fra=tid),
        adresse=folk.adresse(terning, terning.choice(folk.kommuner), tid),
        rejser=(CprRejse(indrejse=tid, indrejseland=terning.choice(navne.LANDE)),),
    )
    return Udtrukket(ny, (_sket("A05", tid),))


def genindrejse(folk: Befolkning, nr: int, dag: date) -> Udtrukket:
    """A04: back after some years abroad."""
    terning, tid, land = folk.terning(nr, "genindrejse"), middag(dag), folk.terning(nr, "land").choice(navne.LANDE)
    ud = middag(dag - timedelta(days=terning.randrange(100, 3000)))
    rejse = CprRejse(udrejse=ud, udrejseland=land, indrejse=tid, indrejseland=land)
    adresse = folk.adresse(terning, terning.choice(folk.kommuner), tid)
    return Udtrukket(_med(folk.person(nr), adresse=adresse, rejser=(rejse,)), (_sket("A04", tid),))


def flytning(folk: Befolkning, nr: int, dag: date, til: str | None = None) -> Udtrukket:
    """A01: move inside the municipality, or to `til`."""
    person, tid = folk.person(nr), middag(dag)
    gammel = person.adresse
    if gammel is None:
        raise ValueError("personen har ingen adresse at flytte fra")
    ny = folk.adresse(folk.terning(nr, f"flytning {dag}"), til or gammel.kommunekode, tid)
    if ny.kommunekode == gammel.kommunekode:
        ny = _med(ny, tilflytning_kommune=gammel.tilflytning_kommune)
    else:
        ny = _med(ny, fraflytningskommune=gammel.kommunekode)
    return Udtrukket(_med(person, adresse=ny), (_sket("A01", tid),))


def kommuneflytning(folk: Befolkning, nr: int, dag: date) -> Udtrukket:
    """A01 to some other municipality (the same one when the population has no other)."""
    adresse = folk.person(nr).adresse
    andre = [k for k in folk.kommuner if adresse is None or k != adresse.kommunekode]
    return flytning(folk, nr, dag, folk.terning(nr, "kommune").choice(andre) if andre else None)


def navneaendring(folk: Befolkning, nr: int, dag: date) -> Udtrukket:
    """A13: a new surname."""
    person, tid = folk.person(nr), middag(dag)
    navn = nyt_navn(folk.terning(nr, f"navn {dag}"), person.koen, tid)
    return Udtrukket(_med(person, navn=_med(navn, fornavn=person.navn.fornavn)), (_sket("A13", tid),))


def foedsel(folk: Befolkning, nr: int, dag: date) -> tuple[Udtrukket, Udtrukket]:
    """A36: a child not yet named (CPR-15), and its mother with the derived A36MO. She has the custody (016, 0003)."""
    if nr >= MOEDRE:
        raise ValueError(f"kun person 0-{MOEDRE - 1} kan føde")
    mor, tid = folk.person(nr), middag(dag)
    cpr = fiktivt_cpr(dag, nr)
    barn = CprPerson(
        cpr=cpr,
        status="01",
        koen=koen_af(cpr),
        foedselsdato=dag,
        oprettet=dag,
        navn=CprNavn(gaelder_fra=tid),
        adresse=_med(mor.adresse, tilflytning=tid, tilflytning_kommune=tid) if mor.adresse else None,
        mor_cpr=mor.cpr,
        foraeldremyndighed=(CprForaeldremyndighed(type_="0003", fra=dag),),
    )
    return (
        Udtrukket(barn, (_sket("A36", tid),)),
        Udtrukket(_med(mor, boern_cpr=(cpr,)), (_sket("A36", tid, "MO"),)),
    )


def beskyttelse(folk: Befolkning, nr: int, dag: date, til: date | None = None) -> Udtrukket:
    """A33: protection of name and address (004, type 0001), for a year unless `til` says else."""
    periode = CprPeriode(type_="0001", fra=dag, til=til or dag + timedelta(days=365))
    return Udtrukket(_med(folk.person(nr), beskyttelser=(periode,)), (_sket("A33", middag(dag)),))


def foraeldremyndighed(folk: Befolkning, nr: int, dag: date) -> Udtrukket:
    """P40: another than the parents gets the custody (016, type 0005 with the holder's number)."""
    indehaver = folk.cpr((nr + 1) % folk.antal)
    myndighed = CprForaeldremyndighed(type_="0005", cpr=indehaver, fra=dag)
    person = _med(folk.person(nr), foraeldremyndighed=(myndighed,))
    return Udtrukket(person, (_sket("P40", middag(dag)),))


def rekvisition(folk: Befolkning, nr: int) -> Udtrukket:
    """K74: the person's records were ordered; no life event, no time."""
    return Udtrukket(folk.person(nr), (Haendelse("K74"),))


def uden_haendelse(folk: Befolkning, nr: int) -> Udtrukket:
    """Records without any event record."""
    return Udtrukket(folk.person(nr))


def dagens_haendelser(
    folk: Befolkning, dag: date, numre: Iterable[int] | None = None, arter: tuple[str, ...] = ARTER
) -> Iterator[Udtrukket]:
    """One thing of each kind in turn for the people named (default all): a day's file, made as it is read."""
    for plads, nr in enumerate(range(folk.antal) if numre is None else numre):
        art = arter[plads % len(arter)]
        yield from _en(folk, nr, dag, "uden haendelse" if art == "foedsel" and nr >= MOEDRE else art)


def _en(folk: Befolkning, nr: int, dag: date, art: str) -> tuple[Udtrukket, ...]:
    match art:
        case "indrejse":
            return (indrejse(folk, nr, dag),)
        case "genindrejse":
            return (genindrejse(folk, nr, dag),)
        case "flytning":
            return (flytning(folk, nr, dag),)
        case "kommuneflytning":
            return (kommuneflytning(folk, nr, dag),)
        case "navneaendring":
            return (navneaendring(folk, nr, dag),)
        case "foedsel":
            return foedsel(folk, nr, dag)
        case "beskyttelse":
            return (beskyttelse(folk, nr, dag),)
        case "foraeldremyndighed":
            return (foraeldremyndighed(folk, nr, dag),)
        case "uden haendelse":
            return (uden_haendelse(folk, nr),)
        case "rekvisition":
            return (rekvisition(folk, nr),)
        case _:
            raise ValueError(f"ukendt art: {art}")


def _sket(kode: str, tid: datetime, afledt: str = "") -> Haendelse:
    """Registered some hours after it happened."""
    return Haendelse(kode, afledt, tid + timedelta(hours=3, minutes=7))


def _med(noget: V, **felter: object) -> V:
    """A changed copy, validated."""
    return type(noget).model_validate(dict(noget) | felter)
