"""What is done with a setting of deadlines. The order key is what is set."""

from dataclasses import replace
from datetime import datetime

from contracts.konfig import (
    GlobalOpgavefristSat,
    KonfigkommandoAfvist,
    LokalOpgavefristSat,
    SaetGlobalOpgavefrist,
    SaetLokalOpgavefrist,
)
from services.opgaver import rules
from services.opgaver.forloeb import huskede
from services.opgaver.handlers.faelles import er_kendt, global_noegle, lokal_noegle, tjeneste
from services.opgaver.rules import AFSLAG, Afslag
from services.opgaver.store import FRISTINDSTILLINGER, Fristindstilling
from shared.domain.cpr import ligner_cpr
from shared.domain.forloeb import UventetBesked
from shared.domain.hjemmel import Hjemmel
from shared.domain.udfald import INTET, Udfald

Konfig = SaetGlobalOpgavefrist | SaetLokalOpgavefrist


def _global_af(besked: SaetGlobalOpgavefrist) -> str:
    return global_noegle(besked.opgavetype)


def _lokal_af(besked: SaetLokalOpgavefrist) -> str:
    return lokal_noegle(_kommune(besked))


def _kommune(besked: SaetLokalOpgavefrist) -> str:
    """Whose it is: of Christiansø it is Bornholm, as for its tasks (OPG-02)."""
    return rules.kommune(besked.kommunekode) or besked.kommunekode


@tjeneste.naar(SaetGlobalOpgavefrist, laeser=FRISTINDSTILLINGER.en(_global_af), ordensnoegle=_global_af)
def naar_global_opgavefrist_saettes(
    besked: SaetGlobalOpgavefrist, foer: Fristindstilling | None, nu: datetime
) -> Udfald:
    """OPG-09: only the central role, and for all 98 municipalities; tasks that are there keep what they have."""
    hjemmel = Hjemmel("OPG-09")
    afslag = _konfigadgang(besked, rules.GLOBAL, nu) or rules.dage_afslag(besked.dage, hjemmel)
    ny = _ny(besked, _global_af(besked))
    sat = GlobalOpgavefristSat(
        kommando_id=besked.kommando_id,
        opgavetype=besked.opgavetype,
        dage=besked.dage,
        sat_af=besked.aktoer,
        sat=besked.afgivet,
    )
    return _saet(besked, foer, ny, sat, afslag, nu)


@tjeneste.naar(SaetLokalOpgavefrist, laeser=FRISTINDSTILLINGER.en(_lokal_af), ordensnoegle=_lokal_af)
def naar_lokal_opgavefrist_saettes(besked: SaetLokalOpgavefrist, foer: Fristindstilling | None, nu: datetime) -> Udfald:
    """OPG-10: one deadline for all ad hoc tasks of the municipality; it overrides nothing else."""
    hjemmel = Hjemmel("OPG-10")
    ukendt = AFSLAG["UKENDT_KOMMUNE"] if rules.kommune(besked.kommunekode) is None else None
    afslag = _konfigadgang(besked, rules.LOKAL, nu) or ukendt or rules.dage_afslag(besked.dage, hjemmel)
    sat = LokalOpgavefristSat(
        kommando_id=besked.kommando_id,
        kommunekode=_kommune(besked),
        dage=besked.dage,
        sat_af=besked.aktoer,
        sat=besked.afgivet,
    )
    return _saet(besked, foer, _ny(besked, _lokal_af(besked)), sat, afslag, nu)


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
    """KONF-01: the newest wins, by the time it was given, then by id, in whatever order they are read.

    One that was carried out, or came too late, is not answered again when it is sent again.
    """
    kendte = {} if foer is None else foer.kommandoer
    if er_kendt(kendte, besked) or (foer is not None and ny == replace(foer, kommandoer={})):
        return INTET
    if afslag is not None:
        return Udfald(beskeder=(_afvist(besked, afslag, nu),))
    husket = huskede(kendte, besked)
    if foer is None or _alder(ny) > _alder(foer):
        return Udfald(raekker=(replace(ny, kommandoer=husket),), beskeder=(sat,))
    foraeldet = _afvist(besked, AFSLAG["FORAELDET"], nu)
    return Udfald(raekker=(replace(foer, kommandoer=husket),), beskeder=(foraeldet,))


def _alder(indstilling: Fristindstilling) -> tuple[datetime, str, int]:
    return indstilling.sat, indstilling.kommando_id, indstilling.dage


def _afvist(besked: Konfig, afslag: Afslag, nu: datetime) -> KonfigkommandoAfvist:
    return KonfigkommandoAfvist(
        kommando_id=besked.kommando_id,
        kommando=type(besked).__name__,
        aktoer=besked.aktoer,
        grund=afslag.grund,
        tekst=afslag.tekst,
        hjemmel=str(afslag.hjemmel),
        afvist=nu,
    )
