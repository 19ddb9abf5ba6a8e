"""The acceptance scenarios of entry through the three services together, in memory."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.brev import BrevAnmodet
from contracts.cpr import (
    CprAdresse,
    CprForaeldremyndighed,
    CprHaendelse,
    CprNavn,
    CprPerson,
    CprRejse,
    PersonOpdateret,
)
from contracts.kort import KortAnmodet
from contracts.laegevalg import ForloebAfsluttet, GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.noegle import person_id_ved_oprettelse
from contracts.opgave import OpgaveAnmodet
from contracts.plads import PladsAnmodet, PladsReserveret
from contracts.yder import YderOpdateret, Yderstatus, YderTilstand
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.sikret import Sikret
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.motor import Hub, typer

HEMMELIG = "en hemmelighed"
ERIK, MOR = "6909990001", "7005850002"


@pytest.fixture
def hub() -> Hub:
    return Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG, PLO_EVENTS)


def kl(aar: int, maaned: int, dag: int, time: int = 6) -> datetime:
    return datetime(aar, maaned, dag, time, tzinfo=UTC)


def yder(nummer: str, kommune: str, ledige: int, status: Yderstatus = Yderstatus.AABEN) -> YderOpdateret:
    return YderOpdateret(
        ydernummer=nummer, navn=f"Lægehuset {nummer}", kommunekode=kommune, status=status, lukkegraense=1600,
        maksgraense=1700, antal_sikrede=1600 - ledige, opdateret=kl(2024, 1, 1),
    )  # fmt: skip


def person(kommune: str, indrejst: date, cpr: str = ERIK, **andet: Any) -> CprPerson:
    felter: dict[str, Any] = {
        "status": "01", "foedselsdato": date(1999, 9, 9), "navn": CprNavn(fornavn="Erik", efternavn="Ærø"),
        "adresse": CprAdresse(kommunekode=kommune, standardadresse="Åboulevarden 7", postnummer="8000"),
        "rejser": (CprRejse(indrejse=datetime(indrejst.year, indrejst.month, indrejst.day, 12, tzinfo=UTC)),),
    }  # fmt: skip
    return CprPerson(cpr=cpr, **(felter | andet))


def indrejst(kommune: str, dag: date, leverance: date, kode: str = "A05", **andet: Any) -> CprHaendelse:
    return CprHaendelse(kode=kode, leverance=leverance, person=person(kommune, dag, **andet))


def sikret(hub: Hub, cpr: str = ERIK) -> Sikret:
    return hub.motorer["laegevalg"].raekker["sikret"][person_id_ved_oprettelse(cpr, HEMMELIG)]


AARHUS = (yder("000010", "0751", 5), yder("000011", "0751", 40), yder("000012", "0710", 300))
S15 = indrejst("0751", date(2024, 11, 4), date(2024, 11, 5))


def test_s15_automatisk_indrejse(hub: Hub) -> None:
    """S15 [IND-01, IND-06, KORT-14]: most free places in the same municipality, group 1 from the entry, a free card."""
    hub.send(kl(2024, 11, 1), *AARHUS)
    hub.send(kl(2024, 11, 5), S15)
    hub.frem(kl(2024, 11, 5))

    assert [(g.gruppe, g.gyldig_fra) for g in hub.fra(GruppeTraadtIKraft)] == [("1", date(2024, 11, 4))]
    assert [(v.ydernummer, v.virkningsdato) for v in hub.fra(LaegevalgTraadtIKraft)] == [("000011", date(2024, 11, 4))]
    assert [(k.aarsag, k.gebyr_oere, k.kommunekode) for k in hub.fra(KortAnmodet)] == [("FOERSTE_RET", 0, "0751")]
    assert [b.brevtype for b in hub.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING"]
    assert hub.fra(OpgaveAnmodet) == []
    assert [t.optagne for t in hub.fra(YderTilstand)][-1] == 1561
    assert (sikret(hub).gruppe, sikret(hub).ydernummer) == ("1", "000011")


def test_samme_indrejse_i_en_ny_leverance_aendrer_intet(hub: Hub) -> None:
    """CPR-09: the same entry is not even told again."""
    hub.send(kl(2024, 11, 1), *AARHUS)
    hub.send(kl(2024, 11, 5), S15)
    hub.frem(kl(2024, 11, 5))
    foer = len(hub.udsendt)

    hub.send(kl(2024, 11, 6), indrejst("0751", date(2024, 11, 4), date(2024, 11, 6)))
    hub.frem(kl(2025, 11, 6))

    assert typer(hub.udsendt[foer:]) == []


def test_s16_behandlet_i_haanden_dagen_foer(hub: Hub) -> None:
    """S16 [IND-03, IND-04, IND-07]: group 1 and doctor Y10 set by a caseworker; nothing further happens."""
    hub.send(kl(2024, 11, 1), *AARHUS)
    hub.send(kl(2024, 11, 4), PersonOpdateret(leverance=date(2024, 11, 4), person=person("0751", date(2024, 11, 4))))
    laegevalg = hub.motorer["laegevalg"]
    fra = date(2024, 11, 4)
    foer = sikret(hub)
    i_haanden = {"gruppe": "1", "gruppe_fra": fra, "ydernummer": "000010", "laege_fra": fra}
    laegevalg.gem(Sikret(**({f: getattr(foer, f) for f in Sikret.__slots__} | i_haanden)))

    hub.send(kl(2024, 11, 5), S15)
    hub.frem(kl(2025, 11, 5))

    assert typer(laegevalg.udsendt) == ["ForloebStartet", "ForloebAfsluttet"]
    assert [a.udfald for a in hub.fra(ForloebAfsluttet)] == ["BEHANDLET_UDEN_HANDLING"]
    assert sikret(hub).ydernummer == "000010"


@pytest.mark.parametrize(
    "laesoe",
    [
        pytest.param([yder("000025", "0825", 100, Yderstatus.LUKKET)], id="alle lukkede"),
        pytest.param([yder("000025", "0825", 0)], id="åben, men fuld"),
        pytest.param([], id="ingen praksis"),
    ],
)
def test_s18_ingen_laege(hub: Hub, laesoe: list[Besked]) -> None:
    """S18 [IND-02]: group 1, one MANUEL task with the CPR number, no reservation, no card."""
    hub.send(kl(2024, 11, 1), *AARHUS, *laesoe)
    hub.send(kl(2024, 11, 5), indrejst("0825", date(2024, 11, 4), date(2024, 11, 5)))
    hub.frem(kl(2025, 11, 5))

    assert [(o.opgavetype, o.kommunekode, o.cpr) for o in hub.fra(OpgaveAnmodet)] == [("MANUEL", "0825", ERIK)]
    assert [(g.gruppe, g.gyldig_fra) for g in hub.fra(GruppeTraadtIKraft)] == [("1", date(2024, 11, 4))]
    assert hub.fra(PladsReserveret) == []
    assert hub.fra(KortAnmodet) == []
    assert hub.fra(BrevAnmodet) == []


def test_s14_genindrejse(hub: Hub) -> None:
    """S14 [NORD-02, IND-01]: group 7 since February, back on 1 October: group 1, a new doctor, one free card."""
    hub.send(kl(2024, 1, 2), *AARHUS)
    hub.send(kl(2024, 2, 2), PersonOpdateret(leverance=date(2024, 2, 2), person=CprPerson(cpr=ERIK, status="80")))
    foer = {f: getattr(sikret(hub), f) for f in Sikret.__slots__}
    hub.motorer["laegevalg"].gem(Sikret(**(foer | {"gruppe": "7", "gruppe_fra": date(2024, 2, 1)})))

    hub.send(kl(2024, 10, 2), indrejst("0751", date(2024, 10, 1), date(2024, 10, 2), "A04"))
    hub.frem(kl(2024, 10, 2))

    assert (sikret(hub).gruppe, sikret(hub).gruppe_fra) == ("1", date(2024, 10, 1))
    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == ("000011", date(2024, 10, 1))
    assert [(k.aarsag, k.gebyr_oere) for k in hub.fra(KortAnmodet)] == [("GENINDREJSE", 0)]


def test_to_om_den_sidste_plads(hub: Hub) -> None:
    """LV-17: exactly one wins; the other gets a task."""
    hub.send(kl(2024, 11, 1), yder("000010", "0751", 1))
    hub.send(kl(2024, 11, 5), S15, indrejst("0751", date(2024, 11, 4), date(2024, 11, 5), cpr=MOR))
    hub.frem(kl(2024, 11, 5))

    assert len(hub.fra(PladsAnmodet)) == 2
    assert len(hub.fra(PladsReserveret)) == 1
    assert len(hub.fra(KortAnmodet)) == 1
    assert len(hub.fra(OpgaveAnmodet)) == 1


def test_barnet_faar_morens_lukkede_laege_i_en_anden_kommune(hub: Hub) -> None:
    """FAM-05, IND-06: the mother has her doctor from before; the child enters later."""
    hub.send(kl(2024, 11, 1), *AARHUS)
    hub.send(kl(2024, 11, 5), indrejst("0710", date(2024, 11, 4), date(2024, 11, 5), cpr=MOR))
    hub.frem(kl(2024, 11, 5))
    hub.send(
        kl(2024, 11, 6),
        YderOpdateret(
            ydernummer="000012", navn="Lukket nu", kommunekode="0710", status=Yderstatus.LUKKET, lukkegraense=1000,
            maksgraense=1700, opdateret=kl(2024, 11, 6),
        ),
    )  # fmt: skip

    barn = indrejst(
        "0751", date(2024, 12, 1), date(2024, 12, 2), foedselsdato=date(2015, 8, 20), mor_cpr=MOR,
        foraeldremyndighed=(CprForaeldremyndighed(type_="0003"),),
    )  # fmt: skip
    hub.send(kl(2024, 12, 2), barn)
    hub.frem(kl(2024, 12, 2))

    assert sikret(hub, MOR).ydernummer == "000012"
    assert sikret(hub).ydernummer == "000012"
