"""The supplier's statuses: when they are planned, and that they come on Kafka when the hub's clock gets there."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from contracts.kort import KortStatus
from simulators.kortleverandoer.app import run
from simulators.kortleverandoer.statusser import STANDARDPLAN, planlaeg
from tests.simulators.hub import Hub, aaben


@pytest.mark.parametrize(
    ("bestilt", "trukket", "afsendt"),
    [
        pytest.param(
            datetime(2024, 11, 5, 9, 0, tzinfo=UTC),
            datetime(2024, 11, 6, 5, 0, tzinfo=UTC),
            datetime(2024, 11, 7, 11, 0, tzinfo=UTC),
            id="vintertid",
        ),
        pytest.param(
            datetime(2024, 11, 5, 23, 30, tzinfo=UTC),
            datetime(2024, 11, 7, 5, 0, tzinfo=UTC),
            datetime(2024, 11, 8, 11, 0, tzinfo=UTC),
            id="kl. 0.30 dansk tid er den næste dag",
        ),
        pytest.param(
            datetime(2024, 3, 29, 9, 0, tzinfo=UTC),
            datetime(2024, 3, 30, 5, 0, tzinfo=UTC),
            datetime(2024, 3, 31, 10, 0, tzinfo=UTC),
            id="hen over skiftet til sommertid",
        ),
    ],
)
def test_standardplanen(bestilt: datetime, trukket: datetime, afsendt: datetime) -> None:
    plan = planlaeg("k1", bestilt, STANDARDPLAN)
    assert [(s.status.value, s.tidspunkt) for s, _ in plan] == [("TRUKKET", trukket), ("AFSENDT", afsendt)]


@pytest.fixture
async def hub(kafka_servers: list[str]) -> AsyncGenerator[Hub]:
    async with aaben(kafka_servers, KortStatus.emne) as hub:
        yield hub


@asynccontextmanager
async def leverandoer(servere: list[str], ledger: Path | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    async with (
        run(",".join(servere), ledger) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http,
    ):
        yield http


async def bestil(http: httpx.AsyncClient, kort_id: str, anmodet: datetime) -> None:
    ordre = {
        "kort_id": kort_id,
        "cpr": "0909994005",
        "navn": "Erik Ødegård",
        "adressetype": "KENDT",
        "kommunekode": "0751",
        "aarsag": "FOERSTE_RET",
        "gruppe": "1",
        "anmodet": anmodet.isoformat(),
    }
    svar = await http.post("/ordrer", json=ordre, headers={"Idempotency-Key": f"kort:{kort_id}"})
    assert svar.status_code == 201


async def naeste(http: httpx.AsyncClient) -> datetime | None:
    fundet = (await http.get("/naeste")).json()["naeste"]
    return datetime.fromisoformat(fundet) if fundet else None


async def vent_paa_naeste(http: httpx.AsyncClient, ventet: datetime | None) -> None:
    async with asyncio.timeout(20):
        while await naeste(http) != ventet:
            await asyncio.sleep(0.02)


TIRSDAG = datetime(2030, 11, 5, 9, 0, tzinfo=UTC)
TRUKKET = datetime(2030, 11, 6, 5, 0, tzinfo=UTC)
AFSENDT = datetime(2030, 11, 7, 11, 0, tzinfo=UTC)


async def test_kortet_traekkes_og_sendes_paa_hubbens_ur(kafka_servers: list[str], hub: Hub) -> None:
    """S15: the statuses come at their instants on the hub's clock, and `/naeste` says when that is."""
    kort_id = f"{uuid.uuid4()}:kort"
    await hub.stil_ur(TIRSDAG)
    async with leverandoer(kafka_servers) as http:
        await bestil(http, kort_id, TIRSDAG)
        assert await naeste(http) == TRUKKET
        await hub.stil_ur(TRUKKET)
        await vent_paa_naeste(http, AFSENDT)
        await hub.stil_ur(AFSENDT)
        await vent_paa_naeste(http, None)
        kuverter = await hub.hoer(kort_id, 2)
        assert (await http.get("/ledger/sum")).json()["statusser"] == 2
    assert [(k.id, k.kilde, k.noegle) for k in kuverter] == [
        (f"{kort_id}:TRUKKET", "/kortleverandoer", kort_id),
        (f"{kort_id}:AFSENDT", "/kortleverandoer", kort_id),
    ]
    assert [k.besked.model_dump()["tidspunkt"] for k in kuverter] == [TRUKKET, AFSENDT]


async def test_efter_en_genstart_siges_intet_to_gange(kafka_servers: list[str], hub: Hub, tmp_path: Path) -> None:
    kort_id, fil = f"{uuid.uuid4()}:kort", tmp_path / "ordrer.jsonl"
    await hub.stil_ur(TIRSDAG)
    async with leverandoer(kafka_servers, fil) as http:
        await bestil(http, kort_id, TIRSDAG)
        await hub.stil_ur(TRUKKET)
        await vent_paa_naeste(http, AFSENDT)
    await hub.stil_ur(AFSENDT)
    async with leverandoer(kafka_servers, fil) as http:
        await vent_paa_naeste(http, None)
        ider = [k.id for k in await hub.hoer(kort_id, 2)]
    assert ider == [f"{kort_id}:TRUKKET", f"{kort_id}:AFSENDT"]


async def test_planen_og_enkelte_statusser_kan_styres(kafka_servers: list[str], hub: Hub) -> None:
    """KORT-17: the same status twice, and one out of the blue."""
    kort_id = f"{uuid.uuid4()}:kort"
    await hub.stil_ur(TIRSDAG)
    async with leverandoer(kafka_servers) as http:
        plan = [{"status": "AFSENDT", "dage": 0, "klokken": "00:00", "gange": 2}]
        assert (await http.post("/styring", json={"plan": plan})).status_code == 200
        await bestil(http, kort_id, TIRSDAG)
        await http.post("/status", json={"kort_id": kort_id, "status": "RETUR"})
        ider = {k.id for k in await hub.hoer(kort_id, 3)}
    assert ider == {f"{kort_id}:AFSENDT", f"{kort_id}:AFSENDT:2", f"{kort_id}:RETUR"}
