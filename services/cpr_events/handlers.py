"""What is done with each message from CPR."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import assert_never

from contracts.base import Besked
from contracts.cpr import CprHaendelse, PersonOpdateret
from contracts.noegle import person_id_ved_oprettelse
from contracts.person import PersonFlyttet, PersonIndrejst, Personoplysninger, PersonSkiftetNavn, PersonTilstand
from services.cpr_events import rules
from services.cpr_events.rules import Virkning
from services.cpr_events.store import EFTER_NUMMER, PERSONER, PERSONNUMRE, IkkeAnvendt, Person, Personnummer
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import Udfald
from shared.platform.tjeneste import Tjeneste

FraCpr = CprHaendelse | PersonOpdateret


def byg(hemmelighed: str) -> Tjeneste:
    """The service with the secret that ids of new persons are made from (`contracts.noegle`)."""
    tjeneste = Tjeneste("cpr_events", emner=("cpr.haendelser",), tabeller=(PERSONER, PERSONNUMRE))
    oprettelse = partial(person_id_ved_oprettelse, hemmelighed=hemmelighed)

    def ordensnoegle(besked: FraCpr) -> str:
        return oprettelse(rules.aktuelt_nummer(besked.person))

    def mulige_ider(besked: FraCpr) -> list[str]:
        return [oprettelse(nr) for nr in rules.egne_numre(besked.person)]

    def naar_cpr_har_meldt(
        besked: FraCpr,
        numre: Mapping[str, Personnummer],
        efter_id: Mapping[str, Person],
        efter_nummer: Mapping[str, Person],
        nu: datetime,
    ) -> Udfald:
        """The person's new state, and what happened to him."""
        del nu
        return modtag(besked, {nr: rk.person_id for nr, rk in numre.items()}, {**efter_nummer, **efter_id}, oprettelse)

    laeser = (PERSONNUMRE.flere(_numre), PERSONER.flere(mulige_ider), PERSONER.soeg(EFTER_NUMMER))
    for type_ in (CprHaendelse, PersonOpdateret):
        tjeneste.naar(type_, laeser=laeser, ordensnoegle=ordensnoegle)(naar_cpr_har_meldt)
    return tjeneste


def _numre(besked: FraCpr) -> tuple[str, ...]:
    return (*rules.egne_numre(besked.person), *rules.familiens_numre(besked.person, besked.leverance))


def modtag(
    besked: FraCpr, kendte: Mapping[str, str], personer: Mapping[str, Person], oprettelse: Callable[[str], str]
) -> Udfald:
    """One message from CPR. `kendte`: person id by number; `personer`: the rows that may be the person's.

    Raises `LookupError` when the person's row was not read: his number was changed by a message of the same batch,
    and the next try finds him.
    """
    person_id = rules.find_person_id(besked.person, kendte, oprettelse)
    numre = tuple(Personnummer(nr, person_id) for nr in rules.egne_numre(besked.person) if nr not in kendte)
    kendt = personer.get(person_id)
    if besked.person.cpr != rules.aktuelt_nummer(besked.person):
        return Udfald(raekker=(*numre, *_nummerskift(kendt, besked)))
    if kendt is None and person_id not in {oprettelse(nr) for nr in rules.egne_numre(besked.person)}:
        raise LookupError("cpr_events: personens række er ikke læst; nummeret er skiftet i samme omgang")
    if kendt is not None and rules.er_aeldre(besked.leverance, kendt.leverance):
        return Udfald(raekker=(*numre, _noteret(kendt, besked)))
    nye = rules.oplysninger(besked.person, besked.leverance, person_id, lambda nr: kendte.get(nr) or oprettelse(nr))
    return Udfald(raekker=numre) + _tilstand(kendt, besked, nye) + Udfald(beskeder=_haendelser(besked, nye))


def _nummerskift(kendt: Person | None, besked: FraCpr) -> tuple[Person, ...]:
    """CPR-11: a number given up (status 50, 60) says who took over; only the current number describes the person."""
    if kendt is None or rules.er_aeldre(besked.leverance, kendt.leverance):
        return ()
    return (replace(kendt, cpr=rules.aktuelt_nummer(besked.person)),)


def _noteret(kendt: Person, besked: FraCpr) -> Person:
    kode, registreret = (besked.kode, besked.registreret) if isinstance(besked, CprHaendelse) else ("", None)
    note = IkkeAnvendt(kode=kode, leverance=besked.leverance, registreret=registreret)
    return replace(kendt, ikke_anvendte=(*kendt.ikke_anvendte, note))


def _tilstand(kendt: Person | None, besked: FraCpr, nye: Personoplysninger) -> Udfald:
    """The row, and `PersonTilstand` with the next version when what CPR says has changed."""
    uaendret = kendt is not None and kendt.snapshot == besked.person and kendt.beskyttet == nye.beskyttet
    if kendt is not None and uaendret and kendt.leverance == besked.leverance:
        return Udfald()
    foer = kendt.version if kendt else 0
    raekke = Person(
        person_id=nye.person_id,
        cpr=nye.cpr,
        version=foer if uaendret else foer + 1,
        leverance=besked.leverance,
        status=nye.status,
        kommunekode=nye.adresse.kommunekode if nye.adresse else None,
        beskyttet=nye.beskyttet,
        snapshot=besked.person,
        ikke_anvendte=kendt.ikke_anvendte if kendt else (),
    )
    ny_tilstand = PersonTilstand(person_id=nye.person_id, version=raekke.version, person=nye)
    return Udfald(raekker=(raekke,), beskeder=() if uaendret else (ny_tilstand,))


def _haendelser(besked: FraCpr, nye: Personoplysninger) -> tuple[Besked, ...]:
    if isinstance(besked, PersonOpdateret):
        return ()
    virkning = rules.virkning(besked)
    match virkning:
        case Virkning.INDREJST:
            return (_indrejst(besked, nye, genindrejse=False),)
        case Virkning.GENINDREJST:
            return (_indrejst(besked, nye, genindrejse=True),)
        case Virkning.FLYTTET:
            return (_flyttet(besked, nye),)
        case Virkning.SKIFTET_NAVN:
            return (_skiftet_navn(besked, nye),)
        case Virkning.KUN_TILSTAND:
            return ()
        case _:
            assert_never(virkning)


def _indrejst(besked: CprHaendelse, nye: Personoplysninger, *, genindrejse: bool) -> PersonIndrejst:
    if nye.adresse is None:
        raise UventetBesked("cpr_events", "UDEN_ADRESSE", f"CprHaendelse {besked.kode}")
    rejse = rules.seneste_indrejse(besked.person)
    return PersonIndrejst(
        person_id=nye.person_id,
        person=nye,
        indrejsedato=rules.indrejsedato(besked),
        genindrejse=genindrejse,
        landekode=rejse.indrejseland if rejse else "",
        registreret=besked.registreret,
    )


def _flyttet(besked: CprHaendelse, nye: Personoplysninger) -> PersonFlyttet:
    adresse = besked.person.adresse
    if adresse is None:
        raise UventetBesked("cpr_events", "UDEN_ADRESSE", f"CprHaendelse {besked.kode}")
    return PersonFlyttet(
        person_id=nye.person_id,
        person=nye,
        flyttedato=rules.flyttedato(besked),
        fra_kommunekode=rules.fraflytningskommune(adresse),
        til_kommunekode=adresse.kommunekode,
        registreret=besked.registreret,
    )


def _skiftet_navn(besked: CprHaendelse, nye: Personoplysninger) -> PersonSkiftetNavn:
    return PersonSkiftetNavn(
        person_id=nye.person_id,
        person=nye,
        gaelder_fra=rules.navnedato(besked),
        registreret=besked.registreret,
    )
