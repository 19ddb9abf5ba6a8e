"""The table of event codes: every row, what it leads to, and the codes that have none."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from cli.main import app
from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from services.cpr_events import rules
from services.cpr_events.app import TJENESTE
from services.cpr_events.rules.koder import KODER, VIRKNINGER, Virkning, som_tabel
from shared.platform.settings import Settings
from tests.motor import Motor, typer

CPR = "6909990001"
NU = datetime(2024, 11, 6, 6, tzinfo=UTC)
DAG = date(2024, 11, 6)
ADRESSE = CprAdresse(kommunekode="0751", vejkode="1234", husnr="7", tilflytning=datetime(2024, 11, 5, 11, tzinfo=UTC))
FOER = CprPerson(cpr=CPR, status="01", adresse=CprAdresse(kommunekode="0333", vejkode="4321"))
SKET = datetime(2024, 11, 5, 12, tzinfo=UTC)
EFTER: dict[str, dict[str, Any]] = {
    "A02": {"status": "70", "forsvundet_fra": SKET, "adresse": None},
    "A06": {"status": "80", "rejser": (CprRejse(udrejse=SKET, udrejseland="5110"),), "adresse": None},
    "A21": {"status": "90", "status_fra": SKET, "adresse": None},
}
MEDDELELSE = {
    "A01": "PersonFlyttet", "A02": "PersonForsvundet", "A03": "PersonGenfundet", "A04": "PersonIndrejst",
    "A05": "PersonIndrejst", "A06": "PersonUdrejst", "A10": "PersonHaendelseRettet", "A13": "PersonSkiftetNavn",
    "A14": "PersonNavngivet", "A15": "PersonHaendelseRettet", "A16": "PersonHaendelseRettet", "A21": "PersonDoed",
    "A24": "PersonHaendelseRettet", "A25": "PersonHaendelseRettet", "A36": "PersonFoedt", "A51": "PersonFoedt",
}  # fmt: skip
"""Worked out by hand; all other codes bring their snapshot only."""
# fmt: off
KENDTE = [
    "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A13", "A14", "A15", "A16", "A19",
    "A20", "A21", "A23", "A24", "A25", "A27", "A29", "A31", "A32", "A33", "A34", "A35", "A36", "A37",
    "A38", "A45", "A47", "A51", "A73", "A74", "K74", "P02", "P03", "P10", "P31", "P32", "P35", "P36", "P40",
    "P42", "P43", "P51", "P55", "P58",
]
# fmt: on
"""Every code that has been seen in an extract or is named by the CPR office."""


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr("en hemmelighed"))))


def haendelse(kode: str, afledt: str = "") -> CprHaendelse:
    felter = {"adresse": ADRESSE, "navn": CprNavn(fornavn="Åse")} | EFTER.get(kode, {})
    person = FOER.model_copy(update=felter)
    return CprHaendelse(kode=kode, afledt=afledt, registreret=SKET, leverance=DAG, person=person)


@pytest.mark.parametrize("kode", KENDTE)
def test_hver_kode_bringer_tilstanden_og_sin_meddelelse(motor: Motor, kode: str) -> None:
    """Area CPR: an event starts the process it should, once, and nothing else."""
    motor.modtag(PersonOpdateret(leverance=date(2024, 11, 1), person=FOER), NU)
    sendt = typer(motor.modtag(haendelse(kode), NU))

    assert sendt == ["PersonTilstand", *([MEDDELELSE[kode]] if kode in MEDDELELSE else [])]
    assert typer(motor.modtag(haendelse(kode), NU)) == [], "CPR-09: den samme hændelse igen"
    assert motor.raekker["ukendt_haendelse"] == {}


@pytest.mark.parametrize("kode", sorted(MEDDELELSE))
def test_afledt_haendelse_bringer_kun_tilstanden(motor: Motor, kode: str) -> None:
    motor.modtag(PersonOpdateret(leverance=date(2024, 11, 1), person=FOER), NU)

    assert typer(motor.modtag(haendelse(kode, "MO"), NU)) == ["PersonTilstand"]


def test_hver_kode_har_een_raekke_med_grund() -> None:
    assert sorted(k.kode for k in KODER) == sorted(KENDTE)
    assert all(k.grund and k.betydning for k in KODER)
    assert set(VIRKNINGER) == set(Virkning)


def test_ukendt_kode_gemmes_taelles_og_taber_ikke_personen(motor: Motor) -> None:
    """Kept once per event, counted each time it is new, and the snapshot is used."""
    besked = haendelse("X99", "ÆG")
    registreret = motor.tjeneste.handlere[CprHaendelse]
    tomt = [motor._laes(laesning, besked) for laesning in registreret.laeser]  # pyright: ignore[reportPrivateUsage]
    assert registreret.handler(besked, *tomt, NU).talt == ("ukendt_haendelseskode",)

    assert typer(motor.modtag(besked, NU)) == ["PersonTilstand"]
    motor.modtag(besked, NU)

    (gemt,) = motor.raekker["ukendt_haendelse"].values()
    assert (gemt.kode, gemt.afledt, gemt.leverance, gemt.registreret) == ("X99", "ÆG", DAG, SKET)
    assert CPR not in gemt.noegle


def test_noeglen_for_en_kendt_kode_og_for_et_billede_er_ingen() -> None:
    assert rules.ukendt_noegle(haendelse("A01"), "p") is None
    assert rules.ukendt_noegle(PersonOpdateret(leverance=DAG, person=FOER), "p") is None


def test_tabellen_i_readme_er_den_nyeste() -> None:
    """Run `make docs` when this fails."""
    tekst = (Path(__file__).parents[2] / "services/cpr_events/README.md").read_text(encoding="utf-8")

    assert f"<!-- koder -->\n{som_tabel()}\n<!-- /koder -->" in tekst


def test_kommandoen_viser_hver_kode() -> None:
    svar = CliRunner().invoke(app, ["cpr", "koder"])

    assert svar.exit_code == 0
    assert [linje[:3] for linje in svar.stdout.splitlines()] == [k.kode for k in KODER]
