"""What no extract carries: approved and withdrawn moves, sentences, service; and two numbers for one person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import SecretStr

from contracts.cpr import (
    AfsoningMeldt,
    CprAdresse,
    CprHaendelse,
    CprNavn,
    CprPeriode,
    CprPerson,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
    Trin,
    VaernepligtMeldt,
)
from contracts.noegle import person_id_ved_oprettelse
from contracts.person import (
    PersonBeskyttelseAendret,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonSammenlagt,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonTilstand,
)
from services.cpr_events.app import TJENESTE
from shared.platform.settings import Settings
from tests.motor import Motor, typer

BARN, ANDET, HEMMELIG = "2008159991", "2008159992", "en hemmelighed"
NU = datetime(2024, 5, 20, 10, tzinfo=UTC)
HJEM = CprAdresse(kommunekode="0630", vejkode="0012", husnr="007")
ANDETSTEDS = CprAdresse(kommunekode="0461", vejkode="0056", husnr="009")
NY = CprAdresse(kommunekode="0751", vejkode="0034", husnr="008", fraflytningskommune="0630")


def id_af(cpr: str) -> str:
    return person_id_ved_oprettelse(cpr, HEMMELIG)


@pytest.fixture
def motor() -> Motor:
    motor = Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))
    motor.modtag(PersonOpdateret(leverance=date(2024, 5, 1), person=person(BARN)), NU)
    motor.udsendt.clear()
    return motor


def person(cpr: str, status: str = "01", **andet: object) -> CprPerson:
    felter = {"cpr": cpr, "status": status, "adresse": HJEM, "navn": CprNavn(fornavn="Carl")}
    return CprPerson.model_validate(felter | andet)


def godkendt(id_: str = "f-1", adresse: CprAdresse = NY) -> FlytningGodkendt:
    return FlytningGodkendt(
        flytning_id=id_, cpr=BARN, kode="083", adresse=adresse, flyttedato=date(2024, 6, 1), godkendt=NU
    )


TILBAGE = FlytningTilbagekaldt(flytning_id="f-1", cpr=BARN, tilbagekaldt=NU)


def test_cpr_07_godkendt_boerneflytning_er_en_flytning_een_gang(motor: Motor) -> None:
    """CPR-06, CPR-07: told as any move; a second approval under another id, and A01 the next day, change nothing."""
    assert typer(motor.modtag(godkendt(), NU)) == ["PersonFlyttet"]
    assert motor.modtag(godkendt(), NU) == []
    assert motor.modtag(godkendt("f-2"), NU) == []
    tid = datetime(2024, 6, 1, 10, tzinfo=UTC)
    a01 = person(BARN, adresse=NY.model_copy(update={"tilflytning": tid, "tilflytning_kommune": tid}))
    sendt = motor.modtag(CprHaendelse(kode="A01", registreret=tid, leverance=date(2024, 6, 2), person=a01), NU)

    assert typer(sendt) == ["PersonTilstand"]
    (flyttet,) = motor.fra(PersonFlyttet)
    assert (flyttet.fra_kommunekode, flyttet.til_kommunekode, flyttet.flyttedato) == ("0630", "0751", date(2024, 6, 1))
    assert flyttet.person.adresse is not None
    assert flyttet.person.adresse.kommunekode == "0751"


def test_cpr_07_tilbagekaldt_flytning_meldes_og_kan_godkendes_igen(motor: Motor) -> None:
    motor.modtag(godkendt(), NU)

    assert typer(motor.modtag(TILBAGE, NU)) == ["PersonFlytningTilbagekaldt"]
    assert motor.modtag(TILBAGE, NU) == []
    assert typer(motor.modtag(godkendt("f-2"), NU)) == ["PersonFlyttet"]


@pytest.mark.parametrize(("kode", "status"), [("A06", "80"), ("A02", "70"), ("A21", "90")])
def test_cpr_07_cpr_10_den_der_er_vaek_faar_ingen_adresse_af_en_tilbagekaldelse(
    motor: Motor, kode: str, status: str
) -> None:
    """CPR-07, CPR-10: the move was in force when he left; withdrawn after it, he is told to live nowhere still."""
    flyttet = godkendt().model_copy(update={"flyttedato": date(2024, 5, 10)})
    motor.modtag(flyttet, NU)
    for i_kraft in motor.forfaldne(NU):
        motor.modtag(i_kraft, NU)
    vaek = person(BARN, status, adresse=None, status_fra=NU)
    motor.modtag(CprHaendelse(kode=kode, registreret=NU, leverance=date(2024, 5, 20), person=vaek), NU)

    assert typer(motor.modtag(TILBAGE, NU)) == ["PersonFlytningTilbagekaldt"]
    sidste = motor.fra(PersonTilstand)[-1].person
    assert (sidste.status, sidste.adresse) == (status, None)
    igen = CprHaendelse(kode=kode, registreret=NU, leverance=date(2024, 5, 20), person=vaek)
    assert motor.modtag(igen, NU) == []


def test_cpr_07_tilbagekaldt_foer_godkendt_meldes_aldrig(motor: Motor) -> None:
    assert motor.modtag(TILBAGE, NU) == []
    assert motor.modtag(godkendt(), NU) == []


@pytest.mark.parametrize("type_", [AfsoningMeldt, VaernepligtMeldt])
def test_cpr_03_cpr_12_samme_start_meldes_een_gang(
    motor: Motor, type_: type[AfsoningMeldt] | type[VaernepligtMeldt]
) -> None:
    """CPR-03, CPR-12: the same start under another message id is told once, the end is told by itself."""
    start = type_(cpr=BARN, trin=Trin.START, dato=date(2024, 5, 2), registreret=NU)
    slut = type_(cpr=BARN, trin=Trin.SLUT, dato=date(2024, 8, 2), registreret=NU)

    assert typer(motor.modtag(start, NU)) == [f"Person{type_.__name__}"]
    assert motor.modtag(start, NU) == []
    assert typer(motor.modtag(slut, NU)) == [f"Person{type_.__name__}"]
    assert motor.modtag(start, NU) == []


def test_cpr_11_nyt_nummer_meldes_een_gang(motor: Motor) -> None:
    nyt = person(ANDET, tidligere_cpr=(BARN,))
    for dag in (2, 3):
        motor.modtag(PersonOpdateret(leverance=date(2024, 5, dag), person=nyt), NU)

    (skiftet,) = motor.fra(PersonSkiftetNummer)
    assert (skiftet.person_id, skiftet.person.cpr, skiftet.tidligere_cpr) == (id_af(BARN), ANDET, BARN)


@pytest.mark.parametrize("opgivet_foerst", [True, False], ids=["det opgivne nummer", "det gældende nummer"])
def test_cpr_11_to_numre_for_een_person_laegges_sammen(motor: Motor, opgivet_foerst: bool) -> None:
    """CPR-11: nothing noted or told under the other id is lost, and both numbers lead to the one person."""
    motor.modtag(godkendt(), NU)
    motor.modtag(PersonOpdateret(leverance=date(2024, 4, 1), person=person(BARN)), NU)
    motor.modtag(PersonOpdateret(leverance=date(2024, 5, 1), person=person(ANDET)), NU)
    p02 = PersonOpdateret(leverance=date(2024, 5, 9), person=person(BARN, "50", gaeldende_cpr=ANDET))
    nyt = PersonOpdateret(leverance=date(2024, 5, 9), person=person(ANDET, tidligere_cpr=(BARN,)))
    for besked in (p02, nyt) if opgivet_foerst else (nyt, p02):
        motor.modtag(besked, NU)

    (sammen,) = motor.fra(PersonSammenlagt)
    assert (sammen.person_id, sammen.tidligere_person_id, sammen.tidligere_cpr) == (id_af(ANDET), id_af(BARN), BARN)
    assert {n.person_id for n in motor.raekker["personnummer"].values()} == {id_af(ANDET)}
    (afloest,) = [t for t in motor.fra(PersonTilstand) if t.afloest_af]
    assert (afloest.person_id, afloest.version, afloest.afloest_af) == (id_af(BARN), 2, id_af(ANDET))
    blivende = motor.raekker["person"][id_af(ANDET)]
    assert [n.leverance for n in blivende.ikke_anvendte] == [date(2024, 4, 1)]
    assert list(blivende.sket) == list(motor.raekker["person"][id_af(BARN)].sket)


def test_cpr_13_beskyttelse_begynder_og_ophoerer(motor: Motor) -> None:
    """CPR-13: told when it is another than before, the end also without an event of its own."""
    beskyttet = person(BARN, beskyttelser=(CprPeriode(type_="0001", fra=date(2024, 5, 2), til=date(2024, 5, 8)),))
    motor.modtag(CprHaendelse(kode="A33", leverance=date(2024, 5, 2), person=beskyttet), NU)
    for dag in (8, 9, 10):
        motor.modtag(PersonOpdateret(leverance=date(2024, 5, dag), person=beskyttet), NU)

    assert [b.beskyttet for b in motor.fra(PersonBeskyttelseAendret)] == [True, False]


def test_cpr_01_navneaendringen_baerer_vielsesdatoen(motor: Motor) -> None:
    gift = person(
        BARN,
        navn=CprNavn(fornavn="Carl", efternavn="Ny", gaelder_fra=NU),
        civilstand={"kode": "G", "fra": "2024-03-15T11:00:00Z"},
    )
    motor.modtag(CprHaendelse(kode="A13", registreret=NU, leverance=date(2024, 5, 21), person=gift), NU)

    assert [n.vielsesdato for n in motor.fra(PersonSkiftetNavn)] == [date(2024, 3, 15)]


MIDNAT = datetime(2024, 5, 31, 22, tzinfo=UTC)
"""00:00 on 1 June in Denmark."""


def kommuner(motor: Motor) -> list[str]:
    return [t.person.adresse.kommunekode for t in motor.fra(PersonTilstand) if t.person.adresse]


def a01(adresse: CprAdresse, dag: int, leverance: int) -> CprHaendelse:
    tid = datetime(2024, 6, dag, 10, tzinfo=UTC)
    flyttet = person(BARN, adresse=adresse.model_copy(update={"tilflytning": tid, "tilflytning_kommune": tid}))
    return CprHaendelse(kode="A01", registreret=tid, leverance=date(2024, 6, leverance), person=flyttet)


def test_cpr_06_cpr_07_barnet_bor_paa_den_nye_adresse_fra_dagen(motor: Motor) -> None:
    """S12: told at once, lived there from the day itself, and the extract's A01 moves nobody again."""
    motor.modtag(godkendt(), NU)
    assert (kommuner(motor), motor.forfaldne(MIDNAT - timedelta(seconds=1))) == ([], [])
    for besked in motor.forfaldne(MIDNAT):
        motor.modtag(besked, MIDNAT)
    assert kommuner(motor) == ["0751"]
    motor.modtag(a01(NY, 1, 2), MIDNAT)
    assert kommuner(motor) == ["0751", "0751"]
    assert [t.version for t in motor.fra(PersonTilstand)] == [2, 3]
    assert len(motor.fra(PersonFlyttet)) == 1


@pytest.mark.parametrize(
    ("foer", "adresser"),
    [
        pytest.param([TILBAGE], [], id="CPR-07: trukket tilbage"),
        pytest.param([a01(HJEM, 3, 4)], ["0630"], id="CPR-10: en nyere flytning er kendt"),
        pytest.param(
            [PersonOpdateret(leverance=date(2024, 5, 25), person=person(BARN, koen="M"))],
            ["0630", "0751"],
            id="CPR-10: et udtræk fra før dagen",
        ),
        pytest.param(
            [PersonOpdateret(leverance=date(2024, 6, 2), person=person(BARN, koen="M"))],
            ["0630"],
            id="CPR-10: et nyere udtræk siger den gamle adresse",
        ),
        pytest.param([PersonOpdateret(leverance=date(2024, 5, 25), person=person(BARN, "80"))], [], id="er udrejst"),
    ],
)
def test_cpr_07_en_godkendt_flytning_der_er_overhalet(
    motor: Motor, foer: list[PersonOpdateret | CprHaendelse | FlytningTilbagekaldt], adresser: list[str]
) -> None:
    motor.modtag(godkendt(), NU)
    for besked in foer:
        motor.modtag(besked, NU)
    for besked in motor.forfaldne(MIDNAT):
        motor.modtag(besked, MIDNAT)
    assert kommuner(motor) == adresser


def test_cpr_07_meldt_efter_dagen_gaelder_straks(motor: Motor) -> None:
    """CPR-08: the day it takes effect, not the day it is told; what was approved after the last delivery counts."""
    sen = godkendt().model_copy(update={"godkendt": datetime(2024, 6, 3, 8, tzinfo=UTC)})
    motor.modtag(PersonOpdateret(leverance=date(2024, 6, 2), person=person(BARN)), NU)
    nu = datetime(2024, 6, 3, 9, tzinfo=UTC)
    motor.modtag(sen, nu)
    for besked in motor.forfaldne(nu):
        motor.modtag(besked, nu)
    assert kommuner(motor)[-1] == "0751"


SNAPSHOT = PersonOpdateret(leverance=date(2024, 6, 2), person=a01(NY, 1, 2).person)


@pytest.mark.parametrize(
    ("foer", "adresser", "meldt"),
    [
        pytest.param([], ["0751", "0630"], 1, id="CPR-07: han bor, hvor han boede"),
        pytest.param([a01(NY, 1, 2)], ["0751", "0751"], 0, id="CPR-07: CPR har også flyttet ham"),
        pytest.param([SNAPSHOT], ["0751", "0751"], 0, id="CPR-07: CPR har ham der, uden hændelse"),
        pytest.param([a01(ANDETSTEDS, 1, 2)], ["0751", "0461"], 1, id="CPR-10: CPR har ham et andet sted fra dagen"),
        pytest.param([a01(ANDETSTEDS, 3, 4)], ["0751", "0461"], 1, id="CPR-10: han er flyttet igen"),
    ],
)
def test_cpr_07_tilbagekaldt_efter_dagen(
    motor: Motor, foer: list[CprHaendelse | PersonOpdateret], adresser: list[str], meldt: int
) -> None:
    """Withdrawn twice is withdrawn once; what the register itself has told is not withdrawn with the approval."""
    motor.modtag(godkendt(), NU)
    for besked in [*motor.forfaldne(MIDNAT), *foer]:
        motor.modtag(besked, MIDNAT)
    sent = TILBAGE.model_copy(update={"tilbagekaldt": datetime(2024, 6, 5, 10, tzinfo=UTC)})
    for _ in range(2):
        motor.modtag(sent, MIDNAT)
    assert kommuner(motor) == adresser
    assert len(motor.fra(PersonFlytningTilbagekaldt)) == meldt


def test_cpr_07_godkendt_efter_cpr_og_trukket(motor: Motor) -> None:
    """CPR-07, CPR-09: CPR's own A01 came first; neither the approval nor its withdrawal says anything new."""
    motor.modtag(a01(NY, 1, 2), MIDNAT)
    motor.udsendt.clear()
    assert motor.modtag(godkendt(), MIDNAT) == []
    assert motor.modtag(TILBAGE, MIDNAT) == []
    assert motor.modtag(a01(NY, 1, 3), MIDNAT) == []
