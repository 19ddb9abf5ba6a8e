"""All calls to Digital Post: who is registered, and the letters themselves."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from pydantic import ValidationError

from contracts.brev import Kanal
from services.digital_post.forloeb.beskeder import (
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
GENBRUGT = "NOEGLE_GENBRUGT"
"""Refusal of a key that Digital Post has had with other content: the first letter is the one that counts."""
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


class _Breve(ABC):
    """Letters: `POST <sti>` with an idempotency key, `GET <sti>/<key>` tells what became of it.

    What differs is the path, the body, and what an acceptance and a refusal are to the process.
    """

    sti: ClassVar[str]

    def __init__(
        self, url: str, afklaringstid: timedelta = AFKLARINGSTID, tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient(NAVN, url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Hand the letter over."""
        status, svar = await self._http.post(self.sti, self.krop(indhold), noegle)
        if httpx.codes.is_success(status):
            return self.modtaget(indhold, svar)
        if not svar:
            raise UvistSvar(f"{NAVN}: svarede {status} uden en kode")
        if svar["kode"] == GENBRUGT:
            foerste = await self.spoerg(noegle, indhold, nu)
            if foerste is None:
                raise UvistSvar(f"{NAVN}: har haft nøglen med et andet indhold, men kender den ikke")
            return foerste
        return self.afvist(indhold, str(svar["kode"]))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the letter with this key."""
        status, svar = await self._http.hent(self.sti, noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return self.modtaget(indhold, svar)
            case "AFVIST":
                return self.afvist(indhold, str(svar.get("kode", "UOPLYST")))
            case _:
                raise UvistSvar(f"{NAVN}: svarede med en tilstand, vi ikke kender")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """Digital Post can always be asked."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()

    @abstractmethod
    def krop(self, indhold: Any) -> dict[str, Any]:
        """The body of the call."""

    @abstractmethod
    def modtaget(self, indhold: Any, svar: dict[str, Any]) -> Svar:
        """What an acceptance means. Raises `UvistSvar` when it does not say what it must."""

    @abstractmethod
    def afvist(self, indhold: Any, kode: str) -> Svar:
        """What a refusal means."""


class Forsendelser(_Breve):
    """Letters to persons."""

    sti = "/breve"

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Hand the letter over, on the day it was decided; later the decision must be made anew (POST-14)."""
        brev = Forsendelse.model_validate(indhold)
        if dato(nu) > brev.besluttet:
            return Afvist(BeslutningForaeldet(brev_id=brev.brev_id, person_id=brev.person_id))
        return await super().send(brev.noegle or noegle, brev, nu)

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the letter, also of what was decided about it on an earlier day."""
        return await super().spoerg(Forsendelse.model_validate(indhold).noegle or noegle, indhold, nu)

    def krop(self, indhold: Any) -> dict[str, Any]:
        """The letter, with an address only where it goes on paper."""
        brev = Forsendelse.model_validate(indhold)
        adresse = brev.adresse.model_dump(mode="json") if brev.kanal is Kanal.FYSISK and brev.adresse else None
        return {
            "kanal": brev.kanal.value,
            "modtager": {"cpr": brev.cpr, "navn": brev.navn, "adresse": adresse},
            "afsender": brev.afsender,
            "titel": brev.titel,
            "tekst": brev.tekst,
        }

    def modtaget(self, indhold: Any, svar: dict[str, Any]) -> Svar:
        """Handed over, with a receipt."""
        kvittering = svar.get("kvittering")
        if not isinstance(kvittering, str) or not kvittering:
            raise UvistSvar(f"{NAVN}: tog imod brevet uden en kvittering")
        brev = Forsendelse.model_validate(indhold)
        return Udfoert(BrevAfleveret(brev_id=brev.brev_id, person_id=brev.person_id, forsendelse_id=kvittering))

    def afvist(self, indhold: Any, kode: str) -> Svar:
        """Not to this person, on this channel."""
        brev = Forsendelse.model_validate(indhold)
        return Afvist(BrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=kode))


class Praksispost(_Breve):
    """Letters to practices; the answer says when the practice got the letter."""

    sti = "/praksisbreve"

    def krop(self, indhold: Any) -> dict[str, Any]:
        """The letter, with what the practice's answer must repeat."""
        brev = Praksisforsendelse.model_validate(indhold)
        return {
            "modtager": {"ydernummer": brev.ydernummer, "navn": brev.praksisnavn},
            "svarreference": {"forloeb_id": brev.forloeb_id, "person_id": brev.person_id},
            "svar_oenskes": brev.svar_oenskes,
            "afsender": brev.afsender,
            "titel": brev.titel,
            "tekst": brev.tekst,
        }

    def modtaget(self, indhold: Any, svar: dict[str, Any]) -> Svar:
        """Delivered: the 14 days of the practice count from the day of `leveret`."""
        brev = Praksisforsendelse.model_validate(indhold)
        om = {"brev_id": brev.brev_id, "person_id": brev.person_id}
        try:
            leveret = PraksisbrevLeveret.model_validate(
                {**om, "leveret": svar.get("leveret"), "forsendelse_id": svar.get("kvittering")}
            )
        except ValidationError:
            raise UvistSvar(f"{NAVN}: tog imod brevet uden at sige, hvornår det blev leveret") from None
        return Udfoert(leveret)

    def afvist(self, indhold: Any, kode: str) -> Svar:
        """Not to this practice."""
        brev = Praksisforsendelse.model_validate(indhold)
        return Afvist(PraksisbrevAfvist(brev_id=brev.brev_id, person_id=brev.person_id, kode=kode))
