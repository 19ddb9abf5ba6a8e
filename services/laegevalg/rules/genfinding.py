"""What a person gets who was missing and is found again (CPR-04, CPR-05). Pure and dated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.person import Personoplysninger
from contracts.plads import ForetrukkenYder
from services.laegevalg.rules import GRUPPE_1, Dage, Familielaege, Sikring, dage, foelger_foraeldre, foretrukne
from services.laegevalg.rules.ordrer import er_nyindrejst
from services.laegevalg.rules.personer import GRUPPE_2
from shared.domain.datoer import dato, plus_dage
from shared.domain.hjemmel import Hjemmel


class Genfindingsudfald(StrEnum):
    """What follows for group and doctor."""

    BEHANDLET = "BEHANDLET"
    """Nothing: he has a doctor, or somebody has decided on his group since (IND-04 by analogy)."""
    MANGLER_LAEGE = "MANGLER_LAEGE"
    """The group stands, a doctor is found: the former one first."""
    GRUPPE_1 = "GRUPPE_1"
    """Group 1, and a doctor is found."""
    GRUPPE_1_OG_OPGAVE = "GRUPPE_1_OG_OPGAVE"
    """The same, and a caseworker looks at the group."""
    MANGLER_GRUPPE = "MANGLER_GRUPPE"
    """Group 1 alone: a choice has given him a doctor meanwhile."""
    MANGLER_GRUPPE_OG_OPGAVE = "MANGLER_GRUPPE_OG_OPGAVE"
    """The same, and a caseworker looks at the group."""


@dataclass(frozen=True, slots=True)
class Genfunden:
    """From this day on, what follows for one who was in `gruppe`; None: in any that has no row of its own."""

    gaelder_fra: date
    gruppe: str | None
    udfald: Genfindingsudfald
    hjemmel: Hjemmel


# fmt: off
GENFUNDNE = (
    #         gælder fra  gruppe    udfald                                hjemmel
    Genfunden(date.min,   GRUPPE_1, Genfindingsudfald.MANGLER_LAEGE,      Hjemmel("CPR-04")),
    Genfunden(date.min,   GRUPPE_2, Genfindingsudfald.GRUPPE_1,           Hjemmel("CPR-05")),
    Genfunden(date.min,   None,     Genfindingsudfald.GRUPPE_1_OG_OPGAVE, Hjemmel("CPR-05")),
)
VENT_PAA_VALGET = (
    #    gælder fra  dage  hjemmel
    Dage(date.min,   30,   Hjemmel("CPR-04", "fristen som FLYT-01's 30 dage")),
)
# fmt: on
MED_LAEGE = {
    Genfindingsudfald.GRUPPE_1: Genfindingsudfald.MANGLER_GRUPPE,
    Genfindingsudfald.GRUPPE_1_OG_OPGAVE: Genfindingsudfald.MANGLER_GRUPPE_OG_OPGAVE,
}
"""What is left of an outcome where there is a doctor already."""


def genfindingens_udfald(sikring: Sikring, fundet: date) -> Genfindingsudfald:
    """CPR-04, CPR-05, GRP-16: group 1 and a doctor, by the group of before.

    IND-04 by analogy: a doctor he has by now stands, and so does a group set since he was found. One whose group
    nobody has told of was in no other. A doctor from 14 days before that day, or later, is chosen for his return.
    """
    udfald = _efter_gruppen(sikring, fundet)
    ny_laege = sikring.ydernummer is not None and er_nyindrejst(sikring.laege_fra, fundet)
    return MED_LAEGE.get(udfald, udfald) if ny_laege else udfald


def venter_paa_valget(virkningsdato: date, fundet: date, nu: datetime) -> bool:
    """CPR-04, IND-04 by analogy: nobody who is found is without a doctor for long for one who comes later (our own)."""
    fra = max(fundet, dato(nu))
    return virkningsdato <= plus_dage(fra, dage(VENT_PAA_VALGET, fra))


def _efter_gruppen(sikring: Sikring, fundet: date) -> Genfindingsudfald:
    if sikring.gruppe is None:
        return Genfindingsudfald.GRUPPE_1
    if sikring.gruppe == GRUPPE_1 and sikring.ydernummer is not None:
        return Genfindingsudfald.BEHANDLET
    if sikring.gruppe != GRUPPE_1 and sikring.gruppe_fra is not None and sikring.gruppe_fra >= fundet:
        return Genfindingsudfald.BEHANDLET
    gaeldende = sorted((r for r in GENFUNDNE if r.gaelder_fra <= fundet), key=lambda r: r.gaelder_fra)
    efter_gruppe = {r.gruppe: r.udfald for r in gaeldende}
    return efter_gruppe.get(sikring.gruppe, efter_gruppe[None])


def foretrukne_ved_genfinding(
    person: Personoplysninger, fundet: date, tidligere: str | None, laeger: Mapping[str, Familielaege]
) -> tuple[ForetrukkenYder, ...]:
    """CPR-04: the former doctor first, wherever he is, if open for this citizen; then as at entry (CPR-05, IND-01).

    He counts as open although closed where he is the spouse's doctor (LV-11) or, of a child under 15, that of a
    custody holder (FAM-05).
    """
    andre = foretrukne(person, fundet, laeger)
    if tidligere is None:
        return andre
    barn = foelger_foraeldre(person.foedselsdato, fundet)
    naere = person.foraeldremyndighed_ider if barn else (person.aegtefaelle_id or "",)
    aaben = any(laeger[i].ydernummer == tidligere for i in naere if i in laeger)
    foerst = ForetrukkenYder(ydernummer=tidligere, altid_aaben=aaben, enhver_kommune=True)
    return (foerst, *(f for f in andre if f.ydernummer != tidligere))
