"""Orders and searches by a number that was given up: it is an alias of the person's (CPR-11)."""

from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist, BestillingModtaget, LaegevalgBestilt
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import LaegevalgGodkendt
from tests.laegevalg.opslagsverden import SB, alma, spoerg, svar
from tests.laegevalg.test_paa_vegne_af import DAG, LILLE, MOR, STOR, for_, tilstand, verden
from tests.laegevalg.valgverden import ALMA, PERSON, Verden, kl, person

NYT = "6204801299"
NYERE = "6204801298"


def skiftet(**andre: Any) -> Verden:
    """The mother and her child have had new numbers, she two of them."""
    v = verden(**andre)
    v.send(kl(2, 1), tilstand(MOR, 2).model_copy(update={"person": _med(MOR, NYERE)}))
    v.send(kl(2, 2), tilstand(MOR, 3).model_copy(update={"person": _med(MOR, NYT)}))
    return v


def _med(cpr: str, nyt: str) -> Any:
    return tilstand(cpr).person.model_copy(update={"cpr": nyt})


def egen(nummer: str, borger: str | None = None) -> LaegevalgBestilt:
    """The mother's order for herself."""
    return for_(MOR, borger).model_copy(update={"cpr": nummer})


def ordre(v: Verden, *ordrer: LaegevalgBestilt) -> list[str]:
    v.send(DAG, *ordrer)
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [False] * len(v.fra(BestillingModtaget))
    return sorted(g.person_id for g in v.fra(LaegevalgGodkendt))


@pytest.mark.parametrize("nummer", [MOR, NYERE, NYT], ids=["det første", "det næste", "det nuværende"])
def test_cpr_11_en_ordre_med_et_gammelt_nummer_er_personens(nummer: str) -> None:
    """CPR-11: taken at once; the card is to the number the person has."""
    v = skiftet()
    assert ordre(v, egen(nummer)) == ["mor"]
    v.frem(kl(6, 7))
    assert [(k.person_id, k.cpr) for k in v.fra(KortAnmodetV2)] == [("mor", NYT)]


@pytest.mark.parametrize("borger", [MOR, NYERE, NYT], ids=["det første", "det næste", "det nuværende"])
def test_cpr_11_den_der_bestiller_er_den_samme_under_alle_sine_numre(borger: str) -> None:
    """CPR-11, FAM-03: the mother, for a child and for herself, by whichever number."""
    v = skiftet()
    assert ordre(v, for_(STOR, borger), egen(NYT, borger)) == ["mor", "stor"]
    assert v.fra(BestillingAfvist) == []


def test_cpr_11_et_gammelt_nummer_giver_ingen_andre_lov() -> None:
    """CPR-11, FAM-03: whose number it never was is still a stranger."""
    v = skiftet(lille={"foraeldremyndighed_ider": ("far",)})
    assert ordre(v, for_(LILLE, MOR)) == []
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_BEMYNDIGET"]


async def test_cpr_11_soegning_med_et_gammelt_nummer_finder_personen() -> None:
    """CPR-11, SIK-02: shown as he is; a number nobody has had finds nobody."""
    v = alma()
    foer = await svar(v, SB, "/personer/soeg", cpr=ALMA)
    v.send(kl(3, 6), person(9, cpr=NYT))
    gammel, ny = [await svar(v, SB, "/personer/soeg", cpr=nr) for nr in (ALMA, NYT)]
    assert gammel == ny
    assert (ny["person_id"], ny["cpr"]) == (foer["person_id"], NYT) == (PERSON, NYT)
    assert (await spoerg(v, SB, "/personer/soeg", cpr=NYERE)).status_code == 404


def test_cpr_11_et_rettet_skift_er_intet_alias_for_sig_selv() -> None:
    """CPR-11: the number the person has again is no former one."""
    v = skiftet()
    v.send(kl(2, 3), tilstand(MOR, 4))
    mor = v.hub.motorer["laegevalg"].raekker["sikret"]["mor"]
    assert (mor.cpr, mor.tidligere_cpr) == (MOR, (NYERE, NYT))
