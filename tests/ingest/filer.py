"""Small extracts written out by hand, for the tests to read and to spoil."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from contracts.kuvert import Kuvert
from ingest.cpr.udtraek import Udtraek, kontroller

ANNA, BENT = "6101800012", "6202750033"
HEMMELIGHED = "prøvehemmelighed"


def felter(type_: str, *par: tuple[int, str]) -> str:
    """One line from (1-based position, text) pairs, without trailing blanks."""
    linje = type_
    for position, tekst in par:
        linje = linje.ljust(position - 1) + tekst
    return linje


HOVED = "000" + "0" * 10 + "110901" + "20260303" + "20260302"
ANNA_001 = felter("001", (4, ANNA), (24, "01"), (26, "0" * 12), (39, "K"), (40, "1980-01-01"), (51, "2026-03-02"))
ANNA_002 = felter(
    "002", (4, ANNA), (14, "0630"), (18, "0412"), (22, "017"), (26, "01"), (28, "tv"), (70, "202603011200 "),
    (83, "202603011200 "), (96, "0000"), (100, "0" * 12), (113, "0000"),
)  # fmt: skip
ANNA_003 = felter(
    "003", (4, ANNA), (14, "Anna Ærøskøbing"), (116, "Ågade 17, 1. tv"), (184, "7100"), (188, "Vejle"), (208, "0630"),
    (212, "0412"), (216, "017"), (220, "01"), (222, "tv"), (230, "Ågade"),
)  # fmt: skip
ANNA_008 = felter("008", (4, ANNA), (14, "Anna"), (106, "Ærøskøbing"), (147, "202603021200 "), (160, "Anna Ærøskøbing"))
ANNA_024 = felter("024", (4, ANNA), (15, "0000"), (19, "0" * 12), (32, "5110"), (36, "202603011200"))
ANNA_099 = felter("099", (4, ANNA), (14, "202603021507"), (26, "A05"))
BENT_001 = felter("001", (4, BENT), (24, "01"), (26, "0" * 12), (39, "M"), (40, "1975-02-02"), (50, "*"))
BENT_008 = felter("008", (4, BENT), (14, "Bent"), (106, "Åkjær"), (147, "0" * 12), (160, "Bent Åkjær"))
BENT_997 = felter("997", (4, BENT), (14, "202603021507"), (26, "A01"))
POSTER = (ANNA_001, ANNA_002, ANNA_008, ANNA_024, ANNA_099, BENT_001, BENT_008, BENT_997, ANNA_003)
"""Lines 2-10 of the file; the trailer is line 11."""


def slut(antal: int) -> str:
    """The trailer."""
    return "999" + "9" * 10 + f"{antal:08d}"


def fil(mappe: Path, poster: Sequence[str] = POSTER, hoved: str = HOVED, navn: str = "D260303.L431101") -> Path:
    """A file with the right trailer."""
    return raa(mappe, [hoved, *poster, slut(len(poster))], navn)


def raa(mappe: Path, linjer: Sequence[str], navn: str = "D260303.L431101", ende: str = "\n") -> Path:
    """A file of just these lines."""
    path = mappe / navn
    path.write_bytes("".join(linje + ende for linje in linjer).encode("latin-1"))
    return path


def uden_linjeskift(mappe: Path, poster: Sequence[str], hoved: str = HOVED) -> Path:
    """The same file in the other variant: each record padded to its full length."""
    laengder = {"000": 35, "001": 106, "002": 306, "003": 249, "008": 193, "024": 218, "099": 45, "997": 43, "999": 21}
    alle = [hoved, *poster, slut(len(poster))]
    return raa(mappe, ["".join(p.ljust(laengder[p[:3]]) for p in alle)], "D260303.L431102", ende="")


def laest(path: Path, mappe: Path) -> tuple[Udtraek, list[Kuvert]]:
    """A file's findings and its messages (none when it is refused)."""
    with ExitStack() as stak:
        udtraek = kontroller(path, mappe, stak)
        return udtraek, [] if udtraek.fejl else list(udtraek.kuverter(HEMMELIGHED))
