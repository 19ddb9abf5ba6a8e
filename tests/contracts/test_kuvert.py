"""CloudEvents 1.0 in binary mode: what is written, what is read, and every way to be unreadable."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.brev import BrevAnmodet, Brevtype
from contracts.cpr import CprHaendelse
from contracts.kort import KortStatus, Kortstatuskode
from contracts.kuvert import STOERSTE_BESKED, Kuvert, Ulaeselig, pak_ud
from contracts.ur import UrStillet

EKSEMPLER = Path(__file__).parents[2] / "contracts" / "eksempler"
CPR = "6704856543"
STATUS = KortStatus(
    kort_id="indrejse-0f078b0c-b742-8f27-8e00-b0b2b09af310-2024-03-01:kort",
    status=Kortstatuskode.TRUKKET,
    tidspunkt=datetime(2024, 3, 3, 5, tzinfo=UTC),
)
KUVERT = Kuvert(
    besked=STATUS,
    id="leverandoer-4711-TRUKKET",
    kilde="/kortleverandoer",
    tid=datetime(2024, 3, 3, 6, tzinfo=timezone(timedelta(hours=1))),
    noegle=STATUS.kort_id,
    subject=STATUS.kort_id,
    forloeb_id="indrejse-0f078b0c-b742-8f27-8e00-b0b2b09af310-2024-03-01",
    aarsag_id="ordre-4711",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
HEADERS: dict[str, bytes | None] = dict(KUVERT.headers())
VAERDI = KUVERT.vaerdi()
NOEGLE = KUVERT.noegle.encode()

tekster = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=100)
oejeblikke = st.datetimes(
    min_value=datetime(3, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds beside `timezones`
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


def grunde(
    noegle: bytes | None = NOEGLE, vaerdi: bytes | None = VAERDI, headers: dict[str, Any] | None = None
) -> tuple[str, ...]:
    with pytest.raises(Ulaeselig) as fejl:
        pak_ud(noegle, vaerdi, {**HEADERS, **(headers or {})}.items())
    assert str(fejl.value) == "; ".join(fejl.value.grunde)
    return fejl.value.grunde


def med(**felter: Any) -> bytes:
    return json.dumps({**json.loads(VAERDI), **felter}).encode()


def test_headers_er_praecis_de_gyldne() -> None:
    gyldne = json.loads((EKSEMPLER / "kuvert.headers.json").read_text(encoding="utf-8"))
    assert {navn: v.decode() for navn, v in KUVERT.headers()} == gyldne
    assert len(KUVERT.headers()) == len(gyldne)


def test_tomme_attributter_sendes_ikke() -> None:
    navne = [n for n, _ in Kuvert(STATUS, "1", "/x", datetime(2024, 1, 1, tzinfo=UTC), "n").headers()]
    assert navne == ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"]


@given(tekster, tekster, tekster, oejeblikke, tekster, st.one_of(st.just(""), tekster))
def test_det_skrevne_laeses_igen(kort_id: str, id_: str, kilde: str, tid: datetime, tekst: str, valgfri: str) -> None:
    besked = KortStatus(kort_id=kort_id, status=Kortstatuskode.RETUR, tidspunkt=tid, tekst=tekst)
    kuvert = Kuvert(besked, id_, kilde, tid, kort_id, valgfri, valgfri, valgfri, valgfri)
    laest = pak_ud(kuvert.noegle.encode(), kuvert.vaerdi(), kuvert.headers())
    assert laest == replace(kuvert, tid=tid.astimezone(UTC))
    assert laest.tid.tzinfo is UTC


def test_headers_som_vi_ikke_kender_overses() -> None:
    fremmede = {"ce_dataschema": b"urn:x", "tracestate": b"\xff", "x-andet": None, "content-type": b"application/json"}
    assert pak_ud(NOEGLE, VAERDI, {**HEADERS, **fremmede}.items()) == pak_ud(NOEGLE, VAERDI, HEADERS.items())


def test_specversion_maa_mangle_og_ens_gentagelser_er_uden_betydning() -> None:
    par = [(n, v) for n, v in KUVERT.headers() if n != "ce_specversion"]
    assert pak_ud(NOEGLE, VAERDI, [*par, *par]) == pak_ud(NOEGLE, VAERDI, KUVERT.headers())


@pytest.mark.parametrize(
    ("vaerdi", "ventet"),
    [
        pytest.param(b"\xff\xfe{}", "værdi: ikke UTF-8", id="ikke UTF-8"),
        pytest.param('{"tekst": "æ"}'.encode("latin-1"), "værdi: ikke UTF-8", id="ISO-8859-1"),
        pytest.param(b"hej", "værdi: ikke JSON", id="ikke JSON"),
        pytest.param(b"", "værdi: ikke JSON", id="tom værdi"),
        pytest.param(VAERDI[:-1], "værdi: ikke JSON", id="afkortet JSON"),
        pytest.param(b"[" * 100_000, "værdi: ikke JSON", id="dybt indlejret"),
        pytest.param(b"[]", "værdi: model_type", id="JSON, men ikke et objekt"),
        pytest.param(b"null", "værdi: model_type", id="JSON null"),
        pytest.param(None, "værdi: mangler (tombstone)", id="tombstone"),
        pytest.param(b"x" * 5_000_000, f"værdi: 5000000 byte, højst {STOERSTE_BESKED}", id="5 MB"),
        pytest.param(med(kort_id=None), "kort_id: string_type", id="felt er null"),
        pytest.param(med(kort_id=""), "kort_id: string_too_short", id="tomt id"),
        pytest.param(med(status="MALET"), "status: enum", id="ukendt værdi"),
        pytest.param(med(tidspunkt="2024-03-03T06:00:00"), "tidspunkt: timezone_aware", id="tidspunkt uden zone"),
        pytest.param(med(tidspunkt=1709442000), "tidspunkt: datetime_type", id="sekunder i stedet for tidspunkt"),
        pytest.param(med(tidspunkt="0001-01-01T00:00:00+14:00"), "tidspunkt: value_error", id="uden for kalenderen"),
        pytest.param(med(tekst="a\x00b"), "tekst: indeholder NUL-tegn", id="NUL i et felt"),
        pytest.param(b'{"kort_id": "\\ud800"}', "værdi: ikke JSON", id="halvt tegn"),
    ],
)
def test_ulaeselig_vaerdi(vaerdi: bytes | None, ventet: str) -> None:
    assert grunde(vaerdi=vaerdi) == (ventet,)


@pytest.mark.parametrize("mangler", ["ce_id", "ce_source", "ce_type", "ce_time"])
@pytest.mark.parametrize(
    ("raa", "ventet"),
    [
        pytest.param(b"", "mangler", id="tom"),
        pytest.param(None, "header uden værdi", id="null"),
        pytest.param(b"\xff", "header er ikke UTF-8", id="ikke UTF-8"),
        pytest.param(b"a\x00", "header er ugyldig", id="NUL"),
        pytest.param(b"a" * 1001, "header er ugyldig", id="for lang"),
    ],
)
def test_ulaeselig_attribut_naevnes_en_gang(mangler: str, raa: bytes | None, ventet: str) -> None:
    assert grunde(headers={mangler: raa}) == (f"{mangler}: {ventet}",)


@pytest.mark.parametrize("mangler", ["ce_id", "ce_source", "ce_type", "ce_time"])
def test_manglende_attribut(mangler: str) -> None:
    with pytest.raises(Ulaeselig) as fejl:
        pak_ud(NOEGLE, VAERDI, [(n, v) for n, v in KUVERT.headers() if n != mangler])
    assert fejl.value.grunde == (f"{mangler}: mangler",)


@pytest.mark.parametrize(
    ("headers", "ventet"),
    [
        pytest.param(
            {"ce_type": b"dk.sygesikring.Ukendt.v1"},
            "ce_type: ukendt type eller version (dk.sygesikring.Ukendt.v1)",
            id="ukendt type",
        ),
        pytest.param(
            {"ce_type": b"dk.sygesikring.KortStatus.v99"},
            "ce_type: ukendt type eller version (dk.sygesikring.KortStatus.v99)",
            id="ukendt version",
        ),
        pytest.param({"ce_time": b"2024-03-03T06:00:00"}, "ce_time: mangler tidszone", id="tid uden zone"),
        pytest.param({"ce_time": "i går".encode()}, "ce_time: er ikke et tidspunkt", id="ikke en tid"),
        pytest.param({"ce_time": b"0001-01-01T00:00+14:00"}, "ce_time: er uden for kalenderen", id="før kalenderen"),
        pytest.param({"ce_time": b"9999-12-31T23:59Z"}, "ce_time: er uden for kalenderen", id="efter kalenderen"),
        pytest.param({"ce_specversion": b"0.3"}, "ce_specversion: kun 1.0 kendes", id="anden CloudEvents-version"),
        pytest.param({"ce_udvidelse": None}, "ce_udvidelse: header uden værdi", id="udvidelse uden værdi"),
        pytest.param({"traceparent": b"\xff"}, "traceparent: header er ikke UTF-8", id="traceparent ikke UTF-8"),
    ],
)
def test_ulaeselige_headers(headers: dict[str, bytes | None], ventet: str) -> None:
    assert grunde(headers=headers) == (ventet,)


@pytest.mark.parametrize(
    ("noegle", "ventet"),
    [
        pytest.param(None, "nøgle: mangler", id="null"),
        pytest.param(b"", "nøgle: mangler", id="tom"),
        pytest.param(b"\xff", "nøgle: ikke UTF-8", id="ikke UTF-8"),
        pytest.param(b"a\x00b", "nøgle: er ugyldig", id="NUL"),
        pytest.param(b"a" * 1001, "nøgle: er ugyldig", id="for lang"),
    ],
)
def test_ulaeselig_noegle(noegle: bytes | None, ventet: str) -> None:
    assert grunde(noegle=noegle) == (ventet,)


def test_en_header_med_to_vaerdier() -> None:
    with pytest.raises(Ulaeselig, match=r"^ce_id: header står to gange$"):
        pak_ud(NOEGLE, VAERDI, [*KUVERT.headers(), ("ce_id", b"et andet id")])


def test_alle_grunde_naevnes_paa_en_gang() -> None:
    vaerdi = json.dumps({"leverance": "i dag", "person": {"cpr": "12", "adresse": {"kommunekode": "63"}}}).encode()
    fundet = grunde(None, vaerdi, {"ce_id": None, "ce_time": b"x", "ce_type": CprHaendelse.ce_type.encode()})
    assert sorted(fundet) == sorted([
        "ce_id: header uden værdi",
        "ce_time: er ikke et tidspunkt",
        "nøgle: mangler",
        "kode: missing",
        "leverance: date_parsing",
        "person.cpr: string_pattern_mismatch",
        "person.status: missing",
        "person.adresse.kommunekode: string_pattern_mismatch",
    ])  # fmt: skip


def test_ukendt_type_og_ulaeselig_vaerdi_naevnes_begge() -> None:
    assert grunde(vaerdi=b"{", headers={"ce_type": b"x.v2"}) == (
        "ce_type: ukendt type eller version (x.v2)",
        "værdi: ikke JSON",
    )


@pytest.mark.parametrize(
    ("vaerdi", "headers"),
    [
        pytest.param(med(kort_id=[CPR], status=CPR, tidspunkt=CPR), {}, id="i felterne"),
        pytest.param(f"{{{CPR}".encode(), {}, id="i det, der ikke er JSON"),
        pytest.param(VAERDI, {"ce_type": CPR.encode()}, id="som type"),
        pytest.param(VAERDI, {f"ce_{CPR}": None}, id="som navn på en header"),
        pytest.param(VAERDI, {"ce_time": CPR.encode() + b"!"}, id="som tid"),
        pytest.param(
            json.dumps({"felter": {CPR: 1}}).encode(),
            {"ce_type": BrevAnmodet.ce_type.encode()},
            id="som navn på et felt",
        ),
    ],
)
def test_ingen_personlig_vaerdi_i_grundene(vaerdi: bytes, headers: dict[str, bytes | None]) -> None:
    assert not re.search(r"\d{6}", " ".join(grunde(vaerdi=vaerdi, headers=headers)))


def test_nul_i_noegle_og_liste_findes_med_sti() -> None:
    vaerdi = json.dumps({
        "brev_id": "1", "forloeb_id": "1", "person_id": "1", "kommunekode": "0630", "ukendt": "\x00",
        "brevtype": Brevtype.LAEGEVALGSKVITTERING, "felter": {"praksisnavn": "\x00", "bagstreg": "\\u0000"},
    }).encode()  # fmt: skip
    assert grunde(vaerdi=vaerdi, headers={"ce_type": BrevAnmodet.ce_type.encode()}) == (
        "felter.praksisnavn: indeholder NUL-tegn",
    )


def test_uret_kan_ikke_stilles_ud_af_kalenderen() -> None:
    felter = {"forskydning_ms": 10**18, "version": 2**63, "stillet_af": "x", "stillet": "2026-01-01T00:00:00Z"}
    assert grunde(vaerdi=json.dumps(felter).encode(), headers={"ce_type": UrStillet.ce_type.encode()}) == (
        "forskydning_ms: less_than_equal",
        "version: less_than",
    )


bytefoelger = st.binary(max_size=200)


@given(
    st.one_of(st.none(), bytefoelger),
    st.one_of(st.none(), bytefoelger),
    st.dictionaries(st.sampled_from(sorted(HEADERS)), st.one_of(st.none(), bytefoelger)),
)
@example(NOEGLE, VAERDI.replace(b"2024", b"+024"), {})
def test_vilkaarlige_bytes_er_laeselige_eller_ulaeselige(
    noegle: bytes | None, vaerdi: bytes | None, headers: dict[str, bytes | None]
) -> None:
    """Whatever arrives: a message or `Ulaeselig` with reasons, never another error."""
    fundne: tuple[str, ...] = ("kuvert",)
    try:
        pak_ud(noegle, vaerdi, {**HEADERS, **headers}.items())
    except Ulaeselig as fejl:
        fundne = fejl.grunde
    assert fundne
