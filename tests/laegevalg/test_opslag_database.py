"""The read API of `laegevalg` over real PostgreSQL and real HTTP: as in memory, as described, without a trace."""

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest
from hypothesis import given
from pydantic import SecretStr

from services.laegevalg import store
from services.laegevalg.app import TJENESTE
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, Sagsart, Sagstilstand
from services.laegevalg.opslag.svar import OmPerson
from services.laegevalg.store import SIKREDE
from shared.platform.database import migrate
from shared.platform.engine import Loaded, Plan
from shared.platform.opslag.laeser import Postgreslaeser
from shared.platform.opslag.server import QueryServer
from shared.platform.settings import Settings
from shared.platform.tabel import Soegning, Tabel
from shared.platform.transaction import Transaction
from tests.laegevalg import opslagsverden
from tests.laegevalg.opslagsverden import ALLE_OM_ALMA, NU, NY_KOMMUNE, SAERLIG, SB, alma, bofaelle, gem
from tests.laegevalg.valgverden import ALMA, FORLOEB, PERSON, Verden
from tests.opslag.udsteder import Motorlaeser, indstillinger, jwks

MIGRATIONER = Path(__file__).parents[2] / "services/laegevalg/migrations"


def verden() -> Verden:
    """Alma with a family, a household and forløb of each kind; her address is protected."""
    v = alma(beskyttet=True)
    bofaelle(v, "barn", foraeldremyndighed_ider=(PERSON, "far"))
    bofaelle(v, "ven")
    bofaelle(v, "afloest", foraeldremyndighed_ider=(PERSON,), afloest_af="ven")
    motor = v.hub.motorer["laegevalg"]
    assert v.sikret.person is not None
    for dag in (5, 6):
        sag = f"flytning-{PERSON}-2024-03-0{dag}"
        motor.gem(
            Personsag(
                sag,
                PERSON,
                Sagstilstand.KORT_BESTILT,
                Sagsart.FLYTNING,
                "0630",
                date(2024, 3, dag),
                v.sikret.person,
                NU,
            )
        )
    gem(v, aegtefaelle_id="ven", foraeldremyndighed_ider=("vaerge",))
    opslagsverden.mange(v)
    return v


@asynccontextmanager
async def skema(settings: Settings, v: Verden) -> AsyncGenerator[asyncpg.Connection]:
    """The service's schema with the rows of the world, on the world's clock."""
    motor = v.hub.motorer["laegevalg"]
    await migrate(settings, "laegevalg", MIGRATIONER)
    db = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"search_path": "laegevalg"})
    try:
        async with db.transaction():
            loaded = Loaded()
            for tabel in motor.tjeneste.tabeller:
                for raekke in motor.raekker[tabel.navn].values():
                    loaded.put(tabel, raekke)
            await Transaction(db, "laegevalg").write(Plan(loaded, NU))
        await db.execute("update klokke set forskydning_ms = extract(epoch from $1::timestamptz - now()) * 1000", NU)
        yield db
    finally:
        await db.close()


SOEGNINGER: list[tuple[Tabel[Any], Soegning]] = [
    (store.SAGER, store.PERSONENS_SAGER),
    (store.VALG, store.PERSONENS_VALG),
    (store.BREVFORLOEBENE, store.PERSONENS_BREVFORLOEB),
    (store.PERSONSAGER, store.PERSONENS_PERSONSAGER),
    (SIKREDE, store.SIKREDE_UNDER_MYNDIGHED),
]


async def test_soegningerne_finder_det_samme_i_begge_former(database: str) -> None:
    """FORL-01, FAM-01: also in the same order."""
    v, settings = verden(), Settings(database_url=SecretStr(database))
    hukommelse = Motorlaeser(v.hub.motorer["laegevalg"], NU)
    async with skema(settings, v) as db:
        postgres = Postgreslaeser(db)
        fundne = 0
        for (tabel, soegning), id_ in itertools.product(SOEGNINGER, (PERSON, "ven", "far", "findes ikke")):
            spoergsmaal = OmPerson.model_construct(person_id=id_)
            ventet = await hukommelse.soeg(tabel, soegning, spoergsmaal)
            assert list(await postgres.soeg(tabel, soegning, spoergsmaal)) == ventet
            fundne += len(ventet)
        assert fundne == 3 + 1 + 3 + 2 + 2
        for person in v.hub.motorer["laegevalg"].raekker["sikret"].values():
            paa_adressen = await postgres.soeg(SIKREDE, store.SIKREDE_PAA_ADRESSEN, person)
            assert [s.person_id for s in paa_adressen] == ["alma", "barn", "ven"]


VIA_DET_GAMLE: dict[str, Any] = {"aegtefaelle_id": "afloest", "tidligere_cpr": ("6001900021",)}
OPGIVET, TIDLIGERE = "6001900013", "6001900021"
MED_AFLOESTE = [
    (store.SIKREDE_EFTER_CPR, [OPGIVET, ALMA, "6001900099", TIDLIGERE], [2, 1, 0, 1]),
    (store.BESTILLERENS_KREDS, [f"{ALMA} {OPGIVET}", f"{OPGIVET} {ALMA}", f"{OPGIVET} {OPGIVET}"], [2, 1, 3]),
    (store.BESTILLERENS_KREDS, [f"{TIDLIGERE} {OPGIVET}", f"{OPGIVET} {TIDLIGERE}"], [2, 1]),
    (store.AFLOESTE_AF_DEN_TIDLIGERE, ["ven", PERSON], [1, 0]),
    (store.NAERMESTE, [PERSON, "ven", "findes ikke"], [2, 1, 0]),
]


async def test_soegningerne_foelger_den_der_er_en_anden(database: str) -> None:
    """CPR-11: a number given up, and relations named by an id given up, lead to the person in both forms."""
    v, settings = verden(), Settings(database_url=SecretStr(database))
    motor = v.hub.motorer["laegevalg"]
    for id_, andet in (("afloest", {"cpr": OPGIVET}), ("ven", {"aegtefaelle_id": PERSON}), (PERSON, VIA_DET_GAMLE)):
        motor.gem(replace(motor.raekker["sikret"][id_], **andet))
    raekker = list(motor.raekker["sikret"].values())
    async with skema(settings, v) as db:
        for soegning, argumenter, antal in MED_AFLOESTE:
            hukommelse = {a: soegning.hukommelse(raekker, a) for a in argumenter}
            fundet: dict[str, list[str]] = {a: [] for a in argumenter}
            for argument, noegle in await db.fetch(soegning.sql, argumenter):
                fundet[argument].append(noegle)
            assert fundet == hukommelse, soegning.navn
            assert [len(n) for n in hukommelse.values()] == antal, soegning.navn


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(database: str, tmp_path: Path) -> Generator[tuple[str, Verden, Callable[[], dict[str, list[Any]]]]]:
    """The read API in a thread of its own; its address, what is behind it, and every row of the schema."""
    fil = tmp_path / "jwks.json"
    fil.write_bytes(jwks())
    settings = indstillinger(database_url=SecretStr(database)).model_copy(update={"opslag_jwks": str(fil)})
    v, klar, stop = verden(), threading.Event(), asyncio.Event()
    adresse: list[str] = []
    loop = asyncio.new_event_loop()

    async def koer() -> None:
        async with skema(settings, v):
            koerer = QueryServer([TJENESTE], settings)
            await koerer.start()
            adresse.append(koerer.url)
            klar.set()
            await stop.wait()
            await koerer.stop()

    traad = threading.Thread(target=lambda: loop.run_until_complete(koer()))
    traad.start()
    try:
        assert klar.wait(30)
        yield adresse[0], v, lambda: asyncio.run(_alt(database))
    finally:
        loop.call_soon_threadsafe(stop.set)
        traad.join(30)
        loop.close()


async def _alt(database: str) -> dict[str, list[Any]]:
    """Every row with the transaction that wrote it."""
    db = await asyncpg.connect(database, server_settings={"search_path": "laegevalg"})
    try:
        tabeller = [r[0] for r in await db.fetch("select tablename from pg_tables where schemaname = 'laegevalg'")]
        assert {"sikret", "outbox", "effect", "deadline", "inbox", "handled"} <= set(tabeller)
        return {t: [tuple(r) for r in await db.fetch(f"select t.xmin, t.* from {t} t order by 2")] for t in tabeller}
    finally:
        await db.close()


def test_svarene_er_dem_fra_hukommelsen_og_intet_er_aendret(server: Any) -> None:
    """SIK-03: every query, by everyone who may ask, leaves no row behind: nothing to send, to do or to wait for."""
    import httpx

    url, v, alt = server
    foer = alt()
    with httpx.Client(base_url=url) as k:
        for hvem, sti in itertools.product((SB, SAERLIG, NY_KOMMUNE), (*ALLE_OM_ALMA, "/personer/ukendt")):
            ventet = asyncio.run(opslagsverden.spoerg(v, hvem, sti))
            svar = k.get(f"/laegevalg{sti}", headers=hvem.headers)
            assert (svar.status_code, svar.json()) == (ventet.status_code, ventet.json())
        for hvem in (SB, NY_KOMMUNE):
            ventet = asyncio.run(opslagsverden.spoerg(v, hvem, "/personer/soeg", cpr=ALMA))
            svar = k.post("/laegevalg/personer/soeg", json={"cpr": ALMA}, headers=hvem.headers)
            assert (svar.status_code, svar.json()) == (ventet.status_code, ventet.json())
    assert alt() == foer


def _ider(sti: str) -> Sequence[dict[str, str]]:
    """Ids that are known, and one that is not, for the fields of an address."""
    if "{person_id}" in sti:
        return [{"person_id": i} for i in (PERSON, "ven", "ukendt")]
    return [{"forloeb_id": i} for i in (FORLOEB, "sag-1", "brev-2")] if "{forloeb_id}" in sti else []


def _kald(operation: Any) -> Iterable[tuple[str, Any]]:
    from schemathesis import GenerationMode

    yield "gyldige", operation.as_strategy(GenerationMode.POSITIVE)
    yield "ugyldige", operation.as_strategy(GenerationMode.NEGATIVE)
    for ider in _ider(operation.path):
        yield "kendte", operation.as_strategy(GenerationMode.POSITIVE, path_parameters=ider)
    if operation.method == "post":
        yield (
            "kendte",
            operation.as_strategy(GenerationMode.POSITIVE, body={"cpr": ALMA}, media_type="application/json"),
        )


def _proev(strategi: Any) -> set[int]:
    """Call and check some cases; the statuses that came back."""
    statusser: set[int] = set()

    @hypothesis.settings(
        max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=[*hypothesis.HealthCheck]
    )
    @given(case=strategi)
    def proev(case: Any) -> None:
        statusser.add(case.call_and_validate(headers=SAERLIG.headers).status_code)

    proev()
    return statusser


def test_opslagene_er_som_de_er_beskrevet(server: Any) -> None:
    """The OpenAPI description holds: statuses, media types, schemas, methods, and what is refused (schemathesis)."""
    import schemathesis

    url, _, alt = server
    foer = alt()
    beskrivelse = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operationer = [r.ok() for r in beskrivelse.get_all_operations()]
    set_: dict[str, set[int]] = {}
    for operation in operationer:
        for slags, strategi in _kald(operation):
            set_.setdefault(slags, set()).update(_proev(strategi))
    assert len(operationer) == 6
    assert set_["kendte"] == {200, 404}
    assert set_["gyldige"] <= {200, 404}
    assert 422 in set_["ugyldige"]
    assert 200 not in set_["ugyldige"]
    assert alt() == foer
