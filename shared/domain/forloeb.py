"""A process is a table: state and message in, next state and what follows out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from contracts.base import Besked
from shared.domain.udfald import InternBesked, SaetFrist, Udfald


class Sag(Protocol):
    """The row of a running process."""

    @property
    def forloeb_id(self) -> str: ...
    @property
    def tilstand(self) -> StrEnum: ...


S = TypeVar("S", bound=Sag)


class UventetBesked(Exception):
    """The process has no row for this message in this state: a visible fault, never a silent drop."""

    def __init__(self, forloeb: str, tilstand: str, besked: str) -> None:
        super().__init__(f"{forloeb}: ingen overgang fra {tilstand} ved {besked}")


@dataclass(frozen=True, slots=True)
class Overgang:
    """In state `fra`, when `naar` comes, go to `til` and do `goer`: (sag, besked, nu) -> (sag, what follows)."""

    fra: StrEnum
    naar: type[Besked]
    til: StrEnum
    goer: Callable[[Any, Any, datetime], tuple[Any, Udfald]]


@dataclass(frozen=True, slots=True)
class Frist:
    """In state `i`, at `hvornaar` (sag, nu) -> instant, `sker` (sag) -> the message that comes."""

    i: StrEnum
    hvornaar: Callable[[Any, datetime], datetime]
    sker: Callable[[Any], InternBesked]
    besked: type[InternBesked]


class Forloeb:
    """A process: its table of transitions, its deadlines, its first state."""

    def __init__(self, navn: str, start: StrEnum, overgange: Sequence[Overgang], frister: Sequence[Frist]) -> None:
        self.navn = navn
        self.start = start
        self.overgange = tuple(overgange)
        self.frister = tuple(frister)
        self._vej = {(o.fra, o.naar): o for o in overgange}
        if len(self._vej) != len(self.overgange):
            raise ValueError(f"{navn}: to overgange for samme tilstand og besked")

    def skridt(self, sag: Any, besked: Besked, nu: datetime) -> Udfald:
        """The only way a process changes state: the changed sag is the first row of the outcome.

        Deadlines of the state left are revoked, those of the state entered are set.
        Raises `UventetBesked` when the table has no row.
        """
        overgang = self._vej.get((sag.tilstand, type(besked)))
        if overgang is None:
            raise UventetBesked(self.navn, sag.tilstand, type(besked).__name__)
        ny, udfald = overgang.goer(sag, besked, nu)
        ny = replace(ny, tilstand=overgang.til)
        return Udfald(raekker=(ny,)) + udfald + self._frister(sag, ny, nu)

    def afsluttede(self) -> frozenset[StrEnum]:
        """States with no way out."""
        fra = {o.fra for o in self.overgange if o.til != o.fra}
        return frozenset({o.til for o in self.overgange} - fra)

    def _frister(self, foer: Any, efter: Any, nu: datetime) -> Udfald:
        if foer.tilstand == efter.tilstand:
            return Udfald()
        sat = {self._frist_id(f, efter): f for f in self.frister if f.i == efter.tilstand}
        forladt = {self._frist_id(f, foer) for f in self.frister if f.i == foer.tilstand}
        return Udfald(
            frister=tuple(SaetFrist(id_, f.hvornaar(efter, nu), f.sker(efter)) for id_, f in sat.items()),
            ophaevede=tuple(sorted(forladt - set(sat))),
        )

    @staticmethod
    def _frist_id(frist: Frist, sag: Any) -> str:
        return f"{sag.forloeb_id}:{frist.besked.__name__}"

    def som_mermaid(self) -> str:
        """The diagram of the table; the service's README holds it, and a test fails when it is stale."""
        linjer = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        frist = {f.besked for f in self.frister}
        for o in self.overgange:
            ur = " ⏰" if o.naar in frist else ""
            linjer.append(f"    {o.fra} --> {o.til}: {o.naar.__name__}{ur}")
        linjer += [f"    {t} --> [*]" for t in sorted(self.afsluttede())]
        return "\n".join(linjer)
