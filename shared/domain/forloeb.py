"""A process is a table: state and message in, next state and what follows out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from contracts.base import Besked
from shared.domain.udfald import InternBesked, SaetFrist, Udfald


class Sag(Protocol):
    """The row of a running process; its id is the field that the `Forloeb` names, as a rule `forloeb_id`."""

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
    """A process: its table of transitions, its deadlines, its first state.

    `id_felt` is the field of the row that names the process (a card or a letter has an id of its own). `endelige` are
    states where nothing is awaited any more although a late message may still lead on: a sent card can be returned.
    """

    def __init__(
        self,
        navn: str,
        start: StrEnum,
        overgange: Sequence[Overgang],
        frister: Sequence[Frist],
        *,
        id_felt: str = "forloeb_id",
        endelige: Iterable[StrEnum] = (),
    ) -> None:
        self.navn = navn
        self.start = start
        self.overgange = tuple(overgange)
        self.frister = tuple(frister)
        self.id_felt = id_felt
        self.endelige = frozenset(endelige)
        self._vej = {(o.fra, o.naar): o for o in overgange}
        if len(self._vej) != len(self.overgange):
            raise ValueError(f"{navn}: to overgange for samme tilstand og besked")
        videre = {o.fra for o in overgange if o.til != o.fra}
        self._afsluttede = frozenset({o.til for o in overgange} - videre) | self.endelige

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
        return Udfald(raekker=(ny,)) + udfald + self._frister(sag, ny, besked, nu)

    def afsluttede(self) -> frozenset[StrEnum]:
        """States with no way out, and those declared final: nothing is awaited in them."""
        return self._afsluttede

    def _frister(self, foer: Any, efter: Any, besked: Besked, nu: datetime) -> Udfald:
        if foer.tilstand == efter.tilstand:
            return self._sat_igen(efter, besked, nu)
        sat = {self._frist_id(f, efter): f for f in self.frister if f.i == efter.tilstand}
        forladt = {self._frist_id(f, foer) for f in self.frister if f.i == foer.tilstand}
        return Udfald(
            frister=tuple(SaetFrist(id_, f.hvornaar(efter, nu), f.sker(efter)) for id_, f in sat.items()),
            ophaevede=tuple(sorted(forladt - set(sat))),
        )

    def _sat_igen(self, sag: Any, besked: Besked, nu: datetime) -> Udfald:
        """A deadline that fell due and left the process where it was runs again: no waiting state is without one.

        Raises `ValueError` where it would fall due at once, over and over.
        """
        igen = [f for f in self.frister if f.i == sag.tilstand and f.besked is type(besked)]
        sat = tuple(SaetFrist(self._frist_id(f, sag), f.hvornaar(sag, nu), f.sker(sag)) for f in igen)
        if any(s.hvornaar <= nu for s in sat):
            raise ValueError(f"{self.navn}: {type(besked).__name__} ville falde igen med det samme")
        return Udfald(frister=sat)

    def _frist_id(self, frist: Frist, sag: Any) -> str:
        return f"{getattr(sag, self.id_felt)}:{frist.besked.__name__}"

    def som_mermaid(self) -> str:
        """The diagram of the table; the service's README holds it, and a test fails when it is stale."""
        linjer = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        frist = {f.besked for f in self.frister}
        for o in self.overgange:
            ur = " ⏰" if o.naar in frist else ""
            linjer.append(f"    {o.fra} --> {o.til}: {o.naar.__name__}{ur}")
        linjer += [f"    {t} --> [*]" for t in sorted(self.afsluttede())]
        return "\n".join(linjer)
