"""The client of the card supplier against the running stand-in, under every fault."""

import socket
from datetime import timedelta

import httpx
import pytest

from contracts.kort import Adressetype, Kortaarsag
from services.kortbestilling.app import TJENESTE
from services.kortbestilling.client import Kortleverandoer
from services.kortbestilling.forloeb.beskeder import Kortordre, OrdreAccepteret, OrdreAfvist
from shared.platform.settings import Settings
from shared.platform.tjeneste import Afvist, IkkeSendt, Udfoert
from simulators.kortleverandoer.app import run
from tests.kortbestilling.eksempler import HAVNEGADE, NU
from tests.simulators.fejlsvar import FEJL
from tests.simulators.klienter import stil, summer

NOEGLE = "kort:f1:kort"
ORDRE = Kortordre(
    kort_id="f1:kort",
    cpr="0909994005",
    navn="Erik Ødegård",
    adresse=HAVNEGADE,
    adressetype=Adressetype.KENDT,
    kommunekode="0751",
    aarsag=Kortaarsag.FOERSTE_RET,
    gruppe="1",
    anmodet=NU,
)
ACCEPTERET = Udfoert(OrdreAccepteret(kort_id="f1:kort"))
KORT_TID = httpx.Timeout(1.0, read=0.3)


def ledig_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


async def test_en_ordre_accepteres_og_kan_sendes_igen() -> None:
    async with run() as url:
        klient = Kortleverandoer(url)
        assert await klient.spoerg(NOEGLE, ORDRE, NU) is None
        assert await klient.send(NOEGLE, ORDRE, NU) == ACCEPTERET
        assert await klient.send(NOEGLE, ORDRE, NU + timedelta(days=1)) == ACCEPTERET
        assert await klient.spoerg(NOEGLE, ORDRE, NU) == ACCEPTERET
        assert (await summer(url))["accepteret"] == 1
        await klient.luk()


async def test_en_afvist_ordre_er_afvist_ogsaa_naar_der_spoerges() -> None:
    afvist = Afvist(OrdreAfvist(kort_id="f1:kort", kode="UKENDT_GRUPPE"))
    async with run() as url:
        klient = Kortleverandoer(url)
        await stil(url, naeste=["AFVIS"], afvis_kode="UKENDT_GRUPPE")
        assert await klient.send(NOEGLE, ORDRE, NU) == afvist
        assert await klient.spoerg(NOEGLE, ORDRE, NU) == afvist
        await klient.luk()


@pytest.mark.parametrize(("fejl", "udfald", "accepteret"), FEJL)
async def test_efter_en_fejl_viser_et_spoergsmaal_hvad_der_skete(
    fejl: str, udfald: type[Exception], accepteret: bool
) -> None:
    """Sent again where the supplier has it not: always one order in the end."""
    async with run() as url:
        klient = Kortleverandoer(url, tidsgraenser=KORT_TID)
        await stil(url, naeste=[fejl], vent_s=1, retry_after_s=7)
        with pytest.raises(udfald) as fanget:
            await klient.send(NOEGLE, ORDRE, NU)
        assert ORDRE.cpr not in str(fanget.value)
        if isinstance(fanget.value, IkkeSendt):
            assert fanget.value.vent == timedelta(seconds=7)
        assert await klient.spoerg(NOEGLE, ORDRE, NU) == (ACCEPTERET if accepteret else None)
        assert await klient.send(NOEGLE, ORDRE, NU) == ACCEPTERET
        assert (await summer(url))["accepteret"] == 1
        await klient.luk()


@pytest.mark.parametrize(
    "fejl",
    [
        pytest.param(["AFBRUDT", "AFBRUDT"], id="afbrudt, også da klienten selv spurgte igen"),
        pytest.param(["FEJL_500"], id="500"),
        pytest.param(["HALVT_SVAR"], id="halvt svar"),
    ],
)
async def test_et_spoergsmaal_kan_ogsaa_fejle(fejl: list[str]) -> None:
    """Then nothing is known still, which is not the same as: the supplier does not have it."""
    async with run() as url:
        klient = Kortleverandoer(url)
        await klient.send(NOEGLE, ORDRE, NU)
        await stil(url, naeste=fejl, opslag=True)
        with pytest.raises(Exception, match="kortleverandøren"):
            await klient.spoerg(NOEGLE, ORDRE, NU)
        assert await klient.spoerg(NOEGLE, ORDRE, NU) == ACCEPTERET
        await klient.luk()


async def test_uden_forbindelse_er_intet_sendt() -> None:
    klient = Kortleverandoer(f"http://127.0.0.1:{ledig_port()}")
    with pytest.raises(IkkeSendt, match="ingen forbindelse"):
        await klient.send(NOEGLE, ORDRE, NU)
    await klient.luk()


async def test_samme_noegle_til_et_andet_kort_afvises() -> None:
    async with run() as url:
        klient = Kortleverandoer(url)
        await klient.send(NOEGLE, ORDRE, NU)
        svar = await klient.send(NOEGLE, ORDRE.model_copy(update={"navn": "En anden"}), NU)
        assert svar == Afvist(OrdreAfvist(kort_id="f1:kort", kode="NOEGLE_GENBRUGT"))
        await klient.luk()


async def test_leverandoeren_kan_altid_spoerges() -> None:
    klient = Kortleverandoer("http://127.0.0.1:1")
    assert klient.ukendt(NOEGLE, ORDRE) is None
    assert klient.afklaringstid == timedelta(seconds=3)
    await klient.luk()


def test_uden_adresse_siges_det() -> None:
    with pytest.raises(ValueError, match="kortleverandøren: adressen mangler"):
        TJENESTE.klienter["kort.bestil"](Settings(kortleverandoer_url=""))


async def test_tjenesten_har_en_klient_til_ordren() -> None:
    klient = TJENESTE.klienter["kort.bestil"](Settings(kortleverandoer_url="http://127.0.0.1:1"))
    assert isinstance(klient, Kortleverandoer)
    await klient.luk()
