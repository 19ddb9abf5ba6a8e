"""A person is known again: found after having been missing, under a new number, and under two (CPR-04, -05, -11)."""

from typing import Any

from contracts.cpr import CprPerson
from contracts.kort import KortAnmodetV2
from contracts.person import PersonSammenlagt
from contracts.yder import Yderstatus
from tests.journeys.rejse import KORTBREV, LAEGEBREV, Rejse, borger, dansk, linjer, person_id, yder

STRUER, RINGSTED, SOROE = "0671", "0329", "0340"


async def test_cpr_04_cpr_05_genfundet(rejse: Rejse) -> None:
    """CPR-14: two are missing from 1 March: they keep their group and lose their doctor. Found again in June, Olga has
    her own doctor back, who is open (CPR-04); Poul's has closed: group 1 and another doctor (CPR-05)."""
    olga = borger("6109831360", "Olga Orm", "1983-09-01", STRUER, "2024-01-08")
    poul = borger("6109841361", "Poul Pind", "1984-09-01", STRUER, "2024-01-08")
    await rejse.i_digital_post(olga.cpr, poul.cpr)
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("750001", STRUER, 9))
    await rejse.cpr(olga, "A05", "2024-01-08", "2024-01-09")
    await rejse.ro()
    await rejse.ydere(yder("750002", STRUER, 99))
    await rejse.cpr(poul, "A05", "2024-01-08", "2024-01-09")
    await rejse.frem_til("2024-01-20T08:00")
    await rejse.ro()

    await rejse.ur("2024-03-02T08:00")
    for person in (olga, poul):
        vaek = {"status": "70", "adresse": None, "forsvundet_fra": dansk("2024-03-01")}
        await rejse.cpr(person.model_copy(update=vaek), "A02", "2024-03-01", "2024-03-02")
    assert await rejse.haendt_dem(olga.cpr, poul.cpr) == [
        sorted(
            [
                "PersonForsvundet", "ForloebStartet", f"LaegeOphoert {laege} FORSVUNDET", f"PladsForlades {laege}",
                "ForloebAfsluttet RETTEN_OPHOERT",
            ]
        )
        for laege in ("750001", "750002")
    ]  # fmt: skip
    assert (await rejse.spoerg(STRUER, f"/personer/{person_id(olga.cpr)}")).status_code == 404, "lives nowhere"

    await rejse.ur("2024-06-04T08:00")
    await rejse.ydere(yder("750002", STRUER, 99, Yderstatus.LUKKET), yder("750003", STRUER, 900))
    await rejse.ro()
    for person in (olga, poul):
        assert person.adresse is not None
        hjem = person.adresse.model_copy(update={"tilflytning": dansk("2024-06-03")})
        await rejse.cpr(person.model_copy(update={"adresse": hjem}), "A03", "2024-06-03", "2024-06-04")
    assert await rejse.haendt_dem(olga.cpr, poul.cpr) == [
        sorted(
            [
                "PersonGenfundet", "ForloebStartet", "PladsAnmodet", f"PladsReserveret {laege}",
                f"LaegevalgReserveret {laege} 2024-06-03", f"LaegevalgGodkendt {laege} 2024-06-03 AUTOMATISK",
                f"LaegevalgTraadtIKraft {laege} 2024-06-03", "ForloebAfsluttet LAEGE_TILDELT",
                f"KortAnmodet 1 {laege} GENINDREJSE 0", "KortBestilt GENINDREJSE 0", *LAEGEBREV, *KORTBREV,
            ]
        )
        for laege in ("750001", "750003")
    ]  # fmt: skip
    await rejse.frem_til("2024-07-10T08:00")
    assert await rejse.haendt_dem(olga.cpr, poul.cpr) == [["KortAfsendt", "KortTrukket"]] * 2
    assert [await registreringer(rejse, p, STRUER) for p in (olga, poul)] == [
        {("GRUPPE", "1", "2024-01-08", None), ("LAEGE", foer, "2024-01-08", "2024-02-29"),
         ("LAEGE", nu, "2024-06-03", None)}
        for foer, nu in (("750001", "750001"), ("750002", "750003"))
    ]  # fmt: skip
    await rejse.balance()


async def registreringer(rejse: Rejse, person: CprPerson, kommune: str) -> set[tuple[Any, ...]]:
    """Every group and doctor, as the municipality sees them (LV-01)."""
    svar = await rejse.spoerg(kommune, f"/personer/{person_id(person.cpr)}/registreringer")
    return {(r["art"], r["vaerdi"], r["fra"], r["til"]) for r in svar.json()["registreringer"]}


async def ved_numrene(rejse: Rejse, kommune: str, *numre: str) -> list[dict[str, Any]]:
    """What is answered by each number."""
    svar = [await rejse.spoerg(kommune, "/personer/soeg", cpr=nr) for nr in numre]
    assert [s.status_code for s in svar] == [200] * len(numre)
    return [s.json() for s in svar]


async def test_bet_11_cpr_11_nyt_personnummer(rejse: Rejse) -> None:
    """CPR-11, BET-11: Kim gets a new number: the same person with the same doctor, found by both numbers, also when
    his order still names the old one; one card with the new number, free."""
    kim = borger("6107911370", "Kim Kold", "1991-07-01", RINGSTED, "2024-01-08")
    ny_kim = kim.model_copy(update={"cpr": "6107911399", "tidligere_cpr": (kim.cpr,)})
    await rejse.i_digital_post(kim.cpr, ny_kim.cpr)
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("750010", RINGSTED, 9))
    await rejse.cpr(kim, "A05", "2024-01-08", "2024-01-09")
    await rejse.frem_til("2024-01-20T08:00")
    await rejse.ro()

    await rejse.ur("2024-05-02T08:00")
    await rejse.cpr(ny_kim, "P03", "2024-05-01", "2024-05-02")
    alt = [k.besked for k in await rejse.ro()]
    kort = ["KortAnmodetV2 1 750010 PERSONNUMMER 0", "KortBestiltV2 PERSONNUMMER 0", *KORTBREV]
    assert linjer(alt, kim.cpr) == sorted(["PersonSkiftetNummer", "ForloebStartet", *kort])
    assert [b.cpr for b in alt if isinstance(b, KortAnmodetV2)] == [ny_kim.cpr]
    gammelt, nyt = await ved_numrene(rejse, RINGSTED, kim.cpr, ny_kim.cpr)
    assert gammelt == nyt
    assert (nyt["person_id"], nyt["cpr"], nyt["ydernummer"]) == (person_id(kim.cpr), ny_kim.cpr, "750010")
    await rejse.frem_til("2024-05-20T08:00")
    assert await rejse.haendt(kim.cpr) == ["ForloebAfsluttet KORT_AFSENDT", "KortAfsendt", "KortTrukket"]

    await rejse.ydere(yder("750011", RINGSTED, 9))
    await rejse.ro()
    await rejse.bestil("kim", kim.cpr, "750011", "2024-05-20", kommunekode=RINGSTED)
    alt = [k.besked for k in await rejse.ro()]
    assert {"BestillingModtaget", "LaegevalgTraadtIKraft 750011 2024-05-20"} <= set(linjer(alt, kim.cpr))
    assert [b.cpr for b in alt if isinstance(b, KortAnmodetV2)] == [ny_kim.cpr]
    await rejse.balance()


async def test_cpr_11_to_numre_er_een_person(rejse: Rejse) -> None:
    """CPR-11: Lone entered twice, under two numbers, and has two doctors. CPR gives up the first number: she is one
    person, with the newer doctor; the other place is free again; both numbers and both ids show her, with everything
    that was registered under either, and one order of hers."""
    foerst = borger("6108921380", "Lone Lys", "1992-08-01", SOROE, "2024-01-08")
    sidst = borger("6108921399", "Lone Lys", "1992-08-01", SOROE, "2024-02-05")
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("750020", SOROE, 9))
    await rejse.cpr(foerst, "A05", "2024-01-08", "2024-01-09")
    await rejse.frem_til("2024-02-06T08:00")
    await rejse.ydere(yder("750021", SOROE, 900))
    await rejse.cpr(sidst, "A05", "2024-02-05", "2024-02-06")
    await rejse.frem_til("2024-03-01T08:00")
    await rejse.ro()

    await rejse.ur("2024-05-02T08:00")
    opgivet = foerst.model_copy(update={"status": "50", "gaeldende_cpr": sidst.cpr})
    await rejse.cpr(opgivet, "P02", "2024-05-01", "2024-05-02")
    alt = [k.besked for k in await rejse.ro()]
    assert [linjer(alt, p.cpr) for p in (sidst, foerst)] == [["PersonSammenlagt", "PladsForlades 750020"], []]
    (sammen,) = [b for b in alt if isinstance(b, PersonSammenlagt)]
    assert (sammen.person_id, sammen.tidligere_person_id) == (person_id(sidst.cpr), person_id(foerst.cpr))

    gammelt, nyt = await ved_numrene(rejse, SOROE, foerst.cpr, sidst.cpr)
    assert gammelt == nyt
    assert (nyt["person_id"], nyt["cpr"], nyt["ydernummer"]) == (person_id(sidst.cpr), sidst.cpr, "750021")
    for sti in ("", "/registreringer", "/forloeb"):
        to = [await rejse.spoerg(SOROE, f"/personer/{person_id(p.cpr)}{sti}") for p in (foerst, sidst)]
        assert to[0].json() == to[1].json()
    assert await registreringer(rejse, sidst, SOROE) == {
        ("GRUPPE", "1", "2024-01-08", "2024-02-04"), ("GRUPPE", "1", "2024-02-05", None),
        ("LAEGE", "750020", "2024-01-08", "2024-02-04"), ("LAEGE", "750021", "2024-02-05", None),
    }  # fmt: skip
    forloeb = (await rejse.spoerg(SOROE, f"/personer/{person_id(foerst.cpr)}/forloeb")).json()["forloeb"]
    assert [f["forloeb_id"] for f in forloeb] == [
        f"indrejse-{person_id(sidst.cpr)}-2024-02-05", f"indrejse-{person_id(foerst.cpr)}-2024-01-08"
    ]  # fmt: skip
    await rejse.frem_til("2024-06-10T08:00")
    assert await rejse.haendt_dem(foerst.cpr, sidst.cpr) == [[], []]
    await rejse.balance()
