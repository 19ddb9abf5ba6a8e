"""The synthetic registers, and the property that what is written is read back equal."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.cpr import (
    CprAdresse,
    CprCivilstand,
    CprForaeldremyndighed,
    CprHaendelse,
    CprNavn,
    CprPeriode,
    CprPerson,
    CprRejse,
    PersonOpdateret,
)
from contracts.kommuner import KOMMUNER
from contracts.yder import Yderstatus
from simulators.registre import Befolkning, Haendelse, Udtrukket, dagens_haendelser, praksisser, skriv_udtraek
from simulators.registre.beskadigelse import afkort, forkert_antal, indsaet_vroevl
from simulators.registre.dagen import ARTER, MOEDRE, foedsel
from simulators.registre.navne import POSTDISTRIKTER
from simulators.registre.udtraek import fejlpost, kvittering
from tests.ingest.filer import laest

DAG, FORRIGE = date(2026, 3, 3), date(2026, 3, 2)

# Letters of ISO-8859-1; a UTF-8 pair ("Ã" and a sign) is what the reader refuses, and blanks at the ends are not kept.
BOGSTAVER = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"], exclude_characters="Ã\xa0")
DATOER = st.dates(date(1900, 1, 1), date(2100, 12, 31))
# Noon and whole minutes: the extract has local time without offset, so the doubled hour of October is not unique.
TIDER = DATOER.map(lambda d: datetime(d.year, d.month, d.day, 11, 0, tzinfo=UTC))


def tekst(laengde: int) -> st.SearchStrategy[str]:
    return st.text(BOGSTAVER, max_size=laengde).map(str.strip)


def cifre(antal: int) -> st.SearchStrategy[str]:
    return st.from_regex(rf"[1-9][0-9]{{{antal - 1}}}", fullmatch=True)


def sorteret(strategi: st.SearchStrategy[Any], **vaelg: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategi, max_size=3, **vaelg).map(lambda x: tuple(sorted(x, key=str)))


def maaske(strategi: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategi


CPR = cifre(10)
ADRESSER = st.builds(
    CprAdresse, kommunekode=cifre(4), vejkode=cifre(4), husnr=tekst(4), etage=tekst(2), sidedoer=tekst(4),
    conavn=tekst(34), vejnavn=tekst(20), standardadresse=tekst(34), bynavn=tekst(34), lokalitet=tekst(34),
    postnummer=cifre(4), postdistrikt=tekst(20), tilflytning=maaske(TIDER), tilflytning_kommune=maaske(TIDER),
    fraflytningskommune=maaske(cifre(4)),
)  # fmt: skip
NAVNE = st.builds(
    CprNavn, fornavn=tekst(50), mellemnavn=tekst(40), efternavn=tekst(40), adresseringsnavn=tekst(34),
    gaelder_fra=maaske(TIDER),
)  # fmt: skip
REJSER = st.builds(CprRejse, udrejse=TIDER, udrejseland=cifre(4), indrejse=TIDER, indrejseland=cifre(4))
PERSONER = st.builds(
    CprPerson, cpr=CPR, gaeldende_cpr=st.none(), tidligere_cpr=sorteret(CPR, unique=True), status=cifre(2),
    status_fra=maaske(TIDER), koen=st.sampled_from(["K", "M", ""]), foedselsdato=maaske(DATOER),
    foedselsdato_usikker=st.booleans(), oprettet=maaske(DATOER), navn=NAVNE, adresse=maaske(ADRESSER),
    rejser=st.lists(REJSER, max_size=3).map(lambda x: tuple(sorted(x, key=lambda r: (
        r.udrejse, r.udrejseland, r.indrejse, r.indrejseland)))),
    forsvundet_fra=maaske(TIDER),
    beskyttelser=st.lists(st.builds(CprPeriode, type_=cifre(4), fra=DATOER, til=maaske(DATOER)), max_size=4).map(
        lambda x: tuple(sorted(x, key=lambda b: (b.type_, b.fra, b.til or date.max)))),
    civilstand=maaske(st.builds(CprCivilstand, kode=st.sampled_from("UGFEDPOL"), aegtefaelle_cpr=maaske(CPR),
                                fra=maaske(TIDER))),
    boern_cpr=sorteret(CPR, unique=True), mor_cpr=maaske(CPR), far_cpr=maaske(CPR),
    foraeldremyndighed=st.lists(st.builds(CprForaeldremyndighed, type_=cifre(4), cpr=maaske(CPR), fra=DATOER,
                                          til=maaske(DATOER)), max_size=3).map(
        lambda x: tuple(sorted(x, key=lambda m: (m.type_, m.cpr or "", m.fra, m.til or date.max)))),
    vaerge_cpr=maaske(CPR),
)  # fmt: skip
HAENDELSER = st.builds(
    Haendelse,
    kode=st.from_regex(r"[APK][0-9]{2}", fullmatch=True),
    afledt=st.sampled_from(["", "ÆG", "BØ", "MO"]),
    registreret=maaske(TIDER),
)
UDTRUKNE = st.lists(
    st.builds(Udtrukket, person=PERSONER, haendelser=st.lists(HAENDELSER, max_size=3).map(tuple)),
    max_size=5,
    unique_by=lambda u: u.person.cpr,
)


@settings(deadline=None, max_examples=60)
@given(udtrukne=UDTRUKNE, linjeskift=st.booleans())
def test_hvad_der_skrives_laeses_ens(udtrukne: list[Udtrukket], linjeskift: bool) -> None:
    with tempfile.TemporaryDirectory() as mappe:
        path = Path(mappe) / "udtraek"
        antal = skriv_udtraek(path, DAG, FORRIGE, udtrukne, linjeskift)
        udtraek, kuverter = laest(path, Path(mappe))
    assert [str(f) for f in udtraek.fejl] == []
    assert udtraek.laesning.poster == antal
    fundne: dict[str, CprPerson] = {}
    haendelser: dict[str, list[tuple[str, str, datetime | None]]] = {u.person.cpr: [] for u in udtrukne}
    for kuvert in kuverter:
        assert isinstance(kuvert.besked, CprHaendelse | PersonOpdateret)
        fundne[kuvert.besked.person.cpr] = kuvert.besked.person
        if isinstance(kuvert.besked, CprHaendelse):
            b = kuvert.besked
            haendelser[b.person.cpr].append((b.kode, b.afledt, b.registreret))
    assert fundne == {u.person.cpr: u.person for u in udtrukne}
    for u in udtrukne:
        assert sorted(haendelser[u.person.cpr], key=str) == sorted(
            ((h.kode, h.afledt, h.registreret) for h in u.haendelser), key=str
        )
    assert len({k.id for k in kuverter}) == len(kuverter)


@pytest.mark.parametrize("linjeskift", [pytest.param(True, id="med linjeskift"), pytest.param(False, id="uden")])
def test_en_dag_af_alle_slags(tmp_path: Path, linjeskift: bool) -> None:
    folk, path = Befolkning(3, 500), tmp_path / "udtraek"
    andre = [fejlpost("0012", "Ukendt personnummer"), kvittering(folk.cpr(0), datetime(2026, 3, 2, 12, tzinfo=UTC))]
    antal = skriv_udtraek(path, DAG, FORRIGE, dagens_haendelser(folk, FORRIGE), linjeskift, andre=andre)
    udtraek, kuverter = laest(path, tmp_path)
    assert (udtraek.fejl, udtraek.laesning.poster, udtraek.personer) == ([], antal, 550)
    assert dict(udtraek.laesning.haendelser) == {
        "A05": 50, "A04": 50, "A01": 100, "A13": 50, "A36": 100, "A33": 50, "P40": 50, "K74": 50,
    }  # fmt: skip
    assert dict(udtraek.laesning.afledte) == {"A36MO": 50}
    assert sum(isinstance(k.besked, PersonOpdateret) for k in kuverter) == 50
    ventet = {u.person.cpr: u.person for u in dagens_haendelser(folk, FORRIGE)}
    assert {k.besked.person.cpr: k.besked.person for k in kuverter if isinstance(k.besked, CprHaendelse)} == {
        cpr: p for cpr, p in ventet.items() if cpr not in {folk.cpr(i) for i in range(8, 500, len(ARTER))}
    }


def test_samme_froe_giver_samme_folk_og_andet_froe_andre() -> None:
    assert [Befolkning(1, 50).person(i) for i in range(50)] == [Befolkning(1, 50).person(i) for i in range(50)]
    assert Befolkning(1, 50).person(0) != Befolkning(2, 50).person(0)


@pytest.mark.parametrize("seed", [0, 1, 7919, 123_456])
def test_numre_er_fiktive_og_forskellige(seed: int) -> None:
    folk = Befolkning(seed, 100_000)
    numre = [folk.cpr(i) for i in range(len(folk))]
    assert len(set(numre)) == len(numre)
    assert all(61 <= int(cpr[:2]) <= 91 for cpr in numre)
    assert 0.4 < sum(int(cpr[-1]) % 2 for cpr in numre[:1000]) / 1000 < 0.6
    for i in range(0, 100_000, 997):
        aarhundrede = 2000 if folk.foedt(i).year >= 2000 else 1900
        syv, aar = int(numre[i][6]), int(numre[i][4:6])
        fundet = 1900 if syv <= 3 or (syv in (4, 9) and aar >= 37) else 2000
        assert fundet == aarhundrede


def test_nyfoedte_faar_hver_sit_nummer() -> None:
    folk = Befolkning(1, MOEDRE + 1)
    numre = {foedsel(folk, i, FORRIGE)[0].person.cpr for i in range(MOEDRE)}
    assert len(numre) == MOEDRE
    with pytest.raises(ValueError, match="kan føde"):
        foedsel(folk, MOEDRE, FORRIGE)


def test_barn_uden_navn_har_mor_og_myndighed() -> None:
    barn, mor = foedsel(Befolkning(1, 10), 3, FORRIGE)
    assert (barn.person.navn.fornavn, barn.person.mor_cpr) == ("", mor.person.cpr)
    assert mor.person.boern_cpr == (barn.person.cpr,)
    assert [m.type_ for m in barn.person.foraeldremyndighed] == ["0003"]


def test_flytning_til_anden_kommune_siger_hvorfra() -> None:
    folk = Befolkning(5, 40)
    for nr, udtrukket in enumerate(dagens_haendelser(folk, FORRIGE, arter=("kommuneflytning",))):
        foer, efter = folk.person(nr).adresse, udtrukket.person.adresse
        assert foer is not None
        assert efter is not None
        assert efter.kommunekode != foer.kommunekode == efter.fraflytningskommune
    for nr, udtrukket in enumerate(dagens_haendelser(folk, FORRIGE, arter=("flytning",))):
        foer, efter = folk.person(nr).adresse, udtrukket.person.adresse
        assert foer is not None
        assert efter is not None
        assert (efter.kommunekode, efter.fraflytningskommune) == (foer.kommunekode, None)
        assert efter.tilflytning_kommune == foer.tilflytning_kommune != efter.tilflytning


def test_posterne_003_staar_sidst(tmp_path: Path) -> None:
    path = tmp_path / "udtraek"
    skriv_udtraek(path, DAG, FORRIGE, dagens_haendelser(Befolkning(1, 30), FORRIGE))
    typer = [linje[:3] for linje in path.read_text("latin-1").splitlines()]
    foerste = typer.index("003")
    assert set(typer[foerste:-1]) == {"003"}
    assert (typer[0], typer[-1]) == ("000", "999")


@pytest.mark.parametrize(
    ("skade", "felt"),
    [
        pytest.param(indsaet_vroevl, "RECORDTYPE", id="vrøvl"),
        pytest.param(afkort, "999.RECORDTYPE", id="afkortet"),
        pytest.param(forkert_antal, "999.TAELLER", id="forkert antal"),
    ],
)
def test_beskadigede_filer_afvises(tmp_path: Path, skade: Any, felt: str) -> None:
    path = tmp_path / "udtraek"
    skriv_udtraek(path, DAG, FORRIGE, dagens_haendelser(Befolkning(1, 30), FORRIGE))
    assert laest(path, tmp_path)[0].fejl == []
    linje = skade(path)
    fejl = laest(path, tmp_path)[0].fejl
    assert felt in {f.felt for f in fejl}
    if linje is not None:
        assert [f.linje for f in fejl if f.felt == felt] == [linje]


def test_praksisser() -> None:
    kommuner = list(POSTDISTRIKTER)
    alle = list(praksisser(1, kommuner, uden_aabne={"0825"}))
    assert alle == list(praksisser(1, kommuner, uden_aabne={"0825"}))
    assert len({y.ydernummer for y in alle}) == len(alle) == 4 * len(kommuner)
    aabne = [y for y in alle if y.status is Yderstatus.AABEN]
    assert {y.kommunekode for y in aabne} == set(kommuner) - {"0825"}
    assert all(y.antal_sikrede is not None and y.antal_sikrede < y.lukkegraense < y.maksgraense for y in aabne)
    assert any(y.status is Yderstatus.LUKKET for y in alle if y.kommunekode != "0825")


def test_kommuner_findes() -> None:
    assert set(POSTDISTRIKTER) <= set(KOMMUNER)
