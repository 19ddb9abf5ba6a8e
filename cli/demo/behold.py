"""`--behold`: the hub goes on after the report, and how to play with it."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cli.demo.drejebog import Drejebog
from cli.demo.world import World

MILJOE = "miljoe.sh"


def variables(world: World) -> dict[str, str]:
    """What another process needs to reach this hub."""
    s = world.settings
    return {
        "KAFKA_BOOTSTRAP_SERVERS": s.kafka_bootstrap_servers,
        "DATABASE_URL": s.database_url.get_secret_value(),
        "CPR_HEMMELIGHED": s.cpr_hemmelighed.get_secret_value(),
        "KORTLEVERANDOER_URL": s.kortleverandoer_url,
        "DIGITAL_POST_URL": s.digital_post_url,
        "NETS_URL": s.nets_url,
        "CPR_ONLINE_URL": s.cpr_online_url,
        "OPSLAG_JWKS": s.opslag_jwks,
        "OPSLAG_UDSTEDER": s.opslag_udsteder,
        "OPSLAG_URL": world.queries_url,
    }


async def keep(console: Console, world: World, drejebog: Drejebog) -> str:
    """Tell how to play, and return why it ends when a service dies; else go on until cancelled."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables(world).items())
    mappe = world.folder / "naeste"
    mappe.mkdir(exist_ok=True)
    (world.folder / MILJOE).write_text(exports, "utf-8")
    udtraek = drejebog.ekstra.skriv(mappe)
    _tell(console, world, exports, udtraek)
    return await world.until_dead()


def _tell(console: Console, world: World, exports: str, udtraek: Path) -> None:
    s = world.settings

    def lines(*texts: str, style: str = "") -> None:
        for text in texts:
            console.print(Text(text, style=style), soft_wrap=True)

    console.print()
    lines("Hubben kører videre. I en anden terminal, fra projektets rod:", style="bold")
    lines("", f"  . {shlex.quote(str(world.folder / MILJOE))}", "", style="cyan")
    lines("eller:", *exports.splitlines(), style="dim")
    lines("", "og så for eksempel:", style="bold")
    for command, why in (
        ("sygesikring ur vis", "hubbens ur og den næste frist"),
        (f"sygesikring ingest cpr {shlex.quote(str(udtraek))}", "det næste CPR-udtræk, klar til brug"),
        ("sygesikring ur frem 14d", "to uger frem, fra frist til frist"),
        ("sygesikring balance", "regnskabet, når som helst"),
        ("sygesikring parked list cpr_events", "hvad der er parkeret, og hvorfor"),
        ("sygesikring token --kommune 0630", "et token til hubbens opslag; se docs/api.md"),
    ):
        lines(f"  {'.venv/bin/' + command}", style="cyan")
        lines(f"      {why}", style="dim")
    lines("", "Adresser:", style="bold")
    lines(
        f"  helbred og målinger      {world.health_url}/health  {world.health_url}/metrics",
        f"  hubbens opslag           {world.queries_url}/openapi.json",
        f"  kortleverandørens bog    {s.kortleverandoer_url}/ledger",
        f"  Digital Posts bog        {s.digital_post_url}/ledger",
        f"  pengene hos Nets         {s.nets_url}/penge",
        f"  regningen for CPR-opslag {s.cpr_online_url}/regning",
    )
    lines("", "Ctrl-C stopper det hele, og intet bliver liggende.", style="bold")
