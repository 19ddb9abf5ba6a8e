"""What is done with each message about persons: whom an id stands for. The order key is the person."""

from datetime import datetime

from contracts.person import PersonSammenlagt, PersonSkiftetNummer
from services.opgaver.forloeb.personhenvisning import Henvisninger, Personhenvisning, nyt_nummer, sammenlagt
from services.opgaver.handlers.faelles import tjeneste
from services.opgaver.store import HENVISNINGER
from shared.domain.udfald import Udfald


def _begge(besked: PersonSammenlagt) -> tuple[str, str]:
    return besked.tidligere_person_id, besked.person_id


@tjeneste.naar(PersonSammenlagt, laeser=HENVISNINGER.flere(_begge), ordensnoegle="person_id")
def naar_to_personer_er_en(besked: PersonSammenlagt, kendte: Henvisninger, nu: datetime) -> Udfald:
    """CPR-11, SIK-01: tasks and notes of the id given up are the other's, in the municipality that has them."""
    del nu
    opgivet, person = besked.tidligere_person_id, besked.person_id
    return Udfald(raekker=sammenlagt(opgivet, person, besked.person.cpr, kendte))


@tjeneste.naar(PersonSkiftetNummer, laeser=HENVISNINGER.en(), ordensnoegle="person_id")
def naar_person_har_nyt_nummer(besked: PersonSkiftetNummer, kendt: Personhenvisning | None, nu: datetime) -> Udfald:
    """CPR-11, OPG-04: a task about this person shows the number that he has now."""
    del nu
    return Udfald(raekker=nyt_nummer(besked.person_id, besked.person.cpr, kendt))
