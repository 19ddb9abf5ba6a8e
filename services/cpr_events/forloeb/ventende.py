"""What was told of a number that the hub does not know yet: it waits, and is used when the person becomes known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from contracts.base import Id, Oejeblik, Vaerdi
from contracts.cpr import AfsoningMeldt, FlytningGodkendt, FlytningTilbagekaldt, VaernepligtMeldt
from services.cpr_events.forloeb.beskeder import Flytning, Person, UdenUdtraek
from services.cpr_events.forloeb.person import IdAf
from services.cpr_events.forloeb.uden_for import godkend_flytning, meld_ophold, traek_tilbage
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, InternBesked, SaetFrist, Udfald

VENTETID = timedelta(days=7)
"""How long a message waits before somebody is to look at it (our own; as an order waits, AFVENTER_PERSON)."""
TYPER: Mapping[str, type[UdenUdtraek]] = {
    k.ce_type: k for k in (FlytningGodkendt, FlytningTilbagekaldt, AfsoningMeldt, VaernepligtMeldt)
}


class VentendeBesked(Vaerdi):
    """One message, as it was told."""

    ce_type: str
    indhold: str
    modtaget: Oejeblik

    def besked(self) -> UdenUdtraek:
        """The message again."""
        return TYPER[self.ce_type].model_validate_json(self.indhold)


@dataclass(frozen=True, slots=True)
class Ventende:
    """What waits for one number, in the order it came. `ventende_id`: the id the number gets at creation."""

    ventende_id: str
    beskeder: tuple[VentendeBesked, ...] = ()


class VentendeKanBruges(InternBesked):
    """Deadline that falls due at once: the person has become known."""

    ce_type: ClassVar[str] = "cpr_events.VentendeKanBruges.v1"
    noeglefelt: ClassVar[str] = "ventende_id"

    ventende_id: Id
    person_id: Id
    flytning_ider: tuple[Id, ...] = ()


class VentetidUdloeb(InternBesked):
    """Deadline: nobody has told of the person."""

    ce_type: ClassVar[str] = "cpr_events.VentetidUdloeb.v1"
    noeglefelt: ClassVar[str] = "ventende_id"

    ventende_id: Id


def vent(besked: UdenUdtraek, ventende: Ventende | None, ventende_id: str, nu: datetime) -> Udfald:
    """Keep a message; the same one told twice is kept once. The first of them decides how long they wait."""
    foer = ventende.beskeder if ventende else ()
    ny = VentendeBesked(ce_type=besked.ce_type, indhold=besked.model_dump_json(), modtaget=nu)
    if any((v.ce_type, v.indhold) == (ny.ce_type, ny.indhold) for v in foer):
        return INTET
    alle = (*foer, ny)
    udloeber = max(nu, alle[0].modtaget + VENTETID)
    frist = SaetFrist(_frist_id(ventende_id), udloeber, VentetidUdloeb(ventende_id=ventende_id))
    return Udfald(raekker=(Ventende(ventende_id, alle),), frister=(frist,))


def kan_bruges(ventende: Iterable[Ventende], person_id: str, nu: datetime) -> Udfald:
    """The person is known: what waited for any of his numbers comes now, after what made him known."""
    return Udfald(frister=tuple(_nu(v, person_id, nu) for v in ventende if v.beskeder))


def _nu(ventende: Ventende, person_id: str, nu: datetime) -> SaetFrist:
    beskeder = [v.besked() for v in ventende.beskeder]
    flytninger = [b.flytning_id for b in beskeder if isinstance(b, FlytningGodkendt | FlytningTilbagekaldt)]
    kommer = VentendeKanBruges(
        ventende_id=ventende.ventende_id, person_id=person_id, flytning_ider=tuple(dict.fromkeys(flytninger))
    )
    return SaetFrist(_frist_id(ventende.ventende_id), nu, kommer)


def _frist_id(ventende_id: str) -> str:
    return f"ventende:{ventende_id}"


def brug(
    ventende: Ventende | None, kendt: Person | None, flytninger: Mapping[str, Flytning], oprettelse: IdAf, nu: datetime
) -> Udfald:
    """Every message that waited, in order, as if it came now. Raises `LookupError` where the person is not there."""
    if ventende is None or not ventende.beskeder:
        return INTET
    if kendt is None:
        raise LookupError("cpr_events: personen, der blev ventet på, er ikke læst")
    if kendt.afloest_af is not None:
        return kan_bruges((ventende,), kendt.afloest_af, nu)
    udfald, kendte = INTET, dict(flytninger)
    for ventet in ventende.beskeder:
        et = anvend(besked := ventet.besked(), _flytning(besked, kendte), kendt, oprettelse, nu)
        kendte |= {r.flytning_id: r for r in et.raekker if isinstance(r, Flytning)}
        kendt = next((r for r in et.raekker if isinstance(r, Person)), kendt)
        udfald += et
    return udfald + Udfald(raekker=(Ventende(ventende.ventende_id),))


def _flytning(besked: UdenUdtraek, kendte: Mapping[str, Flytning]) -> Flytning | None:
    return kendte.get(besked.flytning_id) if isinstance(besked, FlytningGodkendt | FlytningTilbagekaldt) else None


def anvend(besked: UdenUdtraek, flytning: Flytning | None, kendt: Person, oprettelse: IdAf, nu: datetime) -> Udfald:
    """CPR-03, CPR-06, CPR-07, CPR-12: one message about a known person."""
    match besked:
        case FlytningGodkendt():
            return godkend_flytning(besked, flytning, kendt, oprettelse, nu)
        case FlytningTilbagekaldt():
            return traek_tilbage(besked, flytning, kendt, oprettelse)
        case AfsoningMeldt() | VaernepligtMeldt():
            return meld_ophold(besked, kendt, oprettelse)


def udloebet(ventende: Ventende | None) -> Udfald:
    """Raises `UventetBesked` while something waits: it is parked for somebody to see, and still used if it can be."""
    if ventende is None or not ventende.beskeder:
        return INTET
    raise UventetBesked("cpr_events", "UKENDT_PERSON", ", ".join(sorted({_navn(v) for v in ventende.beskeder})))


def _navn(ventet: VentendeBesked) -> str:
    return TYPER[ventet.ce_type].__name__
