"""The chain of extracts: each names the one before it, so a missing delivery shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.cpr.laeser import Fejl
from ingest.cpr.layout import HOVED, feltnavn
from ingest.cpr.udtraek import Udtraek


@dataclass(frozen=True, slots=True)
class Indlaest:
    """An extract that was begun or done before: its content's SHA-256 and whether every message was confirmed."""

    sum: str
    faerdig: bool


Kendte = Mapping[tuple[str, date], Indlaest]
"""What was ingested before, by task number (OPGAVENR) and production date."""


@dataclass(slots=True)
class Plan:
    """What to publish in which order, what is already done, and what is refused (then nothing is published)."""

    indlaes: list[Udtraek] = field(default_factory=list[Udtraek])
    uaendrede: list[Udtraek] = field(default_factory=list[Udtraek])
    fejl: list[Fejl] = field(default_factory=list[Fejl])


def planlaeg(udtraek: Iterable[Udtraek], kendte: Kendte) -> Plan:
    """Sort by production date and hold each file up against the one before it, per task number.

    The first file ever starts the chain. A file that was begun but not done is published again: same ids.
    """
    plan = Plan()
    tilstand = dict(kendte)
    for et in sorted(udtraek, key=lambda u: (u.hoved.opgavenr, u.hoved.proddato)):
        noegle = (et.hoved.opgavenr, et.hoved.proddato)
        foer = tilstand.get(noegle)
        if foer is not None and foer.sum == et.laesning.sum:
            (plan.uaendrede if foer.faerdig else plan.indlaes).append(et)
        elif grund := _brud(et, foer, tilstand, [u.hoved.proddato for u in plan.indlaes if _samme_opgave(u, et)]):
            felt, tekst = grund
            plan.fejl.append(Fejl(str(et.fil), 1, feltnavn(HOVED, felt), tekst))
            continue
        else:
            plan.indlaes.append(et)
        tilstand[noegle] = Indlaest(et.laesning.sum, faerdig=True)
    return plan


def _samme_opgave(en: Udtraek, anden: Udtraek) -> bool:
    return en.hoved.opgavenr == anden.hoved.opgavenr


def _brud(et: Udtraek, foer: Indlaest | None, tilstand: Kendte, planlagte: Sequence[date]) -> tuple[str, str] | None:
    """Field and reason when a file that was not seen before does not follow the last one."""
    hoved = et.hoved
    dage = [dag for opgavenr, dag in tilstand if opgavenr == hoved.opgavenr]
    if foer is not None:
        return "PRODDTO", f"et andet udtræk med produktionsdato {hoved.proddato} er allerede indlæst"
    if not dage:
        return None
    seneste = max(dage)
    if hoved.proddato < seneste:
        return "PRODDTO", f"udtrækket fra {hoved.proddato} er ældre end det senest indlæste fra {seneste}"
    if not tilstand[hoved.opgavenr, seneste].faerdig and seneste not in planlagte:
        return "PRODDTO", f"udtrækket fra {seneste} er ikke indlæst færdigt: indlæs det først"
    if hoved.forrige != seneste:
        sagt = f"{hoved.forrige}" if hoved.forrige else "intet"
        return "PRODDTOFORRIG", f"der mangler udtræk: forrige er efter filen {sagt}, det senest indlæste er {seneste}"
    return None
