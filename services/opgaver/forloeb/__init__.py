"""The process of a task: made once, told once when it is overdue, closed for good (OPG-02, OPG-09, OPG-11)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from contracts.base import Besked, Id
from contracts.konfig import SaetGlobalOpgavefrist, SaetLokalOpgavefrist
from contracts.opgave import (
    AfslutOpgave,
    FlytOpgavefrist,
    Kommunekommando,
    OpgaveAfsluttet,
    OpgaveAnmodet,
    OpgaveAnmodetV2,
    OpgavefristFlyttet,
    Opgavekommando,
    OpgavekommandoAfvist,
    OpgaveOprettet,
    OpgaveOprettetV2,
    OpgaveOverskredet,
    OpgavetekstRettet,
    OpgaveTildelt,
    Opgavetype,
    OpgavetypeV2,
    OpretOpgave,
    RetOpgavetekst,
    TildelOpgave,
)
from services.opgaver import rules
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, SaetFrist, Udfald

HUSKEDE_KOMMANDOER = 50
Kommando = Kommunekommando | SaetGlobalOpgavefrist | SaetLokalOpgavefrist


class Opgavetilstand(StrEnum):
    """Where the task is. An overdue one is not lost: it stands in its queue until it is closed."""

    MODTAGET = "MODTAGET"
    OPRETTET = "OPRETTET"
    TILDELT = "TILDELT"
    OVERSKREDET = "OVERSKREDET"
    TILDELT_OVERSKREDET = "TILDELT_OVERSKREDET"
    AFSLUTTET = "AFSLUTTET"


@dataclass(frozen=True, slots=True)
class Opgave:
    """One task of one municipality."""

    opgave_id: str
    forloeb_id: str
    cpr: str | None
    kommunekode: str
    opgavetype: OpgavetypeV2
    aarsag: str
    titel: str
    beskrivelse: str
    oprettet: datetime
    frist: datetime
    tilstand: Opgavetilstand
    person_ider: tuple[str, ...] = ()
    version: int = 1
    """How much has happened to it."""
    oprettet_af: str | None = None
    sagsbehandler: str | None = None
    afsluttet: datetime | None = None
    afsluttet_af: str | None = None
    begrundelse: str | None = None
    kommandoer: dict[str, str] = field(default_factory=dict[str, str])
    """The newest commands carried out, each id with the digest of its content."""


class OpgavefristUdloeb(InternBesked):
    """Deadline: the municipality should have closed the task."""

    ce_type: ClassVar[str] = "opgaver.OpgavefristUdloeb.v1"
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id


Skridt = tuple[Opgave, Udfald]


def _opret(opgave: Opgave, _besked: Besked, _nu: datetime) -> Skridt:
    """Version 1 tells of what it has words for: its readers go on as before."""
    besked = OpgaveOprettetV2.model_validate(opgave, from_attributes=True)
    if opgave.opgavetype is OpgavetypeV2.MANUEL and len(opgave.person_ider) == 1:
        felter = besked.model_dump(include=set(OpgaveOprettet.model_fields) - {"opgavetype"})
        v1 = OpgaveOprettet(**felter, opgavetype=Opgavetype.MANUEL, person_id=opgave.person_ider[0])
        return opgave, Udfald(beskeder=(v1,))
    return opgave, Udfald(beskeder=(besked,))


def _videre(opgave: Opgave) -> Opgave:
    return replace(opgave, version=opgave.version + 1)


def _efter(opgave: Opgave, kommando: Opgavekommando) -> Opgave:
    """One change more, and the command is known."""
    return replace(_videre(opgave), kommandoer=huskede(opgave.kommandoer, kommando))


def huskede(kommandoer: Mapping[str, str], kommando: Kommando) -> dict[str, str]:
    """The commands that are known when this one is carried out; the oldest are forgotten."""
    alle = {**kommandoer, kommando.kommando_id: aftryk(kommando)}
    return dict(list(alle.items())[-HUSKEDE_KOMMANDOER:])


def aftryk(kommando: Kommando) -> str:
    """What tells a command that is sent again from another under the same id."""
    indhold = f"{type(kommando).__name__} {kommando.model_dump_json()}"
    return hashlib.blake2b(indhold.encode(), digest_size=12).hexdigest()


def _tildel(opgave: Opgave, besked: TildelOpgave, _nu: datetime) -> Skridt:
    ny = replace(_efter(opgave, besked), sagsbehandler=besked.sagsbehandler)
    tildelt = OpgaveTildelt(
        opgave_id=ny.opgave_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        sagsbehandler=besked.sagsbehandler,
        tildelt_af=besked.aktoer,
        tildelt=besked.afgivet,
    )
    return ny, Udfald(beskeder=(tildelt,))


def _flyt(opgave: Opgave, besked: FlytOpgavefrist, _nu: datetime) -> Skridt:
    """OPG-11. The deadline is set here too, for the state may stay as it is."""
    ny = replace(_efter(opgave, besked), frist=rules.sidste_dag_er_ovre(besked.frist))
    flyttet = OpgavefristFlyttet(
        opgave_id=ny.opgave_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        frist=ny.frist,
        flyttet_af=besked.aktoer,
        flyttet=besked.afgivet,
    )
    udloeb = OpgavefristUdloeb(opgave_id=ny.opgave_id)
    return ny, Udfald(beskeder=(flyttet,), frister=(SaetFrist(f"{ny.opgave_id}:OpgavefristUdloeb", ny.frist, udloeb),))


def _ret(opgave: Opgave, besked: RetOpgavetekst, _nu: datetime) -> Skridt:
    ny = replace(_efter(opgave, besked), titel=besked.titel, beskrivelse=besked.beskrivelse)
    rettet = OpgavetekstRettet(
        opgave_id=ny.opgave_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        titel=ny.titel,
        beskrivelse=ny.beskrivelse,
        rettet_af=besked.aktoer,
        rettet=besked.afgivet,
    )
    return ny, Udfald(beskeder=(rettet,))


def _afslut(opgave: Opgave, besked: AfslutOpgave, _nu: datetime) -> Skridt:
    ny = replace(
        _efter(opgave, besked),
        afsluttet=besked.afgivet,
        afsluttet_af=besked.aktoer,
        begrundelse=besked.begrundelse,
    )
    afsluttet = OpgaveAfsluttet(
        opgave_id=ny.opgave_id,
        kommunekode=ny.kommunekode,
        kommando_id=besked.kommando_id,
        version=ny.version,
        afsluttet_af=besked.aktoer,
        begrundelse=besked.begrundelse,
        afsluttet=besked.afgivet,
    )
    return ny, Udfald(beskeder=(afsluttet,))


def _meld(opgave: Opgave, _besked: Besked, _nu: datetime) -> Skridt:
    """OPG-09: told once, for the step leaves the state that the deadline belongs to."""
    ny = _videre(opgave)
    return ny, Udfald(beskeder=(OpgaveOverskredet.model_validate(ny, from_attributes=True),))


def _afvis(opgave: Opgave, besked: Opgavekommando, nu: datetime) -> Skridt:
    """A closed task stays closed."""
    return opgave, Udfald(beskeder=(afvist(besked, opgave.kommunekode, rules.AFSLAG["OPGAVE_AFSLUTTET"], nu),))


def afvist(kommando: Opgavekommando, kommunekode: str, afslag: rules.Afslag, nu: datetime) -> OpgavekommandoAfvist:
    """A command about a task that is refused, told in the queue of the municipality that gave it."""
    return OpgavekommandoAfvist.model_validate(afslagsfelter(kommando, kommunekode, afslag, nu))


def afslagsfelter(kommando: Kommunekommando, kommunekode: str, afslag: rules.Afslag, nu: datetime) -> dict[str, Any]:
    """What every refusal of a municipality's command says, whatever the command is about."""
    return {
        kommando.noeglefelt: kommando.recordnoegle(),
        "kommunekode": kommunekode,
        "kommando_id": kommando.kommando_id,
        "kommando": type(kommando).__name__,
        "aktoer": kommando.aktoer,
        "grund": afslag.grund,
        "tekst": afslag.tekst,
        "hjemmel": str(afslag.hjemmel),
        "afvist": nu,
    }


MODTAGET = Opgavetilstand.MODTAGET
OPRETTET = Opgavetilstand.OPRETTET
TILDELT = Opgavetilstand.TILDELT
OVERSKREDET = Opgavetilstand.OVERSKREDET
TILDELT_OVERSKREDET = Opgavetilstand.TILDELT_OVERSKREDET
AFSLUTTET = Opgavetilstand.AFSLUTTET

# fmt: off
OVERGANGE = (
    #        fra                  når                til                  gør
    Overgang(MODTAGET,            OpgaveAnmodet,     OPRETTET,            _opret),
    Overgang(MODTAGET,            OpgaveAnmodetV2,   OPRETTET,            _opret),
    Overgang(MODTAGET,            OpretOpgave,       OPRETTET,            _opret),
    Overgang(OPRETTET,            TildelOpgave,      TILDELT,             _tildel),
    Overgang(OPRETTET,            FlytOpgavefrist,   OPRETTET,            _flyt),
    Overgang(OPRETTET,            RetOpgavetekst,    OPRETTET,            _ret),
    Overgang(OPRETTET,            AfslutOpgave,      AFSLUTTET,           _afslut),
    Overgang(OPRETTET,            OpgavefristUdloeb, OVERSKREDET,         _meld),
    Overgang(TILDELT,             TildelOpgave,      TILDELT,             _tildel),
    Overgang(TILDELT,             FlytOpgavefrist,   TILDELT,             _flyt),
    Overgang(TILDELT,             RetOpgavetekst,    TILDELT,             _ret),
    Overgang(TILDELT,             AfslutOpgave,      AFSLUTTET,           _afslut),
    Overgang(TILDELT,             OpgavefristUdloeb, TILDELT_OVERSKREDET, _meld),
    Overgang(OVERSKREDET,         TildelOpgave,      TILDELT_OVERSKREDET, _tildel),
    Overgang(OVERSKREDET,         FlytOpgavefrist,   OPRETTET,            _flyt),
    Overgang(OVERSKREDET,         RetOpgavetekst,    OVERSKREDET,         _ret),
    Overgang(OVERSKREDET,         AfslutOpgave,      AFSLUTTET,           _afslut),
    Overgang(TILDELT_OVERSKREDET, TildelOpgave,      TILDELT_OVERSKREDET, _tildel),
    Overgang(TILDELT_OVERSKREDET, FlytOpgavefrist,   TILDELT,             _flyt),
    Overgang(TILDELT_OVERSKREDET, RetOpgavetekst,    TILDELT_OVERSKREDET, _ret),
    Overgang(TILDELT_OVERSKREDET, AfslutOpgave,      AFSLUTTET,           _afslut),
    Overgang(AFSLUTTET,           TildelOpgave,      AFSLUTTET,           _afvis),
    Overgang(AFSLUTTET,           FlytOpgavefrist,   AFSLUTTET,           _afvis),
    Overgang(AFSLUTTET,           RetOpgavetekst,    AFSLUTTET,           _afvis),
    Overgang(AFSLUTTET,           AfslutOpgave,      AFSLUTTET,           _afvis),
)
FRISTER = (
    #     i         hvornår               sker                                              besked
    Frist(OPRETTET, lambda o, _nu: o.frist, lambda o: OpgavefristUdloeb(opgave_id=o.opgave_id), OpgavefristUdloeb),
    Frist(TILDELT,  lambda o, _nu: o.frist, lambda o: OpgavefristUdloeb(opgave_id=o.opgave_id), OpgavefristUdloeb),
)
# fmt: on

OPGAVE = Forloeb(
    "opgave",
    start=MODTAGET,
    overgange=OVERGANGE,
    frister=FRISTER,
    id_felt="opgave_id",
    endelige=(OVERSKREDET, TILDELT_OVERSKREDET),
)
