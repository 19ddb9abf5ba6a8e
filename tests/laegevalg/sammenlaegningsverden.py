"""Alma under two numbers, each with what it may have, and the join of the two (CPR-11)."""

from datetime import date, datetime
from typing import Any

from contracts.person import Adresse, PersonSammenlagt, PersonTilstand
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Sikring
from tests.laegevalg.valgverden import (
    ALMA,
    FORLOEB,
    PERSON,
    Y1,
    Y2,
    Verden,
    bestilt,
    kl,
    person,
    yder,
)

D = date
NY, NYT_NUMMER = "ny", "6204801242"
Y3, Y4 = "000003", "000004"
HJEM = Adresse(kommunekode="0630", vejkode="0999", linje="Nyvej 1", postnummer="7100")
TIO, TYVE = D(2010, 1, 1), D(2020, 1, 1)


def som_ny(version: int = 1, status: str = "01", id_: str = NY, cpr: str = NYT_NUMMER, **andet: Any) -> PersonTilstand:
    tilstand = person(version, status, **({"cpr": cpr, "adresse": HJEM} | andet))
    return tilstand.model_copy(
        update={"person_id": id_, "person": tilstand.person.model_copy(update={"person_id": id_})}
    )


def sammenlagt(ny: str = NY, gammel: str = PERSON, cpr: str = ALMA, **andet: Any) -> PersonSammenlagt:
    return PersonSammenlagt(
        person_id=ny, person=som_ny(id_=ny, **andet).person, tidligere_person_id=gammel, tidligere_cpr=cpr
    )


def afloest(version: int = 2, af: str = NY) -> PersonTilstand:
    return person(version).model_copy(update={"afloest_af": af})


def sikret(v: Verden, id_: str) -> Sikret:
    return v.hub.motorer["laegevalg"].raekker["sikret"][id_]


def har(v: Verden, id_: str, gruppe: str | None, ydernummer: str | None, fra: date, registreret: datetime) -> None:
    """Group and doctor as they would have been registered."""
    foer = sikret(v, id_)
    sikring = Sikring(gruppe, fra if gruppe else None, ydernummer, fra if ydernummer else None)
    v.hub.motorer["laegevalg"].gem(foer.med(sikring, f"Huset {ydernummer}", registreret))


def verden(
    gammel: tuple[str | None, str | None] = ("1", Y1), ny: tuple[str | None, str | None] = (None, None)
) -> Verden:
    """Alma, known under two ids: group and doctor of each, the old ones since 2010, the new ones since 2020."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1), yder(Y2), yder(Y3, Yderstatus.AABEN, 10), person(), som_ny())
    if any(gammel):
        har(v, PERSON, *gammel, D(2010, 1, 1), kl(1, 1, aar=2010))
    if any(ny):
        har(v, NY, *ny, D(2020, 1, 1), kl(1, 1, aar=2020))
    return v


def med_valg(ny: tuple[str | None, str | None] = (None, None)) -> Verden:
    """Alma's choice of the closed Y2 waits for the practice, under her old id."""
    v = verden(ny=ny)
    v.send(kl(3, 4, 10, 15), bestilt())
    return v


def optagne(v: Verden, nummer: str) -> int:
    return v.hub.motorer["plo_events"].raekker["yder"][nummer].optagne


def valgtilstand(v: Verden, forloeb_id: str = FORLOEB) -> str:
    return v.hub.motorer["laegevalg"].raekker["valg"][forloeb_id].tilstand


def intet_tilbage(v: Verden, *ider: str) -> None:
    """The old rows hold nothing."""
    for id_ in ider:
        raekke = sikret(v, id_)
        assert raekke.er_tom, id_
        assert raekke.afloest_af is not None


def s(gruppe: str | None = None, g: date | None = None, y: str | None = None, laege: date | None = None) -> Sikring:
    return Sikring(gruppe, g, y, laege)
