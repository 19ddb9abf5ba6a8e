"""What a snapshot says from a later day on: protection and custody begin and end by date (CPR-13, FAM-02, FAM-03)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.person import PersonBeskyttelseAendret, Personoplysninger, PersonTilstand
from services.cpr_events import rules
from services.cpr_events.forloeb.beskeder import Person, TilstandenSkifter
from services.cpr_events.forloeb.person import IdAf
from shared.domain.datoer import midnat
from shared.domain.udfald import INTET, SaetFrist, Udfald


def _frist_id(person_id: str) -> str:
    return f"{person_id}:TilstandenSkifter"


def frist(foer: Person | None, nu: Person, klokken: datetime) -> Udfald:
    """One deadline a person, of the next day that matters; a new snapshot replaces it."""
    naeste = rules.naeste_skift(nu.snapshot, nu.dag)
    if naeste is not None:
        skifter = TilstandenSkifter(
            person_id=nu.person_id,
            cpr=nu.cpr,
            dag=naeste,
            familiens_numre=tuple(dict.fromkeys(rules.familiens_numre(nu.snapshot, naeste))),
        )
        return Udfald(frister=(SaetFrist(_frist_id(nu.person_id), max(klokken, midnat(naeste)), skifter),))
    if foer is not None and rules.naeste_skift(foer.snapshot, foer.dag) is not None:
        return Udfald(ophaevede=(_frist_id(nu.person_id),))
    return INTET


def ny_frist(foer: Mapping[str, Person], udfald: Udfald, klokken: datetime) -> Udfald:
    """What a message from an extract left: each person with another snapshot, or of another day, has a new deadline."""
    for ny in (r for r in udfald.raekker if isinstance(r, Person) and r.version > 0):
        kendt = foer.get(ny.person_id)
        if ny.afloest_af is not None:
            udfald += Udfald(ophaevede=(_frist_id(ny.person_id),))
        elif (
            kendt is None
            or (kendt.snapshot, kendt.cpr) != (ny.snapshot, ny.cpr)
            or rules.er_passeret(kendt.snapshot, kendt.dag, ny.dag)
        ):
            udfald += frist(kendt, ny, klokken)
    return udfald


def skift(besked: TilstandenSkifter, kendt: Person | None, id_af: IdAf, klokken: datetime) -> Udfald:
    """The person as he is from that day on; a snapshot told since has a deadline of its own."""
    if kendt is None or kendt.afloest_af is not None or rules.naeste_skift(kendt.snapshot, kendt.dag) != besked.dag:
        return INTET
    nye = rules.oplysninger(kendt.snapshot, besked.dag, kendt.person_id, id_af)
    ny = replace(kendt, stand=besked.dag, version=kendt.version + 1, beskyttet=nye.beskyttet)
    tilstand = PersonTilstand(person_id=ny.person_id, version=ny.version, person=nye)
    return Udfald(raekker=(ny,), beskeder=(tilstand, *_beskyttelse(kendt, nye))) + frist(kendt, ny, klokken)


def _beskyttelse(foer: Person, nye: Personoplysninger) -> Iterator[Besked]:
    if foer.beskyttet != nye.beskyttet:
        yield PersonBeskyttelseAendret(
            person_id=nye.person_id,
            person=nye,
            beskyttet=nye.beskyttet,
            fra=nye.beskyttet_fra,
            til=nye.beskyttet_til,
        )
