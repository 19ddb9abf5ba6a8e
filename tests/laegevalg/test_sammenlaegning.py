"""Two numbers turn out to be one person: nothing is lost, nothing held twice, in any order of arrival (CPR-11)."""

from dataclasses import replace
from datetime import date, datetime
from itertools import permutations

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.bestilling import ForloebAnnulleret
from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import (
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgTraadtIKraft,
)
from contracts.person import PersonSammenlagt
from contracts.plads import PladsForlades
from contracts.yder import Yderstatus
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.registrering import Registrering, Registreringsart, historik
from services.laegevalg.forloeb.sammenlaegning import Samlet, saml
from services.laegevalg.rules import Sikring
from services.laegevalg.rules.sammenlaegning import beholder_laegen
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.laegevalg.sammenlaegningsverden import (
    HJEM,
    NY,
    NYT_NUMMER,
    TIO,
    TYVE,
    Y3,
    Y4,
    D,
    afloest,
    intet_tilbage,
    med_valg,
    optagne,
    s,
    sammenlagt,
    sikret,
    som_ny,
    verden,
)
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
    person,
    yder,
)
from tests.motor import Hub

# --- which group and doctor hold --------------------------------------------------------------------------------------


G, L = Registreringsart.GRUPPE, Registreringsart.LAEGE


def r(art: Registreringsart, vaerdi: str | None, fra: date, registreret: datetime | None = None) -> Registrering:
    return Registrering(art=art, vaerdi=vaerdi, fra=fra, registreret=registreret)


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
    assert ophoert.begrundelse is not None
    assert ophoert.begrundelse.regel == "CPR-11"
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


@pytest.mark.parametrize(
    ("gammel", "ny", "kort"),
    [
        pytest.param(("1", Y1), (None, None), True, id="BET-11: kortet var til det opgivne nummer"),
        pytest.param(("2", None), (None, None), True, id="BET-11: også i gruppe 2"),
        pytest.param(("1", Y1), ("1", Y2), False, id="BET-11: har et til sit nummer"),
        pytest.param(("1", Y1), ("1", None), True, id="BET-11: fik aldrig en læge, og så heller ikke et kort"),
        pytest.param(("1", None), ("1", None), False, id="KORT-14: ingen læge under noget af numrene"),
        pytest.param(("7", None), (None, None), False, id="BET-08: havde ikke noget"),
        pytest.param((None, None), (None, None), False, id="BET-11: ingen gruppe under noget af numrene"),
        pytest.param((None, None), ("1", Y1), False, id="BET-11: kun det gældende nummer har gruppe"),
    ],
)
def test_cpr_11_kort_til_det_nye_nummer(
    gammel: tuple[str | None, str | None], ny: tuple[str | None, str | None], kort: bool
) -> None:
    """CPR-11, BET-11: free, once, as for any change of number."""
    v = verden(gammel, ny)
    for dag in (1, 2):
        v.send(kl(6, dag), sammenlagt())
    kortene = [(k.person_id, k.cpr, k.aarsag, k.gebyr_oere, k.adresse) for k in v.fra(KortAnmodetV2)]
    assert kortene == ([(NY, NYT_NUMMER, "PERSONNUMMER", 0, HJEM)] if kort else [])


def test_cpr_11_har_et_kort_fra_den_laege_der_ikke_er_mere() -> None:
    """CPR-11, BET-11: the number that stays had a doctor once, and a card with it."""
    v = verden(("1", Y1), ("1", Y2))
    uden = replace(sikret(v, NY), ydernummer=None, laege_fra=None)
    v.hub.motorer["laegevalg"].raekker["sikret"][NY] = uden
    assert any(r.art is Registreringsart.LAEGE for r in uden.historik)
    v.send(kl(6, 1), sammenlagt())
    assert v.fra(KortAnmodetV2) == []


@pytest.mark.parametrize("status", ["80", "90"])
def test_cpr_11_intet_kort_til_den_udrejste(status: str) -> None:
    """CPR-11, NORD-02: nor to the dead."""
    v = verden()
    v.send(kl(6, 1), sammenlagt(status=status))
    assert v.fra(KortAnmodetV2) == []


def test_cpr_11_fra_cpr_til_laegen() -> None:
    """CPR-11: as the register tells it: the number given up has status 50 and names the one in use."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr("hemmelig"))), LAEGEVALG, PLO_EVENTS)
    hub.send(kl(1, 2), yder(Y3, Yderstatus.AABEN, 10))
    dansk = CprAdresse(kommunekode="0630", vejkode="0123", standardadresse="Åvej 7", postnummer="7100")
    navn = CprNavn(fornavn="Alma", efternavn="Ærø")
    alma = CprPerson(cpr=ALMA, status="01", foedselsdato=D(1980, 4, 2), adresse=dansk, navn=navn)
    rejse = CprRejse(indrejse=kl(6, 3, 12))
    hub.send(kl(6, 4), CprHaendelse(
        kode="A05", leverance=D(2024, 6, 4), registreret=kl(6, 3), person=alma.model_copy(update={"rejser": (rejse,)})
    ))  # fmt: skip
    hub.frem(kl(6, 5))
    nyt = alma.model_copy(update={"cpr": NYT_NUMMER})
    hub.send(kl(6, 6), PersonOpdateret(leverance=D(2024, 6, 6), person=nyt))
    p02 = alma.model_copy(update={"status": "50", "gaeldende_cpr": NYT_NUMMER})
    for _ in range(2):
        hub.send(kl(6, 7), CprHaendelse(kode="P02", leverance=D(2024, 6, 7), registreret=kl(6, 6), person=p02))
        hub.frem(kl(6, 7))
    (sammen,) = hub.fra(PersonSammenlagt)
    sikrede = hub.motorer["laegevalg"].raekker["sikret"]
    assert sikrede[sammen.person_id].sikring == s("1", D(2024, 6, 3), Y3, D(2024, 6, 3))
    assert sikrede[sammen.tidligere_person_id].er_tom
    assert hub.motorer["plo_events"].raekker["yder"][Y3].optagne == 11
    assert [k.aarsag for k in hub.fra(KortAnmodetV2)] == ["PERSONNUMMER"]


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
    assert [sikret(v, id_).afloest_af for id_ in (PERSON, NY)] == ["tredje", "tredje"]
    v.send(kl(3, 7), annuller())
    assert [a.forloeb_id for a in v.fra(ForloebAnnulleret)] == [FORLOEB]
    assert sikret(v, "tredje").aabne_valg == ()
    v.send(kl(3, 8), bestilt(bestilling_id="igen", bestilt=kl(3, 8)))
    assert sikret(v, "tredje").aabne_valg == ("laegevalg-igen",)
    intet_tilbage(v, PERSON, NY)
