"""`sygesikring opgaver`: a municipality's queue of tasks, as a reference for those who make their own.

Nothing is kept here: the queue is read from its topic each time. The id of a command follows from the task, what has
happened to it and the act, so a command that is typed again after a crash is the same command.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from aiokafka import AIOKafkaConsumer, TopicPartition

from cli.common import Json, run_async, settings, stop
from cli.tid import local
from contracts.kommuner import KOMMUNER
from contracts.kuvert import Kuvert, Ulaeselig, pak_ud
from contracts.opgave import (
    AfslutOpgave,
    OpgaveAfsluttet,
    OpgavefristFlyttet,
    OpgavekommandoAfvist,
    OpgaveOprettet,
    OpgaveOprettetV2,
    OpgaveOverskredet,
    OpgavetekstRettet,
    OpgaveTildelt,
    TildelOpgave,
)
from contracts.ur import UrStillet
from shared.platform.kafka import client_kwargs, producer
from shared.platform.settings import Settings

Kommando = TildelOpgave | AfslutOpgave
SVAR_S = 15.0


@dataclass(frozen=True, slots=True)
class Opgave:
    """A task as its messages show it."""

    opgave_id: str
    opgavetype: str
    titel: str
    frist: datetime
    cpr: str | None
    version: int = 1
    sagsbehandler: str | None = None
    overskredet: bool = False
    afsluttet: bool = False
    afslag: int = 0
    """Refused commands: a command tried again after a refusal is a new one."""


@dataclass
class Koe:
    """One municipality's queue, from the messages on its topic; the same message twice counts once."""

    opgaver: dict[str, Opgave] = field(default_factory=dict[str, Opgave])
    svar: dict[str, OpgavekommandoAfvist | None] = field(default_factory=dict[str, OpgavekommandoAfvist | None])
    """By the id of a command: its refusal, or None where it was carried out."""
    forskydning: timedelta = timedelta()
    """From real time to the hub's."""
    _ur: int = -1
    _set: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def modtag(self, kuvert: Kuvert) -> None:
        """Read one message."""
        if (kuvert.kilde, kuvert.id) in self._set:
            return
        self._set.add((kuvert.kilde, kuvert.id))
        besked = kuvert.besked
        if isinstance(besked, UrStillet) and besked.version > self._ur:
            self._ur, self.forskydning = besked.version, timedelta(milliseconds=besked.forskydning_ms)
        elif isinstance(besked, OpgaveOprettet | OpgaveOprettetV2):
            self.opgaver[besked.opgave_id] = Opgave(
                besked.opgave_id, besked.opgavetype.value, besked.titel, besked.frist, besked.cpr
            )
        elif isinstance(besked, OpgavekommandoAfvist):
            self.svar[besked.kommando_id] = besked
            if gammel := self.opgaver.get(besked.opgave_id):
                self.opgaver[besked.opgave_id] = replace(gammel, afslag=gammel.afslag + 1)
        else:
            self._aendret(besked)

    def _aendret(self, besked: Any) -> None:
        aendringer: dict[type[Any], tuple[str, ...]] = {
            OpgaveTildelt: ("sagsbehandler",), OpgavefristFlyttet: ("frist",), OpgavetekstRettet: ("titel",),
            OpgaveOverskredet: (), OpgaveAfsluttet: (),
        }  # fmt: skip
        felter = aendringer.get(type(besked))
        if felter is None:
            return
        if not isinstance(besked, OpgaveOverskredet):
            self.svar[besked.kommando_id] = None
        gammel = self.opgaver.get(besked.opgave_id)
        if gammel is None:
            return
        ny = replace(gammel, version=besked.version, **{f: getattr(besked, f) for f in felter})
        overskredet = isinstance(besked, OpgaveOverskredet) or (
            gammel.overskredet and not isinstance(besked, OpgavefristFlyttet)
        )
        lukket = gammel.afsluttet or isinstance(besked, OpgaveAfsluttet)
        self.opgaver[besked.opgave_id] = replace(ny, overskredet=overskredet, afsluttet=lukket)

    def aabne(self) -> list[Opgave]:
        """The open tasks, the first due first."""
        return sorted((o for o in self.opgaver.values() if not o.afsluttet), key=lambda o: (o.frist, o.opgave_id))


def kommando_id(opgave: Opgave, handling: str, *dele: str) -> str:
    """The same for the same act on the task as it stands."""
    indhold = json.dumps([opgave.opgave_id, opgave.version, opgave.afslag, handling, *dele])
    return f"{handling}-{hashlib.blake2b(indhold.encode(), digest_size=16).hexdigest()}"


class Laeser:
    """Reads a queue and the hub's clock."""

    def __init__(self, kafka: AIOKafkaConsumer, koe: Koe) -> None:
        self.kafka, self.koe = kafka, koe

    async def laes_til_ende(self) -> None:
        """Everything that stands there now. Messages that cannot be read are none of ours."""
        ender = await self.kafka.end_offsets(self.kafka.assignment())
        while any([await self.kafka.position(tp) < ende for tp, ende in ender.items()]):
            for poster in (await self.kafka.getmany(timeout_ms=200)).values():
                for post in poster:
                    try:
                        self.koe.modtag(pak_ud(post.key, post.value, post.headers))
                    except Ulaeselig:
                        continue


@asynccontextmanager
async def aaben(found: Settings, kommune: str) -> AsyncGenerator[Laeser]:
    """The queue of a municipality, read to its end."""
    kafka = AIOKafkaConsumer(**client_kwargs(found), enable_auto_commit=False)
    await kafka.start()
    try:
        dele = [TopicPartition(f"opgaver.{kommune}", 0), TopicPartition(UrStillet.emne, 0)]
        kafka.assign(dele)
        await kafka.seek_to_beginning(*dele)
        laeser = Laeser(kafka, Koe())
        await laeser.laes_til_ende()
        yield laeser
    finally:
        await kafka.stop()


async def giv(found: Settings, laeser: Laeser, besked: Kommando, vent: float) -> OpgavekommandoAfvist | None:
    """Publish a command and wait for its answer: None when it is carried out. Raises `TimeoutError`."""
    kuvert = Kuvert(
        besked, besked.kommando_id, f"/opgavekoe/{besked.kommunekode}", besked.afgivet, besked.opgave_id,
        subject=besked.opgave_id,
    )  # fmt: skip
    async with producer(found, linger_ms=0) as kafka:
        await kafka.send_and_wait(
            besked.topic(), kuvert.vaerdi(), key=besked.opgave_id.encode(), headers=kuvert.headers()
        )
    senest = time.monotonic() + vent
    while besked.kommando_id not in laeser.koe.svar:
        if time.monotonic() > senest:
            raise TimeoutError
        await asyncio.sleep(0.1)
        await laeser.laes_til_ende()
    return laeser.koe.svar[besked.kommando_id]


Kommune = Annotated[str, typer.Option("--kommune", help="Kommunekode, fire cifre")]


def opgaver(
    kommune: Kommune,
    tildel: Annotated[str, typer.Option("--tildel", metavar="OPGAVE", help="Tildel denne opgave")] = "",
    til: Annotated[str, typer.Option("--til", help="Den sagsbehandler, der får opgaven")] = "",
    afslut: Annotated[str, typer.Option("--afslut", metavar="OPGAVE", help="Afslut denne opgave")] = "",
    begrundelse: Annotated[str, typer.Option("--begrundelse", help="Hvorfor den afsluttes")] = "",
    aktoer: Annotated[str, typer.Option("--aktoer", help="Sagsbehandlerens id, aldrig et CPR-nummer")] = "",
    vent: Annotated[float, typer.Option(help="Sekunder at vente på svaret")] = SVAR_S,
    as_json: Json = False,
) -> None:
    """Vis en kommunes åbne opgaver, tildel en (--tildel, --til) eller afslut en (--afslut, --begrundelse)."""
    if kommune not in KOMMUNER:
        stop(f"»{kommune}« er ikke en af de 98 kommuner.")
    if tildel and afslut:
        stop("Giv enten --tildel eller --afslut.")
    if (tildel and not (til and aktoer)) or (afslut and not (begrundelse and aktoer)):
        stop("--tildel skal have --til og --aktoer; --afslut skal have --begrundelse og --aktoer.")
    found = settings("kafka_bootstrap_servers")

    async def arbejd() -> Koe:
        async with aaben(found, kommune) as laeser:
            if tildel or afslut:
                await _udfoer(found, laeser, kommune, tildel or afslut, til, begrundelse, aktoer, vent)
            return laeser.koe

    _vis(run_async(arbejd()), as_json)


async def _udfoer(
    found: Settings, laeser: Laeser, kommune: str, id_: str, til: str, begrundelse: str, aktoer: str, vent: float
) -> None:
    opgave = laeser.koe.opgaver.get(id_)
    if opgave is None:
        stop(f"Der er ingen opgave {id_} i kommunens kø.", 1)
    besked = kommando(opgave, kommune, til, begrundelse, aktoer, datetime.now(UTC) + laeser.koe.forskydning)
    if besked is None:
        typer.echo("Det er allerede gjort; intet er sendt.", err=True)
        return
    try:
        nej = await giv(found, laeser, besked, vent)
    except TimeoutError:
        stop("Hubben har ikke svaret endnu. Kør kommandoen igen: den bliver ikke udført to gange.", 1)
    if nej is not None:
        stop(f"{nej.tekst} ({nej.grund}, {nej.hjemmel})", 1)


def kommando(opgave: Opgave, kommune: str, til: str, begrundelse: str, aktoer: str, nu: datetime) -> Kommando | None:
    """The command for an act; None when it is done already. `til` assigns, else the task is closed."""
    if (til and opgave.sagsbehandler == til) or (not til and opgave.afsluttet):
        return None
    felter: dict[str, Any] = {
        "opgave_id": opgave.opgave_id, "kanal": "SAGSBEHANDLER", "aktoer": aktoer, "rolle": "SAGSBEHANDLER",
        "kommunekode": kommune, "afgivet": nu,
    }  # fmt: skip
    if til:
        return TildelOpgave(**felter, kommando_id=kommando_id(opgave, "tildel", aktoer, til), sagsbehandler=til)
    return AfslutOpgave(
        **felter, kommando_id=kommando_id(opgave, "afslut", aktoer, begrundelse), begrundelse=begrundelse
    )


def _vis(koe: Koe, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(o) for o in koe.aabne()], ensure_ascii=False, indent=2, default=_iso))
        return
    for o in koe.aabne():
        maerke = "  OVERSKREDET" if o.overskredet else ""
        typer.echo(f"{local(o.frist)}  {o.opgavetype:6}  {o.sagsbehandler or '-':12}  {o.opgave_id}{maerke}")
        typer.echo(f"    {o.titel}")
    typer.echo(f"{len(koe.aabne())} åbne opgaver")


def _iso(vaerdi: datetime) -> str:
    return vaerdi.isoformat()
