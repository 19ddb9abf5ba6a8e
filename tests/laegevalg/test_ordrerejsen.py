"""Orders that meet CPR and the move solution, with `cpr_events` before them (S16, FLYT-01, CPR-06, CPR-07)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.brev import BrevAnmodet
from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, FlytningGodkendt, FlytningTilbagekaldt
from contracts.laegevalg import (
    ForloebAfsluttet,
    GruppeTraadtIKraft,
    LaegevalgAnnulleret,
    LaegevalgGodkendt,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet
from contracts.yder import YderOpdateret, Yderstatus
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.laegevalg.valgverden import bestilt
from tests.motor import Hub

ERIK, Y10, Y11 = "6909990001", "000010", "000011"


def kl(maaned: int, dag: int, time: int = 6) -> datetime:
    return datetime(2024, maaned, dag, time, tzinfo=UTC)


@pytest.fixture
def hub() -> Hub:
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr("en hemmelighed"))), LAEGEVALG, PLO_EVENTS)
    for nr, optagne in ((Y10, 100), (Y11, 0)):
        hub.send(kl(1, 2), YderOpdateret(
            ydernummer=nr, navn="Lægehuset", kommunekode="0751", status=Yderstatus.AABEN, lukkegraense=1600,
            maksgraense=1700, antal_sikrede=optagne, opdateret=kl(1, 1),
        ))  # fmt: skip
    return hub


def send(hub: Hub, nu: datetime, *beskeder: Besked) -> None:
    """Messages, and what is due at that instant."""
    hub.send(nu, *beskeder)
    hub.frem(nu)


def haendelse(kode: str, leveret: date, kommune: str, **andet: Any) -> CprHaendelse:
    felter: dict[str, Any] = {
        "status": "01", "foedselsdato": date(1999, 9, 9), "navn": CprNavn(fornavn="Erik", efternavn="Ærø"),
        "adresse": CprAdresse(kommunekode=kommune, standardadresse="Åboulevarden 7", postnummer="8000"),
    }  # fmt: skip
    return CprHaendelse(kode=kode, leverance=leveret, person=CprPerson(cpr=ERIK, **(felter | andet)))


def indrejst() -> CprHaendelse:
    rejse = CprRejse(indrejse=datetime(2024, 11, 4, 12, tzinfo=UTC))
    return haendelse("A05", date(2024, 11, 5), "0751", rejser=(rejse,))


def ordre(**andet: Any) -> Besked:
    felter: dict[str, Any] = {
        "cpr": ERIK, "kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "aktoer": "sb-7", "betalingskort": None,
        "kommunekode": "0751", "ydernummer": Y10,
    }  # fmt: skip
    return bestilt(**(felter | andet))


def test_indrejse_behandlet_i_haanden_dagen_foer(hub: Hub) -> None:
    """S16, IND-03, IND-04: ordered on 4 November for one whom the extract of 5 November makes known."""
    dagen = {"bestilt": kl(11, 4, 10), "virkningsdato": date(2024, 11, 4)}
    send(hub, kl(11, 4, 10), ordre(gruppe="1", anledning="INDREJSE", **dagen))
    send(hub, kl(11, 5), indrejst())
    assert [(g.gruppe, g.gyldig_fra) for g in hub.fra(GruppeTraadtIKraft)] == [("1", date(2024, 11, 4))]
    assert [i.ydernummer for i in hub.fra(LaegevalgTraadtIKraft)] == [Y10]
    assert {a.art: a.udfald for a in hub.fra(ForloebAfsluttet)} == {
        "LAEGEVALG": "LAEGE_VALGT", "INDREJSE": "BEHANDLET_UDEN_HANDLING"
    }  # fmt: skip
    assert (hub.fra(BrevAnmodet), hub.fra(OpgaveAnmodet)) == ([], [])


FLYTTER = date(2024, 12, 1)
GODKENDT = FlytningGodkendt(
    flytning_id="f-1", cpr=ERIK, adresse=CprAdresse(kommunekode="0461"), flyttedato=FLYTTER, godkendt=kl(11, 20)
)


def venter(hub: Hub) -> None:
    """Erik lives in Aarhus, and his choice waits for his move to Odense on 1 December."""
    send(hub, kl(11, 5), indrejst())
    flytning = {"flyttedato": FLYTTER, "til_kommunekode": "0461"}
    dagen = {"bestilt": kl(11, 10), "virkningsdato": date(2024, 12, 2)}
    send(hub, kl(11, 10), ordre(afventer_flytning=flytning, **dagen))
    assert valg_godkendt(hub) == []


def valg_godkendt(hub: Hub) -> list[str]:
    return [g.grund for g in hub.fra(LaegevalgGodkendt) if g.forloeb_id == "laegevalg-s01"]


def test_godkendt_flytning_er_flytningen(hub: Hub) -> None:
    """FLYT-01, CPR-06, CPR-07: the move solution tells of it before CPR; CPR's own A01 is not told again."""
    venter(hub)
    send(hub, kl(11, 20), GODKENDT)
    assert valg_godkendt(hub) == ["AABEN"]
    send(hub, kl(12, 2), haendelse("A01", date(2024, 12, 2), "0461", adresse=CprAdresse(kommunekode="0461")))
    assert valg_godkendt(hub) == ["AABEN"]
    hub.frem(kl(12, 3))
    assert [i.ydernummer for i in hub.fra(LaegevalgTraadtIKraft)] == [Y11, Y10]


def test_flytningen_i_cprs_udtraek(hub: Hub) -> None:
    """FLYT-01: A01 alone, state and event on two topics."""
    venter(hub)
    send(hub, kl(12, 2), haendelse("A01", date(2024, 12, 2), "0461"))
    assert valg_godkendt(hub) == ["AABEN"]


def test_godkendt_og_trukket_tilbage(hub: Hub) -> None:
    """FLYT-01, CPR-07: before the card is ordered the choice falls with the move."""
    send(hub, kl(11, 5), indrejst())
    flytning = {"flyttedato": FLYTTER, "til_kommunekode": "0461"}
    dagen = {"bestilt": kl(11, 10), "virkningsdato": date(2024, 12, 9)}
    send(hub, kl(11, 10), ordre(afventer_flytning=flytning, **dagen))
    send(hub, kl(11, 20), GODKENDT)
    send(hub, kl(11, 21), FlytningTilbagekaldt(flytning_id="f-1", cpr=ERIK, tilbagekaldt=kl(11, 21)))
    assert [(a.forloeb_id, a.grund) for a in hub.fra(LaegevalgAnnulleret)] == [("laegevalg-s01", "FLYTNING_TRUKKET")]


def test_godkendt_foer_ordren_og_trukket_tilbage_foer_ordren(hub: Hub) -> None:
    """FLYT-01: approved before the order, the move is not waited for; withdrawn again, it is."""
    send(hub, kl(11, 5), indrejst())
    send(hub, kl(11, 8), GODKENDT)
    flytning = {"flyttedato": FLYTTER, "til_kommunekode": "0461"}
    dagen = {"bestilt": kl(11, 10), "virkningsdato": date(2024, 12, 2)}
    send(hub, kl(11, 10), ordre(afventer_flytning=flytning, **dagen))
    assert valg_godkendt(hub) == ["AABEN"]
    send(hub, kl(11, 11), FlytningTilbagekaldt(flytning_id="f-1", cpr=ERIK, tilbagekaldt=kl(11, 11)))
    assert [a.grund for a in hub.fra(LaegevalgAnnulleret)] == ["FLYTNING_TRUKKET"]
    send(hub, kl(11, 12), ordre(bestilling_id="s02", afventer_flytning=flytning, **(dagen | {"bestilt": kl(11, 12)})))
    assert [g.forloeb_id for g in hub.fra(LaegevalgGodkendt)].count("laegevalg-s02") == 0
