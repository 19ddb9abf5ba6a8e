"""What the supplier tells of its orders on `kortleverandoer.status`, at its own times on the hub's clock."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from pydantic import BaseModel, ConfigDict, Field

from contracts.kort import KortStatus, Kortstatuskode
from shared.domain.datoer import KOEBENHAVN, dato
from simulators.ledger import Ledger
from simulators.udgiver import Planlagt, Udgiver

KILDE = "/kortleverandoer"


class Planpunkt(BaseModel):
    """A status so many days after the order, at this hour of Danish time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Kortstatuskode
    dage: int = Field(ge=0, le=3650)
    klokken: time
    gange: int = Field(default=1, ge=1, le=10)
    """How often it is told; the same again is the same status."""


STANDARDPLAN = (
    Planpunkt(status=Kortstatuskode.TRUKKET, dage=1, klokken=time(6)),
    Planpunkt(status=Kortstatuskode.AFSENDT, dage=2, klokken=time(12)),
)


def planlaeg(kort_id: str, bestilt: datetime, plan: Iterable[Planpunkt]) -> list[tuple[KortStatus, int]]:
    """The statuses of an order, each with its copy's number."""
    dag = dato(bestilt)
    return [
        (
            KortStatus(
                kort_id=kort_id,
                status=p.status,
                tidspunkt=datetime.combine(dag + timedelta(days=p.dage), p.klokken, KOEBENHAVN),
            ),
            nr,
        )
        for p in plan
        for nr in range(1, p.gange + 1)
    ]


class Statusudgiver:
    """Publishes each planned status when its time comes, and keeps in the ledger that it did."""

    def __init__(self, servere: str, ledger: Ledger) -> None:
        self.plan: tuple[Planpunkt, ...] = STANDARDPLAN
        self.udgiver = Udgiver(servere, KILDE, KortStatus.emne, self._noter)
        self._ledger = ledger

    def planlaeg(self, kort_id: str, bestilt: datetime) -> None:
        """Plan the statuses of an order, but those already told."""
        sagt = {(s["kort_id"], s["status"], s["tidspunkt"]) for s in self._ledger.statusser}
        for status, nr in planlaeg(kort_id, bestilt, self.plan):
            if (kort_id, status.status.value, status.tidspunkt.isoformat()) not in sagt:
                self.indsaet(status, nr)

    def indsaet(self, status: KortStatus, nr: int = 1) -> None:
        """Plan one status. Another `nr` is another message."""
        id_ = f"{status.kort_id}:{status.status}{'' if nr == 1 else f':{nr}'}"
        self.udgiver.planlaeg(status.tidspunkt, status, id_)

    def _noter(self, planlagt: Planlagt) -> None:
        status = planlagt.besked
        assert isinstance(status, KortStatus)
        self._ledger.noter_status(status.kort_id, status.status.value, status.tidspunkt.isoformat())
