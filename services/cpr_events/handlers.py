"""What is done with each message from CPR, and from those who tell what no extract carries."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from contracts.cpr import (
    AfsoningMeldt,
    CprHaendelse,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
    VaernepligtMeldt,
)
from contracts.noegle import person_id_ved_oprettelse
from services.cpr_events import rules
from services.cpr_events.forloeb.beskeder import (
    Flytning,
    FlytningTraederIKraft,
    Person,
    Personnummer,
    UdenUdtraek,
    UkendtHaendelse,
)
from services.cpr_events.forloeb.person import modtag, ukendt_haendelse
from services.cpr_events.forloeb.uden_for import godkend_flytning, meld_ophold, traed_i_kraft, traek_tilbage
from services.cpr_events.rules.billede import FraUdtraek
from services.cpr_events.store import EFTER_NUMMER, EFTER_OPGIVET_NUMMER, FLYTNINGER, PERSONER, PERSONNUMRE, UKENDTE
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import Udfald
from shared.platform.tjeneste import Tjeneste

Oprettelse = Callable[[str], str]


def byg(hemmelighed: str) -> Tjeneste:
    """The service with the secret that ids of new persons are made from (`contracts.noegle`)."""
    tabeller = (PERSONER, PERSONNUMRE, FLYTNINGER, UKENDTE)
    tjeneste = Tjeneste("cpr_events", emner=("cpr.haendelser",), tabeller=tabeller)
    oprettelse = partial(person_id_ved_oprettelse, hemmelighed=hemmelighed)
    _udtraekket(tjeneste, oprettelse)
    _uden_for_udtraekket(tjeneste, oprettelse)
    return tjeneste


def _udtraekket(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handlers of what an extract carries."""

    def ordensnoegle(besked: FraUdtraek) -> str:
        return oprettelse(rules.aktuelt_nummer(besked.person))

    def mulige_ider(besked: FraUdtraek) -> list[str]:
        return [oprettelse(nr) for nr in rules.egne_numre(besked.person)]

    def naar_cpr_har_meldt(
        besked: FraUdtraek,
        numre: Mapping[str, Personnummer],
        efter_id: Mapping[str, Person],
        efter_nummer: Mapping[str, Person],
        efter_opgivet: Mapping[str, Person],
        ukendt: UkendtHaendelse | None,
        nu: datetime,
    ) -> Udfald:
        """The person's new state, and what happened to him."""
        kendte = {nr: rk.person_id for nr, rk in numre.items()}
        udfald = modtag(besked, kendte, {**efter_opgivet, **efter_nummer, **efter_id}, oprettelse)
        noegle = ukendt_noegle(besked)
        return udfald if noegle is None or ukendt is not None else udfald + ukendt_haendelse(besked, noegle, nu)

    def ukendt_noegle(besked: FraUdtraek) -> str | None:
        return rules.ukendt_noegle(besked, ordensnoegle(besked))

    laeser = (
        PERSONNUMRE.flere(_numre),
        PERSONER.flere(mulige_ider),
        PERSONER.soeg(EFTER_NUMMER),
        PERSONER.soeg(EFTER_OPGIVET_NUMMER),
        UKENDTE.en(ukendt_noegle),
    )
    for type_ in (CprHaendelse, PersonOpdateret):
        tjeneste.naar(type_, laeser=laeser, ordensnoegle=ordensnoegle)(naar_cpr_har_meldt)


def _personen(besked: UdenUdtraek, efter_id: Person | None, efter_nummer: Mapping[str, Person]) -> Person:
    """Raises `UventetBesked` for a number that is nobody's current one."""
    fundne = [p for p in (*efter_nummer.values(), efter_id) if p is not None and p.cpr == besked.cpr]
    kendt = next((p for p in fundne if p.afloest_af is None), None)
    if kendt is None:
        raise UventetBesked("cpr_events", "UKENDT_PERSON", type(besked).__name__)
    return kendt


def _uden_for_udtraekket(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handlers of what no extract carries. The number is the person's current one."""

    def ordensnoegle(besked: UdenUdtraek | FlytningTraederIKraft) -> str:
        return oprettelse(besked.cpr)

    def naar_flytning_meldes(
        besked: FlytningGodkendt | FlytningTilbagekaldt,
        flytning: Flytning | None,
        efter_id: Person | None,
        efter_nummer: Mapping[str, Person],
        nu: datetime,
    ) -> Udfald:
        """CPR-06, CPR-07: an approved move is a move; a withdrawn one is none, whichever comes first."""
        kendt = _personen(besked, efter_id, efter_nummer)
        if isinstance(besked, FlytningTilbagekaldt):
            return traek_tilbage(besked, flytning, kendt, oprettelse)
        return godkend_flytning(besked, flytning, kendt, oprettelse, nu)

    def naar_flytningen_traeder_i_kraft(
        besked: FlytningTraederIKraft, flytning: Flytning | None, kendt: Person | None, nu: datetime
    ) -> Udfald:
        """CPR-06, CPR-07: from the day of the move the person lives there, also before the extract has told of it."""
        del nu
        return traed_i_kraft(besked, flytning, kendt, oprettelse)

    def naar_ophold_meldes(
        besked: AfsoningMeldt | VaernepligtMeldt,
        efter_id: Person | None,
        efter_nummer: Mapping[str, Person],
        nu: datetime,
    ) -> Udfald:
        """CPR-03, CPR-12: told once; group and doctor stand."""
        del nu
        return meld_ophold(besked, _personen(besked, efter_id, efter_nummer), oprettelse)

    person = (PERSONER.en(ordensnoegle), PERSONER.soeg(EFTER_NUMMER))
    for type_ in (FlytningGodkendt, FlytningTilbagekaldt):
        laeser = (FLYTNINGER.en(), *person)
        tjeneste.naar(type_, laeser=laeser, ordensnoegle=ordensnoegle)(naar_flytning_meldes)
    tjeneste.naar(FlytningTraederIKraft, laeser=(FLYTNINGER.en(), PERSONER.en()), ordensnoegle=ordensnoegle)(
        naar_flytningen_traeder_i_kraft
    )
    for type_ in (AfsoningMeldt, VaernepligtMeldt):
        tjeneste.naar(type_, laeser=person, ordensnoegle=ordensnoegle)(naar_ophold_meldes)


def _numre(besked: FraUdtraek) -> tuple[str, ...]:
    return (*rules.egne_numre(besked.person), *rules.familiens_numre(besked.person, besked.leverance))
