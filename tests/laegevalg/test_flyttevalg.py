"""A choice that waits for an announced move, and one made in another municipality (FLYT-01, FLYT-04, LV-18, S08)."""

from itertools import permutations
from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist, BestillingModtaget
from contracts.betaling import BetalingFrigivet
from contracts.dispensation import DispensationTilbagekaldt
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import (
    ForloebStartet,
    LaegevalgAfventerFlytning,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
    LaegevalgReserveret,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.plads import PladsFrigivet
from contracts.yder import Yderstatus
from services.kortbestilling.forloeb.beskeder import AnnulleringAfvist
from tests.laegevalg.ordreverden import (
    ODENSE,
    ODENSEVEJ,
    VEJLE,
    Y3,
    D,
    flyttet,
    har_laege,
    optagne,
    sendt_efter,
    trukket,
    valget,
    venter_paa_flytning,
)
from tests.laegevalg.valgverden import (
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
    lukning,
    person,
    yder,
)

BESTILT = kl(3, 4, 10, 15)
SILKEBORG = "0740"


def verden(*tavse: str) -> Verden:
    """Alma of Vejle has Y1; Y2 is closed, Y3 open."""
    v = Verden(*tavse)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2), yder(Y3, Yderstatus.AABEN, 10), person())
    har_laege(v)
    return v


def ordret(*tavse: str, **andet: Any) -> Verden:
    """The order of 4 March that waits for the move of 10 March, of the open Y3 where nothing else is said."""
    v = verden(*tavse)
    v.send(BESTILT, venter_paa_flytning(**({"ydernummer": Y3} | andet)))
    return v


def godkendt(v: Verden) -> list[str]:
    return [g.grund for g in v.fra(LaegevalgGodkendt)]


def annulleret(v: Verden) -> list[tuple[str, str]]:
    return [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)]


# --- FLYT-01: an open practice ----------------------------------------------------------------------------------------


def test_pladsen_holdes_og_flytningen_ventes() -> None:
    """FLYT-01, LV-17, LV-18: the place is reserved at once; approved when the move event is received."""
    v = ordret()
    assert [r.ydernummer for r in v.fra(LaegevalgReserveret)] == [Y3]
    assert optagne(v, Y3) == 11
    assert valget(v).tilstand == "AFVENTER_FLYTNING"
    assert [(a.til_kommunekode, a.frist) for a in v.fra(LaegevalgAfventerFlytning)] == [(ODENSE, kl(4, 10, 0))]
    assert godkendt(v) == []
    v.send(kl(3, 11, 6), flyttet())
    assert godkendt(v) == ["AABEN"]
    v.frem(kl(4, 3))
    assert [i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)] == [Y3]


def test_en_flytning_til_et_andet_sted_er_ikke_den() -> None:
    """FLYT-01: the municipality that was announced, and no other; nor a move inside the old one."""
    v = ordret()
    v.send(kl(3, 9), flyttet(D(2024, 3, 8), SILKEBORG), flyttet(D(2024, 3, 9), VEJLE))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"
    v.send(kl(3, 11), flyttet())
    assert godkendt(v) == ["AABEN"]


def test_flytningen_to_gange() -> None:
    """CPR-09: told again nothing more is sent."""
    v = ordret()
    v.send(kl(3, 11), flyttet())
    foer = len(v.hub.udsendt)
    v.send(kl(3, 11), flyttet())
    assert sendt_efter(v, foer) == []


@pytest.mark.parametrize("cpr", [True, False], ids=["CPR har personen der", "flytningen er meldt"])
def test_flytningen_foer_ordren(cpr: bool) -> None:
    """FLYT-01: the condition is met, so the choice is approved at once."""
    v = verden()
    v.send(kl(3, 3), person(2, adresse=ODENSEVEJ) if cpr else flyttet(D(2024, 3, 3)))
    v.send(BESTILT, venter_paa_flytning(ydernummer=Y3))
    assert godkendt(v) == ["AABEN"]
    assert v.fra(LaegevalgAfventerFlytning) == []


def test_videre_flytning_foer_ordren_er_ikke_den_ventede() -> None:
    """FLYT-01: the newest move counts, not one that was overtaken."""
    v = verden()
    v.send(kl(3, 1), flyttet(D(2024, 3, 1)))
    v.send(kl(3, 3), flyttet(D(2024, 3, 3), SILKEBORG))
    v.send(BESTILT, venter_paa_flytning(ydernummer=Y3))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"


def test_den_meldte_flytning_glemmes_naar_personen_bor_et_andet_sted() -> None:
    """FLYT-01: CPR's state is newer than what was told before it."""
    v = verden()
    v.send(kl(3, 1), flyttet(D(2024, 3, 1)))
    v.send(kl(3, 2), person(2, adresse=ODENSEVEJ))
    v.send(kl(3, 3), person(3))
    v.send(BESTILT, venter_paa_flytning(ydernummer=Y3))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"


# --- FLYT-01: 30 days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nu", "tilstand"),
    [
        pytest.param(kl(4, 8, 23, 59), "AFVENTER_FLYTNING", id="FLYT-01: dag 29"),
        pytest.param(kl(4, 9, 23, 59), "AFVENTER_FLYTNING", id="FLYT-01: dag 30 tæller med"),
        pytest.param(kl(4, 10, 0), "ANNULLERET", id="FLYT-01: dag 31 begynder"),
    ],
)
def test_tredive_dage_efter_den_anmeldte_dag(nu: Any, tilstand: str) -> None:
    v = ordret()
    v.frem(nu)
    assert valget(v).tilstand == tilstand


def test_uden_flytning_gives_alt_tilbage_en_gang() -> None:
    """FLYT-01, LV-19, BET-05."""
    v = ordret(kanal="SELVBETJENING", rolle="BORGER", betalingskort="k")
    v.frem(kl(4, 10))
    assert annulleret(v) == [(FORLOEB, "FLYTNING_UDEBLEV")]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y3]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]
    assert optagne(v, Y3) == 10
    foer = len(v.hub.udsendt)
    v.send(kl(4, 10, 8), flyttet())
    assert "LaegevalgGodkendt" not in sendt_efter(v, foer)
    v.frem(kl(6, 1))
    assert len(v.fra(PladsFrigivet)) == 1
    assert v.sikret.ydernummer == Y1


def test_flytningen_paa_den_sidste_dag() -> None:
    """FLYT-01: day 30 counts to midnight."""
    v = ordret()
    v.send(kl(4, 9, 23, 59), flyttet(D(2024, 4, 9)))
    v.frem(kl(4, 11))
    assert annulleret(v) == []
    assert [i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)] == [Y3]


# --- LV-18: several conditions ----------------------------------------------------------------------------------------


def test_dispensation_foerst_saa_flytning() -> None:
    """LV-18: approved when the last is met."""
    v = ordret(ydernummer=Y2)
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"
    v.send(kl(3, 6), laegens("GODKENDT", kl(3, 6)))
    assert (valget(v).tilstand, godkendt(v)) == ("AFVENTER_FLYTNING", [])
    v.send(kl(3, 11), flyttet())
    assert godkendt(v) == ["SVAR"]


def test_flytning_foerst_saa_dispensation() -> None:
    """LV-18, S08: the move does not approve what the practice has not answered."""
    v = ordret(ydernummer=Y2)
    v.send(kl(3, 11), flyttet())
    assert (valget(v).tilstand, godkendt(v)) == ("AFVENTER_DISPENSATION", [])
    v.send(kl(3, 13), laegens("GODKENDT", kl(3, 13)))
    assert godkendt(v) == ["SVAR"]
    v.frem(kl(4, 20))
    assert annulleret(v) == []


def test_tavshed_foer_flytningen() -> None:
    """LV-09, LV-18: silence is consent, and the move is still missing."""
    v = ordret(ydernummer=Y2, dag=D(2024, 3, 28))
    v.frem(kl(3, 19, 1))
    assert (valget(v).tilstand, valget(v).dispenseret) == ("AFVENTER_FLYTNING", "STILTIENDE")
    v.send(kl(3, 28), flyttet(D(2024, 3, 28)))
    assert godkendt(v) == ["STILTIENDE"]


def test_lukket_laege_siger_nej_mens_flytningen_ventes() -> None:
    """LV-08: no is no; the deadline of the move falls on nothing."""
    v = ordret(ydernummer=Y2)
    v.send(kl(3, 6), laegens("AFVIST", kl(3, 6)))
    v.frem(kl(4, 11))
    assert (valget(v).tilstand, annulleret(v)) == ("AFVIST", [])
    assert len(v.fra(PladsFrigivet)) == 1


def test_fristen_loeber_ogsaa_mens_laegen_spoerges() -> None:
    """FLYT-01: 30 days after the day announced, whatever else is missing; the practice need not answer."""
    v = ordret("post.praksis", ydernummer=Y2)
    v.frem(kl(4, 10))
    assert annulleret(v) == [(FORLOEB, "FLYTNING_UDEBLEV")]
    assert [d.ydernummer for d in v.fra(DispensationTilbagekaldt)] == [Y2]


@pytest.mark.parametrize("svar", ["GODKENDT", "AFVIST"])
def test_et_nyt_svar_mens_flytningen_ventes(svar: str) -> None:
    """LV-10: after the answer that counted none changes anything; a no becomes a task."""
    v = ordret(ydernummer=Y2)
    v.send(kl(3, 6), laegens("GODKENDT", kl(3, 6)))
    v.send(kl(3, 7), laegens(svar, kl(3, 7)))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == (["OPLYSNING_SENT_SVAR"] if svar == "AFVIST" else [])


def test_annullering_lukning_og_aendring_mens_flytningen_ventes() -> None:
    """FORL-05, PLO-16: as in any other state before approval."""
    v, lukket = ordret(), ordret(ydernummer=Y2)
    v.send(kl(3, 6), annuller())
    assert annulleret(v) == [(FORLOEB, "ANNULLERET")]
    lukket.send(kl(3, 6), laegens("GODKENDT", kl(3, 6)))
    lukket.send(kl(3, 7), lukning(D(2024, 4, 1), kl(3, 7)))
    assert valget(lukket).tilstand == "AFVIST"
    assert lukket.fra(DispensationTilbagekaldt) == []


# --- FLYT-01: the move is withdrawn -----------------------------------------------------------------------------------


def test_tilbagekaldt_efter_godkendelsen() -> None:
    """FLYT-01, CPR-07: what rested on the move falls with it, once; no card of a move that did not come."""
    v = ordret(kanal="SELVBETJENING", rolle="BORGER", betalingskort="k")
    v.send(kl(3, 8), flyttet())
    assert godkendt(v) == ["AABEN"]
    v.send(kl(3, 9), trukket())
    v.send(kl(3, 9), trukket())
    assert annulleret(v) == [(FORLOEB, "FLYTNING_TRUKKET")]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y3]
    assert v.fra(KortAnmodetV2) == []


def test_tilbagekaldt_mens_laegen_spoerges() -> None:
    """FLYT-01, LV-18: the move had met its condition, and does no more."""
    v = ordret(ydernummer=Y2)
    v.send(kl(3, 8), flyttet(D(2024, 3, 9)))
    v.send(kl(3, 9), trukket(D(2024, 3, 9)))
    assert annulleret(v) == [(FORLOEB, "FLYTNING_TRUKKET")]
    assert [d.ydernummer for d in v.fra(DispensationTilbagekaldt)] == [Y2]


def test_tilbagekaldt_af_en_anden_flytning() -> None:
    """FLYT-01: another day is another move."""
    v = ordret()
    v.send(kl(3, 8), flyttet(D(2024, 3, 8), SILKEBORG), trukket(D(2024, 3, 8)))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"


def test_tilbagekaldt_foer_ordren() -> None:
    """FLYT-01: told of and withdrawn, the move is still to come."""
    v = verden()
    v.send(kl(3, 2), flyttet())
    v.send(kl(3, 3), trukket())
    v.send(BESTILT, venter_paa_flytning(ydernummer=Y3))
    assert valget(v).tilstand == "AFVENTER_FLYTNING"


def test_tilbagekaldt_naar_kortet_er_bestilt() -> None:
    """KORT-09: too late to undo by itself; one task, and to the municipality of the order (FLYT-05)."""
    v = ordret()
    v.send(kl(3, 11), flyttet())
    v.frem(kl(3, 20, 1))
    assert valget(v).tilstand == "KORT_BESTILT"
    v.send(kl(3, 21), trukket())
    assert [(o.aarsag, o.kommunekode) for o in v.fra(OpgaveAnmodet)] == [("FLYTNING_TRUKKET", VEJLE)]
    assert annulleret(v) == []


def test_et_valg_der_ikke_ventede_roeres_ikke() -> None:
    """FLYT-01, FLYT-02."""
    v = verden()
    v.send(BESTILT, bestilt(ydernummer=Y3))
    v.send(kl(3, 8), flyttet())
    v.send(kl(3, 9), trukket())
    assert annulleret(v) == []


# --- S08: the card, the owner, no task --------------------------------------------------------------------------------


def test_et_kort_for_valg_og_flytning() -> None:
    """S08, FLYT-06: the choice that waited brings the card of the move along, free."""
    v = ordret(kanal="SELVBETJENING", rolle="BORGER", betalingskort="k")
    v.send(kl(3, 11), flyttet(), person(2, adresse=ODENSEVEJ))
    v.frem(kl(4, 4))
    assert [(k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)] == [("FLYTNING", 0)]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]


@pytest.mark.parametrize("meldt", [kl(3, 11), kl(3, 14)], ids=["før virkningsdatoen", "efter den"])
def test_den_ventede_flytning_efter_virkningsdatoen_deler_kortet(meldt: Any) -> None:
    """FLYT-01, FLYT-06, KORT-16: announced for the 10th, it was the 13th; one card, of the move, and free."""
    v = ordret(kanal="SELVBETJENING", rolle="BORGER", betalingskort="k", virkningsdato=D(2024, 3, 12))
    v.send(meldt, flyttet(D(2024, 3, 13)), person(2, adresse=ODENSEVEJ))
    v.frem(kl(5, 1))
    assert [(k.forloeb_id, k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)] == [(FORLOEB, "FLYTNING", 0)]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]


def test_en_anden_flytning_efter_virkningsdatoen_har_sit_eget_kort() -> None:
    """FLYT-06: a move inside the municipality she awaited to move to, after the choice took effect, is another."""
    v = ordret(ydernummer=Y2, virkningsdato=D(2024, 3, 12))
    v.send(kl(3, 10), flyttet(), person(2, adresse=ODENSEVEJ))
    v.send(kl(3, 14), flyttet(D(2024, 3, 13)))
    assert flyttekort(v) == [(f"flytning-{PERSON}-2024-03-13", ODENSE)]


def test_forloebet_er_fraflytningskommunens() -> None:
    """S08, FLYT-01, FLYT-05: owned where it was made, also after the move, and no task anywhere."""
    v = ordret()
    v.send(kl(3, 11), flyttet(), person(2, adresse=ODENSEVEJ))
    v.frem(kl(3, 12))
    assert [s.kommunekode for s in v.fra(ForloebStartet) if s.forloeb_id == FORLOEB] == [VEJLE]
    assert valget(v).kommunekode == VEJLE
    assert v.fra(OpgaveAnmodet) == []


SILKEBORGVEJ = ODENSEVEJ.model_copy(update={"kommunekode": SILKEBORG, "linje": "Gudenåvej 3"})
"""Of a move that the choice did not wait for."""


def flyttekort(v: Verden) -> list[tuple[str, str | None]]:
    """The cards of moves that no choice brings along: whose, and to which municipality."""
    kort = [k for k in v.fra(KortAnmodetV2) if k.forloeb_id != FORLOEB]
    return [(k.forloeb_id, k.adresse.kommunekode if k.adresse else None) for k in kort]


def test_udebliver_den_ventede_faar_den_anden_flytning_sit_kort() -> None:
    """FLYT-01, KORT-16: she moved elsewhere; the choice brought that card along, and comes to nothing on day 31."""
    v = ordret()
    v.send(kl(3, 11), flyttet(D(2024, 3, 9), SILKEBORG), person(2, adresse=SILKEBORGVEJ))
    assert flyttekort(v) == []
    v.frem(kl(4, 10))
    assert annulleret(v) == [(FORLOEB, "FLYTNING_UDEBLEV")]
    assert flyttekort(v) == [(f"flytning-{PERSON}-2024-03-09", SILKEBORG)]


@pytest.mark.parametrize("foer", [1, 2], ids=["én flytning før", "to flytninger før"])
def test_traekkes_den_ventede_faar_den_tidligere_flytning_sit_kort(foer: int) -> None:
    """FLYT-01, KORT-16, CPR-07: the withdrawn move has no card, the newest real one has."""
    v = ordret()
    for dag in range(5, 5 + foer):
        v.send(kl(3, dag), flyttet(D(2024, 3, dag), VEJLE), person(2))
    v.send(kl(3, 8), flyttet())
    v.send(kl(3, 9), trukket())
    assert annulleret(v) == [(FORLOEB, "FLYTNING_TRUKKET")]
    assert flyttekort(v) == [(f"flytning-{PERSON}-2024-03-0{4 + foer}", VEJLE)]


def test_traekkes_den_ventede_staar_en_senere_flytning() -> None:
    """FLYT-01, KORT-16: what she did after the move that was withdrawn still happened."""
    v = ordret(dag=D(2024, 3, 6))
    v.send(kl(3, 6), flyttet(D(2024, 3, 6)))
    v.send(kl(3, 8), flyttet(D(2024, 3, 8), SILKEBORG), person(2, adresse=SILKEBORGVEJ))
    v.send(kl(3, 9), trukket(D(2024, 3, 6)))
    assert annulleret(v) == [(FORLOEB, "FLYTNING_TRUKKET")]
    assert flyttekort(v) == [(f"flytning-{PERSON}-2024-03-08", SILKEBORG)]


# --- an order that cannot wait ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flytning", "afvist"),
    [
        pytest.param({"til": "0999"}, True, id="ukendt kommune"),
        pytest.param({"dag": D(2024, 2, 2)}, True, id="FLYT-01: dag 31 efter den anmeldte dag"),
        pytest.param({"dag": D(2024, 2, 3)}, False, id="FLYT-01: dag 30"),
        pytest.param({"dag": D(2025, 3, 4)}, False, id="et år frem"),
        pytest.param({"dag": D(2025, 3, 5)}, True, id="et år og en dag frem"),
    ],
)
def test_flytning_der_ikke_kan_ventes_paa(flytning: dict[str, Any], afvist: bool) -> None:
    v = ordret(**flytning)
    assert [a.grund for a in v.fra(BestillingAfvist)] == (["UGYLDIG_FLYTNING"] if afvist else [])


# --- FLYT-04 ----------------------------------------------------------------------------------------------------------


def i_odense(**andet: Any) -> Any:
    """A caseworker of Odense chooses for Alma, who has a choice of Y2 in progress in Vejle."""
    felter: dict[str, Any] = {
        "kanal": "SAGSBEHANDLER", "aktoer": "sb-9", "rolle": "SAGSBEHANDLER", "betalingskort": None,
        "bestilling_id": "s02", "kommunekode": ODENSE, "ydernummer": Y3, "bestilt": kl(3, 12),
    }  # fmt: skip
    return bestilt(**(felter | andet))


def i_gang(*tavse: str) -> Verden:
    v = verden(*tavse)
    v.send(BESTILT, bestilt())
    v.send(kl(3, 11), flyttet(), person(2, adresse=ODENSEVEJ))
    return v


def test_valg_i_gang_i_en_anden_kommune() -> None:
    """FLYT-04, FLYT-03: refused with where, and nothing else of the other choice; that goes on (FLYT-01)."""
    v = i_gang()
    v.send(kl(3, 12), i_odense())
    (svar,) = v.fra(BestillingAfvist)
    assert (svar.grund, svar.kommunekode, svar.forloeb_id) == ("LAEGEVALG_I_GANG", VEJLE, "laegevalg-s02")
    assert svar.begrundelse is not None
    assert FORLOEB not in svar.model_dump_json()
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"
    assert valget(v, "s02").tilstand == "AFVIST"
    assert [s.forloeb_id for s in v.fra(ForloebStartet)].count("laegevalg-s02") == 0
    assert v.sikret.aabne_valg == (FORLOEB,)
    assert optagne(v, Y3) == 10


def test_to_gange_er_et_afslag_og_kan_ikke_annulleres() -> None:
    """FLYT-04: the same order again leads to nothing; a command about it is answered."""
    v = i_gang()
    v.send(kl(3, 12), i_odense())
    v.send(kl(3, 12), i_odense())
    assert len(v.fra(BestillingAfvist)) == 1
    v.send(kl(3, 13), annuller(forloeb_id="laegevalg-s02", bestilt=kl(3, 13)))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["LAEGEVALG_I_GANG", "IKKE_I_GANG"]


def test_bekraeftet_erstatter_det_valg_der_er_i_gang() -> None:
    """FLYT-04: explicitly confirmed, the other is annulled, and its place and fee are given back once."""
    v = i_gang()
    v.send(kl(3, 12), i_odense(bekraeftet=True))
    assert annulleret(v) == [(FORLOEB, "ERSTATTET")]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y2]
    v.frem(kl(4, 4))
    assert [(i.forloeb_id, i.ydernummer) for i in v.fra(LaegevalgTraadtIKraft)] == [("laegevalg-s02", Y3)]


def test_bekraeftet_uden_plads_lader_det_foerste_loebe() -> None:
    """FLYT-04, decision 0013: nobody loses both."""
    v = i_gang()
    v.send(kl(3, 12), i_odense(bekraeftet=True, ydernummer="000009"))
    assert annulleret(v) == []
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"


def test_bekraeftet_kan_ikke_naar_kortet_er_trukket() -> None:
    """FLYT-04, KORT-09: not cancellable any more, so refused with why, and where."""
    v = i_gang()
    v.send(kl(3, 13), laegens("GODKENDT", kl(3, 13)))
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21), kortet("TRUKKET", kl(3, 21)))
    v.send(kl(3, 22), i_odense(bekraeftet=True, bestilt=kl(3, 22)))
    assert [(a.grund, a.kommunekode) for a in v.fra(BestillingAfvist)] == [("KORT_TRUKKET", VEJLE)]
    assert valget(v).tilstand == "KORT_TRUKKET"


def test_bekraeftet_mens_leverandoeren_spoerges() -> None:
    """FLYT-04, KORT-09: the supplier's draw wins, and then both run on (decision 0013)."""
    v = i_gang("kort.annuller")
    v.send(kl(3, 13), laegens("GODKENDT", kl(3, 13)))
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21), i_odense(bekraeftet=True, bestilt=kl(3, 21)))
    assert valget(v).tilstand == "ANNULLERES"
    v.svar("kortbestilling", AnnulleringAfvist(kort_id=f"{FORLOEB}:kort", kode="TRUKKET"), kl(3, 21))
    assert valget(v).tilstand == "KORT_TRUKKET"


def test_et_valg_der_er_forbi_staar_ikke_i_vejen() -> None:
    """FLYT-04: cancelled, rejected or in force, it is not in progress."""
    v = i_gang()
    v.send(kl(3, 11, 13), annuller(bestilt=kl(3, 11)))
    v.send(kl(3, 12), i_odense())
    assert v.fra(BestillingAfvist) == []
    assert valget(v, "s02").tilstand == "GODKENDT"


def test_samme_kommune_er_som_foer() -> None:
    """FLYT-04, decision 0013: in one municipality the newest choice counts, without being asked."""
    v = i_gang()
    v.send(kl(3, 12), i_odense(kommunekode=VEJLE))
    assert v.fra(BestillingAfvist) == []
    assert annulleret(v) == [(FORLOEB, "ERSTATTET")]


def test_to_kommuner_i_samme_oejeblik() -> None:
    """FLYT-04, KORT-08: both were waiting for the person, and only the municipality where he lives may order."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2), yder(Y3, Yderstatus.AABEN, 10))
    v.send(kl(3, 12), i_odense(), bestilt(bestilling_id="s03", bestilt=kl(3, 12)))
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [True, True]
    v.send(kl(3, 12, 13), person())
    assert [(a.grund, a.forloeb_id) for a in v.fra(BestillingAfvist)] == [("IKKE_BEMYNDIGET", "laegevalg-s02")]
    assert v.sikret.aabne_valg == ("laegevalg-s03",)


# --- every order of arrival -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orden", list(permutations(("svar", "flytning", "tilstand"))), ids=" ".join)
def test_enhver_raekkefoelge_af_betingelser_godkender_en_gang(orden: tuple[str, ...]) -> None:
    """LV-18, FLYT-01, FLYT-06: approved once, when the last has come, with one free card."""
    v = ordret(ydernummer=Y2, kanal="SELVBETJENING", rolle="BORGER", betalingskort="k")
    beskeder = {
        "svar": laegens("GODKENDT", kl(3, 11)), "flytning": flyttet(), "tilstand": person(2, adresse=ODENSEVEJ)
    }  # fmt: skip
    for time, navn in enumerate(orden, 12):
        sidste = {*orden[: time - 12], navn} >= {"svar", "flytning"}
        v.send(kl(3, 11, time), beskeder[navn])
        assert godkendt(v) == (["SVAR"] if sidste else [])
    v.frem(kl(4, 4))
    assert [(k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)] == [("FLYTNING", 0)]
    assert [i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)] == [Y2]


def test_flytningen_mens_gebyret_reserveres() -> None:
    """LV-18, FLYT-06: the move has come, the fee has not; it is given back as soon as it has, and all is there."""
    v = ordret("nets.reserver", kanal="SELVBETJENING", rolle="BORGER", betalingskort="k")
    assert valget(v).tilstand == "AFVENTER_RESERVATION"
    v.send(kl(3, 8), flyttet(D(2024, 3, 8)))
    assert (valget(v).tilstand, godkendt(v)) == ("AFVENTER_RESERVATION", [])
    v.tavse.clear()
    v.frem(kl(3, 8, 13))
    assert godkendt(v) == ["AABEN"]
    assert [b.forloeb_id for b in v.fra(BetalingFrigivet)] == [FORLOEB]


def test_personen_udrejser_eller_vaelger_igen_mens_flytningen_ventes() -> None:
    """NORD-01, decision 0013."""
    ude, igen = ordret(), ordret()
    ude.send(kl(3, 6), person(2, "80", adresse=None))
    igen.send(kl(3, 6), bestilt(bestilling_id="s02", ydernummer=Y3, bestilt=kl(3, 6)))
    assert annulleret(ude) == [(FORLOEB, "FRAFLYTTET")]
    assert annulleret(igen) == [(FORLOEB, "ERSTATTET")]
