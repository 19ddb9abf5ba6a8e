"""The service, and what all commands of the municipalities have in common."""

from collections.abc import Mapping
from datetime import datetime

from contracts.opgave import Kommunekommando, OpgavetypeV2
from services.opgaver import rules
from services.opgaver.forloeb import OPGAVE, Kommando, aftryk
from services.opgaver.rules import Afslag
from services.opgaver.store import FILTRE, FRISTINDSTILLINGER, HENVISNINGER, NOTATER, OPGAVER, Fristindstilling
from shared.domain.cpr import ligner_cpr
from shared.domain.forloeb import UventetBesked
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "opgaver",
    emner=("opgaver.anmodninger", "opgaver.kommandoer", "konfig.kommandoer", "person.haendelser"),
    tabeller=(OPGAVER, NOTATER, FILTRE, HENVISNINGER, FRISTINDSTILLINGER),
    ordensnoegle="opgave_id",
)
Indstillinger = Mapping[str, Fristindstilling]


def global_noegle(opgavetype: OpgavetypeV2) -> str:
    """The key of the setting for all municipalities (OPG-09)."""
    return f"global:{opgavetype}"


def lokal_noegle(kommunekode: str) -> str:
    """The key of a municipality's own setting (OPG-10)."""
    return f"lokal:{kommunekode}"


def svarkommune(besked: Kommunekommando, *navngivne: str) -> str:
    """The municipality to answer. Raises `UventetBesked` where none can be answered, or the answer would hold a CPR.

    `navngivne` are more texts that an answer would repeat.
    """
    if any(ligner_cpr(i) for i in (besked.recordnoegle(), besked.kommando_id, besked.aktoer, *navngivne)):
        raise UventetBesked(OPGAVE.navn, "CPR_I_ID", type(besked).__name__)
    kommune = rules.kommune(besked.kommunekode)
    if kommune is None:
        raise UventetBesked(OPGAVE.navn, "UKENDT_KOMMUNE", type(besked).__name__)
    return kommune


def adgang(besked: Kommunekommando, nu: datetime) -> Afslag | None:
    """OPG-02, ROL-02: whether the actor may work on tasks and notes at all."""
    afslag = rules.bemyndigelse(besked.kanal, besked.rolle, rules.SAGSBEHANDLING)
    return afslag or rules.tidspunkt_afslag(besked.afgivet, nu)


def er_kendt(kommandoer: Mapping[str, str], besked: Kommando) -> bool:
    """The same command sent again."""
    return kommandoer.get(besked.kommando_id) == aftryk(besked)
