"""PostgreSQL and its double give the same answers: every course runs against both, with the same expected result."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from shared.platform.database import Conflict, Moved
from shared.platform.stores import AGAIN, Settled
from shared.platform.transaction import Step
from tests.integration.proeve import KONTI
from tests.simulation.dobbelt import (
    EMNE,
    NR,
    OM_LIDT,
    Forloeb,
    Skema,
    effekt,
    er_faerdig,
    frist,
    gem,
    hos_begge,
    konto,
    plan,
    post,
    udgaaende,
)


class Fortrudt(Exception):
    """Rolls a transaction back."""


@pytest.fixture
def koer(database: str) -> Callable[[Forloeb], list[Any]]:
    return hos_begge(database)


def test_en_besked_er_ny_en_gang_og_igen_efter_en_fortrydelse(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        a, b = post(1), post(2)
        set_: list[Any] = []
        with suppress(Fortrudt):
            async with s.tx() as tx:
                set_.append(len(await tx.remember([a, a], NR)))
                raise Fortrudt
        set_.append(len(await s.i_tx(lambda tx: tx.remember([a], NR))))
        set_.append(await s.i_tx(lambda tx: tx.remember([a, b], NR)) == {b.id})
        return set_

    assert koer(forloeb) == [1, 1, True]


def test_samme_nye_besked_hos_to_paa_en_gang_er_kun_ny_hos_den_ene(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        async with s.tx() as tx:
            foerst = len(await tx.remember([post(1)], NR))
            anden = asyncio.create_task(s.i_tx(lambda tx: tx.remember([post(1)], NR)))
            venter = not await er_faerdig(anden)
        return [foerst, venter, len(await anden)]

    assert koer(forloeb) == [1, True, 0]


def test_positionen_flyttes_kun_derfra_hvor_den_er(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        def skridt(gammel: int, ny: int) -> list[Step]:
            return [Step(EMNE, 0, gammel, ny, ny - gammel, 0, 0, 0)]

        await s.i_tx(lambda tx: tx.advance(skridt(0, 3)))
        with pytest.raises(Moved):
            await s.i_tx(lambda tx: tx.advance(skridt(0, 5)))
        with suppress(Fortrudt):
            async with s.tx() as tx:
                await tx.advance(skridt(3, 9))
                raise Fortrudt
        return [(p["topic"], p["part"], p["next"], p["nr"]) for p in await s.positioner.positions()]

    assert koer(forloeb) == [(EMNE, 0, 3, 1)]


def test_en_ordensnoegle_holdes_af_en_ad_gangen_andre_gaar_videre(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        async with s.tx() as tx:
            await tx.lock(["a", "b"])
            samme = asyncio.create_task(s.i_tx(lambda tx: tx.lock(["b", "c"])))
            anden = asyncio.create_task(s.i_tx(lambda tx: tx.lock(["d"])))
            set_ = [await er_faerdig(anden), await er_faerdig(samme)]
        await samme
        return set_

    assert koer(forloeb) == [True, False]


def test_to_der_holder_hver_sit_og_vil_have_den_andens_bliver_ikke_staaende(
    koer: Callable[[Forloeb], list[Any]],
) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        begge = [asyncio.Event(), asyncio.Event()]

        async def en(nr: int) -> str:
            async with s.tx() as tx:
                await tx.lock(["ab"[nr]])
                begge[nr].set()
                await begge[1 - nr].wait()
                await tx.lock(["ba"[nr]])
            return "kom igennem"

        svar = await asyncio.gather(en(0), en(1), return_exceptions=True)
        return sorted(type(v).__name__ if isinstance(v, asyncpg.DeadlockDetectedError) else str(v) for v in svar)

    assert koer(forloeb) == ["DeadlockDetectedError", "kom igennem"]


def test_en_laest_raekke_venter_paa_den_der_skriver_og_ser_det_nyeste(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await gem(s, konto("k", 1), 0)
        async with s.tx() as tx:
            await tx.rows(KONTI, ["k"])
            laeser = asyncio.create_task(s.i_tx(lambda tx: tx.rows(KONTI, ["k", "findes ikke"])))
            venter = not await er_faerdig(laeser)
            loaded = await tx.load([])
            loaded.rows[KONTI], loaded.changed[KONTI] = {"k": (konto("k", 1, 2), 1)}, {"k": 1}
            await tx.write(plan(loaded=loaded))
        return [venter, await laeser]

    assert koer(forloeb) == [True, {"k": (konto("k", 1, 2), 2)}]


@pytest.mark.parametrize("laest", [0, 1], ids=["som om den ikke fandtes", "som den var før"])
def test_en_raekke_der_er_aendret_siden_den_blev_laest_skrives_ikke(
    koer: Callable[[Forloeb], list[Any]], laest: int
) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await gem(s, konto("k", 1), 0)
        await gem(s, konto("k", 1, 2), 1)
        with pytest.raises(Conflict):
            await gem(s, konto("k", 9), laest)
        return [await s.i_tx(lambda tx: tx.rows(KONTI, ["k"]))]

    assert koer(forloeb) == [{"k": (konto("k", 1, 2), 2)}]


def test_udbakken_ses_efter_commit_i_orden_og_slettes_en_gang(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        set_: list[Any] = []
        async with s.tx() as tx:
            await tx.write(plan(outbox=[udgaaende(1), udgaaende(2)]))
            set_.append(len(await s.outbox.waiting([1], 10, [])))
        raekker = await s.outbox.waiting([1], 10, [])
        set_ += [[bytes(r["value"]) for r in raekker], len(await s.outbox.waiting([0, 2, 3], 10, []))]
        ider = [r["id"] for r in raekker]
        lejer = await s.outbox.take_leases("a", 9)
        for medlem, epoker in (("b", lejer), ("a", {1: lejer[1] + 1}), ("a", {0: lejer[0]})):
            assert await s.outbox.delete(ider, medlem, epoker) == set()
        set_ += [len(await s.outbox.delete(ider[:1], "a", lejer)), await s.outbox.delete(ider, "a", lejer) == {ider[1]}]
        return set_

    assert koer(forloeb) == [0, [b"nr 1", b"nr 2"], 0, 1, True]


def test_en_leje_har_en_ad_gangen_til_den_udloeber_eller_gives_tilbage(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        tag = s.outbox.take_leases
        set_ = [await tag("a", 0.3), await tag("b", 9), await tag("a", 0.3)]
        await asyncio.sleep(0.5)
        set_ += [await tag("b", 9), await tag("a", 9)]
        await s.outbox.give_back("b")
        return [*set_, await tag("a", 9)]

    foerste, anden, tredje = (dict.fromkeys(range(4), ejer) for ejer in (1, 2, 3))
    assert koer(forloeb) == [foerste, {}, foerste, anden, {}, tredje]


def test_nyeste_tilstand_igen_er_den_der_er_nyest_naar_den_sendes(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(outbox=[udgaaende(1, version=1), udgaaende(3, version=3)])
        await s.skriv(outbox=[udgaaende(2, version=2)])
        foer = [r["id"] for r in await s.outbox.waiting([1], 10, [])]
        await s.outbox.state_again([("dobbelt.ud", b"k", 1), ("dobbelt.ud", b"k", 1), ("dobbelt.ud", b"ukendt", 1)])

        async def igen() -> list[tuple[bytes, bytes]]:
            nye = [r for r in await s.outbox.waiting([1], 10, []) if r["state_version"] == AGAIN]
            assert not {r["id"] for r in nye} & set(foer)
            return [(bytes(r["key"]), bytes(r["value"])) for r in nye]

        set_ = [await igen()]
        await s.skriv(outbox=[udgaaende(4, version=4)])
        return [*set_, await igen()]

    assert koer(forloeb) == [[(b"k", b"nr 3")], [(b"k", b"nr 4")]]


def test_indbakken_er_en_koe_pr_noegle_der_venter_paa_sin_foerste(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        daarlig, bag, anden = replace(post(1), attempts=1, wait=0.4), post(2), post(3, "m")
        await s.skriv(queued=[(daarlig, "fejl"), (bag, ""), (anden, "")])
        set_: list[Any] = [await s.forfaldne()]
        async with s.tx() as tx:
            set_.append([r["ofs"] for r in await tx.inbox_rows(["k", "m"], 10)])
            set_.append((await tx.surroundings(["k", "m", "x"]))[1])
        await asyncio.sleep(0.6)
        set_.append(await s.forfaldne())
        async with s.tx() as tx:
            raekker = await tx.inbox_rows(["k"], 10)
            set_.append([(r["ofs"], r["attempts"], r["last_error"], r["origin"]) for r in raekker])
            await tx.leave_inbox([raekker[0]["seq"]], [post(1).id])
        set_.append(await s.forfaldne())
        return set_

    ventet = [["m"], [3], {"k", "m"}, ["k", "m"], [(1, 1, "fejl", "kafka"), (2, 0, "", "kafka")], ["k", "m"]]
    assert koer(forloeb) == ventet


def test_en_haabloes_noegle_parkeres_med_sine_efterfoelgere_og_spaerrer(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(queued=[(post(1), "fejl"), (post(2), ""), (post(3, "m"), "")])
        await s.skriv(exhausted=["k"])
        await s.skriv(parked=[(post(4, "n"), ("kan ikke læses",), False)])
        _, venter, spaerret = await s.i_tx(lambda tx: tx.surroundings(["k", "m", "n"]))
        return [venter, spaerret, await s.forfaldne()]

    assert koer(forloeb) == [{"m"}, {"k"}, ["m"]]


def test_en_frist_falder_naar_alt_foer_den_er_laest(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        nu = await s.nu()
        await s.skriv(deadlines={"f": frist("f", nu + OM_LIDT), "senere": frist("senere", nu + timedelta(hours=1))})
        set_: list[Any] = [await s.frister.release(10)]
        await asyncio.sleep(0.6)
        set_.append(await s.frister.release(10))
        await s.positioner.read_until([(EMNE, 0, nu + timedelta(seconds=0.2))])
        set_.append(await s.frister.release(10))
        await s.positioner.read_until([(EMNE, 0, await s.positioner.now())])
        set_ += [await s.frister.release(10), await s.frister.release(10), await s.forfaldne()]
        naeste = await s.frister.until_next()
        return [*set_, naeste is not None and 3500 < naeste < 3600]

    assert koer(forloeb) == [0, 0, 0, 1, 0, ["k"], True]


def test_en_frist_flyttes_ophaeves_og_tages_tilbage_fra_indbakken(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        nu = await s.nu()
        await s.skriv(deadlines={"a": frist("a", nu), "b": frist("b", nu, "m"), "c": frist("c", nu, "n")})
        await s.skriv(deadlines={"a": frist("a", nu + timedelta(days=1)), "findes ikke": None})
        await s.positioner.read_until([(EMNE, 0, nu + timedelta(seconds=1))])
        set_: list[Any] = [await s.frister.release(10), await s.forfaldne()]
        await s.skriv(deadlines={"b": None, "a": None})
        return [*set_, await s.forfaldne(), await s.frister.until_next()]

    assert koer(forloeb) == [2, ["m", "n"], ["n"], None]


def test_uret_stilles_af_den_nyeste_version(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        nu = await s.nu()
        await s.ur.set(86_400_000, 2)
        await s.ur.set(999_000_000, 1)
        return [round((await s.nu() - nu).total_seconds() / 3600)]

    assert koer(forloeb) == [24]


def test_en_effekt_oensket_to_gange_tages_en_gang_af_en(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(effects={"e": effekt("e")})
        await s.skriv(effects={"e": effekt("e"), "f": effekt("f")})
        a, b = s.effekter("a"), s.effekter("b")
        tag = [
            await a.claim(["anden art"], 9, 9, 9),
            await a.claim(["anmeld"], 1, 9, 9),
            await b.claim(["anmeld"], 9, 9, 9),
        ]
        set_ = [[(r["noegle"], r["state"], r["attempts"], r["ask"]) for r in t] for t in tag]
        return [*set_, len(await b.claim(["anmeld"], 9, 9, 9))]

    assert koer(forloeb) == [[], [("e", "sending", 1, False)], [("f", "sending", 1, False)], 0]


def test_et_forladt_kald_bliver_ukendt_og_spoerges_om_efter_afklaringstiden(
    koer: Callable[[Forloeb], list[Any]],
) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(effects={"e": effekt("e")})
        a, b = s.effekter("a"), s.effekter("b")
        await a.claim(["anmeld"], 9, 0.3, 9)
        await asyncio.sleep(0.5)
        set_ = [len(await b.claim(["anmeld"], 9, 9, 0.3)), len(await b.claim(["anmeld"], 9, 9, 0.3))]
        await asyncio.sleep(0.5)
        spoergsmaal = await b.claim(["anmeld"], 9, 9, 0.3)
        return [*set_, [(r["state"], r["attempts"], r["ask"]) for r in spoergsmaal]]

    assert koer(forloeb) == [0, 0, [("unknown", 1, True)]]


def test_et_udfald_skrives_en_gang_og_kun_for_det_kald_det_kom_af(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(effects={"e": effekt("e")})
        a, b = s.effekter("a"), s.effekter("b")
        await a.claim(["anmeld"], 9, 9, 9)
        svar = (b"{}", b"")
        await b.record([Settled("e", "unknown", "fremmed", 0.0, None, (1, 0))])
        optaget = Settled("e", "wanted", "optaget", 0.0, None, (1, 0))
        await a.record([optaget])
        igen = await a.claim(["anmeld"], 9, 9, 9)
        await a.record([optaget])
        igen += await a.claim(["anmeld"], 9, 9, 9)
        await b.record([Settled("e", "done", "", 0.0, svar, (0, 0))])
        assert await a.record([Settled("e", "done", "", 0.0, svar, (0, 0))]) == []
        assert await a.record([Settled("e", "refused", "", 0.0, svar, (0, 0))]) == ["e"]
        async with s.tx() as tx:
            raekker = await tx.inbox_rows(["k"], 10)
        set_ = [(r["attempts"], r["ask"]) for r in igen]
        return [*set_, [(r["origin"], bytes(r["value"])) for r in raekker], len(await a.claim(["anmeld"], 9, 9, 9))]

    assert koer(forloeb) == [(2, False), [("effect", b"{}")], 0]


def test_et_kald_er_aabent_til_det_er_afgjort_eller_lagt_til_side(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        a, b = s.effekter("a"), s.effekter("b")
        set_ = [await b.any_open("anmeld")]
        await s.skriv(effects={"e": effekt("e"), "f": effekt("f")})
        set_ += [await b.any_open("anmeld"), await b.any_open("anden art")]
        await a.claim(["anmeld"], 9, 9, 9)
        await a.record([Settled("e", "done", "", 0.0, (b"{}", b""), (1, 0))])
        set_.append(await b.any_open("anmeld"))
        await a.set_aside(["f"])
        return [*set_, await b.any_open("anmeld")]

    assert koer(forloeb) == [False, True, False, True, False]
