"""FLYT-06 in memory: a move while the card of a choice is ordered and not drawn is one card, and no fee."""

from datetime import date, datetime

import pytest

from contracts.betaling import FrigivBetaling, TraekBetaling
from contracts.kort import KortAfsendt, KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import LaegevalgAnnulleret
from services.kortbestilling.forloeb.beskeder import AnnulleringAccepteret, AnnulleringAfvist
from shared.domain.udfald import InternBesked
from tests.laegevalg.test_personhaendelser import ODENSE, aarsager, flyttet
from tests.laegevalg.valgverden import FORLOEB, PERSON, Verden, annuller, kl, kortet, person, s01

KORT = f"{FORLOEB}:kort"
FLYTTESAG = f"flytning-{PERSON}-2024-03-21"
STOPPET, FOR_SENT = AnnulleringAccepteret(kort_id=KORT), AnnulleringAfvist(kort_id=KORT, kode="TRUKKET")


def flyttet_efter_bestillingen(*tavse: str) -> Verden:
    """The card of the choice of 3 April was ordered on 20 March; the move is told the day after."""
    v = s01(*tavse)
    v.frem(kl(3, 20))
    v.send(kl(3, 21), person(2, adresse=ODENSE), flyttet(date(2024, 3, 21)))
    return v


def leverandoeren(v: Verden, nu: datetime, svar: InternBesked) -> None:
    v.svar("kortbestilling", svar, nu)
    v.frem(nu)


def test_kortet_stoppes_og_flyttekortet_er_det_eneste() -> None:
    """FLYT-06, BET-13, KORT-16: the new address and the new doctor, and the fee is given back once."""
    v = flyttet_efter_bestillingen()
    assert [(k.kort_id, k.grund) for k in v.fra(KortAnnulleres)] == [(KORT, "FLYTNING")]
    assert [b.grund for b in v.fra(FrigivBetaling)] == ["FLYTNING"]
    gammelt, nyt = v.fra(KortAnmodetV2)
    assert (nyt.forloeb_id, nyt.kort_id, nyt.aarsag, nyt.gebyr_oere) == (FORLOEB, f"{KORT}-2", "FLYTNING", 0)
    assert (nyt.adresse, nyt.ydernummer) == (ODENSE, gammelt.ydernummer)
    for status in ("TRUKKET", "AFSENDT"):
        v.send(kl(3, 22), kortet(status, kl(3, 22)).model_copy(update={"kort_id": nyt.kort_id}))
    assert v.valg.tilstand == "KORT_TRUKKET"
    v.frem(kl(5, 1))
    assert [k.kort_id for k in v.fra(KortAfsendt)] == [nyt.kort_id]
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    assert v.fra(TraekBetaling) == []
    assert len(v.fra(KortAnmodetV2)) == len(v.fra(FrigivBetaling)) + 1 == 2


@pytest.mark.parametrize("hvordan", ["svar", "TRUKKET", "AFSENDT"])
def test_leverandoeren_har_trukket_kortet(hvordan: str) -> None:
    """FLYT-06, KORT-09: both stand: the fee is due, and the move has its own card, free."""
    v = flyttet_efter_bestillingen("kort.annuller")
    assert aarsager(v) == [("LAEGESKIFT", 22500)]
    if hvordan == "svar":
        leverandoeren(v, kl(3, 22), FOR_SENT)
    else:
        v.send(kl(3, 22), kortet(hvordan, kl(3, 22)))
    assert aarsager(v) == [("LAEGESKIFT", 22500), ("FLYTNING", 0)]
    assert v.fra(KortAnmodetV2)[1].forloeb_id == FLYTTESAG
    if hvordan != "svar":
        leverandoeren(v, kl(3, 22), FOR_SENT)
    v.send(kl(3, 23), kortet("AFSENDT", kl(3, 23)))
    assert v.fra(FrigivBetaling) == []
    assert len(v.fra(TraekBetaling)) == 1
    assert len(v.fra(KortAnmodetV2)) == 2


@pytest.mark.parametrize("svar", [STOPPET, FOR_SENT])
def test_leverandoeren_svarer_efter_ikrafttraedelsen(svar: InternBesked) -> None:
    """FLYT-06: what the supplier says decides, also when the doctor is the person's own by then."""
    v = flyttet_efter_bestillingen("kort.annuller")
    v.frem(kl(4, 3))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    leverandoeren(v, kl(4, 4), svar)
    assert aarsager(v) == [("LAEGESKIFT", 22500), ("FLYTNING", 0)]
    assert v.fra(KortAnmodetV2)[1].forloeb_id == (FORLOEB if svar is STOPPET else FLYTTESAG)
    assert len(v.fra(FrigivBetaling)) == (1 if svar is STOPPET else 0)


@pytest.mark.parametrize("svar", [STOPPET, FOR_SENT])
def test_valget_annulleres_mens_kortet_stoppes(svar: InternBesked) -> None:
    """FLYT-06, FORL-05: either way the move has a card of its own, and one card is stopped once."""
    v = flyttet_efter_bestillingen("kort.annuller")
    v.send(kl(3, 22), annuller())
    leverandoeren(v, kl(3, 22), svar)
    assert [(k.forloeb_id, k.aarsag) for k in v.fra(KortAnmodetV2)][1:] == [(FLYTTESAG, "FLYTNING")]
    assert len(v.fra(LaegevalgAnnulleret)) == len(v.fra(FrigivBetaling)) == (1 if svar is STOPPET else 0)


def test_valget_annulleres_efter_flyttekortet() -> None:
    """FLYT-06, KORT-09: it is the card of the move that is stopped then, and the move orders its own."""
    v = flyttet_efter_bestillingen()
    v.send(kl(3, 22), annuller())
    assert [k.kort_id for k in v.fra(KortAnnulleres)] == [KORT, f"{KORT}-2"]
    assert len(v.fra(LaegevalgAnnulleret)) == len(v.fra(FrigivBetaling)) == 1
    assert [k.forloeb_id for k in v.fra(KortAnmodetV2)] == [FORLOEB, FORLOEB, FLYTTESAG]


def test_en_flytning_mere_har_sit_eget_kort() -> None:
    """KORT-16: the card of the first move is not stopped for the next."""
    v = flyttet_efter_bestillingen()
    v.send(kl(3, 23), flyttet(date(2024, 3, 23)))
    assert aarsager(v) == [("LAEGESKIFT", 22500), ("FLYTNING", 0), ("FLYTNING", 0)]
    assert len(v.fra(KortAnnulleres)) == 1


def test_kortet_fejler_mens_det_stoppes() -> None:
    """FLYT-06, BET-05: there is no card to stop, so the one of the move is ordered, once."""
    v = flyttet_efter_bestillingen("kort.annuller")
    v.send(kl(3, 22), kortet("FEJL", kl(3, 22)))
    leverandoeren(v, kl(3, 22), STOPPET)
    assert aarsager(v) == [("LAEGESKIFT", 22500), ("FLYTNING", 0)]
    assert [b.grund for b in v.fra(FrigivBetaling)] == ["FLYTNING"]
