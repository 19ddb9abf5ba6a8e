"""Who may act for whom, as rules: the day before, the day itself, the day after; answers worked out by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.bestilling import Bestillingskanal, Rolle
from services.laegevalg.forloeb.begrundelser import AFVISNINGER, afvisning
from services.laegevalg.rules import bemyndigelse as regler
from services.laegevalg.rules.bemyndigelse import Afslag, Bopael, Forhold, Handling

SELV, MYNDIG, ANDEN, AEGTEFAELLE = Forhold.SELV, Forhold.MYNDIG, Forhold.ANDEN, Forhold.AEGTEFAELLE
LAEGE, GRUPPE, KORT = Handling.LAEGE, Handling.GRUPPE, Handling.KORT
VOKSEN = date(1980, 1, 1)
DAG = date(2024, 6, 3)


def afslag(handling: Handling, forhold: Forhold, foedt: date | None, paa: date, fuldmagt: bool = False) -> str | None:
    aktoer = foedt if forhold is SELV else VOKSEN
    return regler.afslag_i_selvbetjening(handling, forhold, foedt, aktoer, paa, fuldmagt=fuldmagt)


F15, F18, SKUDDAG = date(2009, 6, 3), date(2006, 6, 3), date(2008, 2, 29)
# fmt: off
EKSEMPLER = [
    #            handling forhold  født         på                  fuldmagt ventet
    pytest.param(LAEGE,  SELV,    F15,         date(2024, 6, 2),   False, "FOR_UNG",
                 id="FAM-08: dagen før 15 år kan man ikke selv"),
    pytest.param(LAEGE,  SELV,    F15,         date(2024, 6, 2),   True,  "FOR_UNG",
                 id="FAM-08: heller ikke med fuldmagt"),
    pytest.param(LAEGE,  SELV,    F15,         date(2024, 6, 3),   False, None, id="FAM-10: på 15-årsdagen"),
    pytest.param(LAEGE,  SELV,    F15,         date(2024, 6, 4),   False, None, id="FAM-10: dagen efter"),
    pytest.param(GRUPPE, SELV,    F15,         date(2024, 6, 2),   False, "FOR_UNG", id="FAM-09: gruppe, dagen før"),
    pytest.param(GRUPPE, SELV,    F15,         date(2024, 6, 3),   False, None, id="FAM-10: gruppe, på dagen"),
    pytest.param(LAEGE,  SELV,    SKUDDAG,     date(2023, 2, 28),  False, "FOR_UNG",
                 id="FAM-10: født 29. februar, 28. februar uden skuddag"),
    pytest.param(LAEGE,  SELV,    SKUDDAG,     date(2023, 3, 1),   False, None,
                 id="FAM-10: født 29. februar, fylder 1. marts"),
    pytest.param(LAEGE,  SELV,    VOKSEN,      DAG,                False, None, id="FAM-10: en voksen selv"),
    pytest.param(LAEGE,  SELV,    None,        DAG,                False, None, id="FAM-10: uden fødselsdato"),

    pytest.param(LAEGE,  MYNDIG,  F15,         date(2024, 6, 2),   False, None, id="FAM-03: dagen før 15 år"),
    pytest.param(LAEGE,  MYNDIG,  F15,         date(2024, 6, 3),   False, "UNG_VAELGER_SELV", id="FAM-10: 15 år"),
    pytest.param(LAEGE,  MYNDIG,  F15,         date(2024, 6, 4),   False, "UNG_VAELGER_SELV", id="FAM-10: dagen efter"),
    pytest.param(LAEGE,  MYNDIG,  F15,         date(2024, 6, 3),   True,  None, id="FAM-10: med den unges fuldmagt"),
    pytest.param(LAEGE,  MYNDIG,  SKUDDAG,     date(2023, 2, 28),  False, None,
                 id="FAM-03: født 29. februar, stadig barn 28. februar"),
    pytest.param(LAEGE,  MYNDIG,  SKUDDAG,     date(2023, 3, 1),   False, "UNG_VAELGER_SELV",
                 id="FAM-10: født 29. februar, 1. marts"),
    pytest.param(GRUPPE, MYNDIG,  F15,         date(2024, 6, 2),   False, None, id="FAM-09, GRP-09: gruppe under 15"),
    pytest.param(GRUPPE, MYNDIG,  F15,         date(2024, 6, 3),   False, "UNG_VAELGER_SELV", id="FAM-10: gruppe, 15"),
    pytest.param(KORT,   MYNDIG,  F15,         date(2024, 6, 3),   False, None, id="FAM-10: kort, 15 år"),
    pytest.param(KORT,   MYNDIG,  F18,         date(2024, 6, 2),   False, None, id="FAM-10: kort, dagen før 18"),
    pytest.param(LAEGE,  MYNDIG,  F18,         date(2024, 6, 2),   False, "UNG_VAELGER_SELV", id="FAM-10: 17 år"),
    pytest.param(LAEGE,  MYNDIG,  F18,         date(2024, 6, 3),   False, None, id="FAM-03: værge for en på 18"),
    pytest.param(KORT,   ANDEN,   F18,         date(2024, 6, 2),   False, "BARN_UDEN_MYNDIGHED",
                 id="FAM-03: kort, en anden end forælderen"),

    pytest.param(LAEGE,  ANDEN,   F15,         date(2024, 6, 2),   False, "BARN_UDEN_MYNDIGHED", id="FAM-11: plejefar"),
    pytest.param(LAEGE,  ANDEN,   F15,         date(2024, 6, 2),   True,  None, id="FAM-03: med fuldmagt"),
    pytest.param(LAEGE,  ANDEN,   F15,         date(2024, 6, 3),   False, "UNG_VAELGER_SELV", id="FAM-10: anden, 15"),
    pytest.param(LAEGE,  ANDEN,   F15,         date(2024, 6, 3),   True,  None, id="FAM-10: en anden med fuldmagt"),
    pytest.param(LAEGE,  ANDEN,   F18,         date(2024, 6, 2),   False, "UNG_VAELGER_SELV", id="FAM-10: anden, 17"),
    pytest.param(LAEGE,  ANDEN,   F18,         date(2024, 6, 3),   False, "VOKSEN_UDEN_FULDMAGT", id="FAM-03: 18 år"),
    pytest.param(LAEGE,  ANDEN,   VOKSEN,      DAG,                False, "VOKSEN_UDEN_FULDMAGT", id="FAM-03: voksen"),
    pytest.param(LAEGE,  ANDEN,   VOKSEN,      DAG,                True,  None, id="FAM-03: en voksen, med fuldmagt"),
    pytest.param(LAEGE,  ANDEN,   None,        DAG,                False, "VOKSEN_UDEN_FULDMAGT",
                 id="FAM-03: uden fødselsdato"),

    pytest.param(LAEGE,  AEGTEFAELLE, VOKSEN,  DAG,                False, "AEGTEFAELLE", id="FAM-15: ægtefællen"),
    pytest.param(LAEGE,  AEGTEFAELLE, VOKSEN,  DAG,                True,  "AEGTEFAELLE", id="FAM-15: med fuldmagt"),
]
# fmt: on


@pytest.mark.parametrize(("handling", "forhold", "foedt", "paa", "fuldmagt", "ventet"), EKSEMPLER)
def test_afslag_i_selvbetjening(
    handling: Handling, forhold: Forhold, foedt: date | None, paa: date, fuldmagt: bool, ventet: str | None
) -> None:
    assert afslag(handling, forhold, foedt, paa, fuldmagt) == ventet


@pytest.mark.parametrize("aar", range(2024, 2041))
def test_hver_foedselsdag_skifter_netop_paa_dagen(aar: int) -> None:
    """FAM-03, FAM-10: who chooses changes on the 15th and 18th birthday, for every day of birth of a year."""
    for nr in range(366):
        foedt = date(aar - 15, 1, 1) + timedelta(days=nr)
        dag = (
            date(foedt.year + 15, 3, 1) if (foedt.month, foedt.day) == (2, 29) else foedt.replace(year=foedt.year + 15)
        )
        foer = dag - timedelta(days=1)
        assert (afslag(LAEGE, SELV, foedt, foer), afslag(LAEGE, SELV, foedt, dag)) == ("FOR_UNG", None)
        assert (afslag(LAEGE, MYNDIG, foedt, foer), afslag(LAEGE, MYNDIG, foedt, dag)) == (None, "UNG_VAELGER_SELV")


@pytest.mark.parametrize("forhold", [MYNDIG, ANDEN])
@pytest.mark.parametrize(
    ("aktoer", "ventet"),
    [pytest.param(F15 + timedelta(days=1), "FOR_UNG", id="dagen før 15 år"), pytest.param(F15, None, id="15 år")],
)
def test_et_barn_handler_for_ingen(forhold: Forhold, aktoer: date, ventet: str | None) -> None:
    """FAM-08: who may not yet do it for himself does it for nobody else, power of attorney or not."""
    paa = regler.afslag_i_selvbetjening(LAEGE, forhold, date(2020, 1, 1), aktoer, DAG, fuldmagt=True)
    assert paa == ventet


@pytest.mark.parametrize(
    ("oplyst", "paa", "ventet"),
    [
        pytest.param(date(2024, 1, 1), date(2024, 6, 2), True, id="FAM-02: dagen før 18 år"),
        pytest.param(date(2024, 1, 1), date(2024, 6, 3), False, id="FAM-02: på 18-årsdagen"),
        pytest.param(date(2024, 6, 2), date(2024, 6, 4), False, id="FAM-02: oplyst dagen før, handler dagen efter"),
        pytest.param(date(2024, 6, 3), date(2024, 6, 4), True, id="FAM-02: oplyst på dagen, så er det en værge"),
        pytest.param(None, date(2024, 6, 4), True, id="FAM-02: ingen ved hvornår"),
    ],
)
def test_myndigheden_slutter_ved_18_aar(oplyst: date | None, paa: date, ventet: bool) -> None:
    assert regler.myndighed_bestaar(F18, oplyst, paa) is ventet


ROLLER = [
    pytest.param("SELVBETJENING", "BORGER", None, id="ROL-02: en borger"),
    pytest.param("SAGSBEHANDLER", "SAGSBEHANDLER", None, id="ROL-02: en sagsbehandler"),
    pytest.param("SAGSBEHANDLER", "SAERLIGE_RETTIGHEDER", None, id="ROL-02: særlige rettigheder"),
    pytest.param("SAGSBEHANDLER", "BORGER", "ROLLE_PASSER_IKKE", id="ROL-02: en borger hos sagsbehandleren"),
    pytest.param("SELVBETJENING", "SAGSBEHANDLER", "ROLLE_PASSER_IKKE", id="ROL-02: en sagsbehandler som borger"),
    pytest.param(
        "SELVBETJENING", "SAERLIGE_RETTIGHEDER", "ROLLE_PASSER_IKKE", id="ROL-02: særlige rettigheder, borger"
    ),
    pytest.param("SAGSBEHANDLER", "ADMINISTRATOR", "ROLLE_PASSER_IKKE", id="ROL-02: en administrator bestiller ikke"),
    pytest.param("SAGSBEHANDLER", "KONGE", "UKENDT_ROLLE", id="ROL-02: ukendt rolle"),
    pytest.param("SAGSBEHANDLER", "sagsbehandler", "UKENDT_ROLLE", id="ROL-02: små bogstaver er en anden rolle"),
    pytest.param("TELEFON", "BORGER", "UKENDT_KANAL", id="ROL-02: ukendt kanal"),
    pytest.param("TELEFON", "KONGE", "UKENDT_KANAL", id="ROL-02: begge ukendt"),
]


@pytest.mark.parametrize(("kanal", "rolle", "ventet"), ROLLER)
def test_afslag_paa_rolle(kanal: str, rolle: str, ventet: str | None) -> None:
    assert regler.afslag_paa_rolle(kanal, rolle) == ventet


def test_hver_rolle_i_kontrakten_har_en_kanal() -> None:
    """ROL-02: every role that may stand on an order orders by exactly one channel."""
    assert all(len(regler.ROLLER[rolle]) == 1 for rolle in Rolle)
    assert {k for kanaler in regler.ROLLER.values() for k in kanaler} == set(Bestillingskanal)


VEJLE, ODENSE, AARHUS = "0630", "0461", "0751"
FLYTTET = {"kommunekode": ODENSE, "fraflyttet_kommune": VEJLE, "fraflyttet": date(2024, 5, 1)}
KOMMUNER = [
    pytest.param(VEJLE, {"kommunekode": VEJLE}, DAG, None, id="KORT-08: bopælskommunen"),
    pytest.param(AARHUS, {"kommunekode": VEJLE}, DAG, "BOR_I_ANDEN_KOMMUNE", id="KORT-08: en anden kommune"),
    pytest.param(AARHUS, {"kommunekode": None}, DAG, None, id="IND-03: den, der ikke bor her endnu"),
    pytest.param(AARHUS, {"kommunekode": "0956"}, DAG, None, id="IND-03: en kommune uden for landet"),
    pytest.param("0400", {"kommunekode": "0411"}, DAG, None, id="KORT-08: Bornholm varetager Christiansø"),
    pytest.param(ODENSE, FLYTTET, DAG, None, id="FLYT-04: tilflytningskommunen"),
    pytest.param(VEJLE, FLYTTET, date(2024, 5, 1), None, id="FLYT-01: fraflytningskommunen samme dag"),
    pytest.param(VEJLE, FLYTTET, date(2024, 5, 30), None, id="FLYT-01: dag 29"),
    pytest.param(VEJLE, FLYTTET, date(2024, 5, 31), None, id="FLYT-01: dag 30"),
    pytest.param(VEJLE, FLYTTET, date(2024, 6, 1), "BOR_I_ANDEN_KOMMUNE", id="FLYT-01: dag 31"),
    pytest.param(AARHUS, FLYTTET, date(2024, 5, 2), "BOR_I_ANDEN_KOMMUNE", id="KORT-08: en tredje kommune"),
    pytest.param(ODENSE, {"kommunekode": VEJLE, "valg_i_kommuner": (ODENSE,)}, DAG, None, id="FLYT-01: ejer et valg"),
    pytest.param(ODENSE, {"kommunekode": VEJLE, "meldt_kommuner": (ODENSE,)}, DAG, None, id="FLYT-04: på vej dertil"),
]


@pytest.mark.parametrize(("kommunekode", "bopael", "paa", "ventet"), KOMMUNER)
def test_afslag_paa_kommune(kommunekode: str, bopael: dict[str, Any], paa: date, ventet: str | None) -> None:
    assert regler.afslag_paa_kommune(kommunekode, Bopael(**bopael), paa) == ventet


KODER = {
    Afslag.UKENDT_KANAL: ("UKENDT_KANAL", "ROL-02"),
    Afslag.UKENDT_ROLLE: ("UKENDT_ROLLE", "ROL-02"),
    Afslag.ROLLE_PASSER_IKKE: ("IKKE_BEMYNDIGET", "ROL-02"),
    Afslag.FOR_UNG: ("IKKE_BEMYNDIGET", "FAM-08"),
    Afslag.BARN_UDEN_MYNDIGHED: ("IKKE_BEMYNDIGET", "FAM-03"),
    Afslag.UNG_VAELGER_SELV: ("IKKE_BEMYNDIGET", "FAM-10"),
    Afslag.VOKSEN_UDEN_FULDMAGT: ("IKKE_BEMYNDIGET", "FAM-03"),
    Afslag.AEGTEFAELLE: ("AEGTEFAELLE_IKKE_TILLADT", "FAM-15"),
    Afslag.UVIST_HVEM: ("IKKE_BEMYNDIGET", "FAM-03"),
    Afslag.BOR_I_ANDEN_KOMMUNE: ("IKKE_BEMYNDIGET", "KORT-08"),
    Afslag.EN_ANDEN_KOMMUNES: ("IKKE_BEMYNDIGET", "FLYT-01"),
}


@pytest.mark.parametrize("hvorfor", Afslag)
def test_hvert_afslag_kan_laeses(hvorfor: Afslag) -> None:
    """FAM-03: the code that is published, one sentence for the citizen, and the rule."""
    kode, begrundelse = afvisning(hvorfor)
    assert begrundelse is not None
    assert (kode, begrundelse.regel) == KODER[hvorfor]
    assert kode in AFVISNINGER
    assert begrundelse.tekst.endswith(".")
    assert 20 < len(begrundelse.tekst) < 160
    assert "_" not in begrundelse.tekst
