"""Nobody is let in but with a token of the issuer, for this hub, of a role and municipality that it knows."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from contracts.bestilling import Rolle
from shared.platform.opslag.access import Access
from shared.platform.opslag.erklaering import Bruger, OpslagId, Spoergsmaal, Svar
from shared.platform.opslag.keys import BETWEEN_S, FRESH_S, LONGEST_S, BadSource, Keys, fetcher, read
from shared.platform.opslag.laeser import Laeser
from shared.platform.opslag.problem import PROBLEMER, Problem
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from tests.motor import Motor
from tests.opslag.udsteder import (
    UDSTEDER,
    Hentning,
    Motorlaeser,
    indstillinger,
    jwks,
    klient,
    noegle,
    offentlig,
    paastande,
    token,
)

TJENESTE = Tjeneste("proeve", emner=())
LAESER = Motorlaeser(Motor(TJENESTE), None)


class OmNoget(Spoergsmaal):
    ting_id: OpslagId


class Noget(Svar):
    bruger: str


@TJENESTE.opslag.hent("/ting/{ting_id}")
async def noget(spoergsmaal: OmNoget, bruger: Bruger, laeser: Laeser) -> Noget:
    """Something."""
    del spoergsmaal, laeser
    return Noget(bruger=f"{bruger.id} {bruger.rolle} {bruger.kommunekode}")


async def spoerg(header: str | None, noegler: Keys | None = None, settings: Settings | None = None) -> httpx.Response:
    async with klient(TJENESTE, LAESER, noegler, settings) as k:
        return await k.get("/proeve/ting/a", headers={} if header is None else {"Authorization": header})


def kode(svar: httpx.Response) -> tuple[int, str]:
    assert svar.headers["content-type"] == "application/problem+json"
    problem = svar.json()
    assert problem["status"] == svar.status_code
    assert problem["title"] == PROBLEMER[problem["kode"]][1]
    return svar.status_code, problem["kode"]


@pytest.mark.parametrize(("kid", "slags"), [("rsa", "RSA"), ("ec", "EC")])
async def test_et_rigtigt_token_lukker_ind(kid: str, slags: str) -> None:
    svar = await spoerg(f"Bearer {token(kid, slags)}")
    assert (svar.status_code, svar.json()) == (200, {"bruger": "sb-7 SAGSBEHANDLER 0630"})
    assert svar.headers["cache-control"] == "no-store"


def _b64(indhold: Any) -> str:
    raa = indhold if isinstance(indhold, bytes) else json.dumps(indhold).encode()
    return base64.urlsafe_b64encode(raa).rstrip(b"=").decode()


def _haandlavet(header: dict[str, Any], hemmelighed: bytes = b"") -> str:
    """A token that PyJWT itself would not make."""
    foerste = f"{_b64(header)}.{_b64(paastande())}"
    sum_ = hmac.new(hemmelighed, foerste.encode(), hashlib.sha256).digest() if hemmelighed else b""
    return f"{foerste}.{_b64(sum_)}"


def _pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return noegle("rsa").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


UGYLDIGE = [
    pytest.param(lambda: _haandlavet({"alg": "none", "kid": "rsa"}), id="alg none"),
    pytest.param(lambda: _haandlavet({"alg": "HS256", "kid": "rsa"}, _pem()), id="HS256 med den offentlige nøgle"),
    pytest.param(lambda: token("ukendt"), id="ukendt kid"),
    pytest.param(lambda: jwt.encode(paastande(), noegle("rsa"), "RS256"), id="uden kid"),
    pytest.param(
        lambda: jwt.encode(paastande(), noegle("fremmed"), "RS256", headers={"kid": "rsa"}), id="en andens nøgle"
    ),
    pytest.param(
        lambda: jwt.encode(paastande(), noegle("rsa"), "PS256", headers={"kid": "rsa"}), id="en anden algoritme"
    ),
    pytest.param(
        lambda: jwt.encode(paastande(), noegle("rsa"), "RS256", headers={"kid": "ec"}), id="nøgle af anden slags"
    ),
    pytest.param(lambda: token(exp=int(time.time()) - 3600), id="udløbet"),
    pytest.param(lambda: token(nbf=int(time.time()) + 3600), id="gælder ikke endnu"),
    pytest.param(lambda: token(aud="en anden"), id="til en anden"),
    pytest.param(lambda: token(iss="https://en.anden"), id="fra en anden"),
    *(
        pytest.param(lambda felt=felt: token(**{felt: None}), id=f"uden {felt}")
        for felt in ("exp", "aud", "iss", "sub", "rolle", "kommunekode")
    ),
    pytest.param(lambda: token(kommunekode="630"), id="kommune med tre cifre"),
    pytest.param(lambda: token(kommunekode=630), id="kommune som tal"),
    pytest.param(lambda: token(rolle=["SAGSBEHANDLER"]), id="rolle som liste"),
    pytest.param(lambda: token(sub=""), id="tom bruger"),
    pytest.param(lambda: token(sub="6204801234"), id="et CPR-nummer som bruger"),
    pytest.param(lambda: token(sub="620480-1234"), id="et CPR-nummer med bindestreg"),
    pytest.param(lambda: token(sub="sb:6204801234"), id="et CPR-nummer i brugerens id"),
    pytest.param(lambda: token() + "x", id="underskriften ændret"),
    pytest.param(lambda: "ikke.et.token", id="vrøvl"),
    pytest.param(lambda: "a" * 9000, id="for langt"),
]


@pytest.mark.parametrize("lav", UGYLDIGE)
async def test_et_forkert_token_afvises(lav: Any) -> None:
    svar = await spoerg(f"Bearer {lav()}")
    assert kode(svar) == (401, "TOKEN_UGYLDIGT")
    assert svar.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic YTpi"])
async def test_uden_token_er_der_intet_svar(header: str | None) -> None:
    assert kode(await spoerg(header)) == (401, "TOKEN_MANGLER")


@pytest.mark.parametrize(
    ("andet", "ventet"),
    [
        pytest.param({"rolle": "DIREKTOER"}, "ROLLE_UKENDT", id="ukendt rolle"),
        pytest.param({"rolle": "BORGER"}, "ROLLE_UDEN_ADGANG", id="en borger"),
        pytest.param({"kommunekode": "0631"}, "KOMMUNE_UKENDT", id="en kommune der ikke findes"),
    ],
)
async def test_et_rigtigt_token_uden_adgang(andet: dict[str, str], ventet: str) -> None:
    assert kode(await spoerg(f"Bearer {token(**andet)}")) == (403, ventet)


@pytest.mark.parametrize("mangler", ["opslag_jwks", "opslag_udsteder", "opslag_modtager"])
async def test_uden_opsaetning_lukkes_ingen_ind(mangler: str, tmp_path: Path) -> None:
    """Fails closed: without keys, issuer or audience nobody is let in, whatever the token."""
    fil = tmp_path / "jwks.json"
    fil.write_bytes(jwks())
    settings = indstillinger().model_copy(update={"opslag_jwks": str(fil)})
    assert (await Access(settings).user(f"Bearer {token()}")).rolle is Rolle.SAGSBEHANDLER
    with pytest.raises(Problem, match="ADGANG_IKKE_SAT_OP"):
        await Access(settings.model_copy(update={mangler: ""})).user(f"Bearer {token()}")


# --- the keys ---------------------------------------------------------------------------------------------------------


async def test_uden_noegler_lukkes_ingen_ind() -> None:
    hentning = Hentning(httpx.ConnectError("nede"))
    noegler = hentning.noegler()
    svar = await spoerg(f"Bearer {token()}", noegler)
    assert kode(svar) == (503, "NOEGLER_UTILGAENGELIGE")
    assert svar.headers["retry-after"]
    hentning.svar = jwks()
    hentning.nu += 5
    assert (await spoerg(f"Bearer {token()}", noegler)).status_code == 200


async def test_noegler_hentes_en_gang_og_en_ukendt_kid_sjaeldent() -> None:
    hentning = Hentning(jwks(offentlig("rsa")))
    noegler = hentning.noegler()
    for _ in range(3):
        assert await noegler.find("rsa")
    assert hentning.kald == 1
    for _ in range(5):
        assert await noegler.find("ny") is None
    assert hentning.kald == 1  # fetched a moment ago
    hentning.svar = jwks(offentlig("ny"))
    hentning.nu += BETWEEN_S
    assert await noegler.find("ny")
    assert await noegler.find("rsa") is None
    assert hentning.kald == 2


async def test_noegler_bruges_videre_naar_udstederen_er_vaek_men_ikke_for_evigt() -> None:
    hentning = Hentning(jwks())
    noegler = hentning.noegler()
    assert await noegler.find("rsa")
    hentning.svar = OSError("nede")
    hentning.nu += FRESH_S + 1
    assert await noegler.find("rsa")
    assert hentning.kald == 2
    hentning.nu += LONGEST_S
    assert kode(await spoerg(f"Bearer {token()}", noegler)) == (503, "NOEGLER_UTILGAENGELIGE")


async def test_en_noegle_der_er_trukket_tilbage_gaelder_ikke_naar_der_er_hentet_igen() -> None:
    hentning = Hentning(jwks())
    noegler = hentning.noegler()
    assert await noegler.find("rsa")
    hentning.svar = jwks(offentlig("ec", "EC"))
    hentning.nu += FRESH_S + 1
    assert await noegler.find("rsa") is None


UBRUGELIGE = [
    pytest.param({"kty": "oct", "k": "aGVtbWVsaWc", "kid": "a", "alg": "HS256"}, id="symmetrisk"),
    pytest.param(offentlig("a", use="enc"), id="til kryptering"),
    pytest.param(offentlig("a", alg="RS512"), id="anden algoritme"),
    pytest.param(offentlig("svag", bits=1024), id="for kort"),
    pytest.param({**offentlig("a"), "kid": 7}, id="kid er et tal"),
    pytest.param({**offentlig("a"), "n": "!"}, id="ulæselig"),
    pytest.param({**offentlig("b", "EC"), "crv": "P-521"}, id="anden kurve"),
    pytest.param("vrøvl", id="ikke en nøgle"),
]


@pytest.mark.parametrize("jwk", UBRUGELIGE)
def test_ubrugelige_noegler_gaas_der_forbi(jwk: Any) -> None:
    assert list(read(jwks(jwk, offentlig("ec", "EC")))) == ["ec"]


@pytest.mark.parametrize(
    "raa",
    [b"", b"[]", b'{"keys": 1}', b"\xff", b"[" * 200_000, b" " * (1 << 21)],
    ids=["tomt", "liste", "uden liste", "ikke UTF-8", "for dybt", "for stort"],
)
async def test_et_jwks_der_ikke_er_et_giver_ingen_noegler(raa: bytes) -> None:
    assert kode(await spoerg(f"Bearer {token()}", Hentning(raa).noegler())) == (503, "NOEGLER_UTILGAENGELIGE")


@pytest.mark.parametrize("kilde", ["http://login.example/jwks", "ftp://127.0.0.1/x"])
async def test_noegler_hentes_ikke_uden_tls(kilde: str) -> None:
    with pytest.raises(BadSource):
        fetcher(kilde)
    settings = indstillinger().model_copy(update={"opslag_jwks": kilde, "opslag_udsteder": UDSTEDER})
    with pytest.raises(Problem, match="ADGANG_IKKE_SAT_OP"):
        await Access(settings).user(f"Bearer {token()}")


async def test_noegler_hentes_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    svar = {"/jwks": httpx.Response(200, content=jwks()), "/nede": httpx.Response(500)}
    oprindelig = httpx.AsyncClient

    def klient(**andet: Any) -> httpx.AsyncClient:
        return oprindelig(transport=httpx.MockTransport(lambda r: svar[r.url.path]), **andet)

    monkeypatch.setattr(httpx, "AsyncClient", klient)
    assert await Keys(fetcher("https://login.example/jwks")).find("rsa")
    assert kode(await spoerg_med("https://login.example/nede")) == (503, "NOEGLER_UTILGAENGELIGE")


async def spoerg_med(adresse: str) -> httpx.Response:
    with pytest.raises(Problem) as fejl:
        await Access(indstillinger(), Keys(fetcher(adresse))).user(f"Bearer {token()}")
    raa = fejl.value.response()
    return httpx.Response(raa.status_code, headers=dict(raa.headers), content=bytes(raa.body))
