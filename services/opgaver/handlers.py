"""What the tasks do with each message. The order key is the task; of a setting it is what is set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.kommuner import KOMMUNER
from contracts.konfig import (
    GlobalOpgavefristSat,
    KonfigkommandoAfvist,
    LokalOpgavefristSat,
    SaetGlobalOpgavefrist,
    SaetLokalOpgavefrist,
)
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
from services.opgaver.rules import AFSLAG, Afslag
from services.opgaver.store import FRISTINDSTILLINGER, OPGAVER, Fristindstilling
from shared.domain.cpr import ligner_cpr
from shared.domain.forloeb import UventetBesked
from shared.domain.hjemmel import Hjemmel
from shared.domain.udfald import INTET, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "opgaver",
    emner=("opgaver.anmodninger", "opgaver.kommandoer", "konfig.kommandoer"),
    tabeller=(OPGAVER, FRISTINDSTILLINGER),
    ordensnoegle="opgave_id",
)
Indstillinger = Mapping[str, Fristindstilling]
Konfig = SaetGlobalOpgavefrist | SaetLokalOpgavefrist


def _indstillinger(besked: OpgaveAnmodet | OpgaveAnmodetV2 | OpretOpgave) -> tuple[str, ...]:
    """The settings that the deadline of a new task is made from."""
    if isinstance(besked, OpretOpgave):
        kommune = rules.kommune(besked.kommunekode)
        return (_global(OpgavetypeV2.ADHOC), _lokal(kommune or besked.kommunekode))
    return (_global(OpgavetypeV2(besked.opgavetype)),)


def _global(opgavetype: OpgavetypeV2) -> str:
    return f"global:{opgavetype}"


def _lokal(kommunekode: str) -> str:
    return f"lokal:{kommunekode}"


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
        frist=rules.opgavefrist(opgavetype, besked.aarsag, nu, _dage(sat, _global(opgavetype))),
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
    kommune = _kommune(besked)
    if opgave is not None and _er_kendt(opgave, besked):
        return INTET
    adhoc = OpgavetypeV2.ADHOC
    afslag = _adgang(besked, nu) or (AFSLAG["OPGAVE_FINDES"] if opgave is not None else None)
    afslag = afslag or rules.tekst_afslag(adhoc, besked.titel, besked.beskrivelse)
    if afslag is None and besked.frist is not None:
        afslag = rules.egen_frist_afslag(adhoc, besked.frist, besked.afgivet)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, kommune, afslag, nu),))
    faelles = rules.opgavefrist(adhoc, "", besked.afgivet, _dage(sat, _global(adhoc)), _dage(sat, _lokal(kommune)))
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
    """OPG-02: by anybody of the task's own municipality. What is refused is told to the one who asked."""
    kommune = _kommune(besked)
    afslag = _adgang(besked, nu) or _opgavens(opgave, kommune)
    if afslag is not None or opgave is None:
        return Udfald(beskeder=(afvist(besked, kommune, afslag or AFSLAG["UKENDT_OPGAVE"], nu),))
    if _er_kendt(opgave, besked):
        return INTET
    if besked.kommando_id in opgave.kommandoer:
        return Udfald(beskeder=(afvist(besked, kommune, AFSLAG["KOMMANDO_ID_BRUGT"], nu),))
    if opgave.tilstand is not Opgavetilstand.AFSLUTTET and (nej := _indhold(besked, opgave)) is not None:
        return Udfald(beskeder=(afvist(besked, kommune, nej, nu),))
    return OPGAVE.skridt(opgave, besked, nu)


def _kommune(besked: Opgavekommando) -> str:
    """The municipality to answer. Raises `UventetBesked` where none can be answered, or the answer would hold a CPR."""
    ider = (besked.recordnoegle(), besked.kommando_id, besked.aktoer, *_navngivne(besked))
    if any(ligner_cpr(i) for i in ider):
        raise UventetBesked(OPGAVE.navn, "CPR_I_ID", type(besked).__name__)
    kommune = rules.kommune(besked.kommunekode)
    if kommune is None:
        raise UventetBesked(OPGAVE.navn, "UKENDT_KOMMUNE", type(besked).__name__)
    return kommune


def _navngivne(besked: Opgavekommando) -> tuple[str, ...]:
    return (besked.sagsbehandler,) if isinstance(besked, TildelOpgave) else ()


def _adgang(besked: Opgavekommando, nu: datetime) -> Afslag | None:
    afslag = rules.bemyndigelse(besked.kanal, besked.rolle, rules.SAGSBEHANDLING)
    return afslag or rules.tidspunkt_afslag(besked.afgivet, nu)


def _opgavens(opgave: Opgave | None, kommune: str) -> Afslag | None:
    """OPG-02: access is per municipality."""
    if opgave is None:
        return AFSLAG["UKENDT_OPGAVE"]
    return None if opgave.kommunekode == kommune else AFSLAG["ANDEN_KOMMUNE"]


def _er_kendt(opgave: Opgave, besked: Opgavekommando) -> bool:
    """The same command sent again."""
    return opgave.kommandoer.get(besked.kommando_id) == aftryk(besked)


def _indhold(besked: Any, opgave: Opgave) -> Afslag | None:
    """What the type of the task, or the content of the command, forbids."""
    if isinstance(besked, FlytOpgavefrist):
        return rules.egen_frist_afslag(opgave.opgavetype, besked.frist, besked.afgivet)
    if isinstance(besked, RetOpgavetekst):
        return rules.tekst_afslag(opgave.opgavetype, besked.titel, besked.beskrivelse)
    return rules.cpr_afslag(besked.begrundelse) if isinstance(besked, AfslutOpgave) else None


# --- settings --------------------------------------------------------------------------------------------------------


def _global_noegle(besked: SaetGlobalOpgavefrist) -> str:
    return _global(besked.opgavetype)


def _lokal_noegle(besked: SaetLokalOpgavefrist) -> str:
    return _lokal(besked.kommunekode)


@tjeneste.naar(SaetGlobalOpgavefrist, laeser=FRISTINDSTILLINGER.en(_global_noegle), ordensnoegle=_global_noegle)
def naar_global_opgavefrist_saettes(
    besked: SaetGlobalOpgavefrist, foer: Fristindstilling | None, nu: datetime
) -> Udfald:
    """OPG-09: only the central role, and for all 98 municipalities; tasks that are there keep what they have."""
    hjemmel = Hjemmel("OPG-09")
    afslag = _konfigadgang(besked, rules.GLOBAL, nu) or rules.dage_afslag(besked.dage, hjemmel)
    ny = _ny(besked, _global_noegle(besked))
    sat = GlobalOpgavefristSat(
        kommando_id=besked.kommando_id,
        opgavetype=besked.opgavetype,
        dage=besked.dage,
        sat_af=besked.aktoer,
        sat=besked.afgivet,
    )
    return _saet(besked, foer, ny, sat, afslag, nu)


@tjeneste.naar(SaetLokalOpgavefrist, laeser=FRISTINDSTILLINGER.en(_lokal_noegle), ordensnoegle=_lokal_noegle)
def naar_lokal_opgavefrist_saettes(besked: SaetLokalOpgavefrist, foer: Fristindstilling | None, nu: datetime) -> Udfald:
    """OPG-10: one deadline for all ad hoc tasks of the municipality; it overrides nothing else."""
    hjemmel = Hjemmel("OPG-10")
    ukendt = None if besked.kommunekode in KOMMUNER else AFSLAG["UKENDT_KOMMUNE"]
    afslag = _konfigadgang(besked, rules.LOKAL, nu) or ukendt or rules.dage_afslag(besked.dage, hjemmel)
    sat = LokalOpgavefristSat(
        kommando_id=besked.kommando_id,
        kommunekode=besked.kommunekode,
        dage=besked.dage,
        sat_af=besked.aktoer,
        sat=besked.afgivet,
    )
    return _saet(besked, foer, _ny(besked, _lokal_noegle(besked)), sat, afslag, nu)


def _konfigadgang(besked: Konfig, hvad: str, nu: datetime) -> Afslag | None:
    """Raises `UventetBesked` where an answer would repeat a CPR number."""
    if ligner_cpr(besked.kommando_id) or ligner_cpr(besked.aktoer):
        raise UventetBesked("konfig", "CPR_I_ID", type(besked).__name__)
    return rules.bemyndigelse(besked.kanal, besked.rolle, hvad) or rules.tidspunkt_afslag(besked.afgivet, nu)


def _ny(besked: Konfig, noegle: str) -> Fristindstilling:
    return Fristindstilling(noegle, besked.dage, besked.kommando_id, besked.aktoer, besked.afgivet)


def _saet(
    besked: Konfig,
    foer: Fristindstilling | None,
    ny: Fristindstilling,
    sat: GlobalOpgavefristSat | LokalOpgavefristSat,
    afslag: Afslag | None,
    nu: datetime,
) -> Udfald:
    """The newest wins, by the time it was given, in whatever order they are read."""
    if afslag is None and foer is not None and ny.sat <= foer.sat:
        if ny == foer:
            return INTET
        afslag = AFSLAG["FORAELDET"]
    if afslag is None:
        return Udfald(raekker=(ny,), beskeder=(sat,))
    nej = KonfigkommandoAfvist(
        kommando_id=besked.kommando_id,
        kommando=type(besked).__name__,
        aktoer=besked.aktoer,
        grund=afslag.grund,
        tekst=afslag.tekst,
        hjemmel=str(afslag.hjemmel),
        afvist=nu,
    )
    return Udfald(beskeder=(nej,))
