"""What is done with each message about one found again, one born and one given its first name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts.person import PersonFoedt, PersonGenfundet, PersonNavngivet
from services.laegevalg import rules
from services.laegevalg.forloeb import INDREJSE, Sag, Tilstand, begyndelse, genfinding, indrejsebesked, oversaettelse
from services.laegevalg.forloeb import familie as paa_vej
from services.laegevalg.forloeb.beskeder import Bestilling, Valg
from services.laegevalg.forloeb.registrering import tidligere_laege
from services.laegevalg.forloeb.sagsbeskeder import BarnetErNavngivet, KortetsNavnKom
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.forloeb.uden_navn import ValgetsBarnErNavngivet
from services.laegevalg.forloeb.valg import LAEGEVALG
from services.laegevalg.handlers.faelles import tjeneste
from services.laegevalg.handlers.familie import i_familien, slaegten
from services.laegevalg.handlers.personer import begynd, familiens_laeger, kendt_eller_ny, som_han_er_nu
from services.laegevalg.rules import foedsel, personer
from services.laegevalg.store import (
    AFLOESER,
    AFLOESERE_I_FAMILIEN,
    BESTILLINGER,
    INDREJSEBESTILLINGER,
    PERSONENS_VALG,
    SAGER,
    SIKREDE,
    VALG,
)
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald

FAMILIEN = SIKREDE.flere(oversaettelse.familie)


@tjeneste.naar(
    PersonGenfundet,
    laeser=(
        SIKREDE.en(), SAGER.en(begyndelse.genfinding_id), FAMILIEN, VALG.soeg(PERSONENS_VALG),
        BESTILLINGER.soeg(INDREJSEBESTILLINGER), SIKREDE.soeg(AFLOESER),
        SIKREDE.soeg(AFLOESERE_I_FAMILIEN),
    ),
)  # fmt: skip
def naar_person_er_genfundet(
    besked: PersonGenfundet, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret],
    valgene: Mapping[str, Valg], bestilte: Mapping[str, Bestilling], afloeser: Mapping[str, Sikret],
    afloesere: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-04, CPR-05, GRP-16: the doctor of before if open for him, else group 1 and a new one; once (CPR-09).

    IND-04 by analogy: one whose doctor is being chosen, or ordered by a caseworker, waits for that.
    """
    if sag is not None:
        return Udfald(raekker=(replace(sag, registreringer=sag.registreringer + 1),))
    familie = i_familien(familie, afloesere)
    kendt, laeger = kendt_eller_ny(sikret, besked.person), familiens_laeger(familie)
    tidligere = tidligere_laege(kendt.historik, kendt.sikring)
    ny = begyndelse.ny_genfinding(besked, tidligere, laeger, nu)
    er_nu = som_han_er_nu(kendt, afloeser)
    ventes = genfinding.ventes_paa(kendt.aabne_valg, valgene, besked.fundet, nu)
    kendt = replace(kendt, indrejsevalg=tuple(dict.fromkeys((*kendt.indrejsevalg, *ventes))))
    venter = bool(kendt.indrejsevalg or er_nu.indrejsevalg) or genfinding.ikke_begyndt(bestilte.values(), valgene)
    foelger = begyndelse.genfindingsbesked(ny, kendt.sikring)
    foelger = genfinding.vent_eller(ny, foelger, under_behandling=venter)
    return begynd(ny, foelger, kendt, familie.values(), nu)


@tjeneste.naar(
    PersonFoedt, laeser=(SIKREDE.en(), SAGER.en(begyndelse.foedsel_id), FAMILIEN, SIKREDE.soeg(AFLOESERE_I_FAMILIEN))
)
def naar_barnet_er_foedt(
    besked: PersonFoedt, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret],
    afloesere: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-15, FAM-05, KORT-14: group 1 from birth and the custody holder's doctor; once, however often it is told."""
    if sag is not None:
        return Udfald(raekker=(replace(sag, registreringer=sag.registreringer + 1),))
    familie = i_familien(familie, afloesere)
    kendt, laeger = kendt_eller_ny(sikret, besked.person), familiens_laeger(familie)
    ny = begyndelse.ny_foedsel(besked, besked.foedselsdato, laeger, nu)
    udfald = rules.indrejsens_udfald(kendt.sikring, besked.foedselsdato)
    return begynd(
        ny, paa_vej.hvis_paa_vej(ny, indrejsebesked(udfald, ny), slaegten(familie), nu), kendt, familie.values(), nu
    )


@tjeneste.naar(
    PersonNavngivet,
    laeser=(SIKREDE.en(), SAGER.en(begyndelse.foedsel_id), FAMILIEN, SIKREDE.soeg(AFLOESERE_I_FAMILIEN)),
)
def naar_barnet_faar_navn(
    besked: PersonNavngivet, sikret: Sikret | None, sag: Sag | None, familie: Mapping[str, Sikret],
    afloesere: Mapping[str, Sikret], nu: datetime,
) -> Udfald:  # fmt: skip
    """CPR-15: a name tells of a birth that nobody has told of. Else the card follows when the new state comes.

    The state and the event come in any order, and a name may also come with another event.
    """
    familie = i_familien(familie, afloesere)
    kendt, laeger = kendt_eller_ny(sikret, besked.person), familiens_laeger(familie)
    foedt = besked.person.foedselsdato
    ny = foedsel.er_ny_i_registret(besked.person, kendt.sikring, besked.gaelder_fra)
    if sag is not None or foedt is None or not ny:
        return INTET
    ny_sag = begyndelse.ny_foedsel(besked, foedt, laeger, nu)
    udfald = rules.indrejsens_udfald(kendt.sikring, foedt)
    foelger = paa_vej.hvis_paa_vej(ny_sag, indrejsebesked(udfald, ny_sag), slaegten(familie), nu)
    return begynd(ny_sag, foelger, kendt, familie.values(), nu)


@tjeneste.naar(KortetsNavnKom, laeser=(SAGER.en(), SIKREDE.en(), VALG.en()))
def naar_kortets_navn_kom(
    besked: KortetsNavnKom, sag: Sag | None, sikret: Sikret | None, valg: Valg | None, nu: datetime
) -> Udfald:
    """CPR-15, KORT-14: the card, as the child is known now; none without a doctor (IND-02), none without the right."""
    if (sag is None and valg is None) or sikret is None or sikret.person is None:
        raise UventetBesked(INDREJSE.navn, "UKENDT_FORLOEB", type(besked).__name__)
    person = sikret.person
    har = sag if sag is not None and sag.tilstand is Tilstand.AFVENTER_IKRAFT else sikret
    bor_her = person.adresse is not None and not rules.er_fraflyttet(person.status)
    if har.ydernummer is None or not bor_her or not personer.har_kort(sikret.gruppe):
        return INTET
    har_nu = {
        "forloeb_id": besked.forloeb_id,
        "person_id": besked.person_id,
        "gruppe": sikret.gruppe or rules.GRUPPE_1,
        "ydernummer": har.ydernummer,
        "praksisnavn": har.praksisnavn,
    }
    if sag is not None:
        return INDREJSE.skridt(replace(sag, person=person), BarnetErNavngivet.model_validate(har_nu), nu)
    assert valg is not None
    return LAEGEVALG.skridt(replace(valg, person=person), ValgetsBarnErNavngivet.model_validate(har_nu), nu)
