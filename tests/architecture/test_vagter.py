"""The house keeps its rules, and each guard bites on a planted violation."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import vagter

ROD = Path(__file__).parents[2]
Vagt = Callable[[Path], Iterator[str]]


@pytest.mark.parametrize("vagt", vagter.VAGTER, ids=lambda v: v.__name__)
def test_huset_holder_reglen(vagt: Vagt) -> None:
    assert list(vagt(ROD)) == []


@pytest.mark.parametrize("sti", vagter.SQL_UNDTAGET)
def test_undtagelser_findes_endnu(sti: str) -> None:
    """An exception for a file that is gone would excuse the next file of that name."""
    assert (ROD / sti).exists()


@pytest.fixture
def traeet(tmp_path: Path) -> Callable[[str, str], None]:
    def plant(sti: str, tekst: str) -> None:
        fil = tmp_path / sti
        fil.parent.mkdir(parents=True, exist_ok=True)
        fil.write_text(tekst, encoding="utf-8")

    plant("requirements.lock", "")
    plant("pyproject.toml", "[project]\ndependencies = []\n")
    plant("docs/decisions/0001-x.md", "# 0001 X\n\n" + "\n".join(f"## {a}\n\n> x\n" for a in vagter.AFSNIT))
    for navn in (vagter.FASTE_FILER | {"handlers.py"}) - {"migrations"}:
        plant(f"services/a/{navn}", "")
    plant("services/a/migrations/0001_start.sql", "create table a ();")
    return plant


PLANTET = [
    pytest.param(
        vagter.subscribere_kun_fra_platformen,
        "services/a/app.py",
        "broker.subscriber('x')\n",
        "services/a/app.py:1: .subscriber( uden for shared/platform",
        id="subscriber i en tjeneste",
    ),
    pytest.param(
        vagter.subscribere_kun_fra_platformen,
        "cli/x.py",
        "\nfrom faststream.kafka import KafkaBroker\n",
        "cli/x.py:2: faststream uden for shared/platform",
        id="faststream i cli",
    ),
    pytest.param(
        vagter.intet_ur_i_tjenester_og_domaene,
        "services/a/handlers.py",
        "from datetime import UTC, datetime\nnu = datetime.now(UTC)\n",
        "services/a/handlers.py:2: datetime.now",
        id="uret læst i en handler",
    ),
    pytest.param(
        vagter.intet_ur_i_tjenester_og_domaene,
        "shared/domain/x.py",
        "import time\nnu = time.time\n",
        "shared/domain/x.py:2: time.time",
        id="uret lånt ud i domænet",
    ),
    pytest.param(
        vagter.sql_kun_i_store,
        "services/a/handlers.py",
        'def f(t):\n    return f"select navn from {t}"\n',
        "services/a/handlers.py:2: SQL uden for store.py",
        id="SQL i en handler",
    ),
    pytest.param(
        vagter.sql_kun_i_store,
        "simulators/x.py",
        'q = """\nUPDATE kort\nSET x = 1\n"""\n',
        "simulators/x.py:1: SQL uden for store.py",
        id="SQL over flere linjer",
    ),
    pytest.param(
        vagter.print_kun_i_kommandoer,
        "shared/platform/x.py",
        "print(1)\n",
        "shared/platform/x.py:1: print",
        id="print i platformen",
    ),
    pytest.param(
        vagter.tjenester_har_samme_filer,
        "services/b/app.py",
        "",
        "services/b: README.md mangler",
        id="tjeneste uden README",
    ),
    pytest.param(
        vagter.tjenester_har_samme_filer,
        "services/a/utils.py",
        "",
        "services/a: utils.py er ukendt",
        id="fremmed fil i en tjeneste",
    ),
    pytest.param(
        vagter.filer_og_funktioner_er_korte, "cli/x.py", "x = 1\n" * 401, "cli/x.py: 401 linjer", id="for lang fil"
    ),
    pytest.param(
        vagter.filer_og_funktioner_er_korte,
        "cli/x.py",
        "async def f():\n" + "    x = 1\n" * 40,
        "cli/x.py:1: f er 41 linjer",
        id="for lang funktion",
    ),
    pytest.param(
        vagter.laasen_er_hel,
        "requirements.lock",
        "a==1.0 \\\n    --hash=sha256:00\nb==2.0\n",
        "requirements.lock: b uden hash",
        id="lås uden hash",
    ),
    pytest.param(
        vagter.laasen_er_hel,
        "requirements.lock",
        "a>=1.0 \\\n    --hash=sha256:00\n",
        "requirements.lock: a>=1.0 \\ er ikke låst til en version",
        id="version ikke låst",
    ),
    pytest.param(
        vagter.laasen_er_hel,
        "pyproject.toml",
        '[project]\ndependencies = ["Kafka_Klient>=2"]\n',
        "requirements.lock: Kafka_Klient mangler",
        id="afhængighed uden lås",
    ),
    pytest.param(
        vagter.intet_navngiver_maskinen,
        "docs/x.md",
        "\nhttps://" + "py" + "pi.org/simple\n",
        "docs/x.md:2: nævner " + "py" + "pi.org",
        id="registrets vært",
    ),
    pytest.param(
        vagter.intet_navngiver_maskinen,
        "Makefile",
        "x = /" + "home/per/kode\n",
        "Makefile:1: sti på en bestemt maskine",
        id="sti på en maskine",
    ),
    pytest.param(
        vagter.beslutninger_er_hele,
        "docs/decisions/0002-y.md",
        "# 0002 Y\n\n## Context\n\n## Decision\n",
        "0002-y.md: ingen sætning at citere",
        id="beslutning uden sætning",
    ),
    pytest.param(
        vagter.beslutninger_er_hele,
        "docs/decisions/0004-y.md",
        "# 0004 Y\n",
        "0004-y.md: er ikke nummer 0002",
        id="hul i numrene",
    ),
]


@pytest.mark.parametrize(("vagt", "sti", "tekst", "ventet"), PLANTET)
def test_vagten_bider(
    vagt: Vagt, sti: str, tekst: str, ventet: str, tmp_path: Path, traeet: Callable[[str, str], None]
) -> None:
    assert list(vagt(tmp_path)) == []
    traeet(sti, tekst)
    assert ventet in list(vagt(tmp_path))


def test_laast_version_uden_for_kravet_findes(tmp_path: Path, traeet: Callable[[str, str], None]) -> None:
    traeet("requirements.lock", "klient==1.9 \\\n    --hash=sha256:00\n")
    traeet("pyproject.toml", '[project]\ndependencies = ["klient[x]>=2,<3"]\n')
    assert list(vagter.laasen_er_hel(tmp_path)) == ["requirements.lock: klient 1.9 passer ikke til <3,>=2"]


def test_henvisning_ud_af_huset_findes(tmp_path: Path, traeet: Callable[[str, str], None]) -> None:
    (tmp_path / "miljoe").symlink_to("/et/sted/paa/denne/maskine")
    (tmp_path / "laas").symlink_to("requirements.lock")
    assert list(vagter.intet_navngiver_maskinen(tmp_path)) == ["miljoe: henviser til en sti på en bestemt maskine"]


def test_sql_og_print_er_tilladt_hvor_de_hoerer_til(tmp_path: Path, traeet: Callable[[str, str], None]) -> None:
    traeet("services/a/store.py", 'SOEG = "select ydernummer from yder"\n')
    traeet("services/a/rules.py", '"""Select the newest row from the table."""\n')
    traeet("cli/x.py", "print('færdig')\n")
    assert [f for vagt in vagter.VAGTER for f in vagt(tmp_path)] == []


BRUD = [
    pytest.param("services/a/handlers.py", "import services.b.store", "Services are independent", id="anden tjeneste"),
    pytest.param("services/a/store.py", "import services.a.handlers", "the same layers", id="lag nedefra og op"),
    pytest.param("services/a/utils.py", "", "the same layers", id="fremmed modul i en tjeneste"),
    pytest.param("services/a/rules.py", "import asyncio", "are pure", id="regel med asyncio"),
    pytest.param("services/b/forloeb.py", "import shared.platform.tabel", "are pure", id="forløb med platformen"),
    pytest.param("contracts/base.py", "import httpx", "are pure", id="kontrakt med httpx"),
    pytest.param("shared/platform/x.py", "import services.a.app", "The delivery core", id="platform med tjeneste"),
    pytest.param("services/a/app.py", "import embedded", "The delivery core", id="tjeneste med indlejret server"),
    pytest.param("simulators/x.py", "import services.a.app", "Simulators and the ingest", id="simulator med tjeneste"),
    pytest.param("embedded/x.py", "import contracts.base", "embedded servers", id="indlejret server med kontrakt"),
]


def _imports(rod: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=rod, capture_output=True, text=True, check=False)


@pytest.fixture
def pakker(tmp_path: Path) -> Path:
    """Empty packages with the house's own import contracts and two services."""
    shutil.copy(ROD / "pyproject.toml", tmp_path)
    moduler = [f"services/{t}/{m}.py" for t in "ab" for m in ("app", "handlers", "store", "rules", "forloeb")]
    for sti in ("contracts/base.py", "shared/domain/x.py", "shared/platform/tabel.py", *moduler):
        (tmp_path / sti).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / sti).touch()
    for pakke in (*vagter.PAKKER, "shared/domain", "shared/platform", "services/a", "services/b"):
        (tmp_path / pakke).mkdir(exist_ok=True)
        (tmp_path / pakke / "__init__.py").touch()
    return tmp_path


def test_importreglerne_holdes_af_huset() -> None:
    svar = _imports(ROD)
    assert svar.returncode == 0, svar.stdout


def test_importreglerne_er_stille_uden_brud(pakker: Path) -> None:
    svar = _imports(pakker)
    assert svar.returncode == 0, svar.stdout


@pytest.mark.parametrize(("sti", "linje", "regel"), BRUD)
def test_importreglerne_bider(pakker: Path, sti: str, linje: str, regel: str) -> None:
    (pakker / sti).write_text(linje + "\n")
    svar = _imports(pakker)
    assert svar.returncode == 1
    assert [r for r in svar.stdout.splitlines() if r.endswith("BROKEN") and regel in r]
