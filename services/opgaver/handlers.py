"""What the tasks do with each message. The order key is the task."""

from datetime import datetime

from contracts.opgave import OpgaveAnmodet
from services.opgaver import rules
from services.opgaver.forloeb import OPGAVE, Opgave, OpgavefristUdloeb, Opgavetilstand
from services.opgaver.store import OPGAVER
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste("opgaver", emner=("opgaver.anmodninger",), tabeller=(OPGAVER,), ordensnoegle="opgave_id")


@tjeneste.naar(OpgaveAnmodet, laeser=OPGAVER.en())
def naar_opgave_er_anmodet(besked: OpgaveAnmodet, opgave: Opgave | None, nu: datetime) -> Udfald:
    """One task per `opgave_id`, in the queue of the municipality; asked for again, nothing happens.

    OPG-04: a request is about one person, so the CPR number stands on the task wherever the asker knows it.
    """
    if opgave is not None:
        return INTET
    ny = Opgave(
        opgave_id=besked.opgave_id,
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        cpr=besked.cpr,
        kommunekode=rules.ansvarlig_kommune(besked.kommunekode),
        opgavetype=besked.opgavetype,
        aarsag=besked.aarsag,
        titel=besked.titel,
        beskrivelse=besked.beskrivelse,
        oprettet=nu,
        frist=rules.opgavefrist(besked.opgavetype, besked.aarsag, nu),
        tilstand=Opgavetilstand.MODTAGET,
    )
    return OPGAVE.skridt(ny, besked, nu)


@tjeneste.naar(OpgavefristUdloeb, laeser=OPGAVER.en())
def naar_fristen_er_udloebet(besked: OpgavefristUdloeb, opgave: Opgave | None, nu: datetime) -> Udfald:
    """The task is overdue; it stays in its queue."""
    if opgave is None:
        raise UventetBesked("opgave", "UKENDT", "OpgavefristUdloeb")
    return OPGAVE.skridt(opgave, besked, nu)
