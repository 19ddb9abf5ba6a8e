"""Topics that are not as they should be: records too large for them, offsets and partitions that are gone."""

import asyncio
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import KafkaError

from contracts.emner import EMNER
from shared.platform.engine import shard_of
from shared.platform.kafka import client_kwargs, create_topics
from shared.platform.relay import STUCK_S
from tests.faults.vagt import Vagt, siger, siger_intet
from tests.integration.hjaelp import Proces, alle, hub, i_ro, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling

KONTI = [f"k{n}" for n in range(20)]
FOR_STOR = "x" * 490
"""An account whose name alone makes a message larger than the broker takes."""
BROKERENS_GRAENSE = 2000


async def med_admin(opstilling: Opstilling, *kald: tuple[str, Any]) -> None:
    admin = AIOKafkaAdminClient(**client_kwargs(opstilling.settings))
    await admin.start()
    try:
        for metode, argument in kald:
            await getattr(admin, metode)(argument)
    finally:
        await admin.close()


async def numre(opstilling: Opstilling) -> dict[str, list[int]]:
    """What every account has noted, in order."""
    async with skema(opstilling) as db:
        rows = await db.fetch("select konto, array(select jsonb_array_elements_text(numre)) n from konto")
    return {r["konto"]: [int(n) for n in r["n"]] for r in rows}


async def ude(opstilling: Opstilling) -> Counter[str]:
    """How many records of each account stand on the topic out; never one of them twice."""
    poster = await alle(opstilling, opstilling.ud)
    ids = Counter(dict(p.headers)["ce_id"] for p in poster)
    assert set(ids.values()) <= {1}
    return Counter(p.key.decode() for p in poster)


async def test_det_der_staar_bag_en_for_stor_besked_overhaler_den_ikke(kafka_servers: list[str], database: str) -> None:
    """A small message is not refused, but it belongs behind the large one of its key: published in order, once."""
    opstilling = Opstilling(kafka_servers, database)
    graense = {"max.message.bytes": str(BROKERENS_GRAENSE)}
    await create_topics(opstilling.settings, [EMNER[opstilling.ur], EMNER[opstilling.ind]])
    await med_admin(opstilling, ("create_topics", [NewTopic(opstilling.ud, 3, 1, topic_configs=graense)]))
    koe = [b"stor" + b"x" * 5000, b"lille 1", b"lille 2"]

    async def paa_emnet() -> list[bytes]:
        return [p.value for p in await alle(opstilling, opstilling.ud) if p.key == b"blandet"]

    with Proces(opstilling) as proces:
        await proces.koerer()
        async with skema(opstilling) as db:
            for noegle, vaerdi in (*((b"blandet", v) for v in koe), (b"en anden", b"for sig")):
                await db.execute(
                    "insert into outbox (shard, topic, key, value, headers) values ($1, $2, $3, $4, ''::bytea)",
                    shard_of(noegle), opstilling.ud, noegle, vaerdi,
                )  # fmt: skip
            await siger(proces, "nøgler der venter: 1 (MessageSizeTooLargeError")
            await asyncio.sleep(2 * STUCK_S + 1)
            assert await paa_emnet() == []
            stoerre = ConfigResource(ConfigResourceType.TOPIC, opstilling.ud, configs={"max.message.bytes": "1048588"})
            await med_admin(opstilling, ("alter_configs", [stoerre]))

            async def tom() -> bool:
                return not await db.fetchval("select exists(select 1 from outbox)")

            await vent_til(tom, 60, "køen blev ikke udgivet")
    assert await paa_emnet() == koe


async def test_en_besked_der_er_for_stor_for_brokeren_standser_kun_sin_egen_noegle(
    kafka_servers: list[str], database: str
) -> None:
    """The broker takes less than we do. Small messages go out, also when together they are more than it takes."""
    opstilling = Opstilling(kafka_servers, database)
    graense = {"max.message.bytes": str(BROKERENS_GRAENSE)}
    await create_topics(opstilling.settings, [EMNER[opstilling.ur], EMNER[opstilling.ind]])
    await med_admin(opstilling, ("create_topics", [NewTopic(opstilling.ud, 3, 1, topic_configs=graense)]))
    with Proces(opstilling) as proces:
        await proces.koerer()
        vagt = Vagt(proces)
        await opstilling.send(*(Indsat(konto=FOR_STOR, nr=n) for n in (1, 2, 3)))
        await opstilling.send(*(Indsat(konto=k, nr=n) for n in range(1, 31) for k in KONTI))

        async def alle_smaa() -> bool:
            return await ude(opstilling) == dict.fromkeys(KONTI, 30)

        await vent_til(alle_smaa, 60, "de små kom ikke ud")
        await siger(proces, "beskeder kan ikke udgives, nøgler der venter: 1 (MessageSizeTooLargeError")
        await asyncio.sleep(6)
        vagt.efterse(grund="MessageSizeTooLargeError")
        async with skema(opstilling) as db:
            assert await db.fetchval("select count(*) from outbox") == 3
        stoerre = ConfigResource(ConfigResourceType.TOPIC, opstilling.ud, configs={"max.message.bytes": "1048588"})
        await med_admin(opstilling, ("alter_configs", [stoerre]))
        b = await i_ro(opstilling)
        await siger_intet(proces)
    assert await ude(opstilling) == {**dict.fromkeys(KONTI, 30), FOR_STOR: 3}
    assert (b.difference, b.differences, b.parked) == (0, [], 0)


async def test_loggens_begyndelse_rykker_forbi_en_frossen_proces(kafka_servers: list[str], database: str) -> None:
    """Retention took what was not read: counted, said in the log and in the balance, and the rest is read."""
    opstilling = Opstilling(kafka_servers, database)
    await opstilling.opret()
    with Proces(opstilling) as proces:
        await proces.koerer()
        await opstilling.send(*(Indsat(konto="a", nr=n) for n in range(1, 11)))
        await i_ro(opstilling)
        proces.signal(signal.SIGSTOP)
        try:
            await opstilling.send(*(Indsat(konto="a", nr=n) for n in range(11, 21)))
            await opstilling.send(*(Indsat(konto="a", nr=n) for n in range(21, 61)))
            async with skema(opstilling) as db:
                del_ = await db.fetchval("select part from position where topic = $1 and next > 0", opstilling.ind)
            vaek = {TopicPartition(opstilling.ind, del_): RecordsToDelete(before_offset=40)}
            await med_admin(opstilling, ("delete_records", vaek))
        finally:
            proces.signal(signal.SIGCONT)
        async with hub(opstilling) as h:
            await h.wait_until_quiet(60)
            (b,) = await h.balances()
        linje = proces.sagt("offsets fandtes ikke")
    noteret = (await numre(opstilling))["a"]
    tabt = sorted(set(range(1, 61)) - set(noteret))
    # The broker still answers the fetch that was under way: the first ten may have come with that.
    assert tabt in (list(range(11, 41)), list(range(21, 41)))
    assert noteret == sorted(noteret)
    assert linje is not None
    assert (linje["sted"], linje["antal"], linje["level"]) == (f"{opstilling.ind}/{del_}", len(tabt), "error")
    assert b.differences == [f"{opstilling.ind}/{del_}: {len(tabt)} offsets fandtes ikke, da der blev læst"]
    assert (b.received, b.handled, b.difference, b.parked) == (len(noteret), len(noteret), 0, 0)


async def test_et_emne_der_mister_partitioner_siges_og_intet_springes_over(
    kafka_servers: list[str], database: str
) -> None:
    """Made anew with fewer partitions under a running service: it says so and waits; a start is refused.

    With the number it had, but empty, it says that, too: what to do is for a person.
    """
    opstilling = Opstilling(kafka_servers, database)
    await opstilling.opret()
    with Proces(opstilling) as proces:
        await proces.koerer()
        await opstilling.send(*(Indsat(konto=k, nr=n) for n in (1, 2, 3) for k in KONTI))
        await i_ro(opstilling)
        await oprettet_paa_ny(opstilling, 1)
        await siger(proces, f"{opstilling.ind} har 1 partitioner, men 3 er aftalt")
        vagt = Vagt(proces)
        await opstilling.send(*(Indsat(konto=k, nr=4) for k in KONTI))
        with Proces(opstilling) as ny:
            assert await ny.slut(30) == 1
            assert "har 1 partitioner, men 3 er aftalt. Opret det igen med 3" in ny.log.read_text()
        vagt.slut()
        assert len(vagt.linjer) <= 5

        await oprettet_paa_ny(opstilling, 3)
        await opstilling.send(*(Indsat(konto=k, nr=5) for k in KONTI))
        await siger(proces, "er emnet oprettet på ny?")
        assert set(map(tuple, (await numre(opstilling)).values())) == {(1, 2, 3)}


async def oprettet_paa_ny(opstilling: Opstilling, partitioner: int) -> None:
    """The topic in is deleted and made anew with so many partitions."""
    await med_admin(opstilling, ("delete_topics", [opstilling.ind]))

    async def igen() -> bool:
        with suppress(KafkaError):
            await med_admin(opstilling, ("create_topics", [NewTopic(opstilling.ind, partitioner, 1)]))
        return await antal_partitioner(opstilling) == partitioner

    await vent_til(igen, 30, "emnet blev ikke oprettet igen")


async def antal_partitioner(opstilling: Opstilling) -> int:
    admin = AIOKafkaAdminClient(**client_kwargs(opstilling.settings))
    await admin.start()
    try:
        return len((await admin.describe_topics([opstilling.ind]))[0]["partitions"])
    finally:
        await admin.close()
