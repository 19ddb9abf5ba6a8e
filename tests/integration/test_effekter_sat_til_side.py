"""Effects that this program can neither read nor ask about: set aside with a reason, told of once, the others go on."""

from datetime import datetime

import pytest

from shared.platform.tjeneste import IkkeSendt, Svar, Tjeneste
from tests.integration.proeve import Anmeld, Anmelder, Anmeldt, Indsat, tjeneste
from tests.integration.scene import GRAENSE_S, Scene, indsat, vent_paa
from tests.integration.udbyder import Udbyder


class Vaek(Anmelder):
    """Its receiver is never there."""

    async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
        raise IkkeSendt("borte")


class Tavs(Anmelder):
    """Its receiver can be told, but never asked."""

    sendt = 0

    async def send(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar:
        Tavs.sendt += 1
        raise AssertionError("der blev sendt igen")

    async def spoerg(self, noegle: str, indhold: Anmeld, nu: datetime) -> Svar | None:
        raise AssertionError("der blev spurgt")

    def ukendt(self, noegle: str, indhold: Anmeld) -> Anmeldt:
        return Anmeldt(konto=indhold.konto, noegle=noegle, svar="ukendt")


def med(s: Scene, klient: type[Anmelder]) -> Tjeneste:
    t = tjeneste(s.navn, (s.ind, s.ind2))
    t.effekt("anmeld", lambda _: klient("http://127.0.0.1:9"))
    return t


async def _oensket(s: Scene, antal: int) -> None:
    """So many effects, wanted and not sent; the service is stopped afterwards."""
    await s.opret()
    async with s.koerer(med(s, Vaek)), s.db() as db:
        await s.send(*(Indsat(konto=f"k{n}", nr=1, effekt=f"e{n}") for n in range(antal)))
        await vent_paa(lambda: db.fetchval("select count(*) = $1 from effect", antal), "effekterne er ønsket")


@pytest.mark.parametrize(
    "skade",
    ["value = '{\"konto\": 1}'", "headers = '\\x00'"],
    ids=["en anden form", "halve headers"],
)
async def test_en_ulaeselig_effekt_saettes_til_side_og_de_andre_udfoeres(
    skade: str, kafka_servers: list[str], database: str
) -> None:
    s = Scene(kafka_servers, database)
    await _oensket(s, 10)
    async with s.db() as db, Udbyder() as udbyder:
        await db.execute(f"update effect set {skade} where noegle = 'e0'")
        await db.execute("update effect set next_at = now() - case noegle when 'e0' then interval '1 s' else '0' end")
        async with s.koerer(s.tjeneste(udbyder.url)):
            balance = await s.i_ro()
            assert udbyder.accepteret == {f"e{n}": 1 for n in range(1, 10)}
        raekke = await db.fetchrow("select state, last_error, claimed_until from effect where noegle = 'e0'")
    assert tuple(raekke) == ("unknown", "indholdet kan ikke læses af denne version", None)
    assert balance.effects == {"done": 9, "unknown": 1}


async def test_en_effekt_der_ikke_kan_spoerges_om_meldes_ukendt_en_gang(
    kafka_servers: list[str], database: str
) -> None:
    """Its process is gone in the middle of the call: neither sent again nor asked about, and told of only once."""
    s = Scene(kafka_servers, database)
    await _oensket(s, 1)
    Tavs.sendt = 0
    async with s.db() as db:
        await db.execute(
            "update effect set state = 'sending', claimed_by = 'en anden', claimed_until = now() - interval '1 minute'"
        )
        svar = "select svar ->> 0 as svar, jsonb_array_length(svar) as antal from konto where konto = 'k0'"
        for _ in range(2):
            async with s.koerer(med(s, Tavs)), s.hub() as hub:
                await hub.wait_until_quiet(GRAENSE_S)
                assert tuple(await db.fetchrow(svar)) == ("e0=ukendt", 1)
                await s.send(*indsat("k0", [2]))
                await s.i_ro()
        raekke = await db.fetchrow("select state, last_error, next_at = 'infinity' as uendelig from effect")
        assert tuple(await db.fetchrow(svar)) == ("e0=ukendt", 1)
    assert tuple(raekke) == ("unknown", "kan ikke afklares af hubben", True)
    assert Tavs.sendt == 0
