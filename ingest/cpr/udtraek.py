"""A whole extract, checked: nothing is published from a file before all of it is found good."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from contracts.kuvert import Kuvert, grunde_til
from ingest.cpr.beskeder import kuverter
from ingest.cpr.laeser import FLEST_FEJL, Fejl, Hoved, Laesning, laes
from ingest.cpr.layout import P12170, PERSON, Layout, feltnavn
from ingest.cpr.person import byg_person, kontroller_gruppe
from ingest.cpr.spool import Post, Spool


@dataclass(slots=True)
class Udtraek:
    """A file and what was found in it. `fejl` empty: it is good, has a header, and its persons can be read."""

    laesning: Laesning
    spool: Spool
    personer: int = 0

    @property
    def fil(self) -> Path:
        return self.laesning.fil

    @property
    def fejl(self) -> list[Fejl]:
        return self.laesning.fejl

    @property
    def hoved(self) -> Hoved:
        """The header of a good file."""
        if self.laesning.hoved is None:
            raise RuntimeError("a refused file has no header")
        return self.laesning.hoved

    def kuverter(self, hemmelighed: str) -> Iterator[Kuvert]:
        """The messages of a good file, person after person; the same ones every time."""
        for gruppe in self.spool.grupper():
            yield from kuverter(gruppe, self.hoved, hemmelighed)


def kontroller(fil: Path, mappe: Path, stak: ExitStack, layout: Layout = P12170) -> Udtraek:
    """Read and check one file: every record, then every person. The spool lies in `mappe` and is closed with `stak`."""
    spool = stak.enter_context(Spool(mappe))
    laesning = laes(fil, spool.gem, layout)
    udtraek = Udtraek(laesning, spool)
    if laesning.fejl:
        spool.toem()
        return udtraek
    spool.saml()
    for gruppe in spool.grupper():
        udtraek.personer += 1
        if mangel := kontroller_gruppe(gruppe, layout):
            laesning.afvis(*mangel)
        else:
            _proev(gruppe, laesning)
        if len(laesning.fejl) >= FLEST_FEJL:
            break
    laesning.fejl.sort(key=lambda fejl: fejl.linje or 0)
    return udtraek


def _proev(gruppe: Sequence[Post], laesning: Laesning) -> None:
    """A snapshot that the contract would refuse is found now, not half-way through the publishing."""
    try:
        byg_person(gruppe)
    except ValidationError as fejl:
        linje = next(post.nr for post in gruppe if post.type_ == PERSON)
        laesning.afvis(linje, feltnavn(PERSON, "PNR"), "personen kan ikke læses: " + "; ".join(grunde_til(fejl)))
