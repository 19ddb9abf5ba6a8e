"""Effects against a real HTTP server with a ledger: what it has accepted is never sent again, whatever is lost."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shared.platform.effects import Claimed, Effects, Outcome
from shared.platform.metrics import Metrics
from shared.platform.processor import Wake
from shared.platform.records import pack_headers, unpack_headers
from shared.platform.stores import EffectStore
from shared.platform.tjeneste import IkkeSendt, Svar, Udfoert
from tests.integration.proeve import Anmeld, Anmelder, Anmeldt, Indsat, Planer, tjeneste
from tests.integration.scene import Scene, indsat, kuvert, vent_paa
from tests.integration.udbyder import AFVIS, FEJL, HOLD, OPTAGET, TABT_EFTER, TABT_FOER, Udbyder

ROD = Path(__file__).parents[2]


async def tilstande(s: Scene) -> dict[str, str]:
    async with s.db() as db:
        return {r["noegle"]: r["state"] for r in await db.fetch("select noegle, state from effect")}


async def svar(s: Scene, konto: str) -> list[str]:
    """The outcomes that an account has heard of, in order."""
    async with s.db() as db:
        fundet = await db.fetchval(
            "select array(select jsonb_array_elements_text(svar)) from konto where konto = $1", konto
        )
    return list(fundet or ())


class Forventet(NamedTuple):
    """What the provider does with the calls, and what must come of it."""

    navn: str
    plan: tuple[str, ...]
    tilstand: str
    svar: str
    sendt: int
    accepteret: int


# fmt: off
FORLOEB = (
    Forventet("lykkes",                                               (),                      "done",    "ja",  1, 1),
    Forventet("afvises",                                              (AFVIS,),                "refused", "nej", 1, 0),
    Forventet("optaget to gange, så lykkes det",                      (OPTAGET, OPTAGET),      "done",    "ja",  3, 1),
    Forventet("svaret tabt efter accept: spørges, sendes ikke igen",  (TABT_EFTER,),           "done",    "ja",  1, 1),
    Forventet("forbindelsen tabt før accept: spørges, sendes igen",   (TABT_FOER,),            "done",    "ja",  2, 1),
    Forventet("tabt før og siden efter accept",                       (TABT_FOER, TABT_EFTER), "done",    "ja",  2, 1),
    Forventet("500: ingen ved det: spørges, sendes igen",             (FEJL,),                 "done",    "ja",  2, 1),
    Forventet("tabt, derefter afvist",                                (TABT_FOER, AFVIS),      "refused", "nej", 2, 0),
    Forventet("intet svar inden for tiden: spørges, ikke sendt",      (HOLD,),                 "done",    "ja",  1, 1),
)
# fmt: on


async def test_alle_udfald(kafka_servers: list[str], database: str) -> None:
    """Every course beside each other: end state, outcome message, calls and acceptances of each."""
    s = Scene(kafka_servers, database)
    await s.opret()
    planer = {f"e{n}": p for n, p in enumerate(FORLOEB)}
    async with Udbyder({e: list(f.plan) for e, f in planer.items()}) as udbyder:
        async with s.koerer(s.tjeneste(udbyder.url)):
            await s.send(*(Indsat(konto=f"k{e}", nr=1, effekt=e) for e in planer))
            balance = await s.i_ro()
        for e, f in planer.items():
            assert (await tilstande(s))[e] == f.tilstand, f.navn
            assert await svar(s, f"k{e}") == [f"{e}={f.svar}"], f.navn
            assert (udbyder.sendt(e), udbyder.accepteret[e]) == (f.sendt, f.accepteret), f.navn
            assert udbyder.spurgt(e) == sum(skridt in (TABT_EFTER, TABT_FOER, FEJL, HOLD) for skridt in f.plan), f.navn
    assert balance.effects == {"done": 7, "refused": 2}
    assert balance.effects_wanted == 9


async def test_et_spoergsmaal_uden_svar_sender_intet(kafka_servers: list[str], database: str) -> None:
    """While nobody can say what became of it, it is asked about again and again, and never sent."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder({"e": [TABT_EFTER]}, svar={"e": [503, 500]}) as udbyder, s.koerer(s.tjeneste(udbyder.url)):
        await s.send(*indsat("a", [1], effekt="e"))
        await s.i_ro()
        assert await svar(s, "a") == ["e=ja"]
        assert [m for m, _ in udbyder.kald] == ["POST", "GET", "GET", "GET"]
        assert udbyder.accepteret["e"] == 1


async def test_en_fejl_i_klienten_selv_taber_intet_andet_udfald(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client raises where nobody expects it, every time for one effect: the others are settled, each sent once."""

    def ukendt(_self: Anmelder, noegle: str, _indhold: object) -> None:
        if noegle == "e0":
            raise KeyError("fejl i klienten")

    monkeypatch.setattr(Anmelder, "ukendt", ukendt)
    s = Scene(kafka_servers, database)
    await s.opret()
    planer = {"e0": [TABT_EFTER], "e1": [TABT_EFTER], "e2": [], "e3": []}
    async with Udbyder(planer) as udbyder, s.koerer(s.tjeneste(udbyder.url)):
        await s.send(*(Indsat(konto=f"k{e}", nr=1, effekt=e) for e in planer))

        async def de_andre() -> bool:
            return await tilstande(s) == {"e0": "unknown", "e1": "done", "e2": "done", "e3": "done"}

        await vent_paa(de_andre, "de andre udfald er skrevet ned")
        monkeypatch.undo()
        await s.i_ro()
        assert await tilstande(s) == dict.fromkeys(planer, "done")
        assert udbyder.accepteret == dict.fromkeys(planer, 1)


async def test_udbyderen_er_vaek_og_kommer_igen(kafka_servers: list[str], database: str) -> None:
    """No connection: surely not sent. It waits, says so, parks nothing, and goes on by itself."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder() as optager_porten:
        port = int(optager_porten.url.rsplit(":", 1)[1])
    async with s.koerer(s.tjeneste(f"http://127.0.0.1:{port}")) as tjeneste:
        await s.send(*(Indsat(konto=f"k{n}", nr=1, effekt=f"e{n}") for n in range(5)))

        async def venter() -> bool:
            return "ingen forbindelse" in tjeneste.state()["venter_paa"].get("effekter", "")

        await vent_paa(venter, "tjenesten siger, hvad den venter på")
        assert tjeneste.state()["sund"] is True
        assert set((await tilstande(s)).values()) <= {"wanted", "sending"}
        async with Udbyder(port=port) as udbyder:
            balance = await s.i_ro()
            assert udbyder.accepteret == {f"e{n}": 1 for n in range(5)}
            assert not [n for n in range(5) if udbyder.spurgt(f"e{n}")]
        assert tjeneste.state()["venter_paa"] == {}
    assert balance.effects == {"done": 5}
    assert balance.parked == 0


async def test_et_medlem_hvis_arbejde_et_andet_har_gjort_venter_ikke_mere(
    kafka_servers: list[str], database: str
) -> None:
    """It held its calls back; the calls were made by another: there is nothing left that it waits for."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder() as optager_porten:
        port = int(optager_porten.url.rsplit(":", 1)[1])
    async with s.koerer(s.tjeneste(f"http://127.0.0.1:{port}")) as uden_forbindelse, Udbyder() as udbyder:
        await s.send(*indsat("a", [1], effekt="e"))

        async def venter() -> bool:
            return "ingen forbindelse" in uden_forbindelse.state()["venter_paa"].get("effekter", "")

        await vent_paa(venter, "den ene når ikke udbyderen")
        async with s.koerer(s.tjeneste(udbyder.url)):

            async def intet() -> bool:
                return udbyder.accepteret["e"] == 1 and uden_forbindelse.state()["venter_paa"] == {}

            await vent_paa(intet, "den ene siger ikke mere, at den venter")
            await s.i_ro()
    assert await svar(s, "a") == ["e=ja"]


class _Lukket:
    """A receiver that is away until it opens; every call it takes goes well."""

    afklaringstid = timedelta(seconds=1)

    def __init__(self) -> None:
        self.aaben = False
        self.kaldt: list[str] = []

    async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
        if not self.aaben:
            raise IkkeSendt("lukket")
        self.kaldt.append(noegle)
        return Udfoert(Anmeldt(konto=indhold.konto, noegle=noegle, svar="ja"))

    async def spoerg(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar | None:
        return None

    def ukendt(self, noegle: str, indhold: Anmeld) -> None:
        return None

    async def luk(self) -> None: ...


class _RygerVed(EffectStore):
    """The database is away when this kind is claimed."""

    art = ""

    async def claim(self, arts: Sequence[str], limit: int, lease: float, settle: float) -> list[Any]:
        if self.art in arts:
            self.art = ""
            raise ConnectionResetError("forbindelsen røg")
        return await super().claim(arts, limit, lease, settle)


async def test_en_proeve_der_er_taget_op_ligger_ikke_hen_naar_den_naeste_ikke_kan_tages(
    kafka_servers: list[str], database: str
) -> None:
    """Two receivers were away; the database fails between the two looks whether they are there again."""
    s = Scene(kafka_servers, database)
    await s.opret()
    lukkede = {"en": _Lukket(), "to": _Lukket()}
    async with s.processor() as p, s.db() as db:
        for art in lukkede:
            k = kuvert(Anmeld(konto=art, noegle=art), art, art)
            await db.execute(
                "insert into effect (noegle, art, order_key, value, headers) values ($1, $1, $1, $2, $3)",
                art, k.vaerdi(), pack_headers(k.headers()),
            )  # fmt: skip
        t = s.tjeneste("http://127.0.0.1:9")
        effekter = Effects(t, "medlem", p.pool, Metrics(), Wake(), lukkede)
        lager = effekter.store = _RygerVed(p.pool, "medlem")

        async def turen_gaar(holder: Callable[[], bool]) -> bool:
            with suppress(ConnectionResetError):
                await effekter.step()
            return holder()

        await vent_paa(lambda: turen_gaar(lambda: len(effekter._held_back) == 2), "begge er væk")  # pyright: ignore[reportPrivateUsage]
        for klient in lukkede.values():
            klient.aaben = True
        lager.art = "to"
        await vent_paa(lambda: turen_gaar(lambda: all(k.kaldt for k in lukkede.values())), "begge er kaldt")
        assert lager.art == "", "forbindelsen røg ikke"
        await effekter.close()
    assert {art: k.kaldt for art, k in lukkede.items()} == {"en": ["en"], "to": ["to"]}
    assert await tilstande(s) == {"en": "done", "to": "done"}


def test_uvist_igen_er_en_ny_besked_men_samme_udfald_er_den_samme() -> None:
    """Sent again by a person and lost again, it must be heard of again; written down twice, it is heard of once."""
    t = tjeneste("proeve", ("ind",), "http://127.0.0.1:9")
    effekter = Effects(t, "medlem", None, Metrics(), Wake(), {})  # pyright: ignore[reportArgumentType]
    nu = datetime(2024, 1, 1, tzinfo=UTC)

    def fortalt(forsoeg: int) -> bytes:
        kald = Claimed("e", "anmeld", "k", kuvert(Anmeld(konto="k", noegle="e"), "e", "k"), forsoeg, 0, False, nu, 0.0)
        udfald = Outcome(kald, "unknown", Anmeldt(konto="k", noegle="e", svar="uvist"), float("inf"))
        svar = effekter._answer(udfald)  # pyright: ignore[reportPrivateUsage]
        assert svar is not None
        return dict(unpack_headers(svar[1]))["ce_id"] or b""

    assert len({fortalt(1), fortalt(1), fortalt(2)}) == 2


async def test_samme_noegle_oensket_to_gange_kaldes_en_gang(kafka_servers: list[str], database: str) -> None:
    """In one batch, in another batch, from another account, and after it is done: one call for ever."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder() as udbyder, s.koerer(s.tjeneste(udbyder.url)):
        await s.send(*indsat("a", [1, 2], effekt="brev"))
        await s.i_ro()
        await s.send(*indsat("a", [3], effekt="brev"), *indsat("b", [1], effekt="brev"))
        balance = await s.i_ro()
        assert udbyder.kald == [("POST", "brev")]
    assert await svar(s, "a") == ["brev=ja"]
    assert await svar(s, "b") == []
    assert (balance.effects, balance.effects_wanted) == ({"done": 1}, 1)


async def test_udfaldet_behandles_i_orden_med_noeglens_andre_beskeder(kafka_servers: list[str], database: str) -> None:
    """A failing message that came before the outcome keeps the outcome waiting; what comes later waits behind it."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with (
        Udbyder({"e": [OPTAGET]}) as udbyder,
        s.koerer(s.tjeneste(udbyder.url), s.settings.model_copy(update={"forsoeg": 10_000})),
    ):
        await s.send(*indsat("a", [1], effekt="e"), *indsat("a", [2], fejl="x"))

        async def faerdig() -> bool:
            return (await tilstande(s)).get("e") == "done"

        await vent_paa(faerdig, "effekten er udført")
        await s.send(*indsat("a", [3]))

        async def tre() -> bool:
            async with s.db() as db:
                rows = await db.fetch("select origin from inbox where order_key = 'a' order by seq")
            return [r["origin"] for r in rows] == ["kafka", "effect", "kafka"]

        await vent_paa(tre, "tre i kø")
        assert await svar(s, "a") == []
        Planer.fejl["x"] = 0
        await s.i_ro()
    assert await svar(s, "a") == ["e=ja"]
    assert await s.numre("a") == [1, 2, 3]


async def test_svaret_kom_men_kunne_ikke_skrives_ned(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between answer and record: the answer in hand is written down when it is back."""
    s = Scene(kafka_servers, database)
    await s.opret()
    oprindelig = Effects._record
    tabt: list[object] = []

    async def _record(self: Effects, outcomes: object) -> None:
        if not tabt:
            tabt.append(outcomes)
            raise ConnectionResetError("databasen røg")
        await oprindelig(self, outcomes)  # type: ignore[arg-type]

    monkeypatch.setattr(Effects, "_record", _record)
    async with Udbyder() as udbyder, s.koerer(s.tjeneste(udbyder.url)):
        await s.send(*indsat("a", [1], effekt="e"))
        await s.i_ro()
        assert udbyder.kald == [("POST", "e")]
        assert udbyder.accepteret["e"] == 1
    assert await svar(s, "a") == ["e=ja"]


@asynccontextmanager
async def proces(s: Scene, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service as a process; killed at the end if it still lives."""
    args = [s.navn, s.settings.kafka_bootstrap_servers, s.settings.database_url.get_secret_value(), "3", url]
    p = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.proces_kald", *args, cwd=ROD,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield p
    finally:
        if p.returncode is None:
            p.kill()
        await p.wait()


@pytest.mark.parametrize("accepteret", [True, False], ids=["efter accept", "før accept"])
async def test_processen_draebes_mellem_kald_og_svar(accepteret: bool, kafka_servers: list[str], database: str) -> None:
    """SIGKILL while the provider holds the answer: the next process asks; the ledger shows one acceptance."""
    s = Scene(kafka_servers, database)
    await s.opret()
    async with Udbyder({"e": [HOLD]}) as udbyder:
        async with proces(s, udbyder.url) as p:
            await s.send(*indsat("a", [1], effekt="e"))

            async def kaldt() -> bool:
                assert p.returncode is None
                return udbyder.sendt("e") == 1

            await vent_paa(kaldt, "udbyderen er kaldt")
            p.kill()
        if not accepteret:
            udbyder.accepteret.clear()
        assert await tilstande(s) == {"e": "sending"}
        async with s.koerer(s.tjeneste(udbyder.url)):
            balance = await s.i_ro()
        assert udbyder.spurgt("e") == 1
        assert udbyder.sendt("e") == (1 if accepteret else 2)
        assert udbyder.accepteret["e"] == 1
    assert await svar(s, "a") == ["e=ja"]
    assert balance.effects == {"done": 1}
