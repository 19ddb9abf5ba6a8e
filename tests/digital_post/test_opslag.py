"""The letters of a forløb, as its municipality may see them (FORL-10), over memory and over PostgreSQL."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from services.digital_post.app import TJENESTE
from services.digital_post.opslag import OmForloeb
from services.digital_post.store import BREVE, FORLOEBETS_BREVE, FORLOEBETS_PRAKSISBREVE, PRAKSISBREVE
from shared.platform.database import migrate
from shared.platform.engine import Loaded, Plan
from shared.platform.opslag.laeser import Postgreslaeser
from shared.platform.settings import Settings
from shared.platform.transaction import Transaction
from tests.laegevalg.opslagsverden import NU, NY_KOMMUNE, SB, Kommune, flyttet
from tests.laegevalg.valgverden import FORLOEB, Verden, kl, laegens, s01
from tests.opslag.udsteder import Motorlaeser, klient


def afvist() -> Verden:
    """Alma's practice was asked, and said no; she is asked to choose again."""
    v = s01()
    v.send(kl(3, 5), laegens("AFVIST", kl(3, 5)))
    return v


async def spoerg(v: Verden, hvem: Kommune, forloeb_id: str) -> Any:
    async with klient(TJENESTE, Motorlaeser(v.hub.motorer["digital_post"], NU)) as k:
        return await k.get(f"/digital_post/forloeb/{forloeb_id}/breve", headers=hvem.headers)


async def test_forl_10_breve_i_et_forloeb() -> None:
    """FORL-10, FORL-08: to the practice and to the citizen, in the order in which they were asked for."""
    v = afvist()
    svar = (await spoerg(v, SB, FORLOEB)).json()
    assert [(b["brevtype"], b["ydernummer"], b["kanal"]) for b in svar["breve"]] == [
        ("DISPENSATIONSANMODNING", "000002", "DIGITAL")
    ]
    assert svar["breve"][0]["afsendt"] == "2024-03-04T09:15:00Z"
    (brev,) = [b for b in v.hub.motorer["digital_post"].raekker["brev"].values() if b.brevtype == "LAEGEVALGSBREV"]
    (nyt,) = (await spoerg(v, SB, brev.forloeb_id)).json()["breve"]
    assert (nyt["brev_id"], nyt["tilstand"], nyt["ydernummer"]) == (brev.brev_id, "SENDT", None)
    assert "Åvej" not in str(nyt)


@pytest.mark.parametrize("forloeb_id", [FORLOEB, "findes-ikke"])
async def test_forl_10_kun_kommunen_forloebet_hoerer_til(forloeb_id: str) -> None:
    """FORL-10, FLYT-01: to all others it is as if it did not exist, also where the person moves to."""
    v = flyttet(afvist())
    assert (await spoerg(v, NY_KOMMUNE, forloeb_id)).status_code == 404
    assert (await spoerg(v, SB, forloeb_id)).status_code == (200 if forloeb_id == FORLOEB else 404)


async def test_soegningerne_finder_det_samme_i_begge_former(database: str) -> None:
    """FORL-10: also over PostgreSQL."""
    motor = afvist().hub.motorer["digital_post"]
    settings, hukommelse = Settings(database_url=SecretStr(database)), Motorlaeser(motor, NU)
    await migrate(settings, "digital_post", Path(__file__).parents[2] / "services/digital_post/migrations")
    db = await asyncpg.connect(database, server_settings={"search_path": "digital_post"})
    try:
        async with db.transaction():
            loaded = Loaded()
            for tabel in motor.tjeneste.tabeller:
                for raekke in motor.raekker[tabel.navn].values():
                    loaded.put(tabel, raekke)
            await Transaction(db, "digital_post").write(Plan(loaded, NU))
        fundne = 0
        for tabel, soegning in ((BREVE, FORLOEBETS_BREVE), (PRAKSISBREVE, FORLOEBETS_PRAKSISBREVE)):
            for id_ in {r.forloeb_id for r in motor.raekker[tabel.navn].values()} | {"findes-ikke"}:
                om = OmForloeb(forloeb_id=id_)
                ventet = await hukommelse.soeg(tabel, soegning, om)
                assert list(await Postgreslaeser(db).soeg(tabel, soegning, om)) == ventet
                fundne += len(ventet)
        assert fundne == sum(len(motor.raekker[t.navn]) for t in (BREVE, PRAKSISBREVE)) > 0
    finally:
        await db.close()
