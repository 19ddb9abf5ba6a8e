"""What the service reads out of a CPR delivery. Pure; the instants come from the delivery, never from a clock."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from contracts.cpr import CprAdresse, CprHaendelse, CprPeriode, CprPerson, PersonOpdateret
from contracts.kommuner import kommune
from contracts.person import Adresse, Personoplysninger
from services.cpr_events.rules.koder import Virkning, raekke
from shared.domain.cpr import foedselsdato
from shared.domain.datoer import alder, foedselsdag, plus_dage

BOSAT_I_DANMARK = frozenset({"01", "03"})
"""CPR status of those who live in Denmark; 05 and 07 live in Greenland, the rest nowhere in the two registers."""
NAVNE_OG_ADRESSEBESKYTTELSE = "0001"
"""Type of protection in record 004."""
GROENLAND = frozenset({"05", "07"})
BOSAT = BOSAT_I_DANMARK | GROENLAND
"""CPR status of those who live in one of the two registers."""
STATUS_EFTER = {
    Virkning.FLYTTET: BOSAT,
    Virkning.FORSVUNDET: frozenset({"70"}),
    Virkning.UDREJST: frozenset({"80"}),
    Virkning.DOED: frozenset({"90"}),
}
GROENLANDSKE_KOMMUNER = range(950, 962)
"""The codes 0950-0961 of the register of places."""
BESKYTTELSESKODE = "A33"
GIFT = frozenset({"G", "P"})
"""Civil status with a living spouse or registered partner."""
MYNDIG = 18
"""FAM-02: the age at which custody ends."""
MOR, FAR = "0003", "0004"
"""Custody held by the mother or father, whose number stands in record 015 and not in 016."""


def aftalt_status(virkning: Virkning, status: str) -> bool:
    """Whether the person as known has the status that the event gives. Else something newer has happened since.

    Entry, birth and the names concern the insurance only for those who live in Denmark (status 01 or 03); a move also
    for those who move to Greenland (NORD-01).
    """
    return status in STATUS_EFTER.get(virkning, BOSAT_I_DANMARK)


def i_groenland(status: str, foer: bool) -> bool:
    """NORD-01: whether a person has been in Greenland since he was last told to enter Denmark, if at all."""
    return status in GROENLAND or (foer and status in BOSAT_I_DANMARK)


def ligger_i_groenland(adresse: CprAdresse) -> bool:
    """NORD-01: such an address is no move inside Denmark, whoever tells of it."""
    return int(adresse.kommunekode) in GROENLANDSKE_KOMMUNER


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


def foedt(person: CprPerson) -> date | None:
    """The date of birth, as CPR tells it or as the number does."""
    return person.foedselsdato or foedselsdato(person.cpr)


def er_voksen(person: CprPerson, dag: date) -> bool:
    """FAM-02: from the 18th birthday on. Without a birth date custody stands as CPR tells it."""
    dato_ = foedt(person)
    return dato_ is not None and alder(dato_, dag) >= MYNDIG


def foraeldremyndige(person: CprPerson, dag: date) -> Iterator[str]:
    """Who has custody of (or is guardian for) the person on a day (FAM-03).

    Types 0003 and 0004 name the mother and father of record 015, 0005 and 0006 carry the holder's own number.
    FAM-02: custody ends with the day before the 18th birthday at the latest; guardianship does not.
    """
    foraelder = {MOR: person.mor_cpr, FAR: person.far_cpr}
    for fm in () if er_voksen(person, dag) else person.foraeldremyndighed:
        cpr = foraelder.get(fm.type_) or fm.cpr
        if cpr and _omfatter(fm.fra, fm.til, dag):
            yield cpr
    if person.vaerge_cpr:
        yield person.vaerge_cpr


def _skifter(person: CprPerson) -> Iterator[date]:
    """CPR-13, FAM-02, FAM-03: the days on which protection or custody may be another than the day before."""
    beskyttelser = (p for p in person.beskyttelser if p.type_ == NAVNE_OG_ADRESSEBESKYTTELSE)
    for fra, til in ((p.fra, p.til) for p in (*beskyttelser, *person.foraeldremyndighed)):
        if fra is not None:
            yield fra
        if til is not None and til < date.max:
            yield plus_dage(til, 1)
    foedt_ = foedt(person)
    if foedt_ is not None and (person.foraeldremyndighed or person.vaerge_cpr):
        yield foedselsdag(foedt_, MYNDIG)


def naeste_skift(person: CprPerson, efter: date) -> date | None:
    """The next day on which the snapshot says something else by itself, without a word from CPR."""
    return min((dag for dag in _skifter(person) if dag > efter), default=None)


def er_passeret(person: CprPerson, fra: date, til: date) -> bool:
    """Whether the snapshot says something else by itself on the later of two days."""
    naeste = naeste_skift(person, fra)
    return naeste is not None and naeste <= til


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
        foedselsdato=foedt(person),
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


def fraflytningskommune(adresse: CprAdresse, boede: str | None) -> str | None:
    """The municipality moved from: another one only when the person came to the municipality with this very move.

    `boede`: where the hub knew him before. It counts where the message does not say, and NORD-01: where it would have
    him come from Greenland, and he came from Denmark.
    """
    if adresse.tilflytning is not None and adresse.tilflytning == adresse.tilflytning_kommune:
        return adresse.fraflytningskommune or boede
    if adresse.tilflytning_kommune is None:
        return adresse.fraflytningskommune or boede or adresse.kommunekode
    fra_danmark = kommune(adresse.kommunekode) is None and kommune(boede) is not None
    return boede if fra_danmark else adresse.kommunekode


def ukendt_noegle(besked: CprHaendelse | PersonOpdateret, person: str) -> str | None:
    """What an event of an unknown code is kept under: once per person, delivery and time. None: the code has a row."""
    if isinstance(besked, PersonOpdateret) or raekke(besked.kode).virkning is not Virkning.UKENDT:
        return None
    registreret = besked.registreret.isoformat() if besked.registreret else ""
    return f"{person}:{besked.kode}:{besked.afledt}:{besked.leverance.isoformat()}:{registreret}"
