"""An entry of one who has a doctor already: nobody has told that he left, or another entry of his is under way."""

from collections.abc import Iterator
from dataclasses import replace

from contracts.base import Besked
from contracts.laegevalg import GruppeTraadtIKraft
from services.laegevalg.forloeb.oversaettelse import med_tidligere, sikring_efter
from services.laegevalg.forloeb.personsag import laegens_ophoer
from services.laegevalg.rules import Sikring
from shared.domain.udfald import Udfald

INDREJST_IGEN = "INDREJST_IGEN"
"""The reason told where a doctor of before the entry ends."""


def med_den_forrige(skridt: Udfald, sikring: Sikring) -> Udfald:
    """IND-04, LV-20: a doctor from before the new group has ended, one who is replaced too; each practice has one less.

    `sikring`: group and doctor before the step.
    """
    if sikring.ydernummer is None:
        return skridt
    beskeder = tuple(_med_ophoeret(skridt.beskeder, sikring, sikring.ydernummer))
    tidligere = sikring_efter(sikring, (b for b in beskeder if isinstance(b, GruppeTraadtIKraft)))
    return replace(skridt, beskeder=med_tidligere(beskeder, tidligere.ydernummer))


def _med_ophoeret(beskeder: tuple[Besked, ...], sikring: Sikring, ydernummer: str) -> Iterator[Besked]:
    for besked in beskeder:
        yield besked
        if isinstance(besked, GruppeTraadtIKraft) and sikring_efter(sikring, (besked,)).ydernummer is None:
            om = {"forloeb_id": besked.forloeb_id, "person_id": besked.person_id}
            yield from laegens_ophoer(om, ydernummer, besked.gyldig_fra, INDREJST_IGEN)
