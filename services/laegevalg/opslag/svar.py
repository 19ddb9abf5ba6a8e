"""What is asked of the service, and what it answers."""

from datetime import date
from enum import StrEnum

from contracts.base import Cprnummer, Kommunekode, Oejeblik, Ydernummer
from services.laegevalg.forloeb.registrering import Registreringsart
from shared.platform.opslag.erklaering import OpslagId, Spoergsmaal, Svar


class OmNummer(Spoergsmaal):
    """A person by CPR number."""

    cpr: Cprnummer


class OmPerson(Spoergsmaal):
    """A person by the hub's id."""

    person_id: OpslagId


class Omfang(StrEnum):
    """How much of a list is wanted."""

    SENESTE = "SENESTE"
    """The five newest (FORL-01)."""
    ALLE = "ALLE"


class OmForloebene(OmPerson):
    """A person's forløb in the municipality that asks."""

    omfang: Omfang = Omfang.SENESTE


class OmForloeb(Spoergsmaal):
    """One forløb by its id."""

    forloeb_id: OpslagId


class Adressesvar(Svar):
    """An address in Denmark."""

    kommunekode: Kommunekode
    linje: str
    conavn: str
    bynavn: str
    postnummer: str
    postdistrikt: str


class Igangvaerende(Svar):
    """A choice of doctor that has not come to an end (FLYT-03, FLYT-04)."""

    kommunekode: Kommunekode
    """Where it is in progress."""
    forloeb_id: str | None
    """Null where that is another municipality: that it exists may be seen, its content not."""


class Personsvar(Svar):
    """An insured person, to the municipality where he lives."""

    person_id: str
    cpr: Cprnummer | None
    navn: str
    foedselsdato: date | None
    beskyttet: bool
    """Protection of name and address (SIK-02). Also true while the hub does not know."""
    adresse: Adressesvar | None
    adresse_skjult: bool
    """There is an address, and the role may not see it."""
    gruppe: str | None
    gruppe_fra: date | None
    ydernummer: Ydernummer | None
    laege_fra: date | None
    igangvaerende_laegevalg: tuple[Igangvaerende, ...]


class Registreringssvar(Svar):
    """A group or doctor from a day on. Who chose is not told here (LV-05)."""

    art: Registreringsart
    vaerdi: str
    """The group, or the doctor's ydernummer."""
    fra: date
    til: date | None
    """The last day; null while it holds, and where it never came to hold."""
    erstattet: bool
    """It never came to hold: one registered later holds from the same day or an earlier one."""
    registreret: Oejeblik | None
    """Null for what is older than this is kept."""


class Historiksvar(Svar):
    """LV-06: newest effective date first, ties by registration time."""

    registreringer: tuple[Registreringssvar, ...]


class Forloebslinje(Svar):
    """A forløb in a list."""

    forloeb_id: str
    art: str
    """INDREJSE, GENINDREJSE, GENFINDING, FOEDSEL, LAEGEVALG, LAEGEVALGSBREV; of what happened to the person FLYTNING,
    NAVNEAENDRING, NUMMERSKIFT, FRAFLYTNING, DOEDSFALD, FORSVINDEN, AFSONING, VAERNEPLIGT."""
    tilstand: str
    i_gang: bool
    startet: Oejeblik
    virkningsdato: date | None
    ydernummer: Ydernummer | None
    praksisnavn: str


class Forloebsliste(Svar):
    """The newest first, by creation time."""

    forloeb: tuple[Forloebslinje, ...]
    i_alt: int
    """How many there are, also where only the five newest are shown."""


class Dispensation(Svar):
    """LV-07: that a dispensation is asked for and how it goes, never the rule it rests on."""

    anmodet: Oejeblik | None
    """Null also for requests from before this was kept."""
    leveret: Oejeblik | None
    besvaret: bool


class Forloebssvar(Forloebslinje):
    """One forløb, to the municipality that it belongs to."""

    person_id: str
    oprettet_af: str
    """The caseworker, SELVBETJENING, or SYSTEM (LV-05)."""
    borger_cpr: Cprnummer | None
    """The citizen who ordered in self-service (FORL-04)."""
    bestilling_id: str | None
    gebyr_oere: int
    dispensation: Dispensation | None
    godkendt: str | None
    """Why it was approved: AABEN, SVAR, STILTIENDE."""


class Relationsart(StrEnum):
    """How one stands to another (FAM-01)."""

    AEGTEFAELLE = "AEGTEFAELLE"
    BARN = "BARN"
    """A child under 18 of whom the person has custody, wherever it lives (FAM-12)."""
    VAERGEMAAL = "VAERGEMAAL"
    """A grown person for whom one of the two is the other's guardian."""
    BOFAELLE = "BOFAELLE"
    """Anybody else at the same address: also one's own children from 18 (FAM-02), and foster children (FAM-12)."""


class Relation(Svar):
    """One of the family or household. No address: it is asked for by the person's own municipality."""

    person_id: str
    art: Relationsart
    navn: str | None
    """Null where the service does not know the person."""
    foedselsdato: date | None
    beskyttet: bool
    kan_vaelges: bool
    """Whether the person may choose doctor for this one: a child under 15 of whom he has custody (FAM-10, FAM-11)."""


class Familiesvar(Svar):
    """The family as the service knows it."""

    relationer: tuple[Relation, ...]
    bofaeller_udeladt: bool
    """More than 20 in all: the cohabitants are left out (FAM-13)."""
    bofaeller_skjult: bool
    """The person's address is protected, so who lives there is not told to this role (SIK-02)."""
