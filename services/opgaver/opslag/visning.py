"""How a row is shown: persons under the ids they have now, and the CPR number of exactly one (OPG-04)."""

from services.opgaver.forloeb import Opgave, Opgavetilstand
from services.opgaver.forloeb.notat import Notat
from services.opgaver.forloeb.personhenvisning import Henvisninger, nutidig, personer_nu
from services.opgaver.opslag.svar import Notatsvar, Opgavesvar

OVERSKREDNE = frozenset({Opgavetilstand.OVERSKREDET, Opgavetilstand.TILDELT_OVERSKREDET})


def opgaven(opgave: Opgave, henvisninger: Henvisninger) -> Opgavesvar:
    """The task as its municipality sees it."""
    person_ider, cpr = personer_nu(opgave.person_ider, opgave.cpr, henvisninger)
    return Opgavesvar(
        opgave_id=opgave.opgave_id,
        forloeb_id=opgave.forloeb_id,
        opgavetype=opgave.opgavetype,
        aarsag=opgave.aarsag,
        titel=opgave.titel,
        beskrivelse=opgave.beskrivelse,
        kommunekode=opgave.kommunekode,
        person_ider=person_ider,
        cpr=cpr,
        tilstand=opgave.tilstand,
        oprettet=opgave.oprettet,
        oprettet_af=opgave.oprettet_af,
        frist=opgave.frist,
        overskredet=opgave.tilstand in OVERSKREDNE,
        sagsbehandler=opgave.sagsbehandler,
        version=opgave.version,
        afsluttet=opgave.afsluttet,
        afsluttet_af=opgave.afsluttet_af,
        begrundelse=opgave.begrundelse,
    )


def notatet(notat: Notat, henvisninger: Henvisninger) -> Notatsvar:
    """The note as its municipality sees it."""
    return Notatsvar(
        notat_id=notat.notat_id,
        person_id=nutidig(notat.person_id, henvisninger),
        kommunekode=notat.kommunekode,
        tekst=notat.tekst,
        kilde=notat.kilde,
        oprettet_af=notat.oprettet_af,
        oprettet=notat.oprettet,
        rettet_af=notat.rettet_af,
        rettet=notat.rettet,
        version=notat.version,
    )
