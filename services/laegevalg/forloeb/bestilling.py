"""The process of an order until the person it is for takes it over; a person not yet known waits (AFVENTER_PERSON)."""

from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.bestilling import (
    AnnullerForloeb,
    BestillingAfvist,
    BestillingModtaget,
    ForloebAnnulleret,
    LaegevalgAendret,
)
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import (
    AendringOensket,
    AnnulleringOensket,
    Bestilling,
    BestillingErUgyldig,
    Bestillingstilstand,
    PersonenErKendt,
    PersonenErUkendt,
    PersonSoegesIgen,
    PersonUdeblev,
    ValgBegynder,
)
from services.laegevalg.forloeb.svar import afvist, bestilling_afvist, modtaget
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import SaetFrist, Udfald

Skridt = tuple[Bestilling, Udfald]


def _overgiv(bestilling: Bestilling, besked: PersonenErKendt, nu: datetime) -> Skridt:
    """To the person's own order key: at once, through a deadline that is due now."""
    bestilt = bestilling.bestilt
    if bestilling.flyttet_til is not None:
        bestilt = bestilt.model_copy(update={"virkningsdato": bestilling.flyttet_til})
    begynder = ValgBegynder(
        forloeb_id=bestilling.forloeb_id,
        person_id=besked.person_id,
        bestilt=bestilt,
    )
    bestilling = replace(bestilling, person_id=besked.person_id)
    return bestilling, Udfald(frister=(SaetFrist(f"{bestilling.forloeb_id}:ValgBegynder", nu, begynder),))


def _tag_imod(bestilling: Bestilling, besked: PersonenErKendt, nu: datetime) -> Skridt:
    bestilling, udfald = _overgiv(bestilling, besked, nu)
    return bestilling, Udfald(beskeder=(_modtaget(bestilling, nu, venter=False),)) + udfald


def _vent(bestilling: Bestilling, _besked: PersonenErUkendt, nu: datetime) -> Skridt:
    return bestilling, Udfald(beskeder=(_modtaget(bestilling, nu, venter=True),))


def _afvis(bestilling: Bestilling, besked: BestillingErUgyldig, _nu: datetime) -> Skridt:
    return bestilling, Udfald(beskeder=(_afvist(bestilling, besked.grund),))


def _afvis_ukendt(bestilling: Bestilling, _besked: PersonUdeblev, _nu: datetime) -> Skridt:
    return bestilling, Udfald(beskeder=(_afvist(bestilling, "PERSON_UKENDT"),))


def _annuller(bestilling: Bestilling, besked: AnnullerForloeb, _nu: datetime) -> Skridt:
    """Nothing was begun, so everything is undone."""
    annulleret = ForloebAnnulleret(
        noegle=besked.noegle, bestilling_id=besked.bestilling_id, forloeb_id=bestilling.forloeb_id
    )
    return bestilling, Udfald(beskeder=(annulleret,))


def _afvis_kommando(bestilling: Bestilling, besked: AnnullerForloeb | LaegevalgAendret, _nu: datetime) -> Skridt:
    """FORL-05: only what is running can be cancelled or changed."""
    return bestilling, Udfald(beskeder=(afvist(besked, "IKKE_I_GANG"),))


def _flyt(bestilling: Bestilling, besked: LaegevalgAendret, nu: datetime) -> Skridt:
    """KORT-12: nothing was begun, so it begins with the other day. The order stays as it came: it may come again."""
    return replace(bestilling, flyttet_til=besked.virkningsdato), Udfald(beskeder=(modtaget(besked, nu),))


def _giv_videre(bestilling: Bestilling, besked: AnnullerForloeb | LaegevalgAendret, nu: datetime) -> Skridt:
    """To the person's forløb, behind the order itself where both are due at the same moment."""
    if bestilling.person_id is None:
        raise ValueError(f"{bestilling.forloeb_id}: bestillingen er overgivet, men ikke til nogen")
    om = {"forloeb_id": bestilling.forloeb_id, "person_id": bestilling.person_id, "kommando": besked}
    annulleres = isinstance(besked, AnnullerForloeb)
    oensket = AnnulleringOensket.model_validate(om) if annulleres else AendringOensket.model_validate(om)
    hvad = "annulleres" if annulleres else "flyttes"
    frist_id = f"{bestilling.forloeb_id}:ValgBegynder:{hvad}:{besked.bestilling_id}:{besked.noegle}"
    return bestilling, Udfald(frister=(SaetFrist(frist_id, nu, oensket),))


def _intet(bestilling: Bestilling, _besked: Besked, _nu: datetime) -> Skridt:
    return bestilling, Udfald()


def _modtaget(bestilling: Bestilling, nu: datetime, *, venter: bool) -> BestillingModtaget:
    return BestillingModtaget(
        noegle=bestilling.bestilt.noegle,
        bestilling_id=bestilling.bestilling_id,
        forloeb_id=bestilling.forloeb_id,
        modtaget=nu,
        afventer_person=venter,
    )


def _afvist(bestilling: Bestilling, grund: str) -> BestillingAfvist:
    return bestilling_afvist(bestilling.bestilt, grund, bestilling.forloeb_id)


def _om(
    bestilling: Bestilling, type_: type[PersonSoegesIgen] | type[PersonUdeblev]
) -> PersonSoegesIgen | PersonUdeblev:
    bestilt = bestilling.bestilt
    return type_(
        noegle=bestilt.noegle, bestilling_id=bestilling.bestilling_id, cpr=bestilling.cpr, borger_cpr=bestilt.borger_cpr
    )


def _soeg_igen(bestilling: Bestilling, nu: datetime) -> datetime:
    return rules.naeste_soegning(bestilling.modtaget, nu)


def _udebliver(bestilling: Bestilling, _nu: datetime) -> datetime:
    return rules.personfrist(bestilling.modtaget)


MODTAGET = Bestillingstilstand.MODTAGET
VENTER = Bestillingstilstand.AFVENTER_PERSON
OVERGIVET = Bestillingstilstand.OVERGIVET
AFVIST = Bestillingstilstand.AFVIST
ANNULLERET = Bestillingstilstand.ANNULLERET

# fmt: off
OVERGANGE = (
    #        fra        når                  til        gør
    Overgang(MODTAGET,  PersonenErKendt,     OVERGIVET, _tag_imod),
    Overgang(MODTAGET,  PersonenErUkendt,    VENTER,    _vent),
    Overgang(MODTAGET,  BestillingErUgyldig, AFVIST,    _afvis),
    Overgang(VENTER,    PersonenErKendt,     OVERGIVET, _overgiv),
    Overgang(VENTER,    PersonSoegesIgen,    VENTER,    _intet),
    Overgang(VENTER,    PersonUdeblev,       AFVIST,    _afvis_ukendt),
    Overgang(VENTER,    BestillingErUgyldig, AFVIST,    _afvis),
    Overgang(VENTER,    AnnullerForloeb,     ANNULLERET, _annuller),
    Overgang(OVERGIVET, AnnullerForloeb,     OVERGIVET, _giv_videre),
    Overgang(AFVIST,    AnnullerForloeb,     AFVIST,    _afvis_kommando),
    Overgang(ANNULLERET, AnnullerForloeb,    ANNULLERET, _afvis_kommando),
    Overgang(VENTER,    LaegevalgAendret,    VENTER,    _flyt),
    Overgang(OVERGIVET, LaegevalgAendret,    OVERGIVET, _giv_videre),
    Overgang(AFVIST,    LaegevalgAendret,    AFVIST,    _afvis_kommando),
    Overgang(ANNULLERET, LaegevalgAendret,   ANNULLERET, _afvis_kommando),
    # What came at the same moment and stood in line behind.
    Overgang(OVERGIVET, PersonenErKendt,     OVERGIVET, _intet),
    Overgang(OVERGIVET, PersonSoegesIgen,    OVERGIVET, _intet),
    Overgang(OVERGIVET, PersonUdeblev,       OVERGIVET, _intet),
    Overgang(AFVIST,    PersonenErKendt,     AFVIST,    _intet),
    Overgang(AFVIST,    PersonSoegesIgen,    AFVIST,    _intet),
    Overgang(AFVIST,    PersonUdeblev,       AFVIST,    _intet),
    Overgang(ANNULLERET, PersonenErKendt,    ANNULLERET, _intet),
    Overgang(ANNULLERET, PersonSoegesIgen,   ANNULLERET, _intet),
    Overgang(ANNULLERET, PersonUdeblev,      ANNULLERET, _intet),
)
FRISTER = (
    #     i       hvornår     sker                               besked
    Frist(VENTER, _soeg_igen, lambda b: _om(b, PersonSoegesIgen), PersonSoegesIgen),
    Frist(VENTER, _udebliver, lambda b: _om(b, PersonUdeblev),    PersonUdeblev),
)
# fmt: on
BESTILLING = Forloeb("bestilling", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="bestilling_id")
