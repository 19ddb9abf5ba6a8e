"""Orders from self-service and caseworkers on `bestillinger`; `laegevalg` answers each on `bestillinger.svar`.

The senders know no `person_id`: their record key `noegle` is the HMAC of the ordering citizen's CPR number
(`contracts.noegle.cpr_noegle`), and the answer comes under the same key.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.base import Besked, Cprnummer, Id, KendteVaerdier, Kommunekode, Oejeblik, Vaerdi, Ydernummer
from contracts.begrundelse import Begrundelse

Noegle = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
BestillingId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
"""Made by the sender: the same order sent again has the same. Ids made from it must fit the provider's keys."""
Kode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,60}$")]
Fuldmagt = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
"""Reference of a power of attorney in the sender's store."""
_Ukendt = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Gruppe = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]


class Bestillingskanal(StrEnum):
    """Where the order was made."""

    SELVBETJENING = "SELVBETJENING"
    SAGSBEHANDLER = "SAGSBEHANDLER"


class Rolle(StrEnum):
    """What the one who orders may do (LV-15, LV-16)."""

    BORGER = "BORGER"
    SAGSBEHANDLER = "SAGSBEHANDLER"
    SAERLIGE_RETTIGHEDER = "SAERLIGE_RETTIGHEDER"


OplystKanal = Annotated[Bestillingskanal | _Ukendt, Field(union_mode="left_to_right"), KendteVaerdier()]
OplystRolle = Annotated[Rolle | _Ukendt, Field(union_mode="left_to_right"), KendteVaerdier()]
"""What a command says of itself: one nobody knows is read, and refused with an answer (ROL-02)."""


class AnmeldtFlytning(Vaerdi):
    """A move between municipalities that the person has announced (FLYT-01)."""

    flyttedato: date
    til_kommunekode: Kommunekode


class LaegevalgBestilt(Besked):
    """A choice of doctor for one person; each of several has a message of their own (BET-06, FAM-04)."""

    emne: ClassVar[str] = "bestillinger"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgBestilt.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    kanal: OplystKanal
    aktoer: str
    """Who ordered: the caseworker's id, or the login's own reference; never a CPR number."""
    rolle: OplystRolle
    kommunekode: Kommunekode
    cpr: Cprnummer
    """The person whose doctor it is."""
    ydernummer: Ydernummer
    virkningsdato: date
    bestilt: Oejeblik
    """The fee is that of this day (BET-18)."""
    betalingskort: str | None = None
    """Reference of the payment card at Nets, never its number. Without one no fee is reserved."""
    borger_cpr: Cprnummer | None = None
    """The citizen who orders in self-service, where he orders for another (LV-05). None: the person himself."""
    dispensationsregel: Kode | None = None
    """The rule on which a closed practice is asked (LV-23); where none is stated the practice decides."""
    fuldmagt: Fuldmagt | None = None
    """The power of attorney by which `borger_cpr` orders for another, verified by the sender (FAM-03)."""
    gruppe: Gruppe | None = None
    """A caseworker's change to group `1` in one with the choice: both take effect, or neither (IND-03, GRP-19)."""
    anledning: Kode | None = None
    """INDREJSE: a caseworker's choice at entry or re-entry: no letters, a free card (IND-07, LV-21)."""
    afventer_flytning: AnmeldtFlytning | None = None
    """The choice is approved when this move is told of, not before (FLYT-01, LV-18)."""
    bekraeftet: bool = False
    """The person's choice in progress in another municipality is to be cancelled (FLYT-04)."""


class AnnullerForloeb(Besked):
    """Cancel a running forløb (FORL-05)."""

    emne: ClassVar[str] = "bestillinger"
    ce_type: ClassVar[str] = "dk.sygesikring.AnnullerForloeb.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    """Of this command; the forløb is named by `forloeb_id`."""
    kanal: OplystKanal
    aktoer: str
    rolle: OplystRolle
    forloeb_id: Id
    grund: str
    bestilt: Oejeblik
    kommunekode: Kommunekode | None = None
    """The caseworker's; where it is stated, the forløb must be that municipality's (FLYT-01)."""


class LaegevalgAendret(Besked):
    """Move a choice of doctor that has not taken effect to another day (KORT-12)."""

    emne: ClassVar[str] = "bestillinger"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgAendret.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    """Of this command; the choice is named by `forloeb_id`."""
    kanal: OplystKanal
    aktoer: str
    rolle: OplystRolle
    forloeb_id: Id
    virkningsdato: date
    bestilt: Oejeblik
    kommunekode: Kommunekode | None = None
    """As on `AnnullerForloeb`."""


class BestillingModtaget(Besked):
    """The order is accepted for handling; what becomes of it is told under its `forloeb_id`."""

    emne: ClassVar[str] = "bestillinger.svar"
    ce_type: ClassVar[str] = "dk.sygesikring.BestillingModtaget.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    forloeb_id: Id
    modtaget: Oejeblik
    afventer_person: bool = False
    """Nobody knows the person yet, or the one who ordered for him; the order waits (AFVENTER_PERSON)."""


class BestillingAfvist(Besked):
    """The order, or the wish to cancel, was refused.

    `grund`: PERSON_UKENDT, DATO_UDEN_FOR_INTERVAL, UGYLDIG_DISPENSATIONSREGEL, MANGLER_BETALINGSKORT,
    IKKE_BEMYNDIGET, AEGTEFAELLE_IKKE_TILLADT, UKENDT_ROLLE, UKENDT_KANAL, UKENDT_FORLOEB, KORT_TRUKKET,
    TRAADT_I_KRAFT, IKKE_I_GANG, KRAEVER_SAGSBEHANDLER, UGYLDIG_GRUPPE, UGYLDIG_ANLEDNING, UGYLDIG_FLYTNING,
    LAEGEVALG_I_GANG.
    """

    emne: ClassVar[str] = "bestillinger.svar"
    ce_type: ClassVar[str] = "dk.sygesikring.BestillingAfvist.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    grund: Kode
    forloeb_id: Id | None = None
    begrundelse: Begrundelse | None = None
    kommunekode: Kommunekode | None = None
    """Where the choice in progress was made that stands in the way (FLYT-04)."""


class ForloebAnnulleret(Besked):
    """The forløb was cancelled, as far as possible; `ikke_fortrudt` lists what could not be undone (FORL-06)."""

    emne: ClassVar[str] = "bestillinger.svar"
    ce_type: ClassVar[str] = "dk.sygesikring.ForloebAnnulleret.v1"
    noeglefelt: ClassVar[str] = "noegle"

    noegle: Noegle
    bestilling_id: BestillingId
    """Of the command to cancel."""
    forloeb_id: Id
    ikke_fortrudt: tuple[Kode, ...] = ()
    """Sent before: DISPENSATIONSANMODNING, LAEGEVALGSKVITTERING, LAEGEVALGSBREV, SUNDHEDSKORTKVITTERING, SUNDHEDSKORT.
    """
