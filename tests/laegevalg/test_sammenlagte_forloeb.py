"""What runs when two numbers turn out to be one person goes on to its end, and comes to him (CPR-11)."""

import pytest

from contracts.base import Besked
from contracts.bestilling import BestillingAfvist, ForloebAnnulleret
from contracts.kort import KortAnmodet, KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    LaegevalgAnnulleret,
    LaegevalgTraadtIKraft,
)
from contracts.person import Adresse, PersonFlyttet, PersonFoedt, PersonIndrejst
from contracts.plads import PladsForlades, PladsFrigivet
from tests.laegevalg.sammenlaegningsverden import (
    HJEM,
    NY,
    NYT_NUMMER,
    TYVE,
    Y3,
    Y4,
    D,
    afloest,
    intet_tilbage,
    med_valg,
    optagne,
    s,
    sammenlagt,
    sikret,
    som_ny,
    valgtilstand,
    verden,
)
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
    laegens,
    person,
)


def brevene(v: Verden) -> list[tuple[str, str, str | None]]:
    """The letters: what they are, and who and what number they go to."""
    rows = v.hub.motorer["digital_post"].raekker["brev"].values()
    return [(b.brevtype, b.person_id, b.cpr) for b in rows]


# --- with a choice that runs ------------------------------------------------------------------------------------------


def test_cpr_11_valget_loeber_til_ende_hos_den_der_bliver() -> None:
    """CPR-11, LV-20, KORT-12: the doctor is his, the card and the letters are to who he is now."""
    v = med_valg(ny=("1", None))
    v.send(kl(3, 6), sammenlagt(), afloest())
    assert (sikret(v, NY).aabne_valg, valgtilstand(v)) == ((FORLOEB,), "AFVENTER_DISPENSATION")
    v.send(kl(3, 7), laegens("GODKENDT", kl(3, 7)))
    v.frem(kl(4, 3, 0))
    assert valgtilstand(v) == "TRAADT_I_KRAFT"
    nummerets, kort = v.fra(KortAnmodetV2)
    assert (nummerets.aarsag, kort.forloeb_id) == ("PERSONNUMMER", FORLOEB)
    assert (kort.cpr, kort.adresse) == (NYT_NUMMER, HJEM)
    ikraft = v.fra(LaegevalgTraadtIKraft)[-1]
    assert (ikraft.forloeb_id, ikraft.ydernummer, ikraft.tidligere_ydernummer) == (FORLOEB, Y2, Y1)
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    assert (sikret(v, NY).ydernummer, sikret(v, NY).aabne_valg) == (Y2, ())
    assert {type_ for type_, _, _ in brevene(v)} == {"LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"}
    assert {(til, cpr) for _, til, cpr in brevene(v)} == {(NY, NYT_NUMMER)}
    intet_tilbage(v, PERSON)


def test_cpr_11_valget_er_af_den_laege_det_andet_nummer_har() -> None:
    """CPR-11, LV-20: each of the two numbers had a place with the practice, and it counts the person once."""
    v = med_valg(ny=("1", Y2))
    foer = optagne(v, Y2)
    v.send(kl(3, 6), sammenlagt(), afloest())
    v.send(kl(3, 7), laegens("GODKENDT", kl(3, 7)))
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    v.frem(kl(4, 3, 0))
    assert valgtilstand(v) == "TRAADT_I_KRAFT"
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1, Y2]
    assert optagne(v, Y2) == foer - 1
    intet_tilbage(v, PERSON)


def test_cpr_11_valget_falder_efter_sammenlaegningen() -> None:
    """CPR-11, LV-08: the letter is his, and a new choice under the new number answers it."""
    v = med_valg()
    v.send(kl(3, 6), sammenlagt(), afloest())
    v.send(kl(3, 7), laegens("AFVIST", kl(3, 7)))
    (brev,) = sikret(v, NY).aabne_breve
    assert sikret(v, NY).aabne_valg == ()
    assert ("LAEGEVALGSBREV", NY, NYT_NUMMER) in brevene(v)
    v.send(kl(3, 8), bestilt(bestilling_id="nyt", cpr=NYT_NUMMER, ydernummer=Y3, bestilt=kl(3, 8)))
    assert sikret(v, NY).aabne_breve == ()
    assert (brev, "NYT_VALG_MODTAGET") in [(a.forloeb_id, a.udfald) for a in v.fra(ForloebAfsluttet)]
    intet_tilbage(v, PERSON)


def test_cpr_11_fristen_for_brevet_falder_efter_sammenlaegningen() -> None:
    """CPR-11, LV-08: a letter of the old id that nobody acts on comes to its end, and is open no more."""
    v = med_valg()
    v.send(kl(3, 5), laegens("AFVIST", kl(3, 5)))
    v.send(kl(3, 6), sammenlagt())
    assert len(sikret(v, NY).aabne_breve) == 1
    v.frem(kl(12, 1))
    assert sikret(v, NY).aabne_breve == ()
    assert "OVERGIVET_TIL_SAGSBEHANDLER" in [a.udfald for a in v.fra(ForloebAfsluttet)]


def test_cpr_11_en_bestilling_med_det_gamle_nummer() -> None:
    """CPR-11, BET-11: the old number is an alias; a command for it reaches the choice, also at the same moment."""
    v = verden()
    v.send(kl(3, 1), sammenlagt(), afloest())
    nu = kl(3, 4, 10, 15)
    v.hub.send(nu, bestilt(), annuller(bestilt=nu))
    v.frem(nu)
    assert (v.valg.person_id, valgtilstand(v)) == (NY, "ANNULLERET")
    assert [a.bestilling_id for a in v.fra(ForloebAnnulleret)] == ["a1"]
    assert sikret(v, NY).aabne_valg == ()
    intet_tilbage(v, PERSON)


@pytest.mark.parametrize("foerst", ["valget", "sammenlægningen"])
def test_cpr_11_bestillingen_og_sammenlaegningen_krydses(foerst: str) -> None:
    """CPR-11: the order was handed to the old id in the moment before, or after."""
    v = verden()
    nu = kl(3, 4, 10, 15)
    v.hub.send(nu, bestilt())
    if foerst == "sammenlægningen":
        v.hub.send(nu, sammenlagt())
        v.frem(nu)
    else:
        v.frem(nu)
        v.send(nu, sammenlagt())
    assert sikret(v, NY).aabne_valg == (FORLOEB,)
    assert valgtilstand(v) == "AFVENTER_DISPENSATION"
    intet_tilbage(v, PERSON)


@pytest.mark.parametrize("nyest", ["den gamles", "den nyes"])
def test_cpr_11_to_valg_af_een_person(nyest: str) -> None:
    """CPR-11, decision 0013: of the choices of both numbers the newest counts; all of the other's is given back."""
    v = verden(ny=("1", Y4))
    gamle, nye = (kl(3, 4), kl(3, 5)) if nyest == "den nyes" else (kl(3, 5), kl(3, 4))
    for nu, order in sorted(
        [
            (gamle, bestilt(bestilt=gamle, bestilling_id="gammel", ydernummer=Y3)),
            (nye, bestilt(bestilt=nye, bestilling_id="ny", cpr=NYT_NUMMER, ydernummer=Y2)),
        ],
        key=lambda par: par[0],
    ):
        v.send(nu, order)
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(kl(3, 6), sammenlagt())
    v.send(kl(3, 6), sammenlagt())
    taber, vinder = ("gammel", "ny") if nyest == "den nyes" else ("ny", "gammel")
    assert [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)] == [(f"laegevalg-{taber}", "ERSTATTET")]
    assert [f.forloeb_id for f in v.fra(PladsFrigivet)] == [f"laegevalg-{taber}"]
    assert sikret(v, NY).aabne_valg == (f"laegevalg-{vinder}",)
    v.frem(kl(5, 1))
    assert [i.forloeb_id for i in v.fra(LaegevalgTraadtIKraft)] == [f"laegevalg-{vinder}"]
    assert sorted(f.ydernummer for f in v.fra(PladsForlades)) == [Y1, Y4]
    assert sikret(v, NY).ydernummer == {"ny": Y2, "gammel": Y3}[vinder]


def test_cpr_11_et_nyere_valg_under_det_gamle_nummer_faar_sin_plads_bagefter() -> None:
    """CPR-11, decision 0013: not before the newest has its place."""
    v = verden()
    v.send(kl(3, 4), bestilt(bestilt=kl(3, 4), bestilling_id="ny", cpr=NYT_NUMMER, ydernummer=Y2))
    nu = kl(3, 5)
    motor = v.hub.motorer["laegevalg"]
    motor.modtag(bestilt(bestilt=nu, bestilling_id="gammel", ydernummer=Y3), nu)
    anmodet = [b for f in motor.forfaldne(nu) for b in motor.modtag(f, nu)]
    v.send(nu, sammenlagt())
    assert valgtilstand(v, "laegevalg-gammel") == "AFVENTER_PLADS"
    v.frem(nu)
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(nu, *anmodet)
    assert [a.forloeb_id for a in v.fra(LaegevalgAnnulleret)] == ["laegevalg-ny"]
    assert sikret(v, NY).aabne_valg == ("laegevalg-gammel",)


def test_cpr_11_den_der_bliver_er_udrejst() -> None:
    """CPR-11, NORD-02: a choice that ran under the old number ends as his would have."""
    v = med_valg()
    v.send(kl(3, 5), som_ny(2, "80", adresse=None))
    v.send(kl(3, 6), sammenlagt(status="80", adresse=None))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert sikret(v, NY).aabne_valg == ()


def test_cpr_11_den_sidste_tilstand_af_det_gamle_id_ender_intet() -> None:
    """CPR-11: that the old number is not in use is no departure."""
    v = med_valg()
    sidste = afloest()
    v.send(kl(3, 6), sidste.model_copy(update={"person": sidste.person.model_copy(update={"status": "80"})}))
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(kl(3, 6), sammenlagt())
    assert valgtilstand(v) == "AFVENTER_DISPENSATION"


def test_cpr_11_flytter_mens_det_gamle_ids_valg_er_aabent() -> None:
    """CPR-11, FLYT-06: the card of the choice is the card of the move; cancelled, the move has its own, to him."""
    v = med_valg(ny=("1", None))
    v.send(kl(3, 6), sammenlagt())
    odense = Adresse(kommunekode="0461", vejkode="0456", linje="Ovej 1", postnummer="5000")
    flyttet = PersonFlyttet(
        person_id=NY, person=som_ny(2, adresse=odense).person, flyttedato=D(2024, 3, 11), til_kommunekode="0461"
    )
    v.send(kl(3, 12), som_ny(2, adresse=odense), flyttet)
    assert [k.aarsag for k in v.fra(KortAnmodetV2)] == ["PERSONNUMMER"]
    v.send(kl(3, 13), annuller())
    _, kort = v.fra(KortAnmodetV2)
    assert (kort.forloeb_id, kort.cpr, kort.adresse) == (f"flytning-{NY}-2024-03-11", NYT_NUMMER, odense)


# --- with an entry that runs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("foerst", ["indrejsen", "sammenlægningen"])
def test_cpr_11_en_indrejse_under_det_gamle_id(foerst: str) -> None:
    """CPR-11, IND-01: group and doctor of the entry are his, also where it is heard after the join."""
    v = verden(gammel=(None, None), ny=("1", Y1))
    dag = D(2024, 6, 3)
    ind: list[Besked] = [PersonIndrejst(person_id=PERSON, person=person().person, indrejsedato=dag)]
    beskeder = [*ind, sammenlagt()] if foerst == "indrejsen" else [sammenlagt(), *ind]
    v.hub.send(kl(6, 4), *beskeder)
    v.frem(kl(6, 4))
    v.frem(kl(6, 5))
    assert sikret(v, NY).sikring == s("1", TYVE, Y3, dag)
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    intet_tilbage(v, PERSON)


def test_cpr_11_et_barn_der_har_faaet_navn_under_det_andet_nummer() -> None:
    """CPR-11, CPR-15: the card of the birth waited for the name; it is to the number in use, once."""
    v = verden(gammel=(None, None))
    foedt = D(2024, 6, 3)
    uden_navn = {"fornavn": "", "efternavn": "", "foedselsdato": foedt}
    v.send(kl(6, 4), person(2, **uden_navn), som_ny(2, foedselsdato=foedt))
    v.send(kl(6, 4), PersonFoedt(person_id=PERSON, person=person(2, **uden_navn).person, foedselsdato=foedt))
    v.frem(kl(6, 5))
    assert v.fra(KortAnmodet) == []
    for dag in (5, 6):
        v.send(kl(6, dag), sammenlagt(foedselsdato=foedt))
    assert sikret(v, NY).kort_venter_paa_navn is None
    kort = [(k.cpr, k.navn) for k in (*v.fra(KortAnmodet), *v.fra(KortAnmodetV2))]
    assert kort == [(NYT_NUMMER, "Alma Ærø")]


# --- who may act ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nummer", [ALMA, NYT_NUMMER], ids=["det opgivne nummer", "det gældende nummer"])
@pytest.mark.parametrize("navnes_ved", [PERSON, NY], ids=["barnet nævner det gamle id", "barnet nævner det nye id"])
def test_cpr_11_en_foraelder_med_to_numre(nummer: str, navnes_ved: str) -> None:
    """CPR-11, FAM-03: whoever of the two ids and numbers is named, it is the child's mother."""
    v = verden()
    barn = som_ny(id_="barn", cpr="2008159991", foedselsdato=D(2015, 8, 20), foraeldremyndighed_ider=(navnes_ved,))
    v.send(kl(2, 1), barn, sammenlagt(), afloest())
    v.send(kl(3, 4), bestilt(cpr="2008159991", borger_cpr=nummer, bestilt=kl(3, 4)))
    assert v.fra(BestillingAfvist) == []
    assert valgtilstand(v) == "AFVENTER_DISPENSATION"


def test_cpr_11_bopaelen_er_den_han_har_nu() -> None:
    """CPR-11, PLO-09: a caseworker's order by the number given up is judged by where the person lives now."""
    v = verden()
    odense = Adresse(kommunekode="0461", vejkode="0456", linje="Ovej 1", postnummer="5000")
    v.send(kl(2, 1), som_ny(2, adresse=odense), sammenlagt(adresse=odense), afloest())
    hos = {"kanal": "SAGSBEHANDLER", "aktoer": "sb", "rolle": "SAGSBEHANDLER", "bestilt": kl(6, 4)}
    dag = D(2024, 6, 20)
    v.send(kl(6, 4), bestilt(bestilling_id="o", kommunekode="0461", ydernummer=Y3, virkningsdato=dag, **hos))
    assert v.fra(BestillingAfvist) == []
    assert sikret(v, NY).aabne_valg == ("laegevalg-o",)
