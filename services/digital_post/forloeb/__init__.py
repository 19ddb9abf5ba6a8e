"""The process of a letter, from the request to the receipt (POST-09, -14..18, -24).

Whether and how a letter goes is decided the day it is handed over, by `vurder`; its answer is a message of the table.
A decision is good for one day: what could not be handed over that day is decided again (scenario S34).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from contracts.base import Besked, Cprnummer, Id
from contracts.brev import (
    BrevFejlet,
    BrevFejletV2,
    BrevSendt,
    BrevSendtV2,
    Brevtype,
    BrevUndertrykt,
    BrevUndertryktV2,
    Kanal,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.person import Adresse
from services.digital_post import rules
from services.digital_post.rules import Person
from shared.domain.datoer import dato
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import InternBesked, OenskEffekt, Udfald


class Brevtilstand(StrEnum):
    """What the letter waits for, or what became of it."""

    MODTAGET = "MODTAGET"
    AFVENTER_MODTAGER = "AFVENTER_MODTAGER"
    AFVENTER_TILMELDING = "AFVENTER_TILMELDING"
    AFSENDES_DIGITALT = "AFSENDES_DIGITALT"
    AFSENDES_FYSISK = "AFSENDES_FYSISK"
    SENDT = "SENDT"
    TIL_PRINT = "TIL_PRINT"
    UNDERTRYKT = "UNDERTRYKT"
    FEJLET = "FEJLET"


@dataclass(frozen=True, slots=True)
class Modtager:
    """A person as a receiver of letters: the newest we were told, and the letters that wait to be told."""

    person_id: str
    version: int = 0
    person: Person | None = None
    ventende: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brev:
    """One letter to one person (POST-13)."""

    brev_id: str
    forloeb_id: str
    person_id: str
    kommunekode: str
    brevtype: str
    felter: dict[str, str]
    automatisk: bool
    tilstand: Brevtilstand
    anmodet: datetime
    forsoeg: int = 1
    """How many times it has been decided how to send it; part of the keys of its effects."""
    cpr: str | None = None
    kanal: Kanal | None = None
    """The channel chosen at send time (POST-24)."""
    forsendelse_id: str | None = None
    afsendt: datetime | None = None
    grund: str | None = None
    """Why it was not sent."""


class Brevbesked(InternBesked):
    """A message of this service to itself about one letter."""

    brev_id: Id
    person_id: Id


class ModtagerErUkendt(Brevbesked):
    """Decision: nobody has told us of the person yet."""

    ce_type: ClassVar[str] = "digital_post.ModtagerErUkendt.v1"


class SkalUndertrykkes(Brevbesked):
    """Decision: the letter must not be sent (POST-14)."""

    ce_type: ClassVar[str] = "digital_post.SkalUndertrykkes.v1"

    grund: str


class SkalSpoerges(Brevbesked):
    """Decision: ask Digital Post whether the person is registered (POST-17)."""

    ce_type: ClassVar[str] = "digital_post.SkalSpoerges.v1"


class SkalSendesDigitalt(Brevbesked):
    """Decision: to the person's Digital Post."""

    ce_type: ClassVar[str] = "digital_post.SkalSendesDigitalt.v1"

    navn: str
    adresse: Adresse | None = None


class SkalSendesFysisk(Brevbesked):
    """Decision: printed and posted."""

    ce_type: ClassVar[str] = "digital_post.SkalSendesFysisk.v1"

    navn: str
    adresse: Adresse | None = None


class KanIkkeSendes(Brevbesked):
    """Decision: no channel is left."""

    ce_type: ClassVar[str] = "digital_post.KanIkkeSendes.v1"

    grund: str


class TilmeldingOplyst(Brevbesked):
    """Digital Post answered: `tilmeldt` when the person is registered and not exempt."""

    ce_type: ClassVar[str] = "digital_post.TilmeldingOplyst.v1"

    tilmeldt: bool


class BrevAfleveret(Brevbesked):
    """Digital Post, or the print behind it, has the letter."""

    ce_type: ClassVar[str] = "digital_post.BrevAfleveret.v1"

    forsendelse_id: str


class BrevAfvist(Brevbesked):
    """Digital Post will not have the letter."""

    ce_type: ClassVar[str] = "digital_post.BrevAfvist.v1"

    kode: str


class BeslutningForaeldet(Brevbesked):
    """The day of the decision went by before the letter was handed over; nothing was sent."""

    ce_type: ClassVar[str] = "digital_post.BeslutningForaeldet.v1"


class ModtagerFundet(Brevbesked):
    """The person that the letter waited for is known now."""

    ce_type: ClassVar[str] = "digital_post.ModtagerFundet.v1"


class ModtagerUdeblev(Brevbesked):
    """Deadline: nobody told us of the person."""

    ce_type: ClassVar[str] = "digital_post.ModtagerUdeblev.v1"


class SvarUdeblev(Brevbesked):
    """Deadline: Digital Post has not answered."""

    ce_type: ClassVar[str] = "digital_post.SvarUdeblev.v1"


class Opslag(Brevbesked):
    """Content of the effect `post.tilmelding`."""

    ce_type: ClassVar[str] = "digital_post.Opslag.v1"

    cpr: Cprnummer


class Forsendelse(Brevbesked):
    """Content of the effect `post.afsend`: the letter as it is handed over, on the day of the decision only."""

    ce_type: ClassVar[str] = "digital_post.Forsendelse.v1"

    kanal: Kanal
    besluttet: date
    cpr: Cprnummer
    navn: str
    adresse: Adresse | None = None
    afsender: str
    titel: str
    tekst: str


Skridt = tuple[Brev, Udfald]


def vurder(brev: Brev, person: Person | None, nu: datetime, digitalt: bool | None = None) -> Brevbesked:
    """What becomes of the letter today (POST-14, -16, -17, -24). `digitalt` None: Digital Post has not been asked."""
    om = {"brev_id": brev.brev_id, "person_id": brev.person_id}
    if person is None:
        return ModtagerErUkendt(**om)
    dag = dato(nu)
    grund = rules.undertrykkes(person, dag, automatisk=brev.automatisk)
    if grund is not None:
        return SkalUndertrykkes(**om, grund=grund.value)
    if rules.har_ikke_digital_post(person, dag):
        digitalt = False
    if digitalt is None:
        return SkalSpoerges(**om)
    if digitalt:
        return SkalSendesDigitalt(**om, navn=person.navn, adresse=person.adresse)
    if not rules.har_postadresse(person):
        return KanIkkeSendes(**om, grund="INGEN_ADRESSE")
    return SkalSendesFysisk(**om, navn=person.navn, adresse=person.adresse)


def _vent(brev: Brev, _besked: Besked, _nu: datetime) -> Skridt:
    return brev, Udfald()


def _spoerg(brev: Brev, _besked: SkalSpoerges, _nu: datetime) -> Skridt:
    opslag = Opslag.model_validate(brev, from_attributes=True)
    return brev, _effekt(brev, f"tilmelding:{brev.brev_id}{_nr(brev)}", "post.tilmelding", opslag)


def _send(brev: Brev, besked: SkalSendesDigitalt | SkalSendesFysisk, nu: datetime) -> Skridt:
    return _aflever(brev, besked, nu, f"brev:{brev.brev_id}{_nr(brev)}")


def _send_fysisk_i_stedet(brev: Brev, besked: SkalSendesFysisk, nu: datetime) -> Skridt:
    """POST-24: refused by Digital Post since the look-up, so physical and not both."""
    return _aflever(brev, besked, nu, f"brev:{brev.brev_id}{_nr(brev)}:fysisk")


def _aflever(brev: Brev, besked: SkalSendesDigitalt | SkalSendesFysisk, nu: datetime, noegle: str) -> Skridt:
    kanal = Kanal.DIGITAL if isinstance(besked, SkalSendesDigitalt) else Kanal.FYSISK
    tekst = rules.brevtekst(brev.brevtype, brev.felter, besked.navn, brev.kommunekode)
    assert brev.cpr is not None
    forsendelse = Forsendelse(
        brev_id=brev.brev_id,
        person_id=brev.person_id,
        kanal=kanal,
        besluttet=dato(nu),
        cpr=brev.cpr,
        navn=besked.navn or rules.UNAVNGIVET,
        adresse=besked.adresse if kanal is Kanal.FYSISK else None,
        afsender=rules.afsender(brev.kommunekode),
        titel=tekst.titel,
        tekst=tekst.tekst,
    )
    return replace(brev, kanal=kanal), _effekt(brev, noegle, "post.afsend", forsendelse)


def _kvitter(brev: Brev, besked: BrevAfleveret, nu: datetime) -> Skridt:
    assert brev.kanal is not None
    sendt = _version(brev, BrevSendt, BrevSendtV2).model_validate(
        {**_om_brevet(brev), "kanal": brev.kanal, "forsendelse_id": besked.forsendelse_id, "tidspunkt": nu}
    )
    return replace(brev, forsendelse_id=besked.forsendelse_id, afsendt=nu), Udfald(beskeder=(sendt,))


def _undertryk(brev: Brev, besked: SkalUndertrykkes, _nu: datetime) -> Skridt:
    undertrykt = _version(brev, BrevUndertrykt, BrevUndertryktV2).model_validate(
        {**_om_brevet(brev), "grund": besked.grund}
    )
    return replace(brev, grund=besked.grund, kanal=None), Udfald(beskeder=(undertrykt,))


def _opgiv(brev: Brev, besked: KanIkkeSendes, _nu: datetime) -> Skridt:
    return _fejl(brev, besked.grund)


def _opgiv_modtager(brev: Brev, _besked: ModtagerUdeblev, _nu: datetime) -> Skridt:
    return _fejl(brev, "MODTAGER_UKENDT")


def _fejl(brev: Brev, grund: str) -> Skridt:
    fejlet = _version(brev, BrevFejlet, BrevFejletV2).model_validate({**_om_brevet(brev), "grund": grund})
    opgave = _opgave(brev, "BREV_FEJLET", "Brev kunne ikke sendes", f"Brevet kunne ikke sendes ad nogen vej ({grund}).")
    return replace(brev, grund=grund, kanal=None), Udfald(beskeder=(fejlet, opgave))


def _meld_forsinket(brev: Brev, _besked: SvarUdeblev, _nu: datetime) -> Skridt:
    tekst = "Digital Post har ikke svaret i en uge. Der prøves fortsat."
    return brev, Udfald(beskeder=(_opgave(brev, "BREV_FORSINKET", "Brev er forsinket", tekst),))


def _om_brevet(brev: Brev) -> dict[str, Any]:
    return {
        "brev_id": brev.brev_id,
        "forloeb_id": brev.forloeb_id,
        "person_id": brev.person_id,
        "brevtype": brev.brevtype,
    }


def _version(brev: Brev, foerste: type[Besked], anden: type[Besked]) -> type[Besked]:
    """Readers of version 1 know only its letter types."""
    return foerste if brev.brevtype in set(Brevtype) else anden


def _opgave(brev: Brev, aarsag: str, titel: str, beskrivelse: str) -> OpgaveAnmodet:
    """A manual task; one per letter and reason however often it is asked for."""
    return OpgaveAnmodet(
        opgave_id=f"{brev.brev_id}:{aarsag.lower()}",
        forloeb_id=brev.forloeb_id,
        person_id=brev.person_id,
        cpr=brev.cpr,
        kommunekode=brev.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=beskrivelse,
    )


def _effekt(brev: Brev, noegle: str, art: str, indhold: Brevbesked) -> Udfald:
    return Udfald(effekter=(OenskEffekt(noegle, art, ordensnoegle=brev.person_id, indhold=indhold),))


def _nr(brev: Brev) -> str:
    """A decision made anew has effects of its own: the earlier ones were refused or never left the house."""
    return "" if brev.forsoeg == 1 else f":{brev.forsoeg}"


def _efter(tid: timedelta) -> Callable[[Brev, datetime], datetime]:
    return lambda _brev, nu: nu + tid


def _om(besked: type[Brevbesked]) -> Callable[[Brev], Brevbesked]:
    return lambda brev: besked(brev_id=brev.brev_id, person_id=brev.person_id)


MODTAGET = Brevtilstand.MODTAGET
AFVENTER_MODTAGER = Brevtilstand.AFVENTER_MODTAGER
AFVENTER_TILMELDING = Brevtilstand.AFVENTER_TILMELDING
AFSENDES_DIGITALT = Brevtilstand.AFSENDES_DIGITALT
AFSENDES_FYSISK = Brevtilstand.AFSENDES_FYSISK
SENDT = Brevtilstand.SENDT
TIL_PRINT = Brevtilstand.TIL_PRINT
UNDERTRYKT = Brevtilstand.UNDERTRYKT
FEJLET = Brevtilstand.FEJLET

# fmt: off
OVERGANGE = (
    #        fra                  når                 til                  gør
    Overgang(MODTAGET,            ModtagerErUkendt,   AFVENTER_MODTAGER,   _vent),
    Overgang(MODTAGET,            SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(MODTAGET,            SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(MODTAGET,            SkalSendesFysisk,   AFSENDES_FYSISK,     _send),
    Overgang(MODTAGET,            KanIkkeSendes,      FEJLET,              _opgiv),

    Overgang(AFVENTER_MODTAGER,   SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFVENTER_MODTAGER,   SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(AFVENTER_MODTAGER,   SkalSendesFysisk,   AFSENDES_FYSISK,     _send),
    Overgang(AFVENTER_MODTAGER,   KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFVENTER_MODTAGER,   ModtagerUdeblev,    FEJLET,              _opgiv_modtager),

    Overgang(AFVENTER_TILMELDING, SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFVENTER_TILMELDING, SkalSendesDigitalt, AFSENDES_DIGITALT,   _send),
    Overgang(AFVENTER_TILMELDING, SkalSendesFysisk,   AFSENDES_FYSISK,     _send),
    Overgang(AFVENTER_TILMELDING, KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFVENTER_TILMELDING, SvarUdeblev,        AFVENTER_TILMELDING, _meld_forsinket),

    Overgang(AFSENDES_DIGITALT,   BrevAfleveret,      SENDT,               _kvitter),
    Overgang(AFSENDES_DIGITALT,   SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFSENDES_DIGITALT,   SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(AFSENDES_DIGITALT,   SkalSendesFysisk,   AFSENDES_FYSISK,     _send_fysisk_i_stedet),
    Overgang(AFSENDES_DIGITALT,   KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFSENDES_DIGITALT,   SvarUdeblev,        AFSENDES_DIGITALT,   _meld_forsinket),

    Overgang(AFSENDES_FYSISK,     BrevAfleveret,      TIL_PRINT,           _kvitter),
    Overgang(AFSENDES_FYSISK,     SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFSENDES_FYSISK,     SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(AFSENDES_FYSISK,     SkalSendesFysisk,   AFSENDES_FYSISK,     _send),
    Overgang(AFSENDES_FYSISK,     KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFSENDES_FYSISK,     SvarUdeblev,        AFSENDES_FYSISK,     _meld_forsinket),
)
FRISTER = (
    #     i                    hvornår                        sker                   besked
    Frist(AFVENTER_MODTAGER,   _efter(rules.MODTAGER_SENEST), _om(ModtagerUdeblev),  ModtagerUdeblev),
    Frist(AFVENTER_TILMELDING, _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(AFSENDES_DIGITALT,   _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(AFSENDES_FYSISK,     _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
)
# fmt: on

BREV = Forloeb("brev", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER, id_felt="brev_id")
