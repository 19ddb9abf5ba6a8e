"""Small help for tests that talk to a stand-in."""

from collections.abc import Mapping
from typing import Any

import httpx


async def stil(url: str, **switches: Any) -> None:
    """Set switches; anything but 200 is a fault of the test."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.post("/styring", json=switches)).raise_for_status()


async def summer(url: str) -> Mapping[str, Any]:
    """The sums of the ledger."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return (await http.get("/ledger/sum")).raise_for_status().json()
