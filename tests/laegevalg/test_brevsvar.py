"""Letters called back with the forløb that asked for them, and the answer that lists those that were sent (FORL-06)."""

from datetime import date, timedelta

import pytest

from contracts.bestilling import ForloebAnnulleret
from contracts.brev import BrevIkkeTilbagekaldt, BrevSendt, BrevSendtV2, BrevTilbagekaldes, BrevTilbagekaldt
from contracts.kort import KortAfsendt
from contracts.person import PersonSkiftetNummer
from services.digital_post.forloeb.beskeder import BrevAfleveret, TilmeldingOplyst
from tests.laegevalg.test_to_valg import indrejst, uden_valg
from tests.laegevalg.valgverden import (
    FORLOEB,
    PERSON,
    Y1,
    Verden,
    annuller,
    bestilt,
    kl,
    laegens,
    person,
    s01,
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
    ny = person(2).person.model_copy(update={"cpr": "6204801242"})
    v.send(kl(3, 6), PersonSkiftetNummer.model_validate(
        {"person_id": PERSON, "person": ny, "kode": "A22", "registreret": kl(3, 6), "tidligere_cpr": "6204801234"}
    ))  # fmt: skip
    v.send(kl(3, 7), annuller(forloeb_id=f"nummerskift-{PERSON}-2024-03-06"))
    assert svar(v) == [(KORTET,) if sendt else ()]


def test_post09_svaret_om_postkassen_kommer_efter_at_brevet_er_droppet() -> None:
    """POST-09: it changes nothing, and nothing is answered again."""
    v = godkendt("post.tilmelding")
    v.send(kl(3, 13), annuller())
    v.svar("digital_post", TilmeldingOplyst(brev_id=KVITTERING, person_id=PERSON, tilmeldt=True), kl(3, 13))
    assert (v.effekter("post.afsend"), svar(v)) == ([], [(ANMODNING,)])
    assert f"{FORLOEB}:BrevsvarUdeblev" not in v.hub.motorer["laegevalg"].frister
