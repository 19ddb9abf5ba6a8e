"""What an order looks up beside its person: the choices he has in progress."""

from collections.abc import Iterable
from typing import Any

from services.laegevalg.forloeb.beskeder import Valg, Valgtilstand
from shared.platform.tabel import Soegning

_SLUT = (Valgtilstand.TRAADT_I_KRAFT, Valgtilstand.AFVIST, Valgtilstand.ANNULLERET)


def _cpr(besked: Any) -> str:
    return besked.cpr


def _i_gang(raekker: Iterable[Valg], cpr: str) -> list[str]:
    return sorted(r.forloeb_id for r in raekker if r.person.cpr == cpr and r.tilstand not in _SLUT)


VALG_I_GANG_EFTER_CPR = Soegning(
    navn="valg_i_gang_efter_cpr",
    argument=_cpr,
    sql="""
        select person->>'cpr', forloeb_id from valg
        where person->>'cpr' = any($1) and tilstand not in ('TRAADT_I_KRAFT', 'AFVIST', 'ANNULLERET')
        order by 1, forloeb_id collate "C"
    """,
    hukommelse=_i_gang,
)
"""The choices in progress for the person with a CPR number; the municipality that owns one may order (FLYT-01)."""
