"""Born and named, from the CPR extract on, in memory (CPR-15, KORT-14, FAM-05..07, POST-14)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from pydantic import SecretStr

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, ForloebAnnulleret
from contracts.brev import BrevAnmodet, BrevTilbagekaldes, BrevTilbagekaldt, BrevUndertrykt
from contracts.cpr import CprAdresse, CprForaeldremyndighed, CprHaendelse, CprNavn, CprPerson, CprRejse
from contracts.kort import KortAnmodet, KortAnmodetV2, KortAnnulleres
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet, GruppeTraadtIKraft, LaegevalgTraadtIKraft
from contracts.noegle import cpr_noegle, person_id_ved_oprettelse
from contracts.opgave import OpgaveAnmodet
from contracts.person import Adresse, PersonFoedt, PersonNavngivet, Personoplysninger, PersonTilstand
from contracts.plads import IngenPlads, PladsReserveret
from contracts.yder import YderOpdateret, Yderstatus
from services.cpr_events.app import TJENESTE as CPR_EVENTS
from services.digital_post.app import TJENESTE as DIGITAL_POST
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Familielaege, Sikring
from services.laegevalg.rules.foedsel import er_ny_i_registret, foraeldre_skal_vaelge
from services.plo_events.app import TJENESTE as PLO_EVENTS
from shared.platform.settings import Settings
from tests.motor import Hub, Motor, typer

HEMMELIG = "en hemmelighed"
BARN, MOR, FAR = "6505240001", "7005850002", "7005850011"
MORS, FARS, STOR = "000010", "000011", "000012"
D = date
FOEDT, NAVNGIVET = D(2024, 5, 24), D(2024, 6, 20)
HJEM = Adresse(kommunekode="0751", linje="Åboulevarden 7", postnummer="8000")
ANDETSTEDS = Adresse(kommunekode="0710", linje="Søgade 2", postnummer="8450")


def kl(maaned: int, dag: int, time: int = 6) -> datetime:
    return datetime(2024, maaned, dag, time, tzinfo=UTC)


def yder(nummer: str, ledige: int, status: Yderstatus = Yderstatus.AABEN, opdateret: datetime | None = None) -> Besked:
    return YderOpdateret(
        ydernummer=nummer, navn=f"Lægehuset {nummer}", kommunekode="0751", status=status, lukkegraense=1600,
        maksgraense=1700, antal_sikrede=1600 - ledige, opdateret=opdateret or kl(1, 1),
    )  # fmt: skip


def cpr_person(cpr: str, foedt: date, linje: str = "Åboulevarden 7", **andet: Any) -> CprPerson:
    tid = datetime(2024, 1, 8, 12, tzinfo=UTC)
    felter: dict[str, Any] = {
        "status": "01", "foedselsdato": foedt, "navn": CprNavn(fornavn="Mor", efternavn="Ærø"),
        "adresse": CprAdresse(kommunekode="0751", standardadresse=linje, postnummer="8000", tilflytning=tid),
        "rejser": (CprRejse(indrejse=tid),),
    }  # fmt: skip
    return CprPerson(cpr=cpr, **(felter | andet))


def sket(kode: str, dag: date, person: CprPerson) -> CprHaendelse:
    tid = datetime(dag.year, dag.month, dag.day, 15, tzinfo=UTC)
    return CprHaendelse(kode=kode, leverance=dag + timedelta(days=1), registreret=tid, person=person)


def barnet(navn: str = "", *, fra: date = FOEDT, **andet: Any) -> CprPerson:
    tid = datetime(fra.year, fra.month, fra.day, 12, tzinfo=UTC)
    myndighed = (CprForaeldremyndighed(type_="0003"),)
    felter: dict[str, Any] = {
        "navn": CprNavn(fornavn=navn, efternavn="Ærø" if navn else "", gaelder_fra=tid),
        "mor_cpr": MOR, "far_cpr": FAR, "foraeldremyndighed": myndighed, "rejser": (),
    }  # fmt: skip
    return cpr_person(BARN, FOEDT, **(felter | andet))


def foedt(kode: str = "A36", **andet: Any) -> CprHaendelse:
    return sket(kode, FOEDT, barnet(**andet))


def navngivet(kode: str = "A14", dag: date = NAVNGIVET, **andet: Any) -> CprHaendelse:
    return sket(kode, dag, barnet("Ask", fra=dag, **andet))


def tom_hub() -> Hub:
    hub = Hub(CPR_EVENTS(Settings(cpr_hemmelighed=SecretStr(HEMMELIG))), LAEGEVALG, PLO_EVENTS, DIGITAL_POST)
    hub.send(kl(1, 2), yder(MORS, 10), yder(FARS, 10), yder(STOR, 400))
    return hub


@pytest.fixture
def hub() -> Hub:
    """The mother has a doctor that has closed; the father another; they live together."""
    hub = tom_hub()
    for cpr, laege in ((MOR, MORS), (FAR, FARS)):
        hub.send(kl(1, 9), sket("A05", D(2024, 1, 8), cpr_person(cpr, D(1985, 5, 5))))
        hub.frem(kl(1, 9))
        hub.motorer["laegevalg"].gem(replace(sikret(hub, cpr), ydernummer=laege))
    hub.send(kl(1, 10), yder(MORS, 10, Yderstatus.LUKKET, kl(1, 10)))
    hub.udsendt.clear()
    return hub


def sikret(hub: Hub, cpr: str = BARN) -> Sikret:
    return hub.motorer["laegevalg"].raekker["sikret"][person_id_ved_oprettelse(cpr, HEMMELIG)]


def opgaver(hub: Hub) -> list[str]:
    """The reasons of the tasks about the child."""
    return [o.aarsag for o in hub.fra(OpgaveAnmodet) if o.person_id == person_id_ved_oprettelse(BARN, HEMMELIG)]


def forloeb() -> str:
    return f"foedsel-{person_id_ved_oprettelse(BARN, HEMMELIG)}"


def kort(hub: Hub) -> list[tuple[str, str, str, int, str | None]]:
    alle = [*hub.fra(KortAnmodet), *hub.fra(KortAnmodetV2)]
    return [(k.kort_id, k.navn, k.aarsag, k.gebyr_oere, k.ydernummer) for k in alle]


def foerste_kort(laege: str = MORS) -> list[tuple[str, str, str, int, str | None]]:
    return [(f"{forloeb()}:kort", "Ask Ærø", "FOERSTE_RET", 0, laege)]


def test_nyfoedt_uden_navn(hub: Hub) -> None:
    """CPR-15, FAM-05, KORT-14, POST-14: group 1 from birth, the mother's closed doctor, no card, no letter."""
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    assert [(g.gruppe, g.gyldig_fra, g.grund) for g in hub.fra(GruppeTraadtIKraft)] == [("1", FOEDT, "FOEDSEL")]
    assert [(v.ydernummer, v.virkningsdato) for v in hub.fra(LaegevalgTraadtIKraft)] == [(MORS, FOEDT)]
    assert [(s.art, s.forloeb_id, s.kommunekode) for s in hub.fra(ForloebStartet)] == [("FOEDSEL", forloeb(), "0751")]
    assert [a.udfald for a in hub.fra(ForloebAfsluttet)] == ["LAEGE_TILDELT"]
    assert kort(hub) == []
    assert [b.brevtype for b in hub.fra(BrevAnmodet)] == ["LAEGEVALGSKVITTERING"]
    assert [b.grund for b in hub.fra(BrevUndertrykt)] == ["UNAVNGIVET"]
    assert opgaver(hub) == []


@pytest.mark.parametrize(
    "navnene",
    [
        pytest.param([navngivet()], id="navngivet"),
        pytest.param([navngivet(), navngivet(dag=D(2024, 6, 21))], id="to gange"),
        pytest.param([navngivet("A13")], id="som navneændring"),
        pytest.param([navngivet(), navngivet("A13", D(2024, 7, 3))], id="og skifter navn igen"),
        pytest.param([navngivet("A36")], id="født fortalt igen, nu med navn"),
    ],
)
def test_kortet_kommer_med_navnet(hub: Hub, navnene: list[CprHaendelse]) -> None:
    """CPR-15, KORT-14, BET-09: exactly one first card, free, when the name is there."""
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    for nr, navn in enumerate(navnene):
        hub.send(kl(7, 4 + nr), navn)
        hub.frem(kl(7, 4 + nr))
    assert kort(hub) == foerste_kort()
    assert len(hub.fra(ForloebStartet)) == 1


@pytest.mark.parametrize("foedselskode", ["A36", "A51"])
def test_navnet_kendes_foer_foedslen_er_behandlet(hub: Hub, foedselskode: str) -> None:
    """CPR-15: told in the other order, the name tells of the birth; the birth adds nothing."""
    hub.send(kl(6, 21), navngivet())
    hub.frem(kl(6, 21))
    hub.send(kl(6, 22), foedt(foedselskode))
    hub.frem(kl(6, 22))
    assert kort(hub) == foerste_kort()
    assert [(g.gruppe, g.gyldig_fra) for g in hub.fra(GruppeTraadtIKraft)] == [("1", FOEDT)]
    assert sikret(hub).ydernummer == MORS


def test_foedt_med_navn(hub: Hub) -> None:
    """KORT-14: nothing to wait for."""
    hub.send(kl(5, 25), foedt(navn="Ask"))
    hub.frem(kl(5, 25))
    assert kort(hub) == foerste_kort()


def test_foedt_to_gange_fortalt(hub: Hub) -> None:
    """CPR-09: A36 and A51 are one birth."""
    hub.send(kl(5, 25), foedt(), foedt("A51"))
    hub.send(kl(5, 26), *hub.fra(PersonFoedt))
    hub.frem(kl(5, 26))
    assert len(hub.fra(LaegevalgTraadtIKraft)) == 1


def test_unavngivet_indrejst_barn(hub: Hub) -> None:
    """CPR-15, KORT-14: a newborn that comes from abroad has no card made out to nobody, and one when it is named."""
    rejse = (CprRejse(indrejse=kl(5, 28, 12)),)
    hub.send(kl(5, 29), sket("A05", D(2024, 5, 28), barnet(rejser=rejse)))
    hub.frem(kl(5, 29))
    assert kort(hub) == []
    assert sikret(hub).ydernummer == MORS
    hub.send(kl(6, 21), navngivet(rejser=rejse))
    hub.frem(kl(6, 21))
    assert [k[1:] for k in kort(hub)] == [("Ask Ærø", "FOERSTE_RET", 0, MORS)]
    assert [f.art for f in hub.fra(ForloebStartet)] == ["INDREJSE"]


def test_flytning_foer_navnet(hub: Hub) -> None:
    """CPR-15, KORT-16: no card for the move of a child without a name; its first goes to where it lives."""
    hub.send(kl(5, 25), foedt())
    ny = CprAdresse(kommunekode="0751", standardadresse="Ny Vej 1", postnummer="8000", tilflytning=kl(6, 3, 12))
    hub.send(kl(6, 4), sket("A01", D(2024, 6, 3), barnet(adresse=ny)))
    hub.frem(kl(6, 4))
    assert kort(hub) == []
    hub.send(kl(6, 21), navngivet(adresse=ny))
    hub.frem(kl(6, 21))
    assert kort(hub) == foerste_kort()
    assert [k.adresse.linje for k in hub.fra(KortAnmodet) if k.adresse] == ["Ny Vej 1"]


def test_kortet_baerer_den_laege_barnet_har_nu(hub: Hub) -> None:
    """KORT-14: the parents chose another meanwhile."""
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    hub.motorer["laegevalg"].gem(replace(sikret(hub), ydernummer=STOR, praksisnavn="Lægehuset 000012"))
    hub.send(kl(6, 21), navngivet())
    hub.frem(kl(6, 21))
    assert kort(hub) == foerste_kort(STOR)


@pytest.mark.parametrize(
    ("status", "gruppe"), [pytest.param("90", "9", id="død"), pytest.param("80", "7", id="udrejst")]
)
def test_intet_kort_uden_ret(hub: Hub, status: str, gruppe: str) -> None:
    """CPR-14, KORT-14: one that is dead or has left has no card when the name comes."""
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    hub.motorer["laegevalg"].gem(replace(sikret(hub), gruppe=gruppe))
    barn = sikret(hub)
    assert barn.person is not None
    navnet = barn.person.model_copy(update={"fornavn": "Ask", "status": status, "adresse": None})
    motor = hub.motorer["laegevalg"]
    motor.modtag(PersonTilstand(person_id=barn.person_id, version=99, person=navnet), kl(6, 21))
    hub.frem(kl(6, 21))
    assert kort(hub) == []


def test_ingen_laege_til_den_nyfoedte() -> None:
    """CPR-15, IND-02: nobody has the custody here, and no practice is open: group 1 and a task; no card when named."""
    hub = tom_hub()
    hub.send(kl(1, 3), *(yder(nr, 5, Yderstatus.LUKKET, kl(1, 3)) for nr in (MORS, FARS, STOR)))
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    hub.send(kl(6, 21), navngivet())
    hub.frem(kl(6, 21))
    assert [(o.aarsag, o.opgavetype) for o in hub.fra(OpgaveAnmodet)] == [("FOEDT_UDEN_LAEGE", "MANUEL")]
    assert (sikret(hub).gruppe, sikret(hub).gruppe_fra) == ("1", FOEDT)
    assert kort(hub) == []


def test_foraeldre_uden_laege_soeg_som_ved_indrejse() -> None:
    """FAM-05, IND-01: a mother nobody has told of."""
    hub = tom_hub()
    hub.send(kl(5, 25), foedt())
    hub.frem(kl(5, 25))
    assert sikret(hub).ydernummer == STOR


BEGGE = (CprForaeldremyndighed(type_="0003"), CprForaeldremyndighed(type_="0004"))


@pytest.mark.parametrize("haendelse", ["foedt", "indrejst"])
def test_foraeldrene_har_hver_sin_laege(hub: Hub, haendelse: str) -> None:
    """FAM-06: they live together and have different doctors: group 1, and a task for the parents to decide."""
    barn = barnet(foraeldremyndighed=BEGGE, rejser=(CprRejse(indrejse=kl(5, 24, 12)),))
    hub.send(kl(5, 25), sket("A36" if haendelse == "foedt" else "A05", FOEDT, barn))
    hub.frem(kl(5, 25))
    assert opgaver(hub) == ["FORAELDRE_MED_HVER_SIN_LAEGE"]
    assert [g.gruppe for g in hub.fra(GruppeTraadtIKraft)] == ["1"]
    assert [a.udfald for a in hub.fra(ForloebAfsluttet)] == ["OVERGIVET_TIL_SAGSBEHANDLER"]
    assert hub.fra(PladsReserveret) == []


def test_foraeldrene_valgte_foer_navnet(hub: Hub) -> None:
    """FAM-06, CPR-15: the doctor chosen by hand stands on the card that comes with the name."""
    hub.send(kl(5, 25), foedt(foraeldremyndighed=BEGGE))
    hub.frem(kl(5, 25))
    hub.motorer["laegevalg"].gem(replace(sikret(hub), ydernummer=FARS, laege_fra=D(2024, 6, 1)))
    hub.send(kl(6, 21), navngivet(foraeldremyndighed=BEGGE))
    hub.frem(kl(6, 21))
    assert kort(hub) == foerste_kort(FARS)


def test_barnet_bor_hos_faren(hub: Hub) -> None:
    """FAM-07: separate residences: the doctor of the one it lives with."""
    hub.send(kl(3, 1), sket("A01", D(2024, 2, 29), cpr_person(MOR, D(1985, 5, 5), "Søgade 2")))
    hub.send(kl(5, 25), foedt(foraeldremyndighed=BEGGE))
    hub.frem(kl(5, 25))
    assert sikret(hub).ydernummer == FARS


LAEGER = {
    "mor": Familielaege(MORS, HJEM), "far": Familielaege(FARS, HJEM), "farmor": Familielaege(STOR, ANDETSTEDS),
    "moster": Familielaege(MORS, ANDETSTEDS),
}  # fmt: skip
SKAL_VAELGE = [
    pytest.param(("mor", "far"), FOEDT, True, id="FAM-06: bor hos begge, hver sin læge"),
    pytest.param(("mor", "farmor"), FOEDT, False, id="FAM-07: bor hos den ene"),
    pytest.param(("mor", "moster"), FOEDT, False, id="FAM-06: samme læge"),
    pytest.param(("mor",), FOEDT, False, id="FAM-05: een indehaver"),
    pytest.param(("mor", "ukendt"), FOEDT, False, id="FAM-05: den anden har ingen læge"),
    pytest.param((), FOEDT, False, id="FAM-05: ingen indehaver"),
    pytest.param(("mor", "far"), D(2009, 5, 25), True, id="FAM-05: dagen før 15 år"),
    pytest.param(("mor", "far"), D(2009, 5, 24), False, id="FAM-05: på 15-årsdagen"),
]


@pytest.mark.parametrize(("myndige", "foedt_", "svar"), SKAL_VAELGE)
def test_foraeldre_skal_vaelge(myndige: tuple[str, ...], foedt_: date, svar: bool) -> None:
    """FAM-05, FAM-06, FAM-07."""
    hvem = oplyst(foedselsdato=foedt_, foraeldremyndighed_ider=myndige)
    assert foraeldre_skal_vaelge(hvem, FOEDT, LAEGER) is svar


def test_bor_hos_ingen_af_foraeldrene() -> None:
    """FAM-06: neither is nearer than the other."""
    hvem = oplyst(foraeldremyndighed_ider=("mor", "far"), adresse=ANDETSTEDS)
    assert foraeldre_skal_vaelge(hvem, FOEDT, LAEGER)


def oplyst(**andet: Any) -> Personoplysninger:
    felter: dict[str, Any] = {
        "person_id": "p", "cpr": BARN, "status": "01", "foedselsdato": FOEDT, "adresse": HJEM,
    }  # fmt: skip
    return Personoplysninger(**(felter | andet))


@pytest.mark.parametrize(
    ("navngives", "sikring", "adresse", "svar"),
    [
        pytest.param(D(2024, 6, 20), Sikring(), HJEM, True, id="en måned gammel"),
        pytest.param(D(2025, 5, 24), Sikring(), HJEM, True, id="på årsdagen"),
        pytest.param(D(2025, 5, 25), Sikring(), HJEM, False, id="dagen efter årsdagen"),
        pytest.param(D(2024, 6, 20), Sikring("1", FOEDT), HJEM, False, id="har en gruppe"),
        pytest.param(D(2024, 6, 20), Sikring(), None, False, id="uden adresse"),
    ],
)
def test_navnet_fortaeller_om_en_foedsel(
    navngives: date, sikring: Sikring, adresse: Adresse | None, svar: bool
) -> None:
    """CPR-15: only of a child, and only where nobody has told anything else."""
    assert er_ny_i_registret(oplyst(adresse=adresse), sikring, navngives) is svar


def test_en_voksen_med_navngivning_er_ikke_foedt(hub: Hub) -> None:
    """CPR-15: what A14 means is only surmised; of one who is no newborn it leads to nothing."""
    hub.send(kl(6, 21), sket("A14", D(2024, 6, 20), cpr_person("7005850029", D(1985, 5, 5))))
    hub.frem(kl(6, 21))
    assert hub.fra(ForloebStartet) == []
    assert kort(hub) == []


# --- every order of arrival -------------------------------------------------------------------------------------------

UDEN, MED = oplyst(), oplyst(fornavn="Ask", efternavn="Ærø")
PLADS = PladsReserveret(
    forloeb_id="foedsel-p", person_id="p", ydernummer=MORS, praksisnavn="Lægehuset", kommunekode="0751"
)
DELE: dict[str, Besked] = {
    "foedt": PersonFoedt(person_id="p", person=UDEN, foedselsdato=FOEDT),
    "navngivet": PersonNavngivet(person_id="p", person=MED, gaelder_fra=D(2024, 6, 20)),
    "unavngivet tilstand": PersonTilstand(person_id="p", version=1, person=UDEN),
    "navngivet tilstand": PersonTilstand(person_id="p", version=2, person=MED),
    "plads": PLADS,
}


def _raekkefoelger() -> list[tuple[str, ...]]:
    """Every order that two topics and an answer can come in: the answer comes after what it answers."""
    return [r for r in permutations(DELE) if r.index("plads") > min(r.index("foedt"), r.index("navngivet"))]


@pytest.mark.parametrize("orden", _raekkefoelger(), ids=" < ".join)
def test_altid_eet_kort(orden: tuple[str, ...]) -> None:
    """CPR-15, KORT-14: whichever comes first, exactly one first card, with the name and the doctor."""
    motor = Motor(LAEGEVALG)
    for nr, del_ in enumerate(orden):
        motor.modtag(DELE[del_], kl(6, 21, nr))
        while frist := motor.forfaldne(kl(6, 21, nr)):
            for besked in frist:
                motor.modtag(besked, kl(6, 21, nr))
    assert [(k.navn, k.ydernummer, k.aarsag) for k in motor.fra(KortAnmodet)] == [("Ask Ærø", MORS, "FOERSTE_RET")]
    assert len(motor.fra(ForloebStartet)) == 1


def test_annulleret_foer_navnet() -> None:
    """FORL-05, FORL-06, CPR-15: there is no card to stop; the name comes to a child without a doctor."""
    motor = Motor(LAEGEVALG)
    for besked in (DELE["foedt"], DELE["unavngivet tilstand"], PLADS):
        motor.modtag(besked, kl(5, 1))  # in force first at midnight of the day of birth
    kommando = AnnullerForloeb.model_validate(
        {"noegle": cpr_noegle(BARN, HEMMELIG), "bestilling_id": "a1", "kanal": "SAGSBEHANDLER", "aktoer": "sb-7",
         "rolle": "SAGSBEHANDLER", "forloeb_id": "foedsel-p", "grund": "fortrudt", "bestilt": kl(5, 1)}
    )  # fmt: skip
    motor.modtag(kommando, kl(5, 1))
    while klar := motor.forfaldne(kl(5, 1)):
        for besked in klar:
            motor.modtag(besked, kl(5, 1))
    (tilbage,) = motor.fra(BrevTilbagekaldes)
    brevet = {"brev_id": tilbage.brev_id, "forloeb_id": tilbage.forloeb_id, "person_id": tilbage.person_id}
    svaret = {"brevtype": "LAEGEVALGSKVITTERING", "grund": "ANNULLERET"}
    motor.modtag(BrevTilbagekaldt.model_validate(brevet | svaret), kl(5, 1))
    assert [a.ikke_fortrudt for a in motor.fra(ForloebAnnulleret)] == [()]
    assert motor.fra(KortAnnulleres) == []
    motor.modtag(DELE["navngivet tilstand"], kl(6, 21))
    for besked in motor.forfaldne(kl(6, 21)):
        motor.modtag(besked, kl(6, 21))
    assert motor.fra(KortAnmodet) == []


def test_navngivet_mellem_afslaget_og_valget() -> None:
    """IND-02, CPR-15: named while a caseworker looks for a doctor: the card comes with the choice, not before."""
    motor = Motor(LAEGEVALG)
    ingen = IngenPlads(forloeb_id="foedsel-p", person_id="p", kommunekode="0751", grund="INGEN_KAPACITET")
    for besked in (DELE["foedt"], ingen, DELE["navngivet tilstand"]):
        motor.modtag(besked, kl(6, 21))
    for intern in motor.forfaldne(kl(6, 21)):
        motor.modtag(intern, kl(6, 21))
    assert motor.fra(KortAnmodet) == []
    assert typer(motor.udsendt)[-2:] == ["OpgaveAnmodet", "ForloebAfsluttet"]


def test_foedsel_uden_adresse_er_en_synlig_fejl() -> None:
    with pytest.raises(ValueError, match="PersonFoedt uden adresse"):
        Motor(LAEGEVALG).modtag(PersonFoedt(person_id="p", person=oplyst(adresse=None), foedselsdato=FOEDT), kl(6, 1))
