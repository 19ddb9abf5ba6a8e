"""Who was missing is found by A03, and by all else that says where he lives now, once (CPR-04, CPR-09, CPR-10)."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    PersonFlyttet,
    PersonForsvundet,
    PersonGenfundet,
    PersonHaendelseRettet,
    PersonIndrejst,
    PersonTilstand,
)
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
    """CPR-04, CPR-10: status and address of the move, in any order; of whom nobody missed it is a move."""
    motor, to = motoren(), (FORSVUNDET, flyttet(date(2024, 3, 3), date(2024, 3, 4)))
    for besked in (FOER, *(to[nr] for nr in orden)):
        motor.modtag(besked, NU)

    sidste = motor.fra(PersonTilstand)[-1].person
    assert sidste.status == "01"
    assert sidste.adresse is not None
    assert sidste.adresse.kommunekode == "0751"
    savnet = orden == (0, 1)
    assert [f.flyttedato for f in motor.fra(PersonFlyttet)] == ([] if savnet else [date(2024, 3, 3)])
    assert [g.fundet for g in motor.fra(PersonGenfundet)] == ([date(2024, 3, 3)] if savnet else [])
    assert len(motor.fra(PersonForsvundet)) == int(savnet)


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


IGEN = date(2024, 3, 8)
A03 = flyttet(IGEN, IGEN).model_copy(update={"kode": "A03"})
FUNDET_VED = {
    "A01": flyttet(IGEN, IGEN),
    "A03": A03,
    "A13": A03.model_copy(
        update={"kode": "A13", "person": A03.person.model_copy(update={"navn": CprNavn(fornavn="B")})}
    ),
    "A15": A03.model_copy(update={"kode": "A15"}),
    "A01 afledt": A03.model_copy(update={"kode": "A01", "afledt": "ÆG"}),
    "K74": A03.model_copy(update={"kode": "K74", "registreret": None}),
    "en ukendt kode": A03.model_copy(update={"kode": "X99"}),
    "kun billedet": PersonOpdateret(leverance=A03.leverance, person=A03.person),
}
INDREJST = A03.model_copy(
    update={"kode": "A04", "person": A03.person.model_copy(update={"rejser": (CprRejse(indrejse=midnat(IGEN)),)})}
)


def efter(*beskeder: CprHaendelse | PersonOpdateret) -> Motor:
    motor = motoren()
    for besked in (FOER, FORSVUNDET, *beskeder):
        motor.modtag(besked, NU)
    return motor


def fundet(motor: Motor) -> list[date]:
    return [g.fundet for g in motor.fra(PersonGenfundet)]


@pytest.mark.parametrize("senere", [None, *FUNDET_VED], ids=str)
@pytest.mark.parametrize("ved", FUNDET_VED)
def test_cpr_04_fundet_meldes_een_gang(ved: str, senere: str | None) -> None:
    """CPR-04, CPR-09: whatever says first that he lives somewhere, and whatever says it again, A03 too."""
    motor = efter(FUNDET_VED[ved], *((FUNDET_VED[senere],) if senere else ()), FUNDET_VED[ved])
    assert (status(motor), fundet(motor)) == ("01", [IGEN])
    assert motor.fra(PersonFlyttet) == motor.fra(OpgaveAnmodet)[1:] == []


@pytest.mark.parametrize("dag", [date(2024, 3, 3), date(2024, 3, 20)], ids=["A03 af en tidligere dag", "af en senere"])
def test_cpr_09_en_genfinding_om_den_samme_forsvinding(dag: date) -> None:
    """CPR-09: the A03 of a disappearance that is over leads to nothing, whatever its day; a new one does."""
    sen = flyttet(dag, date(2024, 3, 20)).model_copy(update={"kode": "A03"})
    motor = efter(FUNDET_VED["kun billedet"], sen)
    assert fundet(motor) == [IGEN]
    assert motor.fra(OpgaveAnmodet) == []

    savnet = date(2024, 3, 22)
    motor.modtag(
        FORSVUNDET.model_copy(
            update={
                "registreret": midnat(savnet), "leverance": savnet + timedelta(days=1),
                "person": FORSVUNDET.person.model_copy(update={"forsvundet_fra": midnat(savnet)}),
            }
        ), NU,
    )  # fmt: skip
    motor.modtag(flyttet(date(2024, 3, 25), date(2024, 3, 25)).model_copy(update={"kode": "A03"}), NU)
    assert fundet(motor) == [IGEN, date(2024, 3, 25)]
    assert len(motor.fra(PersonForsvundet)) == 2


@pytest.mark.parametrize(
    ("tilflytning", "ventet"),
    [
        pytest.param(VAEK - timedelta(days=1), date(2024, 3, 9), id="flyttet dagen før han forsvandt"),
        pytest.param(VAEK, date(2024, 3, 9), id="på dagen"),
        pytest.param(VAEK + timedelta(days=1), VAEK + timedelta(days=1), id="dagen efter"),
    ],
)
def test_cpr_08_dagen_han_blev_fundet(tilflytning: date, ventet: date) -> None:
    """CPR-08: the day he moved, where that can be when he was found; else the day of the delivery that says so."""
    billede = PersonOpdateret(leverance=date(2024, 3, 9), person=hjemme(tilflytning))
    assert fundet(efter(billede)) == [ventet]


def test_cpr_04_en_genindrejse_er_ingen_genfinding() -> None:
    """IND-01: who was missing and enters again has the right anew by the entry."""
    motor = efter(INDREJST, A03)
    assert [i.indrejsedato for i in motor.fra(PersonIndrejst)] == [IGEN]
    assert status(motor) == "01"


@pytest.mark.parametrize("kode", ["A24", "A25"])
def test_cpr_10_en_annulleret_forsvinding_er_for_en_sagsbehandler(kode: str) -> None:
    """CPR-10: taken back, he was never missing: the municipality looks at what that ended."""
    motor = efter(A03.model_copy(update={"kode": kode}))
    assert (status(motor), fundet(motor)) == ("01", [])
    assert [o.aarsag for o in motor.fra(OpgaveAnmodet)] == ["HAENDELSE_RETTET"]
    assert len(motor.fra(PersonHaendelseRettet)) == 1


@pytest.mark.parametrize("nu", ["70", "80", "90", "05", "20"])
def test_cpr_04_kun_den_der_bor_i_danmark_er_fundet(nu: str) -> None:
    """CPR-04, NORD-01: missing still, emigrated, dead or in Greenland: nobody is found."""
    adresse = A03.person.adresse if nu in ("05", "20") else None
    person = CprPerson(cpr=ALMA, status=nu, status_fra=midnat(IGEN), forsvundet_fra=midnat(VAEK), adresse=adresse)
    motor = efter(PersonOpdateret(leverance=A03.leverance, person=person))
    assert (status(motor), fundet(motor)) == (nu, [])


@pytest.mark.parametrize("foer", [True, False], ids=["boede i Danmark", "ikke kendt før"])
@pytest.mark.parametrize("fortalt", [True, False], ids=["A02", "kun billedet"])
def test_kort_16_savnet_uden_at_det_er_meldt(foer: bool, fortalt: bool) -> None:
    """KORT-16, CPR-04: nothing ended for one of whom only a snapshot said that he was gone: he has moved."""
    motor = motoren()
    savnet = FORSVUNDET if fortalt else PersonOpdateret(leverance=FORSVUNDET.leverance, person=FORSVUNDET.person)
    for besked in (*((FOER,) if foer else ()), savnet, FUNDET_VED["A01"], FUNDET_VED["A03"], FUNDET_VED["A01"]):
        motor.modtag(besked, NU)
    som_flytning = foer and not fortalt
    assert [f.flyttedato for f in motor.fra(PersonFlyttet)] == ([IGEN] if som_flytning else [])
    assert fundet(motor) == ([] if som_flytning else [IGEN])
    assert status(motor) == "01"
