"""Bytes that are no message are parked alone, byte for byte, with every reason and no personal value."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from pydantic import field_validator

from contracts.base import Besked
from contracts.kuvert import Kuvert
from contracts.register import BESKEDER
from shared.platform import parked
from shared.platform.kafka import client_kwargs, producer
from shared.platform.tjeneste import Tjeneste
from tests.integration.proeve import KONTI, Indsat
from tests.integration.scene import Scene, kuvert, vent_paa

CPR, HEMMELIG = "0101801234", "Hemmeligsen"
FEM_MB = 5_000_000
STOR = b'{"konto":"' + b"a" * (FEM_MB - 12) + b'"}'
TID = datetime(2026, 1, 1, 12, tzinfo=UTC)
LANG_KONTO = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyzæøå0123456789", k=5000))
PAR = tuple[str | bytes, bytes | None]


class Skrap(Besked):
    """A message whose own check has a bug."""

    ce_type: ClassVar[str] = "proeve.Skrap.v1"
    noeglefelt: ClassVar[str] = "konto"
    konto: str

    @field_validator("konto")
    @classmethod
    def _slaa_op(cls, konto: str) -> str:
        return {}[konto]


@pytest.fixture(autouse=True)
def _skrap() -> None:
    BESKEDER[Skrap.ce_type] = Skrap


@dataclass(frozen=True)
class Tilfaelde:
    """One record that cannot be read. `headers` is made of the right ones."""

    navn: str
    grunde: tuple[str, ...]
    noegle: bytes | None = b"k"
    vaerdi: bytes | None = b'{"konto":"k","nr":999}'
    headers: Any = None
    pakket: str | None = None

    def alle_headers(self) -> list[PAR]:
        besked = Indsat(konto="k", nr=999)
        rigtige: list[PAR] = list(Kuvert(besked, f"id-{self.navn}", "/test", TID, "k").headers())
        return self.headers(rigtige) if self.headers else rigtige


def uden(*navne: str) -> Any:
    return lambda h: [(n, v) for n, v in h if n not in navne]


def med(navn: str, vaerdi: bytes | None) -> Any:
    return lambda h: [(n, vaerdi if n == navn else v) for n, v in h]


def foran(*par: PAR) -> Any:
    return lambda h: [*par, *h]


T = Tilfaelde
# fmt: off
TILFAELDE = [
    T("ikke UTF-8", ("værdi: ikke UTF-8",), vaerdi=f'{{"konto":"{CPR}","nr":1}}'.encode() + b"\xff"),
    T("UTF-16", ("værdi: ikke UTF-8",), vaerdi='{"konto":"k"}'.encode("utf-16")),
    T("ikke JSON", ("værdi: ikke JSON",), vaerdi=f"{{konto: {CPR}".encode()),
    T("tom værdi", ("værdi: ikke JSON",), vaerdi=b""),
    T("dybt indlejret", ("værdi: ikke JSON",), vaerdi=b"[" * 200_000),
    T("halvt surrogatpar", ("værdi: ikke JSON",), vaerdi=b'{"konto":"\\ud800","nr":1}'),
    T("en liste", ("værdi: model_type",), vaerdi=f'["{CPR}"]'.encode()),
    T("ukendt type", ("ce_type: ukendt type eller version (proeve.Ukendt.v1)",),
      headers=med("ce_type", b"proeve.Ukendt.v1")),
    T("ukendt version", ("ce_type: ukendt type eller version (proeve.Indsat.v2)",),
      headers=med("ce_type", b"proeve.Indsat.v2")),
    T("navn i typen", ("ce_type: ukendt type eller version (…)",), headers=med("ce_type", f"Ane {HEMMELIG}".encode())),
    T("forkerte felter", ("konto: string_type", "nr: int_type", "frist: datetime_parsing"),
      vaerdi=f'{{"konto":{CPR[1:]},"nr":"{CPR}","frist":"{HEMMELIG}"}}'.encode()),
    T("manglende felter", ("konto: missing", "nr: missing"), vaerdi=f'{{"{HEMMELIG}":"{CPR}"}}'.encode()),
    T("tid uden zone i et felt", ("frist: timezone_aware",),
      vaerdi=b'{"konto":"k","nr":1,"frist":"2026-01-01T00:00:00"}'),
    T("NUL i en tekst", ("tekst: indeholder NUL-tegn",), vaerdi=b'{"konto":"k","nr":1,"tekst":"a\\u0000b"}'),
    T("uden nøgle", ("nøgle: mangler",), noegle=None),
    T("nøgle ikke UTF-8", ("nøgle: ikke UTF-8",), noegle=b"\xff\xfe"),
    T("tombstone", ("værdi: mangler (tombstone)",), vaerdi=None),
    T("5 MB", (f"værdi: {FEM_MB} byte, højst 1000000",), vaerdi=STOR),
    T("5 MB pakket", (f"værdi: {FEM_MB} byte, højst 1000000",), vaerdi=STOR, pakket="gzip"),
    T("header uden værdi", ("ce_id: header uden værdi",), headers=med("ce_id", None)),
    T("header ikke UTF-8", ("ce_source: header er ikke UTF-8",), headers=med("ce_source", b"\xff\x00\xfe")),
    T("traceparent ikke UTF-8", ("traceparent: header er ikke UTF-8",), headers=foran(("traceparent", b"\xc3"))),
    T("uden ce_id", ("ce_id: mangler",), headers=uden("ce_id")),
    T("tom ce_id", ("ce_id: mangler",), headers=med("ce_id", b"")),
    T("ce_time uden zone", ("ce_time: mangler tidszone",), headers=med("ce_time", b"2026-01-01T00:00:00")),
    T("ingen headers", ("ce_id: mangler", "ce_source: mangler", "ce_type: mangler", "ce_time: mangler"),
      headers=lambda _: []),
    T("samme header to gange", ("ce_id: header står to gange",),
      headers=foran(("x", b"1"), ("ce_id", b"en anden"), ("x", None), ("x", b"1"))),
    T("headernavn ikke UTF-8", ("…: header er ikke UTF-8", "værdi: mangler (tombstone)"),
      vaerdi=None, headers=foran((b"ce_\xff\xfe", b"\x80"), (b"\xc3", None), (b"\xc3", b""))),
    T("meget langt headernavn", ("ce_id: mangler",), headers=lambda h: [("x" * 70_000, b"1"), *uden("ce_id")(h)]),
    T("lang ordensnøgle", ("ordensnøgle: 5000 tegn, højst 500",), vaerdi=f'{{"konto":"{LANG_KONTO}","nr":1}}'.encode()),
    T("tom ordensnøgle", ("ordensnøgle: mangler",), vaerdi=b'{"konto":"","nr":1}'),
    T("fejl i beskedens egen kontrol", ("værdi: KeyError",),
      vaerdi=b'{"konto":"k"}', headers=med("ce_type", b"proeve.Skrap.v1")),
    T("alt på én gang",
      ("ce_source: header er ikke UTF-8", "nøgle: mangler", "ce_id: mangler", "ce_time: er ikke et tidspunkt",
       "nr: int_type"),
      noegle=None, vaerdi=f'{{"konto":"k","nr":"{CPR}"}}'.encode(),
      headers=lambda h: [*uden("ce_id")(med("ce_time", HEMMELIG.encode())(med("ce_source", b"\xff")(h)))]),
]
# fmt: on


class _Raat(str):
    """A header name that goes out as these bytes."""

    raa: bytes

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        return self.raa


def raat(navn: str | bytes) -> str:
    if isinstance(navn, str):
        return navn
    fundet = _Raat("?" * len(navn))
    fundet.raa = navn
    return fundet


async def send(s: Scene, t: Tilfaelde, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the bytes as they are; aiokafka's builder in Python takes header names that are not UTF-8."""
    with monkeypatch.context() as m:
        for modul in ("message_accumulator", "producer"):
            m.setattr(f"aiokafka.producer.{modul}.DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
        async with producer(s.settings, max_request_size=8_000_000, linger_ms=0, compression_type=t.pakket) as kafka:
            headers = [(raat(n), v) for n, v in t.alle_headers()]
            await kafka.send_and_wait(s.ind, t.vaerdi, key=t.noegle, headers=headers, partition=0)


async def store_beskeder_tillades(s: Scene) -> None:
    admin = AIOKafkaAdminClient(**client_kwargs(s.settings))
    await admin.start()
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, s.ind, {"max.message.bytes": "8000000"})])
    finally:
        await admin.close()


async def alle_parkerede(s: Scene, antal: int) -> list[parked.Parked]:
    async def saa_mange() -> list[parked.Parked]:
        async with s.db() as db, db.acquire() as forbindelse:
            fundet = await parked.parked(forbindelse)
        return fundet if len(fundet) == antal else []

    return await vent_paa(saa_mange, f"{antal} parkeret")


async def bytes_af(s: Scene, id_: int) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
    async with s.db() as db, db.acquire() as forbindelse:
        return await parked.raw(forbindelse, id_)


def som_tekst(navn: str | bytes) -> str:
    return navn if isinstance(navn, str) else navn.decode("utf-8", "surrogateescape")


async def test_alle_slags_parkeres_hver_for_sig_byte_for_byte(
    kafka_servers: list[str], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    await store_beskeder_tillades(s)
    antal = len(TILFAELDE)
    for n, t in enumerate(TILFAELDE):
        await s.send(Indsat(konto="k", nr=2 * n))
        await send(s, t, monkeypatch)
        await s.send(Indsat(konto="k", nr=2 * n + 1))
    async with s.koerer():
        fundet = await alle_parkerede(s, antal)
        balance = await s.i_ro()
        assert await s.numre("k") == list(range(2 * antal)), "partitionen og nøglen går videre, i orden"
        assert (balance.handled, balance.parked, balance.received) == (2 * antal, antal, 3 * antal)
        for t, p in zip(TILFAELDE, fundet, strict=True):
            assert set(p.reasons) == set(t.grunde), t.navn
            assert len(p.reasons) == len(t.grunde), t.navn
            assert not any(hemmeligt in grund for grund in p.reasons for hemmeligt in (CPR, CPR[1:], HEMMELIG)), t.navn
            assert await bytes_af(s, p.id) == rigtige_bytes(t), t.navn
            assert (p.topic, p.part, p.blocks) == (s.ind, 0, False)

        await _frigivelse_parkerer_igen(s, fundet)
        await _kassering(s, antal)


def rigtige_bytes(t: Tilfaelde) -> tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
    """What was sent."""
    return t.noegle, t.vaerdi, [(som_tekst(n), v) for n, v in t.alle_headers()]


async def _frigivelse_parkerer_igen(s: Scene, foer: list[parked.Parked]) -> None:
    async with s.db() as db, db.acquire() as forbindelse:
        assert await parked.release(forbindelse, s.navn, [p.id for p in foer], "tester") == len(foer)
    await s.i_ro()
    efter = await alle_parkerede(s, len(foer))
    assert [p.reasons for p in efter] == [p.reasons for p in foer]
    assert not {p.id for p in efter} & {p.id for p in foer}
    assert [await bytes_af(s, p.id) for p in efter] == [await bytes_af(s, p.id) for p in foer]
    balance = await s.i_ro()
    assert balance.parked == len(foer)


async def _kassering(s: Scene, antal: int) -> None:
    async with s.db() as db, db.acquire() as forbindelse:
        ids = [p.id for p in await parked.parked(forbindelse)]
        assert await parked.discard(forbindelse, s.navn, ids, "tester", "ikke en besked") == antal
    balance = await s.i_ro()
    assert (balance.parked, balance.discarded, balance.handled) == (0, antal, 2 * antal)


async def test_rettede_bytes_bliver_til_en_besked_naar_koden_kender_dem(
    kafka_servers: list[str], database: str
) -> None:
    """A type that was unknown when it came is known after an upgrade: released, it is handled, once."""
    s = Scene(kafka_servers, database, partitioner=1)
    await s.opret()
    besked = kuvert(Indsat(konto="k", nr=7), "k-7", "k")
    for _ in range(2):
        await s.send_raa(b"k", besked.vaerdi(), besked.headers())
    async with s.koerer(Tjeneste(s.navn, s.tjeneste().emner, (KONTI,))):
        await alle_parkerede(s, 2)
        await s.i_ro()
    async with s.koerer():
        fundet = await alle_parkerede(s, 2)
        async with s.db() as db, db.acquire() as forbindelse:
            await parked.release(forbindelse, s.navn, [p.id for p in fundet], "tester")
        balance = await s.i_ro()
    assert await s.numre("k") == [7]
    assert (balance.received, balance.handled, balance.duplicates, balance.parked) == (2, 1, 1, 0)
