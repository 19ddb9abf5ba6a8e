"""What can be asked of the service. None is answered for what does not exist or may not be seen."""

from collections.abc import Iterable
from dataclasses import replace

from services.opgaver.forloeb.personhenvisning import Henvisninger, Personhenvisning
from services.opgaver.opslag.svar import (
    Notatliste,
    Notatsvar,
    Omfang,
    OmNotat,
    OmOpgave,
    OmOpgaverne,
    OmPersonensNoter,
    OmPersonensOpgaver,
    Opgaveliste,
    Opgavesvar,
    Side,
    maerke,
    sted,
)
from services.opgaver.opslag.synlighed import maa_se
from services.opgaver.opslag.visning import notatet, opgaven
from services.opgaver.store import (
    AABNE_OPGAVER,
    ALLE_OPGAVER,
    HENVISNINGER,
    NOTATER,
    OPGAVER,
    PERSONENS_AABNE_OPGAVER,
    PERSONENS_NOTER,
    PERSONENS_OPGAVER,
    SAMME_PERSON,
    Udsnit,
)
from shared.platform.opslag.erklaering import Bruger, Opslagsliste
from shared.platform.opslag.laeser import Laeser, en
from shared.platform.tabel import Soegning

OPSLAG = Opslagsliste()


@OPSLAG.hent("/opgaver")
async def opgaverne(spoergsmaal: OmOpgaverne, bruger: Bruger, laeser: Laeser) -> Opgaveliste:
    """Kommunens egne opgaver, den første frist først: de åbne eller alle, også dem med én ansvarlig (OPG-02)."""
    udsnit = replace(_udsnit(spoergsmaal, bruger), sagsbehandler=spoergsmaal.sagsbehandler)
    soegning = AABNE_OPGAVER if spoergsmaal.omfang is Omfang.AABNE else ALLE_OPGAVER
    return await _opgaveliste(soegning, udsnit, bruger, laeser)


@OPSLAG.hent("/personer/{person_id}/opgaver")
async def personens_opgaver(spoergsmaal: OmPersonensOpgaver, bruger: Bruger, laeser: Laeser) -> Opgaveliste:
    """Kommunens egne opgaver om en person, den første frist først.

    En kommune ser sine egne, også efter at personen er flyttet, og aldrig en andens (SIK-01).
    """
    ider = await _alle_ider(spoergsmaal, laeser)
    udsnit = replace(_udsnit(spoergsmaal, bruger), sagsbehandler=spoergsmaal.sagsbehandler, person_ider=ider)
    soegning = PERSONENS_AABNE_OPGAVER if spoergsmaal.omfang is Omfang.AABNE else PERSONENS_OPGAVER
    return await _opgaveliste(soegning, udsnit, bruger, laeser)


@OPSLAG.hent("/opgaver/{opgave_id}")
async def opgave(spoergsmaal: OmOpgave, bruger: Bruger, laeser: Laeser) -> Opgavesvar | None:
    """En opgave, åben eller afsluttet (OPG-02, OPG-04). Kun for kommunen, der har den."""
    fundet = await en(laeser, OPGAVER, spoergsmaal.opgave_id)
    if fundet is None or not maa_se(fundet, bruger):
        return None
    return opgaven(fundet, await _henvisninger(fundet.person_ider, laeser))


@OPSLAG.hent("/personer/{person_id}/noter")
async def personens_noter(spoergsmaal: OmPersonensNoter, bruger: Bruger, laeser: Laeser) -> Notatliste:
    """Kommunens egne noter om en person, de nyeste først.

    En kommune ser sine egne, også efter at personen er flyttet, og aldrig en andens (SIK-01).
    """
    udsnit = replace(_udsnit(spoergsmaal, bruger), person_ider=await _alle_ider(spoergsmaal, laeser))
    fundne = [n for n in await laeser.soeg(NOTATER, PERSONENS_NOTER, udsnit) if maa_se(n, bruger)]
    vises, mere = fundne[: udsnit.antal - 1], len(fundne) == udsnit.antal
    henvisninger = await _henvisninger((n.person_id for n in vises), laeser)
    naeste = maerke(vises[-1].oprettet, vises[-1].notat_id) if mere else None
    return Notatliste(noter=tuple(notatet(n, henvisninger) for n in vises), naeste=naeste)


@OPSLAG.hent("/noter/{notat_id}")
async def notat(spoergsmaal: OmNotat, bruger: Bruger, laeser: Laeser) -> Notatsvar | None:
    """Et notat (SIK-01). Kun for kommunen, der har det."""
    fundet = await en(laeser, NOTATER, spoergsmaal.notat_id)
    if fundet is None or not maa_se(fundet, bruger):
        return None
    return notatet(fundet, await _henvisninger([fundet.person_id], laeser))


def _udsnit(spoergsmaal: Side, bruger: Bruger) -> Udsnit:
    """One more than is shown tells whether there are others."""
    efter = sted(spoergsmaal.efter) if spoergsmaal.efter is not None else None
    return Udsnit(bruger.kommunekode, spoergsmaal.antal + 1, efter=efter)


async def _opgaveliste(soegning: Soegning, udsnit: Udsnit, bruger: Bruger, laeser: Laeser) -> Opgaveliste:
    fundne = [o for o in await laeser.soeg(OPGAVER, soegning, udsnit) if maa_se(o, bruger)]
    vises, mere = fundne[: udsnit.antal - 1], len(fundne) == udsnit.antal
    henvisninger = await _henvisninger((i for o in vises for i in o.person_ider), laeser)
    naeste = maerke(vises[-1].frist, vises[-1].opgave_id) if mere else None
    return Opgaveliste(opgaver=tuple(opgaven(o, henvisninger) for o in vises), naeste=naeste)


async def _alle_ider(spoergsmaal: OmPersonensOpgaver | OmPersonensNoter, laeser: Laeser) -> tuple[str, ...]:
    """CPR-11: every id of the person."""
    fundne = await laeser.soeg(HENVISNINGER, SAMME_PERSON, spoergsmaal)
    return tuple(sorted({spoergsmaal.person_id, *(h.person_id for h in fundne), *(h.til for h in fundne)}))


async def _henvisninger(person_ider: Iterable[str], laeser: Laeser) -> Henvisninger:
    """What is known of these ids and of those that they lead to."""
    kendte: dict[str, Personhenvisning] = {}
    nye = set(person_ider)
    set_: set[str] = set()
    while nye:
        set_ |= nye
        raekker = await laeser.raekker(HENVISNINGER, sorted(nye))
        kendte |= raekker
        nye = {h.til for h in raekker.values()} - set_
    return kendte
