"""docker-compose.yml and Dockerfile against the code: services, commands, images and variables are those that exist."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from cli.main import app
from shared.platform.settings import Settings
from simulators.__main__ import NAVNE

ROD = Path(__file__).parents[2]
TEKST = (ROD / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEKST)
DELE: dict[str, dict[str, Any]] = COMPOSE["services"]
VORES = {navn: del_ for navn, del_ in DELE.items() if "build" in del_}
TJENESTER = {f.parent.name for f in (ROD / "services").glob("*/app.py")}
INDSTILLINGER = {felt.upper() for felt in Settings.model_fields} | {f"DATABASE_URL_{t.upper()}" for t in TJENESTER}
KUN_COMPOSE = {"KAFKA_PORT", "KAFKA_HEAP_OPTS", "POSTGRES_PASSWORD"}
"""Variables of the two servers that compose starts; our own processes do not know them."""


def test_hver_tjeneste_har_en_container_og_omvendt() -> None:
    koert = {del_["command"][2] for del_ in VORES.values() if del_["command"][1] == "run"}
    assert koert == TJENESTER
    assert {navn for navn, del_ in VORES.items() if del_["command"][1] == "run"} == TJENESTER
    assert set(DELE) == {*TJENESTER, "kafka", "postgres", "opret", *(f"simulator-{n.replace('_', '-')}" for n in NAVNE)}


@pytest.mark.parametrize("navn", VORES)
def test_kommandoen_findes_med_sine_argumenter(navn: str) -> None:
    program, *argumenter = VORES[navn]["command"]
    assert program == "sygesikring"
    kommando: Any = typer.main.get_command(app)
    kontekst = kommando.make_context("sygesikring", list(argumenter))
    _, under, resten = kommando.resolve_command(kontekst, list(argumenter))
    under.make_context(argumenter[0], resten, parent=kontekst)


def test_simulatorernes_navne_findes() -> None:
    assert {del_["command"][2] for del_ in VORES.values() if del_["command"][1] == "simulator"} == set(NAVNE)


def test_billeder_er_fastlaaste() -> None:
    dockerfile = re.findall(r"^FROM (\S+)", (ROD / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    billeder = [*dockerfile, *(del_["image"] for del_ in DELE.values())]
    assert len(billeder) == len(DELE) + 1
    for billede in billeder:
        assert re.fullmatch(r"[a-z0-9/._-]+:[0-9][0-9a-z.-]*", billede), billede
    assert {DELE["kafka"]["image"], DELE["postgres"]["image"]} == {"apache/kafka:4.3.0", "postgres:18"}


def test_hver_variabel_er_en_indstilling() -> None:
    for navn, del_ in VORES.items():
        assert set(del_["environment"]) <= INDSTILLINGER, navn
    assert set(re.findall(r"\$\{([A-Z_0-9]+)", TEKST)) <= INDSTILLINGER | KUN_COMPOSE


def test_hver_variabel_har_en_standardvaerdi() -> None:
    assert re.findall(r"\$\{[A-Z_0-9]+(?!:-|[A-Z_0-9])", TEKST) == []


def test_hver_tjeneste_kan_have_sin_egen_database() -> None:
    for tjeneste in TJENESTER:
        assert f"DATABASE_URL_{tjeneste.upper()}" in VORES[tjeneste]["environment"]


def test_standardvaerdierne_er_gyldige_indstillinger(monkeypatch: pytest.MonkeyPatch) -> None:
    for felt in INDSTILLINGER:
        monkeypatch.delenv(felt, raising=False)
    for navn, vaerdi in VORES["laegevalg"]["environment"].items():
        monkeypatch.setenv(navn, _uden_miljoe(vaerdi))
    indstillinger = Settings()
    assert indstillinger.kafka_servere == ["kafka:9092"]
    assert (
        indstillinger.database_url.get_secret_value()
        == "postgresql://sygesikring:sygesikring@postgres:5432/sygesikring"
    )
    assert (indstillinger.helbred_vaert, indstillinger.helbred_port) == ("0.0.0.0", 8080)  # noqa: S104


def _uden_miljoe(tekst: str) -> str:
    """What compose makes of a text when no variable is set: the defaults, the innermost first."""
    while (ny := re.sub(r"\$\{[A-Z_0-9]+:-([^${}]*)\}", r"\1", tekst)) != tekst:
        tekst = ny
    return tekst


@pytest.mark.parametrize("navn", sorted(set(DELE) - {"opret"}))
def test_alt_der_koerer_har_helbred_og_genstart(navn: str) -> None:
    assert DELE[navn]["restart"] == "unless-stopped"
    assert DELE[navn]["healthcheck"]["test"][0] == "CMD"
    if navn in VORES:
        assert "http://127.0.0.1:8080/health" in DELE[navn]["healthcheck"]["test"][-1]
        assert DELE[navn]["depends_on"] == {"opret": {"condition": "service_completed_successfully"}}


def test_navne_og_porte_i_adresserne_findes() -> None:
    miljoe = {n: _uden_miljoe(v) for n, v in VORES["laegevalg"]["environment"].items()}
    for navn in ("KORTLEVERANDOER_URL", "DIGITAL_POST_URL", "NETS_URL", "CPR_ONLINE_URL"):
        vaert, port = miljoe[navn].removeprefix("http://").split(":")
        assert DELE[vaert]["command"][-2:] == ["--port", port]


def test_data_overlever_containerne() -> None:
    assert {v.split(":")[0] for navn in ("kafka", "postgres") for v in DELE[navn]["volumes"]} == set(COMPOSE["volumes"])


def test_dockerfilen_kopierer_det_som_dockerignore_slipper_ind() -> None:
    dockerfile = (ROD / "Dockerfile").read_text(encoding="utf-8")
    kopieret = {k for linje in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE) for k in linje.split()}
    ignore = (ROD / ".dockerignore").read_text(encoding="utf-8")
    assert kopieret == set(re.findall(r"^!(\S+)$", ignore, re.MULTILINE))
    assert all((ROD / k).exists() for k in kopieret)
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert re.search(r"^USER (?!0|root)\S+$", dockerfile, re.MULTILINE)


def test_docker_compose_kan_laese_filen() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("Docker's compose er ikke installeret; filens opbygning er prøvet ovenfor")
    svar = subprocess.run(
        [docker, "compose", "--file", str(ROD / "docker-compose.yml"), "config", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert svar.returncode == 0, svar.stderr
