"""The rules of orders at entry and of choices that wait for a move (BET-09, FLYT-01, GRP-19, IND-03, LV-21)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contracts.bestilling import AnmeldtFlytning, Bestillingskanal, Rolle
from services.laegevalg.rules import Sikring, ordrer

D = date
DK = ZoneInfo("Europe/Copenhagen")
SB, SELV = Bestillingskanal.SAGSBEHANDLER, Bestillingskanal.SELVBETJENING
ALLE_DAGE = [D(2024, 1, 1) + timedelta(days=n) for n in range((D(2041, 1, 1) - D(2024, 1, 1)).days)]
HOS = Sikring("1", D(2024, 11, 4), "000001", D(2024, 11, 4))


def kl(dag: date, time: int = 12) -> datetime:
    return datetime(dag.year, dag.month, dag.day, time, tzinfo=DK).astimezone(UTC)


@pytest.mark.parametrize(
    ("anmeldt", "frist"),
    [
        pytest.param(D(2024, 3, 10), "2024-04-09T22:00:00Z", id="FLYT-01: over sommertidens begyndelse"),
        pytest.param(D(2024, 10, 10), "2024-11-09T23:00:00Z", id="FLYT-01: over sommertidens slutning"),
        pytest.param(D(2024, 2, 1), "2024-03-02T23:00:00Z", id="FLYT-01: februar i et skudår"),
        pytest.param(D(2025, 2, 1), "2025-03-03T23:00:00Z", id="FLYT-01: februar i et almindeligt år"),
        pytest.param(D(2024, 2, 29), "2024-03-30T23:00:00Z", id="FLYT-01: fra skuddagen, dagen før sommertid"),
        pytest.param(D(2024, 12, 15), "2025-01-14T23:00:00Z", id="FLYT-01: over nytår"),
    ],
)
def test_flyttefrist(anmeldt: date, frist: str) -> None:
    assert ordrer.flyttefrist(anmeldt) == datetime.fromisoformat(frist)


def test_flyttefrist_alle_dage() -> None:
    """FLYT-01: 2024-2040, at Danish midnight, when 30 whole days have followed the day announced."""
    for dag in ALLE_DAGE:
        her = ordrer.flyttefrist(dag).astimezone(DK)
        assert (her.date() - dag).days == 31
        assert (her.hour, her.minute, her.second) == (0, 0, 0)


@pytest.mark.parametrize(
    ("dag", "svar"),
    [
        pytest.param(D(2024, 11, 3), True, id="LV-21: dagen før indrejsen"),
        pytest.param(D(2024, 11, 4), True, id="LV-21: på dagen"),
        pytest.param(D(2024, 11, 18), True, id="LV-21: 14 dage efter"),
        pytest.param(D(2024, 11, 19), False, id="LV-21: 15 dage efter"),
    ],
)
def test_nyindrejst(dag: date, svar: bool) -> None:
    assert ordrer.er_nyindrejst(D(2024, 11, 4), dag) is svar


def test_nyindrejst_alle_dage() -> None:
    """LV-21: 2024-2040, the 14th day and no later; one who is not known to have entered has not."""
    for dag in ALLE_DAGE:
        assert ordrer.er_nyindrejst(dag, dag + timedelta(days=14))
        assert not ordrer.er_nyindrejst(dag, dag + timedelta(days=15))
    assert not ordrer.er_nyindrejst(None, D(2024, 11, 4))


@pytest.mark.parametrize(
    ("anledning", "kanal", "indrejst", "sikring", "svar"),
    [
        pytest.param("INDREJSE", SB, None, Sikring(), True, id="IND-07: ordren siger det"),
        pytest.param(None, SB, D(2024, 11, 4), Sikring(), True, id="LV-21: indrejst uden læge"),
        pytest.param(None, SB, D(2024, 11, 4), Sikring("1", None, "000001", D(2024, 11, 3)), True, id="LV-21: før"),
        pytest.param(None, SB, D(2024, 11, 4), HOS, False, id="LV-21: læge siden indrejsen"),
        pytest.param(None, SELV, D(2024, 11, 4), Sikring(), False, id="LV-21: borgeren selv"),
        pytest.param(None, SB, None, Sikring(), False, id="LV-21: ikke indrejst"),
        pytest.param(None, SB, D(2024, 10, 1), Sikring(), False, id="LV-21: for længst indrejst"),
    ],
)
def test_ved_indrejse(
    anledning: str | None, kanal: Bestillingskanal, indrejst: date | None, sikring: Sikring, svar: bool
) -> None:
    assert ordrer.er_ved_indrejse(anledning, kanal, kl(D(2024, 11, 6)), indrejst, sikring) is svar


@pytest.mark.parametrize(
    ("sikring", "indrejst", "ved", "svar"),
    [
        pytest.param(Sikring(), None, True, True, id="IND-03: ingen gruppe"),
        pytest.param(Sikring("7", D(2024, 1, 1)), None, True, True, id="IND-03: en anden gruppe"),
        pytest.param(Sikring("1", D(2010, 1, 1)), None, True, True, id="IND-04: gruppe 1 fra et tidligere ophold"),
        pytest.param(Sikring("1", D(2024, 11, 6)), None, True, False, id="IND-03: sat samme dag"),
        pytest.param(HOS, D(2024, 11, 4), True, False, id="IND-03: sat ved indrejsen"),
        pytest.param(HOS, D(2024, 11, 5), True, True, id="IND-04: sat dagen før indrejsen"),
        pytest.param(HOS, D(2024, 11, 8), True, True, id="IND-04: indrejst efter valgets dag"),
        pytest.param(Sikring("1", D(2010, 1, 1)), None, False, False, id="GRP-19: i gruppe 1 i forvejen"),
        pytest.param(Sikring("1", D(2024, 11, 7)), None, False, True, id="GRP-19: først i gruppe 1 fra dagen efter"),
    ],
)
def test_skifter_gruppe(sikring: Sikring, indrejst: date | None, ved: bool, svar: bool) -> None:
    assert ordrer.skifter_gruppe(sikring, "1", D(2024, 11, 6), indrejst, ved_indrejse=ved) is svar


@pytest.mark.parametrize(
    ("indrejst", "igen", "kendt_fra", "svar"),
    [
        pytest.param(None, False, [], False, id="BET-09: aldrig kendt før"),
        pytest.param(None, False, [D(2024, 11, 6)], False, id="BET-09: kendt fra samme dag"),
        pytest.param(None, False, [D(2024, 11, 5)], True, id="BET-09: kendt fra dagen før"),
        pytest.param(D(2024, 11, 4), True, [], True, id="BET-09: CPR siger genindrejse"),
        pytest.param(D(2024, 11, 4), False, [D(2010, 1, 1)], False, id="BET-09: CPR siger indrejse"),
        pytest.param(D(2010, 1, 1), False, [D(2010, 1, 1)], True, id="BET-09: CPR's indrejse var en tidligere"),
    ],
)
def test_genindrejse(indrejst: date | None, igen: bool, kendt_fra: list[date], svar: bool) -> None:
    assert ordrer.er_genindrejse(D(2024, 11, 6), indrejst, igen, kendt_fra) is svar


@pytest.mark.parametrize(
    ("kanal", "rolle", "gruppe", "anledning", "svar"),
    [
        pytest.param(SB, Rolle.SAGSBEHANDLER, "1", "INDREJSE", None, id="IND-03: sagsbehandler"),
        pytest.param(SB, Rolle.SAERLIGE_RETTIGHEDER, "1", None, None, id="IND-03: særlige rettigheder"),
        pytest.param(SELV, Rolle.BORGER, None, None, None, id="borgerens almindelige valg"),
        pytest.param(SELV, Rolle.BORGER, "1", None, "KRAEVER_SAGSBEHANDLER", id="GRP-19: borger"),
        pytest.param(SB, Rolle.BORGER, "1", None, "KRAEVER_SAGSBEHANDLER", id="GRP-19: borgers rolle"),
        pytest.param(SELV, Rolle.SAGSBEHANDLER, None, "INDREJSE", "KRAEVER_SAGSBEHANDLER", id="IND-03: selvbetjening"),
        pytest.param(SB, Rolle.SAGSBEHANDLER, "2", "INDREJSE", "UGYLDIG_GRUPPE", id="IND-03: kun gruppe 1"),
        pytest.param(SB, Rolle.SAGSBEHANDLER, "1", "INDREJST", "UGYLDIG_ANLEDNING", id="IND-07: ukendt anledning"),
    ],
)
def test_afslag(
    kanal: Bestillingskanal, rolle: Rolle, gruppe: str | None, anledning: str | None, svar: str | None
) -> None:
    assert ordrer.afslag(kanal, rolle, gruppe, anledning, None, kl(D(2024, 11, 6))) == svar


def test_flytning_der_kan_ventes_paa_alle_dage() -> None:
    """FLYT-01: 2024-2040, from 30 days after the day announced to a year before it, leap days included."""
    for dag in ALLE_DAGE:
        for flyttet, svar in ((dag - timedelta(days=30), True), (dag - timedelta(days=31), False)):
            assert (
                ordrer.er_mulig_flytning(AnmeldtFlytning(flyttedato=flyttet, til_kommunekode="0461"), kl(dag)) is svar
            )
        om_et_aar = D(dag.year + 1, dag.month, min(dag.day, 28) if (dag.month, dag.day) == (2, 29) else dag.day)
        for flyttet, svar in ((om_et_aar, True), (om_et_aar + timedelta(days=1), False)):
            assert (
                ordrer.er_mulig_flytning(AnmeldtFlytning(flyttedato=flyttet, til_kommunekode="0461"), kl(dag)) is svar
            )


def test_flytning_til_ingen_kommune() -> None:
    """FLYT-01: nobody can move to a municipality that does not exist."""
    flytning = AnmeldtFlytning(flyttedato=D(2024, 11, 6), til_kommunekode="0999")
    assert not ordrer.er_mulig_flytning(flytning, kl(D(2024, 11, 6)))


@pytest.mark.parametrize("aar", [1, 9999])
def test_flytning_i_en_umulig_tid_er_ugyldig(aar: int) -> None:
    """FLYT-01: refused with an answer, not parked."""
    flytning = AnmeldtFlytning(flyttedato=D(aar, 12, 31), til_kommunekode="0461")
    assert not ordrer.er_mulig_flytning(flytning, kl(D(2024, 11, 6)))
