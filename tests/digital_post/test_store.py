"""The migration declares the columns of the rows."""

from pathlib import Path

import pytest

from services.digital_post.store import BREVE, MODTAGERE
from shared.platform.tabel import Tabel
from tests.motor import kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, valgfrie

SQL = migrationer(Path("services/digital_post/migrations"))


@pytest.mark.parametrize("tabel", [BREVE, MODTAGERE], ids=["brev", "modtager"])
def test_migrationen_svarer_til_raekken(tabel: Tabel[object]) -> None:
    assert kolonner_i(SQL, tabel.navn) == kolonner_af(tabel)
    assert valgfrie(SQL, tabel.navn) == kan_vaere_tomme(tabel)
