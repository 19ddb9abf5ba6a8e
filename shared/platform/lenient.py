"""Records whose header names are not UTF-8, which aiokafka cannot read.

Kafka lets anybody send them. aiokafka raises in the middle of the fetch and stands at that offset for ever, so one such
record would stop its partition. Here their names come out with `surrogateescape`: the bytes can be had again.
"""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy  # pyright: ignore[reportPrivateUsage]
from aiokafka.record.memory_records import MemoryRecords

_OFFSET_AND_LENGTH = struct.Struct(">qi")


class _Text(bytearray):
    """Bytes whose slices decode to text whatever they are."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Text(found) if isinstance(at, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        return bytes(self).decode(encoding, errors)


class _Batch:
    """One batch as aiokafka's fetcher uses it."""

    def __init__(self, fast: Any, raw: memoryview) -> None:
        self._fast, self._raw = fast, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._fast))
        except UnicodeDecodeError:
            return iter(_read_slowly(self._raw))


class LenientRecords:
    """Stands in for aiokafka's `MemoryRecords`; a batch that cannot be read is read again, slowly."""

    def __init__(self, data: bytes) -> None:
        self._fast = MemoryRecords(data)
        self._data = memoryview(data)
        self._at = 0

    def has_next(self) -> bool:
        return self._fast.has_next()

    def size_in_bytes(self) -> int:
        return self._fast.size_in_bytes()

    def next_batch(self) -> Any:
        fast = self._fast.next_batch()
        if fast is None:
            return None
        began = self._at
        _, length = _OFFSET_AND_LENGTH.unpack_from(self._data, began)
        self._at = began + _OFFSET_AND_LENGTH.size + length
        return _Batch(fast, self._data[began : self._at])


def _read_slowly(raw: memoryview) -> list[Any]:
    """The records of a batch by aiokafka's reader in Python, whose texts are made to decode."""
    batch: Any = _DefaultRecordBatchPy(bytes(raw))
    batch._maybe_uncompress()
    batch._buffer = _Text(batch._buffer)
    return list(batch)


def install() -> None:
    """Let every consumer of this process read such records."""
    fetcher.MemoryRecords = LenientRecords  # pyright: ignore[reportAttributeAccessIssue]
