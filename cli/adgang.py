"""`sygesikring token`: keys and tokens of one's own for the demo and for trying the read API. Never for production."""

import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import jwt
import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from cli.common import settings, stop
from contracts.bestilling import Rolle
from contracts.kommuner import KOMMUNER

MAPPE = Path(__file__).resolve().parents[1] / "build" / "opslag"
"""Outside of what git keeps; made when first needed."""
UDSTEDER = "sygesikring-proeve"
KID = "proeve"
GYLDIG_TIMER = 8


def noegle(mappe: Path = MAPPE) -> ec.EllipticCurvePrivateKey:
    """The private key, and beside it the JWKS that the read API checks tokens with."""
    fil = mappe / "noegle.pem"
    mappe.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not fil.exists():
        _skriv_en_gang(fil, _som_pem(ec.generate_private_key(ec.SECP256R1())))
    fundet = serialization.load_pem_private_key(fil.read_bytes(), None)
    assert isinstance(fundet, ec.EllipticCurvePrivateKey)
    return fundet


def jwks(mappe: Path = MAPPE) -> Path:
    """The file with the public key, for `OPSLAG_JWKS`."""
    offentlig: dict[str, Any] = ECAlgorithm.to_jwk(noegle(mappe).public_key(), as_dict=True)
    fil, ny = mappe / "jwks.json", mappe / f"jwks.{os.getpid()}.ny"
    ny.write_text(json.dumps({"keys": [{**offentlig, "kid": KID, "use": "sig", "alg": "ES256"}]}), encoding="utf-8")
    ny.replace(fil)
    return fil


def token(rolle: Rolle, kommunekode: str, modtager: str, bruger: str = "proeve", mappe: Path = MAPPE) -> str:
    """A token of our own for the read API, good for eight hours of real time."""
    nu = int(time.time())
    paastande = {
        "iss": UDSTEDER, "aud": modtager, "sub": bruger, "iat": nu, "exp": nu + GYLDIG_TIMER * 3600,
        "rolle": rolle.value, "kommunekode": kommunekode,
    }  # fmt: skip
    return jwt.encode(paastande, noegle(mappe), "ES256", headers={"kid": KID})


def udsted(
    rolle: Annotated[Rolle, typer.Option(help="Hvad tokenet giver lov til")] = Rolle.SAGSBEHANDLER,
    kommune: Annotated[str, typer.Option(help="Kommunekode, fx 0630")] = "0630",
    bruger: Annotated[str, typer.Option(help="Hvem der spørger; står i loggen")] = "proeve",
) -> None:
    """Udsted et token til hubbens opslag, til demoen og til at prøve med. Nøglerne ligger i build/opslag."""
    from shared.domain.cpr import ligner_cpr

    if kommune not in KOMMUNER:
        stop(f"Der er ingen kommune {kommune}: skriv fire cifre, fx 0630 for Vejle.")
    if not bruger or ligner_cpr(bruger):
        stop("--bruger må ikke være tom eller et CPR-nummer.")
    found = settings()
    jwks()
    typer.echo(token(rolle, kommune, found.opslag_modtager, bruger))
    if (found.opslag_jwks, found.opslag_udsteder) != (str(MAPPE / "jwks.json"), UDSTEDER):
        typer.echo(
            f"Det gælder for tjenester, der kører med OPSLAG_JWKS={MAPPE / 'jwks.json'} OPSLAG_UDSTEDER={UDSTEDER}",
            err=True,
        )


def _som_pem(fundet: ec.EllipticCurvePrivateKey) -> bytes:
    return fundet.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _skriv_en_gang(fil: Path, indhold: bytes) -> None:
    """Whole or not at all, and never over one that another process has just made: its tokens would stop to hold."""
    ny = fil.with_suffix(f".{os.getpid()}.ny")
    with open(os.open(ny, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as skrivbar:
        skrivbar.write(indhold)
    try:
        os.link(ny, fil)
    except FileExistsError:
        pass
    finally:
        ny.unlink()
