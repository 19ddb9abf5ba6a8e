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


def _nummer(besked: FraUdtraek | OpslagHentet | UdenUdtraek) -> str:
    return besked.cpr if isinstance(besked, UdenUdtraek) else rules.aktuelt_nummer(besked.person)


def _opgivet_nummer(besked: FraUdtraek | OpslagHentet) -> str | None:
    return besked.person.cpr if besked.person.gaeldende_cpr else None


def _med_nummer(raekker: Iterable[Person], nummer: str) -> list[str]:
    return sorted(r.person_id for r in raekker if r.cpr == nummer)


def _med_ethvert_nummer(raekker: Iterable[Person], nummer: str) -> list[str]:
    return sorted(r.person_id for r in raekker if nummer in (r.cpr, *r.snapshot.tidligere_cpr))


EFTER_NUMMER = Soegning(
    navn="person_efter_nummer",
    argument=_nummer,
    sql="""
        select cpr, person_id from person where cpr = any($1::text[])
        union
        select nr, person_id from person cross join lateral jsonb_array_elements_text(snapshot->'tidligere_cpr') nr
        where snapshot->'tidligere_cpr' ?| $1::text[] and snapshot->'tidligere_cpr' <> '[]' and nr = any($1::text[])
        order by 1, 2
    """,
    hukommelse=_med_ethvert_nummer,
)
"""Persons by a number, also one they had before: after a change of number the id no longer follows from the number."""
EFTER_OPGIVET_NUMMER = Soegning(
    navn="person_efter_opgivet_nummer",
    argument=_opgivet_nummer,
    sql="select cpr, person_id from person where cpr = any($1) order by cpr, person_id",
    hukommelse=_med_nummer,
)
"""CPR-11: the person that a number given up was the current number of, where it turns out to be another's."""
OPSLAG_PR_KOMMUNE = """
select kommunekode, to_char(bestilt at time zone 'Europe/Copenhagen', 'YYYY-MM') as maaned, count(*) as bestilt,
       count(*) filter (where gebyr) as betalt, count(*) filter (where tilstand = 'UDFOERT') as udfoert,
       count(*) filter (where tilstand in ('AFVENTER_SVAR', 'UAFKLARET', 'OPGIVET')) as uden_svar
from cpr_opslag group by 1, 2 having $1 in ('', to_char(min(bestilt) at time zone 'Europe/Copenhagen', 'YYYY-MM'))
order by 1, 2
"""
"""CPR-16: what each municipality ordered and pays for, by the Danish month of the order; `$1` a month or blank."""
