"""The process of entry (indrejse): from the CPR event to group 1, a doctor and a card."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, assert_never

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, ForloebAnnulleret
from contracts.brev import BrevAnmodet, Brevtype
from contracts.kort import KortAnmodet, KortAnnulleres
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
    LaegevalgReserveret,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.person import Personoplysninger
from contracts.plads import ForetrukkenYder, IngenPlads, PladsAnmodet, PladsFrigives, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb.begrundelser import ANNULLERINGER, GODKENDELSER, GRUPPER, KORT, begrundet
from services.laegevalg.forloeb.svar import afvist
from services.laegevalg.rules import GRUPPE_1, Indrejseudfald
from shared.domain.datoer import dato
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import INTET, InternBesked, Udfald


class Tilstand(StrEnum):
    """What an entry waits for, or what became of it. MODTAGET is left in the step that makes it."""

    MODTAGET = "MODTAGET"
    AFVENTER_PLADS = "AFVENTER_PLADS"
    AFVENTER_IKRAFT = "AFVENTER_IKRAFT"
    TRAADT_I_KRAFT = "TRAADT_I_KRAFT"
    BEHANDLET_UDEN_HANDLING = "BEHANDLET_UDEN_HANDLING"
    OVERGIVET_TIL_SAGSBEHANDLER = "OVERGIVET_TIL_SAGSBEHANDLER"
    ANNULLERET = "ANNULLERET"


class Art(StrEnum):
    """First entry or return."""

    INDREJSE = "INDREJSE"
    GENINDREJSE = "GENINDREJSE"


@dataclass(frozen=True, slots=True)
class Sag:
    """One entry of one person. `registreringer` counts how often its event came; `person` is its snapshot."""

    forloeb_id: str
    person_id: str
    tilstand: Tilstand
    art: Art
    kommunekode: str
    virkningsdato: date
    person: Personoplysninger
    foretrukne: tuple[ForetrukkenYder, ...]
    startet: datetime
    ydernummer: str | None = None
    praksisnavn: str = ""
    registreringer: int = 1


class Sagsbesked(InternBesked):
    """A message of the process to itself."""

    forloeb_id: str
    person_id: str


class IndrejseErBehandlet(Sagsbesked):
    """IND-04: group and doctor were set by hand since the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseErBehandlet.v1"


class IndrejseManglerLaege(Sagsbesked):
    """IND-04: group 1 was set by hand, the doctor was not."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseManglerLaege.v1"


class IndrejseUbehandlet(Sagsbesked):
    """IND-01: nobody has done anything about the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseUbehandlet.v1"


class PladsSvarUdeblev(Sagsbesked):
    """Nobody answered the request for a place in time."""

    ce_type: ClassVar[str] = "laegevalg.PladsSvarUdeblev.v1"


class Ikrafttraedelse(Sagsbesked):
    """LV-20: the effective date of the choice began."""

    ce_type: ClassVar[str] = "laegevalg.Ikrafttraedelse.v1"


class IndrejseAnnulleres(Sagsbesked):
    """The command to cancel, handed over to the entry."""

    ce_type: ClassVar[str] = "laegevalg.IndrejseAnnulleres.v1"

    kommando: AnnullerForloeb


class IndrejsensRetOphoerte(Sagsbesked):
    """CPR-14, NORD-01: the person died, left or went missing before the entry gave him a doctor."""

    ce_type: ClassVar[str] = "laegevalg.IndrejsensRetOphoerte.v1"


def indrejsebesked(udfald: Indrejseudfald, sag: Sag) -> Sagsbesked:
    """The outcome of rule IND-04 as the message that the table knows."""
    match udfald:
        case Indrejseudfald.BEHANDLET:
            return IndrejseErBehandlet(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case Indrejseudfald.MANGLER_LAEGE:
            return IndrejseManglerLaege(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case Indrejseudfald.UBEHANDLET:
            return IndrejseUbehandlet(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        case _:
            assert_never(udfald)


def _startet(sag: Sag, nu: datetime) -> ForloebStartet:
    return ForloebStartet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        art=sag.art,
        oprettet_af="SYSTEM",
        startet=nu,
    )


def _afsluttet(sag: Sag, udfald: str, nu: datetime) -> ForloebAfsluttet:
    return ForloebAfsluttet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        art=sag.art,
        udfald=udfald,
        afsluttet=nu,
    )


def _pladsanmodning(sag: Sag) -> PladsAnmodet:
    return PladsAnmodet(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        postnummer=sag.person.adresse.postnummer if sag.person.adresse else "",
        foretrukne=sag.foretrukne,
    )


def noter_behandlet(sag: Sag, besked: IndrejseErBehandlet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: record, and do nothing further."""
    afsluttet = _afsluttet(sag, Tilstand.BEHANDLET_UDEN_HANDLING, nu)
    return sag, Udfald(beskeder=(_startet(sag, nu), afsluttet))


def soeg_laege(sag: Sag, besked: IndrejseManglerLaege, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-04: assign doctor only."""
    return sag, Udfald(beskeder=(_startet(sag, nu), _pladsanmodning(sag)))


def saet_gruppe_1(sag: Sag, besked: IndrejseUbehandlet, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-01: group 1 from the day of entry, then a doctor."""
    gruppe = GruppeTraadtIKraft(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        gruppe=GRUPPE_1,
        gyldig_fra=sag.virkningsdato,
        grund=sag.art,
        begrundelse=begrundet(GRUPPER, sag.art),
    )
    return sag, Udfald(beskeder=(_startet(sag, nu), gruppe, _pladsanmodning(sag)))


def godkend(sag: Sag, besked: PladsReserveret, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-17, IND-01: the place is held; the choice waits for nothing more and is approved. KORT-14: the free card."""
    sag = replace(sag, ydernummer=besked.ydernummer, praksisnavn=besked.praksisnavn)
    faelles = {
        "forloeb_id": sag.forloeb_id,
        "person_id": sag.person_id,
        "ydernummer": besked.ydernummer,
        "virkningsdato": sag.virkningsdato,
    }
    return sag, Udfald(
        beskeder=(
            LaegevalgReserveret.model_validate(faelles),
            LaegevalgGodkendt.model_validate(
                {**faelles, "grund": "AUTOMATISK", "begrundelse": begrundet(GODKENDELSER, "AUTOMATISK")}
            ),
            _kort(sag, nu),
            _kvittering(sag),
        )
    )


def _kort(sag: Sag, nu: datetime) -> KortAnmodet:
    aarsag = rules.kortaarsag(genindrejse=sag.art is Art.GENINDREJSE)
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
        gruppe=GRUPPE_1,
        ydernummer=sag.ydernummer,
        praksisnavn=sag.praksisnavn,
        begrundelse=begrundet(KORT, aarsag),
    )


def _kvittering(sag: Sag) -> BrevAnmodet:
    return BrevAnmodet(
        brev_id=f"{sag.forloeb_id}:laegevalgskvittering",
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        kommunekode=sag.kommunekode,
        brevtype=Brevtype.LAEGEVALGSKVITTERING,
        felter={"praksisnavn": sag.praksisnavn, "virkningsdato": sag.virkningsdato.isoformat()},
    )


def overgiv(sag: Sag, besked: IngenPlads | PladsSvarUdeblev, nu: datetime) -> tuple[Sag, Udfald]:
    """IND-02: a manual task to make a doctor choice. Group 1 stays; there is no card."""
    opgave = OpgaveAnmodet(
        opgave_id=f"{sag.forloeb_id}:opgave",
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        cpr=sag.person.cpr,
        kommunekode=sag.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag="INDREJSE_UDEN_LAEGE",
        titel="Vælg læge til indrejst borger",
        beskrivelse=(
            f"Borgeren er indrejst {sag.virkningsdato:%d-%m-%Y} og er i gruppe 1, "
            "men der kunne ikke tildeles en læge automatisk. Vælg en læge."
        ),
    )
    return sag, Udfald(beskeder=(opgave, _afsluttet(sag, Tilstand.OVERGIVET_TIL_SAGSBEHANDLER, nu)))


def traed_i_kraft(sag: Sag, besked: Ikrafttraedelse, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-20: the doctor is the person's own."""
    if sag.ydernummer is None:
        raise ValueError(f"{sag.forloeb_id}: lægevalget kan ikke træde i kraft uden en praksis")
    ikraft = LaegevalgTraadtIKraft(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        ydernummer=sag.ydernummer,
        virkningsdato=sag.virkningsdato,
    )
    return sag, Udfald(beskeder=(ikraft, _afsluttet(sag, "LAEGE_TILDELT", nu)))


def annuller(sag: Sag, besked: IndrejseAnnulleres | IndrejsensRetOphoerte, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-05: before a place was found; one that comes later is given back. The group stands: it follows from CPR."""
    return sag, Udfald(beskeder=(_afsluttet(sag, "ANNULLERET", nu), *_svar(besked)))


def annuller_godkendt(sag: Sag, besked: IndrejseAnnulleres | IndrejsensRetOphoerte, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-06: the place is given back and the card stopped if it can be, which nobody waits to hear."""
    if sag.ydernummer is None:
        raise ValueError(f"{sag.forloeb_id}: der er ingen praksis at frigive pladsen hos")
    grund = "ANNULLERET" if isinstance(besked, IndrejseAnnulleres) else "FRAFLYTTET"
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id, "grund": grund}
    return sag, Udfald(
        beskeder=(
            LaegevalgAnnulleret.model_validate(
                {**om, "ydernummer": sag.ydernummer, "begrundelse": begrundet(ANNULLERINGER, grund)}
            ),
            PladsFrigives.model_validate({**om, "ydernummer": sag.ydernummer}),
            KortAnnulleres.model_validate({**om, "kort_id": f"{sag.forloeb_id}:kort"}),
            _afsluttet(sag, "ANNULLERET", nu),
            *_svar(besked, "LAEGEVALGSKVITTERING", "SUNDHEDSKORT"),
        )
    )


def _svar(besked: IndrejseAnnulleres | IndrejsensRetOphoerte, *ikke_fortrudt: str) -> tuple[ForloebAnnulleret, ...]:
    return (_annulleret(besked.kommando, *ikke_fortrudt),) if isinstance(besked, IndrejseAnnulleres) else ()


def _annulleret(kommando: AnnullerForloeb, *ikke_fortrudt: str) -> ForloebAnnulleret:
    return ForloebAnnulleret(
        noegle=kommando.noegle,
        bestilling_id=kommando.bestilling_id,
        forloeb_id=kommando.forloeb_id,
        ikke_fortrudt=ikke_fortrudt,
    )


def afvis_i_kraft(sag: Sag, besked: IndrejseAnnulleres, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-07."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "TRAADT_I_KRAFT"),))


def afvis_slut(sag: Sag, besked: IndrejseAnnulleres, nu: datetime) -> tuple[Sag, Udfald]:
    """FORL-05: only what is running can be cancelled."""
    return sag, Udfald(beskeder=(afvist(besked.kommando, "IKKE_I_GANG"),))


def giv_plads_tilbage(sag: Sag, besked: PladsReserveret, nu: datetime) -> tuple[Sag, Udfald]:
    """LV-19: the place came after the forløb was handed over; the caseworker chooses."""
    frigives = PladsFrigives(
        forloeb_id=sag.forloeb_id,
        person_id=sag.person_id,
        grund="FORLOEB_AFSLUTTET",
        ydernummer=besked.ydernummer,
    )
    return sag, Udfald(beskeder=(frigives,))


def intet(sag: Sag, besked: Besked, nu: datetime) -> tuple[Sag, Udfald]:
    """Expected, and nothing follows."""
    return sag, INTET


def plads_udebliver(sag: Sag, nu: datetime) -> datetime:
    """The instant we stop waiting for a place."""
    return rules.pladsfrist(nu)


def svar_udeblev(sag: Sag) -> PladsSvarUdeblev:
    """No answer came."""
    return PladsSvarUdeblev(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


def valget_begynder(sag: Sag, nu: datetime) -> datetime:
    """The instant the choice takes effect."""
    return rules.ikrafttraedelse(sag.virkningsdato)


def virkning_indtraf(sag: Sag) -> Ikrafttraedelse:
    """The effective date began."""
    return Ikrafttraedelse(forloeb_id=sag.forloeb_id, person_id=sag.person_id)


T = Tilstand
# fmt: off
OVERGANGE = (
    #        fra                            når                   til                            gør
    Overgang(T.MODTAGET,                    IndrejseErBehandlet,  T.BEHANDLET_UDEN_HANDLING,     noter_behandlet),
    Overgang(T.MODTAGET,                    IndrejseManglerLaege, T.AFVENTER_PLADS,              soeg_laege),
    Overgang(T.MODTAGET,                    IndrejseUbehandlet,   T.AFVENTER_PLADS,              saet_gruppe_1),
    Overgang(T.AFVENTER_PLADS,              PladsReserveret,      T.AFVENTER_IKRAFT,             godkend),
    Overgang(T.AFVENTER_PLADS,              IngenPlads,           T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv),
    Overgang(T.AFVENTER_PLADS,              PladsSvarUdeblev,     T.OVERGIVET_TIL_SAGSBEHANDLER, overgiv),
    Overgang(T.AFVENTER_IKRAFT,             Ikrafttraedelse,      T.TRAADT_I_KRAFT,              traed_i_kraft),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, PladsReserveret,      T.OVERGIVET_TIL_SAGSBEHANDLER, giv_plads_tilbage),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, IngenPlads,           T.OVERGIVET_TIL_SAGSBEHANDLER, intet),
    Overgang(T.AFVENTER_PLADS,              IndrejseAnnulleres,   T.ANNULLERET,                  annuller),
    Overgang(T.AFVENTER_IKRAFT,             IndrejseAnnulleres,   T.ANNULLERET,                  annuller_godkendt),
    Overgang(T.AFVENTER_PLADS,              IndrejsensRetOphoerte, T.ANNULLERET,                 annuller),
    Overgang(T.AFVENTER_IKRAFT,             IndrejsensRetOphoerte, T.ANNULLERET,                 annuller_godkendt),
    Overgang(T.TRAADT_I_KRAFT,              IndrejseAnnulleres,   T.TRAADT_I_KRAFT,              afvis_i_kraft),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, IndrejseAnnulleres,   T.OVERGIVET_TIL_SAGSBEHANDLER, afvis_slut),
    Overgang(T.BEHANDLET_UDEN_HANDLING,     IndrejseAnnulleres,   T.BEHANDLET_UDEN_HANDLING,     afvis_slut),
    Overgang(T.ANNULLERET,                  IndrejseAnnulleres,   T.ANNULLERET,                  afvis_slut),
    Overgang(T.ANNULLERET,                  PladsReserveret,      T.ANNULLERET,                  giv_plads_tilbage),
    Overgang(T.ANNULLERET,                  IngenPlads,           T.ANNULLERET,                  intet),
    Overgang(T.ANNULLERET,                  PladsSvarUdeblev,     T.ANNULLERET,                  intet),
    Overgang(T.ANNULLERET,                  Ikrafttraedelse,      T.ANNULLERET,                  intet),
    # The deadline fell due while the answer itself waited to be tried again, and so stood in line behind it.
    Overgang(T.AFVENTER_IKRAFT,             PladsSvarUdeblev,     T.AFVENTER_IKRAFT,             intet),
    Overgang(T.OVERGIVET_TIL_SAGSBEHANDLER, PladsSvarUdeblev,     T.OVERGIVET_TIL_SAGSBEHANDLER, intet),
)
FRISTER = (
    #     i                  hvornår            sker               besked
    Frist(T.AFVENTER_PLADS,  plads_udebliver,   svar_udeblev,      PladsSvarUdeblev),
    Frist(T.AFVENTER_IKRAFT, valget_begynder,   virkning_indtraf,  Ikrafttraedelse),
)
# fmt: on
INDREJSE = Forloeb("indrejse", start=T.MODTAGET, overgange=OVERGANGE, frister=FRISTER)
