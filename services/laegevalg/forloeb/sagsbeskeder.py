"""The row of an entry, its states, and the messages that the process sends to itself."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Cprnummer, Id, Ydernummer
from contracts.bestilling import AnnullerForloeb
from contracts.person import Personoplysninger
from contracts.plads import ForetrukkenYder
from services.laegevalg.forloeb.vilkaar import Kortspor
from shared.domain.udfald import InternBesked


class Tilstand(StrEnum):
    """What an entry waits for, or what became of it. MODTAGET is left in the step that makes it."""

    MODTAGET = "MODTAGET"
    AFVENTER_BESTILLING = "AFVENTER_BESTILLING"
    """A caseworker's order for the same entry is under way (IND-04)."""
    AFVENTER_FAMILIE = "AFVENTER_FAMILIE"
    """Somebody of the family, whose doctor is tried first, is being given one (IND-01, FAM-05)."""
    AFVENTER_PLADS = "AFVENTER_PLADS"
    AFVENTER_IKRAFT = "AFVENTER_IKRAFT"
    TRAADT_I_KRAFT = "TRAADT_I_KRAFT"
    BEHANDLET_UDEN_HANDLING = "BEHANDLET_UDEN_HANDLING"
    OVERGIVET_TIL_SAGSBEHANDLER = "OVERGIVET_TIL_SAGSBEHANDLER"
    ANNULLERET = "ANNULLERET"
    ANNULLERES = "ANNULLERES"
    """A cancel waits for the card to be stopped (KORT-09)."""


SOEGNINGEN_ER_SLUT = frozenset(
    {
        Tilstand.AFVENTER_IKRAFT,
        Tilstand.TRAADT_I_KRAFT,
        Tilstand.BEHANDLET_UDEN_HANDLING,
        Tilstand.OVERGIVET_TIL_SAGSBEHANDLER,
        Tilstand.ANNULLERET,
        Tilstand.ANNULLERES,
    }
)
"""A doctor has been found, or there is none to wait for."""


class Art(StrEnum):
    """What gives the person the right: first entry, return, found again (CPR-04, CPR-05), or birth (CPR-15)."""

    INDREJSE = "INDREJSE"
    GENINDREJSE = "GENINDREJSE"
    GENFINDING = "GENFINDING"
    FOEDSEL = "FOEDSEL"


@dataclass(frozen=True, slots=True)
class Sag:
    """One entry, birth or finding of one person; no less than group 1 and a doctor follow from each.

    `registreringer` counts how often its event came; `person` is its snapshot. A card is ordered by the forløb when
    the place is held, but never for a person without a name (CPR-15).
    """

    forloeb_id: str
    person_id: str
    tilstand: Tilstand
    art: Art
    kommunekode: str
    virkningsdato: date
    person: Personoplysninger
    foretrukne: tuple[ForetrukkenYder, ...]
    startet: datetime
    ydernummer: str | None = None
    praksisnavn: str = ""
    registreringer: int = 1
    foraeldre_skal_vaelge: bool = False
    """FAM-06: the parents have different doctors, and nothing tells whose the child is to have."""
    kort: Kortspor | None = None
    """None: no card was asked for."""
    annullering: AnnullerForloeb | None = None
    """The command to cancel that waits for the card."""
    nu_hos: str | None = None
    """CPR-11: the id the person goes by now, where it began under one given up."""


class Sagsbesked(InternBesked):
    """A message of the process to itself."""

    forloeb_id: str
    person_id: str


class IndrejseErBehandlet(Sagsbesked):
    """IND-04: group and doctor were set by hand since the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseErBehandlet.v1"


class IndrejseManglerLaege(Sagsbesked):
    """IND-04: group 1 was set by hand, the doctor was not."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseManglerLaege.v1"


class IndrejseUbehandlet(Sagsbesked):
    """IND-01: nobody has done anything about the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseUbehandlet.v1"


class GenfundetIAndenGruppe(Sagsbesked):
    """CPR-05: found again, and neither in group 1 nor 2 before: group 1 by analogy, and a caseworker looks at it."""

    ce_type: ClassVar[str] = "laegevalg.GenfundetIAndenGruppe.v1"

    tidligere_gruppe: str


class GenfundetMedLaege(Sagsbesked):
    """CPR-05: he has a doctor by a choice of his own, but is not in group 1; `tidligere_gruppe` is for a caseworker."""

    ce_type: ClassVar[str] = "laegevalg.GenfundetMedLaege.v1"

    laege_fra: date
    tidligere_gruppe: str | None = None


class ValgetGaarFoer(Sagsbesked):
    """CPR-04, IND-04: a choice of doctor began while a place was sought; one that was found is kept meanwhile."""

    ce_type: ClassVar[str] = "laegevalg.ValgetGaarFoer.v1"

    ydernummer: str | None = None
    praksisnavn: str = ""


class PladsenErHoldt(Sagsbesked):
    """CPR-04: the choice came to nothing, and the place that was kept is his after all."""

    ce_type: ClassVar[str] = "laegevalg.PladsenErHoldt.v1"

    ydernummer: str
    praksisnavn: str


class ForaeldreSkalVaelge(Sagsbesked):
    """FAM-06: which of the parents' doctors the child is to have is for them to say."""

    ce_type: ClassVar[str] = "laegevalg.ForaeldreSkalVaelge.v1"

    gruppe_mangler: bool
    """Nobody has set group 1 by hand (IND-04)."""


class KortetsNavnKom(Sagsbesked):
    """CPR-15: the child that the forløb owes a card has a name now."""

    ce_type: ClassVar[str] = "laegevalg.KortetsNavnKom.v1"


class BarnetErNavngivet(Sagsbesked):
    """CPR-15, KORT-14: the card can be ordered: the child has a name, a doctor, and still the right to the card."""

    ce_type: ClassVar[str] = "laegevalg.BarnetErNavngivet.v1"

    gruppe: str
    ydernummer: Ydernummer
    praksisnavn: str


class IndrejseErUnderBehandling(Sagsbesked):
    """IND-03, IND-04: a caseworker has ordered for this entry; what comes of it is not known yet."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseErUnderBehandling.v1"


class IndrejseVurderesIgen(Sagsbesked):
    """What the entry waits for, an order or the family's doctor, may have come to something, or to nothing."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseVurderesIgen.v1"

    cpr: Cprnummer
    familie: tuple[Id, ...] = ()


class IndrejseErOverhalet(Sagsbesked):
    """IND-04: the doctor of a caseworker's order took effect while the entry sought one; `ydernummer` held a place."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseErOverhalet.v1"

    ydernummer: str | None = None


class PladsSvarUdeblev(Sagsbesked):
    """Nobody answered the request for a place in time."""

    ce_type: ClassVar[str] = "laegevalg.PladsSvarUdeblev.v1"


class Ikrafttraedelse(Sagsbesked):
    """LV-20: the effective date of the choice began."""

    ce_type: ClassVar[str] = "laegevalg.Ikrafttraedelse.v1"


class IndrejseAnnulleres(Sagsbesked):
    """The command to cancel, handed over to the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseAnnulleres.v1"

    kommando: AnnullerForloeb


class IndrejsensRetOphoerte(Sagsbesked):
    """CPR-14, NORD-01: the person died, left or went missing before the entry gave him a doctor."""

    ce_type: ClassVar[str] = "laegevalg.IndrejsensRetOphoerte.v1"
