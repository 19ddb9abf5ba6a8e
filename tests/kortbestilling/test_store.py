"""The migration declares the columns of the rows."""

from pathlib import Path

from services.kortbestilling.store import KORTENE
from tests.motor import kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, valgfrie

SQL = migrationer(Path("services/kortbestilling/migrations"))


def test_migrationen_svarer_til_raekken() -> None:
    assert kolonner_i(SQL, "kort") == kolonner_af(KORTENE)
    assert valgfrie(SQL, "kort") == kan_vaere_tomme(KORTENE)
