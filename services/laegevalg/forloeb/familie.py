"""An entry or a birth that waits until its family has a doctor (IND-01, FAM-05..07)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from contracts.person import Personoplysninger
from services.laegevalg import rules
from services.laegevalg.forloeb.sagsbeskeder import (
    Art,
    ForaeldreSkalVaelge,
    IndrejseManglerLaege,
    IndrejseUbehandlet,
    IndrejseVurderesIgen,
    Sag,
    Sagsbesked,
)
from services.laegevalg.rules import Familielaege
from services.laegevalg.rules.familie import Slaegtning, venter
from services.laegevalg.rules.foedsel import foraeldre_skal_vaelge
from shared.domain.udfald import SaetFrist


class FamilienErPaaVej(Sagsbesked):
    """IND-01, FAM-05: somebody whose doctor the person is to have is being given one."""

    ce_type: ClassVar[str] = "laegevalg.FamilienErPaaVej.v1"


def ider(person: Personoplysninger) -> tuple[str, ...]:
    """Whose doctors an entry, a finding or a birth may follow."""
    partner = (person.aegtefaelle_id,) if person.aegtefaelle_id else ()
    return (*partner, *person.foraeldremyndighed_ider, *person.boern_ider)


def hvis_paa_vej(
    sag: Sag, foelger: Sagsbesked, kendte: Mapping[str, Slaegtning], nu: datetime, *, ogsaa_ukendte: bool = False
) -> Sagsbesked:
    """What follows for the person, or the wait for his family where a doctor would follow."""
    if not isinstance(foelger, IndrejseManglerLaege | IndrejseUbehandlet | ForaeldreSkalVaelge):
        return foelger
    if not venter(sag.person, sag.virkningsdato, kendte, sag.startet, nu, ogsaa_ukendte=ogsaa_ukendte):
        return foelger
    return FamilienErPaaVej(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


def med_laeger(sag: Sag, laeger: Mapping[str, Familielaege]) -> Sag:
    """IND-01: which practices are tried first, as the family has them by now. CPR-04: a finding has its own already."""
    if sag.art is Art.GENFINDING:
        return sag
    return replace(
        sag,
        foretrukne=rules.foretrukne(sag.person, sag.virkningsdato, laeger),
        foraeldre_skal_vaelge=foraeldre_skal_vaelge(sag.person, sag.virkningsdato, laeger),
    )


def se_igen(forloeb_id: str, person_id: str, person: Personoplysninger) -> IndrejseVurderesIgen:
    """Look again at what the entry waits for. `person`: as he is known."""
    return IndrejseVurderesIgen(forloeb_id=forloeb_id, person_id=person_id, cpr=person.cpr, familie=ider(person))


def vaek(igen: IndrejseVurderesIgen, nu: datetime) -> SaetFrist:
    """A relative's search for a doctor is over. One that waits for nothing is not changed by being looked at."""
    return SaetFrist(f"{igen.forloeb_id}:IndrejseVurderesIgen", nu, igen)
