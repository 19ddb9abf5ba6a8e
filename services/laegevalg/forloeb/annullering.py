"""How a choice of doctor is cancelled at every stage (FORL-05..08, KORT-09, NORD-01)."""

from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb
from contracts.brev import Brevtype
from contracts.kort import KortAfsendt, KortAnnulleret, KortFejlet
from contracts.laegevalg import LaegevalgAnnulleret
from services.laegevalg.forloeb.begrundelser import ANNULLERINGER, begrundet
from services.laegevalg.forloeb.beskeder import AnnulleringOensket, Valg
from services.laegevalg.forloeb.brevsvar import Ventebrev, besvar, kortets_kvittering, laegens_kvittering
from services.laegevalg.forloeb.brevsvar import tilbagekald as tilbagekald_brev
from services.laegevalg.forloeb.faelles import (
    afsluttet,
    frigivne,
    kvittering_id,
    om,
    stop,
    tilbagekald,
)
from services.laegevalg.forloeb.faelleskort import sag_uden_flytningen
from services.laegevalg.forloeb.flyttebeskeder import FlytningTrukket, FlytningUdeblev
from services.laegevalg.forloeb.handlinger import startet, traek_gebyr
from services.laegevalg.forloeb.svar import afvist
from shared.domain.udfald import Udfald

Skridt = tuple[Valg, Udfald]


def annuller(valg: Valg, besked: AnnulleringOensket, nu: datetime) -> Skridt:
    """FORL-05, FORL-06, FORL-08: everything held is given back, and the practice is told where it was asked."""
    return _annuller(valg, "ANNULLERET", nu, besked.kommando)


def annuller_fraflyttet(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """NORD-01, LV-19."""
    return _annuller(valg, "FRAFLYTTET", nu)


def annuller_foer_begyndelsen(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """NORD-01, CPR-14: ordered for one who has left, is missing or dead; nothing is asked, so nothing is given back."""
    annulleret = _annulleret(valg, "FRAFLYTTET")
    return valg, Udfald(beskeder=(startet(valg, nu), annulleret, afsluttet(valg, "ANNULLERET", nu)))


def annuller_fraflyttet_med_kort(valg: Valg, besked: Besked, nu: datetime) -> Skridt:
    """NORD-01: no card, where it still can be stopped."""
    efter, udfald = annuller_fraflyttet(valg, besked, nu)
    return efter, udfald + Udfald(beskeder=(stop(valg, "FRAFLYTTET"),))


def annuller_erstattet(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """The person has chosen again: one choice at a time holds a place and a fee."""
    return _annuller(valg, "ERSTATTET", nu)


def annuller_uden_flytning(valg: Valg, besked: FlytningUdeblev | FlytningTrukket, nu: datetime) -> Skridt:
    """FLYT-01: the choice rested on a move that does not come; KORT-16: another move has its card nevertheless."""
    grund = "FLYTNING_TRUKKET" if isinstance(besked, FlytningTrukket) else "FLYTNING_UDEBLEV"
    return _annuller(replace(valg, flyttesag=sag_uden_flytningen(valg, besked)), grund, nu)


def stop_kortet_erstattet(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """KORT-09: the newer choice replaces this one if its card can be stopped; else both run on."""
    return valg, Udfald(beskeder=(stop(valg, "ERSTATTET"),))


def stop_kortet(valg: Valg, besked: AnnulleringOensket, _nu: datetime) -> Skridt:
    """KORT-09: whether there is still time is for the supplier to say; until then nothing else is given back."""
    return replace(valg, annullering=besked.kommando), Udfald(beskeder=(stop(valg, "ANNULLERET"),))


def annuller_efter_kort(valg: Valg, besked: KortAnnulleret, nu: datetime) -> Skridt:
    """The card is stopped, so the rest is too."""
    return _annuller(valg, _grund(valg), nu, valg.annullering, *kortets_kvittering(besked))


def vent_paa_stoppet(valg: Valg, _besked: KortFejlet, _nu: datetime) -> Skridt:
    """KORT-09: it failed while the stop was under way, which is answered all the same, and tells of the receipt."""
    return valg, Udfald()


def annuller_uden_kortsvar(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """The choice is over whatever becomes of the card; nobody knows whether it could be stopped."""
    return _annuller(valg, _grund(valg), nu, valg.annullering, kort_uvist=True)


def _grund(valg: Valg) -> str:
    return "ANNULLERET" if valg.annullering is not None else "ERSTATTET"


def _annuller(
    valg: Valg,
    grund: str,
    nu: datetime,
    kommando: AnnullerForloeb | None = None,
    *breve: Ventebrev,
    kort_uvist: bool = False,
) -> Skridt:
    beskeder: list[Besked] = [_annulleret(valg, grund), *frigivne(valg, grund)]
    if valg.anmodet and valg.godkendt is None and valg.dispenseret is None:
        beskeder.append(tilbagekald(valg))
    if har_kvittering(valg):
        beskeder.append(tilbagekald_brev(kvittering_id(valg), valg.forloeb_id, valg.person_id, grund))
    beskeder.append(afsluttet(valg, "ANNULLERET", nu))
    udfald = Udfald(beskeder=tuple(beskeder))
    if kommando is not None:
        udfald += _svar(valg, kommando, nu, breve, kort_uvist=kort_uvist)
    return replace(valg, annullering=None), udfald


def _svar(
    valg: Valg, kommando: AnnullerForloeb, nu: datetime, breve: tuple[Ventebrev, ...], *, kort_uvist: bool
) -> Udfald:
    """FORL-06: what was sent before, and cannot be called back; of the letters that is for `digital_post` to say."""
    fast = (
        ("DISPENSATIONSANMODNING", valg.anmodet),
        (Brevtype.SUNDHEDSKORTKVITTERING.value, kort_uvist and valg.kort_bestilt and valg.anledning is None),
        ("SUNDHEDSKORT", kort_uvist),
    )
    laegens = (laegens_kvittering(kvittering_id(valg)),) if har_kvittering(valg) else ()
    ja = tuple(navn for navn, ja in fast if ja)
    return besvar(kommando, valg.forloeb_id, valg.person_id, nu, ja, *laegens, *breve)


def har_kvittering(valg: Valg) -> bool:
    """POST-12, IND-07."""
    return valg.godkendt is not None and valg.anledning is None


def _annulleret(valg: Valg, grund: str) -> LaegevalgAnnulleret:
    return LaegevalgAnnulleret(
        **om(valg), ydernummer=valg.ydernummer, grund=grund, begrundelse=begrundet(ANNULLERINGER, grund)
    )


def opgiv_annullering(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """KORT-09: the supplier's draw wins; the choice goes on."""
    afvist = Udfald() if valg.annullering is None else _afvist(valg.annullering, "KORT_TRUKKET")
    return replace(valg, annullering=None), afvist


def opgiv_annullering_og_traek(valg: Valg, besked: KortAfsendt, nu: datetime) -> Skridt:
    """KORT-09: the payment follows the card."""
    efter, afvist = opgiv_annullering(valg, besked, nu)
    return efter, afvist + traek_gebyr(valg, besked, nu)[1]


def afvis_annullering_trukket(valg: Valg, besked: AnnulleringOensket, _nu: datetime) -> Skridt:
    """KORT-09, S20."""
    return valg, _afvist(besked.kommando, "KORT_TRUKKET")


def afvis_annullering_i_kraft(valg: Valg, besked: AnnulleringOensket, _nu: datetime) -> Skridt:
    """FORL-07."""
    return valg, _afvist(besked.kommando, "TRAADT_I_KRAFT")


def afvis_annullering_slut(valg: Valg, besked: AnnulleringOensket, _nu: datetime) -> Skridt:
    """FORL-05: only what is running can be cancelled."""
    return valg, _afvist(besked.kommando, "IKKE_I_GANG")


def _afvist(kommando: AnnullerForloeb, grund: str) -> Udfald:
    return Udfald(beskeder=(afvist(kommando, grund),))
