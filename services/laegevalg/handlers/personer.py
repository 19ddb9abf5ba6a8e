"""What is done with each message about persons: what is kept of them, and their entry."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.betaling import BetalingFrigivet, BetalingTrukket, BetalingUdloebet
from contracts.brev import BrevFejlet, BrevSendt, BrevSendtV2, BrevUndertrykt
from contracts.person import PersonIndrejst, Personoplysninger, PersonTilstand
from contracts.plads import IngenPlads, PladsFrigivet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import (
    INDREJSE,
    begyndelse,
    genfinding,
    indrejsebesked,
    indrejsevalg,
    kortspor,
    oversaettelse,
)
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb import familie as paa_vej
from services.laegevalg.forloeb.beskeder import Bestilling
from services.laegevalg.forloeb.indrejst_igen import med_den_forrige
from services.laegevalg.forloeb.sagsbeskeder import (
    Art,
    Ikrafttraedelse,
    IndrejseAnnulleres,
    IndrejseErUnderBehandling,
    IndrejsensRetOphoerte,
    IndrejseVurderesIgen,
    KortetsNavnKom,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.vilkaar import MeldtFlytning
from services.laegevalg.handlers.bemyndigelse import som_oplyst
from services.laegevalg.handlers.faelles import efter_skridtet, foert_videre, naar, registrer, tjeneste
from services.laegevalg.handlers.familie import i_familien, slaegten, vaek, ventende, ventes_der_paa
from services.laegevalg.rules import Familielaege, ordrer, personer
from services.laegevalg.store import (
    AFLOESER,
    AFLOESERE_I_FAMILIEN,
    BESTILLINGER,
    INDREJSEBESTILLINGER,
    SAGER,
    SIKREDE,
    VENTENDE_BESTILLINGER,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald


def sikret_af(person: Personoplysninger, version: int, foer: Sikret | None) -> Sikret:
    """The row of a person as he is told of; what the service itself knows of him stands."""
    sikring = foer.sikring if foer else rules.Sikring()
    return Sikret(
        person_id=person.person_id,
        version=version,
        adresse=person.adresse,
        kommunekode=person.adresse.kommunekode if person.adresse else foer.kommunekode if foer else None,
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
        praksisnavn=foer.praksisnavn if foer else "",
        aabne_valg=foer.aabne_valg if foer else (),
        aabne_breve=foer.aabne_breve if foer else (),
        historik=foer.historik if foer else (),
        kort_venter_paa_navn=foer.kort_venter_paa_navn if foer else None,
        afloest_af=foer.afloest_af if foer else None,
        tidligere_ider=foer.tidligere_ider if foer else (),
        indrejse=foer.indrejse if foer else None,
        indrejsevalg=foer.indrejsevalg if foer else (),
        genfinding=foer.genfinding if foer else None,
        meldt_flytning=_endnu_meldt(person, foer),
        tidligere_cpr=_tidligere_numre(person, foer),
        soeger_laege=foer.soeger_laege if foer else None,
        ventes_af=foer.ventes_af if foer else (),
    )


def _tidligere_numre(person: Personoplysninger, foer: Sikret | None) -> tuple[str, ...]:
    """CPR-11: every number the person has been told of under, but the one he has."""
    numre = (*foer.tidligere_cpr, foer.cpr) if foer else ()
    return tuple(dict.fromkeys(nr for nr in numre if nr is not None and nr != person.cpr))


def kendt_eller_ny(sikret: Sikret | None, person: Personoplysninger) -> Sikret:
    """The insured; one nobody has told of yet as the event knows him, until his state comes."""
    return sikret or sikret_af(person, 0, None)


def _endnu_meldt(person: Personoplysninger, foer: Sikret | None) -> MeldtFlytning | None:
    """FLYT-01: where he lives now says more than a move that was told of before."""
    if foer is None or (person.adresse and person.adresse.kommunekode != foer.kommunekode):
        return None
    return foer.meldt_flytning


@tjeneste.naar(PersonTilstand, laeser=(SIKREDE.en(), BESTILLINGER.soeg(VENTENDE_BESTILLINGER)))
def naar_person_har_ny_tilstand(
    besked: PersonTilstand, sikret: Sikret | None, ventende: Mapping[str, Bestilling], nu: datetime
) -> Udfald:
    """Keep what the choice of doctor needs; a version already known, or lower, changes nothing.

    Orders that wait for the person look for him again; what is open of one who has left hears of it (NORD-01).
    """
    if sikret is not None and besked.version <= sikret.version:
        return INTET
    ny = som_oplyst(sikret_af(besked.person, besked.version, sikret), sikret, nu)
    soeg = tuple(oversaettelse.soeg(b) for b in ventende.values())
    frister = [SaetFrist(f"{b.bestilling_id}:PersonSoegesIgen", nu, b) for b in soeg]
    if besked.afloest_af is None and rules.er_fraflyttet(besked.person.status):
        frister.extend(oversaettelse.fraflyttet((*ny.aabne_valg, *ny.aabne_breve), ny.person_id, nu))
    if ny.kort_venter_paa_navn is not None and not besked.person.unavngivet:
        navnet = KortetsNavnKom(forloeb_id=ny.kort_venter_paa_navn, person_id=ny.person_id)
        frister.append(SaetFrist(f"{navnet.forloeb_id}:KortetsNavnKom", nu, navnet))
        ny = replace(ny, kort_venter_paa_navn=None)
    return Udfald(raekker=(ny,), frister=tuple(frister))


@tjeneste.naar(
    PersonIndrejst,
    laeser=(
        SIKREDE.en(), SAGER.en(oversaettelse.indrejse_id), SIKREDE.flere(oversaettelse.familie),
        BESTILLINGER.soeg(INDREJSEBESTILLINGER), SIKREDE.soeg(AFLOESER),
        SIKREDE.soeg(AFLOESERE_I_FAMILIEN),
    ),
)  # fmt: skip
def naar_person_er_indrejst(
    besked: PersonIndrejst, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret],
    bestilte: Mapping[str, Bestilling], afloeser: Mapping[str, Sikret], afloesere: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """IND-01, IND-04: begin the entry; one that is registered again is counted, nothing else.

    One that a caseworker's order is about to handle, or may be, waits for that.
    """
    if sag is not None:
        return Udfald(raekker=(replace(sag, registreringer=sag.registreringer + 1),))
    familie = i_familien(familie, afloesere)
    kendt, laeger = kendt_eller_ny(sikret, besked.person), familiens_laeger(familie)
    ny = oversaettelse.ny_indrejse(besked, laeger, nu)
    er_nu = som_han_er_nu(kendt, afloeser)
    foelger = _foelger(ny, er_nu, bestilte.values(), under_behandling=bool(er_nu.indrejsevalg or bestilte))
    foelger = paa_vej.hvis_paa_vej(ny, foelger, slaegten(familie), nu, ogsaa_ukendte=True)
    indrejst = indrejsevalg.nyeste(kendt.indrejse, ny.forloeb_id, besked.indrejsedato, igen=besked.genindrejse)
    return begynd(ny, foelger, replace(kendt, indrejse=indrejst), familie.values(), nu)


def som_han_er_nu(sikret: Sikret, afloeser: Mapping[str, Sikret]) -> Sikret:
    """CPR-11: what a step of what began under an id given up is decided by; what comes of it is handed over."""
    return next(iter(afloeser.values()), sikret)


def familiens_laeger(familie: Mapping[str, Sikret]) -> dict[str, Familielaege]:
    """The relatives who have a doctor that they keep."""
    har = {i for i, s in slaegten(familie).items() if s.har_laege}
    return {i: Familielaege(s.ydernummer, s.adresse) for i, s in familie.items() if i in har and s.ydernummer}


def begynd(ny: Sag, foerste: Sagsbesked, kendt: Sikret, familie: Iterable[Sikret], nu: datetime) -> Udfald:
    """The first step of a forløb, and what follows for the insured."""
    ny = begyndelse.navngivet(ny, kendt.person)
    skridt = med_den_forrige(INDREJSE.skridt(ny, foerste, nu), kendt.sikring)
    efter, slaegt = skridt.raekker[0], {s.person_id: s for s in familie if s.person_id != kendt.person_id}.values()
    if (venter := ventende(slaegt)) != kendt.ventes_af:
        kendt = replace(kendt, ventes_af=venter)
    sikret, vaekkede = vaek(efter_skridtet(registrer(kendt, skridt.beskeder, nu), ny, efter), efter, nu)
    return skridt + Udfald(raekker=(sikret, *ventes_der_paa(efter, slaegt))) + vaekkede


def _foelger(sag: Sag, sikret: Sikret, bestilte: Iterable[Bestilling], *, under_behandling: bool) -> Sagsbesked:
    if sag.art is Art.GENFINDING:
        fundet = begyndelse.genfindingsbesked(sag, sikret.sikring)
        return genfinding.vent_eller(sag, fundet, under_behandling=under_behandling)
    behandlet_fra = ordrer.behandlet_fra(sag.virkningsdato, indrejsevalg.bestilte_dage(bestilte))
    udfald = rules.indrejsens_udfald(sikret.sikring, behandlet_fra)
    if udfald is not rules.Indrejseudfald.BEHANDLET:
        udfald = rules.indrejsens_udfald(sikret.sikring, sag.virkningsdato)
    if under_behandling and udfald is not rules.Indrejseudfald.BEHANDLET:
        return IndrejseErUnderBehandling(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
    return indrejsebesked(udfald, sag)


@tjeneste.naar(
    IndrejseVurderesIgen,
    laeser=(
        SAGER.en(), SIKREDE.en(), BESTILLINGER.soeg(INDREJSEBESTILLINGER), SIKREDE.flere(lambda b: b.familie),
        SIKREDE.soeg(AFLOESER), SIKREDE.soeg(AFLOESERE_I_FAMILIEN),
    ),
)  # fmt: skip
def naar_indrejsen_vurderes_igen(
    besked: IndrejseVurderesIgen, sag: Sag | None, sikret: Sikret | None, bestilte: Mapping[str, Bestilling],
    familie: Mapping[str, Sikret], afloeser: Mapping[str, Sikret], afloesere: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """IND-04: the order holds, is still under way, or came to nothing; then the entry goes its own way.

    IND-01, FAM-05: the family has its doctor, is still on its way, or has been waited for long enough.
    """
    if sag is None or sikret is None:
        raise UventetBesked(INDREJSE.navn, "UKENDT_FORLOEB", type(besked).__name__)
    er_nu = som_han_er_nu(sikret, afloeser)
    if sag.person_id != besked.person_id or er_nu.afloest_af is not None:
        igen = besked.model_copy(update={"person_id": sag.person_id})
        return Udfald(frister=(paa_vej.vaek(igen, nu),))
    if sag.tilstand not in (Tilstand.AFVENTER_BESTILLING, Tilstand.AFVENTER_FAMILIE):
        return INDREJSE.skridt(sag, besked, nu)
    familie = i_familien(familie, afloesere)
    sag = begyndelse.navngivet(sag, sikret.person)
    sag = paa_vej.med_laeger(sag, familiens_laeger(familie)) if besked.familie else sag
    venter = [b for b in bestilte.values() if b.tilstand is sig.Bestillingstilstand.AFVENTER_PERSON]
    foelger = _foelger(sag, er_nu, bestilte.values(), under_behandling=bool(er_nu.indrejsevalg or venter))
    foelger = genfinding.med_holdt_plads(sag, foelger)
    if sag.tilstand is Tilstand.AFVENTER_FAMILIE:
        er_indrejse = sag.art is not Art.FOEDSEL
        foelger = paa_vej.hvis_paa_vej(sag, foelger, slaegten(familie), nu, ogsaa_ukendte=er_indrejse)
    igen = isinstance(foelger, IndrejseErUnderBehandling | paa_vej.FamilienErPaaVej)
    skridt = med_den_forrige(INDREJSE.skridt(sag, besked if igen else foelger, nu), sikret.sikring)
    return foert_videre(sikret, sag, skridt, nu)


@naar(
    IndrejseAnnulleres, PladsSvarUdeblev, kortspor.IndrejsensKortsvarUdeblev, Ikrafttraedelse,
    laeser=(SAGER.en(), SIKREDE.en(), SIKREDE.soeg(AFLOESER)),
)  # fmt: skip
def naar_indrejsen_skal_videre(
    besked: indrejsevalg.Sagshaendelse, sag: Sag | None, sikret: Sikret | None, afloeser: Mapping[str, Sikret],
    nu: datetime,
) -> Udfald:  # fmt: skip
    """The table decides. Raises `UventetBesked` where there is no such forløb."""
    if sag is None or sikret is None:
        raise UventetBesked(INDREJSE.navn, "UKENDT_FORLOEB", type(besked).__name__)
    er_nu = som_han_er_nu(sikret, afloeser)
    if er_nu.gruppe in personer.UDEN_RET and isinstance(besked, PladsReserveret | Ikrafttraedelse):
        return _uden_ret(sag, besked, nu)
    if isinstance(besked, PladsReserveret | IngenPlads | PladsSvarUdeblev):
        sag = begyndelse.navngivet(sag, sikret.person)
    sket = kortspor.annulleringen(sag, indrejsevalg.hvis_overhalet(sag, besked, er_nu.sikring))
    sket = genfinding.hvis_valget_gaar_foer(sag, sket, venter=bool(er_nu.indrejsevalg))
    return foert_videre(sikret, sag, med_den_forrige(INDREJSE.skridt(sag, sket, nu), sikret.sikring), nu)


def _uden_ret(sag: Sag, besked: PladsReserveret | Ikrafttraedelse, nu: datetime) -> Udfald:
    """CPR-14, NORD-01: he died or left since; a place that comes is given back."""
    ophoert = IndrejsensRetOphoerte(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
    if sag.tilstand not in (Tilstand.AFVENTER_PLADS, Tilstand.AFVENTER_IKRAFT):
        return INDREJSE.skridt(sag, besked, nu)
    skridt = INDREJSE.skridt(sag, ophoert, nu)
    if not isinstance(besked, PladsReserveret):
        return skridt
    tilbage = INDREJSE.skridt(skridt.raekker[0], besked, nu)
    return replace(skridt, beskeder=(*skridt.beskeder, *tilbage.beskeder))


@naar(
    PladsFrigivet, *oversaettelse.PERSON_UDEN_FOELGER, BetalingTrukket, BetalingFrigivet, BetalingUdloebet,
    BrevSendt, BrevSendtV2, BrevUndertrykt, BrevFejlet,
)  # fmt: skip
def naar_intet_foelger(besked: Besked, nu: datetime) -> Udfald:
    """CPR-02, FLYT-02: heard, and nothing follows for group and doctor; the new state comes as `PersonTilstand`."""
    del besked, nu
    return INTET
