"""What one sees while the demo plays: a live screen on a terminal, plain lines anywhere else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rich.console import Console, Group, RenderableType
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.demo.observer import INDREJSER, Observer
from cli.demo.play import Status
from cli.demo.world import World
from contracts.emner import FASTE
from contracts.kommuner import KOMMUNER
from shared.domain.cpr import masker
from shared.domain.datoer import KOEBENHAVN

REFRESH_S = 0.25
LINE_EVERY_DAYS = 5
WIDE = 100
"""Columns from which headings are written out."""
TALL = 32
"""Rows from which more of what happened is shown."""
UGEDAGE = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MAANEDER = ("januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
            "november", "december")  # fmt: skip
_EMNER = [e.navn for e in FASTE if e.navn != "ur"]


def dansk_tid(status: Status) -> str:
    """`mandag 3. februar 2025 kl. 08.00` on the hub's clock."""
    nu = status.now.astimezone(KOEBENHAVN)
    return f"{UGEDAGE[nu.weekday()]} {nu.day}. {MAANEDER[nu.month - 1]} {nu.year} kl. {nu:%H.%M}"


def tal(n: float) -> str:
    """A number the Danish way: 12.345."""
    return f"{int(n):,}".replace(",", ".")


class Screen:
    """Shows world, status and observer."""

    def __init__(self, console: Console, world: World, status: Status, observer: Observer) -> None:
        self.console, self.world, self.status, self.observer = console, world, status, observer
        self._told = 0
        self._told_day = 0

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Shown for as long as the context lasts."""
        task = asyncio.create_task(self._live() if self.console.is_terminal else self._lines())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if not self.console.is_terminal:
                self._tell()

    # --- plain lines ---------------------------------------------------------------------------------------------

    async def _lines(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(REFRESH_S)

    def _tell(self) -> None:
        s, o = self.status, self.observer
        for tekst in s.haendelser[self._told :]:
            if not tekst.startswith("CPR-udtræk"):
                self._line(f"{s.now.astimezone(KOEBENHAVN):%d-%m-%Y}  {tekst}")
        self._told = len(s.haendelser)
        if s.dag >= self._told_day + LINE_EVERY_DAYS:
            self._told_day = s.dag
            self._line(
                f"{s.now.astimezone(KOEBENHAVN):%d-%m-%Y}  dag {s.dag}/{s.dage}: {tal(o.topics.total())} beskeder, "
                f"{len(o.forloeb)} forløb, {o.types['BrevSendt']} breve, {o.types['KortAfsendt']} kort sendt, "
                f"{o.opgaver.total()} opgaver, {self._parked()} parkeret"
            )

    def _line(self, tekst: str) -> None:
        self.console.print(masker(tekst), markup=False, highlight=False, soft_wrap=True)

    # --- live ------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        with Live(self.render(), console=self.console, screen=True, auto_refresh=False) as live:
            while True:
                live.update(self.render(), refresh=True)
                await asyncio.sleep(REFRESH_S)

    @property
    def _padding(self) -> tuple[int, int, int, int]:
        return (0, 1, 0, 1) if self.console.size.width >= WIDE else (0, 0, 0, 1)

    def render(self) -> RenderableType:
        """The screen as it is now."""
        width, height = self.console.size
        told = 3 if height < TALL else 8
        body_rows = height - 2 - told
        layout = Layout()
        layout.split_column(
            Layout(self._header(width), size=2), Layout(name="body"), Layout(self._footer(told), size=told)
        )
        left = 32 if width < WIDE else 44
        layout["body"].split_row(Layout(self._topics(body_rows - 2), size=left), Layout(self._right(width, body_rows)))
        return layout

    def _header(self, width: int) -> RenderableType:
        s = self.status
        line = Table.grid(expand=True)
        line.add_column(no_wrap=True)
        line.add_column(justify="right", no_wrap=True)
        line.add_row(
            Text.assemble((" Sygesikringshubben ", "bold reverse"), f" {dansk_tid(s)}"),
            Text(f"dag {s.dag}/{s.dage}  {int(s.sekunder) // 60}:{int(s.sekunder) % 60:02d} "),
        )
        done = max(0.0, (s.now - s.begynder) / (s.slutter - s.begynder))
        return Group(line, ProgressBar(total=1.0, completed=done, width=width))

    def _footer(self, rows: int) -> RenderableType:
        last = self.status.haendelser[-rows:] or [self.status.fase]
        return Group(*(Text(masker(f" {t}"), no_wrap=True, overflow="ellipsis", style="dim") for t in last))

    def _topics(self, rows: int) -> RenderableType:
        topics = self.observer.topics
        table = _grid(1)
        by_use = sorted(_EMNER, key=lambda name: not topics[name])
        shown = set(by_use[: max(1, rows - 1)])
        for name in (n for n in _EMNER if n in shown):
            table.add_row(name, _number(topics[name]))
        table.add_row("opgaver.<kommunekode>", _number(sum(n for t, n in topics.items() if _er_opgaveemne(t))))
        return Panel(table, title="Beskeder pr. emne", padding=self._padding, border_style="blue")

    def _right(self, width: int, rows: int) -> Layout:
        right = Layout()
        services = len(self.world.runtimes) + 3
        right.split_column(
            Layout(self._services(wide=width >= WIDE), size=services),
            Layout(self._effects(), size=5),
            Layout(self._tasks(rows - services - 7, wide=width >= WIDE)),
        )
        return right

    def _services(self, wide: bool) -> RenderableType:
        m = self.world.metrics
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        table.add_column("tjeneste", no_wrap=True)
        names = ("modtaget", "håndteret", "ulæst", "parkeret") if wide else ("modt.", "håndt.", "ulæst", "park.")
        for name in names:
            table.add_column(name, justify="right", no_wrap=True)
        handled = _by_service(m.handled)
        for runtime in self.world.runtimes:
            name = runtime.service.navn
            lag = sum((runtime.ingest.reading.lag() if runtime.ingest else {}).values())
            parked = _by_service(m.parked).get(name, 0)
            table.add_row(
                name, _number(_by_service(m.received).get(name, 0)), _number(handled.get(name, 0)), _number(lag),
                _number(parked, "yellow"),
            )  # fmt: skip
        return Panel(table, title="Tjenester", padding=self._padding, border_style="blue")

    def _effects(self) -> RenderableType:
        o = self.observer
        states = o.udfald(*INDREJSER)
        table = _grid(3)
        table.add_row("indrejser", *_pairs({"i gang": states.get("I_GANG", 0), "læge": states.get("LAEGE_TILDELT", 0),
                      "manuelt": states.get("OVERGIVET_TIL_SAGSBEHANDLER", 0)}))  # fmt: skip
        table.add_row("breve", *_pairs({"digital": o.kanaler["DIGITAL"], "fysisk": o.kanaler["FYSISK"],
                      "ingen": o.types["BrevUndertrykt"] + o.types["BrevFejlet"]}))  # fmt: skip
        table.add_row("kort", *_pairs({"bestilt": o.types["KortBestilt"], "trukket": o.types["KortTrukket"],
                      "sendt": o.types["KortAfsendt"]}))  # fmt: skip
        return Panel(table, title="Indrejser, breve og kort", padding=self._padding, border_style="blue")

    def _tasks(self, rows: int, wide: bool) -> RenderableType:
        columns = 3 if wide else 2
        top = self.observer.opgaver.most_common(max(1, rows) * columns)
        table = Table.grid(expand=True, padding=(0, 1))
        for _ in range(columns):
            table.add_column(no_wrap=True)
            table.add_column(justify="right", no_wrap=True)
        cells = [(KOMMUNER.get(kode, kode), _number(n)) for kode, n in top]
        cells += [("", Text())] * (-len(cells) % columns)
        for at in range(0, len(cells), columns):
            table.add_row(*(part for cell in cells[at : at + columns] for part in cell))
        title = f"Opgaver til sagsbehandlere: {tal(self.observer.opgaver.total())}"
        return Panel(table, title=title, padding=self._padding, border_style="blue")

    def _parked(self) -> int:
        return int(sum(_by_service(self.world.metrics.parked).values()))


def _er_opgaveemne(topic: str) -> bool:
    return topic.startswith("opgaver.") and topic[len("opgaver.") :].isdigit()


def _by_service(counter: object) -> dict[str, float]:
    """The sum of a counter by service."""
    found: dict[str, float] = {}
    for metric in counter.collect():  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                found[sample.labels["tjeneste"]] = found.get(sample.labels["tjeneste"], 0) + sample.value
    return found


def _number(n: float, style: str = "") -> Text:
    return Text(tal(n), style=style if n else "dim")


def _pairs(values: dict[str, int]) -> list[Text]:
    return [Text.assemble((f"{name} ", "dim"), tal(n)) for name, n in values.items()]


def _grid(numbers: int) -> Table:
    table = Table.grid(expand=True, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for _ in range(numbers):
        table.add_column(justify="right", no_wrap=True)
    return table
