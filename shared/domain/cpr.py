"""The CPR number: its form, its birth date, and how it is masked."""

import re
from datetime import date

_FIKTIV = 60
_CIFRE = re.compile(r"^\d{10}$")
_MOENSTER = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[- ]?(\d{4})(?!\d)")
_SOM_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}-?[0-9]{4}(?![0-9A-Za-z])")


def foedselsdato(cpr: str) -> date | None:
    """The date in the number, the century from digit 7; None when the digits are no date.

    Fictive numbers have day + 60 (the CPR office's advice for test and replacement numbers). Modulus 11 is not
    checked: numbers without it are issued since 2007, and every system must accept them.
    """
    if not _CIFRE.match(cpr):
        return None
    dag, maaned, aar, syv = int(cpr[:2]), int(cpr[2:4]), int(cpr[4:6]), int(cpr[6])
    dag = dag - _FIKTIV if dag > _FIKTIV else dag
    try:
        return date(_aarhundrede(aar, syv) + aar, maaned, dag)
    except ValueError:
        return None


def _aarhundrede(aar: int, syv: int) -> int:
    if syv <= 3:
        return 1900
    if syv in (4, 9):
        return 2000 if aar <= 36 else 1900
    return 2000 if aar <= 57 else 1800


def masker(tekst: str) -> str:
    """The text with everything that may be a CPR number masked, also numbers with day + 60 (test and replacement)."""
    return _MOENSTER.sub(lambda m: "******-****" if _muligt(m) else m.group(0), tekst)


def ligner_cpr(id_: str) -> bool:
    """Whether an id is, or holds as a word of its own, ten digits that read as a CPR number, a possible date or not.

    Digits among letters are no word: one UUID in a few hundred has ten of them in a row.
    """
    return _SOM_ID.search(id_) is not None


def _muligt(m: re.Match[str]) -> bool:
    dag, maaned = int(m.group(1)), int(m.group(2))
    return 1 <= maaned <= 12 and (1 <= dag <= 31 or 61 <= dag <= 91)
