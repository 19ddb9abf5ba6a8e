"""What the process of a letter tells itself, and the contents of its effects."""

from datetime import date
from typing import ClassVar

from contracts.base import Cprnummer, Id
from contracts.brev import Kanal
from contracts.person import Adresse
from shared.domain.udfald import InternBesked


class Brevbesked(InternBesked):
    """A message of this service to itself about one letter."""

    brev_id: Id
    person_id: Id


class ModtagerErUkendt(Brevbesked):
    """Decision: nobody has told us of the person yet."""

    ce_type: ClassVar[str] = "digital_post.ModtagerErUkendt.v1"


class SkalUndertrykkes(Brevbesked):
    """Decision: the letter must not be sent (POST-14)."""

    ce_type: ClassVar[str] = "digital_post.SkalUndertrykkes.v1"

    grund: str


class SkalSpoerges(Brevbesked):
    """Decision: ask Digital Post whether the person is registered (POST-17)."""

    ce_type: ClassVar[str] = "digital_post.SkalSpoerges.v1"


class SkalSendesDigitalt(Brevbesked):
    """Decision: to the person's Digital Post."""

    ce_type: ClassVar[str] = "digital_post.SkalSendesDigitalt.v1"

    navn: str
    adresse: Adresse | None = None


class SkalSendesFysisk(Brevbesked):
    """Decision: printed and posted."""

    ce_type: ClassVar[str] = "digital_post.SkalSendesFysisk.v1"

    navn: str
    adresse: Adresse | None = None


class KanIkkeSendes(Brevbesked):
    """Decision: no channel is left."""

    ce_type: ClassVar[str] = "digital_post.KanIkkeSendes.v1"

    grund: str


class TilmeldingOplyst(Brevbesked):
    """Digital Post answered: `tilmeldt` when the person is registered and not exempt."""

    ce_type: ClassVar[str] = "digital_post.TilmeldingOplyst.v1"

    tilmeldt: bool


class BrevAfleveret(Brevbesked):
    """Digital Post, or the print behind it, has the letter."""

    ce_type: ClassVar[str] = "digital_post.BrevAfleveret.v1"

    forsendelse_id: str


class BrevAfvist(Brevbesked):
    """Digital Post will not have the letter."""

    ce_type: ClassVar[str] = "digital_post.BrevAfvist.v1"

    kode: str


class BeslutningForaeldet(Brevbesked):
    """The day of the decision went by before the letter was handed over; nothing was sent."""

    ce_type: ClassVar[str] = "digital_post.BeslutningForaeldet.v1"


class ModtagerFundet(Brevbesked):
    """The person that the letter waited for is known now."""

    ce_type: ClassVar[str] = "digital_post.ModtagerFundet.v1"


class ModtagerUdeblev(Brevbesked):
    """Deadline: nobody told us of the person."""

    ce_type: ClassVar[str] = "digital_post.ModtagerUdeblev.v1"


class SvarUdeblev(Brevbesked):
    """Deadline: Digital Post has not answered."""

    ce_type: ClassVar[str] = "digital_post.SvarUdeblev.v1"


class Opslag(Brevbesked):
    """Content of the effect `post.tilmelding`."""

    ce_type: ClassVar[str] = "digital_post.Opslag.v1"

    cpr: Cprnummer


class Forsendelse(Brevbesked):
    """Content of the effect `post.afsend`: the letter as it is handed over, on the day of the decision only."""

    ce_type: ClassVar[str] = "digital_post.Forsendelse.v1"

    kanal: Kanal
    noegle: str = ""
    """Digital Post's key of the letter. Empty (what an older program wished): that of the effect."""
    besluttet: date
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    afsender: str
    titel: str
    tekst: str
