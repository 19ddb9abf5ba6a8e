"""What is told of a number nobody knows waits, counts when the person comes, and is shown when he does not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import SecretStr

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
from contracts.person import PersonAfsoningMeldt, PersonFlyttet
from services.cpr_events.app import TJENESTE
from services.cpr_events.forloeb.beskeder import UdenUdtraek
from services.cpr_events.forloeb.ventende import VENTETID, VentendeKanBruges
from shared.domain.forloeb import UventetBesked
from shared.platform.settings import Settings
from tests.motor import Motor, typer

CPR, NYT, HEMMELIG = "2008159991", "2008159992", "en hemmelighed"
NU = datetime(2024, 5, 20, 10, tzinfo=UTC)
HJEM = CprAdresse(kommunekode="0630", vejkode="0012", husnr="007")
UDE = CprAdresse(kommunekode="0751", vejkode="0034", husnr="008", fraflytningskommune="0630")
START = AfsoningMeldt(cpr=CPR, trin=Trin.START, dato=date(2024, 5, 2), registreret=NU)
SLUT = AfsoningMeldt(cpr=CPR, trin=Trin.SLUT, dato=date(2024, 6, 2), registreret=NU)
SOLDAT = VaernepligtMeldt(cpr=CPR, trin=Trin.START, dato=date(2024, 5, 2), registreret=NU)
GODKENDT = FlytningGodkendt(flytning_id="f", cpr=CPR, kode="083", adresse=UDE, flyttedato=date(2024, 6, 1), godkendt=NU)
TILBAGE = FlytningTilbagekaldt(flytning_id="f", cpr=CPR, tilbagekaldt=NU)


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))


def kommer(motor: Motor, nu: datetime = NU, cpr: str = CPR, **andet: object) -> list[str]:
    """CPR tells of the person, and what falls due then."""
    felter = {"cpr": cpr, "status": "01", "adresse": HJEM, "navn": CprNavn(fornavn="Carl")}
    person = CprPerson.model_validate(felter | andet)
    sendt = motor.modtag(PersonOpdateret(leverance=nu.date(), person=person), nu)
    return typer([*sendt, *(b for forfalden in motor.forfaldne(nu) for b in motor.modtag(forfalden, nu))])


@pytest.mark.parametrize("besked", [GODKENDT, START, SOLDAT], ids=lambda b: type(b).__name__)
def test_cpr_03_cpr_07_cpr_12_det_der_ventede_gaelder_naar_personen_kommer(motor: Motor, besked: UdenUdtraek) -> None:
    """CPR-03, CPR-07, CPR-12: told after the person's own state, once."""
    assert motor.modtag(besked, NU) == []
    assert motor.modtag(besked, NU) == []
    meldt = {"FlytningGodkendt": "PersonFlyttet"}.get(type(besked).__name__, f"Person{type(besked).__name__}")

    assert kommer(motor) == ["PersonTilstand", meldt]
    assert kommer(motor, NU + timedelta(days=1)) == []
    assert motor.modtag(besked, NU) == []
    assert [n for n in motor.frister if n.startswith("ventende:")] == []


def test_cpr_07_tilbagekaldt_mens_der_ventes_meldes_aldrig(motor: Motor) -> None:
    """CPR-07: approved and withdrawn before the person is known, in either order: there was no move."""
    for besked in (GODKENDT, TILBAGE):
        motor.modtag(besked, NU)
    kommer(motor)
    assert typer(motor.udsendt) == ["PersonTilstand", "PersonFlyttet", "PersonFlytningTilbagekaldt"]


def test_cpr_07_tilbagekaldt_foerst_mens_der_ventes(motor: Motor) -> None:
    for besked in (TILBAGE, GODKENDT):
        motor.modtag(besked, NU)
    assert kommer(motor) == ["PersonTilstand"]
    assert motor.fra(PersonFlyttet) == []


def test_cpr_03_flere_beskeder_kommer_i_den_orden_de_blev_meldt(motor: Motor) -> None:
    for besked in (START, GODKENDT, SLUT):
        motor.modtag(besked, NU)
    assert kommer(motor) == ["PersonTilstand", "PersonAfsoningMeldt", "PersonFlyttet", "PersonAfsoningMeldt"]
    assert [b.trin for b in motor.fra(PersonAfsoningMeldt)] == [Trin.START, Trin.SLUT]


def test_cpr_11_ventende_paa_et_nummer_der_siden_er_skiftet(motor: Motor) -> None:
    """CPR-11: the person comes under a new number and brings the old one as an alias."""
    motor.modtag(START, NU)
    assert kommer(motor, cpr=NYT, tidligere_cpr=(CPR,)) == ["PersonTilstand", "PersonAfsoningMeldt"]
    (meldt,) = motor.fra(PersonAfsoningMeldt)
    assert meldt.person_id == person_id_ved_oprettelse(NYT, HEMMELIG)


@pytest.mark.parametrize(
    ("ventet", "udloebet"),
    [(VENTETID - timedelta(seconds=1), False), (VENTETID, True), (VENTETID + timedelta(days=1), True)],
    ids=["lige før", "på 7-dages-dagen", "dagen efter"],
)
def test_ventetiden(motor: Motor, ventet: timedelta, udloebet: bool) -> None:
    """The first message counts, also when another comes the day before."""
    motor.modtag(START, NU)
    motor.modtag(SLUT, NU + timedelta(days=6))
    assert bool(motor.forfaldne(NU + ventet)) is udloebet


def test_efter_ventetiden_vises_det_og_bruges_stadig(motor: Motor) -> None:
    """Parked for somebody to see, without the number; when the person comes it counts by itself."""
    motor.modtag(START, NU)
    nu = NU + VENTETID
    (frist,) = motor.forfaldne(nu)
    with pytest.raises(UventetBesked, match=r"UKENDT_PERSON ved AfsoningMeldt") as fejl:
        motor.modtag(frist, nu)
    assert CPR not in str(fejl.value)

    assert kommer(motor, nu + timedelta(days=30)) == ["PersonTilstand", "PersonAfsoningMeldt"]
    assert motor.modtag(frist, nu) == []


def test_to_numre_lagt_sammen_mens_det_der_ventede_var_paa_vej(motor: Motor) -> None:
    """CPR-11: what waited comes to the person who was kept."""
    motor.modtag(START, NU)
    for cpr, andet in ((CPR, {}), (NYT, {}), (NYT, {"tidligere_cpr": (CPR,)})):
        person = CprPerson.model_validate({"cpr": cpr, "status": "01", "adresse": HJEM} | andet)
        motor.modtag(CprHaendelse(kode="K74", leverance=NU.date(), person=person), NU)
    for _ in range(2):
        for forfalden in motor.forfaldne(NU):
            motor.modtag(forfalden, NU)
    (meldt,) = motor.fra(PersonAfsoningMeldt)
    assert meldt.person_id == person_id_ved_oprettelse(NYT, HEMMELIG)


def test_uden_personens_raekke_proeves_der_igen(motor: Motor) -> None:
    """Nothing that waits is dropped because the person was not read: the platform tries again."""
    motor.modtag(START, NU)
    ventende_id = person_id_ved_oprettelse(CPR, HEMMELIG)
    with pytest.raises(LookupError, match="ikke læst"):
        motor.modtag(VentendeKanBruges(ventende_id=ventende_id, person_id="en anden"), NU)
    assert kommer(motor) == ["PersonTilstand", "PersonAfsoningMeldt"]
