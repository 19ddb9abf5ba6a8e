"""A second message of the test service: its handler produces what the database refuses, or cannot use it at all."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from contracts.base import Besked
from contracts.register import BESKEDER
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import OenskEffekt, SaetFrist, Udfald
from shared.platform.tabel import Tabel
from shared.platform.tjeneste import Tjeneste
from tests.integration.proeve import KONTI, TOM, Anmeld, FristNaaet, Indsat, Konto


class SeddelSkrevet(Besked):
    """`slags` says what goes wrong; empty: nothing."""

    ce_type: ClassVar[str] = "proeve.SeddelSkrevet.v1"
    noeglefelt: ClassVar[str] = "konto"
    konto: str
    nr: int
    slags: str = ""


@dataclass(frozen=True, slots=True)
class Seddel:
    konto: str
    tekst: str
    tal: int


SEDLER: Tabel[Seddel] = Tabel("seddel", Seddel, "konto")
BESKEDER[SeddelSkrevet.ce_type] = SeddelSkrevet


def naar_seddel_er_skrevet(besked: SeddelSkrevet, konto: Konto | None, seddel: Seddel | None, nu: datetime) -> Udfald:
    if besked.slags == "uventet":
        raise UventetBesked("konto", "LUKKET", "SeddelSkrevet")
    ny = replace(
        konto or replace(TOM, konto=besked.konto), numre=(*(konto.numre if konto else ()), besked.nr), sidst=nu
    )
    tekst = "a\x00b" if besked.slags == "nul i tekst" else "æøå"
    tal = 2**63 if besked.slags == "for stort tal" else besked.nr
    svar = (*ny.svar, "\x00") if besked.slags == "nul i json" else ny.svar
    udfald = Udfald(raekker=(replace(ny, svar=svar), Seddel(besked.konto, tekst, tal)))
    if besked.slags == "frist med nul":
        svar_ = FristNaaet(konto=f"{besked.konto}\x00", nr=1)
        udfald += Udfald(frister=(SaetFrist(f"f:{besked.konto}", nu, svar_),))
    if besked.slags == "effekt med nul":
        indhold = Anmeld(konto=besked.konto, noegle="\x00")
        udfald += Udfald(effekter=(OenskEffekt(f"e:{besked.konto}", "anmeld", besked.konto, indhold),))
    if besked.slags == "effekt uden ordensnøgle":
        indhold = Anmeld(konto=besked.konto, noegle="n")
        udfald += Udfald(effekter=(OenskEffekt(f"e:{besked.konto}", "anmeld", "", indhold),))
    if besked.slags == "lang fristnøgle":
        langt = "".join(chr(0x4E00 + i * 7919 % 20_000) for i in range(4000))
        udfald += Udfald(frister=(SaetFrist(langt, nu, FristNaaet(konto=besked.konto, nr=1)),))
    return udfald


def med_sedler(t: Tjeneste) -> Tjeneste:
    """The service of `proeve`, which now also hears `SeddelSkrevet`."""
    t.tabeller = (*t.tabeller, SEDLER)
    t.naar(SeddelSkrevet, laeser=(KONTI.en("konto"), SEDLER.en("konto")))(naar_seddel_er_skrevet)
    return t


def noget(konto: str, nr: int, slags: str = "") -> Indsat:
    """A `SeddelSkrevet` that `Opstilling.send` takes: it asks only for an account and a number."""
    return SeddelSkrevet(konto=konto, nr=nr, slags=slags)  # type: ignore[return-value]
