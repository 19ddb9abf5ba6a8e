"""The card of an entry, a finding or a birth, and of a choice in force: how far it is, and how it is stopped.

Whether it is drawn is for the supplier to say (KORT-09): a cancel waits for the answer (FORL-05). For one who has died,
left or is missing it is stopped while it still can be, whatever has taken effect meanwhile (CPR-14, NORD-01).
"""

from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb
from contracts.brev import Brevtype
from contracts.kort import (
    KortAfsendt,
    KortAnnulleret,
    KortBestilt,
    KortFejlet,
    KortIkkeAnnulleret,
    KortTrukket,
)
from services.laegevalg.forloeb.beskeder import Valg, Valgbesked, Valgtilstand
from services.laegevalg.forloeb.brevsvar import Ventebrev, besvar, kortets_kvittering, laegens_kvittering
from services.laegevalg.forloeb.faelles import frigivne, stop
from services.laegevalg.forloeb.flyttekort import bestil_i_stedet
from services.laegevalg.forloeb.personsagsbeskeder import KorteneStoppes
from services.laegevalg.forloeb.sagsbeskeder import (
    Ikrafttraedelse,
    IndrejseAnnulleres,
    IndrejsensRetOphoerte,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.forloeb.sagsled import afsluttet, kort_stoppes, kvittering_id, opgave, trukket_tilbage
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.forloeb.vilkaar import KORTET_STOPPES, Kortspor
from services.laegevalg.rules import SVAR_SENEST
from shared.domain.forloeb import Frist, Overgang
from shared.domain.udfald import INTET, Udfald

Skridt = tuple[Sag, Udfald]
Korthaendelse = KortBestilt | KortTrukket | KortAfsendt | KortAnnulleret | KortIkkeAnnulleret | KortFejlet
DOED = "DOED"
KVITTERING = Brevtype.SUNDHEDSKORTKVITTERING.value


class KortAnnulleringForSent(Sagsbesked):
    """The command to cancel, and the card is drawn (KORT-09)."""

    ce_type: ClassVar[str] = "laegevalg.KortAnnulleringForSent.v1"

    kommando: AnnullerForloeb


class AnnulleresUdenKort(Sagsbesked):
    """The command to cancel, and there is no card to ask about (CPR-15)."""

    ce_type: ClassVar[str] = "laegevalg.AnnulleresUdenKort.v1"

    kommando: AnnullerForloeb


class IndrejsensKortsvarUdeblev(Sagsbesked):
    """Nobody said in time whether the card could be stopped."""

    ce_type: ClassVar[str] = "laegevalg.IndrejsensKortsvarUdeblev.v1"


class ValgetsKortStoppes(Valgbesked):
    """CPR-14, NORD-01: the choice is in force, and its card not drawn."""

    ce_type: ClassVar[str] = "laegevalg.ValgetsKortStoppes.v1"


def spor(kort: Kortspor | None, besked: Besked) -> Kortspor | None:
    """How far the card is after what the supplier said."""
    match besked:
        case KortBestilt() if kort is Kortspor.BESTILT:
            return Kortspor.BEKRAEFTET
        case KortTrukket() | KortAfsendt() | KortIkkeAnnulleret():
            return Kortspor.TRUKKET
        case KortAnnulleret() | KortFejlet():
            return Kortspor.INGEN
        case _:
            return kort


def annulleringen(sag: Sag, besked: Besked) -> Besked:
    """KORT-09, FORL-05: what a command to cancel means while the doctor has not taken effect: the card decides."""
    if not isinstance(besked, IndrejseAnnulleres) or sag.tilstand is not Tilstand.AFVENTER_IKRAFT:
        return besked
    if sag.kort in STANDSES:
        return besked
    type_ = KortAnnulleringForSent if sag.kort is Kortspor.TRUKKET else AnnulleresUdenKort
    return type_(forloeb_id=sag.forloeb_id, person_id=sag.person_id, kommando=besked.kommando)


STANDSES = (Kortspor.BESTILT, Kortspor.BEKRAEFTET)
"""A card that can be stopped, as far as is known."""


def mens_det_stoppes(sag: Sag) -> Sag:
    """The row where the card, if there is one that is not drawn, is being stopped and nobody waits to hear."""
    return replace(sag, kort=Kortspor.STOPPES) if sag.kort in STANDSES else sag


# --- a command to cancel ----------------------------------------------------------------------------------------------


def stop_kortet(sag: Sag, besked: IndrejseAnnulleres, _nu: datetime) -> Skridt:
    """KORT-09: until the supplier has answered nothing else is given back."""
    return replace(sag, annullering=besked.kommando), Udfald(beskeder=(kort_stoppes(sag, "ANNULLERET"),))


def afvis_trukket(sag: Sag, besked: KortAnnulleringForSent, _nu: datetime) -> Skridt:
    """KORT-09: the forløb goes on."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "KORT_TRUKKET"),))


def annuller_uden_kort(sag: Sag, besked: AnnulleresUdenKort, nu: datetime) -> Skridt:
    """FORL-05, FORL-06."""
    return _annuller(replace(sag, annullering=besked.kommando), "ANNULLERET", nu)


def annuller_efter_kort(sag: Sag, besked: KortAnnulleret, nu: datetime) -> Skridt:
    """The card is stopped, so the rest is too. Of its receipt, called back with it, is told later (FORL-06)."""
    return _annuller(replace(sag, kort=Kortspor.INGEN), "ANNULLERET", nu, (), *kortets_kvittering(besked))


def vent_paa_stoppet(sag: Sag, _besked: KortFejlet, _nu: datetime) -> Skridt:
    """KORT-09: it failed while the stop was under way, which is answered all the same, and tells of the receipt."""
    return sag, INTET


def annuller_uden_kortsvar(sag: Sag, _besked: IndrejsensRetOphoerte, nu: datetime) -> Skridt:
    """CPR-14: it is over whatever becomes of the card, whose stop is under way."""
    return _annuller(replace(sag, kort=Kortspor.STOPPES), "FRAFLYTTET", nu, (*_kvittering(sag), "SUNDHEDSKORT"))


def _kvittering(sag: Sag) -> tuple[str, ...]:
    return (KVITTERING,) if sag.kort is Kortspor.BEKRAEFTET else ()


def _annuller(sag: Sag, grund: str, nu: datetime, fast: tuple[str, ...] = (), *breve: Ventebrev) -> Skridt:
    """FORL-06: `fast` was sent before, whatever becomes of the letters."""
    assert sag.annullering is not None
    udfald = Udfald(beskeder=(*trukket_tilbage(sag, grund), afsluttet(sag, "ANNULLERET", nu)))
    alle = (laegens_kvittering(kvittering_id(sag)), *breve)
    svar = besvar(sag.annullering, sag.forloeb_id, sag.person_id, nu, fast, *alle)
    return replace(sag, annullering=None), udfald + svar


def lad_kortet_gaa(sag: Sag, _besked: Besked, _nu: datetime) -> Skridt:
    """KORT-09: the supplier's draw wins."""
    assert sag.annullering is not None
    svar = Udfald(beskeder=(afvist(sag.annullering, "KORT_TRUKKET"),))
    return replace(sag, annullering=None, kort=Kortspor.TRUKKET), svar


def afvis_igen(sag: Sag, besked: IndrejseAnnulleres, _nu: datetime) -> Skridt:
    """FORL-05: it is being cancelled."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "IKKE_I_GANG"),))


def meld_manglende_svar(sag: Sag, _besked: IndrejsensKortsvarUdeblev, _nu: datetime) -> Skridt:
    """The cancel still waits."""
    meldt = opgave(
        sag,
        "annullering_forsinket",
        "ANNULLERING_FORSINKET",
        "Annullering venter på kortleverandøren",
        "Det er ikke oplyst, om kortet kunne stoppes. Spørg leverandøren. Forløbet venter.",
    )
    return sag, Udfald(beskeder=(meldt,))


def intet(sag: Sag, _besked: Besked, _nu: datetime) -> Skridt:
    """Expected, and nothing follows."""
    return sag, INTET


# --- one who has died, left or is missing -----------------------------------------------------------------------------


def hoerer_til(besked: KorteneStoppes, virkningsdato: date, startet: datetime) -> bool:
    """CPR-14, NORD-01: of the right that ended, whatever day the doctor is from (see `er_overhalet`).

    What began since is of a new right; told at the same moment, what is not from before that day, but for a death.
    """
    if startet == besked.ophoert:
        return besked.grund == DOED or virkningsdato < besked.dag
    return startet < besked.ophoert


def stop_sagens(sag: Sag) -> Udfald:
    """CPR-14, NORD-01: the forløb itself has come to its end."""
    stoppet = replace(sag, kort=Kortspor.STOPPES)
    return Udfald(raekker=(stoppet,), beskeder=(kort_stoppes(sag, "FRAFLYTTET"),))


def stop_valgets(valg: Valg, _besked: ValgetsKortStoppes, _nu: datetime) -> tuple[Valg, Udfald]:
    """CPR-14, NORD-01: the choice stands as it was; FLYT-06: its card may be under way to be stopped already."""
    if valg.flyttekort == KORTET_STOPPES:
        return valg, INTET
    return replace(valg, kort=Kortspor.STOPPES), Udfald(beskeder=(stop(valg, "FRAFLYTTET"),))


def stoppet_i_kraft(valg: Valg, besked: KortAnnulleret, nu: datetime) -> tuple[Valg, Udfald]:
    """BET-05: no card, so no fee. FLYT-06: or the card of the move in its place."""
    if valg.flyttekort == KORTET_STOPPES:
        return bestil_i_stedet(valg, besked, nu)
    return replace(valg, reserveret=False), Udfald(beskeder=frigivne(valg, "FRAFLYTTET", plads=False))


def _svar_senest(_sag: Sag, nu: datetime) -> datetime:
    return nu + SVAR_SENEST


def _svar_udeblev(sag: Sag) -> IndrejsensKortsvarUdeblev:
    return IndrejsensKortsvarUdeblev(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


T = Tilstand
# fmt: off
OVERGANGE = (
    #        fra                når                        til                gør
    Overgang(T.AFVENTER_IKRAFT, IndrejseAnnulleres,        T.ANNULLERES,      stop_kortet),
    Overgang(T.AFVENTER_IKRAFT, AnnulleresUdenKort,        T.ANNULLERET,      annuller_uden_kort),
    Overgang(T.AFVENTER_IKRAFT, KortAnnulleringForSent,    T.AFVENTER_IKRAFT, afvis_trukket),
    Overgang(T.ANNULLERES,      KortAnnulleret,            T.ANNULLERET,      annuller_efter_kort),
    Overgang(T.ANNULLERES,      KortFejlet,                T.ANNULLERES,      vent_paa_stoppet),
    Overgang(T.ANNULLERES,      KortIkkeAnnulleret,        T.AFVENTER_IKRAFT, lad_kortet_gaa),
    Overgang(T.ANNULLERES,      KortTrukket,               T.AFVENTER_IKRAFT, lad_kortet_gaa),
    Overgang(T.ANNULLERES,      KortAfsendt,               T.AFVENTER_IKRAFT, lad_kortet_gaa),
    Overgang(T.ANNULLERES,      IndrejsensRetOphoerte,     T.ANNULLERET,      annuller_uden_kortsvar),
    Overgang(T.ANNULLERES,      IndrejseAnnulleres,        T.ANNULLERES,      afvis_igen),
    Overgang(T.ANNULLERES,      IndrejsensKortsvarUdeblev, T.ANNULLERES,      meld_manglende_svar),
    Overgang(T.ANNULLERES,      Ikrafttraedelse,           T.ANNULLERES,      intet),
    Overgang(T.ANNULLERES,      PladsSvarUdeblev,          T.ANNULLERES,      intet),
    # The deadline fell due while the answer itself stood before it in line.
    Overgang(T.AFVENTER_IKRAFT, IndrejsensKortsvarUdeblev, T.AFVENTER_IKRAFT, intet),
    Overgang(T.TRAADT_I_KRAFT,  IndrejsensKortsvarUdeblev, T.TRAADT_I_KRAFT,  intet),
    Overgang(T.ANNULLERET,      IndrejsensKortsvarUdeblev, T.ANNULLERET,      intet),
)
# fmt: on
FRISTER = (Frist(T.ANNULLERES, _svar_senest, _svar_udeblev, IndrejsensKortsvarUdeblev),)
VALGETS = (
    Overgang(Valgtilstand.TRAADT_I_KRAFT, ValgetsKortStoppes, Valgtilstand.TRAADT_I_KRAFT, stop_valgets),
    Overgang(Valgtilstand.TRAADT_I_KRAFT, KortAnnulleret, Valgtilstand.TRAADT_I_KRAFT, stoppet_i_kraft),
)
