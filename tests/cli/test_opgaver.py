"""The reference queue of a municipality over the real handlers: rebuilt from its topic, restartable at any point."""

import random
from datetime import UTC, datetime

from cli.opgaver import Koe, kommando
from contracts.base import Besked
from contracts.kuvert import Kuvert
from contracts.opgave import OpgavekommandoAfvist
from services.opgaver.handlers import tjeneste
from tests.motor import Motor
from tests.opgaver.test_kommandoer import ANMODET, FLYT, NU, OPRET, RET, med

SENERE = datetime(2024, 11, 6, 9, 0, tzinfo=UTC)


def koe_af(motor: Motor, *, dobbelt: bool = False) -> Koe:
    koe = Koe()
    for nr, besked in enumerate(motor.udsendt):
        for _ in range(2 if dobbelt else 1):
            koe.modtag(Kuvert(besked, f"m{nr}", "/sygesikring/opgaver", NU, besked.recordnoegle()))
    return koe


class Hub:
    """The service as it is met: a command whose id it has handled is dropped."""

    def __init__(self) -> None:
        self.motor = Motor(tjeneste)
        self.kendt: set[str] = set()
        self.motor.modtag(ANMODET, NU)

    def modtag(self, besked: Besked | None) -> None:
        if besked is not None and besked.kommando_id not in self.kendt:  # type: ignore[attr-defined]
            self.kendt.add(besked.kommando_id)  # type: ignore[attr-defined]
            self.motor.modtag(besked, SENERE)


def tildel(koe: Koe, til: str, nu: datetime = NU) -> Besked | None:
    return kommando(koe.opgaver["o1"], "0630", til, "", "sb-7", nu)


def test_koeen_bygges_af_emnet_og_en_besked_to_gange_er_en() -> None:
    motor = Motor(tjeneste)
    for besked in (ANMODET, FLYT, med(OPRET, opgave_id="o2"), med(RET, opgave_id="o2", titel="Ny titel")):
        motor.modtag(besked, NU)
    aabne = koe_af(motor).aabne()
    assert [(o.opgave_id, o.titel) for o in aabne] == [("o1", "Vælg læge"), ("o2", "Ny titel")]
    assert koe_af(motor, dobbelt=True).aabne() == aabne


def test_draebt_foer_eller_efter_svaret_er_kommandoen_den_samme() -> None:
    """OPG-02: what was typed again before the answer has the id of the first; after it nothing is left to do."""
    hub = Hub()
    foer = tildel(koe_af(hub.motor), "sb-9")
    igen = tildel(koe_af(hub.motor), "sb-9", SENERE)
    assert foer is not None
    assert igen is not None
    assert foer.kommando_id == igen.kommando_id  # type: ignore[attr-defined]
    hub.modtag(foer)
    hub.modtag(igen)
    assert len(hub.motor.udsendt) == 2
    assert tildel(koe_af(hub.motor), "sb-9") is None


def test_frem_og_tilbage_er_tre_tildelinger() -> None:
    """OPG-02: to one, to another, and to the first again."""
    hub = Hub()
    for til in ("a", "b", "a"):
        hub.modtag(tildel(koe_af(hub.motor), til))
    assert koe_af(hub.motor).opgaver["o1"].sagsbehandler == "a"
    assert koe_af(hub.motor).opgaver["o1"].version == 4


def test_efter_et_afslag_er_det_en_ny_kommando() -> None:
    hub = Hub()
    hub.modtag(tildel(koe_af(hub.motor), "sb-9", datetime(2030, 1, 1, tzinfo=UTC)))
    koe = koe_af(hub.motor)
    (nej,) = koe.svar.values()
    assert isinstance(nej, OpgavekommandoAfvist)
    hub.modtag(tildel(koe, "sb-9"))
    assert koe_af(hub.motor).opgaver["o1"].sagsbehandler == "sb-9"


def test_draebt_paa_tilfaeldige_steder_sker_alt_en_gang() -> None:
    """Assign and close, each typed until it is done, over a view that may be any age: each happens once."""
    for froe in range(200):
        rng, hub = random.Random(froe), Hub()
        for til in ("sb-9", ""):
            gammel = koe_af(hub.motor)
            for _ in range(rng.randint(1, 5)):
                koe = gammel if rng.random() < 0.5 else koe_af(hub.motor)
                besked = kommando(koe.opgaver["o1"], "0630", til, "" if til else "Færdig.", "sb-7", NU)
                if rng.random() < 0.7:
                    hub.modtag(besked)
            hub.modtag(kommando(koe_af(hub.motor).opgaver["o1"], "0630", til, "Færdig.", "sb-7", NU))
        typer = [type(b).__name__ for b in hub.motor.udsendt]
        assert typer == ["OpgaveOprettet", "OpgaveTildelt", "OpgaveAfsluttet"], froe
        assert koe_af(hub.motor).aabne() == []
