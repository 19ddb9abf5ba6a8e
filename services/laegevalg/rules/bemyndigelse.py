"""Who may act for whom, judged at the Danish day of the act: role, channel, custody, power of attorney, age. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.bestilling import Bestillingskanal, Rolle
from contracts.kommuner import kommune
from services.laegevalg.rules import Dage, er_myndig
from shared.domain.datoer import alder, plus_dage
from shared.domain.hjemmel import Hjemmel


class Handling(StrEnum):
    """What is done for a person."""

    LAEGE = "LAEGE"
    GRUPPE = "GRUPPE"
    KORT = "KORT"


class Forhold(StrEnum):
    """What the one who acts is to the person it is for."""

    SELV = "SELV"
    MYNDIG = "MYNDIG"
    """Holder of custody of a child, or guardian, also of an adult."""
    AEGTEFAELLE = "AEGTEFAELLE"
    ANDEN = "ANDEN"
    """Anybody else: foster parent, cohabitant, a parent without custody."""


class Afslag(StrEnum):
    """Why somebody may not."""

    UKENDT_KANAL = "UKENDT_KANAL"
    UKENDT_ROLLE = "UKENDT_ROLLE"
    ROLLE_PASSER_IKKE = "ROLLE_PASSER_IKKE"
    FOR_UNG = "FOR_UNG"
    BARN_UDEN_MYNDIGHED = "BARN_UDEN_MYNDIGHED"
    UNG_VAELGER_SELV = "UNG_VAELGER_SELV"
    VOKSEN_UDEN_FULDMAGT = "VOKSEN_UDEN_FULDMAGT"
    AEGTEFAELLE = "AEGTEFAELLE"
    UVIST_HVEM = "UVIST_HVEM"
    """Nobody has told of the one who acts, and he may be the one who may."""
    BOR_I_ANDEN_KOMMUNE = "BOR_I_ANDEN_KOMMUNE"
    EN_ANDEN_KOMMUNES = "EN_ANDEN_KOMMUNES"
    """The forløb is another municipality's."""


@dataclass(frozen=True, slots=True)
class Aldre:
    """From this day on, one may oneself from `selv_fra` years on, and holders of custody may until `indtil`."""

    gaelder_fra: date
    handling: Handling
    selv_fra: int
    indtil: int
    hjemmel: Hjemmel


@dataclass(frozen=True, slots=True)
class Bopael:
    """Where a person is known to live, and where he has moved from. `kommunekode` None: not in Denmark, or unknown."""

    kommunekode: str | None
    fraflyttet_kommune: str | None = None
    fraflyttet: date | None = None
    """The day the hub was told."""
    meldt_kommuner: tuple[str, ...] = ()
    """Where he is told to move to, or has announced to (FLYT-01)."""
    valg_i_kommuner: tuple[str, ...] = ()
    """The municipalities that own a choice of his in progress (FLYT-01)."""


# fmt: off
ALDRE = (
    #     gælder fra  handling         selv fra  indtil  hjemmel
    Aldre(date.min,   Handling.LAEGE,  15,       15,     Hjemmel("FAM-10", "sundhedsloven, § 59, stk. 4")),
    Aldre(date.min,   Handling.GRUPPE, 15,       15,     Hjemmel("FAM-10", "sundhedsloven, § 58, stk. 3")),
    Aldre(date.min,   Handling.KORT,   15,       18,     Hjemmel("FAM-10", "en forælder bestiller kort til 18 år")),
)
FRAFLYTNINGSKOMMUNE = (
    #    gælder fra  dage  hjemmel
    Dage(date.min,   30,   Hjemmel("FLYT-01", "fristen som LV-18's 30 dage")),
)
"""How long the municipality that a person moved from may still order for him."""
ROLLER: Mapping[str, Collection[str]] = {
    # role                     by which channels it may order (ROL-02)
    Rolle.BORGER:               (Bestillingskanal.SELVBETJENING,),
    Rolle.SAGSBEHANDLER:        (Bestillingskanal.SAGSBEHANDLER,),
    Rolle.SAERLIGE_RETTIGHEDER: (Bestillingskanal.SAGSBEHANDLER,),
    "ADMINISTRATOR":            (),
    "GLOBAL_ADMINISTRATOR":     (),
}
# fmt: on


def afslag_paa_rolle(kanal: str, rolle: str) -> Afslag | None:
    """ROL-02: a role orders by its own channel; what nobody knows may nothing."""
    if kanal not in set(Bestillingskanal):
        return Afslag.UKENDT_KANAL
    if rolle not in ROLLER:
        return Afslag.UKENDT_ROLLE
    return None if kanal in ROLLER[rolle] else Afslag.ROLLE_PASSER_IKKE


def afslag_i_selvbetjening(
    handling: Handling, forhold: Forhold, foedt: date | None, aktoer_foedt: date | None, paa: date, *, fuldmagt: bool
) -> Afslag | None:
    """FAM-03, FAM-08..11, FAM-15, GRP-09: why a citizen may not do it for this person on this day; None: he may.

    Who may not yet do it for himself does it for nobody (he has no MitID). One holder of custody is enough (FAM-08).
    `foedt`: of the person it is for; without a birth date nobody is a child, as everywhere.
    """
    graense = _aldre(handling, paa)
    if forhold is Forhold.AEGTEFAELLE:
        return Afslag.AEGTEFAELLE
    if aktoer_foedt is not None and alder(aktoer_foedt, paa) < graense.selv_fra:
        return Afslag.FOR_UNG
    if forhold is Forhold.SELV or fuldmagt:
        return None
    if er_myndig(foedt, paa):
        return None if forhold is Forhold.MYNDIG else Afslag.VOKSEN_UDEN_FULDMAGT
    er_barn = foedt is not None and alder(foedt, paa) < graense.indtil
    if not er_barn:
        return Afslag.UNG_VAELGER_SELV
    return None if forhold is Forhold.MYNDIG else Afslag.BARN_UDEN_MYNDIGHED


def myndighed_bestaar(foedt: date | None, oplyst: date | None, paa: date) -> bool:
    """FAM-02: custody ends at 18. Who was told of while the person was a child is thus no guardian of the adult.

    `oplyst`: the day it was told; None: nobody knows, and what was told holds.
    """
    return oplyst is None or er_myndig(foedt, oplyst) or not er_myndig(foedt, paa)


def _aldre(handling: Handling, paa: date) -> Aldre:
    raekker = [r for r in ALDRE if r.handling is handling and r.gaelder_fra <= paa]
    return max(raekker, key=lambda r: r.gaelder_fra)


def afslag_paa_kommune(kommunekode: str, bopael: Bopael, paa: date) -> Afslag | None:
    """KORT-08: only the temporary card is given across municipalities, so one orders for those who live there.

    FLYT-01: the municipality moved from may still, for 30 days, and the one that owns a choice in progress.
    FLYT-04: the one that a move goes to may before its day. Who lives in none is about to enter: any may (IND-03).
    """
    hjemme = kommune(bopael.kommunekode)
    meldte = (kommune(m) for m in bopael.meldt_kommuner)
    if hjemme is None or kommunekode in (hjemme, *meldte, *bopael.valg_i_kommuner):
        return None
    if kommunekode == kommune(bopael.fraflyttet_kommune) and bopael.fraflyttet is not None:
        frist = max((r for r in FRAFLYTNINGSKOMMUNE if r.gaelder_fra <= paa), key=lambda r: r.gaelder_fra)
        if paa <= plus_dage(bopael.fraflyttet, frist.dage):
            return None
    return Afslag.BOR_I_ANDEN_KOMMUNE


def afslag_paa_ejer(kommunekode: str | None, ejer: str | None) -> Afslag | None:
    """FLYT-01, FORL-05: a forløb is its own municipality's to cancel or change. None stated: nothing to judge by."""
    if kommunekode is None or kommunekode in (ejer, kommune(ejer)):
        return None
    return Afslag.EN_ANDEN_KOMMUNES
