"""The switches and the ledger of the stand-ins, without a network."""

import json
from pathlib import Path

import pytest

from simulators.ledger import Afgjort, Afgoerelse, Ledger, indhold_sum
from simulators.styring import Fejl, Fejlplan, Styring


def traek(plan: Fejlplan, antal: int = 1000) -> list[Fejl | None]:
    return [plan.vaelg("/breve", f"n{nr}", 1) for nr in range(antal)]


def test_samme_seed_giver_samme_fejl() -> None:
    styring = Styring(seed=7, fejl={Fejl.SVAR_TABT: 0.2, Fejl.FEJL_500: 0.1})
    assert traek(Fejlplan(styring)) == traek(Fejlplan(styring))
    assert traek(Fejlplan(styring)) != traek(Fejlplan(styring.model_copy(update={"seed": 8})))


def test_fejlene_kommer_saa_ofte_som_stillet() -> None:
    trukne = traek(Fejlplan(Styring(seed=7, fejl={Fejl.SVAR_TABT: 0.2, Fejl.FEJL_500: 0.1})), 4000)
    assert 700 < trukne.count(Fejl.SVAR_TABT) < 900
    assert 320 < trukne.count(Fejl.FEJL_500) < 480
    assert set(trukne) == {None, Fejl.SVAR_TABT, Fejl.FEJL_500}


def test_sandsynlighed_1_rammer_hver_gang() -> None:
    assert set(traek(Fejlplan(Styring(fejl={Fejl.OPTAGET: 1.0})))) == {Fejl.OPTAGET}


def test_naeste_gaelder_foerst_og_en_gang() -> None:
    plan = Fejlplan(Styring(naeste=[Fejl.TRAVL, None, Fejl.AFVIS]))
    assert traek(plan, 4) == [Fejl.TRAVL, None, Fejl.AFVIS, None]


def test_en_ny_stilling_lader_resten_staa() -> None:
    plan = Fejlplan(Styring(seed=7, vent_s=5, naeste=[Fejl.TRAVL, Fejl.AFVIS]))
    assert plan.vaelg("/breve", "n", 1) is Fejl.TRAVL
    plan.stil({"afvis_kode": "FRITAGET"})
    assert plan.styring == Styring(seed=7, vent_s=5, naeste=[Fejl.AFVIS], afvis_kode="FRITAGET")


@pytest.mark.parametrize(
    "aendring",
    [
        pytest.param({"fejl": {"SVAR_TABT": 0.7, "OPTAGET": 0.7}}, id="over 1 tilsammen"),
        pytest.param({"fejl": {"SVAR_TABT": -0.1}}, id="under 0"),
        pytest.param({"fejl": {"ANDET": 0.1}}, id="ukendt fejl"),
        pytest.param({"hvad": 1}, id="ukendt knap"),
    ],
)
def test_en_ugyldig_stilling_aendrer_intet(aendring: dict[str, object]) -> None:
    plan = Fejlplan(Styring(seed=7))
    with pytest.raises(ValueError, match=r"fejl|hvad"):
        plan.stil(aendring)
    assert plan.styring == Styring(seed=7)


def afgoerelse(noegle: str, afgjort: Afgjort = Afgjort.ACCEPTERET) -> Afgoerelse:
    return Afgoerelse(
        "/breve", noegle, indhold_sum({"a": noegle}), afgjort, 201, {"kvittering": "k"}, {"kanal": "DIGITAL"}
    )


def test_ledgeren_overlever_en_genstart(tmp_path: Path) -> None:
    fil = tmp_path / "ledger.jsonl"
    foerste = Ledger(fil)
    foerste.afgoer(afgoerelse("n1"))
    foerste.afgoer(afgoerelse("n2", Afgjort.AFVIST))
    foerste.noter_status("kort-å", "TRUKKET", "2024-11-06T05:00:00+00:00")
    anden = Ledger(fil)
    assert anden.afgoerelser == {"n1": afgoerelse("n1"), "n2": afgoerelse("n2", Afgjort.AFVIST)}
    assert anden.statusser == foerste.statusser
    assert (anden.summer()["accepteret"], anden.summer()["afvist"]) == (1, 1)
    foerste.luk()
    anden.luk()


def test_en_linje_der_blev_skaaret_over_taeller_ikke(tmp_path: Path) -> None:
    """Killed while writing: the answer never left, so the key is undecided."""
    fil = tmp_path / "ledger.jsonl"
    foerste = Ledger(fil)
    foerste.afgoer(afgoerelse("n1"))
    foerste.luk()
    with fil.open("a", encoding="utf-8") as halv:
        halv.write('{"slags": "afgoerelse", "sti": "/breve", "noe')
    anden = Ledger(fil)
    assert list(anden.afgoerelser) == ["n1"]
    anden.afgoer(afgoerelse("n2"))
    anden.luk()
    assert [json.loads(linje)["noegle"] for linje in fil.read_text(encoding="utf-8").splitlines()] == ["n1", "n2"]


def test_samme_indhold_har_samme_sum_uanset_raekkefoelge() -> None:
    assert indhold_sum({"a": 1, "b": "å"}) == indhold_sum({"b": "å", "a": 1}) != indhold_sum({"a": 1, "b": "a"})
