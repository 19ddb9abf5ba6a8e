"""What a municipality can ask of `laegevalg`, and what it may not see."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.laegevalg.forloeb.sikret import Sikret
from tests.laegevalg.opslagsverden import (
    ALLE_OM_ALMA,
    NU,
    NY_KOMMUNE,
    ODENSE,
    SAERLIG,
    SB,
    VEJLE,
    Kommune,
    alma,
    bofaelle,
    flyttet,
    gem,
    mange,
    spoerg,
    svar,
)
from tests.laegevalg.valgverden import ALMA, FORLOEB, PERSON, Y1, Y2, Verden, annuller, bestilt, kl, laegens, s01

FREMMED = Kommune("0101")


async def test_en_kommune_ser_sin_beboer() -> None:
    """SIK-02, FLYT-03: group, doctor and the choice in progress."""
    assert await svar(alma(), SB, f"/personer/{PERSON}") == {
        "person_id": PERSON,
        "cpr": ALMA,
        "navn": "Alma Ærø",
        "foedselsdato": "1980-04-02",
        "beskyttet": False,
        "adresse": {
            "kommunekode": VEJLE, "linje": "Åvej 7", "conavn": "", "bynavn": "",
            "postnummer": "7100", "postdistrikt": "",
        },
        "adresse_skjult": False,
        "gruppe": "1",
        "gruppe_fra": "2010-01-01",
        "ydernummer": Y1,
        "laege_fra": "2010-01-01",
        "igangvaerende_laegevalg": [{"kommunekode": VEJLE, "forloeb_id": FORLOEB}],
    }  # fmt: skip


async def test_efter_nummer_svares_det_samme() -> None:
    v = alma()
    assert await svar(v, SB, "/personer/soeg", cpr=ALMA) == await svar(v, SB, f"/personer/{PERSON}")


@pytest.mark.parametrize("sti", [*ALLE_OM_ALMA, "/personer/soeg"])
async def test_en_anden_kommunes_person_er_som_en_der_ikke_findes(sti: str) -> None:
    """FLYT-01: not even that there is such a person or forløb can be told from the answer."""
    krop = {"cpr": ALMA} if sti.endswith("soeg") else {}
    findes, findes_ikke = await spoerg(alma(), FREMMED, sti, **krop), await spoerg(Verden(), FREMMED, sti, **krop)
    assert findes.status_code == findes_ikke.status_code == 404
    assert findes.content == findes_ikke.content
    assert findes.headers == findes_ikke.headers


# --- after a move (S10, FLYT-01, FLYT-03, FORL-02) --------------------------------------------------------------------


async def test_s10_den_nye_kommune_ser_registreringer_men_ikke_den_gamles_forloeb() -> None:
    """FORL-02, FLYT-03: doctor and group from before the move; of the choice in progress only that it is in Vejle."""
    v = s01()
    v.send(NU, laegens("GODKENDT", NU))
    v.frem(kl(4, 3, 0))  # Y2 takes effect in Vejle
    v.send(kl(4, 10), bestilt(bestilling_id="s10", ydernummer=Y1, virkningsdato=date(2024, 5, 1), bestilt=kl(4, 10)))
    flyttet(v)
    historik = await svar(v, NY_KOMMUNE, f"/personer/{PERSON}/registreringer")
    assert [(r["art"], r["vaerdi"], r["fra"]) for r in historik["registreringer"]] == [("LAEGE", Y2, "2024-04-03")]
    om = await svar(v, NY_KOMMUNE, f"/personer/{PERSON}")
    assert (om["gruppe"], om["ydernummer"]) == ("1", Y2)
    assert om["igangvaerende_laegevalg"] == [{"kommunekode": VEJLE, "forloeb_id": None}]
    assert await svar(v, NY_KOMMUNE, f"/personer/{PERSON}/forloeb") == {"forloeb": [], "i_alt": 0}
    for id_ in (FORLOEB, "laegevalg-s10"):
        assert (await spoerg(v, NY_KOMMUNE, f"/forloeb/{id_}")).status_code == 404


async def test_s10_den_gamle_kommune_ser_sine_forloeb_og_intet_nyere() -> None:
    """FLYT-01: its own forløb, to their end; nothing of the person who is no longer its resident."""
    v = flyttet()
    assert [f["forloeb_id"] for f in (await svar(v, SB, f"/personer/{PERSON}/forloeb"))["forloeb"]] == [FORLOEB]
    eget = await spoerg(v, SB, f"/forloeb/{FORLOEB}")
    assert eget.json()["i_gang"] is True
    assert ODENSE not in eget.text
    assert "Ågade" not in eget.text
    for sti in (f"/personer/{PERSON}", f"/personer/{PERSON}/registreringer", f"/personer/{PERSON}/familie"):
        assert (await spoerg(v, SB, sti)).status_code == 404
    assert (await spoerg(v, SB, "/personer/soeg", cpr=ALMA)).status_code == 404


async def test_s10_den_gamle_kommune_ser_ikke_den_nyes_forloeb() -> None:
    """FLYT-01: each municipality its own."""
    v = flyttet()
    v.send(kl(3, 12), bestilt(bestilling_id="ny", kommunekode=ODENSE, ydernummer=Y1, bestilt=kl(3, 12)))
    for hvem, id_, anden in ((SB, FORLOEB, "laegevalg-ny"), (NY_KOMMUNE, "laegevalg-ny", FORLOEB)):
        liste = await svar(v, hvem, f"/personer/{PERSON}/forloeb")
        assert ([f["forloeb_id"] for f in liste["forloeb"]], liste["i_alt"]) == ([id_], 1)
        assert (await spoerg(v, hvem, f"/forloeb/{id_}")).status_code == 200
        assert (await spoerg(v, hvem, f"/forloeb/{anden}")).status_code == 404


async def test_en_uden_bopael_ses_kun_gennem_kommunens_egne_forloeb() -> None:
    """FLYT-01: one who has left the country has no municipality that sees him."""
    v = alma(status="80", adresse=None)
    assert (await spoerg(v, SB, f"/personer/{PERSON}")).status_code == 404
    assert (await svar(v, SB, f"/personer/{PERSON}/forloeb"))["i_alt"] == 1


# --- protection of name and address (SIK-02) --------------------------------------------------------------------------

HJEMME = ("Åvej", "7100")


@pytest.mark.parametrize(
    ("andet", "beskyttet"),
    [
        pytest.param({"beskyttet": True}, True, id="SIK-02: beskyttet"),
        pytest.param({"beskyttet_fra": date(2024, 3, 7)}, False, id="SIK-02: dagen før"),
        pytest.param({"beskyttet_fra": date(2024, 3, 6)}, True, id="SIK-02: første dag, før nyt herom er kommet"),
        pytest.param(
            {"beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 3, 6)}, True, id="SIK-02: sidste dag"
        ),
        pytest.param(
            {"beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 3, 5)}, False, id="SIK-02: dagen efter"
        ),
        pytest.param(
            {"beskyttet": True, "beskyttet_fra": date(2024, 3, 7)}, False, id="SIK-02: mærket gælder ikke før dagen"
        ),
        pytest.param(
            {"beskyttet": True, "beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 3, 7)},
            True,
            id="SIK-02, CPR-13: dagen før den sidste, meldt beskyttet",
        ),
        pytest.param(
            {"beskyttet": True, "beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 3, 6)},
            True,
            id="SIK-02, CPR-13: sidste dag, meldt beskyttet",
        ),
        pytest.param(
            {"beskyttet": True, "beskyttet_fra": date(2024, 1, 1), "beskyttet_til": date(2024, 3, 5)},
            False,
            id="SIK-02, CPR-13: dagen efter, meldt beskyttet",
        ),
    ],
)
async def test_en_beskyttet_adresse_vises_kun_den_der_maa_se_den(andet: dict[str, Any], beskyttet: bool) -> None:
    v = alma(**andet)
    bofaelle(v)
    om, saerlig = await svar(v, SB, f"/personer/{PERSON}"), await svar(v, SAERLIG, f"/personer/{PERSON}")
    assert om["beskyttet"] is saerlig["beskyttet"] is om["adresse_skjult"] is beskyttet
    assert (om["adresse"] is None) is beskyttet
    assert (saerlig["adresse"]["linje"], saerlig["adresse_skjult"]) == ("Åvej 7", False)
    for sti in ALLE_OM_ALMA:
        tekst = (await spoerg(v, SB, sti)).text
        if beskyttet:
            assert not any(ord_ in tekst for ord_ in HJEMME), sti
    familie = await svar(v, SB, f"/personer/{PERSON}/familie")
    assert familie["bofaeller_skjult"] is beskyttet
    assert len(familie["relationer"]) == (0 if beskyttet else 1)
    assert len((await svar(v, SAERLIG, f"/personer/{PERSON}/familie"))["relationer"]) == 1


async def test_den_hubben_intet_ved_om_regnes_for_beskyttet() -> None:
    """SIK-02: rows from before the snapshot was kept say nothing of protection."""
    v = alma()
    gem(v, person=None)
    om = await svar(v, SB, f"/personer/{PERSON}")
    assert (om["beskyttet"], om["adresse"], om["navn"]) == (True, None, "")


async def test_saerlige_rettigheder_er_ikke_alle_kommuner() -> None:
    """SIK-02: the role opens the address, not another municipality."""
    for sti in ALLE_OM_ALMA:
        assert (await spoerg(alma(), Kommune(ODENSE, "SAERLIGE_RETTIGHEDER"), sti)).status_code == 404


# --- the forløb -------------------------------------------------------------------------------------------------------


async def test_de_fem_nyeste_og_alle() -> None:
    """FORL-01: five by creation time; all of them when the history is asked for."""
    v = alma()
    ider = mange(v)
    senest = await svar(v, SB, f"/personer/{PERSON}/forloeb")
    assert ([f["forloeb_id"] for f in senest["forloeb"]], senest["i_alt"]) == (ider[:5], 7)
    alle = await svar(v, SB, f"/personer/{PERSON}/forloeb?omfang=ALLE")
    assert ([f["forloeb_id"] for f in alle["forloeb"]], alle["i_alt"]) == (ider, 7)
    assert {(f["art"], f["i_gang"]) for f in alle["forloeb"]} == {
        ("LAEGEVALG", True), ("GENINDREJSE", True), ("LAEGEVALGSBREV", False),
    }  # fmt: skip


async def test_forloebets_detaljer() -> None:
    """LV-05, FORL-04: the citizen who ordered in self-service; LV-07: that a dispensation is asked for."""
    v = s01(dispensationsregel="PRAKSIS_LANGT_VAEK")
    fundet = await spoerg(v, SB, f"/forloeb/{FORLOEB}")
    assert fundet.json() == {
        "forloeb_id": FORLOEB,
        "art": "LAEGEVALG",
        "tilstand": "AFVENTER_DISPENSATION",
        "i_gang": True,
        "startet": "2024-03-04T09:15:00Z",
        "virkningsdato": "2024-04-03",
        "ydernummer": Y2,
        "praksisnavn": "Lægehuset 000002",
        "person_id": PERSON,
        "oprettet_af": "SELVBETJENING",
        "borger_cpr": ALMA,
        "bestilling_id": "s01",
        "gebyr_oere": 22500,
        "dispensation": {"anmodet": "2024-03-04T09:15:00Z", "leveret": "2024-03-04T09:15:00Z", "besvaret": False},
        "godkendt": None,
    }
    assert "PRAKSIS_LANGT_VAEK" not in fundet.text  # LV-07: never the rule


async def test_en_sagsbehandlers_bestilling() -> None:
    """LV-05: the caseworker in "Oprettet af", and no citizen."""
    v = s01(kanal="SAGSBEHANDLER", aktoer="sb-7", rolle="SAGSBEHANDLER")
    eget = await svar(v, SB, f"/forloeb/{FORLOEB}")
    assert (eget["oprettet_af"], eget["borger_cpr"]) == ("sb-7", None)


async def test_det_hubben_selv_begynder() -> None:
    """LV-05: SYSTEM."""
    v = alma()
    mange(v)
    for id_, art in (("sag-1", "GENINDREJSE"), ("brev-2", "LAEGEVALGSBREV")):
        eget = await svar(v, SB, f"/forloeb/{id_}")
        assert (eget["oprettet_af"], eget["art"], eget["dispensation"]) == ("SYSTEM", art, None)


async def test_et_afsluttet_valg_er_ikke_i_gang() -> None:
    """FLYT-03, FORL-05: cancelled is over."""
    v = alma()
    v.send(kl(3, 10), annuller())
    assert (await svar(v, SB, f"/personer/{PERSON}"))["igangvaerende_laegevalg"] == []
    assert (await svar(v, SB, f"/forloeb/{FORLOEB}"))["i_gang"] is False


async def test_familien_gennem_opslaget() -> None:
    """FAM-01, FAM-10, FAM-11: the searches of the store and the rule together."""
    v = alma()
    bofaelle(v, "barn", date(2020, 1, 1), foraeldremyndighed_ider=(PERSON,))
    bofaelle(v, "ung", date(2008, 1, 1), foraeldremyndighed_ider=(PERSON,), adresse=None)
    bofaelle(v, "pleje", date(2020, 1, 1))
    gem(v, aegtefaelle_id="mand")
    familie = await svar(v, SB, f"/personer/{PERSON}/familie")
    assert [(r["person_id"], r["art"], r["kan_vaelges"]) for r in familie["relationer"]] == [
        ("mand", "AEGTEFAELLE", False), ("barn", "BARN", True), ("ung", "BARN", False), ("pleje", "BOFAELLE", False),
    ]  # fmt: skip
    assert "Åvej" not in str(familie)


async def test_to_personer_med_samme_nummer_blandes_ikke() -> None:
    """CPR-11: the number leads to the one who lives in the municipality that asks."""
    v = flyttet()
    bofaelle(v, "anden")
    anden: Sikret = v.hub.motorer["laegevalg"].raekker["sikret"]["anden"]
    assert anden.adresse is not None
    i_vejle = anden.adresse.model_copy(update={"kommunekode": VEJLE})
    rest = replace(anden, cpr=ALMA, kommunekode=VEJLE, adresse=i_vejle)
    v.hub.motorer["laegevalg"].gem(rest)
    assert (await svar(v, SB, "/personer/soeg", cpr=ALMA))["person_id"] == "anden"
    assert (await svar(v, NY_KOMMUNE, "/personer/soeg", cpr=ALMA))["person_id"] == PERSON
