"""An insured person, as everything in the service knows him."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.kommuner import kommune
from contracts.person import Adresse, Personoplysninger
from services.laegevalg.forloeb.registrering import Registrering, med_historik
from services.laegevalg.forloeb.sagsbeskeder import IndrejseVurderesIgen
from services.laegevalg.forloeb.vilkaar import Indrejst, MeldtFlytning
from services.laegevalg.rules import Sikring


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
    praksisnavn: str = ""
    """Of the doctor, as the place was reserved under; empty where nobody has told of it."""
    cpr: str | None = None
    person: Personoplysninger | None = None
    """The newest snapshot."""
    aabne_valg: tuple[str, ...] = ()
    """The choices of doctor that have not come to an end."""
    aabne_breve: tuple[str, ...] = ()
    """The forløb that wait for the person to choose again (LV-08)."""
    kort_venter_paa_navn: str | None = None
    """CPR-15: the forløb that owes a child without a name its card."""

    historik: tuple[Registrering, ...] = ()
    """Every group and doctor, in the order of registration."""
    fraflyttet_kommune: str | None = None
    """The municipality the person moved from last, and the day the hub was told (FLYT-01)."""
    fraflyttet: date | None = None
    oplyst: date | None = None
    """The day the hub was told the newest of the person; None: before this was kept."""
    afloest_af: str | None = None
    """CPR-11: the person is another one, under this id, and has everything there."""
    tidligere_ider: tuple[str, ...] = ()
    """CPR-11: the ids that turned out to be this person."""

    indrejse: Indrejst | None = None
    indrejsevalg: tuple[str, ...] = ()
    """The open choices that an entry or a finding waits for (IND-03, CPR-04)."""
    genfinding: str | None = None
    """CPR-04: the forløb of one found again while it seeks a doctor, or waits for a choice."""
    meldt_flytning: MeldtFlytning | None = None
    tidligere_cpr: tuple[str, ...] = ()
    """CPR-11: the numbers given up, each an alias of `cpr`."""
    soeger_laege: str | None = None
    """The entry or birth that is to give the person a doctor (IND-01)."""
    ventes_af: tuple[IndrejseVurderesIgen, ...] = ()
    """Those of relatives, told to look again when it is over."""

    def har_nummer(self, cpr: str) -> bool:
        """CPR-11: whether the number is, or was, the person's."""
        return cpr == self.cpr or cpr in self.tidligere_cpr

    @property
    def boede_i(self) -> str | None:
        """NORD-01: the municipality in Denmark where he lives, or lived last; none known: the one in Greenland."""
        i_danmark = (k for k in (self.kommunekode, self.fraflyttet_kommune) if kommune(k) is not None)
        return next(i_danmark, self.kommunekode)

    @property
    def sikring(self) -> Sikring:
        """The group and doctor, as the rules know them."""
        return Sikring(self.gruppe, self.gruppe_fra, self.ydernummer, self.laege_fra)

    @property
    def er_tom(self) -> bool:
        """Whether there is nothing that another id could take over."""
        lister = (
            self.aabne_valg,
            self.aabne_breve,
            self.historik,
            self.tidligere_ider,
            self.kort_venter_paa_navn,
            self.ventes_af,
        )
        return self.sikring == Sikring() and self.soeger_laege is None and not any(lister)

    def med(self, ny: Sikring, praksisnavn: str, nu: datetime, uden_laege_fra: date | None = None) -> "Sikret":
        """The insured with this group and doctor; the history tells what changed (see `med_historik`)."""
        return replace(
            self,
            gruppe=ny.gruppe,
            gruppe_fra=ny.gruppe_fra,
            ydernummer=ny.ydernummer,
            laege_fra=ny.laege_fra,
            praksisnavn=praksisnavn,
            historik=med_historik(self.historik, self.sikring, ny, nu, uden_laege_fra),
        )
