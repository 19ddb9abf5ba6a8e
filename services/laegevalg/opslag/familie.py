"""A person's family and household (FAM-01, FAM-02, FAM-11..13): pure, from the rows of those concerned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.laegevalg import rules
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.opslag.svar import Familiesvar, Relation, Relationsart
from services.laegevalg.opslag.synlighed import er_beskyttet
from services.laegevalg.rules.bemyndigelse import Forhold, Handling, afslag_i_selvbetjening, myndighed_bestaar

DOED = "90"


@dataclass(frozen=True, slots=True)
class Kreds:
    """The person, those he has relations to by id, those he has custody of or is guardian for, and who lives there."""

    person: Sikret
    kendte: Mapping[str, Sikret]
    under_myndighed: Sequence[Sikret]
    paa_adressen: Sequence[Sikret]


def familie(kreds: Kreds, paa: date, *, ser_beskyttede: bool) -> Familiesvar:
    """FAM-01, FAM-13: relations first, then cohabitants; all are counted, also those that are not shown (SIK-02)."""
    relationer = list(_relationer(kreds, paa))
    kendte = {r.person_id for r in relationer} | {kreds.person.person_id}
    bofaeller = [
        (s, _relation(s.person_id, s, Relationsart.BOFAELLE, paa))
        for s in kreds.paa_adressen
        if s.person_id not in kendte and not _doed(s)
    ]
    udeladt = rules.bofaeller_udelades(len(relationer), len(bofaeller), paa)
    skjult = not ser_beskyttede and er_beskyttet(kreds.person, paa)
    vises = () if udeladt or skjult else bofaeller
    synlige = [r for s, r in vises if ser_beskyttede or not er_beskyttet(s, paa)]
    return Familiesvar(relationer=(*relationer, *synlige), bofaeller_udeladt=udeladt, bofaeller_skjult=skjult)


def _relationer(kreds: Kreds, paa: date) -> Iterator[Relation]:
    """FAM-02, FAM-12: children by custody, wherever they live; a child of age, or a foster child, is a cohabitant."""
    person = kreds.person
    if (partner := person.aegtefaelle_id) is not None and not _doed(kreds.kendte.get(partner)):
        yield _relation(partner, kreds.kendte.get(partner), Relationsart.AEGTEFAELLE, paa)
    under_myndighed = [s for s in kreds.under_myndighed if myndighed_bestaar(s.foedselsdato, s.oplyst, paa)]
    for s in under_myndighed:
        if s.person_id not in (partner, person.person_id) and not _doed(s):
            art = Relationsart.VAERGEMAAL if rules.er_myndig(s.foedselsdato, paa) else Relationsart.BARN
            yield _relation(s.person_id, s, art, paa)
    if rules.er_myndig(person.foedselsdato, paa) and myndighed_bestaar(person.foedselsdato, person.oplyst, paa):
        under = {s.person_id for s in under_myndighed}
        for id_ in person.foraeldremyndighed_ider:
            if id_ not in under and id_ != partner and not _doed(kreds.kendte.get(id_)):
                yield _relation(id_, kreds.kendte.get(id_), Relationsart.VAERGEMAAL, paa)


def _relation(id_: str, sikret: Sikret | None, art: Relationsart, paa: date) -> Relation:
    """FAM-11: foster children, and those who choose for themselves (FAM-10), cannot be chosen for."""
    foedt = sikret.foedselsdato if sikret else None
    afslag = afslag_i_selvbetjening(Handling.LAEGE, Forhold.MYNDIG, foedt, None, paa, fuldmagt=False)
    return Relation(
        person_id=id_,
        art=art,
        navn=sikret.person.navn if sikret and sikret.person else None,
        foedselsdato=foedt,
        beskyttet=sikret is None or er_beskyttet(sikret, paa),
        kan_vaelges=art is Relationsart.BARN and afslag is None,
    )


def _doed(sikret: Sikret | None) -> bool:
    return sikret is not None and sikret.person is not None and sikret.person.status == DOED
