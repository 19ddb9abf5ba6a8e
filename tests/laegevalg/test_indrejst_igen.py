"""An entry of one who has a doctor already: another entry is under way, or nobody has told that he left (IND-04)."""

from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse
from contracts.laegevalg import LaegeOphoert, LaegevalgTraadtIKraft
from contracts.noegle import person_id_ved_oprettelse
from contracts.plads import PladsForlades
from contracts.yder import YderOpdateret, Yderstatus
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.sikret import Sikret
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.motor import Hub

HEMMELIG, ERIK = "en hemmelighed", "6909990001"
FOERSTE, ANDEN = "000010", "000011"
AARHUS, VEJLE = "0751", "0630"
D = date


def kl(dag: date) -> datetime:
    return datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC)


def yder(nummer: str, kommune: str, ledige: int = 5) -> YderOpdateret:
    return YderOpdateret(
        ydernummer=nummer, navn=f"Lægehuset {nummer}", kommunekode=kommune, status=Yderstatus.AABEN, lukkegraense=1600,
        maksgraense=1700, antal_sikrede=1600 - ledige, opdateret=kl(D(2024, 1, 1)),
    )  # fmt: skip


def indrejst(dag: date, kommune: str, kode: str = "A05") -> CprHaendelse:
    adresse = CprAdresse(kommunekode=kommune, standardadresse="Åvej 7", postnummer="8000", tilflytning=kl(dag))
    return CprHaendelse(
        kode=kode, leverance=dag, registreret=kl(dag),
        person=CprPerson(
            cpr=ERIK, status="01", foedselsdato=D(1999, 9, 9), navn=CprNavn(fornavn="Erik", efternavn="Ærø"),
            adresse=adresse, rejser=(CprRejse(indrejse=kl(dag)),),
        ),
    )  # fmt: skip


@pytest.fixture
def hub() -> Hub:
    """A practice with room in each of two municipalities."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG, PLO_EVENTS)
    hub.send(kl(D(2024, 1, 2)), yder(FOERSTE, AARHUS), yder(ANDEN, VEJLE))
    return hub


def sikret(hub: Hub) -> Sikret:
    return hub.motorer["laegevalg"].raekker["sikret"][person_id_ved_oprettelse(ERIK, HEMMELIG)]


def optagne(hub: Hub) -> tuple[int, int]:
    ydere = hub.motorer["plo_events"].raekker["yder"]
    return ydere[FOERSTE].optagne, ydere[ANDEN].optagne


def test_ind_04_lv_20_to_indrejser_der_begge_er_i_gang(hub: Hub) -> None:
    """LV-20: both are told before either has taken effect: he has one doctor, and one practice has him."""
    hub.send(kl(D(2024, 11, 5)), indrejst(D(2024, 11, 4), AARHUS), indrejst(D(2024, 11, 5), VEJLE))
    hub.frem(kl(D(2024, 11, 6)))

    assert sikret(hub).ydernummer == ANDEN
    assert optagne(hub) == (1595, 1596)


def test_ind_04_lv_20_to_indrejser_hos_samme_praksis(hub: Hub) -> None:
    """LV-20: the practice counts him once."""
    hub.send(kl(D(2024, 11, 5)), indrejst(D(2024, 11, 4), AARHUS), indrejst(D(2024, 11, 5), AARHUS))
    hub.frem(kl(D(2024, 11, 6)))

    assert (sikret(hub).ydernummer, sikret(hub).laege_fra) == (FOERSTE, D(2024, 11, 5))
    assert optagne(hub) == (1596, 1595)
    assert [p.ydernummer for p in hub.fra(PladsForlades)] == [FOERSTE]


@pytest.mark.parametrize("kode", ["A04", "A05"])
def test_ind_04_lv_20_indrejst_igen_uden_at_udrejsen_er_meldt(hub: Hub, kode: str) -> None:
    """LV-20: what is from before the entry belongs to an earlier stay; the practice of then has one less."""
    hub.send(kl(D(2024, 2, 5)), indrejst(D(2024, 2, 5), AARHUS))
    hub.frem(kl(D(2024, 2, 5)))
    assert optagne(hub) == (1596, 1595)

    hub.send(kl(D(2024, 11, 5)), indrejst(D(2024, 11, 5), VEJLE, kode))
    hub.frem(kl(D(2024, 11, 6)))

    assert sikret(hub).ydernummer == ANDEN
    assert optagne(hub) == (1595, 1596)
    (ophoert,) = hub.fra(LaegeOphoert)
    assert (ophoert.ydernummer, ophoert.til, ophoert.grund) == (FOERSTE, D(2024, 11, 4), "INDREJST_IGEN")
    assert ophoert.begrundelse is not None
    assert [(p.ydernummer, p.forloeb_id) for p in hub.fra(PladsForlades)] == [(FOERSTE, ophoert.forloeb_id)]
    assert [i.tidligere_ydernummer for i in hub.fra(LaegevalgTraadtIKraft)] == [None, None]


def test_ind_04_den_samme_indrejse_ender_ingen_laege(hub: Hub) -> None:
    """IND-04: the day before, the day itself and the day after the doctor began: only a later entry begins anew."""
    hub.send(kl(D(2024, 2, 5)), indrejst(D(2024, 2, 5), AARHUS))
    hub.frem(kl(D(2024, 2, 5)))

    for dag in (D(2024, 2, 4), D(2024, 2, 5)):
        hub.send(kl(D(2024, 11, 5)), indrejst(dag, AARHUS))
        hub.frem(kl(D(2024, 11, 6)))
        assert hub.fra(LaegeOphoert) == []
    hub.send(kl(D(2024, 11, 7)), indrejst(D(2024, 2, 6), AARHUS))
    hub.frem(kl(D(2024, 11, 8)))
    assert [o.til for o in hub.fra(LaegeOphoert)] == [D(2024, 2, 5)]
    assert optagne(hub) == (1596, 1595)
