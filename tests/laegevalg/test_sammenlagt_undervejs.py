"""What began under an id that is given up is found by the one the person goes by (CPR-11, decision 0024)."""

from datetime import date
from typing import Any

import pytest

from contracts.base import Besked
from contracts.betaling import FrigivBetaling, ReserverBetaling
from contracts.dispensation import DispensationSvar
from contracts.kort import KortAnmodet, KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.noegle import cpr_noegle
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    PersonDoed,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonGenfundet,
    PersonHaendelseRettet,
    PersonIndrejst,
    PersonSkiftetNavn,
)
from contracts.plads import PladsReserveret
from contracts.yder import Yderstatus
from tests.laegevalg.ordreverden import ODENSE, ODENSEVEJ
from tests.laegevalg.sammenlaegningsverden import (
    NY,
    NYT_NUMMER,
    Y3,
    D,
    afloest,
    intet_tilbage,
    s,
    sammenlagt,
    sikret,
    som_ny,
    verden,
)
from tests.laegevalg.valgverden import FORLOEB, PERSON, Y1, Y2, Verden, bestilt, kl, person, yder

IND = D(2024, 11, 4)
TREDJE = "tredje"


def laeg_sammen(v: Verden, tid: Any, **andet: Any) -> None:
    """Told twice, as everything may be."""
    v.send(tid, som_ny(2, **andet), sammenlagt(**andet), afloest(9))
    v.send(tid, sammenlagt(**andet))


def doed(dag: date, id_: str = NY) -> list[Besked]:
    tilstand = som_ny(5, "90", id_=id_, adresse=None)
    return [tilstand, PersonDoed(person_id=id_, person=tilstand.person, doedsdato=dag)]


def indrejst(**andet: Any) -> PersonIndrejst:
    return PersonIndrejst(person_id=PERSON, person=person(**andet).person, indrejsedato=IND)


def sagen(v: Verden) -> Any:
    (sag,) = v.hub.motorer["laegevalg"].raekker["sag"].values()
    return sag


def er_uden_laege(v: Verden) -> None:
    v.frem(kl(11, 9))
    assert sikret(v, NY).sikring == s("9", IND)
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert v.fra(KortAnmodet) == []
    assert sagen(v).ydernummer is None
    intet_tilbage(v, PERSON)


# --- the dead ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sidst", ["døden", "sammenlægningen", "indrejsen", "død og sammenlagt før indrejsen"])
def test_cpr_14_en_indrejse_under_det_gamle_id_goer_ingen_doed_sikret(sidst: str) -> None:
    """CPR-11, CPR-14: the child's entry waits for the family under the old id; the death is told under the new one."""
    v = Verden()
    v.send(kl(11, 1), yder(Y1, Yderstatus.AABEN, 10), person(), som_ny())
    ind = indrejst(foedselsdato=D(2018, 1, 1), foraeldremyndighed_ider=("mor",))
    join = [sammenlagt(), afloest(9)]
    raekkefoelge: dict[str, list[Besked]] = {
        "døden": [ind, *join, *doed(IND)],
        "sammenlægningen": [ind, *doed(IND), *join],
        "indrejsen": [*join, *doed(IND), ind],
        "død og sammenlagt før indrejsen": [*doed(IND), *join, ind],
    }
    for minut, besked in enumerate(raekkefoelge[sidst]):
        v.send(kl(11, 5, 6, minut % 5), besked)
    er_uden_laege(v)
    assert [g.gruppe for g in v.fra(GruppeTraadtIKraft)] == ["9"]


@pytest.mark.parametrize("sidst", ["døden", "sammenlægningen"])
def test_cpr_14_pladsen_kommer_efter_doeden(sidst: str) -> None:
    """CPR-11, CPR-14: the entry waits for a place under the old id; the place is given back."""
    v = Verden()
    v.send(kl(11, 1), person(), som_ny())
    v.hub.motorer.pop("plo_events")
    v.send(kl(11, 5, 6), indrejst())
    join = [sammenlagt(), afloest(9)]
    for besked in [*join, *doed(IND)] if sidst == "døden" else [*doed(IND), *join]:
        v.send(kl(11, 5, 6, 1), besked)
    plads = {"ydernummer": Y1, "praksisnavn": "Huset", "kommunekode": "0630"}
    v.send(kl(11, 5, 6, 2), PladsReserveret.model_validate({
        "forloeb_id": sagen(v).forloeb_id, "person_id": PERSON, **plads,
    }))  # fmt: skip
    er_uden_laege(v)
    assert [b.ydernummer for b in v.hub.udsendt if type(b).__name__ == "PladsFrigives"] == [Y1]  # pyright: ignore[reportAttributeAccessIssue]


def test_cpr_14_en_kaede_af_sammenlaegninger() -> None:
    """CPR-11, CPR-14: the entry's person turns out to be another, who turns out to be a third, who dies."""
    v = Verden()
    v.send(kl(11, 1), yder(Y1, Yderstatus.AABEN, 10), person(), som_ny())
    v.send(kl(11, 5, 6), indrejst(foedselsdato=D(2018, 1, 1), foraeldremyndighed_ider=("mor",)))
    videre = sammenlagt(ny=TREDJE, gammel=NY, cpr=NYT_NUMMER)
    v.send(kl(11, 5, 6, 1), som_ny(id_=TREDJE, cpr="6304801246"), videre, sammenlagt(), afloest(9))
    assert sagen(v).nu_hos == TREDJE
    v.send(kl(11, 5, 6, 2), *doed(IND, TREDJE))
    v.frem(kl(11, 9))
    assert sikret(v, TREDJE).sikring == s("9", IND)
    assert v.fra(LaegevalgTraadtIKraft) == []


@pytest.mark.parametrize("hvad", ["indrejse", "flytning", "valg"])
def test_kort_09_den_doedes_kort_stoppes(hvad: str) -> None:
    """CPR-11, CPR-14, KORT-09: whatever ordered the card, under whichever id; and nobody asks where it has got to."""
    v = verden(gammel=(None, None) if hvad == "indrejse" else ("1", Y1))
    if hvad == "indrejse":
        v.send(kl(3, 3), PersonIndrejst(person_id=PERSON, person=person().person, indrejsedato=D(2024, 3, 2)))
    elif hvad == "flytning":
        ny = person(2, adresse=ODENSEVEJ).person
        flyt = {"flyttedato": D(2024, 3, 2), "fra_kommunekode": "0630", "til_kommunekode": ODENSE}
        v.send(kl(3, 3), PersonFlyttet.model_validate({"person_id": PERSON, "person": ny.model_dump(), **flyt}))
    else:
        v.send(kl(3, 2), bestilt(ydernummer=Y3, bestilt=kl(3, 2), virkningsdato=D(2024, 3, 2)))
    v.frem(kl(3, 3))
    bestilte = {k.kort_id for k in (*v.fra(KortAnmodet), *v.fra(KortAnmodetV2))}
    assert len(bestilte) == 1
    laeg_sammen(v, kl(3, 4))
    v.send(kl(3, 5), *doed(D(2024, 3, 4)))
    assert bestilte <= {k.kort_id for k in v.fra(KortAnnulleres)}
    v.frem(kl(6, 1))
    assert [o for o in v.fra(OpgaveAnmodet) if o.aarsag == "KORT_FORSINKET"] == []


# --- an order that an entry waits for ---------------------------------------------------------------------------------


@pytest.mark.parametrize("genfundet", [False, True], ids=["indrejse", "genfinding"])
@pytest.mark.parametrize("foerst", ["indrejsen", "sammenlægningen"])
def test_ind_04_indrejsen_venter_paa_bestillingen_under_det_nye_id(foerst: str, genfundet: bool) -> None:
    """CPR-11, IND-04, CPR-04: one doctor, one card; none of the letters of IND-07."""
    v = Verden()
    v.send(kl(11, 1), yder(Y1, Yderstatus.AABEN, 10), yder(Y2), person(), som_ny())
    nu = kl(11, 4, 10)
    felter = {"kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "betalingskort": None}
    v.send(nu, bestilt(ydernummer=Y2, virkningsdato=IND, bestilt=nu, gruppe="1", anledning="INDREJSE", **felter))
    sket: Besked = indrejst()
    if genfundet:
        sket = PersonGenfundet(person_id=PERSON, person=person().person, fundet=IND)
    if foerst == "indrejsen":
        v.send(kl(11, 5, 6), sket)
        laeg_sammen(v, kl(11, 5, 8))
    else:
        laeg_sammen(v, kl(11, 5, 6))
        v.send(kl(11, 5, 8), sket)
    v.frem(kl(11, 7))
    assert sagen(v).tilstand == "AFVENTER_BESTILLING"
    v.send(kl(11, 8), DispensationSvar(forloeb_id=FORLOEB, person_id=PERSON, svar="GODKENDT", modtaget=kl(11, 8)))
    v.frem(kl(11, 20))
    assert sikret(v, NY).sikring == s("1", IND, Y2, IND)
    assert [k.kort_id for k in (*v.fra(KortAnmodet), *v.fra(KortAnmodetV2))] == [f"{FORLOEB}:kort"]
    assert v.hub.motorer["digital_post"].raekker["brev"] == {}
    assert sagen(v).tilstand == "BEHANDLET_UDEN_HANDLING"
    intet_tilbage(v, PERSON)


# --- what a change of doctor costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sammen", [False, True], ids=["een", "to"])
def test_bet_13_flytningen_er_meldt_under_det_gamle_id(sammen: bool) -> None:
    """CPR-11, BET-13: no fee within the days after the move, by whichever number the order comes."""
    v = verden()
    ny = person(2, adresse=ODENSEVEJ)
    flyt = {"flyttedato": D(2024, 3, 10), "fra_kommunekode": "0630", "til_kommunekode": ODENSE}
    v.send(kl(3, 11), ny, PersonFlyttet.model_validate({"person_id": PERSON, "person": ny.person.model_dump(), **flyt}))
    nummer = {}
    if sammen:
        laeg_sammen(v, kl(3, 12), adresse=ODENSEVEJ)
        nummer = {"cpr": NYT_NUMMER, "noegle": cpr_noegle(NYT_NUMMER, "en hemmelighed")}
    tid = kl(3, 20, 10)
    v.send(tid, bestilt(ydernummer=Y3, bestilt=tid, virkningsdato=D(2024, 3, 25), kommunekode=ODENSE, **nummer))
    assert v.fra(ReserverBetaling) == []
    assert v.fra(KortAnmodetV2)[-1].gebyr_oere == 0


@pytest.mark.parametrize("sammen", [False, True], ids=["een", "to"])
def test_bet_13_valget_er_truffet_under_det_gamle_id(sammen: bool) -> None:
    """CPR-11, BET-13, CPR-08: the move is told of afterwards, under the new id; the fee is given back."""
    v = verden()
    tid = kl(3, 10, 10)
    v.send(tid, bestilt(ydernummer=Y3, bestilt=tid, virkningsdato=D(2024, 3, 10)))
    ny = person(4, adresse=ODENSEVEJ)
    if sammen:
        laeg_sammen(v, kl(3, 11))
        ny = som_ny(4, adresse=ODENSEVEJ)
    flyt = {"flyttedato": D(2024, 3, 10), "fra_kommunekode": "0630", "til_kommunekode": ODENSE}
    flyttet = {"person_id": ny.person_id, "person": ny.person.model_dump(), **flyt}
    v.send(kl(3, 12), ny, PersonFlyttet.model_validate(flyttet))
    assert [f.forloeb_id for f in v.fra(FrigivBetaling)] == [FORLOEB]


# --- what did not happen after all ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sammen", [False, True], ids=["een", "to"])
@pytest.mark.parametrize("dag", [D(2024, 3, 9), D(2024, 3, 10), D(2024, 3, 11)])
def test_cpr_07_flytningen_traekkes_tilbage_under_det_nye_id(dag: date, sammen: bool) -> None:
    """CPR-11, CPR-07: the card of the move is stopped, and of no other day's."""
    v = verden()
    flyt = {"flyttedato": D(2024, 3, 10), "fra_kommunekode": "0630", "til_kommunekode": ODENSE}
    v.send(
        kl(3, 5), PersonFlyttet.model_validate({"person_id": PERSON, "person": person(2).person.model_dump(), **flyt})
    )
    if sammen:
        laeg_sammen(v, kl(3, 5, 13))
    til = som_ny(7) if sammen else person(7)
    for _ in range(2):
        v.send(kl(3, 5, 15), PersonFlytningTilbagekaldt(
            person_id=til.person_id, person=til.person, flytning_id="f1", flyttedato=dag,
        ))  # fmt: skip
    stoppede = [k.kort_id for k in v.fra(KortAnnulleres)]
    assert stoppede == ([f"flytning-{PERSON}-2024-03-10:kort"] if dag == D(2024, 3, 10) else [])


def test_cpr_10_navnet_rettes_under_det_nye_id() -> None:
    """CPR-11, CPR-10: the card with the wrong name is stopped; the right one is to the number in use."""
    v = verden(ny=("1", Y3))
    forkert = person(2, efternavn="Bo").person
    v.send(kl(3, 5), PersonSkiftetNavn(
        person_id=PERSON, person=forkert, gaelder_fra=D(2024, 3, 4), vielsesdato=D(2024, 3, 4),
    ))  # fmt: skip
    laeg_sammen(v, kl(3, 5, 13))
    rigtig = som_ny(7, efternavn="Ro").person
    v.send(kl(3, 5, 15), PersonHaendelseRettet(
        person_id=NY, person=rigtig, kode="A16", slags=("NAVN",), tilbagekaldt=D(2024, 3, 4),
    ))  # fmt: skip
    assert f"navneaendring-{PERSON}-2024-03-04:kort" in [k.kort_id for k in v.fra(KortAnnulleres)]
    sidste = v.fra(KortAnmodetV2)[-1]
    assert (sidste.person_id, sidste.cpr, sidste.navn) == (NY, NYT_NUMMER, "Alma Ro")


# --- the card of an entry that ends after the join --------------------------------------------------------------------


def test_bet_11_indrejsens_kort_var_til_det_opgivne_nummer() -> None:
    """CPR-11, BET-11: the entry under the number given up ends after the join; a card to the number in use, once."""
    v = verden(gammel=(None, None))
    v.send(kl(11, 5), som_ny(2), afloest(9), sammenlagt())
    v.send(kl(11, 5, 6, 1), indrejst())
    v.frem(kl(11, 9))
    assert sikret(v, NY).ydernummer is not None
    assert [k.cpr for k in v.fra(KortAnmodet)] == ["6204801234"]
    assert [(k.cpr, k.aarsag, k.gruppe) for k in v.fra(KortAnmodetV2)] == [(NYT_NUMMER, "PERSONNUMMER", "1")]
