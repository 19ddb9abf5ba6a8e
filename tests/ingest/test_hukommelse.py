"""Memory stays flat: ten times the records, about the same memory. Speed and figures are printed, not asserted."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from simulators.registre import Befolkning, dagens_haendelser, skriv_udtraek

# Linux carries the peak of ru_maxrss from the starting process over exec; VmHWM is the process's own.
LAES = """
import json, resource, sys, time
from pathlib import Path
from ingest.cpr.indlaesning import proev

def spids():
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

tom, begyndt = spids(), time.perf_counter()
resultat = proev([Path(sys.argv[1])])
pr_s = resultat.poster / (time.perf_counter() - begyndt)
print(json.dumps({"poster": resultat.poster, "fejl": len(resultat.fejl), "spids": spids(), "tom": tom, "pr_s": pr_s}))
"""


def laes(path: Path) -> dict[str, float]:
    ud = subprocess.run([sys.executable, "-c", LAES, str(path)], check=True, capture_output=True, text=True)
    return json.loads(ud.stdout)


def test_hukommelsen_vokser_ikke_med_filen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    maalt = []
    for antal in (2_400, 24_000):
        path = tmp_path / f"udtraek-{antal}"
        skriv_udtraek(path, date(2026, 3, 3), None, dagens_haendelser(Befolkning(1, antal), date(2026, 3, 2)))
        maalt.append(laes(path))
        path.unlink()
    lille, stor = maalt
    with capsys.disabled():
        for m in maalt:
            hukommelse = f"{m['tom'] / 2**20:.0f}-{m['spids'] / 2**20:.0f} MB"
            print(f"\n{m['poster']:.0f} poster: {m['pr_s']:.0f} poster/s, {hukommelse}")
    assert (lille["fejl"], stor["fejl"]) == (0, 0)
    assert stor["poster"] > 200_000
    assert 20_000 < lille["poster"] < 25_000
    assert stor["spids"] - lille["spids"] < 60 * 2**20
