"""The guards of the house: each looks through a tree and names what breaks the rule, with file and line."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAKKER = ("contracts", "shared", "services", "simulators", "cli", "ingest", "embedded", "bench", "simulation")
STOERSTE_FIL, LAENGSTE_FUNKTION = 400, 40
FASTE_FILER = {"README.md", "__init__.py", "app.py", "store.py", "migrations"}
MODULER = {"client", "forloeb", "handlers", "opslag", "rules"}
"""Parts of a service: one file each, or a folder of files where one would be too long."""
VALGFRI_FILER = {"__pycache__", *MODULER, *(f"{m}.py" for m in MODULER)}
SQL_HER = ("shared/platform/", "ingest/", "bench/")
FASTSTREAM_UNDTAGET = {"bench/naive_app.py": "the app without the core, which the core is measured against"}
SQL_UNDTAGET = {"cli/hub.py": "reads the delivery core's own tables across all services; no service's SQL"}
AFSNIT = ("Context", "Decision", "Consequences", "Alternatives", "Enforced by", "Revisit when")
LAENGSTE_BESLUTNING = 60

_URE = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
_URE |= {("time", "time_ns"), ("time", "monotonic"), ("time", "perf_counter")}
_SQL = re.compile(
    r"\b(select\b.+\bfrom\b|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|(create|alter)\s+(table|schema|index)\s)",
    re.IGNORECASE | re.DOTALL,
)
# Written in two pieces, so that this file does not break its own rule.
_REGISTRE = ("pypi" + ".org", "python" + "hosted.org", "maven" + ".org", "maven.apache" + ".org", "npm" + "js.org")
_MASKINSTI = re.compile(r"(?<![\w.:/-])/(?:root|work|home/\w+|Users/\w+)/[\w.]")

Fund = Iterator[str]


def python(rod: Path, *mapper: str) -> Iterator[tuple[str, ast.Module]]:
    """The parsed Python files of some folders, by path from the root."""
    for mappe in mapper:
        for fil in sorted((rod / mappe).rglob("*.py")):
            yield fil.relative_to(rod).as_posix(), ast.parse(fil.read_text(encoding="utf-8"))


def filer(rod: Path) -> list[Path]:
    """What git tracks; every file where there is no git."""
    if not (rod / ".git").exists():
        return sorted(f for f in rod.rglob("*") if f.is_file() or f.is_symlink())
    kommando = ["git", "-C", str(rod), "ls-files", "-z"]
    navne = subprocess.run(kommando, check=True, capture_output=True).stdout.decode().split("\0")
    return sorted(rod / n for n in navne if n and ((rod / n).is_file() or (rod / n).is_symlink()))


def subscribere_kun_fra_platformen(rod: Path) -> Fund:
    """FastStream's defaults lose messages: only the delivery core makes subscribers, and only it knows FastStream."""
    for sti, trae in python(rod, *PAKKER):
        if sti.startswith("shared/platform/") or sti in FASTSTREAM_UNDTAGET:
            continue
        for led in ast.walk(trae):
            if isinstance(led, ast.Call) and isinstance(led.func, ast.Attribute) and led.func.attr == "subscriber":
                yield f"{sti}:{led.lineno}: .subscriber( uden for shared/platform"
            if isinstance(led, ast.Import | ast.ImportFrom) and "faststream" in _importerede(led):
                yield f"{sti}:{led.lineno}: faststream uden for shared/platform"


def _importerede(led: ast.Import | ast.ImportFrom) -> set[str]:
    navne = [a.name for a in led.names] if isinstance(led, ast.Import) else [led.module or ""]
    return {n.split(".")[0] for n in navne}


def intet_ur_i_tjenester_og_domaene(rod: Path) -> Fund:
    """The hub's clock is given to a handler; one that is read in code cannot be moved or tested."""
    for sti, trae in python(rod, "services", "shared/domain", "contracts"):
        for led in ast.walk(trae):
            if isinstance(led, ast.Attribute) and isinstance(led.value, ast.Name) and (led.value.id, led.attr) in _URE:
                yield f"{sti}:{led.lineno}: {led.value.id}.{led.attr}"


def sql_kun_i_store(rod: Path) -> Fund:
    """All SQL of a service is in its store.py, so that its tables can be changed by reading one file."""
    for sti, trae in python(rod, *PAKKER):
        if sti.startswith(SQL_HER) or Path(sti).name == "store.py" or sti in SQL_UNDTAGET:
            continue
        for linje, tekst in _tekster(trae):
            if _SQL.search(tekst):
                yield f"{sti}:{linje}: SQL uden for store.py"


def _tekster(trae: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals that are not docstrings; the parts of an f-string joined."""
    oversete: set[int] = set()
    for led in ast.walk(trae):
        if isinstance(led, ast.Expr):
            oversete.add(id(led.value))
        elif isinstance(led, ast.JoinedStr):
            oversete |= {id(d) for d in led.values}
            yield led.lineno, " x ".join(d.value for d in led.values if isinstance(d, ast.Constant))
        elif isinstance(led, ast.Constant) and isinstance(led.value, str) and id(led) not in oversete:
            yield led.lineno, led.value


def print_kun_i_kommandoer(rod: Path) -> Fund:
    """What a service has to say goes to the log, where CPR numbers are masked."""
    for sti, trae in python(rod, *PAKKER):
        if sti.startswith("cli/") or Path(sti).name == "__main__.py":
            continue
        for led in ast.walk(trae):
            if isinstance(led, ast.Call) and isinstance(led.func, ast.Name) and led.func.id == "print":
                yield f"{sti}:{led.lineno}: print"


def tjenester_har_samme_filer(rod: Path) -> Fund:
    """One service read, all known."""
    for mappe in sorted(f for f in (rod / "services").iterdir() if f.is_dir() and f.name != "__pycache__"):
        her = {f.name for f in mappe.iterdir()}
        yield from (f"services/{mappe.name}: {navn} mangler" for navn in sorted(FASTE_FILER - her))
        if not her & {"handlers", "handlers.py"}:
            yield f"services/{mappe.name}: handlers.py mangler"
        yield from (f"services/{mappe.name}: {navn} er ukendt" for navn in sorted(her - FASTE_FILER - VALGFRI_FILER))
        if "migrations" in her and not list((mappe / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql")):
            yield f"services/{mappe.name}: ingen migrationer"


def filer_og_funktioner_er_korte(rod: Path) -> Fund:
    """A file is read in one sitting, a function on one screen."""
    for sti, trae in python(rod, *PAKKER):
        laengde = len((rod / sti).read_text(encoding="utf-8").splitlines())
        if laengde > STOERSTE_FIL:
            yield f"{sti}: {laengde} linjer"
        for led in ast.walk(trae):
            if isinstance(led, ast.FunctionDef | ast.AsyncFunctionDef):
                linjer = (led.end_lineno or led.lineno) - led.lineno + 1
                if linjer > LAENGSTE_FUNKTION:
                    yield f"{sti}:{led.lineno}: {led.name} er {linjer} linjer"


def laasen_er_hel(rod: Path) -> Fund:
    """What is installed is what was checked: every dependency is in the lock, at a version that fits, with a hash."""
    laast: dict[str, str] = {}
    for blok in re.split(r"\n(?=[A-Za-z])", (rod / "requirements.lock").read_text(encoding="utf-8")):
        kravlinje = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", blok)
        if kravlinje:
            laast[canonicalize_name(kravlinje[1])] = kravlinje[2]
            if "--hash=sha256:" not in blok:
                yield f"requirements.lock: {kravlinje[1]} uden hash"
        elif re.match(r"[A-Za-z]", blok):
            yield f"requirements.lock: {blok.splitlines()[0]} er ikke låst til en version"
    for krav in _krav(rod):
        version = laast.get(canonicalize_name(krav.name))
        if version is None:
            yield f"requirements.lock: {krav.name} mangler"
        elif not krav.specifier.contains(version, prereleases=True):
            yield f"requirements.lock: {krav.name} {version} passer ikke til {krav.specifier}"


def _krav(rod: Path) -> Iterable[Requirement]:
    opsaetning = tomllib.loads((rod / "pyproject.toml").read_text(encoding="utf-8"))
    projekt = opsaetning["project"]
    grupper = [*projekt.get("optional-dependencies", {}).values(), *opsaetning.get("dependency-groups", {}).values()]
    return [Requirement(linje) for gruppe in (projekt["dependencies"], *grupper) for linje in gruppe]


def intet_navngiver_maskinen(rod: Path) -> Fund:
    """A clone works anywhere: no registry's host, no path of one machine."""
    for fil in filer(rod):
        if fil.is_symlink():
            if fil.readlink().is_absolute():
                yield f"{fil.relative_to(rod).as_posix()}: henviser til en sti på en bestemt maskine"
            continue
        tekst = fil.read_bytes().decode(errors="ignore")
        for nummer, linje in enumerate(tekst.splitlines(), 1):
            sted = f"{fil.relative_to(rod).as_posix()}:{nummer}"
            yield from (f"{sted}: nævner {vaert}" for vaert in _REGISTRE if vaert in linje)
            if _MASKINSTI.search(linje):
                yield f"{sted}: sti på en bestemt maskine"


def beslutninger_er_hele(rod: Path) -> Fund:
    """A decision is one screen: what was chosen in one sentence, what else could be, and what holds it."""
    mappe = rod / "docs" / "decisions"
    fundne = sorted(f for f in mappe.glob("*.md") if f.name != "README.md")
    for nummer, fil in enumerate(fundne, 1):
        tekst = fil.read_text(encoding="utf-8")
        if not re.fullmatch(rf"{nummer:04d}-[a-z0-9-]+\.md", fil.name) or not tekst.startswith(f"# {nummer:04d} "):
            yield f"{fil.name}: er ikke nummer {nummer:04d}"
        if tuple(re.findall(r"^## (.+)$", tekst, re.MULTILINE)) != AFSNIT:
            yield f"{fil.name}: afsnittene er ikke {', '.join(AFSNIT)}"
        if len(re.findall(r"^> .+", tekst, re.MULTILINE)) == 0:
            yield f"{fil.name}: ingen sætning at citere"
        if len(tekst.splitlines()) > LAENGSTE_BESLUTNING:
            yield f"{fil.name}: mere end en skærm"
    if not fundne:
        yield "docs/decisions: ingen beslutninger"


VAGTER = (
    subscribere_kun_fra_platformen,
    intet_ur_i_tjenester_og_domaene,
    sql_kun_i_store,
    print_kun_i_kommandoer,
    tjenester_har_samme_filer,
    filer_og_funktioner_er_korte,
    laasen_er_hel,
    intet_navngiver_maskinen,
    beslutninger_er_hele,
)
