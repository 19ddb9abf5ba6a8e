"""What the tasks do with each message. The order key is the task."""

from datetime import datetime
from typing import Any

from contracts.opgave import (
    AfslutOpgave,
    FlytOpgavefrist,
    OpgaveAnmodet,
    OpgaveAnmodetV2,
    Opgavekommando,
    OpgavetypeV2,
    OpretOpgave,
    RetOpgavetekst,
    TildelOpgave,
)
from services.opgaver import rules
from services.opgaver.forloeb import OPGAVE, Opgave, OpgavefristUdloeb, Opgavetilstand, aftryk, afvist
from services.opgaver.handlers.faelles import (
    Indstillinger,
    adgang,
    er_kendt,
    global_noegle,
    lokal_noegle,
    svarkommune,
    tjeneste,
)
from services.opgaver.rules import AFSLAG, Afslag
from services.opgaver.store import FRISTINDSTILLINGER, OPGAVER
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald


def _indstillinger(besked: OpgaveAnmodet | OpgaveAnmodetV2 | OpretOpgave) -> tuple[str, ...]:
    """The settings that the deadline of a new task is made from."""
    if isinstance(besked, OpretOpgave):
        kommune = rules.kommune(besked.kommunekode)
        return (global_noegle(OpgavetypeV2.ADHOC), lokal_noegle(kommune or besked.kommunekode))
    return (global_noegle(OpgavetypeV2(besked.opgavetype)),)


# --- requests by the services ----------------------------------------------------------------------------------------


@tjeneste.naar(OpgaveAnmodet, laeser=(OPGAVER.en(), FRISTINDSTILLINGER.flere(_indstillinger)))
@tjeneste.naar(OpgaveAnmodetV2, laeser=(OPGAVER.en(), FRISTINDSTILLINGER.flere(_indstillinger)))
def naar_opgave_er_anmodet(
    besked: OpgaveAnmodet | OpgaveAnmodetV2, opgave: Opgave | None, sat: Indstillinger, nu: datetime
) -> Udfald:
    """One task per `opgave_id`, in the queue of the municipality; asked for again, also when closed, nothing happens.

    OPG-04: the CPR number stands on the task where it is about one person and the asker knows the number.
    Raises `UventetBesked` for an ad hoc task: a caseworker makes those.
    """
    if opgave is not None:
        return INTET
    opgavetype = OpgavetypeV2(besked.opgavetype)
    if opgavetype is OpgavetypeV2.ADHOC:
        raise UventetBesked(OPGAVE.navn, "ADHOC", type(besked).__name__)
    personer = (besked.person_id,) if isinstance(besked, OpgaveAnmodet) else tuple(dict.fromkeys(besked.person_ider))
    ny = Opgave(
        opgave_id=besked.opgave_id,
        forloeb_id=besked.forloeb_id,
        cpr=rules.vist_cpr(personer, besked.cpr),
        kommunekode=rules.ansvarlig_kommune(besked.kommunekode),
        opgavetype=opgavetype,
        aarsag=besked.aarsag,
        titel=besked.titel,
        beskrivelse=besked.beskrivelse,
        oprettet=nu,
        frist=rules.opgavefrist(opgavetype, besked.aarsag, nu, _dage(sat, global_noegle(opgavetype))),
        tilstand=Opgavetilstand.MODTAGET,
        person_ider=personer,
    )
    return OPGAVE.skridt(ny, besked, nu)


def _dage(sat: Indstillinger, noegle: str) -> int | None:
    return sat[noegle].dage if noegle in sat else None


@tjeneste.naar(OpgavefristUdloeb, laeser=OPGAVER.en())
def naar_fristen_er_udloebet(besked: OpgavefristUdloeb, opgave: Opgave | None, nu: datetime) -> Udfald:
    """The task is overdue; it stays in its queue."""
    if opgave is None:
        raise UventetBesked(OPGAVE.navn, "UKENDT", type(besked).__name__)
    return OPGAVE.skridt(opgave, besked, nu)


# --- commands of the municipalities ----------------------------------------------------------------------------------


@tjeneste.naar(OpretOpgave, laeser=(OPGAVER.en(), FRISTINDSTILLINGER.flere(_indstillinger)))
def naar_ad_hoc_opgave_oprettes(besked: OpretOpgave, opgave: Opgave | None, sat: Indstillinger, nu: datetime) -> Udfald:
    """OPG-10, OPG-11, OPG-12: a task of the municipality's own; its deadline is its own, the local or the global."""
    kommune = svarkommune(besked, *_navngivne(besked))
    if opgave is not None and er_kendt(opgave.kommandoer, besked):
        return INTET
    adhoc = OpgavetypeV2.ADHOC
    afslag = adgang(besked, nu) or (AFSLAG["OPGAVE_FINDES"] if opgave is not None else None)
    afslag = afslag or rules.person_afslag(*besked.person_ider)
    afslag = afslag or rules.tekst_afslag(adhoc, besked.titel, besked.beskrivelse)
    if afslag is None and besked.frist is not None:
        afslag = rules.egen_frist_afslag(adhoc, besked.frist, besked.afgivet)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, kommune, afslag, nu),))
    faelles = rules.opgavefrist(
        adhoc, "", besked.afgivet, _dage(sat, global_noegle(adhoc)), _dage(sat, lokal_noegle(kommune))
    )
    personer = tuple(dict.fromkeys(besked.person_ider))
    ny = Opgave(
        opgave_id=besked.opgave_id,
        forloeb_id=besked.opgave_id,
        cpr=rules.vist_cpr(personer, besked.cpr),
        kommunekode=kommune,
        opgavetype=adhoc,
        aarsag=adhoc.value,
        titel=besked.titel,
        beskrivelse=besked.beskrivelse,
        oprettet=besked.afgivet,
        frist=faelles if besked.frist is None else rules.sidste_dag_er_ovre(besked.frist),
        tilstand=Opgavetilstand.MODTAGET,
        person_ider=personer,
        oprettet_af=besked.aktoer,
        kommandoer={besked.kommando_id: aftryk(besked)},
    )
    return OPGAVE.skridt(ny, besked, nu)


@tjeneste.naar(TildelOpgave, laeser=OPGAVER.en())
@tjeneste.naar(FlytOpgavefrist, laeser=OPGAVER.en())
@tjeneste.naar(RetOpgavetekst, laeser=OPGAVER.en())
@tjeneste.naar(AfslutOpgave, laeser=OPGAVER.en())
def naar_opgaven_behandles(besked: Opgavekommando, opgave: Opgave | None, nu: datetime) -> Udfald:
    """OPG-02: by anybody of the task's own municipality; another's is answered as one that does not exist."""
    kommune = svarkommune(besked, *_navngivne(besked))
    if afslag := adgang(besked, nu):
        return Udfald(beskeder=(afvist(besked, kommune, afslag, nu),))
    if opgave is None or opgave.kommunekode != kommune:
        return Udfald(beskeder=(afvist(besked, kommune, AFSLAG["UKENDT_OPGAVE"], nu),))
    if er_kendt(opgave.kommandoer, besked):
        return INTET
    if besked.kommando_id in opgave.kommandoer:
        return Udfald(beskeder=(afvist(besked, kommune, AFSLAG["KOMMANDO_ID_BRUGT"], nu),))
    if opgave.tilstand is not Opgavetilstand.AFSLUTTET and (nej := _indhold(besked, opgave)) is not None:
        return Udfald(beskeder=(afvist(besked, kommune, nej, nu),))
    return OPGAVE.skridt(opgave, besked, nu)


def _navngivne(besked: Opgavekommando) -> tuple[str, ...]:
    return (besked.sagsbehandler,) if isinstance(besked, TildelOpgave) else ()


def _indhold(besked: Any, opgave: Opgave) -> Afslag | None:
    """What the type of the task, or the content of the command, forbids."""
    if isinstance(besked, FlytOpgavefrist):
        return rules.egen_frist_afslag(opgave.opgavetype, besked.frist, besked.afgivet)
    if isinstance(besked, RetOpgavetekst):
        return rules.tekst_afslag(opgave.opgavetype, besked.titel, besked.beskrivelse)
    return rules.cpr_afslag(besked.begrundelse) if isinstance(besked, AfslutOpgave) else None
