"""What is done with each order of self-service and caseworkers."""

from collections.abc import Mapping
from datetime import datetime

from contracts.bestilling import AnnullerForloeb, LaegevalgAendret, LaegevalgBestilt
from services.laegevalg.forloeb import IndrejseAnnulleres, Sag, oversaettelse, proevning
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Bestilling, Bestillingstilstand, Brevforloeb, Valg
from services.laegevalg.forloeb.bestilling import BESTILLING
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, PersonsagAnnulleres
from services.laegevalg.forloeb.proevning import Aendring, Annullering
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.handlers.bemyndigelse import afgjort
from services.laegevalg.handlers.faelles import tjeneste
from services.laegevalg.store import (
    AENDRINGER,
    ANNULLERINGER,
    BESTILLERENS_KREDS,
    BESTILLINGER,
    BREVFORLOEBENE,
    PERSONSAGER,
    SAGER,
    SIKREDE,
    SIKREDE_EFTER_CPR,
    VALG,
    VALG_I_GANG_EFTER_CPR,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald

ORDREN = (
    BESTILLINGER.en(), SIKREDE.soeg(SIKREDE_EFTER_CPR), SIKREDE.soeg(BESTILLERENS_KREDS),
    VALG.soeg(VALG_I_GANG_EFTER_CPR),
)  # fmt: skip


@tjeneste.naar(LaegevalgBestilt, laeser=ORDREN, ordensnoegle="noegle")
def naar_laegevalg_er_bestilt(
    besked: LaegevalgBestilt, bestilling: Bestilling | None, fundne: Mapping[str, Sikret], kreds: Mapping[str, Sikret],
    i_gang: Mapping[str, Valg], nu: datetime,
) -> Udfald:  # fmt: skip
    """LV-17: an order is taken once per `bestilling_id`; sent again, nothing happens."""
    proevning.ingen_cpr(besked)
    if bestilling is not None:
        return proevning.bestilt_igen(besked, bestilling)
    ny = oversaettelse.ny_bestilling(besked, nu)
    ugyldig = oversaettelse.ugyldig(besked, nu)
    return BESTILLING.skridt(ny, ugyldig or afgjort(ny, fundne, kreds, i_gang.values()) or oversaettelse.ukendt(ny), nu)


@tjeneste.naar(sig.PersonSoegesIgen, laeser=ORDREN, ordensnoegle="noegle")
@tjeneste.naar(sig.PersonUdeblev, laeser=ORDREN, ordensnoegle="noegle")
def naar_personen_soeges_igen(
    besked: sig.PersonSoegesIgen | sig.PersonUdeblev,
    bestilling: Bestilling | None,
    fundne: Mapping[str, Sikret],
    kreds: Mapping[str, Sikret],
    i_gang: Mapping[str, Valg],
    nu: datetime,
) -> Udfald:
    """The person, and who ordered for him, may have become known meanwhile, also at the last moment."""
    if bestilling is None:
        raise UventetBesked(BESTILLING.navn, "UKENDT", type(besked).__name__)
    if bestilling.tilstand is not Bestillingstilstand.AFVENTER_PERSON:
        return BESTILLING.skridt(bestilling, besked, nu)
    sidste = isinstance(besked, sig.PersonUdeblev)
    fundet = afgjort(bestilling, fundne, kreds, i_gang.values(), sidste=sidste)
    return BESTILLING.skridt(bestilling, fundet or besked, nu)


@tjeneste.naar(
    AnnullerForloeb,
    laeser=(
        BESTILLINGER.en(oversaettelse.bestilling_bag),
        SAGER.en(),
        BREVFORLOEBENE.en(),
        PERSONSAGER.en(),
        ANNULLERINGER.en(proevning.kommando_id),
    ),
    ordensnoegle="noegle",
)
def naar_annullering_er_bestilt(
    besked: AnnullerForloeb, bestilling: Bestilling | None, sag: Sag | None, brev: Brevforloeb | None,
    personsag: Personsag | None, foer: Annullering | None, nu: datetime,
) -> Udfald:  # fmt: skip
    """FORL-05: to the process that the forløb is one of; a citizen may cancel what was ordered under his own key."""
    proevning.ingen_cpr(besked)
    if foer is not None:
        return INTET
    andet = sag or brev or personsag
    afslag = oversaettelse.afslag_paa_kommando(besked, bestilling, nu, andet)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, afslag),))
    givet_videre = Udfald(raekker=(Annullering(proevning.kommando_id(besked), nu),))
    if andet is None:
        return BESTILLING.skridt(bestilling, besked, nu) + givet_videre
    type_ = IndrejseAnnulleres if sag else sig.BrevforloebAnnulleres if brev else PersonsagAnnulleres
    videre = type_(forloeb_id=besked.forloeb_id, person_id=andet.person_id, kommando=besked)
    frist_id = f"{besked.forloeb_id}:annulleres:{besked.bestilling_id}:{besked.noegle}"
    return Udfald(frister=(SaetFrist(frist_id, nu, videre),)) + givet_videre


@tjeneste.naar(
    LaegevalgAendret, laeser=(BESTILLINGER.en(oversaettelse.bestilling_bag), AENDRINGER.en()), ordensnoegle="noegle"
)
def naar_aendring_er_bestilt(
    besked: LaegevalgAendret, bestilling: Bestilling | None, foer: Aendring | None, nu: datetime
) -> Udfald:
    """KORT-12: another effective date, within what the role may order on the day of the command."""
    proevning.ingen_cpr(besked)
    if foer is not None:
        return proevning.aendret_igen(besked, foer)
    afslag = oversaettelse.afslag_paa_kommando(besked, bestilling, nu)
    if afslag is not None:
        return Udfald(beskeder=(afvist(besked, afslag),))
    return BESTILLING.skridt(bestilling, besked, nu) + Udfald(raekker=(Aendring(besked.bestilling_id, besked),))
