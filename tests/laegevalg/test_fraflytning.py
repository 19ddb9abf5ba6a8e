"""What was ordered or is under way for one who has left, is missing or dead (CPR-14, NORD-01, IND-03)."""

from datetime import date
from typing import Any

import pytest

from contracts.dispensation import DispensationAnmodet
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, LaegevalgAnnulleret, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonDoed, PersonUdrejst
from contracts.plads import PladsHosYderAnmodet
from contracts.yder import Yderstatus
from tests.laegevalg.ordreverden import har_laege, ved_indrejse
from tests.laegevalg.valgverden import PERSON, Y1, Y2, Verden, bestilt, kl, laegens, person, s01, yder

D = date
VAEK = ("05", "70", "80", "90")


def doed() -> PersonDoed:
    return PersonDoed(person_id=PERSON, person=person(2, "90", adresse=None).person, doedsdato=D(2024, 3, 4))


def udrejst() -> PersonUdrejst:
    return PersonUdrejst(person_id=PERSON, person=person(2, "80", adresse=None).person, udrejsedato=D(2024, 3, 4))


def verden(status: str = "01", **andet: Any) -> Verden:
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, optagne=100), yder(Y2), person(1, status, **andet))
    return v


@pytest.mark.parametrize("anledning", [None, "INDREJSE"])
@pytest.mark.parametrize("status", VAEK)
def test_cpr14_der_spoerges_ikke_om_noget_for_den_der_er_vaek(status: str, anledning: str | None) -> None:
    """CPR-14, NORD-01: the dead never; IND-03: those abroad may be about to enter."""
    v = verden(status, adresse=None)
    v.send(
        kl(3, 4, 10), ved_indrejse(anledning=anledning, gruppe=None, virkningsdato=D(2024, 3, 4), bestilt=kl(3, 4, 10))
    )
    v.frem(kl(6, 1))
    paa_vej_ind = anledning is not None and status != "90"
    assert len(v.fra(PladsHosYderAnmodet)) == paa_vej_ind
    assert len(v.fra(LaegevalgTraadtIKraft)) == paa_vej_ind
    assert len(v.fra(KortAnmodetV2)) == paa_vej_ind
    assert v.fra(DispensationAnmodet) == []
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ([] if paa_vej_ind else ["FRAFLYTTET"])
    assert len(v.fra(ForloebStartet)) == len(v.fra(ForloebAfsluttet)) == 1
    assert v.sikret.aabne_valg == ()


@pytest.mark.parametrize("tilstanden_foerst", [True, False])
def test_cpr14_en_der_aldrig_har_boet_her_og_doer_faar_intet_af_sin_bestilling(tilstanden_foerst: bool) -> None:
    """CPR-14, IND-03: an order at entry for one abroad, whose municipality nobody has told of."""
    v = verden("80", adresse=None)
    v.send(kl(3, 4, 10), ved_indrejse(virkningsdato=D(2024, 3, 20), bestilt=kl(3, 4, 10)))
    assert v.valg.tilstand == "GODKENDT"
    nyt = (person(2, "90", adresse=None), doed())
    v.send(kl(3, 5), nyt[0 if tilstanden_foerst else 1])
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    v.send(kl(3, 6), nyt[1 if tilstanden_foerst else 0])
    v.frem(kl(6, 1))
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert len(v.fra(LaegevalgAnnulleret)) == 1
    assert v.sikret.ydernummer is None


@pytest.mark.parametrize("nyt", [person(2, "90", adresse=None), doed(), person(2, "80", adresse=None), udrejst()])
def test_cpr14_brevet_om_et_nyt_valg_venter_ikke_paa_den_der_er_vaek(nyt: Any) -> None:
    """CPR-14, NORD-01, LV-08: no task about a choice that he is to make; by the state or the event alone."""
    v = s01()
    v.send(kl(3, 6), laegens("AFVIST", kl(3, 6)))
    (brev,) = v.sikret.aabne_breve
    v.send(kl(3, 8), nyt)
    v.frem(kl(4, 20))
    assert v.fra(OpgaveAnmodet) == []
    assert v.sikret.aabne_breve == ()
    assert [a.udfald for a in v.fra(ForloebAfsluttet) if a.forloeb_id == brev] == ["ANNULLERET"]


@pytest.mark.parametrize(("haendelse", "falder"), [(udrejst(), False), (doed(), True)], ids=["udrejst", "CPR-14: død"])
def test_ind03_en_bestilling_til_en_tilbagevenden_falder_ikke_ved_den_sene_udrejse(
    haendelse: Any, falder: bool
) -> None:
    """IND-03, NORD-02: read between the state and the event of the departure. The dead do not return."""
    v = verden()
    har_laege(v)
    v.send(kl(3, 5), person(2, "80", adresse=None))
    v.send(kl(3, 5, 13), ved_indrejse(virkningsdato=D(2024, 3, 20), bestilt=kl(3, 5)))
    v.send(kl(3, 5, 14), haendelse)
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == (["FRAFLYTTET"] if falder else [])
    v.frem(kl(3, 21))
    assert len(v.fra(LaegevalgTraadtIKraft)) == (not falder)


def test_nord01_en_bestilling_fra_foer_udrejsen_falder() -> None:
    """NORD-01: also one with a group, as an order at entry has, where he lived here when it was given."""
    v = verden()
    v.send(kl(3, 4, 10), bestilt(kanal="SAGSBEHANDLER", rolle="SAGSBEHANDLER", betalingskort=None, gruppe="1"))
    v.send(kl(3, 5), person(2, "80", adresse=None), udrejst())
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
