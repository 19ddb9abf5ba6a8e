"""The clients of Digital Post against the running stand-in, under every fault."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from contracts.brev import Kanal
from services.digital_post.app import TJENESTE
from services.digital_post.client import Forsendelser, Praksispost, Tilmeldinger
from services.digital_post.forloeb.beskeder import (
    BeslutningForaeldet,
    BrevAfleveret,
    BrevAfvist,
    Forsendelse,
    Opslag,
    TilmeldingOplyst,
)
from shared.platform.httpclient import HttpKlient, UvistSvar
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, IkkeSendt, Svar, Udfoert
from simulators.digital_post.app import run
from tests.digital_post.eksempler import HAVNEGADE, NU
from tests.simulators.fejlsvar import FEJL
from tests.simulators.klienter import stil, summer

OM = {"brev_id": "b1", "person_id": "p1"}
CPR = "0909994005"
OPSLAG = Opslag(**OM, cpr=CPR)
FYSISK = Forsendelse(
    **OM,
    kanal=Kanal.FYSISK,
    besluttet=date(2024, 11, 5),
    cpr=CPR,
    navn="Erik Ødegård",
    adresse=HAVNEGADE,
    afsender="Aarhus Kommune",
    titel="Kvittering",
    tekst="Kære Erik",
)
DIGITAL = FYSISK.model_copy(update={"kanal": Kanal.DIGITAL, "adresse": None})
KORT_TID = httpx.Timeout(1.0, read=0.3)


def kvittering(svar: Svar | None) -> str:
    assert isinstance(svar, Udfoert)
    assert isinstance(svar.besked, BrevAfleveret)
    return svar.besked.forsendelse_id


@pytest.mark.parametrize(
    ("person", "tilmeldt"),
    [
        pytest.param({"tilmeldt": True}, True, id="POST-17: tilmeldt"),
        pytest.param({"tilmeldt": False}, False, id="POST-17: ikke tilmeldt"),
        pytest.param({"tilmeldt": True, "fritaget": True}, False, id="POST-17: fritaget"),
    ],
)
async def test_opslag(person: dict[str, bool], tilmeldt: bool) -> None:
    async with run() as url:
        klient = Tilmeldinger(url)
        await stil(url, personer=[{"cpr": CPR, **person}])
        svar = await klient.send("tilmelding:b1", OPSLAG, NU)
        assert svar == Udfoert(TilmeldingOplyst(**OM, tilmeldt=tilmeldt))
        await klient.luk()


async def test_et_opslag_kan_altid_gentages() -> None:
    klient = Tilmeldinger("http://127.0.0.1:1")
    assert await klient.spoerg("tilmelding:b1", OPSLAG, NU) is None
    assert klient.ukendt("tilmelding:b1", OPSLAG) is None
    await klient.luk()


@pytest.mark.parametrize(("fejl", "udfald", "_accepteret"), FEJL)
async def test_et_opslag_under_fejl(fejl: str, udfald: type[Exception], _accepteret: bool) -> None:
    async with run() as url:
        klient = Tilmeldinger(url, tidsgraenser=KORT_TID)
        await stil(url, naeste=[fejl], vent_s=1, personer=[{"cpr": CPR}])
        with pytest.raises(udfald) as fanget:
            await klient.send("tilmelding:b1", OPSLAG, NU)
        assert CPR not in str(fanget.value)
        assert await klient.send("tilmelding:b1", OPSLAG, NU) == Udfoert(TilmeldingOplyst(**OM, tilmeldt=True))
        await klient.luk()


async def test_brev_afleveres_en_gang() -> None:
    async with run() as url:
        klient = Forsendelser(url)
        assert await klient.spoerg("brev:b1", FYSISK, NU) is None
        foerste = await klient.send("brev:b1", FYSISK, NU)
        assert kvittering(foerste) == kvittering(await klient.send("brev:b1", FYSISK, NU))
        assert kvittering(foerste) == kvittering(await klient.spoerg("brev:b1", FYSISK, NU))
        assert (await summer(url))["kanaler"] == {"FYSISK": 1}
        assert klient.ukendt("brev:b1", FYSISK) is None
        await klient.luk()


@pytest.mark.parametrize(
    ("person", "kode"),
    [
        pytest.param({"fritaget": True}, "FRITAGET", id="POST-24: fritaget siden opslaget"),
        pytest.param({"tilmeldt": False}, "IKKE_TILMELDT", id="POST-24: afmeldt siden opslaget"),
    ],
)
async def test_digital_post_afviser_og_brevet_gaar_fysisk_under_sin_egen_noegle(
    person: dict[str, bool], kode: str
) -> None:
    """POST-24: never both."""
    afvist = Afvist(BrevAfvist(**OM, kode=kode))
    async with run() as url:
        klient = Forsendelser(url)
        await stil(url, personer=[{"cpr": CPR, **person}])
        assert await klient.send("brev:b1", DIGITAL, NU) == afvist
        assert await klient.spoerg("brev:b1", DIGITAL, NU) == afvist
        assert kvittering(await klient.send("brev:b1:fysisk", FYSISK, NU))
        assert (await summer(url))["kanaler"] == {"FYSISK": 1}
        await klient.luk()


async def test_af_to_beslutninger_om_samme_brev_taeller_den_der_kom_frem() -> None:
    """POST-24: the same key with other content is no second letter, and no refusal either."""
    igaar = DIGITAL.model_copy(update={"noegle": "brev:b1"})
    idag = FYSISK.model_copy(update={"noegle": "brev:b1", "besluttet": date(2024, 11, 6)})
    async with run() as url:
        klient = Forsendelser(url)
        await stil(url, personer=[{"cpr": CPR}])
        sendt = kvittering(await klient.send("brev:b1", igaar, NU))
        assert kvittering(await klient.send("brev:b1:2", idag, NU + timedelta(days=1))) == sendt
        assert kvittering(await klient.spoerg("brev:b1:2", idag, NU + timedelta(days=1))) == sendt
        assert (await summer(url))["kanaler"] == {"DIGITAL": 1}
        await klient.luk()


async def test_en_genbrugt_noegle_som_digital_post_ikke_kender_er_intet_svar(monkeypatch: pytest.MonkeyPatch) -> None:
    async def post(*_: object) -> tuple[int, dict[str, str]]:
        return 409, {"kode": "NOEGLE_GENBRUGT"}

    async def hent(*_: object) -> tuple[int, dict[str, str]]:
        return 404, {}

    klient = Forsendelser("http://127.0.0.1:1")
    monkeypatch.setattr(HttpKlient, "post", post)
    monkeypatch.setattr(HttpKlient, "hent", hent)
    with pytest.raises(UvistSvar):
        await klient.send("brev:b1", FYSISK, NU)
    await klient.luk()


@pytest.mark.parametrize(("fejl", "udfald", "accepteret"), FEJL)
async def test_efter_en_fejl_viser_et_spoergsmaal_hvad_der_skete(
    fejl: str, udfald: type[Exception], accepteret: bool
) -> None:
    async with run() as url:
        klient = Forsendelser(url, tidsgraenser=KORT_TID)
        await stil(url, naeste=[fejl], vent_s=1, retry_after_s=7)
        with pytest.raises(udfald) as fanget:
            await klient.send("brev:b1", FYSISK, NU)
        assert CPR not in str(fanget.value)
        if isinstance(fanget.value, IkkeSendt):
            assert fanget.value.vent == timedelta(seconds=7)
        fundet = await klient.spoerg("brev:b1", FYSISK, NU)
        assert (fundet is not None) is accepteret
        sendt = kvittering(await klient.send("brev:b1", FYSISK, NU))
        assert fundet is None or kvittering(fundet) == sendt
        assert (await summer(url))["accepteret"] == 1
        await klient.luk()


@pytest.mark.parametrize(
    ("nu", "sendes"),
    [
        # 5 November 2024 in Denmark ends at 23:00 UTC.
        pytest.param(datetime(2024, 11, 5, 22, 59, tzinfo=UTC), True, id="POST-14: samme danske dag"),
        pytest.param(datetime(2024, 11, 5, 23, 0, tzinfo=UTC), False, id="POST-14: dagen efter i Danmark"),
    ],
)
async def test_en_beslutning_gaelder_sin_dag(nu: datetime, sendes: bool) -> None:
    async with run() as url:
        klient = Forsendelser(url)
        svar = await klient.send("brev:b1", FYSISK, nu)
        assert sendes is (svar != Afvist(BeslutningForaeldet(**OM)))
        assert (await summer(url))["accepteret"] == int(sendes)
        await klient.luk()


@pytest.mark.parametrize(
    ("svar", "forventet"),
    [
        pytest.param(("201 Created", "", "{}"), UvistSvar, id="taget imod uden kvittering"),
        pytest.param(("200 OK", "", "[]"), UvistSvar, id="svaret er intet objekt"),
        pytest.param(("401 Unauthorized", "", "{}"), UvistSvar, id="401 uden kode"),
        pytest.param(("404 Not Found", "", ""), UvistSvar, id="stien findes ikke"),
        pytest.param(("302 Found", "Location: /andetsteds", "{}"), UvistSvar, id="omdirigering"),
        pytest.param(("503 Busy", "Retry-After: i morgen", ""), IkkeSendt, id="503 uden brugbar tid"),
    ],
)
async def test_svar_vi_ikke_kan_bruge(svar: tuple[str, str, str], forventet: type[Exception]) -> None:
    """Answers the stand-in never gives."""
    spurgt: list[bytes] = []
    async with _altid(*svar, spurgt) as url:
        klient = Forsendelser(url)
        with pytest.raises(forventet) as fanget:
            await klient.send("brev:b1", FYSISK, NU)
        assert getattr(fanget.value, "vent", None) is None
        assert len(spurgt) == 1
        await klient.luk()


@asynccontextmanager
async def _altid(status: str, header: str, krop: str, spurgt: list[bytes]) -> AsyncGenerator[str]:
    """A server with one answer to everything."""

    async def svar(laeser: asyncio.StreamReader, skriver: asyncio.StreamWriter) -> None:
        hoved = await laeser.readuntil(b"\r\n\r\n")
        spurgt.append(hoved)
        laengde = next(int(h[15:]) for h in hoved.lower().split(b"\r\n") if h.startswith(b"content-length:"))
        await laeser.readexactly(laengde)
        linjer = [f"HTTP/1.1 {status}", *([header] if header else []), f"Content-Length: {len(krop)}", "", krop]
        skriver.write("\r\n".join(linjer).encode())
        await skriver.drain()
        skriver.close()

    server = await asyncio.start_server(svar, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_tjenesten_har_en_klient_til_hver_effekt() -> None:
    settings = Settings(digital_post_url="http://127.0.0.1:1")
    klienter = {art: byg(settings) for art, byg in TJENESTE.klienter.items()}
    typer = {art: type(klient) for art, klient in klienter.items()}
    assert typer == {"post.tilmelding": Tilmeldinger, "post.afsend": Forsendelser, "post.praksis": Praksispost}
    for klient in klienter.values():
        await klient.luk()
