"""Ways to damage an extract with line breaks, to see it refused. Files are rewritten in place."""

from collections.abc import Callable
from pathlib import Path

VROEVL = b"*** DETTE ER IKKE EN POST ***"


def indsaet_vroevl(path: Path, linje: int | None = None, tekst: bytes = VROEVL) -> int:
    """Put a rubbish line in; returns its 1-based number (the middle of the file by default)."""

    def midt(linjer: list[bytes]) -> list[bytes]:
        plads = (linje or len(linjer) // 2) - 1
        return [*linjer[:plads], tekst + b"\n", *linjer[plads:]]

    _skriv_om(path, midt)
    return path.read_bytes().split(b"\n").index(tekst) + 1


def afkort(path: Path, andel: float = 0.5) -> None:
    """Cut the file off: the transfer broke half-way."""
    raa = path.read_bytes()
    path.write_bytes(raa[: int(len(raa) * andel)])


def forkert_antal(path: Path) -> None:
    """Let the trailer count one record too many."""

    def tael_op(linjer: list[bytes]) -> list[bytes]:
        slut = linjer[-1].rstrip()
        return [*linjer[:-1], slut[:13] + b"%08d\n" % (int(slut[13:]) + 1)]

    _skriv_om(path, tael_op)


def _skriv_om(path: Path, aendring: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(aendring(path.read_bytes().splitlines(keepends=True))))
