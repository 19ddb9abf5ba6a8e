"""A wedding told after the change of name, from the CPR extract on, in memory (CPR-01, CPR-02, CPR-09, CPR-10)."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprCivilstand, CprHaendelse, CprNavn, CprPerson, PersonOpdateret
from contracts.kort import KortAnmodetV2
from contracts.laegevalg import ForloebStartet
from contracts.noegle import person_id_ved_oprettelse
from contracts.person import PersonSkiftetNavn
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.sikret import Sikret
from shared.platform.settings import Settings
from tests.motor import Hub

HEMMELIG = "en hemmelighed"
ERIK = "6909990001"
ID = person_id_ved_oprettelse(ERIK, HEMMELIG)
D = date
VIET = D(2024, 3, 15)
FOER, NYT = CprNavn(fornavn="Erik", efternavn="Ærø"), CprNavn(fornavn="Erik", efternavn="Østergård")
HJEM = CprAdresse(kommunekode="0751", standardadresse="Åboulevarden 7", postnummer="8000")


def kl(dag: date) -> datetime:
    return datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC)


def person(navn: CprNavn = FOER, viet: date | None = None, kode: str = "G", **andet: Any) -> CprPerson:
    gift = CprCivilstand(kode=kode, fra=kl(viet)) if viet else CprCivilstand(kode="U")
    felter: dict[str, Any] = {"status": "01", "foedselsdato": D(1999, 9, 9), "adresse": HJEM, "civilstand": gift}
    return CprPerson(cpr=ERIK, navn=navn, **(felter | andet))


def a13(skiftet: date, leverance: date, viet: date | None = None, navn: CprNavn = NYT, **andet: Any) -> CprHaendelse:
    navnet = navn.model_copy(update={"gaelder_fra": kl(skiftet)})
    hvem = person(navnet, viet, **andet)
    return CprHaendelse(kode="A13", leverance=leverance, registreret=kl(skiftet), person=hvem)


def gift(skiftet: date, leverance: date, viet: date = VIET, kode: str = "A19", **andet: Any) -> CprHaendelse:
    """A wedding, of one whose name in the register is the new one already."""
    navnet = NYT.model_copy(update={"gaelder_fra": kl(skiftet)})
    return CprHaendelse(kode=kode, leverance=leverance, registreret=kl(leverance), person=person(navnet, viet, **andet))


def som_opdateret(haendelse: CprHaendelse) -> PersonOpdateret:
    return PersonOpdateret(leverance=haendelse.leverance, person=haendelse.person)


@pytest.fixture
def hub() -> Hub:
    """Erik, unmarried, in group 1."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG)
    hub.send(kl(D(2024, 1, 2)), PersonOpdateret(leverance=D(2024, 1, 2), person=person()))
    motor = hub.motorer["laegevalg"]
    foer = {f: getattr(motor.raekker["sikret"][ID], f) for f in Sikret.__slots__}
    motor.gem(Sikret(**(foer | {"gruppe": "1", "gruppe_fra": D(2010, 1, 1)})))
    return hub


def kort(hub: Hub) -> list[tuple[str, str, int, str]]:
    return [(k.forloeb_id, k.aarsag, k.gebyr_oere, k.navn) for k in hub.fra(KortAnmodetV2)]


def ventet(skiftet: date) -> list[tuple[str, str, int, str]]:
    return [(f"navneaendring-{ID}-{skiftet}", "NAVN_AEGTESKAB", 0, "Erik Østergård")]


@pytest.mark.parametrize(
    ("viet", "skiftet", "faar_kort"),
    [
        pytest.param(VIET, D(2024, 3, 14), False, id="dagen før vielsen"),
        pytest.param(VIET, D(2024, 3, 15), True, id="på vielsesdagen"),
        pytest.param(VIET, D(2024, 6, 14), True, id="dagen før de tre måneder"),
        pytest.param(VIET, D(2024, 6, 15), True, id="på dagen tre måneder efter"),
        pytest.param(VIET, D(2024, 6, 16), False, id="dagen efter de tre måneder"),
        pytest.param(D(2023, 11, 30), D(2024, 2, 29), True, id="sidste dag i februar i et skudår"),
        pytest.param(D(2023, 11, 30), D(2024, 3, 1), False, id="dagen efter den"),
    ],
)
@pytest.mark.parametrize("orden", ["vielsen sidst", "vielsen først", "sammen"])
def test_cpr01_kortet_kommer_i_begge_raekkefoelger(
    hub: Hub, viet: date, skiftet: date, faar_kort: bool, orden: str
) -> None:
    """CPR-01, CPR-10: the card follows from the two days, and once."""
    sket = {
        "vielsen sidst": (a13(skiftet, D(2024, 7, 1)), gift(skiftet, D(2024, 7, 3), viet)),
        "vielsen først": (
            CprHaendelse(kode="A19", leverance=D(2024, 7, 1), registreret=kl(viet), person=person(FOER, viet)),
            a13(skiftet, D(2024, 7, 3), viet),
        ),
        "sammen": (a13(skiftet, D(2024, 7, 3), viet),),
    }[orden]
    for besked in sket:
        hub.send(kl(besked.leverance), besked)
    assert kort(hub) == (ventet(skiftet) if faar_kort else [])
    assert len(hub.fra(ForloebStartet)) == int(faar_kort)


@pytest.mark.parametrize("kode", ["A19", "A23"])
def test_cpr01_ogsaa_registreret_partnerskab(hub: Hub, kode: str) -> None:
    """CPR-01: the same for a registered partnership."""
    skiftet = D(2024, 4, 1)
    tegn = "P" if kode == "A23" else "G"
    besked = gift(skiftet, D(2024, 4, 9), kode=kode)
    par = besked.person.model_copy(update={"civilstand": CprCivilstand(kode=tegn, fra=kl(VIET))})
    hub.send(kl(D(2024, 4, 4)), a13(skiftet, D(2024, 4, 3)))
    hub.send(kl(D(2024, 4, 9)), besked.model_copy(update={"person": par}))
    assert kort(hub) == ventet(skiftet)


def test_cpr01_vielsen_kommer_med_et_oejebliksbillede(hub: Hub) -> None:
    """CPR-01: no event says it, only the register as it stands; CPR-09: the same picture again says nothing new."""
    skiftet = D(2024, 4, 1)
    hub.send(kl(D(2024, 4, 4)), a13(skiftet, D(2024, 4, 3)))
    assert kort(hub) == []
    billede = som_opdateret(gift(skiftet, D(2024, 4, 9)))
    for dag in (9, 10, 11):
        hub.send(kl(D(2024, 4, dag)), billede.model_copy(update={"leverance": D(2024, 4, dag)}))
    hub.send(kl(D(2024, 4, 12)), billede, gift(skiftet, D(2024, 4, 9)), gift(skiftet, D(2024, 4, 12)))
    hub.send(kl(D(2024, 4, 12)), a13(skiftet, D(2024, 4, 12), VIET))
    assert kort(hub) == ventet(skiftet)
    assert [n.vielsesdato for n in hub.fra(PersonSkiftetNavn)] == [None, VIET]
    hub.send(kl(D(2024, 4, 13)), *hub.fra(PersonSkiftetNavn))
    assert kort(hub) == ventet(skiftet)


@pytest.mark.parametrize("orden", list(permutations(range(3))), ids=str)
def test_cpr10_samme_leverance_i_enhver_raekkefoelge(hub: Hub, orden: tuple[int, ...]) -> None:
    """CPR-01, CPR-10: of one day's extract, where the event of the name does not carry the wedding."""
    skiftet = D(2024, 4, 1)
    alle = (a13(skiftet, D(2024, 4, 9)), gift(skiftet, D(2024, 4, 9)), som_opdateret(gift(skiftet, D(2024, 4, 9))))
    for i in orden:
        hub.send(kl(D(2024, 4, 9)), alle[i])
    assert kort(hub) == ventet(skiftet)


def test_cpr01_en_anden_vielsesdag_fortalt_senere(hub: Hub) -> None:
    """CPR-01, CPR-10: the first day was too early for the name; the right one is not. A third changes nothing."""
    skiftet = D(2024, 6, 15)
    hub.send(kl(D(2024, 6, 20)), a13(skiftet, D(2024, 6, 20)))
    hub.send(kl(D(2024, 6, 21)), gift(skiftet, D(2024, 6, 21), D(2024, 3, 14)))
    assert kort(hub) == []
    hub.send(kl(D(2024, 6, 22)), gift(skiftet, D(2024, 6, 22), VIET))
    assert kort(hub) == ventet(skiftet)
    hub.send(kl(D(2024, 6, 23)), gift(skiftet, D(2024, 6, 23), D(2024, 4, 1)))
    assert kort(hub) == ventet(skiftet)


def test_cpr02_aldrig_gift(hub: Hub) -> None:
    """CPR-02: whatever else is told of him."""
    skiftet = D(2024, 4, 1)
    hub.send(kl(D(2024, 4, 3)), a13(skiftet, D(2024, 4, 3)))
    for dag, kode in ((4, "U"), (5, "F")):
        navnet = NYT.model_copy(update={"gaelder_fra": kl(skiftet)})
        billede = person(navnet, civilstand=CprCivilstand(kode=kode, fra=kl(VIET)))
        hub.send(kl(D(2024, 4, dag)), PersonOpdateret(leverance=D(2024, 4, dag), person=billede))
    assert (kort(hub), len(hub.fra(PersonSkiftetNavn))) == ([], 1)


def test_cpr01_gift_uden_navneskift(hub: Hub) -> None:
    """CPR-01: the wedding alone is no change of name."""
    hub.send(
        kl(D(2024, 3, 18)),
        CprHaendelse(kode="A19", leverance=D(2024, 3, 18), registreret=kl(VIET), person=person(FOER, VIET)),
    )
    assert (kort(hub), hub.fra(PersonSkiftetNavn)) == ([], [])


def test_cpr01_navnet_er_ikke_hans_mere(hub: Hub) -> None:
    """CPR-01: of two changes of name the wedding gives a card for the name he bears."""
    foerste, anden = D(2024, 4, 1), D(2024, 4, 8)
    tredje = CprNavn(fornavn="Erik", efternavn="Å")
    hub.send(kl(D(2024, 4, 3)), a13(foerste, D(2024, 4, 3)))
    hub.send(kl(D(2024, 4, 9)), a13(anden, D(2024, 4, 9), navn=tredje))
    navnet = tredje.model_copy(update={"gaelder_fra": kl(anden)})
    hub.send(kl(D(2024, 4, 10)), PersonOpdateret(leverance=D(2024, 4, 10), person=person(navnet, VIET)))
    assert [(k[0], k[3]) for k in kort(hub)] == [(f"navneaendring-{ID}-{anden}", "Erik Å")]


@pytest.mark.parametrize("status", ["70", "80", "90"])
def test_cpr14_den_der_er_vaek_faar_intet(hub: Hub, status: str) -> None:
    """CPR-14: missing, abroad or dead when the wedding is told."""
    skiftet = D(2024, 4, 1)
    hub.send(kl(D(2024, 4, 3)), a13(skiftet, D(2024, 4, 3)))
    vaek = gift(skiftet, D(2024, 4, 9), status=status, adresse=None, status_fra=kl(D(2024, 4, 5)))
    hub.send(kl(D(2024, 4, 9)), vaek)
    assert kort(hub) == []


def test_cpr01_kortet_er_til_den_han_er_nu(hub: Hub) -> None:
    """CPR-01, FLYT-01: to where he lives when the wedding is told, and that municipality's forløb."""
    skiftet = D(2024, 4, 1)
    hub.send(kl(D(2024, 4, 3)), a13(skiftet, D(2024, 4, 3)))
    odense = CprAdresse(kommunekode="0461", standardadresse="Ovej 1", postnummer="5000", tilflytning=kl(D(2024, 4, 5)))
    hub.send(kl(D(2024, 4, 9)), gift(skiftet, D(2024, 4, 9), adresse=odense))
    (kortet,) = hub.fra(KortAnmodetV2)
    assert (kortet.kommunekode, kortet.adresse.kommunekode if kortet.adresse else None) == ("0461", "0461")
    assert [s.kommunekode for s in hub.fra(ForloebStartet)] == ["0461"]


def test_cpr01_gruppen_har_intet_kort(hub: Hub) -> None:
    """BET-08: groups 1 and 2 have cards."""
    motor = hub.motorer["laegevalg"]
    foer = {f: getattr(motor.raekker["sikret"][ID], f) for f in Sikret.__slots__}
    motor.gem(Sikret(**(foer | {"gruppe": "5"})))
    skiftet = D(2024, 4, 1)
    hub.send(kl(D(2024, 4, 3)), a13(skiftet, D(2024, 4, 3)))
    hub.send(kl(D(2024, 4, 9)), gift(skiftet, D(2024, 4, 9)))
    assert kort(hub) == []
