"""From records to messages: grouping, order, ids, and what a snapshot holds."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from contracts.cpr import CprHaendelse, CprPerson, PersonOpdateret
from contracts.kuvert import Kuvert
from contracts.noegle import cpr_noegle
from shared.domain.datoer import midnat
from simulators.registre import Befolkning, dagens_haendelser, skriv_udtraek
from tests.ingest.filer import (
    ANNA,
    ANNA_001,
    ANNA_099,
    BENT,
    BENT_001,
    HEMMELIGHED,
    HOVED,
    POSTER,
    felter,
    fil,
    laest,
    raa,
)


def haendelse(kode: str, tid: str, afledt: str = "") -> str:
    return felter("099", (4, ANNA), (14, tid), (26, kode + afledt))


def person(tmp_path: Path, *poster: str) -> CprPerson:
    """The snapshot of Anna with some records more."""
    udtraek, kuverter = laest(fil(tmp_path, [ANNA_001, *poster]), tmp_path)
    assert udtraek.fejl == []
    besked = kuverter[0].besked
    assert isinstance(besked, PersonOpdateret)
    return besked.person


def test_raekkefoelgen_i_filen_er_ligegyldig(tmp_path: Path) -> None:
    path = tmp_path / "udtraek"
    skriv_udtraek(path, date(2026, 3, 3), date(2026, 3, 2), dagens_haendelser(Befolkning(7, 200), date(2026, 3, 2)))
    ordnet = laest(path, tmp_path)[1]
    linjer = path.read_text("latin-1").splitlines()
    poster = linjer[1:-1]
    Random(1).shuffle(poster)
    blandet = laest(raa(tmp_path, [linjer[0], *poster, linjer[-1]]), tmp_path)[1]
    assert len(ordnet) == len(blandet) == 220
    assert sorted(ordnet, key=lambda k: k.id) == sorted(blandet, key=lambda k: k.id)


def test_haendelser_kommer_i_tidsorden_og_derefter_i_filens(tmp_path: Path) -> None:
    poster = [
        ANNA_001,
        haendelse("A13", "202603021507"),
        haendelse("A06", "202603020900"),
        haendelse("A08", "202603020900"),
        haendelse("K74", ""),
        haendelse("A01", "202603011200"),
    ]
    kuverter = laest(fil(tmp_path, poster), tmp_path)[1]
    assert [k.besked.kode for k in kuverter if isinstance(k.besked, CprHaendelse)] == [
        "K74",
        "A01",
        "A06",
        "A08",
        "A13",
    ]
    assert [k.tid for k in kuverter] == [
        midnat(date(2026, 3, 3)),
        datetime(2026, 3, 1, 11, tzinfo=UTC),
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 14, 7, tzinfo=UTC),
    ]


def test_id_er_indholdets(tmp_path: Path) -> None:
    poster = [
        ANNA_001,
        haendelse("A05", "202603021507"),
        haendelse("A19", "202603021507", "ÆG"),
        haendelse("A05", "202603021507"),
        haendelse("K74", ""),
        BENT_001,
    ]
    kuverter = laest(fil(tmp_path, poster), tmp_path)[1]
    anna, bent = cpr_noegle(ANNA, HEMMELIGHED), cpr_noegle(BENT, HEMMELIGHED)
    billede = {k.noegle: k.id.split(":")[3] for k in kuverter}
    assert all(len(b) == 12 for b in billede.values())
    assert {k.id.replace(f":{billede[k.noegle]}", ""): k.noegle for k in kuverter} == {
        f"{anna[:16]}:K74:20260303": anna,
        f"{anna[:16]}:A05:202603021507": anna,
        f"{anna[:16]}:A05:202603021507:2": anna,
        f"{anna[:16]}:A19ÆG:202603021507": anna,
        f"{bent[:16]}:opdateret:20260303": bent,
    }
    assert {k.kilde for k in kuverter} == {"/cpr/udtraek"}


def test_samme_haendelse_med_en_aendret_person_er_en_ny_besked(tmp_path: Path) -> None:
    """An event that CPR delivers again with a newer snapshot: the snapshot must not be dropped with the event."""
    foerst = laest(fil(tmp_path), tmp_path)[1]
    aendret = laest(fil(tmp_path, [p.replace("Anna", "Anne") for p in POSTER]), tmp_path)[1]
    assert {k.id for k in foerst if k.noegle == cpr_noegle(ANNA, HEMMELIGHED)}.isdisjoint({k.id for k in aendret})
    assert {k.id for k in foerst} & {k.id for k in aendret}, "den uændrede er den samme"


def test_cpr_09_samme_haendelse_i_en_anden_leverance_er_samme_besked(tmp_path: Path) -> None:
    naeste = HOVED.replace("2026030320260302", "2026030420260303")
    foerst = laest(fil(tmp_path), tmp_path)[1]
    igen = laest(fil(tmp_path, hoved=naeste), tmp_path)[1]

    def ider(kuverter: list[Kuvert], type_: type) -> set[str]:
        return {k.id for k in kuverter if isinstance(k.besked, type_)}

    assert ider(foerst, CprHaendelse) == ider(igen, CprHaendelse) != set()
    assert ider(foerst, PersonOpdateret).isdisjoint(ider(igen, PersonOpdateret))


def test_intet_cpr_nummer_i_noegle_id_eller_headers(tmp_path: Path) -> None:
    kuverter = laest(fil(tmp_path), tmp_path)[1]
    for kuvert in kuverter:
        synligt = " ".join([kuvert.noegle, kuvert.id, *(v.decode() for _, v in kuvert.headers())])
        assert ANNA not in synligt
        assert BENT not in synligt
        assert re.fullmatch(r"[0-9a-f]{64}", kuvert.noegle)


def test_rejser_i_kraft(tmp_path: Path) -> None:
    """Corrected (K), undone (A) and technically changed (Æ) records have been replaced."""

    def rejse(annkor: str, ud: str, ind: str, land: str = "5120") -> str:
        return felter("024", (4, ANNA), (14, annkor), (15, land), (19, ud), (32, land), (36, ind))

    fundet = person(
        tmp_path,
        felter("005", (4, ANNA), (14, "5180"), (18, "202001021300")),
        rejse(" ", "201001021300", "201501021300"),
        rejse("K", "201101021300", "201201021300"),
        rejse("A", "201101021300", "201201021300"),
        rejse("Æ", "201101021300", "201201021300"),
    )
    assert [(r.udrejse and r.udrejse.year, r.udrejseland, r.indrejse and r.indrejse.year) for r in fundet.rejser] == [
        (2010, "5120", 2015),
        (2020, "5180", None),
    ]


def test_familie_og_beskyttelse(tmp_path: Path) -> None:
    fundet = person(
        tmp_path,
        felter("004", (4, ANNA), (14, "0003"), (18, "2026-01-01"), (28, "2126-01-01")),
        felter("004", (4, ANNA), (14, "0001"), (18, "2026-01-01")),
        felter("007", (4, ANNA), (14, "199709091541*")),
        felter("012", (4, ANNA), (14, "G"), (15, BENT), (71, "202001011200 ")),
        felter("014", (4, ANNA), (14, "6502200011")),
        felter("014", (4, ANNA), (14, "6402180010")),
        felter("015", (4, ANNA), (14, "1980-01-01*"), (25, "0000000000"), (92, "6303500017")),
        felter("016", (4, ANNA), (14, "0005"), (18, "2026-01-01"), (39, BENT), (49, "2026-01-01")),
        felter("016", (4, ANNA), (14, "0003"), (18, "2026-01-01")),
        felter("017", (4, ANNA), (14, "2026-01-01"), (35, "0001"), (39, BENT)),
        felter("022", (4, ANNA), (14, "6101800020"), (24, "1980-01-01*"), (35, "2001-10-24")),
    )
    assert [(b.type_, b.fra, b.til) for b in fundet.beskyttelser] == [
        ("0001", date(2026, 1, 1), None),
        ("0003", date(2026, 1, 1), date(2126, 1, 1)),
    ]
    assert fundet.forsvundet_fra == datetime(1997, 9, 9, 13, 41, tzinfo=UTC)
    assert fundet.civilstand is not None
    assert (fundet.civilstand.kode, fundet.civilstand.aegtefaelle_cpr) == ("G", BENT)
    assert fundet.boern_cpr == ("6402180010", "6502200011")
    assert (fundet.mor_cpr, fundet.far_cpr) == (None, "6303500017")
    assert [(m.type_, m.cpr) for m in fundet.foraeldremyndighed] == [("0003", None), ("0005", BENT)]
    assert fundet.vaerge_cpr == BENT
    assert fundet.tidligere_cpr == ("6101800020",)


@pytest.mark.parametrize(
    ("gaeldende", "ventet"),
    [
        pytest.param(ANNA, None, id="samme nummer"),
        pytest.param("          ", None, id="blank"),
        pytest.param(BENT, BENT, id="nyt nummer"),
    ],
)
def test_gaeldende_nummer(tmp_path: Path, gaeldende: str, ventet: str | None) -> None:
    linje = ANNA_001[:13] + gaeldende + ANNA_001[23:]
    besked = laest(fil(tmp_path, [linje]), tmp_path)[1][0].besked
    assert isinstance(besked, PersonOpdateret)
    assert besked.person.gaeldende_cpr == ventet


def test_adressen_kan_komme_fra_klarskrift_alene(tmp_path: Path) -> None:
    fundet = person(tmp_path, POSTER[8])
    assert fundet.adresse is not None
    assert (fundet.adresse.kommunekode, fundet.adresse.tilflytning) == ("0630", None)


def test_klarskrift_med_kun_navn_er_ingen_adresse(tmp_path: Path) -> None:
    assert person(tmp_path, felter("003", (4, ANNA), (14, "Anna Ærøskøbing"))).adresse is None


def test_barn_uden_navn(tmp_path: Path) -> None:
    """CPR-15: a blank 008 is a child not yet named."""
    fundet = person(tmp_path, felter("008", (4, ANNA), (147, "0" * 12)))
    assert (fundet.navn.fornavn, fundet.navn.efternavn, fundet.navn.adresseringsnavn) == ("", "", "")


def test_usikker_foedselsdato(tmp_path: Path) -> None:
    linje = ANNA_001.replace("1980-01-01", "1980-00-00")
    besked = laest(fil(tmp_path, [linje, ANNA_099]), tmp_path)[1][0].besked
    assert isinstance(besked, CprHaendelse)
    assert (besked.person.foedselsdato, besked.person.foedselsdato_usikker) == (date(1980, 1, 1), True)
