"""CPR-16: a paid look-up, from the caseworker's command to CPR's answer.

CPR is asked once for each `opslag_id`; an answer that is lost is asked about under the same key, and never paid again.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Id, Oejeblik
from contracts.cpr import CprPerson
from contracts.cpr_opslag import (
    CprOpslagAfvist,
    CprOpslagBestilt,
    CprOpslagFejlet,
    CprOpslagIkkeFundet,
    CprOpslagssvar,
    CprOpslagUafklaret,
    CprOpslagUdfoert,
)
from services.cpr_events.rules import opslag as rules
from services.cpr_events.rules.billede import PersonSlaaetOp
from shared.domain.datoer import dato
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, OenskEffekt, Udfald

ART = "cpr.opslag"
"""The kind of effect."""


class Opslagstilstand(StrEnum):
    """What the look-up waits for, or what became of it."""

    MODTAGET = "MODTAGET"
    AFVENTER_SVAR = "AFVENTER_SVAR"
    UAFKLARET = "UAFKLARET"
    """No answer in time; the caseworker has been told."""
    UDFOERT = "UDFOERT"
    IKKE_FUNDET = "IKKE_FUNDET"
    FEJLET = "FEJLET"
    OPGIVET = "OPGIVET"
    """No answer for a day; one that comes after all still counts."""


@dataclass(frozen=True, slots=True)
class CprOpslag:
    """One look-up that was ordered, with who and why."""

    opslag_id: str
    noegle: str
    """Record key of the answers: the HMAC of the number."""
    ordensnoegle: str
    cpr: str
    kanal: str
    aktoer: str
    rolle: str
    kommunekode: str
    grund: str
    bestilt: datetime
    modtaget: datetime
    tilstand: Opslagstilstand
    gebyr: bool = False
    """Counted as paid: CPR answered."""
    hentet: datetime | None = None
    person_id: str | None = None
    fejl: str | None = None

    def er_samme(self, besked: CprOpslagBestilt) -> bool:
        """Whether a command is the one that this row was made from."""
        felter = ("cpr", "kanal", "aktoer", "rolle", "kommunekode", "grund", "bestilt")
        return all(getattr(self, f) == getattr(besked, f) for f in felter)


class Opslagsbesked(InternBesked):
    """A message of this service to itself about one look-up. `ordensnoegle`: the id its number gets at creation."""

    noeglefelt: ClassVar[str] = "ordensnoegle"

    opslag_id: Id
    ordensnoegle: Id


class Opslagsspoergsmaal(Opslagsbesked):
    """What CPR is asked: the content of the effect `cpr.opslag`."""

    ce_type: ClassVar[str] = "cpr_events.Opslagsspoergsmaal.v1"

    cpr: Cprnummer
    kommunekode: str
    aktoer: str
    grund: str
    oensket: Oejeblik
    """When the hub decided to ask: what CPR answers is at least as new."""
    senest: Oejeblik
    """After this it is not sent."""


class OpslagHentet(Opslagsbesked):
    """CPR answered with the person."""

    ce_type: ClassVar[str] = "cpr_events.OpslagHentet.v1"

    hentet: Oejeblik
    person: CprPerson

    @property
    def leverance(self) -> date:
        """CPR-10: as a delivery of the day it was fetched."""
        return dato(self.hentet)

    def som_udtraek(self) -> PersonSlaaetOp:
        """The snapshot, as an extract would bring it."""
        return PersonSlaaetOp(leverance=self.leverance, person=self.person, hentet=self.hentet)


class OpslagIkkeFundet(Opslagsbesked):
    """CPR answered that nobody has the number."""

    ce_type: ClassVar[str] = "cpr_events.OpslagIkkeFundet.v1"


class OpslagMislykket(Opslagsbesked):
    """There is no answer to use, for good."""

    ce_type: ClassVar[str] = "cpr_events.OpslagMislykket.v1"

    kode: str
    """A code of `rules.opslag.TEKSTER`."""
    gebyr: bool = False
    """CPR carried it out although its answer cannot be used."""


class OpslagssvarTraekkerUd(Opslagsbesked):
    """Deadline: no answer yet."""

    ce_type: ClassVar[str] = "cpr_events.OpslagssvarTraekkerUd.v1"


class OpslagssvarUdeblev(Opslagsbesked):
    """Deadline: nothing will be sent any more."""

    ce_type: ClassVar[str] = "cpr_events.OpslagssvarUdeblev.v1"


Skridt = tuple[CprOpslag, Udfald]


def afvist(besked: CprOpslagBestilt, noegle: str, kode: str) -> CprOpslagAfvist:
    """CPR-16, ROL-02: the refusal of a command."""
    om = {"noegle": noegle, "opslag_id": besked.opslag_id, "kommunekode": besked.kommunekode, "aktoer": besked.aktoer}
    return CprOpslagAfvist.model_validate({**om, "grund": kode, "begrundelse": rules.begrundelse(kode)})


def _svar(type_: type[CprOpslagssvar], opslag: CprOpslag, **felter: object) -> Udfald:
    om = {f: getattr(opslag, f) for f in ("noegle", "opslag_id", "kommunekode", "aktoer")}
    return Udfald(beskeder=(type_.model_validate({**om, **felter}),))


def _spoerg(opslag: CprOpslag, _besked: Besked, nu: datetime) -> Skridt:
    """CPR-16: one call for each order, under a key made of the order's own id."""
    felter = {f: getattr(opslag, f) for f in ("opslag_id", "ordensnoegle", "cpr", "kommunekode", "aktoer", "grund")}
    tider = {"oensket": nu, "senest": rules.senest(opslag.bestilt)}
    indhold = Opslagsspoergsmaal.model_validate({**felter, **tider})
    oenske = OenskEffekt(f"cpr-opslag:{opslag.opslag_id}", ART, ordensnoegle=opslag.ordensnoegle, indhold=indhold)
    return opslag, Udfald(effekter=(oenske,))


def _meld_udfoert(opslag: CprOpslag, besked: OpslagHentet, _nu: datetime) -> Skridt:
    efter = replace(opslag, gebyr=True, hentet=besked.hentet, fejl=None)
    return efter, _svar(CprOpslagUdfoert, efter, person_id=efter.person_id, hentet=besked.hentet)


def _meld_ikke_fundet(opslag: CprOpslag, _besked: OpslagIkkeFundet, _nu: datetime) -> Skridt:
    efter = replace(opslag, gebyr=True, fejl=None)
    return efter, _svar(CprOpslagIkkeFundet, efter, begrundelse=rules.begrundelse("IKKE_FUNDET"))


def _meld_fejlet(opslag: CprOpslag, besked: OpslagMislykket, _nu: datetime) -> Skridt:
    kode = besked.kode if besked.kode in rules.TEKSTER else "AFVIST_AF_CPR"  # one that a person typed has no text
    return _fejlet(replace(opslag, gebyr=besked.gebyr), kode)


def _opgiv(opslag: CprOpslag, _besked: OpslagssvarUdeblev, _nu: datetime) -> Skridt:
    return _fejlet(opslag, "SVAR_UDEBLEV")


def _fejlet(opslag: CprOpslag, kode: str) -> Skridt:
    efter, grund = replace(opslag, fejl=kode), rules.begrundelse(kode)
    return efter, _svar(CprOpslagFejlet, efter, grund=kode, gebyr=efter.gebyr, begrundelse=grund)


def _meld_uafklaret(opslag: CprOpslag, _besked: OpslagssvarTraekkerUd, _nu: datetime) -> Skridt:
    """CPR-16: unknown is a state; the caseworker is told not to pay twice."""
    return opslag, _svar(CprOpslagUafklaret, opslag, begrundelse=rules.begrundelse("UAFKLARET"))


def _svartid(opslag: CprOpslag, nu: datetime) -> datetime:
    return nu + rules.frister(opslag.bestilt).svar


def _opgives(opslag: CprOpslag, nu: datetime) -> datetime:
    """After the last instant of sending, with time for an answer to what was sent then."""
    frister = rules.frister(opslag.bestilt)
    return max(nu, rules.senest(opslag.bestilt)) + frister.svar


def _traekker_ud(opslag: CprOpslag) -> OpslagssvarTraekkerUd:
    return OpslagssvarTraekkerUd(opslag_id=opslag.opslag_id, ordensnoegle=opslag.ordensnoegle)


def _udeblev(opslag: CprOpslag) -> OpslagssvarUdeblev:
    return OpslagssvarUdeblev(opslag_id=opslag.opslag_id, ordensnoegle=opslag.ordensnoegle)


_T = Opslagstilstand
# fmt: off
OVERGANGE = (
    #        fra               når                    til               gør
    Overgang(_T.MODTAGET,      CprOpslagBestilt,      _T.AFVENTER_SVAR, _spoerg),

    Overgang(_T.AFVENTER_SVAR, OpslagHentet,          _T.UDFOERT,       _meld_udfoert),
    Overgang(_T.AFVENTER_SVAR, OpslagIkkeFundet,      _T.IKKE_FUNDET,   _meld_ikke_fundet),
    Overgang(_T.AFVENTER_SVAR, OpslagMislykket,       _T.FEJLET,        _meld_fejlet),
    Overgang(_T.AFVENTER_SVAR, OpslagssvarTraekkerUd, _T.UAFKLARET,     _meld_uafklaret),

    Overgang(_T.UAFKLARET,     OpslagHentet,          _T.UDFOERT,       _meld_udfoert),
    Overgang(_T.UAFKLARET,     OpslagIkkeFundet,      _T.IKKE_FUNDET,   _meld_ikke_fundet),
    Overgang(_T.UAFKLARET,     OpslagMislykket,       _T.FEJLET,        _meld_fejlet),
    Overgang(_T.UAFKLARET,     OpslagssvarUdeblev,    _T.OPGIVET,       _opgiv),

    Overgang(_T.OPGIVET,       OpslagHentet,          _T.UDFOERT,       _meld_udfoert),
    Overgang(_T.OPGIVET,       OpslagIkkeFundet,      _T.IKKE_FUNDET,   _meld_ikke_fundet),
    Overgang(_T.OPGIVET,       OpslagMislykket,       _T.FEJLET,        _meld_fejlet),
)
FRISTER = (
    #     i                 hvornår    sker          besked
    Frist(_T.AFVENTER_SVAR, _svartid,  _traekker_ud, OpslagssvarTraekkerUd),
    Frist(_T.UAFKLARET,     _opgives,  _udeblev,     OpslagssvarUdeblev),
)
# fmt: on

OPSLAG = Forloeb(
    "cpr_opslag", start=_T.MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="opslag_id", endelige=(_T.OPGIVET,)
)
