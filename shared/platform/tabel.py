"""Declared tables: the rows a service keeps, and how a handler names the ones it reads.

A table is a frozen dataclass of plain columns. The platform reads the rows of a whole batch in one statement per table
and writes them back in one; a row read is locked until the transaction ends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from contracts.base import Besked

R = TypeVar("R")
_ENKLE = {str: "text", int: "bigint", bool: "boolean", date: "date", datetime: "timestamptz", bytes: "bytea"}


@dataclass(frozen=True, slots=True)
class Kolonne:
    """One column: its SQL type, and how a value goes in and out."""

    navn: str
    sqltype: str
    ind: Callable[[Any], Any] | None
    ud: Callable[[Any], Any] | None


def _kolonne(navn: str, hint: Any) -> Kolonne:
    valgfri = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    led = [a for a in get_args(hint) if a is not NoneType] if valgfri else [hint]
    if len(led) == 1 and led[0] in _ENKLE:
        return Kolonne(navn, _ENKLE[led[0]], None, None)
    if len(led) == 1 and isinstance(led[0], type) and issubclass(led[0], StrEnum):
        enum = led[0]
        return Kolonne(navn, "text", None, lambda v: None if v is None else enum(v))
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    return Kolonne(
        navn,
        "jsonb",
        lambda v: None if v is None else adapter.dump_json(v).decode(),
        lambda v: None if v is None else adapter.validate_json(v),
    )


class Tabel(Generic[R]):
    """A table of the service's schema: `navn`, the dataclass of its rows, and the text column that is its key."""

    def __init__(self, navn: str, raekke: type[R], noegle: str) -> None:
        assert is_dataclass(raekke)
        self.navn = navn
        self.raekke = raekke
        self.noeglefelt = noegle

    def __repr__(self) -> str:
        return f"Tabel({self.navn})"

    def noegle_af(self, raekke: Any) -> str:
        """The key of a row."""
        return getattr(raekke, self.noeglefelt)

    @cached_property
    def kolonner(self) -> tuple[Kolonne, ...]:
        """The columns in the order of the dataclass."""
        hints = get_type_hints(self.raekke)
        return tuple(_kolonne(f.name, hints[f.name]) for f in fields(self.raekke))  # pyright: ignore[reportArgumentType]

    def en(self, noegle: str | Callable[[Any], str | None] | None = None) -> "Laesning":
        """The one row with this key: a field of the message (default: the table's key field) or a function of it.

        The handler is given the row, or None where there is none.
        """
        felt = noegle or self.noeglefelt
        find: Callable[[Any], str | None] = felt if callable(felt) else lambda b: getattr(b, felt)

        def noegler(besked: Besked) -> Sequence[str]:
            fundet = find(besked)
            return () if fundet is None else (fundet,)

        return Laesning(self, noegler, None, flere=False)

    def flere(self, noegler: Callable[[Any], Iterable[str]]) -> "Laesning":
        """Several rows by key; the handler is given a dict of those that exist."""
        return Laesning(self, lambda b: tuple(noegler(b)), None, flere=True)

    def soeg(self, soegning: "Soegning") -> "Laesning":
        """The rows a search finds; the handler gets a dict in the search's order, rows as the batch has left them."""
        return Laesning(self, None, soegning, flere=True)


@dataclass(frozen=True, slots=True)
class Soegning:
    """A search for keys, one statement for a whole batch.

    `sql` takes the distinct arguments as `$1` (text array) and returns pairs (argument, key) in the order wanted;
    `hukommelse` is the same over rows in memory. It returns keys only: what is decided on is read from locked rows.
    """

    navn: str
    argument: Callable[[Any], str | None]
    sql: str
    hukommelse: Callable[[Iterable[Any], str], list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Laesning:
    """What a handler reads of one table."""

    tabel: Tabel[Any]
    noegler: Callable[[Any], Sequence[str]] | None
    soegning: Soegning | None
    flere: bool
