"""The formats of single fields: what is accepted, and what it means.

CPR writes uncertain dates with 00 or 99 for what it does not know (`196100000000*`, `199103201299`): month and day
become 01, hour and minute 00, and the date counts as uncertain. Zeros or blanks mean none. All else must be a date.
Times are Danish local time; the instants given are UTC.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from shared.domain.datoer import KOEBENHAVN

_UKENDT = ("00", "99")
_FOERSTE_AAR = 1000


class Ugyldig(ValueError):
    """A field that breaks its format. The text is the reason in Danish and never holds the value."""


class Tidspunkt(NamedTuple):
    """An instant in UTC; `usikker` when CPR did not know all of it."""

    oejeblik: datetime
    usikker: bool


class Dato(NamedTuple):
    """A civil date; `usikker` when CPR did not know all of it."""

    dag: date
    usikker: bool


@lru_cache(maxsize=20_000)
def tidspunkt(tekst: str) -> Tidspunkt | None:
    """A field of 12 digits, yyyyMMddHHmm."""
    raa = tekst.strip()
    if not raa.strip("0"):
        return None
    if len(raa) != 12 or not raa.isdecimal():
        raise Ugyldig("er ikke et tidspunkt på 12 cifre")
    dag = _dag(raa[:4], raa[4:6], raa[6:8])
    time, minut = (0 if led == "99" else int(led) for led in (raa[8:10], raa[10:]))
    if time > 23 or minut > 59:
        raise Ugyldig("er ikke et klokkeslæt")
    lokal = datetime(dag.dag.year, dag.dag.month, dag.dag.day, time, minut, tzinfo=KOEBENHAVN)
    return Tidspunkt(lokal.astimezone(UTC), dag.usikker or "99" in (raa[8:10], raa[10:]))


@lru_cache(maxsize=20_000)
def dato(tekst: str) -> Dato | None:
    """A field of 10 characters, yyyy-MM-dd."""
    raa = tekst.strip()
    if raa in ("", "0000-00-00"):
        return None
    aar, maaned, dag = raa[:4], raa[5:7], raa[8:]
    if len(raa) != 10 or raa[4] != "-" or raa[7] != "-" or not (aar + maaned + dag).isdecimal():
        raise Ugyldig("er ikke en dato på formen åååå-mm-dd")
    return _dag(aar, maaned, dag)


@lru_cache(maxsize=100)
def produktionsdato(tekst: str) -> date | None:
    """A field of 8 digits, yyyyMMdd, of the header: never uncertain; None on the first extract of all."""
    raa = tekst.strip()
    if not raa.strip("0"):
        return None
    if len(raa) != 8 or not raa.isdecimal():
        raise Ugyldig("er ikke en dato på 8 cifre")
    fundet = _dag(raa[:4], raa[4:6], raa[6:])
    if fundet.usikker:
        raise Ugyldig("er ikke en dato")
    return fundet.dag


def _dag(aar: str, maaned: str, dag: str) -> Dato:
    usikker = maaned in _UKENDT or dag in _UKENDT
    try:
        fundet = date(int(aar), 1 if maaned in _UKENDT else int(maaned), 1 if dag in _UKENDT else int(dag))
    except ValueError:
        raise Ugyldig("er ikke en dato, der findes") from None
    if fundet.year < _FOERSTE_AAR:
        raise Ugyldig("er ikke en dato, der findes")
    return Dato(fundet, usikker)


def pnr(tekst: str) -> str | None:
    """A CPR number; None when blank or zeros."""
    raa = tekst.strip()
    if not raa.strip("0"):
        return None
    if len(raa) != 10 or not raa.isdecimal():
        raise Ugyldig("er ikke et CPR-nummer på 10 cifre")
    return raa


def cifre(tekst: str) -> str:
    """Digits in the whole field, or blank."""
    if tekst.strip() and not tekst.isdecimal():
        raise Ugyldig("er ikke cifre")
    return tekst.strip()


def kommunekode(tekst: str) -> str:
    """A municipality's code as four digits; some extracts write three. Blank where there is none."""
    raa = tekst.strip()
    if not raa:
        return ""
    if not raa.isdecimal():
        raise Ugyldig("er ikke en kommunekode")
    return raa.zfill(4)


def markering(tekst: str) -> bool:
    """An uncertainty mark: `*` or blank."""
    if tekst not in ("", " ", "*"):
        raise Ugyldig("er hverken blank eller *")
    return tekst == "*"


def koen(tekst: str) -> str:
    """K, M or blank."""
    if tekst not in ("", " ", "K", "M"):
        raise Ugyldig("er hverken K eller M")
    return tekst.strip()


def haendelseskode(tekst: str) -> str:
    """Three characters, a letter and two digits in every code seen."""
    if len(tekst) != 3 or not tekst.isalnum():
        raise Ugyldig("er ikke en hændelseskode på 3 tegn")
    return tekst


def annkor(tekst: str) -> str:
    """Correction mark of a historical record: blank, K corrected, A undone or Æ technically changed."""
    if tekst not in ("", " ", "K", "A", "Æ"):
        raise Ugyldig("er hverken blank, K, A eller Æ")
    return tekst.strip()
