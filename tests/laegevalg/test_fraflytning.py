"""What was ordered or is under way for one who has left, is missing or dead (CPR-14, NORD-01, IND-03)."""

from datetime import date
from typing import Any

import pytest

from contracts.cpr import Trin
from contracts.dispensation import DispensationAnmodet
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, LaegevalgAnnulleret, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    Adresse,
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlyttet,
    PersonIndrejst,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
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


# --- what happened to one whose state says more, or nothing (NORD-01, CPR-03, CPR-11, CPR-12) -------------------------


NUUK = Adresse(kommunekode="0956", vejkode="0001", linje="Imaneq 1", postnummer="3900")
OM = {"person_id": PERSON, "person": person(2).person}
MED_KORT = (
    pytest.param(
        PersonFlyttet(**OM, flyttedato=D(2024, 3, 1), fra_kommunekode="0461", til_kommunekode="0630"), id="KORT-16"
    ),
    pytest.param(
        PersonSkiftetNavn(**OM, gaelder_fra=D(2024, 3, 1), vielsesdato=D(2024, 3, 1)), id="CPR-01"
    ),
    pytest.param(PersonSkiftetNummer(**OM, tidligere_cpr="6104801234", registreret=kl(3, 1)), id="CPR-11"),
)  # fmt: skip


@pytest.mark.parametrize("status", ["01", *VAEK])
@pytest.mark.parametrize("haendelse", MED_KORT)
def test_cpr14_intet_nyt_kort_til_den_hvis_tilstand_siger_at_han_er_vaek(haendelse: Any, status: str) -> None:
    """CPR-14, NORD-01: the state is read before the event, which is older."""
    v = verden()
    har_laege(v)
    v.send(kl(3, 5), person(3, status))
    v.send(kl(3, 5), haendelse)
    assert len(v.fra(KortAnmodetV2)) == (status == "01")


@pytest.mark.parametrize("tilstanden_foerst", [True, False])
def test_nord01_forloebet_er_kommunens_han_flyttede_fra(tilstanden_foerst: bool) -> None:
    """NORD-01: whichever of state and event is read first."""
    v = verden()
    har_laege(v)
    ny = person(2, "05", adresse=NUUK)
    flyttet = PersonFlyttet(
        person_id=PERSON, person=ny.person, flyttedato=D(2024, 3, 4), fra_kommunekode="0630", til_kommunekode="0956"
    )
    v.send(kl(3, 5), *((ny, flyttet) if tilstanden_foerst else (flyttet, ny)))
    assert [s.kommunekode for s in v.fra(ForloebStartet)] == ["0630"]
    assert [a.kommunekode for a in v.fra(ForloebAfsluttet)] == ["0630"]


@pytest.mark.parametrize("fra", ["0956", None])
@pytest.mark.parametrize("tilstanden_foerst", [True, False])
def test_nord01_forloebet_er_aldrig_en_kommunes_i_groenland(tilstanden_foerst: bool, fra: str | None) -> None:
    """NORD-01: where one in Denmark is known, also after a second move up there, and at death."""
    v = verden()
    har_laege(v)
    ny = person(2, "05", adresse=NUUK)
    flyttet = PersonFlyttet(
        person_id=PERSON, person=ny.person, flyttedato=D(2024, 3, 4), fra_kommunekode=fra, til_kommunekode="0956"
    )
    v.send(kl(3, 5), *((ny, flyttet) if tilstanden_foerst else (flyttet, ny)))
    v.send(kl(3, 15), person(3, "05", adresse=NUUK.model_copy(update={"kommunekode": "0955"})))
    v.send(kl(3, 20), PersonDoed(person_id=PERSON, person=ny.person, doedsdato=D(2024, 3, 19)))
    assert [(s.art, s.kommunekode) for s in v.fra(ForloebStartet)] == [("FRAFLYTNING", "0630"), ("DOEDSFALD", "0630")]


@pytest.mark.parametrize("type_", [PersonAfsoningMeldt, PersonVaernepligtMeldt])
@pytest.mark.parametrize("tilstanden_foerst", [True, False, None], ids=["før", "efter", "aldrig"])
def test_cpr03_ingen_opgave_om_den_der_bor_i_groenland(type_: Any, tilstanden_foerst: bool | None) -> None:
    """CPR-03, CPR-12, NORD-01: no municipality up there has a queue, and there is no right to look at."""
    v = verden()
    har_laege(v)
    ny = person(2, "05", adresse=NUUK)
    meldt = type_(person_id=PERSON, person=ny.person, trin=Trin.START, dato=D(2024, 3, 4))
    v.send(kl(3, 5), *{True: (ny, meldt), False: (meldt, ny), None: (meldt,)}[tilstanden_foerst])
    v.frem(kl(3, 12))
    assert v.fra(ForloebStartet) == []
    assert v.fra(OpgaveAnmodet) == []


UDEN_ADRESSE = {"person_id": PERSON, "person": person(2, "80", adresse=None).person}
UDEN_KOMMUNE = (
    pytest.param(PersonSkiftetNummer(**UDEN_ADRESSE, tidligere_cpr="6104801234", registreret=kl(3, 1)), id="CPR-11"),
    pytest.param(PersonAfsoningMeldt(**UDEN_ADRESSE, trin=Trin.START, dato=D(2024, 3, 1)), id="CPR-03"),
    pytest.param(PersonVaernepligtMeldt(**UDEN_ADRESSE, trin=Trin.SLUT, dato=D(2024, 3, 1)), id="CPR-12"),
)  # fmt: skip


@pytest.mark.parametrize("haendelse", UDEN_KOMMUNE)
def test_cpr03_cpr11_cpr12_en_der_ikke_bor_her_og_ingen_ved_hvor_boede(haendelse: Any) -> None:
    """Known to live nowhere in Denmark, so it is no municipality's."""
    v = verden("80", adresse=None)
    v.send(kl(3, 5), haendelse)
    v.frem(kl(3, 7))
    assert (v.fra(ForloebStartet), v.fra(OpgaveAnmodet), v.fra(KortAnmodetV2)) == ([], [], [])


@pytest.mark.parametrize("haendelse", UDEN_KOMMUNE[1:])
def test_cpr03_cpr12_hvis_kommunen_er_ukendt_ventes_der_paa_den(haendelse: Any) -> None:
    """He lives in Denmark, and his address is told of later."""
    v = verden("01", adresse=None)
    v.send(kl(3, 5), haendelse)
    assert v.fra(ForloebStartet) == []
    v.send(kl(3, 5, 13), person(2))
    v.frem(kl(3, 5, 14))
    assert [o.kommunekode for o in v.fra(OpgaveAnmodet)] == ["0630"]


@pytest.mark.parametrize("rejst", [1, 2, 3])
def test_ind04_ud_og_ind_igen_samme_dag(rejst: int) -> None:
    """IND-04, NORD-02: group 7 from the day of the re-entry is not handled by hand; one from a later day stands."""
    v = verden()
    har_laege(v)
    ude = person(2, "80", adresse=None)
    v.send(kl(3, 4), ude, PersonUdrejst(person_id=PERSON, person=ude.person, udrejsedato=D(2024, 3, rejst)))
    ind = PersonIndrejst(person_id=PERSON, person=person(3).person, indrejsedato=D(2024, 3, 2), genindrejse=True)
    v.send(kl(3, 5), person(3), ind)
    assert (v.sikret.gruppe, v.sikret.ydernummer) == (("1", Y1) if rejst <= 2 else ("7", None))
