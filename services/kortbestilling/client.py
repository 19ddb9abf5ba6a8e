"""All calls to the card supplier."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from services.kortbestilling.forloeb.beskeder import (
    AnnulleringAccepteret,
    AnnulleringAfvist,
    Kortannullering,
    Kortordre,
    OrdreAccepteret,
    OrdreAfvist,
)
from shared.domain.udfald import InternBesked
from shared.platform.httpclient import IKKE_FUNDET, TIDSGRAENSER, HttpKlient, UvistSvar
from shared.platform.tjeneste import Afvist, Svar, Udfoert


class Kortleverandoer:
    """The card supplier: `POST /ordrer` with an idempotency key, `GET /ordrer/<key>` tells what became of it."""

    def __init__(
        self, url: str, afklaringstid: timedelta = timedelta(seconds=3), tidsgraenser: httpx.Timeout = TIDSGRAENSER
    ) -> None:
        self.afklaringstid = afklaringstid
        self._http = HttpKlient("kortleverandøren", url, tidsgraenser)

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Order the card."""
        ordre = Kortordre.model_validate(indhold)
        status, svar = await self._http.post("/ordrer", ordre.model_dump(mode="json"), noegle)
        if httpx.codes.is_success(status):
            return Udfoert(OrdreAccepteret(kort_id=ordre.kort_id))
        if not svar:
            raise UvistSvar(f"kortleverandøren: svarede {status} uden en kode")
        return Afvist(OrdreAfvist(kort_id=ordre.kort_id, kode=str(svar["kode"])))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the order with this key."""
        kort_id = Kortordre.model_validate(indhold).kort_id
        status, svar = await self._http.hent("/ordrer", noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return Udfoert(OrdreAccepteret(kort_id=kort_id))
            case "AFVIST":
                return Afvist(OrdreAfvist(kort_id=kort_id, kode=str(svar.get("kode", "UOPLYST"))))
            case _:
                raise UvistSvar("kortleverandøren: svarede med en tilstand, vi ikke kender")

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """The supplier can always be asked."""
        return None

    async def luk(self) -> None:
        """Close connections."""
        await self._http.luk()


class Annulleringer(Kortleverandoer):
    """`POST /annulleringer` stops an order that is not drawn yet (KORT-09)."""

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Stop the order."""
        kort_id = Kortannullering.model_validate(indhold).kort_id
        status, svar = await self._http.post("/annulleringer", {"kort_id": kort_id}, noegle)
        if httpx.codes.is_success(status):
            return Udfoert(AnnulleringAccepteret(kort_id=kort_id))
        if not svar:
            raise UvistSvar(f"kortleverandøren: svarede {status} uden en kode")
        return Afvist(AnnulleringAfvist(kort_id=kort_id, kode=str(svar["kode"])))

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the stop with this key."""
        kort_id = Kortannullering.model_validate(indhold).kort_id
        status, svar = await self._http.hent("/annulleringer", noegle)
        if status == IKKE_FUNDET:
            return None
        match svar.get("tilstand"):
            case "ACCEPTERET":
                return Udfoert(AnnulleringAccepteret(kort_id=kort_id))
            case "AFVIST":
                return Afvist(AnnulleringAfvist(kort_id=kort_id, kode=str(svar.get("kode", "UOPLYST"))))
            case _:
                raise UvistSvar("kortleverandøren: svarede med en tilstand, vi ikke kender")
