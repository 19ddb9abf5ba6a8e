"""Missing and found again, from the CPR extract on, in memory (CPR-04, CPR-05, GRP-16, IND-02, IND-04)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb
from contracts.brev import BrevAnmodet
from contracts.cpr import CprAdresse, CprCivilstand, CprForaeldremyndighed, CprHaendelse, CprNavn, CprPerson, CprRejse
from contracts.kort import KortAnmodet
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegeOphoert,
    LaegevalgGodkendt,
    LaegevalgTraadtIKraft,
)
from contracts.noegle import cpr_noegle, person_id_ved_oprettelse
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, PersonForsvundet, PersonGenfundet, Personoplysninger
from contracts.plads import PladsAnmodet
from contracts.yder import YderOpdateret, Yderstatus
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.registrering import historik
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Familielaege, Sikring
from services.laegevalg.rules.genfinding import (
    Genfindingsudfald,
    foretrukne_ved_genfinding,
    genfindingens_udfald,
)
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.laegevalg import valgverden
from tests.motor import Hub, Motor, typer

HEMMELIG = "en hemmelighed"
ERIK, MOR = "6909990001", "7005850002"
GAMMEL, ANDEN, NABO = "000010", "000011", "000012"
D = date
INDREJST, FORSVUNDET, FUNDET, FORTALT = D(2024, 1, 8), D(2024, 3, 1), D(2024, 6, 3), D(2024, 6, 4)


def kl(maaned: int, dag: int, time: int = 6) -> datetime:
    return datetime(2024, maaned, dag, time, tzinfo=UTC)


def yder(
    nummer: str, ledige: int, kommune: str = "0751", status: Yderstatus = Yderstatus.AABEN, **andet: Any
) -> Besked:
    felter: dict[str, Any] = {"maksgraense": 1700, "opdateret": kl(1, 1)}
    return YderOpdateret(
        ydernummer=nummer, navn=f"Lægehuset {nummer}", kommunekode=kommune, status=status, lukkegraense=1600,
        antal_sikrede=1600 - ledige, **(felter | andet),
    )  # fmt: skip


def adresse(kommune: str, fra: date, postnummer: str = "8000") -> CprAdresse:
    tid = datetime(fra.year, fra.month, fra.day, 12, tzinfo=UTC)
    return CprAdresse(kommunekode=kommune, standardadresse="Åboulevarden 7", postnummer=postnummer, tilflytning=tid)


def person(cpr: str = ERIK, **andet: Any) -> CprPerson:
    felter: dict[str, Any] = {
        "status": "01", "foedselsdato": D(1999, 9, 9), "navn": CprNavn(fornavn="Erik", efternavn="Ærø"),
    }  # fmt: skip
    return CprPerson(cpr=cpr, **(felter | andet))


def sket(kode: str, dag: date, leverance: date, person_: CprPerson) -> CprHaendelse:
    registreret = datetime(dag.year, dag.month, dag.day, 15, tzinfo=UTC)
    return CprHaendelse(kode=kode, leverance=leverance, registreret=registreret, person=person_)


def indrejst(kommune: str = "0751", dag: date = INDREJST, **andet: Any) -> CprHaendelse:
    tid = datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC)
    felter: dict[str, Any] = {"adresse": adresse(kommune, dag), "rejser": (CprRejse(indrejse=tid),)}
    return sket("A05", dag, dag, person(**(felter | andet)))


def forsvundet(dag: date = FORSVUNDET, **andet: Any) -> CprHaendelse:
    tid = datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC)
    return sket("A02", dag, dag, person(status="70", forsvundet_fra=tid, **andet))


def genfundet(dag: date = FUNDET, leverance: date = FORTALT, kommune: str = "0751", **andet: Any) -> CprHaendelse:
    felter: dict[str, Any] = {"adresse": adresse(kommune, dag)}
    return sket("A03", dag, leverance, person(**(felter | andet)))


@pytest.fixture
def hub() -> Hub:
    """Erik has his doctor since January; another practice of the municipality has far more room."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG, PLO_EVENTS)
    hub.send(kl(1, 2), yder(GAMMEL, 5))
    hub.send(kl(1, 8), indrejst())
    hub.frem(kl(1, 8))
    hub.send(kl(1, 9), yder(ANDEN, 400), yder(NABO, 300, "0710"))
    assert sikret(hub).ydernummer == GAMMEL
    return hub


def sikret(hub: Hub, cpr: str = ERIK) -> Sikret:
    return hub.motorer["laegevalg"].raekker["sikret"][person_id_ved_oprettelse(cpr, HEMMELIG)]


def var_i(hub: Hub, gruppe: str, **andet: Any) -> None:
    """As if a caseworker had set the group, which ends the doctor unless told otherwise."""
    gammel = sikret(hub)
    uden = {"ydernummer": None, "laege_fra": None}
    ny = Sikret(**({f: getattr(gammel, f) for f in Sikret.__slots__} | uden | {"gruppe": gruppe} | andet))
    hub.motorer["laegevalg"].gem(ny)


def forsvind_og_findes(hub: Hub, *imens: Besked, **fundet: Any) -> int:
    """Missing in March, found in June; how many messages there were before he was found."""
    hub.send(kl(3, 2), forsvundet())
    hub.frem(kl(3, 2))
    hub.send(kl(4, 1), *imens)
    foer = len(hub.udsendt)
    hub.send(kl(6, 4), genfundet(**fundet))
    hub.frem(kl(6, 4))
    return foer


def opgaver(hub: Hub) -> list[tuple[str, str, str]]:
    return [(o.aarsag, o.opgavetype, o.kommunekode) for o in hub.fra(OpgaveAnmodet)]


def test_den_tidligere_laege_er_aaben(hub: Hub) -> None:
    """CPR-04, CPR-08, IND-07, BET-09: his old doctor from the day he was found; the group stands; a free card."""
    foer = forsvind_og_findes(hub)
    assert [o.til for o in hub.fra(LaegeOphoert)] == [D(2024, 2, 29)]
    assert [t for t in typer(hub.udsendt[foer:]) if not t.startswith(("Person", "Yder"))] == [
        "ForloebStartet", "PladsAnmodet", "PladsReserveret", "LaegevalgReserveret", "LaegevalgGodkendt", "KortAnmodet",
        "BrevAnmodet", "LaegevalgTraadtIKraft", "ForloebAfsluttet",
    ]  # fmt: skip
    assert (sikret(hub).gruppe, sikret(hub).gruppe_fra) == ("1", D(2024, 1, 8))
    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (GAMMEL, FUNDET)
    assert [(s.art, s.kommunekode, s.oprettet_af) for s in hub.fra(ForloebStartet)][-1] == (
        "GENFINDING", "0751", "SYSTEM",
    )  # fmt: skip
    kort = hub.fra(KortAnmodet)[-1]
    assert (kort.aarsag, kort.gebyr_oere, kort.ydernummer, kort.gruppe) == ("GENINDREJSE", 0, GAMMEL, "1")
    assert [b.brevtype for b in hub.fra(BrevAnmodet)][-1:] == ["LAEGEVALGSKVITTERING"]
    assert [g.grund for g in hub.fra(LaegevalgGodkendt)][-1] == "AUTOMATISK"


@pytest.mark.parametrize(
    ("imens", "laege"),
    [
        pytest.param([], GAMMEL, id="åben med plads"),
        pytest.param([yder(GAMMEL, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1))], ANDEN, id="lukket"),
        pytest.param([yder(GAMMEL, 5, status=Yderstatus.NEDLAGT, opdateret=kl(4, 1))], ANDEN, id="nedlagt"),
        pytest.param([yder(GAMMEL, 5, gyldig_til=D(2024, 6, 3), opdateret=kl(4, 1))], ANDEN, id="ophørt dagen før"),
        pytest.param([yder(GAMMEL, 5, gyldig_til=D(2024, 6, 4), opdateret=kl(4, 1))], GAMMEL, id="ophører i dag"),
        pytest.param([yder(GAMMEL, 0, opdateret=kl(4, 1))], ANDEN, id="ved lukkegrænsen"),
        pytest.param([yder(GAMMEL, 1, opdateret=kl(4, 1))], GAMMEL, id="sidste plads"),
        pytest.param(
            [yder(GAMMEL, 5, status=Yderstatus.SELEKTIVT_AABEN, aabne_postnumre=("8000",), opdateret=kl(4, 1))],
            GAMMEL,
            id="åben for hans postnummer",
        ),
        pytest.param(
            [yder(GAMMEL, 5, status=Yderstatus.SELEKTIVT_AABEN, aabne_postnumre=("8210",), opdateret=kl(4, 1))],
            ANDEN,
            id="åben for andre postnumre",
        ),
    ],
)
def test_aaben_for_ham(hub: Hub, imens: list[Besked], laege: str) -> None:
    """CPR-04, CPR-05: open is open for this citizen; else another is found, and he stays in group 1."""
    forsvind_og_findes(hub, *imens)
    assert (sikret(hub).gruppe, sikret(hub).ydernummer, sikret(hub).laege_fra) == ("1", laege, FUNDET)
    assert len(hub.fra(KortAnmodet)) == 2
    assert opgaver(hub) == []


def test_fundet_i_en_anden_kommune(hub: Hub) -> None:
    """CPR-04: the former doctor still counts where he is open for him; the forløb is the new municipality's."""
    forsvind_og_findes(hub, kommune="0710")
    assert sikret(hub).ydernummer == GAMMEL
    assert hub.fra(ForloebStartet)[-1].kommunekode == "0710"


def test_fundet_i_en_anden_kommune_og_den_gamle_laege_er_lukket(hub: Hub) -> None:
    """CPR-05, IND-06: the new doctor is one of the municipality he lives in."""
    forsvind_og_findes(hub, yder(GAMMEL, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1)), kommune="0710")
    assert sikret(hub).ydernummer == NABO


def test_fra_gruppe_2_til_gruppe_1(hub: Hub) -> None:
    """CPR-05, GRP-16: group 1 from the day he was found, and a doctor as at entry, not the one of long ago."""
    var_i(hub, "2", gruppe_fra=D(2024, 2, 1))
    forsvind_og_findes(hub)
    (foerst, nu) = hub.fra(GruppeTraadtIKraft)
    assert (foerst.gruppe, nu.gruppe, nu.gyldig_fra, nu.grund) == ("1", "1", FUNDET, "GENFINDING")
    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (ANDEN, FUNDET)
    assert opgaver(hub) == []


@pytest.mark.parametrize("gruppe", ["5", "6", "7"])
def test_fra_en_anden_gruppe(hub: Hub, gruppe: str) -> None:
    """CPR-05 (OWN): group 1 by analogy and a doctor, and a caseworker is asked about the group of before."""
    var_i(hub, gruppe, gruppe_fra=D(2024, 2, 1))
    forsvind_og_findes(hub)
    assert (sikret(hub).gruppe, sikret(hub).gruppe_fra, sikret(hub).ydernummer) == ("1", FUNDET, ANDEN)
    (opgave,) = hub.fra(OpgaveAnmodet)
    assert opgave.aarsag == "GENFUNDET_ANDEN_GRUPPE"
    assert f"gruppe {gruppe}" in opgave.beskrivelse
    assert opgave.cpr == ERIK


def test_ingen_laege_til_den_genfundne(hub: Hub) -> None:
    """CPR-05, IND-02: none found: group 1, one manual task, no card, no letter."""
    lukket = [yder(nr, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1)) for nr in (GAMMEL, ANDEN)]
    forsvind_og_findes(hub, *lukket)
    assert opgaver(hub) == [("GENFUNDET_UDEN_LAEGE", "MANUEL", "0751")]
    assert (sikret(hub).gruppe, sikret(hub).ydernummer) == ("1", None)
    assert [a.udfald for a in hub.fra(ForloebAfsluttet)][-1] == "OVERGIVET_TIL_SAGSBEHANDLER"
    assert len(hub.fra(KortAnmodet)) == len(hub.fra(BrevAnmodet)) == 1


def test_fundet_to_gange_fortalt(hub: Hub) -> None:
    """CPR-09: in two deliveries, and the event itself twice to laegevalg."""
    forsvind_og_findes(hub)
    foer = len(hub.udsendt)
    hub.send(kl(6, 5), genfundet(leverance=D(2024, 6, 5)))
    hub.send(kl(6, 5), *hub.fra(PersonGenfundet))
    hub.frem(kl(6, 30))
    assert typer(hub.udsendt[foer:]) == []


def test_hun_fik_en_laege_i_haanden_imens(hub: Hub) -> None:
    """IND-04 by analogy: nothing further than that it is recorded."""
    hub.send(kl(3, 2), forsvundet())
    hub.frem(kl(3, 2))
    var_i(hub, "1", ydernummer=ANDEN, laege_fra=D(2024, 6, 3))
    foer = len(hub.udsendt)
    hub.send(kl(6, 4), genfundet())
    hub.frem(kl(6, 30))
    assert [t for t in typer(hub.udsendt[foer:]) if not t.startswith("Person")] == [
        "ForloebStartet",
        "ForloebAfsluttet",
    ]
    assert [a.udfald for a in hub.fra(ForloebAfsluttet)][-1] == "BEHANDLET_UDEN_HANDLING"
    assert sikret(hub).ydernummer == ANDEN


def test_forsvundet_er_aldrig_fortalt(hub: Hub) -> None:
    """CPR-04: he never lost his doctor, so nothing is to be done."""
    hub.send(kl(6, 4), genfundet())
    hub.frem(kl(6, 30))
    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (GAMMEL, D(2024, 1, 8))
    assert len(hub.fra(KortAnmodet)) == 1


def test_forsvundet_fortalt_efter_fundet(hub: Hub) -> None:
    """CPR-10: the older event takes no doctor away; whether more is to be done is a task."""
    hub.send(kl(6, 4), genfundet())
    hub.send(kl(6, 5), forsvundet())
    hub.frem(kl(6, 30))
    assert sikret(hub).ydernummer == GAMMEL
    assert hub.fra(LaegeOphoert) == []


def test_ukendt_borger_er_fundet() -> None:
    """CPR-05: nobody has told of him before: as one who enters."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG, PLO_EVENTS)
    hub.send(kl(1, 2), yder(ANDEN, 40))
    hub.send(kl(6, 4), genfundet())
    hub.frem(kl(6, 4))
    assert (sikret(hub).gruppe, sikret(hub).gruppe_fra, sikret(hub).ydernummer) == ("1", FUNDET, ANDEN)


def test_forsvundet_og_fundet_to_gange(hub: Hub) -> None:
    """CPR-04: each disappearance is its own; the former doctor is the newest."""
    forsvind_og_findes(hub, yder(GAMMEL, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1)))
    assert sikret(hub).ydernummer == ANDEN
    hub.send(kl(8, 2), yder(GAMMEL, 500, opdateret=kl(8, 1)), forsvundet(D(2024, 8, 1)))
    hub.send(kl(9, 3), genfundet(D(2024, 9, 2), D(2024, 9, 3)))
    hub.frem(kl(9, 3))
    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (ANDEN, D(2024, 9, 2))


def test_historikken_viser_tiden_uden_laege(hub: Hub) -> None:
    """FORL-02, LV-01: the doctor ended the day before the disappearance, and not with the group."""
    forsvind_og_findes(hub)
    laeger = [(h.registrering.vaerdi, h.registrering.fra, h.til) for h in historik(sikret(hub).historik)]
    assert (GAMMEL, D(2024, 1, 8), D(2024, 2, 29)) in laeger
    assert (GAMMEL, FUNDET, None) in laeger


def test_udrejst_og_tilbage_er_ikke_genfundet(hub: Hub) -> None:
    """CPR-04: a doctor that ended by a departure is no former doctor of one who disappeared later without any."""
    ud = sket("A06", D(2024, 2, 1), D(2024, 2, 1), person(status="80", rejser=(CprRejse(udrejse=kl(2, 1, 12)),)))
    hub.send(kl(2, 2), ud)
    var_i(hub, "1", gruppe_fra=D(2024, 2, 20))
    forsvind_og_findes(hub)
    assert [f.ydernummer for a in hub.fra(PladsAnmodet)[1:] for f in a.foretrukne] == []
    assert sikret(hub).ydernummer == ANDEN


def test_genfindingen_kan_annulleres(hub: Hub) -> None:
    """FORL-05: by the caseworker, as an entry; not once it is in force (FORL-07)."""
    forsvind_og_findes(hub)
    forloeb = f"genfinding-{person_id_ved_oprettelse(ERIK, HEMMELIG)}-{FUNDET}"
    motor: Motor = hub.motorer["laegevalg"]
    kommando = AnnullerForloeb.model_validate(
        {
            "noegle": cpr_noegle(ERIK, HEMMELIG), "bestilling_id": "a1", "kanal": "SAGSBEHANDLER", "aktoer": "sb-7",
            "rolle": "SAGSBEHANDLER", "forloeb_id": forloeb, "grund": "fortrudt", "bestilt": kl(6, 4),
        }
    )  # fmt: skip
    hub.send(kl(6, 4), kommando)
    hub.frem(kl(6, 4))
    assert [b.model_dump()["grund"] for b in motor.udsendt if type(b).__name__ == "BestillingAfvist"] == [
        "TRAADT_I_KRAFT"
    ]


def test_aegtefaellens_lukkede_laege_er_aaben(hub: Hub) -> None:
    """CPR-04, LV-11: the former doctor is closed, but his wife has him."""
    gift = CprCivilstand(kode="G", aegtefaelle_cpr=MOR)
    hub.send(kl(1, 10), indrejst(dag=D(2024, 1, 10), cpr=MOR))
    hub.frem(kl(1, 10))
    kone = sikret(hub, MOR)
    hub.motorer["laegevalg"].gem(replace(kone, ydernummer=GAMMEL))
    forsvind_og_findes(hub, yder(GAMMEL, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1)), civilstand=gift)
    assert sikret(hub).ydernummer == GAMMEL


@pytest.mark.parametrize(
    ("foedt", "laege"),
    [
        pytest.param(D(2009, 6, 4), GAMMEL, id="dagen før 15 år"),
        pytest.param(D(2009, 6, 3), ANDEN, id="på 15-årsdagen"),
    ],
)
def test_barnets_lukkede_laege_er_morens(hub: Hub, foedt: date, laege: str) -> None:
    """CPR-04, FAM-05: the mother's doctor counts as open for a child under 15 on the day it is found."""
    hub.send(kl(1, 10), indrejst(dag=D(2024, 1, 10), cpr=MOR))
    hub.frem(kl(1, 10))
    hub.motorer["laegevalg"].gem(replace(sikret(hub, MOR), ydernummer=GAMMEL))
    barn = {"foedselsdato": foedt, "mor_cpr": MOR, "foraeldremyndighed": (CprForaeldremyndighed(type_="0003"),)}
    forsvind_og_findes(hub, yder(GAMMEL, 5, status=Yderstatus.LUKKET, opdateret=kl(4, 1)), **barn)
    assert sikret(hub).ydernummer == laege


def test_et_valg_var_i_gang() -> None:
    """CPR-04, CPR-14: the choice ended with the disappearance; found again she has her own doctor."""
    v, hvem = valgverden.s01(), valgverden.PERSON
    vaek = valgverden.person(2, "70", adresse=None)
    v.send(kl(3, 6), vaek, PersonForsvundet(person_id=hvem, person=vaek.person, forsvundet_fra=D(2024, 3, 5)))
    assert v.sikret.ydernummer is None
    tilbage = valgverden.person(3)
    v.send(kl(6, 4), tilbage, PersonGenfundet(person_id=hvem, person=tilbage.person, fundet=FUNDET))
    assert (v.sikret.gruppe, v.sikret.ydernummer, v.sikret.laege_fra) == ("1", valgverden.Y1, FUNDET)
    assert v.sikret.aabne_valg == ()


UDFALD = [
    #            gruppe, fra,            læge                 udfald
    pytest.param("1", D(2010, 1, 1), None, "MANGLER_LAEGE", id="CPR-04: gruppe 1 uden læge"),
    pytest.param("1", D(2010, 1, 1), GAMMEL, "BEHANDLET", id="CPR-04: mistede aldrig sin læge"),
    pytest.param("2", D(2010, 1, 1), None, "GRUPPE_1", id="CPR-05: gruppe 2"),
    pytest.param("2", D(2024, 6, 2), None, "GRUPPE_1", id="CPR-05: gruppe 2 sat dagen før"),
    pytest.param("2", D(2024, 6, 3), None, "BEHANDLET", id="IND-04: gruppe 2 sat på dagen"),
    pytest.param("2", D(2024, 6, 4), None, "BEHANDLET", id="IND-04: gruppe 2 sat dagen efter"),
    pytest.param("1", D(2024, 6, 4), None, "MANGLER_LAEGE", id="IND-04: gruppe 1 sat i hånden, lægen mangler"),
    pytest.param("7", D(2010, 1, 1), None, "GRUPPE_1_OG_OPGAVE", id="CPR-05: gruppe 7"),
    pytest.param("7", D(2024, 6, 3), None, "BEHANDLET", id="NORD-02: udrejst igen"),
    pytest.param(None, None, None, "GRUPPE_1", id="CPR-05: ukendt gruppe"),
]


@pytest.mark.parametrize(("gruppe", "fra", "laege", "udfald"), UDFALD)
def test_genfindingens_udfald(gruppe: str | None, fra: date | None, laege: str | None, udfald: str) -> None:
    """CPR-04, CPR-05, GRP-16."""
    sikring = Sikring(gruppe, fra, laege, fra if laege else None)
    assert genfindingens_udfald(sikring, FUNDET) is Genfindingsudfald(udfald)


def test_den_tidligere_laege_staar_een_gang() -> None:
    """CPR-04: first, and not once more as the wife's."""
    hjem = Adresse(kommunekode="0751", linje="Åboulevarden 7", postnummer="8000")
    hvem = Personoplysninger(
        person_id="p", cpr=ERIK, status="01", foedselsdato=D(1999, 9, 9), adresse=hjem, aegtefaelle_id="kone",
        boern_ider=("barn",),
    )  # fmt: skip
    laeger = {"kone": Familielaege(GAMMEL, hjem), "barn": Familielaege(ANDEN, hjem)}
    svar = foretrukne_ved_genfinding(hvem, FUNDET, GAMMEL, laeger)
    assert [(f.ydernummer, f.altid_aaben, f.enhver_kommune) for f in svar] == [
        (GAMMEL, True, True), (ANDEN, False, False),
    ]  # fmt: skip
    assert [f.ydernummer for f in foretrukne_ved_genfinding(hvem, FUNDET, None, laeger)] == [GAMMEL, ANDEN]


def test_virker_fra_den_dag_han_blev_fundet(hub: Hub) -> None:
    """CPR-08: told a week late, it counts from the day itself."""
    hub.send(kl(3, 2), forsvundet())
    hub.send(kl(6, 11), genfundet(leverance=D(2024, 6, 11)))
    hub.frem(kl(6, 11))
    assert [v.virkningsdato for v in hub.fra(LaegevalgTraadtIKraft)][-1] == FUNDET
