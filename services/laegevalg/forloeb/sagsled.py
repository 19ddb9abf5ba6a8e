"""The messages that the steps of an entry have in common."""

from datetime import datetime

from contracts.base import Besked
from contracts.brev import BrevAnmodet, Brevtype
from contracts.kort import KortAnmodet, KortAnnulleres
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, GruppeTraadtIKraft, LaegevalgAnnulleret
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.plads import PladsAnmodet, PladsFrigives
from services.laegevalg import rules
from services.laegevalg.forloeb.begrundelser import ANNULLERINGER, GRUPPER, KORT, begrundet
from services.laegevalg.forloeb.brevsvar import tilbagekald
from services.laegevalg.forloeb.sagsbeskeder import Art, Sag, Tilstand
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.laegevalg.rules import GRUPPE_1
from shared.domain.datoer import dato

UDEN_LAEGE = {
    Art.INDREJSE: ("INDREJSE_UDEN_LAEGE", "Vælg læge til indrejst borger", "Borgeren er indrejst"),
    Art.GENINDREJSE: ("INDREJSE_UDEN_LAEGE", "Vælg læge til indrejst borger", "Borgeren er indrejst"),
    Art.GENFINDING: ("GENFUNDET_UDEN_LAEGE", "Vælg læge til genfundet borger", "Borgeren er fundet igen"),
    Art.FOEDSEL: ("FOEDT_UDEN_LAEGE", "Vælg læge til nyfødt barn", "Barnet er født"),
}
"""IND-02: reason, title and what happened, of the task where no practice could be found."""
RET_IGEN = frozenset({Art.GENINDREJSE, Art.GENFINDING})
"""BET-09: the right is not new, but it is in use again: a free card of its own reason."""


def startet(sag: Sag, nu: datetime) -> ForloebStartet:
    return ForloebStartet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        art=sag.art,
        oprettet_af="SYSTEM",
        startet=nu,
    )


def afsluttet(sag: Sag, udfald: str, nu: datetime) -> ForloebAfsluttet:
    return ForloebAfsluttet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        art=sag.art,
        udfald=udfald,
        afsluttet=nu,
    )


def pladsanmodning(sag: Sag) -> PladsAnmodet:
    return PladsAnmodet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        postnummer=sag.person.adresse.postnummer if sag.person.adresse else "",
        foretrukne=sag.foretrukne,
    )


def begyndt(sag: Sag, nu: datetime) -> tuple[ForloebStartet, ...]:
    """Told once, however many steps the forløb waits before it does anything."""
    return (startet(sag, nu),) if sag.tilstand is Tilstand.MODTAGET else ()


def gruppe_1(sag: Sag) -> GruppeTraadtIKraft:
    return GruppeTraadtIKraft(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        gruppe=GRUPPE_1,
        gyldig_fra=sag.virkningsdato,
        grund=sag.art,
        begrundelse=begrundet(GRUPPER, sag.art),
    )


def kort(sag: Sag, nu: datetime, gruppe: str = GRUPPE_1) -> KortAnmodet:
    """KORT-14, BET-09: free. IND-08, KORT-05: nothing temporary besides; that is a caseworker's own order."""
    aarsag = rules.kortaarsag(genindrejse=sag.art in RET_IGEN)
    return KortAnmodet(
        kort_id=f"{sag.forloeb_id}:kort",
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        cpr=sag.person.cpr,
        navn=sag.person.navn,
        adresse=sag.person.adresse,
        kommunekode=sag.kommunekode,
        aarsag=aarsag,
        gebyr_oere=rules.kortgebyr_oere(aarsag, dato(nu)),
        gruppe=gruppe,
        ydernummer=sag.ydernummer,
        praksisnavn=sag.praksisnavn,
        begrundelse=begrundet(KORT, aarsag),
    )


def kvittering(sag: Sag) -> BrevAnmodet:
    return BrevAnmodet(
        brev_id=kvittering_id(sag),
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        brevtype=Brevtype.LAEGEVALGSKVITTERING,
        felter={"praksisnavn": sag.praksisnavn, "virkningsdato": sag.virkningsdato.isoformat()},
    )


def opgave(sag: Sag, hvilken: str, aarsag: str, titel: str, beskrivelse: str) -> OpgaveAnmodet:
    return OpgaveAnmodet(
        opgave_id=f"{sag.forloeb_id}:{hvilken}",
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        cpr=sag.person.cpr,
        kommunekode=sag.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )


def kvittering_id(sag: Sag) -> str:
    return f"{sag.forloeb_id}:laegevalgskvittering"


def trukket_tilbage(sag: Sag, grund: str) -> tuple[Besked, ...]:
    """LV-19, KORT-09, FORL-06: the choice, its place, its letter, and its card where it is ordered and not drawn."""
    if sag.ydernummer is None:
        raise ValueError(f"{sag.forloeb_id}: der er ingen praksis at frigive pladsen hos")
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "grund": grund}
    sagt = {"ydernummer": sag.ydernummer, "begrundelse": begrundet(ANNULLERINGER, grund)}
    return (
        LaegevalgAnnulleret.model_validate({**om, **sagt}),
        PladsFrigives.model_validate({**om, "ydernummer": sag.ydernummer}),
        *((kort_stoppes(sag, grund),) if sag.kort in (Kortspor.BESTILT, Kortspor.BEKRAEFTET) else ()),
        tilbagekald(kvittering_id(sag), sag.forloeb_id, sag.person_id, grund),
    )


def kort_stoppes(sag: Sag, grund: str) -> KortAnnulleres:
    """KORT-09: whether there is still time is for the supplier to say."""
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "grund": grund}
    return KortAnnulleres.model_validate({**om, "kort_id": f"{sag.forloeb_id}:kort"})
