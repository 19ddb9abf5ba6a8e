"""CloudEvents 1.0, binary mode on Kafka: attributes as `ce_*` headers, the message as JSON in the value.

Pure functions between bytes and messages; senders and receivers outside the hub may use them too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from contracts.base import Besked
from contracts.register import BESKEDER

STOERSTE_BESKED = 1_000_000
"""Bytes; a larger value is no message of ours."""


class Ulaeselig(Exception):
    """Bytes that are no message. `grunde` are all reasons with field paths, never a personal value."""

    def __init__(self, grunde: Iterable[str]) -> None:
        self.grunde = tuple(grunde)
        super().__init__("; ".join(self.grunde))


@dataclass(frozen=True, slots=True)
class Kuvert:
    """A message with its CloudEvents attributes. (`kilde`, `id`) is its identity: the same pair is the same message."""

    besked: Besked
    id: str
    kilde: str
    tid: datetime
    noegle: str
    subject: str = ""
    forloeb_id: str = ""
    aarsag_id: str = ""
    traceparent: str = ""

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers, ready to send."""
        par = [
            ("ce_specversion", "1.0"),
            ("ce_id", self.id),
            ("ce_source", self.kilde),
            ("ce_type", self.besked.ce_type),
            ("ce_time", self.tid.astimezone(UTC).isoformat().replace("+00:00", "Z")),
            ("content-type", "application/json"),
        ]
        valgfri = (
            ("ce_subject", self.subject),
            ("ce_correlationid", self.forloeb_id),
            ("ce_causationid", self.aarsag_id),
            ("traceparent", self.traceparent),
        )
        return [(navn, v.encode()) for navn, v in (*par, *((n, v) for n, v in valgfri if v))]

    def vaerdi(self) -> bytes:
        """The Kafka value."""
        return self.besked.model_dump_json().encode()


def pak_ud(
    noegle: bytes | None,
    vaerdi: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    beskeder: Mapping[str, type[Besked]] = BESKEDER,
) -> Kuvert:
    """Read one Kafka record.

    Raises `Ulaeselig` with every reason at once: no key, tombstone, too large, headers that are null or not UTF-8,
    a missing attribute, an unknown type, not JSON, a wrong field.
    """
    grunde: list[str] = []
    attributter = _laes_headers(headers, grunde)
    noegletekst = _laes_noegle(noegle, grunde)
    tid = _laes_tid(attributter.get("ce_time"), grunde)
    for navn in ("ce_id", "ce_source", "ce_type"):
        if not attributter.get(navn):
            grunde.append(f"{navn}: mangler")
    ce_type = attributter.get("ce_type", "")
    klasse = beskeder.get(ce_type)
    if ce_type and klasse is None:
        grunde.append(f"ce_type: ukendt type eller version ({_kort(ce_type)})")
    besked = _laes_vaerdi(vaerdi, klasse, grunde)
    if grunde or besked is None or tid is None:
        raise Ulaeselig(grunde)
    a = attributter.get
    return Kuvert(
        besked=besked,
        id=attributter["ce_id"],
        kilde=attributter["ce_source"],
        tid=tid,
        noegle=noegletekst,
        subject=a("ce_subject", ""),
        forloeb_id=a("ce_correlationid", ""),
        aarsag_id=a("ce_causationid", ""),
        traceparent=a("traceparent", ""),
    )


def _laes_headers(headers: Iterable[tuple[str, bytes | None]], grunde: list[str]) -> dict[str, str]:
    fundet: dict[str, str] = {}
    for navn, raa in headers:
        if not (navn.startswith("ce_") or navn == "traceparent"):
            continue
        if raa is None:
            grunde.append(f"{_kort(navn)}: header uden værdi")
            continue
        try:
            tekst = raa.decode()
        except UnicodeDecodeError:
            grunde.append(f"{_kort(navn)}: header er ikke UTF-8")
            continue
        if "\x00" in tekst or len(tekst) > 1000:
            grunde.append(f"{_kort(navn)}: header er ugyldig")
        elif navn in fundet and fundet[navn] != tekst:
            grunde.append(f"{_kort(navn)}: header står to gange")
        else:
            fundet[navn] = tekst
    return fundet


def _laes_noegle(noegle: bytes | None, grunde: list[str]) -> str:
    if not noegle:
        grunde.append("nøgle: mangler")
        return ""
    try:
        return noegle.decode()
    except UnicodeDecodeError:
        grunde.append("nøgle: ikke UTF-8")
        return ""


def _laes_tid(tekst: str | None, grunde: list[str]) -> datetime | None:
    if tekst is None:
        grunde.append("ce_time: mangler")
        return None
    try:
        tid = datetime.fromisoformat(tekst)
    except ValueError:
        grunde.append("ce_time: er ikke et tidspunkt")
        return None
    if tid.tzinfo is None:
        grunde.append("ce_time: mangler tidszone")
        return None
    try:
        return tid.astimezone(UTC)
    except OverflowError:
        grunde.append("ce_time: er uden for kalenderen")
        return None


def _laes_vaerdi(vaerdi: bytes | None, klasse: type[Besked] | None, grunde: list[str]) -> Besked | None:
    if vaerdi is None:
        grunde.append("værdi: mangler (tombstone)")
        return None
    if len(vaerdi) > STOERSTE_BESKED:
        grunde.append(f"værdi: {len(vaerdi)} byte, højst {STOERSTE_BESKED}")
        return None
    if klasse is None:
        return None
    try:
        besked = klasse.model_validate_json(vaerdi)
    except ValidationError as fejl:
        grunde.extend(grunde_til(fejl))
        return None
    if b"\\u0000" in vaerdi.replace(b"\\\\", b""):
        grunde.append("værdi: indeholder NUL-tegn")
        return None
    return besked


def grunde_til(fejl: ValidationError) -> list[str]:
    """Every fault with its field path; pydantic's own text would show the value."""
    alle: list[dict[str, Any]] = [
        dict(f) for f in fejl.errors(include_input=False, include_url=False, include_context=False)
    ]
    return [f"{'.'.join(str(led) for led in f['loc']) or 'værdi'}: {f['type']}" for f in alle]


def _kort(tekst: str) -> str:
    return tekst if len(tekst) <= 60 and tekst.isprintable() else "…"
