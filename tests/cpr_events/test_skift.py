"""Custody, guardianship and protection begin and end on their own days, without a word from CPR (CPR-13, FAM-02)."""

from datetime import date, datetime, timedelta

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.cpr import CprForaeldremyndighed, CprPeriode, CprPerson, PersonOpdateret
from contracts.noegle import person_id_ved_oprettelse
from contracts.person import PersonBeskyttelseAendret, PersonTilstand
from services.cpr_events import rules
from services.cpr_events.app import TJENESTE
from shared.domain.datoer import alder, foedselsdag, midnat
from shared.platform.settings import Settings
from tests.motor import Motor, typer

BARN, MOR, FAR, VAERGE = "2008159991", "6204801210", "6204801211", "6204801212"
HEMMELIG = "en hemmelighed"
D = date
FM = CprForaeldremyndighed
FODT = D(2015, 8, 20)
LEVERET = D(2024, 2, 12)
TIL_FAR = {"foraeldremyndighed": (FM(type_="0003", til=D(2024, 2, 29)), FM(type_="0004", fra=D(2024, 3, 1)))}
BESKYTTET = {"beskyttelser": (CprPeriode(type_="0001", fra=D(2024, 3, 1), til=D(2024, 3, 31)),)}


def id_af(cpr: str) -> str:
    return person_id_ved_oprettelse(cpr, HEMMELIG)


@pytest.fixture
def motor() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))


def billede(leverance: date = LEVERET, foedt: date = FODT, **andet: object) -> PersonOpdateret:
    felter = {"cpr": BARN, "status": "01", "foedselsdato": foedt, "mor_cpr": MOR, "far_cpr": FAR}
    return PersonOpdateret(leverance=leverance, person=CprPerson.model_validate(felter | andet))


def frem(motor: Motor, til: datetime) -> list[Besked]:
    """Every deadline until then, each at its own instant."""
    sendt: list[Besked] = []
    while tider := [f.hvornaar for f in motor.frister.values() if f.hvornaar <= til]:
        for besked in motor.forfaldne(min(tider)):
            sendt += motor.modtag(besked, min(tider))
    return sendt


def myndige(motor: Motor) -> list[tuple[int, tuple[str, ...]]]:
    return [(t.version, t.person.foraeldremyndighed_ider) for t in motor.fra(PersonTilstand)]


@pytest.mark.parametrize(
    ("nu", "ventet"),
    [
        pytest.param(midnat(D(2024, 3, 1)) - timedelta(seconds=1), [MOR], id="før midnat"),
        pytest.param(midnat(D(2024, 3, 1)), [MOR, FAR], id="på dagen"),
    ],
)
def test_fam_03_myndigheden_skifter_paa_dagen(motor: Motor, nu: datetime, ventet: list[str]) -> None:
    """FAM-03, PLO-09: the father from the day that the snapshot says, in Danish time."""
    motor.modtag(billede(**TIL_FAR), midnat(LEVERET))
    frem(motor, nu)
    assert [ider for _, ider in myndige(motor)] == [(id_af(nr),) for nr in ventet]


@pytest.mark.parametrize("vaerge", [None, VAERGE], ids=["uden værge", "med værge"])
def test_fam_02_den_18_aars_foedselsdag(motor: Motor, vaerge: str | None) -> None:
    """FAM-02, FAM-03: custody ends; a guardian is told of anew, so that it is known that he still is."""
    linje = (FM(type_="0003"),)
    motor.modtag(billede(foedt=D(2006, 3, 1), foraeldremyndighed=linje, vaerge_cpr=vaerge), midnat(LEVERET))
    frem(motor, midnat(D(2024, 3, 1)))
    vaergen = (id_af(vaerge),) if vaerge else ()
    assert myndige(motor) == [(1, (id_af(MOR), *vaergen)), (2, vaergen)]
    assert motor.frister == {}


def test_cpr_13_beskyttelsen_begynder_og_ophoerer_paa_dagen(motor: Motor) -> None:
    """CPR-13: told on each day, once, also when CPR's next delivery says the same."""
    motor.modtag(billede(**BESKYTTET), midnat(LEVERET))
    sendt = frem(motor, midnat(D(2024, 4, 1)))
    assert typer(sendt) == ["PersonTilstand", "PersonBeskyttelseAendret"] * 2
    assert [b.beskyttet for b in motor.fra(PersonBeskyttelseAendret)] == [True, False]
    assert [t.person.beskyttet for t in motor.fra(PersonTilstand)] == [False, True, False]
    assert motor.modtag(billede(D(2024, 4, 2), **BESKYTTET), midnat(D(2024, 4, 2))) == []


def test_cpr_10_en_aeldre_leverance_tager_ikke_dagen_tilbage(motor: Motor) -> None:
    """CPR-10, CPR-13: what comes late is of an older day; protection stands as it is today."""
    motor.modtag(billede(**BESKYTTET), midnat(LEVERET))
    frem(motor, midnat(D(2024, 3, 1)))
    assert motor.modtag(billede(LEVERET, **BESKYTTET), midnat(D(2024, 3, 2))) == []
    assert motor.modtag(billede(D(2024, 2, 20), **BESKYTTET), midnat(D(2024, 3, 2))) == []


def test_fam_03_en_ny_leverance_afloeser_fristen(motor: Motor) -> None:
    """FAM-03: one deadline a person, of the newest snapshot; none where nothing changes any more."""
    motor.modtag(billede(**TIL_FAR), midnat(LEVERET))
    (foerste,) = motor.forfaldne(midnat(D(2024, 3, 1)))
    motor.modtag(billede(D(2024, 2, 14), foraeldremyndighed=(FM(type_="0003", til=D(2024, 5, 31)),)), midnat(LEVERET))
    assert motor.modtag(foerste, midnat(D(2024, 3, 1))) == [], "den gamle dag gælder ikke mere"
    assert [f.hvornaar for f in motor.frister.values()] == [midnat(D(2024, 6, 1))]
    motor.modtag(billede(D(2024, 2, 15)), midnat(LEVERET))
    assert motor.frister == {}


def test_fam_03_en_leverance_efter_dagen_men_foer_fristen(motor: Motor) -> None:
    """FAM-03, PLO-09: the same snapshot delivered on a later day tells of it; then there is nothing left to tell."""
    motor.modtag(billede(**TIL_FAR), midnat(LEVERET))
    motor.modtag(billede(D(2024, 3, 2), **TIL_FAR), midnat(D(2024, 3, 2)))
    assert myndige(motor) == [(1, (id_af(MOR),)), (2, (id_af(FAR),))]
    assert frem(motor, midnat(D(2024, 3, 3))) == []


def test_cpr_11_den_myndiges_nuvaerende_id(motor: Motor) -> None:
    """CPR-11, FAM-03: named by the id he has, not by what his number would give."""
    far = CprPerson(cpr="6204801299", status="01", tidligere_cpr=(FAR,))
    motor.modtag(PersonOpdateret(leverance=LEVERET, person=far), midnat(LEVERET))
    motor.modtag(billede(**TIL_FAR), midnat(LEVERET))
    frem(motor, midnat(D(2024, 3, 1)))
    assert myndige(motor)[-1] == (2, (id_af("6204801299"),))


@pytest.mark.parametrize("foedt", [D(2004, 2, 29), D(2006, 3, 1), D(2006, 12, 31), D(2008, 2, 29)])
def test_foedselsdagen_er_den_dag_man_fylder(foedt: date) -> None:
    """FAM-02: the day itself, as ages are counted."""
    dag = foedselsdag(foedt, 18)
    assert (alder(foedt, dag - timedelta(days=1)), alder(foedt, dag)) == (17, 18)


def test_uden_datoer_er_der_ingen_dag(motor: Motor) -> None:
    """CPR-13: only protection of name and address, and only for whom there is something to change."""
    andet = CprPerson(cpr=BARN, status="01", beskyttelser=(CprPeriode(type_="0002", fra=D(2030, 1, 1)),))
    assert rules.naeste_skift(andet, LEVERET) is None
    motor.modtag(billede(), midnat(LEVERET))
    assert motor.frister == {}
