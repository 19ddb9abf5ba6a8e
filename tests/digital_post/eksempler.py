"""Invented people and letters."""

from datetime import UTC, date, datetime

from contracts.brev import BrevAnmodet, Brevtype
from contracts.person import Adresse, Personoplysninger, PersonTilstand

NU = datetime(2024, 11, 5, 9, 0, tzinfo=UTC)
HAVNEGADE = Adresse(
    kommunekode="0751", vejkode="3000", linje="Havnegade 4, 2. tv", postnummer="8000", postdistrikt="Aarhus C"
)
ANMODET = BrevAnmodet(
    brev_id="b1",
    forloeb_id="f1",
    person_id="p1",
    kommunekode="0751",
    brevtype=Brevtype.LAEGEVALGSKVITTERING,
    felter={"praksisnavn": "Lægehuset Åen", "virkningsdato": "2024-11-05"},
)
ERIK = Personoplysninger(
    person_id="p1",
    cpr="0909994005",
    status="01",
    foedselsdato=date(1999, 9, 9),
    adresseringsnavn="Erik Ødegård",
    adresse=HAVNEGADE,
)
IDA = Personoplysninger(
    person_id="p1",
    cpr="0202144002",
    status="01",
    foedselsdato=date(2014, 2, 2),
    adresseringsnavn="Ida Åkjær",
    adresse=HAVNEGADE,
)


def tilstand(person: Personoplysninger, version: int = 1) -> PersonTilstand:
    """The person as `cpr_events` tells it."""
    return PersonTilstand(person_id=person.person_id, version=version, person=person)
