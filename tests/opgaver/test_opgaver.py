"""Manual tasks: which queue, which deadline, and the process."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.emner import EMNER
from contracts.opgave import OpgaveAnmodet, OpgaveOprettet, OpgaveOverskredet, Opgavetype, OpgavetypeV2
from services.opgaver import rules
from services.opgaver.forloeb import OPGAVE, OpgavefristUdloeb, Opgavetilstand
from services.opgaver.handlers import tjeneste
from shared.domain.forloeb import UventetBesked
from tests.motor import Motor, kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, valgfrie

NU = datetime(2024, 11, 5, 9, 0, tzinfo=UTC)
ANMODET = OpgaveAnmodet(
    opgave_id="o1",
    forloeb_id="f1",
    person_id="p1",
    cpr="0909994005",
    kommunekode="0825",
    opgavetype=Opgavetype.MANUEL,
    aarsag="INDREJSE_UDEN_LAEGE",
    titel="Vælg læge til indrejst borger",
    beskrivelse="Ingen åben praksis på Læsø.",
)
SQL = migrationer(Path("services/opgaver/migrations"))


@pytest.mark.parametrize(
    ("aarsag", "oprettet", "frist"),
    [
        # The instant at which the last day is over, in Danish time.
        pytest.param(
            "INDREJSE_UDEN_LAEGE",
            datetime(2024, 11, 5, 9, 0, tzinfo=UTC),
            datetime(2024, 11, 19, 23, 0, tzinfo=UTC),
            id="OPG-09: 14 dage, til og med 19. november",
        ),
        pytest.param(
            "KORT_FORSINKET",
            datetime(2024, 11, 5, 23, 30, tzinfo=UTC),
            datetime(2024, 11, 20, 23, 0, tzinfo=UTC),
            id="OPG-09: kl. 0.30 dansk tid er den næste dag",
        ),
        pytest.param(
            "BREV_FEJLET",
            datetime(2024, 3, 20, 9, 0, tzinfo=UTC),
            datetime(2024, 4, 3, 22, 0, tzinfo=UTC),
            id="OPG-09: hen over skiftet til sommertid",
        ),
        pytest.param(
            "AFHENTNING",
            datetime(2024, 11, 30, 9, 0, tzinfo=UTC),
            datetime(2025, 2, 28, 23, 0, tzinfo=UTC),
            id="KORT-11: 3 måneder, til og med 28. februar",
        ),
    ],
)
def test_opgavefrist(aarsag: str, oprettet: datetime, frist: datetime) -> None:
    assert rules.opgavefrist(OpgavetypeV2.MANUEL, aarsag, oprettet) == frist


@pytest.mark.parametrize(
    ("kommunekode", "ansvarlig"),
    [
        pytest.param("0825", "0825", id="Læsø har sine egne"),
        pytest.param("0400", "0400", id="Bornholm har sine egne"),
        pytest.param("0411", "0400", id="Christiansø hører til Bornholm"),
    ],
)
def test_ansvarlig_kommune(kommunekode: str, ansvarlig: str) -> None:
    assert rules.ansvarlig_kommune(kommunekode) == ansvarlig


@pytest.mark.parametrize("kommunekode", ["0000", "0999", "0963"])
def test_en_kommunekode_der_ikke_findes_er_en_synlig_fejl(kommunekode: str) -> None:
    with pytest.raises(ValueError, match=f"kommunekode {kommunekode} er ingen af de 98 kommuner"):
        Motor(tjeneste).modtag(ANMODET.model_copy(update={"kommunekode": kommunekode}), NU)


def test_s18_opgaven_staar_i_kommunens_koe_med_cpr_nummer() -> None:
    """IND-02, OPG-02, OPG-04."""
    motor = Motor(tjeneste)
    (oprettet,) = motor.modtag(ANMODET, NU)
    assert isinstance(oprettet, OpgaveOprettet)
    assert oprettet.topic() == "opgaver.0825"
    assert oprettet.topic() in EMNER
    assert oprettet.recordnoegle() == "o1"
    assert oprettet.model_dump() == {
        **ANMODET.model_dump(),
        "oprettet": NU,
        "frist": datetime(2024, 11, 19, 23, 0, tzinfo=UTC),
    }


def test_en_opgave_uden_kendt_cpr_nummer_har_intet() -> None:
    """OPG-04: we do not make one up."""
    (oprettet,) = Motor(tjeneste).modtag(ANMODET.model_copy(update={"cpr": None}), NU)
    assert isinstance(oprettet, OpgaveOprettet)
    assert oprettet.cpr is None


def test_opgave_paa_christiansoe_staar_i_bornholms_koe() -> None:
    (oprettet,) = Motor(tjeneste).modtag(ANMODET.model_copy(update={"kommunekode": "0411"}), NU)
    assert oprettet.topic() == "opgaver.0400"


def test_samme_opgave_anmodet_to_gange_er_en_opgave() -> None:
    motor = Motor(tjeneste)
    motor.modtag(ANMODET, NU)
    assert motor.modtag(ANMODET.model_copy(update={"titel": "En anden titel"}), NU) == []
    assert motor.raekker["opgave"]["o1"].titel == ANMODET.titel


def test_en_overskredet_opgave_bliver_staaende() -> None:
    motor = Motor(tjeneste)
    motor.modtag(ANMODET, NU)
    udloeb = datetime(2024, 11, 19, 23, 0, tzinfo=UTC)
    assert motor.forfaldne(datetime(2024, 11, 19, 22, 59, tzinfo=UTC)) == []
    (frist,) = motor.forfaldne(udloeb)
    assert motor.modtag(frist, udloeb) == [
        OpgaveOverskredet(opgave_id="o1", kommunekode="0825", version=2, frist=udloeb)
    ]
    assert motor.raekker["opgave"]["o1"].tilstand is Opgavetilstand.OVERSKREDET
    assert motor.frister == {}


def test_frist_for_en_opgave_vi_ikke_har_er_en_synlig_fejl() -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        Motor(tjeneste).modtag(OpgavefristUdloeb(opgave_id="o9"), NU)


def test_enhver_ventende_tilstand_har_en_frist() -> None:
    ventende = {o.fra for o in OPGAVE.overgange} - OPGAVE.afsluttede() - {OPGAVE.start}
    assert {f.i for f in OPGAVE.frister} == ventende


def test_migrationen_svarer_til_raekken() -> None:
    for tabel in tjeneste.tabeller:
        assert kolonner_i(SQL, tabel.navn) == kolonner_af(tabel)
        assert valgfrie(SQL, tabel.navn) == kan_vaere_tomme(tabel)


def test_diagrammet_i_readme_er_det_gaeldende() -> None:
    tekst = Path("services/opgaver/README.md").read_text(encoding="utf-8")
    fundet = re.search(r"<!-- forloeb:opgave -->\n```mermaid\n(.*?)\n```\n<!-- /forloeb -->", tekst, re.DOTALL)
    assert fundet
    assert fundet.group(1) == OPGAVE.som_mermaid()
