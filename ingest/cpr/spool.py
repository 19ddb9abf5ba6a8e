"""The spool: a file's person records on disk, put together person by person in flat memory.

It holds personal data: its files lie in a folder that only the owner may enter, and where the system allows it they
have no name there, so that not even a killed process leaves them behind.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self
from zlib import crc32

SPANDE = 128
"""Files the records are spread over; one of them at a time is held in memory (1 million records: about 1 MB)."""


class Post(NamedTuple):
    """One checked record: its number in the file and its text."""

    nr: int
    tekst: str

    @property
    def type_(self) -> str:
        return self.tekst[:3]

    @property
    def pnr(self) -> str:
        return self.tekst[3:13]


class Spool:
    """Take records in any order with `gem`, call `saml` once, then read `grupper` as often as needed."""

    def __init__(self, mappe: Path) -> None:
        """`mappe`: a folder of mode 0700 that the caller removes."""
        self._stak = ExitStack()
        self._mappe = mappe
        self._spande = [self._fil() for _ in range(SPANDE)]
        self._samlet: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, art: type[BaseException] | None, fejl: BaseException | None, spor: TracebackType | None) -> None:
        self.toem()

    def toem(self) -> None:
        """Drop everything."""
        for spand in self._spande:
            spand.close()
        self._stak.close()

    def _fil(self) -> IO[bytes]:
        return tempfile.TemporaryFile(dir=self._mappe)

    def gem(self, nr: int, tekst: str) -> None:
        """Keep one record."""
        raa = tekst.encode("latin-1")
        self._spande[crc32(raa[3:13]) % SPANDE].write(b"%d\t%s\n" % (nr, raa))

    def saml(self) -> None:
        """Write all buckets into one file, person after person, each in the file's order, and drop the buckets."""
        samlet = self._stak.enter_context(self._fil())
        for spand in self._spande:
            spand.seek(0)
            poster = [_post(linje) for linje in spand]
            spand.close()
            poster.sort(key=lambda post: (post.pnr, post.nr))
            samlet.writelines(b"%d\t%s\n" % (post.nr, post.tekst.encode("latin-1")) for post in poster)
        samlet.flush()
        self._samlet = samlet

    def grupper(self) -> Iterator[list[Post]]:
        """The records of one person at a time. One reader at a time."""
        if self._samlet is None:
            raise RuntimeError("saml() first")
        self._samlet.seek(0)
        for _, poster in groupby(map(_post, self._samlet), key=lambda post: post.pnr):
            yield list(poster)


def _post(linje: bytes) -> Post:
    nr, _, tekst = linje.decode("latin-1").partition("\t")
    return Post(int(nr), tekst[:-1])
