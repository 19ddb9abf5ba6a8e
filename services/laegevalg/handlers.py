"""What is done with each message about persons and places."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.laegevalg import GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.person import PersonFlyttet, PersonIndrejst, Personoplysninger, PersonSkiftetNavn, PersonTilstand
from contracts.plads import IngenPlads, PladsFrigivet, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import (
    INDREJSE,
    Art,
    Ikrafttraedelse,
    PladsSvarUdeblev,
    Sag,
    Tilstand,
    indrejsebesked,
)
from services.laegevalg.rules import Familielaege
from services.laegevalg.store import SAGER, SIKREDE, Sikret
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "laegevalg",
    emner=("person.tilstand", "person.haendelser", "plads.haendelser"),
    tabeller=(SIKREDE, SAGER),
)


def forloeb_id_for(besked: PersonIndrejst) -> str:
    """An entry is a person and a day: the same entry registered twice is one forløb (CPR-09)."""
    return f"indrejse-{besked.person_id}-{besked.indrejsedato.isoformat()}"


def _familie(besked: PersonIndrejst) -> tuple[str, ...]:
    person = besked.person
    partner = (person.aegtefaelle_id,) if person.aegtefaelle_id else ()
    return (*partner, *person.foraeldremyndighed_ider, *person.boern_ider)


def _sikret(person: Personoplysninger, version: int, foer: Sikret | None) -> Sikret:
    sikring = foer.sikring if foer else rules.Sikring()
    return Sikret(
        person_id=person.person_id,
        version=version,
        adresse=person.adresse,
        kommunekode=person.adresse.kommunekode if person.adresse else None,
        foedselsdato=person.foedselsdato,
        aegtefaelle_id=person.aegtefaelle_id,
        boern_ider=person.boern_ider,
        foraeldremyndighed_ider=person.foraeldremyndighed_ider,
        gruppe=sikring.gruppe,
        gruppe_fra=sikring.gruppe_fra,
        ydernummer=sikring.ydernummer,
        laege_fra=sikring.laege_fra,
    )


@tjeneste.naar(PersonTilstand, laeser=SIKREDE.en())
def naar_person_har_ny_tilstand(besked: PersonTilstand, sikret: Sikret | None, nu: datetime) -> Udfald:
    """Keep what the choice of doctor needs; a version already known, or lower, changes nothing."""
    del nu
    if sikret is not None and besked.version <= sikret.version:
        return INTET
    return Udfald(raekker=(_sikret(besked.person, besked.version, sikret),))


@tjeneste.naar(PersonIndrejst, laeser=(SIKREDE.en(), SAGER.en(forloeb_id_for), SIKREDE.flere(_familie)))
def naar_person_er_indrejst(
    besked: PersonIndrejst, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret], nu: datetime
) -> Udfald:
    """IND-01, IND-04: begin the entry; one that is registered again is counted, nothing else."""
    if sag is not None:
        return Udfald(raekker=(replace(sag, registreringer=sag.registreringer + 1),))
    kendt = sikret or _sikret(besked.person, 0, None)
    ny = _sag(besked, familie, nu)
    skridt = INDREJSE.skridt(ny, indrejsebesked(rules.indrejsens_udfald(kendt.sikring, besked.indrejsedato), ny), nu)
    return skridt + Udfald(raekker=(_registrer(kendt, skridt.beskeder),))


def _sag(besked: PersonIndrejst, familie: Mapping[str, Sikret], nu: datetime) -> Sag:
    person = besked.person
    if person.adresse is None:
        raise ValueError("PersonIndrejst uden adresse: kommunen er ukendt")
    laeger = {i: Familielaege(s.ydernummer, s.adresse) for i, s in familie.items() if s.ydernummer is not None}
    return Sag(
        forloeb_id=forloeb_id_for(besked),
        person_id=besked.person_id,
        tilstand=Tilstand.MODTAGET,
        art=Art.GENINDREJSE if besked.genindrejse else Art.INDREJSE,
        kommunekode=person.adresse.kommunekode,
        virkningsdato=besked.indrejsedato,
        person=person,
        foretrukne=rules.foretrukne(person, besked.indrejsedato, laeger),
        startet=nu,
    )


def _registrer(sikret: Sikret, beskeder: Iterable[Besked]) -> Sikret:
    """The insured's row follows from what is published about him. A doctor from before the group's day has ended."""
    for besked in beskeder:
        if isinstance(besked, GruppeTraadtIKraft):
            gaelder = sikret.laege_fra is not None and sikret.laege_fra >= besked.gyldig_fra
            sikret = replace(
                sikret,
                gruppe=besked.gruppe,
                gruppe_fra=besked.gyldig_fra,
                ydernummer=sikret.ydernummer if gaelder else None,
                laege_fra=sikret.laege_fra if gaelder else None,
            )
        elif isinstance(besked, LaegevalgTraadtIKraft):
            sikret = replace(sikret, ydernummer=besked.ydernummer, laege_fra=besked.virkningsdato)
    return sikret


@tjeneste.naar(PladsReserveret, laeser=(SAGER.en(), SIKREDE.en()))
@tjeneste.naar(IngenPlads, laeser=(SAGER.en(), SIKREDE.en()))
@tjeneste.naar(PladsSvarUdeblev, laeser=(SAGER.en(), SIKREDE.en()))
@tjeneste.naar(Ikrafttraedelse, laeser=(SAGER.en(), SIKREDE.en()))
def naar_sagen_skal_videre(
    besked: PladsReserveret | IngenPlads | PladsSvarUdeblev | Ikrafttraedelse,
    sag: Sag | None,
    sikret: Sikret | None,
    nu: datetime,
) -> Udfald:
    """The table decides. Raises `UventetBesked` where there is no such forløb."""
    if sag is None or sikret is None:
        raise UventetBesked(INDREJSE.navn, "UKENDT_FORLOEB", type(besked).__name__)
    skridt = INDREJSE.skridt(sag, besked, nu)
    ny = _registrer(sikret, skridt.beskeder)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


@tjeneste.naar(PladsFrigivet)
@tjeneste.naar(PersonFlyttet)
@tjeneste.naar(PersonSkiftetNavn)
def naar_intet_foelger(besked: PladsFrigivet | PersonFlyttet | PersonSkiftetNavn, nu: datetime) -> Udfald:
    """CPR-02, FLYT-02: heard, and nothing follows for group and doctor; the new state comes as `PersonTilstand`."""
    del besked, nu
    return INTET
