"""What the read API answers: strictly read, faults told without what was asked, no CPR number in an address."""

import asyncio
from collections.abc import AsyncGenerator
from enum import StrEnum
from typing import Any

import asyncpg
import httpx
import pytest

from contracts.base import Cprnummer
from shared.platform.opslag import app
from shared.platform.opslag.access import Access
from shared.platform.opslag.erklaering import Bruger, OpslagId, Opslagsliste, Spoergsmaal, Svar
from shared.platform.opslag.laeser import Laeser
from shared.platform.tjeneste import Tjeneste
from tests.motor import Motor
from tests.opslag.udsteder import Motorlaeser, klient, som, token

CPR = "6204801234"
TJENESTE = Tjeneste("proeve", emner=())


class Omfang(StrEnum):
    FAA = "FAA"
    ALLE = "ALLE"


class OmTing(Spoergsmaal):
    ting_id: OpslagId
    omfang: Omfang = Omfang.FAA


class OmNummer(Spoergsmaal):
    cpr: Cprnummer


class Ting(Svar):
    navn: str


@TJENESTE.opslag.hent("/ting/{ting_id}")
async def ting(spoergsmaal: OmTing, bruger: Bruger, laeser: Laeser) -> Ting | None:
    """A thing."""
    del bruger
    if spoergsmaal.ting_id == "fejl":
        raise RuntimeError(f"noget om {CPR}")
    if spoergsmaal.ting_id == "database":
        await laeser.nu()
    return None if spoergsmaal.ting_id == "vaek" else Ting(navn=f"{spoergsmaal.ting_id} {spoergsmaal.omfang}")


@TJENESTE.opslag.spoerg("/ting/soeg")
async def soeg(spoergsmaal: OmNummer, bruger: Bruger, laeser: Laeser) -> Ting | None:
    """A thing by a CPR number."""
    del bruger, laeser
    return Ting(navn="fundet") if spoergsmaal.cpr == CPR else None


@pytest.fixture
async def kald() -> AsyncGenerator[httpx.AsyncClient]:
    async with klient(TJENESTE, Motorlaeser(Motor(TJENESTE), None)) as k:
        k.headers.update(som(token()))
        yield k


def problem(svar: httpx.Response) -> tuple[Any, ...]:
    assert svar.headers["content-type"] == "application/problem+json"
    p = svar.json()
    assert set(p) == {"type", "title", "status", "kode", "fejl"}
    assert p["type"] == f"urn:sygesikring:problem:{p['kode']}"
    return svar.status_code, p["kode"], *((f["felt"], f["grund"]) for f in p["fejl"])


@pytest.mark.parametrize(
    ("sti", "navn"),
    [
        ("/proeve/ting/a", "a FAA"),
        ("/proeve/ting/a.b:c-d?omfang=ALLE", "a.b:c-d ALLE"),
        ("/proeve/ting/soeg", "soeg FAA"),
    ],
)
async def test_et_spoergsmaal_besvares(kald: httpx.AsyncClient, sti: str, navn: str) -> None:
    svar = await kald.get(sti)
    assert (svar.status_code, svar.json()) == (200, {"navn": navn})


@pytest.mark.parametrize(
    ("sti", "ventet"),
    [
        pytest.param("/proeve/ting/vaek", (404, "IKKE_FUNDET"), id="findes ikke"),
        pytest.param("/proeve/andet", (404, "ADRESSE_UKENDT"), id="intet opslag"),
        pytest.param("/proeve/ting/a?omfang=alle", (422, "UGYLDIGT", ("omfang", "enum")), id="forkert værdi"),
        pytest.param("/proeve/ting/a?a=b", (422, "UGYLDIGT", ("", "extra_forbidden")), id="ukendt felt"),
        pytest.param("/proeve/ting/a?omfang=FAA&omfang=ALLE", (422, "UGYLDIGT", ("", "felt_to_gange")), id="to gange"),
        pytest.param("/proeve/ting/a?ting_id=b", (422, "UGYLDIGT", ("", "felt_to_gange")), id="også i adressen"),
        pytest.param("/proeve/ting/a%00", (422, "UGYLDIGT", ("ting_id", "string_pattern_mismatch")), id="NUL-tegn"),
        pytest.param("/proeve/ting/a%0A", (422, "UGYLDIGT", ("ting_id", "string_pattern_mismatch")), id="ny linje"),
        pytest.param("/proeve/ting/fejl", (500, "FEJL"), id="en fejl i opslaget"),
    ],
)
async def test_et_opslag_der_ikke_kan_besvares(kald: httpx.AsyncClient, sti: str, ventet: tuple[Any, ...]) -> None:
    svar = await kald.get(sti)
    assert problem(svar) == ventet
    assert CPR not in svar.text


@pytest.mark.parametrize("sti", [f"/proeve/ting/{CPR}", "/proeve/ting/620480-1234", f"/proeve/ting/a?omfang={CPR}"])
async def test_et_cpr_nummer_i_adressen_findes_ikke(
    kald: httpx.AsyncClient, sti: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number in an address would stand in the logs of whatever is on the way; ours hold it as little."""
    svar = await kald.get(sti)
    assert problem(svar) == (404, "IKKE_FUNDET")
    skrevet = "".join(capsys.readouterr())
    assert '"event": "opslag"' in skrevet
    assert "1234" not in skrevet


@pytest.mark.parametrize(
    ("krop", "ventet"),
    [
        pytest.param(b'{"cpr": "6204801234"}', (200,), id="fundet"),
        pytest.param(b'{"cpr": "6204801235"}', (404, "IKKE_FUNDET"), id="findes ikke"),
        pytest.param(b"{}", (422, "UGYLDIGT", ("cpr", "missing")), id="uden nummer"),
        pytest.param(b'{"cpr": 6204801234}', (422, "UGYLDIGT", ("cpr", "string_type")), id="et tal"),
        pytest.param(b'{"cpr": "6204801234", "6204801234": 1}', (422, "UGYLDIGT", ("", "extra_forbidden")), id="mere"),
        pytest.param(b"[]", (422, "UGYLDIGT", ("", "ikke_et_objekt")), id="en liste"),
        pytest.param(b"{", (422, "UGYLDIGT", ("", "ikke_json")), id="ikke JSON"),
        pytest.param(b"[" * 16_000, (422, "UGYLDIGT", ("", "ikke_json")), id="for dybt"),
        pytest.param(b"\xff", (422, "UGYLDIGT", ("", "ikke_json")), id="ikke UTF-8"),
        pytest.param(b" " * 17_000, (413, "FOR_STORT"), id="for stort"),
    ],
)
async def test_et_nummer_staar_i_kroppen(
    kald: httpx.AsyncClient, krop: bytes, ventet: tuple[Any, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    svar = await kald.post("/proeve/ting/soeg", content=krop)
    assert ((svar.status_code,) if svar.status_code == 200 else problem(svar)) == ventet
    assert "480123" not in svar.text + "".join(capsys.readouterr())


async def test_et_indhold_der_aldrig_kommer_ventes_der_ikke_paa(
    kald: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "BODY_S", 0.01)

    async def krop() -> AsyncGenerator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    assert problem(await kald.post("/proeve/ting/soeg", content=krop())) == (408, "FOR_LANGSOMT")


async def test_det_ingen_har_taenkt_paa_er_ogsaa_et_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    async def user(*_: Any) -> Bruger:
        raise RuntimeError(CPR)

    monkeypatch.setattr(Access, "user", user)
    async with klient(TJENESTE, Motorlaeser(Motor(TJENESTE), None), kast=False) as k:
        svar = await k.get("/proeve/ting/a")
    assert problem(svar) == (500, "FEJL")
    assert CPR not in svar.text


@pytest.mark.parametrize("metode", ["PUT", "DELETE", "PATCH", "POST"])
async def test_der_kan_kun_spoerges(kald: httpx.AsyncClient, metode: str) -> None:
    svar = await kald.request(metode, "/proeve/ting/a")
    assert problem(svar) == (405, "METODE_UKENDT")
    assert "GET" in svar.headers["allow"]


@pytest.mark.parametrize(
    "fejl",
    [ConnectionRefusedError(), TimeoutError(), asyncpg.UndefinedTableError("x"), asyncpg.CannotConnectNowError()],
)
async def test_en_database_der_er_vaek_er_ingen_fejl_hos_kalderen(fejl: Exception) -> None:
    async with klient(TJENESTE, fejl) as k:
        svar = await k.get("/proeve/ting/a", headers=som(token()))
    assert problem(svar) == (503, "NEDE")
    assert svar.headers["retry-after"] == "5"


async def test_loggen_siger_hvem_der_spurgte_om_hvad(
    kald: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    nyt = token(sub="sb-7")
    await kald.get("/proeve/ting/p-1", headers=som(nyt))
    skrevet = "".join(capsys.readouterr())
    assert all(t in skrevet for t in ('"bruger": "sb-7"', '"ting_id": "p-1"', '"kommunekode": "0630"'))
    assert nyt not in skrevet


async def test_en_bruger_der_er_et_cpr_nummer_kommer_hverken_ind_eller_i_loggen(
    kald: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    svar = await kald.get("/proeve/ting/p-1", headers=som(token(sub=f"sb {CPR}")))
    assert (svar.status_code, svar.json()["kode"]) == (401, "TOKEN_UGYLDIGT")
    assert CPR not in "".join(capsys.readouterr()) + svar.text


def test_et_opslag_der_ikke_haenger_sammen_opdages_naar_det_erklaeres() -> None:
    liste = Opslagsliste()
    with pytest.raises(ValueError, match="andet_id er ikke felter i OmTing"):
        liste.hent("/{andet_id}")(ting)
    liste.hent("/{ting_id}")(ting)
    with pytest.raises(ValueError, match="allerede et opslag"):
        liste.hent("/{ting_id}")(ting)


async def test_beskrivelsen_kan_laeses_uden_token(kald: httpx.AsyncClient) -> None:
    svar = await kald.get("/openapi.json", headers={"Authorization": ""})
    beskrivelse = svar.json()
    assert beskrivelse["openapi"] == "3.1.0"
    assert set(beskrivelse["paths"]) == {"/proeve/ting/{ting_id}", "/proeve/ting/soeg"}
    hent, spoerg = (
        beskrivelse["paths"]["/proeve/ting/{ting_id}"]["get"],
        beskrivelse["paths"]["/proeve/ting/soeg"]["post"],
    )
    assert [(p["name"], p["in"], p["required"]) for p in hent["parameters"]] == [
        ("ting_id", "path", True),
        ("omfang", "query", False),
    ]
    assert spoerg["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/OmNummer"}
    assert set(hent["responses"]) == {"200", "401", "403", "404", "422", "500", "503"}
