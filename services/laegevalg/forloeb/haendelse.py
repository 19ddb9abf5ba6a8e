"""What happened to a person, as the forløb it begins (CPR-01..03, CPR-11, CPR-12, CPR-14, KORT-16, NORD-01..02)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

from contracts.cpr import Trin
from contracts.kommuner import kommune
from contracts.person import (
    PersonAfsoningMeldt,
    PersonDoed,
    PersonFlyttet,
    PersonForsvundet,
    Personoplysninger,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonUdrejst,
    PersonVaernepligtMeldt,
)
from contracts.register import BESKEDER
from services.laegevalg.forloeb.personsagsbeskeder import (
    HaendelseVenter,
    IntetFoelger,
    KortFoelger,
    Personsag,
    Personsagsbesked,
    RettenOphoerer,
    Sagsart,
    Sagstilstand,
    SkalVurderes,
    ValgKanTageKortetMed,
)
from services.laegevalg.rules import Sikring, er_fraflyttet, personer
from shared.domain.datoer import dato
from shared.domain.udfald import SaetFrist

Haendelse = (
    PersonFlyttet | PersonSkiftetNavn | PersonSkiftetNummer | PersonUdrejst | PersonDoed | PersonForsvundet
    | PersonAfsoningMeldt | PersonVaernepligtMeldt
)  # fmt: skip
HOEJST = 3
"""How often a kind of thing may happen on one day, each to another place or name, or after the last was taken back."""
OPGAVER = {
    (Sagsart.AFSONING, Trin.START): (
        "AFSONING_START", "Borgeren er begyndt at afsone",
        "Vurder, om borgerens sikring eller sundhedskort skal ændres. Intet er ændret automatisk.",
    ),
    (Sagsart.AFSONING, Trin.SLUT): (
        "AFSONING_SLUT", "Borgeren er færdig med at afsone",
        "Vurder, om borgerens sikring eller sundhedskort skal ændres. Intet er ændret automatisk.",
    ),
    (Sagsart.VAERNEPLIGT, Trin.START): (
        "VAERNEPLIGT_START", "Borgeren er begyndt på værnepligt",
        "Vurder, om sikringen skal være hvilende, mens borgeren aftjener værnepligt. Intet er ændret automatisk.",
    ),
    (Sagsart.VAERNEPLIGT, Trin.SLUT): (
        "VAERNEPLIGT_SLUT", "Borgeren er færdig med værnepligt",
        "Vurder, om sikringen skal være aktiv igen, og om borgeren skal have et nyt sundhedskort. "
        "Intet er ændret automatisk.",
    ),
}  # fmt: skip
"""Reason, title and text of the task (CPR-03, CPR-12)."""


PERSON_VENTES = timedelta(minutes=1)
"""Between the looks for the state of a person."""


def art_af(besked: Haendelse) -> Sagsart:
    """What happened."""
    match besked:
        case PersonFlyttet():
            groenland = besked.person.status in personer.GROENLAND
            return Sagsart.FRAFLYTNING if groenland else Sagsart.FLYTNING
        case PersonSkiftetNavn():
            return Sagsart.NAVNEAENDRING
        case PersonSkiftetNummer():
            return Sagsart.NUMMERSKIFT
        case PersonUdrejst():
            return Sagsart.FRAFLYTNING
        case PersonDoed():
            return Sagsart.DOEDSFALD
        case PersonForsvundet():
            return Sagsart.FORSVINDEN
        case PersonAfsoningMeldt():
            return Sagsart.AFSONING
        case PersonVaernepligtMeldt():
            return Sagsart.VAERNEPLIGT


def dag_af(besked: Haendelse) -> date | None:
    """From when it holds (CPR-08); a change of number says only when it was registered."""
    match besked:
        case PersonFlyttet():
            return besked.flyttedato
        case PersonSkiftetNavn():
            return besked.gaelder_fra
        case PersonSkiftetNummer():
            return dato(besked.registreret) if besked.registreret else None
        case PersonUdrejst():
            return besked.udrejsedato
        case PersonDoed():
            return besked.doedsdato
        case PersonForsvundet():
            return besked.forsvundet_fra
        case PersonAfsoningMeldt() | PersonVaernepligtMeldt():
            return besked.dato


def haendelsen(besked: Haendelse | HaendelseVenter) -> Haendelse:
    """What happened, also where it had to wait."""
    if not isinstance(besked, HaendelseVenter):
        return besked
    return cast(Haendelse, BESKEDER[besked.haendelsestype].model_validate_json(besked.indhold))


def sag_id(besked: Haendelse | HaendelseVenter) -> str:
    """The same told again is the same forløb (CPR-09)."""
    besked = haendelsen(besked)
    trin = f"-{besked.trin.value.lower()}" if isinstance(besked, PersonAfsoningMeldt | PersonVaernepligtMeldt) else ""
    return f"{art_af(besked).value.lower()}{trin}-{besked.person_id}-{dag_af(besked) or 'uden-dag'}"


def sag_ider(besked: Haendelse | HaendelseVenter) -> tuple[str, ...]:
    """The ids of what happened: the first, those of the same told anew after it was taken back (CPR-10), and those of
    another of the same kind and day.
    """
    return numre(sag_id(besked))


def er_den_samme(besked: Haendelse, sag: Personsag) -> bool:
    """CPR-09: whether a forløb of the day is of this very event: to the same place, or to the same name."""
    match sag.art:
        case Sagsart.FLYTNING:
            return _sted(besked.person) == _sted(sag.person)
        case Sagsart.NAVNEAENDRING:
            return besked.person.navn == sag.person.navn
        case _:
            return True


def _sted(person: Personoplysninger) -> tuple[str, ...]:
    a = person.adresse
    return () if a is None else (a.kommunekode, a.vejkode, a.postnummer, a.linje)


def numre(foerste: str) -> tuple[str, ...]:
    """The id of a forløb, and those that follow it when it was taken back, or another of its day was told."""
    return (foerste, *(f"{foerste}-{nr}" for nr in range(2, HOEJST + 1)))


def kommunen(besked: Haendelse, kommunekode: str | None) -> str | None:
    """Whose forløb it is: that of the address; of one who left, that of where he lived.

    NORD-01: a move to Greenland says from where itself, so it does not matter whether his state was read before. A
    municipality in Greenland has a forløb only where none in Denmark is known, and no task (CPR-03, CPR-12).
    """
    if art_af(besked) is Sagsart.FRAFLYTNING:
        fra = besked.fra_kommunekode if isinstance(besked, PersonFlyttet) else None
        return kommunekode and _i_danmark(fra, kommunekode)
    if er_til_vurdering_i_groenland(besked):
        return None
    adresse = besked.person.adresse
    return _i_danmark(adresse.kommunekode if adresse else None, kommunekode)


def er_til_vurdering_i_groenland(besked: Haendelse) -> bool:
    """CPR-03, CPR-12, NORD-01: there is nothing to look at for one who has no right here."""
    til_vurdering = isinstance(besked, PersonAfsoningMeldt | PersonVaernepligtMeldt)
    return til_vurdering and besked.person.status in personer.GROENLAND


def _i_danmark(foerst: str | None, ellers: str | None) -> str | None:
    return next((k for k in (foerst, ellers) if kommune(k) is not None), foerst or ellers)


def vent(fortalt: Haendelse | HaendelseVenter, nu: datetime) -> SaetFrist:
    """What says nothing of where the person lived waits for his state, which is always told, too.

    First until what stands on the topics has been read, then a little at a time.
    """
    besked = haendelsen(fortalt)
    venter = HaendelseVenter(
        forloeb_id=sag_id(besked),
        person_id=besked.person_id,
        haendelsestype=besked.ce_type,
        indhold=besked.model_dump_json(),
    )
    igen = PERSON_VENTES if isinstance(fortalt, HaendelseVenter) else timedelta()
    return SaetFrist(f"{venter.forloeb_id}:HaendelseVenter", nu + igen, venter)


def intet_at_ophoere(besked: Haendelse) -> bool:
    """Of one who never lived in any municipality that is known there is neither group nor doctor to end."""
    return art_af(besked) in (Sagsart.FRAFLYTNING, Sagsart.DOEDSFALD, Sagsart.FORSVINDEN)


def ny_sag(besked: Haendelse, sikring: Sikring, praksisnavn: str, kommunekode: str | None, nu: datetime) -> Personsag:
    """The row of a forløb that begins. Raises `ValueError` where nobody knows whose it is."""
    ejer = kommunen(besked, kommunekode)
    if ejer is None:
        raise ValueError(f"{type(besked).__name__}: kommunen er ukendt")
    return Personsag(
        forloeb_id=sag_id(besked),
        person_id=besked.person_id,
        tilstand=Sagstilstand.MODTAGET,
        art=art_af(besked),
        kommunekode=ejer,
        dag=dag_af(besked) or dato(nu),
        person=besked.person,
        startet=nu,
        gruppe=sikring.gruppe,
        ydernummer=sikring.ydernummer,
        praksisnavn=praksisnavn,
    )


def hvad_foelger(
    besked: Haendelse, sag: Personsag, sikring: Sikring, aabne_valg: bool, *, vaek: bool = False
) -> Personsagsbesked:
    """The first message of the forløb: a card, the end of the right, a task, or nothing.

    CPR-14, NORD-01: no card for one who has left, is missing or dead, as the event or his state (`vaek`) has it.
    """
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}
    intet = IntetFoelger.model_validate(om)
    vaek = vaek or er_fraflyttet(besked.person.status)
    match sag.art:
        case Sagsart.FLYTNING | Sagsart.NAVNEAENDRING | Sagsart.NUMMERSKIFT if vaek:
            return intet
        case Sagsart.FLYTNING | Sagsart.NUMMERSKIFT if besked.person.unavngivet:
            return intet  # CPR-15: its first card waits for the name
        case Sagsart.FLYTNING if not personer.har_kort(sikring.gruppe):
            return intet
        case Sagsart.FLYTNING:
            return ValgKanTageKortetMed.model_validate(om) if aabne_valg else _kort(om, personer.FLYTNING)
        case Sagsart.NAVNEAENDRING:
            assert isinstance(besked, PersonSkiftetNavn)
            viet = personer.kort_ved_navneskift(besked.vielsesdato, besked.gaelder_fra)
            return _kort(om, personer.NAVN_AEGTESKAB) if viet and personer.har_kort(sikring.gruppe) else intet
        case Sagsart.NUMMERSKIFT:
            return _kort(om, personer.PERSONNUMMER) if personer.har_kort(sikring.gruppe) else intet
        case Sagsart.FRAFLYTNING | Sagsart.DOEDSFALD | Sagsart.FORSVINDEN:
            grund = _grund(besked)
            overhalet = personer.er_overhalet(grund, sikring.gruppe_fra, sikring.laege_fra, sag.dag)
            return intet if overhalet else RettenOphoerer.model_validate({**om, "grund": grund})
        case Sagsart.AFSONING | Sagsart.VAERNEPLIGT:
            assert isinstance(besked, PersonAfsoningMeldt | PersonVaernepligtMeldt)
            aarsag, titel, beskrivelse = OPGAVER[sag.art, besked.trin]
            felter = {"aarsag": aarsag, "titel": titel, "beskrivelse": beskrivelse}
            return SkalVurderes.model_validate({**om, **felter})


def _kort(om: dict[str, str], aarsag: str) -> KortFoelger:
    return KortFoelger.model_validate({**om, "aarsag": aarsag})


def _grund(besked: Haendelse) -> str:
    match besked:
        case PersonDoed():
            return "DOED"
        case PersonForsvundet():
            return "FORSVUNDET"
        case PersonFlyttet():
            return "GROENLAND"
        case _:
            return "UDREJST"


def med_nyeste(sag: Personsag, person: Personoplysninger, sikring: Sikring, praksisnavn: str) -> Personsag:
    """As he is known when the card is ordered after all."""
    return replace(
        sag, person=person, gruppe=sikring.gruppe, ydernummer=sikring.ydernummer, praksisnavn=praksisnavn
    )  # fmt: skip
