"""Synthetic practices (ydere) of the municipalities, as the regions would report them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from random import Random

from contracts.kommuner import KOMMUNER
from contracts.yder import YderOpdateret, Yderstatus
from simulators.registre import navne

OPDATERET = datetime(2026, 1, 1, tzinfo=UTC)


def praksisser(
    seed: int,
    kommuner: Sequence[str],
    uden_aabne: Collection[str] = (),
    pr_kommune: int = 4,
    opdateret: datetime = OPDATERET,
    ledige: int = 1600,
) -> Iterator[YderOpdateret]:
    """Practices of each municipality: mostly open, some closed; in `uden_aabne` all closed.

    An open practice has up to `ledige` places below its limit, and at least one.
    """
    for kommune_nr, kommunekode in enumerate(kommuner):
        for nr in range(pr_kommune):
            terning = Random(f"{seed}:{kommunekode}:{nr}")
            lukket = kommunekode in uden_aabne or (nr > 0 and terning.random() < 0.3)
            graense = terning.randrange(max(ledige, 2), ledige + 900)
            antal = graense + terning.randrange(50) if lukket else graense - terning.randrange(1, max(ledige, 2))
            yield YderOpdateret(
                ydernummer=f"{kommune_nr * 100 + nr + 1001:06d}",
                navn=f"Lægerne {terning.choice(navne.VEJE)} {nr + 1}, {KOMMUNER[kommunekode]}",
                kommunekode=kommunekode,
                postnummer=navne.POSTDISTRIKTER[kommunekode][0] if kommunekode in navne.POSTDISTRIKTER else None,
                status=Yderstatus.LUKKET if lukket else Yderstatus.AABEN,
                lukkegraense=graense,
                maksgraense=graense + 200,
                antal_sikrede=antal,
                opdateret=opdateret,
            )
