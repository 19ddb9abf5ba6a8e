"""What happens to persons who order nothing: names, protection, prison (S31, S32, S34, S44)."""

from datetime import date

import pytest

from contracts.cpr import AfsoningMeldt, CprCivilstand, CprNavn, CprPeriode, CprPerson, Trin
from contracts.noegle import cpr_noegle
from contracts.opgave import OpgaveOprettet, Opgavetype
from tests.journeys.rejse import HEMMELIGHED, Rejse, barn_af, borger, dansk, person_id, yder

VIBORG, SKIVE, MORSOE = "0791", "0779", "0773"


def med_nyt_navn(person: CprPerson, fra: str, kode: str, siden: str) -> CprPerson:
    """A new surname from a day on; married (G) or divorced (F) since another."""
    navn = CprNavn(
        fornavn=person.navn.fornavn, efternavn="Nyborg", adresseringsnavn=f"{person.navn.fornavn} Nyborg",
        gaelder_fra=dansk(fra),
    )  # fmt: skip
    return person.model_copy(update={"navn": navn, "civilstand": CprCivilstand(kode=kode, fra=dansk(siden))})


NAVNESKIFT = (
    # navn      gift/skilt  siden         nyt navn fra  fortalt       kort
    ("Anna",    "G",        "2024-03-15", "2024-03-14", "2024-06-17", False),  # the day before the wedding
    ("Bente",   "G",        "2024-03-15", "2024-03-15", "2024-06-17", True),
    ("Carla",   "G",        "2024-03-15", "2024-06-14", "2024-06-17", True),
    ("Dorte",   "G",        "2024-03-15", "2024-06-15", "2024-06-17", True),  # three months to the day
    ("Else",    "G",        "2024-03-15", "2024-06-16", "2024-06-17", False),
    ("Frida",   "G",        "2024-03-15", "2024-06-15", "2024-07-20", True),  # told late
    ("Gitte",   "F",        "2024-08-01", "2024-08-01", "2024-08-02", False),  # S32: divorced
    ("Hanne",   "G",        "2024-11-30", "2025-02-28", "2025-03-03", True),  # the last day of February
    ("Inger",   "G",        "2024-11-30", "2025-03-01", "2025-03-03", False),
)  # fmt: skip


async def test_s31_s32_navneskift_efter_vielse_og_skilsmisse(rejse: Rejse) -> None:
    """CPR-01, CPR-02: a free card where the name was changed from the wedding on and within three months of it, by
    the day it holds from and not the day it was told; any other change of name orders nothing."""
    folk = [
        borger(f"61{i:02d}801270", f"{r[0]} Gammel", f"1980-{i:02d}-01", VIBORG, "2024-01-08")
        for i, r in enumerate(NAVNESKIFT, 1)
    ]
    await rejse.i_digital_post(*(p.cpr for p in folk))
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("730001", VIBORG, 900))
    for person in folk:
        await rejse.cpr(person, "A05", "2024-01-08", "2024-01-08")
    await rejse.frem_til("2024-01-20T08:00")
    await rejse.ro()

    sket: dict[str, list[str]] = {}
    for dag in sorted({r[4] for r in NAVNESKIFT}):
        await rejse.ur(f"{dag}T08:00")
        skifter = [(p, r) for p, r in zip(folk, NAVNESKIFT, strict=True) if r[4] == dag]
        for person, (_, kode, siden, fra, _, _) in skifter:
            await rejse.cpr(med_nyt_navn(person, fra, kode, siden), "A13", dag, dag)
        haendt = await rejse.haendt_dem(*(p.cpr for p, _ in skifter))
        sket |= {r[0]: h for (_, r), h in zip(skifter, haendt, strict=True)}
    kort = sorted(
        [
            "PersonSkiftetNavn", "ForloebStartet", "KortAnmodetV2 1 730001 NAVN_AEGTESKAB 0",
            "KortBestiltV2 NAVN_AEGTESKAB 0", "BrevAnmodet SUNDHEDSKORTKVITTERING",
            "BrevSendt SUNDHEDSKORTKVITTERING DIGITAL",
        ]
    )  # fmt: skip
    assert sket == {r[0]: kort if r[5] else ["PersonSkiftetNavn"] for r in NAVNESKIFT}
    await rejse.balance()


async def test_s34_beskyttet_barn_unavngivet_barn_og_beskyttet_far(rejse: Rejse) -> None:
    """S34, POST-14, CPR-13: Ida's letters wait while Digital Post is down, and her protection begins before they are
    handed over: they are suppressed, her card is ordered. An unnamed child gets none; a protected grown-up does."""
    far = borger("6102801280", "Far Idasen", "1980-02-01", SKIVE, "2024-09-02")
    beskyttet = (CprPeriode(type_="0001", fra=date(2024, 9, 2)),)
    ida = barn_af(borger("6202141281", "Ida Idasen", "2014-02-02", SKIVE, "2024-09-08"), far.cpr)
    spaed = borger("6409241282", "Unavngivet Idasen", "2024-09-04", SKIVE, "2024-09-08")
    spaed = barn_af(spaed.model_copy(update={"navn": CprNavn()}), far.cpr)
    await rejse.i_digital_post(far.cpr)
    await rejse.ur("2024-09-03T08:00")
    await rejse.ydere(yder("730010", SKIVE, 9))
    await rejse.cpr(far.model_copy(update={"beskyttelser": beskyttet}), "A05", "2024-09-02", "2024-09-02")
    fars = await rejse.haendt(far.cpr)
    assert [h for h in fars if h.startswith(("BrevSendt", "BrevUndertrykt"))] == [
        "BrevSendt LAEGEVALGSKVITTERING DIGITAL", "BrevSendt SUNDHEDSKORTKVITTERING DIGITAL"
    ]  # fmt: skip

    await rejse.ur("2024-09-09T08:00")
    async with rejse.uden_digital_post():
        for barn in (ida, spaed):
            await rejse.cpr(barn, "A05", "2024-09-08", "2024-09-08")
        await rejse.breve_venter(2, ida.cpr)
        await rejse.ur("2024-09-10T08:00")
        fra_den_10 = (CprPeriode(type_="0001", fra=date(2024, 9, 10)),)
        await rejse.cpr(ida.model_copy(update={"beskyttelser": fra_den_10}), "A33", "2024-09-10", "2024-09-10")
    idas, spaeds = await rejse.haendt_dem(ida.cpr, spaed.cpr)
    breve = ["LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING"]
    assert [h for h in idas if h.startswith("Brev")] == [
        *(f"BrevAnmodet {b}" for b in breve), *(f"BrevUndertrykt ADRESSEBESKYTTELSE {b}" for b in breve)
    ]  # fmt: skip
    assert {"PersonBeskyttelseAendret", "KortBestilt FOERSTE_RET 0"} <= set(idas)
    assert [h for h in spaeds if h.startswith("BrevSendt")] == []
    assert "BrevUndertrykt UNAVNGIVET LAEGEVALGSKVITTERING" in spaeds
    await rejse.balance()


@pytest.mark.parametrize("trin", list(Trin))
async def test_s44_afsoning_er_een_opgave(rejse: Rejse, trin: Trin) -> None:
    """S44, CPR-03: the same start (or end) twice under one id, and once more under another: one MANUEL task in the
    municipality where he lives; neither group nor doctor is changed."""
    kurt = borger(f"610479129{len(trin.value)}", "Kurt Kriminel", "1979-04-01", MORSOE, "2024-01-08")
    await rejse.ur("2024-01-09T08:00")
    await rejse.ydere(yder("730020", MORSOE, 900))
    await rejse.cpr(kurt, "A05", "2024-01-08", "2024-01-08")
    await rejse.frem_til("2024-01-20T08:00")
    await rejse.ro()
    await rejse.ur("2025-01-06T10:00")
    tid = dansk("2025-01-06", "09:00")
    meldt = AfsoningMeldt(cpr=kurt.cpr, trin=trin, dato=date(2025, 1, 6), registreret=tid)
    for id_ in ("afsoning-1", "afsoning-1", "afsoning-2"):
        await rejse.udgiv(meldt, cpr_noegle(kurt.cpr, HEMMELIGHED), f"{id_}-{trin}-{rejse.mrk}", tid)
    alt = [k.besked for k in await rejse.ro()]
    mine = [b for b in alt if getattr(b, "person_id", "") == person_id(kurt.cpr)]
    assert sorted(type(b).__name__ for b in mine) == [
        "ForloebAfsluttet", "ForloebStartet", "OpgaveAnmodet", "OpgaveOprettet", "PersonAfsoningMeldt"
    ]  # fmt: skip
    (opgave,) = [b for b in mine if isinstance(b, OpgaveOprettet)]
    assert (opgave.topic(), opgave.opgavetype, opgave.aarsag, opgave.cpr) == (
        f"opgaver.{MORSOE}", Opgavetype.MANUEL, f"AFSONING_{trin}", kurt.cpr
    )  # fmt: skip
    om = (await rejse.spoerg(MORSOE, f"/personer/{person_id(kurt.cpr)}")).json()
    assert (om["gruppe"], om["ydernummer"]) == ("1", "730020")
    await rejse.balance()
