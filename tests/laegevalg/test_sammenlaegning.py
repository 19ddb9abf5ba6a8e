"""Two numbers turn out to be one person: nothing is lost, nothing held twice, in any order of arrival (CPR-11)."""

from dataclasses import replace
from datetime import date, datetime
from itertools import permutations
from typing import Any

import pytest

from contracts.base import Besked
from contracts.bestilling import ForloebAnnulleret
from contracts.brev import BrevAnmodet, BrevAnmodetV2
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgAnnulleret,
    LaegevalgTraadtIKraft,
)
from contracts.person import Adresse, PersonFlyttet, PersonIndrejst, PersonSammenlagt, PersonTilstand
from contracts.plads import PladsForlades, PladsFrigivet
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.registrering import Registrering, Registreringsart, historik
from services.laegevalg.forloeb.sammenlaegning import Samlet, saml
from services.laegevalg.rules import Sikring
from services.laegevalg.rules.sammenlaegning import beholder_laegen
from services.laegevalg.store import Sikret
from tests.laegevalg.valgverden import (
    ALMA,
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
    yder,
)

D = date
NY, NYT_NUMMER = "ny", "6204801242"
Y3, Y4 = "000003", "000004"
HJEM = Adresse(kommunekode="0630", vejkode="0999", linje="Nyvej 1", postnummer="7100")
G, L = Registreringsart.GRUPPE, Registreringsart.LAEGE


def som_ny(version: int = 1, status: str = "01", id_: str = NY, cpr: str = NYT_NUMMER, **andet: Any) -> PersonTilstand:
    tilstand = person(version, status, **({"cpr": cpr, "adresse": HJEM} | andet))
    return tilstand.model_copy(
        update={"person_id": id_, "person": tilstand.person.model_copy(update={"person_id": id_})}
    )


def sammenlagt(ny: str = NY, gammel: str = PERSON, cpr: str = ALMA, **andet: Any) -> PersonSammenlagt:
    return PersonSammenlagt(
        person_id=ny, person=som_ny(id_=ny, **andet).person, tidligere_person_id=gammel, tidligere_cpr=cpr
    )


def afloest(version: int = 2, af: str = NY) -> PersonTilstand:
    return person(version).model_copy(update={"afloest_af": af})


def sikret(v: Verden, id_: str) -> Sikret:
    return v.hub.motorer["laegevalg"].raekker["sikret"][id_]


def har(v: Verden, id_: str, gruppe: str | None, ydernummer: str | None, fra: date, registreret: datetime) -> None:
    """Group and doctor as they would have been registered."""
    foer = sikret(v, id_)
    sikring = Sikring(gruppe, fra if gruppe else None, ydernummer, fra if ydernummer else None)
    v.hub.motorer["laegevalg"].gem(replace(foer.med(sikring, registreret), praksisnavn=f"Huset {ydernummer}"))


def verden(
    gammel: tuple[str | None, str | None] = ("1", Y1), ny: tuple[str | None, str | None] = (None, None)
) -> Verden:
    """Alma, known under two ids: group and doctor of each, the old ones since 2010, the new ones since 2020."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1), yder(Y2), yder(Y3, Yderstatus.AABEN, 10), person(), som_ny())
    if any(gammel):
        har(v, PERSON, *gammel, D(2010, 1, 1), kl(1, 1, aar=2010))
    if any(ny):
        har(v, NY, *ny, D(2020, 1, 1), kl(1, 1, aar=2020))
    return v


def med_valg(ny: tuple[str | None, str | None] = (None, None)) -> Verden:
    """Alma's choice of the closed Y2 waits for the practice, under her old id."""
    v = verden(ny=ny)
    v.send(kl(3, 4, 10, 15), bestilt())
    return v


def optagne(v: Verden, nummer: str) -> int:
    return v.hub.motorer["plo_events"].raekker["yder"][nummer].optagne


def valgtilstand(v: Verden, forloeb_id: str = FORLOEB) -> str:
    return v.hub.motorer["laegevalg"].raekker["valg"][forloeb_id].tilstand


def intet_tilbage(v: Verden, *ider: str) -> None:
    """The old rows hold nothing."""
    for id_ in ider:
        raekke = sikret(v, id_)
        assert raekke.er_tom, id_
        assert raekke.afloest_af is not None


# --- which group and doctor hold --------------------------------------------------------------------------------------


def r(art: Registreringsart, vaerdi: str | None, fra: date, registreret: datetime | None = None) -> Registrering:
    return Registrering(art=art, vaerdi=vaerdi, fra=fra, registreret=registreret)


def s(gruppe: str | None = None, g: date | None = None, y: str | None = None, laege: date | None = None) -> Sikring:
    return Sikring(gruppe, g, y, laege)


TIO, TYVE = D(2010, 1, 1), D(2020, 1, 1)
EKSEMPLER = [
    #             den blivende          den tidligere         tilsammen
    pytest.param(s(), s("1", TIO, Y1, TIO), s("1", TIO, Y1, TIO), id="kun den tidligere har noget"),
    pytest.param(s("1", TIO, Y1, TIO), s(), s("1", TIO, Y1, TIO), id="kun den blivende har noget"),
    pytest.param(s(), s(), s(), id="ingen af dem har noget"),
    pytest.param(s("1", TIO, Y1, TIO), s("1", TYVE, Y2, TYVE), s("1", TIO, Y2, TYVE), id="den nyeste læge gælder"),
    pytest.param(
        s("1", TYVE, Y1, TYVE), s("1", TIO, Y2, TIO), s("1", TYVE, Y1, TYVE), id="den nyeste er den blivendes"
    ),
    pytest.param(
        s("1", TIO, Y1, TIO), s("1", TYVE, Y1, TYVE), s("1", TIO, Y1, TIO), id="samme læge står, som den stod"
    ),
    pytest.param(s("1", TIO, Y1, TIO), s("1", TYVE), s("1", TIO, Y1, TIO), id="en læge går ikke tabt"),
    pytest.param(s("1", TIO, Y1, TIO), s("7", TYVE), s("7", TYVE), id="en gruppe uden læge ender den ældre læge"),
    pytest.param(s("7", TIO), s("1", TYVE, Y1, TYVE), s("1", TYVE, Y1, TYVE), id="den nyeste gruppe er en med læge"),
    pytest.param(s("7", TIO), s(None, None, Y1, TYVE), s("7", TIO, Y1, TYVE), id="en nyere læge end gruppen står"),
]


@pytest.mark.parametrize(("blivende", "tidligere", "tilsammen"), EKSEMPLER)
def test_cpr_11_hvad_der_gaelder(blivende: Sikring, tidligere: Sikring, tilsammen: Sikring) -> None:
    """CPR-11: the newest effective date, then the newest registration."""
    assert saml(blivende, (), tidligere, (), kl(6, 1)).sikring == tilsammen


def test_cpr_11_samme_dag_gaelder_den_sidst_registrerede() -> None:
    """CPR-11: as CPR-10, ties by registration time; whoever of the two it was told of."""
    en, to = (r(L, Y1, TYVE, kl(1, 2)),), (r(L, Y2, TYVE, kl(1, 3)),)
    for egen, andens in ((en, to), (to, en)):
        egen_s, andens_s = (s(y=h[0].vaerdi, laege=TYVE) for h in (egen, andens))
        assert saml(egen_s, egen, andens_s, andens, kl(6, 1)).sikring == s(y=Y2, laege=TYVE)


def test_cpr_11_en_ophoert_laege_er_nyere_end_den_anden() -> None:
    """CPR-11, CPR-14: under one number the doctor has ended since, so there is none."""
    egen = (r(L, Y1, TIO, kl(1, 1, aar=2010)), r(L, None, D(2024, 1, 1), kl(1, 1)))
    samlet = saml(s(), egen, s("1", TYVE, Y2, TYVE), (), kl(6, 1))
    assert samlet.sikring == s("1", TYVE)


def test_cpr_11_historikken_er_begges_efter_dato() -> None:
    """CPR-11, LV-06: each line ends where the next begins; what never came to hold is still there."""
    egen = (r(L, Y1, TIO, kl(1, 1, aar=2010)), r(L, Y4, D(2025, 1, 1), kl(1, 1)), r(L, Y3, D(2024, 1, 1), kl(2, 1)))
    andens = (r(L, Y2, TYVE, kl(1, 1, aar=2020)),)
    samlet = saml(s(y=Y3, laege=D(2024, 1, 1)), egen, s(y=Y2, laege=TYVE), andens, kl(6, 1))
    linjer = [(n.registrering.vaerdi, n.til, n.erstattet) for n in historik(samlet.historik)]
    assert linjer == [
        (Y4, None, True), (Y3, None, False), (Y2, D(2023, 12, 31), False), (Y1, D(2019, 12, 31), False),
    ]  # fmt: skip
    assert samlet.sikring.ydernummer == Y3


def test_cpr_11_at_laegge_intet_til_aendrer_intet() -> None:
    """CPR-11: told again, there is nothing left to take over."""
    egen = (r(G, "1", TIO), r(L, Y1, TIO), r(L, Y2, D(2009, 1, 1)))
    sikring = s("1", TIO, Y2, D(2009, 1, 1))
    assert saml(sikring, egen, s(), (), kl(6, 1)) == Samlet(sikring, egen)


@pytest.mark.parametrize(
    ("gruppe", "laege_fra", "beholder"),
    [
        pytest.param("1", D(2019, 12, 31), True, id="GRP-19: gruppe 1 har læge"),
        pytest.param("7", D(2019, 12, 31), False, id="dagen før gruppen"),
        pytest.param("7", D(2020, 1, 1), True, id="samme dag som gruppen"),
        pytest.param("7", D(2020, 1, 2), True, id="dagen efter gruppen"),
        pytest.param(None, D(2019, 12, 31), True, id="gruppen er ikke kendt"),
    ],
)
def test_cpr_11_en_laege_ved_siden_af_gruppen(gruppe: str | None, laege_fra: date, beholder: bool) -> None:
    """CPR-11, GRP-19."""
    assert beholder_laegen(gruppe, TYVE if gruppe else None, laege_fra) is beholder


# --- the join itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raekkefoelge", list(permutations(range(4))))
def test_cpr_11_i_enhver_raekkefoelge_og_to_gange(raekkefoelge: tuple[int, ...]) -> None:
    """CPR-11, CPR-09: the two topics are not in order with each other, and each may tell twice."""
    v = verden()
    fortalt: list[Besked] = [sammenlagt(), sammenlagt(), afloest(), som_ny(2, fornavn="Alma Marie")]
    for nr in raekkefoelge:
        v.send(kl(6, 1), fortalt[nr])
    ny = sikret(v, NY)
    assert (ny.sikring, ny.tidligere_ider) == (s("1", TIO, Y1, TIO), (PERSON,))
    assert ny.person is not None
    assert (ny.version, ny.person.fornavn, ny.praksisnavn) == (2, "Alma Marie", f"Huset {Y1}")
    intet_tilbage(v, PERSON)
    assert (sikret(v, PERSON).version, sikret(v, PERSON).afloest_af) == (2, NY)
    assert [(g.person_id, g.gruppe, g.gyldig_fra, g.grund) for g in v.fra(GruppeTraadtIKraft)] == [
        (NY, "1", TIO, "SAMMENLAGT")
    ]
    assert [(i.person_id, i.ydernummer, i.virkningsdato) for i in v.fra(LaegevalgTraadtIKraft)] == [(NY, Y1, TIO)]
    assert v.fra(PladsForlades) == []


def test_cpr_11_begge_har_laege() -> None:
    """CPR-11: the newest doctor holds; the other practice has one less, once however often it is told."""
    v = verden(ny=("1", Y2))
    foer = optagne(v, Y1), optagne(v, Y2)
    v.send(kl(6, 1), sammenlagt())
    v.send(kl(6, 2), sammenlagt())
    assert sikret(v, NY).sikring == s("1", TYVE, Y2, TYVE)
    assert [(f.person_id, f.ydernummer) for f in v.fra(PladsForlades)] == [(NY, Y1)]
    assert (optagne(v, Y1), optagne(v, Y2)) == (foer[0] - 1, foer[1])
    assert v.fra(LaegevalgTraadtIKraft) == []
    assert [n.registrering.vaerdi for n in historik(sikret(v, NY).historik)] == [Y2, "1", Y1, "1"]


def test_cpr_11_den_tidligeres_laege_er_den_nyeste() -> None:
    """CPR-11: told under the id that stays, with the last day of the other doctor."""
    v = verden(gammel=("1", Y1), ny=("1", Y2))
    v.send(kl(6, 1), sammenlagt(PERSON, NY, NYT_NUMMER))
    (ny,) = v.fra(LaegevalgTraadtIKraft)
    assert (ny.person_id, ny.ydernummer, ny.virkningsdato) == (PERSON, Y2, TYVE)
    assert (ny.tidligere_ydernummer, ny.tidligere_til) == (Y1, D(2019, 12, 31))
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    intet_tilbage(v, NY)


def test_cpr_11_samme_laege_under_begge_numre() -> None:
    """CPR-11: one person takes one place."""
    v = verden(ny=("1", Y1))
    foer = optagne(v, Y1)
    v.send(kl(6, 1), sammenlagt())
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    assert optagne(v, Y1) == foer - 1
    assert sikret(v, NY).ydernummer == Y1


def test_cpr_11_en_gruppe_uden_laege() -> None:
    """CPR-11, NORD-02: under the newer number he had left the country."""
    v = verden(gammel=("1", Y1), ny=("7", None))
    v.send(kl(6, 1), sammenlagt(PERSON, NY, NYT_NUMMER))
    assert sikret(v, PERSON).sikring == s("7", TYVE)
    (ophoert,) = v.fra(LaegeOphoert)
    assert (ophoert.person_id, ophoert.til, ophoert.grund) == (PERSON, D(2019, 12, 31), "SAMMENLAGT")
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]


def test_cpr_11_ingen_af_dem_er_kendt() -> None:
    """CPR-11: a join that is the first we hear of either; what comes later finds its way."""
    v = Verden()
    v.send(kl(3, 1), yder(Y2), sammenlagt())
    v.send(kl(3, 4, 10, 15), bestilt())
    assert v.valg.person_id == NY
    v.send(kl(3, 5), person(1), afloest(), som_ny(1))
    assert (sikret(v, NY).version, sikret(v, PERSON).afloest_af) == (1, NY)
    assert sikret(v, NY).aabne_valg == (FORLOEB,)


def test_cpr_11_med_sig_selv() -> None:
    """CPR-11: the same id twice is no join, nor is the join the other way round."""
    v = verden()
    v.send(kl(6, 1), sammenlagt(PERSON, PERSON))
    assert sikret(v, PERSON).afloest_af is None
    v.send(kl(6, 1), sammenlagt())
    foer = sikret(v, NY), sikret(v, PERSON)
    v.send(kl(6, 2), sammenlagt(PERSON, NY, NYT_NUMMER))
    assert (sikret(v, NY), sikret(v, PERSON)) == foer


@pytest.mark.parametrize("bagfra", [False, True])
def test_cpr_11_en_kaede_af_to(bagfra: bool) -> None:
    """CPR-11: the first was joined with the second, the second with the third; the joins are not in order."""
    v = med_valg()
    v.send(kl(3, 5), som_ny(id_="tredje", cpr="6204801250"))
    led = [sammenlagt(), sammenlagt("tredje", NY, NYT_NUMMER)]
    for besked in reversed(led) if bagfra else led:
        v.send(kl(3, 6), besked)
    tredje = sikret(v, "tredje")
    assert (tredje.sikring, tredje.aabne_valg) == (s("1", TIO, Y1, TIO), (FORLOEB,))
    assert set(tredje.tidligere_ider) == {PERSON, NY}
    intet_tilbage(v, PERSON, NY)
    v.send(kl(3, 7), annuller())
    assert [a.forloeb_id for a in v.fra(ForloebAnnulleret)] == [FORLOEB]
    assert sikret(v, "tredje").aabne_valg == ()
    v.send(kl(3, 8), bestilt(bestilling_id="igen", bestilt=kl(3, 8)))
    assert sikret(v, "tredje").aabne_valg == ("laegevalg-igen",)
    intet_tilbage(v, PERSON, NY)


# --- with a choice that runs ------------------------------------------------------------------------------------------


def test_cpr_11_valget_loeber_til_ende_hos_den_der_bliver() -> None:
    """CPR-11, LV-20, KORT-12: the doctor is his, the card and the letters are to who he is now."""
    v = med_valg()
    v.send(kl(3, 6), sammenlagt(), afloest())
    assert (sikret(v, NY).aabne_valg, valgtilstand(v)) == ((FORLOEB,), "AFVENTER_DISPENSATION")
    v.send(kl(3, 7), laegens("GODKENDT", kl(3, 7)))
    v.frem(kl(4, 3, 0))
    assert valgtilstand(v) == "TRAADT_I_KRAFT"
    (kort,) = v.fra(KortAnmodetV2)
    assert (kort.cpr, kort.adresse) == (NYT_NUMMER, HJEM)
    ikraft = v.fra(LaegevalgTraadtIKraft)[-1]
    assert (ikraft.forloeb_id, ikraft.ydernummer, ikraft.tidligere_ydernummer) == (FORLOEB, Y2, Y1)
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    assert (sikret(v, NY).ydernummer, sikret(v, NY).aabne_valg) == (Y2, ())
    breve = [*v.fra(BrevAnmodet), *v.fra(BrevAnmodetV2)]
    assert breve
    assert {b.person_id for b in breve} == {NY}
    intet_tilbage(v, PERSON)


def test_cpr_11_valget_falder_efter_sammenlaegningen() -> None:
    """CPR-11, LV-08: the letter is his, and a new choice under the new number answers it."""
    v = med_valg()
    v.send(kl(3, 6), sammenlagt())
    v.send(kl(3, 7), laegens("AFVIST", kl(3, 7)))
    (brev,) = sikret(v, NY).aabne_breve
    assert sikret(v, NY).aabne_valg == ()
    (anmodet,) = v.fra(BrevAnmodetV2)
    assert anmodet.person_id == NY
    v.send(kl(3, 8), bestilt(bestilling_id="nyt", cpr=NYT_NUMMER, ydernummer=Y3, bestilt=kl(3, 8)))
    assert sikret(v, NY).aabne_breve == ()
    assert (brev, "NYT_VALG_MODTAGET") in [(a.forloeb_id, a.udfald) for a in v.fra(ForloebAfsluttet)]
    intet_tilbage(v, PERSON)


def test_cpr_11_fristen_for_brevet_falder_efter_sammenlaegningen() -> None:
    """CPR-11, LV-08: a letter of the old id that nobody acts on comes to its end, and is open no more."""
    v = med_valg()
    v.send(kl(3, 5), laegens("AFVIST", kl(3, 5)))
    v.send(kl(3, 6), sammenlagt())
    assert len(sikret(v, NY).aabne_breve) == 1
    v.frem(kl(12, 1))
    assert sikret(v, NY).aabne_breve == ()
    assert "OVERGIVET_TIL_SAGSBEHANDLER" in [a.udfald for a in v.fra(ForloebAfsluttet)]


def test_cpr_11_en_bestilling_med_det_gamle_nummer() -> None:
    """CPR-11, BET-11: the old number is an alias; a command for it reaches the choice, also at the same moment."""
    v = verden()
    v.send(kl(3, 1), sammenlagt(), afloest())
    nu = kl(3, 4, 10, 15)
    v.hub.send(nu, bestilt(), annuller(bestilt=nu))
    v.frem(nu)
    assert (v.valg.person_id, valgtilstand(v)) == (NY, "ANNULLERET")
    assert [a.bestilling_id for a in v.fra(ForloebAnnulleret)] == ["a1"]
    assert sikret(v, NY).aabne_valg == ()
    intet_tilbage(v, PERSON)


@pytest.mark.parametrize("foerst", ["valget", "sammenlægningen"])
def test_cpr_11_bestillingen_og_sammenlaegningen_krydses(foerst: str) -> None:
    """CPR-11: the order was handed to the old id in the moment before, or after."""
    v = verden()
    nu = kl(3, 4, 10, 15)
    v.hub.send(nu, bestilt())
    if foerst == "sammenlægningen":
        v.hub.send(nu, sammenlagt())
        v.frem(nu)
    else:
        v.frem(nu)
        v.send(nu, sammenlagt())
    assert sikret(v, NY).aabne_valg == (FORLOEB,)
    assert valgtilstand(v) == "AFVENTER_DISPENSATION"
    intet_tilbage(v, PERSON)


@pytest.mark.parametrize("nyest", ["den gamles", "den nyes"])
def test_cpr_11_to_valg_af_een_person(nyest: str) -> None:
    """CPR-11, decision 0013: of the choices of both numbers the newest counts; all of the other's is given back."""
    v = verden(ny=("1", Y4))
    gamle, nye = (kl(3, 4), kl(3, 5)) if nyest == "den nyes" else (kl(3, 5), kl(3, 4))
    for nu, order in sorted(
        [
            (gamle, bestilt(bestilt=gamle, bestilling_id="gammel", ydernummer=Y3)),
            (nye, bestilt(bestilt=nye, bestilling_id="ny", cpr=NYT_NUMMER, ydernummer=Y2)),
        ],
        key=lambda par: par[0],
    ):
        v.send(nu, order)
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(kl(3, 6), sammenlagt())
    v.send(kl(3, 6), sammenlagt())
    taber, vinder = ("gammel", "ny") if nyest == "den nyes" else ("ny", "gammel")
    assert [(a.forloeb_id, a.grund) for a in v.fra(LaegevalgAnnulleret)] == [(f"laegevalg-{taber}", "ERSTATTET")]
    assert [f.forloeb_id for f in v.fra(PladsFrigivet)] == [f"laegevalg-{taber}"]
    assert sikret(v, NY).aabne_valg == (f"laegevalg-{vinder}",)
    v.frem(kl(5, 1))
    assert [i.forloeb_id for i in v.fra(LaegevalgTraadtIKraft)] == [f"laegevalg-{vinder}"]
    assert sorted(f.ydernummer for f in v.fra(PladsForlades)) == [Y1, Y4]
    assert sikret(v, NY).ydernummer == {"ny": Y2, "gammel": Y3}[vinder]


def test_cpr_11_et_nyere_valg_under_det_gamle_nummer_faar_sin_plads_bagefter() -> None:
    """CPR-11, decision 0013: not before the newest has its place."""
    v = verden()
    v.send(kl(3, 4), bestilt(bestilt=kl(3, 4), bestilling_id="ny", cpr=NYT_NUMMER, ydernummer=Y2))
    nu = kl(3, 5)
    motor = v.hub.motorer["laegevalg"]
    motor.modtag(bestilt(bestilt=nu, bestilling_id="gammel", ydernummer=Y3), nu)
    anmodet = [b for f in motor.forfaldne(nu) for b in motor.modtag(f, nu)]
    v.send(nu, sammenlagt())
    assert valgtilstand(v, "laegevalg-gammel") == "AFVENTER_PLADS"
    v.frem(nu)
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(nu, *anmodet)
    assert [a.forloeb_id for a in v.fra(LaegevalgAnnulleret)] == ["laegevalg-ny"]
    assert sikret(v, NY).aabne_valg == ("laegevalg-gammel",)


def test_cpr_11_den_der_bliver_er_udrejst() -> None:
    """CPR-11, NORD-02: a choice that ran under the old number ends as his would have."""
    v = med_valg()
    v.send(kl(3, 5), som_ny(2, "80", adresse=None))
    v.send(kl(3, 6), sammenlagt(status="80", adresse=None))
    assert [a.grund for a in v.fra(LaegevalgAnnulleret)] == ["FRAFLYTTET"]
    assert sikret(v, NY).aabne_valg == ()


def test_cpr_11_den_sidste_tilstand_af_det_gamle_id_ender_intet() -> None:
    """CPR-11: that the old number is not in use is no departure."""
    v = med_valg()
    sidste = afloest()
    v.send(kl(3, 6), sidste.model_copy(update={"person": sidste.person.model_copy(update={"status": "80"})}))
    assert v.fra(LaegevalgAnnulleret) == []
    v.send(kl(3, 6), sammenlagt())
    assert valgtilstand(v) == "AFVENTER_DISPENSATION"


def test_cpr_11_flytter_mens_det_gamle_ids_valg_er_aabent() -> None:
    """CPR-11, FLYT-06: the card of the choice is the card of the move; cancelled, the move has its own, to him."""
    v = med_valg()
    v.send(kl(3, 6), sammenlagt())
    odense = Adresse(kommunekode="0461", vejkode="0456", linje="Ovej 1", postnummer="5000")
    flyttet = PersonFlyttet(
        person_id=NY, person=som_ny(2, adresse=odense).person, flyttedato=D(2024, 3, 11), til_kommunekode="0461"
    )
    v.send(kl(3, 12), som_ny(2, adresse=odense), flyttet)
    assert v.fra(KortAnmodetV2) == []
    v.send(kl(3, 13), annuller())
    (kort,) = v.fra(KortAnmodetV2)
    assert (kort.forloeb_id, kort.cpr, kort.adresse) == (f"flytning-{NY}-2024-03-11", NYT_NUMMER, odense)


# --- with an entry that runs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("foerst", ["indrejsen", "sammenlægningen"])
def test_cpr_11_en_indrejse_under_det_gamle_id(foerst: str) -> None:
    """CPR-11, IND-01: group and doctor of the entry are his, also where it is heard after the join."""
    v = verden(gammel=(None, None), ny=("1", Y1))
    dag = D(2024, 6, 3)
    ind: list[Besked] = [PersonIndrejst(person_id=PERSON, person=person().person, indrejsedato=dag)]
    beskeder = [*ind, sammenlagt()] if foerst == "indrejsen" else [sammenlagt(), *ind]
    v.hub.send(kl(6, 4), *beskeder)
    v.frem(kl(6, 4))
    v.frem(kl(6, 5))
    assert sikret(v, NY).sikring == s("1", TYVE, Y3, dag)
    assert [f.ydernummer for f in v.fra(PladsForlades)] == [Y1]
    intet_tilbage(v, PERSON)
