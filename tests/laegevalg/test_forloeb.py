"""The process of entry as stories, and what holds of its table."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import services.laegevalg.forloeb as modul
from contracts.base import Besked
from contracts.kort import KortAnmodet
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, Personoplysninger
from contracts.plads import IngenPlads, PladsAnmodet, PladsFrigives, PladsReserveret
from services.laegevalg.forloeb import (
    INDREJSE,
    Ikrafttraedelse,
    IndrejseErBehandlet,
    IndrejseManglerLaege,
    IndrejseUbehandlet,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.forloeb.sagsbeskeder import Art
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import InternBesked, SaetFrist
from tests.motor import typer

NU = datetime(2024, 11, 5, 6, tzinfo=UTC)
CPR = "6909990001"


def sag(art: Art = Art.INDREJSE, virkning: date = date(2024, 11, 4)) -> Sag:
    adresse = Adresse(kommunekode="0751", linje="Åboulevarden 7", postnummer="8000")
    person = Personoplysninger(person_id="p", cpr=CPR, status="01", fornavn="Erik", efternavn="Ærø", adresse=adresse)
    return Sag("f", "p", Tilstand.MODTAGET, art, "0751", virkning, person, (), NU)


def til_sig_selv(type_: type[Sagsbesked]) -> Sagsbesked:
    return type_(forloeb_id="f", person_id="p")


UBEHANDLET, MANGLER_LAEGE, BEHANDLET, UDEBLEV, IKRAFT = map(
    til_sig_selv, (IndrejseUbehandlet, IndrejseManglerLaege, IndrejseErBehandlet, PladsSvarUdeblev, Ikrafttraedelse)
)
PLADS = PladsReserveret(forloeb_id="f", person_id="p", ydernummer="000011", praksisnavn="Lægehuset", kommunekode="0751")
INGEN = IngenPlads(forloeb_id="f", person_id="p", kommunekode="0751", grund="INGEN_AABEN_PRAKSIS")


def gaa(start: Sag, beskeder: Sequence[Besked]) -> tuple[Sag, list[Besked], dict[str, SaetFrist]]:
    """Walk the table: where the sag ends, all that was sent, and the deadlines still running."""
    sendt: list[Besked] = []
    frister: dict[str, SaetFrist] = {}
    for besked in beskeder:
        udfald = INDREJSE.skridt(start, besked, NU)
        (start,) = udfald.raekker
        sendt += udfald.beskeder
        for ophaevet in udfald.ophaevede:
            frister.pop(ophaevet, None)
        frister |= {f.frist_id: f for f in udfald.frister}
    return start, sendt, frister


BEGYNDT = ["ForloebStartet", "GruppeTraadtIKraft", "PladsAnmodet"]
GODKENDT = ["LaegevalgReserveret", "LaegevalgGodkendt", "KortAnmodet", "BrevAnmodet"]
OVERGIVET = ["OpgaveAnmodet", "ForloebAfsluttet"]

HISTORIER = [
    pytest.param(
        [UBEHANDLET, PLADS, IKRAFT],
        "TRAADT_I_KRAFT",
        [*BEGYNDT, *GODKENDT, "LaegevalgTraadtIKraft", "ForloebAfsluttet"],
        id="IND-01: gruppe 1, læge, kort og kvittering",
    ),
    pytest.param(
        [MANGLER_LAEGE, PLADS, IKRAFT],
        "TRAADT_I_KRAFT",
        ["ForloebStartet", "PladsAnmodet", *GODKENDT, "LaegevalgTraadtIKraft", "ForloebAfsluttet"],
        id="IND-04: gruppen er sat, kun lægen tildeles",
    ),
    pytest.param(
        [BEHANDLET],
        "BEHANDLET_UDEN_HANDLING",
        ["ForloebStartet", "ForloebAfsluttet"],
        id="IND-04: allerede behandlet, intet sker",
    ),
    pytest.param(
        [UBEHANDLET, INGEN],
        "OVERGIVET_TIL_SAGSBEHANDLER",
        [*BEGYNDT, *OVERGIVET],
        id="IND-02: ingen plads, en manuel opgave, intet kort",
    ),
    pytest.param(
        [UBEHANDLET, UDEBLEV],
        "OVERGIVET_TIL_SAGSBEHANDLER",
        [*BEGYNDT, *OVERGIVET],
        id="IND-02: intet svar, en manuel opgave",
    ),
    pytest.param(
        [UBEHANDLET, UDEBLEV, PLADS],
        "OVERGIVET_TIL_SAGSBEHANDLER",
        [*BEGYNDT, *OVERGIVET, "PladsFrigives"],
        id="LV-19: en plads, der kommer for sent, gives tilbage",
    ),
    pytest.param(
        [UBEHANDLET, UDEBLEV, INGEN],
        "OVERGIVET_TIL_SAGSBEHANDLER",
        [*BEGYNDT, *OVERGIVET],
        id="IND-02: et sent afslag ændrer intet",
    ),
    pytest.param(
        [UBEHANDLET, INGEN, UDEBLEV],
        "OVERGIVET_TIL_SAGSBEHANDLER",
        [*BEGYNDT, *OVERGIVET],
        id="IND-02: fristen bag et afslag giver ikke en opgave til",
    ),
    pytest.param(
        [UBEHANDLET, PLADS, UDEBLEV],
        "AFVENTER_IKRAFT",
        [*BEGYNDT, *GODKENDT],
        id="IND-02: fristen bag et svar ændrer intet",
    ),
]


@pytest.mark.parametrize(("beskeder", "tilstand", "sendt"), HISTORIER)
def test_historie(beskeder: list[Besked], tilstand: str, sendt: list[str]) -> None:
    slut, alle, _ = gaa(sag(), beskeder)

    assert slut.tilstand == tilstand
    assert typer(alle) == sendt


def test_plads_godkendes_med_kort_og_kvittering() -> None:
    """IND-01, KORT-14, BET-09, POST-11."""
    slut, sendt, _ = gaa(sag(), [UBEHANDLET, PLADS, IKRAFT])

    faelles = {"forloeb_id": "f", "person_id": "p"}
    gruppe, valg = sendt[1].model_dump(mode="json"), sendt[4].model_dump(mode="json")
    assert gruppe.pop("begrundelse")["regel"] == "IND-01"
    assert gruppe == faelles | {"gruppe": "1", "gyldig_fra": "2024-11-04", "grund": "INDREJSE"}
    assert valg.pop("begrundelse")["regel"] == "IND-01"
    assert valg == faelles | {"ydernummer": "000011", "virkningsdato": "2024-11-04", "grund": "AUTOMATISK"}
    kort = sendt[5].model_dump(mode="json", exclude={"adresse"})
    assert kort.pop("begrundelse")["regel"] == "BET-09"
    assert kort == faelles | {
        "kort_id": "f:kort", "cpr": CPR, "navn": "Erik Ærø", "kommunekode": "0751", "aarsag": "FOERSTE_RET",
        "gebyr_oere": 0, "gruppe": "1", "ydernummer": "000011", "praksisnavn": "Lægehuset",
    }  # fmt: skip
    brev = sendt[6].model_dump(mode="json")
    assert (brev["brev_id"], brev["brevtype"]) == ("f:laegevalgskvittering", "LAEGEVALGSKVITTERING")
    assert brev["felter"] == {"praksisnavn": "Lægehuset", "virkningsdato": "2024-11-04"}
    assert sendt[-1].model_dump(mode="json")["udfald"] == "LAEGE_TILDELT"
    assert slut.ydernummer == "000011"


def test_genindrejse_faar_eget_kort_og_egen_art() -> None:
    """S14, BET-09: a re-entry is not the first right, and free all the same."""
    _, sendt, _ = gaa(sag(Art.GENINDREJSE), [UBEHANDLET, PLADS])

    assert [b.model_dump()["art"] for b in sendt[:1]] == ["GENINDREJSE"]
    assert [(b.aarsag, b.gebyr_oere) for b in sendt if isinstance(b, KortAnmodet)] == [("GENINDREJSE", 0)]


@pytest.mark.parametrize("slutning", [pytest.param(INGEN, id="ingen plads"), pytest.param(UDEBLEV, id="intet svar")])
def test_opgaven_har_cpr_og_er_den_samme(slutning: Besked) -> None:
    """IND-02, S18: one MANUEL task in the municipality with the CPR number; none in its texts."""
    _, sendt, _ = gaa(sag(), [UBEHANDLET, slutning])

    (opgave,) = [b for b in sendt if isinstance(b, OpgaveAnmodet)]
    assert (opgave.opgave_id, opgave.kommunekode, opgave.cpr) == ("f:opgave", "0751", CPR)
    assert (opgave.opgavetype, opgave.aarsag) == ("MANUEL", "INDREJSE_UDEN_LAEGE")
    assert CPR not in opgave.titel + opgave.beskrivelse
    assert "04-11-2024" in opgave.beskrivelse


def test_sen_plads_frigives_hos_den_praksis_der_holder_den() -> None:
    _, sendt, _ = gaa(sag(), [UBEHANDLET, UDEBLEV, PLADS])

    assert sendt[-1] == PladsFrigives(forloeb_id="f", person_id="p", grund="FORLOEB_AFSLUTTET", ydernummer="000011")


def test_frister_foelger_tilstanden() -> None:
    _, _, venter = gaa(sag(), [UBEHANDLET])
    assert {k: f.hvornaar for k, f in venter.items()} == {"f:PladsSvarUdeblev": datetime(2024, 11, 12, 23, tzinfo=UTC)}
    _, _, valgt = gaa(sag(), [UBEHANDLET, PLADS])
    assert {k: f.hvornaar for k, f in valgt.items()} == {"f:Ikrafttraedelse": datetime(2024, 11, 3, 23, tzinfo=UTC)}
    assert gaa(sag(), [UBEHANDLET, INGEN])[2] == {}
    assert gaa(sag(), [BEHANDLET])[2] == {}


def test_fremtidig_virkning_venter_til_dagen_begynder() -> None:
    """LV-20."""
    _, _, frister = gaa(sag(virkning=date(2024, 12, 1)), [UBEHANDLET, PLADS])

    assert [f.hvornaar for f in frister.values()] == [datetime(2024, 11, 30, 23, tzinfo=UTC)]


def test_anmodningen_har_postnummer_og_kommune() -> None:
    _, sendt, _ = gaa(sag(), [UBEHANDLET])

    assert sendt[-1] == PladsAnmodet(forloeb_id="f", person_id="p", kommunekode="0751", postnummer="8000")


@pytest.mark.parametrize(
    "beskeder",
    [
        pytest.param([PLADS], id="plads før anmodning"),
        pytest.param([BEHANDLET, UBEHANDLET], id="en behandlet indrejse begynder ikke forfra"),
        pytest.param([UBEHANDLET, PLADS, INGEN], id="afslag efter en plads"),
        pytest.param([UBEHANDLET, IKRAFT], id="ikrafttrædelse uden plads"),
    ],
)
def test_det_uventede_er_en_synlig_fejl(beskeder: list[Besked]) -> None:
    with pytest.raises(UventetBesked, match="indrejse: ingen overgang"):
        gaa(sag(), beskeder)


def test_hver_ventende_tilstand_har_en_frist() -> None:
    """MODTAGET waits for nothing: it is left, by an outcome of our own, in the very step that makes it."""
    ud = {o.fra for o in INDREJSE.overgange} - INDREJSE.afsluttede()
    ventende = ud - {INDREJSE.start}

    assert ventende == {f.i for f in INDREJSE.frister}
    assert all(issubclass(o.naar, InternBesked) for o in INDREJSE.overgange if o.fra == INDREJSE.start)


def test_hver_frist_har_en_overgang_og_hver_tilstand_kan_naas() -> None:
    rakker = {(o.fra, o.naar) for o in INDREJSE.overgange}

    assert {(f.i, f.besked) for f in INDREJSE.frister} <= rakker
    assert len(rakker) == len(INDREJSE.overgange)
    assert {o.til for o in INDREJSE.overgange} | {INDREJSE.start} == set(Tilstand)


def test_diagrammet_i_readme_er_tabellens() -> None:
    tekst = (Path(modul.__file__).parents[1] / "README.md").read_text()
    diagram = tekst.split("<!-- forloeb:indrejse -->", 1)[1].split("<!-- /forloeb -->", 1)[0]

    assert diagram.strip() == f"```mermaid\n{INDREJSE.som_mermaid()}\n```"
