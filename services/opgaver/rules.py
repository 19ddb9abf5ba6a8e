"""Rules of tasks: which municipality has them, when they are due, who may do what with them, and what is shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.filtre import Overblik
from contracts.kommuner import kommune
from contracts.opgave import OpgavetypeV2
from shared.domain.cpr import ligner_cpr, masker
from shared.domain.datoer import dato, midnat, plus_dage, plus_maaneder
from shared.domain.hjemmel import Hjemmel

URE_GAAR_FORKERT = timedelta(minutes=5)
"""How much a sender's clock may be ahead of ours."""
KORTESTE_FRIST, LAENGSTE_FRIST = 1, 3650
"""Days that a deadline can be set to (our own)."""
AFHENTNING = "AFHENTNING"


@dataclass(frozen=True, slots=True)
class Opgavefrist:
    """How long a kind of task may take, in days and months; `aarsag` None: every reason without a row of its own."""

    gaelder_fra: date
    opgavetype: OpgavetypeV2
    aarsag: str | None
    hjemmel: Hjemmel
    dage: int = 0
    maaneder: int = 0


# fmt: off
OPGAVEFRISTER = (
    #           gælder fra        type                 årsag       hjemmel             frist
    Opgavefrist(date(1973, 4, 1), OpgavetypeV2.MANUEL, None,       Hjemmel("OPG-09"),  dage=14),
    Opgavefrist(date(1973, 4, 1), OpgavetypeV2.MANUEL, AFHENTNING, Hjemmel("KORT-11"), maaneder=3),
    Opgavefrist(date(1973, 4, 1), OpgavetypeV2.SYSTEM, None,       Hjemmel("OPG-09"),  dage=14),
    Opgavefrist(date(1973, 4, 1), OpgavetypeV2.ADHOC,  None,       Hjemmel("OPG-10"),  dage=14),
    Opgavefrist(date(1973, 4, 1), OpgavetypeV2.PLO,    None,       Hjemmel("OPG-09"),  dage=14),
)
"""What holds until somebody has set something else."""
SAGSBEHANDLING, LOKAL, GLOBAL = "SAGSBEHANDLING", "LOKAL", "GLOBAL"
ROLLER: Mapping[str, Collection[str]] = {
    # role                  what it may do (OPG-02, OPG-09, OPG-10, ROL-02)
    "BORGER":               (),
    "SAGSBEHANDLER":        (SAGSBEHANDLING,),
    "SAERLIGE_RETTIGHEDER": (SAGSBEHANDLING,),
    "ADMINISTRATOR":        (SAGSBEHANDLING, LOKAL),
    "GLOBAL_ADMINISTRATOR": (GLOBAL,),
}
KANALER: Mapping[str, Collection[str]] = {
    # channel         what comes by it
    "SELVBETJENING":  (),
    "SAGSBEHANDLER":  (SAGSBEHANDLING,),
    "ADMINISTRATION": (LOKAL, GLOBAL),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Afslag:
    """Why a command is refused: a code, a sentence that the one who gave it can read, and the rule."""

    grund: str
    tekst: str
    hjemmel: Hjemmel


# fmt: off
_AFSLAG = (
    Afslag("UKENDT_KANAL", "Kanalen kendes ikke.", Hjemmel("ROL-02")),
    Afslag("UKENDT_ROLLE", "Rollen kendes ikke, og en ukendt rolle må ingenting.", Hjemmel("ROL-02")),
    Afslag("IKKE_BEMYNDIGET", "Din rolle og kanal giver ikke ret til dette.", Hjemmel("ROL-02")),
    Afslag("KUN_GLOBAL", "Fristen for en opgavetype kan kun sættes centralt; den gælder alle 98 kommuner.",
           Hjemmel("OPG-09")),
    Afslag("UKENDT_KOMMUNE", "Kommunekoden er ikke en af de 98 kommuner.", Hjemmel("OPG-02")),
    Afslag("TIDSPUNKT_I_FREMTIDEN", "Tidspunktet for kommandoen ligger i fremtiden.", Hjemmel("ROL-02")),
    Afslag("UKENDT_OPGAVE", "Der er ingen opgave med dette id.", Hjemmel("OPG-02")),
    Afslag("OPGAVE_FINDES", "Der er allerede en opgave med dette id.", Hjemmel("OPG-10")),
    Afslag("KOMMANDO_ID_BRUGT", "Kommandoens id er allerede brugt til noget andet her.", Hjemmel("OPG-02")),
    Afslag("OPGAVE_AFSLUTTET", "Opgaven er afsluttet og kan ikke ændres eller åbnes igen.", Hjemmel("OPG-02")),
    Afslag("FAST_FRIST", "En systemopgave kan ikke få sin egen frist.", Hjemmel("OPG-11")),
    Afslag("FRIST_UDEN_FOR_INTERVAL",
           f"Fristen skal være fra {KORTESTE_FRIST} til {LAENGSTE_FRIST} dage frem; en enkelt opgaves også i dag.",
           Hjemmel("OPG-11")),
    Afslag("FAST_TEKST", "Kun teksten på en ad hoc-opgave kan rettes.", Hjemmel("OPG-10")),
    Afslag("CPR_I_TEKST", "Skriv ikke CPR-numre i teksten; hvem det handler om, står i et felt for sig.",
           Hjemmel("OPG-04")),
    Afslag("CPR_SOM_PERSON", "En person angives ved hubbens id (person_id), aldrig ved et CPR-nummer.",
           Hjemmel("OPG-04")),
    Afslag("UKENDT_NOTAT", "Kommunen har intet notat med dette id.", Hjemmel("SIK-01")),
    Afslag("NOTAT_FINDES", "Der er allerede et notat med dette id.", Hjemmel("SIK-01")),
    Afslag("UKENDT_FILTER", "Der er intet filter med dette id, som du kan ændre.", Hjemmel("OPG-07")),
    Afslag("FILTER_FINDES", "Der er allerede et filter med dette id.", Hjemmel("OPG-07")),
    Afslag("FORAELDET", "En nyere indstilling gælder allerede.", Hjemmel("KONF-01")),
)
# fmt: on
AFSLAG: Mapping[str, Afslag] = {a.grund: a for a in _AFSLAG}
"""Every refusal by its code."""


def ansvarlig_kommune(kommunekode: str) -> str:
    """OPG-02: access is per municipality, so a task has one. Raises `ValueError` for a code that is none."""
    kode = kommune(kommunekode)
    if kode is None:
        raise ValueError(f"kommunekode {kommunekode} er ingen af de 98 kommuner")
    return kode


def vist_cpr(person_ider: Sequence[str], cpr: str | None) -> str | None:
    """OPG-04: the CPR number stands on a task about exactly one person; none is named on one about a practice."""
    return cpr if len(set(person_ider)) == 1 else None


def opgavefrist(
    opgavetype: OpgavetypeV2,
    aarsag: str,
    oprettet: datetime,
    globale_dage: int | None = None,
    lokale_dage: int | None = None,
) -> datetime:
    """The instant at which the last day of a task is over.

    OPG-09: what is set globally for the type, valid for all 98 municipalities. OPG-10: for an ad hoc task what its
    municipality has set, which overrides nothing else. A reason with a row of its own keeps it (KORT-11).
    """
    dag = dato(oprettet)
    gaeldende = [f for f in OPGAVEFRISTER if f.opgavetype is opgavetype and f.gaelder_fra <= dag]
    if egne := [f for f in gaeldende if f.aarsag == aarsag]:
        return sidste_dag_er_ovre(plus_dage(plus_maaneder(dag, egne[-1].maaneder), egne[-1].dage))
    dage = next(f.dage for f in reversed(gaeldende) if f.aarsag is None)
    sat = globale_dage if lokale_dage is None or opgavetype is not OpgavetypeV2.ADHOC else lokale_dage
    return sidste_dag_er_ovre(plus_dage(dag, dage if sat is None else sat))


def sidste_dag_er_ovre(dag: date) -> datetime:
    """A task may be done on its last day, until 24:00 Danish time."""
    return midnat(plus_dage(dag, 1))


def egen_frist_afslag(opgavetype: OpgavetypeV2, frist: date, afgivet: datetime) -> Afslag | None:
    """OPG-11: every task but a system task can get a deadline of its own, from the day of the command on."""
    if opgavetype is OpgavetypeV2.SYSTEM:
        return AFSLAG["FAST_FRIST"]
    dage = (frist - dato(afgivet)).days
    return None if 0 <= dage <= LAENGSTE_FRIST else AFSLAG["FRIST_UDEN_FOR_INTERVAL"]


def dage_afslag(dage: int, hjemmel: Hjemmel) -> Afslag | None:
    """OPG-09, OPG-10: a deadline is set in whole days."""
    if KORTESTE_FRIST <= dage <= LAENGSTE_FRIST:
        return None
    return replace(AFSLAG["FRIST_UDEN_FOR_INTERVAL"], hjemmel=hjemmel)


def tekst_afslag(opgavetype: OpgavetypeV2, *tekster: str) -> Afslag | None:
    """OPG-10: a caseworker writes the text of an ad hoc task; OPG-04: with no CPR number in it."""
    if opgavetype is not OpgavetypeV2.ADHOC:
        return AFSLAG["FAST_TEKST"]
    return cpr_afslag(*tekster)


def cpr_afslag(*tekster: str) -> Afslag | None:
    """OPG-04: a CPR number has a field of its own, which is left out where several are concerned."""
    return AFSLAG["CPR_I_TEKST"] if any(ligner_cpr(t) or masker(t) != t for t in tekster) else None


def person_afslag(*person_ider: str) -> Afslag | None:
    """OPG-04: a CPR number is no id; it would stand in the queue whatever the number of persons."""
    return AFSLAG["CPR_SOM_PERSON"] if any(ligner_cpr(i) for i in person_ider) else None


def filteret_er_til(overblik: Overblik, ejer: str, bruger: str) -> bool:
    """OPG-07: a filter on the practices is for all users of the organisation; one on the tasks is personal (own)."""
    return overblik is Overblik.YDEROVERBLIK or ejer == bruger


def bemyndigelse(kanal: str, rolle: str, hvad: str) -> Afslag | None:
    """OPG-02, OPG-09, ROL-02: what a role may do by a channel; what is unknown may nothing."""
    if kanal not in KANALER:
        return AFSLAG["UKENDT_KANAL"]
    if rolle not in ROLLER:
        return AFSLAG["UKENDT_ROLLE"]
    if hvad == GLOBAL and GLOBAL not in ROLLER[rolle]:
        return AFSLAG["KUN_GLOBAL"]
    return None if hvad in KANALER[kanal] and hvad in ROLLER[rolle] else AFSLAG["IKKE_BEMYNDIGET"]


def tidspunkt_afslag(afgivet: datetime, nu: datetime) -> Afslag | None:
    """A command is judged by its own time, so that time must have come."""
    return AFSLAG["TIDSPUNKT_I_FREMTIDEN"] if afgivet > nu + URE_GAAR_FORKERT else None
