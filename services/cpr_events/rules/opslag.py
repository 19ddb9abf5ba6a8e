"""CPR-16: who may make a paid look-up in CPR, when an order is too old to be paid for, and what is said of the rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.begrundelse import Begrundelse
from contracts.cpr_opslag import CprOpslagBestilt
from contracts.kommuner import KOMMUNER
from shared.domain.cpr import foedselsdato, ligner_cpr
from shared.domain.datoer import dato
from shared.domain.hjemmel import Hjemmel

URE_GAAR_FORKERT = timedelta(minutes=5)
"""How much a sender's clock may be ahead of ours."""
SLAA_OP = "SLAA_OP"


@dataclass(frozen=True, slots=True)
class Opslagsfrister:
    """How long an order of a look-up stands (our own), from the day of the order on."""

    gaelder_fra: date
    svar: timedelta
    """Without an answer for so long the caseworker is told that it is not known yet."""
    holder: timedelta
    """So long after the order nothing is sent any more: the question is no longer the one that was asked."""


# fmt: off
OPSLAGSFRISTER = (
    #              gælder fra         svar                    holder
    Opslagsfrister(date(1968, 4, 1),  timedelta(minutes=15),  timedelta(days=1)),
)
ROLLER: Mapping[str, Collection[str]] = {
    # role                  what it may do
    "BORGER":               (),
    "SAGSBEHANDLER":        (SLAA_OP,),
    "SAERLIGE_RETTIGHEDER": (SLAA_OP,),
    "ADMINISTRATOR":        (SLAA_OP,),
    "GLOBAL_ADMINISTRATOR": (),
}
KANALER: Mapping[str, Collection[str]] = {
    # channel         what comes by it
    "SELVBETJENING":  (),
    "SAGSBEHANDLER":  (SLAA_OP,),
    "ADMINISTRATION": (),
}
_ROLLE, _OPSLAG = Hjemmel("ROL-02"), Hjemmel("CPR-16")
TEKSTER: Mapping[str, tuple[str, Hjemmel]] = {
    "UKENDT_KANAL": ("Kanalen kendes ikke.", _ROLLE),
    "UKENDT_ROLLE": ("Rollen kendes ikke, og en ukendt rolle må ingenting.", _ROLLE),
    "IKKE_BEMYNDIGET": ("Kun en sagsbehandler kan slå en person op i CPR.", _ROLLE),
    "UKENDT_KOMMUNE": ("Kommunekoden er ikke en af de 98 kommuner.", _OPSLAG),
    "TIDSPUNKT_I_FREMTIDEN": ("Opslagets tidspunkt ligger i fremtiden.", _OPSLAG),
    "FOR_GAMMEL": ("Opslaget er mere end et døgn gammelt og er ikke sendt til CPR. Bestil et nyt.", _OPSLAG),
    "UGYLDIGT_CPR": ("CPR-nummeret begynder ikke med en dato, så ingen kan have det.", _OPSLAG),
    "CPR_I_TEKST": ("Skriv ikke CPR-numre i begrundelsen for opslaget.", _OPSLAG),
    "OPSLAG_ID_BRUGT": ("Opslagets id er allerede brugt til et andet opslag.", _OPSLAG),
    "IKKE_FUNDET": ("CPR kender ikke nummeret.", _OPSLAG),
    "AFVIST_AF_CPR": ("CPR har afvist opslaget.", _OPSLAG),
    "UBRUGELIGT_SVAR": ("CPR's svar kunne ikke bruges. Kontakt driften, før opslaget bestilles igen.", _OPSLAG),
    "IKKE_SAT_OP": ("Der er ingen forbindelse til CPR's opslag. Kontakt driften.", _OPSLAG),
    "SVAR_UDEBLEV": ("CPR har ikke svaret, og det vides ikke, om opslaget er udført.", _OPSLAG),
    "UAFKLARET": ("CPR har ikke svaret endnu. Der kommer besked; bestil ikke det samme opslag igen.", _OPSLAG),
}
# fmt: on


def begrundelse(kode: str) -> Begrundelse:
    """What is said for a code. Raises `KeyError` for one that has no text."""
    tekst, hjemmel = TEKSTER[kode]
    return Begrundelse(tekst=tekst, regel=hjemmel.regel, hjemmel=hjemmel.kilde)


def frister(bestilt: datetime) -> Opslagsfrister:
    """The row in force on the Danish day of the order; the first one for days before all rows."""
    paa = dato(bestilt)
    return next((f for f in reversed(OPSLAGSFRISTER) if f.gaelder_fra <= paa), OPSLAGSFRISTER[0])


def senest(bestilt: datetime) -> datetime:
    """CPR-16: the last instant at which an order may still be sent."""
    return bestilt + frister(bestilt).holder


def afslag(bestilt: CprOpslagBestilt, nu: datetime) -> str | None:
    """CPR-16: the code for which an order is refused before CPR is asked; None when it may be asked."""
    if bestilt.kanal not in KANALER:
        return "UKENDT_KANAL"
    if bestilt.rolle not in ROLLER:
        return "UKENDT_ROLLE"
    if SLAA_OP not in KANALER[bestilt.kanal] or SLAA_OP not in ROLLER[bestilt.rolle]:
        return "IKKE_BEMYNDIGET"
    if bestilt.kommunekode not in KOMMUNER:
        return "UKENDT_KOMMUNE"
    if bestilt.bestilt > nu + URE_GAAR_FORKERT:
        return "TIDSPUNKT_I_FREMTIDEN"
    if nu > senest(bestilt.bestilt):
        return "FOR_GAMMEL"
    if foedselsdato(bestilt.cpr) is None:
        return "UGYLDIGT_CPR"
    return "CPR_I_TEKST" if ligner_cpr(bestilt.grund) else None
