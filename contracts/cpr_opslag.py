"""A paid single look-up in CPR (CPR online): asked for by a caseworker's act, answered on `cpr.opslag.svar`.

The record key of the command is the HMAC of the CPR number looked up (`contracts.noegle.cpr_noegle`); the answers carry
it as `noegle`. What was fetched is told as any other news of the person, by `PersonTilstand`; no answer holds it.
"""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from contracts.base import Besked, Cprnummer, Id, Kommunekode, Oejeblik
from contracts.begrundelse import Begrundelse
from contracts.bestilling import BestillingId, Kode, Noegle
from contracts.opgave import Navn

Opslagsgrund = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class CprOpslagBestilt(Besked):
    """A caseworker asks CPR about one person (CPR-16). It costs the municipality a fee, once per `opslag_id`."""

    emne: ClassVar[str] = "cpr.opslag.forespoergsel"
    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagBestilt.v1"
    noeglefelt: ClassVar[str] = ""

    opslag_id: BestillingId
    """Made by the sender: the same command sent again has the same, and costs nothing more."""
    kanal: Kode
    """SAGSBEHANDLER; another is refused."""
    aktoer: Navn
    """The caseworker's id; never a CPR number."""
    rolle: Kode
    """SAGSBEHANDLER, SAERLIGE_RETTIGHEDER or ADMINISTRATOR; one that nobody knows is refused."""
    kommunekode: Kommunekode
    """The municipality that the actor belongs to, and that pays."""
    cpr: Cprnummer
    grund: Opslagsgrund
    """Why, in the caseworker's words; no CPR number."""
    bestilt: Oejeblik
    """When the command was given. One older than a day is refused."""


class CprOpslagssvar(Besked):
    """What all answers carry."""

    emne: ClassVar[str] = "cpr.opslag.svar"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    opslag_id: BestillingId
    kommunekode: Kommunekode
    aktoer: str


class CprOpslagUdfoert(CprOpslagssvar):
    """CPR answered, and the person is known to the hub. Costs a fee."""

    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagUdfoert.v1"

    person_id: Id
    hentet: Oejeblik


class CprOpslagIkkeFundet(CprOpslagssvar):
    """CPR answered that nobody has the number. Costs a fee."""

    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagIkkeFundet.v1"

    begrundelse: Begrundelse


class CprOpslagAfvist(CprOpslagssvar):
    """The hub refused the command; CPR was not asked, and there is no fee.

    `grund`: UKENDT_KANAL, UKENDT_ROLLE, IKKE_BEMYNDIGET, UKENDT_KOMMUNE, TIDSPUNKT_I_FREMTIDEN, FOR_GAMMEL,
    UGYLDIGT_CPR, CPR_I_TEKST, OPSLAG_ID_BRUGT.
    """

    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagAfvist.v1"

    grund: Kode
    begrundelse: Begrundelse


class CprOpslagFejlet(CprOpslagssvar):
    """The command was taken and nothing could be fetched.

    `grund`: AFVIST_AF_CPR, UBRUGELIGT_SVAR, IKKE_SAT_OP, FOR_GAMMEL (never sent: CPR was away for a day), SVAR_UDEBLEV.
    """

    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagFejlet.v1"

    grund: Kode
    gebyr: bool
    """Whether it is counted as paid. After SVAR_UDEBLEV nobody knows: false, until an answer comes after all."""
    begrundelse: Begrundelse


class CprOpslagUafklaret(CprOpslagssvar):
    """There is no answer yet, and nobody knows whether CPR carried the look-up out. Another answer follows."""

    ce_type: ClassVar[str] = "dk.sygesikring.CprOpslagUafklaret.v1"

    begrundelse: Begrundelse
