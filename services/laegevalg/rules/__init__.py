"""The rules of entry: who gets what group and doctor, and which practice is tried first. Pure and dated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.bestilling import Bestillingskanal, Rolle
from contracts.dispensation import Dispensationssvar
from contracts.kort import Kortaarsag
from contracts.person import Adresse, Personoplysninger
from contracts.plads import ForetrukkenYder
from shared.domain.datoer import alder, dato, midnat, plus_dage, plus_maaneder
from shared.domain.hjemmel import Hjemmel

GRUPPE_1, GRUPPE_7 = "1", "7"
"""Registered with a doctor of one's own (GRP-19); without a right, as one who has left Denmark."""


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


@dataclass(frozen=True, slots=True)
class Dage:
    """From this day on, something takes `dage` days."""

    gaelder_fra: date
    dage: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Maaneder:
    """From this day on, something may be done, or lie ahead, within so many months, the last day included."""

    gaelder_fra: date
    maaneder: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Antal:
    """From this day on, there are at most `hoejst`."""

    gaelder_fra: date
    hoejst: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Datointerval:
    """From this day on, a choice by `rolle` may take effect so far back and ahead, both ends included."""

    gaelder_fra: date
    rolle: Rolle
    dage_tilbage: int
    aar_tilbage: int
    dage_frem: int
    aar_frem: int
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
DISPENSATIONSFRISTER = (
    #    gælder fra   dage  hjemmel
    Dage(date.min,    14,   Hjemmel("LV-09", "KOMBIT, spørgsmål og svar: stiltiende samtykke")),
)
NYE_VALG = (
    #    gælder fra   dage  hjemmel
    Dage(date.min,    14,   Hjemmel("LV-08", "Styrelsen for Patientklager, 20SFP14")),
)
KORT_FOER_VIRKNING = (
    #    gælder fra   dage  hjemmel
    Dage(date.min,    14,   Hjemmel("KORT-12")),
)
DATOINTERVALLER = (
    #            gælder fra  rolle                    tilbage: dage, år  frem: dage, år  hjemmel
    Datointerval(date.min, Rolle.BORGER,               0,  0,  30, 0,  Hjemmel("LV-15", "som GRP-01")),
    Datointerval(date.min, Rolle.SAGSBEHANDLER,        14, 0,  30, 0,  Hjemmel("LV-15", "frem som GRP-02")),
    Datointerval(date.min, Rolle.SAERLIGE_RETTIGHEDER, 0,  1,  0,  1,  Hjemmel("LV-16", "frem som GRP-03")),
)
MYNDIG_FRA = (
    #             gælder fra   fra    hjemmel
    Aldersgraense(date.min,    18,    Hjemmel("FAM-02", "værgemålsloven, § 1")),
)
FLEST_I_FAMILIEN = (
    #     gælder fra   højst  hjemmel
    Antal(date.min,    20,    Hjemmel("FAM-13")),
)
DISPENSATIONSREGLER = frozenset({
    "ANDEN_PAA_ADRESSEN", "FYLDT_15_FORAELDERS_LAEGE", "SIDSTE_LAEGE_VED_GRUPPESKIFT", "SIDSTE_LAEGE_VED_AKTIV_SIKRING",
    "VAERNEPLIGT_ELLER_AFSONING", "FAA_AABNE_PRAKSISSER", "PRAKSIS_LANGT_VAEK",
})
DOED = "90"
FRAFLYTTET = frozenset({"05", "07", "70", "80", DOED})
KORTGEBYRER = (
    #         gælder fra   årsag                    øre  hjemmel
    Kortgebyr(date.min,    Kortaarsag.FOERSTE_RET,  0,   Hjemmel("BET-09", "bekendtgørelsen, § 12, stk. 1, nr. 2")),
    Kortgebyr(date.min,    Kortaarsag.GENINDREJSE,  0,   Hjemmel("BET-09")),
)
# fmt: on
SOEG_IGEN_FOERST = timedelta(minutes=1)
"""A person who became known at the moment of the order is looked for again so soon, then ever more rarely (our own)."""
PERSON_SENEST_DAGE = 7
"""How long an order waits for a person nobody has told us of (our own)."""
UDEN_FOR = "DATO_UDEN_FOR_INTERVAL"
UKENDT_KOMMUNE = "IKKE_BEMYNDIGET"
"""Nobody may order for a municipality that does not exist."""
FOERSTE_GEBYRAAR = 2014
"""No fee is known for earlier years (BET-18), so no order can be of one."""
URE_GAAR_FORKERT = timedelta(minutes=5)
"""How far the clock of one outside, a sender or Digital Post, may be from the hub's (our own)."""
SVAR_SENEST = timedelta(days=7)
"""Our own patience with another service, and with the delivery to a practice."""


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
    if not _har_gruppe_siden(sikring, indrejsedato):
        return Indrejseudfald.UBEHANDLET
    if sikring.gruppe == GRUPPE_1 and not _siden(sikring.ydernummer, sikring.laege_fra, indrejsedato):
        return Indrejseudfald.MANGLER_LAEGE
    return Indrejseudfald.BEHANDLET


def _har_gruppe_siden(sikring: Sikring, dag: date) -> bool:
    """IND-04: not the group of one who left on that very day and is back: nobody ordered it (NORD-01, NORD-02)."""
    rejst_den_dag = (sikring.gruppe, sikring.gruppe_fra) == (GRUPPE_7, dag)
    return _siden(sikring.gruppe, sikring.gruppe_fra, dag) and not rejst_den_dag


def _siden(vaerdi: str | None, fra: date | None, dag: date) -> bool:
    return vaerdi is not None and fra is not None and fra >= dag


def foelger_foraeldre(foedt: date | None, paa: date) -> bool:
    """FAM-05: a child under 15 has by default the doctor of the custody holder. Without a birth date: not a child."""
    graense = max((r for r in FOELGER_FORAELDRE_UNDER if r.gaelder_fra <= paa), key=lambda r: r.gaelder_fra)
    return foedt is not None and alder(foedt, paa) < graense.aar


def er_myndig(foedt: date | None, paa: date) -> bool:
    """FAM-02: from the 18th birthday on. Without a birth date: not a child."""
    graense = max((r for r in MYNDIG_FRA if r.gaelder_fra <= paa), key=lambda r: r.gaelder_fra)
    return foedt is None or alder(foedt, paa) >= graense.aar


def bofaeller_udelades(relationer: int, bofaeller: int, paa: date) -> bool:
    """FAM-13: more than 20 relations and cohabitants together: no cohabitants are shown, not even those up to 20."""
    graense = max((r for r in FLEST_I_FAMILIEN if r.gaelder_fra <= paa), key=lambda r: r.gaelder_fra)
    return relationer + bofaeller > graense.hoejst


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
    return slaegtning is not None and bor_sammen(adresse, slaegtning.adresse)


def bor_sammen(adresse: Adresse | None, anden: Adresse | None) -> bool:
    """FAM-07: whether two have one address; nobody without a real address lives with anyone."""
    hjemme = adressenoegle(adresse)
    return hjemme is not None and hjemme == adressenoegle(anden)


def adressenoegle(adresse: Adresse | None) -> str | None:
    """What those who live together have in common (FAM-01, FAM-07); None where it is no real address (KORT-11)."""
    a = adresse
    if a is None or not a.linje.strip() or "9900" <= a.vejkode <= "9999":
        return None
    return f"{a.kommunekode}/{a.vejkode}/{a.postnummer}/{a.linje}"


def pladsfrist(anmodet: datetime) -> datetime:
    """IND-02: when we stop waiting for an answer. Day 0 is that of the request; the last day counts to midnight."""
    dag = dato(anmodet)
    frist = max((r for r in PLADSFRISTER if r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra)
    return midnat(plus_dage(dag, frist.dage + 1))


def ikrafttraedelse(virkningsdato: date) -> datetime:
    """LV-20: a choice takes effect when its effective date begins; a retroactive one thus at approval."""
    return midnat(virkningsdato)


def kortaarsag(genindrejse: bool) -> Kortaarsag:
    """KORT-14: first time a person gets the right, or again after a stay abroad or a disappearance (BET-09)."""
    return Kortaarsag.GENINDREJSE if genindrejse else Kortaarsag.FOERSTE_RET


def kortgebyr_oere(aarsag: Kortaarsag, dag: date) -> int:
    """BET-09: the first card is free (§ 12, nr. 2), and so is that of a re-entry."""
    raekker = [r for r in KORTGEBYRER if r.aarsag is aarsag and r.gaelder_fra <= dag]
    return max(raekker, key=lambda r: r.gaelder_fra).oere


class Svarudfald(StrEnum):
    """What an answer of the practice leads to."""

    GIVET = "GIVET"
    AFSLAAET = "AFSLAAET"
    SENT_JA = "SENT_JA"
    SENT_AFSLAG = "SENT_AFSLAG"


def dage(tabel: Sequence[Dage], dag: date) -> int:
    """How many days the row in force on a day gives."""
    return max((r for r in tabel if r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra).dage


def dispensationsfrist(leveret: datetime) -> datetime:
    """LV-09: silence is consent when 14 days have passed. Day 0 is the day the practice got the request.

    An answer on day 14 counts until midnight, so the instant is 00:00 of day 15 in Denmark.
    """
    dag = dato(leveret)
    return midnat(plus_dage(dag, dage(DISPENSATIONSFRISTER, dag) + 1))


def svarets_udfald(
    svar: Dispensationssvar, modtaget: datetime, leveret: datetime | None, *, afgjort: bool
) -> Svarudfald:
    """LV-09, LV-10: an answer counts by when it was received, not by when it is read.

    Once the matter is decided no answer changes it, also one received in time and read late.
    """
    i_tide = leveret is None or modtaget < dispensationsfrist(leveret)
    if svar is Dispensationssvar.GODKENDT:
        return Svarudfald.GIVET if i_tide and not afgjort else Svarudfald.SENT_JA
    return Svarudfald.AFSLAAET if i_tide and not afgjort else Svarudfald.SENT_AFSLAG


def sidste_dag_for_nyt_valg(sendt: datetime) -> date:
    """LV-08: after a rejection the person has 14 days to choose another doctor, the last day included."""
    dag = dato(sendt)
    return plus_dage(dag, dage(NYE_VALG, dag))


def svarfrist(sendt: datetime) -> datetime:
    """The instant at which the last day for a new choice is over."""
    return midnat(plus_dage(sidste_dag_for_nyt_valg(sendt), 1))


def kortbestilling(virkningsdato: date, nu: datetime) -> datetime:
    """KORT-12: the card is ordered 14 days before the effective date; at once where that day has begun."""
    dag = plus_dage(virkningsdato, -dage(KORT_FOER_VIRKNING, virkningsdato))
    return max(nu, midnat(dag))


def naeste_soegning(modtaget: datetime, nu: datetime) -> datetime:
    """When a person not known is looked for again: after a minute, then each time after as long as it has lasted."""
    return nu + max(SOEG_IGEN_FOERST, nu - modtaget)


def personfrist(modtaget: datetime) -> datetime:
    """When an order for a person nobody knows is given up; the last day counts to midnight."""
    return midnat(plus_dage(dato(modtaget), PERSON_SENEST_DAGE + 1))


def er_i_intervallet(virkningsdato: date, rolle: Rolle, bestilt: datetime) -> bool:
    """LV-15, LV-16: how far back a choice may take effect, and (as a group change, GRP-01..03) how far ahead."""
    dag = dato(bestilt)
    raekker = [r for r in DATOINTERVALLER if r.rolle is rolle and r.gaelder_fra <= dag]
    i = max(raekker, key=lambda r: r.gaelder_fra)
    fra = plus_maaneder(plus_dage(dag, -i.dage_tilbage), -12 * i.aar_tilbage)
    til = plus_maaneder(plus_dage(dag, i.dage_frem), 12 * i.aar_frem)
    return fra <= virkningsdato <= til


def er_mulig_tid(bestilt: datetime, nu: datetime) -> bool:
    """Whether something can have been ordered then: much is decided by that day (LV-15, BET-18), and it is a claim."""
    return bestilt <= nu + URE_GAAR_FORKERT and dato(bestilt).year >= FOERSTE_GEBYRAAR


def afslag_paa_bestilling(
    virkningsdato: date, rolle: Rolle, bestilt: datetime, kanal: Bestillingskanal, kort: str | None, regel: str | None
) -> str | None:
    """Why an order is refused before anything is begun (LV-15, LV-16, LV-23, BET-04); None: it is not.

    LV-23: a rule that is stated must be one; with none stated the practice decides. BET-04: self-service demands a fee.
    """
    if not er_i_intervallet(virkningsdato, rolle, bestilt):
        return UDEN_FOR
    if regel is not None and regel not in DISPENSATIONSREGLER:
        return "UGYLDIG_DISPENSATIONSREGEL"
    if kanal is Bestillingskanal.SELVBETJENING and not kort:
        return "MANGLER_BETALINGSKORT"
    return None


def bestiller(kanal: Bestillingskanal, borger_cpr: str | None, cpr: str) -> str | None:
    """LV-05: a self-service order shows the citizen who made it; a caseworker's shows the caseworker."""
    return (borger_cpr or cpr) if kanal is Bestillingskanal.SELVBETJENING else None


def er_fraflyttet(status: str) -> bool:
    """NORD-01, CPR-14: in Greenland, abroad, missing or dead: no right to choose a doctor in Denmark any more."""
    return status in FRAFLYTTET
