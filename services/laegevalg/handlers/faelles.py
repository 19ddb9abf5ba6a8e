"""The service, and the steps that several of its handlers share."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.laegevalg import LaegeOphoert
from services.laegevalg.forloeb import Sag, genfinding, oversaettelse
from services.laegevalg.forloeb.sagsbeskeder import SOEGNINGEN_ER_SLUT, Art
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.handlers.familie import med_soegning, vaek
from services.laegevalg.store import (
    AENDRINGER,
    ANNULLERINGER,
    ANNULLERINGSSVAR,
    BESTILLINGER,
    BREVFORLOEBENE,
    PERSONSAGER,
    SAGER,
    SIKREDE,
    VALG,
)
from shared.domain.datoer import plus_dage
from shared.domain.udfald import Handler, Udfald
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
    tabeller=(
        SIKREDE,
        SAGER,
        BESTILLINGER,
        AENDRINGER,
        ANNULLERINGER,
        ANNULLERINGSSVAR,
        VALG,
        BREVFORLOEBENE,
        PERSONSAGER,
    ),
)


def naar(*beskeder: type[Besked], laeser: Sequence[Laesning] = ()) -> Callable[[Handler], Handler]:
    """One handler for several messages."""

    def tilmeld(handler: Handler) -> Handler:
        for besked in beskeder:
            tjeneste.naar(besked, laeser=laeser)(handler)
        return handler

    return tilmeld


def registrer(sikret: Sikret, beskeder: Sequence[Besked], nu: datetime, praksisnavn: str = "") -> Sikret:
    """The insured's row follows from what is published about him. `praksisnavn`: of the practice a choice is of."""
    foer = sikret.sikring
    ny = oversaettelse.sikring_efter(foer, beskeder)
    if ny == foer:
        return sikret
    if ny.ydernummer == foer.ydernummer:
        praksisnavn = sikret.praksisnavn
    ophoert = next((b.til for b in beskeder if isinstance(b, LaegeOphoert)), None)
    return sikret.med(ny, praksisnavn, nu, ophoert and plus_dage(ophoert, 1))


def efter_skridtet(sikret: Sikret, foer: Sag, efter: Sag) -> Sikret:
    """What the insured's row keeps of where his entry, finding or birth stands (CPR-04, CPR-15, FAM-05)."""
    if efter.art is Art.GENFINDING:
        sikret = replace(sikret, genfinding=genfinding.soeger(efter))
    return med_ventende_kort(med_soegning(sikret, efter), foer, efter)


def foert_videre(sikret: Sikret, foer: Sag, skridt: Udfald, nu: datetime) -> Udfald:
    """The step of an entry, finding or birth, and what follows for the insured and those who wait for him (FAM-05)."""
    efter = skridt.raekker[0]
    ny = efter_skridtet(registrer(sikret, skridt.beskeder, nu, efter.praksisnavn), foer, efter)
    ny, vaekkede = vaek(ny, efter, nu)
    return skridt + vaekkede if ny == sikret else skridt + vaekkede + Udfald(raekker=(ny,))


def med_ventende_kort(sikret: Sikret, foer: Sag, efter: Sag) -> Sikret:
    """CPR-15: a forløb that is past the search for a doctor owes a child without a name its card."""
    er_slut = efter.tilstand in SOEGNINGEN_ER_SLUT and foer.tilstand not in SOEGNINGEN_ER_SLUT
    if er_slut and efter.person.unavngivet:
        return replace(sikret, kort_venter_paa_navn=efter.forloeb_id)
    return sikret
