"""Publishing for real: Kafka takes the messages, PostgreSQL keeps the chain."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import SecretStr

from contracts.cpr import CprHaendelse, PersonOpdateret
from contracts.emner import EMNER
from contracts.kuvert import Kuvert, pak_ud
from contracts.noegle import cpr_noegle
from ingest import udgivelse
from ingest.cpr import indlaesning
from ingest.cpr.indlaesning import indlaes
from ingest.store import Optaget, lager
from ingest.udgivelse import KafkaSvigter, udgiv
from shared.platform.kafka import TopicMissing, create_topics
from shared.platform.settings import Settings
from simulators.registre import Befolkning, dagens_haendelser, skriv_udtraek
from tests.ingest.filer import BENT_001, POSTER, fil

EMNE = "cpr.haendelser"
MANDAG, TIRSDAG, ONSDAG = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture
async def indstillinger(kafka_servers: list[str], database: str) -> Settings:
    """A secret of the test's own: its keys tell its messages from all others on the topic."""
    fundet = Settings(
        kafka_bootstrap_servers=",".join(kafka_servers),
        database_url=SecretStr(database),
        cpr_hemmelighed=SecretStr(uuid4().hex),
    )
    await create_topics(fundet, [EMNER[EMNE]])
    return fundet


@pytest.fixture
async def db(indstillinger: Settings) -> AsyncIterator[Any]:
    forbindelse = await asyncpg.connect(indstillinger.database_url.get_secret_value())
    yield forbindelse
    await forbindelse.close()


async def modtaget(indstillinger: Settings) -> list[Kuvert]:
    """What lies on the topic from this test, partition by partition, in order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=indstillinger.kafka_servere, enable_auto_commit=False)
    await consumer.start()
    try:
        partitioner = [TopicPartition(EMNE, p) for p in range(EMNER[EMNE].partitioner)]
        consumer.assign(partitioner)
        await consumer.seek_to_beginning()
        slut = await consumer.end_offsets(partitioner)
        fundet: list[Kuvert] = []
        for partition, ende in slut.items():
            while await consumer.position(partition) < ende:
                for record in (await consumer.getmany(partition, timeout_ms=1000)).get(partition, []):
                    fundet.append(pak_ud(record.key, record.value, record.headers))
    finally:
        await consumer.stop()
    hemmelighed = indstillinger.cpr_hemmelighed.get_secret_value()
    return [k for k in fundet if k.noegle == cpr_noegle(k.besked.person.cpr, hemmelighed)]  # type: ignore[attr-defined]


def dagsfil(mappe: Path, dag: date, forrige: date | None, antal: int = 300) -> Path:
    path = mappe / f"D{dag:%y%m%d}.L431101"
    skriv_udtraek(path, dag, forrige, dagens_haendelser(Befolkning(dag.day, antal), forrige or dag))
    return path


async def test_fra_fil_til_emne(tmp_path: Path, indstillinger: Settings, db: Any) -> None:
    path = dagsfil(tmp_path, TIRSDAG, MANDAG)
    resultat = await indlaes([path], indstillinger)
    assert [(f.udgivet, f.uaendret) for f in resultat.filer] == [(330, False)]
    kuverter = await modtaget(indstillinger)
    assert len(kuverter) == 330 == len({k.id for k in kuverter})
    assert {k.kilde for k in kuverter} == {"/cpr/udtraek"}
    assert sum(isinstance(k.besked, CprHaendelse) for k in kuverter) == 300
    assert sum(isinstance(k.besked, PersonOpdateret) for k in kuverter) == 30
    raekke = await db.fetchrow("select * from ingest.udtraek")
    assert (raekke["opgavenr"], raekke["proddato"], raekke["forrige"]) == ("110901", TIRSDAG, MANDAG)
    assert (raekke["poster"], raekke["personer"], raekke["udgivet"]) == (resultat.poster, 330, 330)
    assert raekke["begyndt"] <= raekke["faerdig"]
    assert len(raekke["sha256"]) == 64


async def test_samme_fil_igen_aendrer_intet(tmp_path: Path, indstillinger: Settings, db: Any) -> None:
    path = dagsfil(tmp_path, TIRSDAG, MANDAG, 20)
    await indlaes([path], indstillinger)
    foer = await db.fetch("select * from ingest.udtraek")
    resultat = await indlaes([path], indstillinger)
    assert [(f.udgivet, f.uaendret) for f in resultat.filer] == [(None, True)]
    assert resultat.fejl == []
    assert await db.fetch("select * from ingest.udtraek") == foer
    assert len(await modtaget(indstillinger)) == 22


async def test_flere_filer_i_kaedens_orden(tmp_path: Path, indstillinger: Settings) -> None:
    filer = [dagsfil(tmp_path, ONSDAG, TIRSDAG, 10), dagsfil(tmp_path, TIRSDAG, MANDAG, 10)]
    resultat = await indlaes(filer, indstillinger)
    assert sorted((f.proddato, f.udgivet) for f in resultat.filer) == [("2026-03-03", 11), ("2026-03-04", 11)]


async def test_hul_og_andet_indhold_afvises_og_intet_udgives(tmp_path: Path, indstillinger: Settings) -> None:
    await indlaes([dagsfil(tmp_path, MANDAG, None, 10)], indstillinger)
    hul = await indlaes([dagsfil(tmp_path, ONSDAG, TIRSDAG, 10)], indstillinger)
    assert [f.felt for f in hul.fejl] == ["000.PRODDTOFORRIG"]
    andet = await indlaes([fil(tmp_path, POSTER, f"000{'0' * 10}1109012026030220260301", "andet")], indstillinger)
    assert [f.felt for f in andet.fejl] == ["000.PRODDTO"]
    assert len(await modtaget(indstillinger)) == 11


async def test_en_daarlig_fil_blandt_gode_standser_alt(tmp_path: Path, indstillinger: Settings) -> None:
    daarlig = fil(tmp_path, [BENT_001, "vrøvl"], navn="daarlig")
    resultat = await indlaes([dagsfil(tmp_path, TIRSDAG, MANDAG, 10), daarlig], indstillinger)
    assert [(f.linje, f.felt) for f in resultat.fejl] == [(3, "RECORDTYPE")]
    assert [f.udgivet for f in resultat.filer] == [None]
    assert await modtaget(indstillinger) == []


async def test_afbrudt_halvvejs_og_koert_igen_giver_de_samme_ider(
    tmp_path: Path, indstillinger: Settings, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dagsfil(tmp_path, TIRSDAG, MANDAG, 100)

    async def udgiv_halvt(producer: AIOKafkaProducer, kuverter: Iterator[Kuvert]) -> int:
        await udgiv(producer, [next(kuverter) for _ in range(40)])
        raise ConnectionResetError

    monkeypatch.setattr(indlaesning, "udgiv", udgiv_halvt)
    with pytest.raises(ConnectionResetError):
        await indlaes([path], indstillinger)
    assert await db.fetchval("select faerdig is null from ingest.udtraek")
    foerst = await modtaget(indstillinger)
    monkeypatch.undo()

    naeste = dagsfil(tmp_path, ONSDAG, TIRSDAG, 10)
    assert ["ikke indlæst færdigt" in f.grund for f in (await indlaes([naeste], indstillinger)).fejl] == [True]

    resultat = await indlaes([path], indstillinger)
    assert [f.udgivet for f in resultat.filer] == [110]
    assert await db.fetchval("select faerdig is not null from ingest.udtraek")
    alle = await modtaget(indstillinger)
    assert (len(foerst), len(alle), len({k.id for k in alle})) == (40, 150, 110)
    assert {k.id: k for k in foerst}.items() <= {k.id: k for k in alle}.items()


async def test_orden_pr_noegle(tmp_path: Path, indstillinger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """More events than may be under way at once, for few persons: each person's come in the order of their times."""
    monkeypatch.setattr(udgivelse, "UNDERVEJS", 50)
    poster = [*POSTER, BENT_001.replace(BENT_001[3:13], "6303500017")]
    for minut in range(60):
        poster += [f"099{p[3:13]}2026030210{59 - minut:02d}A01" for p in (POSTER[0], BENT_001, poster[9])]
    await indlaes([fil(tmp_path, poster)], indstillinger)
    kuverter = await modtaget(indstillinger)
    assert len(kuverter) == 181
    for noegle in {k.noegle for k in kuverter}:
        tider = [k.tid for k in kuverter if k.noegle == noegle]
        assert tider == sorted(tider)


async def test_kun_en_indlaesning_ad_gangen(tmp_path: Path, indstillinger: Settings) -> None:
    async with lager(indstillinger.database_url.get_secret_value()):
        with pytest.raises(Optaget):
            await indlaes([dagsfil(tmp_path, TIRSDAG, MANDAG, 10)], indstillinger)
    assert (await indlaes([dagsfil(tmp_path, TIRSDAG, MANDAG, 10)], indstillinger)).fejl == []


async def test_ukendt_emne_siges_klart(
    tmp_path: Path, indstillinger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    emne = f"findes-ikke-{uuid4().hex}"
    monkeypatch.setattr(CprHaendelse, "emne", emne)
    monkeypatch.setitem(EMNER, emne, EMNER[EMNE])
    with pytest.raises(TopicMissing, match=f"{emne} findes ikke"):
        await indlaes([fil(tmp_path, POSTER[:5])], indstillinger)


async def test_en_bekraeftelse_der_udebliver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udgivelse, "TAALMODIGHED_S", 0.05)
    with pytest.raises(KafkaSvigter, match="ingen bekræftelse"):
        await udgivelse._bekraeftet(asyncio.get_running_loop().create_future())
