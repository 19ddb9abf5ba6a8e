"""The process of a fee as stories, with every pair that can race in both orders."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.betaling import (
    BetalingFejlet,
    BetalingFrigivet,
    BetalingTrukket,
    BetalingUdloebet,
    FrigivBetaling,
    NetsHaendelse,
    ReserverBetaling,
    TraekBetaling,
)
from contracts.opgave import OpgaveAnmodet
from services.betaling.app import TJENESTE
from services.betaling.forloeb import BETALING
from services.betaling.forloeb import beskeder as b
from services.betaling.store import BETALINGER
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import SaetFrist
from tests.laegevalg.valgverden import kl
from tests.motor import Motor, kan_vaere_tomme, kolonner_af, kolonner_i, migrationer, typer, valgfrie

NU = kl(3, 4, 10)
R = "laegevalg-s01:betaling"
OM: dict[str, Any] = {"reservation_id": R, "forloeb_id": "laegevalg-s01", "person_id": "p"}
TRAEK = TraekBetaling(**OM)
FRIGIV = FrigivBetaling(**OM, grund="ANNULLERET")
SVAR: dict[str, Any] = {
    "reserveret": b.ReservationAccepteret(reservation_id=R, payment_id="b015"),
    "nægtet": b.ReservationAfvist(reservation_id=R, kode="1022"),
    "træk": TRAEK,
    "frigiv": FRIGIV,
    "trukket": b.TraekAccepteret(reservation_id=R, traek_id="01ee"),
    "træk afvist": b.TraekAfvist(reservation_id=R, kode="1020"),
    "træk for sent": b.TraekAfvist(reservation_id=R, kode="1010"),
    "frigivet": b.FrigivelseAccepteret(reservation_id=R),
    "intet holdes": b.IntetAtFrigive(reservation_id=R),
    "frigivelse afvist": b.FrigivelseAfvist(reservation_id=R, kode="1008"),
    "udløbet": b.ReservationenUdloeb(reservation_id=R),
    "nets: trukket": NetsHaendelse(reservation_id=R, art="TRUKKET", tidspunkt=NU, traek_id="01ee"),
    "nets: andet træk": NetsHaendelse(reservation_id=R, art="TRUKKET", tidspunkt=NU, traek_id="02ff"),
    "nets: udløbet": NetsHaendelse(reservation_id=R, art="UDLOEBET", tidspunkt=NU),
}
HISTORIER: list[tuple[str, str, list[str], list[str]]] = [
    ("BET-01: reserveret, trukket", "reserveret, træk, trukket", ["BetalingReserveret", "BetalingTrukket"], []),
    ("BET-21: trukket to gange med samme id", "reserveret, træk, trukket, nets: trukket, træk, trukket",
     ["BetalingReserveret", "BetalingTrukket"], []),
    ("S22: et andet træk er en opgave", "reserveret, træk, trukket, nets: andet træk, nets: andet træk",
     ["BetalingReserveret", "BetalingTrukket"], ["REFUNDER"]),
    ("BET-05: frigivet en gang", "reserveret, frigiv, frigiv, frigivet, frigiv",
     ["BetalingReserveret", "BetalingFrigivet"], []),
    ("BET-04: nægtet", "nægtet", ["BetalingFejlet"], []),
    ("frigives, mens reservationen er ubesvaret", "frigiv, reserveret, frigivet", ["BetalingFrigivet"], []),
    ("frigives, mens reservationen er ubesvaret, og den nægtes", "frigiv, nægtet", ["BetalingFejlet"], []),
    ("træk før frigiv: en person ser på det", "reserveret, træk, frigiv, trukket",
     ["BetalingReserveret", "BetalingTrukket"], ["REFUNDER"]),
    ("frigiv før træk: intet trækkes", "reserveret, frigiv, træk, frigivet",
     ["BetalingReserveret", "BetalingFejlet", "BetalingFrigivet"], ["OPKRAEV_GEBYR"]),
    ("BET-05: frigivelse efter trukket er en opgave", "reserveret, træk, trukket, frigiv",
     ["BetalingReserveret", "BetalingTrukket"], ["REFUNDER"]),
    ("træk før udløb: trækket gælder", "reserveret, træk, udløbet, trukket",
     ["BetalingReserveret", "BetalingTrukket"], []),
    ("udløb før træk: intet trækkes", "reserveret, udløbet, træk",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingFejlet"], ["OPKRAEV_GEBYR"]),
    ("træk og udløb på én gang: Nets afgør det", "reserveret, træk, træk for sent",
     ["BetalingReserveret", "BetalingUdloebet"], ["OPKRAEV_GEBYR"]),
    ("Nets melder udløb, mens der trækkes, men trækket lykkedes", "reserveret, træk, nets: udløbet, trukket",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("trækket lykkedes, og så melder Nets udløb", "reserveret, træk, trukket, nets: udløbet",
     ["BetalingReserveret", "BetalingTrukket"], []),
    ("Nets melder udløb og så et træk", "reserveret, nets: udløbet, nets: trukket, nets: trukket",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("Nets melder et træk og så udløb", "reserveret, nets: trukket, nets: udløbet",
     ["BetalingReserveret", "BetalingTrukket"], ["REFUNDER"]),
    ("udløbet, trukket og så frigivet: det trukne er for meget", "reserveret, udløbet, nets: trukket, frigiv",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE", "REFUNDER"]),
    ("udløbet, frigivet og så trukket: det trukne er for meget", "reserveret, udløbet, frigiv, nets: trukket",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE", "REFUNDER"]),
    ("udløbet, frigivet, intet holdes og så trukket",
     "reserveret, udløbet, frigiv, intet holdes, nets: trukket, frigiv",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE", "REFUNDER"]),
    ("udløbet, frigivet og trukket, før Nets siger, at intet holdes",
     "reserveret, udløbet, frigiv, nets: trukket, intet holdes",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingTrukket"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE", "REFUNDER"]),
    ("BET-05: udløbet og så frigivet: der er intet at frigive", "reserveret, udløbet, frigiv, intet holdes, frigiv",
     ["BetalingReserveret", "BetalingUdloebet"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("udløbet hos os, men Nets holdt endnu beløbet", "reserveret, udløbet, frigiv, frigiv, frigivet, nets: udløbet",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingFrigivet"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("udløbet og så frigivet, og Nets vil ikke", "reserveret, udløbet, frigiv, frigivelse afvist",
     ["BetalingReserveret", "BetalingUdloebet", "BetalingFejlet"], ["FRIGIV_GEBYR", "OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("frigivet og så udløbet: intet at opkræve", "reserveret, frigiv, nets: udløbet, intet holdes",
     ["BetalingReserveret", "BetalingFrigivet"], []),
    ("udløb under træk, frigivet, og trækket afvises",
     "reserveret, træk, nets: udløbet, frigiv, træk afvist, intet holdes",
     ["BetalingReserveret", "BetalingUdloebet"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("udløb under træk, frigivet, og trækket er for sent", "reserveret, træk, nets: udløbet, frigiv, træk for sent, "
     "intet holdes, nets: udløbet", ["BetalingReserveret", "BetalingUdloebet"], ["OPKRAEV_GEBYR", "OPKRAEV_IKKE"]),
    ("træk afvist", "reserveret, træk, træk afvist", ["BetalingReserveret", "BetalingFejlet"], ["OPKRAEV_GEBYR"]),
    ("frigivelse afvist", "reserveret, frigiv, frigivelse afvist", ["BetalingReserveret", "BetalingFejlet"],
     ["FRIGIV_GEBYR"]),
    ("Nets svarer på trækket to gange, webhook først", "reserveret, træk, nets: trukket, trukket",
     ["BetalingReserveret", "BetalingTrukket"], []),
    ("trukket af et menneske hos Nets", "reserveret, nets: trukket", ["BetalingReserveret", "BetalingTrukket"],
     ["REFUNDER"]),
]  # fmt: skip


def spil(historie: str) -> Motor:
    motor = Motor(TJENESTE)
    motor.modtag(ReserverBetaling(**OM, kommunekode="0630", bestillingsdato=NU.date(), betalingskort="kort-1"), NU)
    for navn in historie.split(", ") if historie else []:
        motor.modtag(SVAR[navn], NU)
    return motor


@pytest.mark.parametrize(("historie", "sendt", "opgaver"), [h[1:] for h in HISTORIER], ids=[h[0] for h in HISTORIER])
def test_historie(historie: str, sendt: list[str], opgaver: list[str]) -> None:
    motor = spil(historie)
    assert [t for t in typer(motor.udsendt) if t != "OpgaveAnmodet"] == sendt
    assert sorted({o.aarsag for o in motor.fra(OpgaveAnmodet)}) == opgaver
    assert len(motor.fra(BetalingTrukket)) <= 1
    assert len(motor.fra(BetalingFrigivet)) <= 1
    assert len(motor.fra(BetalingUdloebet)) <= 1


@pytest.mark.parametrize(
    ("historie", "siger"),
    [("reserveret, udløbet, nets: trukket", "allerede trukket"), ("reserveret, udløbet, frigiv", "skal ikke opkræves")],
)
def test_den_der_skulle_opkraeve_faar_at_vide_at_det_ikke_skal_ske(historie: str, siger: str) -> None:
    """A task cannot be called back, so another one follows it, once, to the same municipality about the same fee."""
    opkraev, ikke = spil(historie).fra(OpgaveAnmodet)
    assert (opkraev.aarsag, ikke.aarsag) == ("OPKRAEV_GEBYR", "OPKRAEV_IKKE")
    assert siger in ikke.beskrivelse
    assert "ikke opkræves" in ikke.titel
    assert (ikke.kommunekode, ikke.person_id, ikke.forloeb_id) == ("0630", "p", "laegevalg-s01")
    assert ikke.opgave_id == f"{R}:opkraev_ikke"


def test_effekternes_noegler() -> None:
    """BET-21: the capture's key is the reservation id; Nets takes 64 characters."""
    motor = spil("reserveret, træk, trukket")
    assert sorted(motor.effekter) == [R, f"res:{R}"]
    lang = max(len(n) for n in motor.effekter) - len(R) + 60
    assert lang <= 64


def test_gebyret_er_bestillingsdagens() -> None:
    """S26, BET-18: 225 kr. reserved and captured for an order of 2024, whenever it is captured."""
    motor = spil("reserveret")
    motor.modtag(TRAEK, kl(1, 20, aar=2025))
    motor.modtag(SVAR["trukket"], kl(1, 20, aar=2025))
    assert [t.beloeb_oere for t in motor.fra(BetalingTrukket)] == [22500]


@pytest.mark.parametrize(
    ("minutter", "tilstand"),
    [
        pytest.param(-1, "TRUKKET", id="et minut før udløbet"),
        pytest.param(0, "UDLOEBET", id="i samme øjeblik, fristen først"),
        pytest.param(1, "UDLOEBET", id="et minut efter"),
    ],
)
def test_traek_omkring_udloebet(minutter: int, tilstand: str) -> None:
    """BET-01: the card is not held back; a person collects the fee otherwise."""
    motor = spil("reserveret")
    (frist,) = motor.frister.values()
    assert isinstance(frist, SaetFrist)
    nu = frist.hvornaar + timedelta(minutes=minutter)
    for besked in (*motor.forfaldne(nu), TRAEK):
        motor.modtag(besked, nu)
    if tilstand == "TRUKKET":
        motor.modtag(SVAR["trukket"], nu)
    assert motor.raekker["betaling"][R].tilstand == tilstand
    assert len(motor.fra(BetalingFejlet)) == (tilstand == "UDLOEBET")


@pytest.mark.parametrize(
    "historie", ["", "frigiv", "reserveret, træk", "reserveret, frigiv", "reserveret, udløbet, frigiv"]
)
def test_tavshed_bliver_en_opgave_og_der_ventes_fortsat(historie: str) -> None:
    motor = spil(historie)
    for gang in (1, 2):
        nu = NU + gang * timedelta(days=1)
        (frist,) = motor.forfaldne(nu)
        motor.modtag(frist, nu)
    assert {o.aarsag for o in motor.fra(OpgaveAnmodet)} - {"OPKRAEV_GEBYR", "OPKRAEV_IKKE"} == {"BETALING_FORSINKET"}
    assert len(motor.frister) == 1


def test_reservationen_oenskes_en_gang() -> None:
    motor = spil("reserveret")
    assert motor.modtag(
        ReserverBetaling(**OM, kommunekode="0630", bestillingsdato=NU.date(), betalingskort="kort-1"), NU
    ) == []  # fmt: skip


@pytest.mark.parametrize("besked", [TRAEK, FRIGIV, SVAR["nets: trukket"]], ids=lambda m: type(m).__name__)
def test_ukendt_reservation_er_en_synlig_fejl(besked: Any) -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        Motor(TJENESTE).modtag(besked, NU)


def test_nets_uden_traek_id_er_en_synlig_fejl() -> None:
    with pytest.raises(ValueError, match="uden et traek_id"):
        spil("reserveret").modtag(NetsHaendelse(reservation_id=R, art="TRUKKET", tidspunkt=NU), NU)


def test_enhver_ventende_tilstand_har_en_frist() -> None:
    ventende = {o.fra for o in BETALING.overgange} - BETALING.afsluttede() - {BETALING.start}
    assert {f.i for f in BETALING.frister} == ventende


def test_migrationen_svarer_til_raekken() -> None:
    sql = migrationer(Path("services/betaling/migrations"))
    assert kolonner_i(sql, "betaling") == kolonner_af(BETALINGER)
    assert valgfrie(sql, "betaling") == kan_vaere_tomme(BETALINGER)


def test_diagrammet_i_readme_er_det_gaeldende() -> None:
    tekst = Path("services/betaling/README.md").read_text(encoding="utf-8")
    fundet = re.search(r"<!-- forloeb:betaling -->\n```mermaid\n(.*?)\n```\n<!-- /forloeb -->", tekst, re.DOTALL)
    assert fundet
    assert fundet.group(1) == BETALING.som_mermaid()
