"""What a municipality may see: the persons who live there, and the forløb that are its own."""

from datetime import date

from contracts.bestilling import Rolle
from services.laegevalg.forloeb import Sag
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, Sagstilstand
from services.laegevalg.forloeb.sikret import Sikret
from shared.platform.opslag.erklaering import Bruger

SER_BESKYTTEDE_ADRESSER = frozenset({Rolle.SAERLIGE_RETTIGHEDER})
"""SIK-02: who needs a protected address."""
Forloebsraekke = Sag | Valg | Brevforloeb | Personsag
ER_IKKE_BEGYNDT = frozenset(
    {Sagstilstand.AFVENTER_VALG, Sagstilstand.BEHANDLET_UDEN_HANDLING, Sagstilstand.TILBAGEKALDT}
)
"""What happened to a person was heard, and no forløb has come of it (CPR-02, FLYT-06)."""


def maa_se_person(sikret: Sikret | None, bruger: Bruger) -> bool:
    """FORL-02: the municipality where the person lives now, and no other: a former one sees nothing newer."""
    adresse = sikret.adresse if sikret is not None else None
    return adresse is not None and adresse.kommunekode == bruger.kommunekode


def maa_se_forloeb(raekke: Forloebsraekke, bruger: Bruger) -> bool:
    """FLYT-01: a forløb is seen in the municipality it was made in, also after a move, and in no other."""
    if isinstance(raekke, Personsag) and raekke.tilstand in ER_IKKE_BEGYNDT:
        return False
    return raekke.kommunekode == bruger.kommunekode


def maa_se_beskyttet(bruger: Bruger) -> bool:
    """SIK-02: whether the role may see where a protected person lives."""
    return bruger.rolle in SER_BESKYTTEDE_ADRESSER


def er_beskyttet(sikret: Sikret, paa: date) -> bool:
    """SIK-02, CPR-13: the dates decide, both counted; the mark is of the day it was told, and alone where they lack.

    Where there is no snapshot nothing is known, so nothing is shown.
    """
    p = sikret.person
    if p is None:
        return True
    begyndt = p.beskyttet if p.beskyttet_fra is None else p.beskyttet_fra <= paa
    return begyndt and (p.beskyttet_til is None or paa <= p.beskyttet_til)
