"""The tables of the service, and the searches for a person by number."""

from collections.abc import Iterable

from services.cpr_events import rules
from services.cpr_events.forloeb.beskeder import Flytning, Person, Personnummer, UdenUdtraek, UkendtHaendelse
from services.cpr_events.forloeb.opslag import CprOpslag, OpslagHentet
from services.cpr_events.forloeb.ventende import Ventende
from services.cpr_events.rules.billede import FraUdtraek
from shared.platform.tabel import Soegning, Tabel

PERSONER = Tabel("person", Person, "person_id")
PERSONNUMRE = Tabel("personnummer", Personnummer, "cpr")
FLYTNINGER = Tabel("flytning", Flytning, "flytning_id")
UKENDTE = Tabel("ukendt_haendelse", UkendtHaendelse, "noegle")
CPR_OPSLAG = Tabel("cpr_opslag", CprOpslag, "opslag_id")
VENTENDE = Tabel("ventende", Ventende, "ventende_id")


def _numre(besked: FraUdtraek | OpslagHentet | UdenUdtraek) -> str:
    return besked.cpr if isinstance(besked, UdenUdtraek) else ",".join(rules.egne_numre(besked.person))


def _med_et_af_numrene(raekker: Iterable[Person], numre: str) -> list[str]:
    soegte = set(numre.split(","))
    return sorted(r.person_id for r in raekker if soegte & {r.cpr, *r.snapshot.tidligere_cpr})


EFTER_NUMMER = Soegning(
    navn="person_efter_nummer",
    argument=_numre,
    sql="""
        with soegt as (select string_to_array(array_to_string($1::text[], ','), ',') as numre),
        fundet as materialized (
            select cpr as nr, person_id from person where cpr = any((select numre from soegt)::text[])
            union
            select nr, person_id
            from person cross join lateral jsonb_array_elements_text(snapshot->'tidligere_cpr') as nr
            where snapshot->'tidligere_cpr' ?| (select numre from soegt) and snapshot->'tidligere_cpr' <> '[]'
        )
        select distinct argument, person_id
        from unnest($1::text[]) as argument cross join lateral unnest(string_to_array(argument, ',')) as nr
        join fundet using (nr)
        order by 1, 2
    """,
    hukommelse=_med_et_af_numrene,
)
"""CPR-11: persons by any of a message's numbers, also one they had before: the id need not follow from the number."""
OPSLAG_PR_KOMMUNE = """
select kommunekode, to_char(bestilt at time zone 'Europe/Copenhagen', 'YYYY-MM') as maaned, count(*) as bestilt,
       count(*) filter (where gebyr) as betalt, count(*) filter (where tilstand = 'UDFOERT') as udfoert,
       count(*) filter (where tilstand in ('AFVENTER_SVAR', 'UAFKLARET', 'OPGIVET')) as uden_svar
from cpr_opslag group by 1, 2 having $1 in ('', to_char(min(bestilt) at time zone 'Europe/Copenhagen', 'YYYY-MM'))
order by 1, 2
"""
"""CPR-16: what each municipality ordered and pays for, by the Danish month of the order; `$1` a month or blank."""
