"""A choice of doctor for a child without a name: its card waits for the name, and is then its first (CPR-15, KORT-14).

Until the effective date the day of the card is only put off. Then the choice takes effect all the same.
"""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from contracts.kort import Kortaarsag, KortAnmodetV2
from contracts.yder import Ydernummer
from services.laegevalg import rules
from services.laegevalg.forloeb.begrundelser import KORT, begrundet
from services.laegevalg.forloeb.beskeder import Kortbestillingsdag, Valg, Valgbesked, Valgtilstand
from services.laegevalg.forloeb.faelles import frigivne, kort_id, om
from services.laegevalg.forloeb.handlinger import traed_i_kraft
from services.laegevalg.forloeb.vilkaar import Kortspor
from shared.domain.datoer import dato
from shared.domain.forloeb import Overgang
from shared.domain.udfald import SaetFrist, Udfald

Skridt = tuple[Valg, Udfald]


class VirkningUdenNavn(Valgbesked):
    """The effective date began, and there is still no name to print on the card."""

    ce_type: ClassVar[str] = "laegevalg.VirkningUdenNavn.v1"


class ValgetsBarnErNavngivet(Valgbesked):
    """The card can be ordered, with the group and the doctor that the child has now."""

    ce_type: ClassVar[str] = "laegevalg.ValgetsBarnErNavngivet.v1"

    gruppe: str
    ydernummer: Ydernummer
    praksisnavn: str


def venter(valg: Valg) -> bool:
    """Whether the card that is to be ordered has no name to bear."""
    return valg.tilstand is Valgtilstand.GODKENDT and valg.person.unavngivet


def paa_kortdagen(valg: Valg, besked: Kortbestillingsdag, nu: datetime) -> SaetFrist | VirkningUdenNavn:
    """The next look for a name, on the effective date; there is none after that."""
    virkning = rules.ikrafttraedelse(valg.virkningsdato)
    if nu < virkning:
        return SaetFrist(f"{valg.forloeb_id}:{type(besked).__name__}", virkning, besked)
    return VirkningUdenNavn(**om(valg))


def traed_i_kraft_uden_kort(valg: Valg, besked: VirkningUdenNavn, nu: datetime) -> Skridt:
    """LV-20; BET-05: no card, so no fee."""
    _, ikraft = traed_i_kraft(valg, besked, nu)
    gebyret = Udfald(beskeder=frigivne(valg, "UDEN_NAVN", plads=False))
    return replace(valg, reserveret=False, gebyr_oere=0), gebyret + ikraft


def bestil_foerste_kort(valg: Valg, besked: ValgetsBarnErNavngivet, nu: datetime) -> Skridt:
    """KORT-14, BET-09: free, to the child as it is known now."""
    aarsag = Kortaarsag.FOERSTE_RET
    kort = KortAnmodetV2(
        **om(valg),
        kort_id=kort_id(valg),
        cpr=valg.person.cpr,
        navn=valg.person.navn,
        adresse=valg.person.adresse,
        kommunekode=valg.kommunekode,
        aarsag=aarsag,
        gebyr_oere=rules.kortgebyr_oere(aarsag, dato(nu)),
        gruppe=besked.gruppe,
        ydernummer=besked.ydernummer,
        praksisnavn=besked.praksisnavn,
        begrundelse=begrundet(KORT, aarsag),
        uden_kvittering=valg.anledning is not None,
    )
    return replace(valg, kort=Kortspor.BESTILT), Udfald(beskeder=(kort,))


_I_KRAFT = Valgtilstand.TRAADT_I_KRAFT
OVERGANGE = (
    Overgang(Valgtilstand.GODKENDT, VirkningUdenNavn, _I_KRAFT, traed_i_kraft_uden_kort),
    Overgang(_I_KRAFT, ValgetsBarnErNavngivet, _I_KRAFT, bestil_foerste_kort),
)
