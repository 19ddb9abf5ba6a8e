"""The account of a played demo: every number from two sides, the hub's own and the outsiders' ledgers."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from cli.demo.drejebog import BEGYNDER, Drejebog
from cli.demo.observer import I_GANG, INDREJSER, Observer, Spor
from cli.demo.play import VROEVL, Levering, Status
from cli.demo.timeline import Tidslinje, read_timelines
from cli.demo.world import World
from shared.domain.datoer import alder
from shared.platform.balance import Balance
from shared.platform.parked import parked

UNDER, VOKSEN = 15, 18


@dataclass(frozen=True, slots=True)
class Kontrol:
    """Two numbers that must be the same."""

    hvad: str
    venstre: int
    hoejre: int

    @property
    def ok(self) -> bool:
        """Whether they are."""
        return self.venstre == self.hoejre


@dataclass(frozen=True, slots=True)
class Parkeret:
    """A parked message: where it lay, and all that was wrong with it."""

    tjeneste: str
    sted: str
    grunde: tuple[str, ...]


@dataclass
class Regnskab:
    """What happened, in numbers."""

    seed: int
    antal: int
    dage: int
    spil_s: float
    """Seconds of real time from the first to the last day."""
    skridt: int
    beskeder: dict[str, int]
    tjenester: list[Balance]
    forloeb: dict[str, int]
    """All, by what became of them."""
    indrejser: dict[str, int]
    breve: dict[str, int]
    kort: dict[str, int]
    opgaver: dict[str, int]
    haendelser: dict[str, int]
    leveringer: list[Levering]
    varighed_s: float = 0.0
    """Seconds of real time with everything started and read back."""
    parkeret: list[Parkeret] = field(default_factory=list[Parkeret])
    ledgere: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    kontroller: list[Kontrol] = field(default_factory=list[Kontrol])
    tidslinjer: list[Tidslinje] = field(default_factory=list[Tidslinje])

    @property
    def difference(self) -> int:
        """The sum of all differences: of the services' balances, and of the two sides of every check."""
        return sum(b.difference for b in self.tjenester) + sum(abs(k.venstre - k.hoejre) for k in self.kontroller)

    @property
    def fejl(self) -> list[str]:
        """What differs, in words."""
        found = [f"{b.service}: {tekst}" for b in self.tjenester for tekst in b.differences]
        return found + [f"{k.hvad}: {k.venstre} mod {k.hoejre}" for k in self.kontroller if not k.ok]

    @property
    def afviste(self) -> list[Levering]:
        """Files that were refused."""
        return [levering for levering in self.leveringer if levering.fejl]


async def collect(world: World, drejebog: Drejebog, status: Status, observer: Observer) -> Regnskab:
    """Count everything, ask the outsiders, and read three forløb back from Kafka."""
    spil_s = round(status.sekunder, 1)
    await observer.catch_up()
    types = observer.types
    regnskab = Regnskab(
        seed=drejebog.seed,
        antal=drejebog.antal,
        dage=drejebog.dage,
        spil_s=spil_s,
        skridt=status.skridt,
        beskeder=dict(sorted((t, n) for t, n in observer.topics.items() if n)),
        tjenester=await world.hub.balances(),
        forloeb=observer.udfald(),
        indrejser=observer.udfald(*INDREJSER),
        breve={"anmodet": types["BrevAnmodet"], "sendt": types["BrevSendt"], "digital": observer.kanaler["DIGITAL"],
               "fysisk": observer.kanaler["FYSISK"], "undertrykt": types["BrevUndertrykt"],
               "fejlet": types["BrevFejlet"]},
        kort={"anmodet": types["KortAnmodet"], "bestilt": types["KortBestilt"], "trukket": types["KortTrukket"],
              "sendt": types["KortAfsendt"], "fejlet": types["KortFejlet"]},
        opgaver=dict(observer.opgaver.most_common()),
        haendelser={n: types[n] for n in ("PersonIndrejst", "PersonFlyttet", "PersonSkiftetNavn", "PersonTilstand")},
        leveringer=status.leveringer,
    )  # fmt: skip
    regnskab.parkeret = await _parked(world)
    regnskab.ledgere = await _ledgers(world)
    regnskab.kontroller = _checks(regnskab, drejebog, observer)
    regnskab.tidslinjer = await read_timelines(world.settings, _chosen(observer))
    return regnskab


async def _parked(world: World) -> list[Parkeret]:
    found: list[Parkeret] = []
    for runtime in world.runtimes:
        async with runtime.pool.acquire() as db:
            rows = await parked(db)
        found += [Parkeret(runtime.service.navn, f"{p.topic}/{p.part}/{p.ofs}", p.reasons) for p in rows]
    return found


async def _ledgers(world: World) -> dict[str, dict[str, Any]]:
    """The sums of each outsider, and the keys it decided by path."""
    found: dict[str, dict[str, Any]] = {}
    s = world.settings
    addresses = {"kortleverandoer": s.kortleverandoer_url, "digital_post": s.digital_post_url, "nets": s.nets_url}
    async with httpx.AsyncClient(timeout=30) as http:
        for navn, url in addresses.items():
            sums: dict[str, Any] = (await http.get(f"{url}/ledger/sum")).json()
            entries: list[dict[str, Any]] = (await http.get(f"{url}/ledger")).json()["anmodninger"]
            found[navn] = {
                **sums,
                "url": url,
                "opslagsnoegler": sum(1 for e in entries if e["sti"] == "/tilmelding"),
                "flere_gange": sum(1 for e in entries if e["accepteret"] > 1),
            }
    return found


def _checks(r: Regnskab, drejebog: Drejebog, observer: Observer) -> list[Kontrol]:
    """The relations that must hold when all has come to rest."""
    kort, post, nets = (r.ledgere[n] for n in ("kortleverandoer", "digital_post", "nets"))
    effects = {b.service: b.effects for b in r.tjenester}
    laege, sagsbehandler = r.indrejser.get("LAEGE_TILDELT", 0), r.indrejser.get("OVERGIVET_TIL_SAGSBEHANDLER", 0)
    nye_kort = r.forloeb.get("KORT_AFSENDT", 0)
    afgjort = r.breve["sendt"] + r.breve["undertrykt"] + r.breve["fejlet"]
    return [
        Kontrol("indrejser i CPR-udtrækkene = forløb", drejebog.indrejser, sum(r.indrejser.values())),
        Kontrol("forløb, der ikke er slut = 0", r.forloeb.get(I_GANG, 0), 0),
        Kontrol("indrejser med læge + flyttekort = bestilt", laege + nye_kort, r.kort["bestilt"]),
        Kontrol("kort bestilt = kort sendt", r.kort["bestilt"], r.kort["sendt"]),
        Kontrol("indrejser til sagsbehandler = opgaver", sagsbehandler, observer.aarsager["INDREJSE_UDEN_LAEGE"]),
        Kontrol("breve ønsket = sendt, undertrykt, fejlet", r.breve["anmodet"], afgjort),
        Kontrol("kort bestilt = ordrer hos leverandøren", r.kort["bestilt"], kort["accepteret"]),
        Kontrol("udførte kald = leverandørens ordrer", effects["kortbestilling"].get("done", 0), kort["accepteret"]),
        Kontrol("leverandørens meldinger = trukket + sendt", kort["statusser"], r.kort["trukket"] + r.kort["sendt"]),
        Kontrol("breve sendt = breve hos Digital Post", r.breve["sendt"], post["accepteret"]),
        Kontrol("heraf digitale", r.breve["digital"], post["kanaler"].get("DIGITAL", 0)),
        Kontrol("heraf fysiske", r.breve["fysisk"], post["kanaler"].get("FYSISK", 0)),
        Kontrol("udførte kald = opslag + breve der", effects["digital_post"].get("done", 0),
                post["opslagsnoegler"] + post["accepteret"]),
        Kontrol("udførte kald = flytninger af penge hos Nets", effects["betaling"].get("done", 0), nets["accepteret"]),
        Kontrol("udført to gange hos nogen = 0", sum(bog["flere_gange"] for bog in r.ledgere.values()), 0),
        Kontrol("vrøvlebeskeder = parkerede", len(VROEVL), len(r.parkeret)),
    ]  # fmt: skip


def _chosen(observer: Observer) -> dict[str, tuple[str, str]]:
    """Three forløb worth telling; a small demo may lack one of them."""
    alle = list(observer.forloeb.values())

    def aar(s: Spor) -> int:
        return alder(observer.foedt[s.person_id], BEGYNDER) if s.person_id in observer.foedt else VOKSEN

    med_laege = [s for s in alle if s.udfald == "LAEGE_TILDELT"]
    boern = [s for s in med_laege if aar(s) < UNDER]
    barn = next((s for s in boern if s.forloeb_id in observer.med_familie), next(iter(boern), None))
    valgte = {
        "En voksen indrejser og får læge og kort": next((s for s in med_laege if aar(s) >= VOKSEN), None),
        "En indrejse, der bliver en opgave til kommunen": next(
            (s for s in alle if s.udfald.startswith("OVERGIVET")), None
        ),
        "Et barn indrejser og får forælderens læge"
        if barn and barn.forloeb_id in observer.med_familie
        else "Et barn indrejser": barn,
        "En borger kommer tilbage": next((s for s in med_laege if s.art == "GENINDREJSE"), None)
        if barn is None
        else None,
    }
    return {overskrift: (s.forloeb_id, s.person_id) for overskrift, s in valgte.items() if s is not None}
