"""Manual tasks: asked for by the service that needs a person, published to the municipality's queue by `opgaver`."""

from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Id, Kommunekode, Oejeblik


class Opgavetype(StrEnum):
    """Families of tasks (rules.md section 20)."""

    MANUEL = "MANUEL"


class OpgaveAnmodet(Besked):
    """A person must act. `opgave_id` comes from the decision: asked for twice, it is one task."""

    emne: ClassVar[str] = "opgaver.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveAnmodet.v1"

    opgave_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer | None = None
    kommunekode: Kommunekode
    opgavetype: Opgavetype
    aarsag: str
    """Why: INDREJSE_UDEN_LAEGE, KORT_FEJLET, BREV_FEJLET, EFFEKT_UKENDT ..."""
    titel: str
    beskrivelse: str = ""


class OpgaveOprettet(Besked):
    """A new task on `opgaver.<kommunekode>`; `cpr` stands on it if and only if it concerns one person (OPG-04)."""

    emne: ClassVar[str] = "opgaver.{kommunekode}"
    ce_type: ClassVar[str] = "dk.sygesikring.OpgaveOprettet.v1"
    noeglefelt: ClassVar[str] = "opgave_id"

    opgave_id: Id
    forloeb_id: Id
    person_id: Id
    cpr: Cprnummer | None = None
    kommunekode: Kommunekode
    opgavetype: Opgavetype
    aarsag: str
    titel: str
    beskrivelse: str = ""
    oprettet: Oejeblik
    frist: Oejeblik
    """When the municipality should have closed it (OPG-09)."""

    def topic(self) -> str:
        return f"opgaver.{self.kommunekode}"
