"""A family that enters Denmark together gets one doctor, in whatever order it is told of (IND-01, FAM-05..07)."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.bestilling import ForloebAnnulleret
from contracts.kort import KortAnmodet
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, PersonDoed, PersonFoedt, PersonIndrejst, Personoplysninger, PersonTilstand
from contracts.yder import Yderstatus
from services.laegevalg.forloeb import INDREJSE
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Sikring
from services.laegevalg.rules.familie import Slaegtning, se_igen, venter
from tests.laegevalg.ordreverden import D
from tests.laegevalg.valgverden import Verden, annuller, kl, yder

A, B = "000001", "000002"
DAG = D(2024, 11, 4)
NU = kl(11, 5, 6)
HJEM = Adresse(kommunekode="0630", vejkode="0123", linje="Åvej 7", postnummer="7100")
ANDETSTEDS = HJEM.model_copy(update={"linje": "Åvej 99"})
FORAELDRE: dict[str, Any] = {"foraeldremyndighed_ider": ("mor", "far"), "foedselsdato": D(2015, 1, 1)}
FAMILIE: dict[str, dict[str, Any]] = {
    "mor": {"cpr": "6001850012", "aegtefaelle_id": "far", "boern_ider": ("datter", "soen")},
    "far": {"cpr": "6001850021", "aegtefaelle_id": "mor", "boern_ider": ("datter", "soen")},
    "datter": {"cpr": "6001150012", **FORAELDRE},
    "soen": {"cpr": "6001150021", **FORAELDRE, "foedselsdato": D(2018, 1, 1)},
}


def den(navn: str, **andet: Any) -> Personoplysninger:
    felter: dict[str, Any] = {
        "person_id": navn, "status": "01", "foedselsdato": D(1985, 1, 1), "fornavn": navn, "efternavn": "Ærø",
        "adresse": HJEM,
    }  # fmt: skip
    return Personoplysninger(**(felter | FAMILIE[navn] | andet))


def indrejst(navn: str, **andet: Any) -> PersonIndrejst:
    return PersonIndrejst(person_id=navn, person=den(navn, **andet), indrejsedato=DAG)


def tilstand(navn: str, **andet: Any) -> PersonTilstand:
    return PersonTilstand(person_id=navn, version=1, person=den(navn, **andet))


def to_tjenester() -> Verden:
    """Cards and letters are for others to test."""
    v = Verden()
    v.hub.motorer = {navn: v.hub.motorer[navn] for navn in ("laegevalg", "plo_events")}
    return v


def verden(frie: int = 500) -> Verden:
    """Two practices with as many free places: who goes alone takes the one that the last one did not take."""
    v = to_tjenester()
    v.send(kl(1, 2), *(yder(nr, Yderstatus.AABEN, 1600 - frie) for nr in (A, B)))
    return v


def sikret(v: Verden, navn: str) -> Sikret:
    return v.hub.motorer["laegevalg"].raekker["sikret"][navn]


def sagen(v: Verden, navn: str) -> str:
    return v.hub.motorer["laegevalg"].raekker["sag"][f"indrejse-{navn}-{DAG}"].tilstand


def laeger(v: Verden) -> dict[str, str | None]:
    return {i: s.ydernummer for i, s in v.hub.motorer["laegevalg"].raekker["sikret"].items()}


def venter_ingen(v: Verden) -> bool:
    sager = v.hub.motorer["laegevalg"].raekker["sag"].values()
    return all(s.tilstand in INDREJSE.afsluttede() for s in sager) and not any(
        s.soeger_laege for s in v.hub.motorer["laegevalg"].raekker["sikret"].values()
    )


# --- a family of four -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raekkefoelge", list(permutations(FAMILIE)), ids="-".join)
@pytest.mark.parametrize("hvordan", ["samtidig", "et minut imellem", "tilstanden først", "tilstanden sidst"])
def test_fire_der_indrejser_faar_en_laege(raekkefoelge: tuple[str, ...], hvordan: str) -> None:
    """IND-01, FAM-05: one doctor, group 1 and one free card each; nobody is left waiting and nobody asked for twice."""
    v = verden()
    haendelser = [indrejst(n) for n in raekkefoelge]
    match hvordan:
        case "samtidig":
            v.hub.send(NU, *haendelser)
        case "tilstanden først":
            v.hub.send(NU, *(tilstand(n) for n in raekkefoelge), *haendelser)
        case "tilstanden sidst":
            v.hub.send(NU, *haendelser, *(tilstand(n) for n in raekkefoelge))
        case _:
            for nr, haendelse in enumerate(haendelser):
                v.send(NU + timedelta(minutes=nr), haendelse)
    v.frem(NU + timedelta(minutes=4))
    assert len(set(laeger(v).values())) == 1, laeger(v)
    assert sorted(laeger(v)) == sorted(FAMILIE)
    assert venter_ingen(v)
    for type_ in (ForloebStartet, GruppeTraadtIKraft, LaegevalgTraadtIKraft, KortAnmodet, ForloebAfsluttet):
        assert sorted(b.person_id for b in v.fra(type_)) == sorted(FAMILIE), type_
    assert v.fra(OpgaveAnmodet) == []
    antal = len(v.hub.udsendt)
    v.frem(kl(11, 20))
    assert v.hub.udsendt[antal:] == []


def test_det_sidste_barn_faar_ikke_plads() -> None:
    """FAM-05: up to the maximum the child has the parents' doctor; then a caseworker finds one. Nobody waits."""
    v = to_tjenester()
    v.send(kl(1, 2), yder(A, Yderstatus.AABEN, 1597, maksgraense=1600))
    v.hub.send(NU, *(indrejst(n) for n in FAMILIE))
    v.frem(kl(11, 5, 7))
    assert sorted(str(y) for y in laeger(v).values()) == [A, A, A, "None"]
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["INDREJSE_UDEN_LAEGE"]
    assert venter_ingen(v)


@pytest.mark.parametrize("raekkefoelge", list(permutations(FAMILIE)), ids="-".join)
def test_foraeldre_uden_plads_slipper_boernene(raekkefoelge: tuple[str, ...]) -> None:
    """IND-02: no practice has room: four tasks, and nobody waits for one who gets no doctor."""
    v = verden(frie=0)
    v.hub.send(NU, *(indrejst(n) for n in raekkefoelge))
    v.frem(NU + timedelta(minutes=2))
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["INDREJSE_UDEN_LAEGE"] * 4
    assert venter_ingen(v)


# --- what is waited for, and how long ---------------------------------------------------------------------------------


def alene(v: Verden, navn: str, **andet: Any) -> None:
    v.send(NU, indrejst(navn, **andet))


@pytest.mark.parametrize(
    ("nu", "tilstand_"),
    [
        pytest.param(NU + timedelta(minutes=9, seconds=59), "AFVENTER_FAMILIE", id="før ti minutter"),
        pytest.param(NU + timedelta(minutes=10), "TRAADT_I_KRAFT", id="efter ti minutter"),
    ],
)
def test_barn_hvis_foraeldre_ingen_har_hoert_om(nu: datetime, tilstand_: str) -> None:
    """IND-01, CPR-08: what one delivery brings is read by then; else the child goes on alone."""
    v = verden()
    alene(v, "soen")
    assert [g.person_id for g in v.fra(GruppeTraadtIKraft)] == []
    v.frem(nu)
    assert sagen(v, "soen") == tilstand_


@pytest.mark.parametrize(
    ("nu", "alene_"),
    [
        pytest.param(kl(11, 6, 23, 59), False, id="dagen efter"),
        pytest.param(kl(11, 7, 0), True, id="dagen efter er gået"),
    ],
)
def test_foraelderens_indrejse_traekker_ud(nu: datetime, alene_: bool) -> None:
    """IND-01: the practices answer nobody; the child asks for itself when the next day is over."""
    v = to_tjenester()
    v.hub.motorer.pop("plo_events")
    v.hub.send(NU, indrejst("mor"), indrejst("soen"))
    v.frem(nu)
    assert sagen(v, "mor") == "AFVENTER_PLADS"
    assert sagen(v, "soen") == ("AFVENTER_PLADS" if alene_ else "AFVENTER_FAMILIE")


def test_barn_hvis_foraelder_kun_er_kendt_af_tilstanden() -> None:
    """IND-01, CPR-08: his event would have been told at the same moment; a minute is enough."""
    v = verden()
    v.send(NU, tilstand("mor"))
    alene(v, "soen", foraeldremyndighed_ider=("mor",))
    v.frem(NU + timedelta(seconds=59))
    assert sagen(v, "soen") == "AFVENTER_FAMILIE"
    v.frem(NU + timedelta(minutes=1))
    assert sagen(v, "soen") == "TRAADT_I_KRAFT"


def test_barn_venter_ikke_paa_den_der_har_laege() -> None:
    """FAM-05, IND-06: the mother's doctor is known; the father nobody has told of changes nothing."""
    v = verden()
    v.send(kl(1, 3), tilstand("mor", adresse=ANDETSTEDS))
    v.hub.motorer["laegevalg"].gem(replace(sikret(v, "mor"), gruppe="1", gruppe_fra=D(2010, 1, 1), ydernummer=B))
    alene(v, "soen")
    assert (sagen(v, "soen"), sikret(v, "soen").ydernummer) == ("TRAADT_I_KRAFT", B)


@pytest.mark.parametrize("foraeldrene", list(permutations(("mor", "far"))), ids="-".join)
@pytest.mark.parametrize("boernene", list(permutations(("datter", "soen"))), ids="-".join)
def test_barnet_faar_ikke_den_laege_som_foraeldrene_mister(
    foraeldrene: tuple[str, ...], boernene: tuple[str, ...]
) -> None:
    """IND-01, FAM-05..07: a doctor of parents who enter again ends, and is nobody's to follow."""
    v = verden(frie=10)
    v.send(kl(1, 2), yder("000003", Yderstatus.LUKKET, 1600))
    for navn in ("mor", "far"):
        v.send(kl(1, 3), tilstand(navn))
        foer = {"gruppe": "1", "gruppe_fra": D(2010, 1, 1), "ydernummer": "000003", "laege_fra": D(2010, 1, 1)}
        v.hub.motorer["laegevalg"].gem(replace(sikret(v, navn), **foer))
    v.hub.send(NU, *(indrejst(n) for n in (*foraeldrene, *boernene)))
    v.frem(NU + timedelta(minutes=1))
    assert len(set(laeger(v).values())) == 1
    assert "000003" not in laeger(v).values()
    assert venter_ingen(v)


def test_barn_venter_paa_den_det_bor_hos() -> None:
    """FAM-07: the father elsewhere has a doctor, but the child enters with its mother."""
    v = verden()
    v.send(kl(1, 3), tilstand("far", adresse=ANDETSTEDS, aegtefaelle_id=None))
    v.hub.motorer["laegevalg"].gem(replace(sikret(v, "far"), gruppe="1", gruppe_fra=D(2010, 1, 1), ydernummer=B))
    v.send(kl(1, 3), yder(B, Yderstatus.LUKKET, 1600, opdateret=kl(1, 3)))
    v.hub.send(NU, indrejst("mor", aegtefaelle_id=None, boern_ider=()), indrejst("soen"))
    v.frem(NU + timedelta(minutes=1))
    assert laeger(v) == {"far": B, "mor": A, "soen": A}


@pytest.mark.parametrize("status", ["80", "90", "70"])
def test_barn_venter_ikke_paa_den_der_ikke_kommer(status: str) -> None:
    """NORD-01, CPR-14: a parent abroad, dead or missing."""
    v = verden()
    v.send(kl(1, 3), tilstand("mor", status=status, adresse=None))
    alene(v, "soen", foraeldremyndighed_ider=("mor",))
    assert sagen(v, "soen") == "TRAADT_I_KRAFT"


def test_ung_paa_15_og_enlig_voksen_venter_ikke() -> None:
    """FAM-05: from 15 on one has no default; nobody waits for a spouse who has not entered."""
    v = verden()
    alene(v, "soen", foedselsdato=D(2009, 11, 4))
    alene(v, "mor")
    assert [sagen(v, n) for n in ("soen", "mor")] == ["TRAADT_I_KRAFT"] * 2


def test_foraelderen_doer_mens_barnet_venter() -> None:
    """CPR-14: the child goes on, at the latest when it looks by itself."""
    v = to_tjenester()
    plo = v.hub.motorer.pop("plo_events")
    v.send(NU, tilstand("mor"))
    v.hub.send(NU, indrejst("mor"), indrejst("soen", foraeldremyndighed_ider=("mor",)))
    v.hub.motorer["plo_events"] = plo
    v.send(NU, yder(B, Yderstatus.AABEN, 10))
    v.send(kl(11, 5, 7), PersonDoed(person_id="mor", person=den("mor", status="90"), doedsdato=D(2024, 11, 5)))
    v.frem(kl(11, 5, 12))
    assert (sagen(v, "soen"), sikret(v, "soen").ydernummer) == ("TRAADT_I_KRAFT", B)


def test_et_barn_der_venter_kan_annulleres() -> None:
    """FORL-05: nothing was begun, so nothing is left; the parents' entries go on."""
    v = verden()
    alene(v, "soen")
    v.send(NU, annuller(forloeb_id=f"indrejse-soen-{DAG}", bestilt=NU))
    assert (sagen(v, "soen"), len(v.fra(ForloebAnnulleret))) == ("ANNULLERET", 1)
    alene(v, "mor")
    v.frem(kl(11, 8))
    assert laeger(v) == {"soen": None, "mor": A}


def test_indrejsen_igen_mens_den_venter() -> None:
    """CPR-09: counted, nothing else."""
    v = verden()
    alene(v, "soen")
    alene(v, "soen")
    v.frem(kl(11, 5, 8))
    assert len(v.fra(ForloebStartet)) == len(v.fra(LaegevalgTraadtIKraft)) == 1


def test_nyfoedt_barn_venter_paa_en_mor_der_indrejser() -> None:
    """CPR-15, FAM-05: born on the day of her entry; a newborn whose parents nobody knows does not wait."""
    v = verden()
    foedt = PersonFoedt(
        person_id="soen", person=den("soen", foedselsdato=DAG, foraeldremyndighed_ider=("mor",)), foedselsdato=DAG
    )  # fmt: skip
    v.hub.send(NU, indrejst("mor"), foedt)
    assert v.hub.motorer["laegevalg"].raekker["sag"]["foedsel-soen"].tilstand == "AFVENTER_FAMILIE"
    v.frem(NU)
    assert laeger(v) == {"mor": A, "soen": A}
    alene_ = verden()
    alene_.send(NU, foedt)
    assert laeger(alene_)["soen"] == A


# --- the rule ---------------------------------------------------------------------------------------------------------

SOEGER = Slaegtning(Sikring(), "01", HJEM, soeger_laege=True)
BARNET = den("soen", foraeldremyndighed_ider=("mor",))


@pytest.mark.parametrize(
    ("mor", "ogsaa_ukendte", "ventet"),
    [
        pytest.param(SOEGER, False, True, id="FAM-05: mor får læge nu"),
        pytest.param(None, True, True, id="IND-01: mor kan være på vej"),
        pytest.param(None, False, False, id="CPR-15: en fødsel venter ikke på en ukendt"),
        pytest.param(replace(SOEGER, soeger_laege=False), True, True, id="CPR-08: tilstanden før hændelsen"),
        pytest.param(replace(SOEGER, sikring=Sikring("1", DAG)), True, True, id="gruppe 1, lægen mangler"),
        pytest.param(
            replace(SOEGER, sikring=Sikring("1", DAG), soeger_laege=False), True, False, id="IND-02: mor fik ingen læge"
        ),
        pytest.param(replace(SOEGER, sikring=Sikring("2", DAG), soeger_laege=False), True, False, id="mor i gruppe 2"),
        pytest.param(replace(SOEGER, sikring=Sikring("7", DAG)), True, False, id="NORD-02: mor er rejst"),
        pytest.param(replace(SOEGER, sikring=Sikring("1", DAG, A, DAG)), True, False, id="FAM-05: mor har læge"),
        pytest.param(
            replace(SOEGER, sikring=Sikring("1", DAG, A, D(2010, 1, 1)), indrejst=DAG),
            False,
            True,
            id="IND-01: mors læge er fra før indrejsen",
        ),
        pytest.param(
            replace(SOEGER, sikring=Sikring("1", DAG, A, DAG), indrejst=DAG), True, False, id="IND-04: mors læge er ny"
        ),
        pytest.param(replace(SOEGER, afloest=True), True, False, id="CPR-11: mor er en anden"),
    ],
)
def test_hvem_barnet_venter_paa(mor: Slaegtning | None, ogsaa_ukendte: bool, ventet: bool) -> None:
    kendte = {} if mor is None else {"mor": mor}
    assert venter(BARNET, DAG, kendte, NU, NU, ogsaa_ukendte=ogsaa_ukendte) is ventet


@pytest.mark.parametrize(
    ("startet", "nu", "naeste"),
    [
        pytest.param(NU, NU, NU + timedelta(minutes=1), id="først et minut"),
        pytest.param(NU, NU + timedelta(minutes=8), NU + timedelta(minutes=10), id="ti minutter"),
        pytest.param(NU, NU + timedelta(minutes=10), NU + timedelta(minutes=20), id="så sjældnere"),
        pytest.param(NU, kl(11, 6, 12), kl(11, 7, 0), id="når dagen efter er gået"),
        pytest.param(kl(3, 30, 12), kl(3, 31, 20), kl(4, 1, 0), id="sommertid begynder"),
        pytest.param(kl(10, 26, 12), kl(10, 27, 20), kl(10, 28, 0), id="vintertid begynder"),
    ],
)
def test_hvornaar_der_ses_igen(startet: datetime, nu: datetime, naeste: datetime) -> None:
    assert se_igen(startet, nu) == naeste
