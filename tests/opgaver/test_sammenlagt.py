"""Two ids that are one person: his tasks and notes are found under both, in the municipality that has them (CPR-11)."""

from itertools import permutations
from typing import Any

import pytest

from services.opgaver.forloeb.personhenvisning import Personhenvisning, nutidig
from tests.motor import Motor
from tests.opgaver.opslagsverden import (
    ALMA,
    GAMMEL,
    NYT_CPR,
    ODENSE,
    VEJLE,
    notat,
    noter,
    nyt_nummer,
    opgave,
    opgaver,
    sammenlagt,
    svar,
    verden,
)
from tests.opgaver.test_kommandoer import ANMODET, CPR, NU

GAMLE = (opgave("gl-1", GAMMEL), notat("gl-n1", GAMMEL), notat("gl-n2", GAMMEL, ODENSE))


@pytest.mark.parametrize("foer", range(len(GAMLE) + 1))
@pytest.mark.parametrize("spurgt", [ALMA, GAMMEL])
async def test_det_der_stod_paa_det_opgivne_nummer_er_personens(foer: int, spurgt: str) -> None:
    """SIK-01, CPR-11: however many come before the join; it stays with the municipality that has it."""
    motor = verden(*GAMLE[:foer], sammenlagt(), *GAMLE[foer:])
    alle = ["gl-1", "vejle-haster", "vejle-adhoc"]
    assert await opgaver(motor, VEJLE, f"/personer/{spurgt}/opgaver") == alle
    assert sorted(await noter(motor, VEJLE, spurgt)) == ["gl-n1", "vejle-n1", "vejle-n2"]
    assert sorted(await noter(motor, ODENSE, spurgt)) == ["gl-n2", "odense-n1"]
    assert (await svar(motor, VEJLE, "/opgaver/gl-1"))["person_ider"] == [ALMA]
    assert (await svar(motor, VEJLE, "/noter/gl-n1"))["person_id"] == ALMA


async def test_lagt_sammen_to_gange_er_som_en() -> None:
    """CPR-09."""
    motor = verden(*GAMLE, sammenlagt())
    foer = dict(motor.raekker["personhenvisning"])
    assert motor.modtag(sammenlagt(), NU) == []
    assert motor.raekker["personhenvisning"] == foer


KAEDE = [sammenlagt("a", "b", "0909990001"), sammenlagt("b", "c", "0909990003"), sammenlagt("x", "c", "0909990003")]


@pytest.mark.parametrize("raekkefoelge", list(permutations(KAEDE)))
async def test_en_kaede_i_enhver_orden(raekkefoelge: Any) -> None:
    """CPR-11: a was b, and b was c; x was c."""
    motor = verden(*raekkefoelge, *(notat(f"om-{i}", i) for i in "abcx"))
    for spurgt in "abcx":
        assert await noter(motor, VEJLE, spurgt) == ["om-x", "om-c", "om-b", "om-a"]
        assert (await svar(motor, VEJLE, f"/noter/om-{spurgt}"))["person_id"] == "c"


async def test_en_opgave_om_to_der_viser_sig_at_vaere_en() -> None:
    """OPG-04: about exactly one person, so it shows his number; before the join it was about two."""
    motor = verden(opgave("to", ALMA, GAMMEL))
    assert (await svar(motor, VEJLE, "/opgaver/to"))["cpr"] is None
    motor.modtag(sammenlagt(), NU)
    vist = await svar(motor, VEJLE, "/opgaver/to")
    assert (vist["person_ider"], vist["cpr"]) == ([ALMA], NYT_CPR)


@pytest.mark.parametrize("besked", [sammenlagt(), nyt_nummer(GAMMEL)], ids=["sammenlagt", "skiftet nummer"])
async def test_opgaven_viser_det_nummer_personen_har_nu(besked: Any) -> None:
    """OPG-04, CPR-11, BET-11: the number that was given up says nothing to a caseworker."""
    motor = verden(opgave("gl-1", GAMMEL))
    assert (await svar(motor, VEJLE, "/opgaver/gl-1"))["cpr"] == CPR
    motor.modtag(besked, NU)
    assert (await svar(motor, VEJLE, "/opgaver/gl-1"))["cpr"] == NYT_CPR


async def test_nyt_nummer_efter_en_sammenlaegning() -> None:
    """CPR-11: the newest; of an id given up nothing more is told."""
    motor = verden(opgave("gl-1", GAMMEL), sammenlagt(cpr="0909990001"), nyt_nummer(ALMA), nyt_nummer(GAMMEL, CPR))
    assert (await svar(motor, VEJLE, "/opgaver/gl-1"))["cpr"] == NYT_CPR


async def test_lagt_sammen_den_anden_vej_gaelder_det_sidste() -> None:
    """CPR-11: a was b, and then b is told to be a."""
    motor = verden(notat("om-a", "a"), notat("om-b", "b"), sammenlagt("a", "b"), sammenlagt("b", "a"))
    assert {(await svar(motor, VEJLE, f"/noter/om-{i}"))["person_id"] for i in "ab"} == {"a"}
    assert await noter(motor, VEJLE, "b") == ["om-b", "om-a"]


def test_en_ring_ender() -> None:
    """CPR-11: nobody should tell of one, and nobody waits for ever if somebody does."""
    ring = {i: Personhenvisning(i, til) for i, til in ("ab", "bc", "ca", "db")}
    assert {nutidig(i, ring) for i in "abcd"} == {"a"}


async def test_en_fremmed_kommune_ser_intet_af_en_sammenlaegning() -> None:
    """SIK-01."""
    motor = verden(*GAMLE, sammenlagt())
    assert await noter(motor, "0101", GAMMEL) == []
    assert await opgaver(motor, "0101", f"/personer/{GAMMEL}/opgaver") == []


def test_andet_om_personer_er_ikke_opgavernes_sag() -> None:
    """Nothing is done, and nothing is published, at a join: the tasks stand as they were told."""
    motor = Motor(verden().tjeneste)
    motor.modtag(ANMODET, NU)
    foer = dict(motor.raekker["opgave"])
    assert motor.modtag(sammenlagt("p1", ALMA), NU) == []
    assert (motor.raekker["opgave"], motor.udsendt[1:]) == (foer, [])
