"""The client of letters to practices against the running stand-in, under every fault (LV-09, FORL-08)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.digital_post.app import TJENESTE
from services.digital_post.client import Praksispost
from services.digital_post.forloeb.praksis import PraksisbrevAfvist, PraksisbrevLeveret, Praksisforsendelse
from shared.platform.httpclient import UvistSvar
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, Udfoert
from simulators.digital_post.app import run
from tests.simulators.fejlsvar import FEJL
from tests.simulators.klienter import stil, summer

NU = datetime(2024, 3, 4, 9, 15, tzinfo=UTC)
NOEGLE = "praksis:laegevalg-s01:anmodning"
KORT_TID = httpx.Timeout(1.0, read=0.3)
BREV = Praksisforsendelse(
    brev_id="laegevalg-s01:anmodning",
    person_id="alma",
    forloeb_id="laegevalg-s01",
    ydernummer="000002",
    praksisnavn="Lægehuset Åen",
    afsender="Vejle Kommune",
    titel="Anmodning om dispensation",
    tekst="Kan Alma Ærø blive sikret hos jer?",
)


async def kald(url: str, sti: str, krop: Any, noegle: str = "") -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return await http.post(sti, json=krop, headers={"Idempotency-Key": noegle} if noegle else {})


async def test_brevet_leveres_en_gang_og_leveringen_er_den_samme() -> None:
    async with run() as url:
        klient = Praksispost(url)
        assert await klient.spoerg(NOEGLE, BREV, NU) is None
        foerst = await klient.send(NOEGLE, BREV, NU)
        assert isinstance(foerst, Udfoert)
        assert isinstance(foerst.besked, PraksisbrevLeveret)
        assert abs(foerst.besked.leveret - datetime.now(UTC)) < timedelta(minutes=1)
        assert await klient.send(NOEGLE, BREV, NU + timedelta(days=1)) == foerst
        assert await klient.spoerg(NOEGLE, BREV, NU) == foerst
        assert (await summer(url))["accepteret"] == 1
        await klient.luk()


@pytest.mark.parametrize(("fejl", "udfald", "accepteret"), FEJL)
async def test_efter_en_fejl_er_der_et_brev(fejl: str, udfald: type[Exception], accepteret: bool) -> None:
    async with run() as url:
        klient = Praksispost(url, tidsgraenser=KORT_TID)
        await stil(url, naeste=[fejl], vent_s=1)
        with pytest.raises(udfald):
            await klient.send(NOEGLE, BREV, NU)
        fundet = await klient.spoerg(NOEGLE, BREV, NU)
        assert (fundet is not None) is accepteret
        svar = await klient.send(NOEGLE, BREV, NU)
        assert isinstance(svar, Udfoert)
        assert fundet in (None, svar)
        assert (await summer(url))["accepteret"] == 1
        await klient.luk()


async def test_et_afvist_brev_er_afvist_ogsaa_naar_der_spoerges() -> None:
    afvist = Afvist(PraksisbrevAfvist(brev_id=BREV.brev_id, person_id="alma", kode="UKENDT_MODTAGER"))
    async with run() as url:
        klient = Praksispost(url)
        await stil(url, naeste=["AFVIS"], afvis_kode="UKENDT_MODTAGER")
        assert await klient.send(NOEGLE, BREV, NU) == afvist
        assert await klient.spoerg(NOEGLE, BREV, NU) == afvist
        await klient.luk()


@pytest.mark.parametrize("felt", ["modtager", "svarreference", "titel"])
async def test_et_halvt_brev_er_ingen_afgoerelse(felt: str) -> None:
    async with run() as url:
        klient = Praksispost(url)
        krop = klient.krop(BREV)
        del krop[felt]
        svar = await kald(url, "/praksisbreve", krop, NOEGLE)
        assert (svar.status_code, svar.json()) == (400, {"kode": "UGYLDIGT_BREV"})
        assert await klient.spoerg(NOEGLE, BREV, NU) is None
        await klient.luk()


async def test_en_levering_uden_tidspunkt_er_uvis() -> None:
    """The 14 days could not be counted."""
    klient = Praksispost("http://post")
    with pytest.raises(UvistSvar, match="hvornår det blev leveret"):
        klient.modtaget(BREV, {"kvittering": "k"})
    await klient.luk()


async def test_uden_kafka_kan_ingen_praksis_svare() -> None:
    async with run() as url:
        svar = await kald(url, "/praksissvar", {"id": "1", "forloeb_id": "laegevalg-s01", "svar": "GODKENDT"})
        assert (svar.status_code, svar.json()) == (409, {"kode": "INGEN_KAFKA"})


async def test_tjenesten_har_en_klient_til_praksisser() -> None:
    klient = TJENESTE.klienter["post.praksis"](Settings(digital_post_url="http://127.0.0.1:1"))
    assert isinstance(klient, Praksispost)
    assert klient.ukendt(NOEGLE, BREV) is None
    await klient.luk()
