"""What a journey can do and see: publish on Kafka, move the clock, and read everything the hub published."""

import asyncio
import json
import subprocess
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from cli.hub import Hub, open_hub
from cli.main import instant
from contracts.base import Besked
from contracts.bestilling import LaegevalgBestilt
from contracts.cpr import (
    CprAdresse,
    CprCivilstand,
    CprForaeldremyndighed,
    CprHaendelse,
    CprNavn,
    CprPerson,
    CprRejse,
)
from contracts.emner import FASTE, OPGAVEEMNER
from contracts.kuvert import Kuvert, pak_ud
from contracts.noegle import cpr_noegle, person_id_ved_oprettelse
from contracts.yder import YderOpdateret, Yderstatus
from shared.domain.datoer import KOEBENHAVN
from shared.platform.settings import Settings
from tests.opslag.udsteder import som, token

HEMMELIGHED = "rejsernes hemmelighed"
INDGAAENDE = {e.navn for e in FASTE if e.udefra} | {"ur"}
TILSTANDE = {"PersonTilstand", "YderTilstand"}
"""Compacted state accompanies every change; the journeys assert what happened."""


@dataclass
class Simulator:
    """A stand-in in a process of its own."""

    proces: subprocess.Popen[bytes]

    def adresse(self) -> str:
        assert self.proces.stdout is not None
        return json.loads(self.proces.stdout.readline())["url"]


def dansk(dag: str, klokken: str = "12:00") -> datetime:
    return datetime.combine(date.fromisoformat(dag), time.fromisoformat(klokken), KOEBENHAVN).astimezone(UTC)


def borger(
    cpr: str, navn: str, foedt: str, kommune: str, indrejst: str, *, land: str = "5180", **mere: Any
) -> CprPerson:
    """A person who entered Denmark on a day and lives in a municipality."""
    fornavn, _, efternavn = navn.rpartition(" ")
    return CprPerson(
        cpr=cpr,
        status="01",
        foedselsdato=date.fromisoformat(foedt),
        navn=CprNavn(fornavn=fornavn, efternavn=efternavn, adresseringsnavn=navn),
        adresse=CprAdresse(
            kommunekode=kommune,
            vejkode="1234",
            husnr="7",
            standardadresse="Ærøvej 7",
            postnummer="8000",
            postdistrikt="Aarhus C",
            tilflytning=dansk(indrejst),
            tilflytning_kommune=dansk(indrejst),
        ),
        rejser=(CprRejse(indrejse=dansk(indrejst), indrejseland=land),),
        **mere,
    )


def barn_af(barn: CprPerson, *indehavere: str) -> CprPerson:
    """The child with these custody holders."""
    typer = ("0005", "0006")
    myndighed = tuple(
        CprForaeldremyndighed(type_=t, cpr=cpr, fra=barn.foedselsdato)
        for t, cpr in zip(typer, indehavere, strict=False)
    )
    return barn.model_copy(update={"foraeldremyndighed": myndighed})


SAGSBEHANDLER: dict[str, Any] = {
    "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "betalingskort": None
}  # fmt: skip
"""What a caseworker's order says instead of a citizen's."""
LAEGEBREV = ["BrevAnmodet LAEGEVALGSKVITTERING", "BrevSendt LAEGEVALGSKVITTERING DIGITAL"]
KORTBREV = ["BrevAnmodet SUNDHEDSKORTKVITTERING", "BrevSendt SUNDHEDSKORTKVITTERING DIGITAL"]


def paa_papir(breve: list[str]) -> list[str]:
    """The same letters to one who gets them on paper."""
    return [b.replace("DIGITAL", "FYSISK") for b in breve]


def gift_med(person: CprPerson, cpr: str) -> CprPerson:
    return person.model_copy(
        update={"civilstand": CprCivilstand(kode="G", aegtefaelle_cpr=cpr, fra=dansk("2015-06-06"))}
    )


def person_id(cpr: str) -> str:
    return person_id_ved_oprettelse(cpr, HEMMELIGHED)


@dataclass
class Rejse:
    """One journey."""

    settings: Settings
    hub: Hub
    kafka: AIOKafkaConsumer
    afsender: AIOKafkaProducer
    opslag_url: str
    mrk: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    set_paa: Counter[str] = field(default_factory=Counter[str])
    """How many messages were seen on each topic."""

    @classmethod
    @asynccontextmanager
    async def begynd(cls, miljoe: dict[str, str]) -> "AsyncIterator[Rejse]":
        settings = Settings(**{k.lower(): v for k, v in miljoe.items() if k.lower() in Settings.model_fields})
        kafka = AIOKafkaConsumer(bootstrap_servers=settings.kafka_servere, max_partition_fetch_bytes=8_000_000)
        afsender = AIOKafkaProducer(bootstrap_servers=settings.kafka_servere)
        async with open_hub(settings) as hub, kafka, afsender:
            partitioner = [
                TopicPartition(emne.navn, p)
                for emne in (*FASTE, *OPGAVEEMNER)
                for p in range(emne.partitioner)
                if emne.navn not in INDGAAENDE
            ]
            kafka.assign(partitioner)
            await kafka.seek_to_end(*partitioner)
            for partition in partitioner:
                await kafka.position(partition)
            yield cls(settings, hub, kafka, afsender, miljoe["OPSLAG_URL"])

    async def ur(self, tidspunkt: str) -> None:
        """Set the hub's clock (Danish time)."""
        await self.hub.set_clock(instant(tidspunkt))

    async def frem_til(self, tidspunkt: str) -> None:
        """Let time pass, from deadline to deadline."""
        await self.hub.forward(instant(tidspunkt))

    async def ydere(self, *ydere: YderOpdateret) -> None:
        """The region's records of practices."""
        for y in ydere:
            await self.udgiv(y, y.ydernummer, f"{y.ydernummer}-{self.mrk}-{y.opdateret.isoformat()}")
        await self.hub.wait_until_quiet()

    async def udgiv(self, besked: Besked, noegle: str, id_: str, tid: datetime | None = None) -> None:
        kuvert = Kuvert(besked, id_, "/rejse", tid or datetime.now(UTC), noegle)
        await self.afsender.send_and_wait(besked.emne, kuvert.vaerdi(), key=noegle.encode(), headers=kuvert.headers())

    async def cpr(self, person: CprPerson, kode: str, registreret: str, leverance: str, id_: str = "") -> None:
        """An event of CPR, as the ingest publishes it. Does not wait."""
        besked = CprHaendelse(
            kode=kode, registreret=dansk(registreret, "10:00"), leverance=date.fromisoformat(leverance), person=person
        )
        id_ = id_ or f"{kode}-{registreret}-{self.mrk}-{person_id(person.cpr)}"
        await self.udgiv(besked, cpr_noegle(person.cpr, HEMMELIGHED), id_, besked.registreret)

    async def bestil(self, navn: str, cpr: str, ydernummer: str, virkningsdato: str, **andet: Any) -> str:
        """An order of a doctor, now by the hub's clock, by the person himself in self-service unless it is said
        otherwise. Does not wait. Its forløb."""
        nu, noegle = await self.hub.now(), cpr_noegle(andet.get("borger_cpr", cpr), HEMMELIGHED)
        felter: dict[str, Any] = {
            "noegle": noegle, "bestilling_id": f"{navn}-{self.mrk}", "kanal": "SELVBETJENING", "aktoer": "login-1",
            "rolle": "BORGER", "cpr": cpr, "ydernummer": ydernummer, "virkningsdato": date.fromisoformat(virkningsdato),
            "bestilt": nu, "betalingskort": "kort-1",
        }  # fmt: skip
        besked = LaegevalgBestilt(**(felter | andet))
        await self.udgiv(besked, noegle, f"bestil-{besked.bestilling_id}", nu)
        return f"laegevalg-{besked.bestilling_id}"

    async def ro(self) -> list[Kuvert]:
        """Wait until the hub is at rest; everything it published since last time, in order per key."""
        await self.hub.wait_until_quiet()
        fundet: list[Kuvert] = []
        slut = await self.kafka.end_offsets(list(self.kafka.assignment()))
        while any([await self.kafka.position(tp) < ende for tp, ende in slut.items()]):
            hold = await self.kafka.getmany(timeout_ms=250)
            fundet += [pak_ud(r.key, r.value, r.headers) for rs in hold.values() for r in rs]
            self.set_paa.update(r.topic for rs in hold.values() for r in rs)
        return fundet

    async def haendt(self, cpr: str) -> list[str]:
        """What happened to a person, and what he who ordered was answered, since last time, as short lines, sorted;
        state snapshots left out."""
        (mit,) = await self.haendt_dem(cpr)
        return mit

    async def haendt_dem(self, *cprs: str) -> list[list[str]]:
        """The same of several, of the same time."""
        alt = [k.besked for k in await self.ro()]
        return [linjer(alt, cpr) for cpr in cprs]

    async def spoerg(self, kommune: str, sti: str, tjeneste: str = "laegevalg", **krop: Any) -> httpx.Response:
        """What a caseworker of a municipality is answered by the read API; with a body it is a POST."""
        url, som_sb = f"{self.opslag_url}/{tjeneste}{sti}", som(token(kommunekode=kommune))
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http, asyncio.timeout(60):
            while True:
                svar = await http.request("POST" if krop else "GET", url, headers=som_sb, json=krop or None)
                if svar.status_code != 503:
                    return svar
                await asyncio.sleep(float(svar.headers.get("Retry-After", "1")))  # as docs/api.md asks of a client

    async def stil(self, navn: str, sti: str, krop: Any) -> None:
        """A control call to a stand-in."""
        url = getattr(self.settings, f"{navn}_url")
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            (await http.post(f"{url}{sti}", json=krop)).raise_for_status()

    async def hos(self, navn: str, sti: str) -> Any:
        """What a stand-in says of itself."""
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            return (await http.get(f"{getattr(self.settings, f'{navn}_url')}{sti}")).raise_for_status().json()

    async def penge(self, forloeb_id: str) -> tuple[int, int, int]:
        """Reserved, captured and released at Nets for a forløb, in øre."""
        p = (await self.hos("nets", "/penge"))["betalinger"].get(f"{forloeb_id}:betaling", {})
        return p.get("reserveret", 0), p.get("trukket", 0), p.get("frigivet", 0)

    async def i_digital_post(self, *cprs: str) -> None:
        """These are registered there."""
        personer = [{"cpr": cpr, "tilmeldt": True, "fritaget": False} for cpr in cprs]
        await self.stil("digital_post", "/styring", {"personer": personer})

    @asynccontextmanager
    async def uden_digital_post(self) -> AsyncIterator[None]:
        """Nobody is let in there, so that letters wait."""
        await self.stil("digital_post", "/styring", {"fejl": {"OPTAGET": 1.0}})
        try:
            yield
        finally:
            await self.stil("digital_post", "/styring", {"fejl": {}})

    async def breve_venter(self, antal: int, cpr: str) -> None:
        """Until so many letters to the person wait to be handed over."""
        sql = "select count(*) from brev where person_id = $1 and tilstand = 'AFSENDES_FYSISK'"
        async with asyncio.timeout(60):
            while await self.hub.database("digital_post").fetchval(sql, person_id(cpr)) < antal:
                await asyncio.sleep(0.05)

    async def balance(self) -> None:
        """The books balance."""
        for b in await self.hub.balances():
            assert b.difference == 0
            assert not b.differences, b.differences


def yder(nummer: str, kommune: str, frie: int, status: Yderstatus = Yderstatus.AABEN, **mere: Any) -> YderOpdateret:
    """A practice with so many free places below its limit."""
    return YderOpdateret(
        ydernummer=nummer, navn=f"Lægehuset {nummer}", kommunekode=kommune, status=status,
        lukkegraense=1600, maksgraense=mere.pop("maks", 1700), antal_sikrede=1600 - frie,
        opdateret=mere.pop("opdateret", datetime.now(UTC)), **mere,
    )  # fmt: skip


FELTER = (
    "gruppe",
    "gyldig_fra",
    "ydernummer",
    "virkningsdato",
    "grund",
    "aarsag",
    "brevtype",
    "kanal",
    "gebyr_oere",
    "udfald",
    "kommunekode",
)


def linjer(beskeder: Iterable[Besked], cpr: str) -> list[str]:
    """The messages about a person, and the answers to what he ordered, as short lines, sorted; state left out."""
    hans = {person_id(cpr), cpr_noegle(cpr, HEMMELIGHED)}
    return sorted(
        _kort(b)
        for b in beskeder
        if type(b).__name__ not in TILSTANDE and hans & {getattr(b, "person_id", ""), getattr(b, "noegle", "")}
    )


def _kort(besked: Besked) -> str:
    """A message as a line: its name and the fields a domain expert looks at."""
    data = besked.model_dump(mode="json")
    dele = [str(data[f]) for f in FELTER if f in data and data[f] is not None and f != "kommunekode"]
    if type(besked).__name__.startswith("Opgave"):
        dele.append(data["kommunekode"])
    return " ".join([type(besked).__name__, *dele])
