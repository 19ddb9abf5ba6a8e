"""Whose forløb it is: a caseworker who states his municipality cancels and changes its own (FLYT-01, FORL-05)."""

from collections.abc import Callable
from datetime import date

import pytest

from contracts.bestilling import BestillingAfvist, BestillingModtaget, ForloebAnnulleret
from contracts.laegevalg import LaegevalgFlyttet
from contracts.yder import Yderstatus
from services.laegevalg.rules import bemyndigelse as regler
from services.laegevalg.rules.bemyndigelse import Afslag
from tests.laegevalg.ordreverden import indrejst
from tests.laegevalg.test_personhaendelser import ODENSE, flyttet, hos_y1
from tests.laegevalg.test_proevning import flyt
from tests.laegevalg.valgverden import (
    FORLOEB,
    PERSON,
    Y1,
    Verden,
    annuller,
    bestilt,
    kl,
    laegens,
    person,
    s01,
    yder,
)

NU = kl(3, 10)


def et_valg() -> Verden:
    return s01()


def en_ordre() -> Verden:
    """Nobody knows the person yet."""
    v = Verden()
    v.send(kl(3, 4, 10), bestilt(bestilt=kl(3, 4, 10)))
    return v


def en_indrejse() -> Verden:
    v = Verden()
    v.send(kl(3, 4), yder(Y1, Yderstatus.AABEN, 1000), person(), indrejst(date(2024, 4, 1)))
    return v


def et_brev() -> Verden:
    v = s01()
    v.send(kl(3, 6), laegens("AFVIST", kl(3, 6)))
    return v


def en_personsag() -> Verden:
    """He moves from Odense to Vejle."""
    v = hos_y1()
    hjem = person().person.adresse
    assert hjem is not None
    v.send(kl(3, 4), person(2, adresse=ODENSE), flyttet(date(2024, 3, 4), adresse=hjem))
    return v


SLAGS = [
    pytest.param(et_valg, FORLOEB, id="lægevalg"),
    pytest.param(en_ordre, FORLOEB, id="ordre"),
    pytest.param(en_indrejse, f"indrejse-{PERSON}-2024-04-01", id="indrejse"),
    pytest.param(et_brev, f"{FORLOEB}:brev", id="brev"),
    pytest.param(en_personsag, f"flytning-{PERSON}-2024-03-04", id="personsag"),
]


def afviste(v: Verden) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (a.bestilling_id, a.grund, a.begrundelse.regel if a.begrundelse else None, a.kommunekode)
        for a in v.fra(BestillingAfvist)
    ]


@pytest.mark.parametrize(("slags", "forloeb_id"), SLAGS)
def test_en_anden_kommune_annullerer_det_ikke(slags: Callable[[], Verden], forloeb_id: str) -> None:
    """FLYT-01, FORL-05: nothing happens, and nothing is told of it; its own municipality cancels it then."""
    v = slags()
    v.send(NU, annuller("fremmed", forloeb_id=forloeb_id, kommunekode="0851"))
    assert afviste(v) == [("fremmed", "IKKE_BEMYNDIGET", "FLYT-01", None)]
    assert v.fra(ForloebAnnulleret) == []
    v.send(NU, annuller("egen", forloeb_id=forloeb_id, kommunekode="0630"))
    assert [a.bestilling_id for a in v.fra(ForloebAnnulleret)] == ["egen"]


@pytest.mark.parametrize(("slags", "forloeb_id"), SLAGS)
def test_uden_kommunekode_spoerges_der_ikke(slags: Callable[[], Verden], forloeb_id: str) -> None:
    """FORL-05: a sender that states none vouches for its user."""
    v = slags()
    v.send(NU, annuller(forloeb_id=forloeb_id))
    assert (afviste(v), len(v.fra(ForloebAnnulleret))) == ([], 1)


def test_en_anden_kommune_flytter_ikke_et_valg() -> None:
    """FLYT-01, KORT-12: also after the person moved there, the choice is the old municipality's."""
    v = s01()
    v.send(kl(3, 6), person(2, adresse=ODENSE))
    v.send(kl(3, 6), flyt(date(2024, 4, 20), "fremmed", kommunekode="0461"))
    assert afviste(v) == [("fremmed", "IKKE_BEMYNDIGET", "FLYT-01", None)]
    assert v.fra(LaegevalgFlyttet) == []
    v.send(kl(3, 6), flyt(date(2024, 4, 20), "egen", kommunekode="0630"))
    assert [m.bestilling_id for m in v.fra(BestillingModtaget)] == ["s01", "egen"]
    assert [f.virkningsdato for f in v.fra(LaegevalgFlyttet)] == [date(2024, 4, 20)]


def test_en_borgers_egen_kommando_spoerger_ikke_om_kommune() -> None:
    """FORL-05: what he ordered under his own key is his, wherever he lives."""
    v = s01()
    v.send(NU, annuller(kanal="SELVBETJENING", rolle="BORGER", kommunekode="0461"))
    assert (afviste(v), len(v.fra(ForloebAnnulleret))) == ([], 1)


@pytest.mark.parametrize(
    ("kommunekode", "ejer", "ventet"),
    [
        ("0400", "0411", None),
        ("0630", "0411", Afslag.EN_ANDEN_KOMMUNES),
        ("0630", None, Afslag.EN_ANDEN_KOMMUNES),
        (None, "0630", None),
    ],
)
def test_afslag_paa_ejer(kommunekode: str | None, ejer: str | None, ventet: Afslag | None) -> None:
    """FLYT-01: Bornholm serves Christiansø, and owns what is made there."""
    assert regler.afslag_paa_ejer(kommunekode, ejer) is ventet
