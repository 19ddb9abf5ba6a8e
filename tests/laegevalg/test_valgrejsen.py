"""The acceptance scenarios of the choice of a closed doctor, through five services in memory."""

from datetime import date, datetime
from typing import Any

import pytest

from contracts.bestilling import BestillingAfvist, BestillingModtaget, ForloebAnnulleret
from contracts.betaling import BetalingFrigivet, BetalingReserveret, BetalingTrukket, FrigivBetaling, TraekBetaling
from contracts.brev import BrevAnmodet, BrevAnmodetV2
from contracts.dispensation import DispensationAnmodet, DispensationTilbagekaldt
from contracts.kort import KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    LaegevalgAfvist,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
)
from contracts.opgave import OpgaveAnmodet
from contracts.plads import IngenPlads, PladsFrigivet, PladsReserveret
from contracts.yder import Yderstatus
from tests.laegevalg.valgverden import (
    FORLOEB,
    NOEGLE,
    PERSON,
    Y1,
    Y2,
    Verden,
    annuller,
    bestilt,
    kl,
    kortet,
    laegens,
    lukning,
    person,
    s01,
    yder,
)

BREVE = {"LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"}


def breve(v: Verden) -> list[str]:
    return [str(b.brevtype) for b in (*v.fra(BrevAnmodet), *v.fra(BrevAnmodetV2))]


def intet_holdes(v: Verden) -> bool:
    """Capacity as before the order, and no money held."""
    return v.y2.optagne == 1600 and v.betaling.tilstand == "FRIGIVET" and len(v.fra(BetalingFrigivet)) == 1


def test_s01_foer_graensen() -> None:
    """S01 [LV-17, BET-04]: place and 225 kr held, the practice asked, and nothing decided."""
    v = s01()
    v.frem(kl(3, 18, 23, 59, 59))
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    assert [b.beloeb_oere for b in v.fra(BetalingReserveret)] == [22500]
    assert v.y2.optagne == 1601
    assert [p.lukket for p in v.fra(PladsReserveret)] == [True]
    assert [m.forloeb_id for m in v.fra(BestillingModtaget)] == [FORLOEB]
    assert v.fra(LaegevalgGodkendt) == []


def test_s01_stiltiende_samtykke_paa_graensen() -> None:
    """S01 [LV-09]: approved at 00:00 on 19 March; the card is planned for the 20th; nothing captured."""
    v = s01()
    v.frem(kl(3, 19, 0))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["STILTIENDE"]
    assert breve(v) == ["LAEGEVALGSKVITTERING"]
    motor = v.hub.motorer["laegevalg"]
    assert motor.frister[f"{FORLOEB}:Kortbestillingsdag"].hvornaar == kl(3, 20, 0)
    assert v.fra(TraekBetaling) == []
    v.frem(kl(3, 19, 23, 59))
    assert v.fra(KortAnmodetV2) == []
    v.frem(kl(3, 20, 0))
    assert [(k.aarsag, k.gebyr_oere, k.ydernummer) for k in v.fra(KortAnmodetV2)] == [("LAEGESKIFT", 22500, Y2)]


def test_hele_vejen_til_trukket_gebyr_og_ny_laege() -> None:
    """LV-20, KORT-17, BET-01: two receipts, one capture, the doctor changes on the day."""
    v = s01()
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21, 6), kortet("TRUKKET", kl(3, 21, 6)))
    v.send(kl(3, 22, 12), kortet("AFSENDT", kl(3, 22, 12)))
    assert (v.valg.tilstand, v.sikret.ydernummer) == ("KORT_TRUKKET", Y1)
    v.frem(kl(4, 3, 0))
    assert (v.valg.tilstand, v.sikret.ydernummer, v.sikret.laege_fra) == ("TRAADT_I_KRAFT", Y2, date(2024, 4, 3))
    assert sorted(breve(v)) == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]
    assert v.effekter("nets.traek") == [f"{FORLOEB}:betaling"]
    assert [t.beloeb_oere for t in v.fra(BetalingTrukket)] == [22500]
    assert v.sikret.aabne_valg == ()
    assert v.fra(OpgaveAnmodet) == []


def test_s02_afvisning_paa_dag_14_laest_efter_midnat() -> None:
    """S02 [LV-08, BET-05]: received 23:59, read 00:20 before the deadline was released."""
    v = s01()
    v.hub.send(kl(3, 19, 0, 20), laegens("AFVIST", kl(3, 18, 23, 59)))
    v.frem(kl(3, 19, 0, 20))
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["LAEGEN_AFVISTE"]
    assert [p.ydernummer for p in v.fra(PladsFrigivet)] == [Y2]
    assert intet_holdes(v)
    assert breve(v) == ["LAEGEVALGSBREV"]
    assert [s.art for s in v.fra(ForloebStartet)] == ["LAEGEVALG", "LAEGEVALGSBREV"]
    v.frem(kl(4, 30))
    assert v.fra(KortAnmodetV2) == []
    assert (v.valg.tilstand, v.sikret.ydernummer) == ("AFVIST", Y1)
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["NYT_LAEGEVALG_MANGLER"]


@pytest.mark.parametrize(
    ("nu", "opgaver"),
    [
        pytest.param(kl(4, 2, 23, 59, 59), 0, id="LV-08: på dag 14 kan der stadig vælges"),
        pytest.param(kl(4, 3, 0), 1, id="LV-08: dag 15 bliver til en opgave"),
    ],
)
def test_frist_for_nyt_valg(nu: datetime, opgaver: int) -> None:
    v = s01()
    v.hub.send(kl(3, 19, 0, 20), laegens("AFVIST", kl(3, 18, 23, 59)))
    v.frem(kl(3, 19, 0, 20))
    v.frem(nu)
    assert len(v.fra(OpgaveAnmodet)) == opgaver


def test_et_nyt_valg_i_tide_afslutter_brevforloebet() -> None:
    v = s01()
    v.send(kl(3, 12), laegens("AFVIST", kl(3, 12)))
    v.send(kl(3, 20), bestilt(bestilling_id="ny", ydernummer=Y1, bestilt=kl(3, 20), virkningsdato=date(2024, 4, 3)))
    v.frem(kl(4, 1))
    assert [a.udfald for a in v.fra(ForloebAfsluttet) if a.art == "LAEGEVALGSBREV"] == ["NYT_VALG_MODTAGET"]
    assert v.fra(OpgaveAnmodet) == []


def test_et_undertrykt_brev_bliver_en_opgave() -> None:
    """LV-08 (OWN): the letter to a protected child is suppressed, so a person is told at once."""
    v = s01()
    v.send(kl(3, 5), person(2, beskyttet=True, foedselsdato=date(2010, 4, 2)))
    v.send(kl(3, 12), laegens("AFVIST", kl(3, 12)))
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["NYT_LAEGEVALG_MANGLER"]


@pytest.mark.parametrize("foer_fristen", [True, False], ids=["læst før fristen er faldet", "læst efter"])
def test_s04_afvisning_paa_dag_15(foer_fristen: bool) -> None:
    """S04 [LV-10]: the approval stands, the answer is kept, one manual task."""
    v = s01()
    if not foer_fristen:
        v.frem(kl(3, 19, 0))
    v.hub.send(kl(3, 19, 8), laegens("AFVIST", kl(3, 19, 8)))
    v.frem(kl(3, 19, 8))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["STILTIENDE"]
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["OPLYSNING_SENT_SVAR"]
    assert [s.svar for s in v.valg.svar] == ["AFVIST"]
    assert v.fra(LaegevalgAfvist) == []
    assert v.fra(FrigivBetaling) == []


def test_i_tide_men_laest_efter_samtykket_aendrer_intet() -> None:
    """LV-10: no automatic reversal; a person is told."""
    v = s01()
    v.frem(kl(3, 19, 0))
    v.send(kl(3, 19, 1), laegens("AFVIST", kl(3, 18, 23)))
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["OPLYSNING_SENT_SVAR"]
    assert v.valg.tilstand == "GODKENDT"


def test_s05_ja_paa_dag_14_og_igen() -> None:
    """S05 [LV-09]: approved once, one receipt."""
    v = s01()
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    v.frem(kl(3, 19, 12))
    v.send(kl(3, 20, 12), laegens("GODKENDT", kl(3, 18, 9)))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["SVAR"]
    assert breve(v).count("LAEGEVALGSKVITTERING") == 1
    assert v.fra(OpgaveAnmodet) == []


def test_s07_annulleret_mens_der_ventes_paa_laegen() -> None:
    """S07 [FORL-05, FORL-08]: a later yes changes nothing, and there is no tacit consent."""
    v = s01()
    v.send(kl(3, 10), annuller())
    v.send(kl(3, 12), laegens("GODKENDT", kl(3, 12)))
    v.frem(kl(5, 1))
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [("DISPENSATIONSANMODNING",)]
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["ANNULLERET"]
    assert [t.ydernummer for t in v.fra(DispensationTilbagekaldt)] == [Y2]
    assert len(v.fra(PladsFrigivet)) == 1
    assert intet_holdes(v)
    assert v.fra(LaegevalgGodkendt) == []
    assert [s.svar for s in v.valg.svar] == ["GODKENDT"]
    assert breve(v) == []


@pytest.mark.parametrize("status", ["70", "80", "90"])
def test_valget_ender_med_retten(status: str) -> None:
    """CPR-14, LV-19, BET-05: missing, gone or dead: the choice ends, and all that was held is given back."""
    v = s01()
    v.send(kl(3, 6), person(2, status=status, adresse=None))
    v.frem(kl(5, 1))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert intet_holdes(v)
    assert v.fra(KortAnmodetV2) == []


def test_s13_flytning_til_groenland_giver_plads_og_penge_tilbage() -> None:
    """S13, the release [NORD-01, LV-19, BET-05]: once, also when the same state comes again."""
    v = s01()
    v.send(kl(3, 6), person(2, status="05", adresse=None))
    v.send(kl(3, 7), person(3, status="05", adresse=None))
    v.frem(kl(5, 1))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert intet_holdes(v)
    assert v.fra(KortAnmodetV2) == []


def _trukket() -> Verden:
    v = s01()
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    v.frem(kl(3, 20, 1))
    v.send(kl(3, 21, 6), kortet("TRUKKET", kl(3, 21, 6)))
    return v


def test_s20_annullering_efter_trukket() -> None:
    """S20 [KORT-09]: refused, nothing stopped or released; on AFSENDT the fee is captured."""
    v = _trukket()
    v.send(kl(3, 21, 6, 1), annuller())
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["KORT_TRUKKET"]
    assert v.fra(KortAnnulleres) == []
    assert v.fra(FrigivBetaling) == []
    v.send(kl(3, 22), kortet("AFSENDT", kl(3, 22)))
    assert len(v.fra(TraekBetaling)) == 1
    assert v.betaling.tilstand == "TRUKKET"


def test_s22_afsendt_to_gange_traekkes_en_gang() -> None:
    """S22 [BET-21]: the key of the capture is the reservation."""
    v = _trukket()
    v.send(kl(3, 22), kortet("AFSENDT", kl(3, 22)))
    v.send(kl(3, 22, 13), kortet("AFSENDT", kl(3, 22)))
    assert v.effekter("nets.traek") == [f"{FORLOEB}:betaling"]
    assert len(v.fra(BetalingTrukket)) == 1


S28: list[Any] = [
    pytest.param(date(2025, 6, 1), kl(5, 1, aar=2025), kl(5, 18, 0, aar=2025), id="S28: 14 dage før, den 18. maj"),
    pytest.param(date(2025, 6, 1), kl(5, 20, aar=2025), kl(5, 20, aar=2025), id="S28: godkendt senere, straks"),
    pytest.param(date(2025, 5, 15), kl(5, 1, aar=2025), kl(5, 1, aar=2025), id="KORT-12: netop 14 dage før"),
    pytest.param(date(2025, 5, 16), kl(5, 1, aar=2025), kl(5, 2, 0, aar=2025), id="KORT-12: 15 dage før"),
    pytest.param(date(2024, 3, 14), kl(2, 20), kl(2, 29, 0), id="KORT-12: over en skuddag"),
    pytest.param(date(2025, 4, 10), kl(3, 20, aar=2025), kl(3, 27, 0, aar=2025), id="KORT-12: over sommertid"),
]


@pytest.mark.parametrize(("virkning", "nu", "kortdag"), S28)
def test_s28_kortet_bestilles_14_dage_foer(virkning: date, nu: datetime, kortdag: datetime) -> None:
    """S28 [KORT-12, POST-12]: the doctor's receipt at approval, the card and its receipt on the day."""
    v = Verden()
    v.send(kl(1, 2), yder(Y2, Yderstatus.AABEN, optagne=10), person())
    v.send(nu, bestilt(kanal="SAGSBEHANDLER", rolle="SAERLIGE_RETTIGHEDER", betalingskort=None, bestilt=nu,
                       virkningsdato=virkning))  # fmt: skip
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["AABEN"]
    assert breve(v)[:1] == ["LAEGEVALGSKVITTERING"]
    if kortdag > nu:
        v.frem(kortdag.replace(microsecond=0) - (kl(1, 1, 0, 1) - kl(1, 1, 0)))
        assert v.fra(KortAnmodetV2) == []
    v.frem(kortdag)
    assert len(v.fra(KortAnmodetV2)) == 1
    assert sorted(breve(v)) == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]
    assert v.fra(DispensationAnmodet) == []


def test_person_ukendt_venter_og_gaar_videre_naar_den_bliver_kendt() -> None:
    v = Verden()
    v.send(kl(1, 2), yder(Y2))
    v.send(kl(3, 4, 10), bestilt())
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [True]
    v.frem(kl(3, 6))
    v.send(kl(3, 6, 13), person())
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    assert v.betaling.gebyraar == 2024


def test_person_og_bestilling_der_krydser_hinanden_findes_igen() -> None:
    """The news and the order did not see each other: the order looks again by itself."""
    v = Verden()
    v.send(kl(1, 2), yder(Y2))
    v.send(kl(3, 4, 10), bestilt())
    v.hub.motorer["laegevalg"].gem(s01().sikret)
    v.frem(kl(3, 4, 10, 1))
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"


def test_person_ukendt_i_en_uge_afvises() -> None:
    v = Verden()
    v.send(kl(3, 4, 10), bestilt())
    v.frem(kl(3, 11, 23, 59))
    assert v.fra(BestillingAfvist) == []
    v.frem(kl(3, 12, 0))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["PERSON_UKENDT"]
    assert v.hub.motorer["laegevalg"].frister == {}


def test_annullering_mens_personen_er_ukendt() -> None:
    v = Verden()
    v.send(kl(3, 4, 10), bestilt())
    v.send(kl(3, 5), annuller())
    v.send(kl(3, 6), yder(Y2), person())
    v.frem(kl(5, 1))
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [()]
    assert v.fra(PladsReserveret) == []


@pytest.mark.parametrize(
    ("andet", "grund"),
    [
        pytest.param({"dispensationsregel": "OPDIGTET"}, "UGYLDIG_DISPENSATIONSREGEL", id="LV-23: ukendt regel"),
        pytest.param({"betalingskort": None}, "MANGLER_BETALINGSKORT", id="BET-04: selvbetjening uden betaling"),
        pytest.param({"virkningsdato": date(2024, 4, 4)}, "DATO_UDEN_FOR_INTERVAL", id="LV-15: 31 dage frem"),
        pytest.param({"virkningsdato": date(2024, 3, 3)}, "DATO_UDEN_FOR_INTERVAL", id="LV-15: borger bagud"),
    ],
)
def test_ugyldig_bestilling_afvises(andet: dict[str, Any], grund: str) -> None:
    v = Verden()
    v.send(kl(1, 2), yder(Y2), person())
    v.send(kl(3, 4, 10), bestilt(**andet))
    assert [a.grund for a in v.fra(BestillingAfvist)] == [grund]
    assert v.fra(PladsReserveret) == []


def test_reglen_naar_laegen_men_ingen_sagsbehandler() -> None:
    """LV-07, LV-23."""
    v = s01(dispensationsregel="ANDEN_PAA_ADRESSEN")
    assert [d.regel for d in v.fra(DispensationAnmodet)] == ["ANDEN_PAA_ADRESSEN"]
    andre = [b for b in v.hub.udsendt if not isinstance(b, DispensationAnmodet)]
    assert not any("ANDEN_PAA_ADRESSEN" in b.model_dump_json() for b in andre)


def test_sidste_plads_under_maksgraensen() -> None:
    """LV-17: the maximum holds for a named practice too."""
    v = Verden()
    v.send(kl(1, 2), yder(Y2, optagne=1700), person())
    v.send(kl(3, 4, 10), bestilt())
    assert [i.grund for i in v.fra(IngenPlads)] == ["INGEN_KAPACITET"]
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["INGEN_KAPACITET"]
    assert v.fra(BetalingReserveret) == []


def test_anden_borger_kan_ikke_annullere() -> None:
    v = s01()
    v.send(kl(3, 10), annuller(noegle="0" * 64, rolle="BORGER", kanal="SELVBETJENING"))
    v.send(kl(3, 10), annuller("a2", forloeb_id="laegevalg-findes-ikke"))
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_BEMYNDIGET", "UKENDT_FORLOEB"]
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"


@pytest.mark.parametrize(
    ("lukkes", "tilstand", "svar"),
    [
        pytest.param(date(2024, 4, 4), "AFVENTER_DISPENSATION", 0, id="PLO-16: dagen efter, fortsætter"),
        pytest.param(date(2024, 4, 3), "AFVIST", 1, id="PLO-16: på dagen, afvises"),
        pytest.param(date(2024, 4, 2), "AFVIST", 1, id="PLO-16: dagen før, afvises"),
    ],
)
def test_plo_16_praksis_lukker(lukkes: date, tilstand: str, svar: int) -> None:
    v = s01()
    v.send(kl(3, 11), lukning(lukkes, kl(3, 11)))
    assert v.valg.tilstand == tilstand
    assert breve(v) == ["LAEGEVALGSBREV"] * svar
    assert len(v.fra(BetalingFrigivet)) == svar
    assert v.y2.optagne == 1601 - svar
    assert v.sikret.person_id == PERSON
    assert NOEGLE not in {b.recordnoegle() for b in v.fra(LaegevalgAfvist)}
