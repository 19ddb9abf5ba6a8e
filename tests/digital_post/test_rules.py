"""The rules of letters, as tables of examples."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.brev import LAEGEVALGSBREV, Brevtype
from contracts.person import Adresse
from services.digital_post import rules
from services.digital_post.rules import Person, Undertrykkelse
from tests.digital_post.eksempler import HAVNEGADE

VOKSEN = Person("0909994005", "Erik Ødegård", "01", date(1999, 9, 9), HAVNEGADE, False, None, None)
BARN = replace(VOKSEN, cpr="0202144002", navn="Ida Åkjær", foedt=date(2014, 2, 2))
DAG = date(2024, 9, 10)


@pytest.mark.parametrize(
    ("person", "dag", "automatisk", "ventet"),
    [
        pytest.param(VOKSEN, DAG, True, None, id="POST-14: en voksen får sit brev"),
        pytest.param(
            replace(VOKSEN, beskyttet=True, beskyttet_fra=date(2024, 9, 1)),
            DAG,
            True,
            None,
            id="POST-14: en voksen med beskyttelse får sit brev",
        ),
        pytest.param(
            replace(BARN, beskyttet=True, beskyttet_fra=date(2024, 9, 10)),
            date(2024, 9, 9),
            True,
            None,
            id="S34: dagen før beskyttelsen",
        ),
        pytest.param(
            replace(BARN, beskyttet_fra=date(2024, 9, 10)),
            date(2024, 9, 10),
            True,
            Undertrykkelse.ADRESSEBESKYTTELSE,
            id="S34: på beskyttelsens første dag",
        ),
        pytest.param(
            replace(BARN, beskyttet=True, beskyttet_fra=date(2023, 9, 10), beskyttet_til=date(2024, 9, 10)),
            date(2024, 9, 10),
            True,
            Undertrykkelse.ADRESSEBESKYTTELSE,
            id="POST-14: på beskyttelsens sidste dag",
        ),
        pytest.param(
            replace(BARN, beskyttet=True, beskyttet_fra=date(2023, 9, 10), beskyttet_til=date(2024, 9, 10)),
            date(2024, 9, 11),
            True,
            None,
            id="POST-14: dagen efter beskyttelsen",
        ),
        pytest.param(
            replace(BARN, beskyttet=True), DAG, True, Undertrykkelse.ADRESSEBESKYTTELSE, id="POST-14: uden datoer"
        ),
        pytest.param(
            replace(BARN, foedt=date(2006, 9, 11), beskyttet=True),
            DAG,
            True,
            Undertrykkelse.ADRESSEBESKYTTELSE,
            id="POST-14: dagen før 18 år",
        ),
        pytest.param(
            replace(BARN, foedt=date(2006, 9, 10), beskyttet=True), DAG, True, None, id="POST-14: på 18-årsdagen"
        ),
        pytest.param(
            replace(BARN, foedt=date(2004, 2, 29), beskyttet=True),
            date(2022, 2, 28),
            True,
            Undertrykkelse.ADRESSEBESKYTTELSE,
            id="POST-14: født 29. februar er ikke 18 den 28. februar",
        ),
        pytest.param(
            replace(BARN, foedt=date(2004, 2, 29), beskyttet=True),
            date(2022, 3, 1),
            True,
            None,
            id="POST-14: født 29. februar er 18 den 1. marts",
        ),
        pytest.param(
            replace(BARN, beskyttet=True), DAG, False, None, id="S34: et brev, en sagsbehandler skriver, sendes"
        ),
        pytest.param(replace(BARN, navn=""), DAG, True, Undertrykkelse.UNAVNGIVET, id="S34: et unavngivet barn"),
        pytest.param(replace(BARN, navn=""), DAG, False, None, id="S34: unavngivet, men skrevet af en sagsbehandler"),
        pytest.param(
            replace(BARN, navn="", foedt=None),
            DAG,
            True,
            Undertrykkelse.UNAVNGIVET,
            id="POST-14: unavngivet, alderen følger af CPR-nummeret",
        ),
        pytest.param(replace(VOKSEN, navn=""), DAG, True, None, id="POST-14: en voksen uden navn er intet barn"),
        pytest.param(replace(VOKSEN, status="90"), DAG, True, Undertrykkelse.DOED, id="død"),
        pytest.param(replace(VOKSEN, status="90"), DAG, False, Undertrykkelse.DOED, id="død, også et skrevet brev"),
        pytest.param(replace(VOKSEN, status="80"), DAG, True, None, id="udrejst er ikke død"),
    ],
)
def test_undertrykkes(person: Person, dag: date, automatisk: bool, ventet: Undertrykkelse | None) -> None:
    assert rules.undertrykkes(person, dag, automatisk=automatisk) is ventet


@pytest.mark.parametrize(
    ("foedt", "dag", "ventet"),
    [
        pytest.param(date(2009, 9, 11), DAG, True, id="POST-16: dagen før 15 år"),
        pytest.param(date(2009, 9, 10), DAG, False, id="POST-16: på 15-årsdagen er man ikke under 15"),
        pytest.param(date(2009, 9, 9), DAG, False, id="POST-17: dagen efter 15 år"),
        pytest.param(date(2008, 2, 29), date(2023, 2, 28), True, id="POST-16: født 29. februar, dagen før"),
        pytest.param(date(2008, 2, 29), date(2023, 3, 1), False, id="POST-16: født 29. februar fylder 15 den 1. marts"),
    ],
)
def test_har_ikke_digital_post(foedt: date, dag: date, ventet: bool) -> None:
    assert rules.har_ikke_digital_post(replace(BARN, foedt=foedt), dag) is ventet


def test_uden_foedselsdato_og_med_et_nummer_uden_dato_spoerges_der() -> None:
    assert not rules.har_ikke_digital_post(replace(BARN, foedt=None, cpr="9902144002"), DAG)


@pytest.mark.parametrize(
    ("adresse", "ventet"),
    [
        pytest.param(HAVNEGADE, True, id="almindelig adresse"),
        pytest.param(None, False, id="ingen adresse"),
        pytest.param(HAVNEGADE.model_copy(update={"linje": ""}), False, id="ingen linje"),
        pytest.param(HAVNEGADE.model_copy(update={"postnummer": ""}), False, id="intet postnummer"),
        pytest.param(HAVNEGADE.model_copy(update={"vejkode": "9899"}), True, id="KORT-11: vejkode 9899"),
        pytest.param(HAVNEGADE.model_copy(update={"vejkode": "9900"}), False, id="KORT-11: høj vejkode 9900"),
    ],
)
def test_har_postadresse(adresse: Adresse | None, ventet: bool) -> None:
    assert rules.har_postadresse(replace(VOKSEN, adresse=adresse)) is ventet


@pytest.mark.parametrize(
    ("kommunekode", "navn"),
    [
        pytest.param("0751", "Aarhus Kommune", id="Aarhus"),
        pytest.param("0101", "Københavns Kommune", id="København"),
        pytest.param("0400", "Bornholms Regionskommune", id="Bornholm"),
        pytest.param("0411", "Bornholms Regionskommune", id="Christiansø"),
    ],
)
def test_afsender(kommunekode: str, navn: str) -> None:
    assert rules.afsender(kommunekode) == navn


def test_en_kommunekode_der_ikke_findes_er_en_fejl() -> None:
    with pytest.raises(ValueError, match="kommunekode 0999 er ingen af de 98 kommuner"):
        rules.afsender("0999")


def test_laegevalgskvittering() -> None:
    felter = {"praksisnavn": "Lægehuset Åen", "virkningsdato": "2024-11-05"}
    brev = rules.brevtekst(Brevtype.LAEGEVALGSKVITTERING, felter, "Ida Åkjær", "0751")
    assert brev.titel == "Kvittering for valg af læge"
    assert brev.tekst.startswith("Kære Ida Åkjær\n\nDu er tilmeldt Lægehuset Åen fra den 5. november 2024.\n")
    assert brev.tekst.endswith("\n\nVenlig hilsen\nAarhus Kommune\n")


def test_kvittering_for_kort_til_ukendt_adresse_siger_hvor_kortet_kan_hentes() -> None:
    """KORT-11."""
    felter = {"gruppe": "1", "praksisnavn": "Lægehuset Åen", "adressetype": "UKENDT"}
    tekst = rules.brevtekst(Brevtype.SUNDHEDSKORTKVITTERING, felter, "Erik", "0751").tekst
    assert "sikringsgruppe 1 hos Lægehuset Åen" in tekst
    assert "Borgerservice" in tekst
    assert "med posten" not in tekst


def test_kvittering_for_kort_uden_laege() -> None:
    tekst = rules.brevtekst(Brevtype.SUNDHEDSKORTKVITTERING, {"gruppe": "2", "praksisnavn": ""}, "Erik", "0751").tekst
    assert "Kortet gælder for sikringsgruppe 2.\n" in tekst
    assert "Kortet bliver sendt til din adresse med posten." in tekst


def test_enhver_brevtype_har_en_tekst() -> None:
    assert set(rules.TEKSTER) == {*Brevtype, LAEGEVALGSBREV}


@pytest.mark.parametrize(
    ("brevtype", "felter", "fejl"),
    [
        pytest.param("LAEGEVALGSKVITTERING", {"virkningsdato": "2024-11-05"}, "praksisnavn", id="praksis mangler"),
        pytest.param("LAEGEVALGSKVITTERING", {"praksisnavn": "Åen"}, "virkningsdato", id="dato mangler"),
        pytest.param(
            "LAEGEVALGSKVITTERING", {"praksisnavn": "Åen", "virkningsdato": "i morgen"}, "isoformat", id="ingen dato"
        ),
        pytest.param("SUNDHEDSKORTKVITTERING", {}, "gruppe", id="gruppe mangler"),
    ],
)
def test_et_brev_der_ikke_kan_skrives_er_en_fejl(brevtype: str, felter: dict[str, str], fejl: str) -> None:
    with pytest.raises(ValueError, match=fejl):
        rules.brevtekst(Brevtype(brevtype), felter, "Erik", "0751")
