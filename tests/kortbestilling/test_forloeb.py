"""The card order as stories, and its table."""

import re
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from contracts.brev import BrevAnmodet, Brevtype
from contracts.kort import Adressetype, KortAfsendt, KortAnmodetV2, KortAnnulleres, KortBestilt, KortFejlet, KortTrukket
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse
from services.kortbestilling.forloeb import KORT
from services.kortbestilling.forloeb.beskeder import (
    AfhentningsfristUdloeb,
    AnnulleringAccepteret,
    AnnulleringAfvist,
    Kort,
    Kortordre,
    Korttilstand,
    OrdreAccepteret,
    OrdreAfvist,
)
from services.kortbestilling.handlers import STATUSBESKEDER, tjeneste
from shared.domain.forloeb import UventetBesked
from tests.kortbestilling.eksempler import ANMODET, EFTER, NU, bestilt_motor, efter, status
from tests.motor import Motor, typer

ACCEPTERET = OrdreAccepteret(kort_id=ANMODET.kort_id)
AFVIST = OrdreAfvist(kort_id=ANMODET.kort_id, kode="UGYLDIG_ORDRE")
BESKEDER = {
    "accepteret": ACCEPTERET,
    "afvist": AFVIST,
    "trukket": status("TRUKKET"),
    "afsendt": status("AFSENDT"),
    "retur": status("RETUR"),
    "fejl": status("FEJL"),
    "stop": KortAnnulleres(kort_id=ANMODET.kort_id, forloeb_id="f1", person_id=ANMODET.person_id, grund="ANNULLERET"),
    "stoppet": AnnulleringAccepteret(kort_id=ANMODET.kort_id),
    "ikke stoppet": AnnulleringAfvist(kort_id=ANMODET.kort_id, kode="TRUKKET"),
}


def kort(motor: Motor) -> Kort:
    return motor.raekker["kort"][ANMODET.kort_id]


def spil(*haendelser: str) -> Motor:
    motor = bestilt_motor()
    for navn in haendelser:
        motor.modtag(BESKEDER[navn], NU)
    return motor


HISTORIER = [
    #             hvad der sker                           ender i     hvad der sendes
    pytest.param(
        ["accepteret", "trukket", "afsendt"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "KortAfsendt"],
        id="S15: bestilt, trukket, afsendt",
    ),
    pytest.param(
        ["trukket", "accepteret", "afsendt"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "KortAfsendt"],
        id="KORT-17: TRUKKET overhaler svaret på ordren",
    ),
    pytest.param(
        ["afsendt", "accepteret"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortAfsendt"],
        id="KORT-17: AFSENDT overhaler svaret på ordren",
    ),
    pytest.param(
        ["accepteret", "afsendt"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortAfsendt"],
        id="KORT-17: TRUKKET springes over",
    ),
    pytest.param(
        ["accepteret", "afsendt", "trukket"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortAfsendt"],
        id="KORT-17: TRUKKET kommer efter AFSENDT",
    ),
    pytest.param(
        ["accepteret", "trukket", "trukket", "afsendt", "afsendt"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "KortAfsendt"],
        id="KORT-17: hver status kommer to gange",
    ),
    pytest.param(
        ["accepteret", "trukket", "afsendt", "retur"],
        "RETUR",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "KortAfsendt", "OpgaveAnmodet"],
        id="KORT-18: kortet kommer retur",
    ),
    pytest.param(
        ["retur", "afsendt", "accepteret"],
        "RETUR",
        ["KortBestilt", "BrevAnmodet", "OpgaveAnmodet", "KortAfsendt"],
        id="KORT-18: RETUR overhaler AFSENDT, afsendelsen noteres alligevel",
    ),
    pytest.param(["afvist"], "FEJLET", ["KortFejlet", "OpgaveAnmodet"], id="leverandøren afviser ordren"),
    pytest.param(
        ["accepteret", "trukket", "fejl"],
        "FEJLET",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "KortFejlet", "OpgaveAnmodet"],
        id="leverandøren opgiver kortet",
    ),
    pytest.param(
        ["fejl", "accepteret"], "FEJLET", ["KortFejlet", "OpgaveAnmodet"], id="FEJL overhaler svaret på ordren"
    ),
    pytest.param(
        ["fejl", "afsendt"],
        "AFSENDT",
        ["KortFejlet", "OpgaveAnmodet", "KortBestilt", "BrevAnmodet", "KortAfsendt"],
        id="KORT-18: et kort, der er sendt alligevel, er sendt",
    ),
    pytest.param(
        ["trukket", "afvist", "afsendt"],
        "AFSENDT",
        ["KortBestilt", "BrevAnmodet", "KortTrukket", "OpgaveAnmodet", "KortAfsendt"],
        id="KORT-09: trukket vejer tungere end en afvisning; en opgave siger til",
    ),
    pytest.param(
        ["afvist", "trukket", "stop", "afsendt"],
        "AFSENDT",
        [
            "KortFejlet",
            "OpgaveAnmodet",
            "KortBestilt",
            "BrevAnmodet",
            "KortTrukket",
            "KortIkkeAnnulleret",
            "KortAfsendt",
        ],
        id="S20, KORT-09: trukket efter en afvisning af ordren kan ikke stoppes",
    ),
    pytest.param(
        ["fejl", "trukket", "stop"],
        "ANNULLERET",
        ["KortFejlet", "OpgaveAnmodet", "KortAnnulleret"],
        id="KORT-18: trukket, før det fejlede, og meldt bagefter: der kommer intet kort",
    ),
    pytest.param(
        ["afvist", "stop", "trukket"],
        "ANNULLERET",
        ["KortFejlet", "OpgaveAnmodet", "KortAnnulleret", "OpgaveAnmodet"],
        id="KORT-09: trukket, efter at det er svaret, at det er stoppet",
    ),
]
SENE_STOPSVAR = [
    pytest.param(["accepteret", "stop", "trukket", "fejl"], "FEJLET", id="KORT-09: trukket og fejlet"),
    pytest.param(["accepteret", "stop", "fejl"], "ANNULLERET", id="KORT-09: fejlet"),
    pytest.param(["accepteret", "stop", "trukket", "afsendt"], "AFSENDT", id="KORT-09: trukket og sendt"),
]


@pytest.mark.parametrize("svar", ["stoppet", "ikke stoppet"])
@pytest.mark.parametrize(("haendelser", "tilstand"), SENE_STOPSVAR)
def test_svaret_paa_et_stop_kommer_sent(haendelser: list[str], tilstand: str, svar: str) -> None:
    """KORT-09: the statuses have overtaken it; it changes nothing, and is not parked."""
    motor = spil(*haendelser, svar)
    assert kort(motor).tilstand == tilstand
    assert typer(motor.udsendt).count("KortAnnulleret") + typer(motor.udsendt).count("KortIkkeAnnulleret") == 1


@pytest.mark.parametrize("svar", ["stoppet", "ikke stoppet"])
def test_svaret_paa_et_stop_kommer_efter_at_kortet_er_bortfaldet(svar: str) -> None:
    """KORT-09, KORT-11."""
    motor = spil("accepteret", "stop", "retur")
    (frist,) = (f for f in motor.forfaldne(NU + timedelta(days=200)) if isinstance(f, AfhentningsfristUdloeb))
    motor.modtag(frist, NU + timedelta(days=200))
    motor.modtag(BESKEDER[svar], NU + timedelta(days=200))
    assert kort(motor).tilstand == "BORTFALDET"


@pytest.mark.parametrize(("haendelser", "tilstand", "sendt"), HISTORIER)
def test_historie(haendelser: list[str], tilstand: str, sendt: list[str]) -> None:
    motor = spil(*haendelser)
    assert (kort(motor).tilstand, typer(motor.udsendt)) == (tilstand, sendt)


UDFALD = ("accepteret", "afvist")
STATUSSER = ("trukket", "afsendt", "retur", "fejl")
RAEKKEFOELGER = [
    pytest.param((*foer, udfald, *rest), id=" ".join((*foer, udfald, *rest)))
    for udfald in UDFALD
    for antal in (1, 2, 3, 4)
    for par in permutations(STATUSSER, antal)
    for delt in range(len(par) + 1)
    for foer, rest in [(par[:delt], par[delt:])]
]


@pytest.mark.parametrize("haendelser", RAEKKEFOELGER)
def test_enhver_raekkefoelge_af_svar_og_statusser_har_en_raekke(haendelser: tuple[str, ...]) -> None:
    """KORT-17, KORT-18: nothing is parked, nothing told twice, every status kept, a card that was sent is sent."""
    motor = spil(*haendelser)
    assert {linje.status.lower() for linje in kort(motor).statusser} == set(haendelser) & set(STATUSSER)
    assert len(motor.fra(KortBestilt)) <= 1
    assert len(motor.fra(KortAfsendt)) == haendelser.count("afsendt")
    ender_i = Korttilstand.RETUR if "retur" in haendelser else Korttilstand.AFSENDT
    if "retur" in haendelser or "afsendt" in haendelser:
        assert kort(motor).tilstand is ender_i


def test_kvitteringen_sendes_naar_kortet_er_bestilt() -> None:
    """POST-12, KORT-13."""
    (brev,) = spil("accepteret").fra(BrevAnmodet)
    assert brev.brev_id == "indrejse-1:kort:kvittering"
    assert brev.brevtype is Brevtype.SUNDHEDSKORTKVITTERING
    assert brev.felter == {"gruppe": "1", "praksisnavn": "Lægehuset Åen", "adressetype": "KENDT"}


@pytest.mark.parametrize("uden", [True, False])
@pytest.mark.parametrize("svar", ["accepteret", "trukket", "afsendt"])
def test_kort_uden_kvittering(uden: bool, svar: str) -> None:
    """IND-07, LV-21: the card of a doctor chosen by hand at entry has no receipt, however its order is known."""
    motor = Motor(tjeneste)
    felter = ANMODET.model_dump() | {"aarsag": "FOERSTE_RET", "uden_kvittering": uden}
    motor.modtag(KortAnmodetV2.model_validate(felter), NU)
    motor.modtag(BESKEDER[svar], NU)
    assert len(motor.fra(KortBestilt)) == 1
    assert len(motor.fra(BrevAnmodet)) == (0 if uden else 1)


def test_ordren_er_oensket_en_gang_med_kortets_noegle() -> None:
    motor = bestilt_motor()
    assert motor.modtag(ANMODET, efter(1)) == []
    (effekt,) = motor.effekter.values()
    assert (effekt.noegle, effekt.art, effekt.ordensnoegle) == (
        "kort:indrejse-1:kort",
        "kort.bestil",
        "indrejse-1:kort",
    )
    assert isinstance(effekt.indhold, Kortordre)
    assert effekt.indhold.adressetype is Adressetype.KENDT
    assert effekt.indhold.anmodet == NU


def test_kort_til_hoej_vejkode_bestilles_med_ukendt_adresse() -> None:
    """KORT-11."""
    motor = Motor(tjeneste)
    motor.modtag(
        ANMODET.model_copy(update={"adresse": Adresse(kommunekode="0751", vejkode="9901", linje="Uden fast bopæl")}), NU
    )
    motor.modtag(ACCEPTERET, NU)
    assert motor.fra(KortBestilt)[0].adressetype is Adressetype.UKENDT
    assert motor.fra(BrevAnmodet)[0].felter["adressetype"] == "UKENDT"


def test_leverandoerens_tider_gemmes() -> None:
    """KORT-18: the municipality must be able to prove when a card was sent."""
    motor = spil("accepteret", "trukket", "afsendt")
    assert [linje.tidspunkt for linje in kort(motor).statusser] == [EFTER["TRUKKET"], EFTER["AFSENDT"]]
    assert motor.fra(KortTrukket)[0].tidspunkt == EFTER["TRUKKET"]
    assert motor.fra(KortAfsendt)[0].tidspunkt == EFTER["AFSENDT"]


def test_den_foerste_af_to_ens_statusser_gaelder() -> None:
    motor = spil("accepteret", "trukket")
    motor.modtag(status("TRUKKET", EFTER["TRUKKET"] + timedelta(days=1)), NU)
    assert [linje.tidspunkt for linje in kort(motor).statusser] == [EFTER["TRUKKET"]]


def test_status_paa_ukendt_ordre_er_en_synlig_fejl() -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        Motor(tjeneste).modtag(status("TRUKKET"), NU)


def test_ikke_afhentet_kort_bortfalder_efter_tre_maaneder() -> None:
    """KORT-11: returned 20 November, kept until 20 February, that day included."""
    motor = spil("accepteret", "trukket", "afsendt", "retur")
    assert [o.aarsag for o in motor.fra(OpgaveAnmodet)] == ["AFHENTNING"]
    assert motor.forfaldne(datetime(2025, 2, 20, 22, 59, tzinfo=UTC)) == []
    (frist,) = motor.forfaldne(datetime(2025, 2, 20, 23, 0, tzinfo=UTC))
    motor.modtag(frist, datetime(2025, 2, 20, 23, 0, tzinfo=UTC))
    assert kort(motor).tilstand is Korttilstand.BORTFALDET
    assert [o.aarsag for o in motor.fra(OpgaveAnmodet)] == ["AFHENTNING", "RYD_OP"]
    assert [f.grund for f in motor.fra(KortFejlet)] == ["IKKE_AFHENTET"]
    assert motor.frister == {}


@pytest.mark.parametrize(
    ("haendelser", "tilstand", "dage"),
    [
        pytest.param([], "BESTILLES", 7, id="ordren er ubesvaret i 7 dage"),
        pytest.param(["accepteret"], "BESTILT", 14, id="ordren er ikke trukket efter 14 dage"),
        pytest.param(["accepteret", "trukket"], "TRUKKET", 14, id="kortet er ikke sendt efter 14 dage"),
    ],
)
def test_forsinkelse_bliver_en_opgave(haendelser: list[str], tilstand: str, dage: int) -> None:
    """One task however long it takes, the process still waits, and the next deadline runs."""
    motor = spil(*haendelser)
    for gang in (1, 2):
        frister = motor.forfaldne(efter(gang * dage))
        assert len(frister) == 1
        motor.modtag(frister[0], efter(gang * dage))
    opgaver = motor.fra(OpgaveAnmodet)
    assert {(o.opgave_id, o.aarsag, o.cpr) for o in opgaver} == {
        ("indrejse-1:kort:kort_forsinket", "KORT_FORSINKET", ANMODET.cpr)
    }
    assert kort(motor).tilstand == tilstand
    assert [f.hvornaar for f in motor.frister.values()] == [efter(3 * dage)]


def test_fristen_ophaeves_naar_ordren_gaar_videre() -> None:
    motor = spil("accepteret", "trukket", "afsendt")
    assert motor.frister == {}
    assert motor.forfaldne(efter(3650)) == []


def test_der_bestilles_aldrig_et_midlertidigt_kort() -> None:
    """KORT-07, IND-08: the only thing asked of the supplier is the card itself."""
    motor = spil("accepteret", "trukket", "afsendt", "retur")
    assert [e.art for e in motor.effekter.values()] == ["kort.bestil"]
    assert {b.brevtype for b in motor.fra(BrevAnmodet)} == {Brevtype.SUNDHEDSKORTKVITTERING}


def test_enhver_ventende_tilstand_har_en_frist() -> None:
    ventende = {o.fra for o in KORT.overgange} - KORT.afsluttede() - {KORT.start}
    assert {f.i for f in KORT.frister} == ventende
    raekker = {(o.fra, o.naar) for o in KORT.overgange}
    assert all((f.i, f.besked) in raekker for f in KORT.frister)


def test_enhver_status_har_en_raekke_i_enhver_tilstand_efter_bestillingen() -> None:
    """BESTILT and RETUR have not the statuses that would be the same again: those are ignored before the table."""
    raekker = {(o.fra, o.naar) for o in KORT.overgange}
    mangler = {
        (tilstand.value, kode.value)
        for tilstand in Korttilstand
        for kode, besked in STATUSBESKEDER.items()
        if tilstand is not Korttilstand.MODTAGET and (tilstand, besked) not in raekker
    }
    assert mangler == {("TRUKKET", "TRUKKET"), ("AFSENDT", "AFSENDT"), ("RETUR", "RETUR"), ("BORTFALDET", "RETUR")}


def test_diagrammet_i_readme_er_det_gaeldende() -> None:
    tekst = Path("services/kortbestilling/README.md").read_text(encoding="utf-8")
    fundet = re.search(r"<!-- forloeb:kort -->\n```mermaid\n(.*?)\n```\n<!-- /forloeb -->", tekst, re.DOTALL)
    assert fundet
    assert fundet.group(1) == KORT.som_mermaid()
