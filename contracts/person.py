"""Published by `cpr_events`: the person under his `person_id`, and what happened to him."""

from datetime import date
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Heltal, Id, Kommunekode, Oejeblik, Vaerdi


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
    """Protection of name and address (type 0001) on the day of the snapshot."""
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
    """A person's name was changed (A13)."""

    emne: ClassVar[str] = "person.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.PersonSkiftetNavn.v1"

    person_id: Id
    person: Personoplysninger
    gaelder_fra: date
    registreret: Oejeblik | None = None
