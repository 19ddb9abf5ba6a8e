"""Deliveries of CPR: each message with the rows it meets."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.cpr import (
    CprAdresse,
    CprCivilstand,
    CprHaendelse,
    CprNavn,
    CprPeriode,
    CprPerson,
    CprRejse,
    PersonOpdateret,
)
from contracts.noegle import person_id_ved_oprettelse
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonFlyttet, PersonIndrejst, PersonSkiftetNavn, PersonTilstand
from services.cpr_events import store
from services.cpr_events.app import TJENESTE
from services.cpr_events.forloeb.beskeder import Person, Personnummer
from services.cpr_events.forloeb.person import modtag
from services.cpr_events.store import CPR_OPSLAG, FLYTNINGER, PERSONER, PERSONNUMRE, UKENDTE, VENTENDE
from shared.domain.forloeb import UventetBesked
from shared.platform.settings import Settings
from tests.motor import Motor, kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, typer, valgfrie

NU = datetime(2024, 11, 5, 6, tzinfo=UTC)
DAG = date(2024, 11, 5)
DAGEN_FOER, DAGEN_EFTER = date(2024, 11, 4), date(2024, 11, 6)
CPR, NYT, AEGTE, TREDJE = "6909990001", "7009990002", "6909990003", "7109990004"
HEMMELIG = "en hemmelighed"
SETTINGS = Settings(cpr_hemmelighed=SecretStr(HEMMELIG))
ADRESSE = CprAdresse(
    kommunekode="0751", vejkode="1234", standardadresse="Åboulevarden 7", postnummer="8000",
    tilflytning=datetime(2024, 11, 4, 11, tzinfo=UTC), tilflytning_kommune=datetime(2024, 11, 4, 11, tzinfo=UTC),
    fraflytningskommune="0333",
)  # fmt: skip


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE(SETTINGS))


def id_af(cpr: str) -> str:
    return person_id_ved_oprettelse(cpr, HEMMELIG)


def person(cpr: str = CPR, **andet: Any) -> CprPerson:
    felter = {"status": "01", "navn": CprNavn(fornavn="Erik", efternavn="Ærø"), "adresse": ADRESSE}
    return CprPerson(cpr=cpr, **(felter | andet))


def haendelse(kode: str, ny: CprPerson | None = None, leverance: date = DAG, afledt: str = "") -> CprHaendelse:
    registreret = datetime(2024, 11, 4, 15, tzinfo=UTC)
    return CprHaendelse(kode=kode, afledt=afledt, registreret=registreret, leverance=leverance, person=ny or person())


def opdateret(ny: CprPerson | None = None, leverance: date = DAG) -> PersonOpdateret:
    return PersonOpdateret(leverance=leverance, person=ny or person())


def raekke(motor: Motor, cpr: str = CPR) -> Person:
    return motor.raekker["person"][id_af(cpr)]


def numre(motor: Motor) -> dict[str, str]:
    return {n.cpr: n.person_id for n in motor.raekker["personnummer"].values()}


def test_foerste_gang(motor: Motor) -> None:
    rejse = CprRejse(indrejse=datetime(2024, 11, 3, 23, tzinfo=UTC), indrejseland="5180")

    tilstand, indrejst = motor.modtag(haendelse("A05", person(rejser=(rejse,))), NU)

    assert isinstance(tilstand, PersonTilstand)
    assert isinstance(indrejst, PersonIndrejst)
    assert (tilstand.person_id, tilstand.version) == (id_af(CPR), 1)
    assert (indrejst.indrejsedato, indrejst.genindrejse, indrejst.landekode) == (date(2024, 11, 4), False, "5180")
    assert indrejst.person == tilstand.person
    assert numre(motor) == {CPR: id_af(CPR)}
    assert (raekke(motor).kommunekode, raekke(motor).leverance) == ("0751", DAG)


def test_genindrejse(motor: Motor) -> None:
    motor.modtag(haendelse("A04"), NU)

    assert [i.genindrejse for i in motor.fra(PersonIndrejst)] == [True]


def test_flytning_og_navn(motor: Motor) -> None:
    motor.modtag(haendelse("A01"), NU)
    motor.modtag(haendelse("A13"), NU)

    (flyttet,), (navn,) = motor.fra(PersonFlyttet), motor.fra(PersonSkiftetNavn)
    assert (flyttet.fra_kommunekode, flyttet.til_kommunekode, flyttet.flyttedato) == ("0333", "0751", DAGEN_FOER)
    assert navn.gaelder_fra == DAGEN_FOER


@pytest.mark.parametrize(
    "besked",
    [
        pytest.param(haendelse("A33"), id="kode uden hændelse"),
        pytest.param(haendelse("A05", afledt="BØ"), id="afledt"),
        pytest.param(haendelse("A05", person(status="05")), id="bosat i Grønland"),
        pytest.param(haendelse("A01", person(status="80", adresse=None)), id="udrejst"),
        pytest.param(opdateret(), id="uden hændelse"),
    ],
)
def test_kun_tilstand(motor: Motor, besked: Any) -> None:
    assert typer(motor.modtag(besked, NU)) == ["PersonTilstand"]


def test_samme_billede_giver_een_tilstand_og_hver_haendelse(motor: Motor) -> None:
    """One extract: a snapshot with each of the person's events."""
    assert typer(motor.modtag(haendelse("A05"), NU)) == ["PersonTilstand", "PersonIndrejst"]
    assert typer(motor.modtag(haendelse("A13"), NU)) == ["PersonSkiftetNavn"]
    assert typer(motor.modtag(haendelse("A33"), NU)) == []


def test_samme_billede_i_en_nyere_leverance_flytter_kun_datoen(motor: Motor) -> None:
    motor.modtag(opdateret(), NU)

    assert motor.modtag(opdateret(leverance=DAGEN_EFTER), NU) == []
    assert (raekke(motor).leverance, raekke(motor).version) == (DAGEN_EFTER, 1)


def test_aendret_billede_faar_naeste_version(motor: Motor) -> None:
    motor.modtag(opdateret(), NU)
    (tilstand,) = motor.modtag(opdateret(person(status="80", adresse=None), DAGEN_EFTER), NU)

    assert isinstance(tilstand, PersonTilstand)
    assert (tilstand.version, tilstand.person.status, tilstand.person.adresse) == (2, "80", None)
    assert (raekke(motor).status, raekke(motor).kommunekode) == ("80", None)


def test_aeldre_leverance_noteres_og_bruges_ikke(motor: Motor) -> None:
    """CPR-10: neither state nor event; an entry would have changed the group, so a person looks at it."""
    motor.modtag(opdateret(person(status="80", adresse=None)), NU)
    foer = raekke(motor)

    (opgave,) = motor.modtag(haendelse("A05", leverance=DAGEN_FOER), NU)

    assert isinstance(opgave, OpgaveAnmodet)
    assert (opgave.aarsag, opgave.kommunekode, opgave.cpr) == ("SEN_HAENDELSE", "0751", CPR)

    efter = raekke(motor)
    assert (efter.status, efter.version, efter.leverance) == (foer.status, foer.version, foer.leverance)
    assert [(n.kode, n.leverance) for n in efter.ikke_anvendte] == [("A05", DAGEN_FOER)]


def test_noterne_overlever_en_ny_leverance(motor: Motor) -> None:
    motor.modtag(opdateret(), NU)
    motor.modtag(opdateret(leverance=DAGEN_FOER), NU)
    motor.modtag(opdateret(person(status="90", adresse=None), DAGEN_EFTER), NU)

    assert [n.leverance for n in raekke(motor).ikke_anvendte] == [DAGEN_FOER]


def test_beskyttelse_udloeber_uden_haendelse(motor: Motor) -> None:
    """CPR-13: the snapshot is the same, the day is not."""
    ny = person(beskyttelser=(CprPeriode(type_="0001", fra=date(2023, 11, 6), til=DAG),))
    motor.modtag(opdateret(ny), NU)
    motor.modtag(opdateret(ny, DAGEN_EFTER), NU)

    assert [(t.version, t.person.beskyttet, t.person.beskyttet_til) for t in motor.fra(PersonTilstand)] == [
        (1, True, DAG),
        (2, False, DAG),
    ]


GIFT = CprCivilstand(kode="G", aegtefaelle_cpr=AEGTE)


def test_slaegtninge_staar_med_deres_person_id(motor: Motor) -> None:
    """The id a relation has, else the one he will get: the same, whoever comes first."""
    motor.gem(Personnummer(AEGTE, "aegtefaellens-id"))
    motor.modtag(opdateret(person(civilstand=GIFT, boern_cpr=("7309990004",))), NU)

    (tilstand,) = motor.fra(PersonTilstand)
    assert tilstand.person.aegtefaelle_id == "aegtefaellens-id"
    assert tilstand.person.boern_ider == (id_af("7309990004"),)
    assert CPR in numre(motor)
    assert "7309990004" not in numre(motor), "et nummer får sin person, når det selv meldes"


@pytest.mark.parametrize(
    "beskeder",
    [
        pytest.param(
            [opdateret(person(CPR, status="60", gaeldende_cpr=NYT)), opdateret(person(NYT, tidligere_cpr=(CPR,)))],
            id="det gamle nummer først",
        ),
        pytest.param(
            [opdateret(person(NYT, tidligere_cpr=(CPR,))), opdateret(person(CPR, status="60", gaeldende_cpr=NYT))],
            id="det nye nummer først",
        ),
        pytest.param(
            [opdateret(person(CPR, status="60", gaeldende_cpr=NYT)), opdateret(person(NYT))],
            id="uden historisk nummer på det nye",
        ),
    ],
)
def test_nyt_personnummer_er_samme_person(motor: Motor, beskeder: list[PersonOpdateret]) -> None:
    """CPR-11: the id stays, the old number is an alias, and the given-up number does not describe the person."""
    motor.modtag(opdateret(leverance=DAGEN_FOER), NU)
    motor.udsendt.clear()

    for besked in beskeder:
        motor.modtag(besked, NU)

    assert numre(motor) == {CPR: id_af(CPR), NYT: id_af(CPR)}
    assert [(t.person_id, t.person.cpr, t.person.status) for t in motor.fra(PersonTilstand)] == [
        (id_af(CPR), NYT, "01")
    ]
    assert list(motor.raekker["person"]) == [id_af(CPR)]
    assert raekke(motor).cpr == NYT


def test_naeste_leverance_paa_det_nye_nummer_finder_personen(motor: Motor) -> None:
    """CPR-11: the id no longer follows from the number, and the delivery does not repeat the old one."""
    motor.modtag(opdateret(leverance=DAGEN_FOER), NU)
    motor.modtag(opdateret(person(NYT, tidligere_cpr=(CPR,))), NU)

    (tilstand,) = motor.modtag(opdateret(person(NYT, status="80", adresse=None), DAGEN_EFTER), NU)

    assert isinstance(tilstand, PersonTilstand)
    assert (tilstand.person_id, tilstand.version) == (id_af(CPR), 3)


def test_det_gamle_nummer_efter_det_nye_er_samme_person(motor: Motor) -> None:
    """CPR-10, CPR-11: told of first under the new number; what comes of the old one finds him, and is older."""
    motor.modtag(opdateret(person(NYT, tidligere_cpr=(CPR,))), NU)
    assert numre(motor) == {CPR: id_af(NYT), NYT: id_af(NYT)}

    motor.modtag(opdateret(leverance=DAGEN_FOER), NU)
    motor.modtag(haendelse("A05", person(CPR), DAGEN_FOER), NU)

    assert list(motor.raekker["person"]) == [id_af(NYT)]
    assert motor.raekker["person"][id_af(NYT)].cpr == NYT
    assert {t.person_id for t in motor.fra(PersonTilstand)} == {id_af(NYT)}


@pytest.mark.parametrize("opgivet_foerst", [True, False], ids=["i orden", "hørt sent"])
def test_cpr_11_et_opgivet_nummer_tages_ikke_i_brug_igen(motor: Motor, opgivet_foerst: bool) -> None:
    """CPR-11: whether told before or after a newer delivery under it; what comes under the new number finds him."""
    opgivet = opdateret(person(CPR, status="60", gaeldende_cpr=NYT), DAGEN_FOER)
    for besked in (opgivet, opdateret()) if opgivet_foerst else (opdateret(), opgivet):
        motor.modtag(besked, NU)
    motor.modtag(opdateret(person(NYT), DAGEN_FOER), NU)

    assert {r.cpr for r in motor.raekker["person"].values()} == {NYT}
    assert len(set(numre(motor).values())) == 1


def test_cpr_10_et_gammelt_nummerskift_aendrer_ikke_et_nyere(motor: Motor) -> None:
    """CPR-10, CPR-11: the person has a third number by now; the one he had between finds him, too."""
    motor.modtag(opdateret(person(TREDJE, tidligere_cpr=(CPR,))), NU)
    motor.modtag(opdateret(person(CPR, status="60", gaeldende_cpr=NYT), DAGEN_FOER), NU)
    motor.modtag(opdateret(person(NYT), DAGEN_FOER), NU)

    assert {i: r.cpr for i, r in motor.raekker["person"].items()} == {id_af(TREDJE): TREDJE}
    assert numre(motor) == dict.fromkeys((CPR, NYT, TREDJE), id_af(TREDJE))


def test_ulaest_raekke_er_en_fejl_der_kan_proeves_igen() -> None:
    """The number was changed earlier in the same batch: the search did not yet find the row."""
    with pytest.raises(LookupError, match="samme omgang"):
        modtag(opdateret(person(NYT)), {NYT: id_af(CPR)}, {}, id_af)


def test_samme_ordensnoegle_for_gammelt_og_nyt_nummer(motor: Motor) -> None:
    noegle = motor.tjeneste.handlere[PersonOpdateret].ordensnoegle

    assert noegle(opdateret(person(CPR, gaeldende_cpr=NYT))) == noegle(opdateret(person(NYT, tidligere_cpr=(CPR,))))
    assert noegle(opdateret(person(CPR))) != noegle(opdateret(person(NYT)))
    assert noegle(opdateret(person(CPR))) == id_af(CPR)


@pytest.mark.parametrize("kode", ["A05", "A04", "A01"])
def test_bosat_uden_adresse_er_en_synlig_fejl(motor: Motor, kode: str) -> None:
    """An inconsistent delivery is parked; its text names no person."""
    with pytest.raises(UventetBesked, match="UDEN_ADRESSE") as fejl:
        motor.modtag(haendelse(kode, person(adresse=None)), NU)

    assert CPR not in str(fejl.value)


def test_uden_hemmelighed_ingen_tjeneste() -> None:
    with pytest.raises(ValueError, match="CPR_HEMMELIGHED mangler"):
        TJENESTE(Settings(cpr_hemmelighed=SecretStr("")))


def test_soegningen_i_hukommelsen_finder_paa_nummer(motor: Motor) -> None:
    motor.modtag(opdateret(), NU)
    alle = list(motor.raekker["person"].values())
    motor.modtag(opdateret(person(NYT, tidligere_cpr=(CPR,)), DAGEN_EFTER), NU)
    med_nyt = list(motor.raekker["person"].values())

    assert store.EFTER_NUMMER.hukommelse(alle, CPR) == [id_af(CPR)]
    assert store.EFTER_NUMMER.hukommelse(alle, NYT) == []
    assert store.EFTER_NUMMER.hukommelse(med_nyt, CPR) == store.EFTER_NUMMER.hukommelse(med_nyt, NYT) == [id_af(CPR)]


@pytest.mark.parametrize("tabel", [PERSONER, PERSONNUMRE, FLYTNINGER, UKENDTE, CPR_OPSLAG, VENTENDE], ids=repr)
def test_migrationen_har_tabellens_kolonner(tabel: Any) -> None:
    sql = migrationer(Path(store.__file__).parent / "migrations")

    assert kolonner_i(sql, tabel.navn) == kolonner_af(tabel)
    assert valgfrie(sql, tabel.navn) == kan_vaere_tomme(tabel)
    assert f"{tabel.noeglefelt} text primary key" in sql
