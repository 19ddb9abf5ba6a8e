"""What a message from another service or from outside means to the processes of the choice."""

from dataclasses import replace
from datetime import datetime

from contracts.bestilling import AnnullerForloeb, BestillingAfvist, LaegevalgBestilt
from contracts.dispensation import DispensationSvar
from contracts.person import Personoplysninger
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import (
    Bestilling,
    BestillingErUgyldig,
    Bestillingstilstand,
    DispensationAfslaaet,
    DispensationGivet,
    DispensationKraeves,
    IntetMangler,
    PersonenErKendt,
    PersonenErUkendt,
    PersonSoegesIgen,
    PladsKraeverBetaling,
    SentAfslag,
    SentJa,
    Svarlinje,
    Valg,
    ValgBegynder,
    Valgbesked,
    Valgtilstand,
)
from services.laegevalg.rules import Svarudfald

VENTER_PAA_LAEGEN = (Valgtilstand.AFVENTER_LEVERING, Valgtilstand.AFVENTER_DISPENSATION)
SVARBESKEDER: dict[Svarudfald, type[Valgbesked]] = {
    Svarudfald.GIVET: DispensationGivet,
    Svarudfald.AFSLAAET: DispensationAfslaaet,
    Svarudfald.SENT_JA: SentJa,
    Svarudfald.SENT_AFSLAG: SentAfslag,
}
"""The message of the process for each outcome of an answer."""


def ny_bestilling(besked: LaegevalgBestilt, nu: datetime) -> Bestilling:
    """The row of an order just received."""
    return Bestilling(
        bestilling_id=besked.bestilling_id,
        forloeb_id=f"laegevalg-{besked.bestilling_id}",
        tilstand=Bestillingstilstand.MODTAGET,
        cpr=besked.cpr,
        bestilt=besked,
        modtaget=nu,
    )


def ugyldig(b: LaegevalgBestilt) -> BestillingErUgyldig | None:
    """The order, judged by the rules of its own day."""
    grund = rules.afslag_paa_bestilling(
        b.virkningsdato, b.rolle, b.bestilt, b.kanal, b.betalingskort, b.dispensationsregel
    )
    return BestillingErUgyldig(noegle=b.noegle, bestilling_id=b.bestilling_id, grund=grund) if grund else None


def ukendt(bestilling: Bestilling) -> PersonenErUkendt:
    """Nobody has the number of the order."""
    return PersonenErUkendt(noegle=bestilling.bestilt.noegle, bestilling_id=bestilling.bestilling_id)


def nyt_valg(besked: ValgBegynder, person: Personoplysninger, gruppe: str, altid_aaben: bool, nu: datetime) -> Valg:
    """The row of a choice that begins."""
    bestilt = besked.bestilt
    return Valg(
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        tilstand=Valgtilstand.MODTAGET,
        kommunekode=bestilt.kommunekode,
        noegle=bestilt.noegle,
        bestilling_id=bestilt.bestilling_id,
        kanal=bestilt.kanal,
        aktoer=bestilt.aktoer,
        rolle=bestilt.rolle,
        bestilt=bestilt.bestilt,
        ydernummer=bestilt.ydernummer,
        virkningsdato=bestilt.virkningsdato,
        person=person,
        gruppe=gruppe,
        startet=nu,
        betalingskort=bestilt.betalingskort,
        dispensationsregel=bestilt.dispensationsregel,
        altid_aaben=altid_aaben,
    )


def mangler(valg: Valg, *, betalt: bool) -> Valgbesked:
    """LV-18: what the choice waits for next."""
    om = {"forloeb_id": valg.forloeb_id, "person_id": valg.person_id}
    if valg.betalingskort is not None and not betalt:
        return PladsKraeverBetaling(**om)
    return DispensationKraeves(**om) if valg.lukket else IntetMangler(**om)


def svaret(valg: Valg, besked: DispensationSvar) -> tuple[Valg, Valgbesked]:
    """LV-09, LV-10: the answer is kept, whatever it leads to."""
    linje = Svarlinje(svar=besked.svar, modtaget=besked.modtaget)
    afgjort = valg.tilstand not in VENTER_PAA_LAEGEN
    udfald = rules.svarets_udfald(besked.svar, besked.modtaget, valg.leveret, afgjort=afgjort)
    kendt = replace(valg, svar=(*valg.svar, linje))
    return kendt, SVARBESKEDER[udfald](forloeb_id=valg.forloeb_id, person_id=valg.person_id)


def soeg(bestilling: Bestilling) -> PersonSoegesIgen:
    """The order looks for its person."""
    return PersonSoegesIgen(
        noegle=bestilling.bestilt.noegle, bestilling_id=bestilling.bestilling_id, cpr=bestilling.cpr
    )


def kendt(bestilling: Bestilling, person_id: str, aegtefaelle_id: str | None) -> PersonenErKendt:
    """The person of the order is known."""
    return PersonenErKendt(
        noegle=bestilling.bestilt.noegle,
        bestilling_id=bestilling.bestilling_id,
        person_id=person_id,
        aegtefaelle_id=aegtefaelle_id,
    )


def afvist(besked: AnnullerForloeb, grund: str) -> BestillingAfvist:
    """A command to cancel that is refused."""
    return BestillingAfvist(
        noegle=besked.noegle, bestilling_id=besked.bestilling_id, forloeb_id=besked.forloeb_id, grund=grund
    )


def bestilling_bag(besked: AnnullerForloeb) -> str:
    """The order that led to the forløb a command names."""
    return besked.forloeb_id.removeprefix("laegevalg-")


def aegtefaelle(besked: ValgBegynder) -> tuple[str, ...]:
    """LV-11: whose closed doctor counts as open."""
    return (besked.aegtefaelle_id,) if besked.aegtefaelle_id else ()
