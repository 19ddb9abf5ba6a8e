"""What the service reads out of a CPR delivery. Pure; the instants come from the delivery, never from a clock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.base import Oejeblik
from contracts.cpr import CprAdresse, CprHaendelse, CprPeriode, CprPerson, CprRejse
from contracts.person import Adresse, Personoplysninger
from shared.domain.cpr import foedselsdato
from shared.domain.datoer import dato

BOSAT_I_DANMARK = frozenset({"01", "03"})
"""CPR status of those who live in Denmark; 05 and 07 live in Greenland, the rest nowhere in the two registers."""
NAVNE_OG_ADRESSEBESKYTTELSE = "0001"
"""Type of protection in record 004."""
GIFT = frozenset({"G", "P"})
"""Civil status with a living spouse or registered partner."""
MOR, FAR = "0003", "0004"
"""Custody held by the mother or father, whose number stands in record 015 and not in 016."""


class Virkning(StrEnum):
    """What an event code leads to beside the person's new state."""

    INDREJST = "INDREJST"
    GENINDREJST = "GENINDREJST"
    FLYTTET = "FLYTTET"
    SKIFTET_NAVN = "SKIFTET_NAVN"
    KUN_TILSTAND = "KUN_TILSTAND"


@dataclass(frozen=True, slots=True)
class Kode:
    """One event code of CPR, what it leads to, and why."""

    kode: str
    virkning: Virkning
    grund: str


# fmt: off
KODER = (
    Kode("A01", Virkning.FLYTTET,      "Flytning"),
    Kode("A04", Virkning.GENINDREJST,  "Genindrejse: ny ret til sikring (IND-01)"),
    Kode("A05", Virkning.INDREJST,     "Førstegangsindrejse: første ret til sikring (IND-01)"),
    Kode("A13", Virkning.SKIFTET_NAVN, "Navneændring"),
    Kode("A02", Virkning.KUN_TILSTAND, "Forsvinding: status 70 står i øjebliksbilledet"),
    Kode("A03", Virkning.KUN_TILSTAND, "Genfinding: status og ny adresse står i øjebliksbilledet"),
    Kode("A06", Virkning.KUN_TILSTAND, "Udrejse: status 80 står i øjebliksbilledet"),
    Kode("A14", Virkning.KUN_TILSTAND, "Navngivning: navnet står i øjebliksbilledet (CPR-15)"),
    Kode("A19", Virkning.KUN_TILSTAND, "Vielse: ægtefællen står i øjebliksbilledet"),
    Kode("A20", Virkning.KUN_TILSTAND, "Skilsmisse: civilstanden står i øjebliksbilledet"),
    Kode("A21", Virkning.KUN_TILSTAND, "Dødsfald: status 90 står i øjebliksbilledet"),
    Kode("A23", Virkning.KUN_TILSTAND, "Registreret partnerskab: partneren står i øjebliksbilledet"),
    Kode("A33", Virkning.KUN_TILSTAND, "Beskyttelse: perioderne står i øjebliksbilledet (CPR-13)"),
    Kode("A36", Virkning.KUN_TILSTAND, "Fødsel: forældremyndigheden står i øjebliksbilledet (CPR-15)"),
    Kode("A51", Virkning.KUN_TILSTAND, "Fødsel, anden indberetning: som A36"),
    Kode("A73", Virkning.KUN_TILSTAND, "Værgemål: værgen står i øjebliksbilledet"),
    Kode("A74", Virkning.KUN_TILSTAND, "Rekvisition: ingen livsbegivenhed"),
    Kode("K74", Virkning.KUN_TILSTAND, "Maskinel rekvisition: masseleverance, ingen livsbegivenhed"),
    Kode("P02", Virkning.KUN_TILSTAND, "Dobbelt personnummer slettet: numrene knyttes til samme person"),
    Kode("P03", Virkning.KUN_TILSTAND, "Personnummer ændret: numrene knyttes til samme person (CPR-11)"),
    Kode("P40", Virkning.KUN_TILSTAND, "Forældremyndighed: indehaverne står i øjebliksbilledet"),
)
# fmt: on
_VIRKNING = {k.kode: k.virkning for k in KODER}


def virkning(haendelse: CprHaendelse) -> Virkning:
    """What a CPR event leads to beside the new state.

    A derived event (`afledt`) is the same fact seen from a relative, and only the primary one counts. A code without
    a row has no meaning known to us; its snapshot is kept all the same. Entry, move and name change concern the
    insurance only for those who live in Denmark (status 01 or 03).
    """
    fundet = _VIRKNING.get(haendelse.kode, Virkning.KUN_TILSTAND)
    if haendelse.afledt or haendelse.person.status not in BOSAT_I_DANMARK:
        return Virkning.KUN_TILSTAND
    return fundet


def er_aeldre(leverance: date, kendt: date | None) -> bool:
    """CPR-10: a delivery older than the known state is recorded, not applied. The same day is not older."""
    return kendt is not None and leverance < kendt


def aktuelt_nummer(person: CprPerson) -> str:
    """The number the person has now; the snapshot itself may be of a number that was given up (status 50 and 60)."""
    return person.gaeldende_cpr or person.cpr


def egne_numre(person: CprPerson) -> tuple[str, ...]:
    """Every number of the person, the current one first (CPR-11: the old are kept as aliases)."""
    return tuple(dict.fromkeys((aktuelt_nummer(person), person.cpr, *person.tidligere_cpr)))


def find_person_id(person: CprPerson, kendte: Mapping[str, str], oprettelse: Callable[[str], str]) -> str:
    """The id one of the person's numbers already has, the current number first; else the creation id of that number."""
    return next((kendte[nr] for nr in egne_numre(person) if nr in kendte), oprettelse(aktuelt_nummer(person)))


def _omfatter(periode_fra: date | None, periode_til: date | None, dag: date) -> bool:
    return (periode_fra or date.min) <= dag <= (periode_til or date.max)


def beskyttelse(person: CprPerson, dag: date) -> tuple[bool, date | None, date | None]:
    """CPR-13: whether name and address are protected on a day (both ends included), and the period.

    Without a period in force it is the next to begin, else the last to have ended, so that a reader can work out the
    start or end, for which CPR sends no event of its own.
    """
    perioder = [p for p in person.beskyttelser if p.type_ == NAVNE_OG_ADRESSEBESKYTTELSE]
    if not perioder:
        return False, None, None
    gaeldende = [p for p in perioder if _omfatter(p.fra, p.til, dag)]
    valgt = max(gaeldende, key=_slutter) if gaeldende else _naermeste(perioder, dag)
    return bool(gaeldende), valgt.fra, valgt.til


def _slutter(periode: CprPeriode) -> date:
    return periode.til or date.max


def _naermeste(perioder: list[CprPeriode], dag: date) -> CprPeriode:
    kommende = [p for p in perioder if p.fra and p.fra > dag]
    return min(kommende, key=lambda p: p.fra or date.min) if kommende else max(perioder, key=_slutter)


def aegtefaelle(person: CprPerson) -> str | None:
    """The number of the spouse or registered partner, while the marriage lasts."""
    civilstand = person.civilstand
    return civilstand.aegtefaelle_cpr if civilstand and civilstand.kode in GIFT else None


def foraeldremyndige(person: CprPerson, dag: date) -> Iterator[str]:
    """Who has custody of (or is guardian for) the person on a day (FAM-03).

    Types 0003 and 0004 name the mother and father of record 015, 0005 and 0006 carry the holder's own number.
    """
    foraelder = {MOR: person.mor_cpr, FAR: person.far_cpr}
    for fm in person.foraeldremyndighed:
        cpr = foraelder.get(fm.type_, fm.cpr)
        if cpr and _omfatter(fm.fra, fm.til, dag):
            yield cpr
    if person.vaerge_cpr:
        yield person.vaerge_cpr


def familiens_numre(person: CprPerson, dag: date) -> tuple[str, ...]:
    """The numbers of all relations whose ids a snapshot carries."""
    partner = aegtefaelle(person)
    return (*([partner] if partner else []), *person.boern_cpr, *foraeldremyndige(person, dag))


def _adresse(adresse: CprAdresse) -> Adresse:
    bolig = " ".join(filter(None, (adresse.vejnavn, adresse.husnr.lstrip("0"))))
    etage = " ".join(filter(None, (adresse.etage.lstrip("0"), adresse.sidedoer.lstrip("0"))))
    return Adresse(
        kommunekode=adresse.kommunekode,
        vejkode=adresse.vejkode,
        linje=adresse.standardadresse or ", ".join(filter(None, (bolig, etage))),
        conavn=adresse.conavn,
        bynavn=adresse.bynavn,
        postnummer=adresse.postnummer,
        postdistrikt=adresse.postdistrikt,
    )


def oplysninger(person: CprPerson, dag: date, person_id: str, id_af: Callable[[str], str]) -> Personoplysninger:
    """The snapshot the hub carries, as of the delivery's day. `id_af` gives the person id of a relation's number."""
    beskyttet, fra, til = beskyttelse(person, dag)
    partner = aegtefaelle(person)
    navn = person.navn
    return Personoplysninger(
        person_id=person_id,
        cpr=aktuelt_nummer(person),
        status=person.status,
        koen=person.koen,
        foedselsdato=person.foedselsdato or foedselsdato(person.cpr),
        fornavn=f"{navn.fornavn} {navn.mellemnavn}".strip(),
        efternavn=navn.efternavn,
        adresseringsnavn=navn.adresseringsnavn,
        adresse=_adresse(person.adresse) if person.adresse else None,
        beskyttet=beskyttet,
        beskyttet_fra=fra,
        beskyttet_til=til,
        aegtefaelle_id=id_af(partner) if partner else None,
        boern_ider=tuple(dict.fromkeys(id_af(nr) for nr in person.boern_cpr)),
        foraeldremyndighed_ider=tuple(dict.fromkeys(id_af(nr) for nr in foraeldremyndige(person, dag))),
    )


def _foerste_dag(leverance: date, *oejeblikke: Oejeblik | None) -> date:
    return next((dato(o) for o in oejeblikke if o is not None), leverance)


def seneste_indrejse(person: CprPerson) -> CprRejse | None:
    """The journey with the newest entry, current or historical."""
    return max((r for r in person.rejser if r.indrejse), key=lambda r: str(r.indrejse), default=None)


def indrejsedato(haendelse: CprHaendelse) -> date:
    """CPR-08: the day the person entered, not the day we were told.

    The newest entry of the journeys, else the day of moving in, else the day of registration, else that of delivery.
    """
    rejse, adresse = seneste_indrejse(haendelse.person), haendelse.person.adresse
    return _foerste_dag(
        haendelse.leverance,
        rejse.indrejse if rejse else None,
        adresse.tilflytning if adresse else None,
        haendelse.registreret,
    )


def flyttedato(haendelse: CprHaendelse) -> date:
    """CPR-08: the day of moving in, else the day of registration, else that of delivery."""
    adresse = haendelse.person.adresse
    return _foerste_dag(haendelse.leverance, adresse.tilflytning if adresse else None, haendelse.registreret)


def fraflytningskommune(adresse: CprAdresse) -> str | None:
    """The municipality moved from: another one only when the person came to the municipality with this very move."""
    if adresse.tilflytning is None or adresse.tilflytning != adresse.tilflytning_kommune:
        return adresse.kommunekode
    return adresse.fraflytningskommune


def navnedato(haendelse: CprHaendelse) -> date:
    """CPR-08: the day the name was taken, else the day of registration, else that of delivery."""
    return _foerste_dag(haendelse.leverance, haendelse.person.navn.gaelder_fra, haendelse.registreret)
