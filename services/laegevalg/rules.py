"""The rules of entry: who gets what group and doctor, and which practice is tried first. Pure and dated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.kort import Kortaarsag
from contracts.person import Adresse, Personoplysninger
from contracts.plads import ForetrukkenYder
from shared.domain.datoer import alder, dato, midnat, plus_dage
from shared.domain.hjemmel import Hjemmel

GRUPPE_1 = "1"
"""Registered with a doctor of one's own (GRP-19)."""


@dataclass(frozen=True, slots=True)
class Aldersgraense:
    """From this day on, those under `aar` count as children in the choice of doctor."""

    gaelder_fra: date
    aar: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Pladsfrist:
    """From this day on, a request for a place is waited for `dage` days."""

    gaelder_fra: date
    dage: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Kortgebyr:
    """From this day on, a card for this reason costs `oere`."""

    gaelder_fra: date
    aarsag: Kortaarsag
    oere: int
    hjemmel: Hjemmel


# fmt: off
FOELGER_FORAELDRE_UNDER = (
    #             gælder fra   under  hjemmel
    Aldersgraense(date.min,    15,    Hjemmel("FAM-05", "bekendtgørelsen, § 1, stk. 1")),
)
PLADSFRISTER = (
    #          gælder fra   dage  hjemmel
    Pladsfrist(date.min,    7,    Hjemmel("IND-02")),
)
KORTGEBYRER = (
    #         gælder fra   årsag                    øre  hjemmel
    Kortgebyr(date.min,    Kortaarsag.FOERSTE_RET,  0,   Hjemmel("BET-09", "bekendtgørelsen, § 12, stk. 1, nr. 2")),
    Kortgebyr(date.min,    Kortaarsag.GENINDREJSE,  0,   Hjemmel("BET-09")),
)
# fmt: on


class Indrejseudfald(StrEnum):
    """How far an entry was already handled by hand when its event came (IND-04)."""

    BEHANDLET = "BEHANDLET"
    MANGLER_LAEGE = "MANGLER_LAEGE"
    UBEHANDLET = "UBEHANDLET"


@dataclass(frozen=True, slots=True)
class Sikring:
    """The group and doctor a person is registered with, and since when."""

    gruppe: str | None = None
    gruppe_fra: date | None = None
    ydernummer: str | None = None
    laege_fra: date | None = None


@dataclass(frozen=True, slots=True)
class Familielaege:
    """The own doctor of a relative, and where the relative lives."""

    ydernummer: str
    adresse: Adresse | None


def indrejsens_udfald(sikring: Sikring, indrejsedato: date) -> Indrejseudfald:
    """IND-04: nothing further happens only if group is set and (group 1 => doctor) since the entry date.

    What was registered before that day belongs to an earlier stay. Group set but doctor missing: assign doctor only.
    """
    if not _siden(sikring.gruppe, sikring.gruppe_fra, indrejsedato):
        return Indrejseudfald.UBEHANDLET
    if sikring.gruppe == GRUPPE_1 and not _siden(sikring.ydernummer, sikring.laege_fra, indrejsedato):
        return Indrejseudfald.MANGLER_LAEGE
    return Indrejseudfald.BEHANDLET


def _siden(vaerdi: str | None, fra: date | None, dag: date) -> bool:
    return vaerdi is not None and fra is not None and fra >= dag


def foelger_foraeldre(foedt: date | None, paa: date) -> bool:
    """FAM-05: a child under 15 has by default the doctor of the custody holder. Without a birth date: not a child."""
    graense = max((r for r in FOELGER_FORAELDRE_UNDER if r.gaelder_fra <= paa), key=lambda r: r.gaelder_fra)
    return foedt is not None and alder(foedt, paa) < graense.aar


def foretrukne(
    person: Personoplysninger, indrejsedato: date, laeger: Mapping[str, Familielaege]
) -> tuple[ForetrukkenYder, ...]:
    """IND-01: family doctor first. `laeger`: by person id, the relatives who have a doctor.

    FAM-05: a child under 15 takes the custody holders' doctors, open or closed, in the municipality or not; FAM-07: the
    one the child lives with first. Others take those of the spouse, the custody holders and the children, where open.
    """
    if foelger_foraeldre(person.foedselsdato, indrejsedato):
        ider = sorted(person.foraeldremyndighed_ider, key=lambda i: not _bor_hos(person.adresse, laeger.get(i)))
        altid_aaben = True
    else:
        partner = (person.aegtefaelle_id,) if person.aegtefaelle_id else ()
        ider = [*partner, *person.foraeldremyndighed_ider, *person.boern_ider]
        altid_aaben = False
    ydernumre = dict.fromkeys(laeger[i].ydernummer for i in ider if i in laeger)
    return tuple(ForetrukkenYder(ydernummer=nr, altid_aaben=altid_aaben) for nr in ydernumre)


def _bor_hos(adresse: Adresse | None, slaegtning: Familielaege | None) -> bool:
    if adresse is None or slaegtning is None or slaegtning.adresse is None:
        return False
    anden = slaegtning.adresse
    return (adresse.kommunekode, adresse.vejkode, adresse.linje, adresse.postnummer) == (
        anden.kommunekode, anden.vejkode, anden.linje, anden.postnummer
    )  # fmt: skip


def pladsfrist(anmodet: datetime) -> datetime:
    """IND-02: when we stop waiting for an answer. Day 0 is that of the request; the last day counts to midnight."""
    dag = dato(anmodet)
    frist = max((r for r in PLADSFRISTER if r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra)
    return midnat(plus_dage(dag, frist.dage + 1))


def ikrafttraedelse(virkningsdato: date) -> datetime:
    """LV-20: a choice takes effect when its effective date begins; a retroactive one thus at approval."""
    return midnat(virkningsdato)


def kortaarsag(genindrejse: bool) -> Kortaarsag:
    """KORT-14: first time a person gets the right, or again after a stay abroad (BET-09)."""
    return Kortaarsag.GENINDREJSE if genindrejse else Kortaarsag.FOERSTE_RET


def kortgebyr_oere(aarsag: Kortaarsag, dag: date) -> int:
    """BET-09: the first card is free (§ 12, nr. 2), and so is that of a re-entry."""
    raekker = [r for r in KORTGEBYRER if r.aarsag is aarsag and r.gaelder_fra <= dag]
    return max(raekker, key=lambda r: r.gaelder_fra).oere
