"""The tables of the letters."""

from collections.abc import Iterable
from typing import Any

from services.digital_post.forloeb import Brev, Modtager
from services.digital_post.forloeb.praksis import Praksisbrev
from shared.platform.tabel import Soegning, Tabel

BREVE = Tabel("brev", Brev, noegle="brev_id")
"""Every letter ever asked for; never deleted, so that a letter wanted twice is sent once."""
MODTAGERE = Tabel("modtager", Modtager, noegle="person_id")
"""The newest we know of each person, and the letters waiting for a person to become known."""
PRAKSISBREVE = Tabel("praksisbrev", Praksisbrev, noegle="brev_id")
"""Every letter to a practice."""


# --- what can be asked of the service (the read API) ------------------------------------------------------------------


def _om(spoergsmaal: Any) -> str:
    return spoergsmaal.forloeb_id


def _forloebets(raekker: Iterable[Any], forloeb_id: str) -> list[str]:
    return sorted(r.brev_id for r in raekker if r.forloeb_id == forloeb_id)


FORLOEBETS_BREVE = Soegning(
    navn="forloebets_breve",
    argument=_om,
    sql="""
        select forloeb_id, brev_id from brev where forloeb_id = any($1)
        order by forloeb_id, brev_id collate "C"
    """,
    hukommelse=_forloebets,
)
"""The letters of a forløb to the citizen (FORL-10)."""
FORLOEBETS_PRAKSISBREVE = Soegning(
    navn="forloebets_praksisbreve",
    argument=_om,
    sql="""
        select forloeb_id, brev_id from praksisbrev where forloeb_id = any($1)
        order by forloeb_id, brev_id collate "C"
    """,
    hukommelse=_forloebets,
)
"""The letters of a forløb to the practice."""
