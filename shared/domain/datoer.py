"""Civil dates in Europe/Copenhagen (rules.md section 0): intervals inclusive, months clamped to their last day."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

KOEBENHAVN = ZoneInfo("Europe/Copenhagen")


def dato(oejeblik: datetime) -> date:
    """The civil date in Denmark at an instant."""
    return oejeblik.astimezone(KOEBENHAVN).date()


def midnat(dag: date) -> datetime:
    """The instant a civil day begins in Denmark, in UTC."""
    return datetime.combine(dag, time(), KOEBENHAVN).astimezone(UTC)


def plus_dage(dag: date, dage: int) -> date:
    """Calendar days."""
    return dag + timedelta(days=dage)


def plus_maaneder(dag: date, maaneder: int) -> date:
    """Calendar months, clamped: 30 November + 3 months is 28 or 29 February."""
    nul = dag.year * 12 + dag.month - 1 + maaneder
    aar, maaned = divmod(nul, 12)
    return date(aar, maaned + 1, min(dag.day, calendar.monthrange(aar, maaned + 1)[1]))


def foedselsdag(foedt: date, aar: int) -> date:
    """The day one is so many years old, as `alder` counts."""
    dag = plus_maaneder(foedt, 12 * aar)
    return dag if dag.day == foedt.day else plus_dage(dag, 1)


def alder(foedt: date, paa: date) -> int:
    """Age in years on a day. Born 29 February: the birthday is 1 March in a year without that day."""
    fyldt = (paa.month, paa.day) >= (foedt.month, foedt.day)
    return paa.year - foedt.year - (0 if fyldt else 1)
