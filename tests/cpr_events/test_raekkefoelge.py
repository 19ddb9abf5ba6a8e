"""CPR-08..10: late, early, twice, out of order, annulled and corrected."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from contracts.cpr import CprAdresse, CprHaendelse, CprNavn, CprPerson, CprRejse, PersonOpdateret
from contracts.noegle import person_id_ved_oprettelse
from contracts.opgave import OpgaveAnmodet
from contracts.person import PersonFlyttet, PersonHaendelseRettet, PersonIndrejst, PersonTilstand
from services.cpr_events.app import TJENESTE
from services.cpr_events.forloeb.beskeder import Person
from shared.domain.forloeb import UventetBesked
from shared.platform.settings import Settings
from tests.motor import Motor

CPR, HEMMELIG = "6909990001", "en hemmelighed"
NU = datetime(2024, 12, 1, 6, tzinfo=UTC)
START = datetime(2024, 11, 1, 11, tzinfo=UTC)


def ny_motor() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))))


def raekke(motor: Motor) -> Person:
    return motor.raekker["person"][person_id_ved_oprettelse(CPR, HEMMELIG)]


def haendelse(
    kode: str,
    dag: int,
    leveret: int | None = None,
    kommune: str = "0630",
    navn: str = "Åse",
    status: str | None = None,
) -> CprHaendelse:
    """An event of a November day, in the extract of another (default: the day after)."""
    tid = START + timedelta(days=dag - 1)
    leveret = dag + 1 if leveret is None else leveret
    leverance = date(2024, 11, 1) + timedelta(days=leveret - 1)
    status = status or {"A02": "70", "A06": "80", "A21": "90"}.get(kode, "01")
    borte, kommune = status not in {"01", "05"}, "0956" if status == "05" else kommune
    person = CprPerson(
        cpr=CPR,
        status=status,
        status_fra=tid if borte else None,
        forsvundet_fra=tid if status == "70" else None,
        navn=CprNavn(fornavn=navn, gaelder_fra=tid if kode == "A13" else START),
        adresse=None if borte else CprAdresse(kommunekode=kommune, vejkode="1", husnr="2", tilflytning=tid),
        rejser=(CprRejse(udrejse=tid, udrejseland="5110"),) if status == "80" else (CprRejse(indrejse=START),),
    )
    registreret = START + timedelta(days=leveret - 2)
    return CprHaendelse(kode=kode, registreret=registreret, leverance=leverance, person=person)


def alene(dag: int, leveret: int, som: str) -> PersonOpdateret:
    """The snapshot of such an event, without one."""
    talt = haendelse(som, dag, leveret)
    return PersonOpdateret(leverance=talt.leverance, person=talt.person)


def test_cpr_08_en_sen_flytning_i_en_nyere_leverance_bruges_ikke() -> None:
    """CPR-10: the move of the 3rd comes when that of the 10th is known."""
    motor = ny_motor()
    motor.modtag(haendelse("A01", 10, kommune="0751"), NU)

    assert motor.modtag(haendelse("A01", 3, leveret=20, kommune="0333"), NU) == []
    assert raekke(motor).kommunekode == "0751"
    assert [(n.kode, n.virkning) for n in raekke(motor).ikke_anvendte] == [("A01", date(2024, 11, 3))]


def test_cpr_10_en_sen_udrejse_uden_kendt_kommune_noteres_een_gang() -> None:
    """An exit older than the known death: nothing is applied; nobody knows whose task it would be."""
    motor = ny_motor()
    motor.modtag(haendelse("A21", 10), NU)

    for _ in range(2):
        motor.modtag(haendelse("A06", 5, leveret=12), NU)
    assert raekke(motor).status == "90"
    assert motor.fra(OpgaveAnmodet) == []
    assert len(raekke(motor).ikke_anvendte) == 1


@pytest.mark.parametrize(
    ("kendt", "sen"),
    [
        pytest.param("A21", "A06", id="CPR-10: død, sen udrejse"),
        pytest.param("A06", "A02", id="CPR-10: udrejst, sen forsvinden"),
        pytest.param("A02", "A21", id="CPR-10: forsvundet, sent dødsfald"),
    ],
)
@pytest.mark.parametrize(("boede", "opgavens"), [("0630", "0630"), ("0411", "0400")])
def test_opgaven_om_den_uden_adresse_er_den_kommunes_hvor_han_boede(
    kendt: str, sen: str, boede: str, opgavens: str
) -> None:
    """CPR-10: a late event that would have changed the group is a task, once; Bornholm has those of Christiansø."""
    motor = ny_motor()
    motor.modtag(haendelse("A01", 2, kommune=boede), NU)
    motor.modtag(haendelse(kendt, 10), NU)

    for _ in range(2):
        motor.modtag(haendelse(sen, 5, leveret=12), NU)
    (opgave,) = motor.fra(OpgaveAnmodet)
    assert (opgave.aarsag, opgave.kommunekode) == ("SEN_HAENDELSE", opgavens)
    assert (raekke(motor).kommunekode, raekke(motor).boede_sidst) == (None, opgavens)


def test_cpr_10_indrejse_efter_flytning_meldes_stadig() -> None:
    """Entry and move are of different kinds: the address is the newer one, and the entry is told."""
    motor = ny_motor()
    motor.modtag(haendelse("A01", 10, kommune="0751"), NU)
    motor.modtag(haendelse("A05", 1, leveret=2), NU)

    (indrejst,) = motor.fra(PersonIndrejst)
    assert indrejst.indrejsedato == date(2024, 11, 1)
    assert indrejst.person.adresse is not None
    assert indrejst.person.adresse.kommunekode == "0751"


@pytest.mark.parametrize(
    ("koder", "dag", "meldt"),
    [
        pytest.param(("A05", "A04"), 4, [5], id="A04 af dagen før er for sen"),
        pytest.param(("A05", "A04"), 5, [5], id="A04 af samme dag er samme indrejse"),
        pytest.param(("A04", "A05"), 5, [5], id="A05 af samme dag er samme indrejse"),
        pytest.param(("A05", "A04"), 6, [5, 6], id="A04 af dagen efter er en ny"),
    ],
)
def test_cpr_09_a04_og_a05_om_samme_indrejse(koder: tuple[str, str], dag: int, meldt: list[int]) -> None:
    """CPR-09, IND-01: one entry is told once, whichever of its two codes tells of it, in the same delivery or later."""
    for leveret in (7, 8):
        motor = ny_motor()
        for kode, ind, lev in zip(koder, (5, dag), (7, leveret), strict=True):
            ny = haendelse(kode, ind, leveret=lev)
            rejser = (CprRejse(indrejse=START + timedelta(days=ind - 1)),)
            motor.modtag(ny.model_copy(update={"person": ny.person.model_copy(update={"rejser": rejser})}), NU)
        assert [i.indrejsedato.day for i in motor.fra(PersonIndrejst)] == meldt


def test_cpr_09_samme_flytning_to_gange_meldes_een_gang() -> None:
    motor = ny_motor()
    motor.modtag(haendelse("A01", 10), NU)
    motor.modtag(haendelse("A01", 10, leveret=14), NU)

    assert len(motor.fra(PersonFlyttet)) == 1
    assert raekke(motor).ikke_anvendte == ()


@pytest.mark.parametrize(
    ("foerst", "siden", "leveret"),
    [
        pytest.param("A02", "A03", None, id="forsvundet og genfundet"),
        pytest.param("A02", "A03", 20, id="igen i en nyere leverance"),
        pytest.param("A02", "A01", None, id="forsvundet og flyttet"),
        pytest.param("A06", "A04", None, id="udrejst og genindrejst"),
        pytest.param("A06", "A04", 20, id="udrejst og genindrejst i en nyere leverance"),
        pytest.param("A01", "A01", None, id="flyttet to gange"),
    ],
)
def test_cpr_09_den_samme_haendelse_igen_efter_en_nyere(foerst: str, siden: str, leveret: int | None) -> None:
    """CPR-09: it was used, so nobody is asked to look at it, in whatever delivery the same registration comes."""
    motor = ny_motor()
    en, ny = haendelse(foerst, 3), haendelse(siden, 8, kommune="0751")
    if siden == "A04":
        rejser = (CprRejse(indrejse=START + timedelta(days=7)),)
        ny = ny.model_copy(update={"person": ny.person.model_copy(update={"rejser": rejser})})
    igen = en if leveret is None else en.model_copy(update={"leverance": date(2024, 11, leveret)})
    for besked in (haendelse("A01", 1), en, ny):
        motor.modtag(besked, NU)
    foer = [type(b).__name__ for b in motor.udsendt]

    motor.modtag(igen, NU)
    assert [type(b).__name__ for b in motor.udsendt] == foer
    assert raekke(motor).ikke_anvendte == ()


@pytest.mark.parametrize("kode", ["A01", "A02", "A05", "A06", "A13", "A21"])
@pytest.mark.parametrize(("dag", "meldt"), [(8, 1), (7, 0)], ids=["som det er nu", "en anden dag"])
def test_cpr_08_et_nyere_billede_foer_selve_haendelsen(kode: str, dag: int, meldt: int) -> None:
    """CPR-08, CPR-10: a snapshot of a later delivery that says the same swallows no event; it is told, and once."""

    def den(dag: int) -> CprHaendelse:
        sket = haendelse(kode, dag, kommune="0751", navn="Bo" if kode == "A13" else "Åse")
        rejser = (CprRejse(indrejse=START + timedelta(days=dag - 1)),) if kode == "A05" else sket.person.rejser
        return sket.model_copy(update={"person": sket.person.model_copy(update={"rejser": rejser})})

    motor = ny_motor()
    motor.modtag(haendelse("A01", 1), NU)
    foer = sum(b.topic() == "person.haendelser" for b in motor.udsendt)
    motor.modtag(PersonOpdateret(leverance=date(2024, 11, 20), person=den(8).person), NU)
    for _ in range(2):
        motor.modtag(den(dag), NU)
    assert sum(b.topic() == "person.haendelser" for b in motor.udsendt) - foer == meldt
    assert len(raekke(motor).ikke_anvendte) == 1 - meldt


def test_cpr_10_den_samme_dag_meldt_paany_efter_en_nyere() -> None:
    """CPR-10: registered anew, it is another event, and late."""
    motor = ny_motor()
    for besked in (haendelse("A01", 1), haendelse("A02", 3), haendelse("A03", 8), haendelse("A02", 3, leveret=21)):
        motor.modtag(besked, NU)
    assert [n.kode for n in raekke(motor).ikke_anvendte] == ["A02"]
    assert [o.aarsag for o in motor.fra(OpgaveAnmodet)] == ["SEN_HAENDELSE"]


def test_cpr_10_fortrudt_flytning_ruller_tilbage() -> None:
    """ANNKOR A (A10): back at the old address with its older date, and a later move counts again."""
    motor = ny_motor()
    motor.modtag(haendelse("A01", 2, kommune="0630"), NU)
    motor.modtag(haendelse("A01", 10, kommune="0751"), NU)
    motor.modtag(haendelse("A10", 2, leveret=14, kommune="0630"), NU)

    (rettet,) = motor.fra(PersonHaendelseRettet)
    assert (rettet.kode, rettet.slags, rettet.tilbagekaldt) == ("A10", ("FLYTNING",), date(2024, 11, 10))
    assert raekke(motor).kommunekode == "0630"
    motor.modtag(haendelse("A01", 8, leveret=16, kommune="0101"), NU)
    assert [f.flyttedato.day for f in motor.fra(PersonFlyttet)] == [2, 10, 8]
    assert raekke(motor).kommunekode == "0101"


def test_cpr_10_annulleret_doedsfald_giver_en_opgave() -> None:
    """A25: the state comes back, what was ended is for a person."""
    motor = ny_motor()
    motor.modtag(haendelse("A01", 2), NU)
    motor.modtag(haendelse("A21", 10), NU)
    motor.modtag(haendelse("A25", 2, leveret=14), NU)

    assert raekke(motor).status == "01"
    (opgave,) = motor.fra(OpgaveAnmodet)
    assert (opgave.aarsag, opgave.kommunekode) == ("HAENDELSE_RETTET", "0630")


@pytest.mark.parametrize("orden", list(permutations(range(3))), ids=lambda o: "".join(map(str, o)))
def test_cpr_10_en_adresse_daekket_af_en_status_er_ikke_glemt(orden: tuple[int, ...]) -> None:
    """CPR-10: the move is the newest word about the address, also while a death that does not hold covers it."""
    talt = (haendelse("A21", 5), haendelse("A01", 8, kommune="0751"), haendelse("A04", 7, leveret=10, kommune="0333"))
    igen = talt[2].person.model_copy(update={"rejser": (CprRejse(indrejse=START + timedelta(days=6)),)})
    beskeder = (*talt[:2], talt[2].model_copy(update={"person": igen}))
    motor = ny_motor()
    for nr in orden:
        motor.modtag(beskeder[nr], NU)
    assert (raekke(motor).status, raekke(motor).kommunekode) == ("01", "0751")


@pytest.mark.parametrize("kode", ["A01", "A03", "A04", "A05"])
def test_cpr_10_uden_adresse_i_eget_billede(kode: str) -> None:
    """CPR-10: parked for somebody to see, whatever came before it; a late one is no better."""
    ny = haendelse(kode, 8)
    uden = ny.model_copy(update={"person": ny.person.model_copy(update={"adresse": None})})
    for foer in ((), (haendelse("A01", 9),)):
        motor = ny_motor()
        for besked in foer:
            motor.modtag(besked, NU)
        with pytest.raises(UventetBesked, match="UDEN_ADRESSE"):
            motor.modtag(uden, NU)


KODER = ("A01", "A02", "A03", "A04", "A05", "A06", "A10", "A13", "A15", "A19", "A21", "A24", "A25", "A36", "A73", "X99")
TALT = st.one_of(
    st.builds(
        haendelse,
        st.sampled_from(KODER),
        st.integers(1, 9),
        st.integers(2, 12),
        st.sampled_from(["0630", "0751", "0333"]),
        st.sampled_from(["Åse", "Bo"]),
        status=st.sampled_from([None, None, None, "01", "05", "70", "80", "90"]),
    ),
    st.builds(alene, st.integers(1, 9), st.integers(2, 12), st.sampled_from(["A01", "A02", "A06", "A21"])),
)
"""Events and snapshots of all kinds, also such as contradict each other or their own code."""


def paa_hver_sin_tid(talt: list[CprHaendelse | PersonOpdateret]) -> list[CprHaendelse | PersonOpdateret]:
    """No two registered at the same minute, and one snapshot alone a delivery: of two such the last told holds."""
    leverancer: set[date] = set()
    beskeder: list[CprHaendelse | PersonOpdateret] = []
    for minut, besked in enumerate(talt):
        if isinstance(besked, CprHaendelse):
            tid = START + (besked.leverance - START.date() - timedelta(days=1)) + timedelta(minutes=minut)
            beskeder.append(besked.model_copy(update={"registreret": tid}))
        elif besked.leverance not in leverancer:
            leverancer.add(besked.leverance)
            beskeder.append(besked)
    return beskeder


@settings(deadline=None, max_examples=200)
@given(st.lists(TALT, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_cpr_10_slutbilledet_afhaenger_ikke_af_raekkefoelgen(
    talt: list[CprHaendelse | PersonOpdateret], r: Random
) -> None:
    """CPR-08..10: whatever the order of arrival, and also when some come twice, the person ends as the same."""
    beskeder = paa_hver_sin_tid(talt)
    blandet = [*beskeder, beskeder[0]]
    r.shuffle(blandet)
    assert slutbillede(beskeder) == slutbillede(blandet)


def slutbillede(beskeder: list[CprHaendelse | PersonOpdateret]) -> tuple[object, ...]:
    """The person as the row has him, and as he was last told of."""
    motor = ny_motor()
    for besked in beskeder:
        motor.modtag(besked, NU)
    p = raekke(motor)
    sidste = motor.fra(PersonTilstand)[-1].person
    return p.snapshot, p.leverance, p.status, p.kommunekode, p.beskyttet, sidste
