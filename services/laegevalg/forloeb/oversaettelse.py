"""What a message from another service or from outside means to the processes of the choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, Bestillingskanal, LaegevalgAendret, LaegevalgBestilt, Rolle
from contracts.dispensation import DispensationSvar
from contracts.kommuner import KOMMUNER
from contracts.laegevalg import GruppeTraadtIKraft, LaegeOphoert, LaegevalgTraadtIKraft
from contracts.person import (
    PersonBeskyttelseAendret,
    PersonFoedt,
    PersonGenfundet,
    PersonIndrejst,
    PersonNavngivet,
    Personoplysninger,
)
from contracts.plads import PladsForlades
from services.laegevalg import rules
from services.laegevalg.forloeb import familie as familien
from services.laegevalg.forloeb.beskeder import (
    Bestilling,
    BestillingErUgyldig,
    Bestillingstilstand,
    Brevforloeb,
    DispensationAfslaaet,
    DispensationGivet,
    DispensationKraeves,
    IntetMangler,
    PersonenErFraflyttet,
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
    ValgetErErstattet,
    Valgtilstand,
)
from services.laegevalg.forloeb.personsagsbeskeder import Personsag
from services.laegevalg.forloeb.sagsbeskeder import Art, Sag, Tilstand
from services.laegevalg.rules import UDEN_FOR, Familielaege, Sikring, Svarudfald, ordrer
from services.laegevalg.rules.bemyndigelse import afslag_paa_ejer, afslag_paa_rolle
from services.laegevalg.rules.foedsel import foraeldre_skal_vaelge
from shared.domain.datoer import plus_dage
from shared.domain.udfald import SaetFrist

VENTER_PAA_LAEGEN = (Valgtilstand.AFVENTER_LEVERING, Valgtilstand.AFVENTER_DISPENSATION)
SVARBESKEDER: dict[Svarudfald, type[Valgbesked]] = {
    Svarudfald.GIVET: DispensationGivet,
    Svarudfald.AFSLAAET: DispensationAfslaaet,
    Svarudfald.SENT_JA: SentJa,
    Svarudfald.SENT_AFSLAG: SentAfslag,
}
"""The message of the process for each outcome of an answer."""
PERSON_UDEN_FOELGER: tuple[type[Besked], ...] = (PersonBeskyttelseAendret,)
"""What happens to a person and starts nothing here; what follows from his status comes with `PersonTilstand`."""


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


def ugyldig(b: LaegevalgBestilt, nu: datetime) -> BestillingErUgyldig | None:
    """The order, judged by the rules of its own day, if that can be its day."""
    rolle = afslag_paa_rolle(b.kanal, b.rolle)
    if rolle is not None:
        grund = rolle.value
    elif b.kommunekode not in KOMMUNER:
        grund = rules.UKENDT_KOMMUNE
    elif not rules.er_mulig_tid(b.bestilt, nu):
        grund = UDEN_FOR
    else:
        kanal, kendt_rolle = Bestillingskanal(b.kanal), Rolle(b.rolle)
        grund = rules.afslag_paa_bestilling(
            b.virkningsdato, kendt_rolle, b.bestilt, kanal, b.betalingskort, b.dispensationsregel
        ) or ordrer.afslag(kanal, kendt_rolle, b.gruppe, b.anledning, b.afventer_flytning, b.bestilt)
    return BestillingErUgyldig(noegle=b.noegle, bestilling_id=b.bestilling_id, grund=grund) if grund else None


def ukendt(bestilling: Bestilling) -> PersonenErUkendt:
    """Nobody has the number of the order."""
    return PersonenErUkendt(noegle=bestilling.bestilt.noegle, bestilling_id=bestilling.bestilling_id)


def fraflyttet(ider: Iterable[str], person_id: str, nu: datetime) -> list[SaetFrist]:
    """NORD-01, CPR-14: the choices and letters that are open hear that the person has left, is missing or dead."""
    hoert = [PersonenErFraflyttet(forloeb_id=id_, person_id=person_id) for id_ in ider]
    return [SaetFrist(f"{b.forloeb_id}:PersonenErFraflyttet", nu, b) for b in hoert]


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
        kanal=Bestillingskanal(bestilt.kanal),
        aktoer=bestilt.aktoer,
        rolle=Rolle(bestilt.rolle),
        bestilt=bestilt.bestilt,
        ydernummer=bestilt.ydernummer,
        virkningsdato=bestilt.virkningsdato,
        person=person,
        gruppe=gruppe,
        startet=nu,
        borger_cpr=rules.bestiller(Bestillingskanal(bestilt.kanal), bestilt.borger_cpr, bestilt.cpr),
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
        noegle=bestilling.bestilt.noegle,
        bestilling_id=bestilling.bestilling_id,
        cpr=bestilling.cpr,
        borger_cpr=bestilling.bestilt.borger_cpr,
    )


def kendt(bestilling: Bestilling, person_id: str) -> PersonenErKendt:
    """The person of the order is known."""
    return PersonenErKendt(
        noegle=bestilling.bestilt.noegle,
        bestilling_id=bestilling.bestilling_id,
        person_id=person_id,
    )


def afslag_paa_kommando(
    besked: AnnullerForloeb | LaegevalgAendret,
    bestilling: Bestilling | None,
    nu: datetime,
    andet: Sag | Brevforloeb | Personsag | None = None,
) -> str | None:
    """FORL-05: why a command is refused before its forløb is looked at; None: it is not.

    A caseworker who states his municipality may cancel or change its own (FLYT-01), one who does not any; a citizen
    those ordered under his own key; ROL-02: an unknown role nothing.
    """
    kendt = bestilling if bestilling is not None and bestilling.forloeb_id == besked.forloeb_id else None
    if (rolle := afslag_paa_rolle(besked.kanal, besked.rolle)) is not None:
        return rolle.value
    if kendt is None and andet is None:
        return "UKENDT_FORLOEB"
    egen = kendt is not None and kendt.bestilt.noegle == besked.noegle
    if besked.rolle is Rolle.BORGER and not egen:
        return "IKKE_BEMYNDIGET"
    ejer = kendt.bestilt.kommunekode if kendt is not None else andet.kommunekode if andet is not None else None
    if (anden := afslag_paa_ejer(besked.kommunekode if besked.rolle is not Rolle.BORGER else None, ejer)) is not None:
        return anden.value
    if isinstance(besked, AnnullerForloeb):
        return None
    if not rules.er_mulig_tid(besked.bestilt, nu):
        return UDEN_FOR
    return None if rules.er_i_intervallet(besked.virkningsdato, Rolle(besked.rolle), besked.bestilt) else UDEN_FOR


def bestilling_bag(besked: AnnullerForloeb | LaegevalgAendret) -> str:
    """The order that led to the forløb a command names."""
    return besked.forloeb_id.removeprefix("laegevalg-")


def erstattede(valg: Valg, aabne: Sequence[str]) -> list[ValgetErErstattet]:
    """The person's earlier choices that are still open, told that this one has its place."""
    tidligere = aabne[: aabne.index(valg.forloeb_id)] if valg.forloeb_id in aabne else ()
    return [ValgetErErstattet(forloeb_id=id_, person_id=valg.person_id) for id_ in tidligere]


def med_tidligere(beskeder: Sequence[Besked], ydernummer: str | None) -> tuple[Besked, ...]:
    """LV-20: a choice that takes effect ends the old doctor the day before, and the old practice has one less.

    Where both are the same practice the person had a place there already, and one of the two is given back.
    """
    if ydernummer is None:
        return tuple(beskeder)
    ud: list[Besked] = []
    for besked in beskeder:
        if not isinstance(besked, LaegevalgTraadtIKraft):
            ud.append(besked)
            continue
        forladt = PladsForlades(forloeb_id=besked.forloeb_id, person_id=besked.person_id, ydernummer=ydernummer)
        tidligere = {"tidligere_ydernummer": ydernummer, "tidligere_til": plus_dage(besked.virkningsdato, -1)}
        ud += [besked if besked.ydernummer == ydernummer else besked.model_copy(update=tidligere), forladt]
    return tuple(ud)


def sikring_efter(sikring: Sikring, beskeder: Iterable[Besked]) -> Sikring:
    """Group and doctor after what was published. A doctor from before the group's day has ended."""
    for besked in beskeder:
        if isinstance(besked, GruppeTraadtIKraft):
            gaelder = sikring.laege_fra is not None and sikring.laege_fra >= besked.gyldig_fra
            laege = (sikring.ydernummer, sikring.laege_fra) if gaelder else (None, None)
            sikring = Sikring(besked.gruppe, besked.gyldig_fra, *laege)
        elif isinstance(besked, LaegevalgTraadtIKraft):
            sikring = replace(sikring, ydernummer=besked.ydernummer, laege_fra=besked.virkningsdato)
        elif isinstance(besked, LaegeOphoert) and sikring.ydernummer == besked.ydernummer:
            sikring = replace(sikring, ydernummer=None, laege_fra=None)
    return sikring


def indrejse_id(besked: PersonIndrejst) -> str:
    """An entry is a person and a day: the same entry registered twice is one forløb (CPR-09)."""
    return f"indrejse-{besked.person_id}-{besked.indrejsedato.isoformat()}"


def familie(besked: PersonIndrejst | PersonGenfundet | PersonFoedt | PersonNavngivet) -> tuple[str, ...]:
    """Whose doctors an entry, a finding or a birth may follow."""
    return familien.ider(besked.person)


def ny_indrejse(besked: PersonIndrejst, laeger: Mapping[str, Familielaege], nu: datetime) -> Sag:
    """The row of an entry that begins. `laeger`: the relatives who have a doctor."""
    person = besked.person
    if person.adresse is None:
        raise ValueError("PersonIndrejst uden adresse: kommunen er ukendt")
    return Sag(
        forloeb_id=indrejse_id(besked),
        person_id=besked.person_id,
        tilstand=Tilstand.MODTAGET,
        art=Art.GENINDREJSE if besked.genindrejse else Art.INDREJSE,
        kommunekode=person.adresse.kommunekode,
        virkningsdato=besked.indrejsedato,
        person=person,
        foretrukne=rules.foretrukne(person, besked.indrejsedato, laeger),
        startet=nu,
        foraeldre_skal_vaelge=foraeldre_skal_vaelge(person, besked.indrejsedato, laeger),
    )
