"""What is done with each message from CPR, and from those who tell what no extract carries."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from contracts.cpr import (
    AfsoningMeldt,
    CprHaendelse,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
    VaernepligtMeldt,
)
from contracts.cpr_opslag import CprOpslagBestilt
from contracts.noegle import cpr_noegle, person_id_ved_oprettelse
from services.cpr_events import rules
from services.cpr_events.forloeb import opslag as opslaget
from services.cpr_events.forloeb import skift
from services.cpr_events.forloeb import ventende as venter
from services.cpr_events.forloeb.beskeder import (
    Flytning,
    FlytningTraederIKraft,
    Person,
    Personnummer,
    TilstandenSkifter,
    UdenUdtraek,
    UkendtHaendelse,
)
from services.cpr_events.forloeb.opslag import OPSLAG, CprOpslag, OpslagHentet, Opslagstilstand
from services.cpr_events.forloeb.person import modtag, ukendt_haendelse
from services.cpr_events.forloeb.uden_for import traed_i_kraft
from services.cpr_events.forloeb.ventende import Ventende, VentendeKanBruges, VentetidUdloeb
from services.cpr_events.rules import opslag as opslagsregler
from services.cpr_events.rules.billede import FraUdtraek
from services.cpr_events.store import (
    CPR_OPSLAG,
    EFTER_NUMMER,
    FLYTNINGER,
    PERSONER,
    PERSONNUMRE,
    UKENDTE,
    VENTENDE,
)
from shared.domain.cpr import ligner_cpr
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald
from shared.platform.tabel import Laesning
from shared.platform.tjeneste import Tjeneste

Oprettelse = Callable[[str], str]


def byg(hemmelighed: str) -> Tjeneste:
    """The service with the secret that ids of new persons are made from (`contracts.noegle`)."""
    tabeller = (PERSONER, PERSONNUMRE, FLYTNINGER, UKENDTE, CPR_OPSLAG, VENTENDE)
    tjeneste = Tjeneste("cpr_events", emner=("cpr.haendelser", "cpr.opslag.forespoergsel"), tabeller=tabeller)
    oprettelse = partial(person_id_ved_oprettelse, hemmelighed=hemmelighed)
    _udtraekket(tjeneste, oprettelse)
    _bestilte_opslag(tjeneste, oprettelse, partial(cpr_noegle, hemmelighed=hemmelighed))
    _svar_paa_opslag(tjeneste, oprettelse)
    _uden_for_udtraekket(tjeneste, oprettelse)
    _flytningens_dag(tjeneste, oprettelse)
    _det_der_ventede(tjeneste, oprettelse)
    _dagen_det_skifter(tjeneste, oprettelse)
    return tjeneste


def _om_personen(oprettelse: Oprettelse) -> tuple[Laesning, ...]:
    """What is read for a snapshot: its numbers, the rows that may be the person's, and what waits for him."""

    def mulige_ider(besked: FraUdtraek | OpslagHentet) -> list[str]:
        return [oprettelse(nr) for nr in rules.egne_numre(besked.person)]

    return (
        PERSONNUMRE.flere(_numre),
        PERSONER.flere(mulige_ider),
        PERSONER.soeg(EFTER_NUMMER),
        VENTENDE.flere(mulige_ider),
    )


def _udtraekket(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handlers of what an extract carries."""

    def ordensnoegle(besked: FraUdtraek) -> str:
        return oprettelse(rules.aktuelt_nummer(besked.person))

    def naar_cpr_har_meldt(
        besked: FraUdtraek,
        numre: Mapping[str, Personnummer],
        efter_id: Mapping[str, Person],
        efter_nummer: Mapping[str, Person],
        ventende: Mapping[str, Ventende],
        ukendt: UkendtHaendelse | None,
        nu: datetime,
    ) -> Udfald:
        """The person's new state, and what happened to him."""
        kendte = {nr: rk.person_id for nr, rk in numre.items()}
        personer = {**efter_nummer, **efter_id}
        udfald = skift.ny_frist(personer, modtag(besked, kendte, personer, oprettelse), nu)
        udfald += venter.kan_bruges(ventende.values(), rules.find_person_id(besked.person, kendte, oprettelse), nu)
        noegle = ukendt_noegle(besked)
        return udfald if noegle is None or ukendt is not None else udfald + ukendt_haendelse(besked, noegle, nu)

    def ukendt_noegle(besked: FraUdtraek) -> str | None:
        return rules.ukendt_noegle(besked, ordensnoegle(besked))

    laeser = (*_om_personen(oprettelse), UKENDTE.en(ukendt_noegle))
    for type_ in (CprHaendelse, PersonOpdateret):
        tjeneste.naar(type_, laeser=laeser, ordensnoegle=ordensnoegle)(naar_cpr_har_meldt)


def _bestilte_opslag(tjeneste: Tjeneste, oprettelse: Oprettelse, noegle_af: Oprettelse) -> None:
    """CPR-16: the handler of the only thing that begins a paid look-up, a caseworker's command."""

    def ordensnoegle(besked: CprOpslagBestilt) -> str:
        return oprettelse(besked.cpr)

    def naar_opslag_er_bestilt(besked: CprOpslagBestilt, opslag: CprOpslag | None, nu: datetime) -> Udfald:
        """CPR-16: taken once. Raises `UventetBesked` where an answer would hold a CPR number."""
        if any(ligner_cpr(i) for i in (besked.opslag_id, besked.aktoer)):
            raise UventetBesked(OPSLAG.navn, "CPR_I_ID", type(besked).__name__)
        if opslag is not None and opslag.er_samme(besked):
            return INTET
        kode = opslagsregler.afslag(besked, nu) or ("OPSLAG_ID_BRUGT" if opslag is not None else None)
        if kode is not None:
            return Udfald(beskeder=(opslaget.afvist(besked, noegle_af(besked.cpr), kode),))
        ny = CprOpslag(
            **besked.model_dump(),
            noegle=noegle_af(besked.cpr),
            ordensnoegle=ordensnoegle(besked),
            modtaget=nu,
            tilstand=Opslagstilstand.MODTAGET,
        )
        return OPSLAG.skridt(ny, besked, nu)

    tjeneste.naar(CprOpslagBestilt, laeser=CPR_OPSLAG.en(), ordensnoegle=ordensnoegle)(naar_opslag_er_bestilt)


def _svar_paa_opslag(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """CPR-16: the handlers of what CPR answers, and of no answer."""

    def naar_cpr_har_svaret(
        besked: OpslagHentet,
        opslag: CprOpslag | None,
        numre: Mapping[str, Personnummer],
        efter_id: Mapping[str, Person],
        efter_nummer: Mapping[str, Person],
        ventende: Mapping[str, Ventende],
        nu: datetime,
    ) -> Udfald:
        """CPR-16: the person as CPR has him now. CPR-10 decides where the extracts say otherwise."""
        kendte = {nr: rk.person_id for nr, rk in numre.items()}
        person_id = rules.find_person_id(besked.person, kendte, oprettelse)
        fundet = replace(_kendt(opslag, besked), person_id=person_id)
        personer = {**efter_nummer, **efter_id}
        udfald = skift.ny_frist(personer, modtag(besked.som_udtraek(), kendte, personer, oprettelse), nu)
        return udfald + venter.kan_bruges(ventende.values(), person_id, nu) + OPSLAG.skridt(fundet, besked, nu)

    def naar_opslaget_gaar_videre(besked: opslaget.Opslagsbesked, opslag: CprOpslag | None, nu: datetime) -> Udfald:
        """CPR-16: no person, or no answer."""
        return OPSLAG.skridt(_kendt(opslag, besked), besked, nu)

    laeser = (CPR_OPSLAG.en(), *_om_personen(oprettelse))
    tjeneste.naar(OpslagHentet, laeser=laeser, ordensnoegle="ordensnoegle")(naar_cpr_har_svaret)
    for type_ in (
        opslaget.OpslagIkkeFundet,
        opslaget.OpslagMislykket,
        opslaget.OpslagssvarTraekkerUd,
        opslaget.OpslagssvarUdeblev,
    ):
        tjeneste.naar(type_, laeser=CPR_OPSLAG.en(), ordensnoegle="ordensnoegle")(naar_opslaget_gaar_videre)


def _kendt(opslag: CprOpslag | None, besked: opslaget.Opslagsbesked) -> CprOpslag:
    """Raises `UventetBesked` for a look-up that was never ordered."""
    if opslag is None:
        raise UventetBesked(OPSLAG.navn, "UKENDT", type(besked).__name__)
    return opslag


def _personen(besked: UdenUdtraek, efter_id: Person | None, efter_nummer: Mapping[str, Person]) -> Person | None:
    """The person whose number it is, if the hub knows him; CPR-11: else the one person who had it before."""
    alle = {p.person_id: p for p in (*efter_nummer.values(), efter_id) if p is not None and p.afloest_af is None}
    nu = [p for p in alle.values() if p.cpr == besked.cpr]
    foer = [p for p in alle.values() if besked.cpr in (p.snapshot.cpr, *p.snapshot.tidligere_cpr)]
    fundne = nu or foer
    return fundne[0] if len(fundne) == 1 else None


def _flytningens_dag(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handler of the day of an approved move."""

    def ordensnoegle(besked: FlytningTraederIKraft) -> str:
        return oprettelse(besked.cpr)

    def naar_flytningen_traeder_i_kraft(
        besked: FlytningTraederIKraft, flytning: Flytning | None, kendt: Person | None, nu: datetime
    ) -> Udfald:
        """CPR-06, CPR-07: from the day of the move the person lives there, also before the extract has told of it."""
        del nu
        return traed_i_kraft(besked, flytning, kendt, oprettelse)

    laeser = (FLYTNINGER.en(), PERSONER.en())
    tjeneste.naar(FlytningTraederIKraft, laeser=laeser, ordensnoegle=ordensnoegle)(naar_flytningen_traeder_i_kraft)


def _dagen_det_skifter(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handler of the day on which a snapshot says something else by itself."""

    def ordensnoegle(besked: TilstandenSkifter) -> str:
        return oprettelse(besked.cpr)

    def naar_tilstanden_skifter(
        besked: TilstandenSkifter, kendt: Person | None, numre: Mapping[str, Personnummer], nu: datetime
    ) -> Udfald:
        """CPR-13, FAM-02, FAM-03: protection and custody as of the day itself, not of CPR's next delivery."""

        def id_af(nr: str) -> str:
            return numre[nr].person_id if nr in numre else oprettelse(nr)

        return skift.skift(besked, kendt, id_af, nu)

    laeser = (PERSONER.en(), PERSONNUMRE.flere(lambda b: b.familiens_numre))
    tjeneste.naar(TilstandenSkifter, laeser=laeser, ordensnoegle=ordensnoegle)(naar_tilstanden_skifter)


def _uden_for_udtraekket(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handlers of what no extract carries. The number is any that the person has had; an unknown one is awaited."""

    def ordensnoegle(besked: UdenUdtraek) -> str:
        return oprettelse(besked.cpr)

    def naar_flytning_meldes(
        besked: FlytningGodkendt | FlytningTilbagekaldt,
        flytning: Flytning | None,
        efter_id: Person | None,
        efter_nummer: Mapping[str, Person],
        ventende: Ventende | None,
        nu: datetime,
    ) -> Udfald:
        """CPR-06, CPR-07: an approved move is a move; a withdrawn one is none, whichever comes first."""
        kendt = _personen(besked, efter_id, efter_nummer)
        if kendt is None:
            return venter.vent(besked, ventende, ordensnoegle(besked), nu)
        return venter.anvend(besked, flytning, kendt, oprettelse, nu)

    def naar_ophold_meldes(
        besked: AfsoningMeldt | VaernepligtMeldt,
        efter_id: Person | None,
        efter_nummer: Mapping[str, Person],
        ventende: Ventende | None,
        nu: datetime,
    ) -> Udfald:
        """CPR-03, CPR-12: told once; group and doctor stand."""
        kendt = _personen(besked, efter_id, efter_nummer)
        if kendt is None:
            return venter.vent(besked, ventende, ordensnoegle(besked), nu)
        return venter.anvend(besked, None, kendt, oprettelse, nu)

    person = (PERSONER.en(ordensnoegle), PERSONER.soeg(EFTER_NUMMER), VENTENDE.en(ordensnoegle))
    for type_ in (FlytningGodkendt, FlytningTilbagekaldt):
        laeser = (FLYTNINGER.en(), *person)
        tjeneste.naar(type_, laeser=laeser, ordensnoegle=ordensnoegle)(naar_flytning_meldes)
    for type_ in (AfsoningMeldt, VaernepligtMeldt):
        tjeneste.naar(type_, laeser=person, ordensnoegle=ordensnoegle)(naar_ophold_meldes)


def _det_der_ventede(tjeneste: Tjeneste, oprettelse: Oprettelse) -> None:
    """The handlers of what waited for a person."""

    def naar_personen_er_kendt(
        besked: VentendeKanBruges,
        ventende: Ventende | None,
        kendt: Person | None,
        flytninger: Mapping[str, Flytning],
        nu: datetime,
    ) -> Udfald:
        """CPR-03, CPR-07, CPR-12: told first, known later: nothing is lost."""
        del besked
        return venter.brug(ventende, kendt, flytninger, oprettelse, nu)

    def naar_ventetiden_er_udloebet(besked: VentetidUdloeb, ventende: Ventende | None, nu: datetime) -> Udfald:
        """Nobody knows the person: somebody must look."""
        del besked, nu
        return venter.udloebet(ventende)

    laeser = (VENTENDE.en(), PERSONER.en(), FLYTNINGER.flere(lambda b: b.flytning_ider))
    tjeneste.naar(VentendeKanBruges, laeser=laeser, ordensnoegle="ventende_id")(naar_personen_er_kendt)
    tjeneste.naar(VentetidUdloeb, laeser=VENTENDE.en(), ordensnoegle="ventende_id")(naar_ventetiden_er_udloebet)


def _numre(besked: FraUdtraek | OpslagHentet) -> tuple[str, ...]:
    return (*rules.egne_numre(besked.person), *rules.familiens_numre(besked.person, besked.leverance))
