"""What is said of an outage, and how often: one line when it begins, one when it is over."""

from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.platform import waits
from shared.platform.database import Moved
from shared.platform.waits import SAME_S, Waits

POSTGRES_VAEK, KAFKA_VAEK = ConnectionRefusedError("nej"), KafkaConnectionError("nej")


class Log:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.sagt: list[tuple[str, str]] = []

    def warning(self, hvad: str, **felter: Any) -> None:
        self.sagt.append((hvad, felter["del_"]))

    info = warning


@pytest.fixture
def ur(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be moved."""
    nu = [1000.0]
    monkeypatch.setattr(waits.time, "monotonic", lambda: nu[0])
    return nu


@pytest.fixture
def w() -> Waits:
    w = Waits("proeve")
    w.log = Log()
    return w


def test_en_server_der_er_vaek_siges_en_gang_hvor_mange_dele_den_end_rammer(w: Waits) -> None:
    for _ in range(3):
        for del_ in ("relæ", "inbox", "puls"):
            assert w.begin(del_, POSTGRES_VAEK).startswith("PostgreSQL: ConnectionRefusedError")
    assert w.log.sagt == [("venter", "relæ")]
    for del_ in ("inbox", "relæ", "puls"):
        w.end(del_)
    assert w.log.sagt == [("venter", "relæ"), ("fortsætter", "puls")]


def test_to_servere_og_en_fejl_i_en_del_siges_hver_for_sig(w: Waits) -> None:
    w.begin("relæ", KAFKA_VAEK)
    w.begin("inbox", POSTGRES_VAEK)
    w.begin("frister", ValueError("en fejl"))
    w.begin("indlæsning", Moved("en anden"))
    assert [d for _, d in w.log.sagt] == ["relæ", "inbox", "frister", "indlæsning"]
    w.begin("relæ", POSTGRES_VAEK)
    assert len(w.log.sagt) == 4, "den venter nu på det, som en anden har sagt"


def test_en_del_der_proever_forgaeves_siger_intet_nyt(w: Waits, ur: list[float]) -> None:
    for _ in range(5):
        w.begin("indlæsning", POSTGRES_VAEK)
        w.trying("indlæsning")
        w.begin("inbox", POSTGRES_VAEK)
        w.end("inbox")
        ur[0] += SAME_S / 3
    assert w.log.sagt == [("venter", "indlæsning")]


def test_det_der_er_forbi_uden_at_noget_kom_slutter_af_sig_selv_og_siges_igen_naeste_gang(
    w: Waits, ur: list[float]
) -> None:
    w.begin("indlæsning", POSTGRES_VAEK)
    w.trying("indlæsning")
    w.settle()
    assert w.log.sagt == [("venter", "indlæsning")], "endnu ved man det ikke"
    ur[0] += SAME_S
    w.settle()
    w.begin("relæ", POSTGRES_VAEK)
    assert w.log.sagt == [("venter", "indlæsning"), ("fortsætter", "indlæsning"), ("venter", "relæ")]
