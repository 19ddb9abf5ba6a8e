"""Letters called back with the forløb that asked for them, and the answer that lists those that were sent (FORL-06)."""

from datetime import date, timedelta

import pytest

from contracts.bestilling import BestillingAfvist, ForloebAnnulleret
from contracts.brev import BrevIkkeTilbagekaldt, BrevSendt, BrevSendtV2, BrevTilbagekaldes, BrevTilbagekaldt
from contracts.kort import KortAfsendt, KortFejlet, KortStatus, Kortstatuskode
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, PersonFlyttet, PersonSkiftetNummer
from contracts.yder import Yderstatus
from services.digital_post.forloeb.beskeder import BeslutningForaeldet, BrevAfleveret, TilmeldingOplyst
from services.kortbestilling.forloeb.beskeder import AnnulleringAccepteret, OrdreAfvist
from tests.laegevalg.ordreverden import har_laege
from tests.laegevalg.test_to_valg import indrejst, uden_valg
from tests.laegevalg.valgverden import (
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
    s01,
    yder,
)

KVITTERING = f"{FORLOEB}:laegevalgskvittering"
ANMODNING, LAEGEVALG, KORTET = "DISPENSATIONSANMODNING", "LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"


def svar(v: Verden) -> list[tuple[str, ...]]:
    return [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)]


def sendte(v: Verden) -> list[str]:
    return [str(b.brevtype) for b in (*v.fra(BrevSendt), *v.fra(BrevSendtV2))]


def godkendt(*tavse: str) -> Verden:
    """Alma's practice said yes on 12 March; the effective date is 3 April, and the card is ordered on 20 March."""
    v = s01(*tavse)
    v.send(kl(3, 12), laegens("GODKENDT", kl(3, 12)))
    return v


def nummerskift(v: Verden) -> str:
    ny = person(2).person.model_copy(update={"cpr": "6204801242"})
    v.send(kl(3, 6), PersonSkiftetNummer.model_validate(
        {"person_id": PERSON, "person": ny, "kode": "A22", "registreret": kl(3, 6), "tidligere_cpr": "6204801234"}
    ))  # fmt: skip
    return f"nummerskift-{PERSON}-2024-03-06"


def test_forl06_et_brev_der_ikke_er_afleveret_droppes() -> None:
    """FORL-06, POST-09: Digital Post has not said whether she has a mailbox; it says so after the cancel."""
    v = godkendt("post.tilmelding")
    v.send(kl(3, 13), annuller())
    assert [(b.brev_id, b.grund) for b in v.fra(BrevTilbagekaldes)] == [(KVITTERING, "ANNULLERET")]
    assert [b.brevtype for b in v.fra(BrevTilbagekaldt)] == [LAEGEVALG]
    assert svar(v) == [(ANMODNING,)]
    v.tavse.clear()
    v.frem(kl(5, 1))
    assert (sendte(v), v.effekter("post.afsend")) == ([], [])
    assert svar(v) == [(ANMODNING,)]


def test_forl06_et_sendt_brev_staar_i_svaret() -> None:
    """FORL-06, POST-09."""
    v = godkendt()
    v.send(kl(3, 13), annuller())
    v.frem(kl(5, 1))
    assert [b.grund for b in v.fra(BrevIkkeTilbagekaldt)] == ["ALLEREDE_AFSENDT"]
    assert (svar(v), sendte(v)) == ([(ANMODNING, LAEGEVALG)], [LAEGEVALG])


@pytest.mark.parametrize(
    ("gaar_det", "ventet"),
    [pytest.param(True, (ANMODNING, LAEGEVALG), id="POST-09: det var nået frem"),
     pytest.param(False, (ANMODNING, LAEGEVALG), id="FORL-06: ingen ved det efter to døgn")],
)  # fmt: skip
def test_forl06_svaret_venter_paa_det_brev_der_er_paa_vej(gaar_det: bool, ventet: tuple[str, ...]) -> None:
    """FORL-06: nothing is promised of a letter that may be with Digital Post."""
    v = godkendt("post.afsend")
    v.send(kl(3, 13), annuller())
    v.frem(kl(3, 15) - timedelta(seconds=1))
    assert svar(v) == []
    if gaar_det:
        v.svar("digital_post", BrevAfleveret(brev_id=KVITTERING, person_id=PERSON, forsendelse_id="f"), kl(3, 14))
    v.frem(kl(3, 15))
    assert svar(v) == [ventet]
    v.frem(kl(5, 1))
    assert svar(v) == [ventet]


@pytest.mark.parametrize("tavs", [(), ("post.tilmelding",)], ids=["sendt", "ikke sendt"])
def test_forl06_kortets_kvittering_kaldes_tilbage_med_kortet(tavs: tuple[str, ...]) -> None:
    """FORL-06, KORT-09: ordered on 20 March, stopped at the supplier on the 21st, and one answer about both letters."""
    v = godkendt(*tavs)
    v.frem(kl(3, 20))
    v.send(kl(3, 21), annuller())
    v.frem(kl(5, 1))
    assert [b.grund for b in v.fra(BrevTilbagekaldes)] == ["KORT_ANNULLERET", "ANNULLERET"]
    assert svar(v) == [(ANMODNING,) if tavs else (ANMODNING, LAEGEVALG, KORTET)]
    assert v.fra(KortAfsendt) == []


def test_cpr14_brevet_til_den_der_er_rejst_droppes() -> None:
    """CPR-14, NORD-01: nobody asked, so nobody is answered."""
    v = godkendt("post.tilmelding")
    v.send(kl(3, 13), person(2, status="80"))
    v.frem(kl(5, 1))
    assert [(b.brev_id, b.grund) for b in v.fra(BrevTilbagekaldt)] == [(KVITTERING, "FRAFLYTTET")]
    assert (svar(v), sendte(v)) == ([], [])


def test_cpr14_laegevalgsbrevet_til_den_der_er_rejst_droppes() -> None:
    """CPR-14, LV-08."""
    v = s01("post.tilmelding")
    v.send(kl(3, 12), laegens("AFVIST", kl(3, 12)))
    v.send(kl(3, 13), person(2, status="80"))
    v.frem(kl(5, 1))
    assert [(b.brevtype, b.grund) for b in v.fra(BrevTilbagekaldt)] == [("LAEGEVALGSBREV", "FRAFLYTTET")]


@pytest.mark.parametrize("sendt", [True, False])
def test_forl06_laegevalgsbrevet_annulleres(sendt: bool) -> None:
    """FORL-06, LV-08: also the letter that asks for a new choice."""
    v = s01(*(() if sendt else ("post.tilmelding",)))
    v.send(kl(3, 12), laegens("AFVIST", kl(3, 12)))
    v.send(kl(3, 13), annuller(forloeb_id=f"{FORLOEB}:brev"))
    assert svar(v) == [("LAEGEVALGSBREV",) if sendt else ()]


def test_forl06_valget_der_erstattes() -> None:
    """FORL-06: the receipt of the earlier choice is dropped, that of the later one is sent."""
    v = godkendt("post.tilmelding")
    v.send(kl(3, 13), bestilt(bestilling_id="s02", ydernummer=Y1, bestilt=kl(3, 13), virkningsdato=date(2024, 4, 5)))
    v.tavse.clear()
    v.send(kl(3, 14), laegens("GODKENDT", kl(3, 14)).model_copy(update={"forloeb_id": "laegevalg-s02"}))
    assert [(b.brev_id, b.grund) for b in v.fra(BrevTilbagekaldt)] == [(KVITTERING, "ERSTATTET")]
    assert [b.brev_id for b in v.fra(BrevSendt)] == ["laegevalg-s02:laegevalgskvittering"]


@pytest.mark.parametrize("sendt", [True, False])
def test_forl06_en_indrejses_kvittering(sendt: bool) -> None:
    """FORL-06, IND-01, KORT-09: the card is stopped first, and its receipt goes as the other letter does."""
    v = uden_valg()
    v.tavse |= set() if sendt else {"post.tilmelding"}
    forloeb_id = indrejst(v, date(2024, 4, 5))
    v.send(kl(3, 6), annuller(forloeb_id=forloeb_id))
    assert svar(v) == [(LAEGEVALG, KORTET) if sendt else ()]


@pytest.mark.parametrize("sendt", [True, False])
def test_forl06_kortet_for_et_nyt_nummer(sendt: bool) -> None:
    """FORL-06, BET-11: a forløb that has a card and one letter."""
    v = s01()
    v.tavse |= set() if sendt else {"post.tilmelding"}
    forloeb_id = nummerskift(v)
    v.send(kl(3, 7), annuller(forloeb_id=forloeb_id))
    assert svar(v) == [(KORTET,) if sendt else ()]


def test_post09_svaret_om_postkassen_kommer_efter_at_brevet_er_droppet() -> None:
    """POST-09: it changes nothing, and nothing is answered again."""
    v = godkendt("post.tilmelding")
    v.send(kl(3, 13), annuller())
    v.svar("digital_post", TilmeldingOplyst(brev_id=KVITTERING, person_id=PERSON, tilmeldt=True), kl(3, 13))
    assert (v.effekter("post.afsend"), svar(v)) == ([], [(ANMODNING,)])
    assert f"{FORLOEB}:BrevsvarUdeblev" not in v.hub.motorer["laegevalg"].frister


def kort_stoppes(forloeb: str, *tavse: str) -> tuple[Verden, str]:
    """A choice, an entry or a new number with a card that the supplier has been asked to stop, and no answer yet."""
    if forloeb == "indrejse":
        v = uden_valg()
        v.tavse |= {"kort.annuller", *tavse}
        forloeb_id = indrejst(v, date(2024, 4, 5))
        v.send(kl(3, 21), annuller(forloeb_id=forloeb_id))
        return v, forloeb_id
    v = (godkendt if forloeb == "valg" else s01)("kort.annuller", *tavse)
    forloeb_id = FORLOEB if forloeb == "valg" else nummerskift(v)
    v.frem(kl(3, 20))
    v.send(kl(3, 21), annuller(forloeb_id=forloeb_id))
    return v, forloeb_id


@pytest.mark.parametrize("brevene_foerst", [True, False])
@pytest.mark.parametrize("sendt", [True, False])
@pytest.mark.parametrize("forloeb", ["valg", "indrejse", "nummerskift"])
def test_forl06_de_to_emner_i_begge_raekkefoelger(forloeb: str, sendt: bool, brevene_foerst: bool) -> None:
    """FORL-06, POST-09: what became of the card's receipt may be read before, or after, that the card is stopped."""
    v, forloeb_id = kort_stoppes(forloeb, *(() if sendt else ("post.tilmelding",)))
    assert svar(v) == []
    kortets = v.hub.motorer["kortbestilling"].modtag(AnnulleringAccepteret(kort_id=f"{forloeb_id}:kort"), kl(3, 22))
    breve = [b for b in kortets if isinstance(b, BrevTilbagekaldes)]
    andre = [b for b in kortets if not isinstance(b, BrevTilbagekaldes)]
    assert (len(breve), len(andre)) == (1, 1)
    for dele in (breve, andre) if brevene_foerst else (andre, breve):
        v.hub.send(kl(3, 22), *dele)
    v.frem(kl(3, 22))
    fast = {"valg": (ANMODNING, LAEGEVALG), "indrejse": (LAEGEVALG,), "nummerskift": ()}[forloeb]
    dropper = {"valg": (ANMODNING,)}.get(forloeb, ())
    assert svar(v) == [(*fast, KORTET) if sendt else dropper]
    v.frem(kl(5, 1))
    assert len(svar(v)) == 1


@pytest.mark.parametrize("forloeb", ["valg", "indrejse", "nummerskift"])
def test_forl06_kortet_fejlede_mens_det_blev_stoppet(forloeb: str) -> None:
    """FORL-06, KORT-09: the receipt was sent; the failure is read before the answer to the stop."""
    v, forloeb_id = kort_stoppes(forloeb)
    om = {"kort_id": f"{forloeb_id}:kort", "forloeb_id": forloeb_id, "person_id": PERSON}
    v.hub.send(kl(3, 22), KortFejlet.model_validate({**om, "grund": "LEVERANDOER_FEJL"}))
    assert svar(v) == []
    v.svar("kortbestilling", AnnulleringAccepteret(kort_id=om["kort_id"]), kl(3, 22))
    v.frem(kl(3, 22))
    (ikke_fortrudt,) = svar(v)
    assert KORTET in ikke_fortrudt
    assert "SUNDHEDSKORT" not in ikke_fortrudt


@pytest.mark.parametrize("trukket", [True, False])
def test_kort09_personsagens_svar_venter_paa_leverandoeren(trukket: bool) -> None:
    """KORT-09: silent for more than 7 days a task is made, and the supplier decides all the same."""
    v, forloeb_id = kort_stoppes("nummerskift")
    v.frem(kl(3, 28) - timedelta(seconds=1))
    forsinket = "ANNULLERING_FORSINKET"
    assert [o for o in v.fra(OpgaveAnmodet) if o.aarsag == forsinket] == []
    v.frem(kl(4, 20))
    assert {o.opgave_id for o in v.fra(OpgaveAnmodet) if o.aarsag == forsinket} == {
        f"{forloeb_id}:annullering_forsinket"
    }
    assert (svar(v), [a.grund for a in v.fra(BestillingAfvist)]) == ([], [])
    kort_id = f"{forloeb_id}:kort"
    if trukket:
        v.send(kl(4, 21), KortStatus(kort_id=kort_id, status=Kortstatuskode.TRUKKET, tidspunkt=kl(4, 21)))
    else:
        v.svar("kortbestilling", AnnulleringAccepteret(kort_id=kort_id), kl(4, 21))
    v.frem(kl(4, 21))
    afvist = [a.grund for a in v.fra(BestillingAfvist)]
    assert (svar(v), afvist) == (([], ["KORT_TRUKKET"]) if trukket else ([(KORTET,)], []))


ODENSE = Adresse(kommunekode="0461", vejkode="0777", linje="Ågade 9", postnummer="5000")


def to_kort(foer: set[str], flytning: set[str]) -> Verden:
    """FLYT-06: the card of the choice is stopped on 5 March, and that of the move ordered. What is silent when."""
    v = Verden(*foer)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2, Yderstatus.AABEN, 10), person())
    har_laege(v)
    v.send(kl(3, 4, 10), bestilt(bestilt=kl(3, 4, 10), virkningsdato=date(2024, 3, 16), ydernummer=Y2))
    v.tavse |= flytning
    hjemme = person(2, adresse=ODENSE)
    v.send(kl(3, 5), hjemme, PersonFlyttet(
        person_id=PERSON, person=hjemme.person, flyttedato=date(2024, 3, 4), fra_kommunekode="0630",
        til_kommunekode="0461",
    ))  # fmt: skip
    assert v.valg.flyttekort == "FLYTTEKORT_BESTILT"
    return v


def test_flyt06_to_kvitteringer_hver_sit_brev() -> None:
    """FLYT-06, FORL-06: the receipt of the first card is dropped, that of the second sent: told by brev_id."""
    v = to_kort({"post.afsend"}, set())
    v.send(kl(3, 6), annuller(bestilt=kl(3, 6)))
    foerste, andet = f"{FORLOEB}:kort:kvittering", f"{FORLOEB}:kort-2:kvittering"
    v.svar("digital_post", BeslutningForaeldet(brev_id=foerste, person_id=PERSON), kl(3, 6, 13))
    v.svar("digital_post", BrevAfleveret(brev_id=KVITTERING, person_id=PERSON, forsendelse_id="f"), kl(3, 6, 14))
    assert svar(v) == []
    v.svar("digital_post", BrevAfleveret(brev_id=andet, person_id=PERSON, forsendelse_id="f"), kl(3, 6, 15))
    assert [b.brev_id for b in v.fra(BrevTilbagekaldt)] == [foerste]
    assert svar(v) == [(LAEGEVALG, KORTET)]


def test_flyt06_den_foerste_kvittering_var_sendt() -> None:
    """FLYT-06, FORL-06: it was sent before its card was stopped, and cannot be undone."""
    v = to_kort(set(), {"post.tilmelding"})
    v.send(kl(3, 6), annuller(bestilt=kl(3, 6)))
    assert [b.brev_id for b in v.fra(BrevTilbagekaldt)] == [f"{FORLOEB}:kort-2:kvittering"]
    assert svar(v) == [(LAEGEVALG, KORTET)]


def test_flyt06_det_andet_kort_er_ikke_bekraeftet() -> None:
    """FLYT-06, FORL-06: no receipt was asked for of it, so none is waited for."""
    v = to_kort({"post.tilmelding"}, {"kort.bestil"})
    v.send(kl(3, 6), annuller(bestilt=kl(3, 6)))
    v.svar("kortbestilling", OrdreAfvist(kort_id=f"{FORLOEB}:kort-2", kode="X"), kl(3, 6))
    v.frem(kl(3, 6))
    assert svar(v) == [()]


def test_flyt06_rejst_mens_det_ubekraeftede_kort_stoppes() -> None:
    """FLYT-06, NORD-01: one receipt dropped, the other not asked for; of the card nobody knows."""
    v = to_kort({"post.tilmelding"}, {"kort.bestil"})
    v.send(kl(3, 6), annuller(bestilt=kl(3, 6)))
    v.send(kl(3, 7), person(3, status="80", adresse=ODENSE))
    assert svar(v) == [("SUNDHEDSKORT",)]
