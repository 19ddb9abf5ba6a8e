"""CPR-16, ROL-02: who may look a person up in CPR, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cpr_events.rules import opslag
from tests.cpr_events.opslagsverden import NU, bestilt

UNGDOM = timedelta(microseconds=1)
EKSEMPLER = [
    #             hvad er anderledes                                       afslag
    pytest.param({}, None, id="CPR-16: sagsbehandleren må"),
    pytest.param({"rolle": "SAERLIGE_RETTIGHEDER"}, None, id="ROL-02: særlige rettigheder må"),
    pytest.param({"rolle": "ADMINISTRATOR"}, None, id="ROL-02: kommunens administrator må"),
    pytest.param({"rolle": "GLOBAL_ADMINISTRATOR"}, "IKKE_BEMYNDIGET", id="ROL-02: den globale betaler ingen kommune"),
    pytest.param({"rolle": "BORGER"}, "IKKE_BEMYNDIGET", id="ROL-02: borgeren må ikke"),
    pytest.param({"rolle": "BORGER", "kanal": "SELVBETJENING"}, "IKKE_BEMYNDIGET", id="ROL-02: heller ikke selv"),
    pytest.param({"kanal": "SELVBETJENING"}, "IKKE_BEMYNDIGET", id="ROL-02: ikke gennem selvbetjeningen"),
    pytest.param({"rolle": "ROBOT"}, "UKENDT_ROLLE", id="ROL-02: en ukendt rolle må ingenting"),
    pytest.param({"rolle": "sagsbehandler".upper() + "_2"}, "UKENDT_ROLLE", id="ROL-02: næsten en rolle"),
    pytest.param({"kanal": "TIMEPLAN"}, "UKENDT_KANAL", id="CPR-16: aldrig af sig selv"),
    pytest.param({"kommunekode": "0411"}, "UKENDT_KOMMUNE", id="CPR-16: ingen kommune at regne på"),
    pytest.param({"bestilt": NU + timedelta(minutes=5)}, None, id="uret går fem minutter forkert"),
    pytest.param({"bestilt": NU + timedelta(minutes=5) + UNGDOM}, "TIDSPUNKT_I_FREMTIDEN", id="mere end fem minutter"),
    pytest.param({"bestilt": NU - timedelta(days=1)}, None, id="CPR-16: et døgn gammelt"),
    pytest.param({"bestilt": NU - timedelta(days=1) - UNGDOM}, "FOR_GAMMEL", id="CPR-16: ældre end et døgn"),
    pytest.param({"cpr": "3002990001"}, "UGYLDIGT_CPR", id="CPR-16: 30. februar koster ikke noget"),
    pytest.param({"cpr": "2902960001"}, None, id="29. februar i et skudår"),
    pytest.param({"grund": "se også 010190-1234"}, "CPR_I_TEKST", id="et CPR-nummer i begrundelsen"),
]


@pytest.mark.parametrize(("andet", "afslag"), EKSEMPLER)
def test_hvem_maa_slaa_op(andet: dict[str, Any], afslag: str | None) -> None:
    assert opslag.afslag(bestilt(**andet), NU) == afslag


@pytest.mark.parametrize(
    ("doegn", "senest"),
    [
        pytest.param("2024-03-30T12:00Z", "2024-03-31T12:00Z", id="døgnet er 24 timer, også når sommertiden begynder"),
        pytest.param("2024-10-26T12:00Z", "2024-10-27T12:00Z", id="og når den slutter"),
        pytest.param("2024-02-28T12:00Z", "2024-02-29T12:00Z", id="skuddag"),
    ],
)
def test_cpr_16_et_opslag_gaelder_et_doegn(doegn: str, senest: str) -> None:
    assert opslag.senest(datetime.fromisoformat(doegn)) == datetime.fromisoformat(senest)


def test_cpr_16_hver_kode_har_en_saetning_og_en_hjemmel() -> None:
    for kode in opslag.TEKSTER:
        grund = opslag.begrundelse(kode)
        assert grund.tekst.endswith(".")
        assert grund.regel in {"CPR-16", "ROL-02"}


def test_frister_foer_den_foerste_raekke_er_den_foerste() -> None:
    assert opslag.frister(datetime(1960, 1, 1, tzinfo=UTC)) == opslag.OPSLAGSFRISTER[0]
