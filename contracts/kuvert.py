"""CloudEvents 1.0, binary mode on Kafka: attributes as `ce_*` headers, the message as JSON in the value.

Pure functions between bytes and messages; senders and receivers outside the hub may use them too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import from_json

from contracts.base import Besked, i_utc
from contracts.register import BESKEDER

STOERSTE_BESKED = 1_000_000
"""Bytes; a larger value is no message of ours."""
LAENGSTE_TEKST = 1000
"""Characters of a record key or header."""
KRAEVEDE = ("ce_id", "ce_source", "ce_type", "ce_time")
_ET_NAVN = re.compile(r"[A-Za-z_][A-Za-z._-]{0,59}([.]v[0-9]{1,3})?")


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
            ("ce_specversion", b"1.0"),
            ("ce_id", self.id.encode()),
            ("ce_source", self.kilde.encode()),
            ("ce_type", self.besked.ce_type.encode()),
            ("ce_time", _skriv_tid(self.tid)),
            ("content-type", b"application/json"),
        ]
        if self.subject:
            par.append(("ce_subject", self.subject.encode()))
        if self.forloeb_id:
            par.append(("ce_correlationid", self.forloeb_id.encode()))
        if self.aarsag_id:
            par.append(("ce_causationid", self.aarsag_id.encode()))
        if self.traceparent:
            par.append(("traceparent", self.traceparent.encode()))
        return par

    def vaerdi(self) -> bytes:
        """The Kafka value."""
        return self.besked.model_dump_json().encode()


@lru_cache(maxsize=64)
def _skriv_tid(tid: datetime) -> bytes:
    """Kept for a while: all messages of a batch carry the same instant."""
    return tid.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()


def pak_ud(
    noegle: bytes | None,
    vaerdi: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    beskeder: Mapping[str, type[Besked]] = BESKEDER,
) -> Kuvert:
    """Read one Kafka record.

    Raises `Ulaeselig` with every reason at once: no key, tombstone, too large, headers that are null or not UTF-8,
    a missing attribute, an unknown type, not UTF-8, not JSON, a wrong field. JSON types are taken strictly, as the
    published schema says: a number in quotes, or seconds for an instant, is a wrong field.
    """
    grunde: list[str] = []
    attributter, ulaeste = _laes_headers(headers, grunde)
    noegletekst = _laes_noegle(noegle, grunde)
    for navn in KRAEVEDE:
        if not attributter.get(navn) and navn not in ulaeste:
            grunde.append(f"{navn}: mangler")
    if attributter.get("ce_specversion", "1.0") != "1.0":
        grunde.append("ce_specversion: kun 1.0 kendes")
    tid = _laes_tid(attributter.get("ce_time"), grunde)
    klasse = _find_type(attributter.get("ce_type"), beskeder, grunde)
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


def efterproev(klasse: type[Besked], vaerdi: bytes) -> None:
    """Whether a value can be read as this message: a NUL, say, could not. Raises `Ulaeselig`."""
    grunde: list[str] = []
    _laes_vaerdi(vaerdi, klasse, grunde)
    if grunde:
        raise Ulaeselig(grunde)


def _laes_headers(
    headers: Iterable[tuple[str, bytes | None]], grunde: list[str]
) -> tuple[dict[str, str], frozenset[str]]:
    """The texts by name, and the names that stand there but cannot be read."""
    fundet: dict[str, str] = {}
    ulaeste: set[str] = set()
    for navn, raa in headers:
        if not navn.startswith(("ce_", "traceparent")) or (navn[0] == "t" and navn != "traceparent"):
            continue
        tekst, fejl = _laes_tekst(raa)
        if not fejl and fundet.get(navn, tekst) != tekst:
            fejl = "header står to gange"
        if fejl:
            grunde.append(f"{_vis(navn)}: {fejl}")
            ulaeste.add(navn)
        else:
            fundet[navn] = tekst
    if ulaeste:
        fundet = {n: t for n, t in fundet.items() if n not in ulaeste}
    return fundet, frozenset(ulaeste)


def _laes_tekst(raa: bytes | None) -> tuple[str, str]:
    """The text of a header, and what is wrong with it."""
    if raa is None:
        return "", "header uden værdi"
    try:
        tekst = raa.decode()
    except UnicodeDecodeError:
        return "", "header er ikke UTF-8"
    return tekst, "header er ugyldig" if "\x00" in tekst or len(tekst) > LAENGSTE_TEKST else ""


def _laes_noegle(noegle: bytes | None, grunde: list[str]) -> str:
    if not noegle:
        grunde.append("nøgle: mangler")
        return ""
    try:
        tekst = noegle.decode()
    except UnicodeDecodeError:
        grunde.append("nøgle: ikke UTF-8")
        return ""
    if "\x00" in tekst or len(tekst) > LAENGSTE_TEKST:
        grunde.append("nøgle: er ugyldig")
    return tekst


def _laes_tid(tekst: str | None, grunde: list[str]) -> datetime | None:
    if not tekst:
        return None
    tid, fejl = _tid_af(tekst)
    if fejl:
        grunde.append(f"ce_time: {fejl}")
    return tid


@lru_cache(maxsize=1024)
def _tid_af(tekst: str) -> tuple[datetime | None, str]:
    """The instant, or what is wrong with the text. Kept: messages that one batch published carry the same text."""
    try:
        tid = datetime.fromisoformat(tekst)
    except ValueError:
        return None, "er ikke et tidspunkt"
    if tid.tzinfo is None:
        return None, "mangler tidszone"
    try:
        return i_utc(tid), ""
    except ValueError as fejl:
        return None, str(fejl)


def _find_type(ce_type: str | None, beskeder: Mapping[str, type[Besked]], grunde: list[str]) -> type[Besked] | None:
    klasse = beskeder.get(ce_type) if ce_type else None
    if ce_type and klasse is None:
        grunde.append(f"ce_type: ukendt type eller version ({_vis(ce_type)})")
    return klasse


def _laes_vaerdi(vaerdi: bytes | None, klasse: type[Besked] | None, grunde: list[str]) -> Besked | None:
    if vaerdi is None:
        grunde.append("værdi: mangler (tombstone)")
    elif len(vaerdi) > STOERSTE_BESKED:
        grunde.append(f"værdi: {len(vaerdi)} byte, højst {STOERSTE_BESKED}")
    elif not _er_utf8(vaerdi):
        grunde.append("værdi: ikke UTF-8")
    else:
        try:
            if klasse is None:
                from_json(vaerdi)
                return None
            return _uden_nul(vaerdi, klasse.model_validate_json(vaerdi, strict=True), grunde)
        except ValidationError as fejl:
            grunde.extend(grunde_til(fejl))
        except ValueError:
            grunde.append("værdi: ikke JSON")
    return None


def _er_utf8(raa: bytes) -> bool:
    try:
        raa.decode()
    except UnicodeDecodeError:
        return False
    return True


def _uden_nul(vaerdi: bytes, besked: Besked, grunde: list[str]) -> Besked | None:
    """PostgreSQL's text cannot hold NUL, so a message with one could never be kept."""
    if b"\\u0000" not in vaerdi:
        return besked
    stier = _stier_med_nul(besked.model_dump(mode="json"), ())
    grunde.extend(f"{_sti(sti)}: indeholder NUL-tegn" for sti in stier)
    return None if stier else besked


def _stier_med_nul(led: Any, sti: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    if isinstance(led, str):
        return [sti] if "\x00" in led else []
    if isinstance(led, dict):
        alle = cast("dict[str, Any]", led)
        noegler = [(*sti, n) for n in alle if "\x00" in n]
        return noegler + [s for n, v in alle.items() for s in _stier_med_nul(v, (*sti, n))]
    if isinstance(led, list):
        return [s for n, v in enumerate(cast("list[Any]", led)) for s in _stier_med_nul(v, (*sti, n))]
    return []


def grunde_til(fejl: ValidationError) -> list[str]:
    """Every fault with its field path and pydantic's name of it; pydantic's own text would show the value."""
    alle = fejl.errors(include_input=False, include_url=False, include_context=False)
    return ["værdi: ikke JSON" if f["type"] == "json_invalid" else f"{_sti(f['loc'])}: {f['type']}" for f in alle]


def _sti(led: Sequence[str | int]) -> str:
    return ".".join(_vis(str(d)) if isinstance(d, str) else str(d) for d in led) or "værdi"


def _vis(navn: str) -> str:
    """A name as the sender wrote it, when it can only be a name: free text may hold a person's data."""
    return navn if _ET_NAVN.fullmatch(navn) else "…"
