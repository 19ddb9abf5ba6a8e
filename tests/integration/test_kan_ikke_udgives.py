"""One row of the outbox that cannot be published holds up its own key only, and `/health` says so."""

import asyncio
from collections import Counter

import pytest

from contracts.emner import EMNER, Emne
from shared.platform.engine import shard_of
from shared.platform.kafka import create_topics
from shared.platform.records import pack_headers
from shared.platform.relay import STUCK_S
from tests.integration.proeve import Indsat, Noteret
from tests.integration.scene import Scene, kuvert, vent_paa

FOR_LANG = "x" * 1_200_000
KONTI = [f"k{n}" for n in range(20)]


async def _i_outbox(s: Scene, emne: str, noegle: str, nr: int) -> None:
    """As a handler of an older program might have left it."""
    k = kuvert(Noteret(konto="raekke", nr=nr, i_alt=nr), f"raekke-{noegle[:9]}-{nr}", noegle)
    raa = noegle.encode()
    async with s.db() as db:
        await db.execute(
            "insert into outbox (shard, topic, key, value, headers) values ($1, $2, $3, $4, $5)",
            shard_of(raa), emne, raa, k.vaerdi(), pack_headers(k.headers()),
        )  # fmt: skip


async def _paa(s: Scene, emne: str) -> list[tuple[str, str]]:
    """Key and id of every record of a topic."""
    return [(r.key.decode(), dict(r.headers)["ce_id"].decode()) for r in await s.alle_poster(emne)]


async def _alle_ude(s: Scene, hver: int) -> None:
    """Wait until every account has said so many; each of its messages stands on the topic once."""

    async def ude() -> bool:
        return Counter(noegle for noegle, _ in await _paa(s, s.ud)) == dict.fromkeys(KONTI, hver)

    await vent_paa(ude, f"{hver} fra hver konto")
    assert set(Counter(id_ for _, id_ in await _paa(s, s.ud)).values()) == {1}


async def test_en_for_lang_noegle_standser_kun_sig_selv(
    kafka_servers: list[str], database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.processor():
        await _i_outbox(s, s.ud, FOR_LANG, 1)
    async with s.koerer() as tjeneste, s.db() as db:
        for nr in (1, 2):
            await s.send(*(Indsat(konto=k, nr=nr) for k in KONTI))
            await _alle_ude(s, nr)

        async def sagt() -> bool:
            grund = tjeneste.state()["venter_paa"].get("relæ", "")
            return "kan ikke udgives, nøgler der venter: 1 (MessageSizeTooLargeError" in grund

        await vent_paa(sagt, "/health siger det")
        await asyncio.sleep(2 * STUCK_S)
        assert tjeneste.state()["sund"] is True
        assert await db.fetchval("select count(*) from outbox") == 1
        await db.execute("delete from outbox")

        async def intet() -> bool:
            return tjeneste.state()["venter_paa"] == {}

        await vent_paa(intet, "/health siger, at det er forbi")
    linjer = [linje for linje in capfd.readouterr().err.splitlines() if '"relæ"' in linje]
    assert len(linjer) == 1, linjer


async def test_hvad_en_anden_har_overtaget_siges_ikke_laengere(kafka_servers: list[str], database: str) -> None:
    """A relay that has lost all its shards while a key could not be published does not wait for anything."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with s.processor():
        await _i_outbox(s, s.ud, FOR_LANG, 1)
    async with s.koerer() as tjeneste, s.db() as db:

        async def siger_det() -> bool:
            return "relæ" in tjeneste.state()["venter_paa"]

        async def siger_intet() -> bool:
            return tjeneste.state()["venter_paa"] == {}

        await vent_paa(siger_det, "/health siger det")
        await db.execute("update lease set owner = 'en anden', epoch = epoch + 1, until = 'infinity'")
        await vent_paa(siger_intet, "/health siger, at det er forbi")
        assert await db.fetchval("select count(*) from outbox") == 1
        await db.execute("update lease set until = '-infinity'")
        await vent_paa(siger_det, "den siger det igen, da nøglen er dens egen")
        await db.execute("delete from outbox")


async def test_et_emne_der_mangler_standser_kun_sine_egne(kafka_servers: list[str], database: str) -> None:
    """What waits for the topic goes out in order when it is made."""
    s = Scene(kafka_servers, database)
    await s.opret()
    mangler = f"{s.navn}.mangler"
    EMNER[mangler] = Emne(mangler, "konto", "test", "test", partitioner=1)
    async with s.processor():
        for noegle in ("m1", "m2", "m3"):
            for nr in (1, 2):
                await _i_outbox(s, mangler, noegle, nr)
    async with s.koerer() as tjeneste, s.db() as db:
        for nr in (1, 2):
            await s.send(*(Indsat(konto=k, nr=nr) for k in KONTI))
            await _alle_ude(s, nr)

        async def sagt() -> bool:
            return f"{mangler}: " in tjeneste.state()["venter_paa"].get("relæ", "")

        await vent_paa(sagt, "/health siger det")
        assert tjeneste.state()["sund"] is True
        assert await db.fetchval("select count(*) from outbox") == 6
        await create_topics(s.settings, [EMNER[mangler]])

        async def tom() -> bool:
            return await db.fetchval("select count(*) = 0 from outbox") and tjeneste.state()["venter_paa"] == {}

        await vent_paa(tom, "alt er udgivet, og /health siger det")
        fundet = await _paa(s, mangler)
        assert sorted(fundet) == [(n, f"raekke-{n}-{nr}") for n in ("m1", "m2", "m3") for nr in (1, 2)]
        for noegle in ("m1", "m2", "m3"):
            assert [i for n, i in fundet if n == noegle] == [f"raekke-{noegle}-1", f"raekke-{noegle}-2"]
        await _alle_ude(s, 2)
