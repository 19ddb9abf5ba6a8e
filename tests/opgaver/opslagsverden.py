"""Two municipalities that ask: tasks and notes on Alma, who moves, and on others; and persons who are joined."""

from datetime import date, timedelta
from typing import Any

import httpx

from contracts.opgave import OpgavetypeV2
from contracts.person import Personoplysninger, PersonSammenlagt, PersonSkiftetNummer
from services.opgaver.app import TJENESTE
from tests.motor import Motor
from tests.opgaver.test_kommandoer import AFSLUT, ANMODET, CPR, NU, OPRET, TILDEL, med
from tests.opgaver.test_noter import NOTAT, RET
from tests.opslag.udsteder import Motorlaeser, klient, som, token

VEJLE, ODENSE, FREMMED = "0630", "0461", "0101"
NYT_CPR = "0909994013"
ALMA, GAMMEL = "alma", "alma-under-et-andet-nummer"


def personen(person_id: str = ALMA, cpr: str = NYT_CPR) -> Personoplysninger:
    return Personoplysninger(person_id=person_id, cpr=cpr, status="01")


def sammenlagt(gammel: str = GAMMEL, ny: str = ALMA, cpr: str = NYT_CPR) -> PersonSammenlagt:
    """The id `gammel` turned out to be `ny`."""
    return PersonSammenlagt(
        person_id=ny, person=personen(ny, cpr), tidligere_person_id=gammel, tidligere_cpr="0909990000"
    )  # fmt: skip


def nyt_nummer(person_id: str = ALMA, cpr: str = NYT_CPR) -> PersonSkiftetNummer:
    return PersonSkiftetNummer(person_id=person_id, person=personen(person_id, cpr), tidligere_cpr=CPR)


def opgave(id_: str, *personer: str, kommunekode: str = VEJLE, cpr: str | None = CPR, **andet: Any) -> Any:
    """A task asked for by the hub."""
    return med(ANMODET, opgave_id=id_, person_ider=personer, kommunekode=kommunekode, cpr=cpr, **andet)


def notat(id_: str, person_id: str = ALMA, kommunekode: str = VEJLE, **andet: Any) -> Any:
    return med(NOTAT, notat_id=id_, person_id=person_id, kommunekode=kommunekode, kommando_id=f"k-{id_}", **andet)


def verden(*flere: Any) -> Motor:
    """Vejle and Odense each have tasks and notes; Alma has moved from one to the other. `flere` come last."""
    motor = Motor(TJENESTE)
    for besked in (
        opgave("vejle-lukket", ALMA),
        opgave("vejle-haster", ALMA, "bo"),
        opgave("vejle-tildelt", "bo", cpr=None),
        med(OPRET, opgave_id="vejle-adhoc", person_ider=(ALMA,), kommando_id="k-adhoc", frist=date(2024, 12, 24)),
        opgave("vejle-plo", opgavetype=OpgavetypeV2.PLO, cpr=None),
        opgave("odense-1", ALMA, kommunekode=ODENSE),
        med(AFSLUT, opgave_id="vejle-lukket"),
        med(TILDEL, opgave_id="vejle-tildelt"),
        med(TILDEL, opgave_id="vejle-haster", kommando_id="k-haster", sagsbehandler="sb-1"),
        notat("vejle-n1", afgivet=NU - timedelta(days=2)),
        notat("vejle-n2", afgivet=NU - timedelta(days=1)),
        notat("vejle-n3", "bo"),
        notat("odense-n1", kommunekode=ODENSE),
        med(RET, notat_id="vejle-n1", kommando_id="k-ret"),
        *flere,
    ):
        motor.modtag(besked, NU)
    return motor


def headers(kommunekode: str, rolle: str = "SAGSBEHANDLER") -> dict[str, str]:
    return som(token(kommunekode=kommunekode, rolle=rolle))


async def spoerg(motor: Motor, kommunekode: str, sti: str, /, **felter: Any) -> httpx.Response:
    async with klient(TJENESTE, Motorlaeser(motor, NU)) as k:
        return await k.get(f"/opgaver{sti}", params=felter or None, headers=headers(kommunekode))


async def svar(motor: Motor, kommunekode: str, sti: str, /, **felter: Any) -> Any:
    """The answer; there must be one."""
    fundet = await spoerg(motor, kommunekode, sti, **felter)
    assert fundet.status_code == 200, fundet.text
    return fundet.json()


async def opgaver(motor: Motor, kommunekode: str, sti: str = "/opgaver", **felter: Any) -> list[str]:
    """The ids of a list of tasks."""
    return [o["opgave_id"] for o in (await svar(motor, kommunekode, sti, **felter))["opgaver"]]


async def noter(motor: Motor, kommunekode: str, person_id: str = ALMA, **felter: Any) -> list[str]:
    """The ids of the notes on a person."""
    fundne = await svar(motor, kommunekode, f"/personer/{person_id}/noter", **felter)
    return [n["notat_id"] for n in fundne["noter"]]
