"""Single fields: CPR's uncertain dates are read, everything else must be right."""

from datetime import UTC, date, datetime

import pytest

from ingest.cpr import formater
from ingest.cpr.formater import Dato, Tidspunkt, Ugyldig


def utc(*led: int) -> datetime:
    return datetime(*led, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tekst", "ventet"),
    [
        pytest.param("202601151230", Tidspunkt(utc(2026, 1, 15, 11, 30), False), id="vintertid er UTC+1"),
        pytest.param("202607151230", Tidspunkt(utc(2026, 7, 15, 10, 30), False), id="sommertid er UTC+2"),
        pytest.param("202603020000", Tidspunkt(utc(2026, 3, 1, 23), False), id="midnat er dagen før i UTC"),
        pytest.param("199103209999", Tidspunkt(utc(1991, 3, 19, 23), True), id="time og minut 99 er ukendt"),
        pytest.param("199103201299", Tidspunkt(utc(1991, 3, 20, 11), True), id="minut 99 er ukendt"),
        pytest.param("196100000000", Tidspunkt(utc(1960, 12, 31, 23), True), id="måned og dag 00 er ukendt"),
        pytest.param("200006300000", Tidspunkt(utc(2000, 6, 29, 22), False), id="klokken 00.00 kan være kendt"),
        pytest.param("200006990000", Tidspunkt(utc(2000, 5, 31, 22), True), id="dag 99 er ukendt"),
        pytest.param("000000000000", None, id="nuller er intet"),
        pytest.param("            ", None, id="blanke er intet"),
        pytest.param("", None, id="et afskåret felt er intet"),
    ],
)
def test_tidspunkt(tekst: str, ventet: Tidspunkt | None) -> None:
    assert formater.tidspunkt(tekst) == ventet


@pytest.mark.parametrize(
    "tekst",
    [
        pytest.param("202613011200", id="måned 13"),
        pytest.param("202602301200", id="30. februar"),
        pytest.param("202603012400", id="time 24"),
        pytest.param("202603011260", id="minut 60"),
        pytest.param("20260301120", id="11 cifre"),
        pytest.param("2026030112AB", id="bogstaver"),
        pytest.param("20260301 200", id="blank i midten"),
        pytest.param("2026030112²0", id="hævet totall er intet ciffer"),
        pytest.param("000003011200", id="år 0"),
        pytest.param("020603011200", id="år 206"),
    ],
)
def test_intet_tidspunkt(tekst: str) -> None:
    with pytest.raises(Ugyldig):
        formater.tidspunkt(tekst)


@pytest.mark.parametrize(
    ("tekst", "ventet"),
    [
        pytest.param("2024-02-29", Dato(date(2024, 2, 29), False), id="skuddag"),
        pytest.param("1961-00-00", Dato(date(1961, 1, 1), True), id="måned og dag ukendt"),
        pytest.param("1961-07-00", Dato(date(1961, 7, 1), True), id="dag ukendt"),
        pytest.param("2101-11-02", Dato(date(2101, 11, 2), False), id="beskyttelse hundrede år frem"),
        pytest.param("0000-00-00", None, id="nuller er intet"),
        pytest.param("          ", None, id="blanke er intet"),
    ],
)
def test_dato(tekst: str, ventet: Dato | None) -> None:
    assert formater.dato(tekst) == ventet


@pytest.mark.parametrize("tekst", ["2026-02-29", "2026-2-9", "2026/02/01", "20260201", "2026-13-01", "åååå-mm-dd"])
def test_ingen_dato(tekst: str) -> None:
    with pytest.raises(Ugyldig):
        formater.dato(tekst)


def test_produktionsdato_er_aldrig_usikker() -> None:
    assert formater.produktionsdato("20260303") == date(2026, 3, 3)
    assert formater.produktionsdato("00000000") is None
    for tekst in ("20260300", "20260399", "2026030", "2026030a"):
        with pytest.raises(Ugyldig):
            formater.produktionsdato(tekst)


def test_begrundelsen_viser_ikke_vaerdien() -> None:
    with pytest.raises(Ugyldig) as fejl:
        formater.pnr("610180001X")
    assert "610180001" not in str(fejl.value)
