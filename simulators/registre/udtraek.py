"""Writes CPR extracts (P12170) from snapshots, streaming. Written apart from the reader, so that each checks the other.

Positions are 1-based, as in CPR's record descriptions.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from contracts.cpr import CprAdresse, CprPerson
from shared.domain.datoer import KOEBENHAVN

_LAENGDER = {
    "000": 35, "001": 106, "002": 306, "003": 249, "004": 37, "005": 200, "007": 26, "008": 193, "009": 37, "010": 30,
    "011": 25, "012": 95, "014": 23, "015": 147, "016": 58, "017": 272, "022": 45, "024": 218, "099": 45, "910": 157,
    "997": 43, "999": 21,
}  # fmt: skip
_INTET_TIDSPUNKT = "0" * 12


@dataclass(frozen=True, slots=True)
class Haendelse:
    """One event record. `registreret` None: a requisition, which has no time."""

    kode: str
    afledt: str = ""
    registreret: datetime | None = None


@dataclass(frozen=True, slots=True)
class Udtrukket:
    """A person as he is sent, and the events that he is sent for."""

    person: CprPerson
    haendelser: tuple[Haendelse, ...] = ()


def skriv_udtraek(
    path: Path,
    dato: date,
    forrige: date | None,
    haendelser: Iterable[Udtrukket],
    linjeskift: bool = True,
    opgavenr: str = "110901",
    andre: Iterable[str] = (),
) -> int:
    """Write an extract and return the trailer's count.

    As CPR does: trailing blanks cut when there are line breaks, every record of full length when there are none, and
    all records 003 after everything else. `andre`: records of other kinds (`fejlpost`, `kvittering`).
    """
    antal = 0
    with path.open("wb") as ud, tempfile.TemporaryFile(dir=path.parent) as sidst:
        _skriv(ud, post("000", (4, "0" * 10), (14, opgavenr), (20, _otte(dato)), (28, _otte(forrige))), linjeskift)
        for udtrukket in haendelser:
            for tekst in poster(udtrukket):
                _skriv(sidst if tekst.startswith("003") else ud, tekst, linjeskift)
                antal += 1
        for tekst in andre:
            _skriv(ud, tekst, linjeskift)
            antal += 1
        sidst.seek(0)
        shutil.copyfileobj(sidst, ud)
        _skriv(ud, post("999", (4, "9" * 10), (14, f"{antal:08d}")), linjeskift)
    return antal


def _skriv(ud: IO[bytes], tekst: str, linjeskift: bool) -> None:
    raa = tekst.encode("latin-1", errors="replace")
    ud.write(raa.rstrip() + b"\n" if linjeskift else raa)


def post(type_: str, *felter: tuple[int, str]) -> str:
    """One record of full length from (1-based position, text) pairs."""
    tegn = list(type_.ljust(_LAENGDER[type_]))
    for position, tekst in felter:
        slut = position - 1 + len(tekst)
        if slut > len(tegn):
            raise ValueError(f"post {type_}: felt på position {position} er for langt")
        tegn[position - 1 : slut] = tekst
    return "".join(tegn)


def fejlpost(nummer: str, tekst: str) -> str:
    """Record 910: CPR could not use something it was sent."""
    return post("910", (4, "0" * 10), (89, nummer), (93, tekst))


def kvittering(cpr: str, tid: datetime) -> str:
    """Record 997: a subscription was deleted. No change of the person."""
    return post("997", (4, cpr), (14, _tolv(tid)), (26, "A06"))


def poster(udtrukket: Udtrukket) -> Iterator[str]:
    """The records of one person, padded to full length."""
    p = udtrukket.person
    yield _personpost(p)
    if p.adresse:
        yield _adressepost(p.cpr, p.adresse)
        yield _klarskriftspost(p.cpr, p.navn.adresseringsnavn, p.adresse)
    for b in p.beskyttelser:
        yield post("004", (4, p.cpr), (14, b.type_), (18, _ti(b.fra)), (28, _ti(b.til)))
    if p.forsvundet_fra:
        yield post("007", (4, p.cpr), (14, _tolv(p.forsvundet_fra)))
    yield post(
        "008", (4, p.cpr), (14, p.navn.fornavn), (65, p.navn.mellemnavn), (106, p.navn.efternavn),
        (147, _tolv(p.navn.gaelder_fra)), (160, p.navn.adresseringsnavn),
    )  # fmt: skip
    yield post("010", (4, p.cpr), (14, "5100"), (18, _INTET_TIDSPUNKT))
    yield post("011", (4, p.cpr), (14, "U"), (15, _ti(p.oprettet)))
    yield from _familieposter(p)
    for gammelt in p.tidligere_cpr:
        yield post("022", (4, p.cpr), (14, gammelt))
    yield from _rejseposter(p)
    for h in udtrukket.haendelser:
        tid = _tolv(h.registreret) if h.registreret else ""
        yield post("099", (4, p.cpr), (14, tid), (26, h.kode), (29, h.afledt))


def _personpost(p: CprPerson) -> str:
    return post(
        "001", (4, p.cpr), (14, p.gaeldende_cpr or ""), (24, p.status), (26, _tolv(p.status_fra)), (39, p.koen),
        (40, _ti(p.foedselsdato)), (50, "*" if p.foedselsdato_usikker else ""), (51, _ti(p.oprettet)),
    )  # fmt: skip


def _adressepost(cpr: str, a: CprAdresse) -> str:
    fraflyttet = a.tilflytning_kommune if a.fraflytningskommune else None
    return post(
        "002", (4, cpr), (14, a.kommunekode), (18, a.vejkode), (22, a.husnr), (26, a.etage), (28, a.sidedoer),
        (36, a.conavn), (70, _tolv(a.tilflytning)), (83, _tolv(a.tilflytning_kommune)),
        (96, a.fraflytningskommune or "0000"), (100, _tolv(fraflyttet)), (113, "0000"),
    )  # fmt: skip


def _klarskriftspost(cpr: str, navn: str, a: CprAdresse) -> str:
    return post(
        "003", (4, cpr), (14, navn), (48, a.conavn), (82, a.lokalitet), (116, a.standardadresse), (150, a.bynavn),
        (184, a.postnummer), (188, a.postdistrikt), (208, a.kommunekode), (212, a.vejkode), (216, a.husnr),
        (220, a.etage), (222, a.sidedoer), (230, a.vejnavn),
    )  # fmt: skip


def _familieposter(p: CprPerson) -> Iterator[str]:
    if c := p.civilstand:
        yield post("012", (4, p.cpr), (14, c.kode), (15, c.aegtefaelle_cpr or ""), (71, _tolv(c.fra)))
    for barn in p.boern_cpr:
        yield post("014", (4, p.cpr), (14, barn))
    if p.mor_cpr or p.far_cpr:
        yield post("015", (4, p.cpr), (25, p.mor_cpr or ""), (92, p.far_cpr or ""))
    for m in p.foraeldremyndighed:
        yield post("016", (4, p.cpr), (14, m.type_), (18, _ti(m.fra)), (29, _ti(m.til)), (39, m.cpr or ""))
    if p.vaerge_cpr:
        yield post("017", (4, p.cpr), (14, _ti(p.oprettet)), (35, "0001"), (39, p.vaerge_cpr))


def _rejseposter(p: CprPerson) -> Iterator[str]:
    """Record 005 for the journey that the person has not come back from, 024 for the others."""
    for r in p.rejser:
        if r.udrejse and not r.indrejse:
            yield post("005", (4, p.cpr), (14, r.udrejseland or "0000"), (18, _tolv(r.udrejse)))
        else:
            yield post(
                "024", (4, p.cpr), (15, r.udrejseland or "0000"), (19, _tolv(r.udrejse)),
                (32, r.indrejseland or "0000"), (36, _tolv(r.indrejse)),
            )  # fmt: skip


def _otte(dag: date | None) -> str:
    return f"{dag:%Y%m%d}" if dag else "0" * 8


def _ti(dag: date | None) -> str:
    return dag.isoformat() if dag else ""


def _tolv(tid: datetime | None) -> str:
    return f"{tid.astimezone(KOEBENHAVN):%Y%m%d%H%M}" if tid else _INTET_TIDSPUNKT
