"""What CPR takes back or corrects: the card is stopped if it can be, and what is told anew is new (CPR-07, CPR-10)."""

from datetime import date, datetime
from typing import Any

import pytest

from contracts.betaling import FrigivBetaling
from contracts.kort import KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, GruppeTraadtIKraft, LaegeOphoert
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    Adresse,
    PersonDoed,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonHaendelseRettet,
    PersonSkiftetNavn,
)
from services.laegevalg.forloeb.haendelse import HOEJST
from tests.laegevalg.test_personhaendelser import ODENSE, flyttet, hos_y1
from tests.laegevalg.valgverden import PERSON, Verden, annuller, kl, kortet, person, s01

DAG = date(2024, 6, 1)
SAG = f"flytning-{PERSON}-2024-06-01"
AARHUS = Adresse(kommunekode="0751", vejkode="0456", linje="Åboulevarden 1", postnummer="8000")


def fortrudt(dag: date | None = DAG, kode: str = "A10", slags: tuple[str, ...] = ("FLYTNING",), **andet: Any) -> Any:
    return PersonHaendelseRettet(
        person_id=PERSON, person=person(3, **andet).person, kode=kode, slags=slags, tilbagekaldt=dag
    )


def trukket_tilbage(dag: date = DAG) -> PersonFlytningTilbagekaldt:
    return PersonFlytningTilbagekaldt(person_id=PERSON, person=person(3).person, flytning_id="flyt-1", flyttedato=dag)


def med_flytning() -> Verden:
    """Alma has moved, and her card is ordered."""
    v = hos_y1()
    v.send(kl(6, 2), person(2, adresse=ODENSE), flyttet(DAG))
    return v


def flyttesag(v: Verden, id_: str = SAG) -> str:
    return v.hub.motorer["laegevalg"].raekker["personsag"][id_].tilstand


def om_kortet(status: str, nu: datetime, id_: str = SAG) -> Any:
    return kortet(status, nu).model_copy(update={"kort_id": f"{id_}:kort"})


@pytest.mark.parametrize(
    "besked",
    [
        pytest.param(fortrudt(), id="CPR-10: A10"),
        pytest.param(trukket_tilbage(), id="CPR-07: flytteløsningen"),
    ],
)
def test_cpr_10_kortet_stoppes(besked: Any) -> None:
    """CPR-10, CPR-07, KORT-09: a move that is none has no card; told twice, it is stopped once."""
    v = med_flytning()
    v.send(kl(6, 3), besked)
    v.send(kl(6, 3), besked)
    assert [(k.kort_id, k.grund) for k in v.fra(KortAnnulleres)] == [(f"{SAG}:kort", "TILBAGEKALDT")]
    assert [(a.forloeb_id, a.udfald) for a in v.fra(ForloebAfsluttet)] == [(SAG, "ANNULLERET")]
    assert v.fra(OpgaveAnmodet) == []


@pytest.mark.parametrize(
    "dag",
    [
        pytest.param(date(2024, 5, 31), id="CPR-10: dagen før"),
        pytest.param(date(2024, 6, 2), id="CPR-10: dagen efter"),
        pytest.param(None, id="CPR-10: intet var fortalt"),
    ],
)
def test_cpr_10_en_anden_dags_flytning_staar(dag: date | None) -> None:
    """CPR-10: only the event of that day is taken back."""
    v = med_flytning()
    v.send(kl(6, 3), fortrudt(dag))
    assert (flyttesag(v), v.fra(KortAnnulleres)) == ("KORT_BESTILT", [])


def test_cpr_10_kun_det_rettelsen_handler_om() -> None:
    """CPR-10: a name taken back of the same day leaves the move."""
    v = med_flytning()
    v.send(kl(6, 3), fortrudt(kode="A15", slags=("NAVN",)))
    assert flyttesag(v) == "KORT_BESTILT"


@pytest.mark.parametrize("status", ["TRUKKET", "AFSENDT"])
def test_cpr_10_et_trukket_kort_gaar(status: str) -> None:
    """CPR-10, KORT-09: the supplier's draw wins."""
    v = med_flytning()
    v.send(kl(6, 3), om_kortet(status, kl(6, 3)))
    v.send(kl(6, 4), fortrudt())
    assert v.fra(KortAnnulleres) == []
    v.send(kl(6, 5), om_kortet("AFSENDT", kl(6, 5)))
    assert [a.udfald for a in v.fra(ForloebAfsluttet)] == ["KORT_AFSENDT"]


def test_cpr_10_flytningen_fortaelles_igen_med_en_ny_adresse() -> None:
    """CPR-10, KORT-16: of the same day, to elsewhere: the first card is stopped, the new one is to the new address."""
    v = med_flytning()
    v.hub.send(kl(6, 3), fortrudt(), flyttet(DAG, adresse=AARHUS))
    v.frem(kl(6, 3))
    v.send(kl(6, 3), flyttet(DAG, adresse=AARHUS))
    ny = f"{SAG}-2"
    assert [(k.kort_id, k.adresse) for k in v.fra(KortAnmodetV2)] == [(f"{SAG}:kort", ODENSE), (f"{ny}:kort", AARHUS)]
    assert [(s.forloeb_id, s.kommunekode) for s in v.fra(ForloebStartet)] == [(SAG, "0461"), (ny, "0751")]
    assert (flyttesag(v), flyttesag(v, ny)) == ("ANNULLERET", "KORT_BESTILT")


def test_cpr_10_igen_og_igen() -> None:
    """CPR-10: each taking back ends the last; there is an end to it, and it is quiet."""
    v = hos_y1()
    for nr in range(HOEJST + 2):
        v.send(kl(6, 2 + nr), flyttet(DAG))
        v.send(kl(6, 2 + nr), fortrudt())
    assert len(v.fra(KortAnmodetV2)) == len(v.fra(KortAnnulleres)) == HOEJST


def test_cpr_09_en_annulleret_flytning_begynder_ikke_igen() -> None:
    """CPR-09, FORL-05: cancelled by a caseworker is not taken back by CPR: told again it is the same."""
    v = med_flytning()
    v.send(kl(6, 3), annuller(forloeb_id=SAG, bestilt=kl(6, 3)))
    v.send(kl(6, 4), flyttet(DAG))
    assert len(v.fra(KortAnmodetV2)) == 1


def test_cpr_10_tilbagekaldt_mens_en_annullering_venter() -> None:
    """CPR-10, FORL-05: the card is stopped once, the command is answered, and a new move has its card."""
    v = med_flytning()
    v.tavse.add("kort.annuller")
    v.send(kl(6, 3), annuller(forloeb_id=SAG, bestilt=kl(6, 3)))
    v.send(kl(6, 3), fortrudt())
    assert len(v.fra(KortAnnulleres)) == 1
    v.send(kl(6, 4), flyttet(DAG, adresse=AARHUS))
    assert [k.adresse for k in v.fra(KortAnmodetV2)] == [ODENSE, AARHUS]


@pytest.mark.parametrize("ender", ["annulleret", "løber"])
def test_cpr_10_flytningens_kort_er_valgets(ender: str) -> None:
    """CPR-10, FLYT-06: the choice goes on with its card, free as it was promised; the move orders none instead."""
    v = s01()
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(date(2024, 3, 11)))
    v.send(kl(3, 13), fortrudt(date(2024, 3, 11)))
    assert flyttesag(v, f"flytning-{PERSON}-2024-03-11") == "TILBAGEKALDT"
    if ender == "annulleret":
        v.send(kl(3, 14), annuller())
        assert v.fra(KortAnmodetV2) == []
    else:
        v.frem(kl(3, 20, 0))
        assert [k.gebyr_oere for k in v.fra(KortAnmodetV2)] == [0]
    assert len(v.fra(FrigivBetaling)) == 1


# --- a name -----------------------------------------------------------------------------------------------------------


def med_navn() -> Verden:
    """Alma has a new name since her wedding, and her card is ordered."""
    v = hos_y1()
    navn = {"person_id": PERSON, "person": person(2, efternavn="Øst").person, "gaelder_fra": DAG, "vielsesdato": DAG}
    v.send(kl(6, 2), PersonSkiftetNavn.model_validate(navn))
    return v


def test_cpr_10_navnet_er_fortrudt() -> None:
    """CPR-10, CPR-01: A15: no card."""
    v = med_navn()
    v.send(kl(6, 3), fortrudt(kode="A15", slags=("NAVN",)))
    assert (len(v.fra(KortAnmodetV2)), len(v.fra(KortAnnulleres))) == (1, 1)


def test_cpr_10_navnet_er_rettet() -> None:
    """CPR-10, CPR-01: A16: a card with the right name instead of that with the wrong one, once."""
    v = med_navn()
    for _ in range(2):
        v.send(kl(6, 3), fortrudt(kode="A16", slags=("NAVN",), efternavn="Vest"))
    assert [(k.navn, k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)] == [
        ("Alma Øst", "NAVN_AEGTESKAB", 0), ("Alma Vest", "NAVN_AEGTESKAB", 0),
    ]  # fmt: skip
    assert [k.kort_id for k in v.fra(KortAnnulleres)] == [f"navneaendring-{PERSON}-2024-06-01:kort"]


def test_cpr_10_et_rettet_navn_uden_kort() -> None:
    """CPR-10, CPR-02: where no card was due there is none of the correction either."""
    v = hos_y1()
    v.send(kl(6, 2), PersonSkiftetNavn(person_id=PERSON, person=person(2).person, gaelder_fra=DAG))
    v.send(kl(6, 3), fortrudt(kode="A16", slags=("NAVN",)))
    assert v.fra(KortAnmodetV2) == []


# --- group and doctor -------------------------------------------------------------------------------------------------


def test_cpr_10_et_annulleret_doedsfald() -> None:
    """CPR-10, CPR-14: group and doctor stand as they ended: `cpr_events` asks for the task; told anew it ends anew."""
    v = hos_y1()
    doed = PersonDoed(person_id=PERSON, person=person(2, "90").person, doedsdato=DAG)
    v.send(kl(6, 2), doed)
    v.send(kl(6, 3), fortrudt(kode="A25", slags=("CIVILSTAND", "STATUS")))
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("9", None)
    assert (len(v.fra(GruppeTraadtIKraft)), len(v.fra(LaegeOphoert)), v.fra(OpgaveAnmodet)) == (1, 1, [])
    v.send(kl(6, 4), doed)
    assert [s.forloeb_id for s in v.fra(ForloebStartet)] == [
        f"doedsfald-{PERSON}-2024-06-01", f"doedsfald-{PERSON}-2024-06-01-2",
    ]  # fmt: skip


def test_cpr_10_for_en_ukendt() -> None:
    """CPR-10: of somebody nothing was told of, nothing is taken back."""
    v = Verden()
    flyttet_ = PersonFlyttet(
        person_id="x", person=person(adresse=ODENSE).person, flyttedato=DAG, til_kommunekode="0461"
    )
    v.send(kl(6, 2), fortrudt(), trukket_tilbage())
    v.send(kl(6, 2), flyttet_)
    assert v.fra(KortAnnulleres) == []
    assert len(v.fra(KortAnmodetV2)) == 1
