"""What is asked of the service, and what it answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote, unquote

from pydantic import Field, StringConstraints

from contracts.base import Cprnummer, Kommunekode, Oejeblik
from contracts.opgave import OpgavetypeV2
from services.opgaver.forloeb import Opgavetilstand
from services.opgaver.store import mikrosekunder, tidspunkt
from shared.platform.opslag.erklaering import OpslagId, Spoergsmaal, Svar

STOERSTE_SIDE = 500
Sidestoerrelse = Annotated[int, Field(ge=1, le=STOERSTE_SIDE)]
Maerke = Annotated[str, StringConstraints(pattern=r"^t[0-9]{1,17}\.[A-Za-z0-9._:~%-]{1,400}$")]
"""Where a page ended: an instant in microseconds and an id, made by the hub. The letter: digits alone may be a CPR."""
Soegenavn = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,100}$")]


def maerke(tid: datetime, id_: str) -> str:
    """The place of a row in its list."""
    return f"t{mikrosekunder(tid)}.{quote(id_, safe=':')}"


def sted(maerke: str) -> tuple[datetime, str]:
    """The place that a mark names; one that the hub has not made is a place, too."""
    tid, _, id_ = maerke[1:].partition(".")
    return tidspunkt(int(tid)), unquote(id_).replace("\x00", "")


class Omfang(StrEnum):
    """Which tasks are wanted."""

    AABNE = "AABNE"
    ALLE = "ALLE"


class Side(Spoergsmaal):
    """A part of a list."""

    antal: Sidestoerrelse = 100
    """At most so many."""
    efter: Maerke | None = None
    """`naeste` of the page before; the first page without."""


class OmOpgaverne(Side):
    """The municipality's own tasks."""

    omfang: Omfang = Omfang.AABNE
    sagsbehandler: Soegenavn | None = None
    """The caseworker who is responsible (OPG-02)."""


class OmPersonensOpgaver(OmOpgaverne):
    """The municipality's own tasks about one person, under any of his ids."""

    person_id: OpslagId


class OmPersonensNoter(Side):
    """The municipality's own notes on one person, under any of his ids."""

    person_id: OpslagId


class OmOpgave(Spoergsmaal):
    """One task by its id."""

    opgave_id: OpslagId


class OmNotat(Spoergsmaal):
    """One note by its id."""

    notat_id: OpslagId


class Opgavesvar(Svar):
    """A task, to the municipality that has it."""

    opgave_id: str
    forloeb_id: str
    opgavetype: OpgavetypeV2
    aarsag: str
    titel: str
    beskrivelse: str
    kommunekode: Kommunekode
    person_ider: tuple[str, ...]
    """Whom it is about, each under the id that he has now (CPR-11)."""
    cpr: Cprnummer | None
    """Stands here if and only if the task is about exactly one person, whose number is known (OPG-04)."""
    tilstand: Opgavetilstand
    oprettet: Oejeblik
    oprettet_af: str | None
    """The caseworker who made it; null where the hub did."""
    frist: Oejeblik
    """The instant at which its last day is over."""
    overskredet: bool
    sagsbehandler: str | None
    """Who is responsible (OPG-02)."""
    version: int
    afsluttet: Oejeblik | None
    afsluttet_af: str | None
    begrundelse: str | None
    """Why it was closed."""


class Opgaveliste(Svar):
    """Tasks, the first due first."""

    opgaver: tuple[Opgavesvar, ...]
    naeste: str | None
    """To be given as `efter` for the next page; null at the end."""


class Notatsvar(Svar):
    """A note, to the municipality that made it (SIK-01)."""

    notat_id: str
    person_id: str
    """Whom it is about, under the id that he has now (CPR-11)."""
    kommunekode: Kommunekode
    tekst: str
    kilde: str
    oprettet_af: str
    oprettet: Oejeblik
    rettet_af: str | None
    rettet: Oejeblik | None
    """When the text was last corrected."""
    version: int


class Notatliste(Svar):
    """Notes, the newest first."""

    noter: tuple[Notatsvar, ...]
    naeste: str | None
    """To be given as `efter` for the next page; null at the end."""
