"""What can be asked about a person who was known under two ids (CPR-11), and what happened to persons (FORL-01)."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.person import PersonDoed, PersonSkiftetNavn, PersonUdrejst
from tests.laegevalg.opslagsverden import NY_KOMMUNE, ODENSE, ODENSEVEJ, SB, alma, bofaelle, gem, spoerg, svar
from tests.laegevalg.sammenlaegningsverden import (
    NY,
    NYT_NUMMER,
    Y3,
    afloest,
    med_valg,
    sammenlagt,
    sikret,
    som_ny,
    verden,
)
from tests.laegevalg.test_personhaendelser import flyttet, hos_y1
from tests.laegevalg.valgverden import ALMA, FORLOEB, PERSON, Verden, annuller, bestilt, kl, person

STIER = ("", "/registreringer", "/familie", "/forloeb", "/forloeb?omfang=ALLE")


def lagt_sammen() -> Verden:
    """A choice under each id, both open: the newer, of the new number, replaced the older."""
    v = med_valg(ny=("1", None))
    v.send(kl(3, 5), bestilt(bestilling_id="ny", cpr=NYT_NUMMER, ydernummer=Y3, bestilt=kl(3, 5)))
    v.send(kl(3, 6), sammenlagt(), afloest())
    return v


@pytest.mark.parametrize("sti", STIER)
async def test_cpr_11_begge_ider_svarer_det_samme(sti: str) -> None:
    """CPR-11: the id given up is answered as the person; his id now stands in the answer."""
    v = lagt_sammen()
    gammel, ny = [await spoerg(v, SB, f"/personer/{id_}{sti}") for id_ in (PERSON, NY)]
    assert (gammel.status_code, gammel.content) == (200, ny.content)


async def test_cpr_11_det_opgivne_nummer_foerer_til_personen() -> None:
    """CPR-11: who is looked up by the old number is shown as he is."""
    v = lagt_sammen()
    gammel, ny = [await svar(v, SB, "/personer/soeg", cpr=nr) for nr in (ALMA, NYT_NUMMER)]
    assert gammel == ny
    assert (ny["person_id"], ny["cpr"], ny["ydernummer"]) == (NY, NYT_NUMMER, "000001")
    assert ny["igangvaerende_laegevalg"] == [{"kommunekode": "0630", "forloeb_id": "laegevalg-ny"}]


async def test_cpr_11_begges_forloeb() -> None:
    """CPR-11, FORL-01: no forløb is lost, whichever id it began under."""
    v = lagt_sammen()
    liste = await svar(v, SB, f"/personer/{NY}/forloeb")
    kort = f"nummerskift-{PERSON}-sammenlagt"
    assert [f["forloeb_id"] for f in liste["forloeb"]] == [kort, "laegevalg-ny", FORLOEB]
    eget = await svar(v, SB, f"/forloeb/{FORLOEB}")
    assert (eget["person_id"], eget["tilstand"]) == (NY, "ANNULLERET")


async def test_cpr_11_den_opgivne_er_ikke_sin_egen_bofaelle() -> None:
    """CPR-11, FAM-01: the row of the id given up is nobody's relation; relations named by it lead to the person."""
    v = verden()
    v.send(kl(3, 1), som_ny(2, adresse=person().person.adresse))
    v.send(kl(3, 2), sammenlagt(adresse=person().person.adresse))
    motor = v.hub.motorer["laegevalg"]
    barn = replace(
        sikret(v, NY), person_id="barn", cpr="6001900000", foedselsdato=date(2020, 1, 1), tidligere_ider=(),
        foraeldremyndighed_ider=(PERSON,),
    )  # fmt: skip
    mand = replace(barn, person_id="mand", foedselsdato=date(1980, 1, 1), foraeldremyndighed_ider=(),
                   aegtefaelle_id=PERSON)  # fmt: skip
    motor.gem(barn)
    motor.gem(mand)
    familie = await svar(v, SB, f"/personer/{PERSON}/familie")
    assert [(r["person_id"], r["art"]) for r in familie["relationer"]] == [("barn", "BARN"), ("mand", "BOFAELLE")]
    mandens = await svar(v, SB, "/personer/mand/familie")
    assert [(r["person_id"], r["art"]) for r in mandens["relationer"]] == [(NY, "AEGTEFAELLE"), ("barn", "BOFAELLE")]


async def test_cpr_11_kun_kommunen_han_bor_i_nu() -> None:
    """CPR-11, FLYT-01: where the old id lived says nothing."""
    v = lagt_sammen()
    v.send(kl(3, 7), som_ny(2, adresse=ODENSEVEJ))
    for id_ in (PERSON, NY):
        assert (await spoerg(v, SB, f"/personer/{id_}")).status_code == 404
        assert (await svar(v, NY_KOMMUNE, f"/personer/{id_}"))["adresse"]["kommunekode"] == ODENSE
    assert (await svar(v, SB, f"/personer/{PERSON}/forloeb"))["i_alt"] == 3
    assert (await svar(v, NY_KOMMUNE, f"/personer/{PERSON}/forloeb"))["i_alt"] == 0


# --- what happened to a person ----------------------------------------------------------------------------------------


async def test_forl_01_det_der_er_sket_personen() -> None:
    """FORL-01, FLYT-01: a move is seen where it is handled, a departure where he lived."""
    v = hos_y1()
    v.send(kl(6, 2), person(2, adresse=ODENSEVEJ), flyttet(date(2024, 6, 1)))
    v.send(kl(7, 2), PersonUdrejst(person_id=PERSON, person=person(2).person, udrejsedato=date(2024, 7, 1)))
    assert (await spoerg(v, SB, f"/personer/{PERSON}/forloeb")).status_code == 404
    liste = await svar(v, NY_KOMMUNE, f"/personer/{PERSON}/forloeb")
    assert [(f["art"], f["tilstand"], f["i_gang"], f["virkningsdato"]) for f in liste["forloeb"]] == [
        ("FRAFLYTNING", "AFSLUTTET", False, "2024-07-01"), ("FLYTNING", "ANNULLERET", False, "2024-06-01"),
    ]  # fmt: skip
    eget = await svar(v, NY_KOMMUNE, f"/forloeb/flytning-{PERSON}-2024-06-01")
    assert (eget["oprettet_af"], eget["person_id"], eget["gebyr_oere"]) == ("SYSTEM", PERSON, 0)
    assert (await spoerg(v, SB, f"/forloeb/flytning-{PERSON}-2024-06-01")).status_code == 404


async def test_forl_01_det_der_intet_blev_til_vises_ikke() -> None:
    """FORL-01, CPR-02: a name without a card is no forløb, nor is a move whose card is that of a choice (FLYT-06)."""
    v = alma()
    navn = PersonSkiftetNavn(person_id=PERSON, person=person(2).person, gaelder_fra=date(2024, 3, 6))
    v.send(kl(3, 6), navn)
    v.send(kl(3, 7), flyttet(date(2024, 3, 7)))
    assert [f["art"] for f in (await svar(v, SB, f"/personer/{PERSON}/forloeb"))["forloeb"]] == ["LAEGEVALG"]
    assert (await spoerg(v, NY_KOMMUNE, f"/forloeb/flytning-{PERSON}-2024-03-07")).status_code == 404
    v.send(kl(3, 8), annuller())
    assert (await svar(v, NY_KOMMUNE, f"/forloeb/flytning-{PERSON}-2024-03-07"))["i_gang"] is True


async def test_forl_01_et_doedsfald() -> None:
    """FORL-01, CPR-14."""
    v = hos_y1()
    v.send(kl(6, 2), PersonDoed(person_id=PERSON, person=person(2, "90").person, doedsdato=date(2024, 6, 1)))
    (linje,) = (await svar(v, SB, f"/personer/{PERSON}/forloeb"))["forloeb"]
    assert (linje["art"], linje["tilstand"], linje["i_gang"]) == ("DOEDSFALD", "AFSLUTTET", False)


async def test_bofaellen_er_der_endnu() -> None:
    """FAM-01: only the row of an id given up is left out."""
    v = alma()
    bofaelle(v, "ven")
    gem(v, tidligere_ider=("før",))
    assert [r["person_id"] for r in (await svar(v, SB, f"/personer/{PERSON}/familie"))["relationer"]] == ["ven"]
