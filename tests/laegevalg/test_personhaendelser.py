"""What follows from what happens to a person, in memory: cards, the end of the right, tasks (CPR, FLYT, NORD)."""

from datetime import date
from typing import Any

import pytest

from contracts.bestilling import LaegevalgAendret
from contracts.betaling import FrigivBetaling, TraekBetaling
from contracts.cpr import Trin
from contracts.kort import KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    Adresse,
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlyttet,
    PersonForsvundet,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
from contracts.plads import PladsForlades, PladsFrigivet
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import personer
from tests.laegevalg.valgverden import (
    FORLOEB,
    NOEGLE,
    PERSON,
    Y1,
    Y2,
    Verden,
    annuller,
    kl,
    kortet,
    laegens,
    person,
    s01,
    yder,
)

D = date
ODENSE = Adresse(kommunekode="0461", vejkode="0456", linje="Ovej 1", postnummer="5000")


def flyttet(dag: date, status: str = "01", adresse: Adresse = ODENSE) -> PersonFlyttet:
    return PersonFlyttet(
        person_id=PERSON, person=person(2, status, adresse=adresse).person, flyttedato=dag,
        fra_kommunekode="0630", til_kommunekode=adresse.kommunekode,
    )  # fmt: skip


def hos_y1(gruppe: str | None = "1", **andet: Any) -> Verden:
    """Alma in group 1 with Y1, and nothing going on."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1), person())
    foer = {f: getattr(v.sikret, f) for f in Sikret.__slots__}
    har = {"gruppe": gruppe, "gruppe_fra": D(2010, 1, 1), "ydernummer": Y1, "laege_fra": D(2010, 1, 1)}
    v.hub.motorer["laegevalg"].gem(Sikret(**(foer | har | {"praksisnavn": "Lægehuset Y1"} | andet)))
    return v


def aarsager(v: Verden) -> list[tuple[str, int]]:
    return [(k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodetV2)]


def test_s08_flytning_mens_der_ventes_paa_laegen() -> None:
    """S08, FLYT-01, FLYT-02, FLYT-05, FLYT-06, BET-13, KORT-16: one card for both, free; the choice runs on in 0630."""
    v = s01()
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(D(2024, 3, 11)))
    assert [b.grund for b in v.fra(FrigivBetaling)] == ["FLYTNING"]
    assert v.fra(KortAnmodetV2) == []
    assert v.fra(OpgaveAnmodet) == []
    v.frem(kl(3, 19, 0))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["STILTIENDE"]
    v.frem(kl(3, 20, 0))
    (kort,) = v.fra(KortAnmodetV2)
    assert (kort.kort_id, kort.aarsag, kort.gebyr_oere, kort.adresse) == (f"{FORLOEB}:kort", "FLYTNING", 0, ODENSE)
    v.send(kl(3, 21), kortet("AFSENDT", kl(3, 21)))
    assert v.fra(TraekBetaling) == []
    assert {s.kommunekode for s in v.fra(ForloebStartet) if s.forloeb_id == FORLOEB} == {"0630"}
    assert len(v.fra(FrigivBetaling)) == 1


@pytest.mark.parametrize("ender", ["afvist", "annulleret"])
def test_et_valg_der_bliver_til_intet_efterlader_flytningen_et_kort(ender: str) -> None:
    """KORT-16: the move has its card, whatever becomes of the choice."""
    v = s01()
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(D(2024, 3, 11)))
    v.send(kl(3, 13), laegens("AFVIST", kl(3, 13)) if ender == "afvist" else annuller())
    assert aarsager(v) == [("FLYTNING", 0)]
    assert v.fra(KortAnmodetV2)[0].forloeb_id == f"flytning-{PERSON}-2024-03-11"
    assert len(v.fra(FrigivBetaling)) == 1


def test_flytning_foer_nets_har_svaret() -> None:
    """FLYT-06: what is reserved after all is given back."""
    v = s01("nets.reserver")
    v.send(kl(3, 4, 11), person(2, adresse=ODENSE), flyttet(D(2024, 3, 4)))
    assert v.fra(FrigivBetaling) == []
    v.tavse.clear()
    v.frem(kl(3, 4, 12))
    assert [b.grund for b in v.fra(FrigivBetaling)] == ["FLYTNING"]
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    assert (v.valg.reserveret, v.valg.gebyr_oere) == (False, 0)


@pytest.mark.parametrize("flyttedato", [D(2024, 4, 2), D(2024, 4, 3)], ids=["dagen før virkningsdatoen", "på dagen"])
def test_flytning_til_og_med_virkningsdatoen_deler_kortet(flyttedato: date) -> None:
    """FLYT-06: told before the card is ordered."""
    v = s01()
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(flyttedato))
    assert [b.grund for b in v.fra(FrigivBetaling)] == ["FLYTNING"]
    assert aarsager(v) == []
    v.frem(kl(3, 20, 0))
    assert aarsager(v) == [("FLYTNING", 0)]


@pytest.mark.parametrize(
    ("flyttedato", "trukket"),
    [
        pytest.param(D(2024, 4, 4), False, id="flytter efter virkningsdatoen"),
        pytest.param(D(2024, 3, 20), True, id="kortet er trukket"),
    ],
)
def test_flytning_med_sit_eget_kort(flyttedato: date, trukket: bool) -> None:
    """FLYT-06: the choice and its fee stand."""
    v = s01()
    v.frem(kl(3, 20))
    if trukket:
        v.send(kl(3, 20), kortet("TRUKKET", kl(3, 20)))
    v.send(kl(3, 21), person(2, adresse=ODENSE), flyttet(flyttedato))
    assert aarsager(v) == [("LAEGESKIFT", 22500), ("FLYTNING", 0)]
    assert v.fra(FrigivBetaling) == v.fra(KortAnnulleres) == []


def test_et_kort_der_ikke_kommer_er_een_opgave() -> None:
    """FLYT-05: the card order and the forløb of the move miss the same card; only what is late is a task there."""
    v = hos_y1()
    v.send(kl(3, 5), person(2, adresse=ODENSE), flyttet(D(2024, 3, 1)))
    v.frem(kl(5, 1))
    opgaver = v.fra(OpgaveAnmodet)
    assert {(o.opgave_id, o.aarsag, o.kommunekode) for o in opgaver} == {
        (f"flytning-{PERSON}-2024-03-01:kort:kort_forsinket", "KORT_FORSINKET", "0461")
    }
    assert {o.titel for o in opgaver} == {"Sundhedskort er forsinket", "Sundhedskort er ikke sendt"}


LANGT_FREM: dict[str, Any] = {
    "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAERLIGE_RETTIGHEDER", "betalingskort": None,
}  # fmt: skip
"""Who may order a choice months ahead (LV-16)."""


@pytest.mark.parametrize(
    ("virkning", "flyttedato", "egne"),
    [
        pytest.param(D(2025, 2, 20), D(2024, 3, 11), [("FLYTNING", 0)], id="KORT-16: næste år"),
        pytest.param(D(2024, 4, 26), D(2024, 3, 11), [("FLYTNING", 0)], id="KORT-16: kortet kommer dag 31"),
        pytest.param(D(2024, 4, 25), D(2024, 3, 11), [], id="KORT-16: kortet kommer dag 30"),
        pytest.param(D(2024, 6, 1), D(2024, 6, 1), [], id="FLYT-06: flytningen er selv langt frem"),
    ],
)
def test_flytning_laenge_foer_valgets_kort(virkning: date, flyttedato: date, egne: list[tuple[str, int]]) -> None:
    """FLYT-06, KORT-16: one card for both, unless she would be without one of the right address for months."""
    v = s01(**LANGT_FREM, virkningsdato=virkning)
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(flyttedato))
    assert aarsager(v) == egne
    v.send(kl(3, 13), laegens("GODKENDT", kl(3, 13)))
    v.frem(kl(3, 1, aar=2025))
    assert aarsager(v)[1:] == ([("LAEGESKIFT", 0)] if egne else [])
    assert [k.forloeb_id for k in v.fra(KortAnmodetV2)][-1] == FORLOEB


def test_valget_flyttes_langt_frem_og_flytningen_faar_sit_kort() -> None:
    """FLYT-06, KORT-12, KORT-16: the move does not wait along; the fee that was given back stays given back."""
    v = s01()
    v.send(kl(3, 12), person(2, adresse=ODENSE), flyttet(D(2024, 3, 11)))
    felter: dict[str, Any] = {
        "noegle": NOEGLE, "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAERLIGE_RETTIGHEDER",
        "forloeb_id": FORLOEB, "bestilt": kl(3, 12),
    }  # fmt: skip
    v.send(kl(3, 12), LaegevalgAendret(**felter, bestilling_id="f1", virkningsdato=D(2024, 4, 20)))
    assert aarsager(v) == []
    v.send(kl(3, 12), LaegevalgAendret(**felter, bestilling_id="f2", virkningsdato=D(2025, 2, 20)))
    assert [(k.forloeb_id, k.aarsag) for k in v.fra(KortAnmodetV2)] == [(f"flytning-{PERSON}-2024-03-11", "FLYTNING")]
    v.send(kl(3, 13), laegens("GODKENDT", kl(3, 13)))
    v.frem(kl(3, 1, aar=2025))
    assert aarsager(v) == [("FLYTNING", 0), ("LAEGESKIFT", 0)]
    assert len(v.fra(FrigivBetaling)) == 1


def test_flytning_giver_et_frit_kort_een_gang() -> None:
    """KORT-16, CPR-06, CPR-09, BET-13: the same move told twice is one card."""
    v = hos_y1()
    v.send(kl(6, 2), flyttet(D(2024, 6, 1)))
    v.send(kl(6, 3), flyttet(D(2024, 6, 1)))
    (kort,) = v.fra(KortAnmodetV2)
    assert (kort.aarsag, kort.gebyr_oere, kort.ydernummer, kort.praksisnavn) == ("FLYTNING", 0, Y1, "Lægehuset Y1")
    assert [(s.art, s.kommunekode) for s in v.fra(ForloebStartet)] == [("FLYTNING", "0461")]
    v.send(kl(6, 4), kortet("AFSENDT", kl(6, 4)).model_copy(update={"kort_id": kort.kort_id}))
    assert [a.udfald for a in v.fra(ForloebAfsluttet)] == ["KORT_AFSENDT"]


@pytest.mark.parametrize("gruppe", ["5", "6", "7", "9"])
def test_flytning_uden_ret_til_kort(gruppe: str) -> None:
    """BET-08: the card is for those actively insured."""
    v = hos_y1(gruppe)
    v.send(kl(6, 2), flyttet(D(2024, 6, 1)))
    assert v.fra(KortAnmodetV2) == []


def test_flyttekortet_kan_stoppes_til_det_traekkes() -> None:
    """FORL-05, KORT-09."""
    v = hos_y1()
    v.send(kl(6, 2), flyttet(D(2024, 6, 1)))
    sag = f"flytning-{PERSON}-2024-06-01"
    v.send(kl(6, 3), annuller(forloeb_id=sag, bestilt=kl(6, 3)))
    assert [k.kort_id for k in v.fra(KortAnnulleres)] == [f"{sag}:kort"]
    assert [a.udfald for a in v.fra(ForloebAfsluttet)] == ["ANNULLERET"]


@pytest.mark.parametrize(
    ("viet", "skiftet", "kort"),
    [
        pytest.param(D(2024, 3, 15), D(2024, 3, 14), False, id="S31: dagen før vielsen"),
        pytest.param(D(2024, 3, 15), D(2024, 3, 15), True, id="S31: vielsesdagen"),
        pytest.param(D(2024, 3, 15), D(2024, 6, 14), True, id="S31: dagen før"),
        pytest.param(D(2024, 3, 15), D(2024, 6, 15), True, id="S31: sidste dag"),
        pytest.param(D(2024, 3, 15), D(2024, 6, 16), False, id="S31: dagen efter"),
        pytest.param(D(2024, 11, 30), D(2025, 2, 28), True, id="S31: sidste dag i februar"),
        pytest.param(D(2024, 11, 30), D(2025, 3, 1), False, id="S31: dagen efter februar"),
        pytest.param(D(2023, 11, 30), D(2024, 2, 29), True, id="CPR-01: skudår"),
        pytest.param(None, D(2024, 8, 1), False, id="S32, CPR-02: intet ægteskab"),
    ],
)
def test_kort_ved_navneskift(viet: date | None, skiftet: date, kort: bool) -> None:
    """CPR-01, CPR-02, BET-14."""
    assert personer.kort_ved_navneskift(viet, skiftet) is kort
    v = hos_y1()
    navn = {"person_id": PERSON, "person": person().person, "gaelder_fra": skiftet, "vielsesdato": viet}
    v.send(kl(7, 20), PersonSkiftetNavn.model_validate(navn))
    assert aarsager(v) == ([("NAVN_AEGTESKAB", 0)] if kort else [])
    assert len(v.fra(ForloebStartet)) == int(kort)


def test_to_flytninger_paa_een_dag_har_hver_sit_kort() -> None:
    """KORT-16, CPR-09: the card goes where he lives too; either told again is the same, also at another c/o."""
    v = hos_y1()
    aarhus = Adresse(kommunekode="0751", vejkode="0001", linje="Åvej 1", postnummer="8000")
    c_o = ODENSE.model_copy(update={"conavn": "c/o Bo"})
    v.send(kl(3, 5), flyttet(D(2024, 3, 1)), flyttet(D(2024, 3, 1), adresse=aarhus))
    v.send(kl(3, 6), flyttet(D(2024, 3, 1), adresse=c_o), flyttet(D(2024, 3, 1), adresse=aarhus))
    foerste = f"flytning-{PERSON}-2024-03-01"
    assert [(k.forloeb_id, k.adresse) for k in v.fra(KortAnmodetV2)] == [(foerste, ODENSE), (f"{foerste}-2", aarhus)]


def test_to_navneskift_paa_een_dag_har_hver_sit_kort() -> None:
    """CPR-01, CPR-09: within three months after the wedding; the same name told again is the same change."""
    v = hos_y1()
    for efternavn in ("Aa", "Bo", "Aa", "Bo"):
        skiftet = person(2, efternavn=efternavn).person
        dag, viet = D(2024, 3, 1), D(2024, 2, 1)
        v.send(kl(3, 5), PersonSkiftetNavn(person_id=PERSON, person=skiftet, gaelder_fra=dag, vielsesdato=viet))
    assert [k.navn.split()[-1] for k in v.fra(KortAnmodetV2)] == ["Aa", "Bo"]


def test_nyt_personnummer_giver_et_frit_kort() -> None:
    """CPR-11, BET-11: and no number in the id of the forløb."""
    v = hos_y1()
    nyt = person(2, cpr="6204801242").person
    skift = PersonSkiftetNummer(person_id=PERSON, person=nyt, tidligere_cpr="6204801234", registreret=kl(5, 2))
    v.send(kl(5, 3), skift)
    (kort,) = v.fra(KortAnmodetV2)
    assert (kort.aarsag, kort.gebyr_oere, kort.cpr) == ("PERSONNUMMER", 0, "6204801242")
    assert kort.forloeb_id == f"nummerskift-{PERSON}-2024-05-02"


def test_s13_groenland_med_et_valg_i_gang() -> None:
    """S13, NORD-01, LV-19: group 7, the doctor ends the day before, the choice is annulled once, no card."""
    v = s01()
    nuuk = Adresse(kommunekode="0956", vejkode="0001", linje="Imaneq 1", postnummer="3900")
    v.send(kl(3, 12), person(2, "05", adresse=nuuk), flyttet(D(2024, 3, 10), "05", nuuk))
    (gruppe,) = v.fra(GruppeTraadtIKraft)
    assert (gruppe.gruppe, gruppe.gyldig_fra, gruppe.grund) == ("7", D(2024, 3, 10), "GROENLAND")
    (ophoert,) = v.fra(LaegeOphoert)
    assert (ophoert.til, ophoert.grund) == (D(2024, 3, 9), "GROENLAND")
    assert v.sikret.sikring.ydernummer is None
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [ophoert.ydernummer] == [Y1]
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert len(v.fra(FrigivBetaling)) == 1
    assert v.fra(KortAnmodetV2) == []


UD = PersonUdrejst(person_id=PERSON, person=person(2, "80", adresse=None).person, udrejsedato=D(2024, 2, 1))
DOED = PersonDoed(person_id=PERSON, person=person(2, "90", adresse=None).person, doedsdato=D(2024, 2, 1))
VAEK = PersonForsvundet(person_id=PERSON, person=person(2, "70", adresse=None).person, forsvundet_fra=D(2024, 2, 1))


@pytest.mark.parametrize(
    ("besked", "gruppe"),
    [
        pytest.param(UD, "7", id="NORD-02: udrejst"),
        pytest.param(DOED, "9", id="CPR-14: død"),
        pytest.param(VAEK, "1", id="CPR-14: forsvundet beholder sin gruppe"),
    ],
)
def test_retten_ophoerer(besked: Any, gruppe: str) -> None:
    """CPR-14, NORD-02: once, and the practice has one less."""
    v = hos_y1()
    v.send(kl(2, 2), besked)
    v.send(kl(2, 3), besked)
    assert (v.sikret.gruppe, v.sikret.ydernummer) == (gruppe, None)
    assert [g.gyldig_fra for g in v.fra(GruppeTraadtIKraft)] == ([] if gruppe == "1" else [D(2024, 2, 1)])
    assert [o.til for o in v.fra(LaegeOphoert)] == [D(2024, 1, 31)]
    assert all(b.begrundelse is not None for b in (*v.fra(GruppeTraadtIKraft), *v.fra(LaegeOphoert)))
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    assert [(a.udfald, a.kommunekode) for a in v.fra(ForloebAfsluttet)] == [("RETTEN_OPHOERT", "0630")]
    assert v.fra(KortAnmodetV2) == []


@pytest.mark.parametrize("status", ["70", "80", "90"])
def test_cpr_14_det_aabne_valg_falder_bort(status: str) -> None:
    """CPR-14: missing, abroad or dead: the choice is annulled, place and fee given back once."""
    v = s01()
    for version in (2, 3):
        v.send(kl(3, 12), person(version, status, adresse=None))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert [f.ydernummer for f in v.fra(PladsFrigivet)] == [Y2]
    assert len(v.fra(FrigivBetaling)) == 1


def test_en_udrejse_fra_foer_den_nye_indrejse_aendrer_intet() -> None:
    """CPR-10."""
    v = hos_y1(gruppe_fra=D(2024, 10, 1), laege_fra=D(2024, 10, 1))
    v.send(kl(10, 5), UD)
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", Y1)
    assert v.fra(LaegeOphoert) == []


@pytest.mark.parametrize("trin", list(Trin))
@pytest.mark.parametrize("type_", [PersonAfsoningMeldt, PersonVaernepligtMeldt])
def test_s44_afsoning_og_vaernepligt_er_en_opgave(type_: Any, trin: Trin) -> None:
    """S44, CPR-03, CPR-12: one task however often it is told; neither group nor doctor changes."""
    v = hos_y1()
    for dag in (3, 4):
        v.send(kl(5, dag), type_(person_id=PERSON, person=person().person, trin=trin, dato=D(2024, 5, 2)))
    (opgave,) = v.fra(OpgaveAnmodet)
    assert opgave.aarsag == f"{type_.__name__.removeprefix('Person').removesuffix('Meldt').upper()}_{trin.value}"
    assert opgave.kommunekode == "0630"
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", Y1)
    assert v.fra(LaegevalgAnnulleret) == []
