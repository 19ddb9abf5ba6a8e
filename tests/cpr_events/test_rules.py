"""What is read out of a CPR delivery."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.cpr import (
    CprAdresse,
    CprCivilstand,
    CprForaeldremyndighed,
    CprHaendelse,
    CprNavn,
    CprPeriode,
    CprPerson,
    CprRejse,
)
from services.cpr_events import rules
from services.cpr_events.rules.billede import haendelsesdato

D = date
DAG = D(2024, 2, 29)
CPR, GAMMEL, MOR, FAR, ANDEN, VAERGE = (f"69099900{n:02}" for n in range(1, 7))


def t(aar: int, maaned: int, dag: int, time: int = 12) -> datetime:
    return datetime(aar, maaned, dag, time, tzinfo=UTC)


def person(**andet: Any) -> CprPerson:
    return CprPerson(**({"cpr": CPR, "status": "01"} | andet))


def haendelse(kode: str = "A05", afledt: str = "", registreret: datetime | None = None, **andet: Any) -> CprHaendelse:
    return CprHaendelse(kode=kode, afledt=afledt, registreret=registreret, leverance=DAG, person=person(**andet))


@pytest.mark.parametrize(
    ("kendt", "svar"),
    [
        pytest.param(None, False, id="CPR-10: ukendt person"),
        pytest.param(D(2024, 2, 28), False, id="CPR-10: dagen efter den kendte"),
        pytest.param(DAG, False, id="CPR-10: samme dag"),
        pytest.param(D(2024, 3, 1), True, id="CPR-10: dagen før den kendte"),
    ],
)
def test_aeldre_leverance(kendt: date | None, svar: bool) -> None:
    assert rules.er_aeldre(DAG, kendt) is svar


def opret(nummer: str) -> str:
    return f"ny-{nummer}"


@pytest.mark.parametrize(
    ("ny", "kendte", "id_"),
    [
        pytest.param(person(), {}, f"ny-{CPR}", id="ukendt nummer"),
        pytest.param(person(), {CPR: "k"}, "k", id="kendt nummer"),
        pytest.param(person(tidligere_cpr=(GAMMEL,)), {GAMMEL: "k"}, "k", id="CPR-11: kendt på det gamle nummer"),
        pytest.param(person(cpr=GAMMEL, gaeldende_cpr=CPR), {GAMMEL: "k"}, "k", id="CPR-11: det gamle nummer meldes"),
        pytest.param(person(cpr=GAMMEL, gaeldende_cpr=CPR), {}, f"ny-{CPR}", id="CPR-11: begge ukendte"),
        pytest.param(
            person(tidligere_cpr=(GAMMEL,)), {GAMMEL: "g", CPR: "k"}, "k", id="CPR-11: det gældende nummer går forud"
        ),
    ],
)
def test_person_id(ny: CprPerson, kendte: dict[str, str], id_: str) -> None:
    assert rules.find_person_id(ny, kendte, opret) == id_


def p(fra: date | None, til: date | None = None, type_: str = "0001") -> CprPeriode:
    return CprPeriode(type_=type_, fra=fra, til=til)


@pytest.mark.parametrize(
    ("perioder", "svar"),
    [
        pytest.param([], (False, None, None), id="CPR-13: ingen"),
        pytest.param([p(D(2024, 3, 1))], (False, D(2024, 3, 1), None), id="CPR-13: dagen før den begynder"),
        pytest.param([p(DAG)], (True, DAG, None), id="CPR-13: på dagen den begynder"),
        pytest.param([p(D(2024, 2, 28))], (True, D(2024, 2, 28), None), id="CPR-13: dagen efter den begyndte"),
        pytest.param([p(None, D(2024, 3, 1))], (True, None, D(2024, 3, 1)), id="CPR-13: dagen før den slutter"),
        pytest.param([p(None, DAG)], (True, None, DAG), id="CPR-13: på den sidste dag"),
        pytest.param([p(None, D(2024, 2, 28))], (False, None, D(2024, 2, 28)), id="CPR-13: dagen efter den sidste"),
        pytest.param([p(DAG, type_="0003")], (False, None, None), id="CPR-13: markedsføring er noget andet"),
        pytest.param(
            [p(D(2020, 1, 1), D(2021, 1, 1)), p(DAG, D(2025, 2, 28))], (True, DAG, D(2025, 2, 28)),
            id="CPR-13: den gældende af to",
        ),
        pytest.param(
            [p(D(2020, 1, 1), D(2021, 1, 1)), p(D(2024, 4, 1), None)], (False, D(2024, 4, 1), None),
            id="CPR-13: den kommende før den forgangne",
        ),
    ],
)  # fmt: skip
def test_beskyttelse(perioder: list[CprPeriode], svar: tuple[bool, date | None, date | None]) -> None:
    assert rules.beskyttelse(person(beskyttelser=tuple(perioder)), DAG) == svar


def fm(type_: str, cpr: str | None = None, fra: date | None = None, til: date | None = None) -> CprForaeldremyndighed:
    return CprForaeldremyndighed(type_=type_, cpr=cpr, fra=fra, til=til)


@pytest.mark.parametrize(
    ("myndighed", "svar"),
    [
        pytest.param([fm("0003")], [MOR], id="FAM-03: moren"),
        pytest.param([fm("0004"), fm("0003")], [FAR, MOR], id="FAM-03: begge, i filens rækkefølge"),
        pytest.param([fm("0005", ANDEN)], [ANDEN], id="FAM-03: en anden indehaver"),
        pytest.param([fm("0005")], [], id="FAM-03: en anden indehaver uden nummer"),
        pytest.param([fm("0003", til=D(2024, 2, 28))], [], id="FAM-03: dagen efter ophør"),
        pytest.param([fm("0003", til=DAG)], [MOR], id="FAM-03: på ophørsdagen"),
        pytest.param([fm("0003", fra=D(2024, 3, 1))], [], id="FAM-03: dagen før"),
    ],
)
def test_foraeldremyndige(myndighed: list[CprForaeldremyndighed], svar: list[str]) -> None:
    barn = person(foedselsdato=D(2015, 1, 1), mor_cpr=MOR, far_cpr=FAR, foraeldremyndighed=tuple(myndighed))

    assert list(rules.foraeldremyndige(barn, DAG)) == svar


@pytest.mark.parametrize(
    ("foedt", "dag", "svar"),
    [
        pytest.param(D(2006, 3, 1), D(2024, 2, 29), [MOR, VAERGE], id="FAM-02: dagen før de 18"),
        pytest.param(D(2006, 3, 1), D(2024, 3, 1), [VAERGE], id="FAM-02: 18 år"),
        pytest.param(D(2004, 2, 29), D(2022, 2, 28), [MOR, VAERGE], id="FAM-02: skudår, dagen før"),
        pytest.param(D(2004, 2, 29), D(2022, 3, 1), [VAERGE], id="FAM-02: skudår"),
    ],
)
def test_foraeldremyndighed_ophoerer_ved_18(foedt: date, dag: date, svar: list[str]) -> None:
    """FAM-02: also without an end date, and not the guardianship."""
    ung = person(foedselsdato=foedt, mor_cpr=MOR, foraeldremyndighed=(fm("0003"),), vaerge_cpr=VAERGE)
    assert list(rules.foraeldremyndige(ung, dag)) == svar


def test_moderens_nummer_paa_linjen_selv() -> None:
    """FAM-03: where the record of the parents has none; else that one is hers."""
    linje = (fm("0003", cpr=VAERGE),)
    assert list(rules.foraeldremyndige(person(foedselsdato=D(2015, 1, 1), foraeldremyndighed=linje), DAG)) == [VAERGE]
    barn = person(foedselsdato=D(2015, 1, 1), mor_cpr=MOR, foraeldremyndighed=linje)
    assert list(rules.foraeldremyndige(barn, DAG)) == [MOR]


def test_vaergen_taeller_med() -> None:
    """FAM-03."""
    assert list(rules.foraeldremyndige(person(vaerge_cpr=VAERGE), DAG)) == [VAERGE]


@pytest.mark.parametrize(
    ("kode", "svar"),
    [pytest.param(k, ANDEN if k in "GP" else None, id=f"civilstand {k}") for k in "UGFEDPOL"],
)
def test_aegtefaelle(kode: str, svar: str | None) -> None:
    assert rules.aegtefaelle(person(civilstand=CprCivilstand(kode=kode, aegtefaelle_cpr=ANDEN))) == svar


ADRESSE = {"kommunekode": "0751", "tilflytning": t(2024, 2, 20)}


@pytest.mark.parametrize(
    ("besked", "dag"),
    [
        pytest.param(
            haendelse(
                registreret=t(2024, 2, 28), adresse=ADRESSE,
                rejser=(
                    CprRejse(indrejse=t(2010, 1, 1)), CprRejse(indrejse=t(2024, 2, 15)),
                    CprRejse(udrejse=t(2020, 1, 1)),
                ),
            ),
            D(2024, 2, 15), id="CPR-08: den nyeste indrejse",
        ),
        pytest.param(haendelse(registreret=t(2024, 2, 28), adresse=ADRESSE), D(2024, 2, 20), id="CPR-08: tilflytning"),
        pytest.param(haendelse(registreret=t(2024, 2, 28)), D(2024, 2, 28), id="CPR-08: registreringen"),
        pytest.param(haendelse(), DAG, id="CPR-08: leverancen"),
        pytest.param(haendelse(rejser=(CprRejse(indrejse=t(2024, 2, 14, 23)),)), D(2024, 2, 15), id="CPR-08: dansk"),
    ],
)  # fmt: skip
def test_indrejsedato(besked: CprHaendelse, dag: date) -> None:
    assert haendelsesdato(besked) == dag


@pytest.mark.parametrize(
    ("kommunedag", "fra", "boede", "svar"),
    [
        pytest.param(t(2024, 2, 20), "0333", "0630", "0333", id="til en anden kommune"),
        pytest.param(t(2001, 1, 1), "0333", "0630", "0751", id="inden for kommunen; fraflytningen er fra dengang"),
        pytest.param(None, None, None, "0751", id="uden dato for kommunen, om en ukendt"),
        pytest.param(None, None, "0630", "0630", id="uden dato for kommunen, om en kendt"),
        pytest.param(None, "0333", "0630", "0333", id="uden dato for kommunen, som dog siges"),
        pytest.param(t(2024, 2, 20), None, None, None, id="kommer ikke fra en kommune"),
        pytest.param(t(2024, 2, 20), None, "0630", "0630", id="kommer fra den, han er kendt i"),
    ],
)
def test_fraflytningskommune(kommunedag: datetime | None, fra: str | None, boede: str | None, svar: str | None) -> None:
    adresse = CprAdresse(**ADRESSE, tilflytning_kommune=kommunedag, fraflytningskommune=fra)

    assert rules.fraflytningskommune(adresse, boede) == svar


def test_datoer_for_flytning_og_navn() -> None:
    """CPR-08."""
    sket = [
        (haendelse("A01", adresse=ADRESSE), D(2024, 2, 20)),
        (haendelse("A01", registreret=t(2024, 2, 28)), D(2024, 2, 28)),
        (haendelse("A13", navn=CprNavn(gaelder_fra=t(2024, 2, 1))), D(2024, 2, 1)),
        (haendelse("A13", registreret=t(2024, 2, 28)), D(2024, 2, 28)),
        (haendelse("A02", forsvundet_fra=t(2024, 2, 3)), D(2024, 2, 3)),
        (haendelse("A03", adresse=ADRESSE), D(2024, 2, 20)),
        (haendelse("A06", rejser=(CprRejse(udrejse=t(2024, 2, 5)),)), D(2024, 2, 5)),
        (haendelse("A21", status_fra=t(2024, 2, 6)), D(2024, 2, 6)),
        (haendelse("A36", foedselsdato=D(2024, 2, 7)), D(2024, 2, 7)),
    ]
    assert [haendelsesdato(besked) for besked, _ in sket] == [dag for _, dag in sket]


def test_oplysninger() -> None:
    ny = person(
        gaeldende_cpr=None, koen="M", foedselsdato=D(1999, 9, 9), vaerge_cpr=VAERGE, boern_cpr=(ANDEN, ANDEN),
        navn=CprNavn(fornavn="Erik", mellemnavn="Bjørn", efternavn="Ærø"),
        civilstand=CprCivilstand(kode="G", aegtefaelle_cpr=MOR), beskyttelser=(p(DAG),),
        adresse=CprAdresse(
            kommunekode="0751", vejkode="1234", vejnavn="Åboulevarden", husnr="007", etage="02", sidedoer="tv",
            postnummer="8000", postdistrikt="Aarhus C",
        ),
    )  # fmt: skip

    svar = rules.oplysninger(ny, DAG, "p", lambda nr: f"id-{nr[-2:]}")

    assert svar.model_dump(mode="json", exclude_defaults=True) == {
        "person_id": "p", "cpr": CPR, "status": "01", "koen": "M", "foedselsdato": "1999-09-09",
        "fornavn": "Erik Bjørn", "efternavn": "Ærø", "beskyttet": True, "beskyttet_fra": "2024-02-29",
        "aegtefaelle_id": "id-03", "boern_ider": ["id-05"], "foraeldremyndighed_ider": ["id-06"],
        "adresse": {
            "kommunekode": "0751", "vejkode": "1234", "linje": "Åboulevarden 7, 2 tv", "postnummer": "8000",
            "postdistrikt": "Aarhus C",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("felter", "linje"),
    [
        pytest.param(
            {"standardadresse": "Åboulevarden 7,2 tv", "vejnavn": "X"}, "Åboulevarden 7,2 tv", id="CPR's egen"
        ),
        pytest.param({"vejnavn": "Søgade", "husnr": "012B"}, "Søgade 12B", id="hus uden etage"),
        pytest.param(
            {"vejnavn": "Søgade", "husnr": "001", "etage": "st", "sidedoer": "0002"}, "Søgade 1, st 2", id="dør"
        ),
        pytest.param({}, "", id="intet"),
    ],
)
def test_adresselinje(felter: dict[str, str], linje: str) -> None:
    ny = person(adresse=CprAdresse(kommunekode="0751", **felter))
    adresse = rules.oplysninger(ny, DAG, "p", opret).adresse

    assert adresse is not None
    assert adresse.linje == linje


@pytest.mark.parametrize(
    ("cpr", "opgivet", "svar"),
    [
        pytest.param("0909991237", None, D(1999, 9, 9), id="står i nummeret"),
        pytest.param("6909991237", None, D(1999, 9, 9), id="fiktivt nummer, dag + 60"),
        pytest.param("0909991237", D(1999, 9, 10), D(1999, 9, 10), id="CPR's egen dato går forud"),
        pytest.param("0913991237", None, None, id="cifrene er ingen dato"),
    ],
)
def test_foedselsdato(cpr: str, opgivet: date | None, svar: date | None) -> None:
    ny = CprPerson(cpr=cpr, status="01", foedselsdato=opgivet)

    assert rules.oplysninger(ny, DAG, "p", opret).foedselsdato == svar
