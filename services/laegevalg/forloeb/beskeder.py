"""The rows of a choice of doctor and of an open letter, their states, and the messages the service sends to itself."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from contracts.base import Cprnummer, Id, Oejeblik, Vaerdi
from contracts.bestilling import AnnullerForloeb, Bestillingskanal, LaegevalgAendret, LaegevalgBestilt, Rolle
from contracts.dispensation import Dispensationssvar
from contracts.person import Personoplysninger
from services.laegevalg.forloeb.vilkaar import Flyttevilkaar, Kortspor
from shared.domain.udfald import InternBesked


class Bestillingstilstand(StrEnum):
    """Where an order stands before the person's own forløb begins."""

    MODTAGET = "MODTAGET"
    AFVENTER_PERSON = "AFVENTER_PERSON"
    OVERGIVET = "OVERGIVET"
    AFVIST = "AFVIST"
    ANNULLERET = "ANNULLERET"


@dataclass(frozen=True, slots=True)
class Bestilling:
    """An order as it came. `forloeb_id` is the forløb that it leads to."""

    bestilling_id: str
    forloeb_id: str
    tilstand: Bestillingstilstand
    cpr: str
    bestilt: LaegevalgBestilt
    modtaget: datetime
    person_id: str | None = None
    """Who took the order over."""
    flyttet_til: date | None = None
    """The effective date it was moved to while it waited for its person (KORT-12)."""


class Valgtilstand(StrEnum):
    """What a choice of doctor waits for, or what became of it. MODTAGET is left in the step that makes it."""

    MODTAGET = "MODTAGET"
    AFVENTER_PLADS = "AFVENTER_PLADS"
    AFVENTER_RESERVATION = "AFVENTER_RESERVATION"
    AFVENTER_LEVERING = "AFVENTER_LEVERING"
    AFVENTER_DISPENSATION = "AFVENTER_DISPENSATION"
    AFVENTER_FLYTNING = "AFVENTER_FLYTNING"
    GODKENDT = "GODKENDT"
    KORT_BESTILT = "KORT_BESTILT"
    KORT_TRUKKET = "KORT_TRUKKET"
    ANNULLERES = "ANNULLERES"
    """A cancel waits for the card order to be stopped."""
    TRAADT_I_KRAFT = "TRAADT_I_KRAFT"
    AFVIST = "AFVIST"
    ANNULLERET = "ANNULLERET"


class Svarlinje(Vaerdi):
    """An answer of the practice as it came, kept also when it had no effect (LV-10)."""

    svar: Dispensationssvar
    modtaget: Oejeblik


@dataclass(frozen=True, slots=True)
class Valg:
    """One person's choice of a named practice."""

    forloeb_id: str
    person_id: str
    tilstand: Valgtilstand
    kommunekode: str
    noegle: str
    """The key its order came under; answers go there."""
    bestilling_id: str
    kanal: Bestillingskanal
    aktoer: str
    rolle: Rolle
    bestilt: datetime
    ydernummer: str
    virkningsdato: date
    person: Personoplysninger
    gruppe: str
    startet: datetime
    borger_cpr: str | None = None
    """The citizen who ordered in self-service (LV-05)."""
    betalingskort: str | None = None
    dispensationsregel: str | None = None
    altid_aaben: bool = False
    praksisnavn: str = ""
    lukket: bool = False
    reserveret: bool = False
    """A fee is asked for, so it must be released when the choice comes to nothing."""
    gebyr_oere: int = 0
    anmodet: bool = False
    """The practice was asked for a dispensation."""
    anmodet_tid: datetime | None = None
    """When; None also for requests from before this was kept."""
    leveret: datetime | None = None
    godkendt: str | None = None
    """Why it was approved: AABEN, SVAR, STILTIENDE."""
    kort_bestilt: bool = False
    """The supplier has the card order, and so its receipt is sent."""
    svar: tuple[Svarlinje, ...] = ()
    annullering: AnnullerForloeb | None = None
    """The command to cancel that waits for the card; none where a newer choice wants the card stopped."""
    flyttesag: str | None = None
    """The forløb of a move whose card this one brings along, free (FLYT-06)."""
    fri_efter_flytning: date | None = None
    """BET-13: the day of the move that makes the change free."""
    flyttekort: str | None = None
    """Of a card that was ordered before the move: KORTET_STOPPES, FLYTTEKORT_BESTILT."""
    kort: Kortspor | None = None
    anledning: str | None = None
    """INDREJSE or GENINDREJSE: chosen by a caseworker at entry (LV-21)."""
    ny_gruppe: str | None = None
    """The group that takes effect with the doctor (IND-03)."""
    kun_i_kommunen: bool = False
    flytning: Flyttevilkaar | None = None
    dispenseret: str | None = None
    """How the practice was found to agree while the move was missing: SVAR or STILTIENDE."""
    nu_hos: str | None = None
    """CPR-11: the id the person has now."""

    @property
    def oprettet_af(self) -> str:
        """LV-05: the caseworker; of what a citizen ordered the channel, and `borger_cpr` says who."""
        return self.aktoer if self.borger_cpr is None else self.kanal.value


class Brevtilstand(StrEnum):
    """What became of the letter that asks a person to choose a doctor."""

    MODTAGET = "MODTAGET"
    AFVENTER_NYT_VALG = "AFVENTER_NYT_VALG"
    NYT_VALG_MODTAGET = "NYT_VALG_MODTAGET"
    ANNULLERET = "ANNULLERET"
    OVERGIVET_TIL_SAGSBEHANDLER = "OVERGIVET_TIL_SAGSBEHANDLER"


@dataclass(frozen=True, slots=True)
class Brevforloeb:
    """The new forløb after a choice that came to nothing: a letter, and a deadline to choose again (LV-08)."""

    forloeb_id: str
    person_id: str
    tilstand: Brevtilstand
    kommunekode: str
    cpr: str
    praksisnavn: str
    grund: str
    startet: datetime


class Bestillingsbesked(InternBesked):
    """A message of the service to itself about one order."""

    noeglefelt: ClassVar[str] = "noegle"

    noegle: str
    bestilling_id: Id


class PersonenErUkendt(Bestillingsbesked):
    """Nobody has told us of the person that the order is for, or of the one who ordered (FAM-03)."""

    ce_type: ClassVar[str] = "laegevalg.PersonenErUkendt.v1"


class PersonenErKendt(Bestillingsbesked):
    """The person that the order is for is known."""

    ce_type: ClassVar[str] = "laegevalg.PersonenErKendt.v1"

    person_id: Id


class BestillingErUgyldig(Bestillingsbesked):
    """A rule refuses the order."""

    ce_type: ClassVar[str] = "laegevalg.BestillingErUgyldig.v1"

    grund: str


class PersonSoegesIgen(Bestillingsbesked):
    """Deadline: look for the person again, in case the news of him and the order crossed."""

    ce_type: ClassVar[str] = "laegevalg.PersonSoegesIgen.v1"

    cpr: Cprnummer
    borger_cpr: Cprnummer | None = None
    """Who ordered, where it was for another."""


class PersonUdeblev(Bestillingsbesked):
    """Deadline: the person, or the one who ordered for him, never became known."""

    ce_type: ClassVar[str] = "laegevalg.PersonUdeblev.v1"

    cpr: Cprnummer
    borger_cpr: Cprnummer | None = None


class Valgbesked(InternBesked):
    """A message of the service to itself about one person's forløb."""

    forloeb_id: Id
    person_id: Id


class ValgBegynder(Valgbesked):
    """The order handed over to the person it is for."""

    ce_type: ClassVar[str] = "laegevalg.ValgBegynder.v1"

    bestilt: LaegevalgBestilt


class AnnulleringOensket(Valgbesked):
    """The command to cancel, handed over to the person's forløb."""

    ce_type: ClassVar[str] = "laegevalg.AnnulleringOensket.v1"

    kommando: AnnullerForloeb


class AendringOensket(Valgbesked):
    """The command to move the choice to another day, handed over to the person's forløb."""

    ce_type: ClassVar[str] = "laegevalg.AendringOensket.v1"

    kommando: LaegevalgAendret


class PersonenFlyttede(Valgbesked):
    """FLYT-06: the person moved while the choice was open; `dag` is the day of the move."""

    ce_type: ClassVar[str] = "laegevalg.PersonenFlyttede.v1"

    flyttesag: Id
    dag: date
    til_kommunekode: str | None = None


class FlytningMedKort(Valgbesked):
    """FLYT-06: the card is still to be ordered, so it is the card of the move, too, and free."""

    ce_type: ClassVar[str] = "laegevalg.FlytningMedKort.v1"

    flyttesag: Id


class FlytningUdenKort(Valgbesked):
    """The choice has no card for the move."""

    ce_type: ClassVar[str] = "laegevalg.FlytningUdenKort.v1"

    flyttesag: Id


class ValgetErErstattet(Valgbesked):
    """The person has chosen again, and has a place there: the newest choice counts."""

    ce_type: ClassVar[str] = "laegevalg.ValgetErErstattet.v1"


class BrevforloebAnnulleres(Valgbesked):
    """The command to cancel, handed over to the forløb of a letter."""

    ce_type: ClassVar[str] = "laegevalg.BrevforloebAnnulleres.v1"

    kommando: AnnullerForloeb


class PersonenErFraflyttet(Valgbesked):
    """NORD-01: the person has no right to a doctor in Denmark any more."""

    ce_type: ClassVar[str] = "laegevalg.PersonenErFraflyttet.v1"


class PladsKraeverBetaling(Valgbesked):
    """The place is held; the fee comes next."""

    ce_type: ClassVar[str] = "laegevalg.PladsKraeverBetaling.v1"


class DispensationKraeves(Valgbesked):
    """Nothing is missing but the practice's dispensation."""

    ce_type: ClassVar[str] = "laegevalg.DispensationKraeves.v1"


class IntetMangler(Valgbesked):
    """Everything that the choice waits for has come (LV-18)."""

    ce_type: ClassVar[str] = "laegevalg.IntetMangler.v1"


class ReservationFejlede(Valgbesked):
    """The fee could not be reserved."""

    ce_type: ClassVar[str] = "laegevalg.ReservationFejlede.v1"

    grund: str


class DispensationGivet(Valgbesked):
    """The practice said yes in time."""

    ce_type: ClassVar[str] = "laegevalg.DispensationGivet.v1"


class DispensationAfslaaet(Valgbesked):
    """The practice said no in time (LV-08)."""

    ce_type: ClassVar[str] = "laegevalg.DispensationAfslaaet.v1"


class SentJa(Valgbesked):
    """A yes without effect (LV-10)."""

    ce_type: ClassVar[str] = "laegevalg.SentJa.v1"


class SentAfslag(Valgbesked):
    """A no without effect (LV-10)."""

    ce_type: ClassVar[str] = "laegevalg.SentAfslag.v1"


class ValgpladsUdeblev(Valgbesked):
    """Deadline: nobody answered the request for a place."""

    ce_type: ClassVar[str] = "laegevalg.ValgpladsUdeblev.v1"


class BetalingssvarUdeblev(Valgbesked):
    """Deadline: nobody answered the reservation of the fee."""

    ce_type: ClassVar[str] = "laegevalg.BetalingssvarUdeblev.v1"


class LeveringUdeblev(Valgbesked):
    """Deadline: the practice has not got the request."""

    ce_type: ClassVar[str] = "laegevalg.LeveringUdeblev.v1"


class DispensationsfristUdloeb(Valgbesked):
    """LV-09: 14 days went by in silence."""

    ce_type: ClassVar[str] = "laegevalg.DispensationsfristUdloeb.v1"


class Kortbestillingsdag(Valgbesked):
    """KORT-12: 14 days before the effective date the card is ordered."""

    ce_type: ClassVar[str] = "laegevalg.Kortbestillingsdag.v1"


class ValgetsIkrafttraedelse(Valgbesked):
    """LV-20: the effective date began."""

    ce_type: ClassVar[str] = "laegevalg.ValgetsIkrafttraedelse.v1"


class KortsvarUdeblev(Valgbesked):
    """Deadline: nobody told whether the card could be stopped."""

    ce_type: ClassVar[str] = "laegevalg.KortsvarUdeblev.v1"


class BrevSkalSendes(Valgbesked):
    """A choice came to nothing; the person is asked to choose again."""

    ce_type: ClassVar[str] = "laegevalg.BrevSkalSendes.v1"


class NytValgKom(Valgbesked):
    """The person has chosen again."""

    ce_type: ClassVar[str] = "laegevalg.NytValgKom.v1"


class BrevetKomIkkeFrem(Valgbesked):
    """The letter was suppressed, or could not be sent (LV-08)."""

    ce_type: ClassVar[str] = "laegevalg.BrevetKomIkkeFrem.v1"

    grund: str


class SvarfristUdloeb(Valgbesked):
    """Deadline: the person has not chosen again."""

    ce_type: ClassVar[str] = "laegevalg.SvarfristUdloeb.v1"
