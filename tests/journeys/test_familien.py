"""Mother and children: chosen for together, each insured on his own, and the child that is born (S24)."""

from contracts.cpr import CprForaeldremyndighed, CprNavn, CprPerson
from contracts.yder import Yderstatus
from tests.journeys.rejse import (
    KORTBREV,
    LAEGEBREV,
    Rejse,
    barn_af,
    borger,
    dansk,
    paa_papir,
    person_id,
    yder,
)

ODSHERRED, NYBORG = "0306", "0450"
GEBYR = 22500


def hjemme_hos(person: CprPerson, vejnavn: str) -> CprPerson:
    """With a home of their own, so that nobody else lives there."""
    assert person.adresse is not None
    adresse = person.adresse.model_copy(update={"standardadresse": f"{vejnavn} 7", "vejkode": f"{len(vejnavn):04d}"})
    return person.model_copy(update={"adresse": adresse})


class Familie:
    """A mother with her children of 12 and 7, in a home where a foster child lives, too."""

    def __init__(self, nr: int, vejnavn: str) -> None:
        def hjemme(cpr: str, navn: str, foedt: str) -> CprPerson:
            return hjemme_hos(borger(cpr, f"{navn} {vejnavn}", foedt, ODSHERRED, "2024-02-05"), vejnavn)

        self.mor = hjemme(f"610382130{nr}", "Mor", "1982-03-01")
        self.stor = barn_af(hjemme(f"701012131{nr}", "Stor", "2012-01-10"), self.mor.cpr)
        self.lille = barn_af(hjemme(f"610716132{nr}", "Lille", "2016-07-01"), self.mor.cpr)
        self.pleje = barn_af(hjemme(f"610515133{nr}", "Pleje", "2015-05-01"), f"610380134{nr}")

    @property
    def alle(self) -> tuple[CprPerson, ...]:
        return self.mor, self.stor, self.lille, self.pleje


def et_valg(ydernummer: str, breve: list[str]) -> list[str]:
    """What comes of one person's order of an open doctor: one fee, one card, two receipts."""
    return [
        "ForloebStartet", f"PladsHosYderAnmodet {ydernummer} 2024-06-10", f"PladsReserveret {ydernummer}",
        f"LaegevalgReserveret {ydernummer} 2024-06-10", "ReserverBetaling", "BetalingReserveret",
        f"LaegevalgGodkendt {ydernummer} 2024-06-10 AABEN", f"KortAnmodetV2 1 {ydernummer} LAEGESKIFT {GEBYR}",
        f"KortBestiltV2 LAEGESKIFT {GEBYR}", *breve,
    ]  # fmt: skip


async def test_s24_mor_og_to_boern(rejse: Rejse) -> None:
    """S24: one mother lists herself and both children: three fees, three cards, three receipts of each kind. Another
    lists herself and the elder: two fees, and the younger keeps its doctor (FAM-04, BET-06). The foster child is not
    among those she can choose for (FAM-11), and she is refused when she tries (FAM-03)."""
    alle, to = Familie(1, "Bøgevej"), Familie(2, "Egevænget")
    await rejse.i_digital_post(alle.mor.cpr, to.mor.cpr)
    await rejse.ur("2024-02-06T08:00")
    await rejse.ydere(yder("740001", ODSHERRED, 900))
    for familie in (alle, to):
        await rejse.cpr(familie.mor, "A05", "2024-02-05", "2024-02-06")
    await rejse.ro()
    for familie in (alle, to):
        for barn in familie.alle[1:]:
            await rejse.cpr(barn, "A05", "2024-02-05", "2024-02-06")
    await rejse.frem_til("2024-02-12T08:00")
    await rejse.ydere(yder("740002", ODSHERRED, 900))
    await rejse.ro()

    svar = (await rejse.spoerg(ODSHERRED, f"/personer/{person_id(alle.mor.cpr)}/familie")).json()["relationer"]
    assert {(r["person_id"], r["art"], r["kan_vaelges"]) for r in svar} == {
        (person_id(alle.stor.cpr), "BARN", True), (person_id(alle.lille.cpr), "BARN", True),
        (person_id(alle.pleje.cpr), "BOFAELLE", False),
    }  # fmt: skip

    await rejse.ur("2024-06-03T10:00")
    bestilt = [(p, alle.mor) for p in (alle.mor, alle.stor, alle.lille)] + [(p, to.mor) for p in (to.mor, to.stor)]
    forloeb = [
        await rejse.bestil(f"nr{i}", p.cpr, "740002", "2024-06-10", kommunekode=ODSHERRED, borger_cpr=mor.cpr)
        for i, (p, mor) in enumerate(bestilt)
    ]
    for_pleje = {"kommunekode": ODSHERRED, "borger_cpr": alle.mor.cpr}
    await rejse.bestil("pleje", alle.pleje.cpr, "740002", "2024-06-10", **for_pleje)
    folk = (*alle.alle, *to.alle)
    sket = await rejse.haendt_dem(*(p.cpr for p in folk))
    digital, papir = et_valg("740002", [*LAEGEBREV, *KORTBREV]), paa_papir([*LAEGEBREV, *KORTBREV])
    paa_post = et_valg("740002", papir)
    afslag = ["BestillingAfvist IKKE_BEMYNDIGET"]
    assert sket == [
        sorted([*digital, *["BestillingModtaget"] * 3, *afslag]), sorted(paa_post), sorted(paa_post), [],
        sorted([*digital, *["BestillingModtaget"] * 2]), sorted(paa_post), [], [],
    ]  # fmt: skip
    penge = [await rejse.penge(f) for f in forloeb]
    assert penge == [(GEBYR, 0, 0)] * 5
    assert (sum(p[0] for p in penge[:3]), sum(p[0] for p in penge[3:])) == (67500, 45000), "675 kr and 450 kr"

    await rejse.frem_til("2024-06-10T00:00")
    slut = [
        "KortTrukket", "KortAfsendt", "TraekBetaling", "BetalingTrukket", "LaegevalgTraadtIKraft 740002 2024-06-10",
        "PladsForlades 740001", "ForloebAfsluttet LAEGE_VALGT",
    ]  # fmt: skip
    sket = await rejse.haendt_dem(*(p.cpr for p in folk))
    assert sket == [sorted(slut), sorted(slut), sorted(slut), [], sorted(slut), sorted(slut), [], []]
    assert [await rejse.penge(f) for f in forloeb] == [(GEBYR, GEBYR, 0)] * 5
    laeger = [(await rejse.spoerg(ODSHERRED, f"/personer/{person_id(p.cpr)}")).json()["ydernummer"] for p in folk]
    assert laeger == ["740002", "740002", "740002", "740001", "740002", "740002", "740001", "740001"]
    await rejse.balance()


def nyfoedt(cpr: str, mor: CprPerson, navn: CprNavn) -> CprPerson:
    """A child born 24 May 2024 of this mother, at home."""
    barn = borger(cpr, "Barn Moldrup", "2024-05-24", NYBORG, "2024-05-24")
    myndighed = (CprForaeldremyndighed(type_="0003", fra=barn.foedselsdato),)
    return barn.model_copy(
        update={"rejser": (), "navn": navn, "mor_cpr": mor.cpr, "foraeldremyndighed": myndighed, "adresse": mor.adresse}
    )


async def test_cpr_15_barnet_foedes_og_faar_navn(rejse: Rejse) -> None:
    """CPR-15, FAM-05: a child is born: group 1 and its mother's doctor from the day of birth, although the doctor takes
    no others; neither letter nor card as long as it has no name (POST-14). Named: its first card, free (KORT-14)."""
    mor = borger("6106901350", "Mor Moldrup", "1990-06-01", NYBORG, "2024-02-05")
    await rejse.ur("2024-02-06T08:00")
    await rejse.ydere(yder("740010", NYBORG, 9))
    await rejse.cpr(mor, "A05", "2024-02-05", "2024-02-06")
    await rejse.frem_til("2024-02-12T08:00")
    await rejse.ydere(yder("740010", NYBORG, 0, Yderstatus.LUKKET), yder("740011", NYBORG, 900))
    await rejse.ro()

    uden_navn, ask = (
        nyfoedt("6405241351", mor, CprNavn()),
        nyfoedt("6405241351", mor, CprNavn(fornavn="Ask", efternavn="Moldrup", gaelder_fra=dansk("2024-06-20"))),
    )
    await rejse.ur("2024-05-25T08:00")
    await rejse.cpr(uden_navn, "A36", "2024-05-24", "2024-05-25")
    barnets, mors = await rejse.haendt_dem(ask.cpr, mor.cpr)
    assert barnets == sorted(
        [
            "PersonFoedt", "ForloebStartet", "GruppeTraadtIKraft 1 2024-05-24 FOEDSEL", "PladsAnmodet",
            "PladsReserveret 740010", "LaegevalgReserveret 740010 2024-05-24",
            "LaegevalgGodkendt 740010 2024-05-24 AUTOMATISK", "LaegevalgTraadtIKraft 740010 2024-05-24",
            "BrevAnmodet LAEGEVALGSKVITTERING", "BrevUndertrykt UNAVNGIVET LAEGEVALGSKVITTERING",
            "ForloebAfsluttet LAEGE_TILDELT",
        ]
    )  # fmt: skip
    assert mors == []
    om = (await rejse.spoerg(NYBORG, f"/personer/{person_id(ask.cpr)}")).json()
    assert (om["gruppe"], om["gruppe_fra"], om["ydernummer"], om["laege_fra"]) == (
        "1", "2024-05-24", "740010", "2024-05-24"
    )  # fmt: skip

    await rejse.frem_til("2024-06-21T08:00")
    assert await rejse.haendt(ask.cpr) == [], "nothing while it has no name"
    for _ in range(2):
        await rejse.cpr(ask, "A14", "2024-06-20", "2024-06-21")
    assert await rejse.haendt(ask.cpr) == sorted(
        ["PersonNavngivet", "KortAnmodet 1 740010 FOERSTE_RET 0", "KortBestilt FOERSTE_RET 0", *paa_papir(KORTBREV)]
    )
    await rejse.frem_til("2024-07-01T08:00")
    assert await rejse.haendt(ask.cpr) == ["KortAfsendt", "KortTrukket"]
    await rejse.balance()
