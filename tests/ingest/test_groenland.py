"""The Greenlandic layout: its records are read as the same person and events as those of P12170 would be."""

import itertools
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.cpr import CprAdresse, CprHaendelse, CprPerson
from contracts.kuvert import Kuvert
from ingest.cpr.groenland import GROENLAND
from ingest.cpr.layout import P12170
from ingest.cpr.udtraek import Udtraek, kontroller
from tests.ingest.filer import HEMMELIGHED, HOVED, felter, fil, raa, slut

PAVIA, MOR, BARN, MAGE, GAMMELT = "6101800012", "6101550014", "6101090016", "6101810017", "6101800018"
TID = "202603011200"
P001 = felter(
    "001", (4, PAVIA), (36, "05"), (38, "0" * 12), (67, "K"), (68, "1980-01-01"), (91, "2026-03-02"), (190, MOR),
    (292, "0" * 10),
)  # fmt: skip
P015 = felter("015", (4, PAVIA), (14, "0001"), (34, "2026-01-01"), (47, "2026-12-31"))
P020 = felter("020", (4, PAVIA), (30, "Pavia"), (122, "Ærø"), (204, TID), (233, "Pavia Ærø"))
P025 = felter(
    "025", (4, PAVIA), (14, "0956"), (18, TID), (30, "956"), (34, "0012"), (38, "007"), (48, "1234"), (98, TID),
    (127, TID), (140, "0630"), (144, TID),
)  # fmt: skip
P029 = felter("029", (4, PAVIA), (31, "5110"), (35, "201001011200"), (60, "5110"), (64, "201101011200"))
P035 = felter("035", (4, PAVIA), (30, "G"), (31, MAGE), (87, TID))
P045 = felter("045", (4, PAVIA), (14, BARN))
P046 = felter("046", (4, PAVIA), (26, "0005"), (34, "2020-01-01"), (63, MOR))
P050 = felter("050", (4, PAVIA), (18, "2020-01-01"), (39, "0001"), (51, MAGE))
P065 = felter("065", (4, PAVIA), (18, GAMMELT), (28, "1980-01-01"), (39, "1990-01-01"))
P900 = felter("900", (4, PAVIA), (14, "202603021507"), (26, "A01"))
POSTER = (P001, P015, P020, P025, P029, P035, P045, P046, P050, P065, P900)


def laest(path: Path, mappe: Path) -> tuple[Udtraek, list[Kuvert]]:
    with ExitStack() as stak:
        udtraek = kontroller(path, mappe, stak, GROENLAND)
        return udtraek, [] if udtraek.fejl else list(udtraek.kuverter(HEMMELIGHED))


def personen(tmp_path: Path, *poster: str) -> CprPerson:
    udtraek, (kuvert,) = laest(fil(tmp_path, poster), tmp_path)
    assert udtraek.fejl == []
    assert isinstance(kuvert.besked, CprHaendelse)
    return kuvert.besked.person


def test_hele_personen(tmp_path: Path) -> None:
    udtraek, (kuvert,) = laest(fil(tmp_path, POSTER), tmp_path)
    assert (udtraek.fejl, udtraek.personer, udtraek.laesning.haendelser) == ([], 1, {"A01": 1})
    haendelse = kuvert.besked
    assert isinstance(haendelse, CprHaendelse)
    assert (haendelse.kode, haendelse.registreret) == ("A01", datetime(2026, 3, 2, 14, 7, tzinfo=UTC))
    p = haendelse.person
    assert (p.cpr, p.status, p.koen, p.foedselsdato) == (PAVIA, "05", "K", date(1980, 1, 1))
    assert (p.navn.fornavn, p.navn.efternavn, p.navn.adresseringsnavn) == ("Pavia", "Ærø", "Pavia Ærø")
    tid = datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert p.adresse == CprAdresse(
        kommunekode="0956", vejkode="0012", husnr="007", tilflytning=tid, tilflytning_kommune=tid,
        fraflytningskommune="0630",
    )  # fmt: skip
    assert [(b.type_, b.til) for b in p.beskyttelser] == [("0001", date(2026, 12, 31))]
    assert p.civilstand is not None
    assert (p.civilstand.kode, p.civilstand.aegtefaelle_cpr) == ("G", MAGE)
    assert (p.mor_cpr, p.far_cpr, p.boern_cpr, p.vaerge_cpr, p.tidligere_cpr) == (MOR, None, (BARN,), MAGE, (GAMMELT,))
    assert [(m.type_, m.cpr) for m in p.foraeldremyndighed] == [("0005", MOR)]
    assert [(r.udrejseland, r.indrejseland) for r in p.rejser] == [("5110", "5110")]


def test_samme_person_i_begge_layout_er_samme_besked(tmp_path: Path) -> None:
    """The ids come from the content: a person delivered in both layouts is told once."""
    dansk = (
        felter("001", (4, PAVIA), (24, "05"), (26, "0" * 12), (39, "K"), (40, "1980-01-01"), (51, "2026-03-02")),
        felter("008", (4, PAVIA), (14, "Pavia"), (106, "Ærø"), (147, TID), (160, "Pavia Ærø")),
        felter("015", (4, PAVIA), (25, MOR)),
        felter("099", (4, PAVIA), (14, "202603021507"), (26, "A01")),
    )
    _, (fra_groenland,) = laest(fil(tmp_path, (P001, P020, P900)), tmp_path)
    with ExitStack() as stak:
        udtraek = kontroller(fil(tmp_path, dansk), tmp_path, stak)
        (fra_danmark,) = udtraek.kuverter(HEMMELIGHED)
    assert (fra_groenland.id, fra_groenland.besked) == (fra_danmark.id, fra_danmark.besked)


def test_udrejst_fra_groenland(tmp_path: Path) -> None:
    p028 = felter("028", (4, PAVIA), (30, "5902"), (34, TID), (63, "Tórshavn"))
    p = personen(tmp_path, P001.replace("05", "80", 1), p028, P900)
    (rejse,) = p.rejser
    assert (p.status, rejse.udrejseland, rejse.udrejse) == ("80", "5902", datetime(2026, 3, 1, 11, tzinfo=UTC))
    assert p.adresse is None


def test_uden_foraeldre_er_der_ingen_foraeldrepost(tmp_path: Path) -> None:
    p = personen(tmp_path, felter("001", (4, PAVIA), (36, "05"), (190, "0" * 10), (281, "0000-00-00")), P900)
    assert (p.mor_cpr, p.far_cpr) == (None, None)


@pytest.mark.parametrize("kode", ["956", " 956", "956 ", "0956"])
def test_kommunekoden_er_fire_cifre(tmp_path: Path, kode: str) -> None:
    p = personen(tmp_path, P001, felter("025", (4, PAVIA), (30, kode), (34, "0012")), P900)
    assert p.adresse is not None
    assert p.adresse.kommunekode == "0956"


def test_det_der_ikke_kendes_taelles_og_laeses_ikke(tmp_path: Path) -> None:
    """Types without a public layout, and records longer than what is public of them."""
    forsvundet = felter("030", (4, PAVIA), (14, TID))
    udtraek, (kuvert,) = laest(fil(tmp_path, (*POSTER, forsvundet, P065.ljust(400) + "mere")), tmp_path)
    assert udtraek.fejl == []
    assert (udtraek.laesning.typer["030"], udtraek.laesning.typer["065"]) == (1, 2)
    assert isinstance(kuvert.besked, CprHaendelse)
    assert kuvert.besked.person.forsvundet_fra is None


AFVIST = [
    #             posterne                                              linje  felt              grund
    pytest.param((P001, P020, P020), 4, "020.PNR", "personen har to poster 020", id="to navne"),
    pytest.param((P020, P900), 2, "020.PNR", "personen har ingen post 001", id="ingen personpost"),
    pytest.param((P001, P025.replace(" 956", " 9x6").replace("956 ", "9x6 ", 1)), 3, "025.KOMKOD",
                 "er ikke en kommunekode", id="kommunekode med bogstav"),
    pytest.param((P001[:36],), 2, "001.STATUS", "posten er 36 tegn lang, mindst 37", id="skåret af før status"),
    pytest.param(("abc" + P001[3:],), 2, "RECORDTYPE", "ukendt posttype", id="ingen posttype"),
]  # fmt: skip


@pytest.mark.parametrize(("poster", "linje", "felt", "grund"), AFVIST)
def test_fejl_naevner_linje_og_felt_som_filen_har_dem(
    tmp_path: Path, poster: tuple[str, ...], linje: int, felt: str, grund: str
) -> None:
    udtraek, _ = laest(fil(tmp_path, poster), tmp_path)
    assert [(f.linje, f.felt, f.grund) for f in udtraek.fejl] == [(linje, felt, grund)]


def test_uden_linjeskift_kan_den_ikke_laeses(tmp_path: Path) -> None:
    udtraek, _ = laest(raa(tmp_path, ["".join((HOVED, P001, slut(1)))], ende=""), tmp_path)
    assert [f.grund for f in udtraek.fejl] == [
        "layoutet groenland læses kun med linjeskift: posternes længder kendes ikke"
    ]


def test_tabellen_naevner_kun_felter_der_findes_i_p12170() -> None:
    """A field whose name is misspelt would be read as nothing."""
    for nr, type_ in GROENLAND.poster.items():
        assert set(type_.som) <= set(P12170.poster)
        kendte = {f.navn for som in type_.som for f in P12170.poster[som].felter}
        if type_.som:
            assert {f.navn for f in type_.felter} <= kendte, nr


def test_felterne_i_tabellen_ligger_ikke_oven_i_hinanden() -> None:
    for nr, type_ in GROENLAND.poster.items():
        felterne = sorted(type_.felter, key=lambda f: f.position)
        assert all(a.position + a.laengde <= b.position for a, b in itertools.pairwise(felterne)), nr
