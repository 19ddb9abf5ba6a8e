"""A service declared: what it hears, the handler of each message, its tables, and its clients to the outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from contracts.base import Besked
from contracts.register import BESKEDER
from shared.domain.udfald import Handler, InternBesked
from shared.platform.opslag.erklaering import Opslagsliste
from shared.platform.tabel import Laesning, Tabel


@dataclass(frozen=True, slots=True)
class Udfoert:
    """The outside accepted the call; `besked` comes back to the service."""

    besked: InternBesked


@dataclass(frozen=True, slots=True)
class Afvist:
    """The outside refused the call for good; `besked` comes back to the service."""

    besked: InternBesked


Svar = Udfoert | Afvist


class IkkeSendt(Exception):
    """The call surely had no effect (no connection, 429, 503 before acceptance): try again later.

    `vent` is how long the outside asked us to wait.
    """

    def __init__(self, grund: str, vent: timedelta | None = None) -> None:
        super().__init__(grund)
        self.vent = vent


class Klient(Protocol):
    """All calls of a service to one outside system.

    Any exception but `IkkeSendt` means that nobody knows whether the call had an effect.
    """

    afklaringstid: timedelta
    """How long to wait before asking about a call whose answer was lost."""

    async def send(self, noegle: str, indhold: Any, nu: datetime) -> Svar:
        """Make the call. `noegle` goes with it as the provider's idempotency key."""
        ...

    async def spoerg(self, noegle: str, indhold: Any, nu: datetime) -> Svar | None:
        """What became of the call with this key; None: the outside does not have it, so it may be sent again."""
        ...

    def ukendt(self, noegle: str, indhold: Any) -> InternBesked | None:
        """The message to the service when the outcome can never be known here; None when the outside can be asked."""
        ...

    async def luk(self) -> None:
        """Close connections."""
        ...


@dataclass(frozen=True, slots=True)
class Registreret:
    """One handler: its message, what it reads, and the key its messages are kept in order by."""

    besked: type[Besked]
    handler: Handler
    laeser: tuple[Laesning, ...]
    ordensnoegle: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Udfaldsbeskeder:
    """The messages by which a service hears what became of a kind of effect."""

    done: tuple[type[InternBesked], ...]
    refused: tuple[type[InternBesked], ...]


@dataclass
class Tjeneste:
    """A service. `navn` is also its schema, consumer group and CloudEvents source (`/sygesikring/<navn>`)."""

    navn: str
    emner: Sequence[str]
    tabeller: Sequence[Tabel[Any]] = ()
    ordensnoegle: str = "person_id"
    """The field that keeps messages in order, where a handler names no other."""
    handlere: dict[type[Besked], Registreret] = field(default_factory=dict[type[Besked], Registreret])
    klienter: dict[str, Callable[[Any], Klient]] = field(default_factory=dict[str, Callable[[Any], Klient]])
    udfald: dict[str, Udfaldsbeskeder] = field(default_factory=dict[str, Udfaldsbeskeder])
    """By kind of effect."""
    opslag: Opslagsliste = field(default_factory=Opslagsliste)
    """What can be asked of it over HTTP."""

    def naar(
        self,
        besked: type[Besked],
        *,
        laeser: Laesning | Sequence[Laesning] = (),
        ordensnoegle: str | Callable[[Any], str] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register the handler of a message: `handler(besked, *rows, nu) -> Udfald`, a plain function without I/O."""
        felt = ordensnoegle or self.ordensnoegle
        find: Callable[[Any], str] = felt if callable(felt) else lambda b: getattr(b, felt)

        def registrer(handler: Handler) -> Handler:
            if besked in self.handlere:
                raise ValueError(f"{self.navn}: {besked.__name__} har allerede en handler")
            laesninger = (laeser,) if isinstance(laeser, Laesning) else tuple(laeser)
            self.handlere[besked] = Registreret(besked, handler, laesninger, find)
            return handler

        return registrer

    def effekt(
        self,
        art: str,
        klient: Callable[[Any], Klient],
        *,
        udfoert: Sequence[type[InternBesked]] = (),
        afvist: Sequence[type[InternBesked]] = (),
    ) -> None:
        """Effects of this kind are performed by the client that `klient(settings)` makes.

        `udfoert` and `afvist` are the messages it answers with, which a person may also type where it cannot.
        """
        self.klienter[art] = klient
        self.udfald[art] = Udfaldsbeskeder(tuple(udfoert), tuple(afvist))

    @property
    def kilde(self) -> str:
        """CloudEvents source of what this service publishes."""
        return f"/sygesikring/{self.navn}"

    def beskeder(self) -> dict[str, type[Besked]]:
        """Every type this service can read: the published ones and those that services send to themselves."""
        egne = {k.ce_type: k for k in (*self.handlere, *_underklasser(InternBesked))}
        return {**BESKEDER, **egne}

    def tabel_af(self, raekke: Any) -> Tabel[Any]:
        """The declared table of a row."""
        for tabel in self.tabeller:
            if type(raekke) is tabel.raekke:
                return tabel
        raise KeyError(f"{self.navn}: ingen tabel for {type(raekke).__name__}")


def _underklasser(klasse: type[InternBesked]) -> set[type[InternBesked]]:
    direkte = set(klasse.__subclasses__())
    return direkte.union(*(_underklasser(k) for k in direkte))
