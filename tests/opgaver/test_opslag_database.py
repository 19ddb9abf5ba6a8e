"""The read API of `opgaver` over real PostgreSQL and real HTTP: as in memory, as described, without a trace."""

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import given
from pydantic import SecretStr
from schemathesis import GenerationMode

from services.opgaver import store
from services.opgaver.app import TJENESTE
from services.opgaver.opslag.svar import OmPersonensNoter
from services.opgaver.store import HENVISNINGER, NOTATER, OPGAVER, Udsnit
from shared.platform.database import migrate
from shared.platform.engine import Loaded, Plan
from shared.platform.opslag.laeser import Postgreslaeser
from shared.platform.opslag.server import QueryServer
from shared.platform.settings import Settings
from shared.platform.transaction import Transaction
from tests.motor import Motor
from tests.opgaver import opslagsverden
from tests.opgaver.opslagsverden import ALMA, FREMMED, GAMMEL, ODENSE, VEJLE, headers, notat, nyt_nummer, opgave
from tests.opgaver.opslagsverden import sammenlagt as lagt_sammen
from tests.opgaver.test_kommandoer import NU
from tests.opslag.udsteder import Motorlaeser, indstillinger, jwks

MIGRATIONER = Path(__file__).parents[2] / "services/opgaver/migrations"


def verden() -> Motor:
    """Tasks and notes in two municipalities, a chain of joins, a new number, and many with the same deadline."""
    return opslagsverden.verden(
        opgave("gl-1", GAMMEL),
        notat("gl-n1", "ældst"),
        lagt_sammen(),
        lagt_sammen("ældst", GAMMEL),
        nyt_nummer("bo"),
        *(opgave(f"Mange-{i}", "ø", aarsag="KORT_FORSINKET") for i in range(5)),
        *(opgave(f"mange-{i}", "ø", ALMA) for i in range(5)),
    )


@asynccontextmanager
async def skema(settings: Settings, motor: Motor) -> AsyncGenerator[asyncpg.Connection]:
    """The service's schema with the rows of the world."""
    await migrate(settings, "opgaver", MIGRATIONER)
    db = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"search_path": "opgaver"})
    try:
        async with db.transaction():
            loaded = Loaded()
            for tabel in motor.tjeneste.tabeller:
                for raekke in motor.raekker[tabel.navn].values():
                    loaded.put(tabel, raekke)
            await Transaction(db, "opgaver").write(Plan(loaded, NU))
        yield db
    finally:
        await db.close()


def udsnit(motor: Motor) -> Iterable[Udsnit]:
    """From every place of a list, short and long, with and without a filter."""
    steder = [None, *((o.frist, o.opgave_id) for o in motor.raekker["opgave"].values())]
    steder += [(n.oprettet, n.notat_id) for n in motor.raekker["notat"].values()]
    for kommunekode, efter, antal in itertools.product((VEJLE, ODENSE, FREMMED), steder, (1, 3, 100)):
        for sagsbehandler, ider in itertools.product((None, "sb-9"), ((ALMA, GAMMEL), ("ø",), ())):
            yield Udsnit(kommunekode, antal, sagsbehandler, ider, efter)


async def test_soegningerne_finder_det_samme_i_begge_former(database: str) -> None:
    """SIK-01, OPG-02, CPR-11: also in the same order."""
    motor, settings = verden(), Settings(database_url=SecretStr(database))
    hukommelse = Motorlaeser(motor, NU)
    async with skema(settings, motor) as db:
        postgres, fundne = Postgreslaeser(db), 0
        for tabel, soegning in (
            (OPGAVER, store.AABNE_OPGAVER),
            (OPGAVER, store.ALLE_OPGAVER),
            (OPGAVER, store.PERSONENS_AABNE_OPGAVER),
            (OPGAVER, store.PERSONENS_OPGAVER),
            (NOTATER, store.PERSONENS_NOTER),
        ):
            for u in set(udsnit(motor)):
                ventet = await hukommelse.soeg(tabel, soegning, u)
                assert list(await postgres.soeg(tabel, soegning, u)) == ventet
                fundne += len(ventet)
        assert fundne > 1000
        for id_ in (ALMA, GAMMEL, "ældst", "bo", "findes ikke"):
            om = OmPersonensNoter.model_construct(person_id=id_)
            ventet = await hukommelse.soeg(HENVISNINGER, store.SAMME_PERSON, om)
            assert list(await postgres.soeg(HENVISNINGER, store.SAMME_PERSON, om)) == ventet
            assert len(ventet) == {"bo": 1, "findes ikke": 0}.get(id_, 3)


MANGE = """
    insert into opgave (opgave_id, forloeb_id, kommunekode, opgavetype, aarsag, titel, beskrivelse, oprettet, frist,
                        tilstand, person_ider, raekkeversion)
    select 'o' || i, 'f', '0630', 'MANUEL', 'X', '', '', now(), now() + i * interval '1 s',
           case when i % 100 = 0 then 'OPRETTET' else 'AFSLUTTET' end, jsonb_build_array('p' || i), 1
    from generate_series(1, 20000) i
"""
MANGE_NOTER = """
    insert into notat (notat_id, person_id, kommunekode, tekst, kilde, oprettet_af, oprettet, version, kommandoer,
                       raekkeversion)
    select 'n' || i, 'p' || i, '0630', '', '', '', now(), 1, '{}', 1 from generate_series(1, 20000) i
"""


async def test_lange_lister_har_et_indeks(database: str) -> None:
    """SIK-01: a list of the open tasks, or of one person's, reads little more than it shows, of however many."""
    settings = Settings(database_url=SecretStr(database))
    async with skema(settings, Motor(TJENESTE)) as db:
        for saetning in (MANGE, MANGE_NOTER, "analyze opgave", "analyze notat"):
            await db.execute(saetning)
        for soegning, indeks in (
            (store.AABNE_OPGAVER, "opgave_aabne"),
            (store.ALLE_OPGAVER, "opgave_koe"),
            (store.PERSONENS_OPGAVER, "opgave_person"),
            (store.PERSONENS_AABNE_OPGAVER, "opgave_person"),
            (store.PERSONENS_NOTER, "notat_person"),
        ):
            argument = Udsnit(VEJLE, 10, person_ider=("p7",)).argument()
            plan = "\n".join(r[0] for r in await db.fetch(f"explain {soegning.sql}", [argument]))
            assert indeks in plan, plan


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(database: str, tmp_path: Path) -> Generator[tuple[str, Motor, Callable[[], dict[str, list[Any]]]]]:
    """The read API in a thread of its own; its address, what is behind it, and every row of the schema."""
    fil = tmp_path / "jwks.json"
    fil.write_bytes(jwks())
    settings = indstillinger(database_url=SecretStr(database)).model_copy(update={"opslag_jwks": str(fil)})
    motor, klar, stop = verden(), threading.Event(), asyncio.Event()
    adresse: list[str] = []
    loop = asyncio.new_event_loop()

    async def koer() -> None:
        async with skema(settings, motor):
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
        yield adresse[0], motor, lambda: asyncio.run(_alt(database))
    finally:
        loop.call_soon_threadsafe(stop.set)
        traad.join(30)
        loop.close()


async def _alt(database: str) -> dict[str, list[Any]]:
    """Every row with the transaction that wrote it."""
    db = await asyncpg.connect(database, server_settings={"search_path": "opgaver"})
    try:
        tabeller = [r[0] for r in await db.fetch("select tablename from pg_tables where schemaname = 'opgaver'")]
        assert {"opgave", "notat", "personhenvisning", "outbox", "deadline", "inbox", "handled"} <= set(tabeller)
        return {t: [tuple(r) for r in await db.fetch(f"select t.xmin, t.* from {t} t order by 2")] for t in tabeller}
    finally:
        await db.close()


STIER = (
    "/opgaver", "/opgaver?omfang=ALLE&antal=3", "/opgaver?sagsbehandler=sb-9", "/opgaver/vejle-adhoc", "/opgaver/gl-1",
    "/opgaver/ukendt", f"/personer/{ALMA}/opgaver", f"/personer/{GAMMEL}/opgaver?omfang=ALLE&antal=2",
    f"/personer/{ALMA}/noter", f"/personer/{ALMA}/noter?antal=1", "/noter/vejle-n1", "/noter/gl-n1", "/noter/ukendt",
)  # fmt: skip


def test_svarene_er_dem_fra_hukommelsen_og_intet_er_aendret(server: Any) -> None:
    """SIK-01, SIK-03: every query, by each municipality, leaves no row behind: nothing to send or to wait for."""
    url, motor, alt = server
    foer = alt()
    with httpx.Client(base_url=url) as k:
        for kommune, sti in itertools.product((VEJLE, ODENSE, FREMMED), STIER):
            ventet = asyncio.run(opslagsverden.spoerg(motor, kommune, sti))
            svar = k.get(f"/opgaver{sti}", headers=headers(kommune))
            assert (svar.status_code, svar.json()) == (ventet.status_code, ventet.json())
    assert alt() == foer


def test_siderne_over_http_er_hele_listen(server: Any) -> None:
    """OPG-02: every task once, in the order of the list."""
    url, motor, _ = server
    ventet = asyncio.run(opslagsverden.opgaver(motor, VEJLE, "/opgaver", antal=500))
    fundet: list[str] = []
    efter: dict[str, str] = {}
    with httpx.Client(base_url=url) as k:
        while True:
            side = k.get("/opgaver/opgaver", params={"antal": "4", **efter}, headers=headers(VEJLE)).json()
            fundet += [o["opgave_id"] for o in side["opgaver"]]
            if side["naeste"] is None:
                break
            efter = {"efter": side["naeste"]}
    assert fundet == ventet
    assert len(ventet) == 15


def _kendte(sti: str) -> list[dict[str, str]]:
    """Ids that are known, and one that is not, for the fields of an address."""
    navn, ider = next(
        ((n, i) for n, i in (("person_id", (ALMA, GAMMEL)), ("opgave_id", ("vejle-plo", "gl-1")),
                             ("notat_id", ("vejle-n1", "gl-n1"))) if f"{{{n}}}" in sti),
        ("", ()),
    )  # fmt: skip
    return [{navn: id_} for id_ in (*ider, "ukendt")] if navn else []


def _kald(operation: Any) -> Iterable[tuple[str, Any]]:
    yield "gyldige", operation.as_strategy(GenerationMode.POSITIVE)
    yield "ugyldige", operation.as_strategy(GenerationMode.NEGATIVE)
    for ider in _kendte(operation.path):
        yield "kendte", operation.as_strategy(GenerationMode.POSITIVE, path_parameters=ider)


def _proev(strategi: Any) -> set[int]:
    """Call and check some cases; the statuses that came back."""
    statusser: set[int] = set()

    @hypothesis.settings(
        max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=[*hypothesis.HealthCheck]
    )
    @given(case=strategi)
    def proev(case: Any) -> None:
        statusser.add(case.call_and_validate(headers=headers(VEJLE)).status_code)

    proev()
    return statusser


def test_opslagene_er_som_de_er_beskrevet(server: Any) -> None:
    """The OpenAPI description holds: statuses, media types, schemas, methods, and what is refused (schemathesis)."""
    url, _, alt = server
    foer = alt()
    beskrivelse = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operationer = [r.ok() for r in beskrivelse.get_all_operations()]
    set_: dict[str, set[int]] = {}
    for operation in operationer:
        for slags, strategi in _kald(operation):
            set_.setdefault(slags, set()).update(_proev(strategi))
    assert len(operationer) == 5
    assert set_["kendte"] == {200, 404}
    assert set_["gyldige"] <= {200, 404}
    assert 422 in set_["ugyldige"]
    assert alt() == foer
