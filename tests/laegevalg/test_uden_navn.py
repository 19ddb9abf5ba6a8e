"""A choice of doctor for a child that has no name yet (CPR-15, KORT-14)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.betaling import FrigivBetaling, TraekBetaling
from contracts.kort import KortAnmodet, KortAnmodetV2
from contracts.laegevalg import LaegevalgTraadtIKraft
from contracts.person import PersonTilstand
from contracts.yder import Yderstatus
from tests.laegevalg.valgverden import FORLOEB, PERSON, Y1, Y2, Verden, annuller, bestilt, kl, kortet, person, yder

FOEDT = date(2024, 2, 1)


def barnet(version: int, fornavn: str = "", **andet: Any) -> PersonTilstand:
    return person(version, fornavn=fornavn, efternavn="Ærø" if fornavn else "", foedselsdato=FOEDT, **andet)


def valgt(**har: Any) -> Verden:
    """The open Y2 is chosen for an unnamed child in group 1 with Y1, from 3 April."""
    v = Verden()
    v.send(kl(2, 2), yder(Y1, Yderstatus.AABEN), yder(Y2, Yderstatus.AABEN), barnet(1))
    sikring = {"gruppe": "1", "gruppe_fra": FOEDT, "ydernummer": Y1, "laege_fra": FOEDT}
    v.hub.motorer["laegevalg"].gem(replace(v.sikret, **(sikring | har)))
    v.send(kl(3, 4, 10, 15), bestilt(kanal="SAGSBEHANDLER", rolle="SAGSBEHANDLER"))
    return v


def kort(v: Verden) -> list[tuple[str, str, str, int]]:
    alle = [*v.fra(KortAnmodet), *v.fra(KortAnmodetV2)]
    return [(k.navn, k.ydernummer or "", str(k.aarsag), k.gebyr_oere) for k in alle]


def test_kortet_venter_paa_navnet_og_valget_goer_ikke() -> None:
    """CPR-15, KORT-14, LV-20, BET-05: in force on its day without a card or a fee; one card, free, at naming."""
    v = valgt()
    v.frem(kl(4, 2, 23))
    assert (v.valg.tilstand, kort(v)) == ("GODKENDT", [])
    v.frem(kl(4, 3, 0))
    assert [(i.forloeb_id, i.ydernummer) for i in v.fra(LaegevalgTraadtIKraft)] == [(FORLOEB, Y2)]
    assert ([f.grund for f in v.fra(FrigivBetaling)], kort(v)) == (["UDEN_NAVN"], [])
    for version in (2, 3):
        v.send(kl(5, version), barnet(version, "Bo"))
    assert kort(v) == [("Bo Ærø", Y2, "FOERSTE_RET", 0)]
    v.send(kl(5, 10), kortet("AFSENDT", kl(5, 10)))
    assert v.fra(TraekBetaling) == []


@pytest.mark.parametrize("navngivet", [kl(3, 10), kl(3, 25)], ids=["før kortdagen", "efter kortdagen"])
def test_et_navn_foer_virkningsdatoen_giver_valgets_eget_kort(navngivet: Any) -> None:
    """CPR-15, KORT-12: a card with the name, once, and its fee stands."""
    v = valgt()
    v.send(navngivet, barnet(2, "Bo"))
    v.frem(kl(4, 4))
    assert [(navn, hos, aarsag) for navn, hos, aarsag, _ in kort(v)] == [("Bo Ærø", Y2, "LAEGESKIFT")]
    assert (v.fra(FrigivBetaling), v.valg.tilstand) == ([], "TRAADT_I_KRAFT")


def test_foedslens_kort_er_det_eneste() -> None:
    """CPR-15: a forløb of birth that owes the child its card orders it, and the choice none beside it."""
    v = valgt(kort_venter_paa_navn=f"foedsel-{PERSON}")
    v.frem(kl(4, 4))
    assert v.sikret.kort_venter_paa_navn == f"foedsel-{PERSON}"
    assert kort(v) == []


def test_valget_kan_annulleres_mens_kortet_venter() -> None:
    """FORL-05: no card is stopped, as there is none, and none comes."""
    v = valgt()
    v.frem(kl(3, 25))
    v.send(kl(3, 25), annuller())
    v.send(kl(5, 1), barnet(2, "Bo"))
    assert (v.valg.tilstand, kort(v)) == ("ANNULLERET", [])
