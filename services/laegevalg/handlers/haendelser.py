"""What is done with each message about what happened to a person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts.person import (
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonForsvundet,
    PersonHaendelseRettet,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
from services.laegevalg import rules
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb import flyttegebyr, flyttevalg, haendelse, navneskift, rettelse
from services.laegevalg.forloeb.beskeder import Valg
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import (
    HaendelseVenter,
    KorteneStoppes,
    KortetErIkkeMed,
    KortetErMed,
    KortetUdeblev,
    KortstopUdeblev,
    Personsag,
    PersonsagAnnulleres,
    Personsagsbesked,
    PersonsagTilbagekaldes,
    RettenErOphoert,
    RettenOphoerer,
    Sagsart,
    ValgKanTageKortetMed,
    ValgsvarMangler,
    ValgsvarUdeblev,
)
from services.laegevalg.forloeb.sagsbeskeder import Sag
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.vilkaar import MeldtFlytning
from services.laegevalg.handlers.faelles import naar, registrer
from services.laegevalg.handlers.fraflytning import afbryd
from services.laegevalg.store import (
    OPGIVNE_IDERS_PERSONSAGER,
    PERSONSAGER,
    SAGER,
    SAGER_I_GANG,
    SIKREDE,
    VALG,
    VALG_I_GANG,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald


@naar(
    PersonFlyttet, PersonSkiftetNavn, PersonSkiftetNummer, PersonUdrejst, PersonDoed, PersonForsvundet,
    PersonAfsoningMeldt, PersonVaernepligtMeldt, HaendelseVenter,
    laeser=(
        SIKREDE.en(), PERSONSAGER.flere(haendelse.sag_ider), SAGER.soeg(SAGER_I_GANG), VALG.soeg(VALG_I_GANG),
    ),
)  # fmt: skip
def naar_der_er_sket_personen_noget(
    fortalt: haendelse.Haendelse | HaendelseVenter, sikret: Sikret | None, kendte: Mapping[str, Personsag],
    sager: Mapping[str, Sag], valg: Mapping[str, Valg], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-09: once, however often it is told. FLYT-02: no choice of doctor ends by a move inside Denmark."""
    besked, hjem = haendelse.haendelsen(fortalt), sikret.boede_i if sikret else None
    noteret, meldt = _med_flytning(besked, sikret), _meldt(besked, sikret, nu)
    forloeb_id = rettelse.ledig(besked, haendelse.sag_ider(besked), kendte)
    sikring, praksisnavn = (sikret.sikring, sikret.praksisnavn) if sikret else (rules.Sikring(), "")
    if forloeb_id is None:
        vaek = _bor_ikke_her(sikret)
        viet = navneskift.efter_vielsen(besked, kendte.values(), sikring, praksisnavn, hjem, nu, vaek=vaek)
        if viet is not None:
            return PERSONSAG.skridt(*viet, nu)
        return meldt if noteret is None or noteret == sikret else Udfald(raekker=(noteret,)) + meldt
    if haendelse.kommunen(besked, hjem) is None:
        if sikret is not None and haendelse.intet_at_ophoere(besked):
            return afbryd(sikret, besked.person.status, sager.values(), valg.values(), nu)
        intet = _bor_ikke_her(sikret) or haendelse.er_til_vurdering_i_groenland(besked)
        return INTET if intet else Udfald(frister=(haendelse.vent(fortalt, nu),))
    sag = replace(haendelse.ny_sag(besked, sikring, praksisnavn, hjem, nu), forloeb_id=forloeb_id)
    aabne = sikret.aabne_valg if sikret else ()
    foelger = haendelse.hvad_foelger(besked, sag, sikring, bool(aabne), vaek=_bor_ikke_her(sikret))
    skridt = PERSONSAG.skridt(sag, foelger, nu) + meldt
    if aabne and isinstance(foelger, ValgKanTageKortetMed):
        til = besked.til_kommunekode if isinstance(besked, PersonFlyttet) else None
        flyttede = sig.PersonenFlyttede(
            forloeb_id=aabne[-1], person_id=sag.person_id, flyttesag=sag.forloeb_id, dag=sag.dag, til_kommunekode=til
        )
        skridt += Udfald(frister=(SaetFrist(f"{sag.forloeb_id}:PersonenFlyttede", nu, flyttede),))
    if noteret is None:
        return skridt
    ny = registrer(noteret, skridt.beskeder, nu)
    if isinstance(foelger, RettenOphoerer):
        om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "dag": sag.dag, "grund": foelger.grund}
        for type_ in (RettenErOphoert, KorteneStoppes):
            igen = type_.model_validate({**om, "ophoert": nu})
            skridt += Udfald(frister=(SaetFrist(f"{sag.forloeb_id}:{type_.__name__}", nu, igen),))
        return skridt + afbryd(ny, besked.person.status, sager.values(), valg.values(), nu)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


def _bor_ikke_her(sikret: Sikret | None) -> bool:
    """CPR-14, NORD-01: as his state says; it may be newer than what is told."""
    return sikret is not None and sikret.person is not None and rules.er_fraflyttet(sikret.person.status)


def _med_flytning(besked: haendelse.Haendelse, sikret: Sikret | None) -> Sikret | None:
    """FLYT-01, CPR-06: an order that is still to come finds the move noted, until CPR has the person there."""
    if sikret is None or not isinstance(besked, PersonFlyttet):
        return sikret
    til = besked.til_kommunekode
    ny = None if til == sikret.kommunekode else MeldtFlytning(til_kommunekode=til, dag=besked.flyttedato)
    return sikret if ny == sikret.meldt_flytning else replace(sikret, meldt_flytning=ny)


def _meldt(besked: haendelse.Haendelse, sikret: Sikret | None, nu: datetime) -> Udfald:
    """FLYT-01: the choices that wait for the move hear of it. BET-13: and those it makes free."""
    if sikret is None or not isinstance(besked, PersonFlyttet):
        return INTET
    ventende = flyttevalg.meldt_til(sikret.aabne_valg, besked, nu)
    if haendelse.art_af(besked) is not Sagsart.FLYTNING:
        return ventende
    return ventende + flyttegebyr.meld(haendelse.sag_id(besked), sikret, besked.flyttedato, nu)


def _flytning_trukket(besked: PersonFlytningTilbagekaldt, sikret: Sikret | None, nu: datetime) -> Udfald:
    """FLYT-01: what rests on the move falls with it."""
    if sikret is None:
        return INTET
    meldt = sikret.meldt_flytning
    glemt = (
        (replace(sikret, meldt_flytning=None),) if meldt is not None and meldt.dag == besked.flyttedato else ()
    )  # fmt: skip
    return Udfald(raekker=glemt) + flyttevalg.trukket_for(sikret.aabne_valg, besked, nu)


@naar(
    PersonHaendelseRettet, PersonFlytningTilbagekaldt,
    laeser=(SIKREDE.en(), PERSONSAGER.flere(rettelse.sag_ider), PERSONSAGER.soeg(OPGIVNE_IDERS_PERSONSAGER)),
)  # fmt: skip
def naar_det_ikke_er_sket(
    besked: rettelse.Rettelse, sikret: Sikret | None, kendte: Mapping[str, Personsag],
    opgivnes: Mapping[str, Personsag], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-10, CPR-07: the card is stopped if it can be; a corrected name has one with the right name instead."""
    kendte = {**kendte, **rettelse.under_opgivne(besked, opgivnes)}
    udfald = _flytning_trukket(besked, sikret, nu) if isinstance(besked, PersonFlytningTilbagekaldt) else INTET
    for sag in rettelse.tilbagekaldte(besked, kendte):
        om = PersonsagTilbagekaldes(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        udfald += PERSONSAG.skridt(sag, om, nu)
    ny = rettelse.rettet_navn(besked, kendte, sikret.sikring if sikret else rules.Sikring(), nu)
    return udfald if ny is None else udfald + PERSONSAG.skridt(*ny, nu)


@naar(
    KortetErMed, KortetErIkkeMed, KortstopUdeblev, KortetUdeblev, ValgsvarUdeblev, ValgsvarMangler, PersonsagAnnulleres,
    laeser=(SIKREDE.en(), PERSONSAGER.en()),
)  # fmt: skip
def naar_personsagen_skal_videre(
    besked: Personsagsbesked,
    sikret: Sikret | None,
    sag: Personsag | None,
    nu: datetime,
) -> Udfald:
    """The table decides. A card that comes after all goes to where the person lives now, if it still is Denmark."""
    if sag is None:
        raise UventetBesked(PERSONSAG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    if isinstance(besked, KortetErIkkeMed | ValgsvarMangler) and sikret is not None and sikret.person is not None:
        if _bor_ikke_her(sikret):
            return INTET
        sag = haendelse.med_nyeste(sag, sikret.person, sikret.sikring, sikret.praksisnavn)
    udfald = PERSONSAG.skridt(sag, besked, nu)
    return replace(udfald, beskeder=()) if isinstance(besked, KortetUdeblev) and _er_doed(sikret) else udfald


def _er_doed(sikret: Sikret | None) -> bool:
    """CPR-14: nobody is asked to find out where the card of one who is dead has got to."""
    return sikret is not None and sikret.person is not None and sikret.person.status == rules.DOED
