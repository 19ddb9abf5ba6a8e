"""What a caseworker orders besides a doctor: Alma at entry, and Alma about to move."""

from datetime import date
from typing import Any

from contracts.bestilling import LaegevalgBestilt
from contracts.person import Adresse, PersonFlytningTilbagekaldt, PersonFlyttet, PersonIndrejst, PersonTilstand
from services.laegevalg.forloeb.beskeder import Valg
from services.laegevalg.forloeb.sikret import Sikret
from tests.laegevalg.valgverden import PERSON, Y1, Verden, bestilt, kl, person

D = date
Y3 = "000003"
VEJLE, ODENSE = "0630", "0461"
ODENSEVEJ = Adresse(kommunekode=ODENSE, vejkode="0456", linje="Ovej 1", postnummer="5000")
INDREJST = D(2024, 11, 4)
FLYTTER = D(2024, 3, 10)
NU = kl(11, 4, 10)


def ved_indrejse(**andet: Any) -> LaegevalgBestilt:
    """A caseworker's order on the day of the entry: group 1 and the open Y1."""
    felter: dict[str, Any] = {
        "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "ydernummer": Y1, "betalingskort": None,
        "virkningsdato": INDREJST, "bestilt": NU, "gruppe": "1", "anledning": "INDREJSE",
    }  # fmt: skip
    return bestilt(**(felter | andet))


def indrejst(dag: date = INDREJST, genindrejse: bool = False, tilstand: PersonTilstand | None = None) -> PersonIndrejst:
    """The event of the CPR extract."""
    snapshot = (tilstand or person()).person
    return PersonIndrejst(person_id=PERSON, person=snapshot, indrejsedato=dag, genindrejse=genindrejse)


def venter_paa_flytning(dag: date = FLYTTER, til: str = ODENSE, **andet: Any) -> LaegevalgBestilt:
    """Alma chooses the closed Y2 on 4 March, to hold from her move on."""
    felter: dict[str, Any] = {
        "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "betalingskort": None,
        "afventer_flytning": {"flyttedato": dag, "til_kommunekode": til},
    }  # fmt: skip
    return bestilt(**(felter | andet))


def flyttet(dag: date = FLYTTER, til: str = ODENSE) -> PersonFlyttet:
    """The move event."""
    adresse = ODENSEVEJ.model_copy(update={"kommunekode": til})
    return PersonFlyttet(
        person_id=PERSON, person=person(2, adresse=adresse).person, flyttedato=dag, fra_kommunekode=VEJLE,
        til_kommunekode=til,
    )  # fmt: skip


def trukket(dag: date = FLYTTER) -> PersonFlytningTilbagekaldt:
    """The move solution: the approved move was withdrawn."""
    return PersonFlytningTilbagekaldt(person_id=PERSON, person=person().person, flytning_id="f-1", flyttedato=dag)


def har_laege(v: Verden, **andet: Any) -> None:
    """Alma is in group 1 with Y1 since 2010."""
    foer = {f: getattr(v.sikret, f) for f in Sikret.__slots__}
    har = {"gruppe": "1", "gruppe_fra": D(2010, 1, 1), "ydernummer": Y1, "laege_fra": D(2010, 1, 1)}
    v.hub.motorer["laegevalg"].gem(Sikret(**(foer | har | andet)))


def valget(v: Verden, bestilling_id: str = "s01") -> Valg:
    """A choice by its order."""
    return v.hub.motorer["laegevalg"].raekker["valg"][f"laegevalg-{bestilling_id}"]


def sagen(v: Verden, dag: date = INDREJST) -> str:
    """Where the entry stands."""
    return v.hub.motorer["laegevalg"].raekker["sag"][f"indrejse-{PERSON}-{dag}"].tilstand


def optagne(v: Verden, nummer: str) -> int:
    """The count of a practice."""
    return v.hub.motorer["plo_events"].raekker["yder"][nummer].optagne


def sendt_efter(v: Verden, antal: int) -> list[str]:
    """The names of what was sent since."""
    return [type(b).__name__ for b in v.hub.udsendt[antal:]]
