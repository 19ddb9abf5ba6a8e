"""A place with a practice: asked for by `laegevalg`, reserved and released by `plo_events`."""

from datetime import date
from typing import ClassVar

from contracts.base import Besked, Id, Kommunekode, Vaerdi, Ydernummer


class ForetrukkenYder(Vaerdi):
    """A practice to try first. `altid_aaben`: counts as open for this person even when closed (FAM-05)."""

    ydernummer: Ydernummer
    altid_aaben: bool = False
    enhver_kommune: bool = False
    """It counts where it is open for the person, also in another municipality: the former doctor (CPR-04)."""


class PladsAnmodet(Besked):
    """Find and reserve a place for a person: a preferred practice, else the one with most room in the municipality."""

    emne: ClassVar[str] = "plads.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsAnmodet.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    postnummer: str = ""
    foretrukne: tuple[ForetrukkenYder, ...] = ()


class PladsHosYderAnmodet(Besked):
    """Reserve a place with one named practice, open or closed: only its maksgrænse holds (LV-17)."""

    emne: ClassVar[str] = "plads.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsHosYderAnmodet.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    postnummer: str = ""
    ydernummer: Ydernummer
    virkningsdato: date
    altid_aaben: bool = False
    """The practice counts as open for this person: the spouse's (LV-11), a child's custody holder's (FAM-05)."""
    kun_i_kommunen: bool = False
    """At entry the practice must lie in `kommunekode` (IND-06)."""


class PladsFrigives(Besked):
    """Give the place of a forløb back; a place that is not held changes nothing (LV-19).

    `ydernummer` is the practice that holds the place, as `PladsReserveret` named it; needed when a place is held.
    """

    emne: ClassVar[str] = "plads.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsFrigives.v1"

    forloeb_id: Id
    person_id: Id
    grund: str
    ydernummer: Ydernummer | None = None


class PladsFlyttes(Besked):
    """The choice that the place is held for takes effect on another day (PLO-16 goes by it)."""

    emne: ClassVar[str] = "plads.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsFlyttes.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    virkningsdato: date


class PladsForlades(Besked):
    """The person has another doctor: the practice has one less (LV-20)."""

    emne: ClassVar[str] = "plads.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsForlades.v1"

    forloeb_id: Id
    """The choice that took effect."""
    person_id: Id
    ydernummer: Ydernummer
    """The practice that was left."""


class PladsReserveret(Besked):
    """A place is held (LV-17)."""

    emne: ClassVar[str] = "plads.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsReserveret.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    praksisnavn: str
    kommunekode: Kommunekode
    lukket: bool = False
    """The practice is closed to this person: the choice needs its dispensation."""


class IngenPlads(Besked):
    """No open practice could take the person (IND-02).

    `grund`: INGEN_AABEN_PRAKSIS, INGEN_KAPACITET, or PLADS_FRIGIVET to a forløb that asks again for a place it gave
    back; with a named practice PRAKSIS_UKENDT, PRAKSIS_NEDLAGT or ANDEN_KOMMUNE (IND-06).
    """

    emne: ClassVar[str] = "plads.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.IngenPlads.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    grund: str


class PladsFrigivet(Besked):
    """A held place was given back (LV-19); published once a place."""

    emne: ClassVar[str] = "plads.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsFrigivet.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    grund: str


class PladsBortfaldet(Besked):
    """A held place is lost because the practice closes before the choice takes effect (PLO-16); once a place."""

    emne: ClassVar[str] = "plads.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PladsBortfaldet.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    lukkedato: date
