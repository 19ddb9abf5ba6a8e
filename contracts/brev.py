"""Letters: asked for by the service that decided, sent and recorded by `digital_post`."""

from enum import StrEnum
from typing import ClassVar

from contracts.base import Besked, Id, Kommunekode, Oejeblik
from contracts.begrundelse import Begrundelse
from contracts.bestilling import Kode


class Brevtype(StrEnum):
    """The letters of the hub so far; one letter per activity (POST-12)."""

    LAEGEVALGSKVITTERING = "LAEGEVALGSKVITTERING"
    SUNDHEDSKORTKVITTERING = "SUNDHEDSKORTKVITTERING"


class Kanal(StrEnum):
    """DIGITAL: Digital Post. FYSISK: remote print and post. Decided once, at send time (POST-24)."""

    DIGITAL = "DIGITAL"
    FYSISK = "FYSISK"


class BrevAnmodet(Besked):
    """Send a letter to this person. `brev_id` comes from the decision: wanted twice, it is sent once."""

    emne: ClassVar[str] = "breve.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevAnmodet.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    """The sending municipality."""
    brevtype: Brevtype
    felter: dict[str, str] = {}
    """What the text needs, fx `praksisnavn` and `virkningsdato`."""
    automatisk: bool = True
    """Sent by a rule, not written by a caseworker (POST-14)."""


LAEGEVALGSBREV = "LAEGEVALGSBREV"
"""The letter that asks a person to choose a doctor (LV-08)."""


class BrevAnmodetV2(Besked):
    """Send a letter to this person. As version 1, but the type is an open code: a new letter is no new version."""

    emne: ClassVar[str] = "breve.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevAnmodet.v2"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    brevtype: Kode
    """LAEGEVALGSBREV, or a type of version 1."""
    felter: dict[str, str] = {}
    automatisk: bool = True


class BrevTilbagekaldes(Besked):
    """Drop a letter that was asked for; possible until it is handed over (FORL-06, POST-09)."""

    emne: ClassVar[str] = "breve.anmodninger"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevTilbagekaldes.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    grund: Kode
    """As it is said of the forløb: ANNULLERET, FRAFLYTTET, ERSTATTET ...; of a card's receipt: KORT_ANNULLERET."""


class BrevSendt(Besked):
    """The letter was handed over: to Digital Post (DIGITAL) or to print (FYSISK, state TIL_PRINT)."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevSendt.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Brevtype
    kanal: Kanal
    forsendelse_id: str
    """The receiver's receipt."""
    tidspunkt: Oejeblik


class BrevUndertrykt(Besked):
    """An automatic letter that must not be sent: UNAVNGIVET, ADRESSEBESKYTTELSE (POST-14), DOED."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevUndertrykt.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Brevtype
    grund: str
    begrundelse: Begrundelse | None = None


class BrevFejlet(Besked):
    """The letter could not be sent by any channel; a manual task goes to the municipality."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevFejlet.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Brevtype
    grund: str


class BrevSendtV2(Besked):
    """The letter was handed over. As version 1, but the type is an open code."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevSendt.v2"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Kode
    kanal: Kanal
    forsendelse_id: str
    tidspunkt: Oejeblik


class BrevUndertryktV2(Besked):
    """An automatic letter that must not be sent (POST-14). As version 1, but the type is an open code."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevUndertrykt.v2"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Kode
    grund: str
    begrundelse: Begrundelse | None = None


class BrevFejletV2(Besked):
    """The letter could not be sent by any channel. As version 1, but the type is an open code."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevFejlet.v2"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Kode
    grund: str


class BrevTilbagekaldt(Besked):
    """The letter is not sent, and will not be (FORL-06); also where it had come to nothing before."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevTilbagekaldt.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Kode
    grund: Kode
    """As in BrevTilbagekaldes."""


class BrevIkkeTilbagekaldt(Besked):
    """Too late: the letter was with Digital Post or the printer (POST-09)."""

    emne: ClassVar[str] = "breve.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.BrevIkkeTilbagekaldt.v1"

    brev_id: Id
    forloeb_id: Id
    person_id: Id
    brevtype: Kode
    grund: Kode
    """ALLEREDE_AFSENDT."""
    begrundelse: Begrundelse
