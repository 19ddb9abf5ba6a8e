"""A municipality that asks: Alma of scenario S01, some who live with her, and callers of each kind."""

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import httpx

from contracts.person import Adresse
from services.laegevalg.app import TJENESTE
from services.laegevalg.forloeb.beskeder import Brevforloeb, Brevtilstand
from services.laegevalg.forloeb.sagsbeskeder import Art, Sag, Tilstand
from services.laegevalg.forloeb.sikret import Sikret
from tests.laegevalg.valgverden import ALMA, FORLOEB, PERSON, Verden, kl, person, s01
from tests.opslag.udsteder import Motorlaeser, klient, som, token

VEJLE, ODENSE = "0630", "0461"
ODENSEVEJ = Adresse(kommunekode=ODENSE, vejkode="0777", linje="Ågade 9", postnummer="5000")
NU = kl(3, 6)


@dataclass(frozen=True)
class Kommune:
    """Somebody in a municipality."""

    kommunekode: str
    rolle: str = "SAGSBEHANDLER"

    @property
    def headers(self) -> dict[str, str]:
        return som(token(kommunekode=self.kommunekode, rolle=self.rolle))


SB, SAERLIG, NY_KOMMUNE = Kommune(VEJLE), Kommune(VEJLE, "SAERLIGE_RETTIGHEDER"), Kommune(ODENSE)


def alma(v: Verden | None = None, **andet: Any) -> Verden:
    """Alma has a choice of the closed Y2 in progress in Vejle; `andet` is what changed about her since."""
    v = v or s01()
    if andet:
        v.send(NU, person(version=v.sikret.version + 1, **andet))
    return v


def flyttet(v: Verden | None = None) -> Verden:
    """Alma has moved to Odense."""
    return alma(v, adresse=ODENSEVEJ)


def bofaelle(v: Verden, id_: str = "bo", foedt: date = date(1990, 1, 1), **andet: Any) -> None:
    """One more at Alma's address."""
    p = replace(v.sikret, person_id=id_, foedselsdato=foedt, cpr="6001900000", aabne_valg=(), **andet)
    assert p.person is not None
    snapshot = p.person.model_copy(update={"person_id": id_, "cpr": "6001900000"})
    v.hub.motorer["laegevalg"].gem(replace(p, person=snapshot))


def gem(v: Verden, **andet: Any) -> Sikret:
    """Alma's row changed by hand."""
    ny = replace(v.sikret, **andet)
    v.hub.motorer["laegevalg"].gem(ny)
    return ny


def mange(v: Verden) -> list[str]:
    """One forløb a day of each kind in turn, after Alma's choice; the ids, newest first."""
    motor, snapshot = v.hub.motorer["laegevalg"], v.sikret.person
    assert snapshot is not None
    ider = [FORLOEB]
    for nr, slags in zip(range(1, 7), itertools.cycle(("sag", "brev")), strict=False):
        startet, id_ = v.valg.startet + timedelta(days=nr), f"{slags}-{nr}"
        if slags == "sag":
            motor.gem(
                Sag(
                    id_,
                    PERSON,
                    Tilstand.AFVENTER_PLADS,
                    Art.GENINDREJSE,
                    VEJLE,
                    date(2024, 3, nr),
                    snapshot,
                    (),
                    startet,
                )
            )
        else:
            motor.gem(Brevforloeb(id_, PERSON, Brevtilstand.ANNULLERET, VEJLE, ALMA, "Huset", "ÆØÅ", startet))
        ider.insert(0, id_)
    return ider


async def spoerg(v: Verden, hvem: Kommune, sti: str, **krop: Any) -> httpx.Response:
    """GET, or POST with a body."""
    async with klient(TJENESTE, Motorlaeser(v.hub.motorer["laegevalg"], NU)) as k:
        adresse = f"/laegevalg{sti}"
        if krop:
            return await k.post(adresse, json=krop, headers=hvem.headers)
        return await k.get(adresse, headers=hvem.headers)


async def svar(v: Verden, hvem: Kommune, sti: str, **krop: Any) -> Any:
    """The answer; there must be one."""
    fundet = await spoerg(v, hvem, sti, **krop)
    assert fundet.status_code == 200, fundet.text
    return fundet.json()


ALLE_OM_ALMA = (
    f"/personer/{PERSON}",
    f"/personer/{PERSON}/registreringer",
    f"/personer/{PERSON}/familie",
    f"/personer/{PERSON}/forloeb",
    "/forloeb/laegevalg-s01",
)
