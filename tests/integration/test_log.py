"""No CPR number in a log line, an error, a metric or a record key; and the guard of the whole run that sees to it."""

import io
import json
import logging as standard
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from shared.domain.cpr import masker
from shared.platform import logging
from tests import cprvagt
from tests.integration.conftest import noegler_med_cpr
from tests.integration.hjaelp import Proces, Tavle, klargoer, skema, vent_til
from tests.integration.proeve import Indsat, Opstilling

ROD = Path(__file__).parents[2]
NUMMER = "0101801234"
MED_STREG = "010180-1234"
MASKE = "******-****"


@pytest.fixture
def linjer() -> Any:
    """Log lines written since the last call, and only in this test; the run's own log is set up again for the next."""
    stroem = io.StringIO()
    logging.configure("DEBUG", stroem)

    def nye() -> str:
        tekst = stroem.getvalue()
        stroem.seek(0)
        stroem.truncate()
        return tekst

    yield nye
    standard.getLogger().handlers.clear()
    structlog.reset_defaults()


class Person:
    def __repr__(self) -> str:
        return f"Person({MED_STREG})"


FELTER = {
    "i teksten": MED_STREG,
    "uden bindestreg": NUMMER,
    "med mellemrum": "010180 1234",
    "erstatningsnummer med dag + 60": "6101801234",
    "bytes": NUMMER.encode(),
    "i en liste": ["a", [MED_STREG, {"b": NUMMER}]],
    "i et sæt": {NUMMER},
    "som nøgle": {NUMMER: 1},
    "i et objekt": Person(),
    "i en undtagelse": ValueError(f"ukendt person {NUMMER}"),
    "som tal": 1502701118,
    "i en sti": f"/person/{NUMMER}/kort",
}


@pytest.mark.parametrize("vaerdi", FELTER.values(), ids=FELTER.keys())
def test_structlog_maskerer_hvor_det_end_staar(vaerdi: Any, linjer: Any) -> None:
    logging.logger(bundet=vaerdi).info(f"hændelse {NUMMER}", felt=vaerdi, navn="Søren Ærø")
    linje = linjer()
    assert not cprvagt.har_cpr(linje)
    post = json.loads(linje)
    assert (post["event"], post["navn"]) == (f"hændelse {MASKE}", "Søren Ærø")
    assert MASKE in json.dumps(post["felt"])
    assert MASKE in json.dumps(post["bundet"])


def test_structlog_maskerer_en_undtagelse_med_spor(linjer: Any) -> None:
    try:
        raise ValueError(f"ukendt person {MED_STREG}") from KeyError(NUMMER)
    except ValueError:
        logging.logger().exception("fejl")
    linje = linjer()
    assert "Traceback" in linje
    assert MASKE in linje
    assert not cprvagt.har_cpr(linje)


def test_biblioteker_maskeres_ogsaa_i_argumenter_og_spor(linjer: Any) -> None:
    log = standard.getLogger("et.bibliotek")
    log.warning("person %s er %s", NUMMER, {"cpr": MED_STREG})
    log.error("bytes %r", NUMMER.encode())
    log.error("tal %d", 1502701118)
    log.warning(Person())
    try:
        raise ValueError(MED_STREG) from KeyError(NUMMER)
    except ValueError:
        log.exception("fejl for %(cpr)s", {"cpr": NUMMER})
    log.warning("for få %s %s", NUMMER)  # noqa: PLE1206 a library's bug must not become ours
    tekst = linjer()
    assert "Traceback" in tekst
    assert tekst.count(MASKE) >= 8
    assert not cprvagt.har_cpr(tekst)


def test_en_linje_pr_post_ogsaa_fra_biblioteker(linjer: Any) -> None:
    """One JSON object a line, whatever stands in the text: machines read it."""
    standard.getLogger("et.bibliotek").warning('han sagde "%s"\nog gik', "nej")
    logging.logger().info('to\nlinjer "med" gåseøjne')
    poster = [json.loads(linje) for linje in linjer().splitlines()]
    assert [p["event"] for p in poster] == ['han sagde "nej"\nog gik', 'to\nlinjer "med" gåseøjne']


def test_tal_der_ikke_er_cpr_numre_staar(linjer: Any) -> None:
    logging.logger().info("k", telefon="12345678", tid=1732290000123, offset=20241122, id="0699991234")
    post = json.loads(linjer())
    assert (post["telefon"], post["tid"], post["offset"], post["id"]) == (
        "12345678",
        1732290000123,
        20241122,
        "0699991234",
    )


def test_det_der_slutter_processen_er_maskeret() -> None:
    kode = "from shared.platform import logging; logging.configure(); raise ValueError('person ' + '010180' + '1234')"
    svar = subprocess.run([sys.executable, "-c", kode], cwd=ROD, capture_output=True, text=True, check=False)
    assert svar.returncode == 1
    assert f"ValueError: person {MASKE}" in svar.stderr


async def test_ingen_numre_siver_ud_af_en_tjeneste(kafka_servers: list[str], database: str) -> None:
    """Numbers in a message, in a bug's text and in poison: none in log, errors, metrics, keys."""
    opstilling = await klargoer(Opstilling(kafka_servers, database))
    async with Tavle() as tavle:
        with Proces(opstilling, tavle.url) as proces:
            await proces.koerer()
            await opstilling.send(
                Indsat(konto="a", nr=1, fejl="altid", tekst=MED_STREG), Indsat(konto="b", nr=1, tekst=NUMMER)
            )
            await opstilling.send_raa(b"g1", f'{{"konto": {{"{NUMMER}": 1}}, "nr": "{NUMMER}"}}'.encode(), [
                ("ce_id", b"1"), ("ce_source", b"/test"), ("ce_type", b"proeve.Indsat.v1"),
                ("ce_time", MED_STREG.encode()),
            ])  # fmt: skip
            await opstilling.send_raa(b"g2", NUMMER.encode(), [("ce_type", NUMMER.encode()), (f"ce_{NUMMER}", None)])
            async with skema(opstilling) as db:
                await vent_til(lambda: db.fetchval("select count(*) = 3 from parked"), hvad="tre parkerede")
                fejl = [r["t"] for r in await db.fetch(
                    "select unnest(reasons) t from parked union all select last_error from inbox "
                    "union all select last_error from effect")]  # fmt: skip
            async with httpx.AsyncClient(base_url=proces.url, trust_env=False) as http:
                maalinger, helbred = (await http.get("/metrics")).text, (await http.get("/health")).text
        log = proces.log.read_text()
    assert "plantet fejl" in log
    assert MASKE in log
    assert any("plantet fejl" in f and MASKE in f for f in fejl)
    for tekst in (log, *fejl, maalinger, helbred):
        assert not cprvagt.har_cpr(tekst), masker(tekst)
    fundet, set_ = await noegler_med_cpr(kafka_servers)
    assert set_ > 0
    assert not [f for f in fundet if opstilling.ud in f]


async def test_vagten_ser_et_nummer_i_en_recordnoegle(
    kafka_servers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown with a harmless key taken for a number, so that the session's own check stays clean."""
    opstilling = await klargoer(Opstilling(kafka_servers, "postgresql://ingen"))
    svar = await opstilling.send_raa(b"noegle-9999999999", b"x", [])
    monkeypatch.setattr(cprvagt, "kendte_numre", lambda: frozenset({"9999999999"}))
    fundet, _ = await noegler_med_cpr(kafka_servers)
    assert fundet == [f"{opstilling.ind}/{svar.partition}/{svar.offset}"]


# --- the guard itself ------------------------------------------------------------------------------------------------

DISSE_FINDES = [
    "010180-1234",
    "cpr=0101801234.",
    "b'0101801234'",
    "010180_1234",
    "010180/1234",
    "x0101801234x",
    "6101801234",
    "a3f0101801234bc91e",
]
DISSE_ER_RENE = [
    "******-****",
    "1732290000123",
    "2024-11-22T10:00:00Z",
    "port 28311",
    "0699991234",
    "",
    "a3f07116" + "14322bc91e",
    "b2c9711e-0000-4000-8000-a07116" + "14322b",
]


@pytest.mark.parametrize("tekst", DISSE_FINDES, ids=map(str, range(len(DISSE_FINDES))))
def test_vagten_finder(tekst: str) -> None:
    assert cprvagt.har_cpr(tekst)


@pytest.mark.parametrize("tekst", DISSE_ER_RENE)
def test_vagten_lader_vaere(tekst: str) -> None:
    assert not cprvagt.har_cpr(tekst)


def test_vagten_kender_de_numre_som_testene_bruger() -> None:
    assert {*cprvagt.FIKTIVE, NUMMER, "1502701118"} <= cprvagt.kendte_numre()


PROEVER = {
    "ren": ("    logger().info('ren', cpr=N)\n    logging.getLogger('b').warning('%s', N)\n    print('ok')", 0),
    "print": ("    print(N)", 1),
    "standardfejl": ("    import sys; print('fejl', N, file=sys.stderr)", 1),
    "uden om maskeringen": ("    import structlog; structlog.PrintLogger(open(logmappe() / 'p.log', 'w')).info(N)", 1),
    "en proces": (
        "    import subprocess, sys\n    with open(logmappe() / 'barn.log', 'w') as f:\n"
        "        subprocess.run([sys.executable, '-c', f'print({N!r})'], stdout=f, check=True)",
        1,
    ),
}


@pytest.mark.parametrize(("krop", "status"), PROEVER.values(), ids=PROEVER.keys())
def test_vagten_faar_en_koersel_til_at_fejle(krop: str, status: int, tmp_path: Path) -> None:
    """A run of pytest whose only test passes but says a number: it fails, says where, and does not say the number."""
    hoved = "import logging\nfrom tests.cprvagt import logmappe\nfrom shared.platform.logging import logger\n"
    (tmp_path / "test_en.py").write_text(f"{hoved}N = '010180' + '1234'\ndef test_en():\n{krop}\n")
    miljoe = {**os.environ, "PYTHONPATH": str(ROD), cprvagt.VARIABEL: str(tmp_path / "log")}
    svar = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.cprvagt", "-p", "no:cacheprovider",
         "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)],
        cwd=tmp_path, env=miljoe, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in svar.stdout, svar.stdout + svar.stderr
    assert svar.returncode == status, svar.stdout
    assert ("CPR-NUMRE I LOGGEN" in svar.stdout) == bool(status)
    assert NUMMER not in svar.stdout
