"""Published by `laegevalg`: the forløb, the group and the doctor of an insured person."""

from datetime import date
from typing import ClassVar

from contracts.base import Besked, Cprnummer, Id, Kommunekode, Oejeblik, Ydernummer
from contracts.begrundelse import Begrundelse


class ForloebStartet(Besked):
    """A forløb began. `oprettet_af` is SYSTEM, the caseworker, or SELVBETJENING with the citizen's number (LV-05).

    The message that caused it is named by the header `ce_causationid`.
    """

    emne: ClassVar[str] = "forloeb.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.ForloebStartet.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    art: str
    """What kind: INDREJSE, GENINDREJSE, GENFINDING, FOEDSEL, LAEGEVALG, FLYTNING ..."""
    oprettet_af: str
    startet: Oejeblik
    borger_cpr: Cprnummer | None = None
    """The citizen who ordered it in self-service."""


class ForloebAfsluttet(Besked):
    """A forløb ended. `udfald` says how: LAEGE_TILDELT, OVERGIVET_TIL_SAGSBEHANDLER, BEHANDLET_UDEN_HANDLING ..."""

    emne: ClassVar[str] = "forloeb.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.ForloebAfsluttet.v1"

    forloeb_id: Id
    person_id: Id
    kommunekode: Kommunekode
    art: str
    udfald: str
    afsluttet: Oejeblik


class GruppeTraadtIKraft(Besked):
    """The person is in this insurance group (sikringsgruppe) from `gyldig_fra`."""

    emne: ClassVar[str] = "gruppe.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.GruppeTraadtIKraft.v1"

    forloeb_id: Id
    person_id: Id
    gruppe: str
    gyldig_fra: date
    grund: str
    begrundelse: Begrundelse | None = None


class LaegevalgReserveret(Besked):
    """A place is held for the choice (LV-17)."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgReserveret.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    virkningsdato: date


class LaegevalgGodkendt(Besked):
    """The choice is finally approved (LV-18); `grund` is AUTOMATISK, AABEN, SVAR or STILTIENDE."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgGodkendt.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    virkningsdato: date
    grund: str
    begrundelse: Begrundelse | None = None


class LaegevalgFlyttet(Besked):
    """The choice takes effect on another day than it was ordered for (KORT-12)."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgFlyttet.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    virkningsdato: date


class LaegevalgTraadtIKraft(Besked):
    """The doctor is the person's own from `virkningsdato`; the old one ended the day before (LV-20)."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgTraadtIKraft.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    virkningsdato: date
    tidligere_ydernummer: Ydernummer | None = None
    tidligere_til: date | None = None
    """The last day with the old doctor, where there was one."""


class LaegeOphoert(Besked):
    """A person's doctor ended without another taking over (NORD-01, NORD-02, CPR-14).

    `grund`: GROENLAND, UDREJST, DOED, FORSVUNDET, SAMMENLAGT (CPR-11), INDREJST_IGEN (IND-04). `til` is the last day.
    """

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegeOphoert.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    til: date
    grund: str
    begrundelse: Begrundelse | None = None


class LaegevalgAfvist(Besked):
    """The choice came to nothing; the person keeps the doctor of before.

    `grund`: LAEGEN_AFVISTE, PRAKSIS_NEDLAGT, INGEN_KAPACITET, PLADS_FRIGIVET, PRAKSIS_UKENDT, BETALING_FEJLET,
    PLADS_SVAR_UDEBLEV, BETALINGSSVAR_UDEBLEV, ANDEN_KOMMUNE.
    """

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgAfvist.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    grund: str
    begrundelse: Begrundelse | None = None


class LaegevalgAnnulleret(Besked):
    """The choice was cancelled before it took effect (FORL-05).

    `grund`: ANNULLERET, FRAFLYTTET, ERSTATTET, FLYTNING_TRUKKET, FLYTNING_UDEBLEV.
    """

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgAnnulleret.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    grund: str
    begrundelse: Begrundelse | None = None


class LaegevalgAfventerDispensation(Besked):
    """The practice has the request; at `frist` its silence becomes consent (LV-09)."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgAfventerDispensation.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    frist: Oejeblik


class LaegevalgAfventerFlytning(Besked):
    """Nothing is missing but the move that was announced (FLYT-01); told of by `frist`, or the choice is cancelled."""

    emne: ClassVar[str] = "laegevalg.haendelser"
    ce_type: ClassVar[str] = "dk.sygesikring.LaegevalgAfventerFlytning.v1"

    forloeb_id: Id
    person_id: Id
    ydernummer: Ydernummer
    til_kommunekode: Kommunekode
    frist: Oejeblik
