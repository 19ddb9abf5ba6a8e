"""The process of a letter, from the request to the receipt (POST-09, -14..18, -24).

Whether and how a letter goes is decided the day it is handed over, by `vurder`; its answer is a message of the table.
A decision is good for one day: what could not be handed over that day is decided again (scenario S34).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contracts.base import Besked
from contracts.begrundelse import Begrundelse
from contracts.brev import (
    BrevFejlet,
    BrevFejletV2,
    BrevIkkeTilbagekaldt,
    BrevSendt,
    BrevSendtV2,
    BrevTilbagekaldes,
    BrevTilbagekaldt,
    Brevtype,
    BrevUndertrykt,
    BrevUndertryktV2,
    Kanal,
)
from contracts.opgave import OpgaveAnmodet, Opgavetype
from services.digital_post import rules
from services.digital_post.forloeb.beskeder import (
    BrevAfleveret,
    Brevbesked,
    Forsendelse,
    KanIkkeSendes,
    ModtagerErUkendt,
    ModtagerUdeblev,
    Opslag,
    SkalSendesDigitalt,
    SkalSendesFysisk,
    SkalSpoerges,
    SkalUndertrykkes,
    SvarUdeblev,
)
from services.digital_post.rules import Person
from shared.domain.datoer import dato
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import OenskEffekt, Udfald


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
    TILBAGEKALDES_DIGITALT = "TILBAGEKALDES_DIGITALT"
    TILBAGEKALDES_FYSISK = "TILBAGEKALDES_FYSISK"
    TILBAGEKALDT = "TILBAGEKALDT"


@dataclass(frozen=True, slots=True)
class Modtager:
    """A person as a receiver of letters: the newest we were told, and the letters that wait to be told."""

    person_id: str
    version: int = 0
    person: Person | None = None
    ventende: tuple[str, ...] = ()
    afloest_af: str | None = None
    """CPR-11: the person is another one, under this id; his letters go there."""


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
    digitalt_afvist: bool = False
    """Digital Post has refused to take it to the person's mailbox: it goes on paper from now on (POST-24)."""
    afviste_numre: int = 0
    """CPR-11: how many numbers it was refused under that he has left."""


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
    if brev.digitalt_afvist or rules.har_ikke_digital_post(person, dag):
        digitalt = False
    if digitalt is None:
        return SkalSpoerges(**om)
    if digitalt:
        return SkalSendesDigitalt(**om, navn=person.navn, adresse=person.adresse)
    if not rules.har_postadresse(person):
        return KanIkkeSendes(**om, grund="INGEN_ADRESSE")
    return SkalSendesFysisk(**om, navn=person.navn, adresse=person.adresse)


def under_nyt_nummer(brev: Brev) -> Brev:
    """CPR-11: it was refused under a number he has left; Digital Post remembers that under its key, so with another."""
    return replace(brev, forsoeg=brev.forsoeg + 1, digitalt_afvist=False, afviste_numre=brev.afviste_numre + 1)


def _vent(brev: Brev, _besked: Besked, _nu: datetime) -> Skridt:
    return brev, Udfald()


def _vent_paa_den_rette(brev: Brev, _besked: ModtagerErUkendt, _nu: datetime) -> Skridt:
    """CPR-11: decided anew for the person he turned out to be."""
    return replace(brev, kanal=None), Udfald()


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
        noegle=_postens_noegle(brev),
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
    return replace(brev, forsendelse_id=besked.forsendelse_id, afsendt=nu, grund=None), Udfald(beskeder=(sendt,))


def _undertryk(brev: Brev, besked: SkalUndertrykkes, _nu: datetime) -> Skridt:
    tekst, hjemmel = rules.UNDERTRYKKELSER[rules.Undertrykkelse(besked.grund)]
    begrundelse = Begrundelse(tekst=tekst, regel=hjemmel.regel, hjemmel=hjemmel.kilde)
    undertrykt = _version(brev, BrevUndertrykt, BrevUndertryktV2).model_validate(
        {**_om_brevet(brev), "grund": besked.grund, "begrundelse": begrundelse}
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


def _tilbagekald(brev: Brev, besked: BrevTilbagekaldes, nu: datetime) -> Skridt:
    """FORL-06, POST-09: nobody outside has it yet."""
    return _meld_tilbagekaldt(replace(brev, grund=besked.grund), besked, nu)


def _tilbagekald_hvis_det_naas(brev: Brev, besked: BrevTilbagekaldes, _nu: datetime) -> Skridt:
    """POST-09: the call may be on its way, so first what became of it; it is not made again after today."""
    return replace(brev, grund=besked.grund), Udfald()


def _meld_tilbagekaldt(brev: Brev, _besked: Besked, _nu: datetime) -> Skridt:
    assert brev.grund is not None
    tilbagekaldt = BrevTilbagekaldt.model_validate({**_om_brevet(brev), "grund": brev.grund})
    return replace(brev, kanal=None), Udfald(beskeder=(tilbagekaldt,))


def _bekraeft_ikke_sendt(brev: Brev, besked: BrevTilbagekaldes, nu: datetime) -> Skridt:
    """It had come to nothing already, and keeps its own reason."""
    return brev, _meld_tilbagekaldt(replace(brev, grund=besked.grund), besked, nu)[1]


def _kvitter_for_sent(brev: Brev, besked: BrevAfleveret, nu: datetime) -> Skridt:
    efter, sendt = _kvitter(brev, besked, nu)
    return efter, sendt + _for_sent(brev)


def _afvis_tilbagekald(brev: Brev, _besked: BrevTilbagekaldes, _nu: datetime) -> Skridt:
    return brev, _for_sent(brev)


def _for_sent(brev: Brev) -> Udfald:
    """POST-09: reject ALLEREDE_AFSENDT."""
    tekst, hjemmel = rules.FOR_SENT
    begrundelse = Begrundelse(tekst=tekst, regel=hjemmel.regel, hjemmel=hjemmel.kilde)
    afvist = BrevIkkeTilbagekaldt.model_validate(
        {**_om_brevet(brev), "grund": rules.ALLEREDE_AFSENDT, "begrundelse": begrundelse}
    )
    return Udfald(beskeder=(afvist,))


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


def _postens_noegle(brev: Brev) -> str:
    """The same however often it is decided anew: a call that froze on its way may arrive later, and must count once."""
    nummer = f":nummer-{brev.afviste_numre + 1}" if brev.afviste_numre else ""
    return f"brev:{brev.brev_id}{nummer}:fysisk" if brev.digitalt_afvist else f"brev:{brev.brev_id}{nummer}"


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
TILBAGE_DIGITALT = Brevtilstand.TILBAGEKALDES_DIGITALT
TILBAGE_FYSISK = Brevtilstand.TILBAGEKALDES_FYSISK
TILBAGEKALDT = Brevtilstand.TILBAGEKALDT
IKKE_AFLEVERET = (SkalUndertrykkes, SkalSpoerges, SkalSendesDigitalt, SkalSendesFysisk, KanIkkeSendes, ModtagerErUkendt)
"""What is decided of a letter that Digital Post does not have."""

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
    Overgang(AFVENTER_TILMELDING, ModtagerErUkendt,   AFVENTER_MODTAGER,   _vent),
    Overgang(AFVENTER_TILMELDING, SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),

    Overgang(AFSENDES_DIGITALT,   BrevAfleveret,      SENDT,               _kvitter),
    Overgang(AFSENDES_DIGITALT,   SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFSENDES_DIGITALT,   SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(AFSENDES_DIGITALT,   SkalSendesFysisk,   AFSENDES_FYSISK,     _send_fysisk_i_stedet),
    Overgang(AFSENDES_DIGITALT,   KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFSENDES_DIGITALT,   SvarUdeblev,        AFSENDES_DIGITALT,   _meld_forsinket),
    Overgang(AFSENDES_DIGITALT,   ModtagerErUkendt,   AFVENTER_MODTAGER,   _vent_paa_den_rette),

    Overgang(AFSENDES_FYSISK,     BrevAfleveret,      TIL_PRINT,           _kvitter),
    Overgang(AFSENDES_FYSISK,     SkalUndertrykkes,   UNDERTRYKT,          _undertryk),
    Overgang(AFSENDES_FYSISK,     SkalSpoerges,       AFVENTER_TILMELDING, _spoerg),
    Overgang(AFSENDES_FYSISK,     SkalSendesFysisk,   AFSENDES_FYSISK,     _send),
    Overgang(AFSENDES_FYSISK,     KanIkkeSendes,      FEJLET,              _opgiv),
    Overgang(AFSENDES_FYSISK,     SvarUdeblev,        AFSENDES_FYSISK,     _meld_forsinket),
    Overgang(AFSENDES_FYSISK,     ModtagerErUkendt,   AFVENTER_MODTAGER,   _vent_paa_den_rette),

    Overgang(AFVENTER_MODTAGER,   BrevTilbagekaldes,  TILBAGEKALDT,        _tilbagekald),
    Overgang(AFVENTER_TILMELDING, BrevTilbagekaldes,  TILBAGEKALDT,        _tilbagekald),
    Overgang(AFSENDES_DIGITALT,   BrevTilbagekaldes,  TILBAGE_DIGITALT,    _tilbagekald_hvis_det_naas),
    Overgang(AFSENDES_FYSISK,     BrevTilbagekaldes,  TILBAGE_FYSISK,      _tilbagekald_hvis_det_naas),
    Overgang(SENDT,               BrevTilbagekaldes,  SENDT,               _afvis_tilbagekald),
    Overgang(TIL_PRINT,           BrevTilbagekaldes,  TIL_PRINT,           _afvis_tilbagekald),
    Overgang(UNDERTRYKT,          BrevTilbagekaldes,  UNDERTRYKT,          _bekraeft_ikke_sendt),
    Overgang(FEJLET,              BrevTilbagekaldes,  FEJLET,              _bekraeft_ikke_sendt),
    Overgang(TILBAGEKALDT,        BrevTilbagekaldes,  TILBAGEKALDT,        _bekraeft_ikke_sendt),

    Overgang(TILBAGE_DIGITALT,    BrevAfleveret,      SENDT,               _kvitter_for_sent),
    Overgang(TILBAGE_FYSISK,      BrevAfleveret,      TIL_PRINT,           _kvitter_for_sent),
)
_BAGEFTER = (
    *(
        Overgang(i, naar, TILBAGEKALDT, _meld_tilbagekaldt)
        for i in (TILBAGE_DIGITALT, TILBAGE_FYSISK)
        for naar in IKKE_AFLEVERET
    ),
    *(Overgang(i, SvarUdeblev, i, _meld_forsinket) for i in (TILBAGE_DIGITALT, TILBAGE_FYSISK)),
    *(Overgang(i, BrevTilbagekaldes, i, _vent) for i in (TILBAGE_DIGITALT, TILBAGE_FYSISK)),
    *(Overgang(TILBAGEKALDT, naar, TILBAGEKALDT, _vent) for naar in IKKE_AFLEVERET),
    # The deadline fell due in the moment that the answer came, and stood in line behind it.
    *(Overgang(i, SvarUdeblev, i, _vent) for i in (SENDT, TIL_PRINT, UNDERTRYKT, FEJLET)),
    *(Overgang(i, SvarUdeblev, i, _vent) for i in (AFVENTER_MODTAGER, TILBAGEKALDT)),
)
"""POST-09: what was asked about the letter before it was called back is answered all the same."""
FRISTER = (
    #     i                    hvornår                        sker                   besked
    Frist(AFVENTER_MODTAGER,   _efter(rules.MODTAGER_SENEST), _om(ModtagerUdeblev),  ModtagerUdeblev),
    Frist(AFVENTER_TILMELDING, _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(AFSENDES_DIGITALT,   _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(AFSENDES_FYSISK,     _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(TILBAGE_DIGITALT,    _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
    Frist(TILBAGE_FYSISK,      _efter(rules.SVAR_SENEST),     _om(SvarUdeblev),      SvarUdeblev),
)
# fmt: on

BREV = Forloeb("brev", start=MODTAGET, overgange=(*OVERGANGE, *_BAGEFTER), frister=FRISTER, id_felt="brev_id")
