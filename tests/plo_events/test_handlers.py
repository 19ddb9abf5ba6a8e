"""Practices and places: each message with the rows it meets."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.plads import (
    ForetrukkenYder,
    IngenPlads,
    PladsAnmodet,
    PladsFrigives,
    PladsFrigivet,
    PladsHosYderAnmodet,
    PladsReserveret,
)
from contracts.plo import PraksisNedlaegges
from contracts.yder import YderOpdateret, Yderstatus, YderTilstand
from services.plo_events import store
from services.plo_events.app import TJENESTE
from services.plo_events.store import PLADSER, YDERE
from tests.motor import Motor, kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, typer, valgfrie

NU = datetime(2024, 11, 5, 6, tzinfo=UTC)


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE)


def yder(nummer: str = "000010", **andet: Any) -> YderOpdateret:
    felter: dict[str, Any] = {
        "navn": "Lægerne på Torvet",
        "kommunekode": "0751",
        "status": Yderstatus.AABEN,
        "lukkegraense": 10,
        "maksgraense": 12,
        "antal_sikrede": 8,
        "opdateret": NU,
    }
    return YderOpdateret(ydernummer=nummer, **(felter | andet))


def oenske(forloeb: str, *foretrukne: ForetrukkenYder, kommune: str = "0751") -> PladsAnmodet:
    return PladsAnmodet(
        forloeb_id=forloeb, person_id=f"p-{forloeb}", kommunekode=kommune, postnummer="8000", foretrukne=foretrukne
    )


def frigiv(forloeb: str, nummer: str | None = "000010") -> PladsFrigives:
    return PladsFrigives(forloeb_id=forloeb, person_id=f"p-{forloeb}", grund="TEST", ydernummer=nummer)


def optagne(motor: Motor, nummer: str = "000010") -> int:
    return motor.raekker["yder"][nummer].optagne


def test_ny_praksis_faar_version_1(motor: Motor) -> None:
    assert motor.modtag(yder(), NU) == [
        YderTilstand(
            ydernummer="000010", version=1, navn="Lægerne på Torvet", kommunekode="0751", status=Yderstatus.AABEN,
            lukkegraense=10, maksgraense=12, optagne=8,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(("virkning", "svar"), [(date(2024, 11, 30), PladsReserveret), (date(2024, 12, 1), IngenPlads)])
@pytest.mark.parametrize("omvendt", [False, True])
def test_en_lukning_der_laeses_foer_praksissen_selv_gaelder_for_den(
    motor: Motor, virkning: date, svar: type, omvendt: bool
) -> None:
    """PLO-16: the two topics of the regions are not in order with each other; the newest told counts."""
    lukninger = [
        PraksisNedlaegges(ydernummer="000010", lukkedato=date(2024, 12, 24), meddelt=NU),
        PraksisNedlaegges(ydernummer="000010", lukkedato=date(2024, 12, 1), meddelt=NU + timedelta(hours=1)),
    ]
    for lukning in reversed(lukninger) if omvendt else lukninger:
        assert motor.modtag(lukning, NU) == []
    assert [type(b) for b in motor.modtag(yder(), NU)] == [YderTilstand]
    oensket = PladsHosYderAnmodet(
        forloeb_id="f", person_id="p", kommunekode="0751", postnummer="8000", ydernummer="000010",
        virkningsdato=virkning, altid_aaben=False,
    )  # fmt: skip
    assert svar in {type(b) for b in motor.modtag(oensket, NU)}


@pytest.mark.parametrize(
    ("besked", "udsendt", "antal", "status"),
    [
        pytest.param(yder(opdateret=NU - timedelta(seconds=1), antal_sikrede=1), [], 8, "AABEN", id="ældre"),
        pytest.param(yder(antal_sikrede=1), [], 8, "AABEN", id="samme tidspunkt igen"),
        pytest.param(yder(opdateret=NU + timedelta(1)), [], 8, "AABEN", id="nyere, uændret"),
        pytest.param(
            yder(opdateret=NU + timedelta(1), antal_sikrede=3), ["YderTilstand"], 3, "AABEN", id="nyere, nyt antal"
        ),
        pytest.param(
            yder(opdateret=NU + timedelta(1), antal_sikrede=None, status=Yderstatus.LUKKET),
            ["YderTilstand"], 8, "LUKKET", id="nyere, intet antal: vores bliver",
        ),
    ],
)  # fmt: skip
def test_nyeste_register_vinder(
    motor: Motor, besked: YderOpdateret, udsendt: list[str], antal: int, status: str
) -> None:
    motor.modtag(yder(), NU)

    assert typer(motor.modtag(besked, NU)) == udsendt
    assert optagne(motor) == antal
    assert motor.raekker["yder"]["000010"].status == status


def test_uaendret_nyere_besked_flytter_tidspunktet(motor: Motor) -> None:
    motor.modtag(yder(), NU)
    motor.modtag(yder(opdateret=NU + timedelta(2)), NU)
    motor.modtag(yder(opdateret=NU + timedelta(1), status=Yderstatus.LUKKET), NU)

    assert motor.raekker["yder"]["000010"].status is Yderstatus.AABEN
    assert motor.raekker["yder"]["000010"].version == 1


def test_ny_praksis_uden_antal_begynder_paa_nul(motor: Motor) -> None:
    motor.modtag(yder(antal_sikrede=None), NU)

    assert optagne(motor) == 0


def test_plads_reserveres_og_taelles(motor: Motor) -> None:
    motor.modtag(yder(), NU)

    svar = motor.modtag(oenske("a"), NU)

    assert svar[0] == PladsReserveret(
        forloeb_id="a", person_id="p-a", ydernummer="000010", praksisnavn="Lægerne på Torvet", kommunekode="0751"
    )
    assert isinstance(svar[1], YderTilstand)
    assert (svar[1].optagne, svar[1].version) == (9, 2)
    assert optagne(motor) == 9


def test_den_sidste_plads_faas_af_een(motor: Motor) -> None:
    motor.modtag(yder(antal_sikrede=9), NU)

    assert typer(motor.modtag(oenske("a"), NU)) == ["PladsReserveret", "YderTilstand"]
    assert motor.modtag(oenske("b"), NU) == [
        IngenPlads(forloeb_id="b", person_id="p-b", kommunekode="0751", grund="INGEN_KAPACITET")
    ]
    assert optagne(motor) == 10


def test_samme_oenske_igen_giver_samme_svar_og_ingen_plads_til(motor: Motor) -> None:
    motor.modtag(yder("000010"), NU)
    foerste = motor.modtag(oenske("a"), NU)[0]
    motor.modtag(yder("000009", lukkegraense=500, maksgraense=500), NU)

    assert motor.modtag(oenske("a"), NU) == [foerste]
    assert optagne(motor) == 9


def test_afslag_gentages_selv_om_der_er_kommet_plads(motor: Motor) -> None:
    afslag = motor.modtag(oenske("a"), NU)
    motor.modtag(yder(), NU)

    assert motor.modtag(oenske("a"), NU) == afslag
    assert afslag == [IngenPlads(forloeb_id="a", person_id="p-a", kommunekode="0751", grund="INGEN_AABEN_PRAKSIS")]


def test_foretrukken_i_en_anden_kommune_laeses(motor: Motor) -> None:
    """FAM-05: the child's place is in another municipality than the search covers."""
    motor.modtag(yder("000010"), NU)
    motor.modtag(yder("000077", kommunekode="0710", status=Yderstatus.LUKKET), NU)

    svar = motor.modtag(oenske("a", ForetrukkenYder(ydernummer="000077", altid_aaben=True)), NU)

    assert isinstance(svar[0], PladsReserveret)
    assert (svar[0].ydernummer, svar[0].kommunekode) == ("000077", "0710")


def test_udloebet_praksis_bruges_ikke(motor: Motor) -> None:
    """The last valid day is Danish: at 22:59 UTC in winter it still is, at 23:00 it is over."""
    motor.modtag(yder(gyldig_til="2024-11-05"), NU)

    assert typer(motor.modtag(oenske("b"), datetime(2024, 11, 5, 23, 0, tzinfo=UTC))) == ["IngenPlads"]
    assert typer(motor.modtag(oenske("a"), datetime(2024, 11, 5, 22, 59, tzinfo=UTC)))[0] == "PladsReserveret"


def test_plads_frigives_een_gang(motor: Motor) -> None:
    """LV-19: released once even after both cancel and reject."""
    motor.modtag(yder(), NU)
    motor.modtag(oenske("a"), NU)

    foerste = motor.modtag(frigiv("a"), NU)

    assert foerste[0] == PladsFrigivet(forloeb_id="a", person_id="p-a", ydernummer="000010", grund="TEST")
    assert typer(foerste) == ["PladsFrigivet", "YderTilstand"]
    assert motor.modtag(frigiv("a"), NU) == []
    assert optagne(motor) == 8


@pytest.mark.parametrize("foer", [pytest.param(False, id="aldrig anmodet"), pytest.param(True, id="nægtet")])
def test_plads_der_ikke_holdes_aendrer_intet(motor: Motor, foer: bool) -> None:
    if foer:
        motor.modtag(oenske("a"), NU)
    motor.modtag(yder(), NU)

    assert motor.modtag(frigiv("a"), NU) == []
    assert optagne(motor) == 8


def test_frigivet_forloeb_faar_ikke_en_plads_til(motor: Motor) -> None:
    motor.modtag(yder(), NU)
    motor.modtag(oenske("a"), NU)
    motor.modtag(frigiv("a"), NU)

    svar = motor.modtag(oenske("a"), NU)

    assert svar == [IngenPlads(forloeb_id="a", person_id="p-a", kommunekode="0751", grund="PLADS_FRIGIVET")]
    assert optagne(motor) == 8


@pytest.mark.parametrize("nummer", [pytest.param(None, id="ingen praksis"), pytest.param("000099", id="en anden")])
def test_frigivelse_hos_en_anden_praksis_er_en_fejl(motor: Motor, nummer: str | None) -> None:
    motor.modtag(yder(), NU)
    motor.modtag(oenske("a"), NU)

    with pytest.raises(ValueError, match="pladsen holdes hos 000010"):
        motor.modtag(frigiv("a", nummer), NU)


def test_frigivet_plads_kan_faas_af_en_anden(motor: Motor) -> None:
    motor.modtag(yder(antal_sikrede=9), NU)
    motor.modtag(oenske("a"), NU)
    motor.modtag(frigiv("a"), NU)

    assert typer(motor.modtag(oenske("b"), NU))[0] == "PladsReserveret"


@pytest.mark.parametrize("tabel", [YDERE, PLADSER], ids=repr)
def test_migrationen_har_tabellens_kolonner(tabel: Any) -> None:
    sql = migrationer(Path(store.__file__).parent / "migrations")

    assert kolonner_i(sql, tabel.navn) == kolonner_af(tabel)
    assert valgfrie(sql, tabel.navn) == kan_vaere_tomme(tabel)
    assert f"{tabel.noeglefelt} text primary key" in sql


def test_soegningen_udelader_de_samme_som_sql() -> None:
    udeladt = {s for s in Yderstatus if f"'{s}'" in store.KOMMUNENS_YDERE.sql}

    assert udeladt == store.TAGER_IKKE_IMOD
