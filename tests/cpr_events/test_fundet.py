"""A move that CPR tells of after a disappearance: the person is missing no more (CPR-04, CPR-10)."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprHaendelse, CprPerson, PersonOpdateret
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonFlyttet, PersonForsvundet, PersonTilstand
from services.cpr_events.app import TJENESTE
from shared.domain.datoer import midnat
from shared.platform.settings import Settings
from tests.motor import Motor

ALMA = "6204801234"
VAEK = date(2024, 3, 1)
NU = midnat(date(2024, 4, 1))


def motoren() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr("en hemmelighed"))))


def hjemme(fra: date, kommunekode: str = "0630") -> CprPerson:
    adresse = CprAdresse(kommunekode=kommunekode, vejkode="0001", husnr="001", tilflytning=midnat(fra))
    return CprPerson(cpr=ALMA, status="01", adresse=adresse)


FOER = PersonOpdateret(leverance=date(2024, 2, 1), person=hjemme(date(2010, 1, 1)))
FORSVUNDET = CprHaendelse(
    kode="A02", registreret=midnat(VAEK), leverance=VAEK + timedelta(days=1),
    person=CprPerson(cpr=ALMA, status="70", forsvundet_fra=midnat(VAEK)),
)  # fmt: skip


def flyttet(dag: date, registreret: date) -> CprHaendelse:
    leverance = registreret + timedelta(days=1)
    return CprHaendelse(kode="A01", registreret=midnat(registreret), leverance=leverance, person=hjemme(dag, "0751"))


def status(motor: Motor) -> str:
    return motor.fra(PersonTilstand)[-1].person.status


@pytest.mark.parametrize("orden", list(permutations(range(2))), ids=["i orden", "bagvendt"])
def test_cpr_10_en_flytning_efter_forsvindingen_er_tilstanden(orden: tuple[int, ...]) -> None:
    """CPR-04, CPR-10: status and address of the move, in any order; the move is told, and is not late."""
    motor, to = motoren(), (FORSVUNDET, flyttet(date(2024, 3, 3), date(2024, 3, 4)))
    for besked in (FOER, *(to[nr] for nr in orden)):
        motor.modtag(besked, NU)

    sidste = motor.fra(PersonTilstand)[-1].person
    assert sidste.status == "01"
    assert sidste.adresse is not None
    assert sidste.adresse.kommunekode == "0751"
    assert [f.flyttedato for f in motor.fra(PersonFlyttet)] == [date(2024, 3, 3)]
    assert len(motor.fra(PersonForsvundet)) == int(orden == (0, 1))


@pytest.mark.parametrize(
    ("dag", "registreret"),
    [
        pytest.param(date(2024, 3, 1), date(2024, 3, 4), id="flyttet samme dag"),
        pytest.param(date(2024, 2, 20), date(2024, 3, 4), id="flyttet før"),
    ],
)
def test_cpr_10_en_flytning_foer_forsvindingen_finder_ingen(dag: date, registreret: date) -> None:
    """CPR-10: known later, but of an earlier day: still missing."""
    motor = motoren()
    for besked in (FOER, FORSVUNDET, flyttet(dag, registreret)):
        motor.modtag(besked, NU)
    assert status(motor) == "70"
    assert motor.fra(PersonFlyttet) == []


def test_cpr_10_forsvundet_igen() -> None:
    """CPR-10: a disappearance after the move holds, and one who died is not found by a move."""
    motor = motoren()
    igen = FORSVUNDET.model_copy(
        update={
            "registreret": midnat(date(2024, 3, 10)), "leverance": date(2024, 3, 11),
            "person": FORSVUNDET.person.model_copy(update={"forsvundet_fra": midnat(date(2024, 3, 9))}),
        }
    )  # fmt: skip
    for besked in (FOER, FORSVUNDET, flyttet(date(2024, 3, 3), date(2024, 3, 4)), igen):
        motor.modtag(besked, NU)
    assert status(motor) == "70"
    assert len(motor.fra(PersonForsvundet)) == 2


def test_cpr_10_en_doed_findes_ikke() -> None:
    """CPR-10, CPR-14: a move told after a death that was before it changes nothing by itself."""
    motor = motoren()
    doed = CprHaendelse(
        kode="A21", registreret=midnat(VAEK), leverance=VAEK + timedelta(days=1),
        person=CprPerson(cpr=ALMA, status="90", status_fra=midnat(VAEK)),
    )  # fmt: skip
    for besked in (FOER, doed, flyttet(date(2024, 3, 3), date(2024, 3, 4))):
        motor.modtag(besked, NU)
    assert status(motor) == "90"
    assert len(motor.fra(OpgaveAnmodet)) == 1
