"""The messages that the steps of a choice of doctor have in common."""

from datetime import datetime
from typing import Any

from contracts.base import Besked
from contracts.betaling import FrigivBetaling
from contracts.dispensation import DispensationTilbagekaldt
from contracts.kort import KortAnnulleres
from contracts.laegevalg import ForloebAfsluttet, LaegevalgReserveret
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.plads import PladsFrigives
from services.laegevalg.forloeb.beskeder import Valg
from services.laegevalg.forloeb.vilkaar import FLYTTEKORT_BESTILT
from shared.domain.udfald import Udfald

ART = "LAEGEVALG"


def frigivne(valg: Valg, grund: str, *, plads: bool = True) -> tuple[Besked, ...]:
    """LV-19, BET-05: what is held, or may be; each receiver gives back once, and nothing where nothing is held."""
    hvis: dict[str, Any] = {**om(valg), "grund": grund}
    pladsen = (PladsFrigives(**hvis, ydernummer=valg.ydernummer),) if plads else ()
    gebyret = (FrigivBetaling(**hvis, reservation_id=reservation_id(valg)),) if valg.reserveret else ()
    return (*pladsen, *gebyret)


def reserveret(valg: Valg) -> LaegevalgReserveret:
    return LaegevalgReserveret(**om(valg), ydernummer=valg.ydernummer, virkningsdato=valg.virkningsdato)


def stop(valg: Valg, grund: str) -> KortAnnulleres:
    return KortAnnulleres(**om(valg), kort_id=kort_id(valg), grund=grund)


def tilbagekald(valg: Valg) -> DispensationTilbagekaldt:
    return DispensationTilbagekaldt(
        **om(valg),
        kommunekode=valg.kommunekode,
        ydernummer=valg.ydernummer,
        praksisnavn=valg.praksisnavn,
        navn=valg.person.navn,
    )


def afsluttet(valg: Valg, udfald: str, nu: datetime) -> ForloebAfsluttet:
    return ForloebAfsluttet(**om(valg), kommunekode=valg.kommunekode, art=ART, udfald=udfald, afsluttet=nu)


def opgave(valg: Valg, aarsag: str, titel: str, beskrivelse: str) -> Udfald:
    """A manual task; one per forløb and reason however often it is asked for."""
    opgave = OpgaveAnmodet(
        **om(valg),
        opgave_id=f"{valg.forloeb_id}:{aarsag.lower()}",
        cpr=valg.person.cpr,
        kommunekode=valg.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )
    return Udfald(beskeder=(opgave,))


def om(valg: Valg) -> dict[str, Any]:
    return {"forloeb_id": valg.forloeb_id, "person_id": valg.person_id}


def reservation_id(valg: Valg) -> str:
    return f"{valg.forloeb_id}:betaling"


def kort_id(valg: Valg) -> str:
    """FLYT-06: the card of a move in the place of one that was stopped is another card."""
    return f"{valg.forloeb_id}:kort{'-2' if valg.flyttekort == FLYTTEKORT_BESTILT else ''}"


def kvittering_id(valg: Valg) -> str:
    """The letter that says the choice is approved (POST-12)."""
    return f"{valg.forloeb_id}:laegevalgskvittering"
