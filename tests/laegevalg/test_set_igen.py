"""CPR-04: found by another word of CPR's than A03, the person has his doctor again, and one card."""

import pytest

from contracts.base import Besked
from contracts.cpr import PersonOpdateret
from contracts.kort import KortAnmodet
from contracts.laegevalg import ForloebStartet
from tests.laegevalg.test_genfinding import (
    FORTALT,
    FUNDET,
    GAMMEL,
    Hub,
    forsvundet,
    genfundet,
    hub,
    kl,
    opgaver,
    sikret,
)

assert hub  # the fixture of the found: Erik with his doctor
A03 = genfundet()
VED = {
    "A01": A03.model_copy(update={"kode": "A01"}),
    "K74": A03.model_copy(update={"kode": "K74", "registreret": None}),
    "kun billedet": PersonOpdateret(leverance=FORTALT, person=A03.person),
}


@pytest.mark.parametrize("a03", ["aldrig", "før", "efter"])
@pytest.mark.parametrize("ved", VED.values(), ids=VED)
def test_cpr_04_laegen_igen_og_eet_kort(hub: Hub, ved: Besked, a03: str) -> None:
    """CPR-04, CPR-09, BET-09: one genfinding from the day he was found, whether or when the A03 comes; no move."""
    hub.send(kl(3, 2), forsvundet())
    kort = len(hub.fra(KortAnmodet))
    assert sikret(hub).ydernummer is None
    for besked in {"aldrig": (ved,), "før": (A03, ved), "efter": (ved, A03)}[a03]:
        hub.send(kl(6, 4), besked)
    hub.frem(kl(6, 4))

    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (GAMMEL, FUNDET)
    assert [s.art for s in hub.fra(ForloebStartet)][-1:] == ["GENFINDING"]
    assert [k.aarsag for k in hub.fra(KortAnmodet)][kort:] == ["GENINDREJSE"]
    assert opgaver(hub) == []
