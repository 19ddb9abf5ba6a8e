"""What a query may do with the database of its service: read declared rows, as they stood at one instant."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from shared.platform.database import Connection
from shared.platform.tabel import Soegning, Tabel

R = TypeVar("R")


class Laeser(Protocol):
    """Reads for one query. There is nothing here to write with, and the database refuses it, too."""

    async def raekker(self, tabel: Tabel[R], noegler: Iterable[str]) -> Mapping[str, R]:
        """The rows with these keys that exist."""
        ...

    async def soeg(self, tabel: Tabel[R], soegning: Soegning, spoergsmaal: Any) -> Sequence[R]:
        """The rows that a search finds, in its order."""
        ...

    async def nu(self) -> datetime:
        """The hub's clock."""
        ...


async def en(laeser: Laeser, tabel: Tabel[R], noegle: str | None) -> R | None:
    """The row with this key, or None."""
    return None if noegle is None else (await laeser.raekker(tabel, [noegle])).get(noegle)


class Postgreslaeser:
    """Reads in one transaction, which is read-only and sees one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def raekker(self, tabel: Tabel[R], noegler: Iterable[str]) -> Mapping[str, R]:
        keys = list(dict.fromkeys(noegler))
        if not keys:
            return {}
        columns = tabel.kolonner
        records = await self._db.fetch(
            f"select {', '.join(c.navn for c in columns)} from {tabel.navn} where {tabel.noeglefelt} = any($1::text[])",
            keys,
        )
        rows: list[Any] = [
            tabel.raekke(*(c.ud(v) if c.ud else v for c, v in zip(columns, record.values(), strict=True)))
            for record in records
        ]
        return {tabel.noegle_af(row): row for row in rows}

    async def soeg(self, tabel: Tabel[R], soegning: Soegning, spoergsmaal: Any) -> Sequence[R]:
        argument = soegning.argument(spoergsmaal)
        if argument is None:
            return []
        keys = [key for _, key in await self._db.fetch(soegning.sql, [argument])]
        rows = await self.raekker(tabel, keys)
        return [rows[key] for key in keys if key in rows]

    async def nu(self) -> datetime:
        now: Any = await self._db.fetchval("select clock_timestamp() + forskydning_ms * interval '1 ms' from klokke")
        return now
