"""Persons and places heard by laegevalg: each message with the rows it meets."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.brev import BrevAnmodet
from contracts.kort import KortAnmodet
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet
from contracts.person import (
    Adresse,
    PersonBeskyttelseAendret,
    PersonIndrejst,
    Personoplysninger,
    PersonTilstand,
)
from contracts.plads import ForetrukkenYder, PladsAnmodet, PladsFrigivet, PladsReserveret
from services.laegevalg import store
from services.laegevalg.app import TJENESTE
from services.laegevalg.forloeb import Ikrafttraedelse, PladsSvarUdeblev, Sag
from services.laegevalg.forloeb.sikret import Sikret
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor, kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, typer, valgfrie

NU = datetime(2024, 11, 5, 6, tzinfo=UTC)
INDREJST = date(2024, 11, 4)
FORLOEB = "indrejse-p-2024-11-04"
ADRESSE = Adresse(kommunekode="0751", vejkode="1234", linje="Åboulevarden 7", postnummer="8000")


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE)


def person(person_id: str = "p", **andet: Any) -> Personoplysninger:
    felter: dict[str, Any] = {
        "cpr": "6909990001", "status": "01", "foedselsdato": date(1999, 9, 9), "fornavn": "Erik", "efternavn": "Ærø",
        "adresse": ADRESSE,
    }  # fmt: skip
    return Personoplysninger(person_id=person_id, **(felter | andet))


def indrejst(hvem: Personoplysninger | None = None, dag: date = INDREJST, genindrejse: bool = False) -> PersonIndrejst:
    hvem = hvem or person()
    return PersonIndrejst(person_id=hvem.person_id, person=hvem, indrejsedato=dag, genindrejse=genindrejse)


def tilstand(version: int, **andet: Any) -> PersonTilstand:
    return PersonTilstand(person_id="p", version=version, person=person(**andet))


def reserveret(forloeb_id: str = FORLOEB, person_id: str = "p") -> PladsReserveret:
    return PladsReserveret(
        forloeb_id=forloeb_id, person_id=person_id, ydernummer="000011", praksisnavn="Lægehuset", kommunekode="0751"
    )


def sikret(motor: Motor, person_id: str = "p") -> Sikret:
    return motor.raekker["sikret"][person_id]


def sag(motor: Motor, forloeb_id: str = FORLOEB) -> Sag:
    return motor.raekker["sag"][forloeb_id]


def med_laege(motor: Motor, person_id: str, ydernummer: str, adresse: Adresse = ADRESSE) -> None:
    motor.gem(
        Sikret(
            person_id, 1, adresse, adresse.kommunekode, date(1985, 5, 5), None, (), (), "1", date(2020, 1, 1),
            ydernummer, date(2020, 1, 1),
        )
    )  # fmt: skip


def test_hele_vejen(motor: Motor) -> None:
    motor.modtag(tilstand(1), NU)
    assert typer(motor.modtag(indrejst(), NU)) == ["ForloebStartet", "GruppeTraadtIKraft", "PladsAnmodet"]
    assert (sikret(motor).gruppe, sikret(motor).gruppe_fra, sikret(motor).ydernummer) == ("1", INDREJST, None)

    motor.modtag(reserveret(), NU)
    assert sikret(motor).ydernummer is None, "lægen er først personens egen, når valget træder i kraft"
    (besked,) = motor.forfaldne(NU)
    motor.modtag(besked, NU)

    assert (sikret(motor).ydernummer, sikret(motor).laege_fra) == ("000011", INDREJST)
    assert sag(motor).tilstand == "TRAADT_I_KRAFT"
    assert motor.frister == {}


def test_haendelsen_kan_komme_foer_tilstanden(motor: Motor) -> None:
    """No one depends on the order of two topics: the event's snapshot makes the row, the state replaces it."""
    motor.modtag(indrejst(), NU)
    assert (sikret(motor).version, sikret(motor).kommunekode) == (0, "0751")

    motor.modtag(tilstand(1, adresse=ADRESSE.model_copy(update={"linje": "Søgade 2"})), NU)

    assert sikret(motor).version == 1
    assert sikret(motor).gruppe == "1", "gruppen bliver, når tilstanden skiftes ud"
    assert sikret(motor).adresse is not None
    assert sikret(motor).adresse.linje == "Søgade 2"


@pytest.mark.parametrize("version", [pytest.param(2, id="samme version"), pytest.param(1, id="lavere version")])
def test_lavere_version_ignoreres(motor: Motor, version: int) -> None:
    motor.modtag(tilstand(2), NU)
    foer = sikret(motor)

    motor.modtag(tilstand(version, adresse=None), NU)

    assert sikret(motor) == foer


@pytest.mark.parametrize(
    "foerst", [pytest.param([], id="mens pladsen ventes"), pytest.param([reserveret()], id="med plads")]
)
def test_samme_indrejse_igen_er_samme_forloeb(motor: Motor, foerst: list[PladsReserveret]) -> None:
    """CPR-09: the event again with another id."""
    motor.modtag(indrejst(), NU)
    for besked in foerst:
        motor.modtag(besked, NU)
    foer, frister = sag(motor), dict(motor.frister)

    assert motor.modtag(indrejst(), NU + timedelta(days=1)) == []

    assert sag(motor) == replace(foer, registreringer=2)
    assert motor.frister == frister


def test_behandlet_i_haanden_dagen_foer(motor: Motor) -> None:
    """S16, IND-04: nothing but the record of it; the doctor stays, no letter, no card."""
    med_laege(motor, "p", "000010")
    motor.gem(replace(sikret(motor), gruppe_fra=INDREJST, laege_fra=INDREJST))
    foer = sikret(motor)

    motor.modtag(indrejst(), NU)

    assert typer(motor.udsendt) == ["ForloebStartet", "ForloebAfsluttet"]
    assert [a.udfald for a in motor.fra(ForloebAfsluttet)] == ["BEHANDLET_UDEN_HANDLING"]
    assert [(s.oprettet_af, s.art) for s in motor.fra(ForloebStartet)] == [("SYSTEM", "INDREJSE")]
    assert replace(sikret(motor), indrejse=None) == foer
    assert motor.frister == {}


def test_gruppe_sat_i_haanden_uden_laege(motor: Motor) -> None:
    """IND-04: assign doctor only; the group is not set again."""
    motor.modtag(tilstand(1), NU)
    motor.gem(replace(sikret(motor), gruppe="1", gruppe_fra=date(2024, 11, 5)))

    assert typer(motor.modtag(indrejst(), NU)) == ["ForloebStartet", "PladsAnmodet"]
    assert sikret(motor).gruppe_fra == date(2024, 11, 5)


def test_genindrejse_afslutter_den_gamle_laege(motor: Motor) -> None:
    """S14: group 1 anew from the day of entry, and a new doctor."""
    med_laege(motor, "p", "000099")

    motor.modtag(indrejst(genindrejse=True), NU)

    assert (sikret(motor).gruppe_fra, sikret(motor).ydernummer, sikret(motor).laege_fra) == (INDREJST, None, None)
    assert sag(motor).art == "GENINDREJSE"


@pytest.mark.parametrize(
    ("laege_fra", "beholdt"),
    [
        pytest.param(date(2024, 11, 3), None, id="lægen er fra dagen før indrejsen"),
        pytest.param(INDREJST, "000099", id="lægen er sat i hånden fra indrejsen"),
    ],
)
def test_kun_laegen_fra_et_tidligere_ophold_afsluttes(motor: Motor, laege_fra: date, beholdt: str | None) -> None:
    """IND-04: the group was not set; the doctor a caseworker gave stays until another takes effect."""
    med_laege(motor, "p", "000099")
    motor.gem(replace(sikret(motor), gruppe="7", laege_fra=laege_fra))

    motor.modtag(indrejst(genindrejse=True), NU)

    assert (sikret(motor).gruppe, sikret(motor).ydernummer) == ("1", beholdt)


def test_ny_indrejse_en_anden_dag_er_et_nyt_forloeb(motor: Motor) -> None:
    motor.modtag(indrejst(dag=date(2024, 2, 29)), NU)
    motor.modtag(indrejst(genindrejse=True), NU)

    assert set(motor.raekker["sag"]) == {"indrejse-p-2024-02-29", FORLOEB}


def test_barnet_faar_foraelderens_laege_ogsaa_i_en_anden_kommune(motor: Motor) -> None:
    """FAM-05, IND-06."""
    med_laege(motor, "mor", "000077", Adresse(kommunekode="0710", linje="Søgade 1"))
    barn = person(foedselsdato=date(2009, 11, 5), foraeldremyndighed_ider=("mor", "far"))

    motor.modtag(indrejst(barn), NU)

    assert [a.foretrukne for a in motor.fra(PladsAnmodet)] == [
        (ForetrukkenYder(ydernummer="000077", altid_aaben=True),)
    ]


def test_paa_15_aarsdagen_er_foraelderens_laege_kun_foretrukken(motor: Motor) -> None:
    med_laege(motor, "mor", "000077")
    ung = person(foedselsdato=date(2009, 11, 4), foraeldremyndighed_ider=("mor",))

    motor.modtag(indrejst(ung), NU)

    assert [a.foretrukne for a in motor.fra(PladsAnmodet)] == [
        (ForetrukkenYder(ydernummer="000077", altid_aaben=False),)
    ]


def test_aegtefaellens_laege_foretraekkes(motor: Motor) -> None:
    med_laege(motor, "aegte", "000033")
    motor.modtag(indrejst(person(aegtefaelle_id="aegte", boern_ider=("ukendt",))), NU)

    assert [f.ydernummer for a in motor.fra(PladsAnmodet) for f in a.foretrukne] == ["000033"]


def test_intet_svar_i_syv_dage(motor: Motor) -> None:
    """IND-02: the deadline is at Danish midnight after the seventh day; the minute before nothing has happened."""
    motor.modtag(indrejst(), NU)

    assert motor.forfaldne(datetime(2024, 11, 12, 22, 59, tzinfo=UTC)) == []
    (besked,) = motor.forfaldne(datetime(2024, 11, 12, 23, 0, tzinfo=UTC))
    assert typer(motor.modtag(besked, NU)) == ["OpgaveAnmodet", "ForloebAfsluttet"]
    assert (sikret(motor).gruppe, sikret(motor).ydernummer) == ("1", None)
    assert typer(motor.modtag(reserveret(), NU)) == ["PladsFrigives"]


def test_ikke_midlertidigt_kort_og_een_kvittering(motor: Motor) -> None:
    """KORT-07, IND-08: one card, one letter, and no temporary card among what is sent."""
    motor.modtag(indrejst(), NU)
    motor.modtag(reserveret(), NU)

    assert [k.aarsag for k in motor.fra(KortAnmodet)] == ["FOERSTE_RET"]
    assert [b.brevtype for b in motor.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING"]


@pytest.mark.parametrize(
    "besked",
    [
        pytest.param(reserveret("ukendt"), id="plads"),
        pytest.param(PladsSvarUdeblev(forloeb_id="ukendt", person_id="p"), id="frist"),
        pytest.param(Ikrafttraedelse(forloeb_id="ukendt", person_id="p"), id="ikrafttrædelse"),
    ],
)
def test_ukendt_forloeb_er_en_synlig_fejl(motor: Motor, besked: Any) -> None:
    with pytest.raises(UventetBesked, match="UKENDT_FORLOEB"):
        motor.modtag(besked, NU)


def test_indrejse_uden_adresse_er_en_synlig_fejl(motor: Motor) -> None:
    with pytest.raises(ValueError, match="kommunen er ukendt"):
        motor.modtag(indrejst(person(adresse=None)), NU)


@pytest.mark.parametrize(
    "besked",
    [
        PladsFrigivet(forloeb_id=FORLOEB, person_id="p", ydernummer="000011", grund="FORLOEB_AFSLUTTET"),
        PersonBeskyttelseAendret(person_id="p", person=person(), beskyttet=True),
    ],
    ids=lambda b: type(b).__name__,
)
def test_intet_foelger(motor: Motor, besked: Any) -> None:
    assert motor.modtag(besked, NU) == []
    assert not any(motor.raekker.values())


def test_alt_der_hoeres_paa_emnerne_har_en_handler() -> None:
    from contracts.register import BESKEDER

    hoert = {k for k in BESKEDER.values() if k.emne in TJENESTE.emner}

    assert hoert == {k for k in TJENESTE.handlere if k.emne}


@pytest.mark.parametrize("tabel", TJENESTE.tabeller, ids=repr)
def test_migrationen_har_tabellens_kolonner(tabel: Any) -> None:
    sql = migrationer(Path(store.__file__).parent / "migrations")

    assert kolonner_i(sql, tabel.navn) == kolonner_af(tabel)
    assert valgfrie(sql, tabel.navn) == kan_vaere_tomme(tabel)
    assert f"{tabel.noeglefelt} text primary key" in sql
