"""Whose doctor counts as open for a person, closed or not (LV-11, FAM-05..07). Pure; the day is given."""

from collections.abc import Mapping
from datetime import date

from contracts.person import Personoplysninger
from services.laegevalg.rules import Familielaege, bor_sammen, foelger_foraeldre


def er_altid_aaben(ydernummer: str, person: Personoplysninger, laeger: Mapping[str, Familielaege], paa: date) -> bool:
    """Whether the practice needs no dispensation for the person on the day of the order; only its maximum holds.

    `laeger`: by person id, the relatives who have a doctor. LV-11: the spouse's. FAM-05: for a child under 15 those of
    the custody holders. FAM-06: both, where the child lives with both. FAM-07: else that of the one it lives with;
    another holder's is a doctor as any other (FAM-08). A child that lives with none of them has no such one, so all do.
    """
    aegtefaelle = laeger.get(person.aegtefaelle_id or "")
    if aegtefaelle is not None and aegtefaelle.ydernummer == ydernummer:
        return True
    if not foelger_foraeldre(person.foedselsdato, paa):
        return False
    indehavere = [laeger[i] for i in person.foraeldremyndighed_ider if i in laeger]
    hjemme = [i for i in indehavere if bor_sammen(person.adresse, i.adresse)]
    return any(i.ydernummer == ydernummer for i in hjemme or indehavere)
