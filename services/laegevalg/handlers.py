"""What is done with each message about persons and places."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, LaegevalgAendret, LaegevalgBestilt
from contracts.betaling import (
    BetalingFejlet,
    BetalingFrigivet,
    BetalingReserveret,
    Betalingshandling,
    BetalingTrukket,
    BetalingUdloebet,
)
from contracts.brev import BrevFejlet, BrevFejletV2, BrevSendt, BrevSendtV2, BrevUndertrykt, BrevUndertryktV2
from contracts.dispensation import DispensationFejlet, DispensationLeveret, DispensationSvar
from contracts.kort import (
    KortAfsendt,
    KortAnnulleret,
    KortBestilt,
    KortBestiltV2,
    KortFejlet,
    KortIkkeAnnulleret,
    KortTrukket,
)
from contracts.person import PersonIndrejst, Personoplysninger, PersonTilstand
from contracts.plads import IngenPlads, PladsBortfaldet, PladsFrigivet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import (
    INDREJSE,
    Ikrafttraedelse,
    IndrejseAnnulleres,
    PladsSvarUdeblev,
    Sag,
    indrejsebesked,
    oversaettelse,
    proevning,
)
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Bestilling, Brevforloeb, Valg, Valgtilstand
from services.laegevalg.forloeb.bestilling import BESTILLING
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.proevning import Aendring
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.rules import Familielaege
from services.laegevalg.store import (
    AENDRINGER,
    BESTILLINGER,
    BREVFORLOEBENE,
    SAGER,
    SIKREDE,
    SIKREDE_EFTER_CPR,
    VALG,
    VENTENDE_BESTILLINGER,
    Sikret,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Handler, SaetFrist, Udfald
from shared.platform.tabel import Laesning
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "laegevalg",
    emner=(
        "person.tilstand",
        "person.haendelser",
        "plads.haendelser",
        "bestillinger",
        "betaling.haendelser",
        "dispensation.haendelser",
        "dispensation.svar",
        "kort.haendelser",
        "breve.haendelser",
    ),
    tabeller=(SIKREDE, SAGER, BESTILLINGER, AENDRINGER, VALG, BREVFORLOEBENE),
)

VALGET = (VALG.en(), SIKREDE.en())
BREVET = (BREVFORLOEBENE.en(), SIKREDE.en())
KORTETS = KortBestiltV2 | KortTrukket | KortAfsendt | KortFejlet | KortAnnulleret | KortIkkeAnnulleret
ORDREN = (BESTILLINGER.en(), SIKREDE.soeg(SIKREDE_EFTER_CPR))


def _naar(*beskeder: type[Besked], laeser: Sequence[Laesning] = ()) -> Callable[[Handler], Handler]:
    """One handler for several messages."""

    def registrer(handler: Handler) -> Handler:
        for besked in beskeder:
            tjeneste.naar(besked, laeser=laeser)(handler)
        return handler

    return registrer


def _sikret(person: Personoplysninger, version: int, foer: Sikret | None) -> Sikret:
    sikring = foer.sikring if foer else rules.Sikring()
    return Sikret(
        person_id=person.person_id,
        version=version,
        adresse=person.adresse,
        kommunekode=person.adresse.kommunekode if person.adresse else None,
        foedselsdato=person.foedselsdato,
        aegtefaelle_id=person.aegtefaelle_id,
        boern_ider=person.boern_ider,
        foraeldremyndighed_ider=person.foraeldremyndighed_ider,
        gruppe=sikring.gruppe,
        gruppe_fra=sikring.gruppe_fra,
        ydernummer=sikring.ydernummer,
        laege_fra=sikring.laege_fra,
        cpr=person.cpr,
        person=person,
        aabne_valg=foer.aabne_valg if foer else (),
        aabne_breve=foer.aabne_breve if foer else (),
        historik=foer.historik if foer else (),
    )


@tjeneste.naar(PersonTilstand, laeser=(SIKREDE.en(), BESTILLINGER.soeg(VENTENDE_BESTILLINGER)))
def naar_person_har_ny_tilstand(
    besked: PersonTilstand, sikret: Sikret | None, ventende: Mapping[str, Bestilling], nu: datetime
) -> Udfald:
    """Keep what the choice of doctor needs; a version already known, or lower, changes nothing.

    Orders that wait for the person look for him again; the open choices of one who has left the country end (NORD-01).
    """
    if sikret is not None and besked.version <= sikret.version:
        return INTET
    ny = _sikret(besked.person, besked.version, sikret)
    soeg = tuple(
        sig.PersonSoegesIgen(noegle=b.bestilt.noegle, bestilling_id=b.bestilling_id, cpr=b.cpr)
        for b in ventende.values()
    )
    frister = [SaetFrist(f"{b.bestilling_id}:PersonSoegesIgen", nu, b) for b in soeg]
    if rules.er_fraflyttet(besked.person.status):
        for id_ in ny.aabne_valg:
            fraflyttet = sig.PersonenErFraflyttet(forloeb_id=id_, person_id=ny.person_id)
            frister.append(SaetFrist(f"{id_}:PersonenErFraflyttet", nu, fraflyttet))
    return Udfald(raekker=(ny,), frister=tuple(frister))


@tjeneste.naar(
    PersonIndrejst, laeser=(SIKREDE.en(), SAGER.en(oversaettelse.indrejse_id), SIKREDE.flere(oversaettelse.familie))
)
def naar_person_er_indrejst(
    besked: PersonIndrejst, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret], nu: datetime
) -> Udfald:
    """IND-01, IND-04: begin the entry; one that is registered again is counted, nothing else."""
    if sag is not None:
        return Udfald(raekker=(replace(sag, registreringer=sag.registreringer + 1),))
    kendt = sikret or _sikret(besked.person, 0, None)
    laeger = {i: Familielaege(s.ydernummer, s.adresse) for i, s in familie.items() if s.ydernummer is not None}
    ny = oversaettelse.ny_indrejse(besked, laeger, nu)
    skridt = INDREJSE.skridt(ny, indrejsebesked(rules.indrejsens_udfald(kendt.sikring, besked.indrejsedato), ny), nu)
    return skridt + Udfald(raekker=(_registrer(kendt, skridt.beskeder, nu),))


def _registrer(sikret: Sikret, beskeder: Iterable[Besked], nu: datetime) -> Sikret:
    """The insured's row follows from what is published about him."""
    return sikret.med(oversaettelse.sikring_efter(sikret.sikring, beskeder), nu)


@tjeneste.naar(IndrejseAnnulleres, laeser=(SAGER.en(), SIKREDE.en()))
@tjeneste.naar(PladsSvarUdeblev, laeser=(SAGER.en(), SIKREDE.en()))
@tjeneste.naar(Ikrafttraedelse, laeser=(SAGER.en(), SIKREDE.en()))
def naar_indrejsen_skal_videre(
    besked: PladsReserveret | IngenPlads | PladsSvarUdeblev | Ikrafttraedelse | IndrejseAnnulleres,
    sag: Sag | None,
    sikret: Sikret | None,
    nu: datetime,
) -> Udfald:
    """The table decides. Raises `UventetBesked` where there is no such forløb."""
    if sag is None or sikret is None:
        raise UventetBesked(INDREJSE.navn, "UKENDT_FORLOEB", type(besked).__name__)
    skridt = INDREJSE.skridt(sag, besked, nu)
    ny = _registrer(sikret, skridt.beskeder, nu)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


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
        return _valget_videre(valg, oversaettelse.mangler(valg, betalt=False), sikret, nu) + Udfald(frister=frister)
    return _valget_videre(valg, besked, sikret, nu)


def _valget_videre(valg: Valg, besked: Besked, sikret: Sikret | None, nu: datetime) -> Udfald:
    """A step of the table, and what follows for the insured: his doctor, and what he still has open."""
    skridt = LAEGEVALG.skridt(valg, besked, nu)
    if sikret is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", type(besked).__name__)
    skridt = replace(skridt, beskeder=oversaettelse.med_tidligere(skridt.beskeder, sikret.ydernummer))
    ny = _registrer(sikret, skridt.beskeder, nu)
    if skridt.raekker[0].tilstand in LAEGEVALG.afsluttede():
        ny = replace(ny, aabne_valg=tuple(v for v in ny.aabne_valg if v != valg.forloeb_id))
    breve = tuple(r.forloeb_id for r in skridt.raekker if isinstance(r, Brevforloeb))
    ny = replace(ny, aabne_breve=(*ny.aabne_breve, *breve))
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


@tjeneste.naar(LaegevalgBestilt, laeser=ORDREN, ordensnoegle="noegle")
def naar_laegevalg_er_bestilt(
    besked: LaegevalgBestilt, bestilling: Bestilling | None, fundne: Mapping[str, Sikret], nu: datetime
) -> Udfald:
    """LV-17: an order is taken once per `bestilling_id`; sent again, nothing happens."""
    proevning.ingen_cpr(besked)
    if bestilling is not None:
        return proevning.bestilt_igen(besked, bestilling)
    ny = oversaettelse.ny_bestilling(besked, nu)
    ugyldig = oversaettelse.ugyldig(besked, nu)
    return BESTILLING.skridt(ny, ugyldig or _fundet(ny, fundne) or oversaettelse.ukendt(ny), nu)


@tjeneste.naar(sig.PersonSoegesIgen, laeser=ORDREN, ordensnoegle="noegle")
@tjeneste.naar(sig.PersonUdeblev, laeser=ORDREN, ordensnoegle="noegle")
def naar_personen_soeges_igen(
    besked: sig.PersonSoegesIgen | sig.PersonUdeblev,
    bestilling: Bestilling | None,
    fundne: Mapping[str, Sikret],
    nu: datetime,
) -> Udfald:
    """The person may have become known meanwhile, also at the last moment."""
    if bestilling is None:
        raise UventetBesked(BESTILLING.navn, "UKENDT", type(besked).__name__)
    return BESTILLING.skridt(bestilling, _fundet(bestilling, fundne) or besked, nu)


def _fundet(bestilling: Bestilling, fundne: Mapping[str, Sikret]) -> sig.PersonenErKendt | None:
    sikret = next((s for s in fundne.values() if s.cpr == bestilling.cpr and s.person is not None), None)
    if sikret is None:
        return None
    return oversaettelse.kendt(bestilling, sikret.person_id, sikret.aegtefaelle_id)


@tjeneste.naar(
    AnnullerForloeb,
    laeser=(BESTILLINGER.en(oversaettelse.bestilling_bag), SAGER.en(), BREVFORLOEBENE.en()),
    ordensnoegle="noegle",
)
def naar_annullering_er_bestilt(
    besked: AnnullerForloeb, bestilling: Bestilling | None, sag: Sag | None, brev: Brevforloeb | None, nu: datetime
) -> Udfald:
    """FORL-05: to the process that the forløb is one of; a citizen may cancel what was ordered under his own key."""
    proevning.ingen_cpr(besked)
    afslag = oversaettelse.afslag_paa_kommando(besked, bestilling, nu, sag or brev)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, afslag),))
    andet = sag or brev
    if andet is None:
        return BESTILLING.skridt(bestilling, besked, nu)
    type_ = IndrejseAnnulleres if sag else sig.BrevforloebAnnulleres
    videre = type_(forloeb_id=besked.forloeb_id, person_id=andet.person_id, kommando=besked)
    frist_id = f"{besked.forloeb_id}:annulleres:{besked.bestilling_id}:{besked.noegle}"
    return Udfald(frister=(SaetFrist(frist_id, nu, videre),))


@tjeneste.naar(
    LaegevalgAendret, laeser=(BESTILLINGER.en(oversaettelse.bestilling_bag), AENDRINGER.en()), ordensnoegle="noegle"
)
def naar_aendring_er_bestilt(
    besked: LaegevalgAendret, bestilling: Bestilling | None, foer: Aendring | None, nu: datetime
) -> Udfald:
    """KORT-12: another effective date, within what the role may order on the day of the command."""
    proevning.ingen_cpr(besked)
    if foer is not None:
        return proevning.aendret_igen(besked, foer)
    afslag = oversaettelse.afslag_paa_kommando(besked, bestilling, nu)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, afslag),))
    return BESTILLING.skridt(bestilling, besked, nu) + Udfald(raekker=(Aendring(besked.bestilling_id, besked),))


@tjeneste.naar(sig.ValgBegynder, laeser=(VALG.en(), SIKREDE.en(), SIKREDE.flere(oversaettelse.aegtefaelle)))
def naar_valget_begynder(
    besked: sig.ValgBegynder, valg: Valg | None, sikret: Sikret | None, aegtefaelle: Mapping[str, Sikret], nu: datetime
) -> Udfald:
    """LV-17: the choice begins, and a letter that waited for one is done (LV-08)."""
    if valg is not None:
        return INTET
    if sikret is None or sikret.person is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_SIKRET", "ValgBegynder")
    hos_aegtefaelle = any(a.ydernummer == besked.bestilt.ydernummer for a in aegtefaelle.values())
    ny = oversaettelse.nyt_valg(besked, sikret.person, sikret.gruppe or rules.GRUPPE_1, hos_aegtefaelle, nu)
    skridt = LAEGEVALG.skridt(ny, besked, nu)
    nyt_valg = [sig.NytValgKom(forloeb_id=id_, person_id=sikret.person_id) for id_ in sikret.aabne_breve]
    return skridt + Udfald(
        raekker=(replace(sikret, aabne_valg=(*sikret.aabne_valg, ny.forloeb_id), aabne_breve=()),),
        frister=tuple(SaetFrist(f"{b.forloeb_id}:NytValgKom", nu, b) for b in nyt_valg),
    )


@tjeneste.naar(BetalingReserveret, laeser=VALGET)
def naar_gebyret_er_reserveret(
    besked: BetalingReserveret, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """BET-18: the fee that was reserved is the fee of the card."""
    kendt = _kendt(valg, besked)
    kendt = replace(kendt, gebyr_oere=besked.beloeb_oere)
    return _valget_videre(kendt, oversaettelse.mangler(kendt, betalt=True), sikret, nu)


@tjeneste.naar(BetalingFejlet, laeser=VALGET)
def naar_betalingen_fejlede(besked: BetalingFejlet, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """BET-04: without a reservation no choice; a capture or release that failed is a task already."""
    kendt = _kendt(valg, besked)
    if besked.handling is not Betalingshandling.RESERVER:
        return INTET
    fejlede = sig.ReservationFejlede(forloeb_id=kendt.forloeb_id, person_id=kendt.person_id, grund=besked.grund)
    return _valget_videre(kendt, fejlede, sikret, nu)


@tjeneste.naar(DispensationSvar, laeser=VALGET)
def naar_laegen_svarer(besked: DispensationSvar, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """LV-09, LV-10: every answer is kept; what it leads to is a matter of when it was received."""
    kendt = _kendt(valg, besked)
    proevning.rigtigt_svar(besked, kendt)
    kendt, sket = oversaettelse.svaret(kendt, besked)
    return _valget_videre(kendt, sket, sikret, nu)


@tjeneste.naar(sig.Kortbestillingsdag, laeser=VALGET)
def naar_kortet_skal_bestilles(
    besked: sig.Kortbestillingsdag, valg: Valg | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """KORT-12: the card is made out to the person as he is known on the day it is ordered."""
    kendt = _kendt(valg, besked)
    if sikret is not None and sikret.person is not None:
        kendt = replace(kendt, person=sikret.person, gruppe=sikret.gruppe or kendt.gruppe)
    return _valget_videre(kendt, besked, sikret, nu)


@_naar(
    DispensationLeveret, DispensationFejlet, PladsBortfaldet, KortBestiltV2, KortTrukket, KortAfsendt, KortAnnulleret,
    KortIkkeAnnulleret, KortFejlet, sig.AendringOensket, sig.AnnulleringOensket, sig.PersonenErFraflyttet,
    sig.ValgetErErstattet, sig.ValgpladsUdeblev, sig.BetalingssvarUdeblev, sig.LeveringUdeblev,
    sig.DispensationsfristUdloeb, sig.ValgetsIkrafttraedelse, sig.KortsvarUdeblev, laeser=VALGET,
)  # fmt: skip
def naar_valget_skal_videre(besked: Any, valg: Valg | None, sikret: Sikret | None, nu: datetime) -> Udfald:
    """Answers, closures and deadlines: the table decides. Cards and places of other forløb lead to nothing here."""
    andres = isinstance(besked, KORTETS | PladsBortfaldet)
    ikke_hentet = isinstance(besked, KortFejlet) and besked.grund == "IKKE_AFHENTET"
    if ikke_hentet or (valg is None and andres):
        return INTET
    return _valget_videre(_kendt(valg, besked), besked, sikret, nu)


def _kendt(valg: Valg | None, besked: Besked) -> Valg:
    if valg is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    return valg


@tjeneste.naar(sig.BrevforloebAnnulleres, laeser=BREVET)
@tjeneste.naar(sig.NytValgKom, laeser=BREVET)
@tjeneste.naar(sig.SvarfristUdloeb, laeser=BREVET)
@tjeneste.naar(BrevUndertryktV2, laeser=BREVET)
@tjeneste.naar(BrevFejletV2, laeser=BREVET)
def naar_brevforloebet_skal_videre(
    besked: sig.NytValgKom | sig.SvarfristUdloeb | sig.BrevforloebAnnulleres | BrevUndertryktV2 | BrevFejletV2,
    brev: Brevforloeb | None,
    sikret: Sikret | None,
    nu: datetime,
) -> Udfald:
    """LV-08: a letter that did not reach the person, or was not acted on, is for a caseworker."""
    if brev is None:
        if isinstance(besked, BrevUndertryktV2 | BrevFejletV2):
            return INTET
        raise UventetBesked(BREVFORLOEB.navn, "UKENDT_FORLOEB", type(besked).__name__)
    sket: Besked = besked
    if isinstance(besked, BrevUndertryktV2 | BrevFejletV2):
        sket = sig.BrevetKomIkkeFrem(forloeb_id=brev.forloeb_id, person_id=brev.person_id, grund=besked.grund)
    skridt = BREVFORLOEB.skridt(brev, sket, nu)
    if sikret is None or brev.forloeb_id not in sikret.aabne_breve:
        return skridt
    rest = tuple(b for b in sikret.aabne_breve if b != brev.forloeb_id)
    return skridt + Udfald(raekker=(replace(sikret, aabne_breve=rest),))


@_naar(
    PladsFrigivet, *oversaettelse.PERSON_UDEN_FOELGER, BetalingTrukket, BetalingFrigivet, BetalingUdloebet, KortBestilt,
    BrevSendt, BrevSendtV2, BrevUndertrykt, BrevFejlet,
)  # fmt: skip
def naar_intet_foelger(besked: Besked, nu: datetime) -> Udfald:
    """CPR-02, FLYT-02: heard, and nothing follows for group and doctor; the new state comes as `PersonTilstand`."""
    del besked, nu
    return INTET
