"""What is done when two persons turn out to be one, and with what is still heard under the id given up (CPR-11).

The row of the old id points to the new one and is emptied: what it had is the person's under his new id. Forløb that
run keep the id they began under, so that their messages stay in order wherever they are heard. What comes of them is
handed over as it comes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from contracts.base import Besked
from contracts.person import PersonSammenlagt
from services.laegevalg import rules
from services.laegevalg.forloeb import INDREJSE, familie
from services.laegevalg.forloeb import beskeder as sig
from services.laegevalg.forloeb.beskeder import Brevforloeb, Valg
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.personsagsbeskeder import Personsag, Personsagsbesked
from services.laegevalg.forloeb.sagsbeskeder import KortetsNavnKom, Sag
from services.laegevalg.forloeb.sammenlaegning import (
    LaegSammen,
    Samlet,
    erstattede,
    i_raekkefoelge,
    kort_id,
    meddelelser,
    nyt_kort,
    saml,
    stadig_doed,
    videre,
)
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.faelles import naar
from services.laegevalg.handlers.personer import sikret_af
from services.laegevalg.store import (
    AFLOESTE_AF_DEN_TIDLIGERE,
    DEN_TIDLIGERES_PERSONSAGER,
    DEN_TIDLIGERES_SAGER,
    DEN_TIDLIGERES_VALG,
    PERSONENS_VALG,
    PERSONSAGER,
    SAGER,
    SIKREDE,
    VALG,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Handler, SaetFrist, Udfald
from shared.platform.tjeneste import Tjeneste

Valgene = Mapping[str, Valg]
FORLOEB = (Sag, Valg, Personsag)


@naar(
    PersonSammenlagt, LaegSammen,
    laeser=(SIKREDE.en(), SIKREDE.en("tidligere_person_id"), VALG.soeg(PERSONENS_VALG), VALG.soeg(DEN_TIDLIGERES_VALG),
            PERSONSAGER.en(kort_id), SIKREDE.soeg(AFLOESTE_AF_DEN_TIDLIGERE), SAGER.soeg(DEN_TIDLIGERES_SAGER),
            PERSONSAGER.soeg(DEN_TIDLIGERES_PERSONSAGER)),
)  # fmt: skip
def naar_to_er_en_person(
    besked: PersonSammenlagt | LaegSammen, sikret: Sikret | None, tidligere: Sikret | None,
    egne: Valgene, andens: Valgene, kortet: Personsag | None, foerste: Mapping[str, Sikret],
    sager: Mapping[str, Sag], sket: Mapping[str, Personsag], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-11: all that is known under the old id is the person's under the new one; told again, nothing is left."""
    if besked.person_id == besked.tidligere_person_id or _er_hinanden(besked, sikret):
        return INTET
    kendte = sikret, tidligere
    if isinstance(besked, PersonSammenlagt):
        sikret, tidligere = sikret or sikret_af(besked.person, 0, None), tidligere or _ukendt(besked)
    if sikret is None or tidligere is None:
        raise UventetBesked("laegevalg", "UKENDT_SIKRET", type(besked).__name__)
    udfald = INTET
    til_sig = sikret.afloest_af is None and tidligere.kort_venter_paa_navn is None
    if kortet is None and til_sig:
        kort = nyt_kort(besked, sikret, tidligere, sager.values(), nu)
        udfald = INTET if kort is None else PERSONSAG.skridt(*kort, nu)
    slut = besked.afsluttede if isinstance(besked, LaegSammen) else ()
    samlet = saml(sikret.sikring, sikret.historik, tidligere.sikring, tidligere.historik, nu)
    samlet = stadig_doed(samlet, sikret, nu)
    beskeder = meddelelser(sikret.person_id, tidligere.person_id, sikret.sikring, tidligere.sikring, samlet.sikring)
    valg = {**egne, **andens}
    aabne = i_raekkefoelge((v for v in (*sikret.aabne_valg, *tidligere.aabne_valg) if v not in slut), valg)
    ny, navnet = _navnet(_samlet(sikret, tidligere, samlet, aabne, slut), nu)
    ny, vaekkede = _vaek(ny, slut, nu)
    raekker = tuple(r for r in (ny, _tom(tidligere, ny)) if r not in kendte)
    raekker += tuple(replace(f, afloest_af=ny.person_id) for f in foerste.values() if f.person_id != ny.person_id)
    udfald += Udfald(
        raekker=raekker, beskeder=tuple(beskeder), frister=(*_valgene(ny, aabne, valg, nu), *navnet, *vaekkede)
    )
    til = tidligere.afloest_af or ny.person_id
    udfald += Udfald(raekker=tuple(flyttede([*sager.values(), *andens.values(), *sket.values()], til)))
    return udfald if tidligere.afloest_af is not None else udfald + Udfald(frister=(_se_efter(tidligere, til, nu),))


def _se_efter(tidligere: Sikret, til: str, nu: datetime) -> SaetFrist:
    """Decision 0024: once more, for what began under the old id in the moment of the join."""
    igen = LaegSammen(person_id=til, tidligere_person_id=tidligere.person_id)
    return SaetFrist(f"{tidligere.person_id}:LaegSammen", nu, igen)


def _samlet(sikret: Sikret, tidligere: Sikret, samlet: Samlet, aabne: tuple[str, ...], slut: Sequence[str]) -> Sikret:
    sikring = samlet.sikring
    return replace(
        sikret,
        gruppe=sikring.gruppe,
        gruppe_fra=sikring.gruppe_fra,
        ydernummer=sikring.ydernummer,
        laege_fra=sikring.laege_fra,
        praksisnavn=_praksisnavn(sikring.ydernummer, sikret, tidligere),
        historik=samlet.historik,
        aabne_valg=aabne,
        aabne_breve=_begges(sikret.aabne_breve, tidligere.aabne_breve, uden=slut),
        kort_venter_paa_navn=sikret.kort_venter_paa_navn or tidligere.kort_venter_paa_navn,
        indrejse=sikret.indrejse or tidligere.indrejse,
        genfinding=next(
            (g for g in (sikret.genfinding, tidligere.genfinding) if g is not None and g not in slut), None
        ),
        soeger_laege=sikret.soeger_laege or tidligere.soeger_laege,
        ventes_af=tuple(dict.fromkeys((*sikret.ventes_af, *tidligere.ventes_af))),
        indrejsevalg=_begges(sikret.indrejsevalg, tidligere.indrejsevalg, uden=slut),
        meldt_flytning=sikret.meldt_flytning or tidligere.meldt_flytning,
        tidligere_ider=_begges(sikret.tidligere_ider, (tidligere.person_id, *tidligere.tidligere_ider)),
    )


def flyttede(forloeb: Iterable[Sag | Valg | Personsag], til: str) -> list[Sag | Valg | Personsag]:
    """Decision 0024: they keep the id they began under, and are found by the one the person goes by."""
    return [replace(f, nu_hos=til) for f in forloeb if til not in (f.nu_hos, f.person_id)]


def _er_hinanden(besked: PersonSammenlagt | LaegSammen, sikret: Sikret | None) -> bool:
    """The two are one already, the other way round."""
    return sikret is not None and sikret.afloest_af == besked.tidligere_person_id


def _ukendt(besked: PersonSammenlagt) -> Sikret:
    """The row of an id that nothing was heard of: what comes under it leads to the person all the same."""
    return replace(
        sikret_af(besked.person, 0, None),
        person_id=besked.tidligere_person_id,
        cpr=besked.tidligere_cpr,
        adresse=None,
        kommunekode=None,
    )


def _tom(tidligere: Sikret, ny: Sikret) -> Sikret:
    return replace(
        tidligere,
        afloest_af=tidligere.afloest_af or ny.person_id,
        gruppe=None,
        gruppe_fra=None,
        ydernummer=None,
        laege_fra=None,
        praksisnavn="",
        historik=(),
        aabne_valg=(),
        aabne_breve=(),
        kort_venter_paa_navn=None,
        indrejsevalg=(),
        genfinding=None,
        tidligere_ider=(),
        soeger_laege=None,
        ventes_af=(),
    )


def _begges(egne: Sequence[str], andens: Sequence[str], uden: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(id_ for id_ in dict.fromkeys((*egne, *andens)) if id_ not in uden)


def _praksisnavn(ydernummer: str | None, *kendte: Sikret) -> str:
    return next((s.praksisnavn for s in kendte if s.ydernummer is not None and s.ydernummer == ydernummer), "")


def _vaek(ny: Sikret, slut: Sequence[str], nu: datetime) -> tuple[Sikret, tuple[SaetFrist, ...]]:
    """FAM-05: those who wait for an entry that is over under the old id look again."""
    if ny.soeger_laege in slut:
        ny = replace(ny, soeger_laege=None)
    if ny.soeger_laege is not None or not ny.ventes_af or not slut:
        return ny, ()
    return replace(ny, ventes_af=()), tuple(familie.vaek(igen, nu) for igen in ny.ventes_af)


def _valgene(sikret: Sikret, aabne: tuple[str, ...], valg: dict[str, Valg], nu: datetime) -> tuple[SaetFrist, ...]:
    """Decision 0013: the newest choice counts. NORD-01: none does for one who has left the country."""
    aendres: list[sig.Valgbesked] = list(erstattede(aabne, valg))
    if sikret.person is not None and rules.er_fraflyttet(sikret.person.status):
        aendres = [sig.PersonenErFraflyttet(forloeb_id=v, person_id=sikret.person_id) for v in aabne]
    return tuple(SaetFrist(f"{b.forloeb_id}:{type(b).__name__}", nu, b) for b in aendres)


def _navnet(sikret: Sikret, nu: datetime) -> tuple[Sikret, tuple[SaetFrist, ...]]:
    """CPR-15: a card that waited under one id for the name that is known under the other."""
    forloeb_id = sikret.kort_venter_paa_navn
    if forloeb_id is None or sikret.person is None or sikret.person.unavngivet:
        return sikret, ()
    navnet = KortetsNavnKom(forloeb_id=forloeb_id, person_id=sikret.person_id)
    return replace(sikret, kort_venter_paa_navn=None), (SaetFrist(f"{forloeb_id}:KortetsNavnKom", nu, navnet),)


# --- what is still heard under the old id -----------------------------------------------------------------------------


def foelg_personen(tjeneste: Tjeneste) -> None:
    """Every handler of the service follows a person who is known under another id now."""
    for type_, registreret in tjeneste.handlere.items():
        tjeneste.handlere[type_] = replace(registreret, handler=_der_foelger(registreret.handler))


def _der_foelger(handler: Handler) -> Handler:
    """What the service tells itself is done under the new id; what anything else leads to is handed over to it."""

    @wraps(handler)
    def med_sammenlagte(besked: Besked, *resten: Any) -> Udfald:
        *laest, nu = resten
        sikrede = [s for s in laest if isinstance(s, Sikret)]
        if all(s.afloest_af is None for s in sikrede):
            return handler(besked, *resten)
        afloest = next((s for s in sikrede if s.person_id == getattr(besked, "person_id", None)), None)
        if isinstance(besked, sig.Valgbesked | Personsagsbesked) and afloest is not None and afloest.afloest_af:
            return Udfald(frister=(videre(besked, afloest.afloest_af, nu),))
        udfald = handler(besked, *resten)
        til = {s.person_id: s.afloest_af for s in sikrede}
        udfald = replace(udfald, raekker=tuple(_hos_den_nye(r, til) for r in udfald.raekker))
        return udfald + Udfald(frister=tuple(_overdragelser(udfald, sikrede, nu)))

    return med_sammenlagte


def _hos_den_nye(raekke: Any, til: Mapping[str, str | None]) -> Any:
    """What begins, or goes on, under an id given up."""
    if not isinstance(raekke, FORLOEB) or raekke.nu_hos is not None or til.get(raekke.person_id) is None:
        return raekke
    return replace(raekke, nu_hos=til[raekke.person_id])


def _overdragelser(udfald: Udfald, sikrede: Sequence[Sikret], nu: datetime) -> list[SaetFrist]:
    """What a message left on a row that is not used any more, and the forløb that ended or went on under it."""
    nyeste = {s.person_id: s for s in (*sikrede, *(r for r in udfald.raekker if isinstance(r, Sikret)))}
    slut = tuple(r.forloeb_id for r in udfald.raekker if _er_slut(r))
    rykkede = any(isinstance(r, Valg) for r in udfald.raekker)
    return [
        SaetFrist(
            ":".join((s.person_id, "LaegSammen", *slut)),
            nu,
            LaegSammen(person_id=s.afloest_af, tidligere_person_id=s.person_id, afsluttede=slut),
        )
        for s in nyeste.values()
        if s.afloest_af is not None and (rykkede or slut or not s.er_tom)
    ]


def _er_slut(raekke: object) -> bool:
    match raekke:
        case Valg():
            return raekke.tilstand in LAEGEVALG.afsluttede()
        case Sag():
            return raekke.tilstand in INDREJSE.afsluttede()
        case Brevforloeb():
            return raekke.tilstand in BREVFORLOEB.afsluttede()
        case _:
            return False
