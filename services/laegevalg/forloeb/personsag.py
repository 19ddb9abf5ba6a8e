"""What follows from what happens to a person: a card, the end of group and doctor, or a task (CPR, FLYT, NORD).

Nobody orders it, so each is one forløb of its own, named by the person, what happened and its day: told of again, it
is the same (CPR-09).
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb
from contracts.kort import (
    KortAfsendt,
    KortAnmodetV2,
    KortAnnulleres,
    KortAnnulleret,
    KortBestiltV2,
    KortFejlet,
    KortIkkeAnnulleret,
    KortTrukket,
)
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, GruppeTraadtIKraft, LaegeOphoert
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.plads import PladsForlades
from services.laegevalg.forloeb.begrundelser import KORT, OPHOER, begrundet
from services.laegevalg.forloeb.brevsvar import besvar, kortets_kvittering
from services.laegevalg.forloeb.personsagsbeskeder import (
    IntetFoelger,
    KortetErIkkeMed,
    KortetErMed,
    KortetUdeblev,
    KortFoelger,
    KortstopUdeblev,
    Personsag,
    PersonsagAnnulleres,
    PersonsagensRetOphoerte,
    PersonsagTilbagekaldes,
    RettenOphoerer,
    Sagstilstand,
    SkalVurderes,
    ValgKanTageKortetMed,
    ValgsvarMangler,
    ValgsvarUdeblev,
)
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.rules import GRUPPE_1, SVAR_SENEST, personer
from shared.domain.datoer import dato, plus_dage
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import INTET, SaetFrist, Udfald

Skridt = tuple[Personsag, Udfald]


def _om(sag: Personsag) -> dict[str, Any]:
    return {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}


def _startet(sag: Personsag, nu: datetime) -> ForloebStartet:
    return ForloebStartet(
        **_om(sag), kommunekode=sag.kommunekode, art=sag.art, oprettet_af="SYSTEM", startet=nu
    )  # fmt: skip


def _afsluttet(sag: Personsag, udfald: str, nu: datetime) -> ForloebAfsluttet:
    return ForloebAfsluttet(**_om(sag), kommunekode=sag.kommunekode, art=sag.art, udfald=udfald, afsluttet=nu)


def _kort_id(sag: Personsag) -> str:
    return f"{sag.forloeb_id}:kort"


def bestil_kort(sag: Personsag, besked: KortFoelger, nu: datetime) -> Skridt:
    """KORT-16, CPR-01, BET-11: a new card, free."""
    return _bestil(sag, besked.aarsag, nu)


def se_efter_svaret(sag: Personsag, _besked: ValgsvarUdeblev, nu: datetime) -> Skridt:
    """FLYT-06: the answer may stand in line behind this deadline, which then decides nothing."""
    mangler = ValgsvarMangler(**_om(sag))
    return sag, Udfald(frister=(SaetFrist(f"{sag.forloeb_id}:ValgsvarMangler", nu, mangler),))


def bestil_flyttekort(sag: Personsag, _besked: KortetErIkkeMed | ValgsvarMangler, nu: datetime) -> Skridt:
    """KORT-16: no choice brings it along."""
    return _bestil(sag, personer.FLYTNING, nu)


def _bestil(sag: Personsag, aarsag: str, nu: datetime) -> Skridt:
    kort = KortAnmodetV2(
        **_om(sag),
        kort_id=_kort_id(sag),
        cpr=sag.person.cpr,
        navn=sag.person.navn,
        adresse=sag.person.adresse,
        kommunekode=sag.kommunekode,
        aarsag=aarsag,
        gebyr_oere=personer.gebyr_oere(aarsag, dato(nu)),
        gruppe=sag.gruppe or GRUPPE_1,
        ydernummer=sag.ydernummer,
        praksisnavn=sag.praksisnavn,
        begrundelse=begrundet(KORT, aarsag),
    )
    return sag, Udfald(beskeder=(_startet(sag, nu), kort))


def lad_ophoere(sag: Personsag, besked: RettenOphoerer, nu: datetime) -> Skridt:
    """NORD-01, NORD-02, CPR-14: the new group from that day, and no doctor; the practice has one less."""
    regel = personer.ophoer(besked.grund, sag.dag)
    beskeder: list[Besked] = [_startet(sag, nu)]
    om: dict[str, Any] = {**_om(sag), "grund": besked.grund, "begrundelse": begrundet(OPHOER, besked.grund)}
    if regel.gruppe is not None and regel.gruppe != sag.gruppe:
        beskeder.append(GruppeTraadtIKraft(**om, gruppe=regel.gruppe, gyldig_fra=sag.dag))
    if sag.ydernummer is not None:
        beskeder += laegens_ophoer(_om(sag), sag.ydernummer, sag.dag, besked.grund)
    return sag, Udfald(beskeder=(*beskeder, _afsluttet(sag, "RETTEN_OPHOERT", nu)))


def laegens_ophoer(om: dict[str, Any], ydernummer: str, dag: date, grund: str) -> tuple[LaegeOphoert, PladsForlades]:
    """CPR-14, NORD-01: the doctor ends the day before, and the practice has one less."""
    hvorfor = {"grund": grund, "begrundelse": begrundet(OPHOER, grund)}
    ophoert = LaegeOphoert.model_validate({**om, **hvorfor, "ydernummer": ydernummer, "til": plus_dage(dag, -1)})
    return ophoert, PladsForlades(**om, ydernummer=ydernummer)


def overgiv(sag: Personsag, besked: SkalVurderes, nu: datetime) -> Skridt:
    """CPR-03, CPR-12: a manual task; neither group nor doctor changes by itself."""
    opgave = OpgaveAnmodet(
        **_om(sag),
        opgave_id=f"{sag.forloeb_id}:opgave",
        cpr=sag.person.cpr,
        kommunekode=sag.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=besked.aarsag,
        titel=besked.titel,
        beskrivelse=besked.beskrivelse,
    )
    udfald = Sagstilstand.OVERGIVET_TIL_SAGSBEHANDLER
    return sag, Udfald(beskeder=(_startet(sag, nu), opgave, _afsluttet(sag, udfald, nu)))


def noter(sag: Personsag, _besked: IntetFoelger, _nu: datetime) -> Skridt:
    """CPR-02, CPR-10: recorded as handled; there is no forløb to show."""
    return sag, INTET


def intet(sag: Personsag, _besked: Besked, _nu: datetime) -> Skridt:
    """Expected, and nothing follows."""
    return sag, INTET


def meld_manglende_kort(sag: Personsag, _besked: KortetUdeblev, _nu: datetime) -> Skridt:
    """The forløb still waits. FLYT-05: one task, however long it lasts: the very one that the card order asks for."""
    opgave = OpgaveAnmodet(
        **_om(sag),
        opgave_id=f"{_kort_id(sag)}:kort_forsinket",
        cpr=sag.person.cpr,
        kommunekode=sag.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag="KORT_FORSINKET",
        titel="Sundhedskort er ikke sendt",
        beskrivelse="Leverandøren har efter 30 dage ikke meldt kortet sendt. Spørg leverandøren. Forløbet venter.",
    )
    return sag, Udfald(beskeder=(opgave,))


def slut_med_kort(sag: Personsag, _besked: KortAfsendt, nu: datetime) -> Skridt:
    """KORT-17: the card is on its way."""
    return sag, Udfald(beskeder=(_afsluttet(sag, "KORT_AFSENDT", nu),))


def slut_uden_kort(sag: Personsag, _besked: KortFejlet, nu: datetime) -> Skridt:
    """There is no card; the task about it is the card's own."""
    return sag, Udfald(beskeder=(_afsluttet(sag, "KORT_FEJLET", nu),))


def stop_kortet(sag: Personsag, besked: PersonsagAnnulleres, _nu: datetime) -> Skridt:
    """KORT-09: whether there is still time is for the supplier to say."""
    stop = KortAnnulleres(**_om(sag), kort_id=_kort_id(sag), grund="ANNULLERET")
    return replace(sag, annullering=besked.kommando), Udfald(beskeder=(stop,))


def stop_for_den_der_er_vaek(sag: Personsag, _besked: PersonsagensRetOphoerte, _nu: datetime) -> Skridt:
    """CPR-14, NORD-01, KORT-09: no card for one who has left, where it can still be stopped."""
    return sag, Udfald(beskeder=(KortAnnulleres(**_om(sag), kort_id=_kort_id(sag), grund="FRAFLYTTET"),))


def stop_tilbagekaldt(sag: Personsag, _besked: PersonsagTilbagekaldes, _nu: datetime) -> Skridt:
    """CPR-10, KORT-09: no card for what did not happen, where it can still be stopped."""
    stop = KortAnnulleres(**_om(sag), kort_id=_kort_id(sag), grund="TILBAGEKALDT")
    return replace(sag, tilbagekaldt=True), Udfald(beskeder=(stop,))


def noter_tilbagekaldt(sag: Personsag, _besked: PersonsagTilbagekaldes, _nu: datetime) -> Skridt:
    """CPR-10: what is done cannot be undone here; group and doctor are for a caseworker, who has a task of it."""
    return replace(sag, tilbagekaldt=True), INTET


def annuller(sag: Personsag, besked: KortAnnulleret, nu: datetime) -> Skridt:
    """FORL-05, FORL-06: the card was stopped, or there is none; its receipt is called back."""
    udfald = Udfald(beskeder=(_afsluttet(sag, "ANNULLERET", nu),))
    if sag.annullering is not None:
        udfald += besvar(sag.annullering, sag.forloeb_id, sag.person_id, nu, (), *kortets_kvittering(besked))
    return replace(sag, annullering=None), udfald


def meld_manglende_svar(sag: Personsag, _besked: KortstopUdeblev, _nu: datetime) -> Skridt:
    """KORT-09: the supplier decides, so the cancel still waits."""
    opgave = OpgaveAnmodet(
        **_om(sag),
        opgave_id=f"{sag.forloeb_id}:annullering_forsinket",
        cpr=sag.person.cpr,
        kommunekode=sag.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag="ANNULLERING_FORSINKET",
        titel="Annullering venter på kortleverandøren",
        beskrivelse="Det er ikke oplyst, om kortet kunne stoppes. Spørg leverandøren. Forløbet venter.",
    )
    return sag, Udfald(beskeder=(opgave,))


def lad_kortet_gaa(sag: Personsag, _besked: Besked, _nu: datetime) -> Skridt:
    """KORT-09: the supplier's draw wins."""
    svar = Udfald() if sag.annullering is None else _afslag(sag.annullering, "KORT_TRUKKET")
    return replace(sag, annullering=None), svar


def lad_kortet_gaa_og_slut(sag: Personsag, besked: KortAfsendt, nu: datetime) -> Skridt:
    """KORT-09: it is on its way already."""
    efter, afslag = lad_kortet_gaa(sag, besked, nu)
    return efter, afslag + slut_med_kort(sag, besked, nu)[1]


def afvis_trukket(sag: Personsag, besked: PersonsagAnnulleres, _nu: datetime) -> Skridt:
    """KORT-09."""
    return sag, _afslag(besked.kommando, "KORT_TRUKKET")


def afvis_slut(sag: Personsag, besked: PersonsagAnnulleres, _nu: datetime) -> Skridt:
    """FORL-05: only what is running can be cancelled."""
    return sag, _afslag(besked.kommando, "IKKE_I_GANG")


def _afslag(kommando: AnnullerForloeb, grund: str) -> Udfald:
    return Udfald(beskeder=(afvist(kommando, grund),))


def _kortsvar_senest(_sag: Personsag, nu: datetime) -> datetime:
    return nu + SVAR_SENEST


def _kortet_senest(_sag: Personsag, nu: datetime) -> datetime:
    return nu + personer.KORT_SENEST


def _valgsvar_udeblev(sag: Personsag) -> ValgsvarUdeblev:
    return ValgsvarUdeblev(**_om(sag))


def _kortet_udeblev(sag: Personsag) -> KortetUdeblev:
    return KortetUdeblev(**_om(sag))


def _kortstop_udeblev(sag: Personsag) -> KortstopUdeblev:
    return KortstopUdeblev(**_om(sag))


T = Sagstilstand
VALG, BESTILT, TRUKKET, SLUT = T.AFVENTER_VALG, T.KORT_BESTILT, T.KORT_TRUKKET, T.AFSLUTTET
# fmt: off
OVERGANGE = (
    #        fra           når                  til                            gør
    Overgang(T.MODTAGET,   KortFoelger,         BESTILT,                       bestil_kort),
    Overgang(T.MODTAGET,   ValgKanTageKortetMed, VALG,                         intet),
    Overgang(VALG,         KortetErMed,         T.BEHANDLET_UDEN_HANDLING,     intet),
    Overgang(VALG,         KortetErIkkeMed,     BESTILT,                       bestil_flyttekort),
    Overgang(VALG,         ValgsvarUdeblev,     VALG,                          se_efter_svaret),
    Overgang(VALG,         ValgsvarMangler,     BESTILT,                       bestil_flyttekort),
    Overgang(T.BEHANDLET_UDEN_HANDLING, KortetErIkkeMed, BESTILT,              bestil_flyttekort),
    Overgang(T.MODTAGET,   RettenOphoerer,      SLUT,                          lad_ophoere),
    Overgang(T.MODTAGET,   SkalVurderes,        T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv),
    Overgang(T.MODTAGET,   IntetFoelger,        T.BEHANDLET_UDEN_HANDLING,     noter),
    Overgang(T.BEHANDLET_UDEN_HANDLING, KortFoelger, BESTILT,                  bestil_kort),

    Overgang(BESTILT,      KortBestiltV2,       BESTILT,                       intet),
    Overgang(BESTILT,      KortTrukket,         TRUKKET,                       intet),
    Overgang(BESTILT,      KortAfsendt,         SLUT,                          slut_med_kort),
    Overgang(BESTILT,      KortFejlet,          SLUT,                          slut_uden_kort),
    Overgang(BESTILT,      KortetUdeblev,       BESTILT,                       meld_manglende_kort),
    Overgang(TRUKKET,      KortetUdeblev,       TRUKKET,                       meld_manglende_kort),
    Overgang(TRUKKET,      KortAfsendt,         SLUT,                          slut_med_kort),
    Overgang(TRUKKET,      KortFejlet,          SLUT,                          slut_uden_kort),

    Overgang(BESTILT,      PersonsagAnnulleres, T.ANNULLERES,                  stop_kortet),
    Overgang(TRUKKET,      PersonsagAnnulleres, TRUKKET,                       afvis_trukket),
    Overgang(T.ANNULLERES, PersonsagAnnulleres, T.ANNULLERES,                  afvis_slut),
    Overgang(T.ANNULLERES, KortAnnulleret,      T.ANNULLERET,                  annuller),
    Overgang(T.ANNULLERES, KortFejlet,          T.ANNULLERES,                  intet),
    Overgang(T.ANNULLERES, KortstopUdeblev,     T.ANNULLERES,                  meld_manglende_svar),
    Overgang(T.ANNULLERES, KortIkkeAnnulleret,  TRUKKET,                       lad_kortet_gaa),
    Overgang(T.ANNULLERES, KortTrukket,         TRUKKET,                       lad_kortet_gaa),
    Overgang(T.ANNULLERES, KortAfsendt,         SLUT,                          lad_kortet_gaa_og_slut),
    Overgang(T.ANNULLERES, KortBestiltV2,       T.ANNULLERES,                  intet),

    Overgang(VALG,         PersonsagTilbagekaldes, T.TILBAGEKALDT,             noter_tilbagekaldt),
    Overgang(T.BEHANDLET_UDEN_HANDLING, PersonsagTilbagekaldes, T.TILBAGEKALDT, noter_tilbagekaldt),
    Overgang(BESTILT,      PersonsagTilbagekaldes, T.ANNULLERES,               stop_tilbagekaldt),
    Overgang(BESTILT,      PersonsagensRetOphoerte, T.ANNULLERES,              stop_for_den_der_er_vaek),
)
# fmt: on
_BAGEFTER = (
    *(
        Overgang(i, PersonsagAnnulleres, i, afvis_slut)
        for i in (
            VALG,
            SLUT,
            T.ANNULLERET,
            T.BEHANDLET_UDEN_HANDLING,
            T.OVERGIVET_TIL_SAGSBEHANDLER,
            T.TILBAGEKALDT,
        )
    ),
    *(
        Overgang(i, PersonsagTilbagekaldes, i, noter_tilbagekaldt)
        for i in (TRUKKET, T.ANNULLERES, SLUT, T.ANNULLERET, T.OVERGIVET_TIL_SAGSBEHANDLER, T.TILBAGEKALDT)
    ),
    *(
        Overgang(i, naar, i, intet)
        for i in (TRUKKET, SLUT, T.ANNULLERES, T.ANNULLERET, T.TILBAGEKALDT)
        for naar in (KortetErMed, KortetErIkkeMed, ValgsvarUdeblev)
    ),
    *(
        Overgang(i, naar, i, intet)
        for i in (TRUKKET, SLUT, T.ANNULLERET)
        for naar in (KortBestiltV2, KortTrukket, KortAnnulleret, KortIkkeAnnulleret, KortstopUdeblev)
    ),
    *(
        Overgang(i, naar, i, intet)
        for i, naar in (
            (T.BEHANDLET_UDEN_HANDLING, ValgsvarUdeblev),
            (BESTILT, ValgsvarUdeblev),
            (T.BEHANDLET_UDEN_HANDLING, ValgsvarMangler),
            (BESTILT, ValgsvarMangler),
            (T.ANNULLERES, KortetUdeblev),
            (SLUT, KortetUdeblev),
            (T.ANNULLERET, KortetUdeblev),
            (BESTILT, KortetErMed),
            (BESTILT, KortetErIkkeMed),
        )
    ),
    *(Overgang(i, naar, i, intet) for i in (SLUT, T.ANNULLERET) for naar in (KortAfsendt, KortFejlet)),
    *(Overgang(i, PersonsagensRetOphoerte, i, intet) for i in T if i not in (T.MODTAGET, BESTILT)),
)
"""What comes when it is over, or in another order than it happened."""
FRISTER = (
    #     i             hvornår           sker               besked
    Frist(VALG, _kortsvar_senest, _valgsvar_udeblev, ValgsvarUdeblev),
    Frist(BESTILT, _kortet_senest, _kortet_udeblev, KortetUdeblev),
    Frist(TRUKKET, _kortet_senest, _kortet_udeblev, KortetUdeblev),
    Frist(T.ANNULLERES, _kortsvar_senest, _kortstop_udeblev, KortstopUdeblev),
)
PERSONSAG = Forloeb(
    "personsag",
    start=T.MODTAGET,
    overgange=(*OVERGANGE, *_BAGEFTER),
    frister=FRISTER,
    endelige=(T.BEHANDLET_UDEN_HANDLING,),
)
