"""`sygesikring ingest cpr`: from files to confirmed messages."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.cpr.kaede import planlaeg
from ingest.cpr.laeser import Fejl
from ingest.cpr.layout import P12170, Layout
from ingest.cpr.udtraek import Udtraek, kontroller
from ingest.store import lager
from ingest.udgivelse import producent, udgiv
from shared.platform.settings import Settings


@dataclass(slots=True)
class Filresultat:
    """What became of one good file. `udgivet` None: it was only checked."""

    fil: str
    opgavenr: str
    proddato: str
    poster: int
    personer: int
    udgivet: int | None = None
    uaendret: bool = False


@dataclass(slots=True)
class Resultat:
    """What a run found and did. Counts are those of the files that are not refused."""

    filer: list[Filresultat] = field(default_factory=list[Filresultat])
    haendelser: Counter[str] = field(default_factory=Counter[str])
    afledte: Counter[str] = field(default_factory=Counter[str])
    typer: Counter[str] = field(default_factory=Counter[str])
    fejl: list[Fejl] = field(default_factory=list[Fejl])

    @property
    def poster(self) -> int:
        return sum(fil.poster for fil in self.filer)

    @property
    def personer(self) -> int:
        return sum(fil.personer for fil in self.filer)


def proev(filer: Sequence[Path], layout: Layout = P12170) -> Resultat:
    """Read and check, publish nothing. The chain is checked among the files; neither Kafka nor a database is needed."""
    with _spool() as (mappe, stak):
        udtraek = _kontroller(filer, mappe, stak, layout)
        return _resultat(udtraek, planlaeg([u for u in udtraek if not u.fejl], {}).fejl)


async def indlaes(filer: Sequence[Path], settings: Settings, layout: Layout = P12170) -> Resultat:
    """Check all files and the chain, then publish file after file; nothing at all when anything is refused.

    Raises `Optaget`, `TopicMissing`, `KafkaSvigter`, and the errors of asyncpg and aiokafka when one of them is away:
    then the same command again publishes the same messages with the same ids.
    """
    hemmelighed = settings.cpr_hemmelighed.get_secret_value()
    with _spool() as (mappe, stak):
        udtraek = await asyncio.to_thread(_kontroller, filer, mappe, stak, layout)
        if any(u.fejl for u in udtraek):
            return _resultat(udtraek, [])
        async with lager(settings.database_url.get_secret_value()) as kaeden:
            plan = planlaeg(udtraek, await kaeden.kendte())
            resultat = _resultat(udtraek, plan.fejl)
            if plan.fejl:
                return resultat
            per_fil = {fil.fil: fil for fil in resultat.filer}
            for uaendret in plan.uaendrede:
                per_fil[str(uaendret.fil)].uaendret = True
            if plan.indlaes:
                async with producent(settings) as kilde:
                    for et in plan.indlaes:
                        await kaeden.begynd(et)
                        antal = await udgiv(kilde, et.kuverter(hemmelighed))
                        await kaeden.afslut(et, antal)
                        per_fil[str(et.fil)].udgivet = antal
            return resultat


@contextmanager
def _spool() -> Generator[tuple[Path, ExitStack]]:
    """A folder of mode 0700 for the spools and what closes them; all gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="sygesikring-cpr-") as mappe, ExitStack() as stak:
        yield Path(mappe), stak


def _kontroller(filer: Sequence[Path], mappe: Path, stak: ExitStack, layout: Layout) -> list[Udtraek]:
    return [kontroller(fil, mappe, stak, layout) for fil in dict.fromkeys(filer)]


def _resultat(udtraek: Sequence[Udtraek], kaedefejl: Sequence[Fejl]) -> Resultat:
    resultat = Resultat(fejl=[fejl for et in udtraek for fejl in et.fejl] + list(kaedefejl))
    afviste = {fejl.fil for fejl in resultat.fejl}
    for et in udtraek:
        if str(et.fil) in afviste:
            continue
        hoved, laesning = et.hoved, et.laesning
        resultat.filer.append(
            Filresultat(str(et.fil), hoved.opgavenr, hoved.proddato.isoformat(), laesning.poster, et.personer)
        )
        resultat.haendelser += laesning.haendelser
        resultat.afledte += laesning.afledte
        resultat.typer += laesning.typer
    return resultat
