"""A citizen chooses a closed doctor (S01..S07, S20, S22): LV-07..10, -17..20, -23, BET-01, -04, -05, KORT-09, -12, -17,
PLO-16, POST-12, FORL-05..08."""

from contracts.bestilling import BestillingAfvist, BestillingModtaget, ForloebAnnulleret
from contracts.betaling import BetalingFejlet
from contracts.brev import BrevSendt
from contracts.laegevalg import LaegevalgAfvist, LaegevalgGodkendt
from contracts.opgave import OpgaveAnmodet
from tests.journeys.rejse import Rejse
from tests.journeys.valget import Valg, vent


async def test_vejen_til_enden_med_svar_tavshed_og_afvisning(rejse: Rejse) -> None:
    """S01, S02, S05: silence is consent at midnight after day 14; a no on day 14 counts; each gets what it should."""
    valg = await Valg.begynd(rejse)
    folk = await valg.folk("alma", "bo", "carl", "dina", "eva")
    alma, bo, carl, dina, eva = folk
    await valg.bestil(alma, bo, eva)
    await valg.bestil(carl, ur="", betalingskort="kort-afvist")
    await valg.bestil(dina, ur="", betalingskort="kort-traek-fejler")
    await valg.ro()
    assert [await valg.tilstand(v) for v in folk] == [
        *["AFVENTER_DISPENSATION"] * 2,
        "AFVIST",
        *["AFVENTER_DISPENSATION"] * 2,
    ]
    assert await valg.penge(alma) == (22500, 0, 0)
    assert valg.om(carl, LaegevalgAfvist)[0].grund == "BETALING_FEJLET"
    assert await valg.optagne() == 1604

    await valg.frem_til("2024-03-18T09:00")
    await valg.svar(bo, "GODKENDT")
    await valg.svar(eva, "AFVIST", "2024-03-18T08:59")
    await valg.frem_til("2024-03-18T23:59")
    assert [await valg.tilstand(v) for v in folk[:2]] == ["AFVENTER_DISPENSATION", "GODKENDT"]
    await valg.svar(bo, "GODKENDT", "2024-03-18T09:00", gang=2)
    await valg.frem_til("2024-03-19T00:00")
    assert [g.grund for g in valg.om(alma, LaegevalgGodkendt)] == ["STILTIENDE"]
    assert [g.grund for g in valg.om(bo, LaegevalgGodkendt)] == ["SVAR"]
    await valg.svar(alma, "AFVIST", "2024-03-19T08:00")
    await valg.frem_til("2024-03-19T23:59")
    assert [o.aarsag for o in valg.om(alma, OpgaveAnmodet)] == ["OPLYSNING_SENT_SVAR"]
    assert valg.antal(alma).get("KortAnmodetV2", 0) == 0

    await valg.frem_til("2024-04-03T00:00")
    ventet = {
        "BestillingModtaget": 1, "BetalingReserveret": 1, "BetalingTrukket": 1, "BrevAnmodet": 2, "BrevSendt": 2,
        "DispensationAnmodet": 1, "DispensationLeveret": 1, "ForloebAfsluttet": 1, "ForloebStartet": 1,
        "KortAfsendt": 1, "KortAnmodetV2": 1, "KortBestiltV2": 1, "KortTrukket": 1,
        "LaegevalgAfventerDispensation": 1, "LaegevalgGodkendt": 1, "LaegevalgReserveret": 1,
        "LaegevalgTraadtIKraft": 1, "PladsForlades": 1, "PladsHosYderAnmodet": 1,
        "PladsReserveret": 1, "ReserverBetaling": 1,
        "TraekBetaling": 1,
    }  # fmt: skip
    assert valg.antal(bo) == ventet
    assert valg.antal(alma) == ventet | {"OpgaveAnmodet": 1, "OpgaveOprettet": 1}
    assert [await valg.laege(v) for v in folk] == [valg.lukket, valg.lukket, valg.aaben, valg.lukket, valg.aaben]
    assert [await valg.penge(v) for v in folk] == [
        (22500, 22500, 0), (22500, 22500, 0), (0, 0, 0), (22500, 0, 0), (22500, 0, 22500)
    ]  # fmt: skip
    assert [b.grund for b in valg.om(dina, BetalingFejlet)] == ["1020"]
    assert [o.aarsag for o in valg.om(dina, OpgaveAnmodet)] == ["OPKRAEV_GEBYR"]
    ventet = {"LaegevalgAfvist": 1, "PladsFrigivet": 1, "BetalingFrigivet": 1, "BrevAnmodetV2": 1, "BrevSendtV2": 1}
    assert valg.antal(eva) | ventet | {"ForloebStartet": 2, "OpgaveOprettet": 1} == valg.antal(eva)
    assert [o.aarsag for o in valg.om(eva, OpgaveAnmodet)] == ["NYT_LAEGEVALG_MANGLER"]
    assert await valg.optagne() == 1603
    await rejse.balance()


async def test_annullering_paa_hvert_trin(rejse: Rejse) -> None:
    """S07, S20, S35: cancelled while it runs, with a list of what was sent; refused when the card is drawn or later."""
    valg = await Valg.begynd(rejse)
    navne = ("venter", "betaler", "godkendt", "bestilt", "trukket", "ikraft")
    folk = dict(zip(navne, await valg.folk(*navne), strict=True))
    paa_papir = {"cpr": folk["godkendt"].cpr, "tilmeldt": False, "fritaget": False}
    await rejse.stil("digital_post", "/styring", {"personer": [paa_papir]})
    await valg.bestil(*(v for n, v in folk.items() if n != "betaler"))
    await valg.ro()

    await valg.stil("nets", "/styring", {"fejl": {"OPTAGET": 1.0}})
    betaler = folk["betaler"]
    await valg.bestil(betaler, ur="")
    await vent(lambda: valg.er(betaler, "AFVENTER_RESERVATION"))
    await valg.annuller(betaler)
    await vent(lambda: valg.er(betaler, "ANNULLERET"))
    await valg.stil("nets", "/styring", {"fejl": {}})

    await valg.ro()
    await valg.annuller(folk["venter"])
    await valg.ro()
    await valg.svar(folk["venter"], "GODKENDT")
    for navn in ("godkendt", "bestilt", "trukket", "ikraft"):
        await valg.svar(folk[navn], "GODKENDT")
    await valg.ro()
    await valg.annuller(folk["godkendt"])
    await valg.frem_til("2024-03-20T08:00")
    await valg.annuller(folk["bestilt"])
    await valg.frem_til("2024-03-21T06:00")
    await valg.annuller(folk["trukket"])
    await valg.frem_til("2024-04-03T00:00")
    await valg.annuller(folk["ikraft"])
    await valg.annuller(folk["venter"], gang=2)
    await valg.ro()

    sendt = {n: [a.ikke_fortrudt for a in valg.om(v, ForloebAnnulleret)] for n, v in folk.items()}
    assert sendt == {
        "venter": [("DISPENSATIONSANMODNING",)],
        "betaler": [()],
        "godkendt": [("DISPENSATIONSANMODNING", "LAEGEVALGSKVITTERING")],
        "bestilt": [("DISPENSATIONSANMODNING", "LAEGEVALGSKVITTERING", "SUNDHEDSKORTKVITTERING")],
        "trukket": [],
        "ikraft": [],
    }
    assert [b.kanal for b in valg.om(folk["godkendt"], BrevSendt)] == ["FYSISK"], "S35: printed, and listed above"
    afslag = {n: [a.grund for a in valg.om(v, BestillingAfvist)] for n, v in folk.items()}
    assert {n: a for n, a in afslag.items() if a} == {
        "venter": ["IKKE_I_GANG"], "trukket": ["KORT_TRUKKET"], "ikraft": ["TRAADT_I_KRAFT"]
    }  # fmt: skip
    assert {n: valg.antal(v).get("DispensationTilbagekaldt", 0) for n, v in folk.items()} == {
        n: int(n == "venter") for n in navne
    }
    await valg.stemmer(list(folk.values()))


async def test_praksis_lukker_undervejs(rejse: Rejse) -> None:
    """PLO-16: choices from the day of closure on are rejected at every stage; an earlier one goes on,
    unless it is moved to a later day (KORT-12)."""
    valg = await Valg.begynd(rejse)
    venter, godkendt, bestilt, flyttet, foer = folk = await valg.folk(
        "venter", "godkendt", "bestilt", "flyttet", "foer"
    )
    await valg.bestil(venter, godkendt)
    await valg.bestil(bestilt, ur="", virkningsdato="2024-03-19")
    await valg.bestil(flyttet, foer, ur="", virkningsdato="2024-03-18")
    await valg.ro()
    for v in (godkendt, bestilt, foer):
        await valg.svar(v, "GODKENDT")
    await valg.ro()
    await valg.frem_til("2024-03-05T12:00")
    await valg.luk("2024-03-19")
    await valg.ro()
    await valg.flyt(flyttet, "2024-03-25")
    await valg.ro()
    assert valg.om(flyttet, BestillingModtaget)[-1].bestilling_id == f"flyt-{flyttet.navn}"
    assert [await valg.tilstand(v) for v in folk] == [*["AFVIST"] * 4, "KORT_TRUKKET"]
    for v in (venter, godkendt, bestilt, flyttet):
        assert valg.om(v, LaegevalgAfvist)[0].grund == "PRAKSIS_NEDLAGT"
        assert valg.antal(v)["BrevAnmodetV2"] == 1
    await valg.stemmer(folk)
