"""Published by the CPR ingest on `cpr.haendelser`: what the daily extract of CPR says about a person.

The record key is `contracts.noegle.cpr_noegle(cpr, secret)`; the publisher gives it, since the message cannot know the
secret. Field names follow the record types of the extract.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Id, Kommunekode, Oejeblik, Vaerdi


class CprAdresse(Vaerdi):
    """Records 002 and 003: where the person lives, with the address in clear text."""

    kommunekode: Kommunekode
    vejkode: str = ""
    husnr: str = ""
    etage: str = ""
    sidedoer: str = ""
    conavn: str = ""
    vejnavn: str = ""
    standardadresse: str = ""
    bynavn: str = ""
    lokalitet: str = ""
    postnummer: str = ""
    postdistrikt: str = ""
    tilflytning: Oejeblik | None = None
    tilflytning_kommune: Oejeblik | None = None
    fraflytningskommune: Kommunekode | None = None


class CprNavn(Vaerdi):
    """Record 008. All blank: a child that is not yet named."""

    fornavn: str = ""
    mellemnavn: str = ""
    efternavn: str = ""
    adresseringsnavn: str = ""
    gaelder_fra: Oejeblik | None = None


class CprPeriode(Vaerdi):
    """A dated mark, fx one protection (record 004): `type_` 0001 is protection of name and address."""

    type_: str
    fra: date | None = None
    til: date | None = None


class CprRejse(Vaerdi):
    """Records 005 and 024: leaving and entering the country; country codes are those of CPR (5110 Norway)."""

    udrejse: Oejeblik | None = None
    udrejseland: str = ""
    indrejse: Oejeblik | None = None
    indrejseland: str = ""


class CprCivilstand(Vaerdi):
    """Record 012: U, G, F, E, D, P, O or L, since when, and with whom."""

    kode: str
    aegtefaelle_cpr: Cprnummer | None = None
    fra: Oejeblik | None = None


class CprForaeldremyndighed(Vaerdi):
    """Record 016, on the child: 0003 mother (`mor_cpr`), 0004 father (`far_cpr`), 0005 and 0006 another (`cpr`)."""

    type_: str
    cpr: Cprnummer | None = None
    fra: date | None = None
    til: date | None = None


class CprPerson(Vaerdi):
    """A person as the extract of one day shows him: the whole, not what changed."""

    cpr: Cprnummer
    gaeldende_cpr: Cprnummer | None = None
    tidligere_cpr: tuple[Cprnummer, ...] = ()
    status: str
    status_fra: Oejeblik | None = None
    koen: str = ""
    foedselsdato: date | None = None
    foedselsdato_usikker: bool = False
    oprettet: date | None = None
    navn: CprNavn = CprNavn()
    adresse: CprAdresse | None = None
    rejser: tuple[CprRejse, ...] = ()
    forsvundet_fra: Oejeblik | None = None
    beskyttelser: tuple[CprPeriode, ...] = ()
    civilstand: CprCivilstand | None = None
    boern_cpr: tuple[Cprnummer, ...] = ()
    mor_cpr: Cprnummer | None = None
    far_cpr: Cprnummer | None = None
    foraeldremyndighed: tuple[CprForaeldremyndighed, ...] = ()
    vaerge_cpr: Cprnummer | None = None


class CprHaendelse(Besked):
    """One event record (099) of the extract with the person's snapshot of that day."""

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.CprHaendelse.v1"
    noeglefelt: ClassVar[str] = ""

    kode: str
    """Event code of CPR: A05 first entry, A04 re-entry, A01 move, A13 name change ..."""
    afledt: str = ""
    """Derived mark: blank on the person the event is about, ÆG on the spouse it also changes, and so on."""
    registreret: Oejeblik | None = None
    """When CPR was updated; absent on requisitions (A74, K74), which are no life events."""
    leverance: date
    """Production date of the extract."""
    person: CprPerson


class PersonOpdateret(Besked):
    """A person with records but no event record in the extract: the snapshot alone."""

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonOpdateret.v1"
    noeglefelt: ClassVar[str] = ""

    leverance: date
    person: CprPerson


class FlytningGodkendt(Besked):
    """From the move solution (flytteløsningen): a move was approved. For children this is event 083 (CPR-07).

    It is handled as any move, whatever the age (CPR-06); the extract's A01 for the same address leads to nothing more.
    A move that is only announced is never sent.
    """

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.FlytningGodkendt.v1"
    noeglefelt: ClassVar[str] = ""

    flytning_id: Id
    """The sender's own id of the move: the same id is the same move."""
    cpr: Cprnummer
    kode: str = ""
    """083 for a child."""
    adresse: CprAdresse
    """The new address; `fraflytningskommune` where the person comes from another municipality."""
    flyttedato: date
    godkendt: Oejeblik


class FlytningTilbagekaldt(Besked):
    """From the move solution: a move that was approved was withdrawn."""

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.FlytningTilbagekaldt.v1"
    noeglefelt: ClassVar[str] = ""

    flytning_id: Id
    cpr: Cprnummer
    tilbagekaldt: Oejeblik


class Trin(StrEnum):
    """The beginning or the end of a stay. Two values for ever."""

    START = "START"
    SLUT = "SLUT"


class AfsoningMeldt(Besked):
    """A person begins or ends serving a sentence of such a length that the insurance may rest (CPR-03)."""

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.AfsoningMeldt.v1"
    noeglefelt: ClassVar[str] = ""

    cpr: Cprnummer
    trin: Trin
    dato: date
    registreret: Oejeblik


class VaernepligtMeldt(Besked):
    """A person begins or ends military service (CPR-12)."""

    emne: ClassVar[str] = "cpr.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.VaernepligtMeldt.v1"
    noeglefelt: ClassVar[str] = ""

    cpr: Cprnummer
    trin: Trin
    dato: date
    registreret: Oejeblik
