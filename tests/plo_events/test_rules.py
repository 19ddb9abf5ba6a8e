"""Which practice has room for whom."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from contracts.plads import ForetrukkenYder
from contracts.yder import Yderstatus
from services.plo_events import rules
from services.plo_events.rules import Ansoeger, Grund

AABEN, LUKKET, SELEKTIV, NEDLAGT = (
    Yderstatus.AABEN,
    Yderstatus.LUKKET,
    Yderstatus.SELEKTIVT_AABEN,
    Yderstatus.NEDLAGT,
)


@dataclass(frozen=True)
class P:
    ydernummer: str = "000010"
    status: Yderstatus = AABEN
    optagne: int = 0
    lukkegraense: int = 10
    maksgraense: int = 12
    kommunekode: str = "0751"
    aabne_postnumre: tuple[str, ...] = ()
    gyldig_fra: date | None = None
    gyldig_til: date | None = None
    nedlaegges: date | None = None


ERIK = Ansoeger("0751", "8000", date(2024, 2, 29))


@pytest.mark.parametrize(
    ("praksis", "svar"),
    [
        pytest.param(P(), True, id="IND-01: åben praksis er åben"),
        pytest.param(P(status=LUKKET), False, id="IND-01: lukket praksis er ikke åben"),
        pytest.param(P(status=NEDLAGT), False, id="IND-01: nedlagt praksis er ikke åben"),
        pytest.param(P(status=SELEKTIV, aabne_postnumre=("7700", "8000")), True, id="LV-13: borgerens postnummer"),
        pytest.param(P(status=SELEKTIV, aabne_postnumre=("7700",)), False, id="LV-13: et andet postnummer"),
        pytest.param(P(status=SELEKTIV), False, id="LV-13: ingen postnumre åbner for ingen"),
        pytest.param(P(aabne_postnumre=("7700",)), True, id="LV-13: postnumre gælder ikke en helt åben praksis"),
        pytest.param(P(gyldig_til=date(2024, 2, 28)), False, id="dagen efter sidste gyldige dag"),
        pytest.param(P(gyldig_til=date(2024, 2, 29)), True, id="på sidste gyldige dag (skuddag)"),
        pytest.param(P(gyldig_fra=date(2024, 2, 29)), True, id="på første gyldige dag"),
        pytest.param(P(gyldig_fra=date(2024, 3, 1)), False, id="dagen før første gyldige dag"),
    ],
)
def test_aaben_for_borgeren(praksis: P, svar: bool) -> None:
    assert rules.er_aaben_for(praksis, ERIK) is svar


@pytest.mark.parametrize(
    ("praksis", "ledige"),
    [
        pytest.param(P(optagne=9), 1, id="én plads under lukkegrænsen"),
        pytest.param(P(optagne=10), 0, id="på lukkegrænsen er der ingen"),
        pytest.param(P(optagne=11), -1, id="over lukkegrænsen"),
        pytest.param(P(optagne=7, maksgraense=8), 1, id="maksgrænsen holder, også når den er sat lavere"),
    ],
)
def test_ledige_pladser(praksis: P, ledige: int) -> None:
    assert rules.ledige_pladser(praksis) == ledige


@pytest.mark.parametrize(
    ("praksis", "altid_aaben", "svar"),
    [
        pytest.param(P(optagne=9), False, True, id="IND-01: familiens læge har plads"),
        pytest.param(P(optagne=10), False, False, id="IND-01: familiens læge er på lukkegrænsen"),
        pytest.param(P(status=LUKKET), False, False, id="IND-01: ægtefællens læge er lukket"),
        pytest.param(P(kommunekode="0710"), False, False, id="IND-06: familiens læge i en anden kommune"),
        pytest.param(P(status=LUKKET), True, True, id="FAM-05: forælderens lukkede læge er åben for barnet"),
        pytest.param(P(kommunekode="0710"), True, True, id="FAM-05: også i en anden kommune"),
        pytest.param(P(optagne=11), True, True, id="FAM-05: over lukkegrænsen, under maksgrænsen"),
        pytest.param(P(optagne=12), True, False, id="FAM-05: på maksgrænsen er der ingen plads"),
        pytest.param(P(status=NEDLAGT), True, False, id="FAM-05: en nedlagt praksis tager ingen"),
        pytest.param(P(status=SELEKTIV), True, True, id="FAM-05: selektivt åben uden barnets postnummer"),
        pytest.param(P(gyldig_til=date(2024, 2, 28)), True, False, id="FAM-05: udløbet praksis tager ingen"),
    ],
)
def test_foretrukken(praksis: P, altid_aaben: bool, svar: bool) -> None:
    assert rules.kan_tage_foretrukken(praksis, altid_aaben, ERIK) is svar


@pytest.mark.parametrize(
    ("praksis", "svar"),
    [
        pytest.param(P(kommunekode="0710", optagne=9), True, id="CPR-04: åben i en anden kommune"),
        pytest.param(P(kommunekode="0710", optagne=10), False, id="CPR-04: dér på lukkegrænsen"),
        pytest.param(P(kommunekode="0710", status=LUKKET), False, id="CPR-04: lukket"),
        pytest.param(P(kommunekode="0710", status=NEDLAGT), False, id="CPR-04: nedlagt er som lukket"),
        pytest.param(P(status=SELEKTIV), False, id="CPR-04: selektivt åben uden hans postnummer"),
        pytest.param(P(status=SELEKTIV, aabne_postnumre=(ERIK.postnummer,)), True, id="CPR-04: åben for postnummeret"),
    ],
)
def test_laegen_fra_foer(praksis: P, svar: bool) -> None:
    """CPR-04: the municipality does not count, everything else does."""
    assert rules.kan_tage_foretrukken(praksis, False, ERIK, enhver_kommune=True) is svar


Y10 = P("000010", optagne=5)
Y11 = P("000011", lukkegraense=50, maksgraense=60, optagne=10)
Y12 = P("000012", lukkegraense=400, maksgraense=400, optagne=100, kommunekode="0710")


@pytest.mark.parametrize(
    ("foretrukne", "praksisser", "valgt"),
    [
        pytest.param((), [Y10, Y11, Y12], "000011", id="S15: flest ledige pladser i kommunen"),
        pytest.param(
            (), [P("000021"), P("000020"), P("000022")], "000020", id="IND-01: lige mange, laveste ydernummer"
        ),
        pytest.param((), [replace(Y11, status=LUKKET), Y10], "000010", id="IND-01: den lukkede springes over"),
        pytest.param((), [replace(Y11, optagne=50), Y10], "000010", id="IND-01: den fyldte springes over"),
        pytest.param((("000010", False),), [Y10, Y11], "000010", id="IND-01: familiens læge først"),
        pytest.param(
            (("000012", False),), [Y10, Y11, Y12], "000011", id="IND-06: familiens læge i nabokommunen vælges ikke"
        ),
        pytest.param(
            (("000012", True),), [Y10, Y11, Y12], "000012", id="FAM-05: barnets forælders læge i nabokommunen"
        ),
        pytest.param((("000011", False), ("000010", False)), [Y10, Y11], "000011", id="IND-01: i den givne rækkefølge"),
        pytest.param((("009999", True),), [Y10], "000010", id="en ukendt foretrukken praksis springes over"),
        pytest.param((), [Y12], Grund.INGEN_AABEN_PRAKSIS, id="IND-02: kun praksis i en anden kommune"),
        pytest.param((), [replace(Y10, status=LUKKET)], Grund.INGEN_AABEN_PRAKSIS, id="S18: alle lukkede"),
        pytest.param((), [replace(Y10, optagne=10)], Grund.INGEN_KAPACITET, id="IND-02: åben, men fuld"),
        pytest.param((), [], Grund.INGEN_AABEN_PRAKSIS, id="IND-02: ingen praksis"),
    ],
)
def test_valg(foretrukne: tuple[tuple[str, bool], ...], praksisser: list[P], valgt: str | Grund) -> None:
    oensker = [ForetrukkenYder(ydernummer=nr, altid_aaben=altid) for nr, altid in foretrukne]
    kendte = {p.ydernummer: p for p in praksisser}

    svar = rules.vaelg_praksis(ERIK, oensker, kendte, praksisser)

    assert (svar if isinstance(svar, Grund) else svar.ydernummer) == valgt


@pytest.mark.parametrize(
    ("praksis", "kun_i", "svar"),
    [
        pytest.param(P(), "0751", None, id="IND-06: kommunens egen praksis"),
        pytest.param(P(kommunekode="0461"), "0751", Grund.ANDEN_KOMMUNE, id="IND-06: en anden kommunes praksis"),
        pytest.param(P(kommunekode="0461"), None, None, id="IND-06, YDER-02: senere valg må krydse"),
        pytest.param(P(status=LUKKET), "0751", None, id="LV-17: kommunens lukkede praksis kan spørges"),
        pytest.param(P(kommunekode="0461", optagne=12), "0751", Grund.ANDEN_KOMMUNE, id="IND-06: også når den er fuld"),
        pytest.param(
            P(kommunekode="0461", status=NEDLAGT), "0751", Grund.PRAKSIS_NEDLAGT, id="PLO-16: nedlagt er nedlagt"
        ),
        pytest.param(None, "0751", Grund.PRAKSIS_UKENDT, id="LV-17: ukendt praksis"),
    ],
)
def test_navngiven_praksis_ved_indrejse(praksis: P | None, kun_i: str | None, svar: Grund | None) -> None:
    assert rules.plads_hos(praksis, ERIK.dag, ERIK.dag, kun_i) is svar


def test_automatisk_tildeling_krydser_ikke_kommunegraensen() -> None:
    """IND-06: not by the family's practice, nor by being the only open one; FAM-05: but by a child's default."""
    anden = P("000020", kommunekode="0461")
    familiens = [ForetrukkenYder(ydernummer="000020")]
    barnets = [ForetrukkenYder(ydernummer="000020", altid_aaben=True)]
    assert rules.vaelg_praksis(ERIK, familiens, {"000020": anden}, [anden]) is Grund.INGEN_AABEN_PRAKSIS
    assert rules.vaelg_praksis(ERIK, barnets, {"000020": anden}, [anden]) == anden
