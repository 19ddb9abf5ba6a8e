"""A person enters Denmark: IND-01, -02, -04, -06..08, LV-17, KORT-14, POST-11..13, -16..18, -24 (S14, S15, S18)."""

import asyncio
from functools import partial

from contracts.cpr_opslag import CprOpslagBestilt
from contracts.noegle import cpr_noegle
from contracts.opgave import AfslutOpgave, OpgaveOprettet, Opgavetype, TildelOpgave
from contracts.yder import Yderstatus
from tests.journeys.rejse import (
    HEMMELIGHED,
    SAGSBEHANDLER,
    Rejse,
    barn_af,
    borger,
    dansk,
    gift_med,
    linjer,
    person_id,
    yder,
)

RANDERS = "0730"
AARHUS, FAVRSKOV, LAESOE, THISTED, VIBORG, VEJLE = "0751", "0710", "0825", "0787", "0791", "0630"


async def test_s15_automatisk_indrejse_faar_praksissen_med_flest_frie_pladser(rejse: Rejse) -> None:
    """Given Erik enters Aarhus 2024-11-04; When the event comes next day; Then group 1, Y11, a card, two letters."""
    erik = borger("6909991234", "Erik Ærlig", "1999-09-09", AARHUS, "2024-11-04")
    await rejse.ur("2024-11-05T08:00")
    await rejse.ydere(yder("700010", AARHUS, 5), yder("700011", AARHUS, 40), yder("700012", FAVRSKOV, 300))

    await rejse.cpr(erik, "A05", "2024-11-04", "2024-11-04")

    assert await rejse.haendt(erik.cpr) == sorted(
        [
            "PersonIndrejst",
            "ForloebStartet",
            "GruppeTraadtIKraft 1 2024-11-04 INDREJSE",
            "PladsAnmodet",
            "PladsReserveret 700011",
            "LaegevalgReserveret 700011 2024-11-04",
            "LaegevalgGodkendt 700011 2024-11-04 AUTOMATISK",
            "LaegevalgTraadtIKraft 700011 2024-11-04",
            "ForloebAfsluttet LAEGE_TILDELT",
            "KortAnmodet 1 700011 FOERSTE_RET 0",
            "KortBestilt FOERSTE_RET 0",
            "BrevAnmodet LAEGEVALGSKVITTERING",
            "BrevAnmodet SUNDHEDSKORTKVITTERING",
            "BrevSendt LAEGEVALGSKVITTERING DIGITAL",
            "BrevSendt SUNDHEDSKORTKVITTERING DIGITAL",
        ]
    )
    await rejse.frem_til("2024-11-12T08:00")
    assert await rejse.haendt(erik.cpr) == ["KortAfsendt", "KortTrukket"]
    await rejse.frem_til("2025-02-01T08:00")
    assert await rejse.haendt(erik.cpr) == []
    await rejse.balance()


async def test_s16_indrejsen_er_behandlet_af_en_sagsbehandler_dagen_foer(rejse: Rejse) -> None:
    """S16: Rikke stands at the counter on the day she enters. A caseworker looks her up in CPR for a fee (CPR-16), and
    gives her group 1 and a doctor in one order (IND-03): a card, and no letter at all (IND-07). When CPR tells of the
    entry the day after, nothing more happens (IND-04), although another doctor has more room."""
    rikke = borger("6111871242", "Rikke Ro", "1987-11-01", RANDERS, "2024-11-04")
    await rejse.ur("2024-11-04T10:00")
    await rejse.ydere(yder("700080", RANDERS, 5), yder("700081", RANDERS, 40))
    await rejse.ro()
    await rejse.stil("cpr_online", "/personer", rikke.model_dump(mode="json"))

    opslag = CprOpslagBestilt(
        opslag_id=f"opslag-{rejse.mrk}", kanal="SAGSBEHANDLER", aktoer="sb-7", rolle="SAGSBEHANDLER",
        kommunekode=RANDERS, cpr=rikke.cpr, grund="Indrejst i dag", bestilt=dansk("2024-11-04", "10:00"),
    )  # fmt: skip
    await rejse.udgiv(opslag, cpr_noegle(rikke.cpr, HEMMELIGHED), opslag.opslag_id, opslag.bestilt)
    assert await rejse.haendt(rikke.cpr) == ["CprOpslagUdfoert"]
    assert (await rejse.hos("cpr_online", "/regning"))[RANDERS] == 1

    valg = await rejse.bestil(
        "ind", rikke.cpr, "700080", "2024-11-04", gruppe="1", anledning="INDREJSE", kommunekode=RANDERS, **SAGSBEHANDLER
    )
    assert await rejse.haendt(rikke.cpr) == sorted(
        [
            "BestillingModtaget", "ForloebStartet", "GruppeTraadtIKraft 1 2024-11-04 INDREJSE",
            "PladsHosYderAnmodet 700080 2024-11-04", "PladsReserveret 700080", "LaegevalgReserveret 700080 2024-11-04",
            "LaegevalgGodkendt 700080 2024-11-04 AABEN", "LaegevalgTraadtIKraft 700080 2024-11-04",
            "KortAnmodetV2 1 700080 FOERSTE_RET 0", "KortBestilt FOERSTE_RET 0", "ForloebAfsluttet LAEGE_VALGT",
        ]
    )  # fmt: skip

    await rejse.ur("2024-11-05T04:00")
    await rejse.cpr(rikke, "A05", "2024-11-04", "2024-11-05")
    assert await rejse.haendt(rikke.cpr) == [
        "ForloebAfsluttet BEHANDLET_UDEN_HANDLING", "ForloebStartet", "PersonIndrejst"
    ]  # fmt: skip
    await rejse.frem_til("2024-11-08T08:00")
    assert await rejse.haendt(rikke.cpr) == ["KortAfsendt", "KortTrukket"]

    om = f"/personer/{person_id(rikke.cpr)}"
    nu = (await rejse.spoerg(RANDERS, om)).json()
    assert (nu["gruppe"], nu["gruppe_fra"], nu["ydernummer"], nu["laege_fra"]) == (
        "1", "2024-11-04", "700080", "2024-11-04"
    )  # fmt: skip
    indrejse = f"indrejse-{person_id(rikke.cpr)}-2024-11-04"
    forloeb = (await rejse.spoerg(RANDERS, f"{om}/forloeb")).json()["forloeb"]
    assert {(f["forloeb_id"], f["art"], f["i_gang"]) for f in forloeb} == {
        (valg, "LAEGEVALG", False), (indrejse, "INDREJSE", False)
    }  # fmt: skip
    assert (await rejse.spoerg(RANDERS, f"/forloeb/{valg}")).json()["oprettet_af"] == "sb-7"
    await rejse.balance()


async def test_samme_haendelse_igen_og_et_aar_efter_aendrer_intet(rejse: Rejse) -> None:
    """CPR-09, IND-04: the same event again, the same entry under another id, and again a year later: nothing."""
    eva = borger("6105881235", "Eva Ågård", "1988-05-01", THISTED, "2024-03-04")
    await rejse.ur("2024-03-05T08:00")
    await rejse.ydere(yder("700020", THISTED, 10))
    await rejse.cpr(eva, "A05", "2024-03-04", "2024-03-04", id_="eva-1")
    assert "ForloebAfsluttet LAEGE_TILDELT" in await rejse.haendt(eva.cpr)

    await rejse.cpr(eva, "A05", "2024-03-04", "2024-03-04", id_="eva-1")
    assert await rejse.haendt(eva.cpr) == []
    await rejse.cpr(eva, "A05", "2024-03-04", "2024-03-04", id_="eva-2")
    assert await rejse.haendt(eva.cpr) == []
    await rejse.frem_til("2025-03-05T08:00")
    await rejse.ro()
    await rejse.cpr(eva, "A05", "2024-03-04", "2024-03-04", id_="eva-1")
    assert await rejse.haendt(eva.cpr) == []


async def test_s18_ingen_aaben_praksis_giver_en_manuel_opgave(rejse: Rejse) -> None:
    """IND-02: all doctors of Læsø are closed: group 1 is set, one MANUEL task there with the CPR number, no place. Læsø
    gives it to a caseworker and closes it, for good; Aarhus has no say and sees nothing (OPG-02)."""
    signe = borger("6212771236", "Signe Sø", "1977-12-02", LAESOE, "2024-05-06")
    await rejse.ur("2024-05-07T08:00")
    await rejse.ydere(yder("700030", LAESOE, 50, Yderstatus.LUKKET))

    await rejse.cpr(signe, "A05", "2024-05-06", "2024-05-06")
    alt = [k.besked for k in await rejse.ro()]
    assert linjer(alt, signe.cpr) == sorted(
        [
            "PersonIndrejst", "ForloebStartet", "GruppeTraadtIKraft 1 2024-05-06 INDREJSE", "PladsAnmodet",
            "IngenPlads INGEN_AABEN_PRAKSIS",
            "OpgaveAnmodet INDREJSE_UDEN_LAEGE 0825", "OpgaveOprettet INDREJSE_UDEN_LAEGE 0825",
            "ForloebAfsluttet OVERGIVET_TIL_SAGSBEHANDLER",
        ]
    )  # fmt: skip
    (opgave,) = [b for b in alt if isinstance(b, OpgaveOprettet)]
    assert (opgave.topic(), opgave.opgavetype, opgave.cpr) == (f"opgaver.{LAESOE}", Opgavetype.MANUEL, signe.cpr)

    sti = f"/opgaver/{opgave.opgave_id}"
    assert [(await rejse.spoerg(k, sti, "opgaver")).status_code for k in (LAESOE, AARHUS)] == [200, 404]
    tildel = partial(TildelOpgave, sagsbehandler="sb-9")
    luk = partial(AfslutOpgave, begrundelse="Borgeren har valgt en læge i Frederikshavn.")
    for i, (kommando, kommune) in enumerate(((tildel, AARHUS), (tildel, LAESOE), (luk, LAESOE), (tildel, LAESOE))):
        besked = kommando(
            opgave_id=opgave.opgave_id, kommando_id=f"nr{i}-{rejse.mrk}", kanal="SAGSBEHANDLER", aktoer="sb-7",
            rolle="SAGSBEHANDLER", kommunekode=kommune, afgivet=dansk("2024-05-07", "08:00"),
        )  # fmt: skip
        await rejse.udgiv(besked, opgave.opgave_id, besked.kommando_id, besked.afgivet)
    koe = [(b.topic(), type(b).__name__, getattr(b, "grund", "")) for b in [k.besked for k in await rejse.ro()]]
    assert sorted(koe) == [
        (f"opgaver.{AARHUS}", "OpgavekommandoAfvist", "UKENDT_OPGAVE"),
        (f"opgaver.{LAESOE}", "OpgaveAfsluttet", ""),
        (f"opgaver.{LAESOE}", "OpgaveTildelt", ""),
        (f"opgaver.{LAESOE}", "OpgavekommandoAfvist", "OPGAVE_AFSLUTTET"),
    ]
    nu = (await rejse.spoerg(LAESOE, sti, "opgaver")).json()
    assert (nu["tilstand"], nu["sagsbehandler"], nu["afsluttet_af"]) == ("AFSLUTTET", "sb-9", "sb-7")
    await rejse.balance()


async def test_s14_genindrejse_faar_gruppe_1_en_laege_og_et_gratis_kort(rejse: Rejse) -> None:
    """IND-01: back from Norway 2024-10-01, received 2024-10-02."""
    dora = borger("6505851237", "Dora Dam", "1985-05-05", VIBORG, "2024-10-01", land="5110")
    await rejse.ur("2024-10-02T08:00")
    await rejse.ydere(yder("700040", VIBORG, 3))
    await rejse.cpr(dora, "A04", "2024-10-01", "2024-10-01")
    haendt = await rejse.haendt(dora.cpr)
    assert "GruppeTraadtIKraft 1 2024-10-01 GENINDREJSE" in haendt
    assert "LaegevalgTraadtIKraft 700040 2024-10-01" in haendt
    assert "KortBestilt GENINDREJSE 0" in haendt


async def test_den_sidste_plads_faar_netop_en(rejse: Rejse) -> None:
    """LV-17: twenty enter at once where one place is left: one has it, nineteen become tasks."""
    kommune = "0492"
    await rejse.ur("2024-06-04T08:00")
    await rejse.ydere(yder("700050", kommune, 1))
    folk = [borger(f"61018{n:02d}240", f"Nr {n} Kø", "1980-01-01", kommune, "2024-06-03") for n in range(20)]
    await asyncio.gather(*(rejse.cpr(p, "A05", "2024-06-03", "2024-06-03") for p in folk))
    alt = [k.besked for k in await rejse.ro()]
    navne = [type(b).__name__ for b in alt]
    assert navne.count("PladsReserveret") == 1
    assert navne.count("IngenPlads") == 19
    assert navne.count("OpgaveOprettet") == 19
    optagne = [b for b in alt if type(b).__name__ == "YderTilstand"]
    assert max(o.optagne for o in optagne) == 1600
    await rejse.balance()


async def test_barn_under_15_faar_foraelderens_laege_ogsaa_naar_den_er_lukket(rejse: Rejse) -> None:
    """FAM-05: the custody holder's doctor counts as open for the child, in another municipality too (IND-06)."""
    mor = borger("6102851238", "Mor Møller", "1985-02-01", VEJLE, "2024-02-05")
    barn = barn_af(borger("6103181239", "Barn Møller", "2018-03-01", "0630", "2024-04-02"), mor.cpr)
    await rejse.ur("2024-02-06T08:00")
    await rejse.ydere(yder("700060", VEJLE, 2))
    await rejse.cpr(mor, "A05", "2024-02-05", "2024-02-05")
    assert "LaegevalgTraadtIKraft 700060 2024-02-05" in await rejse.haendt(mor.cpr)
    await rejse.ur("2024-04-03T08:00")
    await rejse.ydere(yder("700060", VEJLE, 0, Yderstatus.LUKKET), yder("700061", VEJLE, 500))
    await rejse.cpr(barn, "A05", "2024-04-02", "2024-04-02")
    haendt = await rejse.haendt(barn.cpr)
    assert "PladsReserveret 700060" in haendt
    assert "BrevSendt LAEGEVALGSKVITTERING FYSISK" in haendt, "POST-16: under 15 with paper, to the child"
    assert [h for h in haendt if h.startswith("BrevSendt")].__len__() == 2


async def test_aegtefaellens_laege_foerst(rejse: Rejse) -> None:
    """IND-01: the family's doctor first, if it is open, then the one with most room."""
    anna = borger("6104801240", "Anna Lind", "1980-04-01", "0561", "2024-01-08")
    bo = gift_med(borger("6105791241", "Bo Lind", "1979-05-01", "0561", "2024-02-08"), anna.cpr)
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("700070", "0561", 5))
    await rejse.cpr(anna, "A05", "2024-01-08", "2024-01-08")
    await rejse.ro()
    await rejse.ydere(yder("700071", "0561", 500))
    await rejse.ur("2024-02-09T08:00")
    await rejse.cpr(bo, "A05", "2024-02-08", "2024-02-08")
    assert "PladsReserveret 700070" in await rejse.haendt(bo.cpr)
