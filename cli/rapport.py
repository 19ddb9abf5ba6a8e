"""The demo's report: for people in Danish on standard output, for machines as JSON."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.demo.account import Regnskab
from cli.demo.play import VROEVL
from cli.demo.screen import tal
from cli.demo.timeline import Tidslinje
from contracts.kommuner import KOMMUNER
from shared.domain.cpr import masker
from shared.domain.datoer import KOEBENHAVN

MEST = 5
"""How many municipalities are named."""


def som_json(r: Regnskab) -> str:
    """The report for machines."""
    body: dict[str, Any] = {
        "seed": r.seed,
        "antal": r.antal,
        "dage": r.dage,
        "varighed_s": r.varighed_s,
        "spil_s": r.spil_s,
        "skridt": r.skridt,
        "beskeder": r.beskeder,
        "tjenester": {b.service: b.as_json() for b in r.tjenester},
        "forloeb": r.forloeb,
        "indrejser": r.indrejser,
        "breve": r.breve,
        "kort": r.kort,
        "opgaver": r.opgaver,
        "haendelser": r.haendelser,
        "parkeret": [{"tjeneste": p.tjeneste, "sted": p.sted, "grunde": p.grunde} for p in r.parkeret],
        "afviste_filer": [{"fil": a.fil, "fejl": a.fejl} for a in r.afviste],
        "leveringer": [
            {"fil": v.fil, "udgivet": v.udgivet, "uaendret": v.uaendret, "afvist": bool(v.fejl)} for v in r.leveringer
        ],
        "ledgere": r.ledgere,
        "kontroller": [{"hvad": k.hvad, "venstre": k.venstre, "hoejre": k.hoejre, "ok": k.ok} for k in r.kontroller],
        "tidslinjer": [_tidslinje_som_json(t) for t in r.tidslinjer],
        "difference": r.difference,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _tidslinje_som_json(t: Tidslinje) -> dict[str, Any]:
    linjer = [{"tid": x.tid.isoformat(), "emne": x.emne, "besked": x.besked, "tekst": x.tekst} for x in t.linjer]
    return {"overskrift": t.overskrift, "forloeb_id": t.forloeb_id, "linjer": linjer}


def vis(console: Console, r: Regnskab) -> None:
    """Print the report."""
    with console.capture() as report:
        _report(console, r)
    _without_trailing_blanks(console, report.get())


def _without_trailing_blanks(console: Console, text: str) -> None:
    """Tables are padded to their width; in a file or a README nobody wants the blanks."""
    console.file.write("".join(f"{line.rstrip()}\n" for line in text.splitlines()))
    console.file.flush()


def _report(console: Console, r: Regnskab) -> None:
    console.print()
    console.print(Rule(f"[bold]{r.dage} dage på hubbens ur, spillet på {r.spil_s:.0f} sekunder", style="blue"))
    _hvad_skete(console, r)
    _levering(console, r)
    _parkeret(console, r)
    for t in r.tidslinjer:
        _tidslinje(console, t)
    _balance(console, r)
    _kontroller(console, r)
    console.print()
    if r.fejl:
        for tekst in r.fejl:
            console.print(Text(masker(f"DIFFERENCE  {tekst}"), style="bold red"))
        console.print(f"[bold red]Regnskabet går ikke op: difference {r.difference}.")
    else:
        console.print("[bold green]Regnskabet går op: difference 0.[/] Intet er tabt, og intet er gjort to gange.")


def _overskrift(console: Console, tekst: str) -> None:
    console.print()
    console.print(f"[bold]{escape(tekst)}")


def _hvad_skete(console: Console, r: Regnskab) -> None:
    ind = [v for v in r.leveringer if not v.fejl and not v.uaendret]
    alle, laege = sum(r.indrejser.values()), r.indrejser.get("LAEGE_TILDELT", 0)
    manuelle = r.indrejser.get("OVERGIVET_TIL_SAGSBEHANDLER", 0)
    flest = ", ".join(f"{KOMMUNER.get(k, k)} {tal(n)}" for k, n in list(r.opgaver.items())[:MEST])
    h = r.haendelser
    rows = {
        "CPR": f"{len(ind)} udtræk, {tal(sum(v.udgivet for v in ind))} beskeder: {tal(h['PersonIndrejst'])} indrejser, "
        f"{tal(h['PersonFlyttet'])} flytninger, {tal(h['PersonSkiftetNavn'])} navneskift",
        "Indrejser": f"{tal(alle)}: {tal(laege)} fik en læge, {tal(manuelle)} gik til en sagsbehandler",
        "Kort": f"{tal(r.kort['bestilt'])} bestilt, {tal(r.kort['trukket'])} trukket, {tal(r.kort['sendt'])} sendt; "
        f"{tal(r.forloeb.get('KORT_AFSENDT', 0))} af dem ved flytning eller navneskift",
        "Breve": f"{tal(r.breve['sendt'])} sendt: {tal(r.breve['digital'])} digitalt, {tal(r.breve['fysisk'])} fysisk; "
        f"{tal(r.breve['undertrykt'])} undertrykt, {tal(r.breve['fejlet'])} kunne ikke sendes",
        "Opgaver": f"{tal(sum(r.opgaver.values()))} til {len(r.opgaver)} kommuner; flest til {flest}",
        "Beskeder": f"{tal(sum(r.beskeder.values()))} på {len(r.beskeder)} emner",
    }
    _overskrift(console, "Hvad skete der")
    table = Table.grid(padding=(0, 2))
    for navn, tekst in rows.items():
        table.add_row(f"  {navn}", tekst)
    console.print(table)


def _levering(console: Console, r: Regnskab) -> None:
    if not r.afviste:
        return
    _overskrift(console, "Den beskadigede levering")
    for a in r.afviste:
        console.print(Padding(Text(f"{a.fil} blev afvist hel; intet af den blev udgivet:"), (0, 0, 0, 2)))
        for fejl in a.fejl:
            console.print(Padding(Text(masker(fejl)), (0, 0, 0, 4)))
    gentaget = [v for v in r.leveringer if v.uaendret]
    tekst = "Den rettede fil blev indlæst." + (" Samme fil en gang til ændrede intet." if gentaget else "")
    console.print(Padding(Text(tekst), (0, 0, 0, 2)))


def _parkeret(console: Console, r: Regnskab) -> None:
    _overskrift(console, f"Parkeret: {len(r.parkeret)} af {len(VROEVL)} vrøvlebeskeder; resten gik videre")
    table = Table.grid(padding=(0, 2))
    for p in r.parkeret:
        table.add_row(Text(f"  {p.tjeneste}"), Text(p.sted), Text(masker("; ".join(p.grunde))))
    console.print(table)


def _tidslinje(console: Console, t: Tidslinje) -> None:
    _overskrift(console, t.overskrift)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for linje in t.linjer:
        table.add_row(f"  {linje.tid.astimezone(KOEBENHAVN):%d-%m-%Y %H.%M}", Text(masker(linje.tekst)))
    console.print(table)


def _balance(console: Console, r: Regnskab) -> None:
    _overskrift(console, "Regnskabet for hver tjeneste")
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
    table.add_column("tjeneste", no_wrap=True)
    for navn in ("modtaget", "håndteret", "dublet", "venter", "parkeret", "kald", "diff."):
        table.add_column(navn, justify="right", no_wrap=True)
    for b in r.tjenester:
        numbers = (b.received, b.handled, b.duplicates, b.waiting + b.not_read, b.parked, b.effects.get("done", 0))
        style = "red" if b.difference else "green"
        table.add_row(b.service, *map(tal, numbers), Text(tal(b.difference), style=style))
    console.print(table)


def _kontroller(console: Console, r: Regnskab) -> None:
    _overskrift(console, "Afstemt med dem udenfor (kortleverandørens og Digital Posts egne bøger)")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column()
    for k in r.kontroller:
        table.add_row(f"  {k.hvad}", tal(k.venstre), tal(k.hoejre), "[green]ok" if k.ok else "[bold red]AFVIGER")
    console.print(table)
    tabte = r.ledgere["kortleverandoer"]["fejl"].get("SVAR_TABT", 0)
    if tabte:
        tekst = (
            f"Kortleverandøren tog imod {tabte} ordrer, hvis svar gik tabt: hubben spurgte, hvad der var blevet "
            "af dem, og bestilte ikke igen."
        )
        console.print(Padding(Text(tekst), (0, 0, 0, 2)))


def vis_hvor_nu(console: Console, log: str) -> None:
    """Where to look next."""
    with console.capture() as report:
        _hvor_nu(console, log)
    _without_trailing_blanks(console, report.get())


def _hvor_nu(console: Console, log: str) -> None:
    _overskrift(console, "Hvor nu?")
    table = Table.grid(padding=(0, 2))
    for hvad, hvorfor in (
        ("make demo ARGS=--behold", "lad hubben køre videre, og prøv den selv"),
        ("make test", "alle prøver mod rigtig Kafka og PostgreSQL"),
        ("sygesikring run TJENESTE...", "kør tjenester mod givne adresser (docker-compose.yml)"),
        ("services/laegevalg/forloeb/", "forløbene som tabeller"),
        ("services/*/README.md", "hvad hver tjeneste svarer for, med diagrammer"),
        ("docs/contracts.md", "emner og beskeder: kør hubben udefra"),
        ("docs/glossary.md", "de danske ord"),
        (log, "tjenesternes log fra dette spil"),
    ):
        table.add_row(Text(f"  {hvad}", style="cyan", no_wrap=True), Text(hvorfor))
    console.print(table)
