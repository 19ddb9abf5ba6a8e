"""What a person has been registered with, one line each time that the group or the doctor changed (LV-01, FORL-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.base import Oejeblik, Vaerdi
from services.laegevalg.rules import GRUPPE_1, Sikring


class Registreringsart(StrEnum):
    """What is registered."""

    GRUPPE = "GRUPPE"
    LAEGE = "LAEGE"


class Registrering(Vaerdi):
    """The group or doctor from a day on."""

    art: Registreringsart
    vaerdi: str | None
    """The group or the ydernummer; None: no doctor from this day on."""
    fra: date
    registreret: Oejeblik | None
    """None: from before this was kept."""


@dataclass(frozen=True, slots=True)
class Historiklinje:
    """A registration and its last day, None while it holds."""

    registrering: Registrering
    til: date | None
    erstattet: bool
    """One registered later holds from the same day or an earlier one, so this one never came to hold."""


def med_historik(
    historik: tuple[Registrering, ...], foer: Sikring, efter: Sikring, nu: datetime, uden_laege_fra: date | None = None
) -> tuple[Registrering, ...]:
    """The history after a change of group or doctor, in the order of registration.

    `uden_laege_fra`: the first day without the doctor, where he ended and the group stands (CPR-14).
    """
    nye: list[Registrering] = []
    if (efter.gruppe, efter.gruppe_fra) != (foer.gruppe, foer.gruppe_fra) and efter.gruppe_fra is not None:
        nye.append(Registrering(art=Registreringsart.GRUPPE, vaerdi=efter.gruppe, fra=efter.gruppe_fra, registreret=nu))
    if (efter.ydernummer, efter.laege_fra) != (foer.ydernummer, foer.laege_fra):
        fra = efter.laege_fra or uden_laege_fra or efter.gruppe_fra  # the group that ended him, where one did
        if fra is not None:
            nye.append(Registrering(art=Registreringsart.LAEGE, vaerdi=efter.ydernummer, fra=fra, registreret=nu))
    return (*historik, *nye)


def tidligere_laege(registreringer: Sequence[Registrering], sikring: Sikring) -> str | None:
    """CPR-04: the doctor of one who lost him while his group stood, as by a disappearance. None: there was none.

    One who ended together with another group (a departure, a choice of group 2) is no former doctor.
    """
    laeger = [r for r in registreringer if r.art is Registreringsart.LAEGE]
    if not laeger or laeger[-1].vaerdi is not None or sikring.gruppe_fra is None:
        return None
    if sikring.ydernummer is not None or sikring.gruppe != GRUPPE_1 or laeger[-1].fra < sikring.gruppe_fra:
        return None
    return next((r.vaerdi for r in reversed(laeger) if r.vaerdi is not None), None)


def historik(registreringer: Sequence[Registrering]) -> list[Historiklinje]:
    """LV-06: newest effective date first, ties by registration time. LV-01: what says the same twice stands once."""
    kendte = {(r.art, r.vaerdi, r.fra): r for r in reversed(registreringer)}
    ordnet = [r for r in registreringer if kendte[r.art, r.vaerdi, r.fra] is r]
    linjer = [(nr, linje) for nr, linje in enumerate(_linjer(ordnet)) if linje.registrering.vaerdi is not None]
    linjer.sort(key=lambda par: (par[1].registrering.fra, par[0]), reverse=True)
    return [linje for _, linje in linjer]


def _linjer(ordnet: Sequence[Registrering]) -> Iterator[Historiklinje]:
    """What was registered last holds from its day on, whatever was registered before."""
    for nr, r in enumerate(ordnet):
        senere = min((s.fra for s in ordnet[nr + 1 :] if s.art is r.art), default=None)
        erstattet = senere is not None and senere <= r.fra
        til = None if senere is None or erstattet else senere - timedelta(days=1)
        yield Historiklinje(r, til, erstattet)
