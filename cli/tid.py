"""Instants and spans of time as people write them, in Danish local time."""

from datetime import UTC, datetime, timedelta

from cli.common import stop
from shared.domain.datoer import KOEBENHAVN


def instant(text: str) -> datetime:
    """An instant as people write it; Danish local time when no zone is given.

    A local time that there is twice, or not at all, when the clocks change is refused: guessing would be an hour off.
    """
    try:
        found = datetime.fromisoformat(text)
        found = (found if found.tzinfo else _danish(found, text)).astimezone(UTC)
    except (ValueError, OverflowError):
        stop(f"»{text}« er ikke et tidspunkt; skriv fx 2024-11-04T10:00 eller 2024-11-04.")
    return in_calendar(found)


def in_calendar(found: datetime) -> datetime:
    """The instant itself, when it is one that the hub reckons with."""
    if not 1900 < found.year < 2200:
        stop(f"{found.date().isoformat()} er uden for hubbens kalender (1901 til 2199).")
    return found


def _danish(naive: datetime, text: str) -> datetime:
    first, second = (naive.replace(tzinfo=KOEBENHAVN, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(KOEBENHAVN).replace(tzinfo=None) != naive:
        stop(f"»{text}« findes ikke i Danmark: uret stilles frem. Skriv tiden før eller efter, eller med zone.")
    both = " eller ".join(t.isoformat(timespec="minutes") for t in (first, second))
    stop(f"»{text}« er der to gange i Danmark: uret stilles tilbage. Skriv {both}.")


def later(now: datetime, text: str) -> datetime:
    """`14d`, `3t` (hours) or `30m` after an instant. Days are civil days: the same time of day in Denmark."""
    length = span(text)
    if text[-1] == "d":
        return (now.astimezone(KOEBENHAVN) + length).astimezone(UTC)
    return now + length


def span(text: str) -> timedelta:
    """`14d`, `3t` or `30m`; a minus before it goes back."""
    units = {"d": "days", "t": "hours", "m": "minutes"}
    number = text[:-1].removeprefix("-")
    if text[-1:] not in units or not (number.isascii() and number.isdigit()) or len(text) > 7:
        stop(f"»{text}« er ikke en varighed; skriv fx 14d, 3t eller 30m.")
    return timedelta(**{units[text[-1]]: int(text[:-1])})


def local(tid: datetime) -> str:
    """Danish local time."""
    return tid.astimezone(KOEBENHAVN).strftime("%Y-%m-%d %H:%M:%S")


def local_with_zone(tid: datetime) -> str:
    """Danish local time with its zone: it can be typed again, also in the hour that there is twice."""
    return tid.astimezone(KOEBENHAVN).isoformat(sep=" ", timespec="seconds")
