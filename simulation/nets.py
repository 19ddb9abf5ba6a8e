"""Nets in memory: money is held, captured and released, each at most once, as the stand-in over HTTP does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.betaling import Netsart, NetsHaendelse
from simulation.outside import Outside
from simulation.providers import Answer, Provider

CANNOT_RESERVE, CANNOT_CAPTURE = "kort-afvist", "kort-traek-fejler"
"""Payment cards of which Nets refuses to hold money, or to capture it."""
HELD = timedelta(days=30)
"""So long a reservation can be captured."""


@dataclass
class Payment:
    """What is held, and what became of it, in øre."""

    payment_id: str
    reservation_id: str
    token: str
    held: int
    made: datetime
    captured: int = 0
    charge_id: str = ""
    cancelled: int = 0

    def open(self, now: datetime) -> bool:
        """Whether the citizen's money is still bound."""
        return not self.captured and not self.cancelled and now - self.made <= HELD

    def barred(self, now: datetime) -> str:
        """Nets' code for why nothing can be done with it; empty: something can."""
        if self.cancelled:
            return "1019"
        if self.captured:
            return "1008"
        return "1010" if now - self.made > HELD else ""


class Nets(Provider):
    """Payments by Nets' own id."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Nets")
        self.payments: dict[str, Payment] = {}

    def take(self, path: str, key: str, body: Mapping[str, Any], late: bool = False) -> Answer:
        """A cancel has no key: each is looked at anew."""
        if path.endswith("/cancels"):
            return self._cancel(path.split("/")[3], body)
        return super().take(path, key, body, late)

    def can_be_asked(self, path: str, key: str) -> bool:
        """It says what was captured; of a reservation by our own reference, and of what it refused, it says nothing."""
        return path.endswith("/charges") and self.decided[key][0] < 300

    def decide(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        return self._charge(path.split("/")[3], key, body) if path.endswith("/charges") else self._reserve(key, body)

    def find(self, path: str, key: str) -> Answer:
        """What is known of a payment: what is zero is absent."""
        p = self.payments.get(path.split("/")[3])
        if p is None:
            return 404, {}
        sums = {"reservedAmount": p.held, "chargedAmount": p.captured, "cancelledAmount": p.cancelled}
        charges = {"charges": [{"chargeId": p.charge_id, "amount": p.captured}]} if p.captured else {}
        return 200, {"payment": {"paymentId": p.payment_id, "summary": {n: v for n, v in sums.items() if v}, **charges}}

    def _reserve(self, key: str, body: Mapping[str, Any]) -> Answer:
        token = body["paymentMethod"]["token"]
        if token == CANNOT_RESERVE:
            return _no("1022", "Issuer")
        p = Payment(f"p-{key}", body["order"]["reference"], token, body["order"]["amount"], self.world.hub_now)
        self.payments[p.payment_id] = p
        return 201, {"paymentId": p.payment_id}

    def _charge(self, payment_id: str, key: str, body: Mapping[str, Any]) -> Answer:
        p = self.payments.get(payment_id)
        kode = p.barred(self.world.hub_now) if p else "1003"
        if p and not kode and body["amount"] != p.held:
            kode = "1001" if body["amount"] > p.held else "1015"
        if p and not kode and p.token == CANNOT_CAPTURE:
            kode = "1020"
        if kode or p is None:
            return _no(kode)
        p.captured, p.charge_id = body["amount"], f"c-{key}"
        if self.world.chance(0.5):
            self._tell(p, Netsart.TRUKKET)
        return 201, {"chargeId": p.charge_id}

    def _cancel(self, payment_id: str, body: Mapping[str, Any]) -> Answer:
        p = self.payments.get(payment_id)
        kode = p.barred(self.world.hub_now) if p else "1003"
        if p and not kode and body["amount"] != p.held:
            kode = "1007"
        if kode or p is None:
            return _no(kode)
        p.cancelled = body["amount"]
        return 204, {}

    def tell_of_the_expired(self) -> None:
        """By itself, and not always."""
        for p in self.payments.values():
            if not p.captured and not p.cancelled and p.barred(self.world.hub_now) and self.world.chance(0.3):
                self._tell(p, Netsart.UDLOEBET)

    def _tell(self, p: Payment, art: Netsart) -> None:
        told = NetsHaendelse(
            reservation_id=p.reservation_id, art=art, tidspunkt=self.world.hub_now, traek_id=p.charge_id or None
        )
        self.outside.send(self.world.rng.uniform(0, 4), told, p.reservation_id, "/nets")


def _no(kode: str, source: str = "Internal") -> Answer:
    return 402, {"message": "refused", "code": kode, "source": source}
