"""Orders of a caseworker at entry, and choices that wait for a move (IND-03, LV-21, FLYT-01). Pure and dated."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from contracts.bestilling import AnmeldtFlytning, Bestillingskanal, Rolle
from contracts.kommuner import KOMMUNER
from services.laegevalg.rules import GRUPPE_1, Dage, Maaneder, Sikring, dage
from shared.domain.datoer import dato, midnat, plus_dage, plus_maaneder
from shared.domain.hjemmel import Hjemmel

INDREJSE = "INDREJSE"
"""The cause of a choice at entry or re-entry."""
KRAEVER_SAGSBEHANDLER, UGYLDIG_GRUPPE = "KRAEVER_SAGSBEHANDLER", "UGYLDIG_GRUPPE"
UGYLDIG_ANLEDNING, UGYLDIG_FLYTNING = "UGYLDIG_ANLEDNING", "UGYLDIG_FLYTNING"


# fmt: off
NYINDREJST_I = (
    #    gælder fra   dage  hjemmel
    Dage(date.min,    14,   Hjemmel("LV-21")),
)
VENT_PAA_FLYTNING = (
    #    gælder fra   dage  hjemmel
    Dage(date.min,    30,   Hjemmel("FLYT-01")),
)
FLYTNING_SENEST = (
    #        gælder fra   måneder  hjemmel
    Maaneder(date.min,    12,      Hjemmel("FLYT-01")),
)
# fmt: on


def afslag(
    kanal: Bestillingskanal, rolle: Rolle, gruppe: str | None, anledning: str | None,
    flytning: AnmeldtFlytning | None, bestilt: datetime,
) -> str | None:  # fmt: skip
    """Why an order that says more than a choice is refused (IND-03, GRP-19, FLYT-01); None: it is not."""
    if gruppe is not None or anledning is not None:
        if kanal is Bestillingskanal.SELVBETJENING or rolle is Rolle.BORGER:
            return KRAEVER_SAGSBEHANDLER
        if gruppe not in (None, GRUPPE_1):
            return UGYLDIG_GRUPPE
        if anledning not in (None, INDREJSE):
            return UGYLDIG_ANLEDNING
    return UGYLDIG_FLYTNING if flytning is not None and not er_mulig_flytning(flytning, bestilt) else None


def er_mulig_flytning(flytning: AnmeldtFlytning, bestilt: datetime) -> bool:
    """FLYT-01: to a municipality that exists, not given up on the day of the order, and not years ahead (our own)."""
    dag = dato(bestilt)
    senest = max((r for r in FLYTNING_SENEST if r.gaelder_fra <= dag), key=lambda r: r.gaelder_fra)
    if flytning.til_kommunekode not in KOMMUNER or flytning.flyttedato > plus_maaneder(dag, senest.maaneder):
        return False
    return dag <= plus_dage(flytning.flyttedato, dage(VENT_PAA_FLYTNING, dag))


def flyttefrist(flyttedato: date) -> datetime:
    """FLYT-01: a move not told of within 30 days of the day announced is not waited for; the last day counts."""
    return midnat(plus_dage(flyttedato, dage(VENT_PAA_FLYTNING, flyttedato) + 1))


def er_nyindrejst(indrejst: date | None, dag: date) -> bool:
    """LV-21: the entry is no more than 14 days ago, the last day included."""
    return indrejst is not None and dag <= plus_dage(indrejst, dage(NYINDREJST_I, dag))


def behandlet_fra(indrejst: date, bestilte: Iterable[date]) -> date:
    """IND-04: since when group and doctor count as those of the entry. `bestilte`: the days ordered at entry.

    CPR may register the entry on a later day than the one the caseworker was told; no further apart than LV-21 says.
    """
    return min((dag for dag in bestilte if dag <= indrejst and er_nyindrejst(dag, indrejst)), default=indrejst)


def er_ved_indrejse(
    anledning: str | None, kanal: Bestillingskanal, bestilt: datetime, indrejst: date | None, sikring: Sikring
) -> bool:
    """LV-21, IND-07: the order says so, or a caseworker chooses for one who entered lately and has no doctor since."""
    if anledning == INDREJSE:
        return True
    if kanal is Bestillingskanal.SELVBETJENING or indrejst is None or not er_nyindrejst(indrejst, dato(bestilt)):
        return False
    return sikring.ydernummer is None or sikring.laege_fra is None or sikring.laege_fra < indrejst


def er_genindrejse(virkningsdato: date, indrejst: date | None, genindrejst: bool, kendt_fra: Sequence[date]) -> bool:
    """BET-09: as CPR's event says, where it has come; else whoever was registered before has come back.

    `kendt_fra`: the first day of every group and doctor registered so far.
    """
    if er_nyindrejst(indrejst, virkningsdato):
        return genindrejst
    return any(fra < virkningsdato for fra in kendt_fra)


def skifter_gruppe(sikring: Sikring, gruppe: str, fra: date, indrejst: date | None, *, ved_indrejse: bool) -> bool:
    """IND-03: whether the group is new to the person. One from before the entry is of an earlier stay (IND-04)."""
    if sikring.gruppe != gruppe or sikring.gruppe_fra is None:
        return True
    if not ved_indrejse:
        return sikring.gruppe_fra > fra
    ophold = indrejst if indrejst is not None and er_nyindrejst(indrejst, fra) else fra
    return not min(ophold, fra) <= sikring.gruppe_fra <= fra
