"""The process of a choice of doctor with a named practice, open or closed (LV-07..10, LV-17..20, BET-04, FORL-05..08).

The place is held first, then the fee, then a closed practice is asked; what is missing is told by a message of its own.
What was held is given back once, whichever way the choice comes to nothing.
"""

from collections.abc import Callable
from datetime import datetime

from contracts.dispensation import DispensationFejlet, DispensationLeveret
from contracts.kort import (
    KortAfsendt,
    KortAnnulleret,
    KortBestiltV2,
    KortFejlet,
    KortIkkeAnnulleret,
    KortTrukket,
)
from contracts.plads import IngenPlads, PladsBortfaldet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import aendring, flytning, flyttekort, flyttevalg, kortspor, uden_navn
from services.laegevalg.forloeb import annullering as a
from services.laegevalg.forloeb import handlinger as h
from services.laegevalg.forloeb.beskeder import (
    AendringOensket,
    AnnulleringOensket,
    BetalingssvarUdeblev,
    DispensationAfslaaet,
    DispensationGivet,
    DispensationKraeves,
    DispensationsfristUdloeb,
    FlytningMedKort,
    FlytningUdenKort,
    IntetMangler,
    Kortbestillingsdag,
    KortsvarUdeblev,
    LeveringUdeblev,
    PersonenErFraflyttet,
    PladsKraeverBetaling,
    ReservationFejlede,
    SentAfslag,
    SentJa,
    Valg,
    ValgBegynder,
    Valgbesked,
    ValgetErErstattet,
    ValgetsIkrafttraedelse,
    ValgpladsUdeblev,
    Valgtilstand,
)
from services.laegevalg.forloeb.flyttebeskeder import (
    DispensationFoerFlytning,
    FlytningErSket,
    FlytningMangler,
    FlytningTrukket,
    FlytningUdeblev,
    ValgIAndenKommune,
)
from shared.domain.forloeb import Forloeb, Frist, Overgang


def _svar_senest(_valg: Valg, nu: datetime) -> datetime:
    return nu + rules.SVAR_SENEST


def _pladsfrist(_valg: Valg, nu: datetime) -> datetime:
    return rules.pladsfrist(nu)


def _dispensationsfrist(valg: Valg, nu: datetime) -> datetime:
    return rules.dispensationsfrist(valg.leveret or nu)


def _kortdag(valg: Valg, nu: datetime) -> datetime:
    return rules.kortbestilling(valg.virkningsdato, nu)


def _virkning(valg: Valg, _nu: datetime) -> datetime:
    return rules.ikrafttraedelse(valg.virkningsdato)


def _om(type_: type[Valgbesked]) -> Callable[[Valg], Valgbesked]:
    return lambda valg: type_(forloeb_id=valg.forloeb_id, person_id=valg.person_id)


T = Valgtilstand
PLADS, RESERVATION, LEVERING = T.AFVENTER_PLADS, T.AFVENTER_RESERVATION, T.AFVENTER_LEVERING
DISPENSATION, GODKENDT, BESTILT, TRUKKET = T.AFVENTER_DISPENSATION, T.GODKENDT, T.KORT_BESTILT, T.KORT_TRUKKET
FLYTNING = T.AFVENTER_FLYTNING
ANNULLERES, I_KRAFT, AFVIST, ANNULLERET = T.ANNULLERES, T.TRAADT_I_KRAFT, T.AFVIST, T.ANNULLERET

# fmt: off
VEJEN = (
    #        fra           når                       til           gør
    Overgang(T.MODTAGET,   ValgBegynder,             PLADS,        h.begynd),

    Overgang(PLADS,        PladsKraeverBetaling,     RESERVATION,  h.reserver_gebyr),
    Overgang(PLADS,        DispensationKraeves,      LEVERING,     h.anmod_straks),
    Overgang(PLADS,        IntetMangler,             GODKENDT,     h.godkend_straks),
    Overgang(PLADS,        IngenPlads,               AFVIST,       h.afvis_uden_plads),
    Overgang(PLADS,        ValgpladsUdeblev,         AFVIST,       h.afvis_uden_pladssvar),

    Overgang(RESERVATION,  DispensationKraeves,      LEVERING,     h.anmod),
    Overgang(RESERVATION,  IntetMangler,             GODKENDT,     h.godkend_aaben),
    Overgang(RESERVATION,  ReservationFejlede,       AFVIST,       h.afvis_uden_betaling),
    Overgang(RESERVATION,  BetalingssvarUdeblev,     AFVIST,       h.afvis_uden_betalingssvar),

    Overgang(LEVERING,     DispensationLeveret,      DISPENSATION, h.noter_levering),
    Overgang(LEVERING,     DispensationFejlet,       LEVERING,     h.intet),
    Overgang(LEVERING,     LeveringUdeblev,          LEVERING,     h.meld_manglende_levering),
    Overgang(LEVERING,     DispensationGivet,        GODKENDT,     h.godkend_efter_svar),
    Overgang(LEVERING,     DispensationAfslaaet,     AFVIST,       h.afvis_efter_svar),

    Overgang(DISPENSATION, DispensationGivet,        GODKENDT,     h.godkend_efter_svar),
    Overgang(DISPENSATION, DispensationAfslaaet,     AFVIST,       h.afvis_efter_svar),
    Overgang(DISPENSATION, DispensationsfristUdloeb, GODKENDT,     h.godkend_stiltiende),

    Overgang(GODKENDT,     Kortbestillingsdag,       BESTILT,      h.bestil_kort),

    Overgang(BESTILT,      KortBestiltV2,            BESTILT,      h.noter_kortordre),
    Overgang(BESTILT,      KortTrukket,              TRUKKET,      flyttekort.kortet_gik(h.intet)),
    Overgang(BESTILT,      KortAfsendt,              TRUKKET,      flyttekort.kortet_gik(h.traek_gebyr)),
    Overgang(BESTILT,      KortFejlet,               BESTILT,      flyttekort.bestil_eller_frigiv),
    Overgang(BESTILT,      ValgetsIkrafttraedelse,   I_KRAFT,      h.traed_i_kraft),

    Overgang(TRUKKET,      KortAfsendt,              TRUKKET,      h.traek_gebyr),
    Overgang(TRUKKET,      KortFejlet,               TRUKKET,      h.frigiv_gebyr),
    Overgang(TRUKKET,      ValgetsIkrafttraedelse,   I_KRAFT,      h.traed_i_kraft),

    Overgang(I_KRAFT,      KortBestiltV2,            I_KRAFT,      h.noter_kortordre),
    Overgang(I_KRAFT,      KortAfsendt,              I_KRAFT,      flyttekort.kortet_gik(h.traek_gebyr)),
    Overgang(I_KRAFT,      KortFejlet,               I_KRAFT,      flyttekort.bestil_eller_frigiv),
)
ANNULLERING = (
    #        fra           når                       til           gør
    Overgang(PLADS,        AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(RESERVATION,  AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(LEVERING,     AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(DISPENSATION, AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(GODKENDT,     AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(BESTILT,      AnnulleringOensket,       ANNULLERES,   a.stop_kortet),
    Overgang(TRUKKET,      AnnulleringOensket,       TRUKKET,      a.afvis_annullering_trukket),
    Overgang(I_KRAFT,      AnnulleringOensket,       I_KRAFT,      a.afvis_annullering_i_kraft),
    Overgang(ANNULLERES,   AnnulleringOensket,       ANNULLERES,   a.afvis_annullering_slut),
    Overgang(AFVIST,       AnnulleringOensket,       AFVIST,       a.afvis_annullering_slut),
    Overgang(ANNULLERET,   AnnulleringOensket,       ANNULLERET,   a.afvis_annullering_slut),

    Overgang(ANNULLERES,   KortAnnulleret,           ANNULLERET,   a.annuller_efter_kort),
    Overgang(ANNULLERES,   KortFejlet,               ANNULLERES,   a.vent_paa_stoppet),
    Overgang(ANNULLERES,   KortIkkeAnnulleret,       TRUKKET,      flyttekort.kortet_gik(a.opgiv_annullering)),
    Overgang(ANNULLERES,   KortTrukket,              TRUKKET,      flyttekort.kortet_gik(a.opgiv_annullering)),
    Overgang(ANNULLERES,   KortAfsendt,              TRUKKET,      flyttekort.kortet_gik(a.opgiv_annullering_og_traek)),
    Overgang(ANNULLERES,   KortBestiltV2,            ANNULLERES,   h.noter_kortordre),
    Overgang(ANNULLERES,   KortsvarUdeblev,          ANNULLERES,   h.meld_manglende_kortsvar),

    Overgang(PLADS,        ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(RESERVATION,  ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(LEVERING,     ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(DISPENSATION, ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(GODKENDT,     ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(BESTILT,      ValgetErErstattet,        ANNULLERES,   a.stop_kortet_erstattet),
    Overgang(TRUKKET,      ValgetErErstattet,        TRUKKET,      h.intet),
    Overgang(ANNULLERES,   ValgetErErstattet,        ANNULLERES,   h.intet),

    Overgang(T.MODTAGET,   PersonenErFraflyttet,     ANNULLERET,   a.annuller_foer_begyndelsen),
    Overgang(PLADS,        PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(RESERVATION,  PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(LEVERING,     PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(DISPENSATION, PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(GODKENDT,     PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(BESTILT,      PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet_med_kort),
    Overgang(TRUKKET,      PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(ANNULLERES,   PersonenErFraflyttet,     ANNULLERET,   a.annuller_uden_kortsvar),

    Overgang(RESERVATION,  PladsBortfaldet,          AFVIST,       h.afvis_nedlagt),
    Overgang(LEVERING,     PladsBortfaldet,          AFVIST,       h.afvis_nedlagt),
    Overgang(DISPENSATION, PladsBortfaldet,          AFVIST,       h.afvis_nedlagt),
    Overgang(GODKENDT,     PladsBortfaldet,          AFVIST,       h.afvis_nedlagt),
    Overgang(BESTILT,      PladsBortfaldet,          AFVIST,       h.afvis_nedlagt_med_kort),
    Overgang(TRUKKET,      PladsBortfaldet,          AFVIST,       h.afvis_nedlagt_med_kort),
    Overgang(ANNULLERES,   PladsBortfaldet,          ANNULLERET,   a.annuller_uden_kortsvar),
)
# fmt: on

# fmt: off
_VENTER_PAA_FLYTNING = (
    #        fra           når                       til           gør
    Overgang(T.MODTAGET,   ValgIAndenKommune,        AFVIST,       flyttevalg.afvis),
    Overgang(PLADS,        FlytningMangler,          FLYTNING,     flyttevalg.vent_straks),
    Overgang(RESERVATION,  FlytningMangler,          FLYTNING,     flyttevalg.vent),
    Overgang(LEVERING,     DispensationFoerFlytning, FLYTNING,     flyttevalg.vent_dispenseret),
    Overgang(DISPENSATION, DispensationFoerFlytning, FLYTNING,     flyttevalg.vent_dispenseret),
    Overgang(FLYTNING,     FlytningErSket,           GODKENDT,     h.godkend_flyttet),
    Overgang(FLYTNING,     AnnulleringOensket,       ANNULLERET,   a.annuller),
    Overgang(FLYTNING,     ValgetErErstattet,        ANNULLERET,   a.annuller_erstattet),
    Overgang(FLYTNING,     PersonenErFraflyttet,     ANNULLERET,   a.annuller_fraflyttet),
    Overgang(FLYTNING,     PladsBortfaldet,          AFVIST,       h.afvis_nedlagt),
    Overgang(FLYTNING,     AendringOensket,          FLYTNING,     aendring.flyt),
    Overgang(FLYTNING,     SentJa,                   FLYTNING,     h.intet),
    Overgang(FLYTNING,     SentAfslag,               FLYTNING,     h.meld_sent_afslag),
    Overgang(FLYTNING,     DispensationLeveret,      FLYTNING,     h.intet),
    Overgang(FLYTNING,     ValgpladsUdeblev,         FLYTNING,     h.intet),
    Overgang(FLYTNING,     BetalingssvarUdeblev,     FLYTNING,     h.intet),
    Overgang(FLYTNING,     LeveringUdeblev,          FLYTNING,     h.intet),
    Overgang(FLYTNING,     DispensationsfristUdloeb, FLYTNING,     h.intet),
    *(Overgang(i, FlytningErSket, i, flyttevalg.noter_flytning) for i in (PLADS, RESERVATION, LEVERING, DISPENSATION)),
    *(
        Overgang(i, FlytningUdeblev, ANNULLERET, a.annuller_uden_flytning)
        for i in (PLADS, RESERVATION, LEVERING, DISPENSATION, FLYTNING)
    ),
    *(
        Overgang(i, FlytningTrukket, ANNULLERET, a.annuller_uden_flytning)
        for i in (PLADS, RESERVATION, LEVERING, DISPENSATION, FLYTNING, GODKENDT)
    ),
    *(Overgang(i, FlytningTrukket, i, flyttevalg.meld_trukket) for i in (BESTILT, TRUKKET, I_KRAFT)),
    *(Overgang(i, naar, i, h.intet) for i in (AFVIST, ANNULLERET) for naar in (
        FlytningMangler, DispensationFoerFlytning, FlytningErSket, FlytningUdeblev, FlytningTrukket,
    )),
    *(Overgang(ANNULLERES, naar, ANNULLERES, h.intet) for naar in (FlytningUdeblev, FlytningTrukket)),
    *(Overgang(i, FlytningUdeblev, i, h.intet) for i in (GODKENDT, BESTILT, TRUKKET, I_KRAFT)),
)
# fmt: on
"""FLYT-01, LV-18: the move beside all else that is waited for. FLYT-04: a choice that does not begin."""
_FLYTNING = (
    *(
        Overgang(i, AendringOensket, i, aendring.flyt)
        for i in (PLADS, RESERVATION, LEVERING, DISPENSATION, GODKENDT, BESTILT, TRUKKET)
    ),
    *(Overgang(i, AendringOensket, i, aendring.afvis_slut) for i in (ANNULLERES, AFVIST, ANNULLERET)),
    Overgang(I_KRAFT, AendringOensket, I_KRAFT, aendring.afvis_i_kraft),
)
"""KORT-12: another day, until it has come."""
_MED_FLYTTEKORT = (
    *(Overgang(i, FlytningMedKort, i, flytning.tag_kortet_med) for i in flytning.KORTET_ER_IKKE_BESTILT),
    Overgang(BESTILT, FlytningMedKort, BESTILT, flyttekort.stop_for_flytningen),
    *(
        Overgang(i, FlytningUdenKort, i, flytning.tag_ikke_kortet_med)
        for i in (*flytning.KORTET_ER_IKKE_BESTILT, BESTILT, TRUKKET, ANNULLERES, I_KRAFT, AFVIST, ANNULLERET)
    ),
)
"""FLYT-06: one card for the choice and the move."""
_SVAR_BAGEFTER = tuple(
    Overgang(i, naar, i, goer)
    for i in (GODKENDT, BESTILT, TRUKKET, ANNULLERES, I_KRAFT)
    for naar, goer in ((SentJa, h.intet), (SentAfslag, h.meld_sent_afslag), (DispensationLeveret, h.intet))
)
"""LV-10: an answer after the decision changes nothing; a no is told to a person."""
_FOER_FRISTEN_ER_FALDET = tuple(
    Overgang(i, naar, i, goer)
    for i in (LEVERING, DISPENSATION)
    for naar, goer in ((SentJa, h.intet), (SentAfslag, h.meld_sent_afslag))
)
"""Received after the last day and read before the deadline that is due: the deadline decides, right after."""
_FRISTER_BAG_I_KOEEN = tuple(
    Overgang(i, naar, i, h.intet)
    for naar, tilstande in (
        (ValgpladsUdeblev, (RESERVATION, LEVERING, GODKENDT)),
        (BetalingssvarUdeblev, (LEVERING, GODKENDT)),
        (LeveringUdeblev, (DISPENSATION, GODKENDT)),
        (DispensationsfristUdloeb, (GODKENDT, BESTILT)),
        (Kortbestillingsdag, (BESTILT, TRUKKET)),
        (ValgetsIkrafttraedelse, (ANNULLERES,)),
        (KortsvarUdeblev, (TRUKKET,)),
    )
    for i in tilstande
)
"""Deadlines that fell due while the message that ended the waiting stood before them in line."""
_KORTET_BAGEFTER = (
    *(Overgang(TRUKKET, naar, TRUKKET, h.intet) for naar in (KortIkkeAnnulleret, KortAnnulleret, KortTrukket)),
    *(Overgang(I_KRAFT, n, I_KRAFT, flyttekort.kortet_gik(h.intet)) for n in (KortIkkeAnnulleret, KortTrukket)),
    Overgang(BESTILT, KortAnnulleret, BESTILT, flyttekort.bestil_i_stedet),
    Overgang(TRUKKET, KortBestiltV2, TRUKKET, h.noter_kortordre),
    Overgang(BESTILT, KortIkkeAnnulleret, TRUKKET, flyttekort.kortet_gik(h.intet)),
)
_I_KRAFT = (
    Overgang(I_KRAFT, PladsBortfaldet, I_KRAFT, h.meld_praksis_lukket),
    *(
        Overgang(I_KRAFT, naar, I_KRAFT, h.intet)
        for naar in (PersonenErFraflyttet, ValgetErErstattet, KortsvarUdeblev, ValgetsIkrafttraedelse)
    ),
)
_EFTER_AFSLUTNINGEN = tuple(
    Overgang(i, naar, i, h.intet)
    for i in (AFVIST, ANNULLERET)
    for naar in (
        PladsReserveret, IngenPlads, PladsBortfaldet, PladsKraeverBetaling, DispensationKraeves, IntetMangler,
        ReservationFejlede, DispensationLeveret, DispensationFejlet, SentJa, SentAfslag, ValgpladsUdeblev,
        BetalingssvarUdeblev, LeveringUdeblev, DispensationsfristUdloeb, Kortbestillingsdag, ValgetsIkrafttraedelse,
        KortsvarUdeblev, KortBestiltV2, KortTrukket, KortAfsendt, KortAnnulleret, KortIkkeAnnulleret, KortFejlet,
        PersonenErFraflyttet, ValgetErErstattet,
    )
)  # fmt: skip
"""What comes when all is over, and was given back already: FORL-08 records it without effect."""

OVERGANGE = (
    *VEJEN, *ANNULLERING, *_FLYTNING, *_SVAR_BAGEFTER, *_FOER_FRISTEN_ER_FALDET, *_FRISTER_BAG_I_KOEEN,
    *_KORTET_BAGEFTER, *_MED_FLYTTEKORT,
    *_I_KRAFT, *_EFTER_AFSLUTNINGEN, *_VENTER_PAA_FLYTNING, *uden_navn.OVERGANGE, *kortspor.VALGETS,
)  # fmt: skip
# fmt: off
FRISTER = (
    #     i             hvornår              sker                            besked
    Frist(PLADS,        _pladsfrist,         _om(ValgpladsUdeblev),          ValgpladsUdeblev),
    Frist(RESERVATION,  _svar_senest,        _om(BetalingssvarUdeblev),      BetalingssvarUdeblev),
    Frist(LEVERING,     _svar_senest,        _om(LeveringUdeblev),           LeveringUdeblev),
    Frist(DISPENSATION, _dispensationsfrist, _om(DispensationsfristUdloeb),  DispensationsfristUdloeb),
    Frist(FLYTNING,     flyttevalg.giver_op, flyttevalg.udeblev,             FlytningUdeblev),
    Frist(GODKENDT,     _kortdag,            _om(Kortbestillingsdag),        Kortbestillingsdag),
    Frist(BESTILT,      _virkning,           _om(ValgetsIkrafttraedelse),    ValgetsIkrafttraedelse),
    Frist(TRUKKET,      _virkning,           _om(ValgetsIkrafttraedelse),    ValgetsIkrafttraedelse),
    Frist(ANNULLERES,   _svar_senest,        _om(KortsvarUdeblev),           KortsvarUdeblev),
)
# fmt: on
LAEGEVALG = Forloeb("laegevalg", start=T.MODTAGET, overgange=OVERGANGE, frister=FRISTER, endelige=(I_KRAFT,))
