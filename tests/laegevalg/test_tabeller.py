"""The tables and searches of the three services on real PostgreSQL: the same as in memory."""

import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from contracts.bestilling import ForloebAnnulleret, LaegevalgAendret
from contracts.cpr import AfsoningMeldt, CprAdresse, CprHaendelse, FlytningGodkendt, Trin
from contracts.cpr_opslag import CprOpslagBestilt
from contracts.noegle import person_id_ved_oprettelse
from contracts.plo import PraksisNedlaegges
from contracts.yder import YderOpdateret, Yderstatus
from services.cpr_events import store as cpr_events
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.laegevalg import store as laegevalg
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.beskeder import Brevforloeb, Brevtilstand, Valgtilstand
from services.laegevalg.forloeb.brevsvar import Annulleringssvar, Brevskaebne, Svartilstand, Ventebrev
from services.laegevalg.forloeb.proevning import Annullering
from services.laegevalg.forloeb.sagsbeskeder import Tilstand
from services.laegevalg.forloeb.vilkaar import Kortspor
from services.plo_events import store as plo_events
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.database import migrate
from shared.platform.engine import Loaded, Plan
from shared.platform.settings import Settings
from shared.platform.tabel import Soegning, Tabel
from shared.platform.transaction import Transaction
from tests.laegevalg.valgverden import bestilt
from tests.motor import Hub, Motor

NU = datetime(2024, 11, 5, 6, tzinfo=UTC)
VAERGE, BARN = (person_id_ved_oprettelse(nr, "hemmelig") for nr in ("6909990001", "7005850002"))
LAGRE = {"cpr_events": cpr_events, "laegevalg": laegevalg, "plo_events": plo_events}


def indrejst(cpr: str, kommune: str, **andet: Any) -> CprHaendelse:
    person = {
        "cpr": cpr, "status": "01", "foedselsdato": "1999-09-09", "navn": {"fornavn": "Erik", "efternavn": "Ærø"},
        "adresse": {"kommunekode": kommune, "standardadresse": "Åboulevarden 7", "postnummer": "8000"},
        "rejser": [{"indrejse": "2024-11-04T12:00:00Z"}],
    }  # fmt: skip
    return CprHaendelse.model_validate_json(
        json.dumps({"kode": "A05", "leverance": "2024-11-05", "person": person | andet})
    )


def yder(nummer: str, kommune: str, status: Yderstatus) -> YderOpdateret:
    return YderOpdateret(
        ydernummer=nummer, navn="Lægehuset", kommunekode=kommune, status=status, lukkegraense=10, maksgraense=12,
        aabne_postnumre=("7700", "8000"), gyldig_fra=date(2020, 1, 1), opdateret=NU,
    )  # fmt: skip


@pytest.fixture
def hub() -> Hub:
    """Rows of every kind: a doctor given, a task made, an older delivery noted, practices of each status."""
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr("hemmelig"))), LAEGEVALG, PLO_EVENTS)
    for nr, status in enumerate(Yderstatus):
        hub.send(NU, yder(f"00001{nr}", "0751", status), yder(f"00002{nr}", "0710", status))
    hub.send(NU, PraksisNedlaegges(ydernummer="000099", lukkedato=date(2024, 12, 1), meddelt=NU))
    hub.send(NU, indrejst("6909990001", "0751"), indrejst("7005850002", "0825", vaerge_cpr="6909990001"))
    hub.send(NU, indrejst("6909990001", "0751").model_copy(update={"leverance": date(2024, 11, 4)}))
    hub.frem(NU)
    ukendt = indrejst("6909990001", "0751").model_copy(update={"kode": "X99", "registreret": NU})
    flyt_til = CprAdresse(kommunekode="0710")
    hub.send(NU, ukendt, FlytningGodkendt(
        flytning_id="f", cpr="6909990001", adresse=flyt_til, flyttedato=date(2024, 12, 1), godkendt=NU
    ))  # fmt: skip
    hub.send(NU, AfsoningMeldt(cpr="6102030405", trin=Trin.START, dato=date(2024, 11, 4), registreret=NU))
    hub.send(NU, CprOpslagBestilt(
        opslag_id="o", kanal="SAGSBEHANDLER", aktoer="sb", rolle="SAGSBEHANDLER", kommunekode="0751", cpr="6102030405",
        grund="Ny i kommunen", bestilt=NU,
    ))  # fmt: skip
    flytning = {"flyttedato": date(2024, 11, 20), "til_kommunekode": "0710"}
    order = {"ydernummer": "000021", "kommunekode": "0751", "bestilt": NU, "virkningsdato": date(2024, 11, 20)}
    hub.send(NU, bestilt(cpr="6909990001", bestilling_id="kendt", **order, afventer_flytning=flytning))
    ved_indrejse = {"kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "betalingskort": None, "gruppe": "1"}
    hub.send(NU, bestilt(
        cpr="6102030405", bestilling_id="venter", borger_cpr="7005850002", **(order | ved_indrejse),
        afventer_flytning=flytning,
    ))  # fmt: skip
    hub.frem(NU)
    flyt = {"bestilling_id": "flyt", "forloeb_id": "laegevalg-venter", "virkningsdato": date(2024, 11, 21)}
    hub.send(NU, LaegevalgAendret.model_validate(bestilt(**order).model_dump() | flyt))
    (valg,) = hub.motorer["laegevalg"].raekker["valg"].values()
    hub.motorer["laegevalg"].gem(
        Brevforloeb("b", valg.person_id, Brevtilstand.AFVENTER_NYT_VALG, "0751", "6909990001", "Huset", "ÆØÅ", NU)
    )
    hub.motorer["laegevalg"].gem(Annullering("laegevalg-x:annullering-1:noegle", NU))
    svar = ForloebAnnulleret(noegle="0" * 64, bestilling_id="a", forloeb_id="x", ikke_fortrudt=("SUNDHEDSKORT",))
    venter = (Ventebrev(brev_id="x:laegevalgskvittering", brevtype="LAEGEVALGSKVITTERING"),)
    hoert = (Brevskaebne(brev_id="x:kort:kvittering", brevtype="SUNDHEDSKORTKVITTERING", for_sent=True),)
    breve = Annulleringssvar("x", valg.person_id, Svartilstand.AFVENTER_BREVE, svar, venter, hoert)
    hub.motorer["laegevalg"].gem(breve)
    hub.motorer["laegevalg"].gem(Annulleringssvar("y", valg.person_id, Svartilstand.HOERT, hoert=hoert))
    return hub


@asynccontextmanager
async def skema(database: str, motor: Motor) -> AsyncGenerator[Transaction]:
    """The service's own schema, with the motor's rows in it."""
    navn = motor.tjeneste.navn
    folder = Path(str(LAGRE[navn].__file__)).parent / "migrations"
    await migrate(Settings(database_url=SecretStr(database)), navn, folder)
    forbindelse = await asyncpg.connect(database, server_settings={"search_path": navn})
    try:
        async with forbindelse.transaction():
            transaktion = Transaction(forbindelse, navn)
            loaded = Loaded()
            for tabel in motor.tjeneste.tabeller:
                for raekke in motor.raekker[tabel.navn].values():
                    loaded.put(tabel, raekke)
            await transaktion.write(Plan(loaded, NU))
            yield transaktion
    finally:
        await forbindelse.close()


@pytest.mark.parametrize("navn", LAGRE)
async def test_raekker_kommer_uaendret_tilbage(database: str, hub: Hub, navn: str) -> None:
    motor = hub.motorer[navn]

    async with skema(database, motor) as transaktion:
        for tabel in motor.tjeneste.tabeller:
            ventet = motor.raekker[tabel.navn]
            fundet = await transaktion.rows(tabel, [*ventet, "findes ikke"])
            assert ventet, tabel
            assert {n: r for n, (r, _) in fundet.items()} == ventet
            assert {v for _, v in fundet.values()} == {1}


SOEGNINGER = [
    pytest.param(
        "cpr_events", cpr_events.PERSONER, cpr_events.EFTER_NUMMER, ["6909990001", "1,6909990001", "1,2"], id="numre"
    ),
    pytest.param(
        "plo_events", plo_events.YDERE, plo_events.KOMMUNENS_YDERE, ["0751", "0710", "0101"], id="kommunens praksisser"
    ),
    pytest.param(
        "plo_events", plo_events.PLADSER, plo_events.HOLDTE_PLADSER, ["000021", "000099"], id="praksissens pladser"
    ),
    pytest.param(
        "laegevalg", laegevalg.SIKREDE, laegevalg.SIKREDE_EFTER_CPR, ["6909990001", "1"], id="sikret efter nummer"
    ),
    pytest.param(
        "laegevalg",
        laegevalg.BESTILLINGER,
        laegevalg.VENTENDE_BESTILLINGER,
        ["6102030405", "7005850002", "6909990001"],
        id="ventende bestillinger",
    ),
    pytest.param(
        "laegevalg",
        laegevalg.SIKREDE,
        laegevalg.BESTILLERENS_KREDS,
        ["6102030405 6909990001", "7005850002 6102030405", "6909990001 1"],
        id="bestillerens kreds",
    ),
    pytest.param(
        "laegevalg",
        laegevalg.BESTILLINGER,
        laegevalg.INDREJSEBESTILLINGER,
        ["6102030405", "6909990001"],
        id="bestillinger ved indrejse",
    ),
    pytest.param("laegevalg", laegevalg.SIKREDE, laegevalg.NAERMESTE, [BARN, VAERGE], id="de nærmeste"),
    pytest.param(
        "laegevalg",
        laegevalg.VALG,
        laegevalg.VALG_I_GANG,
        [person_id_ved_oprettelse("6909990001", "hemmelig"), "1"],
        id="valg i gang",
    ),
    pytest.param("laegevalg", laegevalg.VALG, laegevalg.VALG_I_GANG_EFTER_CPR, ["6909990001", "1"], id="valgene"),
]


async def test_indrejser_i_gang_findes_i_begge_former(database: str, hub: Hub) -> None:
    """CPR-14: an entry is looked for where a place or its day is awaited, and only there."""
    motor = hub.motorer["laegevalg"]
    sag = next(iter(motor.raekker["sag"].values()))
    tilstande = {f"sag-{t}": t for t in type(sag.tilstand)}
    motor.raekker["sag"] = {i: replace(sag, forloeb_id=i, tilstand=t) for i, t in tilstande.items()}
    ventet = laegevalg.SAGER_I_GANG.hukommelse(motor.raekker["sag"].values(), sag.person_id)
    i_gang = ("AFVENTER_BESTILLING", "AFVENTER_FAMILIE", "AFVENTER_IKRAFT", "AFVENTER_PLADS", "ANNULLERES")
    assert ventet == [f"sag-{t}" for t in i_gang]
    async with skema(database, motor) as transaktion:
        fundet = await transaktion.db.fetch(laegevalg.SAGER_I_GANG.sql, [sag.person_id])
    assert [noegle for _, noegle in fundet] == ventet


@pytest.mark.parametrize(
    ("navn", "soegning", "fundne"),
    [
        pytest.param("sag", laegevalg.SAGERS_KORT, ["BEKRAEFTET", "BESTILT"], id="indrejser"),
        pytest.param("valg", laegevalg.VALGS_KORT, ["BESTILT"], id="valg"),
    ],
)
async def test_kort_der_kan_stoppes_findes_i_begge_former(
    database: str, hub: Hub, navn: str, soegning: Soegning, fundne: list[str]
) -> None:
    """CPR-14, KORT-09: whatever state the forløb is in; not what is drawn, stopped or was never ordered."""
    motor = hub.motorer["laegevalg"]
    foerste = next(iter(motor.raekker[navn].values()))
    motor.raekker[navn] = {str(k): replace(foerste, forloeb_id=str(k), kort=k) for k in (None, *Kortspor)}
    assert soegning.hukommelse(motor.raekker[navn].values(), foerste.person_id) == fundne
    async with skema(database, motor) as transaktion:
        fundet = await transaktion.db.fetch(soegning.sql, [foerste.person_id])
    assert [noegle for _, noegle in fundet] == fundne


@pytest.mark.parametrize(
    ("navn", "soegning", "felter"),
    [
        pytest.param("sag", laegevalg.SAGER_I_GANG, {"tilstand": Tilstand.AFVENTER_PLADS}, id="indrejser i gang"),
        pytest.param("sag", laegevalg.SAGERS_KORT, {"kort": Kortspor.BESTILT}, id="indrejsers kort"),
        pytest.param("sag", laegevalg.PERSONENS_SAGER, {}, id="indrejser"),
        pytest.param("valg", laegevalg.VALG_I_GANG, {"tilstand": Valgtilstand.GODKENDT}, id="valg i gang"),
        pytest.param("valg", laegevalg.PERSONENS_VALG, {}, id="valg"),
        pytest.param("personsag", laegevalg.PERSONENS_PERSONSAGER, {}, id="personsager"),
        pytest.param("personsag", laegevalg.OPGIVNE_IDERS_PERSONSAGER, {}, id="fra opgivne ider"),
    ],
)
async def test_under_et_opgivet_id_findes_i_begge_former(
    database: str, hub: Hub, navn: str, soegning: Soegning, felter: dict[str, Any]
) -> None:
    """CPR-11, decision 0024: by the id it began under, and by the one the person goes by; once by each."""
    motor = hub.motorer["laegevalg"]
    foerste = next(iter(motor.raekker[navn].values()))
    egne = {"a": ("gammel", "ny"), "b": ("ny", None), "c": ("gammel", None), "d": ("anden", "tredje")}
    motor.raekker[navn] = {
        i: replace(foerste, forloeb_id=i, person_id=person_id, nu_hos=nu_hos, **felter)
        for i, (person_id, nu_hos) in egne.items()
    }
    raekker = motor.raekker[navn].values()
    hukommelse = {a: soegning.hukommelse(raekker, a) for a in ("ny", "gammel", "tredje", "x")}
    if soegning is laegevalg.OPGIVNE_IDERS_PERSONSAGER:
        assert hukommelse == {"ny": ["a"], "gammel": [], "tredje": ["d"], "x": []}
    else:
        assert {a: sorted(f) for a, f in hukommelse.items()} == {
            "ny": ["a", "b"], "gammel": ["a", "c"], "tredje": ["d"], "x": [],
        }  # fmt: skip
    async with skema(database, motor) as transaktion:
        fundet: dict[str, list[str]] = {a: [] for a in hukommelse}
        for argument, noegle in await transaktion.db.fetch(soegning.sql, list(hukommelse)):
            fundet[argument].append(noegle)
    assert fundet == hukommelse


async def test_hvem_en_person_viste_sig_at_vaere(database: str, hub: Hub) -> None:
    """CPR-11: in both forms; nobody where he is not known."""
    motor = hub.motorer["laegevalg"]
    foerste = next(iter(motor.raekker["sikret"].values()))
    efter = {"gammel": "ny", "ny": None, "alene": "ukendt"}
    motor.raekker["sikret"] = {i: replace(foerste, person_id=i, afloest_af=til) for i, til in efter.items()}
    raekker = motor.raekker["sikret"].values()
    ventet = [("gammel", i) for i in laegevalg.AFLOESER.hukommelse(raekker, "gammel")]
    assert ventet == [("gammel", "ny")]
    assert [laegevalg.AFLOESER.hukommelse(raekker, i) for i in ("ny", "alene", "x")] == [[], [], []]
    async with skema(database, motor) as transaktion:
        fundet = await transaktion.db.fetch(laegevalg.AFLOESER.sql, ["gammel", "ny", "alene", "x"])
    assert [tuple(r) for r in fundet] == ventet


async def test_hvem_familien_viste_sig_at_vaere(database: str, hub: Hub) -> None:
    """CPR-11, FAM-05: in both forms; each once."""
    motor = hub.motorer["laegevalg"]
    foerste = next(iter(motor.raekker["sikret"].values()))
    efter = {"mor": "ny", "Far": "ny", "x": "æ", "æ": None, "ny": None, "alene": "ukendt"}
    motor.raekker["sikret"] = {i: replace(foerste, person_id=i, afloest_af=til) for i, til in efter.items()}
    soegning, raekker = laegevalg.AFLOESERE_I_FAMILIEN, motor.raekker["sikret"].values()
    hukommelse = {a: soegning.hukommelse(raekker, a) for a in ("mor Far x", "mor", "ny alene hun")}
    assert hukommelse == {"mor Far x": ["ny", "æ"], "mor": ["ny"], "ny alene hun": []}
    async with skema(database, motor) as transaktion:
        fundet: dict[str, list[str]] = {a: [] for a in hukommelse}
        for argument, noegle in await transaktion.db.fetch(soegning.sql, list(hukommelse)):
            fundet[argument].append(noegle)
    assert fundet == hukommelse


@pytest.mark.parametrize(("navn", "tabel", "soegning", "argumenter"), SOEGNINGER)
async def test_soegningen_finder_det_samme_i_begge_former(
    database: str, hub: Hub, navn: str, tabel: Tabel[Any], soegning: Soegning, argumenter: list[str]
) -> None:
    motor = hub.motorer[navn]
    raekker: Iterable[Any] = motor.raekker[tabel.navn].values()
    hukommelse = {a: soegning.hukommelse(raekker, a) for a in argumenter}

    async with skema(database, motor) as transaktion:
        fundet: dict[str, list[str]] = {a: [] for a in argumenter}
        for argument, noegle in await transaktion.db.fetch(soegning.sql, argumenter):
            fundet[argument].append(noegle)

    assert fundet == hukommelse
    assert [len(n) for n in hukommelse.values()] in ([1, 0], [2, 2, 0], [1, 1, 0])


def test_bestilling_ved_indrejse_findes_til_den_er_opgivet() -> None:
    """IND-04: waiting or handed over, but not refused; an ordinary order is none."""
    motor = Motor(LAEGEVALG)
    motor.modtag(bestilt(cpr="6102030405", bestilt=NU, virkningsdato=date(2024, 11, 20)), NU)
    felter = {"kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "betalingskort": None, "gruppe": "1"}
    for nr, dag in (("venter", date(2024, 11, 20)), ("afvist", date(2020, 1, 1))):
        motor.modtag(bestilt(cpr="6102030405", bestilling_id=nr, bestilt=NU, virkningsdato=dag, **felter), NU)
    raekker = motor.raekker["bestilling"].values()
    assert laegevalg.INDREJSEBESTILLINGER.hukommelse(raekker, "6102030405") == ["venter"]
