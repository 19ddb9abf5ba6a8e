"""What a newborn gets, and which of its parents' doctors (FAM-05..07, CPR-15). Pure and dated."""

from collections.abc import Mapping
from datetime import date

from contracts.person import Personoplysninger
from services.laegevalg.rules import Familielaege, Maaneder, Sikring, bor_sammen, foelger_foraeldre
from shared.domain.datoer import plus_maaneder
from shared.domain.hjemmel import Hjemmel

# fmt: off
NAVNGIVES_INDEN = (
    #        gælder fra  måneder  hjemmel
    Maaneder(date.min,   12,      Hjemmel("CPR-15", "navneloven, § 1: seks måneder; det dobbelte er vores eget")),
)
# fmt: on


def foraeldre_skal_vaelge(person: Personoplysninger, dag: date, laeger: Mapping[str, Familielaege]) -> bool:
    """FAM-06: a child under 15 whose custody holders have different doctors, where nothing tells whose it is to have.

    FAM-07: a child that lives with only one of them, or with several of the same doctor, has theirs.
    """
    if not foelger_foraeldre(person.foedselsdato, dag):
        return False
    myndige = [laeger[i] for i in person.foraeldremyndighed_ider if i in laeger]
    hos = [f for f in myndige if bor_sammen(person.adresse, f.adresse)]
    return len({f.ydernummer for f in hos or myndige}) > 1


def er_ny_i_registret(person: Personoplysninger, sikring: Sikring, navngivet: date) -> bool:
    """CPR-15: a name given to a child whose birth nobody has told of, and who has neither group nor doctor yet."""
    if sikring != Sikring() or person.adresse is None or person.foedselsdato is None:
        return False
    frist = max((r for r in NAVNGIVES_INDEN if r.gaelder_fra <= navngivet), key=lambda r: r.gaelder_fra)
    return navngivet <= plus_maaneder(person.foedselsdato, frist.maaneder)
