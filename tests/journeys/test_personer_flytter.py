"""A person moves: with a choice of doctor waiting, as a child, to Greenland, abroad and back (S08, S10, S12..S14)."""

from datetime import date

from contracts.base import Besked
from contracts.bestilling import BestillingAfvist, BestillingModtaget, LaegevalgBestilt
from contracts.cpr import CprAdresse, CprPerson, CprRejse, FlytningGodkendt
from contracts.kort import KortAnmodetV2
from contracts.noegle import cpr_noegle
from contracts.notat import OpretNotat
from contracts.opgave import OpretOpgave
from contracts.yder import Yderstatus
from tests.journeys.rejse import (
    HEMMELIGHED,
    KORTBREV,
    LAEGEBREV,
    SAGSBEHANDLER,
    Rejse,
    barn_af,
    borger,
    dansk,
    linjer,
    person_id,
    yder,
)
from tests.journeys.valget import VEJLE, Vaelger, Valg

ODENSE, HORSENS, HERNING, NUUK, SILKEBORG = "0461", "0615", "0657", "0956", "0740"
FREDERICIA = "0607"
NORGE = "5110"


def adresse(kommune: str, dag: str, fra: str | None = None) -> CprAdresse:
    """A new home, by a move from another municipality."""
    return CprAdresse(
        kommunekode=kommune, vejkode="0456", husnr="2", standardadresse="Ågade 2", postnummer="5000",
        postdistrikt="Odense C", tilflytning=dansk(dag), tilflytning_kommune=dansk(dag), fraflytningskommune=fra,
    )  # fmt: skip


def alma(v: Vaelger, **nu: object) -> CprPerson:
    """The one who chooses, as CPR's extract shows her."""
    kendt = borger(v.cpr, f"{v.navn.split('-')[0]} Ærø", "1985-01-01", VEJLE, "2024-02-05")
    return kendt.model_copy(update=nu)


async def test_s08_s10_flytning_mens_der_ventes_paa_laegen(rejse: Rejse) -> None:
    """S08: Alma moves from Vejle to Odense while a dispensation waits: the choice runs on in Vejle, one card, no fee.
    S10: Odense sees her doctor and group, and of the choice only that it is in progress in Vejle (FLYT-01, FLYT-03);
    the task and the note that Vejle made about her are Vejle's alone, before and after (SIK-01)."""
    valg = await Valg.begynd(rejse)
    (v,) = await valg.folk("alma")
    y1 = await valg.laege(v)
    await rejse.i_digital_post(v.cpr)
    await valg.bestil(v)
    await valg.ro()
    assert (await valg.tilstand(v), await valg.penge(v)) == ("AFVENTER_DISPENSATION", (22500, 0, 0))

    opgave = OpretOpgave(
        opgave_id=f"adhoc-{rejse.mrk}", kommando_id=f"opret-{rejse.mrk}", kanal="SAGSBEHANDLER", aktoer="sb-7",
        rolle="SAGSBEHANDLER", kommunekode=VEJLE, afgivet=dansk("2024-03-04", "11:00"), titel="Ring til borgeren",
        cpr=v.cpr, person_ider=(v.person_id,),
    )  # fmt: skip
    notat = OpretNotat(
        notat_id=f"notat-{rejse.mrk}", kommando_id=f"noter-{rejse.mrk}", kanal="SAGSBEHANDLER", aktoer="sb-7",
        rolle="SAGSBEHANDLER", kommunekode=VEJLE, afgivet=opgave.afgivet, person_id=v.person_id, tekst="Kl. 8",
    )  # fmt: skip
    await rejse.ur("2024-03-04T11:00")
    await rejse.udgiv(opgave, opgave.opgave_id, opgave.kommando_id, opgave.afgivet)
    await rejse.udgiv(notat, notat.notat_id, notat.kommando_id, notat.afgivet)
    assert {(type(k.besked).__name__, k.besked.topic()) for k in await rejse.ro()} == {
        ("OpgaveOprettetV2", f"opgaver.{VEJLE}"), ("NotatOprettet", f"opgaver.{VEJLE}")
    }  # fmt: skip

    await rejse.frem_til("2024-03-12T08:00")
    await rejse.cpr(alma(v, adresse=adresse(ODENSE, "2024-03-11", VEJLE)), "A01", "2024-03-11", "2024-03-12")
    assert await rejse.haendt(v.cpr) == ["BetalingFrigivet", "FrigivBetaling FLYTNING", "PersonFlyttet"]

    om, sti = f"/personer/{v.person_id}", f"/forloeb/{v.forloeb_id}"
    hos_odense = (svar := await rejse.spoerg(ODENSE, om)).json()
    assert svar.status_code == 200, svar.text
    assert (hos_odense["gruppe"], hos_odense["ydernummer"]) == ("1", y1)
    assert hos_odense["igangvaerende_laegevalg"] == [{"kommunekode": VEJLE, "forloeb_id": None}]
    registreret = (await rejse.spoerg(ODENSE, f"{om}/registreringer")).json()["registreringer"]
    assert {(r["art"], r["vaerdi"], r["fra"]) for r in registreret} == {
        ("GRUPPE", "1", "2024-02-05"), ("LAEGE", y1, "2024-02-05")
    }  # fmt: skip
    ses = {k: [f["forloeb_id"] for f in (await rejse.spoerg(k, f"{om}/forloeb")).json()["forloeb"]]
           for k in (VEJLE, ODENSE)}  # fmt: skip
    assert ses[VEJLE] == [v.forloeb_id, f"indrejse-{v.person_id}-2024-02-05"]
    assert not {v.forloeb_id, f"indrejse-{v.person_id}-2024-02-05"} & set(ses[ODENSE])
    assert [(await rejse.spoerg(k, sti)).status_code for k in (VEJLE, ODENSE)] == [200, 404]
    assert [(await rejse.spoerg(k, om)).status_code for k in (VEJLE, HORSENS)] == [404, 404]
    koe = {
        k: [
            [o["titel"] for o in (await rejse.spoerg(k, f"{om}/opgaver", "opgaver")).json()["opgaver"]],
            [n["tekst"] for n in (await rejse.spoerg(k, f"{om}/noter", "opgaver")).json()["noter"]],
        ]
        for k in (VEJLE, ODENSE)
    }
    assert koe == {VEJLE: [["Ring til borgeren"], ["Kl. 8"]], ODENSE: [[], []]}, "SIK-01"

    await rejse.frem_til("2024-03-19T00:00")
    assert await rejse.haendt(v.cpr) == sorted(
        [f"LaegevalgGodkendt {valg.lukket} 2024-04-03 STILTIENDE", *LAEGEBREV]
    )  # fmt: skip
    await rejse.frem_til("2024-03-20T00:00")
    alt = await rejse.ro()
    (kort,) = [k.besked for k in alt if isinstance(k.besked, KortAnmodetV2) and k.besked.person_id == v.person_id]
    assert (kort.aarsag, kort.gebyr_oere, kort.ydernummer) == ("FLYTNING", 0, valg.lukket)
    assert kort.adresse is not None
    assert (kort.adresse.kommunekode, kort.adresse.linje) == (ODENSE, "Ågade 2")
    await rejse.frem_til("2024-04-03T00:00")
    assert await rejse.haendt(v.cpr) == sorted(
        [
            "KortTrukket", "KortAfsendt", f"PladsForlades {y1}",
            f"LaegevalgTraadtIKraft {valg.lukket} 2024-04-03", "ForloebAfsluttet LAEGE_VALGT",
        ]
    )  # fmt: skip
    assert await valg.penge(v) == (22500, 0, 22500)
    assert rejse.set_paa[f"opgaver.{ODENSE}"] == 0, "FLYT-05, SIK-01: no task there, neither new nor taken along"
    await rejse.balance()


async def test_flyt_01_flyt_04_valget_venter_paa_flytningen(rejse: Rejse) -> None:
    """FLYT-01: Freja and Gorm order a doctor in Fredericia before they move there: the place is held, the choice waits
    for the move and stays Vejle's. FLYT-04: Fredericia is told that one is in progress in Vejle when it orders itself;
    for Gorm it goes on nevertheless, which ends his own order. Horsens has no say (KORT-08)."""
    valg = await Valg.begynd(rejse)
    freja, gorm = folk = await valg.folk("freja", "gorm")
    laeger = [await valg.laege(v) for v in folk]
    await rejse.i_digital_post(freja.cpr, gorm.cpr)
    await rejse.ydere(yder("720070", FREDERICIA, 9), yder("720071", FREDERICIA, 9))
    await rejse.ro()

    await rejse.frem_til("2024-03-04T10:15")
    await rejse.ro()
    venter = {"flyttedato": date(2024, 3, 10), "til_kommunekode": FREDERICIA}
    egne = [
        await rejse.bestil(v.navn, v.cpr, "720070", "2024-03-26", kommunekode=VEJLE, afventer_flytning=venter)
        for v in folk
    ]
    holdt = [
        "BestillingModtaget", "ForloebStartet", "PladsHosYderAnmodet 720070 2024-03-26", "PladsReserveret 720070",
        "LaegevalgReserveret 720070 2024-03-26", "ReserverBetaling", "BetalingReserveret",
        "LaegevalgAfventerFlytning 720070",
    ]  # fmt: skip
    assert await rejse.haendt_dem(freja.cpr, gorm.cpr) == [sorted(holdt)] * 2

    await rejse.ur("2024-03-05T10:00")
    await rejse.bestil("fra-horsens", freja.cpr, "720071", "2024-03-26", kommunekode=HORSENS, **SAGSBEHANDLER)
    for v in folk:
        navn = f"ny-{v.navn}"
        await rejse.bestil(navn, v.cpr, "720071", "2024-03-26", kommunekode=FREDERICIA, **SAGSBEHANDLER)
    alt = [k.besked for k in await rejse.ro()]
    i_gang = ["BestillingAfvist LAEGEVALG_I_GANG", "BestillingModtaget"]
    assert linjer(alt, freja.cpr) == sorted(["BestillingAfvist IKKE_BEMYNDIGET", *i_gang])
    assert linjer(alt, gorm.cpr) == i_gang
    sagt = [b.kommunekode for b in alt if isinstance(b, BestillingAfvist) and b.grund == "LAEGEVALG_I_GANG"]
    assert sagt == [VEJLE] * 2

    bekraeftet = await rejse.bestil(
        "bekraeftet", gorm.cpr, "720071", "2024-03-26", kommunekode=FREDERICIA, bekraeftet=True, **SAGSBEHANDLER
    )
    reserveret = [
        "ForloebStartet", "PladsHosYderAnmodet 720071 2024-03-26", "PladsReserveret 720071",
        "LaegevalgReserveret 720071 2024-03-26", "LaegevalgGodkendt 720071 2024-03-26 AABEN", *LAEGEBREV,
    ]  # fmt: skip
    afloest = [
        "LaegevalgAnnulleret 720070 ERSTATTET", "PladsFrigives 720070 ERSTATTET", "PladsFrigivet 720070 ERSTATTET",
        "FrigivBetaling ERSTATTET", "BetalingFrigivet", "ForloebAfsluttet ANNULLERET",
    ]  # fmt: skip
    assert await rejse.haendt(gorm.cpr) == sorted(["BestillingModtaget", *reserveret, *afloest])

    await rejse.ur("2024-03-11T08:00")
    for v in folk:
        await rejse.cpr(alma(v, adresse=adresse(FREDERICIA, "2024-03-10", VEJLE)), "A01", "2024-03-10", "2024-03-11")
    assert await rejse.haendt_dem(freja.cpr, gorm.cpr) == [
        sorted(
            [
                "PersonFlyttet", "FrigivBetaling FLYTNING", "BetalingFrigivet",
                "LaegevalgGodkendt 720070 2024-03-26 AABEN", *LAEGEBREV,
            ]
        ),
        ["PersonFlyttet"],
    ]  # fmt: skip
    await rejse.frem_til("2024-03-26T00:00")
    assert await rejse.haendt_dem(freja.cpr, gorm.cpr) == [
        sorted(
            [
                f"KortAnmodetV2 1 {ny} FLYTNING 0", "KortBestiltV2 FLYTNING 0", *KORTBREV, "KortTrukket", "KortAfsendt",
                f"LaegevalgTraadtIKraft {ny} 2024-03-26", f"PladsForlades {gammel}", "ForloebAfsluttet LAEGE_VALGT",
            ]
        )
        for ny, gammel in zip(("720070", "720071"), laeger, strict=True)
    ]  # fmt: skip
    assert [await rejse.penge(f) for f in (*egne, bekraeftet)] == [(22500, 0, 22500), (22500, 0, 22500), (0, 0, 0)]
    assert [(await rejse.spoerg(k, f"/forloeb/{egne[0]}")).status_code for k in (VEJLE, FREDERICIA)] == [200, 404]
    assert rejse.set_paa[f"opgaver.{FREDERICIA}"] == 0, "FLYT-05"
    await rejse.balance()


async def test_s12_barnet_flytter_til_faren_med_haendelse_083(rejse: Rejse) -> None:
    """S12: Carl moves from his mother in Horsens to his father in Herning: a free card and nothing else; then his
    father orders his own closed doctor for him: it counts as open (FAM-05, FAM-07). All post goes to Carl on paper."""
    mor = borger("6104821250", "Mor Carlsen", "1982-04-01", HORSENS, "2024-02-05")
    far = borger("6105801251", "Far Carlsen", "1980-05-01", HERNING, "2024-02-05")
    carl = barn_af(borger("8008151252", "Carl Carlsen", "2015-08-20", HORSENS, "2024-02-12"), mor.cpr, far.cpr)
    await rejse.ur("2024-02-06T08:00")
    await rejse.ydere(yder("720001", HORSENS, 900), yder("720007", HERNING, 900))
    for voksen in (mor, far):
        await rejse.cpr(voksen, "A05", "2024-02-05", "2024-02-05")
    await rejse.ro()
    await rejse.ur("2024-02-13T08:00")
    await rejse.cpr(carl, "A05", "2024-02-12", "2024-02-12")
    assert "LaegevalgTraadtIKraft 720001 2024-02-12" in await rejse.haendt(carl.cpr)
    await rejse.ur("2024-05-20T08:00")
    await rejse.ydere(yder("720007", HERNING, 0, Yderstatus.LUKKET))
    await rejse.ro()

    hjem = far.adresse
    assert hjem is not None
    besked = FlytningGodkendt(
        flytning_id=f"f-{rejse.mrk}", cpr=carl.cpr, kode="083", adresse=hjem, flyttedato=date(2024, 6, 1),
        godkendt=dansk("2024-05-20", "09:00"),
    )  # fmt: skip
    await rejse.ur("2024-05-20T09:00")
    await rejse.udgiv(besked, cpr_noegle(carl.cpr, HEMMELIGHED), f"083-{rejse.mrk}", besked.godkendt)
    kort = [
        "KortAnmodetV2 1 720001 FLYTNING 0", "KortBestiltV2 FLYTNING 0", "BrevAnmodet SUNDHEDSKORTKVITTERING",
        "BrevSendt SUNDHEDSKORTKVITTERING FYSISK",
    ]  # fmt: skip
    assert await rejse.haendt_dem(carl.cpr, mor.cpr, far.cpr) == [
        sorted(["PersonFlyttet", "ForloebStartet", *kort]), [], []
    ]  # fmt: skip
    await rejse.frem_til("2024-06-01T08:00")
    assert await rejse.haendt(carl.cpr) == ["ForloebAfsluttet KORT_AFSENDT", "KortAfsendt", "KortTrukket"]
    await rejse.cpr(carl.model_copy(update={"adresse": hjem.model_copy(update={"tilflytning": dansk("2024-06-01")})}),
                    "A01", "2024-06-01", "2024-06-01")  # fmt: skip
    assert await rejse.haendt(carl.cpr) == [], "CPR-09: the extract's own A01 is the same move"

    await rejse.ur("2024-06-03T10:00")
    noegle = cpr_noegle(far.cpr, HEMMELIGHED)
    bestilt = LaegevalgBestilt(
        noegle=noegle, bestilling_id=f"carl-{rejse.mrk}", kanal="SELVBETJENING", aktoer="login-1", rolle="BORGER",
        kommunekode=HERNING, cpr=carl.cpr, borger_cpr=far.cpr, ydernummer="720007", virkningsdato=date(2024, 7, 1),
        bestilt=dansk("2024-06-03", "10:00"), betalingskort="kort-1",
    )  # fmt: skip
    await rejse.udgiv(bestilt, noegle, f"bestil-{bestilt.bestilling_id}", bestilt.bestilt)
    alt: list[Besked] = [k.besked for k in await rejse.ro()]
    svar = [b for b in alt if isinstance(b, BestillingModtaget | BestillingAfvist)]
    assert [type(b).__name__ for b in svar] == ["BestillingModtaget"]
    assert sorted(type(b).__name__ for b in alt if getattr(b, "person_id", "") == person_id(carl.cpr)) == sorted(
        [
            "ForloebStartet", "PladsHosYderAnmodet", "PladsReserveret", "LaegevalgReserveret", "LaegevalgGodkendt",
            "BrevAnmodet", "BrevSendt",
        ]
    )  # fmt: skip
    assert [b.grund for b in alt if type(b).__name__ == "LaegevalgGodkendt"] == ["AABEN"]  # type: ignore[attr-defined]
    assert not {person_id(mor.cpr), person_id(far.cpr)} & {getattr(b, "person_id", "") for b in alt}, "POST-18"
    await rejse.balance()


async def test_s13_groenland_og_doedsfald_mens_et_valg_venter(rejse: Rejse) -> None:
    """S13: Dora moves to Greenland: group 7 from the day, the doctor ended the day before, the choice annulled and
    given back once, no card. CPR-14: so for Erna, who dies the same day, but for her group, 9."""
    valg = await Valg.begynd(rejse)
    dora, erna = folk = await valg.folk("dora", "erna")
    laeger = [await valg.laege(v) for v in folk]
    await valg.bestil(*folk, ur="2024-08-20T10:00", virkningsdato=date(2024, 9, 15))
    await rejse.ro()
    await rejse.frem_til("2024-09-03T08:00")
    await rejse.ro()
    assert [await valg.tilstand(v) for v in folk] == ["AFVENTER_DISPENSATION"] * 2
    groenland = alma(dora, status="05", adresse=adresse(NUUK, "2024-09-01"))
    doed = alma(erna, status="90", adresse=None, status_fra=dansk("2024-09-01"))
    await rejse.cpr(groenland, "A01", "2024-09-02", "2024-09-02")
    await rejse.cpr(doed, "A21", "2024-09-02", "2024-09-02")
    assert await rejse.haendt_dem(dora.cpr, erna.cpr) == [
        sorted(
            [
                hvad, "ForloebStartet", f"GruppeTraadtIKraft {gruppe} 2024-09-01 {grund}",
                f"LaegeOphoert {laege} {grund}", f"PladsForlades {laege}", "ForloebAfsluttet RETTEN_OPHOERT",
                f"LaegevalgAnnulleret {valg.lukket} FRAFLYTTET", f"PladsFrigives {valg.lukket} FRAFLYTTET",
                f"PladsFrigivet {valg.lukket} FRAFLYTTET", "FrigivBetaling FRAFLYTTET", "BetalingFrigivet",
                f"DispensationTilbagekaldt {valg.lukket}", "ForloebAfsluttet ANNULLERET",
            ]
        )
        for laege, (hvad, gruppe, grund) in zip(
            laeger, (("PersonFlyttet", "7", "GROENLAND"), ("PersonDoed", "9", "DOED")), strict=True
        )
    ]  # fmt: skip
    assert [await valg.penge(v) for v in folk] == [(22500, 0, 22500)] * 2
    assert await valg.optagne() == 1600
    await rejse.frem_til("2024-10-01T08:00")
    assert await rejse.haendt_dem(dora.cpr, erna.cpr) == [[], []]
    await rejse.balance()


async def test_s14_til_norge_og_hjem_igen(rejse: Rejse) -> None:
    """S14: group 7 and no doctor from the day of the exit; back in October: group 1, a doctor, a free card, no fee."""
    nora = borger("6103851260", "Nora Nord", "1985-03-01", SILKEBORG, "2024-01-08")
    await rejse.i_digital_post(nora.cpr)
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("720040", SILKEBORG, 9))
    await rejse.cpr(nora, "A05", "2024-01-08", "2024-01-08")
    await rejse.frem_til("2024-02-02T08:00")
    await rejse.ro()
    rejst = CprRejse(indrejse=dansk("2024-01-08"), udrejse=dansk("2024-02-01"), udrejseland=NORGE)
    ude = nora.model_copy(update={"status": "80", "adresse": None, "rejser": (rejst,)})
    await rejse.cpr(ude, "A06", "2024-02-01", "2024-02-01")
    assert await rejse.haendt(nora.cpr) == sorted(
        [
            "PersonUdrejst", "ForloebStartet", "GruppeTraadtIKraft 7 2024-02-01 UDREJST", "LaegeOphoert 720040 UDREJST",
            "PladsForlades 720040", "ForloebAfsluttet RETTEN_OPHOERT",
        ]
    )  # fmt: skip
    await rejse.ur("2024-10-02T08:00")
    hjem = CprRejse(indrejse=dansk("2024-10-01"), indrejseland=NORGE)
    igen = nora.model_copy(update={"rejser": (rejst, hjem), "adresse": adresse(SILKEBORG, "2024-10-01")})
    await rejse.cpr(igen, "A04", "2024-10-01", "2024-10-01")
    assert await rejse.haendt(nora.cpr) == sorted(
        [
            "PersonIndrejst", "ForloebStartet", "GruppeTraadtIKraft 1 2024-10-01 GENINDREJSE", "PladsAnmodet",
            "PladsReserveret 720040", "LaegevalgReserveret 720040 2024-10-01",
            "LaegevalgGodkendt 720040 2024-10-01 AUTOMATISK", "LaegevalgTraadtIKraft 720040 2024-10-01",
            "ForloebAfsluttet LAEGE_TILDELT", "KortAnmodet 1 720040 GENINDREJSE 0", "KortBestilt GENINDREJSE 0",
            *LAEGEBREV, *KORTBREV,
        ]
    )  # fmt: skip
    await rejse.balance()
