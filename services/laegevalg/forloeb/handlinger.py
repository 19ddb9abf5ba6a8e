"""What each step of a choice of doctor does: the right-hand column of the table in `valg`."""

from dataclasses import replace
from datetime import datetime

from contracts.base import Besked
from contracts.betaling import ReserverBetaling, TraekBetaling
from contracts.brev import BrevAnmodet, Brevtype
from contracts.dispensation import DispensationAnmodet, DispensationLeveret
from contracts.kort import LAEGESKIFT, KortAfsendt, KortAnmodetV2
from contracts.laegevalg import (
    ForloebStartet,
    GruppeTraadtIKraft,
    LaegevalgAfventerDispensation,
    LaegevalgAfvist,
    LaegevalgGodkendt,
    LaegevalgTraadtIKraft,
)
from contracts.plads import IngenPlads, PladsHosYderAnmodet
from services.laegevalg import rules
from services.laegevalg.forloeb import flyttevalg
from services.laegevalg.forloeb.begrundelser import (
    AFVISNINGER,
    GODKENDELSER,
    KORT,
    LAEGESKIFT_VED_FLYTNING,
    begrundet,
)
from services.laegevalg.forloeb.beskeder import Brevforloeb, BrevSkalSendes, Brevtilstand, Valg
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.faelles import (
    ART,
    afsluttet,
    frigivne,
    kort_id,
    kvittering_id,
    om,
    opgave,
    reservation_id,
    reserveret,
    stop,
)
from services.laegevalg.forloeb.flyttebeskeder import FlytningErSket
from services.laegevalg.forloeb.sagsbeskeder import Art
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.laegevalg.rules.personer import FLYTNING
from shared.domain.datoer import dato
from shared.domain.udfald import Udfald

Skridt = tuple[Valg, Udfald]
GRUPPESKIFT = "GRUPPESKIFT"


# --- the way to approval ----------------------------------------------------------------------------------------------


def startet(valg: Valg, nu: datetime) -> ForloebStartet:
    """FORL-01: the forløb is there to be seen."""
    return ForloebStartet(
        **om(valg),
        kommunekode=valg.kommunekode,
        art=ART,
        oprettet_af=valg.oprettet_af,
        startet=nu,
        borger_cpr=valg.borger_cpr,
    )


def begynd(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """LV-17: the place is asked for at once. FLYT-01: a move that was announced is waited for from now on."""
    adresse = valg.person.adresse
    plads = PladsHosYderAnmodet(
        kun_i_kommunen=valg.kun_i_kommunen,
        **om(valg),
        kommunekode=adresse.kommunekode if adresse else valg.kommunekode,
        postnummer=adresse.postnummer if adresse else "",
        ydernummer=valg.ydernummer,
        virkningsdato=valg.virkningsdato,
        altid_aaben=valg.altid_aaben,
    )
    return valg, Udfald(beskeder=(startet(valg, nu), plads)) + flyttevalg.frist(valg)


def reserver_gebyr(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """BET-01, BET-18: at the fee of the order day."""
    if valg.betalingskort is None:
        raise ValueError(f"{valg.forloeb_id}: der er intet betalingskort at reservere på")
    reserver = ReserverBetaling(
        **om(valg),
        reservation_id=reservation_id(valg),
        kommunekode=valg.kommunekode,
        bestillingsdato=dato(valg.bestilt),
        betalingskort=valg.betalingskort,
    )
    return replace(valg, reserveret=True), Udfald(beskeder=(reserveret(valg), reserver))


def anmod(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """LV-18, LV-23: the practice is asked. LV-07: no message to a caseworker says under which rule."""
    anmodet = DispensationAnmodet(
        **om(valg),
        kommunekode=valg.kommunekode,
        ydernummer=valg.ydernummer,
        praksisnavn=valg.praksisnavn,
        navn=valg.person.navn,
        foedselsdato=valg.person.foedselsdato,
        virkningsdato=valg.virkningsdato,
        regel=valg.dispensationsregel,
    )
    return replace(valg, anmodet=True, anmodet_tid=nu), Udfald(beskeder=(anmodet,))


def anmod_straks(valg: Valg, besked: Besked, nu: datetime) -> Skridt:
    """No fee is to be reserved; the practice is asked."""
    efter, udfald = anmod(valg, besked, nu)
    return efter, Udfald(beskeder=(reserveret(valg),)) + udfald


def noter_levering(valg: Valg, besked: DispensationLeveret, _nu: datetime) -> Skridt:
    """LV-09: day 0 is the day of delivery."""
    frist = rules.dispensationsfrist(besked.leveret)
    afventer = LaegevalgAfventerDispensation(**om(valg), ydernummer=valg.ydernummer, frist=frist)
    return replace(valg, leveret=besked.leveret), Udfald(beskeder=(afventer,))


def godkend_straks(valg: Valg, besked: Besked, nu: datetime) -> Skridt:
    """An open practice, and no fee to reserve: nothing is waited for."""
    efter, udfald = _godkend(valg, "AABEN")
    return efter, Udfald(beskeder=(reserveret(valg),)) + udfald


def godkend_aaben(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """An open practice needs no dispensation."""
    return _godkend(valg, "AABEN")


def godkend_efter_svar(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """LV-18: the practice said yes."""
    return _godkend(valg, "SVAR")


def godkend_stiltiende(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """LV-09: silence is consent."""
    return _godkend(valg, "STILTIENDE")


def godkend_flyttet(valg: Valg, besked: FlytningErSket, nu: datetime) -> Skridt:
    """FLYT-01, LV-18: the last condition is met."""
    efter, udfald = flyttevalg.noter_flytning(valg, besked, nu)
    godkendt, resten = _godkend(efter, valg.dispenseret or "AABEN")
    return godkendt, udfald + resten


def _godkend(valg: Valg, grund: str) -> Skridt:
    """IND-07, LV-21: without a receipt where the doctor was chosen by hand at entry."""
    godkendt = LaegevalgGodkendt(
        **om(valg),
        ydernummer=valg.ydernummer,
        virkningsdato=valg.virkningsdato,
        grund=grund,
        begrundelse=begrundet(GODKENDELSER, grund),
    )
    kvittering = BrevAnmodet(
        **om(valg),
        brev_id=kvittering_id(valg),
        kommunekode=valg.kommunekode,
        brevtype=Brevtype.LAEGEVALGSKVITTERING,
        felter={"praksisnavn": valg.praksisnavn, "virkningsdato": valg.virkningsdato.isoformat()},
    )
    breve = () if valg.anledning else (kvittering,)
    return replace(valg, godkendt=grund), Udfald(beskeder=(godkendt, *breve))


def bestil_kort(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """KORT-12, BET-07: the card that the fee is for, to the person as he is known now. BET-13: free after a move.

    KORT-14, BET-09, IND-07: at entry it is the first card, or that of the return, free and without a receipt.
    """
    aarsag = _kortaarsag(valg)
    kort = KortAnmodetV2(
        **om(valg),
        kort_id=kort_id(valg),
        cpr=valg.person.cpr,
        navn=valg.person.navn,
        adresse=valg.person.adresse,
        kommunekode=valg.kommunekode,
        aarsag=aarsag,
        gebyr_oere=valg.gebyr_oere,
        gruppe=valg.ny_gruppe or valg.gruppe,
        ydernummer=valg.ydernummer,
        praksisnavn=valg.praksisnavn,
        begrundelse=begrundet(KORT, _begrundelse(valg, aarsag)),
        uden_kvittering=valg.anledning is not None,
    )
    return replace(valg, kort=Kortspor.BESTILT), Udfald(beskeder=(kort,))


def _kortaarsag(valg: Valg) -> str:
    if valg.anledning is not None:
        return rules.kortaarsag(genindrejse=valg.anledning == Art.GENINDREJSE)
    return LAEGESKIFT if valg.flyttesag is None and valg.fri_efter_flytning is None else FLYTNING


def _begrundelse(valg: Valg, aarsag: str) -> str:
    return LAEGESKIFT_VED_FLYTNING if valg.flyttesag is None and aarsag == FLYTNING else aarsag


def noter_kortordre(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """The supplier has the order, so its receipt is sent (POST-12)."""
    return replace(valg, kort_bestilt=True), Udfald()


def traek_gebyr(valg: Valg, _besked: KortAfsendt, _nu: datetime) -> Skridt:
    """BET-01, BET-04, KORT-17: captured when approved and sent; an approval came before every card."""
    if not valg.reserveret:
        return valg, Udfald()
    return valg, Udfald(beskeder=(TraekBetaling(**om(valg), reservation_id=reservation_id(valg)),))


def frigiv_gebyr(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """BET-05: there is no card, so there is no fee; the choice itself stands."""
    return replace(valg, reserveret=False), Udfald(beskeder=frigivne(valg, "KORT_FEJLET", plads=False))


def traed_i_kraft(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """LV-20: the doctor is the person's own. IND-03: and so is the group, from the same day."""
    ikraft = LaegevalgTraadtIKraft(**om(valg), ydernummer=valg.ydernummer, virkningsdato=valg.virkningsdato)
    return valg, Udfald(beskeder=(*_ny_gruppe(valg), ikraft, afsluttet(valg, "LAEGE_VALGT", nu)))


def _ny_gruppe(valg: Valg) -> tuple[GruppeTraadtIKraft, ...]:
    if valg.ny_gruppe is None:
        return ()
    grund = valg.anledning or GRUPPESKIFT
    return (
        GruppeTraadtIKraft(**om(valg), gruppe=valg.ny_gruppe, gyldig_fra=valg.virkningsdato, grund=grund),
    )  # fmt: skip


# --- it comes to nothing ----------------------------------------------------------------------------------------------


def afvis_uden_plads(valg: Valg, besked: IngenPlads, nu: datetime) -> Skridt:
    """LV-17: the last place went to another, or the practice cannot have the person."""
    return _afvis(valg, besked.grund, nu, plads=False)


def afvis_uden_pladssvar(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """A place that comes later is given back."""
    return _afvis(valg, "PLADS_SVAR_UDEBLEV", nu)


def afvis_uden_betaling(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """BET-04: without a fee no change; nothing is held at Nets."""
    return _afvis(replace(valg, reserveret=False), "BETALING_FEJLET", nu)


def afvis_uden_betalingssvar(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """A reservation that comes later is released."""
    return _afvis(valg, "BETALINGSSVAR_UDEBLEV", nu)


def afvis_efter_svar(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """LV-08: rejected; a new forløb sends the letter."""
    efter, udfald = _afvis(valg, "LAEGEN_AFVISTE", nu)
    return efter, udfald + _skriv(valg, "LAEGEN_AFVISTE", nu)


def afvis_nedlagt(valg: Valg, _besked: Besked, nu: datetime) -> Skridt:
    """PLO-16: the place is gone already."""
    efter, udfald = _afvis(valg, "PRAKSIS_NEDLAGT", nu, plads=False)
    return efter, udfald + _skriv(valg, "PRAKSIS_NEDLAGT", nu)


def afvis_nedlagt_med_kort(valg: Valg, besked: Besked, nu: datetime) -> Skridt:
    """PLO-16: the card is stopped where it still can be; the fee is released either way."""
    efter, udfald = afvis_nedlagt(valg, besked, nu)
    return efter, udfald + Udfald(beskeder=(stop(valg, "PRAKSIS_NEDLAGT"),))


def _afvis(valg: Valg, grund: str, nu: datetime, *, plads: bool = True) -> Skridt:
    afvist = LaegevalgAfvist(
        **om(valg), ydernummer=valg.ydernummer, grund=grund, begrundelse=begrundet(AFVISNINGER, grund)
    )
    tilbage = frigivne(valg, grund, plads=plads)
    return valg, Udfald(beskeder=(afvist, *tilbage, afsluttet(valg, "AFVIST", nu)))


def _skriv(valg: Valg, grund: str, nu: datetime) -> Udfald:
    """LV-08; IND-07: at entry no letter is sent, so the caseworker is told instead."""
    if valg.anledning is not None:
        return opgave(
            valg,
            "NYT_LAEGEVALG_MANGLER",
            "Borgeren mangler at få valgt en anden læge",
            f"Valget af {valg.praksisnavn or 'lægen'} ved indrejsen blev ikke til noget. Der er ikke sendt noget brev. "
            "Tag stilling til, hvilken læge borgeren skal have.",
        )
    brev = Brevforloeb(
        forloeb_id=f"{valg.forloeb_id}:brev",
        person_id=valg.person_id,
        tilstand=Brevtilstand.MODTAGET,
        kommunekode=valg.kommunekode,
        cpr=valg.person.cpr,
        praksisnavn=valg.praksisnavn,
        grund=grund,
        startet=nu,
    )
    return BREVFORLOEB.skridt(brev, BrevSkalSendes(forloeb_id=brev.forloeb_id, person_id=brev.person_id), nu)


# --- tasks, and nothing -----------------------------------------------------------------------------------------------


def meld_sent_afslag(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """LV-10: no automatic reversal."""
    return valg, opgave(
        valg,
        "OPLYSNING_SENT_SVAR",
        "Lægen har afvist for sent",
        "Lægens afvisning kom, da sagen var afgjort eller fristen var udløbet. Den har ingen virkning.",
    )


def meld_manglende_levering(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """The 14 days do not run before the practice has the request."""
    return valg, opgave(
        valg,
        "DISPENSATION_IKKE_LEVERET",
        "Lægen har ikke fået spørgsmålet om dispensation",
        "Spørgsmålet er ikke meldt leveret efter en uge, og fristen på 14 dage løber ikke. Undersøg hvorfor.",
    )


def meld_manglende_kortsvar(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """The cancel still waits."""
    return valg, opgave(
        valg,
        "ANNULLERING_FORSINKET",
        "Annullering venter på kortleverandøren",
        "Det er ikke oplyst, om kortet kunne stoppes. Spørg leverandøren. Forløbet venter.",
    )


def meld_praksis_lukket(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """PLO-16: it was told too late; the choice is in force at a practice that had closed by then."""
    return valg, opgave(
        valg,
        "PRAKSIS_LUKKET_VED_VALG",
        "Lægen lukkede, før valget trådte i kraft",
        "Lukningen blev meddelt, efter at valget var trådt i kraft. Personen har brug for en anden læge.",
    )


def intet(valg: Valg, _besked: Besked, _nu: datetime) -> Skridt:
    """Expected, and nothing follows."""
    return valg, Udfald()
