"""What is done with each message about a choice of doctor that has begun."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.base import Besked
from contracts.betaling import BetalingFejlet, BetalingReserveret, Betalingshandling
from contracts.dispensation import DispensationFejlet, DispensationLeveret, DispensationSvar
from contracts.kort import KortAfsendt, KortAnnulleret, KortBestiltV2, KortFejlet, KortIkkeAnnulleret, KortTrukket
from contracts.plads import IngenPlads, PladsBortfaldet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import Sag, flytning, oversaettelse, proevning
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg, Valgtilstand
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import Personsag
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.faelles import naar, registrer, tjeneste
from services.laegevalg.handlers.personer import naar_indrejsen_skal_videre
from services.laegevalg.rules.naermeste import er_altid_aaben
from services.laegevalg.store import PERSONSAGER, SAGER, SIKREDE, VALG, Sikret
from shared.domain.datoer import dato
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald

VALGET = (VALG.en(), SIKREDE.en())


@tjeneste.naar(PladsReserveret, laeser=(SAGER.en(), SIKREDE.en(), VALG.en()))
@tjeneste.naar(IngenPlads, laeser=(SAGER.en(), SIKREDE.en(), VALG.en()))
def naar_pladsen_er_afgjort(
    besked: PladsReserveret | IngenPlads, sag: Sag | None, sikret: Sikret | None, valg: Valg | None, nu: datetime
) -> Udfald:
    """LV-17: to the forløb that asked, an entry or a choice."""
    if valg is None:
        return naar_indrejsen_skal_videre(besked, sag, sikret, nu)
    if isinstance(besked, PladsReserveret) and valg.tilstand is Valgtilstand.AFVENTER_PLADS:
        valg = replace(valg, praksisnavn=besked.praksisnavn, lukket=besked.lukket)
        erstattede = oversaettelse.erstattede(valg, sikret.aabne_valg if sikret else ())
        frister = tuple(SaetFrist(f"{e.forloeb_id}:ValgetErErstattet", nu, e) for e in erstattede)
        mangler = oversaettelse.mangler(valg, betalt=valg.flyttesag is not None)
        return valget_videre(valg, mangler, sikret, nu) + Udfald(frister=frister)
    return valget_videre(valg, besked, sikret, nu)


def valget_videre(valg: Valg, besked: Besked, sikret: Sikret | None, nu: datetime) -> Udfald:
    """A step of the table, and what follows for the insured: his doctor, and what he still has open."""
    skridt = LAEGEVALG.skridt(valg, besked, nu)
    if sikret is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", type(besked).__name__)
    skridt = replace(skridt, beskeder=oversaettelse.med_tidligere(skridt.beskeder, sikret.ydernummer))
    ny = registrer(sikret, skridt.beskeder, nu, valg.praksisnavn)
    if skridt.raekker[0].tilstand in LAEGEVALG.afsluttede():
        ny = replace(ny, aabne_valg=tuple(v for v in ny.aabne_valg if v != valg.forloeb_id))
    breve = tuple(r.forloeb_id for r in skridt.raekker if isinstance(r, Brevforloeb))
    ny = replace(ny, aabne_breve=(*ny.aabne_breve, *breve))
    skridt += flytning.uden_kort_alligevel(valg, skridt.raekker[0], nu)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


@tjeneste.naar(sig.ValgBegynder, laeser=(VALG.en(), SIKREDE.en(), SIKREDE.flere(oversaettelse.naermeste)))
def naar_valget_begynder(
    besked: sig.ValgBegynder, valg: Valg | None, sikret: Sikret | None, naermeste: Mapping[str, Sikret], nu: datetime
) -> Udfald:
    """LV-17: the choice begins, and a letter that waited for one is done (LV-08). LV-11, FAM-05: open for whom."""
    if valg is not None:
        return INTET
    if sikret is None or sikret.person is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", "ValgBegynder")
    laeger = {i: rules.Familielaege(s.ydernummer, s.adresse) for i, s in naermeste.items() if s.ydernummer}
    altid_aaben = er_altid_aaben(besked.bestilt.ydernummer, sikret.person, laeger, dato(besked.bestilt.bestilt))
    ny = oversaettelse.nyt_valg(besked, sikret.person, sikret.gruppe or rules.GRUPPE_1, altid_aaben, nu)
    skridt = LAEGEVALG.skridt(ny, besked, nu)
    nyt_valg = [sig.NytValgKom(forloeb_id=id_, person_id=sikret.person_id) for id_ in sikret.aabne_breve]
    return skridt + Udfald(
        raekker=(replace(sikret, aabne_valg=(*sikret.aabne_valg, ny.forloeb_id), aabne_breve=()),),
        frister=(*(SaetFrist(f"{b.forloeb_id}:NytValgKom", nu, b) for b in nyt_valg), *_er_fraflyttet(ny, nu)),
    )


def _er_fraflyttet(valg: Valg, nu: datetime) -> tuple[SaetFrist, ...]:
    """NORD-01, CPR-14: one that begins for a person who has left ends as those that were open when it was told."""
    if not rules.er_fraflyttet(valg.person.status):
        return ()
    fraflyttet = sig.PersonenErFraflyttet(forloeb_id=valg.forloeb_id, person_id=valg.person_id)
    return (SaetFrist(f"{valg.forloeb_id}:PersonenErFraflyttet", nu, fraflyttet),)


@tjeneste.naar(BetalingReserveret, laeser=VALGET)
def naar_gebyret_er_reserveret(
    besked: BetalingReserveret, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """BET-18: the fee that was reserved is the fee of the card. FLYT-06: who moved meanwhile gets it back."""
    kendt = _kendt(valg, besked)
    if kendt.flyttesag is None:
        kendt, tilbage = replace(kendt, gebyr_oere=besked.beloeb_oere), INTET
    else:
        kendt, tilbage = flytning.giv_gebyret_tilbage(kendt)
    return valget_videre(kendt, oversaettelse.mangler(kendt, betalt=True), sikret, nu) + tilbage


@tjeneste.naar(BetalingFejlet, laeser=VALGET)
def naar_betalingen_fejlede(besked: BetalingFejlet, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """BET-04: without a reservation no choice; a capture or release that failed is a task already.

    FLYT-06: who moved meanwhile pays nothing, so nothing is missing.
    """
    kendt = _kendt(valg, besked)
    if besked.handling is not Betalingshandling.RESERVER:
        return INTET
    if kendt.flyttesag is not None:
        kendt = replace(kendt, reserveret=False)
        return valget_videre(kendt, oversaettelse.mangler(kendt, betalt=True), sikret, nu)
    fejlede = sig.ReservationFejlede(forloeb_id=kendt.forloeb_id, person_id=kendt.person_id, grund=besked.grund)
    return valget_videre(kendt, fejlede, sikret, nu)


@tjeneste.naar(DispensationSvar, laeser=VALGET)
def naar_laegen_svarer(besked: DispensationSvar, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """LV-09, LV-10: every answer is kept; what it leads to is a matter of when it was received."""
    kendt = _kendt(valg, besked)
    proevning.rigtigt_svar(besked, kendt)
    kendt, sket = oversaettelse.svaret(kendt, besked)
    return valget_videre(kendt, sket, sikret, nu)


@tjeneste.naar(sig.Kortbestillingsdag, laeser=VALGET)
def naar_kortet_skal_bestilles(
    besked: sig.Kortbestillingsdag, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """KORT-12: the card is made out to the person as he is known on the day it is ordered."""
    kendt = _kendt(valg, besked)
    if sikret is not None and sikret.person is not None:
        kendt = replace(kendt, person=sikret.person, gruppe=sikret.gruppe or kendt.gruppe)
    return valget_videre(kendt, besked, sikret, nu)


@tjeneste.naar(sig.PersonenFlyttede, laeser=VALGET)
def naar_personen_flyttede(
    besked: sig.PersonenFlyttede, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """FLYT-06: whether the card of the choice is the card of the move, too."""
    kendt = _kendt(valg, besked)
    return valget_videre(kendt, flytning.flytningen(kendt, besked), sikret, nu)


@naar(
    KortBestiltV2, KortTrukket, KortAfsendt, KortAnnulleret, KortIkkeAnnulleret, KortFejlet,
    laeser=(*VALGET, PERSONSAGER.en()),
)  # fmt: skip
def naar_kortet_kommer_videre(
    besked: Any, valg: Valg | None, sikret: Sikret | None, sag: Personsag | None, nu: datetime
) -> Udfald:
    """To the forløb that ordered it. Of an entry nobody waits for the card."""
    if isinstance(besked, KortFejlet) and besked.grund == "IKKE_AFHENTET":
        return INTET
    if sag is not None:
        return PERSONSAG.skridt(sag, besked, nu)
    return INTET if valg is None else valget_videre(valg, besked, sikret, nu)


@naar(
    DispensationLeveret, DispensationFejlet, PladsBortfaldet, sig.AendringOensket, sig.AnnulleringOensket,
    sig.PersonenErFraflyttet, sig.ValgetErErstattet, sig.ValgpladsUdeblev, sig.BetalingssvarUdeblev,
    sig.LeveringUdeblev, sig.DispensationsfristUdloeb, sig.ValgetsIkrafttraedelse, sig.KortsvarUdeblev, laeser=VALGET,
)  # fmt: skip
def naar_valget_skal_videre(besked: Any, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """Answers, closures and deadlines: the table decides. The places of other forløb lead to nothing here."""
    if valg is None and isinstance(besked, PladsBortfaldet):
        return INTET
    return valget_videre(_kendt(valg, besked), besked, sikret, nu)


def _kendt(valg: Valg | None, besked: Besked) -> Valg:
    if valg is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    return valg
