"""What is done with each message about what happened to a person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts.person import (
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonForsvundet,
    PersonHaendelseRettet,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
from services.laegevalg import rules
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb import flyttevalg, haendelse, rettelse
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import (
    KortetErIkkeMed,
    KortetErMed,
    KortetUdeblev,
    KortstopUdeblev,
    Personsag,
    PersonsagAnnulleres,
    Personsagsbesked,
    PersonsagTilbagekaldes,
    ValgKanTageKortetMed,
    ValgsvarUdeblev,
)
from services.laegevalg.forloeb.vilkaar import MeldtFlytning
from services.laegevalg.handlers.faelles import naar, registrer
from services.laegevalg.store import PERSONSAGER, SIKREDE, Sikret
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald


@naar(
    PersonFlyttet, PersonSkiftetNavn, PersonSkiftetNummer, PersonUdrejst, PersonDoed, PersonForsvundet,
    PersonAfsoningMeldt, PersonVaernepligtMeldt, laeser=(SIKREDE.en(), PERSONSAGER.flere(haendelse.sag_ider)),
)  # fmt: skip
def naar_der_er_sket_personen_noget(
    besked: haendelse.Haendelse, sikret: Sikret | None, kendte: Mapping[str, Personsag], nu: datetime
) -> Udfald:
    """CPR-09: once, however often it is told. FLYT-02: no choice of doctor ends by a move inside Denmark."""
    noteret = _med_flytning(besked, sikret)
    meldt = _meldt(besked, sikret, nu)
    forloeb_id = rettelse.ledig(haendelse.sag_ider(besked), kendte)
    if forloeb_id is None:
        return meldt if noteret is None or noteret == sikret else Udfald(raekker=(noteret,)) + meldt
    sikring = sikret.sikring if sikret else rules.Sikring()
    aabne = sikret.aabne_valg if sikret else ()
    sag = haendelse.ny_sag(
        besked, sikring, sikret.praksisnavn if sikret else "", sikret.kommunekode if sikret else None, nu
    )
    sag = replace(sag, forloeb_id=forloeb_id)
    foelger = haendelse.hvad_foelger(besked, sag, sikring, bool(aabne))
    skridt = PERSONSAG.skridt(sag, foelger, nu)
    if aabne and isinstance(foelger, ValgKanTageKortetMed):
        flyttede = sig.PersonenFlyttede(
            forloeb_id=aabne[-1], person_id=sag.person_id, flyttesag=sag.forloeb_id, dag=sag.dag
        )
        skridt += Udfald(frister=(SaetFrist(f"{sag.forloeb_id}:PersonenFlyttede", nu, flyttede),))
    skridt += meldt
    if noteret is None:
        return skridt
    ny = registrer(noteret, skridt.beskeder, nu)
    return skridt if ny == sikret else skridt + Udfald(raekker=(ny,))


def _med_flytning(besked: haendelse.Haendelse, sikret: Sikret | None) -> Sikret | None:
    """FLYT-01, CPR-06: an order that is still to come finds the move noted, until CPR has the person there."""
    if sikret is None or not isinstance(besked, PersonFlyttet):
        return sikret
    til = besked.til_kommunekode
    ny = None if til == sikret.kommunekode else MeldtFlytning(til_kommunekode=til, dag=besked.flyttedato)
    return sikret if ny == sikret.meldt_flytning else replace(sikret, meldt_flytning=ny)


def _meldt(besked: haendelse.Haendelse, sikret: Sikret | None, nu: datetime) -> Udfald:
    """FLYT-01: the choices that wait for the move hear of it."""
    if sikret is None or not isinstance(besked, PersonFlyttet):
        return INTET
    return flyttevalg.meldt_til(sikret.aabne_valg, besked, nu)


def _flytning_trukket(besked: PersonFlytningTilbagekaldt, sikret: Sikret | None, nu: datetime) -> Udfald:
    """FLYT-01: what rests on the move falls with it."""
    if sikret is None:
        return INTET
    meldt = sikret.meldt_flytning
    glemt = (
        (replace(sikret, meldt_flytning=None),) if meldt is not None and meldt.dag == besked.flyttedato else ()
    )  # fmt: skip
    return Udfald(raekker=glemt) + flyttevalg.trukket_for(sikret.aabne_valg, besked, nu)


@naar(
    PersonHaendelseRettet, PersonFlytningTilbagekaldt, laeser=(SIKREDE.en(), PERSONSAGER.flere(rettelse.sag_ider)),
)  # fmt: skip
def naar_det_ikke_er_sket(
    besked: rettelse.Rettelse, sikret: Sikret | None, kendte: Mapping[str, Personsag], nu: datetime
) -> Udfald:
    """CPR-10, CPR-07: the card is stopped if it can be; a corrected name has one with the right name instead."""
    udfald = _flytning_trukket(besked, sikret, nu) if isinstance(besked, PersonFlytningTilbagekaldt) else INTET
    for sag in rettelse.tilbagekaldte(besked, kendte):
        om = PersonsagTilbagekaldes(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        udfald += PERSONSAG.skridt(sag, om, nu)
    ny = rettelse.rettet_navn(besked, kendte, sikret.sikring if sikret else rules.Sikring(), nu)
    return udfald if ny is None else udfald + PERSONSAG.skridt(*ny, nu)


@naar(
    KortetErMed, KortetErIkkeMed, KortstopUdeblev, KortetUdeblev, ValgsvarUdeblev, PersonsagAnnulleres,
    laeser=(SIKREDE.en(), PERSONSAGER.en()),
)  # fmt: skip
def naar_personsagen_skal_videre(
    besked: Personsagsbesked,
    sikret: Sikret | None,
    sag: Personsag | None,
    nu: datetime,
) -> Udfald:
    """The table decides. A card that comes after all goes to where the person lives now, if it still is Denmark."""
    if sag is None:
        raise UventetBesked(PERSONSAG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    if isinstance(besked, KortetErIkkeMed) and sikret is not None and sikret.person is not None:
        if rules.er_fraflyttet(sikret.person.status):
            return INTET
        sag = haendelse.med_nyeste(sag, sikret.person, sikret.sikring, sikret.praksisnavn)
    return PERSONSAG.skridt(sag, besked, nu)
