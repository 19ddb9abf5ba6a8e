"""Two persons who turned out to be one: the group and doctor that he has now, and what is given back (CPR-11)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar

from contracts.base import Besked, Id
from contracts.laegevalg import GruppeTraadtIKraft, LaegeOphoert, LaegevalgTraadtIKraft
from contracts.person import PersonSammenlagt
from contracts.plads import PladsForlades
from services.laegevalg.forloeb.begrundelser import GRUPPER, OPHOER, begrundet
from services.laegevalg.forloeb.beskeder import Valg, ValgBegynder, Valgbesked, ValgetErErstattet, Valgtilstand
from services.laegevalg.forloeb.personsagsbeskeder import (
    KortFoelger,
    Personsag,
    Personsagsbesked,
    Sagsart,
    Sagstilstand,
)
from services.laegevalg.forloeb.registrering import (
    Registrering,
    Registreringsart,
    gaeldende_og_erstattede,
    med_historik,
)
from services.laegevalg.forloeb.sagsbeskeder import Sag
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.laegevalg.rules import DOED, GRUPPE_1, Sikring, er_fraflyttet, personer
from services.laegevalg.rules.sammenlaegning import SAMMENLAGT, beholder_laegen, rang
from shared.domain.datoer import dato, plus_dage
from shared.domain.udfald import InternBesked, SaetFrist

Historik = tuple[Registrering, ...]
KORTET_ER_UDE = (Kortspor.BESTILT, Kortspor.BEKRAEFTET, Kortspor.TRUKKET)
UDEN_PLADS = (Valgtilstand.MODTAGET, Valgtilstand.AFVENTER_PLADS)
_FOERST = datetime.min.replace(tzinfo=UTC)


class LaegSammen(InternBesked):
    """The old id has something that belongs to the person under his new one."""

    ce_type: ClassVar[str] = "laegevalg.LaegSammen.v1"

    person_id: Id
    tidligere_person_id: Id
    afsluttede: tuple[Id, ...] = ()
    """Forløb that have come to an end under the old id."""


@dataclass(frozen=True, slots=True)
class Samlet:
    """Group, doctor and history of the one person."""

    sikring: Sikring
    historik: Historik


def saml(blivende: Sikring, egen: Historik, tidligere: Sikring, andens: Historik, nu: datetime) -> Samlet:
    """CPR-11: no registration is lost; of each kind the newest holds, and what both have in common stands as it was."""
    historikker = _hel(blivende, egen), _hel(tidligere, andens)
    gruppe = _nyeste(Registreringsart.GRUPPE, *historikker)
    laege = _nyeste(Registreringsart.LAEGE, *historikker)
    sikring = Sikring(gruppe.vaerdi if gruppe else None, gruppe.fra if gruppe else None)
    alle = _flettet(*historikker) if andens or tidligere != Sikring() else egen
    if laege is None or laege.vaerdi is None:
        return Samlet(sikring, alle)
    med_laege = replace(sikring, ydernummer=laege.vaerdi, laege_fra=laege.fra)
    if beholder_laegen(sikring.gruppe, sikring.gruppe_fra, laege.fra):
        return Samlet(med_laege, alle)
    return Samlet(sikring, med_historik(alle, med_laege, sikring, nu))


def stadig_doed(samlet: Samlet, foer: Sikret, nu: datetime) -> Samlet:
    """CPR-14: nothing that was told under another id makes one who is dead insured."""
    doed = Sikring(foer.gruppe, foer.gruppe_fra)
    er_doed = foer.person is not None and foer.person.status == DOED and foer.gruppe in personer.UDEN_RET
    if not er_doed or samlet.sikring == doed:
        return samlet
    return Samlet(doed, med_historik(samlet.historik, samlet.sikring, doed, nu))


def _hel(sikring: Sikring, historik: Historik) -> Historik:
    """The history with what holds now, also where nobody kept when it was registered."""
    nu = (
        (Registreringsart.GRUPPE, sikring.gruppe, sikring.gruppe_fra),
        (Registreringsart.LAEGE, sikring.ydernummer, sikring.laege_fra),
    )
    for art, vaerdi, fra in nu:
        sidste = _sidste(art, historik)
        if fra is not None and (sidste is None or (sidste.vaerdi, sidste.fra) != (vaerdi, fra)):
            historik = (*historik, Registrering(art=art, vaerdi=vaerdi, fra=fra, registreret=None))
    return historik


def _sidste(art: Registreringsart, historik: Historik) -> Registrering | None:
    return next((r for r in reversed(historik) if r.art is art), None)


def _nyeste(art: Registreringsart, egen: Historik, andens: Historik) -> Registrering | None:
    a, b = _sidste(art, egen), _sidste(art, andens)
    if a is None or b is None:
        return a or b
    if a.vaerdi == b.vaerdi:
        return a
    return max(a, b, key=lambda r: rang(r.fra, r.registreret))


def _flettet(*historikker: Historik) -> Historik:
    """By effective date, behind what never came to hold: what stands last is what holds."""
    gaeldende: list[Registrering] = []
    erstattede: list[Registrering] = []
    for historik in historikker:
        holder, holdt_ikke = gaeldende_og_erstattede(historik)
        gaeldende += holder
        erstattede += holdt_ikke
    kendte = {(r.art, r.vaerdi, r.fra) for r in gaeldende}
    rest = [r for r in erstattede if (r.art, r.vaerdi, r.fra) not in kendte]
    rest.sort(key=lambda r: r.registreret or _FOERST)
    return (*rest, *sorted(gaeldende, key=lambda r: rang(r.fra, r.registreret)))


def meddelelser(person_id: str, anden_id: str, foer: Sikring, tidligere: Sikring, efter: Sikring) -> Iterator[Besked]:
    """What is new for the person under the id he keeps; each practice that is not his any more has one less."""
    om = {"forloeb_id": f"sammenlaegning-{anden_id}", "person_id": person_id}
    if efter.gruppe is not None and (efter.gruppe, efter.gruppe_fra) != (foer.gruppe, foer.gruppe_fra):
        yield GruppeTraadtIKraft.model_validate(
            {
                **om,
                "gruppe": efter.gruppe,
                "gyldig_fra": efter.gruppe_fra,
                "grund": SAMMENLAGT,
                "begrundelse": begrundet(GRUPPER, SAMMENLAGT),
            }
        )
    if efter.ydernummer is None and foer.ydernummer is not None:
        til = _sidste_dag(efter.gruppe_fra or foer.laege_fra)
        hvorfor = {"grund": SAMMENLAGT, "begrundelse": begrundet(OPHOER, SAMMENLAGT)}
        yield LaegeOphoert.model_validate({**om, **hvorfor, "ydernummer": foer.ydernummer, "til": til})
    elif efter.ydernummer is not None and efter.ydernummer != foer.ydernummer:
        ny = {**om, "ydernummer": efter.ydernummer, "virkningsdato": efter.laege_fra}
        if foer.ydernummer is not None:
            ny |= {"tidligere_ydernummer": foer.ydernummer, "tidligere_til": _sidste_dag(efter.laege_fra)}
        yield LaegevalgTraadtIKraft.model_validate(ny)
    holdt = [y for y in (foer.ydernummer, tidligere.ydernummer) if y is not None]
    if efter.ydernummer in holdt:
        holdt.remove(efter.ydernummer)
    yield from (PladsForlades.model_validate({**om, "ydernummer": y}) for y in holdt)


def _sidste_dag(efterfoelger: date | None) -> date | None:
    return None if efterfoelger is None else plus_dage(efterfoelger, -1)


def i_raekkefoelge(forloeb: Iterable[str], valg: dict[str, Valg]) -> tuple[str, ...]:
    """Choices in the order they began; one whose row was not read is older than those that were."""
    kendte = dict.fromkeys(forloeb)
    return tuple(sorted(kendte, key=lambda id_: valg[id_].startet if id_ in valg else _FOERST))


def erstattede(aabne: Sequence[str], valg: dict[str, Valg]) -> tuple[ValgetErErstattet, ...]:
    """Decision 0013: of the choices of both the newest counts, once it has its place."""
    nyeste = valg.get(aabne[-1]) if aabne else None
    if nyeste is None or nyeste.tilstand in (*UDEN_PLADS, *LAEGEVALG.afsluttede()):
        return ()
    return tuple(ValgetErErstattet(forloeb_id=id_, person_id=valg[id_].person_id) for id_ in aabne[:-1] if id_ in valg)


def kort_id(besked: PersonSammenlagt | LaegSammen) -> str:
    """The forløb of the card that follows from a join."""
    return f"nummerskift-{besked.tidligere_person_id}-sammenlagt"


def nyt_kort(
    besked: PersonSammenlagt | LaegSammen, foer: Sikret, tidligere: Sikret, sager: Iterable[Sag], nu: datetime
) -> tuple[Personsag, KortFoelger] | None:
    """BET-11: who had a card only under the number given up has a new one, as after any change of number.

    `foer` and `tidligere` are the insured under the number that stays, and under the other, whose entries are `sager`.
    """
    person = besked.person if isinstance(besked, PersonSammenlagt) else foer.person
    if person is None or person.adresse is None or er_fraflyttet(person.status):
        return None
    gruppe = tidligere.gruppe or foer.gruppe
    havde_kort = gruppe is not None and personer.har_kort(gruppe)
    numre = {s.person.cpr for s in sager if s.kort in KORTET_ER_UDE}
    sent = isinstance(besked, LaegSammen)  # the entry came to its end after the join
    if not havde_kort or not _er_uden_kort(foer, tidligere) or person.cpr in numre or (sent and not numre):
        return None
    sag = Personsag(
        forloeb_id=kort_id(besked),
        person_id=besked.person_id,
        tilstand=Sagstilstand.MODTAGET,
        art=Sagsart.NUMMERSKIFT,
        kommunekode=person.adresse.kommunekode,
        dag=dato(nu if isinstance(besked, LaegSammen) else besked.registreret or nu),
        person=person,
        startet=nu,
        gruppe=gruppe,
        ydernummer=tidligere.ydernummer,
        praksisnavn=tidligere.praksisnavn,
    )
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}
    return sag, KortFoelger.model_validate({**om, "aarsag": personer.PERSONNUMMER})


def _er_uden_kort(foer: Sikret, tidligere: Sikret) -> bool:
    """KORT-14: no group, or group 1 and never a doctor, whom the other number now brings."""
    if foer.gruppe != GRUPPE_1:
        return foer.gruppe is None
    har_haft_laege = any(r.art is Registreringsart.LAEGE for r in foer.historik) or foer.ydernummer is not None
    return not har_haft_laege and tidligere.ydernummer is not None


def videre(besked: Valgbesked | Personsagsbesked, til: str, nu: datetime) -> SaetFrist:
    """What the service tells itself about the old id goes on to the new one, an order before what is done with it."""
    kommando = getattr(besked, "kommando", None)
    dele = [besked.forloeb_id, "videre", til, "0" if isinstance(besked, ValgBegynder) else "1", type(besked).__name__]
    if kommando is not None:
        dele += [kommando.bestilling_id, kommando.noegle]
    return SaetFrist(":".join(dele), nu, besked.model_copy(update={"person_id": til}))
