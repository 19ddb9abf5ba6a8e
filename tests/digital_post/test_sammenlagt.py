"""Letters to a person who turned out to be another one (CPR-11)."""

from itertools import permutations

import pytest

from contracts.base import Besked
from contracts.brev import BrevSendt
from services.digital_post.forloeb import Brevtilstand
from services.digital_post.forloeb.beskeder import BrevAfleveret, TilmeldingOplyst
from tests.digital_post.eksempler import ANMODET, ERIK, NU, tilstand
from tests.digital_post.test_forloeb import brev, spil
from tests.motor import Motor

NYT_NUMMER = "0909994013"
NY = ERIK.model_copy(update={"person_id": "p2", "cpr": NYT_NUMMER})
AFLOEST = tilstand(ERIK, 2).model_copy(update={"afloest_af": "p2"})


def alt(motor: Motor) -> Motor:
    """What is due by itself."""
    while klar := motor.forfaldne(NU):
        for frist in klar:
            motor.modtag(frist, NU)
    return motor


@pytest.mark.parametrize("raekkefoelge", list(permutations((ANMODET, tilstand(NY), AFLOEST))))
def test_cpr_11_brevet_gaar_til_den_han_er(raekkefoelge: tuple[Besked, ...]) -> None:
    """CPR-11, POST-24: to the number in use, in any order of arrival, once."""
    motor = alt(spil(*raekkefoelge))
    assert (brev(motor).tilstand, brev(motor).cpr, brev(motor).person_id) == (
        Brevtilstand.AFVENTER_TILMELDING, NYT_NUMMER, "p2",
    )  # fmt: skip
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p2", tilmeldt=True), NU)
    motor.modtag(BrevAfleveret(brev_id="b1", person_id="p2", forsendelse_id="k"), NU)
    assert [s.person_id for s in motor.fra(BrevSendt)] == ["p2"]
    assert motor.raekker["modtager"]["p2"].ventende == ()


def test_cpr_11_den_gamle_tilstand_laest_bagefter() -> None:
    """CPR-11: an older state of the old id changes nothing; a letter in a chain of two goes to the last."""
    tredje = ERIK.model_copy(update={"person_id": "p3", "cpr": "0909994021"})
    videre = tilstand(NY, 2).model_copy(update={"afloest_af": "p3"})
    motor = alt(spil(AFLOEST, tilstand(ERIK, 1), videre, tilstand(tredje), ANMODET))
    assert (brev(motor).cpr, brev(motor).person_id) == ("0909994021", "p3")


def test_cpr_11_et_brev_der_var_paa_vej() -> None:
    """CPR-11: a letter whose channel is asked about goes as it was decided; asked for again, nothing happens."""
    motor = alt(spil(tilstand(ERIK), ANMODET, AFLOEST, tilstand(NY), ANMODET))
    assert (brev(motor).cpr, list(motor.effekter)) == (ERIK.cpr, ["tilmelding:b1"])
