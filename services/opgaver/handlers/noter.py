"""What the notes do with each command. The order key is the note."""

from datetime import datetime

from contracts.notat import OpretNotat, RetNotat
from services.opgaver import rules
from services.opgaver.forloeb.notat import Notat, afvist, opret, ret
from services.opgaver.handlers.faelles import adgang, er_kendt, svarkommune, tjeneste
from services.opgaver.rules import AFSLAG
from services.opgaver.store import NOTATER
from shared.domain.udfald import INTET, Udfald


@tjeneste.naar(OpretNotat, laeser=NOTATER.en(), ordensnoegle="notat_id")
def naar_notat_oprettes(besked: OpretNotat, notat: Notat | None, nu: datetime) -> Udfald:
    """SIK-01: a note of the actor's municipality, which it stays with; made again, nothing happens."""
    kommune = svarkommune(besked)
    if notat is not None and er_kendt(notat.kommandoer, besked):
        return INTET
    afslag = adgang(besked, nu) or (AFSLAG["NOTAT_FINDES"] if notat is not None else None)
    afslag = afslag or rules.person_afslag(besked.person_id) or rules.cpr_afslag(besked.tekst)
    return afvist(besked, kommune, afslag, nu) if afslag is not None else opret(besked, kommune)


@tjeneste.naar(RetNotat, laeser=NOTATER.en(), ordensnoegle="notat_id")
def naar_notat_rettes(besked: RetNotat, notat: Notat | None, nu: datetime) -> Udfald:
    """SIK-01: by anybody of its municipality; another's is answered as one that does not exist."""
    kommune = svarkommune(besked)
    if afslag := adgang(besked, nu):
        return afvist(besked, kommune, afslag, nu)
    if notat is None or notat.kommunekode != kommune:
        return afvist(besked, kommune, AFSLAG["UKENDT_NOTAT"], nu)
    if er_kendt(notat.kommandoer, besked):
        return INTET
    if besked.kommando_id in notat.kommandoer:
        return afvist(besked, kommune, AFSLAG["KOMMANDO_ID_BRUGT"], nu)
    if afslag := rules.cpr_afslag(besked.tekst):
        return afvist(besked, kommune, afslag, nu)
    return ret(notat, besked)
