"""CPR-16: the client of the paid look-up against the running stand-in, under every fault."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cpr_events.client import CprOnline, IngenCprOnline, klient
from services.cpr_events.forloeb.opslag import OpslagHentet, OpslagIkkeFundet, OpslagMislykket, Opslagsspoergsmaal
from shared.platform.httpclient import UvistSvar
from shared.platform.tjeneste import Afvist, IkkeSendt, Udfoert
from simulators.cpr_online.app import run
from tests.cpr_events.opslagsverden import CPR, ID, NU, hentet, person
from tests.simulators.fejlsvar import FEJL
from tests.simulators.klienter import stil, summer

NOEGLE = "cpr-opslag:o-1"
SPURGT = Opslagsspoergsmaal(
    opslag_id="o-1", ordensnoegle=ID, cpr=CPR, kommunekode="0630", aktoer="sb-7", grund="Indrejst i dag", oensket=NU,
    senest=NU + timedelta(days=1),
)  # fmt: skip
FUNDET = Udfoert(hentet())
UKENDT = Afvist(OpslagIkkeFundet(opslag_id="o-1", ordensnoegle=ID))
KORT_TID = httpx.Timeout(1.0, read=0.3)


def mislykket(kode: str, gebyr: bool = False) -> Afvist:
    return Afvist(OpslagMislykket(opslag_id="o-1", ordensnoegle=ID, kode=kode, gebyr=gebyr))


async def kend(url: str, **andet: Any) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.post("/personer", json=person(**andet).model_dump(mode="json"))).raise_for_status()


async def regning(url: str) -> dict[str, int]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return (await http.get("/regning")).raise_for_status().json()


@pytest.fixture
async def cpr() -> AsyncGenerator[tuple[str, CprOnline]]:
    async with run() as url:
        client = CprOnline(url, tidsgraenser=KORT_TID)
        await kend(url)
        yield url, client
        await client.luk()


async def test_cpr_16_fundet_een_gang_og_betalt_een_gang(cpr: tuple[str, CprOnline]) -> None:
    url, client = cpr
    assert await client.spoerg(NOEGLE, SPURGT, NU) is None
    assert await client.send(NOEGLE, SPURGT, NU) == FUNDET
    assert await client.send(NOEGLE, SPURGT, NU) == FUNDET
    assert await client.spoerg(NOEGLE, SPURGT, NU + timedelta(hours=3)) == FUNDET
    assert await regning(url) == {"0630": 1}


async def test_cpr_16_ingen_har_nummeret(cpr: tuple[str, CprOnline]) -> None:
    url, client = cpr
    fremmed = SPURGT.model_copy(update={"cpr": "7009990002"})
    assert await client.send(NOEGLE, fremmed, NU) == UKENDT
    assert await client.spoerg(NOEGLE, fremmed, NU) == UKENDT
    assert await regning(url) == {"0630": 1}


async def test_cpr_16_afvist_af_cpr_koster_intet(cpr: tuple[str, CprOnline]) -> None:
    url, client = cpr
    await stil(url, naeste=["AFVIS"], afvis_kode="INGEN_AFTALE")
    assert await client.send(NOEGLE, SPURGT, NU) == mislykket("AFVIST_AF_CPR")
    assert await client.spoerg(NOEGLE, SPURGT, NU) == mislykket("AFVIST_AF_CPR")
    assert await regning(url) == {}


@pytest.mark.parametrize(("fejl", "udfald", "accepteret"), FEJL)
async def test_cpr_16_efter_en_fejl_spoerges_der_og_betales_hoejst_een_gang(
    cpr: tuple[str, CprOnline], fejl: str, udfald: type[Exception], accepteret: bool
) -> None:
    """CPR-16: a lost answer is asked about; only what CPR never had is sent again."""
    url, client = cpr
    await stil(url, naeste=[fejl], vent_s=1, retry_after_s=7)
    with pytest.raises(udfald) as fanget:
        await client.send(NOEGLE, SPURGT, NU)
    assert CPR not in str(fanget.value)
    if isinstance(fanget.value, IkkeSendt):
        assert fanget.value.vent == timedelta(seconds=7)
    assert await client.spoerg(NOEGLE, SPURGT, NU) == (FUNDET if accepteret else None)
    if not accepteret:
        assert await client.send(NOEGLE, SPURGT, NU) == FUNDET
    assert await regning(url) == {"0630": 1}
    assert (await summer(url))["accepteret"] == 1


@pytest.mark.parametrize(
    ("senere", "sendes"),
    [(timedelta(), True), (timedelta(microseconds=1), False), (timedelta(days=30), False)],
    ids=["på det sidste øjeblik", "lige efter", "en måned efter"],
)
async def test_cpr_16_et_for_gammelt_opslag_sendes_ikke(
    cpr: tuple[str, CprOnline], senere: timedelta, sendes: bool
) -> None:
    url, client = cpr
    svar = await client.send(NOEGLE, SPURGT, SPURGT.senest + senere)
    assert (type(svar) is Udfoert) is sendes
    assert svar == mislykket("FOR_GAMMEL") or sendes
    assert await regning(url) == ({"0630": 1} if sendes else {})


async def test_cpr_16_svaret_til_et_spoergsmaal_er_hoejst_saa_nyt_som_oensket(cpr: tuple[str, CprOnline]) -> None:
    """CPR-10: an answer heard of late must not count as newer than it is."""
    _, client = cpr
    sendt = await client.send(NOEGLE, SPURGT, NU + timedelta(hours=1))
    assert isinstance(sendt, Udfoert)
    assert isinstance(sendt.besked, OpslagHentet)
    assert sendt.besked.hentet == NU + timedelta(hours=1)
    spurgt = await client.spoerg(NOEGLE, SPURGT, NU + timedelta(hours=5))
    assert spurgt == FUNDET


async def test_cpr_11_et_gammelt_nummer_giver_personen_under_det_nye() -> None:
    async with run() as url:
        await kend(url, cpr="7009990002", tidligere_cpr=(CPR,))
        client = CprOnline(url)
        svar = await client.send(NOEGLE, SPURGT, NU)
        assert isinstance(svar, Udfoert)
        assert isinstance(svar.besked, OpslagHentet)
        assert svar.besked.person.cpr == "7009990002"
        await client.luk()


@pytest.mark.parametrize("svar", [{}, {"person": {"cpr": CPR}}, {"person": None}, {"person": "tekst"}], ids=str)
async def test_cpr_16_et_svar_der_ikke_er_en_person_bruges_ikke(svar: dict[str, Any], monkeypatch: Any) -> None:
    """CPR-16: carried out and paid; asking again would only pay again."""
    client = CprOnline("http://127.0.0.1:1")

    async def post(*_: Any) -> tuple[int, dict[str, Any]]:
        return 200, svar

    monkeypatch.setattr("shared.platform.httpclient.HttpKlient.post", post)
    assert await client.send(NOEGLE, SPURGT, NU) == mislykket("UBRUGELIGT_SVAR", gebyr=True)


async def test_cpr_16_en_anden_persons_svar_bruges_ikke(monkeypatch: Any) -> None:
    client = CprOnline("http://127.0.0.1:1")

    async def post(*_: Any) -> tuple[int, dict[str, Any]]:
        return 200, {"person": person(cpr="7009990002").model_dump(mode="json")}

    monkeypatch.setattr("shared.platform.httpclient.HttpKlient.post", post)
    assert await client.send(NOEGLE, SPURGT, NU) == mislykket("UBRUGELIGT_SVAR", gebyr=True)


async def test_cpr_16_en_tilstand_vi_ikke_kender_er_stadig_ukendt(monkeypatch: Any) -> None:
    client = CprOnline("http://127.0.0.1:1")

    async def hent(*_: Any) -> tuple[int, dict[str, Any]]:
        return 200, {"tilstand": "MÅSKE"}

    monkeypatch.setattr("shared.platform.httpclient.HttpKlient.hent", hent)
    with pytest.raises(UvistSvar, match="en tilstand, vi ikke kender"):
        await client.spoerg(NOEGLE, SPURGT, NU)


async def test_cpr_16_uden_adresse_spoerges_ingen() -> None:
    ingen = klient("")
    assert isinstance(ingen, IngenCprOnline)
    assert await ingen.send(NOEGLE, SPURGT, NU) == mislykket("IKKE_SAT_OP")
    with pytest.raises(UvistSvar, match="adressen mangler"):
        await ingen.spoerg(NOEGLE, SPURGT, NU)
    assert ingen.ukendt(NOEGLE, SPURGT) is None
    await ingen.luk()


async def test_stedfortraederen_husker_regningen_og_svarene_efter_en_genstart(tmp_path: Path) -> None:
    bog = tmp_path / "bog"
    async with run(ledger=bog) as url:
        await kend(url)
        client = CprOnline(url)
        await client.send(NOEGLE, SPURGT, NU)
        await client.luk()
    async with run(ledger=bog) as url:
        client = CprOnline(url)
        assert await client.spoerg(NOEGLE, SPURGT, NU) == FUNDET
        assert await regning(url) == {"0630": 1}
        await client.luk()


@pytest.mark.parametrize(
    ("sti", "krop", "kode"),
    [
        ("/opslag", {"cpr": CPR, "kommunekode": "0630", "aktoer": "sb"}, "UGYLDIGT_OPSLAG"),
        ("/personer", {"cpr": "1"}, "UGYLDIG_PERSON"),
    ],
)
async def test_stedfortraederen_afviser_vroevl(sti: str, krop: dict[str, str], kode: str) -> None:
    async with run() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        svar = await http.post(sti, json=krop, headers={"Idempotency-Key": "k"})
        assert (svar.status_code, svar.json()) == (400, {"kode": kode})
        assert await regning(url) == {}
