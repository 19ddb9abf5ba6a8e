"""The rows of the service as they are shown."""

from collections.abc import Iterable
from datetime import date

from contracts.person import Adresse
from services.laegevalg.forloeb import INDREJSE, Sag
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg
from services.laegevalg.forloeb.brev import ART as BREV_ART
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.faelles import ART as VALG_ART
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import Personsag
from services.laegevalg.forloeb.registrering import historik
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.opslag.svar import (
    Adressesvar,
    Dispensation,
    Forloebslinje,
    Forloebssvar,
    Historiksvar,
    Igangvaerende,
    Personsvar,
    Registreringssvar,
)
from services.laegevalg.opslag.synlighed import (
    Forloebsraekke,
    er_beskyttet,
    maa_se_beskyttet,
    maa_se_forloeb,
)
from shared.platform.opslag.erklaering import Bruger

SYSTEM = "SYSTEM"
"""LV-05: made by the hub itself."""


def personen(sikret: Sikret, valg: Iterable[Valg], bruger: Bruger, paa: date) -> Personsvar:
    """SIK-02: the flag for all, the protected address for those who need it."""
    beskyttet = er_beskyttet(sikret, paa)
    skjult = beskyttet and not maa_se_beskyttet(bruger) and sikret.adresse is not None
    return Personsvar(
        person_id=sikret.person_id,
        cpr=sikret.cpr,
        navn=sikret.person.navn if sikret.person else "",
        foedselsdato=sikret.foedselsdato,
        beskyttet=beskyttet,
        adresse=None if skjult or sikret.adresse is None else _adresse(sikret.adresse),
        adresse_skjult=skjult,
        gruppe=sikret.gruppe,
        gruppe_fra=sikret.gruppe_fra,
        ydernummer=sikret.ydernummer,
        laege_fra=sikret.laege_fra,
        igangvaerende_laegevalg=tuple(_igangvaerende(v, bruger) for v in valg if i_gang(v)),
    )


def _adresse(a: Adresse) -> Adressesvar:
    return Adressesvar(
        kommunekode=a.kommunekode,
        linje=a.linje,
        conavn=a.conavn,
        bynavn=a.bynavn,
        postnummer=a.postnummer,
        postdistrikt=a.postdistrikt,
    )


def _igangvaerende(valg: Valg, bruger: Bruger) -> Igangvaerende:
    """FLYT-03: another municipality's choice: that it is there, and where."""
    eget = maa_se_forloeb(valg, bruger)
    return Igangvaerende(kommunekode=valg.kommunekode, forloeb_id=valg.forloeb_id if eget else None)


def historikken(sikret: Sikret) -> Historiksvar:
    """LV-01, FORL-02: every registration, whichever municipality the person lived in."""
    linjer = tuple(
        Registreringssvar(
            art=linje.registrering.art,
            vaerdi=linje.registrering.vaerdi or "",
            fra=linje.registrering.fra,
            til=linje.til,
            erstattet=linje.erstattet,
            registreret=linje.registrering.registreret,
        )
        for linje in historik(sikret.historik)
    )
    return Historiksvar(registreringer=linjer)


def i_gang(raekke: Forloebsraekke) -> bool:
    """FORL-05: whether the forløb has not come to an end."""
    match raekke:
        case Sag():
            return raekke.tilstand not in INDREJSE.afsluttede()
        case Valg():
            return raekke.tilstand not in LAEGEVALG.afsluttede()
        case Brevforloeb():
            return raekke.tilstand not in BREVFORLOEB.afsluttede()
        case Personsag():
            return raekke.tilstand not in PERSONSAG.afsluttede()


def linjen(raekke: Forloebsraekke) -> Forloebslinje:
    """A forløb in a list."""
    return Forloebslinje(
        forloeb_id=raekke.forloeb_id,
        art=_art(raekke),
        tilstand=raekke.tilstand.value,
        i_gang=i_gang(raekke),
        startet=raekke.startet,
        virkningsdato=_virkningsdato(raekke),
        ydernummer=None if isinstance(raekke, Brevforloeb) else raekke.ydernummer,
        praksisnavn=raekke.praksisnavn,
    )


def _virkningsdato(raekke: Forloebsraekke) -> date | None:
    match raekke:
        case Sag() | Valg():
            return raekke.virkningsdato
        case Personsag():
            return raekke.dag
        case Brevforloeb():
            return None


def _art(raekke: Forloebsraekke) -> str:
    match raekke:
        case Sag() | Personsag():
            return raekke.art.value
        case Valg():
            return VALG_ART
        case Brevforloeb():
            return BREV_ART


def forloebet(raekke: Forloebsraekke, person_id: str) -> Forloebssvar:
    """LV-05, FORL-04: who made it; LV-07: a dispensation without its rule. CPR-11: under the id he has now."""
    valg = raekke if isinstance(raekke, Valg) else None
    return Forloebssvar(
        **linjen(raekke).model_dump(),
        person_id=person_id,
        oprettet_af=valg.oprettet_af if valg else SYSTEM,
        borger_cpr=valg.borger_cpr if valg else None,
        bestilling_id=valg.bestilling_id if valg else None,
        gebyr_oere=valg.gebyr_oere if valg else 0,
        dispensation=_dispensation(valg) if valg and valg.anmodet else None,
        godkendt=valg.godkendt if valg else None,
    )


def _dispensation(valg: Valg) -> Dispensation:
    return Dispensation(anmodet=valg.anmodet_tid, leveret=valg.leveret, besvaret=bool(valg.svar))
