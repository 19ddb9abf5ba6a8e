"""The client that stops a card order, against the running stand-in, under every fault (KORT-09)."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.kortbestilling.app import TJENESTE
from services.kortbestilling.client import Annulleringer, Kortleverandoer
from services.kortbestilling.forloeb.beskeder import AnnulleringAccepteret, AnnulleringAfvist, Kortannullering
from shared.platform.httpclient import UvistSvar
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, Udfoert
from simulators.kortleverandoer.app import run
from simulators.ledger import Ledger
from tests.kortbestilling.eksempler import NU
from tests.kortbestilling.test_client import KORT_TID, ORDRE
from tests.kortbestilling.test_client import NOEGLE as ORDRENOEGLE
from tests.simulators.fejlsvar import FEJL
from tests.simulators.klienter import stil

NOEGLE = "annuller:f1:kort"
STOP = Kortannullering(kort_id="f1:kort")
ACCEPTERET = Udfoert(AnnulleringAccepteret(kort_id="f1:kort"))


def afvist(kode: str) -> Afvist:
    return Afvist(AnnulleringAfvist(kort_id="f1:kort", kode=kode))


async def bestil(url: str) -> None:
    klient = Kortleverandoer(url)
    await klient.send(ORDRENOEGLE, ORDRE, NU)
    await klient.luk()


@pytest.mark.parametrize(("fejl", "udfald", "accepteret"), FEJL)
async def test_efter_en_fejl_er_ordren_stoppet_en_gang(fejl: str, udfald: type[Exception], accepteret: bool) -> None:
    async with run() as url:
        await bestil(url)
        klient = Annulleringer(url, tidsgraenser=KORT_TID)
        await stil(url, naeste=[fejl], vent_s=1)
        with pytest.raises(udfald):
            await klient.send(NOEGLE, STOP, NU)
        assert await klient.spoerg(NOEGLE, STOP, NU) == (ACCEPTERET if accepteret else None)
        assert await klient.send(NOEGLE, STOP, NU) == ACCEPTERET
        assert await klient.spoerg(NOEGLE, STOP, NU) == ACCEPTERET
        await klient.luk()


async def test_en_ordre_leverandoeren_ikke_kender_kan_ikke_stoppes() -> None:
    async with run() as url:
        klient = Annulleringer(url)
        assert await klient.send(NOEGLE, STOP, NU) == afvist("UKENDT_ORDRE")
        assert await klient.spoerg(NOEGLE, STOP, NU) == afvist("UKENDT_ORDRE")
        await klient.luk()


async def test_et_trukket_kort_kan_ikke_stoppes(tmp_path: Path) -> None:
    """KORT-09: what was told decides, also after a restart."""
    fil = tmp_path / "ordrer.jsonl"
    async with run(ledger=fil) as url:
        await bestil(url)
    foer = Ledger(fil)
    foer.noter_status("f1:kort", "TRUKKET", NU.isoformat())
    foer.luk()
    async with run(ledger=fil) as url:
        klient = Annulleringer(url)
        assert await klient.send(NOEGLE, STOP, NU) == afvist("TRUKKET")
        assert await klient.spoerg(NOEGLE, STOP, NU) == afvist("TRUKKET")
        await klient.luk()


async def test_et_svar_vi_ikke_kender_er_uvist() -> None:
    async def svar(_: web.Request) -> web.Response:
        return web.json_response({"tilstand": "MÅSKE"})

    leverandoer = web.Application()
    leverandoer.router.add_get("/annulleringer/{noegle}", svar)
    async with TestServer(leverandoer) as server:
        klient = Annulleringer(str(server.make_url("")))
        with pytest.raises(UvistSvar, match="en tilstand, vi ikke kender"):
            await klient.spoerg(NOEGLE, STOP, NU)
        await klient.luk()


async def test_tjenesten_har_en_klient_til_at_stoppe() -> None:
    klient = TJENESTE.klienter["kort.annuller"](Settings(kortleverandoer_url="http://127.0.0.1:1"))
    assert isinstance(klient, Annulleringer)
    assert klient.ukendt(NOEGLE, STOP) is None
    await klient.luk()
