"""How a service declares what can be asked of it: a question, an answer, and a function between them."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts.bestilling import Rolle
from shared.platform.opslag.laeser import Laeser

OpslagId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$")]
"""An id in an address."""
SAGSBEHANDLERE = frozenset({Rolle.SAGSBEHANDLER, Rolle.SAERLIGE_RETTIGHEDER})
_STIFELT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Bruger:
    """Who asks: the subject of the token, what it may do, and for which municipality."""

    id: str
    rolle: Rolle
    kommunekode: str


class Spoergsmaal(BaseModel):
    """What is asked: fields named in the address come from there, the others from the query string or the body."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class Svar(BaseModel):
    """What is answered. A field that the one who asks may not see is null."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


Find = Callable[[Any, Bruger, Laeser], Awaitable[Svar | None]]


@dataclass(frozen=True, slots=True)
class Opslag:
    """One query. `find` answers None for what does not exist or may not be seen by the one who asks: 404."""

    metode: Literal["GET", "POST"]
    sti: str
    spoergsmaal: type[Spoergsmaal]
    svar: type[Svar]
    find: Find
    roller: frozenset[Rolle]

    @property
    def navn(self) -> str:
        """Its name in logs and in OpenAPI."""
        return self.find.__name__

    @property
    def stifelter(self) -> tuple[str, ...]:
        """The fields of the question that stand in the address."""
        return tuple(_STIFELT.findall(self.sti))


@dataclass
class Opslagsliste:
    """The queries of a service.

    GET for what is found by ids; POST for a question that holds a CPR number, which never stands in an address.
    """

    opslag: list[Opslag] = field(default_factory=list[Opslag])

    def __iter__(self) -> Iterator[Opslag]:
        return iter(self.opslag)

    def hent(self, sti: str, *, roller: frozenset[Rolle] = SAGSBEHANDLERE) -> Callable[[Find], Find]:
        """Declare a GET; question and answer are read from the function's own annotations."""
        return self._registrer("GET", sti, roller)

    def spoerg(self, sti: str, *, roller: frozenset[Rolle] = SAGSBEHANDLERE) -> Callable[[Find], Find]:
        """Declare a POST that only asks."""
        return self._registrer("POST", sti, roller)

    def _registrer(self, metode: Literal["GET", "POST"], sti: str, roller: frozenset[Rolle]) -> Callable[[Find], Find]:
        def registrer(find: Find) -> Find:
            typer = get_type_hints(find)
            retur = typer.pop("return")
            spoergsmaal = next(iter(typer.values()))
            svar = next(t for t in getattr(retur, "__args__", (retur,)) if t is not type(None))
            nyt = Opslag(metode, sti, spoergsmaal, svar, find, roller)
            if any((o.metode, o.sti) == (metode, sti) for o in self.opslag):
                raise ValueError(f"{metode} {sti} er allerede et opslag")
            if ukendte := set(nyt.stifelter) - set(nyt.spoergsmaal.model_fields):
                raise ValueError(f"{sti}: {', '.join(sorted(ukendte))} er ikke felter i {spoergsmaal.__name__}")
            self.opslag.append(nyt)
            return find

        return registrer
