"""Cards that can still be stopped: of a cancelled entry (KORT-09, FORL-05) and of one who died or left (CPR-14)."""

from datetime import date, datetime
from typing import Any

import pytest

from contracts.bestilling import AnnullerForloeb, BestillingAfvist, ForloebAnnulleret
from contracts.betaling import FrigivBetaling
from contracts.kort import (
    KortAfsendt,
    KortAnmodet,
    KortAnmodetV2,
    KortAnnulleres,
    KortAnnulleret,
    KortBestilt,
    KortFejlet,
    KortIkkeAnnulleret,
    KortStatus,
    Kortstatuskode,
    KortTrukket,
)
from contracts.laegevalg import ForloebAfsluttet, LaegevalgAnnulleret, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.person import (
    PersonDoed,
    PersonFlyttet,
    PersonForsvundet,
    PersonGenfundet,
    PersonHaendelseRettet,
    PersonIndrejst,
    PersonUdrejst,
)
from contracts.plads import PladsFrigives
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.sagsbeskeder import Sag
from tests.laegevalg.ordreverden import ved_indrejse
from tests.laegevalg.test_ophoer import ENDER
from tests.laegevalg.valgverden import FORLOEB, PERSON, Y1, Verden, annuller, kl, kortet, laegens, person, s01, yder

D = date
I_DAG = D(2024, 3, 2)
FREMME = D(2024, 3, 20)


def indrejst(dag: date = I_DAG, *tavse: str, genfundet: bool = False) -> tuple[Verden, str]:
    """Alma enters, or is found, and the open Y1 takes her; the forløb."""
    v = Verden(*tavse)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, optagne=10))
    hvem: dict[str, Any] = {"person_id": PERSON, "person": person().person}
    sket = PersonGenfundet(**hvem, fundet=dag) if genfundet else PersonIndrejst(**hvem, indrejsedato=dag)
    v.send(kl(3, 3), person(), sket)
    return v, f"{'genfinding' if genfundet else 'indrejse'}-{PERSON}-{dag}"


def sagen(v: Verden, forloeb_id: str) -> Sag:
    return v.hub.motorer["laegevalg"].raekker["sag"][forloeb_id]


def melder(v: Verden, forloeb_id: str, status: str, nu: datetime) -> None:
    """What the supplier does with the card."""
    v.send(nu, KortStatus(kort_id=f"{forloeb_id}:kort", status=Kortstatuskode(status), tidspunkt=nu))


def stop(v: Verden) -> list[tuple[str, str]]:
    return [(s.kort_id, s.grund) for s in v.fra(KortAnnulleres)]


def doer(v: Verden, nu: datetime, dag: date, foerst: str = "hændelse") -> None:
    """Her state and the event, which stand on two topics."""
    doed = person(9, "90", adresse=None)
    sket = PersonDoed(person_id=PERSON, person=doed.person, doedsdato=dag)
    for besked in (sket, doed) if foerst == "hændelse" else (doed, sket):
        v.send(nu, besked)


# --- one who has died, left or is missing -----------------------------------------------------------------------------


@pytest.mark.parametrize("ende", ENDER)
@pytest.mark.parametrize("genfundet", [False, True], ids=["indrejst", "genfundet"])
@pytest.mark.parametrize("trukket", [False, True], ids=["ikke trukket", "KORT-09: trukket"])
def test_cpr14_kortet_stoppes_ogsaa_naar_laegen_er_i_kraft(ende: Any, genfundet: bool, trukket: bool) -> None:
    """CPR-14, NORD-01, NORD-02, KORT-09: before the draw it is stopped, once; after it nothing is said of it."""
    v, forloeb_id = indrejst(genfundet=genfundet)
    assert sagen(v, forloeb_id).tilstand == "TRAADT_I_KRAFT"
    if trukket:
        melder(v, forloeb_id, "TRUKKET", kl(3, 4))
    v.send(kl(3, 5), ende)
    v.send(kl(3, 6), ende)
    assert stop(v) == ([] if trukket else [(f"{forloeb_id}:kort", "FRAFLYTTET")])
    assert [a.kort_id for a in v.fra(KortAnnulleret)] == ([] if trukket else [f"{forloeb_id}:kort"])
    if not trukket:
        v.frem(kl(6, 1))
        assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == []


@pytest.mark.parametrize("foerst", ["hændelse", "tilstand"])
@pytest.mark.parametrize("dag", [D(2024, 3, 1), I_DAG, D(2024, 3, 3)], ids=["dagen før", "på dagen", "dagen efter"])
def test_cpr14_doeden_kommer_foer_eller_efter_tilstanden(foerst: str, dag: date) -> None:
    """CPR-14: nothing is newer than a death, so the card is stopped whatever day the entry was of."""
    v, forloeb_id = indrejst()
    doer(v, kl(3, 5), dag, foerst)
    assert stop(v) == [(f"{forloeb_id}:kort", "FRAFLYTTET")]
    assert v.fra(BestillingAfvist) == []


def test_cpr14_et_kort_der_trak_imens_gaar() -> None:
    """KORT-09: the supplier's draw wins, and she has died all the same; a second event asks for nothing more."""
    v, forloeb_id = indrejst(I_DAG, "kort.annuller")
    doer(v, kl(3, 5), D(2024, 3, 4))
    melder(v, forloeb_id, "TRUKKET", kl(3, 5, 13))
    assert [a.grund for a in v.fra(KortIkkeAnnulleret)] == ["KORT_TRUKKET"]
    assert sagen(v, forloeb_id).kort == "TRUKKET"
    doer(v, kl(3, 8), D(2024, 3, 5))
    assert len(stop(v)) == 1


def test_cpr10_doeden_tages_tilbage_og_kortet_bestilles_ikke_igen() -> None:
    """CPR-10, A25: a person decides; nothing is done by itself."""
    v, _ = indrejst()
    doer(v, kl(3, 5), D(2024, 3, 4))
    foer = len(v.hub.udsendt)
    rettet = PersonHaendelseRettet(
        person_id=PERSON, person=person(10).person, kode="A25", slags=("STATUS",), tilbagekaldt=D(2024, 3, 4)
    )
    v.send(kl(3, 7), person(10), rettet)
    v.frem(kl(3, 8))
    assert [type(b).__name__ for b in v.hub.udsendt[foer:] if type(b).__name__.startswith("Kort")] == []


def test_nord02_en_nyere_indrejse_beholder_sit_kort() -> None:
    """CPR-10, NORD-02: she left before the entry, which is told first; the card is of the new right."""
    v, _ = indrejst(D(2024, 3, 5))
    v.frem(kl(3, 5, 13))
    for slut in ENDER[0].values:
        v.send(kl(3, 6), slut)
    assert stop(v) == []


def i_kraft(*tavse: str, **andet: Any) -> Verden:
    """A choice that has taken effect while its card is not drawn; the fee is reserved."""
    v = s01(*tavse, ydernummer=Y1, virkningsdato=D(2024, 3, 4), **andet)
    v.send(kl(3, 4, 11), laegens("GODKENDT", kl(3, 4, 11)))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    return v


@pytest.mark.parametrize("foerst", ["hændelse", "tilstand"])
@pytest.mark.parametrize("status", [None, "TRUKKET", "AFSENDT"])
def test_cpr14_kortet_til_et_valg_der_er_i_kraft(foerst: str, status: str | None) -> None:
    """CPR-14, BET-05: stopped, and the fee released, once; drawn or sent it goes its way, and the fee with it."""
    v = i_kraft()
    if status:
        v.send(kl(3, 4, 12), kortet(status, kl(3, 4, 12)))
    doer(v, kl(3, 5), D(2024, 3, 5), foerst)
    doer(v, kl(3, 6), D(2024, 3, 6), foerst)
    assert stop(v) == ([] if status else [(f"{FORLOEB}:kort", "FRAFLYTTET")])
    assert [f.grund for f in v.fra(FrigivBetaling)] == ([] if status else ["FRAFLYTTET"])
    assert v.valg.tilstand == "TRAADT_I_KRAFT"


@pytest.mark.parametrize("foerst", ["hændelse", "tilstand"])
@pytest.mark.parametrize("dag", [D(2024, 3, 3), D(2024, 3, 4)], ids=["dagen før", "på dagen"])
@pytest.mark.parametrize("art", ["udrejst", "grønland", "forsvundet"])
def test_kortet_foelger_laegen_naar_det_meldes_sent(art: str, dag: date, foerst: str) -> None:
    """NORD-01, NORD-02, CPR-14: the doctor of 4 March ends by what is told later, and its card with it, if it does."""
    v = i_kraft()
    status = {"udrejst": "80", "grønland": "05", "forsvundet": "70"}[art]
    vaek = person(9, status, adresse=None)
    if art == "grønland":
        hjem = person().person.adresse
        assert hjem is not None
        vaek = person(9, status, adresse=hjem.model_copy(update={"kommunekode": "0956"}))
    hvem: dict[str, Any] = {"person_id": PERSON, "person": vaek.person}
    sket = {
        "udrejst": lambda: PersonUdrejst(**hvem, udrejsedato=dag),
        "grønland": lambda: PersonFlyttet(**hvem, flyttedato=dag, fra_kommunekode="0630", til_kommunekode="0956"),
        "forsvundet": lambda: PersonForsvundet(**hvem, forsvundet_fra=dag),
    }[art]()
    for besked in (sket, vaek) if foerst == "hændelse" else (vaek, sket):
        v.send(kl(3, 5), besked)
    fundet = art == "forsvundet" and dag < D(2024, 3, 4)
    assert v.sikret.ydernummer == (Y1 if fundet else None)
    assert stop(v) == ([] if fundet else [(f"{FORLOEB}:kort", "FRAFLYTTET")])


def test_cpr14_valgets_kort_trak_imens() -> None:
    """KORT-09: the supplier's draw wins: no release, and the payment follows the card that is sent."""
    v = i_kraft("kort.annuller")
    doer(v, kl(3, 5), D(2024, 3, 5))
    v.send(kl(3, 5, 13), kortet("TRUKKET", kl(3, 5, 13)))
    v.send(kl(3, 5, 14), kortet("AFSENDT", kl(3, 5, 14)))
    assert v.fra(FrigivBetaling) == []
    assert v.betaling.tilstand == "TRUKKET"


def test_cpr14_et_valg_hvis_kort_er_trukket_stoppes_ikke() -> None:
    """CPR-14, KORT-09: the choice is to take effect later, and ends; its card is drawn, so nothing is said of it."""
    v = s01(ydernummer=Y1, virkningsdato=D(2024, 3, 12))
    v.send(kl(3, 4, 11), laegens("GODKENDT", kl(3, 4, 11)))
    v.send(kl(3, 4, 12), kortet("TRUKKET", kl(3, 4, 12)))
    assert v.valg.tilstand == "KORT_TRUKKET"
    doer(v, kl(3, 5), D(2024, 3, 5))
    assert v.valg.tilstand == "ANNULLERET"
    assert stop(v) == []


def test_cpr14_kortet_fra_en_ordre_ved_indrejse() -> None:
    """IND-03, CPR-14: ordered by hand, in force at once."""
    v = Verden()
    v.send(kl(11, 3), yder(Y1, Yderstatus.AABEN, optagne=10), person())
    v.send(kl(11, 4, 10), ved_indrejse())
    doer(v, kl(11, 5), D(2024, 11, 5))
    assert stop(v) == [(f"{FORLOEB}:kort", "FRAFLYTTET")]
    assert v.fra(FrigivBetaling) == []


@pytest.mark.parametrize("foerst", ["hændelse", "tilstand"])
@pytest.mark.parametrize("trukket", [False, True], ids=["ikke trukket", "trukket"])
def test_cpr14_intet_om_et_forsinket_flyttekort(foerst: str, trukket: bool) -> None:
    """CPR-14, KORT-16: the move's card is stopped; of a drawn one that is never sent laegevalg asks nobody."""
    v = Verden()
    flyttet = PersonFlyttet(
        person_id=PERSON, person=person().person, flyttedato=D(2024, 3, 1), fra_kommunekode="0461",
        til_kommunekode="0630",
    )  # fmt: skip
    v.send(kl(3, 1), person(), flyttet)
    (kort,) = v.fra(KortAnmodetV2)
    if trukket:
        melder(v, kort.forloeb_id, "TRUKKET", kl(3, 2))
    doer(v, kl(3, 5), D(2024, 3, 5), foerst)
    assert stop(v) == ([] if trukket else [(kort.kort_id, "FRAFLYTTET")])
    foer = list(v.hub.motorer["laegevalg"].udsendt)
    v.frem(kl(5, 1))
    assert [b for b in v.hub.motorer["laegevalg"].udsendt[len(foer) :] if isinstance(b, OpgaveAnmodet)] == []


# --- a caseworker cancels ---------------------------------------------------------------------------------------------


def fortryd(v: Verden, forloeb_id: str, nu: datetime, nr: str = "a1") -> None:
    v.send(nu, fortrudt(forloeb_id, nu, nr))


def fortrudt(forloeb_id: str, nu: datetime, nr: str = "a1") -> AnnullerForloeb:
    return annuller(nr, forloeb_id=forloeb_id, bestilt=nu)


def svar(v: Verden) -> list[str]:
    return [b.grund if isinstance(b, BestillingAfvist) else "ANNULLERET" for b in v.hub.udsendt if er_svar(b)]


def er_svar(besked: object) -> bool:
    return isinstance(besked, BestillingAfvist | ForloebAnnulleret)


@pytest.mark.parametrize("genfundet", [False, True], ids=["indrejst", "genfundet"])
def test_kort09_kortet_er_trukket(genfundet: bool) -> None:
    """KORT-09, FORL-05: an entry that is to take effect later goes on, and does on its day."""
    v, forloeb_id = indrejst(FREMME, genfundet=genfundet)
    melder(v, forloeb_id, "TRUKKET", kl(3, 4))
    fortryd(v, forloeb_id, kl(3, 5))
    assert svar(v) == ["KORT_TRUKKET"]
    assert stop(v) == []
    v.frem(kl(3, 20))
    assert [i.virkningsdato for i in v.fra(LaegevalgTraadtIKraft)] == [FREMME]


def test_kort09_kortet_er_ikke_trukket() -> None:
    """FORL-05, FORL-06, LV-19: everything is given back, and the answer lists the two letters that were sent."""
    v, forloeb_id = indrejst(FREMME)
    fortryd(v, forloeb_id, kl(3, 5))
    (svaret,) = v.fra(ForloebAnnulleret)
    assert svaret.ikke_fortrudt == ("LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING")
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["ANNULLERET"]
    assert [p.forloeb_id for p in v.fra(PladsFrigives)] == [forloeb_id]
    assert stop(v) == [(f"{forloeb_id}:kort", "ANNULLERET")]
    assert [a.udfald for a in v.fra(ForloebAfsluttet)] == ["ANNULLERET"]
    fortryd(v, forloeb_id, kl(3, 6), "a2")
    assert svar(v) == ["ANNULLERET", "IKKE_I_GANG"]


@pytest.mark.parametrize("status", ["TRUKKET", "AFSENDT"])
def test_kort09_trukket_mens_der_annulleres(status: str) -> None:
    """KORT-09: the supplier's draw wins, and nothing was given back; a second command meanwhile has its own answer."""
    v, forloeb_id = indrejst(FREMME, "kort.annuller")
    fortryd(v, forloeb_id, kl(3, 5))
    assert (svar(v), sagen(v, forloeb_id).tilstand) == ([], "ANNULLERES")
    fortryd(v, forloeb_id, kl(3, 5, 13), "a2")
    melder(v, forloeb_id, status, kl(3, 6))
    assert svar(v) == ["IKKE_I_GANG", "KORT_TRUKKET"]
    assert v.fra(PladsFrigives) == v.fra(LaegevalgAnnulleret) == []
    fortryd(v, forloeb_id, kl(3, 7), "a3")
    assert svar(v)[2:] == ["KORT_TRUKKET"]
    v.frem(kl(3, 20))
    assert sagen(v, forloeb_id).tilstand == "TRAADT_I_KRAFT"


def test_kort09_svaret_kommer_efter_virkningsdagen() -> None:
    """KORT-09, LV-20: it waits, with a task after a week; the draw lets it take effect at once."""
    v, forloeb_id = indrejst(D(2024, 3, 6), "kort.annuller")
    fortryd(v, forloeb_id, kl(3, 5))
    v.frem(kl(3, 13))
    assert sagen(v, forloeb_id).tilstand == "ANNULLERES"
    assert "ANNULLERING_FORSINKET" in [o.aarsag for o in v.fra(OpgaveAnmodet)]
    melder(v, forloeb_id, "TRUKKET", kl(3, 14))
    assert svar(v) == ["KORT_TRUKKET"]
    assert (sagen(v, forloeb_id).tilstand, v.sikret.ydernummer) == ("TRAADT_I_KRAFT", Y1)


def test_kort09_leverandoeren_har_ikke_svaret_paa_ordren() -> None:
    """FORL-06: the receipt of the card was never sent; the card cannot be made, so it is as good as stopped."""
    v, forloeb_id = indrejst(FREMME, "kort.bestil")
    fortryd(v, forloeb_id, kl(3, 5))
    assert svar(v) == []
    melder(v, forloeb_id, "FEJL", kl(3, 6))
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [("LAEGEVALGSKVITTERING",)]


def test_kort09_kortet_fejlede_foer_annulleringen() -> None:
    """FORL-05: there is none to ask the supplier about."""
    v, forloeb_id = indrejst(FREMME)
    melder(v, forloeb_id, "FEJL", kl(3, 4))
    assert [f.kort_id for f in v.fra(KortFejlet)] == [f"{forloeb_id}:kort"]
    fortryd(v, forloeb_id, kl(3, 5))
    assert (svar(v), stop(v)) == (["ANNULLERET"], [])


def test_cpr14_hun_doer_mens_der_annulleres() -> None:
    """CPR-14, FORL-06: the command is answered, the place is given back once; nobody knows of the card yet."""
    v, forloeb_id = indrejst(FREMME, "kort.annuller")
    fortryd(v, forloeb_id, kl(3, 5))
    doer(v, kl(3, 6), D(2024, 3, 6))
    (svaret,) = v.fra(ForloebAnnulleret)
    assert svaret.ikke_fortrudt == ("LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING", "SUNDHEDSKORT")
    assert len(stop(v)) == len(v.fra(PladsFrigives)) == 1
    melder(v, forloeb_id, "TRUKKET", kl(3, 7))
    assert len(svar(v)) == 1


def test_cpr14_en_indrejse_hvis_kort_er_trukket_stoppes_ikke() -> None:
    """CPR-14, KORT-09: she dies before her doctor takes effect; the card is drawn."""
    v, forloeb_id = indrejst(FREMME)
    melder(v, forloeb_id, "TRUKKET", kl(3, 4))
    doer(v, kl(3, 5), D(2024, 3, 5))
    assert sagen(v, forloeb_id).tilstand == "ANNULLERET"
    assert stop(v) == []


def test_cpr15_et_barn_uden_navn_har_intet_kort_at_spoerge_om() -> None:
    """CPR-15, FORL-05: cancelled at once."""
    v = Verden()
    barn = person(1, fornavn="", efternavn="")
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, optagne=10))
    v.send(kl(3, 3), barn, PersonIndrejst(person_id=PERSON, person=barn.person, indrejsedato=FREMME))
    fortryd(v, f"indrejse-{PERSON}-{FREMME}", kl(3, 5))
    assert (svar(v), stop(v), v.fra(KortAnmodet)) == (["ANNULLERET"], [], [])


def test_for07_i_kraft_er_i_kraft_hvad_kortet_end_er() -> None:
    """FORL-07, FORL-05."""
    v, forloeb_id = indrejst()
    fortryd(v, forloeb_id, kl(3, 5))
    assert (svar(v), stop(v)) == (["TRAADT_I_KRAFT"], [])


def test_kort09_en_bekraeftelse_mens_der_annulleres() -> None:
    """FORL-06: what is told twice, or late, changes nothing."""
    v, forloeb_id = indrejst(FREMME, "kort.annuller")
    fortryd(v, forloeb_id, kl(3, 5))
    (bekraeftet,) = v.fra(KortBestilt)
    laegevalg = v.hub.motorer["laegevalg"]
    assert laegevalg.modtag(bekraeftet, kl(3, 5)) == []
    om = {"kort_id": f"{forloeb_id}:kort", "forloeb_id": forloeb_id, "person_id": PERSON}
    laegevalg.modtag(KortTrukket(**om, tidspunkt=kl(3, 6)), kl(3, 6))
    assert laegevalg.modtag(KortIkkeAnnulleret(**om, grund="KORT_TRUKKET"), kl(3, 6)) == []
    assert laegevalg.modtag(KortAfsendt(**om, tidspunkt=kl(3, 7)), kl(3, 7)) == []
    assert sagen(v, forloeb_id).tilstand == "AFVENTER_IKRAFT"
