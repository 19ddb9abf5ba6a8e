"""A move while a choice of doctor is open: one card for both, and no fee (FLYT-06, KORT-16, BET-13)."""

from dataclasses import replace
from datetime import datetime

from services.laegevalg.forloeb.beskeder import (
    FlytningMedKort,
    FlytningUdenKort,
    PersonenFlyttede,
    Valg,
    Valgbesked,
    Valgtilstand,
)
from services.laegevalg.forloeb.faelles import frigivne
from services.laegevalg.forloeb.faelleskort import kan_deles, vilkaar_med_sag
from services.laegevalg.forloeb.personsagsbeskeder import KortetErIkkeMed, KortetErMed
from shared.domain.udfald import SaetFrist, Udfald

T = Valgtilstand
KORTET_ER_IKKE_BESTILT = (
    T.AFVENTER_PLADS, T.AFVENTER_RESERVATION, T.AFVENTER_LEVERING, T.AFVENTER_DISPENSATION, T.AFVENTER_FLYTNING,
    T.GODKENDT,
)  # fmt: skip
"""Where the card of a choice is still to come."""

Skridt = tuple[Valg, Udfald]


def flytningen(valg: Valg, besked: PersonenFlyttede, nu: datetime) -> Valgbesked:
    """FLYT-06: the card of the choice is not known to be drawn, and can be that of the move."""
    om = {"forloeb_id": valg.forloeb_id, "person_id": valg.person_id, "flyttesag": besked.flyttesag}
    kan = valg.tilstand in KORTET_ER_IKKE_BESTILT or _kan_stoppes(valg)
    med = kan and kan_deles(valg, besked, nu)
    return FlytningMedKort.model_validate(om) if med else FlytningUdenKort.model_validate(om)


def _kan_stoppes(valg: Valg) -> bool:
    """Not the first card of an entry, nor one that is the card of an earlier move."""
    return valg.tilstand is T.KORT_BESTILT and valg.flyttesag is None and valg.anledning is None


def tag_kortet_med(valg: Valg, besked: FlytningMedKort, nu: datetime) -> Skridt:
    """FLYT-06: what was reserved is given back; an earlier move is answered for already."""
    svar = Udfald(frister=(svar_flytningen(KortetErMed, besked.flyttesag, valg, nu),))
    efter = replace(valg, flyttesag=besked.flyttesag, flytning=vilkaar_med_sag(valg, besked.flyttesag))
    if valg.tilstand is T.AFVENTER_RESERVATION:  # given back when Nets has answered
        return efter, svar
    efter, tilbage = giv_gebyret_tilbage(efter)
    return efter, tilbage + svar


def giv_gebyret_tilbage(valg: Valg) -> Skridt:
    """BET-13: a card that follows from a move is free."""
    return replace(valg, gebyr_oere=0, reserveret=False), Udfald(beskeder=frigivne(valg, "FLYTNING", plads=False))


def tag_ikke_kortet_med(valg: Valg, besked: FlytningUdenKort, nu: datetime) -> Skridt:
    """The move orders a card of its own."""
    return valg, Udfald(frister=(svar_flytningen(KortetErIkkeMed, besked.flyttesag, valg, nu),))


def uden_kort_alligevel(foer: Valg, efter: Valg, nu: datetime) -> Udfald:
    """KORT-16: a choice that came to nothing leaves the move without its card."""
    slut = efter.tilstand in (T.AFVIST, T.ANNULLERET) and foer.tilstand is not efter.tilstand
    if not slut or efter.flyttesag is None:
        return Udfald()
    return Udfald(frister=(svar_flytningen(KortetErIkkeMed, efter.flyttesag, efter, nu),))


def svar_flytningen(type_: type[KortetErMed | KortetErIkkeMed], sag: str, valg: Valg, nu: datetime) -> SaetFrist:
    """To the forløb of the move."""
    return SaetFrist(f"{sag}:{type_.__name__}", nu, type_(forloeb_id=sag, person_id=valg.person_id))
