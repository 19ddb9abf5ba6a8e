"""What is done with each message about a letter that asks for a choice."""

from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.brev import BrevFejletV2, BrevIkkeTilbagekaldt, BrevTilbagekaldt, BrevUndertryktV2
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb import brevsvar
from services.laegevalg.forloeb.beskeder import Brevforloeb
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.brevsvar import (
    BREVSVAR,
    Annulleringssvar,
    BreveTilbagekaldes,
    BrevsvarUdeblev,
    Svartilstand,
)
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.handlers.faelles import naar, tjeneste
from services.laegevalg.store import ANNULLERINGSSVAR, BREVFORLOEBENE, SIKREDE
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald

BREVET = (BREVFORLOEBENE.en(), SIKREDE.en())


@tjeneste.naar(sig.BrevforloebAnnulleres, laeser=BREVET)
@tjeneste.naar(sig.NytValgKom, laeser=BREVET)
@tjeneste.naar(sig.SvarfristUdloeb, laeser=BREVET)
@tjeneste.naar(BrevUndertryktV2, laeser=BREVET)
@tjeneste.naar(BrevFejletV2, laeser=BREVET)
def naar_brevforloebet_skal_videre(
    besked: sig.NytValgKom | sig.SvarfristUdloeb | sig.BrevforloebAnnulleres | BrevUndertryktV2 | BrevFejletV2,
    brev: Brevforloeb | None,
    sikret: Sikret | None,
    nu: datetime,
) -> Udfald:
    """LV-08: a letter that did not reach the person, or was not acted on, is for a caseworker."""
    if brev is None:
        if isinstance(besked, BrevUndertryktV2 | BrevFejletV2):
            return INTET
        raise UventetBesked(BREVFORLOEB.navn, "UKENDT_FORLOEB", type(besked).__name__)
    sket: Besked = besked
    if isinstance(besked, BrevUndertryktV2 | BrevFejletV2):
        sket = sig.BrevetKomIkkeFrem(forloeb_id=brev.forloeb_id, person_id=brev.person_id, grund=besked.grund)
    return brevet_videre(brev, sket, sikret, nu)


def brevet_videre(brev: Brevforloeb, sket: Besked, sikret: Sikret | None, nu: datetime) -> Udfald:
    """A step of the table; a letter that is done is not open any more."""
    skridt = BREVFORLOEB.skridt(brev, sket, nu)
    if sikret is None or brev.forloeb_id not in sikret.aabne_breve:
        return skridt
    rest = tuple(b for b in sikret.aabne_breve if b != brev.forloeb_id)
    return skridt + Udfald(raekker=(replace(sikret, aabne_breve=rest),))


@naar(BrevTilbagekaldt, BrevIkkeTilbagekaldt, BreveTilbagekaldes, BrevsvarUdeblev, laeser=(ANNULLERINGSSVAR.en(),))
def naar_det_vides_om_brevet_gik(
    besked: BrevTilbagekaldt | BrevIkkeTilbagekaldt | BreveTilbagekaldes | BrevsvarUdeblev,
    sag: Annulleringssvar | None,
    nu: datetime,
) -> Udfald:
    """FORL-06, POST-09: what the answer to a cancel waits for, kept also where nobody has cancelled, or not yet."""
    sag = sag or Annulleringssvar(besked.forloeb_id, besked.person_id, Svartilstand.MODTAGET)
    return BREVSVAR.skridt(sag, brevsvar.oversat(sag, besked), nu)
