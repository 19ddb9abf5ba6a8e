"""The tables of the service: the insured, and the entries."""

from dataclasses import dataclass
from datetime import date

from contracts.person import Adresse
from services.laegevalg.forloeb import Sag
from services.laegevalg.rules import Sikring
from shared.platform.tabel import Tabel


@dataclass(frozen=True, slots=True)
class Sikret:
    """An insured person: group and doctor, and what of his state (of that `version`) the choice of doctor needs."""

    person_id: str
    version: int
    adresse: Adresse | None
    kommunekode: str | None
    foedselsdato: date | None
    aegtefaelle_id: str | None
    boern_ider: tuple[str, ...]
    foraeldremyndighed_ider: tuple[str, ...]
    gruppe: str | None = None
    gruppe_fra: date | None = None
    ydernummer: str | None = None
    laege_fra: date | None = None

    @property
    def sikring(self) -> Sikring:
        """The group and doctor, as the rules know them."""
        return Sikring(self.gruppe, self.gruppe_fra, self.ydernummer, self.laege_fra)


SIKREDE = Tabel("sikret", Sikret, "person_id")
SAGER = Tabel("sag", Sag, "forloeb_id")
