"""What an operator sees of a fault from outside the process: the log, `/health`, `/metrics` and the balance."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.hjaelp import Proces, hub, i_ro, klargoer, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling
from tests.integration.udbyder import TABT_EFTER, Udbyder


def linjer(proces: Proces, event: str) -> list[dict[str, object]]:
    """What it has said of this."""
    return [linje for linje in proces.linjer() if linje.get("event") == event]


async def maalt(proces: Proces, navn: str, **maerker: str | tuple[str, ...]) -> float:
    """A metric of the process at one moment, over all series that have these labels, or one of several."""
    soegt = {m: (v,) if isinstance(v, str) else v for m, v in maerker.items()}
    async with httpx.AsyncClient(base_url=proces.url, timeout=15, trust_env=False) as http:
        tekst = (await http.get("/metrics")).text
    serier = (s for f in text_string_to_metric_families(tekst) for s in f.samples if s.name == f"sygesikring_{navn}")
    return sum(s.value for s in serier if all(s.labels.get(m) in v for m, v in soegt.items()))


async def test_en_besked_der_ikke_kan_behandles(kafka_servers: list[str], database: str) -> None:
    """A bug in a handler says every try, and which order key is parked; bytes that are no message say where and why."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    with Proces(opstilling) as proces:
        await proces.koerer()
        await opstilling.send(Indsat(konto="syg", nr=1, fejl="altid"), Indsat(konto="rask", nr=1))
        await vent_til(lambda: proces.sagt("besked parkeret med sine efterfølgere"))
        await opstilling.send_raa(b"x", b"ikke json", [])
        await vent_til(lambda: proces.sagt("besked parkeret"))
        b = await i_ro(opstilling)
        assert await maalt(proces, "parkeret") == 2
        assert await maalt(proces, "fejlede_forsoeg_total") == opstilling.settings.forsoeg
        fejlede = linjer(proces, "handler fejlede")
        (parkeret,) = linjer(proces, "besked parkeret")
    assert [(x["type"], x["forsoeg"]) for x in fejlede] == [
        ("proeve.Indsat.v1", n + 1) for n in range(opstilling.settings.forsoeg)
    ]
    assert [x["ordensnoegle"] for x in linjer(proces, "besked parkeret med sine efterfølgere")] == ["syg"]
    assert str(parkeret["sted"]).startswith(f"{opstilling.ind}/0/")
    assert "ce_id: mangler" in parkeret["grunde"]  # type: ignore[operator]
    assert "værdi: ikke JSON" in parkeret["grunde"]  # type: ignore[operator]
    assert (b.received, b.handled, b.parked, b.difference) == (3, 1, 2, 0)


async def test_et_kald_hvis_udfald_er_ukendt(kafka_servers: list[str], database: str) -> None:
    """The lost answer is said and shown as `unknown` until the receiver has said; what cannot be read stays so."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    plan = {"e": [TABT_EFTER]}
    async with Udbyder(plan, svar={"e": [503] * 1000}) as udbyder:
        with Proces(opstilling, udbyder.url) as proces:
            await proces.koerer()
            await opstilling.send(Indsat(konto="a", nr=1, effekt="e"))
            await vent_til(lambda: maalt(proces, "effekter", tilstand="unknown"))
            (sagt,) = linjer(proces, "udfald ukendt")
            assert sagt["art"] == "anmeld"
            async with hub(opstilling) as h:
                assert (await h.balances())[0].effects == {"unknown": 1}
            udbyder.svar.clear()
            b = await i_ro(opstilling)
            assert (b.effects, udbyder.sendt("e"), b.difference) == ({"done": 1}, 1, 0)
            async with skema(opstilling) as db:
                await db.execute(
                    "insert into effect (noegle, art, order_key, value, headers, state) "
                    "values ('f', 'anmeld', 'a', '{}', '', 'unknown')"
                )
                await db.execute("insert into tally values ('effects_wanted', 99, 1)")
            await vent_til(lambda: proces.sagt("effekter kan ikke læses"))
            async with hub(opstilling) as h:
                await h.wait_until_quiet()
                (b,) = await h.balances()
            assert (b.effects, b.difference) == ({"done": 1, "unknown": 1}, 0)
            assert udbyder.sendt("f") == 0


async def test_en_modtager_der_er_borte(kafka_servers: list[str], database: str) -> None:
    """Which kind of call waits, and why; one line, and one more when it goes on."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Udbyder() as optager_porten:
        port = int(optager_porten.url.rsplit(":", 1)[1])
    with Proces(opstilling, f"http://127.0.0.1:{port}") as proces:
        await proces.koerer()
        await opstilling.send(*(Indsat(konto=f"k{n}", nr=1, effekt=f"e{n}") for n in range(3)))
        await vent_til(lambda: proces.sagt("venter"))
        async with httpx.AsyncClient(base_url=proces.url, timeout=15, trust_env=False) as http:
            svar = await http.get("/health")
        assert svar.status_code == 200
        assert svar.json()["tjenester"][0]["venter_paa"]["effekter"].startswith("anmeld: ")
        assert await maalt(proces, "effekter", tilstand=("wanted", "sending")) == 3
        async with Udbyder(port=port) as udbyder:
            b = await i_ro(opstilling)
            assert udbyder.accepteret == {f"e{n}": 1 for n in range(3)}
        assert [x["art"] for x in linjer(proces, "venter") if "art" in x] == ["anmeld"]
        assert [x["art"] for x in linjer(proces, "fortsætter") if "art" in x] == ["anmeld"]
    assert (b.effects, b.parked, b.difference) == ({"done": 3}, 0, 0)
