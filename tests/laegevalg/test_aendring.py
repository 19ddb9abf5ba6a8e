"""A choice of doctor is moved to another day: the timers follow, and so does the place (KORT-12, PLO-16)."""

from datetime import date, datetime
from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist, BestillingModtaget, LaegevalgAendret
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import LaegevalgAfvist, LaegevalgFlyttet, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.plads import PladsBortfaldet
from tests.laegevalg.valgverden import (
    FORLOEB,
    NOEGLE,
    Y2,
    Verden,
    annuller,
    bestilt,
    kl,
    kortet,
    laegens,
    lukning,
    person,
    s01,
    yder,
)


def flyt(til: date, nu: datetime, **andet: Any) -> LaegevalgAendret:
    felter: dict[str, Any] = {
        "noegle": NOEGLE, "bestilling_id": f"flyt-{til}", "kanal": "SAGSBEHANDLER", "aktoer": "sb-7",
        "rolle": "SAERLIGE_RETTIGHEDER", "forloeb_id": FORLOEB, "virkningsdato": til, "bestilt": nu,
    }  # fmt: skip
    return LaegevalgAendret(**(felter | andet))


def godkendt() -> Verden:
    v = s01()
    v.send(kl(3, 15), laegens("GODKENDT", kl(3, 15)))
    return v


@pytest.mark.parametrize(
    ("til", "kortdag"),
    [
        pytest.param(date(2024, 4, 10), kl(3, 27, 0), id="KORT-12: en uge senere"),
        pytest.param(date(2024, 3, 31), kl(3, 17, 0), id="KORT-12: tidligere, kortet dagen efter"),
        pytest.param(date(2024, 3, 20), kl(3, 16), id="KORT-12: så tidligt, at kortet bestilles straks"),
    ],
)
def test_kortets_dag_flytter_med(til: date, kortdag: datetime) -> None:
    v = godkendt()
    v.send(kl(3, 16), flyt(til, kl(3, 16)))
    assert [f.virkningsdato for f in v.fra(LaegevalgFlyttet)] == [til]
    assert [m.bestilling_id for m in v.fra(BestillingModtaget)] == ["s01", f"flyt-{til}"]
    if kortdag > kl(3, 16):
        v.frem(datetime.fromtimestamp(kortdag.timestamp() - 1, kortdag.tzinfo))
        assert v.fra(KortAnmodetV2) == []
    v.frem(kortdag)
    assert len(v.fra(KortAnmodetV2)) == 1
    v.frem(kl(5, 1))
    assert [i.virkningsdato for i in v.fra(LaegevalgTraadtIKraft)] == [til]
    assert len(v.fra(KortAnmodetV2)) == 1


def test_mens_der_ventes_paa_laegen() -> None:
    """The 14 days of the practice run on; the card goes by the new day."""
    v = s01()
    v.send(kl(3, 6), flyt(date(2024, 4, 20), kl(3, 6)))
    v.frem(kl(3, 19, 0))
    assert v.valg.tilstand == "GODKENDT"
    v.frem(kl(4, 5, 23, 59))
    assert v.fra(KortAnmodetV2) == []
    v.frem(kl(4, 6, 0))
    assert len(v.fra(KortAnmodetV2)) == 1


def test_med_et_bestilt_kort_flytter_kun_ikrafttraedelsen() -> None:
    v = godkendt()
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21, 6), kortet("TRUKKET", kl(3, 21, 6)))
    v.send(kl(3, 21, 9), flyt(date(2024, 4, 20), kl(3, 21, 9)))
    v.frem(kl(4, 19, 23, 59))
    assert v.fra(LaegevalgTraadtIKraft) == []
    v.frem(kl(4, 20, 0))
    assert len(v.fra(LaegevalgTraadtIKraft)) == 1
    assert len(v.fra(KortAnmodetV2)) == 1


@pytest.mark.parametrize("lukning_foerst", [True, False])
def test_flyttet_til_efter_lukningen_bliver_valget_ikke_til_noget(lukning_foerst: bool) -> None:
    """PLO-16: in either order, once; the place is given back."""
    v = godkendt()
    par: list[Any] = [lukning(date(2024, 4, 5), kl(3, 16)), flyt(date(2024, 4, 10), kl(3, 16))]
    for besked in par if lukning_foerst else reversed(par):
        v.send(kl(3, 16), besked)
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["PRAKSIS_NEDLAGT"]
    assert len(v.fra(PladsBortfaldet)) == 1
    assert v.y2.optagne == 1600
    assert v.betaling.tilstand == "FRIGIVET"


def test_flyttet_til_foer_lukningen_gaar_valget_videre() -> None:
    v = godkendt()
    v.send(kl(3, 16), flyt(date(2024, 4, 1), kl(3, 16)), lukning(date(2024, 4, 2), kl(3, 16)))
    assert v.fra(PladsBortfaldet) == []
    assert v.valg.tilstand == "GODKENDT"


@pytest.mark.parametrize(("lukket", "opgaver"), [(date(2024, 4, 1), 1), (date(2024, 4, 2), 1), (date(2024, 4, 3), 0)])
def test_en_lukning_meddelt_efter_ikrafttraedelsen_er_en_opgave(lukket: date, opgaver: int) -> None:
    """PLO-16: closed by the day of effect, the place is gone and somebody must find another doctor; later, it stays."""
    v = godkendt()
    v.send(kl(3, 16), flyt(date(2024, 4, 2), kl(3, 16)))
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21, 6), kortet("TRUKKET", kl(3, 21, 6)))
    v.frem(kl(4, 2, 0))
    assert len(v.fra(LaegevalgTraadtIKraft)) == 1
    for _ in range(2):
        v.send(kl(4, 2, 9), lukning(lukket, kl(4, 2, 9)))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["PRAKSIS_LUKKET_VED_VALG"] * opgaver
    assert len(v.fra(PladsBortfaldet)) == opgaver


def test_en_person_der_ikke_er_kendt_endnu() -> None:
    v = Verden()
    v.send(kl(3, 4, 10), bestilt())
    v.send(kl(3, 5), flyt(date(2024, 4, 20), kl(3, 5)))
    v.send(kl(3, 6), yder(Y2), person())
    assert v.valg.virkningsdato == date(2024, 4, 20)


@pytest.mark.parametrize(
    ("andet", "grund"),
    [
        pytest.param({"rolle": "SAGSBEHANDLER", "til": date(2024, 4, 16)}, "DATO_UDEN_FOR_INTERVAL", id="LV-15"),
        pytest.param({"rolle": "BORGER", "noegle": "0" * 64}, "IKKE_BEMYNDIGET", id="en anden borger"),
        pytest.param({"forloeb_id": "laegevalg-ukendt"}, "UKENDT_FORLOEB", id="et ukendt forløb"),
        pytest.param({"forloeb_id": f"{FORLOEB}:brev"}, "UKENDT_FORLOEB", id="et forløb uden en dato"),
    ],
)
def test_hvad_der_ikke_kan_flyttes(andet: dict[str, Any], grund: str) -> None:
    v = godkendt()
    til = andet.pop("til", date(2024, 4, 10))
    v.send(kl(3, 16), flyt(til, kl(3, 16), **andet))
    assert [a.grund for a in v.fra(BestillingAfvist)] == [grund]
    assert v.valg.virkningsdato == date(2024, 4, 3)


def test_efter_annullering_og_ikrafttraedelse_er_det_for_sent() -> None:
    v = godkendt()
    v.frem(kl(4, 3, 0))
    v.send(kl(4, 4), flyt(date(2024, 4, 10), kl(4, 4)))
    andet = s01()
    andet.send(kl(3, 10), annuller())
    andet.send(kl(3, 11), flyt(date(2024, 4, 10), kl(3, 11)))
    grunde = [a.grund for w in (v, andet) for a in w.fra(BestillingAfvist)]
    assert grunde == ["TRAADT_I_KRAFT", "IKKE_I_GANG"]
