"""Found again while a choice of doctor is under way: one doctor, one card (CPR-04, CPR-05, IND-03, IND-04, IND-07)."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from contracts.base import Besked
from contracts.bestilling import BestillingAfvist, LaegevalgAendret
from contracts.brev import BrevAnmodet
from contracts.kort import KortAnmodet, KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegevalgAnnulleret,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonDoed, PersonForsvundet, PersonGenfundet
from contracts.plads import IngenPlads, PladsFrigives, PladsReserveret
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.registrering import Registrering, Registreringsart
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Sikring
from services.laegevalg.rules.genfinding import genfindingens_udfald, venter_paa_valget
from tests.laegevalg.ordreverden import VEJLE, Y3, optagne, valget
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
    laegens,
    person,
    yder,
)

D = date
FUNDET = D(2024, 6, 3)
DAGEN_EFTER = kl(6, 4, 6)
SAG = f"genfinding-{PERSON}-{FUNDET}"


def forsvundet(gruppe: str = "1", *tavse: str) -> Verden:
    """Alma had Y1; Y3 has more room, Y2 is closed. Nobody knows where she is."""
    v = Verden(*tavse)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, 100), yder(Y2), yder(Y3, Yderstatus.AABEN, 10), person())
    foer = {f: getattr(v.sikret, f) for f in Sikret.__slots__}
    har = [(Registreringsart.GRUPPE, gruppe), *([(Registreringsart.LAEGE, Y1)] if gruppe == "1" else [])]
    linjer = tuple(Registrering(art=a, vaerdi=v, fra=D(2010, 1, 1), registreret=None) for a, v in har)
    siden: dict[str, Any] = {"gruppe": gruppe, "gruppe_fra": D(2010, 1, 1), "historik": linjer}
    laege = {"ydernummer": Y1, "laege_fra": D(2010, 1, 1)} if gruppe == "1" else {}
    v.hub.motorer["laegevalg"].gem(Sikret(**(foer | siden | laege)))
    vaek = person(2, "70", adresse=None)
    v.send(kl(3, 2), vaek, PersonForsvundet(person_id=PERSON, person=vaek.person, forsvundet_fra=D(2024, 3, 1)))
    return v


def ordre(**andet: Any) -> Besked:
    """A caseworker's order on the day she was found, before CPR tells of it."""
    felter: dict[str, Any] = {
        "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER", "ydernummer": Y3, "betalingskort": None,
        "virkningsdato": FUNDET, "bestilt": kl(6, 3), "anledning": "INDREJSE",
    }  # fmt: skip
    return bestilt(**(felter | andet))


def fundet() -> PersonGenfundet:
    return PersonGenfundet(person_id=PERSON, person=person(3).person, fundet=FUNDET)


def sagens_tilstand(v: Verden) -> str:
    return v.hub.motorer["laegevalg"].raekker["sag"][SAG].tilstand


def laeger(v: Verden) -> list[str]:
    return [i.ydernummer for i in v.fra(LaegevalgTraadtIKraft)]


def kortene(v: Verden) -> list[tuple[str, str]]:
    return [(k.forloeb_id, k.aarsag) for k in (*v.fra(KortAnmodet), *v.fra(KortAnmodetV2))]


def kun_ordren(v: Verden, ydernummer: str) -> None:
    """One doctor, one card, no letter, one place, and nothing that still waits."""
    assert laeger(v) == [ydernummer]
    assert kortene(v) == [("laegevalg-s01", "GENINDREJSE")]
    assert v.fra(BrevAnmodet) == []
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", ydernummer)
    assert (v.sikret.genfinding, v.sikret.indrejsevalg, v.sikret.aabne_valg) == (None, (), ())
    assert sagens_tilstand(v) == "BEHANDLET_UDEN_HANDLING"
    assert len(v.fra(PladsReserveret)) - len(v.fra(PladsFrigives)) == 1


def paa_vej(gruppe: str = "1", **andet: Any) -> Verden:
    """The order is of the closed Y2, which has been asked; then CPR tells that she was found."""
    v = forsvundet(gruppe)
    v.send(kl(6, 3), ordre(ydernummer=Y2, **andet))
    v.send(DAGEN_EFTER, person(3), fundet())
    assert valget(v).tilstand == "AFVENTER_DISPENSATION"
    assert sagens_tilstand(v) == "AFVENTER_BESTILLING"
    assert laeger(v) == kortene(v) == []
    return v


@pytest.mark.parametrize("gruppe", ["1", "2", "7"])
def test_ordren_gaelder(gruppe: str) -> None:
    """CPR-04, CPR-05, IND-07: the doctor of the order in group 1, one card, no receipt; no task: it was decided."""
    v = paa_vej(gruppe)
    v.send(kl(6, 8), laegens("GODKENDT", kl(6, 8)))
    kun_ordren(v, Y2)
    assert [(g.forloeb_id, g.gruppe) for g in v.fra(GruppeTraadtIKraft)] == [("laegevalg-s01", "1")]
    assert v.fra(OpgaveAnmodet) == []
    assert [(a.forloeb_id, a.udfald) for a in v.fra(ForloebAfsluttet)][-2:] == [
        ("laegevalg-s01", "LAEGE_VALGT"), (SAG, "BEHANDLET_UDEN_HANDLING"),
    ]  # fmt: skip


def test_ordren_gaelder_naar_den_traadte_i_kraft_foer() -> None:
    """IND-04 by analogy: nothing further than that it is recorded."""
    v = forsvundet()
    v.send(kl(6, 3), ordre())
    v.send(DAGEN_EFTER, person(3), fundet())
    kun_ordren(v, Y3)


@pytest.mark.parametrize(
    ("gruppe", "grupper", "laege", "aarsager"),
    [
        pytest.param("1", [], Y1, [], id="CPR-04: den tidligere læge"),
        pytest.param("2", ["1"], Y3, [], id="CPR-05: gruppe 1 og en ny læge"),
        pytest.param("7", ["1"], Y3, ["GENFUNDET_ANDEN_GRUPPE"], id="CPR-05: og en opgave"),
    ],
)
@pytest.mark.parametrize("slut", ["afvist", "annulleret"])
def test_ordren_bliver_ikke_til_noget(
    gruppe: str, grupper: list[str], laege: str, aarsager: list[str], slut: str
) -> None:
    """CPR-04, CPR-05: the finding goes on as if there had been no order, with its card and its receipt."""
    v = paa_vej(gruppe)
    if slut == "afvist":
        v.send(kl(6, 8), laegens("AFVIST", kl(6, 8)))
    else:
        v.send(kl(6, 8), annuller(bestilt=kl(6, 8)))
    assert [g.gruppe for g in v.fra(GruppeTraadtIKraft)] == grupper
    assert laeger(v) == [laege]
    assert kortene(v) == [(SAG, "GENINDREJSE")]
    assert [b.brevtype for b in v.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]
    assert [o.aarsag for o in v.fra(OpgaveAnmodet) if o.forloeb_id == SAG] == aarsager
    assert sagens_tilstand(v) == "TRAADT_I_KRAFT"
    assert (v.sikret.genfinding, v.sikret.indrejsevalg) == (None, ())
    assert [s.forloeb_id for s in v.fra(ForloebStartet)].count(SAG) == 1


@pytest.mark.parametrize(
    ("til", "laege"),
    [
        pytest.param(D(2024, 7, 4), None, id="30 dage frem"),
        pytest.param(D(2024, 7, 5), Y1, id="31 dage frem"),
        pytest.param(D(2025, 6, 1), Y1, id="et år frem"),
    ],
)
def test_valget_flyttes_mens_der_ventes(til: date, laege: str | None) -> None:
    """CPR-04, KORT-12: moved too far ahead it is no longer waited for: the former doctor until then."""
    v = forsvundet()
    v.send(kl(6, 3), person(3))
    rolle = "SAERLIGE_RETTIGHEDER"
    v.send(kl(6, 3), ordre(anledning=None, betalingskort="kort-1", rolle=rolle, virkningsdato=D(2024, 6, 20)))
    v.send(DAGEN_EFTER, fundet())
    assert sagens_tilstand(v) == "AFVENTER_BESTILLING"
    flyt = {"noegle": NOEGLE, "bestilling_id": "ae1", "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": rolle}
    nu = kl(6, 4, 8)
    v.send(nu, LaegevalgAendret.model_validate({**flyt, "forloeb_id": FORLOEB, "virkningsdato": til, "bestilt": nu}))
    assert valget(v).virkningsdato == til
    v.frem(kl(6, 5))
    assert v.sikret.ydernummer == laege
    v.frem(kl(6, 2, aar=2025))
    assert laeger(v) == ([Y1, Y3] if laege else [Y3])
    assert (v.sikret.genfinding, v.sikret.indrejsevalg, v.sikret.aabne_valg) == (None, (), ())


def test_ordren_faar_ingen_plads() -> None:
    """LV-17: the practice is full, and the former doctor is found; whichever of order and finding came first."""
    v = forsvundet()
    v.send(kl(6, 3), yder(Y3, Yderstatus.AABEN, 1700, opdateret=kl(6, 3)), ordre())
    v.send(DAGEN_EFTER, person(3), fundet())
    assert laeger(v) == [Y1]
    assert kortene(v) == [(SAG, "GENINDREJSE")]


@pytest.mark.parametrize("to_gange", [False, True], ids=["en gang", "to gange"])
@pytest.mark.parametrize("samtidig", [False, True], ids=["efter hinanden", "samme øjeblik"])
@pytest.mark.parametrize("orden", list(permutations(("ordre", "tilstand", "hændelse"))), ids=" ".join)
def test_enhver_raekkefoelge(orden: tuple[str, ...], samtidig: bool, to_gange: bool) -> None:
    """CPR-04, IND-03: one place held and the doctor of the order; with the order first also one card and no letter."""
    v = forsvundet()
    beskeder: dict[str, Besked] = {"ordre": ordre(), "tilstand": person(3), "hændelse": fundet()}
    for time, navn in enumerate(orden, 10):
        nu = kl(6, 4, 10) if samtidig else kl(6, 4, time)
        bring = v.hub.send if samtidig else v.send
        bring(nu, *[beskeder[navn]] * (2 if to_gange else 1))
    v.frem(kl(6, 5))
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", Y3)
    assert [optagne(v, y) for y in (Y1, Y3)] == [99, 11]
    if orden.index("ordre") < orden.index("hændelse"):
        kun_ordren(v, Y3)


# --- the order comes while a place is sought --------------------------------------------------------------------------


def soeger_plads(**andet: Any) -> Verden:
    """The finding has asked for a place, whose answer is late; then the caseworker orders the closed Y2."""
    v = forsvundet()
    laegevalg = v.hub.motorer["laegevalg"]
    v.send(DAGEN_EFTER, person(3))
    laegevalg.modtag(fundet(), DAGEN_EFTER)
    v.send(kl(6, 4, 8), ordre(ydernummer=Y2, bestilt=kl(6, 4, 8), **andet))
    assert (sagens_tilstand(v), valget(v).tilstand) == ("AFVENTER_PLADS", "AFVENTER_DISPENSATION")
    return v


def svar(v: Verden, besked: Besked, nu: Any) -> list[str]:
    """An answer to the finding."""
    nye = v.hub.motorer["laegevalg"].modtag(besked, nu)
    v.hub.udsendt += nye
    v.frem(nu)
    return [type(b).__name__ for b in nye]


def plads() -> PladsReserveret:
    return PladsReserveret(forloeb_id=SAG, person_id=PERSON, ydernummer=Y1, praksisnavn="Lægehuset", kommunekode=VEJLE)


def ingen_plads() -> IngenPlads:
    return IngenPlads(forloeb_id=SAG, person_id=PERSON, kommunekode=VEJLE, grund="INGEN_KAPACITET")


def test_pladsen_holdes_og_gives_tilbage() -> None:
    """CPR-04, LV-19: the place that was found is kept while the order is under way, and given back once."""
    v = soeger_plads()
    assert svar(v, plads(), kl(6, 4, 9)) == []
    assert sagens_tilstand(v) == "AFVENTER_BESTILLING"
    v.send(kl(6, 8), laegens("GODKENDT", kl(6, 8)))
    assert laeger(v) == [Y2]
    assert kortene(v) == [("laegevalg-s01", "GENINDREJSE")]
    assert [(f.forloeb_id, f.ydernummer) for f in v.fra(PladsFrigives)] == [(SAG, Y1)]
    assert sagens_tilstand(v) == "BEHANDLET_UDEN_HANDLING"


def test_pladsen_holdes_og_bruges() -> None:
    """CPR-04: the order came to nothing, and the place is there; it is not asked for again."""
    v = soeger_plads()
    svar(v, plads(), kl(6, 4, 9))
    v.send(kl(6, 8), laegens("AFVIST", kl(6, 8)))
    assert laeger(v) == [Y1]
    assert kortene(v) == [(SAG, "GENINDREJSE")]
    assert [f.forloeb_id for f in v.fra(PladsFrigives)] == ["laegevalg-s01"]
    assert sagens_tilstand(v) == "TRAADT_I_KRAFT"


@pytest.mark.parametrize("svaret", ["GODKENDT", "AFVIST"])
def test_ingen_plads_er_foerst_en_opgave_uden_ordren(svaret: str) -> None:
    """IND-02: a task only where the order gave no doctor either."""
    v = soeger_plads()
    v.send(kl(6, 4, 9), *(yder(y, Yderstatus.LUKKET, opdateret=kl(6, 4, 9)) for y in (Y1, Y3)))
    assert svar(v, ingen_plads(), kl(6, 4, 9)) == []
    v.send(kl(6, 8), laegens(svaret, kl(6, 8)))
    opgaver = [o.aarsag for o in v.fra(OpgaveAnmodet) if o.forloeb_id == SAG]
    assert opgaver == ([] if svaret == "GODKENDT" else ["GENFUNDET_UDEN_LAEGE"])
    assert laeger(v) == ([Y2] if svaret == "GODKENDT" else [])


def test_pladsens_svar_udebliver_imens() -> None:
    """IND-02: after a week without an answer the order is still waited for; the answer that comes then is kept."""
    v = soeger_plads()
    v.frem(kl(6, 13))
    assert sagens_tilstand(v) == "AFVENTER_BESTILLING"
    assert svar(v, plads(), kl(6, 13)) == []
    v.send(kl(6, 14), laegens("GODKENDT", kl(6, 14)))
    assert [f.ydernummer for f in v.fra(PladsFrigives)] == [Y1]
    assert sagens_tilstand(v) == "BEHANDLET_UDEN_HANDLING"


def test_ordren_er_traadt_i_kraft_foer_svaret() -> None:
    """CPR-04: also with a day before she was found; the place that comes then is given back."""
    v = soeger_plads(virkningsdato=D(2024, 6, 1))
    v.send(kl(6, 8), laegens("GODKENDT", kl(6, 8)))
    assert laeger(v) == [Y2]
    assert svar(v, plads(), kl(6, 8)) == ["PladsFrigives", "ForloebAfsluttet"]
    assert v.sikret.ydernummer == Y2
    assert v.sikret.genfinding is None


def test_hun_doer_mens_pladsen_holdes() -> None:
    """CPR-14, LV-19: everything is given back, once."""
    v = soeger_plads()
    svar(v, plads(), kl(6, 4, 9))
    doed = person(4, "90", adresse=None)
    v.send(kl(6, 5), doed, PersonDoed(person_id=PERSON, person=doed.person, doedsdato=D(2024, 6, 4)))
    assert sorted(f.ydernummer for f in v.fra(PladsFrigives)) == [Y1, Y2]
    assert sagens_tilstand(v) == "ANNULLERET"
    assert (v.sikret.genfinding, v.sikret.aabne_valg) == (None, ())


def test_genfindingen_annulleres_mens_pladsen_holdes() -> None:
    """FORL-05, LV-19: the caseworker's own order goes on."""
    v = soeger_plads()
    svar(v, plads(), kl(6, 4, 9))
    v.send(kl(6, 5), annuller("a2", forloeb_id=SAG, bestilt=kl(6, 5)))
    assert [f.ydernummer for f in v.fra(PladsFrigives)] == [Y1]
    v.send(kl(6, 8), laegens("GODKENDT", kl(6, 8)))
    assert laeger(v) == [Y2]
    assert v.fra(BestillingAfvist) == []


def test_ny_ordre_i_stedet_for_den_foerste() -> None:
    """Decision 0013: the finding waits for the newer order, too."""
    v = paa_vej()
    v.send(kl(6, 6), ordre(bestilling_id="s02", bestilt=kl(6, 6)))
    assert [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)] == [("laegevalg-s01", "ERSTATTET")]
    assert laeger(v) == [Y3]
    assert kortene(v) == [("laegevalg-s02", "GENINDREJSE")]
    assert sagens_tilstand(v) == "BEHANDLET_UDEN_HANDLING"


# --- a choice that is no order at entry -------------------------------------------------------------------------------


@pytest.mark.parametrize(("gruppe", "aarsager"), [("1", []), ("2", []), ("7", ["GENFUNDET_ANDEN_GRUPPE"])], ids=str)
def test_et_almindeligt_valg_gaar_foer(gruppe: str, aarsager: list[str]) -> None:
    """CPR-04, CPR-05: she chooses herself before CPR's event is read; group 1 comes with the finding all the same."""
    v = forsvundet(gruppe)
    v.send(DAGEN_EFTER, person(3))
    v.send(DAGEN_EFTER, bestilt(bestilt=DAGEN_EFTER, virkningsdato=D(2024, 6, 20)))
    v.send(DAGEN_EFTER, fundet())
    assert sagens_tilstand(v) == "AFVENTER_BESTILLING"
    v.send(kl(6, 8), laegens("GODKENDT", kl(6, 8)))
    v.frem(kl(6, 20))
    assert laeger(v) == [Y2]
    assert len(kortene(v)) == 1
    assert (v.sikret.gruppe, v.sikret.ydernummer) == ("1", Y2)
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == aarsager
    assert sagens_tilstand(v) == "BEHANDLET_UDEN_HANDLING"


def test_et_valg_langt_fremme_ventes_der_ikke_paa() -> None:
    """CPR-04: until then she has her former doctor; the choice holds from its day."""
    v = forsvundet()
    v.send(DAGEN_EFTER, person(3))
    v.send(
        DAGEN_EFTER,
        ordre(anledning=None, rolle="SAERLIGE_RETTIGHEDER", bestilt=DAGEN_EFTER, virkningsdato=D(2024, 7, 5)),
    )
    v.send(DAGEN_EFTER, fundet())
    v.frem(kl(7, 6))
    assert laeger(v) == [Y1, Y3]


@pytest.mark.parametrize(
    ("virkning", "ventes"),
    [
        pytest.param(D(2024, 7, 3), True, id="dagen før dag 30"),
        pytest.param(D(2024, 7, 4), True, id="dag 30"),
        pytest.param(D(2024, 7, 5), False, id="dag 31"),
    ],
)
def test_hvor_laenge_et_valg_ventes(virkning: date, ventes: bool) -> None:
    """CPR-04: counted from the day it is told, where that is later than the finding itself."""
    assert venter_paa_valget(virkning, FUNDET, DAGEN_EFTER) is ventes


@pytest.mark.parametrize(
    ("gruppe", "laege_fra", "udfald"),
    [
        pytest.param("2", D(2024, 5, 20), "MANGLER_GRUPPE", id="14 dage før"),
        pytest.param("2", D(2024, 5, 19), "GRUPPE_1", id="15 dage før"),
        pytest.param("6", FUNDET, "MANGLER_GRUPPE_OG_OPGAVE", id="på dagen, gruppe 6"),
        pytest.param("1", D(2010, 1, 1), "BEHANDLET", id="gruppe 1"),
    ],
)
def test_laegen_er_valgt_til_tilbagevenden(gruppe: str, laege_fra: date, udfald: str) -> None:
    """CPR-05, LV-21: a doctor from long before is no choice for the return."""
    assert genfindingens_udfald(Sikring(gruppe, D(2010, 1, 1), Y2, laege_fra), FUNDET) == udfald
