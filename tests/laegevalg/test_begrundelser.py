"""Every refusal and decision says why: a sentence a citizen can read, the rule, and the legal basis (FORL-05)."""

import re

import pytest

from cli.docs import ROD
from cli.rules import katalog
from contracts.bestilling import BestillingAfvist
from contracts.kort import Kortaarsag
from contracts.laegevalg import LaegeOphoert, LaegevalgAfvist, LaegevalgAnnulleret, LaegevalgGodkendt
from services.laegevalg.forloeb.begrundelser import (
    AFVISNINGER,
    ANNULLERINGER,
    GODKENDELSER,
    GRUPPER,
    KORT,
    OPHOER,
    begrundet,
)
from services.laegevalg.forloeb.indrejst_igen import INDREJST_IGEN
from services.laegevalg.forloeb.sagsbeskeder import Art
from services.laegevalg.rules import personer
from services.laegevalg.rules.sammenlaegning import SAMMENLAGT
from services.plo_events.rules import Grund
from tests.laegevalg.valgverden import Verden, annuller, kl, laegens, s01

KODER = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b(?!-)")
TABELLER = {
    "afvisning": AFVISNINGER, "godkendelse": GODKENDELSER, "annullering": ANNULLERINGER,
    "gruppe": GRUPPER, "ophør": OPHOER, "kort": KORT,
}  # fmt: skip
ALLE = [pytest.param(tabel, kode, id=f"{n}: {kode}") for n, tabel in TABELLER.items() for kode in tabel]


def koder(*klasser: type) -> set[str]:
    """The codes that the contracts name in words."""
    return {k for klasse in klasser for k in KODER.findall(klasse.__doc__ or "")}


def test_kontrakternes_koder_er_dem_der_kan_begrundes() -> None:
    assert koder(BestillingAfvist, LaegevalgAfvist) == set(AFVISNINGER)
    assert {g.value for g in Grund} - {"INGEN_AABEN_PRAKSIS"} <= set(AFVISNINGER)
    assert koder(LaegevalgGodkendt) - {"LV"} == set(GODKENDELSER)
    assert koder(LaegevalgAnnulleret) - {"FORL"} == set(ANNULLERINGER)


def test_hvert_frit_kort_og_hvert_ophoer_har_en_begrundelse() -> None:
    """KORT-14, KORT-16, BET-09, BET-11, BET-14, NORD-01, NORD-02, CPR-14: what nobody ordered is explained, too."""
    assert {r.aarsag for r in personer.FRIE_KORT} | {a.value for a in Kortaarsag} <= set(KORT)
    ophoer = {r.grund for r in personer.OPHOER} | {SAMMENLAGT, INDREJST_IGEN}
    assert ophoer == set(OPHOER) >= koder(LaegeOphoert) - {"NORD", "CPR", "IND"}
    assert {a.value for a in Art} | {SAMMENLAGT} <= set(GRUPPER)


@pytest.mark.parametrize(("tabel", "kode"), ALLE)
def test_en_begrundelse_kan_laeses_og_har_en_regel(tabel: dict[str, object], kode: str) -> None:
    b = begrundet(tabel, kode)  # type: ignore[arg-type]
    assert b is not None
    assert b.tekst.endswith(".")
    assert not KODER.findall(b.tekst)
    assert 20 < len(b.tekst) < 160
    assert b.regel in {r.id for r in katalog(ROD)}


def test_en_kode_fra_en_nyere_tjeneste_standser_intet() -> None:
    assert begrundet(AFVISNINGER, "NOGET_NYT") is None


def regler(v: Verden, klasse: type) -> list[tuple[str, str]]:
    return [(b.grund, b.begrundelse.regel) for b in v.fra(klasse)]


def test_et_ja_et_nej_og_en_annullering_siger_hvorfor() -> None:
    """S01..S03 as the citizen reads them."""
    ja, nej, stop = s01(), s01(), s01()
    ja.send(kl(3, 15, 9), laegens("GODKENDT", kl(3, 15, 9)))
    nej.send(kl(3, 15, 9), laegens("AFVIST", kl(3, 15, 9)))
    stop.send(kl(3, 15, 9), annuller())
    stop.send(kl(3, 15, 10), annuller("igen"))
    assert regler(ja, LaegevalgGodkendt) == [("SVAR", "LV-09")]
    assert regler(nej, LaegevalgAfvist) == [("LAEGEN_AFVISTE", "LV-08")]
    assert regler(stop, LaegevalgAnnulleret) == [("ANNULLERET", "FORL-05")]
    assert regler(stop, BestillingAfvist) == [("IKKE_I_GANG", "FORL-05")]
