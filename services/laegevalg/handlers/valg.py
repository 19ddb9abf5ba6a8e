"""What is done with each message about a choice of doctor that has begun."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.base import Besked
from contracts.betaling import BetalingFejlet, BetalingReserveret, Betalingshandling
from contracts.dispensation import DispensationFejlet, DispensationLeveret, DispensationSvar
from contracts.kort import KortAfsendt, KortAnnulleret, KortBestiltV2, KortFejlet, KortIkkeAnnulleret, KortTrukket
from contracts.person import Personoplysninger
from contracts.plads import IngenPlads, PladsBortfaldet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import (
    Sag,
    flytning,
    flyttegebyr,
    flyttekort,
    flyttevalg,
    genfinding,
    indrejsevalg,
    kortspor,
    oversaettelse,
    proevning,
    uden_navn,
)
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg, Valgtilstand
from services.laegevalg.forloeb.faelles import kort_id
from services.laegevalg.forloeb.flyttebeskeder import FlytningMeldt, FlytningTrukket, FlytningUdeblev
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import Personsag
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.faelles import foert_videre, naar, registrer, tjeneste
from services.laegevalg.handlers.familie import under_navnet
from services.laegevalg.handlers.kortspor import sagens_kort
from services.laegevalg.handlers.personer import naar_indrejsen_skal_videre
from services.laegevalg.rules.naermeste import er_altid_aaben
from services.laegevalg.store import (
    AFLOESER,
    NAERMESTE,
    PERSONENS_PERSONSAGER,
    PERSONENS_VALG,
    PERSONSAGER,
    SAGER,
    SIKREDE,
    VALG,
)
from shared.domain.datoer import dato
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald

VALGET = (VALG.en(), SIKREDE.en())


@naar(PladsReserveret, IngenPlads, laeser=(SAGER.en(), SIKREDE.en(), VALG.en(), SIKREDE.soeg(AFLOESER)))
def naar_pladsen_er_afgjort(
    besked: PladsReserveret | IngenPlads, sag: Sag | None, sikret: Sikret | None, valg: Valg | None,
    afloeser: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """LV-17: to the forløb that asked, an entry or a choice."""
    if valg is None:
        return naar_indrejsen_skal_videre(besked, sag, sikret, afloeser, nu)
    if isinstance(besked, PladsReserveret) and valg.tilstand is Valgtilstand.AFVENTER_PLADS:
        valg = replace(valg, praksisnavn=besked.praksisnavn, lukket=besked.lukket)
        erstattede = oversaettelse.erstattede(valg, sikret.aabne_valg if sikret else ())
        frister = tuple(SaetFrist(f"{e.forloeb_id}:ValgetErErstattet", nu, e) for e in erstattede)
        mangler = oversaettelse.mangler(valg, betalt=flyttegebyr.er_fri(valg))
        return valget_videre(valg, mangler, sikret, nu) + Udfald(frister=frister)
    return valget_videre(valg, besked, sikret, nu)


def valget_videre(valg: Valg, besked: Besked, sikret: Sikret | None, nu: datetime) -> Udfald:
    """A step of the table, and what follows for the insured: his doctor, and what he still has open."""
    skridt = LAEGEVALG.skridt(valg, flyttevalg.oversat(valg, besked), nu)
    if sikret is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", type(besked).__name__)
    beskeder = indrejsevalg.uden_kendt_gruppe(skridt.beskeder, valg, sikret.sikring, sikret.indrejse)
    skridt = replace(skridt, beskeder=oversaettelse.med_tidligere(beskeder, sikret.ydernummer))
    ny = registrer(sikret, skridt.beskeder, nu, valg.praksisnavn)
    if skridt.raekker[0].tilstand in LAEGEVALG.afsluttede():
        ny = replace(ny, aabne_valg=tuple(v for v in ny.aabne_valg if v != valg.forloeb_id))
    if _ventes_ikke_mere(valg, skridt.raekker[0], ny, nu):
        ny = replace(ny, indrejsevalg=tuple(v for v in ny.indrejsevalg if v != valg.forloeb_id))
        skridt += indrejsevalg.vaek_indrejsen(valg, sikret.indrejse, sikret.genfinding, nu)
    if isinstance(besked, uden_navn.VirkningUdenNavn):
        ny = replace(ny, kort_venter_paa_navn=ny.kort_venter_paa_navn or valg.forloeb_id)
    breve = tuple(r.forloeb_id for r in skridt.raekker if isinstance(r, Brevforloeb))
    ny = replace(ny, aabne_breve=(*ny.aabne_breve, *breve))
    skridt += flytning.uden_kort_alligevel(valg, skridt.raekker[0], nu)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


def _ventes_ikke_mere(foer: Valg, efter: Valg, sikret: Sikret, nu: datetime) -> bool:
    """IND-04, CPR-04: an entry or a finding waits, and the choice is over, or moved too far ahead to be waited for."""
    if foer.forloeb_id not in sikret.indrejsevalg:
        return False
    flyttet = efter.virkningsdato != foer.virkningsdato and sikret.genfinding is not None
    return efter.tilstand in LAEGEVALG.afsluttede() or (flyttet and not genfinding.gaar_foer(efter, dato(nu), nu))


@tjeneste.naar(
    sig.ValgBegynder,
    laeser=(
        VALG.en(), SIKREDE.en(), SIKREDE.soeg(NAERMESTE), VALG.soeg(PERSONENS_VALG),
        PERSONSAGER.soeg(PERSONENS_PERSONSAGER),
    ),
)  # fmt: skip
def naar_valget_begynder(
    besked: sig.ValgBegynder, valg: Valg | None, sikret: Sikret | None, naere: Mapping[str, Sikret],
    andre: Mapping[str, Valg], sket: Mapping[str, Personsag], nu: datetime,
) -> Udfald:  # fmt: skip
    """LV-17: the choice begins, and a letter that waited for one is done (LV-08). FLYT-04: or it is refused.

    NORD-01, CPR-14: for one who has left, is missing or dead it ends before anything is asked of anybody.
    """
    if valg is not None:
        return INTET
    if sikret is None or sikret.person is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", "ValgBegynder")
    nyt = _nyt_valg(besked, sikret, sikret.person, under_navnet(naere), nu)
    ny = flyttegebyr.efter_flytning(nyt, sket.values())
    if rules.er_fraflyttet(ny.person.status) and not indrejsevalg.er_til_en_tilbagevenden(ny, ny.person.status):
        vaek = sig.PersonenErFraflyttet(forloeb_id=ny.forloeb_id, person_id=ny.person_id)
        return LAEGEVALG.skridt(ny, vaek, nu)
    i_gang = [v for v in andre.values() if v.forloeb_id in sikret.aabne_valg]
    i_vejen = flyttevalg.i_anden_kommune(besked.bestilt, ny.forloeb_id, i_gang)
    if i_vejen is not None:
        return LAEGEVALG.skridt(ny, i_vejen, nu)
    skridt = LAEGEVALG.skridt(ny, besked, nu)
    ventes = indrejsevalg.behandler_indrejse(ny) or genfinding.ventes_paa_det_nye(sikret.genfinding, ny, nu)
    ved_indrejse = (ny.forloeb_id,) if ventes else ()
    nyt_valg = [sig.NytValgKom(forloeb_id=id_, person_id=sikret.person_id) for id_ in sikret.aabne_breve]
    return skridt + Udfald(
        raekker=(
            replace(
                sikret,
                aabne_valg=(*sikret.aabne_valg, ny.forloeb_id),
                aabne_breve=(),
                indrejsevalg=(*sikret.indrejsevalg, *ved_indrejse),
            ),
        ),
        frister=tuple(SaetFrist(f"{b.forloeb_id}:NytValgKom", nu, b) for b in nyt_valg),
    )


def _nyt_valg(
    besked: sig.ValgBegynder, sikret: Sikret, person: Personoplysninger, naere: Mapping[str, Sikret], nu: datetime
) -> Valg:
    """LV-11, FAM-05: whose practice it is; LV-21, FLYT-01: what else the order says."""
    laeger = {i: rules.Familielaege(s.ydernummer, s.adresse) for i, s in naere.items() if s.ydernummer}
    altid_aaben = er_altid_aaben(besked.bestilt.ydernummer, person, laeger, dato(besked.bestilt.bestilt))
    ny = oversaettelse.nyt_valg(besked, person, sikret.gruppe or rules.GRUPPE_1, altid_aaben, nu)
    kendt_fra = [r.fra for r in sikret.historik]
    ny = indrejsevalg.ved_indrejse(ny, besked.bestilt, sikret.sikring, sikret.indrejse, kendt_fra)
    foraeldres = (naere[i].ydernummer for i in sikret.foraeldremyndighed_ider if i in naere)
    vilkaar = flyttevalg.vilkaar(besked.bestilt, sikret.kommunekode, sikret.meldt_flytning)
    return replace(indrejsevalg.hos_foraeldre(ny, foraeldres), flytning=vilkaar)


@tjeneste.naar(BetalingReserveret, laeser=VALGET)
def naar_gebyret_er_reserveret(
    besked: BetalingReserveret, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """BET-18: the fee that was reserved is the fee of the card. FLYT-06, BET-13: who moved gets it back."""
    kendt = _kendt(valg, besked)
    if not flyttegebyr.er_fri(kendt):
        kendt, tilbage = replace(kendt, gebyr_oere=besked.beloeb_oere), INTET
    else:
        kendt, tilbage = flytning.giv_gebyret_tilbage(kendt)
    return valget_videre(kendt, oversaettelse.mangler(kendt, betalt=True), sikret, nu) + tilbage


@tjeneste.naar(BetalingFejlet, laeser=VALGET)
def naar_betalingen_fejlede(besked: BetalingFejlet, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """BET-04: without a reservation no choice; a capture or release that failed is a task already.

    FLYT-06, BET-13: who moved pays nothing, so nothing is missing.
    """
    kendt = _kendt(valg, besked)
    if besked.handling is not Betalingshandling.RESERVER:
        return INTET
    if flyttegebyr.er_fri(kendt):
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
    """KORT-12: the card is made out to the person as he is known on the day it is ordered. CPR-15: with a name."""
    kendt = _kendt(valg, besked)
    if sikret is not None and sikret.person is not None:
        kendt = replace(kendt, person=sikret.person, gruppe=sikret.gruppe or kendt.gruppe)
    if uden_navn.venter(kendt):
        venter = uden_navn.paa_kortdagen(kendt, besked, nu)
        return Udfald(frister=(venter,)) if isinstance(venter, SaetFrist) else valget_videre(kendt, venter, sikret, nu)
    return valget_videre(kendt, besked, sikret, nu)


@tjeneste.naar(sig.PersonenFlyttede, laeser=VALGET)
def naar_personen_flyttede(
    besked: sig.PersonenFlyttede, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """FLYT-06: whether the card of the choice is the card of the move, too. BET-13: it may be free anyhow."""
    kendt, tilbage = flyttegebyr.sent_meldt(_kendt(valg, besked), besked.dag)
    return tilbage + valget_videre(kendt, flytning.flytningen(kendt, besked, nu), sikret, nu)


@tjeneste.naar(flyttegebyr.FlytningEfterValget, laeser=(SIKREDE.en(), VALG.soeg(PERSONENS_VALG)))
def naar_flytningen_kom_efter_valget(
    besked: flyttegebyr.FlytningEfterValget, sikret: Sikret | None, valg: Mapping[str, Valg], nu: datetime
) -> Udfald:
    """BET-13, BET-05: the fee of each choice is given back, open or in force; where it is captured, a person does."""
    del sikret, nu
    udfald = INTET
    for v in valg.values():
        efter, tilbage = flyttegebyr.sent_meldt(v, besked.dag)
        udfald += tilbage if efter == v else tilbage + Udfald(raekker=(efter,))
    return udfald


@naar(
    KortBestiltV2, KortTrukket, KortAfsendt, KortAnnulleret, KortIkkeAnnulleret, KortFejlet,
    laeser=(*VALGET, PERSONSAGER.en(), SAGER.en()),
)  # fmt: skip
def naar_kortet_kommer_videre(
    besked: Any, valg: Valg | None, sikret: Sikret | None, sag: Personsag | None, indrejse: Sag | None, nu: datetime
) -> Udfald:
    """To the forløb that ordered it. FLYT-06: nobody waits for one that was stopped."""
    if isinstance(besked, KortFejlet) and besked.grund == "IKKE_AFHENTET":
        return INTET
    if sag is not None:
        return PERSONSAG.skridt(sag, besked, nu)
    if indrejse is not None:
        skridt = sagens_kort(indrejse, besked, nu)
        return foert_videre(sikret, indrejse, skridt, nu) if sikret and skridt.raekker else skridt
    if valg is None or besked.kort_id != kort_id(valg):
        return INTET
    valg = replace(valg, kort=kortspor.spor(valg.kort, besked))
    kendt = flyttekort.som_kendt(valg, sikret.person, sikret.gruppe) if sikret else valg
    return valget_videre(kendt, besked, sikret, nu)


@naar(
    DispensationLeveret, DispensationFejlet, PladsBortfaldet, sig.AendringOensket, sig.AnnulleringOensket,
    sig.ValgetErErstattet, sig.ValgpladsUdeblev, sig.BetalingssvarUdeblev,
    sig.LeveringUdeblev, sig.DispensationsfristUdloeb, sig.ValgetsIkrafttraedelse, sig.KortsvarUdeblev, FlytningUdeblev,
    laeser=VALGET,
)  # fmt: skip
def naar_valget_skal_videre(besked: Any, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """Answers, closures and deadlines: the table decides. The places of other forløb lead to nothing here."""
    if valg is None and isinstance(besked, PladsBortfaldet):
        return INTET
    return valget_videre(_kendt(valg, besked), besked, sikret, nu)


@naar(FlytningMeldt, FlytningTrukket, laeser=VALGET)
def naar_en_flytning_er_meldt(
    besked: FlytningMeldt | FlytningTrukket, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """FLYT-01: only the choice that waits for that very move, or rests on it, hears more of it."""
    kendt = _kendt(valg, besked)
    if isinstance(besked, FlytningTrukket):
        return valget_videre(kendt, besked, sikret, nu) if flyttevalg.er_trukket(kendt, besked) else INTET
    sket = flyttevalg.sket(kendt, besked)
    return INTET if sket is None else valget_videre(kendt, sket, sikret, nu)


def _kendt(valg: Valg | None, besked: Besked) -> Valg:
    if valg is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    return valg
