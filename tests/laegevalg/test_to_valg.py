"""Two open choices of one person, who ordered, the old doctor, and how every kind of forløb is cancelled."""

from datetime import date
from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist, ForloebAnnulleret
from contracts.betaling import BetalingFrigivet
from contracts.dispensation import DispensationTilbagekaldt
from contracts.kort import KortAfsendt, KortAnnulleres
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    LaegevalgAfvist,
    LaegevalgAnnulleret,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonIndrejst
from contracts.plads import PladsForlades, PladsFrigivet, PladsReserveret
from contracts.yder import Yderstatus
from services.kortbestilling.forloeb.beskeder import AnnulleringAfvist
from services.plo_events.store import Yder
from tests.laegevalg.valgverden import (
    ALMA,
    FORLOEB,
    PERSON,
    Y1,
    Y2,
    Verden,
    annuller,
    bestilt,
    kl,
    kortet,
    laegens,
    person,
    s01,
    yder,
)

Y3 = "000003"


def igen(nu: Any, **andet: Any) -> Any:
    """A second order, of a third practice that is open."""
    return bestilt(**({"bestilling_id": "s02", "ydernummer": Y3, "bestilt": nu} | andet))


def med_y3(v: Verden, optagne: int = 10) -> Verden:
    v.send(kl(3, 5), yder(Y3, Yderstatus.AABEN, optagne))
    return v


def tilstand(v: Verden, forloeb_id: str) -> str:
    return v.hub.motorer["laegevalg"].raekker["valg"][forloeb_id].tilstand


def optagne(v: Verden, nummer: str) -> int:
    row: Yder = v.hub.motorer["plo_events"].raekker["yder"][nummer]
    return row.optagne


# --- two open choices -------------------------------------------------------------------------------------------------


def test_det_nyeste_valg_gaelder() -> None:
    """Decision 0013: once the new one has its place, the old one is cancelled and everything given back once."""
    v = med_y3(s01())
    v.send(kl(3, 6), igen(kl(3, 6)))
    assert [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)] == [(FORLOEB, "ERSTATTET")]
    assert [t.ydernummer for t in v.fra(DispensationTilbagekaldt)] == [Y2]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y2]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]
    assert v.sikret.aabne_valg == ("laegevalg-s02",)
    assert v.fra(ForloebAnnulleret) == []
    v.frem(kl(5, 1))
    assert [i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)] == [Y3]
    assert (optagne(v, Y2), optagne(v, Y3)) == (1600, 11)


def test_et_valg_uden_plads_erstatter_intet() -> None:
    v = med_y3(s01(), optagne=1700)
    v.send(kl(3, 6), igen(kl(3, 6)))
    assert [a.forloeb_id for a in v.fra(LaegevalgAfvist)] == ["laegevalg-s02"]
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    assert v.sikret.aabne_valg == (FORLOEB,)


def med_kort(*tavse: str) -> Verden:
    """The first choice approved, its card ordered on 20 March, and a third practice."""
    v = med_y3(s01(*tavse))
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    v.frem(kl(3, 20, 1))
    return v


def test_med_et_bestilt_kort_erstattes_valget_hvis_kortet_kan_stoppes() -> None:
    v = med_kort()
    v.send(kl(3, 20, 9), igen(kl(3, 20, 9)))
    assert [k.grund for k in v.fra(KortAnnulleres)] == ["ERSTATTET"]
    assert tilstand(v, FORLOEB) == "ANNULLERET"
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["ERSTATTET"]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]


def test_kan_kortet_ikke_stoppes_loeber_begge_videre() -> None:
    v = med_kort("kort.annuller")
    v.send(kl(3, 20, 9), igen(kl(3, 20, 9)))
    assert tilstand(v, FORLOEB) == "ANNULLERES"
    v.svar("kortbestilling", AnnulleringAfvist(kort_id=f"{FORLOEB}:kort", kode="TRUKKET"), kl(3, 20, 9))
    assert tilstand(v, FORLOEB) == "KORT_TRUKKET"
    assert v.fra(BestillingAfvist) == []
    v.frem(kl(4, 3))
    assert sorted(i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)) == [Y2, Y3]


def test_to_bestillinger_i_samme_oejeblik_ender_med_en() -> None:
    """Whichever place comes first: the later order wins, and one place is held."""
    v = med_y3(Verden())
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2), person())
    v.send(kl(3, 6), bestilt(bestilt=kl(3, 6)), igen(kl(3, 6)))
    assert (tilstand(v, FORLOEB), tilstand(v, "laegevalg-s02")) == ("ANNULLERET", "GODKENDT")
    assert len(v.fra(PladsReserveret)) - len(v.fra(PladsFrigivet)) == 1


# --- who ordered, and the old doctor ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("andet", "ventet"),
    [
        pytest.param({}, ("SELVBETJENING", ALMA), id="LV-05: borgeren selv"),
        pytest.param(
            {"borger_cpr": "6105791241", "fuldmagt": "f-1"},
            ("SELVBETJENING", "6105791241"),
            id="LV-05: en anden borger",
        ),
        pytest.param(
            {"kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "aktoer": "sb-7"},
            ("sb-7", None),
            id="LV-05: en sagsbehandler",
        ),
    ],
)
def test_hvem_der_bestilte(andet: dict[str, Any], ventet: tuple[str, str | None]) -> None:
    v = s01(**andet)
    assert [(f.oprettet_af, f.borger_cpr) for f in v.fra(ForloebStartet)] == [ventet]


def test_den_gamle_laege_slutter_dagen_foer() -> None:
    """LV-20: and the old practice has one less."""
    v = s01()
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    foer = optagne(v, Y1)
    v.frem(kl(4, 3, 0))
    [ikraft] = v.fra(LaegevalgTraadtIKraft)
    assert (ikraft.ydernummer, ikraft.tidligere_ydernummer, ikraft.tidligere_til) == (Y2, Y1, date(2024, 4, 2))
    assert [p.ydernummer for p in v.fra(PladsForlades)] == [Y1]
    assert optagne(v, Y1) == foer - 1


@pytest.mark.parametrize("svar", ["GODKENDT", None], ids=["LV-18: lægen svarer", "LV-09: lægen tier"])
def test_lv_20_valg_af_den_laege_man_har(svar: str | None) -> None:
    """LV-17, LV-20: of the two places with the one practice, one is given back when the choice takes effect."""
    v = s01(ydernummer=Y1, virkningsdato=date(2024, 4, 3))
    foer = optagne(v, Y1)
    if svar is not None:
        v.send(kl(3, 18, 9), laegens(svar, kl(3, 18, 9)))
    assert optagne(v, Y1) == foer
    v.frem(kl(4, 3, 1))

    [ikraft] = v.fra(LaegevalgTraadtIKraft)
    assert (ikraft.ydernummer, ikraft.tidligere_ydernummer, ikraft.tidligere_til) == (Y1, None, None)
    assert [(p.ydernummer, p.forloeb_id) for p in v.fra(PladsForlades)] == [(Y1, FORLOEB)]
    assert optagne(v, Y1) == foer - 1
    assert (v.sikret.ydernummer, v.sikret.laege_fra) == (Y1, date(2024, 4, 3))


def test_uden_en_gammel_laege_forlades_ingen() -> None:
    v = Verden()
    v.send(kl(1, 2), yder(Y2, Yderstatus.AABEN, 10), person())
    v.send(kl(3, 20, 10), bestilt(virkningsdato=date(2024, 3, 20), bestilt=kl(3, 20, 10)))
    assert [i.tidligere_ydernummer for i in v.fra(LaegevalgTraadtIKraft)] == [None]
    assert v.fra(PladsForlades) == []


# --- every kind of forløb (FORL-05) -----------------------------------------------------------------------------------


def indrejst(v: Verden, dag: date) -> str:
    """A re-entry of Alma; its forløb."""
    p = v.sikret.person
    assert p is not None
    v.send(kl(3, 5), PersonIndrejst(person_id=PERSON, indrejsedato=dag, genindrejse=True, person=p))
    return f"indrejse-{PERSON}-{dag.isoformat()}"


def uden_valg() -> Verden:
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, 10), person())
    return v


@pytest.mark.parametrize(
    ("dag", "grund"),
    [
        pytest.param(date(2024, 3, 5), "TRAADT_I_KRAFT", id="FORL-07: indrejse i kraft"),
        pytest.param(date(2024, 4, 5), None, id="FORL-05: indrejse venter på sin dato"),
    ],
)
def test_annullering_af_en_indrejse(dag: date, grund: str | None) -> None:
    v = uden_valg()
    forloeb_id = indrejst(v, dag)
    v.send(kl(3, 6), annuller(forloeb_id=forloeb_id))
    v.send(kl(3, 7), annuller("a2", forloeb_id=forloeb_id))
    v.frem(kl(5, 1))
    if grund:
        assert [a.grund for a in v.fra(BestillingAfvist)] == [grund, grund]
        return
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [("LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING")]
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_I_GANG"]
    assert [f.udfald for f in v.fra(ForloebAfsluttet)] == ["ANNULLERET"]
    assert optagne(v, Y1) == 10
    assert v.fra(KortAfsendt) == []
    assert v.fra(LaegevalgTraadtIKraft) == []


@pytest.mark.parametrize("art", ["valg", "indrejse", "afvist"])
def test_den_samme_annullering_igen_besvares_ikke_igen(art: str) -> None:
    """FORL-05: sent again, also under another message id, the answer that was given stands."""
    v = s01() if art != "indrejse" else uden_valg()
    forloeb_id = indrejst(v, date(2024, 4, 5)) if art == "indrejse" else FORLOEB
    if art == "afvist":
        v.send(kl(3, 5), annuller("a0"))
    for dag in (6, 6, 7):
        v.send(kl(3, dag), annuller(forloeb_id=forloeb_id))
    svar = [*v.fra(ForloebAnnulleret), *v.fra(BestillingAfvist)]
    assert len([s for s in svar if s.bestilling_id == "a1"]) == 1
    assert len(v.fra(ForloebAnnulleret)) == 1


def test_en_annullering_foer_sin_ordre_kan_sendes_igen() -> None:
    """FORL-05: nobody knew the forløb, so nothing was answered for it; when it is there the command counts."""
    v = uden_valg()
    v.send(kl(3, 4, 10), annuller(bestilt=kl(3, 4, 10)))
    v.send(kl(3, 4, 11), bestilt(ydernummer=Y1))
    v.send(kl(3, 4, 12), annuller(bestilt=kl(3, 4, 10)))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["UKENDT_FORLOEB"]
    assert len(v.fra(ForloebAnnulleret)) == 1


def test_annullering_af_en_indrejse_der_er_hos_en_sagsbehandler() -> None:
    v = Verden()
    v.send(kl(1, 2), person())
    forloeb_id = indrejst(v, date(2024, 3, 5))
    v.send(kl(3, 6), annuller(forloeb_id=forloeb_id))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_I_GANG"]


def test_en_plads_der_kommer_efter_annulleringen_gives_tilbage() -> None:
    """FORL-05: the request for a place is on its way while the entry is cancelled."""
    v = uden_valg()
    motor = v.hub.motorer["laegevalg"]
    p = v.sikret.person
    assert p is not None
    dag = date(2024, 3, 5)
    [plads] = [
        b
        for b in motor.modtag(PersonIndrejst(person_id=PERSON, indrejsedato=dag, person=p), kl(3, 5))
        if type(b).__name__ == "PladsAnmodet"
    ]
    v.send(kl(3, 5), annuller(forloeb_id=f"indrejse-{PERSON}-{dag}"))
    v.send(kl(3, 5), plads)
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [()]
    assert [p.grund for p in v.fra(PladsFrigivet)] == ["FORLOEB_AFSLUTTET"]
    assert optagne(v, Y1) == 10


def test_annullering_af_brevforloebet() -> None:
    """FORL-05, FORL-06: the letter is sent; nobody waits for a new choice, and no task is made."""
    v = s01()
    v.send(kl(3, 12), laegens("AFVIST", kl(3, 12)))
    brev = f"{FORLOEB}:brev"
    v.send(kl(3, 13), annuller(forloeb_id=brev, rolle="BORGER", kanal="SELVBETJENING"))
    v.send(kl(3, 13), annuller("a2", forloeb_id=brev))
    v.send(kl(3, 14), annuller("a3", forloeb_id=brev))
    v.frem(kl(5, 1))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_BEMYNDIGET", "IKKE_I_GANG"]
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [("LAEGEVALGSBREV",)]
    assert [f.udfald for f in v.fra(ForloebAfsluttet)] == ["AFVIST", "ANNULLERET"]
    assert v.fra(OpgaveAnmodet) == []
    assert v.sikret.aabne_breve == ()


def test_kortet_sendes_kun_en_gang_ved_to_valg() -> None:
    """KORT-12: the first card is drawn before the second choice: each choice has its own card."""
    v = med_kort()
    v.send(kl(3, 21, 6), kortet("TRUKKET", kl(3, 21, 6)))
    v.send(kl(3, 21, 9), igen(kl(3, 21, 9)))
    v.send(kl(3, 22, 12), kortet("AFSENDT", kl(3, 22, 12)))
    assert [k.forloeb_id for k in v.fra(KortAfsendt)] == [FORLOEB]
    assert tilstand(v, FORLOEB) == "KORT_TRUKKET"
