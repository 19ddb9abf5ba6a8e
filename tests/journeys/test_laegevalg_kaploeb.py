"""The races of the second way on real servers: one before the other, the other before the one, and at the same instant.

Whatever wins, exactly one outcome is told, and place, fee and card follow it.
"""

import asyncio
import subprocess
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from contracts.bestilling import BestillingAfvist, ForloebAnnulleret
from contracts.betaling import BetalingTrukket, BetalingUdloebet
from contracts.laegevalg import LaegevalgAfvist, LaegevalgGodkendt
from contracts.opgave import OpgaveAnmodet, OpgaveOprettet
from contracts.plads import IngenPlads, PladsBortfaldet, PladsReserveret
from tests.cprvagt import min_logmappe
from tests.journeys.conftest import KOMMANDO, ROD
from tests.journeys.rejse import Rejse
from tests.journeys.valget import Vaelger, Valg, vent


async def _med_kort(valg: Valg, *navne: str) -> list[Vaelger]:
    """Approved, and the cards ordered this morning; nothing drawn."""
    folk = await valg.folk(*navne)
    await valg.bestil(*folk)
    await valg.ro()
    for v in folk:
        await valg.svar(v, "GODKENDT")
    await valg.frem_til("2024-03-20T08:00")
    return folk


async def test_annullering_og_traekning(rejse: Rejse) -> None:
    """KORT-09: the supplier's draw wins where it was first, the cancel where it was; together, one of them does."""
    valg = await Valg.begynd(rejse)
    foerst, sidst, *samtidig = folk = await _med_kort(valg, "foerst", "sidst", *(f"s{n}" for n in range(8)))
    await valg.annuller(foerst)
    await valg.ro()
    await valg.kortet(sidst, "TRUKKET")
    await valg.ro()
    await valg.annuller(sidst)
    await asyncio.gather(*(valg.kortet(v, "TRUKKET") for v in samtidig[::2]), valg.annuller(*samtidig[::2]))
    await asyncio.gather(valg.annuller(*samtidig[1::2]), *(valg.kortet(v, "TRUKKET") for v in samtidig[1::2]))
    await valg.frem_til("2024-04-03T00:00")
    for v in folk:
        svar = [type(b).__name__ for b in valg.om(v, ForloebAnnulleret, BestillingAfvist)]
        staar = await valg.tilstand(v) == "TRAADT_I_KRAFT"
        assert svar == ["BestillingAfvist" if staar else "ForloebAnnulleret"], v.navn
        assert valg.antal(v).get("KortAfsendt", 0) == staar, v.navn
    assert [await valg.tilstand(v) for v in (foerst, sidst)] == ["ANNULLERET", "TRAADT_I_KRAFT"]
    await valg.stemmer(folk)


async def test_svar_og_frist(rejse: Rejse) -> None:
    """LV-09, LV-10, S02: received before midnight and read after it, a no wins; received at midnight it is late."""
    valg = await Valg.begynd(rejse)
    i_tide, ja, paa_slaget, bagefter, tavs = folk = await valg.folk("itide", "ja", "slaget", "bagefter", "tavs")
    await valg.bestil(*folk)
    await valg.frem_til("2024-03-18T23:59:58")
    await valg.svar(i_tide, "AFVIST", "2024-03-18T23:59")
    await valg.svar(ja, "GODKENDT", "2024-03-18T23:59")
    await valg.svar(paa_slaget, "AFVIST", "2024-03-19T00:00")
    await rejse.ur("2024-03-19T00:20")
    await valg.ro()
    await valg.svar(bagefter, "AFVIST", "2024-03-18T23:58")
    await valg.ro()
    assert [await valg.tilstand(v) for v in folk] == ["AFVIST", *["GODKENDT"] * 4]
    assert {v.navn.split("-")[0]: [g.grund for g in valg.om(v, LaegevalgGodkendt)] for v in folk} == {
        "itide": [], "ja": ["SVAR"], "slaget": ["STILTIENDE"], "bagefter": ["STILTIENDE"], "tavs": ["STILTIENDE"]
    }  # fmt: skip
    sene = [v for v in folk if [o.aarsag for o in valg.om(v, OpgaveAnmodet)] == ["OPLYSNING_SENT_SVAR"]]
    assert sene == [paa_slaget, bagefter]
    assert valg.om(tavs, OpgaveAnmodet) == []
    await valg.stemmer(folk)


async def test_lukning_og_godkendelse(rejse: Rejse) -> None:
    """PLO-16: the closure wins before and after the approval, and in the same moment, each time once."""
    valg = await Valg.begynd(rejse)
    foer, *samtidig = folk = await valg.folk("foer", *(f"s{n}" for n in range(8)))
    await valg.bestil(*folk)
    await valg.ro()
    await valg.svar(foer, "GODKENDT")
    await valg.ro()
    await asyncio.gather(
        *(valg.svar(v, "GODKENDT") for v in samtidig[::2]),
        valg.luk("2024-04-03"),
        *(valg.svar(v, "GODKENDT") for v in samtidig[1::2]),
    )
    await valg.frem_til("2024-04-03T01:00")
    for v in folk:
        assert [a.grund for a in valg.om(v, LaegevalgAfvist)] == ["PRAKSIS_NEDLAGT"], v.navn
        assert valg.antal(v)["BrevAnmodetV2"] == 1, v.navn
    assert len(valg.om(foer, LaegevalgGodkendt)) == 1
    await valg.stemmer(folk)


async def test_traek_og_udloeb(rejse: Rejse) -> None:
    """BET-01: a card sent while the reservation holds is captured; later it is a task, and the card is sent anyway.

    Reserved on 4 March at 10:15 winter time: Nets lets go 30 times 24 hours later, on 3 April at 11:15 summer time.
    """
    valg = await Valg.begynd(rejse)
    await valg.stil("kortleverandoer", "/styring", {"plan": []})
    folk = await valg.folk("itide", "nets", "slaget", "bagefter")
    try:
        await valg.bestil(*folk)
        await valg.ro()
        for v in folk:
            await valg.svar(v, "GODKENDT")
        await valg.frem_til("2024-03-20T08:00")
        for v, hvornaar in zip(folk, ("04-03T11:00", "04-03T11:30", "04-04T00:00", "04-05T00:00"), strict=True):
            await valg.kortet(v, "AFSENDT", f"2024-{hvornaar}")
        await valg.frem_til("2024-04-06T00:00")
    finally:
        plan = [
            {"status": "TRUKKET", "dage": 1, "klokken": "06:00"},
            {"status": "AFSENDT", "dage": 2, "klokken": "12:00"},
        ]
        await valg.stil("kortleverandoer", "/styring", {"plan": plan})
    assert [len(valg.om(v, BetalingTrukket)) for v in folk] == [1, 0, 0, 0]
    assert [len(valg.om(v, BetalingUdloebet)) for v in folk] == [0, 1, 1, 1]
    gebyrer = [[o.aarsag for o in valg.om(v, OpgaveOprettet)].count("OPKRAEV_GEBYR") for v in folk]
    assert gebyrer == [0, 1, 1, 1]
    assert [await valg.tilstand(v) for v in folk] == ["TRAADT_I_KRAFT"] * 4
    assert [await valg.penge(v) for v in folk] == [(22500, 22500, 0), *[(22500, 0, 0)] * 3]
    await rejse.balance()


@contextmanager
def _endnu_en(tjeneste: str, miljoe: dict[str, str]) -> Generator[None]:
    """Another process of a service."""
    with (min_logmappe() / f"rejser-{tjeneste}-2.log").open("wb") as log:
        proces = subprocess.Popen([*KOMMANDO, "run", tjeneste], cwd=ROD, env=miljoe, stdout=log, stderr=log)
    try:
        yield
    finally:
        proces.terminate()
        assert proces.wait(30) == 0


async def test_lukning_og_reservation_i_to_processer(rejse: Rejse, hub_miljoe: dict[str, str]) -> None:
    """LV-17, PLO-16: orders and closure handled by two processes at once: no place is left at a closed practice."""
    valg = await Valg.begynd(rejse)
    folk = await valg.folk(*(f"s{n}" for n in range(24)))
    with _endnu_en("plo_events", hub_miljoe):
        await vent(lambda: _medlemmer(rejse, "plo_events", 2))
        await rejse.ur("2024-03-04T10:15")
        await asyncio.gather(valg.bestil(*folk[:12], ur=""), valg.luk("2024-04-01"), valg.bestil(*folk[12:], ur=""))
        await valg.ro()
    udfald = Counter(type(b).__name__ for v in folk for b in valg.om(v, IngenPlads, PladsBortfaldet))
    assert sum(udfald.values()) == 24, udfald
    assert {i.grund for v in folk for i in valg.om(v, IngenPlads)} <= {"PRAKSIS_NEDLAGT"}
    assert all(len(valg.om(v, PladsReserveret)) == len(valg.om(v, PladsBortfaldet)) for v in folk)
    assert {await valg.tilstand(v) for v in folk} == {"AFVIST"}
    assert await valg.optagne() == 1600
    for v in folk:
        reserveret, trukket, frigivet = await valg.penge(v)
        assert (trukket, frigivet) == (0, reserveret), v.navn
    await rejse.balance()


async def _medlemmer(rejse: Rejse, gruppe: str, antal: int) -> bool:
    """Whether a consumer group has so many members, and all of them their partitions."""
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=rejse.settings.kafka_servere)
    await admin.start()
    try:
        svar = (await admin.describe_consumer_groups([gruppe]))[0]
        _, _, tilstand, *_, medlemmer = svar.groups[0][:6]
        return tilstand == "Stable" and len(medlemmer) == antal
    finally:
        await admin.close()
