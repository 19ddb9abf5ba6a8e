"""The history of groups and doctors: kept at every change, sorted and closed as it is read (LV-01, LV-06, FORL-02)."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from services.laegevalg.forloeb.registrering import Registrering, Registreringsart, historik, med_historik
from services.laegevalg.rules import Sikring
from services.laegevalg.store import SIKREDE
from shared.platform.database import migrate
from shared.platform.opslag.laeser import Postgreslaeser
from shared.platform.settings import Settings
from tests.laegevalg.valgverden import Y1, Y2, kl, s01

G, L = Registreringsart.GRUPPE, Registreringsart.LAEGE
NU = datetime(2024, 6, 1, tzinfo=UTC)
MIGRATIONER = Path(__file__).parents[2] / "services/laegevalg/migrations"


def r(art: Registreringsart, vaerdi: str | None, fra: date) -> Registrering:
    return Registrering(art=art, vaerdi=vaerdi, fra=fra, registreret=NU)


def dag(maaned: int, dag_: int, aar: int = 2024) -> date:
    return date(aar, maaned, dag_)


AENDRINGER = [
    pytest.param(Sikring(), Sikring("1", dag(3, 1), None, None), [r(G, "1", dag(3, 1))], id="første gruppe"),
    pytest.param(
        Sikring("1", dag(3, 1)), Sikring("1", dag(3, 1), Y1, dag(3, 1)), [r(L, Y1, dag(3, 1))], id="første læge"
    ),
    pytest.param(
        Sikring("1", dag(3, 1), Y1, dag(3, 1)),
        Sikring("1", dag(3, 1), Y2, dag(5, 2)),
        [r(L, Y2, dag(5, 2))],
        id="ny læge",
    ),
    pytest.param(
        Sikring("1", dag(3, 1), Y1, dag(3, 1)),
        Sikring("2", dag(5, 2)),
        [r(G, "2", dag(5, 2)), r(L, None, dag(5, 2))],
        id="en gruppe uden læge: lægen er slut fra samme dag",
    ),
    pytest.param(Sikring("1", dag(3, 1)), Sikring("1", dag(3, 1)), [], id="intet ændret"),
]


@pytest.mark.parametrize(("foer", "efter", "nye"), AENDRINGER)
def test_hver_aendring_noteres(foer: Sikring, efter: Sikring, nye: list[Registrering]) -> None:
    gammel = (r(G, "2", dag(1, 1, 2010)),)
    assert med_historik(gammel, foer, efter, NU) == (*gammel, *nye)


HISTORIKKER = [
    #            registreret i denne rækkefølge        vises: værdi, fra, til, erstattet
    pytest.param(
        [r(L, Y1, dag(1, 1)), r(L, Y2, dag(4, 3))],
        [(Y2, dag(4, 3), None, False), (Y1, dag(1, 1), dag(4, 2), False)],
        id="LV-06: nyeste virkningsdato først, den gamle til dagen før",
    ),
    pytest.param(
        [r(L, Y1, dag(3, 1)), r(L, Y2, dag(3, 1))],
        [(Y2, dag(3, 1), None, False), (Y1, dag(3, 1), None, True)],
        id="LV-06: samme dag, senest registreret først",
    ),
    pytest.param(
        [r(L, Y1, dag(1, 1)), r(L, Y2, dag(3, 1)), r(L, Y1, dag(2, 29))],
        [(Y2, dag(3, 1), None, True), (Y1, dag(2, 29), None, False), (Y1, dag(1, 1), dag(2, 28), False)],
        id="med tilbagevirkende kraft: den nyeste afgørelse gælder fra sin dag",
    ),
    pytest.param(
        [r(L, Y1, dag(1, 1)), r(L, Y1, dag(1, 1)), r(G, "1", dag(1, 1))],
        [("1", dag(1, 1), None, False), (Y1, dag(1, 1), None, False)],
        id="LV-01: det samme to gange vises én gang; gruppe og læge lukker ikke hinanden",
    ),
    pytest.param(
        [r(L, Y1, dag(1, 1)), r(L, None, dag(5, 2))],
        [(Y1, dag(1, 1), dag(5, 1), False)],
        id="uden læge: den sidste er slut",
    ),
    pytest.param([], [], id="intet endnu"),
]


@pytest.mark.parametrize(("registreret", "vist"), HISTORIKKER)
def test_historikken(registreret: list[Registrering], vist: list[tuple[str, date, date | None, bool]]) -> None:
    linjer = historik(registreret)
    assert [(x.registrering.vaerdi, x.registrering.fra, x.til, x.erstattet) for x in linjer] == vist


def test_et_valg_der_traeder_i_kraft_staar_i_historikken() -> None:
    """LV-01: through the handlers: the new doctor is registered when the choice takes effect, not before."""
    v = s01()
    v.frem(kl(4, 2, 23, 59))
    assert v.sikret.historik == ()
    v.frem(kl(4, 3, 0))
    (linje,) = v.sikret.historik
    assert (linje.art, linje.vaerdi, linje.fra, linje.registreret) == (L, Y2, dag(4, 3), kl(4, 3, 0))


async def test_det_der_var_kendt_foer_historikken_blev_gemt_er_med(database: str, tmp_path: Path) -> None:
    """LV-01: the migration begins the history with what each person has."""
    settings = Settings(database_url=SecretStr(database))
    for fil in sorted(MIGRATIONER.glob("000[1-4]_*.sql")):
        shutil.copy(fil, tmp_path)
    await migrate(settings, "laegevalg", tmp_path)
    db = await asyncpg.connect(database, server_settings={"search_path": "laegevalg"})
    try:
        for id_, gruppe, laege in (("begge", "1", Y1), ("gruppe", "2", None), ("intet", None, None)):
            await db.execute(
                "insert into sikret (person_id, version, boern_ider, foraeldremyndighed_ider, gruppe, gruppe_fra, "
                "ydernummer, laege_fra, raekkeversion) values ($1, 1, '[]', '[]', $2, $3, $4, $5, 1)",
                id_, gruppe, gruppe and dag(3, 1), laege, laege and dag(4, 1),
            )  # fmt: skip
        await migrate(settings, "laegevalg", MIGRATIONER)
        raekker = await Postgreslaeser(db).raekker(SIKREDE, ["begge", "gruppe", "intet"])
        assert await db.fetchval("select historik from sikret where person_id = 'intet'") == json.dumps([])
    finally:
        await db.close()
    assert {n: [(h.art, h.vaerdi, h.fra, h.registreret) for h in s.historik] for n, s in raekker.items()} == {
        "begge": [(G, "1", dag(3, 1), None), (L, Y1, dag(4, 1), None)],
        "gruppe": [(G, "2", dag(3, 1), None)],
        "intet": [],
    }
