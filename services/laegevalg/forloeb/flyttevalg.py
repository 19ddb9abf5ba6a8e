"""A choice of doctor that waits for a move (FLYT-01), and one that meets a choice made elsewhere (FLYT-04)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.bestilling import BestillingAfvist, LaegevalgBestilt
from contracts.laegevalg import LaegevalgAfventerFlytning
from contracts.person import PersonFlytningTilbagekaldt, PersonFlyttet
from services.laegevalg.forloeb.begrundelser import AFVISNINGER, begrundet
from services.laegevalg.forloeb.beskeder import (
    DispensationGivet,
    DispensationsfristUdloeb,
    IntetMangler,
    Valg,
    Valgtilstand,
)
from services.laegevalg.forloeb.faelles import om, opgave, reserveret
from services.laegevalg.forloeb.flyttebeskeder import (
    DispensationFoerFlytning,
    FlytningErSket,
    FlytningMangler,
    FlytningMeldt,
    FlytningTrukket,
    FlytningUdeblev,
    ValgIAndenKommune,
)
from services.laegevalg.forloeb.vilkaar import Flyttevilkaar, MeldtFlytning
from services.laegevalg.rules import ordrer
from shared.domain.udfald import SaetFrist, Udfald

Skridt = tuple[Valg, Udfald]
I_GANG = "LAEGEVALG_I_GANG"
KORT_TRUKKET = "KORT_TRUKKET"


# --- what is known, as the table's own messages -----------------------------------------------------------------------


def vilkaar(bestilt: LaegevalgBestilt, bor_i: str | None, meldt: MeldtFlytning | None) -> Flyttevilkaar | None:
    """FLYT-01: what the order waits for; a move that was told of before the order is no longer waited for."""
    ventet = bestilt.afventer_flytning
    if ventet is None:
        return None
    kendt = meldt if meldt is not None and meldt.til_kommunekode == ventet.til_kommunekode else None
    return Flyttevilkaar(
        til_kommunekode=ventet.til_kommunekode,
        anmeldt=ventet.flyttedato,
        opfyldt=kendt is not None or bor_i == ventet.til_kommunekode,
        flyttet=kendt.dag if kendt else None,
    )


def venter(valg: Valg) -> bool:
    """Whether the move is still missing."""
    return valg.flytning is not None and not valg.flytning.opfyldt


def oversat(valg: Valg, besked: Besked) -> Besked:
    """LV-18: what else would approve the choice does not while the move is missing."""
    if not venter(valg):
        return besked
    match besked:
        case IntetMangler():
            return FlytningMangler(**om(valg))
        case DispensationGivet():
            return DispensationFoerFlytning(**om(valg), grund="SVAR")
        case DispensationsfristUdloeb() if valg.tilstand is Valgtilstand.AFVENTER_DISPENSATION:
            return DispensationFoerFlytning(**om(valg), grund="STILTIENDE")
        case _:
            return besked


def meldt_til(valg: Sequence[str], besked: PersonFlyttet, nu: datetime) -> Udfald:
    """FLYT-01: every open choice hears of the move; the ones that wait for it know it."""
    felter = {"person_id": besked.person_id, "til_kommunekode": besked.til_kommunekode, "dag": besked.flyttedato}
    meldte = [FlytningMeldt.model_validate({"forloeb_id": id_, **felter}) for id_ in valg]
    return Udfald(frister=tuple(SaetFrist(f"{m.forloeb_id}:FlytningMeldt:{m.dag}", nu, m) for m in meldte))


def trukket_for(valg: Sequence[str], besked: PersonFlytningTilbagekaldt, nu: datetime) -> Udfald:
    """FLYT-01, CPR-07: every open choice hears that the move was withdrawn."""
    trukne = [FlytningTrukket(forloeb_id=id_, person_id=besked.person_id, dag=besked.flyttedato) for id_ in valg]
    return Udfald(frister=tuple(SaetFrist(f"{t.forloeb_id}:FlytningTrukket:{t.dag}", nu, t) for t in trukne))


def sket(valg: Valg, besked: FlytningMeldt) -> FlytningErSket | None:
    """FLYT-01: whether this is the move that was waited for; None: it is not."""
    ventet = valg.flytning
    if ventet is None or ventet.opfyldt or ventet.til_kommunekode != besked.til_kommunekode:
        return None
    return FlytningErSket(**om(valg), dag=besked.dag)


def er_trukket(valg: Valg, besked: FlytningTrukket) -> bool:
    """FLYT-01: whether the choice rests on the move that was withdrawn."""
    ventet = valg.flytning
    if ventet is None or (ventet.opfyldt and ventet.flyttet is None):
        return False
    return besked.dag == (ventet.flyttet or ventet.anmeldt)


def i_anden_kommune(bestilt: LaegevalgBestilt, forloeb_id: str, andre: Iterable[Valg]) -> ValgIAndenKommune | None:
    """FLYT-04: the choice in progress elsewhere that stops this one. Confirmed, only one that cannot be cancelled does.

    Whether a card that is ordered can be stopped is for the supplier to say (KORT-09); until then it counts as if.
    """
    for valg in andre:
        if valg.kommunekode == bestilt.kommunekode:
            continue
        if bestilt.bekraeftet and valg.tilstand is not Valgtilstand.KORT_TRUKKET:
            continue
        grund = KORT_TRUKKET if bestilt.bekraeftet else I_GANG
        return ValgIAndenKommune(
            forloeb_id=forloeb_id, person_id=valg.person_id, grund=grund, kommunekode=valg.kommunekode
        )
    return None


# --- what the steps do ------------------------------------------------------------------------------------------------


def frist(valg: Valg) -> Udfald:
    """FLYT-01: runs from the order on, whatever else is waited for meanwhile."""
    if not venter(valg):
        return Udfald()
    return Udfald(frister=(SaetFrist(_frist_id(valg), giver_op(valg, valg.startet), udeblev(valg)),))


def giver_op(valg: Valg, nu: datetime) -> datetime:
    """When the move is not waited for any more."""
    return ordrer.flyttefrist(valg.flytning.anmeldt) if valg.flytning else nu


def udeblev(valg: Valg) -> FlytningUdeblev:
    """The move was not told of in time."""
    return FlytningUdeblev(**om(valg))


def _frist_id(valg: Valg) -> str:
    return f"{valg.forloeb_id}:{FlytningUdeblev.__name__}"


def vent(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """FLYT-01, LV-18: the place is held, and nothing else is missing."""
    if valg.flytning is None:
        raise ValueError(f"{valg.forloeb_id}: der er ingen flytning at vente på")
    afventer = LaegevalgAfventerFlytning(
        **om(valg),
        ydernummer=valg.ydernummer,
        til_kommunekode=valg.flytning.til_kommunekode,
        frist=giver_op(valg, nu),
    )
    return valg, Udfald(beskeder=(afventer,))


def vent_straks(valg: Valg, besked: Besked, nu: datetime) -> Skridt:
    """An open practice, and no fee to reserve: only the move is missing."""
    efter, udfald = vent(valg, besked, nu)
    return efter, Udfald(beskeder=(reserveret(valg),)) + udfald


def vent_dispenseret(valg: Valg, besked: DispensationFoerFlytning, nu: datetime) -> Skridt:
    """LV-18: approved when the last condition is met; this one is, and how is kept."""
    return vent(replace(valg, dispenseret=besked.grund), besked, nu)


def noter_flytning(valg: Valg, besked: FlytningErSket, _nu: datetime) -> Skridt:
    """LV-18: the move came first; the choice goes on waiting for the rest."""
    if valg.flytning is None:
        raise ValueError(f"{valg.forloeb_id}: der er ingen flytning at vente på")
    flytning = valg.flytning.model_copy(update={"opfyldt": True, "flyttet": besked.dag})
    return replace(valg, flytning=flytning), Udfald(ophaevede=(_frist_id(valg),))


def meld_trukket(valg: Valg, _besked: FlytningTrukket, _nu: datetime) -> Skridt:
    """FLYT-01, KORT-09: the card is ordered or the doctor the person's own; what to do about it is for a caseworker."""
    return valg, opgave(
        valg,
        "FLYTNING_TRUKKET",
        "Flytning trukket tilbage efter lægevalg",
        "Lægevalget blev godkendt, fordi borgeren var meldt flyttet. Flytningen er trukket tilbage. "
        "Vurder, om borgeren skal vælge læge på ny.",
    )


def afvis(valg: Valg, besked: ValgIAndenKommune, _nu: datetime) -> Skridt:
    """FLYT-04: refused with the municipality of the other choice, and nothing of it but that (FLYT-03)."""
    svar = BestillingAfvist(
        noegle=valg.noegle,
        bestilling_id=valg.bestilling_id,
        forloeb_id=valg.forloeb_id,
        grund=besked.grund,
        begrundelse=begrundet(AFVISNINGER, besked.grund),
        kommunekode=besked.kommunekode,
    )
    return valg, Udfald(beskeder=(svar,))
