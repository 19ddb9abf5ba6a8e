"""Named points where a process hurts itself: planted from outside, in the process of a test only.

A point is a passage between the hub and something else (Kafka, PostgreSQL, a provider), so it stays where it is when
the core is rebuilt. `FEJLPUNKT` names it, `FEJLPUNKT_NR` says which passage (1: the first), `FEJLPUNKT_SIGNAL` what the
process sends itself: SIGKILL, or SIGSTOP. It says so in its log first.
"""

import asyncio
import json
import os
import re
import signal
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.platform import runtime
from shared.platform.effects import Effects
from shared.platform.ingest import Ingest
from shared.platform.relay import Relay

EFTER_POLL = "efter poll"
FOER_COMMIT, EFTER_COMMIT = "før batchens commit", "efter batchens commit"
FOER_INBOX, EFTER_INBOX = "før inboxens commit", "efter inboxens commit"
FOER_FRIST, EFTER_FRIST = "før fristernes commit", "efter fristernes commit"
FOER_OFFSETS, EFTER_OFFSETS = "før commit af offsets", "efter commit af offsets"
MIDT_I_UDGIVELSE = "midt i en udgivelse"
BATCH_SKREVET = "batchen er skrevet"
OUTBOX_LAEST = "outboxens rækker er læst"
MELLEM_UDGIV_OG_SLET, EFTER_SLET = "mellem udgivelse og sletning", "efter sletning"
EFFEKT_TAGET, UNDER_KALD, EFTER_KALD, EFTER_UDFALD = (
    "effekten er taget",
    "under effektens kald",
    "efter effektens kald",
    "efter udfaldet er skrevet",
)
AFGIVER, FAAR = "afgiver partitioner", "får partitioner"
STOP_BEGYNDT, STOP_LAEST, STOP_EFFEKTER, STOP_RELAE, STOP_BASE = (
    "stop: begyndt",
    "stop: indlæsningen er stoppet",
    "stop: effekterne lukkes",
    "stop: relæet lukkes",
    "stop: databasen lukkes",
)

I_DRIFT = (
    EFTER_POLL, FOER_COMMIT, EFTER_COMMIT, FOER_INBOX, EFTER_INBOX, FOER_FRIST, EFTER_FRIST,
    FOER_OFFSETS, EFTER_OFFSETS, BATCH_SKREVET, OUTBOX_LAEST, MIDT_I_UDGIVELSE, MELLEM_UDGIV_OG_SLET, EFTER_SLET,
    EFFEKT_TAGET, UNDER_KALD, EFTER_KALD, EFTER_UDFALD,
)  # fmt: skip
"""Passed again and again by a service under load that has deadlines and effects."""
I_REBALANCE = (AFGIVER, FAAR)
I_STOP = (STOP_BEGYNDT, STOP_LAEST, STOP_EFFEKTER, STOP_RELAE, STOP_BASE)

_SAETNINGER = (
    (EFFEKT_TAGET, False, re.compile(r"set state = case when c\.state = 'wanted' then 'sending'")),
    (OUTBOX_LAEST, False, re.compile(r"from outbox o where")),
    (EFTER_UDFALD, False, re.compile(r"update effect.+settled_at = case", re.DOTALL)),
    (MELLEM_UDGIV_OG_SLET, True, re.compile(r"delete from outbox")),
    (EFTER_SLET, False, re.compile(r"delete from outbox")),
    (BATCH_SKREVET, False, re.compile(r"udsendt as \(insert into outbox")),
)
"""A statement on its own: its point, and whether that is before it."""
_MED_RAEKKER = (EFFEKT_TAGET, OUTBOX_LAEST)
"""Asked for again and again: a passage only when something was found."""
_TRANSAKTIONER = (
    (FOER_COMMIT, EFTER_COMMIT, re.compile(r"update position\b.+received", re.DOTALL)),
    (FOER_INBOX, EFTER_INBOX, re.compile(r"delete from inbox where seq")),
    (FOER_FRIST, EFTER_FRIST, re.compile(r"delete from deadline d using.+insert into inbox", re.DOTALL)),
)
"""The commit of a transaction that held such a statement."""


class Punkt:
    """The one point of this process."""

    def __init__(self, navn: str, nr: int = 1, signalnr: int = signal.SIGKILL) -> None:
        self.navn, self.signalnr = navn, signalnr
        self._mangler = nr
        self._i_gang: dict[int, set[str]] = {}

    def passer(self, navn: str) -> None:
        """The process comes by; at the right passage of the right point it hurts itself."""
        if navn != self.navn or self._mangler <= 0:
            return
        self._mangler -= 1
        if self._mangler == 0:
            os.write(1, (json.dumps({"event": "fejlpunkt", "punkt": navn}, ensure_ascii=False) + "\n").encode())
            os.kill(os.getpid(), self.signalnr)

    # --- PostgreSQL ----------------------------------------------------------------------------------------------

    def foer_saetning(self, forbindelse: int, saetning: str) -> None:
        """A statement is about to be sent."""
        if saetning.startswith("BEGIN"):
            self._i_gang[forbindelse] = set()
        for nr, (_, _, kendes) in enumerate(_TRANSAKTIONER):
            if forbindelse in self._i_gang and kendes.search(saetning):
                self._i_gang[forbindelse].add(str(nr))
        if saetning.upper().startswith("COMMIT"):
            self._ved_commit(forbindelse, foer=True)
        for navn, foer, kendes in _SAETNINGER:
            if foer and kendes.search(saetning):
                self.passer(navn)

    def efter_saetning(self, forbindelse: int, saetning: str, svar: Any) -> None:
        """Its answer has come."""
        if saetning.upper().startswith("COMMIT"):
            self._ved_commit(forbindelse, foer=False)
            self._i_gang.pop(forbindelse, None)
        for navn, foer, kendes in _SAETNINGER:
            if not foer and kendes.search(saetning) and (svar or navn not in _MED_RAEKKER):
                self.passer(navn)

    def _ved_commit(self, forbindelse: int, *, foer: bool) -> None:
        for nr in sorted(self._i_gang.get(forbindelse, ())):
            self.passer(_TRANSAKTIONER[int(nr)][0 if foer else 1])


def plant(miljoe: Mapping[str, str]) -> Punkt | None:
    """Plant the point that the environment names, if any."""
    navn = miljoe.get("FEJLPUNKT", "")
    if not navn:
        return None
    if navn not in (*I_DRIFT, *I_REBALANCE, *I_STOP):
        raise SystemExit(f"FEJLPUNKT {navn} findes ikke")
    signalnr = signal.Signals[miljoe.get("FEJLPUNKT_SIGNAL", "SIGKILL")]
    punkt = Punkt(navn, int(miljoe.get("FEJLPUNKT_NR", "1")), signalnr)
    _plant_i_kafka(punkt)
    _plant_i_postgres(punkt)
    _plant_i_effekter(punkt)
    _plant_i_gruppen(punkt)
    _plant_i_stop(punkt)
    return punkt


def _omkring(klasse: Any, metode: str, foer: Callable[..., None] | None, efter: Callable[..., None] | None) -> None:
    """Wrap an async method: `foer(self, *args)` before it, `efter(self, result, *args)` after it."""
    oprindelig = getattr(klasse, metode)

    async def omkring(self: Any, *args: Any, **kwargs: Any) -> Any:
        if foer is not None:
            foer(self, *args)
        svar = await oprindelig(self, *args, **kwargs)
        if efter is not None:
            efter(self, svar, *args)
        return svar

    setattr(klasse, metode, omkring)


def _plant_i_kafka(punkt: Punkt) -> None:
    def hentet(kafka: Any, poster: Any, *_: Any) -> None:
        if poster and kafka._group_id:
            punkt.passer(EFTER_POLL)

    _omkring(AIOKafkaConsumer, "getmany", None, hentet)
    _omkring(AIOKafkaConsumer, "commit", lambda *_: punkt.passer(FOER_OFFSETS), lambda *_: punkt.passer(EFTER_OFFSETS))
    _omkring(AIOKafkaProducer, "send", None, lambda *_: punkt.passer(MIDT_I_UDGIVELSE))


def _plant_i_postgres(punkt: Punkt) -> None:
    for metode in ("execute", "_execute"):
        _omkring(
            asyncpg.Connection,
            metode,
            lambda db, sql, *_: punkt.foer_saetning(id(db), sql),
            lambda db, svar, sql, *_: punkt.efter_saetning(id(db), sql, svar),
        )


class _Klient:
    """A client whose calls pass the points; all else is the client's own."""

    def __init__(self, klient: Any, punkt: Punkt) -> None:
        self._klient, self._punkt = klient, punkt

    def __getattr__(self, navn: str) -> Any:
        return getattr(self._klient, navn)

    async def send(self, *args: Any) -> Any:
        kald = asyncio.ensure_future(self._klient.send(*args))
        if self._punkt.navn == UNDER_KALD:
            await asyncio.wait({kald}, timeout=0.01)
            if not kald.done():
                self._punkt.passer(UNDER_KALD)
        svar = await kald
        self._punkt.passer(EFTER_KALD)
        return svar


def _plant_i_effekter(punkt: Punkt) -> None:
    oprindelig: Any = Effects.__init__

    def ny(self: Any, *args: Any, **kwargs: Any) -> None:
        oprindelig(self, *args, **kwargs)
        self.clients = {art: _Klient(klient, punkt) for art, klient in self.clients.items()}

    Effects.__init__ = ny


def _plant_i_gruppen(punkt: Punkt) -> None:
    def ved(navn: str) -> Callable[..., None]:
        return lambda _self, _svar, partitioner, *_: punkt.passer(navn) if partitioner else None

    _omkring(Ingest, "on_partitions_revoked", None, ved(AFGIVER))
    _omkring(Ingest, "on_partitions_assigned", None, ved(FAAR))


def _plant_i_stop(punkt: Punkt) -> None:
    _omkring(Ingest, "stop", lambda *_: punkt.passer(STOP_BEGYNDT), lambda *_: punkt.passer(STOP_LAEST))
    _omkring(Effects, "close", lambda *_: punkt.passer(STOP_EFFEKTER), None)
    _omkring(Relay, "close", lambda *_: punkt.passer(STOP_RELAE), None)
    lukker: Any = runtime.close_pool

    async def luk(*args: Any, **kwargs: Any) -> None:
        punkt.passer(STOP_BASE)
        await lukker(*args, **kwargs)

    runtime.close_pool = luk
