"""The rules of entry."""

from datetime import UTC, date, datetime

import pytest

from contracts.kort import Kortaarsag
from contracts.person import Adresse, Personoplysninger
from services.laegevalg import rules
from services.laegevalg.rules import Familielaege, Indrejseudfald, Sikring, bor_sammen

D = date
HJEMME = Adresse(kommunekode="0751", vejkode="1234", linje="Åboulevarden 7, 2 tv", postnummer="8000")
ANDETSTEDS = Adresse(kommunekode="0710", vejkode="0042", linje="Søgade 1", postnummer="8370")


@pytest.mark.parametrize(
    ("sikring", "udfald"),
    [
        pytest.param(Sikring(), "UBEHANDLET", id="IND-01: intet er sat"),
        pytest.param(Sikring("1", D(2024, 11, 3), "000010", D(2024, 11, 3)), "UBEHANDLET", id="IND-04: sat dagen før"),
        pytest.param(Sikring("1", D(2024, 11, 4), "000010", D(2024, 11, 4)), "BEHANDLET", id="IND-04: sat på dagen"),
        pytest.param(Sikring("1", D(2024, 11, 5), "000010", D(2024, 11, 5)), "BEHANDLET", id="IND-04: sat dagen efter"),
        pytest.param(Sikring("1", D(2024, 11, 4)), "MANGLER_LAEGE", id="IND-04: gruppe 1 uden læge"),
        pytest.param(
            Sikring("1", D(2024, 11, 4), "000010", D(2024, 11, 3)), "MANGLER_LAEGE", id="IND-04: lægen er fra før"
        ),
        pytest.param(Sikring("2", D(2024, 11, 4)), "BEHANDLET", id="IND-04: gruppe 2 har ingen læge"),
        pytest.param(Sikring("7", D(2024, 2, 1)), "UBEHANDLET", id="S14: gruppe 7 fra opholdet i udlandet"),
        pytest.param(
            Sikring("7", D(2024, 2, 1), "000010", D(2024, 11, 4)), "UBEHANDLET", id="IND-04: læge sat, gruppe ikke"
        ),
    ],
)
def test_indrejsens_udfald(sikring: Sikring, udfald: str) -> None:
    assert rules.indrejsens_udfald(sikring, D(2024, 11, 4)) is Indrejseudfald(udfald)


@pytest.mark.parametrize(
    ("foedt", "paa", "svar"),
    [
        pytest.param(D(2009, 11, 5), D(2024, 11, 4), True, id="FAM-05: dagen før 15 år"),
        pytest.param(D(2009, 11, 4), D(2024, 11, 4), False, id="FAM-05: på 15-årsdagen"),
        pytest.param(D(2009, 11, 3), D(2024, 11, 4), False, id="FAM-05: dagen efter 15-årsdagen"),
        pytest.param(D(2008, 2, 29), D(2023, 2, 28), True, id="FAM-05: født på skuddag, 28. februar"),
        pytest.param(D(2008, 2, 29), D(2023, 3, 1), False, id="FAM-05: født på skuddag, 15 år den 1. marts"),
        pytest.param(D(2024, 11, 4), D(2024, 11, 4), True, id="FAM-05: født samme dag"),
        pytest.param(None, D(2024, 11, 4), False, id="FAM-05: ukendt fødselsdato er ikke et barn"),
    ],
)
def test_foelger_foraeldre(foedt: date | None, paa: date, svar: bool) -> None:
    assert rules.foelger_foraeldre(foedt, paa) is svar


def person(foedt: date, **relationer: object) -> Personoplysninger:
    return Personoplysninger.model_validate(
        {"person_id": "p", "cpr": "6409990001", "status": "01", "foedselsdato": foedt, "adresse": HJEMME} | relationer
    )


BARN, UNG, VOKSEN = D(2015, 8, 20), D(2008, 1, 1), D(1985, 5, 5)
LAEGER = {
    "mor": Familielaege("000001", ANDETSTEDS),
    "far": Familielaege("000002", HJEMME),
    "aegte": Familielaege("000003", HJEMME),
    "barn": Familielaege("000001", HJEMME),
}


@pytest.mark.parametrize(
    ("ny", "foretrukne"),
    [
        pytest.param(person(VOKSEN), [], id="IND-01: ingen familie"),
        pytest.param(person(VOKSEN, aegtefaelle_id="aegte"), [("000003", False)], id="IND-01: ægtefællens læge"),
        pytest.param(person(VOKSEN, aegtefaelle_id="ukendt"), [], id="IND-01: ægtefællen har ingen læge"),
        pytest.param(
            person(VOKSEN, aegtefaelle_id="aegte", boern_ider=("barn",)),
            [("000003", False), ("000001", False)],
            id="IND-01: ægtefællen før børnene",
        ),
        pytest.param(
            person(BARN, foraeldremyndighed_ider=("mor",)), [("000001", True)], id="FAM-05: barnet får morens læge"
        ),
        pytest.param(
            person(BARN, foraeldremyndighed_ider=("mor", "far")),
            [("000002", True), ("000001", True)],
            id="FAM-07: først den forælder, barnet bor hos",
        ),
        pytest.param(
            person(BARN, foraeldremyndighed_ider=("far", "mor"), adresse=ANDETSTEDS),
            [("000001", True), ("000002", True)],
            id="FAM-07: bor hos moren",
        ),
        pytest.param(
            person(UNG, foraeldremyndighed_ider=("mor",)),
            [("000001", False)],
            id="FAM-05: fra 15 år kun hvis lægen er åben",
        ),
        pytest.param(
            person(BARN, foraeldremyndighed_ider=("mor",), boern_ider=("barn",), aegtefaelle_id="aegte"),
            [("000001", True)],
            id="FAM-05: samme læge står een gang",
        ),
    ],
)
def test_foretrukne(ny: Personoplysninger, foretrukne: list[tuple[str, bool]]) -> None:
    svar = rules.foretrukne(ny, D(2024, 11, 4), LAEGER)

    assert [(f.ydernummer, f.altid_aaben) for f in svar] == foretrukne


@pytest.mark.parametrize(
    ("anmodet", "frist"),
    [
        # Danish midnight is 23:00 UTC in winter, 22:00 in summer.
        pytest.param(datetime(2024, 11, 5, 6, tzinfo=UTC), datetime(2024, 11, 12, 23, tzinfo=UTC), id="vinter"),
        pytest.param(datetime(2024, 7, 1, 6, tzinfo=UTC), datetime(2024, 7, 8, 22, tzinfo=UTC), id="sommer"),
        pytest.param(datetime(2024, 3, 28, 6, tzinfo=UTC), datetime(2024, 4, 4, 22, tzinfo=UTC), id="over sommertid"),
        pytest.param(
            datetime(2024, 2, 22, 6, tzinfo=UTC), datetime(2024, 2, 29, 23, tzinfo=UTC), id="til og med skuddag"
        ),
        pytest.param(datetime(2024, 11, 4, 23, tzinfo=UTC), datetime(2024, 11, 12, 23, tzinfo=UTC), id="dansk midnat"),
        pytest.param(
            datetime(2024, 11, 4, 22, 59, tzinfo=UTC), datetime(2024, 11, 11, 23, tzinfo=UTC), id="minuttet før midnat"
        ),
    ],
)
def test_pladsfrist(anmodet: datetime, frist: datetime) -> None:
    """IND-02: day 0 is the Danish date of the request; the seventh day after it counts to midnight."""
    assert rules.pladsfrist(anmodet) == frist


def test_ikrafttraedelse_er_dansk_midnat() -> None:
    """LV-20."""
    assert rules.ikrafttraedelse(D(2024, 11, 4)) == datetime(2024, 11, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("genindrejse", "aarsag"),
    [
        pytest.param(False, Kortaarsag.FOERSTE_RET, id="KORT-14, BET-09: første ret er gratis"),
        pytest.param(True, Kortaarsag.GENINDREJSE, id="S14, BET-09: genindrejse er gratis"),
    ],
)
def test_kort(genindrejse: bool, aarsag: Kortaarsag) -> None:
    assert rules.kortaarsag(genindrejse) is aarsag
    assert rules.kortgebyr_oere(aarsag, D(2024, 11, 5)) == 0


def test_alle_kortaarsager_har_et_gebyr() -> None:
    assert {r.aarsag for r in rules.KORTGEBYRER} == set(Kortaarsag)


@pytest.mark.parametrize(
    ("vejkode", "linje", "sammen"),
    [
        pytest.param("0456", "Åvej 7", True, id="FAM-07: een adresse"),
        pytest.param("9899", "Åvej 7", True, id="KORT-11: sidste almindelige vejkode"),
        pytest.param("9900", "Uden fast bopæl", False, id="KORT-11: første høje vejkode"),
        pytest.param("9999", "Uden fast bopæl", False, id="KORT-11: sidste høje vejkode"),
        pytest.param("0456", " ", False, id="KORT-11: ingen linje"),
    ],
)
def test_kun_paa_en_rigtig_adresse_bor_man_sammen(vejkode: str, linje: str, sammen: bool) -> None:
    """FAM-05, FAM-06, FAM-07: two without a real address do not live together; FAM-01 has the same rule."""
    hjem = Adresse(kommunekode="0630", vejkode=vejkode, linje=linje, postnummer="7100")
    assert bor_sammen(hjem, hjem) is sammen
    assert not bor_sammen(hjem, None)
