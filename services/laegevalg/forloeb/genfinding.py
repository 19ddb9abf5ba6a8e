"""One found again while a choice of doctor of his is under way: one doctor, one card (CPR-04, CPR-05, IND-04)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from contracts.base import Besked
from contracts.plads import IngenPlads, PladsFrigives, PladsReserveret
from services.laegevalg.forloeb.beskeder import Bestilling, Bestillingstilstand, Valg
from services.laegevalg.forloeb.indrejsevalg import behandler_indrejse
from services.laegevalg.forloeb.sagsbeskeder import (
    SOEGNINGEN_ER_SLUT,
    Art,
    GenfundetIAndenGruppe,
    GenfundetMedLaege,
    IndrejseErBehandlet,
    IndrejseErOverhalet,
    IndrejseErUnderBehandling,
    IndrejseManglerLaege,
    IndrejseUbehandlet,
    PladsenErHoldt,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
    ValgetGaarFoer,
)
from services.laegevalg.forloeb.sagsled import afsluttet, begyndt, gruppe_1, opgave
from services.laegevalg.rules.genfinding import venter_paa_valget
from shared.domain.datoer import dato
from shared.domain.forloeb import Overgang
from shared.domain.udfald import Udfald

Skridt = tuple[Sag, Udfald]


def ventes_paa(aabne: Iterable[str], valgene: Mapping[str, Valg], fundet: date, nu: datetime) -> tuple[str, ...]:
    """CPR-04: the open choices that give him his doctor: a caseworker's at entry, or one that holds before long."""
    kendte = (valgene[v] for v in aabne if v in valgene)
    return tuple(v.forloeb_id for v in kendte if gaar_foer(v, fundet, nu))


def gaar_foer(valg: Valg, fundet: date, nu: datetime) -> bool:
    """CPR-04, IND-04: whether the finding waits for this choice."""
    return behandler_indrejse(valg) or venter_paa_valget(valg.virkningsdato, fundet, nu)


def ventes_paa_det_nye(genfinding: str | None, valg: Valg, nu: datetime) -> bool:
    """CPR-04: a choice that begins while the finding still seeks a doctor goes before it."""
    return genfinding is not None and gaar_foer(valg, dato(nu), nu)


def ikke_begyndt(bestilte: Iterable[Bestilling], valgene: Mapping[str, Valg]) -> bool:
    """IND-03: a caseworker's order for him waits for its person, or has been handed to him and not begun."""
    return any(
        b.tilstand is Bestillingstilstand.AFVENTER_PERSON
        or (b.tilstand is Bestillingstilstand.OVERGIVET and b.forloeb_id not in valgene)
        for b in bestilte
    )


def vent_eller(sag: Sag, foelger: Sagsbesked, *, under_behandling: bool) -> Sagsbesked:
    """CPR-04, IND-04: what follows, or nothing yet while a choice of his is under way."""
    if not under_behandling or isinstance(foelger, IndrejseErBehandlet):
        return foelger
    return IndrejseErUnderBehandling(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


def soeger(sag: Sag) -> str | None:
    """The finding whose search a new choice of doctor goes before; None once it is over."""
    return sag.forloeb_id if sag.art is Art.GENFINDING and sag.tilstand not in SOEGNINGEN_ER_SLUT else None


def hvis_valget_gaar_foer(sag: Sag, besked: Besked, *, venter: bool) -> Besked:
    """CPR-04: the answer about a place, as it means while a choice is under way (`venter`)."""
    if not venter or sag.art is not Art.GENFINDING or sag.tilstand is not Tilstand.AFVENTER_PLADS:
        return besked
    match besked:
        case PladsReserveret():
            holdt = {"ydernummer": besked.ydernummer, "praksisnavn": besked.praksisnavn}
            return ValgetGaarFoer.model_validate({"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, **holdt})
        case IngenPlads() | PladsSvarUdeblev():
            return ValgetGaarFoer(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case _:
            return besked


def med_holdt_plads(sag: Sag, foelger: Sagsbesked) -> Sagsbesked:
    """CPR-04: what follows where a place was kept: it is given back, or it is the one he gets."""
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "ydernummer": sag.ydernummer}
    match foelger:
        case IndrejseErBehandlet() if sag.ydernummer is not None:
            return IndrejseErOverhalet.model_validate(om)
        case IndrejseManglerLaege() | IndrejseUbehandlet() | GenfundetIAndenGruppe() if sag.ydernummer is not None:
            return PladsenErHoldt.model_validate({**om, "praksisnavn": sag.praksisnavn})
        case _:
            return foelger


def saet_kun_gruppe_1(sag: Sag, besked: GenfundetMedLaege, nu: datetime) -> Skridt:
    """CPR-05: the doctor is the one he chose; group 1 no later than that. Another group of before is a task (OWN)."""
    gruppen = gruppe_1(sag).model_copy(update={"gyldig_fra": min(sag.virkningsdato, besked.laege_fra)})
    meldt = () if besked.tidligere_gruppe is None else (anden_gruppe(sag, besked.tidligere_gruppe),)
    slut = afsluttet(sag, Tilstand.BEHANDLET_UDEN_HANDLING, nu)
    return sag, Udfald(beskeder=(*begyndt(sag, nu), gruppen, *meldt, slut))


def anden_gruppe(sag: Sag, tidligere: str) -> Besked:
    """CPR-05 (OWN): whether the former group is to be his again is for a caseworker."""
    return opgave(
        sag,
        "genfundet",
        "GENFUNDET_ANDEN_GRUPPE",
        "Genfundet borger var i en anden sikringsgruppe",
        f"Borgeren er fundet igen {sag.virkningsdato:%d-%m-%Y} og var før i gruppe {tidligere}. "
        "Borgeren er sat i gruppe 1, og en læge søges. Vurder, om det er den rette gruppe.",
    )


def hold_pladsen(sag: Sag, besked: ValgetGaarFoer | PladsReserveret, _nu: datetime) -> Skridt:
    """CPR-04, LV-17: kept until it is known what becomes of the choice: a forløb is given a place once."""
    return replace(sag, ydernummer=besked.ydernummer, praksisnavn=besked.praksisnavn), Udfald()


def giv_holdt_plads_tilbage(sag: Sag, grund: str) -> tuple[PladsFrigives, ...]:
    """LV-19: nothing where none is held."""
    if sag.ydernummer is None:
        return ()
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "grund": grund}
    return (PladsFrigives.model_validate({**om, "ydernummer": sag.ydernummer}),)


def intet(sag: Sag, _besked: Besked, _nu: datetime) -> Skridt:
    """Expected, and nothing follows."""
    return sag, Udfald()


T = Tilstand
# fmt: off
OVERGANGE = (
    #        fra                    når                 til                        gør
    Overgang(T.MODTAGET,            GenfundetMedLaege,  T.BEHANDLET_UDEN_HANDLING, saet_kun_gruppe_1),
    Overgang(T.AFVENTER_BESTILLING, GenfundetMedLaege,  T.BEHANDLET_UDEN_HANDLING, saet_kun_gruppe_1),
    Overgang(T.AFVENTER_PLADS,      ValgetGaarFoer,     T.AFVENTER_BESTILLING,     hold_pladsen),
    Overgang(T.AFVENTER_BESTILLING, PladsReserveret,    T.AFVENTER_BESTILLING,     hold_pladsen),
    Overgang(T.AFVENTER_BESTILLING, IngenPlads,         T.AFVENTER_BESTILLING,     intet),
    Overgang(T.AFVENTER_BESTILLING, PladsSvarUdeblev,   T.AFVENTER_BESTILLING,     intet),
)
# fmt: on
