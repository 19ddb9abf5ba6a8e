"""The stand-ins over real HTTP: each key decided once, and told about."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.digital_post.app import run as digital_post
from simulators.kortleverandoer.app import run as kortleverandoer
from tests.simulators.klienter import stil

ORDRE = {
    "kort_id": "f1:kort",
    "cpr": "0909994005",
    "navn": "Erik Ødegård",
    "adressetype": "KENDT",
    "kommunekode": "0751",
    "aarsag": "FOERSTE_RET",
    "gruppe": "1",
    "anmodet": "2024-11-05T09:00:00Z",
}
BREV = {
    "kanal": "FYSISK",
    "modtager": {"cpr": "0202144002", "navn": "Ida Åkjær", "adresse": {"linje": "Havnegade 4"}},
    "afsender": "Aarhus Kommune",
    "titel": "Kvittering",
    "tekst": "Kære Ida",
}


def med(krop: dict[str, Any], **aendret: Any) -> dict[str, Any]:
    return {**krop, **aendret}


def klient(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=5)


def noegle(tekst: str) -> dict[str, str]:
    return {"Idempotency-Key": tekst}


async def test_samme_noegle_giver_samme_ordre() -> None:
    async with kortleverandoer() as url, klient(url) as http:
        svar = [await http.post("/ordrer", json=ORDRE, headers=noegle("kort:f1:kort")) for _ in range(3)]
        assert {(s.status_code, s.text) for s in svar} == {(201, '{"ordre":"f1:kort"}')}
        ledger = (await http.get("/ledger")).json()
        (linje,) = ledger["anmodninger"]
        assert (linje["noegle"], linje["afgjort"]) == ("kort:f1:kort", "ACCEPTERET")
        assert (linje["gange"], linje["accepteret"], linje["gentaget"]) == (3, 1, 2)
        assert (await http.get("/ledger/sum")).json()["accepteret"] == 1


async def test_samtidige_kald_med_samme_noegle_er_en_ordre() -> None:
    async with kortleverandoer() as url, klient(url) as http:
        kald = [http.post("/ordrer", json=ORDRE, headers=noegle("k")) for _ in range(20)]
        assert {s.status_code for s in await asyncio.gather(*kald)} == {201}
        summer = (await http.get("/ledger/sum")).json()
        assert (summer["anmodninger"], summer["accepteret"], summer["gentaget"]) == (20, 1, 19)


async def test_samme_noegle_til_noget_andet_er_en_konflikt() -> None:
    async with kortleverandoer() as url, klient(url) as http:
        await http.post("/ordrer", json=ORDRE, headers=noegle("k"))
        svar = await http.post("/ordrer", json=med(ORDRE, navn="En anden"), headers=noegle("k"))
        assert (svar.status_code, svar.json()) == (409, {"kode": "NOEGLE_GENBRUGT"})
        assert (await http.get("/ledger/sum")).json()["konflikter"] == 1


@pytest.mark.parametrize(
    ("krop", "headers", "kode"),
    [
        pytest.param(json.dumps(ORDRE), {}, "MANGLER_NOEGLE", id="ingen nøgle"),
        pytest.param("{", noegle("k"), "UGYLDIG_JSON", id="ingen JSON"),
        pytest.param("[]", noegle("k"), "UGYLDIG_JSON", id="intet objekt"),
        pytest.param(json.dumps(med(ORDRE, cpr="")), noegle("k"), "UGYLDIG_ORDRE", id="intet CPR-nummer"),
        pytest.param(
            json.dumps(med(ORDRE, anmodet="2024-11-05T09:00:00")), noegle("k"), "UGYLDIG_ORDRE", id="ingen zone"
        ),
    ],
)
async def test_hvad_der_ikke_er_en_ordre_afgoer_intet(krop: str, headers: dict[str, str], kode: str) -> None:
    async with kortleverandoer() as url, klient(url) as http:
        svar = await http.post("/ordrer", content=krop, headers=headers)
        assert (svar.status_code, svar.json()) == (400, {"kode": kode})
        assert (await http.get("/ordrer/k")).status_code == 404


async def test_en_ordre_kan_slaas_op_paa_sin_noegle() -> None:
    async with kortleverandoer() as url, klient(url) as http:
        await http.post("/ordrer", json=ORDRE, headers=noegle("kort:f1:kort"))
        fundet = await http.get("/ordrer/kort%3Af1%3Akort")
        assert fundet.json()["tilstand"] == "ACCEPTERET"
        assert ORDRE["cpr"] not in fundet.text
        assert (await http.get("/ordrer/kort%3Af2%3Akort")).status_code == 404


async def test_uden_kafka_er_der_intet_at_vente_paa() -> None:
    async with kortleverandoer() as url, digital_post() as post, klient(url) as http, klient(post) as andet:
        await http.post("/ordrer", json=ORDRE, headers=noegle("k"))
        assert (await http.get("/naeste")).json() == {"naeste": None}
        assert (await andet.get("/naeste")).json() == {"naeste": None}
        svar = await http.post("/status", json={"kort_id": "f1:kort", "status": "RETUR"})
        assert svar.json() == {"kode": "INGEN_KAFKA"}


async def test_ordrerne_overlever_en_genstart(tmp_path: Path) -> None:
    fil = tmp_path / "ordrer.jsonl"
    async with kortleverandoer(ledger=fil) as url, klient(url) as http:
        await http.post("/ordrer", json=ORDRE, headers=noegle("k"))
    assert ORDRE["cpr"] not in fil.read_text(encoding="utf-8")
    async with kortleverandoer(ledger=fil) as url, klient(url) as http:
        assert (await http.get("/ordrer/k")).json()["tilstand"] == "ACCEPTERET"
        assert (await http.post("/ordrer", json=ORDRE, headers=noegle("k"))).status_code == 201
        summer = (await http.get("/ledger/sum")).json()
        assert (summer["accepteret"], summer["gentaget"]) == (1, 1)


async def test_breve_taelles_efter_kanal() -> None:
    async with digital_post() as url, klient(url) as http:
        await stil(url, personer=[{"cpr": "0909994005"}])
        digitalt = med(BREV, kanal="DIGITAL", modtager={"cpr": "0909994005", "navn": "Erik"})
        foerste = await http.post("/breve", json=digitalt, headers=noegle("b1"))
        andet = await http.post("/breve", json=BREV, headers=noegle("b2"))
        assert foerste.json()["kvittering"] != andet.json()["kvittering"]
        assert (await http.get("/ledger/sum")).json()["kanaler"] == {"DIGITAL": 1, "FYSISK": 1}
        assert (await http.get("/breve/b2")).json()["tekst"] == "Kære Ida"


@pytest.mark.parametrize(
    ("krop", "person", "kode"),
    [
        pytest.param(med(BREV, kanal="DIGITAL"), {"tilmeldt": False}, "IKKE_TILMELDT", id="ikke tilmeldt"),
        pytest.param(med(BREV, kanal="DIGITAL"), {"fritaget": True}, "FRITAGET", id="fritaget"),
        pytest.param(
            med(BREV, modtager={"cpr": "0202144002", "navn": "Ida"}), {}, "MANGLER_ADRESSE", id="fysisk uden adresse"
        ),
    ],
)
async def test_afviste_breve_afvises_paa_ny(krop: dict[str, Any], person: dict[str, bool], kode: str) -> None:
    async with digital_post() as url, klient(url) as http:
        await stil(url, personer=[{"cpr": "0202144002", **person}])
        for _ in range(2):
            svar = await http.post("/breve", json=krop, headers=noegle("b1"))
            assert (svar.status_code, svar.json()) == (422, {"kode": kode})
        fundet = (await http.get("/breve/b1")).json()
        assert (fundet["tilstand"], fundet["kode"]) == ("AFVIST", kode)


async def test_et_brev_uden_tekst_er_intet_brev() -> None:
    async with digital_post() as url, klient(url) as http:
        svar = await http.post("/breve", json=med(BREV, tekst=""), headers=noegle("b1"))
        assert (svar.status_code, svar.json()) == (400, {"kode": "UGYLDIGT_BREV"})


async def test_omtrent_85_procent_af_de_voksne_er_tilmeldt_og_svaret_er_fast() -> None:
    voksne = [f"{dag:02}{maaned:02}70{nr:04}" for dag in range(1, 21) for maaned in range(1, 11) for nr in (1111,)]
    async with digital_post() as url, klient(url) as http:
        svar = [(await http.post("/tilmelding", json={"cpr": cpr})).json()["tilmeldt"] for cpr in voksne]
        assert 150 <= svar.count(True) <= 190
        assert (await http.post("/tilmelding", json={"cpr": voksne[0]})).json()["tilmeldt"] is svar[0]
        barn = await http.post("/tilmelding", json={"cpr": "0202244002"})
        assert barn.json() == {"tilmeldt": False, "fritaget": False}
        assert not any(cpr in (await http.get("/ledger")).text for cpr in voksne)


@pytest.mark.parametrize("krop", ['{"cpr": "123"}', "{}", '{"cpr": 909994005}'])
async def test_et_opslag_uden_cpr_nummer_afvises(krop: str) -> None:
    async with digital_post() as url, klient(url) as http:
        svar = await http.post("/tilmelding", content=krop)
        assert (svar.status_code, svar.json()) == (400, {"kode": "UGYLDIGT_OPSLAG"})


async def test_en_ugyldig_stilling_siger_hvad_der_er_galt() -> None:
    async with digital_post() as url, klient(url) as http:
        svar = await http.post("/styring", json={"fejl": {"SVAR_TABT": 0.5, "OPTAGET": 0.6}})
        assert svar.status_code == 400
        svar = await http.post("/styring", json={"personer": [{"cpr": "0909994005", "tilmeldt": "måske"}]})
        assert svar.json() == {"kode": "UGYLDIG_STYRING", "felter": ["0.tilmeldt"]}
        svar = await http.post("/styring", json={"seed": 3, "naeste": ["TRAVL"]})
        assert (svar.json()["seed"], svar.json()["naeste"]) == (3, ["TRAVL"])


async def test_simulatoren_stopper_rent_mens_den_er_langsom() -> None:
    async with kortleverandoer() as url, klient(url) as http:
        await stil(url, naeste=["LANGSOM"], vent_s=60)
        kald = asyncio.create_task(http.post("/ordrer", json=ORDRE, headers=noegle("k")))
        await asyncio.sleep(0.2)
    with pytest.raises(httpx.HTTPError):
        await kald


@pytest.mark.parametrize("navn", ["kortleverandoer", "digital_post"])
def test_som_egen_proces(navn: str) -> None:
    """One line of JSON with the address; SIGTERM stops it with status 0."""
    miljoe = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "simulators", navn], stdout=subprocess.PIPE, env=miljoe, text=True
    ) as proces:
        assert proces.stdout is not None
        linje = json.loads(proces.stdout.readline())
        assert linje["navn"] == navn
        assert httpx.get(f"{linje['url']}/health", trust_env=False).json() == {"status": "ok"}
        proces.send_signal(signal.SIGTERM)
        assert proces.wait(timeout=10) == 0
