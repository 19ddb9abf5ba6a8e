"""What is done with each message about practices and places."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

from contracts.base import Besked, Ydernummer
from contracts.plads import (
    IngenPlads,
    PladsAnmodet,
    PladsBortfaldet,
    PladsFlyttes,
    PladsForlades,
    PladsFrigives,
    PladsFrigivet,
    PladsHosYderAnmodet,
    PladsReserveret,
)
from contracts.plo import PraksisNedlaegges
from contracts.yder import YderOpdateret, YderTilstand
from services.plo_events import rules
from services.plo_events.rules import Ansoeger, Grund, Pladstilstand
from services.plo_events.store import (
    HOLDTE_PLADSER,
    KOMMUNENS_YDERE,
    LUKNINGER,
    PLADSER,
    YDERE,
    Lukning,
    Plads,
    Yder,
)
from shared.domain.datoer import dato
from shared.domain.udfald import INTET, InternBesked, SaetFrist, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "plo_events", emner=("yder.register", "plads.anmodninger", "plo.haendelser"), tabeller=(YDERE, PLADSER, LUKNINGER)
)


@tjeneste.naar(YderOpdateret, laeser=(YDERE.en(), LUKNINGER.en()), ordensnoegle="ydernummer")
def naar_yder_er_opdateret(besked: YderOpdateret, kendt: Yder | None, lukning: Lukning | None, nu: datetime) -> Udfald:
    """The region's newest record counts; one already known, or older, changes nothing."""
    del nu
    if kendt is not None and besked.opdateret <= kendt.opdateret:
        return INTET
    foer = kendt.version if kendt else 0
    ny = _yder(besked, kendt, version=foer)
    if kendt is None and lukning is not None:
        ny = replace(ny, nedlaegges=lukning.lukkedato, nedlaeggelse_meddelt=lukning.meddelt)
    if kendt is not None and replace(ny, opdateret=kendt.opdateret) == kendt:
        return Udfald(raekker=(ny,))
    ny = replace(ny, version=foer + 1)
    return Udfald(raekker=(ny,), beskeder=(_tilstand(ny),))


def _yder(besked: YderOpdateret, kendt: Yder | None, version: int) -> Yder:
    egen = kendt.optagne if kendt else 0
    return Yder(
        ydernummer=besked.ydernummer,
        version=version,
        navn=besked.navn,
        kommunekode=besked.kommunekode,
        postnummer=besked.postnummer,
        status=besked.status,
        lukkegraense=besked.lukkegraense,
        maksgraense=besked.maksgraense,
        optagne=egen if besked.antal_sikrede is None else besked.antal_sikrede,
        aabne_postnumre=besked.aabne_postnumre,
        gyldig_fra=besked.gyldig_fra,
        gyldig_til=besked.gyldig_til,
        opdateret=besked.opdateret,
        nedlaegges=kendt.nedlaegges if kendt else None,
        nedlaeggelse_meddelt=kendt.nedlaeggelse_meddelt if kendt else None,
    )


def _tilstand(yder: Yder) -> YderTilstand:
    return YderTilstand(
        ydernummer=yder.ydernummer,
        version=yder.version,
        navn=yder.navn,
        kommunekode=yder.kommunekode,
        status=yder.status,
        lukkegraense=yder.lukkegraense,
        maksgraense=yder.maksgraense,
        optagne=yder.optagne,
    )


def _foretrukne(besked: PladsAnmodet) -> list[str]:
    return [f.ydernummer for f in besked.foretrukne]


@tjeneste.naar(PladsAnmodet, laeser=(PLADSER.en(), YDERE.flere(_foretrukne), YDERE.soeg(KOMMUNENS_YDERE)))
def naar_plads_er_anmodet(
    besked: PladsAnmodet,
    plads: Plads | None,
    foretrukne: Mapping[str, Yder],
    kommunens: Mapping[str, Yder],
    nu: datetime,
) -> Udfald:
    """LV-17: hold a place at once, on the practice's own row, so that a last place is had by one only.

    A forløb that asks again gets the answer it got, and no second place.
    """
    if plads is not None:
        return Udfald(beskeder=(_svar(plads),))
    ansoeger = Ansoeger(besked.kommunekode, besked.postnummer, dato(nu))
    valgt = rules.vaelg_praksis(ansoeger, besked.foretrukne, foretrukne, kommunens.values())
    if isinstance(valgt, Grund):
        plads = _plads(besked, None, valgt, nu)
        return Udfald(raekker=(plads,), beskeder=(_svar(plads),))
    plads = _plads(besked, valgt, None, nu)
    return Udfald(raekker=(plads,), beskeder=(_svar(plads),)) + _optag(valgt, 1)


def _plads(besked: PladsAnmodet, yder: Yder | None, grund: Grund | None, nu: datetime) -> Plads:
    return Plads(
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        tilstand=Pladstilstand.RESERVERET if yder else Pladstilstand.NAEGTET,
        kommunekode=yder.kommunekode if yder else besked.kommunekode,
        ydernummer=yder.ydernummer if yder else None,
        praksisnavn=yder.navn if yder else "",
        grund=grund or "",
        anmodet=nu,
    )


@tjeneste.naar(PladsHosYderAnmodet, laeser=(PLADSER.en(), YDERE.en("ydernummer")))
def naar_plads_hos_yder_er_anmodet(
    besked: PladsHosYderAnmodet, plads: Plads | None, yder: Yder | None, nu: datetime
) -> Udfald:
    """LV-17: hold a place with the practice that was chosen, open or closed, on its own row; IND-06 at entry."""
    if plads is not None:
        return Udfald(beskeder=(_svar(plads),))
    ansoeger = Ansoeger(besked.kommunekode, besked.postnummer, dato(nu))
    kun_i = besked.kommunekode if besked.kun_i_kommunen else None
    grund = rules.plads_hos(yder, besked.virkningsdato, ansoeger.dag, kun_i)
    valgt = yder if grund is None else None
    plads = Plads(
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        tilstand=Pladstilstand.RESERVERET if valgt else Pladstilstand.NAEGTET,
        kommunekode=valgt.kommunekode if valgt else besked.kommunekode,
        ydernummer=valgt.ydernummer if valgt else None,
        praksisnavn=valgt.navn if valgt else "",
        grund=grund or "",
        anmodet=nu,
        virkningsdato=besked.virkningsdato,
        lukket=valgt is not None and rules.er_lukket_for(valgt, ansoeger, besked.altid_aaben),
    )
    return Udfald(raekker=(plads,), beskeder=(_svar(plads),)) + (_optag(valgt, 1) if valgt else INTET)


def _optag(yder: Yder, antal: int) -> Udfald:
    ny = replace(yder, optagne=max(0, yder.optagne + antal), version=yder.version + 1)
    return Udfald(raekker=(ny,), beskeder=(_tilstand(ny),))


def _svar(plads: Plads) -> Besked:
    if plads.tilstand is Pladstilstand.RESERVERET and plads.ydernummer is not None:
        return PladsReserveret(
            forloeb_id=plads.forloeb_id,
            person_id=plads.person_id,
            ydernummer=plads.ydernummer,
            praksisnavn=plads.praksisnavn,
            kommunekode=plads.kommunekode,
            lukket=plads.lukket,
        )
    frigivet = plads.tilstand is Pladstilstand.FRIGIVET
    return IngenPlads(
        forloeb_id=plads.forloeb_id,
        person_id=plads.person_id,
        kommunekode=plads.kommunekode,
        grund=Grund.PLADS_FRIGIVET if frigivet else plads.grund,
    )


@tjeneste.naar(PladsFrigives, laeser=(PLADSER.en(), YDERE.en("ydernummer")))
def naar_plads_frigives(besked: PladsFrigives, plads: Plads | None, yder: Yder | None, nu: datetime) -> Udfald:
    """LV-19: a held place is given back once; one that is not held changes nothing.

    Raises `ValueError` when another practice than the one that holds the place is named.
    """
    del nu
    if plads is None or plads.tilstand is not Pladstilstand.RESERVERET:
        return INTET
    if yder is None or yder.ydernummer != plads.ydernummer:
        raise ValueError(f"PladsFrigives: pladsen holdes hos {plads.ydernummer}, ikke hos {besked.ydernummer}")
    frigivet = PladsFrigivet(
        forloeb_id=plads.forloeb_id, person_id=plads.person_id, ydernummer=yder.ydernummer, grund=besked.grund
    )
    fri = replace(plads, tilstand=Pladstilstand.FRIGIVET)
    return Udfald(raekker=(fri,), beskeder=(frigivet,)) + _optag(yder, -1)


@tjeneste.naar(PladsFlyttes, laeser=(PLADSER.en(), YDERE.en("ydernummer")))
def naar_plads_flyttes(besked: PladsFlyttes, plads: Plads | None, yder: Yder | None, nu: datetime) -> Udfald:
    """PLO-16: a choice moved to the day of closure or later comes to nothing, too."""
    del nu
    if plads is None or plads.tilstand is not Pladstilstand.RESERVERET or yder is None:
        return INTET
    flyttet = replace(plads, virkningsdato=besked.virkningsdato)
    if yder.nedlaegges is None or not rules.er_nedlagt(yder, besked.virkningsdato):
        return Udfald(raekker=(flyttet,))
    return _tab(flyttet, yder.nedlaegges) + _optag(yder, -1)


def _tab(plads: Plads, lukkedato: date) -> Udfald:
    if plads.ydernummer is None:
        raise ValueError(f"{plads.forloeb_id}: en plads hos ingen kan ikke bortfalde")
    bortfaldet = PladsBortfaldet(
        forloeb_id=plads.forloeb_id, person_id=plads.person_id, ydernummer=plads.ydernummer, lukkedato=lukkedato
    )
    return Udfald(raekker=(replace(plads, tilstand=Pladstilstand.BORTFALDET),), beskeder=(bortfaldet,))


@tjeneste.naar(PladsForlades, laeser=YDERE.en("ydernummer"))
def naar_plads_forlades(besked: PladsForlades, yder: Yder | None, nu: datetime) -> Udfald:
    """LV-20: the old doctor ended the day before; a practice nobody has told us of has no count."""
    del besked, nu
    return INTET if yder is None else _optag(yder, -1)


class NedlaeggelseRegistreret(InternBesked):
    """The closure stands on the practice's row; no place from that day on is given any more, so all can be found."""

    ce_type: ClassVar[str] = "plo_events.NedlaeggelseRegistreret.v1"
    noeglefelt: ClassVar[str] = "ydernummer"

    ydernummer: Ydernummer
    lukkedato: date


@tjeneste.naar(PraksisNedlaegges, laeser=(YDERE.en(), LUKNINGER.en()), ordensnoegle="ydernummer")
def naar_praksis_nedlaegges(
    besked: PraksisNedlaegges, yder: Yder | None, lukning: Lukning | None, nu: datetime
) -> Udfald:
    """PLO-16: first the day is known, then the places are taken back: one given at the same moment is not overlooked.

    The two topics of the regions are not in order with each other: a closure that comes first is kept for its practice.
    """
    if yder is None:
        if lukning is not None and besked.meddelt <= lukning.meddelt:
            return INTET
        return Udfald(raekker=(Lukning(besked.ydernummer, besked.lukkedato, besked.meddelt),))
    if yder.nedlaeggelse_meddelt is not None and besked.meddelt <= yder.nedlaeggelse_meddelt:
        return INTET
    ny = replace(yder, nedlaegges=besked.lukkedato, nedlaeggelse_meddelt=besked.meddelt)
    registreret = NedlaeggelseRegistreret(ydernummer=yder.ydernummer, lukkedato=besked.lukkedato)
    frist = SaetFrist(f"{yder.ydernummer}:NedlaeggelseRegistreret", nu, registreret)
    return Udfald(raekker=(ny,), frister=(frist,))


@tjeneste.naar(NedlaeggelseRegistreret, laeser=(YDERE.en(), PLADSER.soeg(HOLDTE_PLADSER)), ordensnoegle="ydernummer")
def naar_nedlaeggelsen_er_registreret(
    besked: NedlaeggelseRegistreret, yder: Yder | None, pladser: Mapping[str, Plads], nu: datetime
) -> Udfald:
    """PLO-16: places for the day of closure or later are lost; earlier ones stay and join the closing set."""
    del nu
    if yder is None or yder.nedlaegges != besked.lukkedato:
        return INTET
    tabte = [p for p in pladser.values() if _bortfalder(p, besked)]
    tab = sum((_tab(p, besked.lukkedato) for p in tabte), INTET)
    return tab + (_optag(yder, -len(tabte)) if tabte else INTET)


def _bortfalder(plads: Plads, besked: NedlaeggelseRegistreret) -> bool:
    if plads.tilstand is not Pladstilstand.RESERVERET or plads.ydernummer != besked.ydernummer:
        return False
    return plads.virkningsdato is not None and plads.virkningsdato >= besked.lukkedato
