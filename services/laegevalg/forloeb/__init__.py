"""The process of entry (indrejse): from the CPR event to group 1, a doctor and a card.

One found again (CPR-04, CPR-05) and one born (CPR-15) get theirs by the same table.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from contracts.base import Besked
from contracts.laegevalg import (
    LaegevalgGodkendt,
    LaegevalgReserveret,
    LaegevalgTraadtIKraft,
)
from contracts.plads import IngenPlads, PladsFrigives, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import genfinding, kortspor
from services.laegevalg.forloeb.begrundelser import GODKENDELSER, begrundet
from services.laegevalg.forloeb.brevsvar import besvar
from services.laegevalg.forloeb.familie import FamilienErPaaVej
from services.laegevalg.forloeb.familie import se_igen as vurderes_familie
from services.laegevalg.forloeb.sagsbeskeder import (
    SOEGNINGEN_ER_SLUT,
    BarnetErNavngivet,
    ForaeldreSkalVaelge,
    GenfundetIAndenGruppe,
    Ikrafttraedelse,
    IndrejseAnnulleres,
    IndrejseErBehandlet,
    IndrejseErOverhalet,
    IndrejseErUnderBehandling,
    IndrejseManglerLaege,
    IndrejsensRetOphoerte,
    IndrejseUbehandlet,
    IndrejseVurderesIgen,
    PladsenErHoldt,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.forloeb.sagsled import (
    UDEN_LAEGE,
    afsluttet,
    begyndt,
    gruppe_1,
    kort,
    kvittering,
    opgave,
    pladsanmodning,
    trukket_tilbage,
)
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.laegevalg.rules import Indrejseudfald
from services.laegevalg.rules import familie as rules_familie
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import INTET, Udfald


def indrejsebesked(udfald: Indrejseudfald, sag: Sag) -> Sagsbesked:
    """The outcome of rules IND-04 and FAM-06 as the message that the table knows."""
    if udfald is not Indrejseudfald.BEHANDLET and sag.foraeldre_skal_vaelge:
        mangler = udfald is Indrejseudfald.UBEHANDLET
        return ForaeldreSkalVaelge(forloeb_id=sag.forloeb_id, person_id=sag.person_id, gruppe_mangler=mangler)
    match udfald:
        case Indrejseudfald.BEHANDLET:
            return IndrejseErBehandlet(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case Indrejseudfald.MANGLER_LAEGE:
            return IndrejseManglerLaege(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case Indrejseudfald.UBEHANDLET:
            return IndrejseUbehandlet(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case _:
            assert_never(udfald)


def noter_behandlet(sag: Sag, besked: IndrejseErBehandlet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: record, and do nothing further."""
    slut = afsluttet(sag, Tilstand.BEHANDLET_UDEN_HANDLING, nu)
    return sag, Udfald(beskeder=(*begyndt(sag, nu), slut))


def vent_paa_andre(sag: Sag, besked: IndrejseErUnderBehandling | FamilienErPaaVej, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: what a caseworker has begun is not done over by the event. IND-01, FAM-05: the family's doctor first."""
    return sag, Udfald(beskeder=begyndt(sag, nu))


def soeg_laege(sag: Sag, besked: IndrejseManglerLaege, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: assign doctor only."""
    return sag, Udfald(beskeder=(*begyndt(sag, nu), pladsanmodning(sag)))


def saet_gruppe_1(sag: Sag, besked: IndrejseUbehandlet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-01, CPR-05, CPR-15, GRP-16: group 1 from the day of entry, finding or birth, then a doctor."""
    return sag, Udfald(beskeder=(*begyndt(sag, nu), gruppe_1(sag), pladsanmodning(sag)))


def saet_gruppe_1_og_meld(sag: Sag, besked: GenfundetIAndenGruppe, nu: datetime) -> tuple[Sag, Udfald]:
    """CPR-05 (OWN): group 1 by analogy; whether the former group is to be his again is for a caseworker."""
    meldt = genfinding.anden_gruppe(sag, besked.tidligere_gruppe)
    efter, udfald = saet_gruppe_1(sag, IndrejseUbehandlet(forloeb_id=sag.forloeb_id, person_id=sag.person_id), nu)
    return efter, udfald + Udfald(beskeder=(meldt,))


def overgiv_foraeldrene(sag: Sag, besked: ForaeldreSkalVaelge, nu: datetime) -> tuple[Sag, Udfald]:
    """FAM-06 (OWN): the parents decide which of their doctors; nothing is assigned."""
    meldt = opgave(
        sag,
        "opgave",
        "FORAELDRE_MED_HVER_SIN_LAEGE",
        "Forældrene har hver sin læge",
        "Barnet er i gruppe 1. Forældrene har forældremyndigheden sammen og hver sin læge, så de skal vælge, "
        "hvilken af de to barnet skal have. Spørg forældrene, og vælg lægen.",
    )
    gruppe = (gruppe_1(sag),) if besked.gruppe_mangler else ()
    slut = afsluttet(sag, Tilstand.OVERGIVET_TIL_SAGSBEHANDLER, nu)
    return sag, Udfald(beskeder=(*begyndt(sag, nu), *gruppe, meldt, slut))


def godkend(sag: Sag, besked: PladsReserveret | PladsenErHoldt, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-17, IND-01: the place is held; the choice waits for nothing more and is approved. KORT-14: the free card.

    CPR-15: that of a child without a name waits for the name. IND-07: the receipt is asked for as ever; one to such a
    child is suppressed (POST-14).
    """
    kortet = None if sag.person.unavngivet else Kortspor.BESTILT
    sag = replace(sag, ydernummer=besked.ydernummer, praksisnavn=besked.praksisnavn, kort=kortet)
    faelles = {
        "forloeb_id": sag.forloeb_id,
        "person_id": sag.person_id,
        "ydernummer": besked.ydernummer,
        "virkningsdato": sag.virkningsdato,
    }
    return sag, Udfald(
        beskeder=(
            LaegevalgReserveret.model_validate(faelles),
            LaegevalgGodkendt.model_validate(
                {**faelles, "grund": "AUTOMATISK", "begrundelse": begrundet(GODKENDELSER, "AUTOMATISK")}
            ),
            *((kort(sag, nu),) if kortet else ()),
            kvittering(sag),
        )
    )


def bestil_foerste_kort(sag: Sag, besked: BarnetErNavngivet, nu: datetime) -> tuple[Sag, Udfald]:
    """CPR-15, KORT-14: the card that waited for the name; the same card however often it is asked for."""
    hos_laegen = replace(sag, ydernummer=besked.ydernummer, praksisnavn=besked.praksisnavn)
    return replace(sag, kort=Kortspor.BESTILT), Udfald(beskeder=(kort(hos_laegen, nu, besked.gruppe),))


def overgiv(sag: Sag, besked: IngenPlads | PladsSvarUdeblev, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-02: a manual task to make a doctor choice. Group 1 stays; there is no card."""
    aarsag, titel, sket = UDEN_LAEGE[sag.art]
    meldt = opgave(
        sag,
        "opgave",
        aarsag,
        titel,
        f"{sket} {sag.virkningsdato:%d-%m-%Y} og er i gruppe 1, "
        "men der kunne ikke tildeles en læge automatisk. Vælg en læge.",
    )
    return sag, Udfald(beskeder=(meldt, afsluttet(sag, Tilstand.OVERGIVET_TIL_SAGSBEHANDLER, nu)))


def traed_i_kraft(sag: Sag, besked: Ikrafttraedelse, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-20: the doctor is the person's own."""
    if sag.ydernummer is None:
        raise ValueError(f"{sag.forloeb_id}: lægevalget kan ikke træde i kraft uden en praksis")
    ikraft = LaegevalgTraadtIKraft(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        ydernummer=sag.ydernummer,
        virkningsdato=sag.virkningsdato,
    )
    return sag, Udfald(beskeder=(ikraft, afsluttet(sag, "LAEGE_TILDELT", nu)))


def annuller(sag: Sag, besked: IndrejseAnnulleres | IndrejsensRetOphoerte, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-05: before a doctor was found; a place that is kept (CPR-04), or comes, is given back. The group stands."""
    kommando = besked.kommando if isinstance(besked, IndrejseAnnulleres) else None
    holdt = genfinding.giv_holdt_plads_tilbage(sag, "ANNULLERET" if kommando else "FRAFLYTTET")
    svar = besvar(kommando, sag.forloeb_id, sag.person_id, nu, ()) if kommando else INTET
    return sag, Udfald(beskeder=(*holdt, afsluttet(sag, "ANNULLERET", nu))) + svar


def annuller_godkendt(sag: Sag, besked: IndrejsensRetOphoerte, nu: datetime) -> tuple[Sag, Udfald]:
    """CPR-14: the place is given back and the card stopped if it can be, which nobody waits to hear."""
    beskeder = (*trukket_tilbage(sag, "FRAFLYTTET"), afsluttet(sag, "ANNULLERET", nu))
    return kortspor.mens_det_stoppes(sag), Udfald(beskeder=beskeder)


def lad_bestillingen_gaelde(sag: Sag, besked: IndrejseErOverhalet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: the doctor that was chosen stays; the place that came later is given back."""
    slut = afsluttet(sag, Tilstand.BEHANDLET_UDEN_HANDLING, nu)
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "grund": "ERSTATTET"}
    plads = (PladsFrigives.model_validate({**om, "ydernummer": besked.ydernummer}),) if besked.ydernummer else ()
    return sag, Udfald(beskeder=(*plads, slut))


def annuller_overhalet(sag: Sag, besked: IndrejseErOverhalet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: as above, after the automatic choice was approved and before it took effect."""
    slut = afsluttet(sag, Tilstand.BEHANDLET_UDEN_HANDLING, nu)
    return kortspor.mens_det_stoppes(sag), Udfald(beskeder=(*trukket_tilbage(sag, "ERSTATTET"), slut))


def afvis_i_kraft(sag: Sag, besked: IndrejseAnnulleres, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-07."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "TRAADT_I_KRAFT"),))


def afvis_slut(sag: Sag, besked: IndrejseAnnulleres, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-05: only what is running can be cancelled."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "IKKE_I_GANG"),))


def giv_plads_tilbage(sag: Sag, besked: PladsReserveret, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-19: the place came after the forløb was handed over; the caseworker chooses."""
    frigives = PladsFrigives(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        grund="FORLOEB_AFSLUTTET",
        ydernummer=besked.ydernummer,
    )
    return sag, Udfald(beskeder=(frigives,))


def intet(sag: Sag, besked: Besked, nu: datetime) -> tuple[Sag, Udfald]:
    """Expected, and nothing follows."""
    return sag, INTET


def plads_udebliver(sag: Sag, nu: datetime) -> datetime:
    """The instant we stop waiting for a place."""
    return rules.pladsfrist(nu)


def svar_udeblev(sag: Sag) -> PladsSvarUdeblev:
    """No answer came."""
    return PladsSvarUdeblev(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


def valget_begynder(sag: Sag, nu: datetime) -> datetime:
    """The instant the choice takes effect."""
    return rules.ikrafttraedelse(sag.virkningsdato)


def virkning_indtraf(sag: Sag) -> Ikrafttraedelse:
    """The effective date began."""
    return Ikrafttraedelse(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


def se_igen(sag: Sag, nu: datetime) -> datetime:
    """What ends the order wakes the entry; this is for an order that crossed it."""
    return rules.naeste_soegning(sag.startet, nu)


def vurderes_igen(sag: Sag) -> IndrejseVurderesIgen:
    """Look again at what the entry waits for."""
    return vurderes_familie(sag.forloeb_id, sag.person_id, sag.person)


def se_til_familien(sag: Sag, nu: datetime) -> datetime:
    """What gives the family its doctor wakes the entry; this is for a relative that crossed it, and for the end."""
    return rules_familie.se_igen(sag.startet, nu)


T = Tilstand
# fmt: off
OVERGANGE = (
    #        fra                            når                   til                            gør
    Overgang(T.MODTAGET,                    IndrejseErBehandlet,  T.BEHANDLET_UDEN_HANDLING,     noter_behandlet),
    Overgang(T.MODTAGET,                    IndrejseManglerLaege, T.AFVENTER_PLADS,              soeg_laege),
    Overgang(T.MODTAGET,                    IndrejseUbehandlet,   T.AFVENTER_PLADS,              saet_gruppe_1),
    Overgang(T.MODTAGET,                    GenfundetIAndenGruppe, T.AFVENTER_PLADS,             saet_gruppe_1_og_meld),
    Overgang(T.MODTAGET,                    ForaeldreSkalVaelge,  T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv_foraeldrene),
    Overgang(T.AFVENTER_PLADS,              PladsReserveret,      T.AFVENTER_IKRAFT,             godkend),
    Overgang(T.AFVENTER_PLADS,              IngenPlads,           T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv),
    Overgang(T.AFVENTER_PLADS,              PladsSvarUdeblev,     T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv),
    Overgang(T.AFVENTER_IKRAFT,             Ikrafttraedelse,      T.TRAADT_I_KRAFT,              traed_i_kraft),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, PladsReserveret,      T.OVERGIVET_TIL_SAGSBEHANDLER, giv_plads_tilbage),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, IngenPlads,           T.OVERGIVET_TIL_SAGSBEHANDLER, intet),
    Overgang(T.AFVENTER_PLADS,              IndrejseAnnulleres,   T.ANNULLERET,                  annuller),
    Overgang(T.AFVENTER_PLADS,              IndrejsensRetOphoerte, T.ANNULLERET,                 annuller),
    Overgang(T.AFVENTER_IKRAFT,             IndrejsensRetOphoerte, T.ANNULLERET,                 annuller_godkendt),
    Overgang(T.TRAADT_I_KRAFT,              IndrejseAnnulleres,   T.TRAADT_I_KRAFT,              afvis_i_kraft),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, IndrejseAnnulleres,   T.OVERGIVET_TIL_SAGSBEHANDLER, afvis_slut),
    Overgang(T.BEHANDLET_UDEN_HANDLING,     IndrejseAnnulleres,   T.BEHANDLET_UDEN_HANDLING,     afvis_slut),
    Overgang(T.ANNULLERET,                  IndrejseAnnulleres,   T.ANNULLERET,                  afvis_slut),
    Overgang(T.ANNULLERET,                  PladsReserveret,      T.ANNULLERET,                  giv_plads_tilbage),
    Overgang(T.ANNULLERET,                  IngenPlads,           T.ANNULLERET,                  intet),
    Overgang(T.ANNULLERET,                  PladsSvarUdeblev,     T.ANNULLERET,                  intet),
    Overgang(T.ANNULLERET,                  Ikrafttraedelse,      T.ANNULLERET,                  intet),
    # The deadline fell due while the answer itself waited to be tried again, and so stood in line behind it.
    Overgang(T.AFVENTER_IKRAFT,             PladsSvarUdeblev,     T.AFVENTER_IKRAFT,             intet),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, PladsSvarUdeblev,     T.OVERGIVET_TIL_SAGSBEHANDLER, intet),
)
FRISTER = (
    #     i                  hvornår            sker               besked
    Frist(T.AFVENTER_PLADS,  plads_udebliver,   svar_udeblev,      PladsSvarUdeblev),
    Frist(T.AFVENTER_IKRAFT, valget_begynder,   virkning_indtraf,  Ikrafttraedelse),
    Frist(T.AFVENTER_BESTILLING, se_igen,       vurderes_igen,     IndrejseVurderesIgen),
    Frist(T.AFVENTER_FAMILIE, se_til_familien,  vurderes_igen,     IndrejseVurderesIgen),
)
VED_HAAND = (
    #        fra                    når                        til                        gør
    Overgang(T.MODTAGET,            IndrejseErUnderBehandling, T.AFVENTER_BESTILLING,     vent_paa_andre),
    Overgang(T.AFVENTER_BESTILLING, IndrejseErBehandlet,       T.BEHANDLET_UDEN_HANDLING, noter_behandlet),
    Overgang(T.AFVENTER_BESTILLING, IndrejseManglerLaege,      T.AFVENTER_PLADS,          soeg_laege),
    Overgang(T.AFVENTER_BESTILLING, IndrejseUbehandlet,        T.AFVENTER_PLADS,          saet_gruppe_1),
    Overgang(T.AFVENTER_BESTILLING, GenfundetIAndenGruppe,     T.AFVENTER_PLADS,          saet_gruppe_1_og_meld),
    Overgang(T.AFVENTER_BESTILLING, PladsenErHoldt,            T.AFVENTER_IKRAFT,         godkend),
    Overgang(T.AFVENTER_BESTILLING, IndrejseErOverhalet,       T.BEHANDLET_UDEN_HANDLING, lad_bestillingen_gaelde),
    Overgang(T.AFVENTER_BESTILLING, ForaeldreSkalVaelge,       T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv_foraeldrene),
    Overgang(T.AFVENTER_BESTILLING, IndrejseAnnulleres,        T.ANNULLERET,              annuller),
    Overgang(T.AFVENTER_BESTILLING, IndrejsensRetOphoerte,     T.ANNULLERET,              annuller),
    *(Overgang(i, IndrejseVurderesIgen, i, intet) for i in T if i is not T.MODTAGET),
    Overgang(T.AFVENTER_PLADS,      IndrejseErOverhalet,       T.BEHANDLET_UDEN_HANDLING, lad_bestillingen_gaelde),
    Overgang(T.AFVENTER_IKRAFT,     IndrejseErOverhalet,       T.BEHANDLET_UDEN_HANDLING, annuller_overhalet),
    Overgang(T.BEHANDLET_UDEN_HANDLING, PladsReserveret,       T.BEHANDLET_UDEN_HANDLING, giv_plads_tilbage),
    Overgang(T.BEHANDLET_UDEN_HANDLING, IngenPlads,            T.BEHANDLET_UDEN_HANDLING, intet),
    Overgang(T.BEHANDLET_UDEN_HANDLING, PladsSvarUdeblev,      T.BEHANDLET_UDEN_HANDLING, intet),
    Overgang(T.BEHANDLET_UDEN_HANDLING, Ikrafttraedelse,       T.BEHANDLET_UDEN_HANDLING, intet),
)
SAMMEN = (
    #        fra                 når                    til                            gør
    Overgang(T.MODTAGET,         FamilienErPaaVej,      T.AFVENTER_FAMILIE,            vent_paa_andre),
    Overgang(T.AFVENTER_FAMILIE, IndrejseErBehandlet,   T.BEHANDLET_UDEN_HANDLING,     noter_behandlet),
    Overgang(T.AFVENTER_FAMILIE, IndrejseManglerLaege,  T.AFVENTER_PLADS,              soeg_laege),
    Overgang(T.AFVENTER_FAMILIE, IndrejseUbehandlet,    T.AFVENTER_PLADS,              saet_gruppe_1),
    Overgang(T.AFVENTER_FAMILIE, ForaeldreSkalVaelge,   T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv_foraeldrene),
    Overgang(T.AFVENTER_FAMILIE, IndrejseAnnulleres,    T.ANNULLERET,                  annuller),
    Overgang(T.AFVENTER_FAMILIE, IndrejsensRetOphoerte, T.ANNULLERET,                  annuller),
)
# fmt: on
_NAVNGIVET = tuple(Overgang(i, BarnetErNavngivet, i, bestil_foerste_kort) for i in sorted(SOEGNINGEN_ER_SLUT))
"""CPR-15: the name comes when it comes."""
INDREJSE = Forloeb(
    "indrejse",
    start=T.MODTAGET,
    overgange=(*OVERGANGE, *VED_HAAND, *SAMMEN, *genfinding.OVERGANGE, *kortspor.OVERGANGE, *_NAVNGIVET),
    frister=(*FRISTER, *kortspor.FRISTER),
)
