"""One found again and one born, as the forløb of entry that it begins (CPR-04, CPR-05, CPR-15)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from contracts.base import Besked
from contracts.person import PersonFoedt, PersonGenfundet, PersonNavngivet, Personoplysninger
from contracts.plads import ForetrukkenYder
from services.laegevalg import rules
from services.laegevalg.forloeb.sagsbeskeder import (
    Art,
    ForaeldreSkalVaelge,
    GenfundetIAndenGruppe,
    GenfundetMedLaege,
    IndrejseErBehandlet,
    IndrejseManglerLaege,
    IndrejseUbehandlet,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.rules import Familielaege, Sikring
from services.laegevalg.rules.foedsel import foraeldre_skal_vaelge
from services.laegevalg.rules.genfinding import (
    MED_LAEGE,
    Genfindingsudfald,
    foretrukne_ved_genfinding,
    genfindingens_udfald,
)


def genfinding_id(besked: PersonGenfundet) -> str:
    """A finding is a person and a day: told again, it is the same (CPR-09)."""
    return f"genfinding-{besked.person_id}-{besked.fundet.isoformat()}"


def foedsel_id(besked: PersonFoedt | PersonNavngivet) -> str:
    """A person is born once, whichever of the two events is the first to tell of it."""
    return f"foedsel-{besked.person_id}"


def ny_genfinding(
    besked: PersonGenfundet, tidligere: str | None, laeger: Mapping[str, Familielaege], nu: datetime
) -> Sag:
    """The row of a finding. `tidligere`: the doctor of before the disappearance."""
    foretrukne = foretrukne_ved_genfinding(besked.person, besked.fundet, tidligere, laeger)
    sag = _ny_sag(besked, genfinding_id(besked), Art.GENFINDING, besked.person, besked.fundet, foretrukne, nu)
    skal_vaelge = tidligere is None and foraeldre_skal_vaelge(besked.person, besked.fundet, laeger)
    return replace(sag, foraeldre_skal_vaelge=skal_vaelge)


def ny_foedsel(
    besked: PersonFoedt | PersonNavngivet, foedt: date, laeger: Mapping[str, Familielaege], nu: datetime
) -> Sag:
    """The row of a birth."""
    foretrukne = rules.foretrukne(besked.person, foedt, laeger)
    sag = _ny_sag(besked, foedsel_id(besked), Art.FOEDSEL, besked.person, foedt, foretrukne, nu)
    return replace(sag, foraeldre_skal_vaelge=foraeldre_skal_vaelge(besked.person, foedt, laeger))


def _ny_sag(
    besked: Besked, id_: str, art: Art, person: Personoplysninger, dag: date,
    foretrukne: tuple[ForetrukkenYder, ...], nu: datetime,
) -> Sag:  # fmt: skip
    if person.adresse is None:
        raise ValueError(f"{type(besked).__name__} uden adresse: kommunen er ukendt")
    return Sag(
        forloeb_id=id_,
        person_id=person.person_id,
        tilstand=Tilstand.MODTAGET,
        art=art,
        kommunekode=person.adresse.kommunekode,
        virkningsdato=dag,
        person=person,
        foretrukne=foretrukne,
        startet=nu,
    )


def genfindingsbesked(sag: Sag, sikring: Sikring) -> Sagsbesked:
    """The outcome of rules CPR-04, CPR-05 and FAM-06 as the message that the table knows."""
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}
    udfald = genfindingens_udfald(sikring, sag.virkningsdato)
    if udfald is Genfindingsudfald.BEHANDLET:
        return IndrejseErBehandlet(**om)
    if udfald is Genfindingsudfald.GRUPPE_1_OG_OPGAVE:
        return GenfundetIAndenGruppe(**om, tidligere_gruppe=sikring.gruppe or "")
    if udfald in MED_LAEGE.values():
        meldes = udfald is Genfindingsudfald.MANGLER_GRUPPE_OG_OPGAVE
        gruppe = sikring.gruppe if meldes else None
        return GenfundetMedLaege.model_validate({**om, "laege_fra": sikring.laege_fra, "tidligere_gruppe": gruppe})
    if sag.foraeldre_skal_vaelge:
        return ForaeldreSkalVaelge.model_validate({**om, "gruppe_mangler": udfald is Genfindingsudfald.GRUPPE_1})
    return IndrejseManglerLaege(**om) if udfald is Genfindingsudfald.MANGLER_LAEGE else IndrejseUbehandlet(**om)


def navngivet(sag: Sag, nyeste: Personoplysninger | None) -> Sag:
    """CPR-15: a child that the event knew without a name, as it is known now, if it has one."""
    if nyeste is None or not sag.person.unavngivet or nyeste.unavngivet:
        return sag
    return replace(sag, person=nyeste)
