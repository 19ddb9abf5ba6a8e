"""All calls to Digital Post: who is registered, and the letters themselves."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import ValidationError

from contracts.brev import Kanal
from services.digital_post.forloeb import (
    BeslutningForaeldet,
    BrevAfleveret,
    BrevAfvist,
    Forsendelse,
    Opslag,
    TilmeldingOplyst,
)
from services.digital_post.forloeb.praksis import PraksisbrevAfvist, PraksisbrevLeveret, Praksisforsendelse
from services.digital_post.rules import FYSISK_I_STEDET
from shared.domain.datoer import dato
from shared.domain.udfald import InternBesked
from shared.platform.httpclient import IKKE_FUNDET, TIDSGRAENSER, HttpKlient, UvistSvar
from shared.platform.tjeneste import Afvist, Svar, Udfoert

NAVN = "Digital Post"
AFKLARINGSTID = timedelta(seconds=3)


class Tilmeldinger:
    """`POST /tilmelding`: is the person registered? The number goes in the body: addresses end up in logs."""

    def __init__(
        self, url: str, afklaringstid: timedelta = AFKLARINGSTID, tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient(NAVN, url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Ask. A refusal that means post on paper is an answer, too; any other one ends the letter."""
        opslag = Opslag.model_validate(indhold)
        status, svar = await self._http.post("/tilmelding", {"cpr": opslag.cpr}, noegle)
        om = {"brev_id": opslag.brev_id, "person_id": opslag.person_id}
        if httpx.codes.is_success(status) and isinstance(svar.get("tilmeldt"), bool):
            fritaget = svar.get("fritaget") is True
            return Udfoert(TilmeldingOplyst(**om, tilmeldt=svar["tilmeldt"] and not fritaget))
        if svar.get("kode") in FYSISK_I_STEDET:
            return Afvist(TilmeldingOplyst(**om, tilmeldt=False))
        if svar.get("kode"):
            return Afvist(BrevAfvist(**om, kode=str(svar["kode"])))
        raise UvistSvar(f"{NAVN}: svarede {status} på et opslag uden at sige, om personen er tilmeldt")

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """A look-up leaves nothing behind: it is simply made again."""
        return None

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """A look-up can always be made again."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()


class Forsendelser:
    """`POST /breve` with an idempotency key, `GET /breve/<key>` tells what became of it."""

    def __init__(
        self, url: str, afklaringstid: timedelta = AFKLARINGSTID, tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient(NAVN, url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Hand the letter over, on the day it was decided; later the decision must be made anew (POST-14)."""
        brev = Forsendelse.model_validate(indhold)
        if dato(nu) > brev.besluttet:
            return Afvist(BeslutningForaeldet(brev_id=brev.brev_id, person_id=brev.person_id))
        status, svar = await self._http.post("/breve", _krop(brev), noegle)
        if httpx.codes.is_success(status):
            return _modtaget(brev, svar)
        if not svar:
            raise UvistSvar(f"{NAVN}: svarede {status} uden en kode")
        return Afvist(BrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=str(svar["kode"])))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the letter with this key."""
        brev = Forsendelse.model_validate(indhold)
        status, svar = await self._http.hent("/breve", noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return _modtaget(brev, svar)
            case "AFVIST":
                kode = str(svar.get("kode", "UOPLYST"))
                return Afvist(BrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=kode))
            case _:
                raise UvistSvar(f"{NAVN}: svarede med en tilstand, vi ikke kender")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """Digital Post can always be asked."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()


class Praksispost:
    """`POST /praksisbreve` with an idempotency key; the answer says when the practice got the letter."""

    def __init__(
        self, url: str, afklaringstid: timedelta = AFKLARINGSTID, tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient(NAVN, url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Hand the letter over, with what the practice's answer must repeat."""
        brev = Praksisforsendelse.model_validate(indhold)
        krop = {
            "modtager": {"ydernummer": brev.ydernummer, "navn": brev.praksisnavn},
            "svarreference": {"forloeb_id": brev.forloeb_id, "person_id": brev.person_id},
            "afsender": brev.afsender,
            "titel": brev.titel,
            "tekst": brev.tekst,
        }
        status, svar = await self._http.post("/praksisbreve", krop, noegle)
        if httpx.codes.is_success(status):
            return _leveret(brev, svar)
        if not svar:
            raise UvistSvar(f"{NAVN}: svarede {status} uden en kode")
        return Afvist(PraksisbrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=str(svar["kode"])))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the letter with this key."""
        brev = Praksisforsendelse.model_validate(indhold)
        status, svar = await self._http.hent("/praksisbreve", noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return _leveret(brev, svar)
            case "AFVIST":
                kode = str(svar.get("kode", "UOPLYST"))
                return Afvist(PraksisbrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=kode))
            case _:
                raise UvistSvar(f"{NAVN}: svarede med en tilstand, vi ikke kender")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """Digital Post can always be asked."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()


def _leveret(brev: Praksisforsendelse, svar: dict[str, Any]) -> Svar:
    om = {"brev_id": brev.brev_id, "person_id": brev.person_id}
    try:
        leveret = PraksisbrevLeveret.model_validate(
            {**om, "leveret": svar.get("leveret"), "forsendelse_id": svar.get("kvittering")}
        )
    except ValidationError:
        raise UvistSvar(f"{NAVN}: tog imod brevet uden at sige, hvornår det blev leveret") from None
    return Udfoert(leveret)


def _modtaget(brev: Forsendelse, svar: dict[str, Any]) -> Svar:
    kvittering = svar.get("kvittering")
    if not isinstance(kvittering, str) or not kvittering:
        raise UvistSvar(f"{NAVN}: tog imod brevet uden en kvittering")
    return Udfoert(BrevAfleveret(brev_id=brev.brev_id, person_id=brev.person_id, forsendelse_id=kvittering))


def _krop(brev: Forsendelse) -> dict[str, Any]:
    adresse = brev.adresse.model_dump(mode="json") if brev.kanal is Kanal.FYSISK and brev.adresse else None
    return {
        "kanal": brev.kanal.value,
        "modtager": {"cpr": brev.cpr, "navn": brev.navn, "adresse": adresse},
        "afsender": brev.afsender,
        "titel": brev.titel,
        "tekst": brev.tekst,
    }
