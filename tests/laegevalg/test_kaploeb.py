"""Every pair of events that can race on the second way: one before the other, the other before the one, and at once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.base import Besked
from contracts.bestilling import BestillingAfvist, ForloebAnnulleret
from contracts.betaling import (
    BetalingFrigivet,
    BetalingTrukket,
    BetalingUdloebet,
    Netsart,
    NetsHaendelse,
    TraekBetaling,
)
from contracts.dispensation import Dispensationssvar
from contracts.laegevalg import LaegevalgAfvist, LaegevalgAnnulleret, LaegevalgGodkendt, LaegevalgTraadtIKraft
from contracts.opgave import OpgaveAnmodet
from contracts.plads import PladsBortfaldet, PladsFrigivet
from services.betaling.forloeb.beskeder import IntetAtFrigive
from services.kortbestilling.forloeb.beskeder import AnnulleringAccepteret, AnnulleringAfvist, OrdreAccepteret
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import DispensationsfristUdloeb, ValgetsIkrafttraedelse
from services.laegevalg.forloeb.bestilling import BESTILLING
from services.laegevalg.forloeb.brev import BREVFORLOEB
from services.laegevalg.forloeb.brevsvar import BREVSVAR
from services.laegevalg.forloeb.personsag import PERSONSAG
from services.laegevalg.forloeb.valg import LAEGEVALG
from shared.domain.datoer import dato
from tests.laegevalg.valgverden import FORLOEB, PERSON, Verden, annuller, kl, kortet, laegens, lukning, s01

KORT_ID = f"{FORLOEB}:kort"


def kort_bestilt(*tavse: str) -> Verden:
    """Approved, and the card ordered on 20 March."""
    v = s01(*tavse)
    v.send(kl(3, 18, 9), laegens("GODKENDT", kl(3, 18, 9)))
    v.frem(kl(3, 20, 1))
    return v


def penge_og_plads_stemmer(v: Verden) -> None:
    """A place and a fee are held or used exactly when the choice stands."""
    staar = v.valg.tilstand not in ("AFVIST", "ANNULLERET")
    assert v.y2.optagne == (1601 if staar else 1600)
    assert (v.betaling.tilstand == "FRIGIVET") is not staar
    assert len(v.fra(PladsFrigivet)) + len(v.fra(PladsBortfaldet)) == (0 if staar else 1)
    assert len(v.fra(BetalingFrigivet)) == (0 if staar else 1)


# --- cancel and draw (KORT-09) ----------------------------------------------------------------------------------------

T = kl(3, 21, 6)
TRAEK, STOP = kortet("TRUKKET", T), annuller()


def test_annullering_foer_traek() -> None:
    v = kort_bestilt()
    v.send(T, STOP)
    assert v.valg.tilstand == "ANNULLERET"
    assert [a.ikke_fortrudt for a in v.fra(ForloebAnnulleret)] == [
        ("DISPENSATIONSANMODNING", "LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING")
    ]
    penge_og_plads_stemmer(v)
    v.frem(kl(5, 1))
    assert v.fra(LaegevalgTraadtIKraft) == []


def test_traek_foer_annullering() -> None:
    v = kort_bestilt()
    v.send(T, TRAEK, STOP)
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["KORT_TRUKKET"]
    assert v.valg.tilstand == "KORT_TRUKKET"
    penge_og_plads_stemmer(v)


@pytest.mark.parametrize("afsendt", [False, True], ids=["TRUKKET", "AFSENDT springer TRUKKET over"])
def test_traek_mens_annulleringen_er_paa_vej(afsendt: bool) -> None:
    """The supplier's draw wins, then its refusal changes nothing; the payment follows the card."""
    v = kort_bestilt("kort.annuller")
    v.send(T, STOP)
    assert v.valg.tilstand == "ANNULLERES"
    v.send(T, kortet("AFSENDT" if afsendt else "TRUKKET", T))
    v.svar("kortbestilling", AnnulleringAfvist(kort_id=KORT_ID, kode="TRUKKET"), T)
    v.frem(T)
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["KORT_TRUKKET"]
    assert v.valg.tilstand == "KORT_TRUKKET"
    assert len(v.fra(TraekBetaling)) == afsendt
    penge_og_plads_stemmer(v)
    v.frem(kl(4, 3, 0))
    assert len(v.fra(LaegevalgTraadtIKraft)) == 1


def test_afslaget_fra_leverandoeren_kommer_foer_dens_status() -> None:
    v = kort_bestilt("kort.annuller")
    v.send(T, STOP)
    v.svar("kortbestilling", AnnulleringAfvist(kort_id=KORT_ID, kode="TRUKKET"), T)
    v.frem(T)
    v.send(T, TRAEK)
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["KORT_TRUKKET"]
    assert (v.valg.tilstand, v.kort.tilstand) == ("KORT_TRUKKET", "TRUKKET")
    penge_og_plads_stemmer(v)


def test_status_efter_accepteret_annullering_er_en_modstrid() -> None:
    v = kort_bestilt()
    v.send(T, STOP)
    v.send(T, TRAEK)
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["KORT_MODSTRID"]
    assert v.valg.tilstand == "ANNULLERET"
    penge_og_plads_stemmer(v)


def test_annullering_mens_ordren_er_ubesvaret_venter_paa_svaret() -> None:
    """An order that the supplier may not have yet cannot be stopped there."""
    v = kort_bestilt("kort.bestil", "kort.annuller")
    v.send(T, STOP)
    assert v.effekter("kort.annuller") == []
    v.svar("kortbestilling", OrdreAccepteret(kort_id=KORT_ID), T)
    assert v.effekter("kort.annuller") == [f"annuller:{KORT_ID}"]
    v.svar("kortbestilling", AnnulleringAccepteret(kort_id=KORT_ID), T)
    v.frem(T)
    assert v.valg.tilstand == "ANNULLERET"
    penge_og_plads_stemmer(v)


# --- answer and deadline (LV-09, LV-10) -------------------------------------------------------------------------------

MIDNAT = kl(3, 19, 0)
SVAR = [
    pytest.param("AFVIST", timedelta(seconds=-1), True, "AFVIST", id="nej et sekund før, læst først"),
    pytest.param("AFVIST", timedelta(seconds=-1), False, "STILTIENDE", id="nej et sekund før, læst efter"),
    pytest.param("AFVIST", timedelta(), True, "STILTIENDE", id="nej i samme øjeblik, læst først"),
    pytest.param("AFVIST", timedelta(), False, "STILTIENDE", id="nej i samme øjeblik, læst efter"),
    pytest.param("GODKENDT", timedelta(seconds=-1), True, "SVAR", id="ja et sekund før, læst først"),
    pytest.param("GODKENDT", timedelta(), True, "STILTIENDE", id="ja i samme øjeblik, læst først"),
    pytest.param("GODKENDT", timedelta(), False, "STILTIENDE", id="ja i samme øjeblik, læst efter"),
]


@pytest.mark.parametrize(("svar", "forskel", "svar_foerst", "udfald"), SVAR)
def test_svar_og_frist(svar: str, forskel: timedelta, svar_foerst: bool, udfald: str) -> None:
    v = s01()
    besked = laegens(svar, MIDNAT + forskel)
    motor = v.hub.motorer["laegevalg"]
    frist = DispensationsfristUdloeb(forloeb_id=FORLOEB, person_id=PERSON)
    for b in (besked, frist) if svar_foerst else (frist, besked):
        if b is frist and f"{FORLOEB}:DispensationsfristUdloeb" not in motor.frister and udfald == "AFVIST":
            continue
        motor.frister.pop(f"{FORLOEB}:DispensationsfristUdloeb", None) if b is frist else None
        nye = motor.modtag(b, MIDNAT)
        v.hub.udsendt += nye
        v.hub.send(MIDNAT, *nye)
    v.frem(MIDNAT)
    afgoerelser = [g.grund for g in v.fra(LaegevalgGodkendt)] + ["AFVIST" for _ in v.fra(LaegevalgAfvist)]
    assert afgoerelser == [udfald]
    sent_nej = svar == "AFVIST" and udfald != "AFVIST"
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["OPLYSNING_SENT_SVAR"] * sent_nej
    penge_og_plads_stemmer(v)


# --- closure and approval (PLO-16) ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lukning_foerst", [True, False], ids=["lukning først", "godkendelse først"])
@pytest.mark.parametrize("forskel", [timedelta(), timedelta(hours=1)], ids=["samme øjeblik", "en time imellem"])
def test_lukning_og_godkendelse(lukning_foerst: bool, forskel: timedelta) -> None:
    """Whichever comes first, the choice comes to nothing, and what was held is given back once."""
    v = s01()
    nu = kl(3, 15)
    luk: Besked = lukning(date(2024, 4, 1), nu)
    ja: Besked = laegens("GODKENDT", nu)
    foerst, sidst = (luk, ja) if lukning_foerst else (ja, luk)
    v.send(nu, foerst)
    v.send(nu + forskel, sidst)
    v.frem(kl(5, 1))
    assert len(v.fra(LaegevalgGodkendt)) == (not lukning_foerst)
    assert [a.grund for a in v.fra(LaegevalgAfvist)] == ["PRAKSIS_NEDLAGT"]
    penge_og_plads_stemmer(v)


def test_lukning_efter_kortbestilling_stopper_kortet() -> None:
    v = kort_bestilt()
    v.send(T, lukning(date(2024, 4, 1), T))
    assert (v.valg.tilstand, v.kort.tilstand) == ("AFVIST", "ANNULLERET")
    penge_og_plads_stemmer(v)


def test_lukning_mens_annulleringen_venter_paa_kortet() -> None:
    v = kort_bestilt("kort.annuller")
    v.send(T, STOP)
    v.send(T, lukning(date(2024, 4, 1), T))
    v.svar("kortbestilling", AnnulleringAccepteret(kort_id=KORT_ID), T)
    v.frem(T)
    assert [a.ikke_fortrudt[-1] for a in v.fra(ForloebAnnulleret)] == ["SUNDHEDSKORT"]
    penge_og_plads_stemmer(v)


# --- cancel and the rest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annullering_foerst", [True, False], ids=["annullering først", "svar først"])
@pytest.mark.parametrize("svar", list(Dispensationssvar))
def test_annullering_og_svar(annullering_foerst: bool, svar: str) -> None:
    v = s01()
    nu = kl(3, 15)
    par: list[Besked] = [annuller(), laegens(svar, nu)]
    for besked in par if annullering_foerst else reversed(par):
        v.send(nu, besked)
    v.frem(kl(5, 1))
    afvist = not annullering_foerst and svar == "AFVIST"
    assert v.valg.tilstand == ("AFVIST" if afvist else "ANNULLERET")
    assert [a.grund for a in v.fra(BestillingAfvist)] == ["IKKE_I_GANG"] * afvist
    penge_og_plads_stemmer(v)


@pytest.mark.parametrize("annullering_foerst", [True, False], ids=["annullering først", "virkning først"])
def test_annullering_og_ikrafttraedelse(annullering_foerst: bool) -> None:
    """FORL-07: at the same midnight, the one that is handled first decides."""
    v = kort_bestilt()
    nu = kl(4, 3, 0)
    if annullering_foerst:
        v.frem(nu - timedelta(seconds=1))
        v.hub.send(nu, annuller())
    v.frem(nu)
    if not annullering_foerst:
        v.send(nu, annuller())
        assert [a.grund for a in v.fra(BestillingAfvist)] == ["TRAADT_I_KRAFT"]
    i_kraft = v.valg.tilstand == "TRAADT_I_KRAFT"
    assert len(v.fra(LaegevalgTraadtIKraft)) == i_kraft
    assert len(v.fra(LaegevalgAnnulleret)) == (not i_kraft)
    penge_og_plads_stemmer(v)


def test_virkningsdatoen_kommer_mens_annulleringen_venter_paa_kortet() -> None:
    """The card cannot be stopped: the choice takes effect after all, once, although its day came meanwhile."""
    v = kort_bestilt("kort.annuller")
    v.send(kl(4, 2, 23), annuller())
    v.frem(kl(4, 3, 1))
    motor = v.hub.motorer["laegevalg"]
    motor.modtag(ValgetsIkrafttraedelse(forloeb_id=FORLOEB, person_id=PERSON), kl(4, 3, 1))
    assert v.valg.tilstand == "ANNULLERES"
    v.svar("kortbestilling", AnnulleringAfvist(kort_id=KORT_ID, kode="TRUKKET"), kl(4, 3, 2))
    v.frem(kl(4, 3, 2))
    assert v.valg.tilstand == "TRAADT_I_KRAFT"
    assert len(v.fra(LaegevalgTraadtIKraft)) == 1
    penge_og_plads_stemmer(v)


def test_annullering_mens_reservationen_er_ubesvaret() -> None:
    v = s01("nets.reserver")
    v.send(kl(3, 5), annuller())
    assert v.valg.tilstand == "ANNULLERET"
    assert v.betaling.tilstand == "FRIGIVES_EFTER_SVAR"
    v.tavse.clear()
    v.frem(kl(3, 6))
    penge_og_plads_stemmer(v)


@pytest.mark.parametrize(
    ("sendt", "trukket"),
    [
        pytest.param(kl(4, 3, 0), 1, id="BET-01: på virkningsdatoen"),
        pytest.param(kl(4, 3, 23, 59, 59), 1, id="BET-01: sidst på dag 30"),
        pytest.param(kl(4, 4, 0), 0, id="BET-01: dag 31"),
    ],
)
def test_gebyret_traekkes_ogsaa_naar_kortet_sendes_efter_virkningsdatoen(sendt: datetime, trukket: int) -> None:
    """BET-01: ordered 30 days ahead, a reservation still holds on the effective date; after it, it is a task."""
    v = kort_bestilt()
    v.frem(sendt)
    v.send(sendt, kortet("TRUKKET", sendt), kortet("AFSENDT", sendt))
    assert len(v.fra(BetalingTrukket)) == trukket
    assert any(o.aarsag == "OPKRAEV_GEBYR" for o in v.fra(OpgaveAnmodet)) is not bool(trukket)
    assert v.valg.tilstand == "TRAADT_I_KRAFT"


def test_annullering_efter_at_reservationen_udloeb() -> None:
    """BET-05: the choice ends at once; a fee that ran out is neither collected nor told of as released."""
    v = kort_bestilt("nets.frigiv")
    v.send(T, NetsHaendelse(reservation_id=v.betaling.reservation_id, art=Netsart.UDLOEBET, tidspunkt=T))
    v.send(T, STOP)
    assert v.valg.tilstand == "ANNULLERET"
    assert len(v.fra(ForloebAnnulleret)) == 1
    v.svar("betaling", IntetAtFrigive(reservation_id=v.betaling.reservation_id), T)
    v.frem(kl(5, 1))
    assert (v.valg.tilstand, v.betaling.tilstand, v.y2.optagne) == ("ANNULLERET", "BORTFALDET", 1600)
    assert len(v.fra(BetalingUdloebet)) == 1
    assert v.fra(BetalingFrigivet) == v.fra(BetalingTrukket) == []
    assert [o.aarsag for o in v.fra(OpgaveAnmodet)] == ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]


def test_reservationen_udloeber_efter_annulleringen() -> None:
    v = kort_bestilt("nets.frigiv")
    v.send(T, STOP)
    v.send(T, NetsHaendelse(reservation_id=v.betaling.reservation_id, art=Netsart.UDLOEBET, tidspunkt=T))
    v.svar("betaling", IntetAtFrigive(reservation_id=v.betaling.reservation_id), T)
    penge_og_plads_stemmer(v)
    assert v.fra(BetalingUdloebet) == v.fra(OpgaveAnmodet) == []


# --- the rules and the tables -----------------------------------------------------------------------------------------

FRISTER = [
    pytest.param(kl(3, 4, 10, 15), datetime(2024, 3, 18, 23, tzinfo=UTC), id="LV-09, S01: 4. marts"),
    pytest.param(kl(3, 4, 0), datetime(2024, 3, 18, 23, tzinfo=UTC), id="LV-09: dagens første øjeblik"),
    pytest.param(kl(3, 4, 23, 59, 59), datetime(2024, 3, 18, 23, tzinfo=UTC), id="LV-09: dagens sidste sekund"),
    pytest.param(kl(2, 15), datetime(2024, 2, 29, 23, tzinfo=UTC), id="LV-09: over skuddagen"),
    pytest.param(kl(2, 14, aar=2023), datetime(2023, 2, 28, 23, tzinfo=UTC), id="LV-09: uden skuddag"),
    pytest.param(kl(3, 20), datetime(2024, 4, 3, 22, tzinfo=UTC), id="LV-09: over sommertid"),
    pytest.param(kl(10, 20), datetime(2024, 11, 3, 23, tzinfo=UTC), id="LV-09: over vintertid"),
    pytest.param(kl(3, 16), datetime(2024, 3, 30, 23, tzinfo=UTC), id="LV-09: udløber natten til sommertid"),
    pytest.param(kl(10, 12), datetime(2024, 10, 26, 22, tzinfo=UTC), id="LV-09: udløber natten til vintertid"),
]


@pytest.mark.parametrize(("leveret", "frist"), FRISTER)
def test_dispensationsfrist(leveret: datetime, frist: datetime) -> None:
    assert rules.dispensationsfrist(leveret) == frist
    assert rules.svarfrist(leveret) == frist
    assert (dato(frist) - dato(leveret)).days == 15


DATOER = [
    ("BORGER", "2025-03-05", True), ("BORGER", "2025-04-04", True), ("BORGER", "2025-03-04", False),
    ("BORGER", "2025-04-05", False), ("SAGSBEHANDLER", "2025-02-19", True), ("SAGSBEHANDLER", "2025-02-18", False),
    ("SAERLIGE_RETTIGHEDER", "2025-02-18", True), ("SAERLIGE_RETTIGHEDER", "2024-03-05", True),
    ("SAERLIGE_RETTIGHEDER", "2024-03-04", False), ("SAERLIGE_RETTIGHEDER", "2026-03-05", True),
    ("SAERLIGE_RETTIGHEDER", "2026-03-06", False),
]  # fmt: skip


@pytest.mark.parametrize(("rolle", "dag", "ja"), DATOER, ids=[f"S38: {r} {d}" for r, d, _ in DATOER])
def test_datointerval(rolle: Any, dag: str, ja: bool) -> None:
    assert rules.er_i_intervallet(date.fromisoformat(dag), rules.Rolle(rolle), kl(3, 5, aar=2025)) is ja


def test_skuddag_et_aar_tilbage() -> None:
    """S37: from 29 February a year back is 28 February."""
    rolle = rules.Rolle.SAERLIGE_RETTIGHEDER
    assert rules.er_i_intervallet(date(2023, 2, 28), rolle, kl(2, 29))
    assert not rules.er_i_intervallet(date(2023, 2, 27), rolle, kl(2, 29))


@pytest.mark.parametrize("forloeb", [LAEGEVALG, BESTILLING, BREVFORLOEB, PERSONSAG, BREVSVAR], ids=lambda f: f.navn)
def test_enhver_ventende_tilstand_har_en_frist(forloeb: Any) -> None:
    ventende = {o.fra for o in forloeb.overgange} - forloeb.afsluttede() - {forloeb.start}
    assert {f.i for f in forloeb.frister} == ventende
    raekker = {(o.fra, o.naar) for o in forloeb.overgange}
    assert all((f.i, f.besked) in raekker for f in forloeb.frister)


@pytest.mark.parametrize("forloeb", [LAEGEVALG, BESTILLING, BREVFORLOEB, PERSONSAG, BREVSVAR], ids=lambda f: f.navn)
def test_diagrammet_i_readme_er_tabellens(forloeb: Any) -> None:
    tekst = Path("services/laegevalg/README.md").read_text(encoding="utf-8")
    start, slut = f"<!-- forloeb:{forloeb.navn} -->\n```mermaid\n", "\n```\n<!-- /forloeb -->"
    assert tekst.split(start, 1)[1].split(slut, 1)[0] == forloeb.som_mermaid()
