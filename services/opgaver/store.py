"""The tables of the service: tasks, notes, filters, whom a person id stands for, and the deadlines people have set."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.opgaver.forloeb import Opgave, Opgavetilstand
from services.opgaver.forloeb.gemt_filter import GemtFilter
from services.opgaver.forloeb.notat import Notat
from services.opgaver.forloeb.personhenvisning import Personhenvisning
from shared.platform.tabel import Soegning, Tabel


@dataclass(frozen=True, slots=True)
class Fristindstilling:
    """The newest setting under a key: `global:<type>` (OPG-09) or `lokal:<kommunekode>` (OPG-10)."""

    noegle: str
    dage: int
    kommando_id: str
    sat_af: str
    sat: datetime
    kommandoer: dict[str, str] = field(default_factory=dict[str, str])
    """The newest commands about it, carried out or overtaken, each id with the digest of its content."""


OPGAVER = Tabel("opgave", Opgave, noegle="opgave_id")
"""Every task ever asked for."""
NOTATER = Tabel("notat", Notat, noegle="notat_id")
"""Every note."""
FILTRE = Tabel("gemt_filter", GemtFilter, noegle="filter_id")
"""Every filter ever saved."""
HENVISNINGER = Tabel("personhenvisning", Personhenvisning, noegle="person_id")
"""The ids given up, and the persons who have another number than before."""
FRISTINDSTILLINGER = Tabel("fristindstilling", Fristindstilling, noegle="noegle")


# --- what can be asked of the service (the read API) ------------------------------------------------------------------


def _om(spoergsmaal: Any) -> str:
    return spoergsmaal.person_id


def _samme_person(raekker: Iterable[Personhenvisning], person_id: str) -> list[str]:
    alle = {r.person_id: r for r in raekker}
    ider, nye = {person_id}, {person_id}
    while nye:
        nye = {alle[i].til for i in nye if i in alle} | {r.person_id for r in alle.values() if r.til in nye}
        nye -= ider
        ider |= nye
    return sorted(i for i in ider if i in alle)


SAMME_PERSON = Soegning(
    navn="samme_person",
    argument=_om,
    sql="""
        with recursive samme(spurgt, id) as (
            select a, a from unnest($1::text[]) a
            union
            select s.spurgt, n.id from samme s cross join lateral (
                select til from personhenvisning where person_id = s.id
                union all
                select person_id from personhenvisning where til = s.id
            ) n(id)
        )
        select s.spurgt, h.person_id from samme s join personhenvisning h on h.person_id = s.id
        order by s.spurgt, h.person_id collate "C"
    """,
    hukommelse=_samme_person,
)
"""All that is known of the ids of one person, asked for under any of them."""


@dataclass(frozen=True, slots=True)
class Udsnit:
    """A part of a municipality's list: `antal` rows after the one at (`tid`, `id`).

    `person_ider` are the ids of one person, where the list is about one.
    """

    kommunekode: str
    antal: int
    sagsbehandler: str | None = None
    person_ider: tuple[str, ...] = ()
    efter: tuple[datetime, str] | None = None

    def argument(self) -> str:
        """As a search takes it."""
        tid, id_ = self.efter or (None, None)
        felter = {
            "kommunekode": self.kommunekode, "antal": self.antal, "sagsbehandler": self.sagsbehandler,
            "person_ider": self.person_ider, "tid": None if tid is None else mikrosekunder(tid), "id": id_,
        }  # fmt: skip
        return json.dumps(felter)


_NUL = datetime(1970, 1, 1, tzinfo=UTC)


def mikrosekunder(tid: datetime) -> int:
    """Since 1970, without loss."""
    return (tid - _NUL) // timedelta(microseconds=1)


def tidspunkt(mikrosekunder: int) -> datetime:
    """The instant."""
    return _NUL + timedelta(microseconds=mikrosekunder)


def _udsnit(spoergsmaal: Udsnit) -> str:
    return spoergsmaal.argument()


# Whether a list is of the open ones or of one person is written out, so that each has its index.
_SQL = """
    select a, r.id from unnest($1::text[]) a
    cross join lateral (
        select a::jsonb as u, array(select jsonb_array_elements_text(a::jsonb->'person_ider')) as personer
    ) j
    cross join lateral (
        select {noegle} collate "C" as id, {tid} as tid from {tabel}
        where kommunekode = u->>'kommunekode' {betingelser}
        and (u->>'tid' is null or ({tid}, {noegle} collate "C") {videre}
             (timestamptz 'epoch' + (u->>'tid')::bigint * interval '1 microsecond', u->>'id'))
        order by {tid} {orden}, {noegle} collate "C" {orden} limit (u->>'antal')::int
    ) r order by a, r.tid {orden}, r.id {orden}
"""


def _opgavesoegning(navn: str, *, kun_aabne: bool, om_en_person: bool) -> Soegning:
    def find(raekker: Iterable[Opgave], argument: str) -> list[str]:
        u = json.loads(argument)
        fundne = sorted(
            (mikrosekunder(o.frist), o.opgave_id)
            for o in raekker
            if o.kommunekode == u["kommunekode"]
            and not (kun_aabne and o.tilstand is Opgavetilstand.AFSLUTTET)
            and (not om_en_person or {*o.person_ider} & {*u["person_ider"]})
            and u["sagsbehandler"] in (None, o.sagsbehandler)
        )
        return [id_ for tid, id_ in fundne if u["tid"] is None or (tid, id_) > (u["tid"], u["id"])][: u["antal"]]

    betingelser = "and (u->>'sagsbehandler' is null or sagsbehandler = u->>'sagsbehandler')"
    betingelser += " and tilstand <> 'AFSLUTTET'" if kun_aabne else ""
    betingelser += " and person_ider ?| personer" if om_en_person else ""
    sql = _SQL.format(
        tabel="opgave", noegle="opgave_id", tid="frist", betingelser=betingelser, videre=">", orden="asc"
    )  # fmt: skip
    return Soegning(navn=navn, argument=_udsnit, sql=sql, hukommelse=find)


AABNE_OPGAVER = _opgavesoegning("aabne_opgaver", kun_aabne=True, om_en_person=False)
"""A municipality's own open tasks, the first due first (OPG-02, SIK-01)."""
ALLE_OPGAVER = _opgavesoegning("alle_opgaver", kun_aabne=False, om_en_person=False)
"""Also the closed ones."""
PERSONENS_AABNE_OPGAVER = _opgavesoegning("personens_aabne_opgaver", kun_aabne=True, om_en_person=True)
"""A municipality's own open tasks about a person."""
PERSONENS_OPGAVER = _opgavesoegning("personens_opgaver", kun_aabne=False, om_en_person=True)
"""Also the closed ones."""


def _personens_noter(raekker: Iterable[Notat], argument: str) -> list[str]:
    u = json.loads(argument)
    fundne = sorted(
        (
            (mikrosekunder(n.oprettet), n.notat_id)
            for n in raekker
            if n.kommunekode == u["kommunekode"] and n.person_id in u["person_ider"]
        ),
        reverse=True,
    )
    return [id_ for tid, id_ in fundne if u["tid"] is None or (tid, id_) < (u["tid"], u["id"])][: u["antal"]]


PERSONENS_NOTER = Soegning(
    navn="personens_noter",
    argument=_udsnit,
    sql=_SQL.format(
        tabel="notat",
        noegle="notat_id",
        tid="oprettet",
        betingelser="and person_id = any(personer)",
        videre="<",
        orden="desc",
    ),
    hukommelse=_personens_noter,
)
"""A municipality's own notes on a person, the newest first (SIK-01)."""


def _kommune(spoergsmaal: Udsnit) -> str:
    return spoergsmaal.kommunekode


def _kommunens_filtre(raekker: Iterable[GemtFilter], kommunekode: str) -> list[str]:
    fundne = sorted((f.navn, f.filter_id) for f in raekker if f.kommunekode == kommunekode and not f.er_slettet)
    return [id_ for _, id_ in fundne]


KOMMUNENS_FILTRE = Soegning(
    navn="kommunens_filtre",
    argument=_kommune,
    sql="""
        select kommunekode, filter_id from gemt_filter where kommunekode = any($1) and not er_slettet
        order by kommunekode, navn collate "C", filter_id collate "C"
    """,
    hukommelse=_kommunens_filtre,
)
"""A municipality's filters that have not been deleted, by name (OPG-07)."""
