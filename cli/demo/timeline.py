"""A forløb as a Danish timeline, built from the messages on the topics and nothing else."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from cli.demo.observer import every_partition
from contracts.emner import EMNER
from contracts.kommuner import KOMMUNER
from contracts.kuvert import Kuvert, Ulaeselig, pak_ud
from contracts.noegle import cpr_noegle
from shared.domain.cpr import masker
from shared.domain.datoer import KOEBENHAVN
from shared.platform.kafka import client_kwargs
from shared.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Linje:
    """One message: when on the hub's clock, where, and what it says in plain Danish."""

    tid: datetime
    emne: str
    besked: str
    tekst: str


@dataclass(frozen=True, slots=True)
class Tidslinje:
    """One forløb."""

    overskrift: str
    forloeb_id: str
    linjer: tuple[Linje, ...]


@dataclass
class _Fund:
    """What was read for one forløb."""

    forloeb_id: str
    person_id: str
    cpr_noegle: str = ""
    kuverter: list[tuple[str, Kuvert]] = field(default_factory=list[tuple[str, Kuvert]])


async def read_timelines(settings: Settings, valgte: Mapping[str, tuple[str, str]]) -> list[Tidslinje]:
    """The timelines of some forløb: heading -> (forloeb_id, person_id). Reads every topic twice: once for the forløb,
    once for what CPR said, whose records know neither forløb nor person_id."""
    fund = {overskrift: _Fund(*ider) for overskrift, ider in valgte.items()}
    by_forloeb = {f.forloeb_id: f for f in fund.values()}
    consumer = AIOKafkaConsumer(**client_kwargs(settings), enable_auto_commit=False, fetch_max_wait_ms=50)
    await consumer.start()
    try:
        inside = every_partition(settings, [n for n in EMNER if n not in ("cpr.haendelser", "ur")])
        await _read(consumer, inside, lambda r: _note(r, by_forloeb))
        secret = settings.cpr_hemmelighed.get_secret_value()
        for f in fund.values():
            f.cpr_noegle = _cpr_noegle(f, secret)
        await _read(consumer, every_partition(settings, ["cpr.haendelser"]), lambda r: _note_cpr(r, fund.values()))
    finally:
        await consumer.stop()
    return [_tidslinje(overskrift, f) for overskrift, f in fund.items()]


async def _read(consumer: AIOKafkaConsumer, where: list[TopicPartition], note: Callable[[Any], None]) -> None:
    """Every record that stands there now."""
    consumer.assign(where)
    await consumer.seek_to_beginning()
    ends = await consumer.end_offsets(where)
    left = {tp for tp in where if ends[tp] > 0}
    while left:
        for tp, records in (await consumer.getmany(timeout_ms=100, max_records=5000)).items():
            for record in records:
                note(record)
            if records[-1].offset + 1 >= ends[tp]:
                left.discard(tp)


def _note(record: Any, by_forloeb: Mapping[str, _Fund]) -> None:
    headers = dict(record.headers)
    key = (record.key or b"").decode("utf-8", "replace")
    found = by_forloeb.get((headers.get("ce_correlationid") or b"").decode("utf-8", "replace"))
    if found is None and record.topic == "kortleverandoer.status":
        found = by_forloeb.get(key.removesuffix(":kort"))
    if found is None and record.topic.startswith("person."):
        found = next((f for f in by_forloeb.values() if f.person_id == key), None)
    if found is not None:
        _keep(found, record)


def _note_cpr(record: Any, fund: Iterable[_Fund]) -> None:
    key = (record.key or b"").decode("utf-8", "replace")
    found = next((f for f in fund if f.cpr_noegle and f.cpr_noegle == key), None)
    if found is not None:
        _keep(found, record)


def _keep(found: _Fund, record: Any) -> None:
    try:
        found.kuverter.append((record.topic, pak_ud(record.key, record.value, record.headers)))
    except Ulaeselig:
        return


def _cpr_noegle(fund: _Fund, secret: str) -> str:
    """The key of the person's CPR records, from a message that carries the number."""
    for _, kuvert in fund.kuverter:
        person = getattr(kuvert.besked, "person", None)
        if person is not None:
            return cpr_noegle(person.cpr, secret)
    return ""


def _tidslinje(overskrift: str, fund: _Fund) -> Tidslinje:
    seen: dict[tuple[str, str], tuple[str, Kuvert]] = {}
    for emne, kuvert in fund.kuverter:
        seen.setdefault((kuvert.kilde, kuvert.id), (emne, kuvert))
    linjer = [_linje(emne, kuvert) for emne, kuvert in seen.values()]
    linjer.sort(key=lambda x: (x.tid, _RANG.get(x.besked, len(_RANG))))
    return Tidslinje(overskrift, fund.forloeb_id, tuple(linjer))


def _linje(emne: str, kuvert: Kuvert) -> Linje:
    navn = type(kuvert.besked).__name__
    indhold: dict[str, Any] = json.loads(kuvert.vaerdi())
    fortael = _TEKSTER.get(navn)
    return Linje(kuvert.tid, emne, navn, masker(fortael(indhold) if fortael else navn))


def _dag(iso: str) -> str:
    return f"{date.fromisoformat(iso[:10]):%d-%m-%Y}"


def _tid(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(KOEBENHAVN):%d-%m kl. %H.%M}"


def _kommune(kode: str) -> str:
    return KOMMUNER.get(kode, kode)


_CPR_KODER = {
    "A05": "indrejse", "A04": "genindrejse", "A01": "flytning", "A13": "navneændring", "K74": "rekvisition",
    "A33": "navne- og adressebeskyttelse", "P40": "forældremyndighed",
}  # fmt: skip
_BREVE = {"LAEGEVALGSKVITTERING": "kvittering for lægevalg", "SUNDHEDSKORTKVITTERING": "kvittering for sundhedskort"}
_KANALER = {"DIGITAL": "Digital Post", "FYSISK": "fysisk post"}
_STATUSSER = {"TRUKKET": "kortet er i produktion", "AFSENDT": "kortet er sendt", "RETUR": "kortet er kommet retur",
              "FEJL": "kortet kan ikke laves"}  # fmt: skip
_UDFALD = {"LAEGE_TILDELT": "læge tildelt", "OVERGIVET_TIL_SAGSBEHANDLER": "overgivet til sagsbehandler",
           "BEHANDLET_UDEN_HANDLING": "behandlet uden handling"}  # fmt: skip
_GRUNDE = {"INGEN_AABEN_PRAKSIS": "ingen praksis har åbent for nye patienter",
           "INGEN_KAPACITET": "de åbne praksisser er fulde"}  # fmt: skip


def _cpr(v: dict[str, Any]) -> str:
    hvad = _CPR_KODER.get(v["kode"], "hændelse")
    return f"CPR registrerer {hvad} ({v['kode']}{v['afledt']}), sendt i udtrækket {_dag(v['leverance'])}"


def _indrejst(v: dict[str, Any]) -> str:
    hvad = "er genindrejst" if v["genindrejse"] else "er indrejst"
    hvem, adresse = v["person"]["adresseringsnavn"] or "Borgeren", v["person"]["adresse"]
    hvor = f" til {_kommune(adresse['kommunekode'])}" if adresse else ""
    return f"{hvem} {hvad} {_dag(v['indrejsedato'])}{hvor}"


def _oensket(v: dict[str, Any]) -> str:
    familie = " (først familiens egen læge)" if v["foretrukne"] else ""
    return f"Der søges en plads hos en læge i {_kommune(v['kommunekode'])}{familie}"


def _ingen_plads(v: dict[str, Any]) -> str:
    return f"Ingen plads i {_kommune(v['kommunekode'])}: {_GRUNDE.get(v['grund'], v['grund'])}"


def _opgave(v: dict[str, Any]) -> str:
    return f"Opgave til {_kommune(v['kommunekode'])} Kommune: »{v['titel']}«, frist {_tid(v['frist'])}"


_TEKSTER: dict[str, Callable[[dict[str, Any]], str]] = {
    "CprHaendelse": _cpr,
    "PersonOpdateret": lambda v: f"CPR sender personen igen uden hændelse ({_dag(v['leverance'])})",
    "FlytningGodkendt": lambda v: f"En flytning {_dag(v['flyttedato'])} er godkendt",
    "FlytningTilbagekaldt": lambda _: "En godkendt flytning er trukket tilbage",
    "AfsoningMeldt": lambda v: f"Afsoning meldt: {v['trin'].lower()} {_dag(v['dato'])}",
    "VaernepligtMeldt": lambda v: f"Værnepligt meldt: {v['trin'].lower()} {_dag(v['dato'])}",
    "PersonTilstand": lambda v: f"Personens stamdata, version {v['version']}",
    "PersonIndrejst": _indrejst,
    "PersonFlyttet": lambda v: f"Er flyttet {_dag(v['flyttedato'])} til {_kommune(v['til_kommunekode'])}",
    "PersonSkiftetNavn": lambda v: f"Har skiftet navn {_dag(v['gaelder_fra'])}",
    "PersonFoedt": lambda v: f"Er født {_dag(v['foedselsdato'])}",
    "PersonNavngivet": lambda v: f"Har fået navn {_dag(v['gaelder_fra'])}",
    "PersonForsvundet": lambda v: f"Er forsvundet fra {_dag(v['forsvundet_fra'])}",
    "PersonGenfundet": lambda v: f"Er fundet igen {_dag(v['fundet'])}",
    "PersonUdrejst": lambda v: f"Er udrejst {_dag(v['udrejsedato'])}",
    "PersonDoed": lambda v: f"Er død {_dag(v['doedsdato'])}",
    "PersonBeskyttelseAendret": lambda v: f"Navn og adresse er {'' if v['beskyttet'] else 'ikke længere '}beskyttet",
    "PersonSkiftetNummer": lambda _: "Har fået nyt CPR-nummer",
    "PersonSammenlagt": lambda _: "To CPR-numre viste sig at være samme person",
    "PersonHaendelseRettet": lambda v: f"CPR har rettet det, der blev meldt ({v['kode']})",
    "PersonFlytningTilbagekaldt": lambda v: f"Flytningen {_dag(v['flyttedato'])} er trukket tilbage",
    "PersonAfsoningMeldt": lambda v: f"Afsoning: {v['trin'].lower()} {_dag(v['dato'])}",
    "PersonVaernepligtMeldt": lambda v: f"Værnepligt: {v['trin'].lower()} {_dag(v['dato'])}",
    "ForloebStartet": lambda v: f"Forløbet begynder ({v['art'].lower()})",
    "GruppeTraadtIKraft": lambda v: f"Sikringsgruppe {v['gruppe']} fra {_dag(v['gyldig_fra'])}",
    "PladsAnmodet": _oensket,
    "PladsReserveret": lambda v: f"Plads hos {v['praksisnavn']}",
    "IngenPlads": _ingen_plads,
    "YderTilstand": lambda v: f"Praksissen har nu {v['optagne']} sikrede og lukker ved {v['lukkegraense']}",
    "LaegevalgReserveret": lambda v: f"Lægevalg reserveret (ydernummer {v['ydernummer']})",
    "LaegevalgGodkendt": lambda v: f"Lægevalg godkendt ({v['grund'].lower()}), virker fra {_dag(v['virkningsdato'])}",
    "KortAnmodet": lambda v: f"Sundhedskort ønskes, gebyr {v['gebyr_oere'] // 100} kr.",
    "BrevAnmodet": lambda v: f"Brev ønskes: {_BREVE[v['brevtype']]}",
    "LaegevalgTraadtIKraft": lambda v: f"Lægevalget er trådt i kraft fra {_dag(v['virkningsdato'])}",
    "OpgaveAnmodet": lambda _: "En sagsbehandler skal tage over",
    "OpgaveAnmodetV2": lambda _: "En sagsbehandler skal tage over",
    "OpretOpgave": lambda v: f"En sagsbehandler opretter en opgave: »{v['titel']}«",
    "TildelOpgave": lambda v: f"En sagsbehandler giver opgaven til {v['sagsbehandler']}",
    "FlytOpgavefrist": lambda v: f"En sagsbehandler sætter opgavens sidste dag til {_dag(v['frist'])}",
    "RetOpgavetekst": lambda _: "En sagsbehandler retter opgavens tekst",
    "AfslutOpgave": lambda _: "En sagsbehandler afslutter opgaven",
    "ForloebAfsluttet": lambda v: f"Forløbet slutter: {_UDFALD.get(v['udfald'], v['udfald'])}",
    "OpgaveOprettet": _opgave,
    "OpgaveOprettetV2": _opgave,
    "OpgaveTildelt": lambda v: f"Opgaven er tildelt {v['sagsbehandler']}",
    "OpgavefristFlyttet": lambda v: f"Opgaven har fået fristen {_tid(v['frist'])}",
    "OpgavetekstRettet": lambda v: f"Opgavens tekst er rettet: »{v['titel']}«",
    "OpgaveOverskredet": lambda v: f"Opgavens frist {_tid(v['frist'])} er overskredet",
    "OpgaveAfsluttet": lambda v: f"Opgaven er afsluttet: {v['begrundelse']}",
    "OpgavekommandoAfvist": lambda v: f"En kommando til opgaven er afvist: {v['tekst']}",
    "KortBestilt": lambda _: "Kortleverandøren har taget imod ordren",
    "BrevSendt": lambda v: f"Brev afleveret som {_KANALER[v['kanal']]}: {_BREVE[v['brevtype']]}",
    "BrevUndertrykt": lambda v: f"Brevet sendes ikke ({v['grund'].lower()}): {_BREVE[v['brevtype']]}",
    "BrevTilbagekaldes": lambda v: f"Brevet kaldes tilbage ({v['grund'].lower()})",
    "BrevTilbagekaldt": lambda v: "Brevet er kaldt tilbage og sendes ikke",
    "BrevIkkeTilbagekaldt": lambda v: "Brevet kunne ikke kaldes tilbage: det er sendt",
    "BrevFejlet": lambda v: f"Brevet kan ikke sendes ({v['grund']})",
    "KortStatus": lambda v: f"Kortleverandøren melder: {_STATUSSER[v['status']]}",
    "KortTrukket": lambda v: "Sundhedskortet er trukket til produktion",
    "KortAfsendt": lambda v: "Sundhedskortet er sendt til borgeren",
    "KortFejlet": lambda v: f"Der kommer intet kort ({v['grund']})",
    "PladsFrigives": lambda _: "Pladsen gives tilbage",
    "PladsFrigivet": lambda _: "Pladsen er fri igen",
}
"""What each message says, in the order in which they follow one another at one instant."""
_RANG = {navn: plads for plads, navn in enumerate(_TEKSTER)}
