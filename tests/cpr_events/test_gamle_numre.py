"""CPR-11: what no extract carries finds the person by any number that he has had, at once."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from contracts.base import Besked
from contracts.cpr import (
    AfsoningMeldt,
    CprAdresse,
    CprHaendelse,
    CprNavn,
    CprPerson,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
    Trin,
    VaernepligtMeldt,
)
from contracts.noegle import person_id_ved_oprettelse
from contracts.person import PersonAfsoningMeldt, PersonFlytningTilbagekaldt, PersonFlyttet, PersonTilstand
from services.cpr_events.app import TJENESTE
from services.cpr_events.forloeb.beskeder import UdenUdtraek
from services.cpr_events.store import EFTER_NUMMER
from shared.platform.settings import Settings
from tests.motor import Motor, typer

GAMMELT, NYT, NYESTE, HEMMELIG = "2008159991", "2008159992", "2008159993", "en hemmelighed"
NU = datetime(2024, 5, 20, 10, tzinfo=UTC)
HJEM = CprAdresse(kommunekode="0630", vejkode="0012", husnr="007")
UDE = CprAdresse(kommunekode="0751", vejkode="0034", husnr="008", fraflytningskommune="0630")
START = AfsoningMeldt(cpr=GAMMELT, trin=Trin.START, dato=date(2024, 5, 2), registreret=NU)
SOLDAT = VaernepligtMeldt(cpr=GAMMELT, trin=Trin.START, dato=date(2024, 5, 2), registreret=NU)
GODKENDT = FlytningGodkendt(
    flytning_id="f", cpr=GAMMELT, kode="083", adresse=UDE, flyttedato=date(2024, 6, 1), godkendt=NU
)


def person(cpr: str, status: str = "01", **andet: object) -> CprPerson:
    felter = {"cpr": cpr, "status": status, "adresse": HJEM, "navn": CprNavn(fornavn="Carl")}
    return CprPerson.model_validate(felter | andet)


def billede(dag: int, cpr: str, status: str = "01", **andet: object) -> PersonOpdateret:
    return PersonOpdateret(leverance=date(2024, 5, dag), person=person(cpr, status, **andet))


SKIFTET = (
    billede(1, GAMMELT),
    CprHaendelse(kode="P03", leverance=date(2024, 5, 9), person=person(NYT, tidligere_cpr=(GAMMELT,))),
)
VEJE = {
    "nummerskift": SKIFTET,
    "to nummerskift": (*SKIFTET, billede(10, NYESTE, tidligere_cpr=(NYT,))),
    "kun det opgivne nummer er meldt": (billede(1, GAMMELT), billede(9, GAMMELT, "60", gaeldende_cpr=NYT)),
    "kendt under det nye først": (billede(9, NYT, tidligere_cpr=(GAMMELT,)),),
    "to personer lagt sammen": (billede(1, GAMMELT), billede(1, NYT), billede(9, NYT, tidligere_cpr=(GAMMELT,))),
}


def kendt(*beskeder: Besked) -> Motor:
    motor = Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))
    for besked in beskeder:
        motor.modtag(besked, NU)
    return motor


@pytest.mark.parametrize(
    ("besked", "meldt"),
    [(START, "PersonAfsoningMeldt"), (SOLDAT, "PersonVaernepligtMeldt"), (GODKENDT, "PersonFlyttet")],
    ids=["AfsoningMeldt", "VaernepligtMeldt", "FlytningGodkendt"],
)
@pytest.mark.parametrize("vej", VEJE)
def test_cpr_11_det_gamle_nummer_finder_personen_straks(vej: str, besked: UdenUdtraek, meldt: str) -> None:
    """CPR-03, CPR-07, CPR-11, CPR-12: told at once, once, and nothing waits."""
    motor = kendt(*VEJE[vej])
    sidste = [t.person for t in motor.fra(PersonTilstand) if t.afloest_af is None][-1]
    (sendt,) = motor.modtag(besked, NU)
    assert (type(sendt).__name__, getattr(sendt, "person_id", None)) == (meldt, sidste.person_id)
    assert motor.raekker["ventende"] == {}
    assert motor.modtag(besked.model_copy(update={"cpr": sidste.cpr}), NU) == [], "meldt under det nye nummer også"


def test_cpr_07_cpr_11_en_flytning_tilbagekaldt_under_det_gamle_nummer() -> None:
    """CPR-07, CPR-11: approved under the new number, withdrawn under the old, is the same move."""
    motor = kendt(*SKIFTET, GODKENDT.model_copy(update={"cpr": NYT}))
    motor.modtag(FlytningTilbagekaldt(flytning_id="f", cpr=GAMMELT, tilbagekaldt=NU), NU)
    assert len(motor.fra(PersonFlyttet)) == len(motor.fra(PersonFlytningTilbagekaldt)) == 1


def test_cpr_07_cpr_11_flytningen_traeder_i_kraft_under_det_gamle_nummer() -> None:
    """CPR-07, CPR-11: from the day of the move the person lives there, whatever number it was approved under."""
    motor = kendt(*SKIFTET, GODKENDT)
    for forfalden in motor.forfaldne(datetime(2024, 6, 1, tzinfo=UTC)):
        motor.modtag(forfalden, datetime(2024, 6, 1, tzinfo=UTC))
    sidste = motor.fra(PersonTilstand)[-1].person
    assert sidste.cpr == NYT
    assert sidste.adresse is not None
    assert sidste.adresse.kommunekode == "0751"


def test_cpr_11_den_der_har_nummeret_nu_gaar_foran_den_der_havde_det() -> None:
    """CPR-11: a number that CPR gave to another after all."""
    motor = kendt(billede(1, NYT, tidligere_cpr=(NYESTE,)), billede(2, GAMMELT))
    raekke = motor.raekker["person"][person_id_ved_oprettelse(NYT, HEMMELIG)]
    snapshot = raekke.snapshot.model_copy(update={"tidligere_cpr": (NYESTE, GAMMELT)})
    motor.gem(replace(raekke, snapshot=snapshot))
    motor.modtag(START, NU)
    (meldt,) = motor.fra(PersonAfsoningMeldt)
    assert meldt.person_id == person_id_ved_oprettelse(GAMMELT, HEMMELIG)


def test_cpr_11_et_nummer_som_to_har_haft_venter() -> None:
    """CPR-11: nobody can tell whose sentence it is; it waits, and is shown after 7 days."""
    motor = kendt(billede(1, NYT), billede(1, NYESTE))
    for cpr in (NYT, NYESTE):
        raekke = motor.raekker["person"][person_id_ved_oprettelse(cpr, HEMMELIG)]
        motor.gem(replace(raekke, snapshot=raekke.snapshot.model_copy(update={"tidligere_cpr": (GAMMELT,)})))
    assert typer(motor.modtag(START, NU)) == []
    assert len(motor.raekker["ventende"]) == 1


NUMRE = (GAMMELT, NYT, NYESTE)
"""As CPR gave them to one person, each in place of the one before."""
TALT = st.one_of(
    st.builds(billede, st.integers(1, 9), st.sampled_from(NUMRE)),
    st.builds(
        lambda dag, nr, huskes: billede(dag, NUMRE[nr], tidligere_cpr=NUMRE[max(0, nr - huskes) : nr]),
        st.integers(1, 9), st.integers(1, 2), st.integers(1, 2),
    ),
    st.builds(
        lambda dag, nr, status, efter, foer: billede(
            dag, NUMRE[nr], status, gaeldende_cpr=NUMRE[min(2, nr + efter)], tidligere_cpr=NUMRE[:nr] if foer else ()
        ),
        st.integers(1, 9), st.integers(0, 1), st.sampled_from(("50", "60")), st.integers(1, 2), st.booleans(),
    ),
)  # fmt: skip
"""Deliveries about a person under each of his numbers, also an old one after it was given up, in any order."""


@settings(deadline=None, max_examples=400)
@given(st.lists(TALT, min_size=2, max_size=7))
def test_cpr_11_hvert_nummer_der_er_fortalt_finder_personen(talt: list[PersonOpdateret]) -> None:
    """CPR-11: else what comes under it later could never be handled, however often it was tried."""
    motor = kendt(*talt)
    alle = motor.raekker["person"].values()
    for nummer in motor.raekker["personnummer"].values():
        assert nummer.person_id in EFTER_NUMMER.hukommelse(alle, nummer.cpr)
