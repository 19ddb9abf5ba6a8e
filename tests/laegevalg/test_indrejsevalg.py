"""Group 1 and a doctor by a caseworker at entry, and the CPR event that comes the day after (IND-03..07, S16)."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist
from contracts.brev import BrevAnmodet, BrevAnmodetV2
from contracts.kort import KortAnmodet, KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegevalgAfvist,
    LaegevalgAnnulleret,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, Personoplysninger, PersonTilstand
from contracts.plads import PladsFrigivet, PladsReserveret
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.registrering import Registrering, Registreringsart
from tests.laegevalg.ordreverden import (
    INDREJST,
    NU,
    ODENSE,
    VEJLE,
    Y3,
    D,
    har_laege,
    indrejst,
    optagne,
    sagen,
    sendt_efter,
    valget,
    ved_indrejse,
)
from tests.laegevalg.valgverden import FORLOEB, PERSON, Y1, Y2, Verden, annuller, kl, laegens, person, yder

DAGEN_EFTER = kl(11, 5, 6)
ODENSES = "000461"


def verden(*tavse: str) -> Verden:
    """Two practices of Vejle and one of Odense; nobody has told of Alma."""
    v = Verden(*tavse)
    v.send(
        kl(1, 2), yder(Y1, Yderstatus.AABEN, 10), yder(Y2), yder(Y3, Yderstatus.AABEN, 100),
        yder(ODENSES, Yderstatus.AABEN, 10, kommunekode=ODENSE),
    )  # fmt: skip
    return v


def efter_opslag(v: Verden | None = None, **andet: Any) -> Verden:
    """The look-up has told of Alma, and the caseworker has ordered, both on the day of the entry."""
    v = v or verden()
    v.send(NU, person())
    v.send(NU, ved_indrejse(**andet))
    return v


def grupper(v: Verden) -> list[tuple[str, str, date]]:
    return [(g.forloeb_id, g.gruppe, g.gyldig_fra) for g in v.fra(GruppeTraadtIKraft)]


def laeger(v: Verden) -> list[tuple[str, date]]:
    return [(i.ydernummer, i.virkningsdato) for i in v.fra(LaegevalgTraadtIKraft)]


def breve(v: Verden) -> list[object]:
    return [*v.fra(BrevAnmodet), *v.fra(BrevAnmodetV2)]


# --- S16 --------------------------------------------------------------------------------------------------------------


def test_gruppe_og_laege_i_et_forloeb_uden_breve() -> None:
    """S16, IND-03, IND-07, LV-21: one forløb, both from the same day, the free first card, and no letter at all."""
    v = efter_opslag()
    assert [(s.forloeb_id, s.art) for s in v.fra(ForloebStartet)] == [(FORLOEB, "LAEGEVALG")]
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]
    assert laeger(v) == [(Y1, INDREJST)]
    assert [(k.aarsag, k.gebyr_oere, k.gruppe, k.ydernummer) for k in v.fra(KortAnmodetV2)] == [
        ("FOERSTE_RET", 0, "1", Y1)
    ]
    assert breve(v) == []
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", Y1)


def test_haendelsen_dagen_efter_goer_intet() -> None:
    """S16, IND-04: recorded BEHANDLET_UDEN_HANDLING; the doctor stays; nothing else."""
    v = efter_opslag()
    foer = len(v.hub.udsendt)
    v.send(DAGEN_EFTER, indrejst())
    assert sendt_efter(v, foer) == ["ForloebStartet", "ForloebAfsluttet"]
    assert v.fra(ForloebAfsluttet)[-1].udfald == "BEHANDLET_UDEN_HANDLING"
    assert (v.sikret.ydernummer, optagne(v, Y1)) == (Y1, 11)


@pytest.mark.parametrize(
    ("ordret", "indrejses", "behandlet"),
    [
        pytest.param({}, D(2024, 11, 5), True, id="dagen efter"),
        pytest.param({}, D(2024, 11, 18), True, id="LV-21: dag 14"),
        pytest.param({}, D(2024, 11, 19), False, id="LV-21: dag 15 er en anden indrejse"),
        pytest.param({"anledning": None}, D(2024, 11, 5), False, id="ordren nævner ingen indrejse"),
    ],
)
def test_ordrens_dag_er_foer_indrejsens(ordret: dict[str, Any], indrejses: date, behandlet: bool) -> None:
    """IND-04: what was ordered for this very entry and holds, is not done over because CPR has a later day for it."""
    v, fortalt = efter_opslag(**ordret), kl(11, indrejses.day + 1, 6)
    v.frem(fortalt)
    foer = len(v.hub.udsendt)
    v.send(fortalt, indrejst(indrejses))
    if behandlet:
        assert sendt_efter(v, foer) == ["ForloebStartet", "ForloebAfsluttet"]
    assert (sagen(v, indrejses) == "BEHANDLET_UDEN_HANDLING") is behandlet
    v.frem(kl(11, 30))
    assert ((v.sikret.ydernummer, v.sikret.laege_fra) == (Y1, INDREJST)) is behandlet


def test_ordrens_dag_er_foer_indrejsens_og_laegen_spoerges() -> None:
    """IND-04: the entry waits for the order, and is handled when that holds."""
    v = efter_opslag(ydernummer=Y2)
    v.send(kl(11, 6), indrejst(D(2024, 11, 5)))
    assert sagen(v, D(2024, 11, 5)) == "AFVENTER_BESTILLING"
    v.send(kl(11, 7), laegens("GODKENDT", kl(11, 7)))
    assert sagen(v, D(2024, 11, 5)) == "BEHANDLET_UDEN_HANDLING"
    assert laeger(v) == [(Y2, INDREJST)]


def test_haendelsen_to_gange_er_en_indrejse() -> None:
    """IND-04, CPR-09."""
    v = efter_opslag()
    v.send(DAGEN_EFTER, indrejst())
    foer = len(v.hub.udsendt)
    v.send(kl(11, 6), indrejst())
    assert sendt_efter(v, foer) == []


@pytest.mark.parametrize("samtidig", [True, False], ids=["samme øjeblik", "hændelsen efter"])
def test_ordren_venter_paa_personen_og_haendelsen_kommer(samtidig: bool) -> None:
    """IND-03, IND-04: nobody knows Alma on the day of the entry; what the caseworker ordered is what she gets."""
    v = verden()
    v.send(NU, ved_indrejse())
    assert v.fra(ForloebStartet) == []
    if samtidig:
        v.hub.send(DAGEN_EFTER, person(), indrejst())
        v.frem(DAGEN_EFTER)
    else:
        v.send(DAGEN_EFTER, person())
        v.send(DAGEN_EFTER, indrejst())
    v.frem(kl(11, 5, 12))
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]
    assert laeger(v) == [(Y1, INDREJST)]
    assert (breve(v), v.fra(KortAnmodet), v.fra(OpgaveAnmodet)) == ([], [], [])
    assert [optagne(v, y) for y in (Y1, Y3)] == [11, 100]


def test_haendelsen_foer_tilstanden() -> None:
    """IND-04: the two come on two topics, in no order; the order waits for the state, the entry for the order."""
    v = verden()
    v.send(NU, ved_indrejse())
    v.hub.send(DAGEN_EFTER, indrejst())
    assert sagen(v) == "AFVENTER_BESTILLING"
    assert grupper(v) == []
    v.send(kl(11, 5, 7), person())
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"
    assert laeger(v) == [(Y1, INDREJST)]


# --- the event while the order waits ----------------------------------------------------------------------------------


def lukket_praksis(svar: str | None = None) -> Verden:
    """The order is of the closed Y2, which is asked; the entry event comes meanwhile."""
    v = efter_opslag(ydernummer=Y2)
    v.send(DAGEN_EFTER, indrejst())
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"
    assert sagen(v) == "AFVENTER_BESTILLING"
    assert grupper(v) == []
    if svar:
        v.send(kl(11, 8), laegens(svar, kl(11, 8)))
    return v


def test_haendelsen_venter_paa_en_ordre_der_bliver_til_noget() -> None:
    """IND-03, IND-04."""
    v = lukket_praksis("GODKENDT")
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]
    assert laeger(v) == [(Y2, INDREJST)]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"
    assert breve(v) == []


def test_haendelsen_overtager_naar_ordren_ikke_bliver_til_noget() -> None:
    """IND-03: neither group nor doctor by the order; IND-01: both by the event. IND-07: a task instead of a letter."""
    v = lukket_praksis("AFVIST")
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["LAEGEN_AFVISTE"]
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["NYT_LAEGEVALG_MANGLER"]
    assert grupper(v) == [(f"indrejse-{PERSON}-{INDREJST}", "1", INDREJST)]
    assert laeger(v) == [(Y1, INDREJST)]
    assert [b.brevtype for b in v.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]
    assert v.fra(BrevAnmodetV2) == []


def test_haendelsen_overtager_naar_ordren_annulleres() -> None:
    """IND-03, FORL-05."""
    v = lukket_praksis()
    v.send(kl(11, 6), annuller(bestilt=kl(11, 6)))
    assert grupper(v) == [(f"indrejse-{PERSON}-{INDREJST}", "1", INDREJST)]
    assert laeger(v) == [(Y1, INDREJST)]


def test_en_indrejse_der_venter_kan_annulleres() -> None:
    """FORL-05: the caseworker's own order goes on."""
    v = lukket_praksis()
    v.send(kl(11, 6), annuller("a2", forloeb_id=f"indrejse-{PERSON}-{INDREJST}", bestilt=kl(11, 6)))
    v.send(kl(11, 8), laegens("GODKENDT", kl(11, 8)))
    assert sagen(v) == "ANNULLERET"
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]


def test_ny_ordre_i_stedet_for_den_foerste() -> None:
    """IND-04, decision 0013: the entry waits for the newer order, too."""
    v = lukket_praksis()
    v.send(kl(11, 6), ved_indrejse(bestilling_id="s02", ydernummer=Y3, bestilt=kl(11, 6)))
    assert [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)] == [(FORLOEB, "ERSTATTET")]
    assert laeger(v) == [(Y3, INDREJST)]
    assert grupper(v) == [("laegevalg-s02", "1", INDREJST)]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"


def test_ordre_uden_person_i_en_uge_lader_haendelsen_raade() -> None:
    """IND-04: an order that was given up, for a number that came to be known after all."""
    v = verden()
    v.send(NU, ved_indrejse())
    v.frem(kl(11, 13))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["PERSON_UKENDT"]
    v.send(kl(11, 14), person(), indrejst())
    assert laeger(v) == [(Y1, INDREJST)]


def test_haendelsen_der_krydser_ordren() -> None:
    """IND-04: handed over to the person and not begun, the order counts already."""
    v = verden()
    v.send(NU, ved_indrejse())
    v.hub.send(DAGEN_EFTER, person())
    motor = v.hub.motorer["laegevalg"]
    for frist in motor.forfaldne(DAGEN_EFTER):
        motor.modtag(frist, DAGEN_EFTER)
    assert motor.raekker["bestilling"]["s01"].tilstand == "OVERGIVET"
    assert motor.raekker["valg"] == {}
    v.send(DAGEN_EFTER, indrejst())
    v.frem(DAGEN_EFTER)
    assert laeger(v) == [(Y1, INDREJST)]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"


def test_en_gammel_ordre_udskyder_kun_indrejsen_et_oejeblik() -> None:
    """IND-04: an order of an earlier stay that came to nothing is nothing to wait for."""
    v = efter_opslag(ydernummer="000009")
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["PRAKSIS_UKENDT"]
    v.send(DAGEN_EFTER, indrejst())
    assert sagen(v) == "AFVENTER_BESTILLING"
    v.frem(kl(11, 5, 6, 1))
    assert laeger(v) == [(Y1, INDREJST)]


# --- the event first --------------------------------------------------------------------------------------------------


def test_haendelsen_foerst_og_ordren_bagefter() -> None:
    """IND-03: the newest counts; the group is set already and told of once."""
    v = verden()
    v.send(DAGEN_EFTER, person(), indrejst())
    v.send(kl(11, 5, 8), ved_indrejse(ydernummer=Y3, bestilt=kl(11, 5, 8)))
    assert grupper(v) == [(f"indrejse-{PERSON}-{INDREJST}", "1", INDREJST)]
    assert laeger(v) == [(Y1, INDREJST), (Y3, INDREJST)]
    assert [optagne(v, y) for y in (Y1, Y3)] == [10, 101]
    assert valget(v).anledning == "INDREJSE"


def med_tavs_plads() -> tuple[Verden, PladsReserveret]:
    """The entry waits for its place, whose answer is late, and a caseworker's choice has taken effect meanwhile."""
    v = verden()
    laegevalg = v.hub.motorer["laegevalg"]
    laegevalg.modtag(person(), DAGEN_EFTER)
    laegevalg.modtag(indrejst(), DAGEN_EFTER)
    v.send(kl(11, 5, 8), ved_indrejse(ydernummer=Y3, bestilt=kl(11, 5, 8)))
    assert (sagen(v), laeger(v)) == ("AFVENTER_PLADS", [(Y3, INDREJST)])
    forloeb_id = f"indrejse-{PERSON}-{INDREJST}"
    plads = PladsReserveret(
        forloeb_id=forloeb_id, person_id=PERSON, ydernummer=Y1, praksisnavn="Lægehuset", kommunekode=VEJLE
    )
    return v, plads


def test_en_sen_plads_tager_ikke_den_valgte_laege() -> None:
    """IND-04: the doctor stays, the place is given back, no letter."""
    v, plads = med_tavs_plads()
    nye = v.hub.motorer["laegevalg"].modtag(plads, kl(11, 5, 9))
    assert [type(b).__name__ for b in nye] == ["PladsFrigives", "ForloebAfsluttet"]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"
    assert v.sikret.ydernummer == Y3


def test_ingen_plads_til_en_indrejse_der_er_behandlet() -> None:
    """IND-04: no task, since there is a doctor; a place that comes after all is given back."""
    v, plads = med_tavs_plads()
    v.frem(kl(11, 14))
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"
    assert v.fra(OpgaveAnmodet) == []
    nye = v.hub.motorer["laegevalg"].modtag(plads, kl(11, 14))
    assert [type(b).__name__ for b in nye] == ["PladsFrigives"]


def test_automatisk_valg_der_ikke_er_traadt_i_kraft_viger() -> None:
    """IND-04, LV-19: approved and not in force, it is given back with its card."""
    v = verden()
    v.send(NU, person(), indrejst(D(2024, 11, 10)))
    assert sagen(v, D(2024, 11, 10)) == "AFVENTER_IKRAFT"
    har_laege(v, gruppe_fra=D(2024, 11, 10), ydernummer=Y3, laege_fra=D(2024, 11, 10))
    v.frem(kl(11, 10))
    assert sagen(v, D(2024, 11, 10)) == "BEHANDLET_UDEN_HANDLING"
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["ERSTATTET"]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y1]
    assert laeger(v) == []


# --- both or none -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hvad", "grund"),
    [
        pytest.param({"ydernummer": ODENSES}, "ANDEN_KOMMUNE", id="IND-06: anden kommune"),
        pytest.param({"ydernummer": "000009"}, "PRAKSIS_UKENDT", id="ukendt praksis"),
        pytest.param({"ydernummer": "000004"}, "INGEN_KAPACITET", id="fuld praksis"),
    ],
)
def test_begge_eller_ingen(hvad: dict[str, Any], grund: str) -> None:
    """IND-03: without the doctor no group."""
    v = verden()
    v.send(kl(1, 2), yder("000004", Yderstatus.AABEN, 1700))
    efter_opslag(v, **hvad)
    assert [(a.grund, a.begrundelse is not None) for a in v.fra(LaegevalgAfvist)] == [(grund, True)]
    assert (grupper(v), laeger(v), breve(v)) == ([], [], [])
    assert v.sikret.indrejsevalg == ()


def test_fremtidig_virkning_er_samme_dag() -> None:
    """IND-03, LV-20: group and doctor begin together, on the day and not before."""
    v = efter_opslag(virkningsdato=D(2024, 11, 20))
    v.frem(kl(11, 19, 23, 59))
    assert (grupper(v), laeger(v)) == ([], [])
    v.frem(kl(11, 20, 0))
    assert grupper(v) == [(FORLOEB, "1", D(2024, 11, 20))]
    assert laeger(v) == [(Y1, D(2024, 11, 20))]


BORGERS = {"kanal": "SELVBETJENING", "rolle": "BORGER", "betalingskort": "k"}


@pytest.mark.parametrize(
    ("hvad", "grund"),
    [
        ({"rolle": "BORGER"}, "IKKE_BEMYNDIGET"),
        (BORGERS, "KRAEVER_SAGSBEHANDLER"),
        (BORGERS | {"anledning": None}, "KRAEVER_SAGSBEHANDLER"),
        (BORGERS | {"gruppe": None}, "KRAEVER_SAGSBEHANDLER"),
        ({"gruppe": "2"}, "UGYLDIG_GRUPPE"),
        ({"anledning": "FERIE"}, "UGYLDIG_ANLEDNING"),
        ({"virkningsdato": D(2024, 10, 20)}, "DATO_UDEN_FOR_INTERVAL"),
    ],
)
def test_hvem_og_hvad_der_afvises(hvad: dict[str, Any], grund: str) -> None:
    """IND-03, GRP-19, LV-15: said in the answer, and nothing is begun."""
    v = efter_opslag(**hvad)
    assert [(a.grund, a.forloeb_id) for a in v.fra(BestillingAfvist)] == [(grund, FORLOEB)]
    assert v.fra(ForloebStartet) == []


def test_fjorten_dage_tilbage() -> None:
    """LV-15: the first day a caseworker may order for."""
    v = efter_opslag(virkningsdato=D(2024, 10, 21))
    assert grupper(v) == [(FORLOEB, "1", D(2024, 10, 21))]


def test_gebyret_koster_intet_ved_indrejse() -> None:
    """BET-09: the first card is free, whatever card to pay with the order names."""
    v = efter_opslag(betalingskort="kort-1")
    assert v.effekter("nets.reserver") == []
    assert laeger(v) == [(Y1, INDREJST)]


# --- IND-06 and FAM-05 ------------------------------------------------------------------------------------------------


def barn(foedt: date) -> PersonTilstand:
    return person(foedselsdato=foedt, foraeldremyndighed_ider=("mor",))


def med_mor(v: Verden, ydernummer: str) -> None:
    """A custody holder who has a doctor."""
    bor = Adresse(kommunekode=ODENSE, vejkode="0456", linje="Ovej 1", postnummer="5000")
    mor = Personoplysninger(person_id="mor", cpr="6005850002", status="01", adresse=bor)
    v.send(kl(1, 3), PersonTilstand(person_id="mor", version=1, person=mor))
    motor = v.hub.motorer["laegevalg"]
    motor.gem(replace(motor.raekker["sikret"]["mor"], ydernummer=ydernummer, gruppe="1"))


@pytest.mark.parametrize(
    ("foedt", "laege", "udfald"),
    [
        pytest.param(D(2009, 11, 5), ODENSES, None, id="dagen før 15 år: forælderens læge i en anden kommune"),
        pytest.param(D(2009, 11, 4), ODENSES, "ANDEN_KOMMUNE", id="på 15-årsdagen"),
        pytest.param(D(2015, 1, 1), Y1, "ANDEN_KOMMUNE", id="barn, men ikke forælderens læge"),
    ],
)
def test_barn_med_foraelderens_laege_i_en_anden_kommune(foedt: date, laege: str, udfald: str | None) -> None:
    """IND-06, FAM-05."""
    v = verden()
    med_mor(v, laege)
    v.send(NU, barn(foedt))
    v.send(NU, ved_indrejse(ydernummer=ODENSES))
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ([udfald] if udfald else [])
    assert laeger(v) == ([] if udfald else [(ODENSES, INDREJST)])


def test_barnets_lukkede_laege_kraever_ingen_dispensation() -> None:
    """FAM-05: the custody holder's closed practice counts as open."""
    v = verden()
    med_mor(v, Y2)
    v.send(NU, barn(D(2015, 1, 1)))
    v.send(NU, ved_indrejse(ydernummer=Y2))
    assert laeger(v) == [(Y2, INDREJST)]


def test_et_senere_valg_maa_krydse_kommunegraensen() -> None:
    """IND-06: only at entry; YDER-02."""
    v = verden()
    v.send(NU, person())
    har_laege(v)
    v.send(NU, ved_indrejse(ydernummer=ODENSES, gruppe=None, anledning=None))
    assert laeger(v) == [(ODENSES, INDREJST)]


# --- LV-21: the cause is known without being said ---------------------------------------------------------------------


def uden_laege() -> Verden:
    """Alma has entered; no practice could take her, and the caseworker has the task (IND-02)."""
    v = Verden()
    v.send(kl(1, 2), yder(Y2), yder(ODENSES, Yderstatus.AABEN, 10, kommunekode=ODENSE))
    v.send(DAGEN_EFTER, person(), indrejst(genindrejse=True))
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["INDREJSE_UDEN_LAEGE"]
    v.send(kl(11, 5, 7), yder(Y1, Yderstatus.AABEN, 10))
    return v


@pytest.mark.parametrize(
    ("dag", "ved"),
    [pytest.param(17, True, id="13 dage"), pytest.param(18, True, id="14 dage"), pytest.param(19, False, id="15 dage")],
)
def test_manuelt_valg_kort_efter_indrejsen(dag: int, ved: bool) -> None:
    """LV-21, IND-07: within 14 days of the entry, without a doctor: no letters, and the card of the return (BET-09)."""
    v = uden_laege()
    nu = kl(11, dag)
    v.send(nu, ved_indrejse(gruppe=None, anledning=None, bestilt=nu, virkningsdato=nu.date()))
    assert [k.aarsag for k in v.fra(KortAnmodetV2)] == ["GENINDREJSE" if ved else "LAEGESKIFT"]
    assert (breve(v) == []) is ved
    assert grupper(v) == [(f"indrejse-{PERSON}-{INDREJST}", "1", INDREJST)]


def test_borgerens_eget_valg_efter_indrejsen_faar_kvittering() -> None:
    """LV-21: only a caseworker's choice goes without letters."""
    v = uden_laege()
    nu = kl(11, 6)
    v.send(nu, ved_indrejse(
        gruppe=None, anledning=None, bestilt=nu, virkningsdato=nu.date(), kanal="SELVBETJENING", rolle="BORGER",
        betalingskort="k",
    ))  # fmt: skip
    assert [b.brevtype for b in v.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]


def test_anledningen_alene_er_ogsaa_gruppe_1() -> None:
    """IND-03: a doctor at entry is one of group 1, so the event finds nothing missing."""
    v = efter_opslag(gruppe=None)
    v.send(DAGEN_EFTER, indrejst())
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"


def test_gruppe_uden_anledning_er_et_almindeligt_skift_med_breve() -> None:
    """GRP-19: a change to group 1 with its doctor, for one who has been in group 2 for years."""
    v = verden()
    v.send(NU, person())
    har_laege(v, gruppe="2", ydernummer=None, laege_fra=None)
    v.send(NU, ved_indrejse(anledning=None))
    assert [(g.gruppe, g.grund) for g in v.fra(GruppeTraadtIKraft)] == [("1", "GRUPPESKIFT")]
    assert laeger(v) == [(Y1, INDREJST)]
    assert [b.brevtype for b in v.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]


def test_gruppe_1_til_en_der_er_i_gruppe_1_siges_ikke_igen() -> None:
    """GRP-19: only the doctor is new."""
    v = verden()
    v.send(NU, person())
    har_laege(v)
    v.send(NU, ved_indrejse(anledning=None, ydernummer=Y3))
    assert (grupper(v), laeger(v)) == ([], [(Y3, INDREJST)])
    assert v.sikret.gruppe_fra == D(2010, 1, 1)


def test_genindrejse_foer_haendelsen_kendes_paa_historikken() -> None:
    """BET-09, IND-04: who was registered before has come back; the group of the earlier stay does not count."""
    v = verden()
    v.send(NU, person())
    fra = D(2010, 1, 1)
    linje = Registrering(art=Registreringsart.GRUPPE, vaerdi="1", fra=fra, registreret=None)
    har_laege(v, historik=(linje,))
    v.send(NU, ved_indrejse())
    assert [k.aarsag for k in v.fra(KortAnmodetV2)] == ["GENINDREJSE"]
    assert grupper(v) == [(FORLOEB, "1", INDREJST)]
    v.send(DAGEN_EFTER, indrejst(genindrejse=True))
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"


def test_udrejst_der_kommer_hjem_beholder_sin_ordre_til_cpr_ved_det() -> None:
    """IND-03, NORD-01: news of one who is abroad to CPR ends an ordinary choice, but not the order for his return."""
    v = verden()
    v.send(NU, person(1, "80", adresse=None))
    v.send(NU, ved_indrejse(ydernummer=Y2))
    v.send(kl(11, 4, 12), person(2, "80", adresse=None, efternavn="Å"))
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"
    v.send(DAGEN_EFTER, person(3), indrejst(genindrejse=True))
    v.send(kl(11, 8), laegens("GODKENDT", kl(11, 8)))
    assert laeger(v) == [(Y2, INDREJST)]
    assert sagen(v) == "BEHANDLET_UDEN_HANDLING"


def test_den_der_rejser_igen_mister_ogsaa_ordren_ved_indrejsen() -> None:
    """NORD-01: from resident to abroad everything open ends."""
    v = efter_opslag(ydernummer=Y2)
    v.send(kl(11, 6), person(2, "80", adresse=None))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]


@pytest.mark.parametrize("to_gange", [False, True], ids=["en gang", "to gange"])
@pytest.mark.parametrize("samtidig", [False, True], ids=["efter hinanden", "samme øjeblik"])
@pytest.mark.parametrize("orden", list(permutations(("ordre", "tilstand", "hændelse"))), ids=" ".join)
def test_enhver_raekkefoelge_ender_med_den_bestilte_laege(
    orden: tuple[str, ...], samtidig: bool, to_gange: bool
) -> None:
    """IND-03, IND-04: in group 1 once, with the doctor of the order and one place held, whatever came first."""
    v = verden()
    beskeder = {"ordre": ved_indrejse(ydernummer=Y3), "tilstand": person(), "hændelse": indrejst()}
    for time, navn in enumerate(orden, 10):
        nu = kl(11, 5, 10) if samtidig else kl(11, 5, time)
        bring = v.hub.send if samtidig else v.send
        bring(nu, *[beskeder[navn]] * (2 if to_gange else 1))
    v.frem(kl(11, 6))
    assert [(gruppe, fra) for _, gruppe, fra in grupper(v)] == [("1", INDREJST)]
    assert v.sikret.ydernummer == Y3
    assert [optagne(v, y) for y in (Y1, Y3)] == [10, 101]
    assert (v.sikret.aabne_valg, v.sikret.indrejsevalg) == ((), ())
    if orden.index("ordre") < orden.index("hændelse"):
        assert (sagen(v), breve(v), laeger(v)) == ("BEHANDLET_UDEN_HANDLING", [], [(Y3, INDREJST)])
