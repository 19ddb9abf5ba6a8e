"""Whether an order comes from one who may give it, as far as the hub knows those concerned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from contracts.bestilling import Bestillingskanal
from contracts.kommuner import kommune
from services.laegevalg import rules
from services.laegevalg.forloeb import oversaettelse
from services.laegevalg.forloeb.beskeder import Bestilling, BestillingErUgyldig, PersonenErKendt, Valg
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import bemyndigelse as regler
from services.laegevalg.rules.bemyndigelse import Afslag, Bopael, Forhold, Handling
from shared.domain.datoer import dato

Afgoerelse = PersonenErKendt | BestillingErUgyldig


def afgjort(
    bestilling: Bestilling,
    fundne: Mapping[str, Sikret],
    kreds: Mapping[str, Sikret],
    i_gang: Iterable[Valg],
    *,
    sidste: bool = False,
) -> Afgoerelse | None:
    """Whose the order is, or why it is refused; None: the person, or what the one who orders is to him, is not known.

    `i_gang`: the person's choices in progress.
    `sidste`: nothing more is waited for, so who is not known to be allowed is not.
    """
    sikret = _med_nummer(bestilling.cpr, fundne.values())
    if sikret is None:
        return None
    udfald = _udfald(bestilling, sikret, kreds, tuple(i_gang))
    if len(udfald) > 1 and not sidste:
        return None
    afslag = udfald.pop() if len(udfald) == 1 else Afslag.UVIST_HVEM
    if afslag is None:
        return oversaettelse.kendt(bestilling, sikret.person_id)
    return BestillingErUgyldig(
        noegle=bestilling.bestilt.noegle, bestilling_id=bestilling.bestilling_id, grund=afslag.value
    )


def som_oplyst(ny: Sikret, foer: Sikret | None, nu: datetime) -> Sikret:
    """When the hub was told of the person; FLYT-01: and of the last move from another municipality in Denmark."""
    ny = replace(ny, oplyst=dato(nu))
    if foer is None:
        return ny
    if kommune(foer.kommunekode) is not None and foer.kommunekode != ny.kommunekode:
        return replace(ny, fraflyttet_kommune=foer.kommunekode, fraflyttet=dato(nu))
    return replace(ny, fraflyttet_kommune=foer.fraflyttet_kommune, fraflyttet=foer.fraflyttet)


def _udfald(
    bestilling: Bestilling, sikret: Sikret, kreds: Mapping[str, Sikret], i_gang: Sequence[Valg]
) -> set[Afslag | None]:
    """What comes of it, for each thing that the one who orders may be to the person: one where that is known."""
    bestilt, paa = bestilling.bestilt, dato(bestilling.bestilt.bestilt)
    if bestilt.kanal != Bestillingskanal.SELVBETJENING:
        return {regler.afslag_paa_kommune(bestilt.kommunekode, _bopael(sikret, i_gang), paa)}
    aktoer = _aktoer(bestilling, sikret, kreds)
    return {
        regler.afslag_i_selvbetjening(
            Handling.LAEGE, forhold, sikret.foedselsdato, aktoer.foedselsdato if aktoer else None, paa,
            fuldmagt=bestilt.fuldmagt is not None,
        )
        for forhold in _mulige_forhold(aktoer, sikret, kreds, paa)
    }  # fmt: skip


def _mulige_forhold(aktoer: Sikret | None, sikret: Sikret, kreds: Mapping[str, Sikret], paa: date) -> Iterator[Forhold]:
    """PLO-09: by what CPR tells now. One nobody has told of may be any of those nobody has told of.

    CPR-11: who turned out to be another is that one to those who still name him by the old id.
    """
    nu = {s.person_id: s.afloest_af for s in kreds.values() if s.afloest_af is not None}
    partner = () if sikret.aegtefaelle_id is None else (nu.get(sikret.aegtefaelle_id, sikret.aegtefaelle_id),)
    bestaar = regler.myndighed_bestaar(sikret.foedselsdato, sikret.oplyst, paa)
    myndige = tuple(nu.get(i, i) for i in sikret.foraeldremyndighed_ider) if bestaar else ()
    if aktoer is None:
        yield Forhold.ANDEN
        kendte = {s.person_id for s in kreds.values() if s.person is not None}
        if not kendte.issuperset(partner):
            yield Forhold.AEGTEFAELLE
        if not kendte.issuperset(myndige):
            yield Forhold.MYNDIG
    elif aktoer.person_id == sikret.person_id:
        yield Forhold.SELV
    elif aktoer.person_id in partner or aktoer.aegtefaelle_id in (sikret.person_id, *sikret.tidligere_ider):
        yield Forhold.AEGTEFAELLE
    elif aktoer.person_id in myndige:
        yield Forhold.MYNDIG
    else:
        yield Forhold.ANDEN


def _aktoer(bestilling: Bestilling, sikret: Sikret, kreds: Mapping[str, Sikret]) -> Sikret | None:
    cpr = bestilling.bestilt.borger_cpr
    return sikret if cpr in (None, bestilling.cpr) else _med_nummer(cpr, kreds.values())


def _med_nummer(cpr: str, sikrede: Iterable[Sikret]) -> Sikret | None:
    """CPR-11: a number given up leads to the person as he is now."""
    raekker = {s.person_id: s for s in sikrede}
    fundet = next((s for s in raekker.values() if s.har_nummer(cpr) and s.person is not None), None)
    return fundet if fundet is None or fundet.afloest_af is None else raekker.get(fundet.afloest_af, fundet)


def _bopael(sikret: Sikret, i_gang: Sequence[Valg]) -> Bopael:
    """FLYT-01: where he lives, and what else makes a municipality his."""
    adresse, person = sikret.adresse, sikret.person
    bor_her = adresse is not None and person is not None and not rules.er_fraflyttet(person.status)
    meldt = sikret.meldt_flytning
    anmeldte = (v.flytning.til_kommunekode for v in i_gang if v.flytning is not None)
    return Bopael(
        adresse.kommunekode if adresse is not None and bor_her else None,
        sikret.fraflyttet_kommune,
        sikret.fraflyttet,
        meldt_kommuner=(*((meldt.til_kommunekode,) if meldt else ()), *anmeldte),
        valg_i_kommuner=tuple(v.kommunekode for v in i_gang),
    )
