"""What no extract carries: approved and withdrawn moves, sentences, service (CPR-03, CPR-06, CPR-07, CPR-12)."""

from dataclasses import replace
from datetime import date, datetime

from contracts.cpr import AfsoningMeldt, CprAdresse, FlytningGodkendt, FlytningTilbagekaldt, VaernepligtMeldt
from contracts.kommuner import kommune
from contracts.person import (
    PersonAfsoningMeldt,
    PersonFlytningTilbagekaldt,
    PersonFlyttet,
    PersonTilstand,
    PersonVaernepligtMeldt,
)
from services.cpr_events import rules
from services.cpr_events.forloeb.beskeder import Flytning, FlytningTraederIKraft, FoerFlytning, IkkeAnvendt, Person
from services.cpr_events.forloeb.person import IdAf, kendte_dele, noteret
from services.cpr_events.rules import haendelser
from services.cpr_events.rules.billede import Del, flyttet_til
from services.cpr_events.rules.koder import Slags
from services.cpr_events.rules.raekkefoelge import Fakta, Kendt, foej_til, husk
from shared.domain.datoer import dato, midnat
from shared.domain.udfald import INTET, SaetFrist, Udfald


def _uden_for(kendt: Person, oprettelse: IdAf) -> dict[str, object]:
    """The person as known, for what CPR's extract does not tell."""
    nye = rules.oplysninger(kendt.snapshot, kendt.dag, kendt.person_id, oprettelse)
    return {"person_id": kendt.person_id, "person": nye}


def _er_ny(kendt: Person, slags: Slags, fakta: Fakta) -> bool:
    """CPR-09, CPR-10: not told before, and nothing newer of its kind is known."""
    foer = kendt.sket.get(slags, Kendt())
    return not foer.kender(fakta) and foej_til(foer, (fakta,)).gaeldende == fakta


def _med_fakta(kendt: Person, slags: Slags, fakta: Fakta, kode: str) -> Person:
    foer = kendt.sket.get(slags, Kendt())
    if not _er_ny(kendt, slags, fakta) and not foer.kender(fakta):
        tid = {"leverance": fakta.leverance, "registreret": fakta.registreret, "virkning": fakta.virkning}
        kendt = noteret(kendt, IkkeAnvendt.model_validate({"kode": kode, **tid}))
    return replace(kendt, sket={**kendt.sket, slags: husk(foer, (fakta,))})


def godkend_flytning(
    besked: FlytningGodkendt, flytning: Flytning | None, kendt: Person, oprettelse: IdAf, nu: datetime
) -> Udfald:
    """CPR-06, CPR-07: an approved move is told at once as any other; he lives there from the day itself.

    NORD-01: of a move to or from Greenland nothing is told or noted here: CPR's own event says what follows.
    """
    if flytning is not None and flytning.flyttedato is not None:
        return INTET
    if rules.ligger_i_groenland(besked.adresse) or kendt.status not in rules.BOSAT_I_DANMARK:
        return INTET
    ny = replace(flytning or Flytning(besked.flytning_id, kendt.person_id), flyttedato=besked.flyttedato)
    if ny.tilbagekaldt is not None:
        return Udfald(raekker=(ny,))
    fakta = Fakta(
        virkning=besked.flyttedato,
        leverance=dato(besked.godkendt),
        registreret=besked.godkendt,
        sum=haendelser.sted(besked.adresse),
    )
    efter = _med_fakta(kendt, Slags.FLYTNING, fakta, besked.kode)
    if not _er_ny(kendt, Slags.FLYTNING, fakta):
        return Udfald(raekker=(ny, efter))
    om = _uden_for(replace(kendt, snapshot=kendt.snapshot.model_copy(update={"adresse": besked.adresse})), oprettelse)
    sted = {"til_kommunekode": besked.adresse.kommunekode}
    sted["fra_kommunekode"] = besked.adresse.fraflytningskommune or kendt.kommunekode or besked.adresse.kommunekode
    flyttet = PersonFlyttet.model_validate(
        {**om, **sted, "flyttedato": besked.flyttedato, "registreret": besked.godkendt}
    )
    i_kraft = FlytningTraederIKraft(
        person_id=kendt.person_id, flytning_id=besked.flytning_id, cpr=besked.cpr, adresse=besked.adresse,
        flyttedato=besked.flyttedato, godkendt=besked.godkendt,
    )  # fmt: skip
    frist = SaetFrist(f"{besked.flytning_id}:FlytningTraederIKraft", max(nu, midnat(besked.flyttedato)), i_kraft)
    return Udfald(raekker=(ny, efter), beskeder=(flyttet,), frister=(frist,))


def traed_i_kraft(
    besked: FlytningTraederIKraft, flytning: Flytning | None, kendt: Person | None, oprettelse: IdAf
) -> Udfald:
    """CPR-06, CPR-07: the person lives there until CPR's extract says otherwise. One joined with another is left."""
    if flytning is None or flytning.tilbagekaldt is not None or kendt is None or kendt.afloest_af is not None:
        return INTET
    if kendt.status not in rules.BOSAT_I_DANMARK:
        return INTET
    til = haendelser.sted(besked.adresse)
    foer = FoerFlytning(adresse=kendt.snapshot.adresse, godkendt=besked.godkendt, til=til)
    bor = _bor_nu(kendt, besked.adresse, besked.flyttedato, besked.godkendt, oprettelse)
    return Udfald(raekker=(replace(flytning, foer=foer),)) + bor


def _bor_nu(kendt: Person, adresse: CprAdresse, fra: date, kendt_fra: datetime, oprettelse: IdAf) -> Udfald:
    """The person at an address, unless a newer one is known."""
    snapshot, dele = flyttet_til(adresse, fra, kendt_fra, kendte_dele(kendt), kendt.snapshot)
    if snapshot == kendt.snapshot:
        return Udfald(raekker=(replace(kendt, dele=dele),))
    boede = kommune(adresse.kommunekode) or kendt.boede_sidst
    ny = replace(
        kendt, snapshot=snapshot, dele=dele, kommunekode=adresse.kommunekode, boede_sidst=boede,
        version=kendt.version + 1,
    )  # fmt: skip
    person = rules.oplysninger(snapshot, ny.dag, ny.person_id, oprettelse)
    return Udfald(raekker=(ny,), beskeder=(PersonTilstand(person_id=ny.person_id, version=ny.version, person=person),))


def traek_tilbage(besked: FlytningTilbagekaldt, flytning: Flytning | None, kendt: Person, oprettelse: IdAf) -> Udfald:
    """CPR-07: told when the move was, unless CPR's extract has confirmed it. The same may then be approved again."""
    if flytning is not None and flytning.tilbagekaldt is not None:
        return INTET
    ny = replace(flytning or Flytning(besked.flytning_id, kendt.person_id), tilbagekaldt=besked.tilbagekaldt)
    if ny.flyttedato is None or _er_bekraeftet(ny, ny.flyttedato, kendt):
        return Udfald(raekker=(ny,))
    foer = kendt.sket.get(Slags.FLYTNING, Kendt())
    rest = tuple(f for f in foer.fakta if f.virkning != ny.flyttedato)
    efter = replace(kendt, sket={**kendt.sket, Slags.FLYTNING: replace(foer, fakta=rest)})
    felter = {"flytning_id": ny.flytning_id, "flyttedato": ny.flyttedato, "registreret": besked.tilbagekaldt}
    meldt = PersonFlytningTilbagekaldt.model_validate({**_uden_for(kendt, oprettelse), **felter})
    hjem = _bor_igen(ny, efter, besked.tilbagekaldt, oprettelse)
    return Udfald(raekker=(ny, *(hjem.raekker or (efter,))), beskeder=(*hjem.beskeder, meldt))


def _er_bekraeftet(flytning: Flytning, flyttedato: date, kendt: Person) -> bool:
    """CPR-07, CPR-10: the register has the person moved that day, whatever became of the approval.

    The address is the register's where it is not known by the approval; before that has taken effect it always is.
    """
    foer, adressen = flytning.foer, kendte_dele(kendt).get(Del.ADRESSE, Kendt()).gaeldende
    if adressen is None or kendt.snapshot.adresse is None or adressen.virkning > flyttedato:
        return False
    if foer is None or foer.til is None:
        return adressen.virkning == flyttedato and (foer is None or adressen.registreret != foer.godkendt)
    fra_godkendelsen = (adressen.virkning, adressen.registreret) == (flyttedato, foer.godkendt)
    return not fra_godkendelsen and haendelser.sted(kendt.snapshot.adresse) == foer.til


def _bor_igen(flytning: Flytning, kendt: Person, tilbagekaldt: datetime, oprettelse: IdAf) -> Udfald:
    """CPR-07: a move that never was takes nobody anywhere, unless CPR's extract has told of it too, or of a newer."""
    foer, adressen = flytning.foer, kendte_dele(kendt).get(Del.ADRESSE, Kendt()).gaeldende
    if foer is None or foer.adresse is None or flytning.flyttedato is None or adressen is None:
        return INTET
    if (adressen.virkning, adressen.registreret) != (flytning.flyttedato, foer.godkendt):
        return INTET
    return _bor_nu(kendt, foer.adresse, flytning.flyttedato, tilbagekaldt, oprettelse)


def meld_ophold(besked: AfsoningMeldt | VaernepligtMeldt, kendt: Person, oprettelse: IdAf) -> Udfald:
    """CPR-03, CPR-12: what follows is a matter for the municipality; the same start twice is told once."""
    afsoning = isinstance(besked, AfsoningMeldt)
    slags, type_ = (Slags.AFSONING, PersonAfsoningMeldt) if afsoning else (Slags.VAERNEPLIGT, PersonVaernepligtMeldt)
    fakta = Fakta(
        virkning=besked.dato, leverance=dato(besked.registreret), registreret=besked.registreret, sum=besked.trin.value
    )
    efter = _med_fakta(kendt, slags, fakta, slags.value)
    if not _er_ny(kendt, slags, fakta):
        return Udfald(raekker=(efter,))
    felter = {"trin": besked.trin, "dato": besked.dato, "registreret": besked.registreret}
    meldt = type_.model_validate({**_uden_for(kendt, oprettelse), **felter})
    return Udfald(raekker=(efter,), beskeder=(meldt,))
