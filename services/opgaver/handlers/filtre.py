"""What the filters do with each command. The order key is the filter."""

from datetime import datetime

from contracts.filtre import Filterkommando, GemFilter, SletFilter
from services.opgaver import rules
from services.opgaver.forloeb.gemt_filter import GemtFilter, afvist, gem, slet
from services.opgaver.handlers.faelles import adgang, er_kendt, svarkommune, tjeneste
from services.opgaver.rules import AFSLAG, Afslag
from services.opgaver.store import FILTRE
from shared.domain.udfald import INTET, Udfald


@tjeneste.naar(GemFilter, laeser=FILTRE.en(), ordensnoegle="filter_id")
def naar_filter_gemmes(besked: GemFilter, foer: GemtFilter | None, nu: datetime) -> Udfald:
    """OPG-07: a new one, or another content; the same again does nothing."""
    kommune = svarkommune(besked)
    if foer is not None and foer.kommunekode == kommune and er_kendt(foer.kommandoer, besked):
        return INTET
    afslag = adgang(besked, nu)
    if afslag is None and foer is not None and (not _er_til(foer, besked, kommune) or foer.overblik != besked.overblik):
        afslag = AFSLAG["FILTER_FINDES"]
    vaerdier = (v for led in besked.kriterier for v in led.vaerdier)
    afslag = afslag or _brugt(foer, besked) or rules.cpr_afslag(besked.navn, *vaerdier)
    return afvist(besked, kommune, afslag, nu) if afslag is not None else gem(foer, besked, kommune)


@tjeneste.naar(SletFilter, laeser=FILTRE.en(), ordensnoegle="filter_id")
def naar_filter_slettes(besked: SletFilter, foer: GemtFilter | None, nu: datetime) -> Udfald:
    """OPG-07: by anybody whom it is for; of any other it is answered as one that does not exist."""
    kommune = svarkommune(besked)
    if afslag := adgang(besked, nu):
        return afvist(besked, kommune, afslag, nu)
    if foer is None or not _er_til(foer, besked, kommune):
        return afvist(besked, kommune, AFSLAG["UKENDT_FILTER"], nu)
    if er_kendt(foer.kommandoer, besked):
        return INTET
    if afslag := _brugt(foer, besked) or (AFSLAG["UKENDT_FILTER"] if foer.er_slettet else None):
        return afvist(besked, kommune, afslag, nu)
    return slet(foer, besked)


def _er_til(foer: GemtFilter, besked: Filterkommando, kommune: str) -> bool:
    return foer.kommunekode == kommune and rules.filteret_er_til(foer.overblik, foer.ejer, besked.aktoer)


def _brugt(foer: GemtFilter | None, besked: Filterkommando) -> Afslag | None:
    return AFSLAG["KOMMANDO_ID_BRUGT"] if foer is not None and besked.kommando_id in foer.kommandoer else None
