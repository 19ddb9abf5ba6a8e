"""What is done with the card of an entry, a finding or a birth, and with those of one who has died or left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts.kort import KortBestilt
from services.laegevalg.forloeb import INDREJSE, Sag, Tilstand, kortspor
from services.laegevalg.forloeb.beskeder import Valg, Valgtilstand
from services.laegevalg.forloeb.personsagsbeskeder import KorteneStoppes
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.faelles import tjeneste
from services.laegevalg.store import SAGER, SAGERS_KORT, VALG, VALGS_KORT
from shared.domain.udfald import INTET, Udfald

AFBRYDES = (Tilstand.AFVENTER_IKRAFT, Tilstand.ANNULLERES)
"""The card goes with the forløb where that has not come to its end."""


@tjeneste.naar(KortBestilt, laeser=(SAGER.en(),))
def naar_kortet_er_bekraeftet(besked: KortBestilt, sag: Sag | None, nu: datetime) -> Udfald:
    """FORL-06: its receipt is sent with it, which matters only to one that can be cancelled."""
    return INTET if sag is None or sag.tilstand not in AFBRYDES else sagens_kort(sag, besked, nu)


def sagens_kort(sag: Sag, besked: kortspor.Korthaendelse, nu: datetime) -> Udfald:
    """KORT-09, FORL-05: how far the card is, and the answer that a cancel waits for."""
    if sag.tilstand is Tilstand.ANNULLERES and not isinstance(besked, KortBestilt):
        return INDREJSE.skridt(sag, besked, nu)
    ny = replace(sag, kort=kortspor.spor(sag.kort, besked))
    return INTET if ny == sag else Udfald(raekker=(ny,))


@tjeneste.naar(KorteneStoppes, laeser=(SAGER.soeg(SAGERS_KORT), VALG.soeg(VALGS_KORT)))
def naar_kortene_skal_stoppes(
    besked: KorteneStoppes, sager: Mapping[str, Sag], valg: Mapping[str, Valg], nu: datetime
) -> Udfald:
    """CPR-14, NORD-01, KORT-09: those that are not drawn, whatever has taken effect since they were ordered."""
    udfald = INTET
    for sag in sager.values():
        if sag.tilstand not in AFBRYDES and kortspor.hoerer_til(besked, sag.virkningsdato, sag.startet):
            udfald += kortspor.stop_sagens(sag)
    for v in valg.values():
        if v.tilstand is Valgtilstand.TRAADT_I_KRAFT and kortspor.hoerer_til(besked, v.virkningsdato, v.startet):
            stop = kortspor.ValgetsKortStoppes(forloeb_id=v.forloeb_id, person_id=v.person_id)
            udfald += LAEGEVALG.skridt(v, stop, nu)
    return udfald
