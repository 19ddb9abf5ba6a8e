"""What is done with what is under way for one who has left Denmark, is missing or dead (CPR-14, NORD-01)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.laegevalg.forloeb import INDREJSE, indrejsevalg, oversaettelse
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg
from services.laegevalg.forloeb.personsag import PERSONSAG, laegens_ophoer
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, PersonsagensRetOphoerte, RettenErOphoert
from services.laegevalg.forloeb.sagsbeskeder import IndrejsensRetOphoerte, Sag
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.breve import brevet_videre
from services.laegevalg.handlers.faelles import registrer, tjeneste
from services.laegevalg.handlers.valg import valget_videre
from services.laegevalg.store import (
    BREVFORLOEBENE,
    KORT_I_GANG,
    PERSONSAGER,
    SAGER,
    SAGER_I_GANG,
    SIKREDE,
    VALG,
    VALG_I_GANG,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald


@tjeneste.naar(sig.PersonenErFraflyttet, laeser=(VALG.en(), BREVFORLOEBENE.en(), SIKREDE.en()))
def naar_personen_er_fraflyttet(
    besked: sig.PersonenErFraflyttet, valg: Valg | None, brev: Brevforloeb | None, sikret: Sikret | None, nu: datetime
) -> Udfald:
    """NORD-01, CPR-14: told to each choice and each letter that was open."""
    if brev is not None:
        return brevet_videre(brev, besked, sikret, nu)
    if valg is None:
        raise UventetBesked(LAEGEVALG.navn, "UKENDT_FORLOEB", type(besked).__name__)
    status = sikret.person.status if sikret is not None and sikret.person is not None else ""
    if indrejsevalg.er_til_en_tilbagevenden(valg, status):
        return INTET
    return valget_videre(valg, besked, sikret, nu)


@tjeneste.naar(
    RettenErOphoert,
    laeser=(SIKREDE.en(), SAGER.soeg(SAGER_I_GANG), VALG.soeg(VALG_I_GANG), PERSONSAGER.soeg(KORT_I_GANG)),
)
def naar_retten_er_ophoert(
    besked: RettenErOphoert, sikret: Sikret | None, sager: Mapping[str, Sag], valg: Mapping[str, Valg],
    kort: Mapping[str, Personsag], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-14, NORD-01: what began before, cards that are not drawn too. What began since is of a new right."""
    stoppet = INTET
    for sag in (k for k in kort.values() if k.startet <= besked.ophoert):
        stop = PersonsagensRetOphoerte(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        stoppet += PERSONSAG.skridt(sag, stop, nu)
    if sikret is None:
        return stoppet
    foer = [s for s in sager.values() if s.virkningsdato < besked.dag and s.startet <= besked.ophoert]
    status = sikret.person.status if sikret.person is not None else ""
    afbrudt = afbryd(sikret, status, foer, [v for v in valg.values() if v.startet <= besked.ophoert], nu)
    return stoppet + _uden_laege_fra_foer(besked, afbrudt, nu)


def _uden_laege_fra_foer(besked: RettenErOphoert, afbrudt: Udfald, nu: datetime) -> Udfald:
    """CPR-14: an entry that began in the same batch may have given a doctor before this second look."""
    efter = next(r for r in afbrudt.raekker if isinstance(r, Sikret))
    if efter.ydernummer is None or efter.laege_fra is None or efter.laege_fra >= besked.dag:
        return afbrudt
    om = {"forloeb_id": besked.forloeb_id, "person_id": besked.person_id}
    ophoer = laegens_ophoer(om, efter.ydernummer, besked.dag, besked.grund)
    ny = registrer(efter, ophoer, nu)
    raekker = tuple(ny if r is efter else r for r in afbrudt.raekker)
    return replace(afbrudt, raekker=raekker, beskeder=(*afbrudt.beskeder, *ophoer))


def afbryd(sikret: Sikret, status: str, sager: Collection[Sag], valg: Iterable[Valg], nu: datetime) -> Udfald:
    """CPR-14, NORD-01: at once, so that nothing under way gives him a doctor afterwards; the open letters too."""
    afbrudt, sikret = INTET, replace(sikret, soeger_laege=None)
    for sag in sager:
        ophoert = IndrejsensRetOphoerte(forloeb_id=sag.forloeb_id, person_id=sag.person_id)
        afbrudt += INDREJSE.skridt(sag, ophoert, nu)
    for v in (v for v in valg if not indrejsevalg.er_til_en_tilbagevenden(v, status)):
        fraflyttet = sig.PersonenErFraflyttet(forloeb_id=v.forloeb_id, person_id=v.person_id)
        skridt = valget_videre(v, fraflyttet, sikret, nu)
        sikret = next((r for r in skridt.raekker if isinstance(r, Sikret)), sikret)
        afbrudt += replace(skridt, raekker=tuple(r for r in skridt.raekker if not isinstance(r, Sikret)))
    breve = oversaettelse.fraflyttet(sikret.aabne_breve, sikret.person_id, nu)
    if any(sag.forloeb_id == sikret.genfinding for sag in sager):
        sikret = replace(sikret, genfinding=None)
    return afbrudt + Udfald(raekker=(sikret,), frister=tuple(breve))
