"""The right ends while something is under way that would give a doctor (CPR-10, CPR-14, NORD-01, NORD-02)."""

from datetime import date
from typing import Any

import pytest

from contracts.betaling import FrigivBetaling
from contracts.kort import KortAnmodet, KortAnmodetV2, KortAnnulleres, KortTrukket
from contracts.laegevalg import (
    ForloebAfsluttet,
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    Adresse,
    PersonDoed,
    PersonFlyttet,
    PersonForsvundet,
    PersonIndrejst,
    PersonTilstand,
    PersonUdrejst,
)
from contracts.plads import PladsAnmodet, PladsForlades, PladsFrigives, PladsFrigivet, PladsReserveret
from contracts.yder import Yderstatus
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.personsagsbeskeder import RettenErOphoert
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import personer
from tests.laegevalg.valgverden import PERSON, Y1, Y2, Verden, bestilt, kl, person, s01, yder
from tests.motor import Hub

D = date
NUUK = Adresse(kommunekode="0956", vejkode="0001", linje="Imaneq 1", postnummer="3900")
ENDER = (
    pytest.param(
        PersonUdrejst(person_id=PERSON, person=person(2, "80", adresse=None).person, udrejsedato=D(2024, 3, 4)),
        id="NORD-02: udrejst",
    ),
    pytest.param(
        PersonDoed(person_id=PERSON, person=person(2, "90", adresse=None).person, doedsdato=D(2024, 3, 4)),
        id="CPR-14: død",
    ),
    pytest.param(
        PersonForsvundet(person_id=PERSON, person=person(2, "70", adresse=None).person, forsvundet_fra=D(2024, 3, 4)),
        id="CPR-14: forsvundet",
    ),
    pytest.param(
        PersonFlyttet(
            person_id=PERSON, person=person(2, "05", adresse=NUUK).person, flyttedato=D(2024, 3, 4),
            fra_kommunekode="0630", til_kommunekode="0956",
        ),
        id="NORD-01: Grønland",
    ),
)  # fmt: skip


def indrejst() -> PersonIndrejst:
    return PersonIndrejst(person_id=PERSON, person=person().person, indrejsedato=D(2024, 3, 2))


@pytest.mark.parametrize("ende", ENDER)
def test_cpr14_en_indrejse_i_gang_giver_hverken_laege_eller_kort(ende: Any) -> None:
    """CPR-14, NORD-01, LV-19: the place that was asked for before comes after, and is given back."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, optagne=1500))
    laegevalg = v.hub.motorer["laegevalg"]
    spurgt = [*laegevalg.modtag(person(), kl(3, 5)), *laegevalg.modtag(indrejst(), kl(3, 5))]
    ende_udfald = laegevalg.modtag(ende, kl(3, 5))
    v.hub.udsendt += [*spurgt, *ende_udfald]
    v.send(kl(3, 5, 13), *spurgt, *ende_udfald)
    assert v.fra(LaegevalgGodkendt) == []
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert v.fra(KortAnmodet) == []
    assert [p.grund for p in v.fra(PladsFrigivet)] == ["FORLOEB_AFSLUTTET"]
    assert {(a.art, a.udfald) for a in v.fra(ForloebAfsluttet)} >= {("INDREJSE", "ANNULLERET")}
    assert v.fra(OpgaveAnmodet) == []
    assert v.sikret.ydernummer is None


@pytest.mark.parametrize("ende", ENDER)
@pytest.mark.parametrize("trukket", [False, True], ids=["ikke trukket", "KORT-09: trukket"])
def test_cpr14_kortet_til_en_flytning_stoppes_hvis_det_kan(ende: Any, trukket: bool) -> None:
    """CPR-14, NORD-01: a card that was ordered for a move before; what is drawn goes its way, and nobody gets two."""
    v = Verden()
    flyttet = PersonFlyttet(
        person_id=PERSON,
        person=person().person,
        flyttedato=D(2024, 3, 1),
        fra_kommunekode="0461",
        til_kommunekode="0630",
    )
    v.send(kl(3, 1), person(), flyttet)
    (kort,) = v.fra(KortAnmodetV2)
    om = {"kort_id": kort.kort_id, "forloeb_id": kort.forloeb_id, "person_id": PERSON}
    if trukket:
        v.send(kl(3, 2), KortTrukket(**om, tidspunkt=kl(3, 2)))
    v.send(kl(3, 5), ende, flyttet)
    assert [s.grund for s in v.fra(KortAnnulleres)] == ([] if trukket else ["FRAFLYTTET"])
    assert len(v.fra(KortAnmodetV2)) == 1


def test_cpr14_laegen_fra_en_indrejse_i_samme_omgang_ophoerer() -> None:
    """CPR-14: the place was given between the two looks, to one who went missing and keeps his group."""
    laegevalg = Hub(LAEGEVALG).motorer["laegevalg"]
    forsvundet = PersonForsvundet(
        person_id=PERSON, person=person(2, "70", adresse=None).person, forsvundet_fra=D(2024, 3, 4)
    )
    laegevalg.modtag(person(), kl(3, 5))
    (spurgt,) = (b for b in laegevalg.modtag(indrejst(), kl(3, 5)) if isinstance(b, PladsAnmodet))
    sager = dict(laegevalg.raekker["sag"])
    laegevalg.raekker["sag"].clear()
    laegevalg.modtag(forsvundet, kl(3, 5))
    laegevalg.raekker["sag"].update(sager)
    (igen,) = (b for b in laegevalg.forfaldne(kl(3, 5)) if isinstance(b, RettenErOphoert))
    om = {"forloeb_id": spurgt.forloeb_id, "person_id": PERSON, "ydernummer": Y1}
    laegevalg.modtag(PladsReserveret(**om, praksisnavn="Y1", kommunekode="0630"), kl(3, 5))
    for forfalden in laegevalg.forfaldne(kl(3, 5)):
        laegevalg.modtag(forfalden, kl(3, 5))
    assert laegevalg.raekker["sikret"][PERSON].ydernummer == Y1
    ophoert, forlades, *_ = laegevalg.modtag(igen, kl(3, 5))
    assert isinstance(ophoert, LaegeOphoert)
    assert isinstance(forlades, PladsForlades)
    assert (ophoert.til, ophoert.grund, forlades.ydernummer) == (D(2024, 3, 3), "FORSVUNDET", Y1)
    assert laegevalg.raekker["sikret"][PERSON].ydernummer is None


@pytest.mark.parametrize("ende", ENDER)
def test_cpr14_en_indrejse_fra_samme_omgang_ender_ogsaa(ende: Any) -> None:
    """CPR-14, NORD-01: what the batch itself began is found by the second look."""
    laegevalg = Hub(LAEGEVALG).motorer["laegevalg"]
    laegevalg.modtag(person(), kl(3, 5))
    laegevalg.modtag(indrejst(), kl(3, 5))
    sager = dict(laegevalg.raekker["sag"])
    laegevalg.raekker["sag"].clear()
    laegevalg.modtag(ende, kl(3, 5))
    laegevalg.raekker["sag"].update(sager)
    (igen,) = (b for b in laegevalg.forfaldne(kl(3, 5)) if isinstance(b, RettenErOphoert))
    (afsluttet,) = laegevalg.modtag(igen, kl(3, 5))
    assert isinstance(afsluttet, ForloebAfsluttet)
    assert (afsluttet.art, afsluttet.udfald) == ("INDREJSE", "ANNULLERET")


@pytest.mark.parametrize("ende", [ENDER[0], ENDER[1], ENDER[3]])
def test_nord01_den_der_er_rejst_eller_doed_faar_ikke_den_plads_der_kommer(ende: Any) -> None:
    """NORD-01, CPR-14, LV-19: also where the place is there before the second look."""
    laegevalg = Hub(LAEGEVALG).motorer["laegevalg"]
    laegevalg.modtag(person(), kl(3, 5))
    laegevalg.modtag(indrejst(), kl(3, 5))
    sager = dict(laegevalg.raekker["sag"])
    laegevalg.raekker["sag"].clear()
    laegevalg.modtag(ende, kl(3, 5))
    laegevalg.raekker["sag"].update(sager)
    (sag,) = sager.values()
    plads = PladsReserveret(
        forloeb_id=sag.forloeb_id, person_id=PERSON, ydernummer=Y1, praksisnavn="Lægehuset", kommunekode="0630"
    )
    ud = laegevalg.modtag(plads, kl(3, 5))
    assert [type(b) for b in ud] == [ForloebAfsluttet, PladsFrigives]
    (efter,) = laegevalg.raekker["sag"].values()
    assert efter.tilstand == "ANNULLERET"


def test_en_genindrejse_roeres_ikke_af_det_der_ophoerte_foer() -> None:
    """IND-01: the second look leaves what is of a new right alone."""
    laegevalg = Hub(LAEGEVALG).motorer["laegevalg"]
    laegevalg.modtag(person(), kl(3, 5))
    laegevalg.modtag(ENDER[0].values[0], kl(3, 5))
    (igen,) = (b for b in laegevalg.forfaldne(kl(3, 5)) if isinstance(b, RettenErOphoert))
    tilbage = PersonIndrejst(person_id=PERSON, person=person().person, indrejsedato=D(2024, 3, 5), genindrejse=True)
    laegevalg.modtag(tilbage, kl(3, 5))
    assert laegevalg.modtag(igen, kl(3, 5)) == []
    (sag,) = laegevalg.raekker["sag"].values()
    assert sag.tilstand == "AFVENTER_PLADS"


@pytest.mark.parametrize("ende", ENDER)
def test_cpr14_et_valg_i_gang_ender_ogsaa_naar_tilstanden_er_laenge_undervejs(ende: Any) -> None:
    """CPR-14, NORD-01, LV-19: by the event itself; the place and the fee are given back once."""
    v = s01()
    v.send(kl(3, 5), ende)
    v.send(kl(3, 6), PersonTilstand(person_id=PERSON, version=2, person=ende.person))
    v.frem(kl(6, 1))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert len(v.fra(PladsFrigives)) == len(v.fra(FrigivBetaling)) == 1
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert v.fra(KortAnmodetV2) == []
    assert v.sikret.aabne_valg == ()
    assert v.sikret.ydernummer is None


@pytest.mark.parametrize("ende", ENDER)
def test_cpr14_haendelsen_venter_paa_personens_tilstand(ende: Any) -> None:
    """The two topics are not in order: an event without a municipality must not stand in the way of the state."""
    hub = Hub(LAEGEVALG)
    hub.send(kl(3, 5), ende)
    assert hub.udsendt == []
    hub.send(kl(3, 5), person())
    gruppen = {"gruppe": "1", "gruppe_fra": D(2010, 1, 1), "ydernummer": Y1, "laege_fra": D(2010, 1, 1)}
    sikret = hub.motorer["laegevalg"].raekker["sikret"][PERSON]
    hub.motorer["laegevalg"].gem(Sikret(**({f: getattr(sikret, f) for f in Sikret.__slots__} | gruppen)))
    hub.frem(kl(3, 5, 12, 1))
    (ophoert,) = hub.fra(LaegeOphoert)
    assert (ophoert.ydernummer, ophoert.til) == (Y1, D(2024, 3, 3))
    assert [a.kommunekode for a in hub.fra(ForloebAfsluttet)] == ["0630"]
    hub.frem(kl(3, 7))
    assert len(hub.fra(LaegeOphoert)) == 1


@pytest.mark.parametrize("ende", ENDER)
def test_cpr14_haendelsen_venter_saa_laenge_det_varer(ende: Any) -> None:
    """A minute at a time."""
    hub = Hub(LAEGEVALG)
    hub.send(kl(3, 5), ende)
    hub.frem(kl(3, 5, 12, 5))
    assert hub.udsendt == []
    assert [f.hvornaar for f in hub.motorer["laegevalg"].frister.values()] == [kl(3, 5, 12, 6)]


@pytest.mark.parametrize("ende", ENDER[:3])
def test_cpr14_en_der_aldrig_har_boet_her_har_intet_at_miste(ende: Any) -> None:
    hub = Hub(LAEGEVALG)
    hub.send(kl(3, 5), PersonTilstand(person_id=PERSON, version=1, person=ende.person), ende)
    hub.frem(kl(3, 6))
    assert hub.udsendt == []


NYERE = D(2024, 3, 10)


@pytest.mark.parametrize(
    ("grund", "gruppe_fra", "laege_fra", "overhalet"),
    [
        pytest.param("DOED", NYERE, NYERE, False, id="CPR-14: intet er nyere end et dødsfald"),
        pytest.param("UDREJST", NYERE, NYERE, True, id="CPR-10: rejst ind igen efter udrejsen"),
        pytest.param("UDREJST", D(2010, 1, 1), NYERE, False, id="CPR-10: læge trådt i kraft, før udrejsen blev meldt"),
        pytest.param("UDREJST", D(2024, 3, 9), None, False, id="CPR-10: gruppe fra selve dagen er ikke nyere"),
        pytest.param("GROENLAND", D(2010, 1, 1), NYERE, False, id="NORD-01: læge trådt i kraft før meldingen"),
        pytest.param("FORSVUNDET", D(2010, 1, 1), NYERE, True, id="CPR-14: læge efter at være genfundet"),
        pytest.param("FORSVUNDET", None, None, False, id="CPR-14: intet er registreret"),
    ],
)
def test_cpr10_hvad_der_er_nyere(grund: str, gruppe_fra: date | None, laege_fra: date | None, overhalet: bool) -> None:
    assert personer.er_overhalet(grund, gruppe_fra, laege_fra, D(2024, 3, 9)) is overhalet


def test_cpr14_et_doedsfald_der_meldes_sent_tager_ogsaa_den_nye_laege() -> None:
    """CPR-10: the doctor that took effect between the death and the day it was told."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1), person())
    foer = {f: getattr(v.sikret, f) for f in Sikret.__slots__}
    har = {"gruppe": "1", "gruppe_fra": D(2010, 1, 1), "ydernummer": Y1, "laege_fra": D(2024, 3, 10)}
    v.hub.motorer["laegevalg"].gem(Sikret(**(foer | har)))
    doed = PersonDoed(person_id=PERSON, person=person(2, "90", adresse=None).person, doedsdato=D(2024, 3, 4))
    v.send(kl(3, 12), doed)
    assert [(o.ydernummer, o.til) for o in v.fra(LaegeOphoert)] == [(Y1, D(2024, 3, 3))]
    assert [g.gruppe for g in v.fra(GruppeTraadtIKraft)] == ["9"]


@pytest.mark.parametrize("status", ["05", "80", "90"])
def test_nord01_en_bestilling_for_en_der_er_rejst_eller_doed_ender_straks(status: str) -> None:
    """NORD-01, CPR-14, LV-19: the order may have waited for its person; the place is given back."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1), yder(Y2), person(1, status, adresse=None))
    v.send(kl(3, 4, 10, 15), bestilt())
    v.frem(kl(6, 1))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert v.fra(KortAnmodetV2) == []
    assert v.valg.tilstand == "ANNULLERET"
    assert v.sikret.aabne_valg == ()
