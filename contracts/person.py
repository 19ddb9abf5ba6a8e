"""Published by `cpr_events`: the person under his `person_id`, and what happened to him."""

from datetime import date
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Heltal, Id, Kommunekode, Oejeblik, Vaerdi
from contracts.cpr import Trin


class Adresse(Vaerdi):
    """An address in Denmark. `vejkode` 9900-9999 is a high road code: no real address (KORT-11)."""

    kommunekode: Kommunekode
    vejkode: str = ""
    linje: str = ""
    conavn: str = ""
    bynavn: str = ""
    postnummer: str = ""
    postdistrikt: str = ""


class Personoplysninger(Vaerdi):
    """The snapshot that events carry, so that no reader depends on the order of two topics."""

    person_id: Id
    cpr: Cprnummer
    status: str
    """CPR status: 01, 03 resident in Denmark; 05, 07 in Greenland; 70 missing; 80 emigrated; 90 dead ..."""
    koen: str = ""
    foedselsdato: date | None = None
    fornavn: str = ""
    efternavn: str = ""
    adresseringsnavn: str = ""
    adresse: Adresse | None = None
    beskyttet: bool = False
    """Protection of name and address (type 0001) on the day it is told; it is told anew when that changes."""
    beskyttet_fra: date | None = None
    beskyttet_til: date | None = None
    aegtefaelle_id: Id | None = None
    boern_ider: tuple[Id, ...] = ()
    foraeldremyndighed_ider: tuple[Id, ...] = ()
    """Who has custody of (or is guardian for) this person."""

    @property
    def navn(self) -> str:
        """The name to print; empty for a child not yet named."""
        return self.adresseringsnavn or f"{self.fornavn} {self.efternavn}".strip()

    @property
    def unavngivet(self) -> bool:
        """A newborn without a name (CPR-15, POST-14)."""
        return not self.navn


class PersonTilstand(Besked):
    """The newest state of a person (compacted). A reader ignores a lower `version`."""

    emne: ClassVar[str] = "person.tilstand"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonTilstand.v1"

    person_id: Id
    version: Heltal
    person: Personoplysninger
    afloest_af: Id | None = None
    """CPR-11: the person turned out to be another one, under this id. Nothing more comes under the old one."""


class PersonIndrejst(Besked):
    """A person was registered as resident after entry (A05) or re-entry (A04) from abroad (IND-01)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonIndrejst.v1"

    person_id: Id
    person: Personoplysninger
    indrejsedato: date
    genindrejse: bool = False
    landekode: str = ""
    registreret: Oejeblik | None = None


class PersonFlyttet(Besked):
    """A person moved inside Denmark (A01)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonFlyttet.v1"

    person_id: Id
    person: Personoplysninger
    flyttedato: date
    fra_kommunekode: Kommunekode | None = None
    til_kommunekode: Kommunekode
    registreret: Oejeblik | None = None


class PersonSkiftetNavn(Besked):
    """A person's name was changed (A13). Told again when a wedding is told after the name (CPR-01)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonSkiftetNavn.v1"

    person_id: Id
    person: Personoplysninger
    gaelder_fra: date
    registreret: Oejeblik | None = None
    vielsesdato: date | None = None
    """When the person was married or entered a registered partnership that still lasts (CPR-01)."""


class PersonFoedt(Besked):
    """A child was born (A36, A51); it has no name yet (CPR-15)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonFoedt.v1"

    person_id: Id
    person: Personoplysninger
    foedselsdato: date
    registreret: Oejeblik | None = None


class PersonNavngivet(Besked):
    """A child was given its name (A14, CPR-15)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonNavngivet.v1"

    person_id: Id
    person: Personoplysninger
    gaelder_fra: date
    registreret: Oejeblik | None = None


class PersonForsvundet(Besked):
    """A person is missing (A02): CPR does not know where he lives (CPR-14)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonForsvundet.v1"

    person_id: Id
    person: Personoplysninger
    forsvundet_fra: date
    registreret: Oejeblik | None = None


class PersonGenfundet(Besked):
    """A missing person was found again and lives in Denmark: by A03, or by what else says so first (CPR-04, CPR-05)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonGenfundet.v1"

    person_id: Id
    person: Personoplysninger
    fundet: date
    registreret: Oejeblik | None = None


class PersonUdrejst(Besked):
    """A person left the country (A06, CPR-14). Greenland is no other country: that is a move."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonUdrejst.v1"

    person_id: Id
    person: Personoplysninger
    udrejsedato: date
    landekode: str = ""
    registreret: Oejeblik | None = None


class PersonDoed(Besked):
    """A person died (A21, CPR-14)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonDoed.v1"

    person_id: Id
    person: Personoplysninger
    doedsdato: date
    registreret: Oejeblik | None = None


class PersonBeskyttelseAendret(Besked):
    """Protection of name and address began or ended (CPR-13), also when only the date was reached."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonBeskyttelseAendret.v1"

    person_id: Id
    person: Personoplysninger
    beskyttet: bool
    fra: date | None = None
    til: date | None = None
    registreret: Oejeblik | None = None


class PersonSkiftetNummer(Besked):
    """A person has a new CPR number under the same `person_id`; the old one is an alias (CPR-11)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonSkiftetNummer.v1"

    person_id: Id
    person: Personoplysninger
    tidligere_cpr: Cprnummer
    registreret: Oejeblik | None = None


class PersonSammenlagt(Besked):
    """Two numbers turned out to be one person: what was known under the other id is his (CPR-11)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonSammenlagt.v1"

    person_id: Id
    person: Personoplysninger
    tidligere_person_id: Id
    tidligere_cpr: Cprnummer
    registreret: Oejeblik | None = None


class PersonHaendelseRettet(Besked):
    """CPR took back or corrected something told before (CPR-10); `person` is how it stands now."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonHaendelseRettet.v1"

    person_id: Id
    person: Personoplysninger
    kode: str
    slags: tuple[str, ...]
    """What it is about: FLYTNING, NAVN, CIVILSTAND, STATUS."""
    tilbagekaldt: date | None = None
    """Effective date of the event that no longer holds, where the hub had told of it."""
    registreret: Oejeblik | None = None


class PersonFlytningTilbagekaldt(Besked):
    """A move that was told of was withdrawn before CPR had it (CPR-07)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonFlytningTilbagekaldt.v1"

    person_id: Id
    person: Personoplysninger
    flytning_id: Id
    flyttedato: date
    registreret: Oejeblik | None = None


class PersonAfsoningMeldt(Besked):
    """A person began to serve a sentence, or ended it (CPR-03). Neither group nor doctor follows from it."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonAfsoningMeldt.v1"

    person_id: Id
    person: Personoplysninger
    trin: Trin
    dato: date
    registreret: Oejeblik | None = None


class PersonVaernepligtMeldt(Besked):
    """A person began military service, or ended it (CPR-12). Neither group nor doctor follows from it."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonVaernepligtMeldt.v1"

    person_id: Id
    person: Personoplysninger
    trin: Trin
    dato: date
    registreret: Oejeblik | None = None
