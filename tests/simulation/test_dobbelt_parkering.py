"""What is parked, released and discarded; what cannot be read or published: PostgreSQL and its double agree."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shared.platform.operators import NotAllowed
from tests.simulation.dobbelt import EMNE, NR, Forloeb, Skema, effekt, hos_begge, post, udgaaende


@pytest.fixture
def koer(database: str) -> Callable[[Forloeb], list[Any]]:
    return hos_begge(database)


async def parker_k(s: Skema) -> list[int]:
    """Three messages of `k` parked in order, and one of nobody's; the numbers they got."""
    await s.skriv(queued=[(post(1), "fejl"), (post(2), ""), (post(3), "")])
    await s.skriv(exhausted=["k"])
    raa = post(4)
    raa.order_key, raa.kuvert, raa.handled_id = "", None, None
    await s.skriv(parked=[(raa, ("kan ikke læses",), False)])
    return [id_ for id_, *_ in await s.parkeret()]


def test_de_frigivne_staar_i_koe_i_den_orden_de_kom(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        ider = await parker_k(s)
        svar: list[Any] = [[(noegle, spaerrer) for _, noegle, spaerrer in await s.parkeret()]]
        svar.append(await s.frigiv([ider[2], ider[0], ider[1]]))
        async with s.tx() as tx:
            raekker = await tx.inbox_rows(["k"], 10)
            svar.append([(r["ofs"], r["origin"], r["attempts"]) for r in raekker])
            svar.append((await tx.surroundings(["k"]))[1:])
        return [*svar, len(await s.parkeret())]

    ventet = [
        [("k", True), ("k", True), ("k", True), (None, False)],
        3,
        [(1, "released", 0), (2, "released", 0), (3, "released", 0)],
        ({"k"}, set()),
        1,
    ]
    assert koer(forloeb) == ventet


def test_ingen_frigives_forbi_en_tidligere_og_en_kasseret_staar_ikke_i_vejen(
    koer: Callable[[Forloeb], list[Any]],
) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        a, b, c, raa = await parker_k(s)
        svar: list[Any] = []
        for ider in ([b], [a, c], [999], [raa, 999]):
            with pytest.raises(NotAllowed):
                await s.frigiv(ider)
            svar.append(len(await s.parkeret()))
        svar += [await s.kasser([a]), await s.frigiv([b])]
        with suppress(NotAllowed):
            svar.append(await s.kasser([a]))
        return [*svar, [id_ == x for (id_, *_), x in zip(await s.parkeret(), (c, raa), strict=True)]]

    assert koer(forloeb) == [4, 4, 4, 4, 1, 1, [True, True]]


def test_ulaeselige_byte_der_frigives_har_deres_egen_ordensnoegle(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        raa = (await parker_k(s))[3]
        await s.frigiv([raa])
        noegle = f"parkeret:{raa}"
        async with s.tx() as tx:
            raekker = await tx.inbox_rows([noegle], 10)
        return [[(r["order_key"] == noegle, r["ofs"], r["handled_id"]) for r in raekker]]

    assert koer(forloeb) == [[(True, 4, None)]]


def test_parkeret_igen_staar_den_paa_sin_gamle_plads(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        ider = await parker_k(s)
        await s.frigiv(ider[:1])
        await s.skriv(exhausted=["k"])
        nye = [id_ for id_, noegle, _ in await s.parkeret() if noegle == "k"]
        svar = [nye[1:] == ider[1:3], nye[0] in ider]
        with pytest.raises(NotAllowed):
            await s.frigiv([ider[1]])
        return [*svar, await s.frigiv(nye)]

    assert koer(forloeb) == [True, False, 3]


def test_noegler_der_ikke_kan_udgives_springes_over(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(outbox=[udgaaende(1), udgaaende(2, b"m"), udgaaende(3)])
        valg = [[], [("dobbelt.ud", b"k")], [("et andet emne", b"k")], [("dobbelt.ud", b"k"), ("dobbelt.ud", b"m")]]
        return [[bytes(r["value"]) for r in await s.outbox.waiting([1], 10, uden)] for uden in valg]

    alle = [b"nr 1", b"nr 2", b"nr 3"]
    assert koer(forloeb) == [alle, [b"nr 2"], alle, []]


def test_en_effekt_der_ikke_kan_laeses_ligger_til_nogen_ser_paa_den(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        await s.skriv(effects={"e": effekt("e"), "f": effekt("f")})
        a = s.effekter("a")
        await a.claim(["anmeld"], 9, 0.0, 0.0)
        await a.set_aside(["e"])
        await asyncio.sleep(0.1)
        igen = await a.claim(["anmeld"], 9, 9, 0.0)
        await asyncio.sleep(0.1)
        igen += await a.claim(["anmeld"], 9, 9, 0.0)
        return [[(r["noegle"], r["ask"]) for r in igen]]

    assert koer(forloeb) == [[("f", True)]]


def test_tomme_offsets_traedes_over_en_gang_og_faerre_partitioner_ses(koer: Callable[[Forloeb], list[Any]]) -> None:
    async def forloeb(s: Skema) -> list[Any]:
        svar: list[Any] = [await s.positioner.beyond({EMNE: 1}), await s.positioner.beyond({EMNE: 0, "x": 1})]
        svar += [await s.positioner.step_over((EMNE, 0), 0, 5, 2), await s.positioner.step_over((EMNE, 0), 0, 5, 2)]
        raekke = (await s.positioner.positions())[0]
        async with s.tx() as tx:
            svar.append(len(await tx.remember([post(7)], NR)))
        return [*svar, raekke["next"]]

    assert koer(forloeb) == [[], [(EMNE, 0)], True, False, 1, 5]
