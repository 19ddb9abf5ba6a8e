"""The service, and the steps that several of its handlers share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from services.laegevalg.forloeb import oversaettelse
from services.laegevalg.store import AENDRINGER, BESTILLINGER, BREVFORLOEBENE, PERSONSAGER, SAGER, SIKREDE, VALG, Sikret
from shared.domain.udfald import Handler
from shared.platform.tabel import Laesning
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "laegevalg",
    emner=(
        "person.tilstand",
        "person.haendelser",
        "plads.haendelser",
        "bestillinger",
        "betaling.haendelser",
        "dispensation.haendelser",
        "dispensation.svar",
        "kort.haendelser",
        "breve.haendelser",
    ),
    tabeller=(SIKREDE, SAGER, BESTILLINGER, AENDRINGER, VALG, BREVFORLOEBENE, PERSONSAGER),
)


def naar(*beskeder: type[Besked], laeser: Sequence[Laesning] = ()) -> Callable[[Handler], Handler]:
    """One handler for several messages."""

    def tilmeld(handler: Handler) -> Handler:
        for besked in beskeder:
            tjeneste.naar(besked, laeser=laeser)(handler)
        return handler

    return tilmeld


def registrer(sikret: Sikret, beskeder: Iterable[Besked], nu: datetime, praksisnavn: str = "") -> Sikret:
    """The insured's row follows from what is published about him. `praksisnavn`: of the practice a choice is of."""
    ny = oversaettelse.sikring_efter(sikret.sikring, beskeder)
    if ny.ydernummer == sikret.ydernummer:
        praksisnavn = sikret.praksisnavn
    return replace(sikret.med(ny, nu), praksisnavn=praksisnavn)
