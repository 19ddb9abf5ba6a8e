"""What was told to have happened to a person, and did not, or not so (CPR-07, CPR-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from contracts.person import PersonFlytningTilbagekaldt, PersonHaendelseRettet
from services.laegevalg.forloeb.haendelse import Haendelse, er_den_samme, numre
from services.laegevalg.forloeb.personsagsbeskeder import KortFoelger, Personsag, Sagsart, Sagstilstand
from services.laegevalg.rules import Sikring, er_fraflyttet, personer

Rettelse = PersonHaendelseRettet | PersonFlytningTilbagekaldt
ARTER = {
    "FLYTNING": (Sagsart.FLYTNING, Sagsart.FRAFLYTNING),
    "NAVN": (Sagsart.NAVNEAENDRING,),
    "STATUS": (Sagsart.FRAFLYTNING, Sagsart.DOEDSFALD, Sagsart.FORSVINDEN),
}
"""What may have come of an event, by what a correction says that it is about."""
RETTET_NAVN = "A16"
"""The code that says which name was meant; those that take back say nothing more."""


def sag_ider(besked: Rettelse) -> tuple[str, ...]:
    """The forløb that may have come of what is taken back."""
    dag, slags = _om(besked)
    if dag is None:
        return ()
    arter = dict.fromkeys(art for s in slags for art in ARTER.get(s, ()))
    return tuple(id_ for art in arter for id_ in numre(f"{art.value.lower()}-{besked.person_id}-{dag}"))


def under_opgivne(besked: Rettelse, andre: Mapping[str, Personsag]) -> dict[str, Personsag]:
    """CPR-11: those that came of it while the person went by an id that is given up."""
    om = {s.person_id: sag_ider(besked.model_copy(update={"person_id": s.person_id})) for s in andre.values()}
    return {i: s for i, s in andre.items() if i in om[s.person_id]}


def _om(besked: Rettelse) -> tuple[date | None, tuple[str, ...]]:
    if isinstance(besked, PersonFlytningTilbagekaldt):
        return besked.flyttedato, ("FLYTNING",)
    return besked.tilbagekaldt, besked.slags


def tilbagekaldte(besked: Rettelse, kendte: Mapping[str, Personsag]) -> list[Personsag]:
    """Those that do not hold any more. A name corrected to what it is already is no news (CPR-09)."""
    nyt_navn = besked.person.navn if _retter_navnet(besked) else None
    return [s for s in kendte.values() if not s.tilbagekaldt and s.person.navn != nyt_navn]


def _retter_navnet(besked: Rettelse) -> bool:
    return isinstance(besked, PersonHaendelseRettet) and besked.kode == RETTET_NAVN


def ledig(besked: Haendelse, ider: Sequence[str], kendte: Mapping[str, Personsag]) -> str | None:
    """CPR-09: the id of a forløb that begins; None where it runs, or has run, and was not taken back.

    KORT-16, CPR-01: another move, or another name, of the same day is one of its own.
    """
    staar = any(not sag.tilbagekaldt for sag in kendte.values())
    if staar and any(er_den_samme(besked, sag) for sag in kendte.values()):
        return None
    return next((id_ for id_ in ider if id_ not in kendte), None)


def rettet_navn(
    besked: Rettelse, kendte: Mapping[str, Personsag], sikring: Sikring, nu: datetime
) -> tuple[Personsag, KortFoelger] | None:
    """CPR-10, CPR-01: the card with the right name, where that with the wrong one was ordered and is not drawn."""
    if not _retter_navnet(besked) or er_fraflyttet(besked.person.status):
        return None
    tilbage = tilbagekaldte(besked, kendte)
    foer = next((s for s in tilbage if s.tilstand is Sagstilstand.KORT_BESTILT), None)
    nyt_id = None if foer is None else next((i for i in sag_ider(besked) if i not in kendte), None)
    if foer is None or nyt_id is None:
        return None
    ny = replace(
        foer,
        forloeb_id=nyt_id,
        person_id=besked.person_id,
        nu_hos=None,
        tilstand=Sagstilstand.MODTAGET,
        person=besked.person,
        startet=nu,
        gruppe=sikring.gruppe or foer.gruppe,
    )
    return ny, KortFoelger(forloeb_id=nyt_id, person_id=ny.person_id, aarsag=personer.NAVN_AEGTESKAB)
