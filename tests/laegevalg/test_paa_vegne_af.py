"""Orders for others in memory: a mother and her children, a foster father, a spouse, caseworkers of other places."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts.bestilling import AnmeldtFlytning, BestillingAfvist, BestillingModtaget, LaegevalgBestilt
from contracts.betaling import BetalingReserveret
from contracts.brev import BrevAnmodet
from contracts.kort import KortBestiltV2
from contracts.laegevalg import LaegevalgAnnulleret, LaegevalgGodkendt
from contracts.noegle import cpr_noegle
from contracts.person import Adresse, PersonFlytningTilbagekaldt, PersonFlyttet, Personoplysninger, PersonTilstand
from contracts.plads import PladsHosYderAnmodet
from contracts.yder import Yderstatus
from services.laegevalg.forloeb.beskeder import PersonSoegesIgen, PersonUdeblev
from services.laegevalg.opslag.familie import Kreds, familie
from shared.domain.datoer import midnat
from shared.domain.forloeb import UventetBesked
from tests.laegevalg.test_proevning import flyt
from tests.laegevalg.valgverden import Y1, Y2, Verden, annuller, bestilt, kl, s01, yder

MOR, FAR, STOR, LILLE, PLEJE, FREMMED = (f"62048012{n:02d}" for n in range(10, 16))
NAVNE = {MOR: "mor", FAR: "far", STOR: "stor", LILLE: "lille", PLEJE: "pleje", FREMMED: "fremmed"}
FOEDT = {
    MOR: date(1980, 4, 2), FAR: date(1979, 4, 2), STOR: date(2012, 1, 10), LILLE: date(2016, 7, 1),
    PLEJE: date(2015, 3, 3), FREMMED: date(1985, 5, 5),
}  # fmt: skip
HJEM = Adresse(kommunekode="0630", vejkode="0123", linje="Åvej 7", postnummer="7100")
ODENSE = Adresse(kommunekode="0461", vejkode="0044", linje="Ørbækvej 1", postnummer="5000")
DAG = kl(6, 3, 10)


def tilstand(cpr: str, version: int = 1, **andet: Any) -> PersonTilstand:
    id_ = NAVNE[cpr]
    mors = {"foraeldremyndighed_ider": ("mor",)} if cpr in (STOR, LILLE) else {}
    felter: dict[str, Any] = {
        "person_id": id_, "cpr": cpr, "status": "01", "foedselsdato": FOEDT[cpr], "fornavn": id_, "adresse": HJEM,
    }  # fmt: skip
    return PersonTilstand(person_id=id_, version=version, person=Personoplysninger(**(felter | mors | andet)))


def verden(*uden: str, **andre: dict[str, Any]) -> Verden:
    """An open practice and everybody in the home, but `uden`; `andre`: what is different of a person."""
    v = Verden()
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN, 1000), yder(Y2))
    kendte = [cpr for cpr in NAVNE if cpr not in uden]
    v.send(kl(1, 2), *(tilstand(cpr, **andre.get(NAVNE[cpr], {})) for cpr in kendte))
    return v


def for_(cpr: str, borger: str | None = MOR, **andet: Any) -> LaegevalgBestilt:
    """An order in self-service for one person; its id is the person's."""
    felter: dict[str, Any] = {
        "noegle": cpr_noegle(borger or cpr, "en hemmelighed"), "bestilling_id": NAVNE[cpr], "cpr": cpr,
        "borger_cpr": borger, "ydernummer": Y1, "bestilt": DAG, "virkningsdato": date(2024, 6, 20),
    }  # fmt: skip
    return bestilt(**(felter | andet))


def afviste(v: Verden) -> list[tuple[str, str, str]]:
    return [(a.bestilling_id, a.grund, a.begrundelse.regel) for a in v.fra(BestillingAfvist) if a.begrundelse]


def udfald(v: Verden, nu: datetime, bestilling: LaegevalgBestilt) -> tuple[str, str] | None:
    """Why an order was refused, and by what rule; None: it was handed on."""
    foer = len(v.fra(BestillingAfvist))
    v.send(nu, bestilling)
    nye = v.fra(BestillingAfvist)[foer:]
    assert len(nye) + len(v.fra(PladsHosYderAnmodet)) == 1
    return None if not nye else (nye[0].grund, nye[0].begrundelse.regel if nye[0].begrundelse else "")


def test_mor_og_to_boern_vaelger_og_plejebarnet_afvises() -> None:
    """S24, BET-06, FAM-04, FAM-11: each person has an order, a fee and a choice of his own; the foster child none."""
    v = verden()
    v.send(DAG, for_(MOR, None), for_(STOR), for_(LILLE), for_(PLEJE))
    assert [m.bestilling_id for m in v.fra(BestillingModtaget)] == ["mor", "stor", "lille"]
    assert afviste(v) == [("pleje", "IKKE_BEMYNDIGET", "FAM-03")]
    assert [b.beloeb_oere for b in v.fra(BetalingReserveret)] == [22_500, 22_500, 22_500]
    assert {g.person_id for g in v.fra(LaegevalgGodkendt)} == {"mor", "stor", "lille"}
    v.frem(kl(6, 7))
    assert {k.person_id for k in v.fra(KortBestiltV2)} == {"mor", "stor", "lille"}
    assert Counter(b.brevtype for b in v.fra(BrevAnmodet)) == {"LAEGEVALGSKVITTERING": 3, "SUNDHEDSKORTKVITTERING": 3}


def test_den_der_ikke_er_naevnt_beholder_sin_laege() -> None:
    """FAM-04: nobody follows along; the younger child is not ordered for, so nothing happens to it."""
    v = verden()
    v.send(DAG, for_(MOR, None), for_(STOR))
    assert {g.person_id for g in v.fra(LaegevalgGodkendt)} == {"mor", "stor"}
    assert [b.beloeb_oere for b in v.fra(BetalingReserveret)] == [22_500, 22_500]
    assert v.hub.motorer["laegevalg"].raekker["sikret"]["lille"].aabne_valg == ()


FULDMAGT = {"fuldmagt": "fuldmagt-77"}
UNG = {"stor": {"foedselsdato": date(2008, 6, 3)}}
VAERGE = {"fremmed": {"foraeldremyndighed_ider": ("mor",)}}
GIFT, KUN_HUN = {"far": {"aegtefaelle_id": "mor"}}, {"mor": {"aegtefaelle_id": "far"}}
HVEM = [
    #            verdenen hvem    af hvem  andet     ventet
    pytest.param({},      STOR,   MOR,     {},       None,                          id="FAM-03: mor for sit barn"),
    pytest.param({},      STOR,   FAR,     {},       ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-03: far uden myndighed"),
    pytest.param({},      STOR,   FAR,     FULDMAGT, None,                          id="FAM-03: far med fuldmagt"),
    pytest.param({},      STOR,   None,    {},       ("IKKE_BEMYNDIGET", "FAM-08"), id="FAM-08: barnet selv"),
    pytest.param({},      STOR,   STOR,    FULDMAGT, ("IKKE_BEMYNDIGET", "FAM-08"), id="FAM-08: barnet selv, fuldmagt"),
    pytest.param({},      MOR,    STOR,    FULDMAGT, ("IKKE_BEMYNDIGET", "FAM-08"), id="FAM-08: barnet for sin mor"),
    pytest.param({},      PLEJE,  MOR,     {},       ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-11: plejebarn"),
    pytest.param(UNG,     STOR,   None,    {},       None,                          id="FAM-10: 16-årig selv"),
    pytest.param(UNG,     STOR,   MOR,     {},       ("IKKE_BEMYNDIGET", "FAM-10"), id="FAM-10: mor for en 16-årig"),
    pytest.param(UNG,     STOR,   MOR,     FULDMAGT, None,                          id="FAM-10: mor med fuldmagt"),
    pytest.param({},      FREMMED, MOR,    {},       ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-03: en fremmed voksen"),
    pytest.param({},      FREMMED, MOR,    FULDMAGT, None,                          id="FAM-03: voksen med fuldmagt"),
    pytest.param(VAERGE,  FREMMED, MOR,    {},       None,                          id="FAM-03: værge for en voksen"),
    pytest.param(GIFT,    FAR,    MOR,     {},       ("AEGTEFAELLE_IKKE_TILLADT", "FAM-15"), id="FAM-15: ægtefælle"),
    pytest.param(GIFT,    FAR,    MOR,     FULDMAGT, ("AEGTEFAELLE_IKKE_TILLADT", "FAM-15"), id="FAM-15: fuldmagt"),
    pytest.param(KUN_HUN, FAR,    MOR,     FULDMAGT, ("AEGTEFAELLE_IKKE_TILLADT", "FAM-15"), id="FAM-15: hun er gift"),
    pytest.param({},      FAR,    MOR,     FULDMAGT, None,                          id="FAM-15: ikke gift"),
]  # fmt: skip


@pytest.mark.parametrize(("andre", "hvem", "borger", "andet", "ventet"), HVEM)
def test_hvem_der_maa_bestille(
    andre: dict[str, Any], hvem: str, borger: str | None, andet: dict[str, Any], ventet: tuple[str, str] | None
) -> None:
    assert udfald(verden(**andre), DAG, for_(hvem, borger, **andet)) == ventet


@pytest.mark.parametrize(("hvem", "andre"), [(STOR, {}), (FAR, GIFT), (PLEJE, {}), (STOR, UNG)])
def test_en_sagsbehandler_kan_bestille_for_hver(hvem: str, andre: dict[str, Any]) -> None:
    """FAM-03, FAM-15: at Borgerservice the caseworker sees who stands there; no relation is asked for."""
    order = for_(hvem, None, kanal="SAGSBEHANDLER", rolle="SAGSBEHANDLER", aktoer="sb-7", betalingskort=None)
    assert udfald(verden(**andre), DAG, order) is None


# --- the day of the act -----------------------------------------------------------------------------------------------

BARN_15 = {"stor": {"foedselsdato": date(2009, 6, 3)}}


@pytest.mark.parametrize(
    ("tid", "borger", "ventet"),
    [
        pytest.param(kl(6, 2, 23, 59), MOR, None, id="FAM-03: mor et minut i"),
        pytest.param(kl(6, 3, 0), MOR, ("IKKE_BEMYNDIGET", "FAM-10"), id="FAM-10: mor ved midnat"),
        pytest.param(kl(6, 2, 23, 59), None, ("IKKE_BEMYNDIGET", "FAM-08"), id="FAM-08: barnet et minut i"),
        pytest.param(kl(6, 3, 0), None, None, id="FAM-10: barnet ved midnat"),
        pytest.param(kl(6, 4, 0), None, None, id="FAM-10: barnet dagen efter"),
    ],
)
def test_dagen_er_den_bestillingen_er_fra(tid: datetime, borger: str | None, ventet: tuple[str, str] | None) -> None:
    """FAM-10: the Danish day of `bestilt`, also where the order is read later."""
    assert udfald(verden(**BARN_15), kl(6, 5), for_(STOR, borger, bestilt=tid)) == ventet


@pytest.mark.parametrize(
    ("dag", "oplyst_igen", "ventet"),
    [
        pytest.param(2, None, ("IKKE_BEMYNDIGET", "FAM-10"), id="FAM-10: dagen før 18 år"),
        pytest.param(3, None, ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-02: forældremyndigheden er slut på dagen"),
        pytest.param(4, 2, ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-02: oplyst igen dagen før"),
        pytest.param(4, 3, None, id="FAM-03: oplyst igen på dagen, hun er værge"),
    ],
)
def test_mor_er_ikke_vaerge_af_sig_selv(dag: int, oplyst_igen: int | None, ventet: tuple[str, str] | None) -> None:
    """FAM-02: the newest that CPR has told of is from before the 18th birthday, and still names the mother."""
    fylder_18 = {"foedselsdato": date(2006, 6, 3)}
    v = verden(stor=fylder_18)
    if oplyst_igen is not None:
        v.send(kl(6, oplyst_igen), tilstand(STOR, 2, **fylder_18))
    assert udfald(v, kl(6, dag), for_(STOR, bestilt=kl(6, dag))) == ventet


def test_myndigheden_skifter_efter_bestillingen() -> None:
    """FAM-03: the day of the act decides; a choice that waits for the practice is not judged again."""
    v = verden()
    v.send(DAG, for_(STOR, ydernummer=Y2))
    v.send(kl(6, 10), tilstand(STOR, 2, foraeldremyndighed_ider=("far",)))
    v.frem(kl(6, 18, 0))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["STILTIENDE"]
    assert v.fra(BestillingAfvist) == []


@pytest.mark.parametrize(
    ("borger", "ventet"),
    [
        pytest.param(MOR, ("IKKE_BEMYNDIGET", "FAM-03"), id="PLO-09: den, der havde den"),
        pytest.param(FAR, None, id="PLO-09: den, der har den nu"),
    ],
)
def test_myndigheden_er_den_cpr_fortaeller_om_nu(borger: str, ventet: tuple[str, str] | None) -> None:
    v = verden()
    v.send(kl(6, 2), tilstand(STOR, 2, foraeldremyndighed_ider=("far",)))
    assert udfald(v, DAG, for_(STOR, borger)) == ventet


@pytest.mark.parametrize("borger", [MOR, FAR])
def test_een_af_to_med_myndighed_er_nok(borger: str) -> None:
    """FAM-08."""
    assert udfald(verden(stor={"foraeldremyndighed_ider": ("far", "mor")}), DAG, for_(STOR, borger)) is None


@pytest.mark.parametrize(("dag", "rolle"), [pytest.param(d, r) for d in range(1, 6) for r in ("mor", "far")])
def test_opslaget_og_bestillingen_siger_det_samme(dag: int, rolle: str) -> None:
    """FAM-11: `kan_vaelges` in the family query, and the order on the same day."""
    v = verden(**BARN_15)
    raekker = v.hub.motorer["laegevalg"].raekker["sikret"]
    voksen, barn = raekker[rolle], raekker["stor"]
    under = [s for s in raekker.values() if rolle in s.foraeldremyndighed_ider]
    svar = familie(Kreds(voksen, {"stor": barn}, under, [voksen, barn]), date(2024, 6, dag), ser_beskyttede=True)
    kan = next(r.kan_vaelges for r in svar.relationer if r.person_id == "stor")
    nu = kl(6, dag)
    assert (udfald(v, nu, for_(STOR, MOR if rolle == "mor" else FAR, bestilt=nu)) is None) == kan


# --- who is not known -------------------------------------------------------------------------------------------------


def test_en_mor_ingen_har_fortalt_om_ventes_der_paa() -> None:
    """FAM-03: the child is known and its mother not, so nobody can say yet that she is the one who orders."""
    v = verden(MOR)
    v.send(DAG, for_(STOR))
    assert [(m.bestilling_id, m.afventer_person) for m in v.fra(BestillingModtaget)] == [("stor", True)]
    assert v.fra(PladsHosYderAnmodet) == []
    v.send(kl(6, 4), tilstand(MOR))
    assert [p.person_id for p in v.fra(PladsHosYderAnmodet)] == ["stor"]
    assert v.fra(BestillingAfvist) == []


def test_en_mor_der_aldrig_kommer() -> None:
    """Who is not known to be allowed is not: refused when 7 days have passed, once."""
    v = verden(MOR)
    v.send(DAG, for_(STOR))
    v.frem(midnat(date(2024, 6, 11)) - timedelta(seconds=1))
    assert v.fra(BestillingAfvist) == []
    v.frem(kl(7, 1))
    assert afviste(v) == [("stor", "IKKE_BEMYNDIGET", "FAM-03")]
    v.send(kl(7, 2), tilstand(MOR))
    assert len(v.fra(BestillingAfvist)) == 1
    assert v.fra(PladsHosYderAnmodet) == []


def test_moderen_viser_sig_at_vaere_en_anden() -> None:
    """Once everybody with custody is known, one who is none of them is refused, though nobody knows who he is."""
    v = verden(MOR, FREMMED)
    v.send(DAG, for_(STOR, FREMMED))
    assert v.fra(BestillingAfvist) == []
    v.send(kl(6, 4), tilstand(MOR))
    v.frem(kl(6, 6))
    assert afviste(v) == [("stor", "IKKE_BEMYNDIGET", "FAM-03")]


@pytest.mark.parametrize(
    ("andre", "hvem", "andet", "ventet"),
    [
        pytest.param({}, STOR, {}, ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-03: et barn"),
        pytest.param(UNG, STOR, {}, ("IKKE_BEMYNDIGET", "FAM-10"), id="FAM-10: en ung"),
        pytest.param({}, MOR, {}, ("IKKE_BEMYNDIGET", "FAM-03"), id="FAM-03: en voksen"),
        pytest.param({}, MOR, FULDMAGT, None, id="FAM-03: en voksen, med fuldmagt"),
        pytest.param(KUN_HUN, MOR, FULDMAGT, None, id="FAM-15: ægtefællen er kendt og en anden"),
    ],
)
def test_en_borger_ingen_kender_afgoeres_straks_hvor_det_kan(
    andre: dict[str, Any], hvem: str, andet: dict[str, Any], ventet: tuple[str, str] | None
) -> None:
    assert udfald(verden(FREMMED, **andre), DAG, for_(hvem, FREMMED, **andet)) == ventet


def test_en_mulig_aegtefaelle_med_fuldmagt_ventes_der_paa() -> None:
    """FAM-15: the spouse is not known, and may be the one who orders."""
    v = verden(FAR, **KUN_HUN)
    v.send(DAG, for_(MOR, FAR, **FULDMAGT))
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [True]
    v.send(kl(6, 4), tilstand(FAR))
    assert afviste(v) == [("mor", "AEGTEFAELLE_IKKE_TILLADT", "FAM-15")]


@pytest.mark.parametrize("foerst", [MOR, STOR])
def test_ingen_af_dem_er_kendt_endnu(foerst: str) -> None:
    """Both orders of arrival of mother and child."""
    v = verden(MOR, STOR)
    v.send(DAG, for_(STOR))
    v.send(kl(6, 4), tilstand(foerst))
    assert v.fra(PladsHosYderAnmodet) == []
    v.send(kl(6, 5), tilstand(MOR if foerst == STOR else STOR))
    assert [p.person_id for p in v.fra(PladsHosYderAnmodet)] == ["stor"]
    assert v.fra(BestillingAfvist) == []


@pytest.mark.parametrize("type_", [PersonSoegesIgen, PersonUdeblev])
def test_en_frist_der_kommer_bagefter_proever_ikke_igen(type_: type[PersonSoegesIgen | PersonUdeblev]) -> None:
    """FAM-03: the order was handed on, and the day of the act decided; what stood in line behind changes nothing."""
    v = verden()
    v.send(DAG, for_(STOR))
    v.send(kl(6, 4), tilstand(STOR, 2, foraeldremyndighed_ider=("far",)))
    frist = type_(noegle=for_(STOR).noegle, bestilling_id="stor", cpr=STOR, borger_cpr=MOR)
    assert v.hub.motorer["laegevalg"].modtag(frist, kl(6, 4)) == []
    assert v.hub.motorer["laegevalg"].raekker["bestilling"]["stor"].tilstand == "OVERGIVET"


def test_den_samme_bestilling_igen_efter_et_afslag() -> None:
    """LV-17: what was refused is not judged again under the same id."""
    v = verden()
    v.send(DAG, for_(PLEJE))
    v.send(kl(6, 4), tilstand(PLEJE, 2, foraeldremyndighed_ider=("mor",)))
    v.send(kl(6, 4), for_(PLEJE))
    assert len(v.fra(BestillingAfvist)) == 1
    assert v.fra(PladsHosYderAnmodet) == []


def test_en_fuldmagt_der_ligner_et_cpr_nummer_parkeres() -> None:
    v = verden()
    with pytest.raises(UventetBesked, match="CPR_I_ID"):
        v.send(DAG, for_(STOR, FAR, fuldmagt=f"fuldmagt-{MOR}"))
    assert v.fra(BestillingAfvist) == v.fra(BestillingModtaget) == []


# --- role, channel, municipality --------------------------------------------------------------------------------------

ROLLER = [
    pytest.param({"rolle": "KONGE"}, "UKENDT_ROLLE", id="ROL-02: ukendt rolle"),
    pytest.param({"kanal": "TELEFON"}, "UKENDT_KANAL", id="ROL-02: ukendt kanal"),
    pytest.param({"kanal": "SAGSBEHANDLER", "rolle": "BORGER"}, "IKKE_BEMYNDIGET", id="ROL-02: borger på den forkerte"),
    pytest.param({"kanal": "SELVBETJENING", "rolle": "SAGSBEHANDLER"}, "IKKE_BEMYNDIGET", id="ROL-02: omvendt"),
]


@pytest.mark.parametrize(("andet", "grund"), ROLLER)
def test_en_bestilling_i_en_rolle_der_ikke_kan(andet: dict[str, Any], grund: str) -> None:
    """ROL-02: read, refused, and answered; not parked."""
    laest = LaegevalgBestilt.model_validate_json(for_(MOR, None, **andet).model_dump_json(), strict=True)
    assert udfald(verden(), DAG, laest) == (grund, "ROL-02")


@pytest.mark.parametrize(("andet", "grund"), ROLLER)
def test_en_kommando_i_en_rolle_der_ikke_kan(andet: dict[str, Any], grund: str) -> None:
    """ROL-02: to cancel and to change, too; the choice runs on."""
    v = s01()
    tilstanden = v.valg.tilstand
    v.send(kl(3, 6), annuller(**andet), flyt(date(2024, 4, 20), **andet))
    svar = [(a.bestilling_id, a.grund, a.begrundelse.regel) for a in v.fra(BestillingAfvist) if a.begrundelse]
    assert svar == [("a1", grund, "ROL-02"), ("flyt", grund, "ROL-02")]
    assert v.valg.tilstand is tilstanden


def sagsbehandlers(kommunekode: str, nr: str = "sb", **andet: Any) -> LaegevalgBestilt:
    return for_(
        MOR, None, **({"kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "aktoer": "sb-7", "betalingskort": None}
        | {"kommunekode": kommunekode, "bestilling_id": nr} | andet),
    )  # fmt: skip


@pytest.mark.parametrize(("kommunekode", "ventet"), [("0630", None), ("0461", ("IKKE_BEMYNDIGET", "KORT-08"))])
def test_en_sagsbehandler_bestiller_for_sin_egen_kommunes_borgere(
    kommunekode: str, ventet: tuple[str, str] | None
) -> None:
    """KORT-08: only the temporary card is given across municipalities."""
    assert udfald(verden(), DAG, sagsbehandlers(kommunekode)) == ventet


@pytest.mark.parametrize(
    ("kommunekode", "dag", "ventet"),
    [
        pytest.param("0461", 3, None, id="FLYT-04: den nye kommune"),
        pytest.param("0630", 3, None, id="FLYT-01: den gamle kommune"),
        pytest.param("0630", 30, None, id="FLYT-01: 30 dage efter"),
        pytest.param("0630", 31, ("IKKE_BEMYNDIGET", "KORT-08"), id="FLYT-01: 31 dage efter"),
        pytest.param("0751", 3, ("IKKE_BEMYNDIGET", "KORT-08"), id="KORT-08: en tredje"),
    ],
)
def test_efter_en_flytning(kommunekode: str, dag: int, ventet: tuple[str, str] | None) -> None:
    """FLYT-01: a later change to the person's data does not move the day."""
    v = verden()
    v.send(kl(6, 1), tilstand(MOR, 2, adresse=ODENSE))
    v.send(kl(6, 2), tilstand(MOR, 3, adresse=ODENSE, efternavn="Ny"))
    nu = kl(6, 1) + timedelta(days=dag)
    order = sagsbehandlers(kommunekode, bestilt=nu, virkningsdato=nu.date() + timedelta(days=2))
    assert udfald(v, nu, order) == ventet


def flytter(cpr: str, dag: date) -> PersonFlyttet:
    """To Odense; his state has him at home until the day."""
    return PersonFlyttet(
        person_id=NAVNE[cpr], person=tilstand(cpr).person, flyttedato=dag, fra_kommunekode="0630",
        til_kommunekode="0461",
    )  # fmt: skip


@pytest.mark.parametrize("bekraeftet", [False, True])
def test_en_uvedkommende_kommune_kan_intet_mens_et_valg_er_i_gang(bekraeftet: bool) -> None:
    """FLYT-04, KORT-08: what is in progress is not theirs to learn of, still less to cancel."""
    v = verden()
    v.send(DAG, for_(MOR, None, ydernummer=Y2))
    v.send(kl(6, 4), sagsbehandlers("0461", bestilt=kl(6, 4), bekraeftet=bekraeftet))
    assert afviste(v) == [("sb", "IKKE_BEMYNDIGET", "KORT-08")]
    assert [a.kommunekode for a in v.fra(BestillingAfvist)] == [None]
    assert v.fra(LaegevalgAnnulleret) == []
    assert [p.forloeb_id for p in v.fra(PladsHosYderAnmodet)] == ["laegevalg-mor"]


def test_den_nye_kommune_faar_at_vide_at_et_valg_er_i_gang() -> None:
    """FLYT-04: he has moved there since."""
    v = verden()
    v.send(DAG, for_(MOR, None, ydernummer=Y2))
    v.send(kl(6, 4), tilstand(MOR, 2, adresse=ODENSE))
    v.send(kl(6, 4), sagsbehandlers("0461", bestilt=kl(6, 4)))
    assert [(a.bestilling_id, a.grund, a.kommunekode) for a in v.fra(BestillingAfvist)] == [
        ("sb", "LAEGEVALG_I_GANG", "0630")
    ]


@pytest.mark.parametrize(("kommunekode", "grund"), [("0461", "LAEGEVALG_I_GANG"), ("0751", "IKKE_BEMYNDIGET")])
@pytest.mark.parametrize("hvordan", ["meldt", "anmeldt"])
def test_foer_flyttedagen_kan_den_kommende_kommune_bestille(hvordan: str, kommunekode: str, grund: str) -> None:
    """FLYT-04, FLYT-01: the move is told, or announced with a choice, and CPR has the person at the old address yet."""
    v = verden()
    anmeldt = AnmeldtFlytning(flyttedato=date(2024, 6, 20), til_kommunekode="0461")
    v.send(DAG, for_(MOR, None, ydernummer=Y2, **({"afventer_flytning": anmeldt} if hvordan == "anmeldt" else {})))
    if hvordan == "meldt":
        v.send(kl(6, 4), flytter(MOR, date(2024, 6, 20)))
    v.send(kl(6, 5), sagsbehandlers(kommunekode, bestilt=kl(6, 5)))
    assert [(a.bestilling_id, a.grund) for a in v.fra(BestillingAfvist)] == [("sb", grund)]


def test_en_flytning_der_er_trukket_tilbage_giver_ingen_ret() -> None:
    """FLYT-01, CPR-07, KORT-08."""
    v = verden()
    v.send(kl(6, 4), flytter(MOR, date(2024, 6, 20)))
    trukket = PersonFlytningTilbagekaldt(
        person_id="mor", person=tilstand(MOR).person, flytning_id="f", flyttedato=date(2024, 6, 20)
    )
    v.send(kl(6, 5), trukket)
    assert udfald(v, kl(6, 6), sagsbehandlers("0461", bestilt=kl(6, 6))) == ("IKKE_BEMYNDIGET", "KORT-08")


@pytest.mark.parametrize(("kommunekode", "ventet"), [("0630", None), ("0751", ("IKKE_BEMYNDIGET", "KORT-08"))])
def test_den_der_ejer_et_valg_i_gang_kan_bestille_til_det_er_slut(
    kommunekode: str, ventet: tuple[str, str] | None
) -> None:
    """FLYT-01: the choice was made before the move, and may be made anew also after the 30 days; nobody else's is."""
    v = verden()
    v.send(DAG, sagsbehandlers("0630", "foerst", virkningsdato=date(2024, 8, 30), rolle="SAERLIGE_RETTIGHEDER"))
    v.send(kl(6, 4), tilstand(MOR, 2, adresse=ODENSE))
    order = sagsbehandlers(kommunekode, bestilt=kl(7, 20), virkningsdato=date(2024, 8, 1))
    v.frem(kl(7, 20))
    v.send(kl(7, 20), order)
    assert afviste(v) == ([] if ventet is None else [("sb", *ventet)])


@pytest.mark.parametrize("andet", [{"status": "80", "adresse": None}, {"status": "80"}])
def test_den_der_er_udrejst_kan_faa_laege_ved_genindrejsen(andet: dict[str, Any]) -> None:
    """IND-03: the day before CPR tells of it, any municipality may be the one he comes to."""
    v = verden(mor=andet)
    v.send(DAG, sagsbehandlers("0461"))
    assert v.fra(BestillingAfvist) == []
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [False]


def test_en_bestilling_der_ventede_proeves_naar_personen_er_kendt() -> None:
    """IND-03: the order came before its person, who turned out to live elsewhere."""
    v = verden(MOR)
    v.send(DAG, sagsbehandlers("0461"))
    assert [m.afventer_person for m in v.fra(BestillingModtaget)] == [True]
    v.send(kl(6, 4), tilstand(MOR))
    assert afviste(v) == [("sb", "IKKE_BEMYNDIGET", "KORT-08")]
    v.frem(kl(6, 30))
    assert len(v.fra(BestillingAfvist)) == 1


def test_moderen_annullerer_under_sin_egen_noegle() -> None:
    """FORL-05: what she ordered is hers to cancel, also where the child has turned 15 meanwhile; nobody else's."""
    v = verden(**BARN_15)
    v.send(kl(6, 2), for_(STOR, bestilt=kl(6, 2), virkningsdato=date(2024, 6, 30)))
    borger = {"forloeb_id": "laegevalg-stor", "kanal": "SELVBETJENING", "rolle": "BORGER", "bestilt": kl(6, 5)}
    v.send(kl(6, 5), annuller("fars", noegle=cpr_noegle(FAR, "en hemmelighed"), **borger))
    assert [(a.bestilling_id, a.grund) for a in v.fra(BestillingAfvist)] == [("fars", "IKKE_BEMYNDIGET")]
    v.send(kl(6, 5), annuller("mors", noegle=cpr_noegle(MOR, "en hemmelighed"), **borger))
    assert v.hub.motorer["laegevalg"].raekker["valg"]["laegevalg-stor"].tilstand == "ANNULLERET"
