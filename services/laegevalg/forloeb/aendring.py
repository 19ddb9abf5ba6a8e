"""How a choice of doctor that has not taken effect is moved to another day (KORT-12)."""

from dataclasses import replace
from datetime import datetime

from contracts.laegevalg import LaegevalgFlyttet
from contracts.plads import PladsFlyttes
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import (
    AendringOensket,
    Kortbestillingsdag,
    Valg,
    ValgetsIkrafttraedelse,
    Valgtilstand,
)
from services.laegevalg.forloeb.faelles import om
from services.laegevalg.forloeb.faelleskort import slip_kortet
from services.laegevalg.forloeb.svar import afvist, modtaget
from shared.domain.udfald import SaetFrist, Udfald

Skridt = tuple[Valg, Udfald]
VENTER_PAA_DAGEN = (Valgtilstand.KORT_BESTILT, Valgtilstand.KORT_TRUKKET)


def flyt(valg: Valg, besked: AendringOensket, nu: datetime) -> Skridt:
    """KORT-12: a change to the date moves the timer. A card that is ordered stays so; that of a move comes soon."""
    valg = replace(valg, virkningsdato=besked.kommando.virkningsdato)
    hvad = {**om(valg), "ydernummer": valg.ydernummer, "virkningsdato": valg.virkningsdato}
    beskeder = (
        LaegevalgFlyttet.model_validate(hvad),
        PladsFlyttes.model_validate(hvad),
        modtaget(besked.kommando, nu),
    )
    frister: tuple[SaetFrist, ...] = ()
    if valg.tilstand is Valgtilstand.GODKENDT:
        dag = rules.kortbestilling(valg.virkningsdato, nu)
        frister = (SaetFrist(f"{valg.forloeb_id}:Kortbestillingsdag", dag, Kortbestillingsdag(**om(valg))),)
    elif valg.tilstand in VENTER_PAA_DAGEN:
        ikraft = ValgetsIkrafttraedelse(**om(valg))
        virkning = rules.ikrafttraedelse(valg.virkningsdato)
        frister = (SaetFrist(f"{valg.forloeb_id}:ValgetsIkrafttraedelse", virkning, ikraft),)
    valg, sluppet = slip_kortet(valg, nu)
    return valg, Udfald(beskeder=beskeder, frister=frister) + sluppet


def afvis_i_kraft(valg: Valg, besked: AendringOensket, _nu: datetime) -> Skridt:
    """FORL-07: the doctor is the person's own already."""
    return valg, Udfald(beskeder=(afvist(besked.kommando, "TRAADT_I_KRAFT"),))


def afvis_slut(valg: Valg, besked: AendringOensket, _nu: datetime) -> Skridt:
    """FORL-05: only what is running can be changed."""
    return valg, Udfald(beskeder=(afvist(besked.kommando, "IKKE_I_GANG"),))
