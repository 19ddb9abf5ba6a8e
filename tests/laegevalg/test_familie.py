"""The family as a municipality sees it (FAM-01, FAM-02, FAM-10..13, SIK-02); expected answers worked out by hand."""

from datetime import date
from typing import Any

import pytest

from contracts.person import Adresse, Personoplysninger
from services.laegevalg import rules
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.opslag.familie import Kreds, familie
from services.laegevalg.opslag.svar import Relationsart
from services.laegevalg.store import adressenoegle

DAG = date(2024, 6, 1)
VOKSEN = date(1980, 1, 1)
HJEM = Adresse(kommunekode="0630", vejkode="0123", linje="Åvej 7, 1. tv", postnummer="7100")
UDE = Adresse(kommunekode="0751", vejkode="0456", linje="Østergade 2", postnummer="8000")
B, AE, BARN, V = Relationsart.BOFAELLE, Relationsart.AEGTEFAELLE, Relationsart.BARN, Relationsart.VAERGEMAAL


def sikret(id_: str, foedt: date | None = VOKSEN, adresse: Adresse | None = HJEM, **andet: Any) -> Sikret:
    status = andet.pop("status", "01")
    beskyttelse = {n: andet.pop(n) for n in ("beskyttet", "beskyttet_fra", "beskyttet_til") if n in andet}
    person = Personoplysninger(person_id=id_, cpr="6001800000", status=status, fornavn=id_, **beskyttelse)
    felter: dict[str, Any] = {"aegtefaelle_id": None, "boern_ider": (), "foraeldremyndighed_ider": (), "person": person}
    kommune = adresse.kommunekode if adresse else None
    return Sikret(id_, 1, adresse, kommune, foedt, **(felter | andet))


def set_(
    person: Sikret, *andre: Sikret, paa: date = DAG, ser: bool = False
) -> tuple[list[tuple[Any, ...]], bool, bool]:
    """The family of a person among some others, as the searches of the store would find them."""
    alle = [person, *andre]
    noegle = adressenoegle(person)
    kreds = Kreds(
        person,
        {s.person_id: s for s in andre},
        [s for s in andre if person.person_id in s.foraeldremyndighed_ider],
        [s for s in alle if noegle is not None and adressenoegle(s) == noegle],
    )
    svar = familie(kreds, paa, ser_beskyttede=ser)
    vist = [(r.person_id, r.art, r.kan_vaelges) for r in svar.relationer]
    return vist, svar.bofaeller_udeladt, svar.bofaeller_skjult


def barn(id_: str, foedt: date, adresse: Adresse = HJEM, hos: str = "mor") -> Sikret:
    return sikret(id_, foedt, adresse, foraeldremyndighed_ider=(hos,))


EKSEMPLER = [
    pytest.param(
        [sikret("far", adresse=UDE)], {"aegtefaelle_id": "far"}, [("far", AE, False)], id="FAM-01: ægtefælle bor ude"
    ),
    pytest.param([sikret("ven")], {}, [("ven", B, False)], id="FAM-01: en bofælle"),
    pytest.param([sikret("nabo", adresse=UDE)], {}, [], id="FAM-01: en på en anden adresse er ikke bofælle"),
    pytest.param(
        [barn("lille", date(2020, 1, 1), UDE)], {}, [("lille", BARN, True)], id="FAM-12: et barn bor et andet sted"
    ),
    pytest.param(
        [sikret("pleje", date(2020, 1, 1))], {}, [("pleje", B, False)], id="FAM-11, FAM-12: et plejebarn er bofælle"
    ),
    pytest.param(
        [sikret("uden", date(2020, 1, 1), UDE)], {"boern_ider": ("uden",)}, [], id="FAM-12: eget barn uden myndighed"
    ),
    pytest.param(
        [barn("stor", date(2006, 6, 2))], {}, [("stor", BARN, False)], id="FAM-02: dagen før 18 år er det et barn"
    ),
    pytest.param(
        [sikret("stor", date(2006, 6, 1))], {"boern_ider": ("stor",)}, [("stor", B, False)], id="FAM-02: 18 år"
    ),
    pytest.param([barn("p", date(2009, 6, 2))], {}, [("p", BARN, True)], id="FAM-10: dagen før 15 år"),
    pytest.param([barn("p", date(2009, 6, 1))], {}, [("p", BARN, False)], id="FAM-10: 15 år vælger selv"),
    pytest.param([barn("p", date(2009, 5, 31))], {}, [("p", BARN, False)], id="FAM-10: dagen efter 15 år"),
    pytest.param([barn("voksen", VOKSEN)], {}, [("voksen", V, False)], id="FAM-01: værge for en voksen"),
    pytest.param(
        [sikret("vaerge", adresse=UDE)], {"foraeldremyndighed_ider": ("vaerge",)}, [("vaerge", V, False)],
        id="FAM-01: har en værge",
    ),
    pytest.param(
        [], {"aegtefaelle_id": "ukendt"}, [("ukendt", AE, False)], id="FAM-01: en ægtefælle hubben ikke kender"
    ),
    pytest.param(
        [sikret("far", status="90"), sikret("mormor", status="90")], {"aegtefaelle_id": "far"}, [], id="døde vises ikke"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("andre", "felter", "vist"), EKSEMPLER)
def test_familien(andre: list[Sikret], felter: dict[str, Any], vist: list[tuple[Any, ...]]) -> None:
    assert set_(sikret("mor", **felter), *andre) == (vist, False, False)


@pytest.mark.parametrize(
    ("foedt", "oplyst", "vist"),
    [
        pytest.param(date(2006, 6, 2), date(2024, 1, 1), ("stor", BARN, False), id="FAM-02: dagen før 18 år"),
        pytest.param(date(2006, 6, 1), date(2024, 1, 1), ("stor", B, False), id="FAM-02: 18 år, oplyst som barn"),
        pytest.param(date(2006, 6, 1), date(2024, 6, 1), ("stor", V, False), id="FAM-02: 18 år, oplyst som voksen"),
    ],
)
def test_det_der_er_oplyst_om_et_barn_goer_ingen_til_vaerge(foedt: date, oplyst: date, vist: tuple[Any, ...]) -> None:
    """FAM-02: from both sides."""
    stor = sikret("stor", foedt, foraeldremyndighed_ider=("mor",), oplyst=oplyst)
    mor = sikret("mor")
    assert set_(mor, stor)[0] == [vist]
    assert set_(stor, mor)[0] == [("mor", V if vist[1] is V else B, False)]


def test_et_barn_har_ingen_vaerge_i_sine_foraeldre() -> None:
    """FAM-01: those with custody of a child stand with it as cohabitants, where they live together."""
    assert set_(barn("lille", date(2020, 1, 1)), sikret("mor"), sikret("far", adresse=UDE))[0] == [("mor", B, False)]


@pytest.mark.parametrize(
    ("paa", "myndig"),
    [
        pytest.param(date(2026, 2, 28), False, id="FAM-02: dagen før"),
        pytest.param(date(2026, 3, 1), True, id="FAM-02: født 29. februar, 18 år den 1. marts"),
        pytest.param(date(2026, 3, 2), True, id="FAM-02: dagen efter"),
    ],
)
def test_myndig_fra_skuddag(paa: date, myndig: bool) -> None:
    assert rules.er_myndig(date(2008, 2, 29), paa) is myndig


def test_uden_foedselsdato_er_man_myndig() -> None:
    """FAM-02: without a birth date nobody is a child."""
    assert rules.er_myndig(None, DAG)


@pytest.mark.parametrize(
    ("bofaeller", "vist", "udeladt"),
    [
        pytest.param(18, 19, False, id="FAM-13: 19 i alt"),
        pytest.param(19, 20, False, id="FAM-13: præcis 20 vises alle"),
        pytest.param(20, 1, True, id="FAM-13: 21 skjuler alle bofæller, ikke kun den overskydende"),
    ],
)
def test_mere_end_tyve(bofaeller: int, vist: int, udeladt: bool) -> None:
    mor = sikret("mor", aegtefaelle_id="far")
    andre = [sikret("far"), *(sikret(f"b{n:02}") for n in range(bofaeller))]
    linjer, uden, skjult = set_(mor, *andre)
    assert (len(linjer), uden, skjult) == (vist, udeladt, False)
    assert linjer[0] == ("far", AE, False)


def test_en_ikke_rigtig_adresse_giver_ingen_bofaeller() -> None:
    """KORT-11, FAM-01: nobody lives together at a high road code, nor where there is no address."""
    hoej = HJEM.model_copy(update={"vejkode": "9901"})
    assert set_(sikret("mor", adresse=hoej), sikret("ven", adresse=hoej))[0] == []
    assert set_(sikret("mor", adresse=None), sikret("ven", adresse=None))[0] == []


@pytest.mark.parametrize(
    ("beskyttelse", "paa", "beskyttet"),
    [
        pytest.param({"beskyttet": True}, DAG, True, id="SIK-02: beskyttet"),
        pytest.param({"beskyttet_fra": date(2024, 6, 2)}, DAG, False, id="SIK-02: dagen før"),
        pytest.param({"beskyttet_fra": date(2024, 6, 1)}, DAG, True, id="SIK-02: første dag"),
        pytest.param({"beskyttet_fra": date(2024, 1, 1), "beskyttet_til": DAG}, DAG, True, id="SIK-02: sidste dag"),
        pytest.param(
            {"beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 5, 31)},
            DAG,
            False,
            id="SIK-02: dagen efter",
        ),
    ],
)
def test_bofaeller_roeber_ingen_beskyttet_adresse(beskyttelse: dict[str, Any], paa: date, beskyttet: bool) -> None:
    """SIK-02: neither who lives with a protected person, nor that a protected person lives with another."""
    ven = sikret("ven", **beskyttelse)
    assert set_(sikret("mor"), ven, paa=paa)[0] == ([] if beskyttet else [("ven", B, False)])
    assert set_(ven, sikret("mor"), paa=paa) == (
        ([], False, True) if beskyttet else ([("mor", B, False)], False, False)
    )
    assert set_(sikret("mor"), ven, paa=paa, ser=True)[0] == [("ven", B, False)]
    assert set_(ven, sikret("mor"), paa=paa, ser=True) == ([("mor", B, False)], False, False)
