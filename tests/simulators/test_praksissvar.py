"""How practices answer in the stand-in of Digital Post: by a seeded plan on the hub's clock, and on command."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from contracts.betaling import NetsHaendelse
from contracts.dispensation import Dispensationssvar, DispensationSvar
from simulators.digital_post import app as digital_post
from simulators.digital_post.praksis import PLANER, Praksisplan, plan_for, svaret
from simulators.nets import app as nets
from tests.laegevalg.valgverden import kl
from tests.simulators.hub import Hub, aaben
from tests.simulators.test_statusser import naeste, vent_paa_naeste

LEVERET = kl(3, 4, 10, 15)


def svar_paa(plan: Praksisplan, antal: int = 400, seed: int = 7) -> list[Any]:
    return [svaret(plan, seed, f"f{n}", LEVERET) for n in range(antal)]


def test_svarene_fordeler_sig_som_stillet_og_er_de_samme_igen() -> None:
    plan = Praksisplan(godkend=0.5, afvis=0.2, dage=(1, 14))
    fundne = svar_paa(plan)
    assert fundne == svar_paa(plan)
    assert fundne != svar_paa(plan, seed=8)
    antal = {s: sum(f is not None and f[0] is s for f in fundne) for s in Dispensationssvar}
    assert 160 < antal[Dispensationssvar.GODKENDT] < 240
    assert 50 < antal[Dispensationssvar.AFVIST] < 110
    dage = {f[1].astimezone(UTC).date() for f in fundne if f}
    assert (min(dage), max(dage)) == (kl(3, 5).date(), kl(3, 18).date())


def test_uden_en_plan_er_alle_tavse() -> None:
    assert set(svar_paa(plan_for((), "000002"))) == {None}


def test_praksissens_egen_linje_gaar_foran() -> None:
    planer = PLANER.validate_python([{"godkend": 1}, {"ydernummer": "000002", "afvis": 1}])
    assert plan_for(planer, "000002").afvis == 1
    assert plan_for(planer, "000003").godkend == 1


def test_intet_svar_er_modtaget_foer_leveringen() -> None:
    [fundet] = svar_paa(Praksisplan(godkend=1, dage=(0, 0), klokken="08:00"), antal=1)
    assert fundet[1] == LEVERET


@pytest.mark.parametrize("plan", [{"godkend": 0.7, "afvis": 0.7}, {"dage": [5, 1]}, {"godkend": -1}, {"andet": 1}])
def test_en_umulig_plan_afvises(plan: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PLANER.validate_python([plan])


# --- on Kafka ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def hub(kafka_servers: list[str]) -> AsyncGenerator[Hub]:
    async with aaben(kafka_servers, DispensationSvar.emne) as hub:
        yield hub


@asynccontextmanager
async def post(servere: list[str], ledger: Path | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    async with (
        digital_post.run(",".join(servere), ledger) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http,
    ):
        yield http


async def spoerg(http: httpx.AsyncClient, forloeb_id: str, person_id: str, *, oenskes: bool = True) -> None:
    krop = {
        "modtager": {"ydernummer": "000002", "navn": "Lægehuset"},
        "svarreference": {"forloeb_id": forloeb_id, "person_id": person_id},
        "svar_oenskes": oenskes, "afsender": "Vejle", "titel": "Dispensation", "tekst": "Kan I?",
    }  # fmt: skip
    noegle = f"praksis:{forloeb_id}:{oenskes}"
    assert (await http.post("/praksisbreve", json=krop, headers={"Idempotency-Key": noegle})).status_code == 201


BESTILT = datetime(2030, 11, 5, 9, 0, tzinfo=UTC)
MODTAGET = datetime(2030, 11, 8, 9, 0, tzinfo=UTC)
FORTALT = datetime(2030, 11, 8, 10, 30, tzinfo=UTC)


async def test_praksissen_svarer_som_planlagt_og_ikke_igen(kafka_servers: list[str], hub: Hub, tmp_path: Path) -> None:
    """Received at 10, told half past eleven: `modtaget` is the first. A restart says nothing twice."""
    forloeb, person = f"laegevalg-{uuid.uuid4()}", str(uuid.uuid4())
    plan = {"praksis": [{"godkend": 1, "dage": [3, 3], "forsinket_minutter": 90, "gange": 2}]}
    await hub.stil_ur(BESTILT)
    async with post(kafka_servers, tmp_path / "post.jsonl") as http:
        assert (await http.post("/styring", json=plan)).status_code == 200
        await spoerg(http, forloeb, person)
        await spoerg(http, f"{forloeb}-2", person, oenskes=False)
        assert await naeste(http) == FORTALT
        await hub.stil_ur(FORTALT)
        await vent_paa_naeste(http, None)
        kuverter = await hub.hoer(person, 2)
    async with post(kafka_servers, tmp_path / "post.jsonl") as http:
        assert await naeste(http) is None
    svar = DispensationSvar(forloeb_id=forloeb, person_id=person, svar=Dispensationssvar.GODKENDT, modtaget=MODTAGET)
    assert [k.besked for k in kuverter] == [svar, svar]
    assert {k.id for k in kuverter} == {f"praksissvar-{forloeb}", f"praksissvar-{forloeb}:2"}


async def test_praksissen_svarer_paa_kommando(kafka_servers: list[str], hub: Hub) -> None:
    """Told when the answer of the route comes; without a request there is nothing to answer."""
    forloeb, person = f"laegevalg-{uuid.uuid4()}", str(uuid.uuid4())
    svar = {"id": f"svar-{forloeb}", "forloeb_id": forloeb, "svar": "AFVIST", "modtaget": MODTAGET.isoformat()}
    async with post(kafka_servers) as http:
        assert (await http.post("/praksissvar", json=svar)).status_code == 404
        await spoerg(http, forloeb, person)
        assert (await http.post("/praksissvar", json=svar | {"svar": "MÅSKE"})).status_code == 400
        assert (await http.post("/praksissvar", json=svar)).json() == {"modtaget": MODTAGET.isoformat()}
        [kuvert] = await hub.hoer(person, 1)
    assert (kuvert.id, kuvert.besked.model_dump(mode="json")["svar"]) == (svar["id"], "AFVIST")


async def test_nets_melder_sine_traek(kafka_servers: list[str]) -> None:
    """Twice and under a new id when so switched; an event on command; a released reservation is not told as ended."""
    r = f"laegevalg-{uuid.uuid4()}:betaling"
    async with (
        aaben(kafka_servers, NetsHaendelse.emne) as hub,
        nets.run(",".join(kafka_servers)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http,
    ):
        await hub.stil_ur(BESTILT)
        await http.post("/styring", json={"webhooks": {"dobbelt": 1, "nyt_id": 1, "meld_udloeb": True}})
        vare = {"reference": "k", "grossTotalAmount": 22500}
        krop = {"order": {"items": [vare], "amount": 22500, "reference": r}, "paymentMethod": {"token": "kort-1"}}
        svar = await http.post("/v1/payments", json=krop, headers={"Idempotency-Key": f"res:{r}"})
        ender = await naeste(http)
        assert ender is not None
        assert (ender - BESTILT).days == 30
        sti = f"/v1/payments/{svar.json()['paymentId']}/charges"
        traek = (await http.post(sti, json={"amount": 22500}, headers={"Idempotency-Key": r})).json()["chargeId"]
        await vent_paa_naeste(http, None)
        selv = {"reservation_id": r, "art": "UDLOEBET", "tidspunkt": BESTILT.isoformat()}
        assert (await http.post("/haendelse", json={"id": "selv", "haendelse": selv})).status_code == 202
        assert (await http.post("/haendelse", json={"id": "selv"})).status_code == 400
        ider = [k.id for k in await hub.hoer(r, 4)]
    assert ider == [f"traek-{traek}", f"traek-{traek}", f"traek-{traek}-igen", "selv"]
