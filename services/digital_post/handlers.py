"""What Digital Post does with each message. The order key is the person."""

from dataclasses import replace
from datetime import datetime

from contracts.brev import BrevAnmodet, BrevAnmodetV2, BrevTilbagekaldes
from contracts.dispensation import DispensationAnmodet, DispensationTilbagekaldt
from contracts.person import PersonTilstand
from services.digital_post import rules
from services.digital_post.forloeb import BREV, Brev, Brevtilstand, Modtager, beskeder, under_nyt_nummer, vurder
from services.digital_post.forloeb.beskeder import Brevbesked
from services.digital_post.forloeb.praksis import (
    PRAKSISBREV,
    Praksisbesked,
    Praksisbrev,
    PraksisbrevAfvist,
    PraksisbrevLeveret,
    PraksispostUdeblev,
    brev_id,
    nyt_praksisbrev,
)
from services.digital_post.rules import Person
from services.digital_post.store import BREVE, MODTAGERE, PRAKSISBREVE
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, SaetFrist, Udfald
from shared.platform.tjeneste import Tjeneste

tjeneste = Tjeneste(
    "digital_post",
    emner=("breve.anmodninger", "person.tilstand", "dispensation.anmodninger"),
    tabeller=(BREVE, MODTAGERE, PRAKSISBREVE),
)

BREV_OG_MODTAGER = (BREVE.en(), MODTAGERE.en())


@tjeneste.naar(BrevAnmodet, laeser=BREV_OG_MODTAGER)
@tjeneste.naar(BrevAnmodetV2, laeser=BREV_OG_MODTAGER)
def naar_brev_er_anmodet(
    besked: BrevAnmodet | BrevAnmodetV2, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """POST-11..13: one letter per `brev_id`; asked for again, nothing happens.

    Raises `ValueError` when the text cannot be written from the request.
    """
    if brev is not None:
        return INTET
    rules.brevtekst(besked.brevtype, besked.felter, "", besked.kommunekode)
    nyt = _nyt_brev(besked, nu)
    if _person(modtager) is not None:
        return _videre(nyt, modtager, nu)
    modtager = modtager or Modtager(besked.person_id)
    venter = replace(modtager, ventende=(*modtager.ventende, nyt.brev_id))
    return _videre(nyt, modtager, nu) + Udfald(raekker=(venter,))


@tjeneste.naar(PersonTilstand, laeser=MODTAGERE.en())
def naar_personen_er_oplyst(besked: PersonTilstand, modtager: Modtager | None, nu: datetime) -> Udfald:
    """Keep the newest state of the person; the letters that waited for it go on, one by one."""
    modtager = modtager or Modtager(besked.person_id)
    if modtager.person is not None and besked.version <= modtager.version:
        return INTET
    af = besked.afloest_af or modtager.afloest_af
    kendt = Modtager(besked.person_id, version=besked.version, person=_person_af(besked), afloest_af=af)
    return Udfald(
        raekker=(kendt,),
        frister=tuple(
            SaetFrist(f"{id_}:ModtagerFundet", nu, beskeder.ModtagerFundet(brev_id=id_, person_id=besked.person_id))
            for id_ in modtager.ventende
        ),
    )


@tjeneste.naar(beskeder.ModtagerFundet, laeser=BREV_OG_MODTAGER)
def naar_modtageren_er_fundet(
    besked: beskeder.ModtagerFundet, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """A letter that waited for its receiver; one that its own deadline has sent on already is left alone."""
    brev = _kendt(brev, besked)
    if brev.tilstand is not Brevtilstand.AFVENTER_MODTAGER:
        return INTET
    if _person(modtager) is None:
        modtager = modtager or Modtager(besked.person_id)
        return Udfald(raekker=(replace(modtager, ventende=(*modtager.ventende, brev.brev_id)),))
    return _videre(brev, modtager, nu)


@tjeneste.naar(beskeder.ModtagerUdeblev, laeser=BREV_OG_MODTAGER)
def naar_modtageren_udeblev(
    besked: beskeder.ModtagerUdeblev, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """The person may have become known in the same moment as the deadline fell due; then the letter goes on, once."""
    brev = _kendt(brev, besked)
    if brev.tilstand is not Brevtilstand.AFVENTER_MODTAGER:
        return INTET
    if _person(modtager) is not None and brev.person_id == besked.person_id:
        return _videre(brev, modtager, nu) + _frist_hos(brev, modtager, nu)
    modtager = modtager or Modtager(besked.person_id)
    uden = replace(modtager, ventende=tuple(id_ for id_ in modtager.ventende if id_ != brev.brev_id))
    return BREV.skridt(brev, besked, nu) + Udfald(raekker=(uden,))


@tjeneste.naar(beskeder.TilmeldingOplyst, laeser=BREV_OG_MODTAGER)
def naar_tilmeldingen_er_oplyst(
    besked: beskeder.TilmeldingOplyst, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """POST-24: the channel is chosen now, once, on what is known of the person now (POST-14).

    CPR-11: the answer was about a number; where the person has another by now, it is asked about that one.
    """
    brev = _kendt(brev, besked)
    if brev.tilstand is Brevtilstand.AFVENTER_TILMELDING and _har_andet_nummer(brev, modtager):
        return _videre(replace(brev, forsoeg=brev.forsoeg + 1), modtager, nu)
    return _videre(brev, modtager, nu, digitalt=besked.tilmeldt)


@tjeneste.naar(beskeder.BrevAfvist, laeser=BREV_OG_MODTAGER)
def naar_brevet_er_afvist(
    besked: beskeder.BrevAfvist, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """POST-24: exempt or deregistered since the look-up: physical instead. Any other refusal goes to a person.

    CPR-11: it was refused under a number; where the person has another by now, it is asked about that one.
    """
    brev = _kendt(brev, besked)
    er_en_anden = modtager is not None and modtager.afloest_af is not None
    if brev.tilstand in UDE_UNDER_ET_NUMMER and (er_en_anden or _har_andet_nummer(brev, modtager)):
        return _videre(under_nyt_nummer(brev), modtager, nu)
    if brev.tilstand is Brevtilstand.AFSENDES_DIGITALT and besked.kode in rules.FYSISK_I_STEDET:
        return _videre(replace(brev, digitalt_afvist=True), modtager, nu)
    opgiv = beskeder.KanIkkeSendes(brev_id=brev.brev_id, person_id=brev.person_id, grund=besked.kode)
    return BREV.skridt(brev, opgiv, nu)


@tjeneste.naar(beskeder.BeslutningForaeldet, laeser=BREV_OG_MODTAGER)
def naar_beslutningen_er_foraeldet(
    besked: beskeder.BeslutningForaeldet, brev: Brev | None, modtager: Modtager | None, nu: datetime
) -> Udfald:
    """POST-14: whether it may be sent is a matter of the day it is sent, so it is decided anew."""
    brev = _kendt(brev, besked)
    return _videre(replace(brev, forsoeg=brev.forsoeg + 1), modtager, nu)


@tjeneste.naar(BrevTilbagekaldes, laeser=BREVE.en())
@tjeneste.naar(beskeder.BrevAfleveret, laeser=BREVE.en())
@tjeneste.naar(beskeder.SvarUdeblev, laeser=BREVE.en())
def naar_brevet_kommer_videre(besked: Brevbesked | BrevTilbagekaldes, brev: Brev | None, nu: datetime) -> Udfald:
    """The receipt, the deadline, and the wish to drop it (FORL-06, POST-09): the table says what follows."""
    return BREV.skridt(_kendt(brev, besked), besked, nu)


def _til_den_der_er(brev: Brev, person_id: str, nu: datetime) -> Udfald:
    """CPR-11: the receiver turned out to be another person; the letter waits for that one, who is known or will be.

    What Digital Post was asked about the old number says nothing of the new one, so it is asked anew.
    """
    spurgt = brev.tilstand not in (Brevtilstand.MODTAGET, Brevtilstand.AFVENTER_MODTAGER)
    til = replace(brev, person_id=person_id, forsoeg=brev.forsoeg + spurgt)
    fundet = beskeder.ModtagerFundet(brev_id=til.brev_id, person_id=person_id)
    udfald = Udfald(raekker=(til,), frister=(SaetFrist(f"{til.brev_id}:ModtagerFundet:{person_id}", nu, fundet),))
    if til.tilstand is Brevtilstand.AFVENTER_MODTAGER:
        return udfald
    ukendt = beskeder.ModtagerErUkendt(brev_id=til.brev_id, person_id=person_id)
    return BREV.skridt(til, ukendt, nu) + replace(udfald, raekker=())


def _frist_hos(brev: Brev, modtager: Modtager | None, nu: datetime) -> Udfald:
    """CPR-11: a letter that goes on to wait for another person has a deadline for him, too."""
    if modtager is None or modtager.afloest_af is None:
        return INTET
    besked = beskeder.ModtagerUdeblev(brev_id=brev.brev_id, person_id=modtager.afloest_af)
    frist = SaetFrist(f"{brev.brev_id}:ModtagerUdeblev", nu + rules.MODTAGER_SENEST, besked)
    return Udfald(frister=(frist,))


def _videre(brev: Brev, modtager: Modtager | None, nu: datetime, *, digitalt: bool | None = None) -> Udfald:
    if modtager is not None and modtager.afloest_af is not None:
        return _til_den_der_er(brev, modtager.afloest_af, nu)
    person = _person(modtager)
    brev = replace(brev, cpr=person.cpr if person else None)
    return BREV.skridt(brev, vurder(brev, person, nu, digitalt), nu)


UDE_UNDER_ET_NUMMER = (
    Brevtilstand.AFVENTER_TILMELDING,
    Brevtilstand.AFSENDES_DIGITALT,
    Brevtilstand.AFSENDES_FYSISK,
)


def _har_andet_nummer(brev: Brev, modtager: Modtager | None) -> bool:
    """CPR-11: than the one that Digital Post was told."""
    person = _person(modtager)
    return person is not None and brev.cpr != person.cpr


def _person(modtager: Modtager | None) -> Person | None:
    return modtager.person if modtager else None


def _kendt(brev: Brev | None, besked: Brevbesked | BrevTilbagekaldes) -> Brev:
    if brev is None:
        raise UventetBesked("brev", "UKENDT", type(besked).__name__)
    return brev


def _nyt_brev(besked: BrevAnmodet | BrevAnmodetV2, nu: datetime) -> Brev:
    return Brev(
        brev_id=besked.brev_id,
        forloeb_id=besked.forloeb_id,
        person_id=besked.person_id,
        kommunekode=besked.kommunekode,
        brevtype=besked.brevtype,
        felter=besked.felter,
        automatisk=besked.automatisk,
        tilstand=Brevtilstand.MODTAGET,
        anmodet=nu,
    )


def _person_af(besked: PersonTilstand) -> Person:
    p = besked.person
    return Person(
        cpr=p.cpr,
        navn=p.navn,
        status=p.status,
        foedt=p.foedselsdato,
        adresse=p.adresse,
        beskyttet=p.beskyttet,
        beskyttet_fra=p.beskyttet_fra,
        beskyttet_til=p.beskyttet_til,
    )


@tjeneste.naar(DispensationAnmodet, laeser=PRAKSISBREVE.en(brev_id))
@tjeneste.naar(DispensationTilbagekaldt, laeser=PRAKSISBREVE.en(brev_id))
def naar_praksis_skal_skrives_til(
    besked: DispensationAnmodet | DispensationTilbagekaldt, brev: Praksisbrev | None, nu: datetime
) -> Udfald:
    """LV-09, FORL-08: one letter of each kind per forløb; asked for again, nothing happens."""
    return INTET if brev is not None else PRAKSISBREV.skridt(nyt_praksisbrev(besked, nu), besked, nu)


@tjeneste.naar(PraksisbrevLeveret, laeser=PRAKSISBREVE.en())
@tjeneste.naar(PraksisbrevAfvist, laeser=PRAKSISBREVE.en())
@tjeneste.naar(PraksispostUdeblev, laeser=PRAKSISBREVE.en())
def naar_praksisbrevet_kommer_videre(besked: Praksisbesked, brev: Praksisbrev | None, nu: datetime) -> Udfald:
    """The receipt and the deadline: the table says what follows."""
    if brev is None:
        raise UventetBesked(PRAKSISBREV.navn, "UKENDT", type(besked).__name__)
    return PRAKSISBREV.skridt(brev, besked, nu)
