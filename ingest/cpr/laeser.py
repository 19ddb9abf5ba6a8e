"""One pass over an extract: its records, checked one by one, in flat memory.

The file is refused whole by any fault, but the pass goes on after a bad line, so that an operator sees all of them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ingest.cpr.formater import Ugyldig, cifre, produktionsdato
from ingest.cpr.layout import P12170, Layout, feltnavn

FLEST_FEJL = 100
"""Faults named per file; after these the pass stops."""
_LAENGSTE_LINJE = 4096
_STYRETEGN = re.compile("[\x00-\x1f\x7f-\x9f]|\u00c3(?=[\u0080-\u00bf])")
"""Control characters, and the first half of a letter in UTF-8 read as ISO-8859-1."""

Modtager = Callable[[int, str], None]
"""Receives number and text of each checked record about a person."""


@dataclass(frozen=True, slots=True)
class Fejl:
    """Why a file is refused. `linje` is the 1-based record number. Never holds a value from the file."""

    fil: str
    linje: int | None
    felt: str | None
    grund: str

    def __str__(self) -> str:
        sted = ", ".join(led for led in (f"linje {self.linje}" if self.linje else "", self.felt or "") if led)
        return f"{self.fil}: {sted}: {self.grund}" if sted else f"{self.fil}: {self.grund}"


@dataclass(frozen=True, slots=True)
class Hoved:
    """The header: which task, which day, and which day came before it (an extract of everything may name itself)."""

    opgavenr: str
    proddato: date
    forrige: date | None


@dataclass(slots=True)
class Laesning:
    """What one pass found."""

    fil: Path
    layout: Layout = P12170
    hoved: Hoved | None = None
    poster: int = 0
    typer: Counter[str] = field(default_factory=Counter[str])
    haendelser: Counter[str] = field(default_factory=Counter[str])
    afledte: Counter[str] = field(default_factory=Counter[str])
    fejl: list[Fejl] = field(default_factory=list[Fejl])
    sum: str = ""

    def afvis(self, linje: int | None, felt: str | None, grund: str) -> None:
        """Note a fault."""
        self.fejl.append(Fejl(str(self.fil), linje, felt, grund))


def laes(fil: Path, modtag: Modtager, layout: Layout = P12170) -> Laesning:
    """Read and check a file; its person records go to `modtag`, as P12170 has them.

    Faults are in the result, a file that cannot be opened too. A fault of the disk or of `modtag` is an exception.
    """
    laesning = Laesning(fil, layout)
    try:
        stroem = fil.open("rb")
    except FileNotFoundError:
        laesning.afvis(None, None, "filen findes ikke")
        return laesning
    except OSError as fejl:
        laesning.afvis(None, None, f"filen kan ikke åbnes ({fejl.strerror})")
        return laesning
    if not stroem.seekable():
        stroem.close()
        laesning.afvis(None, None, "filen skal være en almindelig fil: den læses mere end én gang")
        return laesning
    with stroem:
        _gennemgang(stroem, laesning, modtag)
    return laesning


def _gennemgang(stroem: BinaryIO, laesning: Laesning, modtag: Modtager) -> None:
    sum_, nr, slut, layout = hashlib.sha256(), 0, False, laesning.layout
    linjevis = b"\n" in _kig(stroem, layout)
    if not linjevis and not layout.helt_kendt:
        laesning.afvis(1, None, f"layoutet {layout.navn} læses kun med linjeskift: posternes længder kendes ikke")
        return
    for nr, raa in enumerate(_linjer(stroem) if linjevis else _uden_linjeskift(stroem, layout), 1):
        sum_.update(raa)
        tekst = raa.rstrip(b"\r\n").decode("latin-1")
        if slut:
            if tekst:
                laesning.afvis(nr, "RECORDTYPE", f"der står data efter slutposten ({layout.slut})")
                break
            continue
        if nr == 1:
            _hoved(tekst, laesning)
        elif tekst.startswith(layout.slut):
            slut = True
            _slut(nr, tekst, laesning)
        else:
            laesning.poster += 1
            videre = _post(nr, tekst, laesning, modtag) or linjevis
            if not videre or len(raa) >= _LAENGSTE_LINJE:
                return
        if (nr == 1 and laesning.fejl) or len(laesning.fejl) >= FLEST_FEJL:
            return
    if nr == 0:
        laesning.afvis(1, feltnavn(layout.hoved, "RECORDTYPE"), "filen er tom")
    elif not slut:
        grund = f"filen ender uden slutpost ({layout.slut}): den er skåret af"
        laesning.afvis(nr, feltnavn(layout.slut, "RECORDTYPE"), grund)
    laesning.sum = sum_.hexdigest()


def _kig(stroem: BinaryIO, layout: Layout) -> bytes:
    """The header and what may end its line."""
    mindst = layout.poster[layout.hoved].laengde + 2
    begyndelse = stroem.read(mindst)
    stroem.seek(0)
    return begyndelse


def _linjer(stroem: BinaryIO) -> Iterator[bytes]:
    """Lines; one that has no end in sight comes in pieces, so that memory stays flat."""
    return iter(partial(stroem.readline, _LAENGSTE_LINJE), b"")


def _uden_linjeskift(stroem: BinaryIO, layout: Layout) -> Iterator[bytes]:
    """Records by the length of their type. An unknown type comes as what is left of the file's next bytes."""
    bredde = layout.bredde
    while begyndelse := stroem.read(bredde):
        posttype = layout.poster.get(begyndelse.decode("latin-1"))
        yield begyndelse + (stroem.read(posttype.laengde - bredde) if posttype else b"")


def _hoved(tekst: str, laesning: Laesning) -> None:
    layout = laesning.layout
    if not tekst.startswith(layout.hoved):
        grund = f"filen begynder ikke med startposten ({layout.hoved})"
        laesning.afvis(1, feltnavn(layout.hoved, "RECORDTYPE"), grund)
        return
    if not _form_er_god(1, tekst, laesning):
        return
    felter = layout.vaerdier(tekst)
    opgave, dag, dagen_foer = layout.hovedfelter
    proddato, forrige = produktionsdato(felter[dag]), produktionsdato(felter.get(dagen_foer, ""))
    assert proddato is not None
    if forrige is not None and forrige > proddato:
        laesning.afvis(1, feltnavn(layout.hoved, dagen_foer), "er efter produktionsdatoen")
        return
    laesning.hoved = Hoved(felter[opgave], proddato, forrige)


def _slut(nr: int, tekst: str, laesning: Laesning) -> None:
    if not _form_er_god(nr, tekst, laesning):
        return
    layout = laesning.layout
    antal = int(cifre(layout.vaerdier(tekst)[layout.taeller]))
    if antal != laesning.poster:
        grund = f"slutposten tæller {antal} poster, men filen har {laesning.poster}"
        laesning.afvis(nr, feltnavn(layout.slut, layout.taeller), grund)


def _post(nr: int, tekst: str, laesning: Laesning, modtag: Modtager) -> bool:
    """Check and count one record. False: the type is unknown, so that its length is too."""
    layout = laesning.layout
    posttype = tekst[: layout.bredde]
    if posttype not in layout.poster:
        if not layout.helt_kendt and posttype.isdecimal():
            laesning.typer[posttype] += 1
            return True
        laesning.afvis(nr, "RECORDTYPE", "ukendt posttype" if tekst else "tom linje")
        return False
    if posttype == layout.hoved:
        grund = f"startposten ({layout.hoved}) står mere end én gang"
        laesning.afvis(nr, feltnavn(layout.hoved, "RECORDTYPE"), grund)
        return True
    if not _form_er_god(nr, tekst, laesning):
        return True
    laesning.typer[posttype] += 1
    if posttype == layout.haendelse:
        kode, afledt = tekst[25:28], tekst[28:30].strip()
        laesning.haendelser[kode] += 1
        if afledt:
            laesning.afledte[kode + afledt] += 1
    if posttype not in layout.ikke_person:
        if layout.laeses_som is None:
            modtag(nr, tekst if layout.poster[posttype].anvendt else tekst[:13])
        else:
            for linje in layout.oversat(tekst, layout.laeses_som):
                modtag(nr, linje)
    return True


def _form_er_god(nr: int, tekst: str, laesning: Laesning) -> bool:
    """Characters, length, and every field that has a format."""
    layout, foer = laesning.layout, len(laesning.fejl)
    posttype = tekst[: layout.bredde]
    type_ = layout.poster[posttype]
    almindelig = tekst.isascii() and tekst.isprintable()
    if not almindelig and (tegn := _STYRETEGN.search(tekst)):
        grund = "tegn i UTF-8" if tegn.group() == "\u00c3" else "styretegn"
        laesning.afvis(
            nr, layout.felt_paa(posttype, tegn.start() + 1), f"{grund} i teksten (filen skal være ISO-8859-1)"
        )
    elif layout.helt_kendt and len(tekst) > type_.laengde:
        grund = f"posten er {len(tekst)} tegn lang, højst {type_.laengde}"
        laesning.afvis(nr, feltnavn(posttype, type_.felter[-1].navn), grund)
    elif len(tekst) < layout.mindst[posttype]:
        grund = f"posten er {len(tekst)} tegn lang, mindst {layout.mindst[posttype]}"
        laesning.afvis(nr, layout.felt_paa(posttype, len(tekst) + 1), grund)
    else:
        _kontroller_felter(nr, posttype, tekst, laesning)
    return len(laesning.fejl) == foer


def _kontroller_felter(nr: int, posttype: str, tekst: str, laesning: Laesning) -> None:
    for felt, udsnit in laesning.layout.kontrollerede[posttype]:
        raa = tekst[udsnit]
        try:
            vaerdi = felt.format(raa) if felt.format else raa.strip()
        except Ugyldig as fejl:
            laesning.afvis(nr, feltnavn(posttype, felt.navn), str(fejl))
            continue
        if felt.kraevet and vaerdi in (None, ""):
            laesning.afvis(nr, feltnavn(posttype, felt.navn), "mangler")
