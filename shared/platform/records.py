"""A message on its way through a service: raw bytes as Kafka gave them, and what they mean to the service."""

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from contracts.base import Besked
from contracts.kuvert import Kuvert, Ulaeselig, pak_ud
from shared.platform.tjeneste import Registreret, Tjeneste

Headers = Sequence[tuple[str, bytes | None]]
_LENGTHS = struct.Struct(">Ii")
LONGEST_ORDER_KEY = 500
"""Characters: what an index of the database can always hold."""


def pack_headers(headers: Iterable[tuple[str, bytes | None]]) -> bytes:
    """Headers as one byte string that keeps order, repeated names and null values."""
    parts: list[bytes] = []
    for name, value in headers:
        raw = _raw_name(name)
        parts += (_LENGTHS.pack(len(raw), -1 if value is None else len(value)), raw, value or b"")
    return b"".join(parts)


@lru_cache(maxsize=256)
def _raw_name(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def unpack_headers(packed: bytes) -> list[tuple[str, bytes | None]]:
    """The inverse of `pack_headers`."""
    headers: list[tuple[str, bytes | None]] = []
    at, end, unpack, size = 0, len(packed), _LENGTHS.unpack_from, _LENGTHS.size
    while at < end:
        name_length, length = unpack(packed, at)
        value_at = at + size + name_length
        name = _name(packed[at + size : value_at])
        at = value_at + length if length > 0 else value_at
        headers.append((name, None if length < 0 else packed[value_at:at]))
    return headers


def identity(source: str, id_: str) -> bytes:
    """The 16 bytes by which a message is known for ever."""
    return hashlib.blake2b(f"{source}\x00{id_}".encode(), digest_size=16).digest()


class BadOrderKey(ValueError):
    """Nothing can be kept in order by this key."""


def valid_order_key(key: object) -> str:
    """The key itself. Raises `BadOrderKey` when it is no text, empty, or longer than an index can hold."""
    if not isinstance(key, str) or not key:
        raise BadOrderKey("mangler")
    if "\x00" in key:
        raise BadOrderKey("indeholder NUL-tegn")
    if len(key) > LONGEST_ORDER_KEY:
        raise BadOrderKey(f"{len(key)} tegn, højst {LONGEST_ORDER_KEY}")
    return key


class Raw(Protocol):
    """A consumed Kafka record, or anything with its fields."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """The raw fields of a message kept in the database."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(slots=True)
class Item:
    """One message to handle. Without `kuvert` the bytes are no message, and `reasons` says why."""

    raw: Raw
    kuvert: Kuvert | None = None
    reasons: tuple[str, ...] = ()
    registered: Registreret | None = None
    order_key: str = ""
    id: bytes = b""
    origin: str = "kafka"
    seq: int = 0
    attempts: int = 0
    handled_id: bytes | None = None
    frist_id: str | None = None
    wait: float = 0.0
    """Seconds until the next try."""


@dataclass(slots=True)
class Reader:
    """Turns raw records into items of one service."""

    service: Tjeneste
    on_bug: Callable[[Exception], None] = field(default=lambda _: None)
    types: Mapping[str, type[Besked]] = field(init=False)

    def __post_init__(self) -> None:
        self.types = self.service.beskeder()

    def read(self, raw: Raw) -> Item:
        """Parse a record and find its handler and order key; what cannot be read carries the reasons."""
        try:
            kuvert = pak_ud(raw.key, raw.value, raw.headers, self.types)
        except Ulaeselig as error:
            return Item(raw, reasons=error.grunde)
        except Exception as error:  # a bug in one message's own checks must not stop the partition
            self.on_bug(error)
            return Item(raw, reasons=(f"værdi: {type(error).__name__}",))
        id_ = identity(kuvert.kilde, kuvert.id)
        registered = self.service.handlere.get(type(kuvert.besked))
        if registered is None:
            return Item(raw, kuvert, id=id_, handled_id=id_)
        try:
            order_key = valid_order_key(registered.ordensnoegle(kuvert.besked))
        except BadOrderKey as error:
            return Item(raw, reasons=(f"ordensnøgle: {error}",))
        except Exception as error:  # a bug in one order key must not stop the partition
            self.on_bug(error)
            return Item(raw, reasons=(f"ordensnøgle: {type(error).__name__}",))
        return Item(raw, kuvert, registered=registered, order_key=order_key, id=id_, handled_id=id_)
