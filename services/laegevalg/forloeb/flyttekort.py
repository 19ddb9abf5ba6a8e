"""A move while the card of a choice is ordered and not drawn (FLYT-06): it is stopped, and that of the move ordered.

Whether it is drawn is for the supplier to say (KORT-09). Where it was, both stand: the choice has its card and its fee,
and the move has a card of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.kort import KortAnnulleret, KortFejlet
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import FlytningMedKort, Valg
from services.laegevalg.forloeb.faelles import stop
from services.laegevalg.forloeb.flytning import giv_gebyret_tilbage, svar_flytningen
from services.laegevalg.forloeb.handlinger import bestil_kort, frigiv_gebyr
from services.laegevalg.forloeb.personsagsbeskeder import KortetErIkkeMed, KortetErMed
from services.laegevalg.forloeb.vilkaar import FLYTTEKORT_BESTILT, KORTET_STOPPES
from shared.domain.udfald import Udfald

Skridt = tuple[Valg, Udfald]


def stop_for_flytningen(valg: Valg, besked: FlytningMedKort, nu: datetime) -> Skridt:
    """FLYT-06: the fee is released when the supplier has stopped the card."""
    efter = replace(valg, flyttesag=besked.flyttesag, flyttekort=KORTET_STOPPES)
    return efter, Udfald(
        beskeder=(stop(valg, "FLYTNING"),), frister=(svar_flytningen(KortetErMed, besked.flyttesag, valg, nu),)
    )  # fmt: skip


def som_kendt(valg: Valg, person: Any, gruppe: str | None) -> Valg:
    """KORT-12: the card of the move is made out to the person as he is known when it is ordered."""
    if valg.flyttekort != KORTET_STOPPES or person is None:
        return valg
    return replace(valg, person=person, gruppe=gruppe or valg.gruppe)


def bestil_i_stedet(valg: Valg, besked: KortAnnulleret | KortFejlet, nu: datetime) -> Skridt:
    """FLYT-06, BET-13: there is no card of the choice, so the one of the move is the only one, and free."""
    if valg.flyttekort != KORTET_STOPPES:
        return valg, Udfald()
    efter, tilbage = giv_gebyret_tilbage(replace(valg, flyttekort=FLYTTEKORT_BESTILT, kort_bestilt=False))
    if rules.er_fraflyttet(valg.person.status):
        return efter, tilbage
    efter, kort = bestil_kort(efter, besked, nu)
    return efter, tilbage + kort


def bestil_eller_frigiv(valg: Valg, besked: KortFejlet, nu: datetime) -> Skridt:
    """BET-05; FLYT-06: a card that failed while it was being stopped is stopped."""
    goer = bestil_i_stedet if valg.flyttekort == KORTET_STOPPES else frigiv_gebyr
    return goer(valg, besked, nu)


def kortet_gik(goer: Callable[[Valg, Any, datetime], Skridt]) -> Callable[[Valg, Any, datetime], Skridt]:
    """FLYT-06, KORT-09: drawn before it could be stopped; the fee is due, and the move orders its own."""

    def skridt(valg: Valg, besked: Any, nu: datetime) -> Skridt:
        efter, udfald = goer(valg, besked, nu)
        if valg.flyttekort != KORTET_STOPPES or valg.flyttesag is None:
            return efter, udfald
        selv = Udfald(frister=(svar_flytningen(KortetErIkkeMed, valg.flyttesag, valg, nu),))
        return replace(efter, flyttekort=None, flyttesag=None), udfald + selv

    return skridt
