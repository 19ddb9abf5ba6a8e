"""The stand-in of Nets: merchants and their keys, keys of captures, questions an hour, and how captures are told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from contracts.betaling import NetsHaendelse
from services.betaling.app import TJENESTE
from services.betaling.client import Frigivelser, Reservationer, Traek
from services.betaling.forloeb.beskeder import Kald, ReservationAccepteret, TraekAccepteret, TraekAfvist
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, IkkeSendt, Udfoert
from simulators.nets import webhooks
from simulators.nets.app import run
from simulators.nets.webhooks import Webhookstyring
from tests.laegevalg.valgverden import kl
from tests.simulators.klienter import stil

NU = kl(3, 4)
R = "laegevalg-s01:betaling"
NOEGLER = {"0630": ["vejle-1", "vejle-2"], "0461": ["odense"]}


def kald(kommunekode: str = "0630", payment_id: str = "", oere: int = 22500) -> Kald:
    return Kald(
        reservation_id=R, beloeb_oere=oere, kommunekode=kommunekode, betalingskort="kort-1", payment_id=payment_id
    )


async def reserveret(url: str, noegle: str = "", kommunekode: str = "0630") -> Kald:
    klient = Reservationer(url, SecretStr(noegle))
    svar = await klient.send(f"res:{R}", kald(kommunekode), NU)
    await klient.luk()
    assert isinstance(svar, Udfoert)
    assert isinstance(svar.besked, ReservationAccepteret)
    return kald(kommunekode, svar.besked.payment_id)


async def test_hver_kommune_har_sin_noegle() -> None:
    """A key that Nets does not know (yet) is nothing done: it is tried again, and never told as a refusal."""
    async with run() as url:
        await stil(url, noegler=NOEGLER)
        klient = Reservationer(url, SecretStr("forkert"), noegler={"0461": SecretStr("odense")})
        with pytest.raises(IkkeSendt, match="401"):
            await klient.send("n1", kald("0630"), NU)
        assert isinstance(await klient.send("n2", kald("0461"), NU), Udfoert)
        await klient.luk()


async def test_en_udskiftet_noegle_traekker_det_der_blev_reserveret_foer() -> None:
    """BET-20: a payment belongs to the merchant, not to the key."""
    async with run() as url:
        await stil(url, noegler=NOEGLER)
        indhold = await reserveret(url, "vejle-1")
        await stil(url, noegler={"0630": ["vejle-2"]})
        traek = Traek(url, SecretStr("vejle-2"))
        svar = await traek.send(R, indhold, NU)
        assert isinstance(svar.besked, TraekAccepteret)
        assert await traek.spoerg(R, indhold, NU) == svar
        await traek.luk()


async def test_en_anden_kommune_ser_ikke_betalingen() -> None:
    async with run() as url:
        await stil(url, noegler=NOEGLER)
        indhold = await reserveret(url, "vejle-1")
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": "odense"}, trust_env=False) as http:
            assert (await http.get(f"/v1/payments/{indhold.payment_id}")).status_code == 404
            svar = await http.post(f"/v1/payments/{indhold.payment_id}/cancels", json={"amount": 22500})
            assert svar.status_code == 404
            assert (await http.get("/penge")).json()["frigivet"] == 0


async def test_samme_noegle_til_et_andet_beloeb_er_1026() -> None:
    """BET-21: the key of the capture is the reservation."""
    async with run() as url:
        indhold = await reserveret(url)
        traek = Traek(url, SecretStr(""))
        foerst = await traek.send(R, indhold, NU)
        andet = kald(payment_id=indhold.payment_id, oere=20000)
        assert await traek.send(R, andet, NU) == Afvist(TraekAfvist(reservation_id=R, kode="1026"))
        assert await traek.send(R, indhold, NU) == foerst
        assert await traek.send("en anden nøgle".encode().hex(), indhold, NU) == Afvist(
            TraekAfvist(reservation_id=R, kode="1008")
        )
        await traek.luk()


async def test_for_mange_spoergsmaal_i_timen() -> None:
    """Thirty an hour; then the answer is later, not no."""
    async with run() as url:
        indhold = await reserveret(url)
        klient = Frigivelser(url, SecretStr(""))
        for _ in range(30):
            assert await klient.spoerg("f", indhold, NU) is None
        with pytest.raises(IkkeSendt, match="429"):
            await klient.spoerg("f", indhold, NU)
        await klient.luk()


async def test_holdbarheden_kan_stilles() -> None:
    """Many issuers hold for 21 days."""
    async with run() as url:
        indhold = await reserveret(url)
        await stil(url, holdbarhed=21, dage_frem=22)
        traek = Traek(url, SecretStr(""))
        assert await traek.send(R, indhold, NU) == Afvist(TraekAfvist(reservation_id=R, kode="1010"))
        await traek.luk()


@pytest.mark.parametrize("knap", [{"noegler": ["x"]}, {"holdbarhed": 0}, {"webhooks": {"tabt": 2}}, {"ukendt": 1}])
async def test_en_ugyldig_stilling_afvises(knap: dict[str, Any]) -> None:
    async with run() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        svar = await http.post("/styring", json=knap)
        assert (svar.status_code, svar.json()["kode"]) == (400, "UGYLDIG_STYRING")


# --- webhooks ---------------------------------------------------------------------------------------------------------

TRUKKET = datetime(2024, 3, 22, 11, tzinfo=UTC)


def planlagt(seed: int = 0, traek_id: str = "c1", **styring: Any) -> list[tuple[str, timedelta]]:
    alle = webhooks.traek(Webhookstyring(**styring), seed, R, traek_id, TRUKKET.isoformat())
    assert all(p.besked == NetsHaendelse(
        reservation_id=R, art="TRUKKET", tidspunkt=TRUKKET, traek_id=traek_id
    ) for p in alle)  # fmt: skip
    return [(p.id_, p.hvornaar - TRUKKET) for p in alle]


def test_et_traek_meldes_en_gang_straks() -> None:
    assert planlagt() == [("traek-c1", timedelta())]


def test_fejlene_ved_webhooks() -> None:
    assert planlagt(tabt=1) == []
    assert [id_ for id_, _ in planlagt(dobbelt=1)] == ["traek-c1", "traek-c1"]
    assert [id_ for id_, _ in planlagt(nyt_id=1)] == ["traek-c1", "traek-c1-igen"]
    [(_, sent)] = planlagt(forsinket=1, forsinket_timer=10)
    assert timedelta() < sent < timedelta(hours=10)


def test_samme_seed_giver_samme_webhooks() -> None:
    halvt = {"tabt": 0.5, "dobbelt": 0.5, "forsinket": 0.5}
    assert [planlagt(7, f"c{n}", **halvt) for n in range(50)] == [planlagt(7, f"c{n}", **halvt) for n in range(50)]
    tabte = sum(not planlagt(7, f"c{n}", tabt=0.5) for n in range(400))
    assert 150 < tabte < 250


def test_udloeb_meldes_kun_naar_det_er_stillet() -> None:
    assert webhooks.udloeb(Webhookstyring(), R, "p1", TRUKKET) == []
    [p] = webhooks.udloeb(Webhookstyring(meld_udloeb=True), R, "p1", TRUKKET)
    assert (p.hvornaar, p.besked) == (TRUKKET, NetsHaendelse(reservation_id=R, art="UDLOEBET", tidspunkt=TRUKKET))


@pytest.mark.parametrize("art", ["nets.reserver", "nets.traek", "nets.frigiv"])
async def test_tjenestens_klienter_har_kommunernes_noegler(art: str) -> None:
    settings = Settings(nets_url="http://127.0.0.1:1", nets_noegler={"0630": SecretStr("vejle")})
    klient: Any = TJENESTE.klienter[art](settings)
    assert klient._fra(kald("0630")) == {"Authorization": "vejle"}
    assert klient._fra(kald("0461")) == {}
    assert "vejle" not in repr(settings)
    await klient.luk()
