"""A change of doctor in connection with a move costs nothing (BET-13), whichever of the two the hub heard of first."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

from services.laegevalg.forloeb.beskeder import Valg, Valgbesked, Valgtilstand
from services.laegevalg.forloeb.flytning import giv_gebyret_tilbage
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, Sagsart
from services.laegevalg.forloeb.registrering import Registreringsart
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules.flyttegebyr import er_gratis
from shared.domain.datoer import dato
from shared.domain.udfald import INTET, SaetFrist, Udfald

BLEV_IKKE_TIL_NOGET = (Valgtilstand.AFVIST, Valgtilstand.ANNULLERET)


class FlytningEfterValget(Valgbesked):
    """A move was told of after a doctor was chosen; `forloeb_id` is that of the move."""

    ce_type: ClassVar[str] = "laegevalg.FlytningEfterValget.v1"

    dag: date


def efter_flytning(valg: Valg, sager: Iterable[Personsag]) -> Valg:
    """BET-13: a choice that begins when the move is known. `sager`: what has happened to the person."""
    if valg.anledning is not None:
        return valg
    holder = [s.dag for s in sager if s.art is Sagsart.FLYTNING and not s.tilbagekaldt and _gratis(valg, s.dag)]
    return replace(valg, fri_efter_flytning=max(holder), betalingskort=None) if holder else valg


def sent_meldt(valg: Valg, dag: date) -> tuple[Valg, Udfald]:
    """BET-13, CPR-08: ordered within the days, and told of the move afterwards: no fee, or the fee is given back.

    One that Nets has not answered about is given back when it has (`er_fri`). An order from before the day of the move
    is for FLYT-06 alone.
    """
    fri = dag <= dato(valg.bestilt) and _gratis(valg, dag)
    if not fri or er_fri(valg) or valg.anledning is not None or valg.tilstand in BLEV_IKKE_TIL_NOGET:
        return valg, INTET
    efter = replace(valg, fri_efter_flytning=dag)
    if valg.tilstand is Valgtilstand.AFVENTER_RESERVATION:
        return efter, INTET
    return giv_gebyret_tilbage(efter)


def er_fri(valg: Valg) -> bool:
    """Whether a move has made the card of the choice free (FLYT-06, BET-13)."""
    return valg.flyttesag is not None or valg.fri_efter_flytning is not None


def meld(forloeb_id: str, sikret: Sikret, dag: date, nu: datetime) -> Udfald:
    """CPR-08: where a doctor is being chosen, or was registered since the day of the move, what each such choice cost
    is looked at once more.
    """
    laeger = (r.registreret for r in sikret.historik if r.art is Registreringsart.LAEGE)
    if not sikret.aabne_valg and not any(tid is not None and dato(tid) >= dag for tid in laeger):
        return INTET
    besked = FlytningEfterValget(forloeb_id=forloeb_id, person_id=sikret.person_id, dag=dag)
    return Udfald(frister=(SaetFrist(f"{forloeb_id}:FlytningEfterValget", nu, besked),))


def _gratis(valg: Valg, dag: date) -> bool:
    ventet = valg.flytning is not None and valg.flytning.flyttet == dag
    return er_gratis(dag, dato(valg.bestilt), valg.virkningsdato, ventet=ventet)
