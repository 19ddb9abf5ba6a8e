"""BET-13 in memory: a change of doctor in connection with a move costs nothing, and what is not one does."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from contracts.betaling import BetalingFrigivet, FrigivBetaling, ReserverBetaling
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import LaegevalgAnnulleret
from contracts.opgave import OpgaveAnmodet, OpgaveAnmodetV2
from contracts.person import PersonHaendelseRettet
from contracts.yder import Yderstatus
from services.laegevalg.rules.flyttegebyr import er_gratis
from shared.domain.datoer import plus_dage
from tests.laegevalg.ordreverden import ODENSE, ODENSEVEJ, D, flyttet, har_laege, indrejst, trukket, valget
from tests.laegevalg.ordreverden import venter_paa_flytning as afventer
from tests.laegevalg.valgverden import (
    FORLOEB,
    NOEGLE,
    PERSON,
    Y1,
    Y2,
    Verden,
    bestilt,
    kl,
    kortet,
    laegens,
    person,
    yder,
)

FLYTTEDE = D(2024, 3, 10)
BARN = "6103151231"


def verden(*tavse: str) -> Verden:
    """Alma of Vejle has Y1 since 2010; Y2 is open."""
    v = Verden(*tavse)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2, Yderstatus.AABEN, 10), person())
    har_laege(v)
    return v


def i_odense(*tavse: str, dag: date = FLYTTEDE) -> Verden:
    """She moved on 10 March; the extract told of it the day after, and her card has been sent."""
    v = verden(*tavse)
    v.send(kl(3, 11, 6), person(2, adresse=ODENSEVEJ), flyttet(dag))
    for status in ("TRUKKET", "AFSENDT"):
        v.send(kl(3, 13), kortet(status, kl(3, 13)).model_copy(update={"kort_id": f"flytning-{PERSON}-{dag}:kort"}))
    return v


def bestil(v: Verden, dag: date, **andet: Any) -> None:
    """An order of Y2 in self-service, at ten o'clock on a day, from 20 days later."""
    tid = kl(dag.month, dag.day, 10, aar=dag.year)
    v.send(tid, bestilt(**({"bestilt": tid, "virkningsdato": plus_dage(dag, 20)} | andet)))


def kortene(v: Verden) -> list[tuple[str, str, int]]:
    return [(k.forloeb_id, k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)]


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flyttet_", "bestilt_", "gratis"),
    [
        pytest.param("2024-03-10", "2024-03-10", True, id="BET-13: flyttedagen"),
        pytest.param("2024-03-10", "2024-05-09", True, id="BET-13: dag 60 tæller med"),
        pytest.param("2024-03-10", "2024-05-10", False, id="BET-13: dag 61"),
        pytest.param("2024-01-01", "2024-03-01", True, id="BET-13: dag 60 i et skudår"),
        pytest.param("2023-01-01", "2023-03-02", True, id="BET-13: dag 60 uden skuddag"),
        pytest.param("2023-01-01", "2023-03-03", False, id="BET-13: dag 61 uden skuddag"),
        pytest.param("2024-02-29", "2024-04-29", True, id="BET-13: flyttet på skuddagen"),
    ],
)
def test_tres_dage_efter_flytningen(flyttet_: str, bestilt_: str, gratis: bool) -> None:
    ordret = date.fromisoformat(bestilt_)
    assert er_gratis(date.fromisoformat(flyttet_), ordret, ordret, ventet=False) is gratis


@pytest.mark.parametrize(
    ("virkning", "ventet", "gratis"),
    [
        pytest.param("2024-03-09", False, False, id="BET-13: virker dagen før den meldte flytning"),
        pytest.param("2024-03-10", False, True, id="FLYT-06: virker på dagen"),
        pytest.param("2024-03-09", True, True, id="FLYT-01: venter på netop den flytning"),
    ],
)
def test_bestilt_foer_en_meldt_flytning(virkning: str, ventet: bool, gratis: bool) -> None:
    assert er_gratis(FLYTTEDE, D(2024, 3, 4), date.fromisoformat(virkning), ventet=ventet) is gratis


# --- the move is known when the order comes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dag", "gratis"),
    [
        pytest.param(D(2024, 3, 12), True, id="to dage efter"),
        pytest.param(D(2024, 5, 9), True, id="BET-13: dag 60"),
        pytest.param(D(2024, 5, 10), False, id="BET-13: dag 61"),
    ],
)
def test_laegeskift_efter_flytning(dag: date, gratis: bool) -> None:
    """BET-13: nothing is reserved, and the card of the new doctor is free; the move has had its own (KORT-16)."""
    v = i_odense()
    bestil(v, dag)
    assert len(v.fra(ReserverBetaling)) == (0 if gratis else 1)
    v.frem(kl(6, 15))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    sidst = (FORLOEB, "FLYTNING", 0) if gratis else (FORLOEB, "LAEGESKIFT", 22500)
    assert kortene(v) == [(f"flytning-{PERSON}-{FLYTTEDE}", "FLYTNING", 0), sidst]
    begrundelse = v.fra(KortAnmodetV2)[-1].begrundelse
    assert begrundelse is not None
    assert begrundelse.regel == ("BET-13" if gratis else "BET-07")


def test_hvert_skift_inden_for_dagene_er_gratis() -> None:
    """BET-13: § 12 speaks of the connection with the move, not of how many changes."""
    v = i_odense()
    bestil(v, D(2024, 3, 14), virkningsdato=D(2024, 3, 14))
    bestil(v, D(2024, 4, 14), virkningsdato=D(2024, 4, 14), bestilling_id="igen", ydernummer=Y1)
    bestil(v, D(2024, 6, 14), virkningsdato=D(2024, 6, 14), bestilling_id="senere")
    assert [r.forloeb_id for r in v.fra(ReserverBetaling)] == ["laegevalg-senere"]
    assert [k[1:] for k in kortene(v)] == [("FLYTNING", 0)] * 3 + [("LAEGESKIFT", 22500)]


def test_lukket_laege_efter_flytning_er_gratis() -> None:
    """BET-13, BET-04: the practice is asked as ever."""
    v = verden()
    v.send(kl(1, 2), yder(Y2, opdateret=kl(1, 3)))
    v.send(kl(3, 11), person(2, adresse=ODENSEVEJ), flyttet())
    bestil(v, D(2024, 3, 14))
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    v.send(kl(3, 15), laegens("GODKENDT", kl(3, 15)))
    v.frem(kl(5, 1))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    assert v.fra(ReserverBetaling) == []


@pytest.mark.parametrize("hvordan", ["trukket", "rettet"])
def test_en_flytning_der_ikke_er_sket_goer_intet_gratis(hvordan: str) -> None:
    """BET-13, CPR-07, CPR-10: also where its card was sent by then."""
    v = i_odense()
    rettet = PersonHaendelseRettet(
        person_id=PERSON, person=person().person, kode="A10", slags=("FLYTNING",), tilbagekaldt=FLYTTEDE
    )  # fmt: skip
    v.send(kl(3, 14), trukket() if hvordan == "trukket" else rettet)
    bestil(v, D(2024, 3, 20))
    assert len(v.fra(ReserverBetaling)) == 1


def test_en_tidligere_flytning_taeller_naar_den_nye_er_trukket() -> None:
    """BET-13: what was taken back is the one move, not the other."""
    v = i_odense()
    v.send(kl(4, 1), flyttet(D(2024, 4, 20), "0740"))
    v.send(kl(4, 2), trukket(D(2024, 4, 20)))
    bestil(v, D(2024, 5, 9))
    assert v.fra(ReserverBetaling) == []


@pytest.mark.parametrize(
    ("virkning", "gratis"),
    [
        pytest.param(D(2024, 3, 31), False, id="virker før flytningen"),
        pytest.param(D(2024, 4, 1), True, id="virker fra flytningen"),
    ],
)
def test_flytningen_er_meldt_men_ikke_sket(virkning: date, gratis: bool) -> None:
    """BET-13, CPR-07: a move approved for 1 April, and an order on 20 March."""
    v = verden()
    v.send(kl(3, 12), flyttet(D(2024, 4, 1)))
    bestil(v, D(2024, 3, 20), virkningsdato=virkning)
    assert len(v.fra(ReserverBetaling)) == (0 if gratis else 1)


def test_flytningen_traekkes_efter_valget() -> None:
    """BET-13, CPR-07: what was ordered while the move stood costs nothing, as with FLYT-06; the next does."""
    v = verden()
    v.send(kl(3, 12), flyttet(D(2024, 4, 1)))
    bestil(v, D(2024, 3, 20), virkningsdato=D(2024, 4, 1))
    v.send(kl(3, 21), trukket(D(2024, 4, 1)))
    v.frem(kl(4, 15))
    assert (v.valg.tilstand, kortene(v)[-1]) == ("TRAADT_I_KRAFT", (FORLOEB, "FLYTNING", 0))
    bestil(v, D(2024, 4, 15), bestilling_id="igen", ydernummer=Y1)
    assert [r.forloeb_id for r in v.fra(ReserverBetaling)] == ["laegevalg-igen"]


def test_valget_venter_paa_en_flytning_der_er_meldt() -> None:
    """BET-13, FLYT-01: the order names the very move that was told of before it."""
    v = verden()
    v.send(kl(3, 3), flyttet())
    v.send(
        kl(3, 4, 10), afventer(kanal="SELVBETJENING", rolle="BORGER", betalingskort="k", virkningsdato=D(2024, 3, 5))
    )
    assert valget(v).tilstand in ("KORT_BESTILT", "TRAADT_I_KRAFT")
    assert v.fra(ReserverBetaling) == []


def test_sagsbehandlerens_valg_efter_flytning() -> None:
    """BET-13: no fee was asked for anyhow, and the card says why it is free."""
    v = i_odense()
    bestil(v, D(2024, 3, 14), kanal="SAGSBEHANDLER", rolle="SAGSBEHANDLER", betalingskort=None, kommunekode=ODENSE)
    v.frem(kl(5, 1))
    assert kortene(v)[-1] == (FORLOEB, "FLYTNING", 0)


def test_indrejse_er_ikke_en_flytning() -> None:
    """BET-13, § 12 nr. 6: the entry has its own free card (BET-09); a change in self-service afterwards is paid for."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2, Yderstatus.AABEN, 10), person())
    v.send(kl(3, 11), indrejst(FLYTTEDE))
    bestil(v, D(2024, 3, 14), ydernummer=Y1)
    assert len(v.fra(ReserverBetaling)) == 1


def test_en_anden_persons_flytning_goer_ikke_gratis() -> None:
    """BET-13, S12: the child that moved to its father changes doctor for nothing; he himself does not."""
    v = verden()
    v.send(kl(3, 1), person(2, foedselsdato=D(2015, 8, 20), cpr=BARN, foraeldremyndighed_ider=("far",)))
    far = person(1, person_id="far", cpr="6105801231", fornavn="Far")
    v.send(kl(3, 1), far.model_copy(update={"person_id": "far"}))
    v.send(kl(3, 11), flyttet())
    bestil(v, D(2024, 3, 14), cpr=BARN, borger_cpr="6105801231", bestilling_id="barnet")
    bestil(v, D(2024, 3, 14), cpr="6105801231", bestilling_id="faren")
    assert valget(v, "barnet").borger_cpr == "6105801231"
    assert [r.forloeb_id for r in v.fra(ReserverBetaling)] == ["laegevalg-faren"]


# --- the order comes before the move is told of -----------------------------------------------------------------------


@pytest.mark.parametrize(("flyttedato", "gratis"), [(D(2024, 3, 14), True), (D(2024, 3, 15), False)])
def test_flytningen_meldes_naar_laegen_er_valgt(flyttedato: date, gratis: bool) -> None:
    """BET-13, CPR-08: ordered on 14 March from the same day; CPR tells of the move the day after."""
    v = verden()
    bestil(v, D(2024, 3, 14), virkningsdato=D(2024, 3, 14))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    v.send(kl(3, 15, 6), flyttet(flyttedato), person(2, adresse=ODENSEVEJ))
    v.send(kl(3, 16), kortet("AFSENDT", kl(3, 16)))
    assert len(v.fra(BetalingFrigivet)) == (1 if gratis else 0)
    v.send(kl(3, 17), flyttet(flyttedato))
    assert len(v.fra(FrigivBetaling)) == (1 if gratis else 0)
    assert v.betaling.tilstand == ("FRIGIVET" if gratis else "TRUKKET")


def test_flytningen_meldes_naar_gebyret_er_trukket() -> None:
    """BET-13, BET-05: a refund is for a person."""
    v = verden()
    bestil(v, D(2024, 3, 14), virkningsdato=D(2024, 3, 14))
    v.send(kl(3, 15), kortet("AFSENDT", kl(3, 15)))
    v.send(kl(3, 16), flyttet(D(2024, 3, 13)))
    opgaver = [*v.fra(OpgaveAnmodet), *v.fra(OpgaveAnmodetV2)]
    assert [o.aarsag for o in opgaver] == ["REFUNDER"]


def test_kortet_er_trukket_naar_flytningen_meldes() -> None:
    """BET-13, FLYT-06: both cards stand, and neither costs anything."""
    v = verden()
    bestil(v, D(2024, 3, 14), virkningsdato=D(2024, 3, 28))
    v.send(kl(3, 15), kortet("TRUKKET", kl(3, 15)))
    v.send(kl(3, 15, 13), flyttet(D(2024, 3, 14)))
    v.send(kl(3, 16), kortet("AFSENDT", kl(3, 16)))
    v.frem(kl(5, 1))
    assert v.betaling.tilstand == "FRIGIVET"
    assert len(v.fra(FrigivBetaling)) == 1
    assert v.valg.tilstand == "TRAADT_I_KRAFT"


def test_hvert_aabent_valg_bliver_gratis() -> None:
    """BET-13, KORT-09: the first choice has its card drawn and runs on beside the second; the move was before both."""
    v = verden()
    bestil(v, D(2024, 3, 4), virkningsdato=D(2024, 3, 16))
    v.send(kl(3, 5), kortet("TRUKKET", kl(3, 5)))
    bestil(v, D(2024, 3, 6), bestilling_id="nyt", virkningsdato=D(2024, 3, 26), ydernummer=Y1)
    for dag in (12, 13):
        v.send(kl(3, dag), flyttet(D(2024, 3, 1)), person(2, adresse=ODENSEVEJ))
    v.frem(kl(5, 1))
    gebyrer = ["laegevalg-nyt:betaling", f"{FORLOEB}:betaling"]
    assert sorted(f.reservation_id for f in v.fra(FrigivBetaling)) == gebyrer
    assert sorted(f.reservation_id for f in v.fra(BetalingFrigivet)) == gebyrer


@pytest.mark.parametrize("aabent", [True, False])
def test_ogsaa_for_den_hvis_flytning_ikke_giver_kort(aabent: bool) -> None:
    """BET-13, BET-08: in another group than 1 and 2 the move has no card; the fee is given back all the same."""
    v = verden()
    har_laege(v, gruppe="5")
    bestil(v, D(2024, 3, 4), virkningsdato=D(2024, 3, 28 if aabent else 4))
    v.send(kl(3, 12), flyttet(D(2024, 3, 1)), person(2, adresse=ODENSEVEJ))
    v.frem(kl(5, 1))
    assert [f.grund for f in v.fra(FrigivBetaling)] == ["FLYTNING"]


@pytest.mark.parametrize("status", ["01", "05"])
def test_til_groenland_er_ikke_en_flytning_i_danmark(status: str) -> None:
    """BET-13, NORD-01, § 12 nr. 6: told of after the choice is in force; the fee stands, but for a move in Denmark."""
    v = verden()
    bestil(v, D(2024, 3, 14), virkningsdato=D(2024, 3, 14))
    v.send(kl(3, 15), kortet("AFSENDT", kl(3, 15)))
    meldt = flyttet(D(2024, 3, 13))
    v.send(kl(3, 16), meldt.model_copy(update={"person": person(2, status, adresse=ODENSEVEJ).person}))
    opgaver = [*v.fra(OpgaveAnmodet), *v.fra(OpgaveAnmodetV2)]
    assert [o.aarsag for o in opgaver] == (["REFUNDER"] if status == "01" else [])


def test_flytningen_meldes_mens_nets_reserverer() -> None:
    """BET-13, FLYT-06: given back when Nets has answered, once."""
    v = verden("nets.reserver")
    bestil(v, D(2024, 3, 14))
    v.send(kl(3, 14, 12), flyttet(D(2024, 3, 12)))
    assert v.fra(FrigivBetaling) == []
    v.tavse.clear()
    v.frem(kl(5, 1))
    assert (v.betaling.tilstand, v.valg.tilstand) == ("FRIGIVET", "TRAADT_I_KRAFT")
    assert len(v.fra(FrigivBetaling)) == 1
    assert kortene(v) == [(FORLOEB, "FLYTNING", 0)]


@pytest.mark.parametrize("raekkefoelge", list(permutations(("ordre", "flytning", "tilstand"))))
def test_i_enhver_raekkefoelge_er_det_gratis(raekkefoelge: tuple[str, ...]) -> None:
    """BET-13: a state, an event and an order come on three topics; the day of the order decides."""
    v = verden()
    sendt = {
        "ordre": bestilt(bestilt=kl(3, 14, 10), virkningsdato=D(2024, 4, 2)), "flytning": flyttet(),
        "tilstand": person(2, adresse=ODENSEVEJ),
    }  # fmt: skip
    for nr, navn in enumerate(raekkefoelge):
        v.send(kl(3, 14, 11, nr), sendt[navn])
    v.frem(kl(5, 1))
    assert {r.reservation_id for r in v.fra(ReserverBetaling)} == {f.reservation_id for f in v.fra(FrigivBetaling)}
    assert {k[1:] for k in kortene(v)} == {("FLYTNING", 0)}
    assert valget(v).tilstand == "TRAADT_I_KRAFT"


def test_annulleret_valg_er_givet_tilbage_een_gang() -> None:
    """BET-05: what came to nothing before the move was told of is left alone."""
    v = verden()
    bestil(v, D(2024, 3, 14))
    bestil(v, D(2024, 3, 14), bestilling_id="nyt", ydernummer=Y1, noegle=NOEGLE)
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["ERSTATTET"]
    v.send(kl(3, 15), flyttet(D(2024, 3, 13)))
    assert [f.reservation_id for f in v.fra(FrigivBetaling)] == [f"{FORLOEB}:betaling", "laegevalg-nyt:betaling"]
    assert v.valg.fri_efter_flytning is None
