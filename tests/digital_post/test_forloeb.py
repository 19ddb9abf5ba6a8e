"""Letters as stories, and the table of their process."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.base import Besked
from contracts.brev import BrevFejlet, BrevSendt, BrevUndertrykt, Kanal
from contracts.opgave import OpgaveAnmodet
from contracts.person import Personoplysninger
from services.digital_post.forloeb import BREV, Brev, Brevtilstand, Modtager
from services.digital_post.forloeb.beskeder import (
    BeslutningForaeldet,
    BrevAfleveret,
    BrevAfvist,
    Forsendelse,
    SvarUdeblev,
    TilmeldingOplyst,
)
from services.digital_post.handlers import tjeneste
from shared.domain.forloeb import UventetBesked
from tests.digital_post.eksempler import ANMODET, ERIK, IDA, NU, tilstand
from tests.motor import Motor, typer

OM = {"brev_id": "b1", "person_id": "p1"}
TILMELDT = TilmeldingOplyst(**OM, tilmeldt=True)
IKKE_TILMELDT = TilmeldingOplyst(**OM, tilmeldt=False)
AFLEVERET = BrevAfleveret(**OM, forsendelse_id="k-1")
FRITAGET = BrevAfvist(**OM, kode="FRITAGET")
FORAELDET = BeslutningForaeldet(**OM)
UDEN_ADRESSE = ERIK.model_copy(update={"adresse": None})
IDA_BESKYTTET = IDA.model_copy(update={"beskyttet": True, "beskyttet_fra": date(2024, 11, 6)})
UNAVNGIVET = IDA.model_copy(update={"adresseringsnavn": ""})
DOED = ERIK.model_copy(update={"status": "90"})


def spil(*beskeder: Besked, nu: datetime = NU) -> Motor:
    motor = Motor(tjeneste)
    for besked in beskeder:
        motor.modtag(besked, nu)
        for frist in motor.forfaldne(nu):
            motor.modtag(frist, nu)
    return motor


def brev(motor: Motor, brev_id: str = "b1") -> Brev:
    return motor.raekker["brev"][brev_id]


def forsendelser(motor: Motor) -> list[tuple[str, str]]:
    """Key and channel of the letters that Digital Post was to have."""
    return [(e.noegle, e.indhold.kanal.value) for e in motor.effekter.values() if isinstance(e.indhold, Forsendelse)]


HISTORIER = [
    #             person       hvad der sker efter anmodningen       ender i         forsendelser            sendes
    pytest.param(ERIK, [TILMELDT, AFLEVERET], "SENDT", [("brev:b1", "DIGITAL")], ["BrevSendt"],
                 id="POST-24: tilmeldt, så digitalt"),
    pytest.param(ERIK, [IKKE_TILMELDT, AFLEVERET], "TIL_PRINT", [("brev:b1", "FYSISK")], ["BrevSendt"],
                 id="POST-17: ikke tilmeldt, så fysisk"),
    pytest.param(IDA, [AFLEVERET], "TIL_PRINT", [("brev:b1", "FYSISK")], ["BrevSendt"],
                 id="POST-16: under 15, fysisk uden at spørge"),
    pytest.param(ERIK, [TILMELDT, FRITAGET, AFLEVERET], "TIL_PRINT",
                 [("brev:b1", "DIGITAL"), ("brev:b1:fysisk", "FYSISK")], ["BrevSendt"],
                 id="POST-24: fritaget siden opslaget, så fysisk i stedet"),
    pytest.param(UDEN_ADRESSE, [TILMELDT, AFLEVERET], "SENDT", [("brev:b1", "DIGITAL")], ["BrevSendt"],
                 id="uden adresse, men tilmeldt"),
    pytest.param(UDEN_ADRESSE, [IKKE_TILMELDT], "FEJLET", [], ["BrevFejlet", "OpgaveAnmodet"],
                 id="hverken tilmeldt eller adresse"),
    pytest.param(UDEN_ADRESSE, [TILMELDT, FRITAGET], "FEJLET", [("brev:b1", "DIGITAL")],
                 ["BrevFejlet", "OpgaveAnmodet"], id="fritaget siden opslaget, og ingen adresse"),
    pytest.param(ERIK, [TILMELDT, BrevAfvist(**OM, kode="NOEGLE_GENBRUGT")], "FEJLET", [("brev:b1", "DIGITAL")],
                 ["BrevFejlet", "OpgaveAnmodet"], id="afvist af en anden grund: intet brev mere, en opgave"),
    pytest.param(ERIK, [IKKE_TILMELDT, BrevAfvist(**OM, kode="MANGLER_ADRESSE")], "FEJLET", [("brev:b1", "FYSISK")],
                 ["BrevFejlet", "OpgaveAnmodet"], id="også printet afviser"),
    pytest.param(ERIK, [BrevAfvist(**OM, kode="UGYLDIGT_OPSLAG")], "FEJLET", [], ["BrevFejlet", "OpgaveAnmodet"],
                 id="opslaget afvises"),
    pytest.param(UNAVNGIVET, [], "UNDERTRYKT", [], ["BrevUndertrykt"], id="POST-14: unavngivet barn"),
    pytest.param(DOED, [], "UNDERTRYKT", [], ["BrevUndertrykt"], id="død"),
    pytest.param(ERIK, [tilstand(DOED, 2), TILMELDT], "UNDERTRYKT", [], ["BrevUndertrykt"],
                 id="POST-14: død mellem opslaget og afsendelsen"),
    pytest.param(ERIK, [TILMELDT, FORAELDET, TILMELDT, AFLEVERET], "SENDT",
                 [("brev:b1", "DIGITAL"), ("brev:b1:2", "DIGITAL")], ["BrevSendt"],
                 id="POST-24: dagen gik, besluttet på ny"),
    pytest.param(IDA, [FORAELDET, AFLEVERET], "TIL_PRINT", [("brev:b1", "FYSISK"), ("brev:b1:2", "FYSISK")],
                 ["BrevSendt"], id="POST-16: dagen gik, besluttet på ny til barnet"),
]  # fmt: skip


@pytest.mark.parametrize(("person", "beskeder", "ender_i", "sendinger", "sendt"), HISTORIER)
def test_historie(
    person: Personoplysninger,
    beskeder: Sequence[Besked],
    ender_i: str,
    sendinger: list[tuple[str, str]],
    sendt: list[str],
) -> None:
    motor = spil(tilstand(person), ANMODET, *beskeder)
    assert brev(motor).tilstand == ender_i
    assert forsendelser(motor) == sendinger
    assert typer(motor.udsendt) == sendt
    assert motor.frister == {}


def posten_noegler(motor: Motor) -> list[str]:
    """Digital Post's keys of the letters it was to have."""
    return [e.indhold.noegle for e in motor.effekter.values() if isinstance(e.indhold, Forsendelse)]


def test_besluttet_paa_ny_har_brevet_stadig_samme_noegle_hos_digital_post() -> None:
    """POST-24: yesterday's call may have frozen on its way and arrive after today's: it is one letter."""
    motor = spil(tilstand(ERIK), ANMODET, TILMELDT, FORAELDET, TILMELDT, FORAELDET, IKKE_TILMELDT)
    assert forsendelser(motor) == [("brev:b1", "DIGITAL"), ("brev:b1:2", "DIGITAL"), ("brev:b1:3", "FYSISK")]
    assert posten_noegler(motor) == ["brev:b1"] * 3


def test_afvist_digitalt_gaar_brevet_paa_papir_ogsaa_naar_det_besluttes_paa_ny() -> None:
    """POST-24: under one key of its own; Digital Post is not asked again."""
    motor = spil(tilstand(ERIK), ANMODET, TILMELDT, FRITAGET, FORAELDET)
    assert forsendelser(motor)[1:] == [("brev:b1:fysisk", "FYSISK"), ("brev:b1:2", "FYSISK")]
    assert posten_noegler(motor) == ["brev:b1", "brev:b1:fysisk", "brev:b1:fysisk"]
    assert [e for e in motor.effekter if e.startswith("tilmelding:")] == ["tilmelding:b1"]


def test_s34_beskyttelse_fra_i_dag_standser_et_brev_fra_i_gaar() -> None:
    """S34, POST-14: queued the day before the protection, Digital Post away, so not handed over that day."""
    motor = spil(tilstand(IDA), ANMODET)
    assert brev(motor).tilstand is Brevtilstand.AFSENDES_FYSISK
    naeste_dag = NU + timedelta(days=1)
    motor.modtag(tilstand(IDA_BESKYTTET, 2), naeste_dag)
    motor.modtag(FORAELDET, naeste_dag)
    assert [b.grund for b in motor.fra(BrevUndertrykt)] == ["ADRESSEBESKYTTELSE"]
    assert brev(motor).kanal is None


def test_s34_beskyttet_voksen_faar_sit_brev() -> None:
    """POST-14."""
    motor = spil(tilstand(ERIK.model_copy(update={"beskyttet": True})), ANMODET, IKKE_TILMELDT)
    assert forsendelser(motor) == [("brev:b1", "FYSISK")]


def test_s34_sagsbehandlerens_brev_til_det_beskyttede_barn_sendes() -> None:
    """POST-14: an ad hoc letter is not automatic."""
    skrevet = ANMODET.model_copy(update={"automatisk": False})
    motor = spil(tilstand(IDA_BESKYTTET), skrevet, nu=NU + timedelta(days=2))
    assert forsendelser(motor) == [("brev:b1", "FYSISK")]


def test_brevet_er_stilet_til_barnet_selv() -> None:
    """POST-15, POST-18: to the child, never to the parents."""
    motor = spil(tilstand(IDA), ANMODET)
    (effekt,) = motor.effekter.values()
    assert isinstance(effekt.indhold, Forsendelse)
    assert (effekt.indhold.navn, effekt.indhold.cpr) == (IDA.adresseringsnavn, IDA.cpr)
    assert effekt.indhold.tekst.startswith("Kære Ida Åkjær\n")
    assert effekt.indhold.afsender == "Aarhus Kommune"
    assert effekt.indhold.besluttet == date(2024, 11, 5)


def test_samme_anmodning_to_gange_er_et_brev() -> None:
    """POST-12: no duplicate letters on replay, not even when the first has been sent."""
    motor = spil(tilstand(ERIK), ANMODET, ANMODET, TILMELDT, AFLEVERET, ANMODET)
    assert list(motor.effekter) == ["tilmelding:b1", "brev:b1"]
    assert len(motor.fra(BrevSendt)) == 1


def test_kvitteringen_gemmes_og_meldes() -> None:
    motor = spil(tilstand(ERIK), ANMODET, TILMELDT, AFLEVERET)
    (sendt,) = motor.fra(BrevSendt)
    assert (sendt.kanal, sendt.forsendelse_id, sendt.tidspunkt) == (Kanal.DIGITAL, "k-1", NU)
    assert (brev(motor).kanal, brev(motor).forsendelse_id, brev(motor).afsendt) == (Kanal.DIGITAL, "k-1", NU)


@pytest.mark.parametrize(
    ("beskeder"),
    [
        pytest.param([tilstand(ERIK), ANMODET], id="personen først"),
        pytest.param([ANMODET, tilstand(ERIK)], id="brevet først"),
        pytest.param([ANMODET, tilstand(ERIK), tilstand(ERIK, 2)], id="brevet først, personen to gange"),
    ],
)
def test_brev_og_person_i_begge_raekkefoelger(beskeder: list[Besked]) -> None:
    motor = spil(*beskeder)
    assert brev(motor).tilstand is Brevtilstand.AFVENTER_TILMELDING
    assert list(motor.effekter) == ["tilmelding:b1"]
    assert motor.raekker["modtager"]["p1"].ventende == ()


def test_flere_breve_venter_paa_samme_person() -> None:
    """POST-13: each letter is its own."""
    andet = ANMODET.model_copy(update={"brev_id": "b2"})
    motor = spil(ANMODET, andet)
    assert motor.raekker["modtager"]["p1"] == Modtager("p1", ventende=("b1", "b2"))
    motor.modtag(tilstand(IDA), NU)
    for frist in motor.forfaldne(NU):
        motor.modtag(frist, NU)
    assert forsendelser(motor) == [("brev:b1", "FYSISK"), ("brev:b2", "FYSISK")]


def test_en_person_der_aldrig_oplyses_giver_en_opgave_efter_et_doegn() -> None:
    motor = spil(ANMODET)
    et_doegn = NU + timedelta(days=1)
    assert motor.forfaldne(et_doegn - timedelta(seconds=1)) == []
    (frist,) = motor.forfaldne(et_doegn)
    motor.modtag(frist, et_doegn)
    assert [f.grund for f in motor.fra(BrevFejlet)] == ["MODTAGER_UKENDT"]
    assert [(o.aarsag, o.cpr) for o in motor.fra(OpgaveAnmodet)] == [("BREV_FEJLET", None)]
    assert motor.raekker["modtager"]["p1"].ventende == ()
    motor.modtag(tilstand(ERIK), et_doegn)
    assert motor.forfaldne(et_doegn) == []


@pytest.mark.parametrize("fundet_foerst", [True, False], ids=["personen når frem først", "fristen falder først"])
def test_fristen_og_personen_i_samme_oejeblik(fundet_foerst: bool) -> None:
    """The person is known by then, so the letter goes, and only once."""
    motor = spil(ANMODET)
    et_doegn = NU + timedelta(days=1)
    motor.modtag(tilstand(ERIK), et_doegn)
    frister = sorted(motor.forfaldne(et_doegn), key=lambda b: type(b).__name__, reverse=not fundet_foerst)
    assert len(frister) == 2
    for frist in frister:
        motor.modtag(frist, et_doegn)
    assert brev(motor).tilstand is Brevtilstand.AFVENTER_TILMELDING
    assert list(motor.effekter) == ["tilmelding:b1"]
    assert motor.fra(BrevFejlet) == []


@pytest.mark.parametrize(
    ("person", "svar", "tilstanden"),
    [
        pytest.param(ERIK, [TILMELDT, AFLEVERET], "SENDT", id="sendt"),
        pytest.param(IDA, [AFLEVERET], "TIL_PRINT", id="til print"),
        pytest.param(ERIK, [tilstand(DOED, 2), TILMELDT], "UNDERTRYKT", id="undertrykt"),
        pytest.param(UDEN_ADRESSE, [IKKE_TILMELDT], "FEJLET", id="fejlet"),
    ],
)
def test_svaret_og_fristen_i_samme_oejeblik(person: Personoplysninger, svar: list[Besked], tilstanden: str) -> None:
    """POST-24: the deadline stood in line behind the answer: nothing more is said."""
    motor = spil(tilstand(person), ANMODET, *svar)
    sendt = list(motor.udsendt)
    assert motor.modtag(SvarUdeblev(**OM), NU) == []
    assert (brev(motor).tilstand, motor.udsendt, motor.frister) == (tilstanden, sendt, {})


def test_en_lavere_version_af_personen_aendrer_intet() -> None:
    motor = spil(tilstand(DOED, 3), tilstand(ERIK, 2), ANMODET)
    assert brev(motor).tilstand is Brevtilstand.UNDERTRYKT


@pytest.mark.parametrize(
    ("beskeder", "ventende"),
    [
        pytest.param([], "AFVENTER_TILMELDING", id="opslaget er ubesvaret"),
        pytest.param([TILMELDT], "AFSENDES_DIGITALT", id="det digitale brev er uden kvittering"),
        pytest.param([IKKE_TILMELDT], "AFSENDES_FYSISK", id="det fysiske brev er uden kvittering"),
    ],
)
def test_forsinkelse_bliver_en_opgave_og_der_ventes_fortsat(beskeder: list[Besked], ventende: str) -> None:
    motor = spil(tilstand(ERIK), ANMODET, *beskeder)
    for uge in (1, 2):
        (frist,) = motor.forfaldne(NU + timedelta(days=7 * uge))
        motor.modtag(frist, NU + timedelta(days=7 * uge))
    assert {(o.opgave_id, o.aarsag, o.cpr) for o in motor.fra(OpgaveAnmodet)} == {
        ("b1:brev_forsinket", "BREV_FORSINKET", ERIK.cpr)
    }
    assert brev(motor).tilstand == ventende
    assert [f.hvornaar for f in motor.frister.values()] == [NU + timedelta(days=21)]


def test_et_brev_der_ikke_kan_skrives_er_en_synlig_fejl() -> None:
    with pytest.raises(ValueError, match="brevet mangler feltet virkningsdato"):
        spil(tilstand(ERIK), ANMODET.model_copy(update={"felter": {}}))


def test_svar_paa_et_brev_vi_ikke_har_er_en_synlig_fejl() -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        spil(TILMELDT)


def test_et_svar_der_ikke_passer_er_en_synlig_fejl() -> None:
    with pytest.raises(UventetBesked, match="UNDERTRYKT"):
        spil(tilstand(DOED), ANMODET, AFLEVERET)


def test_femten_aar_afgoeres_den_dag_brevet_sendes() -> None:
    """POST-16: still 14 when asked for, 15 when the person becomes known the next day (Danish time)."""
    fylder = IDA.model_copy(update={"foedselsdato": date(2009, 11, 6)})
    motor = spil(ANMODET)
    aften = datetime(2024, 11, 5, 23, 30, tzinfo=UTC)
    motor.modtag(tilstand(fylder), aften)
    for frist in motor.forfaldne(aften):
        motor.modtag(frist, aften)
    assert brev(motor).tilstand is Brevtilstand.AFVENTER_TILMELDING


def test_enhver_ventende_tilstand_har_en_frist() -> None:
    ventende = {o.fra for o in BREV.overgange} - BREV.afsluttede() - {BREV.start}
    assert {f.i for f in BREV.frister} == ventende
    raekker = {(o.fra, o.naar) for o in BREV.overgange}
    assert all((f.i, f.besked) in raekker for f in BREV.frister)


def test_diagrammet_i_readme_er_det_gaeldende() -> None:
    tekst = Path("services/digital_post/README.md").read_text(encoding="utf-8")
    fundet = re.search(r"<!-- forloeb:brev -->\n```mermaid\n(.*?)\n```\n<!-- /forloeb -->", tekst, re.DOTALL)
    assert fundet
    assert fundet.group(1) == BREV.som_mermaid()
