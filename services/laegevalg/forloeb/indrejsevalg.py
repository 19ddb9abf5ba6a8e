"""A caseworker's choice of doctor at entry, and what the entry makes of it (IND-03, IND-04, IND-06, LV-21)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from contracts.base import Besked
from contracts.bestilling import Bestillingskanal, LaegevalgBestilt
from contracts.laegevalg import GruppeTraadtIKraft
from contracts.plads import IngenPlads, PladsReserveret
from services.laegevalg import rules
from services.laegevalg.forloeb import familie
from services.laegevalg.forloeb.beskeder import Bestilling, Valg
from services.laegevalg.forloeb.sagsbeskeder import (
    Art,
    Ikrafttraedelse,
    IndrejseAnnulleres,
    IndrejseErOverhalet,
    PladsSvarUdeblev,
    Sag,
    Sagsbesked,
    Tilstand,
)
from services.laegevalg.forloeb.vilkaar import Indrejst
from services.laegevalg.rules import Indrejseudfald, Sikring, ordrer
from shared.domain.udfald import SaetFrist, Udfald

Sagshaendelse = PladsReserveret | IngenPlads | PladsSvarUdeblev | Ikrafttraedelse | IndrejseAnnulleres | Sagsbesked


def ved_indrejse(
    valg: Valg, bestilt: LaegevalgBestilt, sikring: Sikring, indrejse: Indrejst | None, kendt_fra: Sequence[date]
) -> Valg:
    """LV-21: whether it is a choice at entry; such a choice is one of group 1 too (IND-03), and free (BET-09)."""
    indrejst = indrejse.dag if indrejse else None
    kanal = Bestillingskanal(bestilt.kanal)
    if not ordrer.er_ved_indrejse(bestilt.anledning, kanal, bestilt.bestilt, indrejst, sikring):
        return replace(valg, ny_gruppe=bestilt.gruppe)
    igen = ordrer.er_genindrejse(valg.virkningsdato, indrejst, indrejse is not None and indrejse.igen, kendt_fra)
    return replace(
        valg,
        anledning=(Art.GENINDREJSE if igen else Art.INDREJSE).value,
        ny_gruppe=bestilt.gruppe or (rules.GRUPPE_1 if bestilt.anledning else None),
        betalingskort=None,
    )


def hos_foraeldre(valg: Valg, foraeldres: Iterable[str | None]) -> Valg:
    """IND-06, FAM-05: at entry in the municipality, but for a child under 15 whose custody holder's practice it is."""
    barn = rules.foelger_foraeldre(valg.person.foedselsdato, valg.virkningsdato)
    hos_dem = barn and valg.altid_aaben and valg.ydernummer in set(foraeldres)
    return replace(valg, kun_i_kommunen=valg.anledning is not None and not hos_dem)


def uden_kendt_gruppe(
    beskeder: Sequence[Besked], valg: Valg, sikring: Sikring, indrejse: Indrejst | None
) -> tuple[Besked, ...]:
    """IND-03: the group is told of where it is new to the person, and once."""

    def er_ny(besked: Besked) -> bool:
        if not isinstance(besked, GruppeTraadtIKraft):
            return True
        dag = indrejse.dag if indrejse else None
        return ordrer.skifter_gruppe(
            sikring, besked.gruppe, besked.gyldig_fra, dag, ved_indrejse=valg.anledning is not None
        )

    return tuple(b for b in beskeder if er_ny(b))


def behandler_indrejse(valg: Valg) -> bool:
    """IND-04: whether an entry that CPR tells of is being handled by this choice."""
    return valg.anledning is not None or valg.ny_gruppe is not None


def er_til_en_tilbagevenden(valg: Valg, status: str) -> bool:
    """IND-03: an order for the return of one who had left stands until CPR tells of it. CPR-14: the dead do not return.

    Every other order of one who has left, is missing or dead falls (NORD-01, CPR-14). `status`: as he is known now.
    """
    return behandler_indrejse(valg) and status != rules.DOED and rules.er_fraflyttet(valg.person.status)


def vaek_indrejsen(valg: Valg, indrejse: Indrejst | None, genfinding: str | None, nu: datetime) -> Udfald:
    """IND-04, CPR-04: the choice has come to its end; an entry or a finding that waits sees what became of it."""
    indrejsen = (indrejse.forloeb_id or f"indrejse-{valg.person_id}-{indrejse.dag.isoformat()}",) if indrejse else ()
    igen = [
        familie.se_igen(sag, valg.person_id, valg.person)
        for sag in (*indrejsen, *((genfinding,) if genfinding else ()))
    ]
    return Udfald(frister=tuple(SaetFrist(f"{b.forloeb_id}:IndrejseVurderesIgen", nu, b) for b in igen))


def nyeste(foer: Indrejst | None, forloeb_id: str, dag: date, *, igen: bool) -> Indrejst:
    """An older entry that is told late is not the newest."""
    return foer if foer is not None and foer.dag > dag else Indrejst(dag=dag, igen=igen, forloeb_id=forloeb_id)


def bestilte_dage(bestilte: Iterable[Bestilling]) -> list[date]:
    """IND-04: from when what was ordered at entry, and handed to the person, was to hold."""
    ved_indrejse = (b for b in bestilte if b.bestilt.anledning == ordrer.INDREJSE)
    return [b.flyttet_til or b.bestilt.virkningsdato for b in ved_indrejse if b.person_id is not None]


def _har_faaet_laege(sag: Sag, sikring: Sikring) -> bool:
    """CPR-04: one found again had no doctor when the search began, whatever day he has one from now."""
    if sag.art is Art.GENFINDING:
        return sikring.ydernummer is not None
    return rules.indrejsens_udfald(sikring, sag.virkningsdato) is Indrejseudfald.BEHANDLET


def hvis_overhalet(sag: Sag, besked: Sagshaendelse, sikring: Sikring) -> Besked:
    """IND-04: what a caseworker ordered took effect meanwhile, so the entry gives no other doctor."""
    if isinstance(besked, IndrejseAnnulleres):
        return besked
    if not _har_faaet_laege(sag, sikring):
        return besked
    om = {"forloeb_id": sag.forloeb_id, "person_id": sag.person_id}
    match sag.tilstand, besked:
        case Tilstand.AFVENTER_PLADS, PladsReserveret():
            return IndrejseErOverhalet.model_validate({**om, "ydernummer": besked.ydernummer})
        case Tilstand.AFVENTER_PLADS, IngenPlads() | PladsSvarUdeblev():
            return IndrejseErOverhalet.model_validate(om)
        case Tilstand.AFVENTER_IKRAFT, Ikrafttraedelse():
            return IndrejseErOverhalet.model_validate({**om, "ydernummer": sag.ydernummer})
        case _:
            return besked
