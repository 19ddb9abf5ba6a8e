"""What comes from outside and cannot be right is answered or parked, and changes nothing."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.bestilling import (
    AnnullerForloeb,
    BestillingAfvist,
    BestillingModtaget,
    ForloebAnnulleret,
    LaegevalgAendret,
)
from contracts.dispensation import DispensationSvar
from contracts.laegevalg import LaegevalgFlyttet, LaegevalgGodkendt
from contracts.plads import PladsHosYderAnmodet
from contracts.yder import Yderstatus
from services.betaling.rules import GEBYRER
from services.laegevalg import rules
from shared.domain.forloeb import UventetBesked
from tests.laegevalg.valgverden import (
    ALMA,
    FORLOEB,
    NOEGLE,
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

ANDEN = "f" * 64
FREM = timedelta(minutes=5)
SEKUND = timedelta(seconds=1)


def flyt(til: date, nr: str = "flyt", nu: datetime | None = None, **andet: Any) -> LaegevalgAendret:
    felter: dict[str, Any] = {
        "noegle": NOEGLE, "bestilling_id": nr, "kanal": "SAGSBEHANDLER", "aktoer": "sb-7",
        "rolle": "SAERLIGE_RETTIGHEDER", "forloeb_id": FORLOEB, "virkningsdato": til, "bestilt": nu or kl(3, 6),
    }  # fmt: skip
    return LaegevalgAendret(**(felter | andet))


def afviste(v: Verden) -> list[tuple[str, str, str]]:
    return [(a.noegle, a.bestilling_id, a.grund) for a in v.fra(BestillingAfvist)]


@pytest.mark.parametrize(
    ("andet", "noegle"),
    [
        pytest.param({"noegle": ANDEN, "cpr": "6204801235"}, ANDEN, id="en anden borger"),
        pytest.param({"noegle": ANDEN}, ANDEN, id="en anden nøgle"),
        pytest.param({"cpr": "6204801235"}, NOEGLE, id="en anden person"),
        pytest.param({"ydernummer": Y1}, NOEGLE, id="en anden læge"),
    ],
)
def test_et_bestilling_id_der_er_brugt_til_noget_andet_afvises(andet: dict[str, Any], noegle: str) -> None:
    """The second order is answered under its own key, and nothing of the first is told or changed."""
    v = s01()
    foer = v.valg
    v.send(kl(3, 5), bestilt(**andet))
    assert afviste(v) == [(noegle, "s01", "IKKE_BEMYNDIGET")]
    assert [a.forloeb_id for a in v.fra(BestillingAfvist)] == [None]
    assert len(v.fra(BestillingModtaget)) == len(v.fra(PladsHosYderAnmodet)) == 1
    assert v.valg == foer


def test_den_samme_bestilling_igen_er_stadig_tavs() -> None:
    v = s01()
    v.send(kl(3, 5), bestilt())
    assert v.fra(BestillingAfvist) == []
    assert len(v.fra(BestillingModtaget)) == 1


def test_den_samme_bestilling_igen_efter_at_den_er_flyttet() -> None:
    """The order is compared with what was sent, not with what it was changed to while it waited."""
    v = Verden()
    v.send(kl(3, 4, 10), bestilt())
    v.send(kl(3, 6), flyt(date(2024, 4, 20)))
    v.send(kl(3, 6), bestilt())
    assert v.fra(BestillingAfvist) == []
    v.send(kl(3, 7), yder(Y2), person())
    assert v.valg.virkningsdato == date(2024, 4, 20)


@pytest.mark.parametrize(
    ("andet", "noegle"),
    [
        pytest.param({"til": date(2024, 4, 21)}, NOEGLE, id="en anden dag"),
        pytest.param({"noegle": ANDEN}, ANDEN, id="en anden nøgle"),
        pytest.param({"aktoer": "sb-8"}, NOEGLE, id="en anden sagsbehandler"),
    ],
)
def test_en_aendring_med_et_brugt_id_afvises(andet: dict[str, Any], noegle: str) -> None:
    v = s01()
    v.send(kl(3, 6), flyt(date(2024, 4, 20)))
    v.send(kl(3, 6, 13), flyt(andet.pop("til", date(2024, 4, 20)), **andet))
    assert afviste(v) == [(noegle, "flyt", "IKKE_BEMYNDIGET")]
    assert v.valg.virkningsdato == date(2024, 4, 20)


def test_en_aendring_med_et_brugt_id_i_samme_oejeblik() -> None:
    """Both stand in line before the first is carried out."""
    v = s01()
    v.hub.send(kl(3, 6), flyt(date(2024, 4, 20)), flyt(date(2024, 4, 21), noegle=ANDEN))
    v.frem(kl(3, 6))
    assert afviste(v) == [(ANDEN, "flyt", "IKKE_BEMYNDIGET")]
    assert [f.virkningsdato for f in v.fra(LaegevalgFlyttet)] == [date(2024, 4, 20)]


def test_den_samme_aendring_igen_flytter_ikke_tilbage() -> None:
    v = s01()
    v.send(kl(3, 6), flyt(date(2024, 4, 20)))
    v.send(kl(3, 7), flyt(date(2024, 4, 10), "flyt-2", kl(3, 7)))
    v.send(kl(3, 8), flyt(date(2024, 4, 20)))
    assert [f.virkningsdato for f in v.fra(LaegevalgFlyttet)] == [date(2024, 4, 20), date(2024, 4, 10)]
    assert v.fra(BestillingAfvist) == []


def test_en_afvist_aendring_kan_rettes_under_samme_id() -> None:
    """What was refused changed nothing, so its id is not used up."""
    v = s01()
    v.send(kl(3, 6), flyt(date(2026, 4, 20)), flyt(date(2024, 4, 20)))
    assert afviste(v) == [(NOEGLE, "flyt", "DATO_UDEN_FOR_INTERVAL")]
    assert v.valg.virkningsdato == date(2024, 4, 20)


def test_to_annulleringer_med_samme_id_besvares_begge() -> None:
    """Two caseworkers' commands stand in line at once: the second does not take the first one's place."""
    v = s01()
    v.hub.send(kl(3, 6), annuller(), annuller(noegle=ANDEN))
    v.frem(kl(3, 6))
    assert {a.noegle for a in v.fra(ForloebAnnulleret)} | {n for n, _, _ in afviste(v)} == {NOEGLE, ANDEN}
    assert len(v.fra(ForloebAnnulleret)) == len(v.fra(BestillingAfvist)) == 1


@pytest.mark.parametrize(
    ("svar", "grund"),
    [
        pytest.param(
            DispensationSvar(forloeb_id=FORLOEB, person_id="en-anden", svar="GODKENDT", modtaget=kl(3, 5)),
            "EN_ANDEN_PERSON",
            id="en anden person",
        ),
        pytest.param(
            laegens("AFVIST", kl(3, 4, 10, 10) - SEKUND), "FOER_ANMODNINGEN", id="mere end fem minutter før anmodningen"
        ),
        pytest.param(laegens("GODKENDT", kl(1, 1)), "FOER_ANMODNINGEN", id="længe før"),
    ],
)
def test_et_svar_fra_laegen_der_ikke_kan_vaere_rigtigt_parkeres(svar: DispensationSvar, grund: str) -> None:
    v = s01()
    v.send(kl(3, 5), person(1, person_id="en-anden").model_copy(update={"person_id": "en-anden"}))
    foer = asdict(v.valg)
    with pytest.raises(UventetBesked, match=grund):
        v.send(kl(3, 6), svar)
    assert asdict(v.valg) == foer
    v.frem(kl(3, 19, 0))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["STILTIENDE"]


@pytest.mark.parametrize(
    "minut", [pytest.param(15, id="i samme øjeblik"), pytest.param(10, id="uret fem minutter bagud")]
)
def test_et_svar_modtaget_sammen_med_anmodningen_taeller(minut: int) -> None:
    v = s01()
    v.send(kl(3, 5), laegens("GODKENDT", kl(3, 4, 10, minut)))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["SVAR"]


def test_et_svar_fra_en_laege_der_ikke_er_spurgt_parkeres() -> None:
    v = Verden()
    v.send(kl(1, 2), yder(Y2, Yderstatus.AABEN, 1000), person())
    v.send(kl(3, 4, 10, 15), bestilt())
    assert v.valg.tilstand == "GODKENDT"
    with pytest.raises(UventetBesked, match="FOER_ANMODNINGEN"):
        v.send(kl(3, 5), laegens("AFVIST", kl(3, 5)))


def test_svaret_maales_mod_anmodningen_og_ikke_mod_bestillingen() -> None:
    """The practice is asked when the fee is reserved, a day after the order."""
    v = s01("nets.reserver")
    v.tavse.clear()
    v.frem(kl(3, 5, 9))
    assert v.valg.tilstand == "AFVENTER_DISPENSATION"
    with pytest.raises(UventetBesked, match="FOER_ANMODNINGEN"):
        v.send(kl(3, 6), laegens("AFVIST", kl(3, 5, 8)))


@pytest.mark.parametrize("kode", ["9999", "0000", "0102"])
def test_en_kommune_der_ikke_findes_afvises(kode: str) -> None:
    v = s01(kommunekode=kode)
    assert afviste(v) == [(NOEGLE, "s01", "IKKE_BEMYNDIGET")]
    assert v.fra(PladsHosYderAnmodet) == []


@pytest.mark.parametrize(
    ("tid", "afvist"),
    [
        pytest.param(kl(3, 4, 10, 15) + FREM, False, id="fem minutter foran hubben"),
        pytest.param(kl(3, 4, 10, 15) + FREM + SEKUND, True, id="mere end fem minutter foran"),
        pytest.param(datetime(9998, 12, 30, tzinfo=UTC), True, id="kalenderens ende"),
        pytest.param(kl(1, 1, 0, aar=rules.FOERSTE_GEBYRAAR), False, id="det første år med et gebyr"),
        pytest.param(kl(1, 1, 0, aar=rules.FOERSTE_GEBYRAAR) - SEKUND, True, id="sekundet før"),
        pytest.param(datetime(2, 1, 1, tzinfo=UTC), True, id="kalenderens begyndelse"),
    ],
)
def test_en_bestillings_tid_skal_vaere_mulig(tid: datetime, afvist: bool) -> None:
    v = s01(bestilt=tid, virkningsdato=tid.date() + timedelta(days=1))
    assert afviste(v) == ([(NOEGLE, "s01", "DATO_UDEN_FOR_INTERVAL")] if afvist else [])
    assert len(v.fra(BestillingModtaget)) == (0 if afvist else 1)


def test_en_aendrings_tid_skal_vaere_mulig() -> None:
    """LV-15: a stamp in the future would move the interval of the role along."""
    v = s01()
    v.send(kl(3, 6), flyt(date(2024, 5, 20), nu=kl(4, 30), rolle="BORGER", kanal="SELVBETJENING"))
    assert afviste(v) == [(NOEGLE, "flyt", "DATO_UDEN_FOR_INTERVAL")]


def test_det_foerste_gebyraar_er_betalingens() -> None:
    assert min(g.aar for g in GEBYRER) == rules.FOERSTE_GEBYRAAR


CPR_AGTIGE = [ALMA, "620480-1234", "best-6204801234", "6204801234.1", "a_620480-1234_b", "0000000000"]


@pytest.mark.parametrize("felt", ["bestilling_id", "aktoer"])
@pytest.mark.parametrize("id_", CPR_AGTIGE)
def test_et_id_der_ligner_et_cpr_nummer_parkeres(id_: str, felt: str) -> None:
    """Parked, not answered: an answer would repeat it."""
    v = s01()
    for besked in (bestilt(**{felt: id_}), annuller(**{felt: id_}), flyt(date(2024, 4, 20), **{felt: id_})):
        with pytest.raises(UventetBesked, match="CPR_I_ID") as fejl:
            v.send(kl(3, 6), besked)
        assert id_ not in str(fejl.value)
    assert len(v.fra(BestillingModtaget)) == 1
    assert v.fra(BestillingAfvist) == []


@pytest.mark.parametrize("type_", [AnnullerForloeb, LaegevalgAendret])
def test_et_forloeb_id_der_ligner_et_cpr_nummer_parkeres(type_: type[AnnullerForloeb | LaegevalgAendret]) -> None:
    id_ = f"laegevalg-{ALMA}"
    besked = annuller(forloeb_id=id_) if type_ is AnnullerForloeb else flyt(date(2024, 4, 20), forloeb_id=id_)
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        s01().send(kl(3, 6), besked)


@pytest.mark.parametrize(
    "id_",
    [
        pytest.param("62048012345", id="elleve cifre"),
        pytest.param("20240304-0001", id="en dato og et nummer"),
        pytest.param("b6204801-2345-4b1e-9d55-a6204801234f", id="en UUID's cifre mellem bogstaver"),
        pytest.param("a6204801234", id="et bogstav foran"),
    ],
)
def test_et_id_der_kun_rummer_cifre_inde_i_noget_andet_tages(id_: str) -> None:
    v = Verden()
    v.send(kl(1, 2), yder(Y2), person())
    v.send(kl(3, 4, 10, 15), bestilt(bestilling_id=id_))
    assert [(m.bestilling_id, m.forloeb_id) for m in v.fra(BestillingModtaget)] == [(id_, f"laegevalg-{id_}")]
