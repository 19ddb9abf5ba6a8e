"""A relay that stops accounts for what it sent: the shards may be another's, and his newer state must stand last."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from shared.platform.metrics import Metrics
from shared.platform.processor import Wake
from shared.platform.relay import Relay
from shared.platform.settings import Settings
from shared.platform.stores import OutboxStore

RAEKKE = {"id": 1, "topic": "yder.tilstand", "key": b"000011", "state_version": 3}


class Lager(OutboxStore):
    """A database that is away at first, where the shards are another's."""

    def __init__(self, _pool: Any) -> None:
        self.slettes: list[int] = []
        self.igen: list[tuple[str, bytes, int]] = []
        self.givet_tilbage = False

    async def delete(self, ids: Sequence[int], member: str, epochs: Mapping[int, int]) -> set[int]:
        self.slettes += ids
        if len(self.slettes) < 3:
            raise ConnectionError("forbindelsen røg")
        return set()

    async def state_again(self, rows: Sequence[tuple[str, bytes, int]]) -> None:
        self.igen += rows

    async def give_back(self, member: str) -> None:
        self.givet_tilbage = True


class Relae(Relay):
    Store = Lager


def relae() -> tuple[Relae, Lager]:
    relay = Relae("proeve", "a", cast("Any", None), Settings(), Metrics(), Wake())
    return relay, cast("Lager", relay.store)


async def test_bekraeftet_og_ikke_slettet(capfd: pytest.CaptureFixture[str]) -> None:
    """It is tried until the database is there, and said once that it is not."""
    relay, lager = relae()
    relay._confirmed = [RAEKKE]
    await relay.close()
    assert lager.slettes == [1, 1, 1]
    assert [(emne, noegle) for emne, noegle, _ in lager.igen] == [("yder.tilstand", b"000011")]
    assert lager.givet_tilbage
    assert capfd.readouterr().err.count("kan ikke gøre rede for") == 1


async def test_afbrudt_mens_kafka_endnu_ikke_har_svaret() -> None:
    relay, lager = relae()
    svar: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    nej: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    relay._handed = [(RAEKKE, svar), ({**RAEKKE, "id": 2, "key": b"000012"}, nej)]
    stopper = asyncio.create_task(relay.close())
    await asyncio.sleep(0)
    svar.set_result(None)
    nej.set_exception(ConnectionError("væk"))
    await stopper
    assert lager.slettes == [1, 1, 1]
    assert [noegle for _, noegle, _ in lager.igen] == [b"000011"]


async def test_den_der_afbrydes_afbryder_ikke_det_sendte() -> None:
    """The outcome of what is under way can still be asked for afterwards."""
    relay, lager = relae()
    svar: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    relay._handed = [(RAEKKE, svar)]
    stopper = asyncio.create_task(relay.close())
    await asyncio.sleep(0)
    stopper.cancel()
    await asyncio.wait([stopper])
    assert not svar.cancelled()
    assert lager.slettes == []
