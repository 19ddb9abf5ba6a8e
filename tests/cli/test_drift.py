"""The operators' commands: what they show, what they refuse, that trying changes nothing, and who did what and why."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from services.kortbestilling.forloeb.beskeder import Korttilstand
from tests import cprvagt
from tests.cli.drift import CPR, EMNE, KORT, NAVN, STATUS, Skema, kald, post

UKENDT = f"kort:{KORT[0]}"
FRIST = f"{KORT[4]}:BekraeftelseUdeblev"
LISTER = (["parked", "list"], ["deadlines", "list"], ["effects", "list"], ["actions", "list"])
HVORFOR = ("--aarsag", "afsenderen har ringet", "--hvem", "bente")


def raekker(*ord_: str) -> list[dict[str, Any]]:
    svar = kald(*ord_, "--json")
    assert (svar.status, svar.json["total"]) == (0, len(svar.json["rows"]))
    return svar.json["rows"]


def ider(*ord_: str, felt: str = "id") -> list[Any]:
    return [r[felt] for r in raekker(*ord_)]


# --- lists -----------------------------------------------------------------------------------------------------------


def test_filtrene_vaelger(skema: Skema) -> None:
    assert ider("parked", "list", NAVN) == [1, 2, 3]
    assert ider("parked", "list", "--noegle", "fremmed-1") == [2]
    assert ider("parked", "list", NAVN, "--forloeb", "forloeb-0") == [1]
    assert ider("parked", "list", NAVN, "--forloeb", "forloeb-") == [], "et helt id, ikke begyndelsen af et"
    assert ider("parked", "list", NAVN, "--type", "KortStatus") == [1, 2]
    assert ider("parked", "list", NAVN, "--type", "dk.sygesikring.KortStatus.v1") == [1, 2]
    assert ider("parked", "list", NAVN, "--emne", EMNE) == []
    assert ider("parked", "list", NAVN, "--emne", STATUS, "--tilstand", "alle") == [1, 2, 3]
    assert ider("parked", "list", NAVN, "--tilstand", "released") == []
    assert ider("parked", "list", NAVN, "--siden", "2150-01-01") == []
    assert ider("parked", "list", NAVN, "--foer", "2150-01-01") == [1, 2, 3]

    assert len(raekker("deadlines", "list", NAVN)) == 6
    assert ider("deadlines", "list", NAVN, "--noegle", KORT[4]) == [FRIST]
    assert ider("deadlines", "list", NAVN, "--forloeb", "forloeb-4", "--type", "BekraeftelseUdeblev") == [FRIST]
    assert ider("deadlines", "list", NAVN, "--type", "TraekningUdeblev") == []
    assert ider("deadlines", "list", NAVN, "--tilstand", "due") == []
    skema.udfoer("update deadline set due = $1 where frist_id = $2", datetime(2024, 11, 4, 10, tzinfo=UTC), FRIST)
    assert ider("deadlines", "list", NAVN, "--tilstand", "due") == [FRIST]
    assert ider("deadlines", "list", NAVN, "--siden", "2024-11-04T11:00", "--foer", "2024-11-04T11:01") == [FRIST]
    assert ider("deadlines", "list", NAVN, "--siden", "2024-11-04T11:00", "--foer", "2024-11-04T11:00") == []

    assert ider("effects", "list", NAVN, felt="key") == [f"kort:{k}" for k in KORT if k != KORT[3]]
    assert ider("effects", "list", NAVN, "--tilstand", "unknown", felt="key") == [f"kort:{k}" for k in KORT[:2]]
    assert ider("effects", "list", NAVN, "--type", "kort.annuller", "--tilstand", "alle") == []
    assert ider("effects", "list", NAVN, "--type", "kort.bestil", "--noegle", KORT[5], felt="key") == [
        f"kort:{KORT[5]}"
    ]
    assert ider("effects", "list", NAVN, "--forloeb", "forloeb-1", felt="key") == [f"kort:{KORT[1]}"]


def test_en_graense_siger_hvad_den_skjuler(faelles: Skema) -> None:
    svar = kald("deadlines", "list", NAVN, "--graense", "2", "--json")
    assert (svar.json["total"], len(svar.json["rows"])) == (6, 2)
    assert "6 frister; 2 vist, se flere med --graense" in kald("deadlines", "list", NAVN, "--graense", "2").ud


def test_uden_tjeneste_vises_alle_og_de_der_mangler_naevnes(faelles: Skema) -> None:
    for liste in LISTER:
        svar = kald(*liste)
        assert svar.status == 0
        assert svar.fejl.startswith("Uden skema her: betaling, cpr_events")


def test_intet_viser_cpr_og_alt_kan_staa_paa_80_tegn(skema: Skema) -> None:
    om_ham = ("--felt", f"kode={CPR}", "--aarsag", f"om {CPR}", "--hvem", f"x{CPR}")
    kald("effects", "settle", NAVN, f"kort:{KORT[1]}", "--udfald", "refused", *om_ham)
    kald("deadlines", "move", NAVN, FRIST, "--med", "14d", *HVORFOR)
    kald("parked", "discard", NAVN, "3", "--aarsag", f"vrøvl om {CPR}")
    for liste in LISTER:
        alle = [] if liste[0] == "actions" else ["--tilstand", "alle"]
        for svar in (kald(*liste, NAVN, *alle), kald(*liste, NAVN, *alle, "--json")):
            assert not cprvagt.har_cpr(svar.ud)
            assert "******-****" in svar.ud or liste[0] == "deadlines"
        assert max(map(len, kald(*liste, NAVN, *alle).ud.splitlines())) <= 80
    assert not cprvagt.har_cpr("".join(str(r) for r in skema.hent("select * from operator_action")))
    assert not cprvagt.har_cpr(kald("parked", "show", NAVN, "3").ud)


def test_indhold_vises_kun_naar_der_siges_hvorfor_og_det_noteres(skema: Skema) -> None:
    uden = kald("parked", "show", NAVN, "3")
    assert uden.status == 0
    assert "value" not in uden.json
    assert uden.json["bytes"] == {"key": 1, "value": 22, "headers": 1}
    assert kald("parked", "show", NAVN, "3", "--indhold").status == 2
    assert raekker("actions", "list", NAVN) == []
    med = kald("parked", "show", NAVN, "3", "--indhold", *HVORFOR)
    assert (med.json["key"], med.json["value"]) == ("eA==", "eyJuYXZuIjogIjA5MDk5OTQwMDUifQ==")
    (noteret,) = raekker("actions", "list", NAVN)
    assert (noteret["what"], noteret["target"], noteret["who"]) == ("parked.show", "3", "bente")


# --- changes ---------------------------------------------------------------------------------------------------------

RELEASE, DISCARD = (["parked", ord_, NAVN] for ord_ in ("release", "discard"))
MOVE, SETTLE = ["deadlines", "move", NAVN], ["effects", "settle", NAVN]

AENDRINGER = [
    pytest.param([*RELEASE, "1", "2"], id="frigiv to"),
    pytest.param([*RELEASE, "--type", "KortStatus"], id="frigiv efter type"),
    pytest.param([*RELEASE, "--noegle", "fremmed-0"], id="frigiv efter nøgle"),
    pytest.param([*DISCARD, "3"], id="kassér en"),
    pytest.param([*DISCARD, "--emne", STATUS, "--siden", "2020-01-01"], id="kassér efter emne og tid"),
    pytest.param([*MOVE, FRIST, "--til", "2030-01-01T12:00"], id="flyt en"),
    pytest.param([*MOVE, "--type", "BekraeftelseUdeblev", "--med", "-3d"], id="flyt alle tidligere"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "done"], id="udført"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "refused", "--felt", "kode=X"], id="afvist"),
    pytest.param([*SETTLE, UKENDT, f"kort:{KORT[1]}", "--udfald", "wanted"], id="send to igen"),
]


@pytest.mark.parametrize("ord_", AENDRINGER)
def test_en_proeve_aendrer_intet_og_siger_det_der_siden_sker(ord_: list[str], skema: Skema) -> None:
    foer = skema.tabeller()
    proevet = kald(*ord_, "--dry-run", "--json")
    assert proevet.status == 0
    assert kald(*ord_, "--dry-run").ud.splitlines()[-1].startswith("PRØVE, intet er ændret")
    assert skema.tabeller() == foer
    gjort = kald(*ord_, *HVORFOR, "--json")
    assert gjort.status == 0
    assert (proevet.json["dry_run"], gjort.json["dry_run"]) == (True, False)
    assert gjort.json["changes"] == proevet.json["changes"]
    assert (gjort.json["who"], gjort.json["why"]) == ("bente", "afsenderen har ringet")
    assert skema.tabeller() != foer
    noteret = raekker("actions", "list", NAVN, "--handling", gjort.json["action"], "--hvem", "bente")
    assert [(a["target"], a["order_key"], a["detail"], a["why"]) for a in reversed(noteret)] == [
        (c["id"], c["order_key"], c["detail"], "afsenderen har ringet") for c in gjort.json["changes"]
    ]
    assert ider("actions", "list", NAVN, "--id", noteret[0]["target"], felt="target") == [noteret[0]["target"]]
    assert ider("actions", "list", NAVN, "--noegle", "en anden") == []
    assert skema.balance().difference == 0


FORKERT = [
    #             hvad der skrives                                                     hvad der siges
    pytest.param(["parked", "list", "findes_ikke"], "Ukendt tjeneste: findes_ikke", id="ukendt tjeneste"),
    pytest.param([*RELEASE, "99"], "ikke parkeret nu: 99", id="ukendt id"),
    pytest.param([*RELEASE, "x"], "valid integer", id="intet tal"),
    pytest.param([*RELEASE, "0"], "greater than or equal to 1", id="nul"),
    pytest.param(RELEASE, "Giv enten ID eller filtre", id="intet valgt"),
    pytest.param([*RELEASE, "1", "--type", "KortStatus"], "Giv enten ID eller filtre", id="begge dele"),
    pytest.param([*DISCARD, "--noegle", "ingen"], "filtrene vælger intet", id="filter uden træf"),
    pytest.param([*DISCARD, "--emne", STATUS, "--siden", "i går"], "er ikke et tidspunkt", id="tid"),
    pytest.param(["parked", "list", NAVN, "--tilstand", "tabt"], "Ukendt tilstand: tabt", id="parkeret tilstand"),
    pytest.param(["parked", "show", NAVN, "99"], "ingen parkeret besked 99", id="vis ukendt"),
    pytest.param(["deadlines", "list", NAVN, "--tilstand", "tabt"], "Ukendt tilstand", id="tilstand af frist"),
    pytest.param([*MOVE, "x:y", "--med", "1d"], "løber ikke", id="ukendt frist"),
    pytest.param([*MOVE, FRIST], "enten --til", id="hverken til eller med"),
    pytest.param([*MOVE, FRIST, "--til", "2030-01-01", "--med", "1d"], "enten --til", id="til og med"),
    pytest.param([*MOVE, "--med", "1d"], "Giv enten fristers id", id="ingen frist"),
    pytest.param([*MOVE, "--type", "Andet", "--med", "1d"], "ingen løbende frist", id="ingen træf"),
    pytest.param([*MOVE, FRIST, "--med", "to uger"], "ikke en varighed", id="varighed"),
    pytest.param([*MOVE, FRIST, "--med", "-99999d"], "hubbens kalender", id="før kalenderen"),
    pytest.param([*MOVE, FRIST, "--til", "2025-10-26T02:30"], "er der to gange", id="to gange"),
    pytest.param([*MOVE, FRIST, "--til", "2025-03-30T02:30"], "findes ikke i Danmark", id="findes ikke"),
    pytest.param([*SETTLE, "kort:x", "--udfald", "done"], "ingen effekt med nøglen kort:x", id="effekt"),
    pytest.param([*SETTLE, f"kort:{KORT[3]}", "--udfald", "done"], "allerede afgjort", id="afgjort"),
    pytest.param([*SETTLE, f"kort:{KORT[4]}", "--udfald", "done"], "er ikke sendt", id="ikke sendt"),
    pytest.param([*SETTLE, f"kort:{KORT[2]}", "--udfald", "done"], "i gang netop nu", id="i gang"),
    pytest.param([*SETTLE, UKENDT, f"kort:{KORT[3]}", "--udfald", "done"], "allerede", id="alle eller ingen"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "unknown"], "Ukendt udfald: unknown", id="udfald"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "refused"], "kode: missing", id="felt mangler"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "refused", "--felt", "kode"], "NAVN=VÆRDI", id="felt"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "done", "--felt", "kode=X"], "har ikke felterne", id="fremmed felt"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "done", "--felt", "kort_id=x"], "kan ikke ændres", id="et andet kort"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "done", "--type", "OrdreAfvist"], "kender ikke", id="en anden besked"),
    pytest.param([*SETTLE, UKENDT, "--udfald", "wanted", "--felt", "kode=X"], "ingen besked", id="wanted med felt"),
]


@pytest.mark.parametrize(("ord_", "siges"), FORKERT)
def test_det_forkerte_afvises_med_en_saetning_og_status_2(ord_: list[str], siges: str, faelles: Skema) -> None:
    foer = faelles.tabeller()
    svar = kald(*ord_, *(HVORFOR if ord_[1] not in ("list", "show") else ()))
    assert svar.status == 2
    assert siges in re.sub(r"\s+", " ", svar.fejl.replace("│", " "))
    assert "Traceback" not in svar.fejl
    assert faelles.tabeller() == foer


@pytest.mark.parametrize("ord_", AENDRINGER)
def test_uden_begrundelse_sker_intet(ord_: list[str], faelles: Skema) -> None:
    foer = faelles.tabeller()
    for begrundelse in ([], ["--aarsag", "  "]):
        svar = kald(*ord_, *begrundelse)
        assert svar.status == 2
        assert "Skriv hvorfor med --aarsag" in svar.fejl
    assert faelles.tabeller() == foer


def test_et_skema_der_mangler_siges_med_udvejen(skema: Skema) -> None:
    for tjeneste in ("betaling", NAVN):
        skema.udfoer("drop table operator_action") if tjeneste == NAVN else None
        svar = kald("parked", "list", tjeneste)
        assert svar.status == 2
        assert "kør `sygesikring opret`" in svar.fejl


def test_uden_database_siges_det(faelles: Skema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nogen@127.0.0.1:9/x")
    svar = kald("effects", "list", NAVN)
    assert svar.status == 2
    assert "PostgreSQL" in svar.fejl
    assert "Traceback" not in svar.fejl


# --- what comes of it ------------------------------------------------------------------------------------------------


def kort(skema: Skema, kort_id: str) -> tuple[str, str | None]:
    return skema.hent("select tilstand, grund from kort where kort_id = $1", kort_id)[0]  # type: ignore[return-value]


def test_tjenesten_hoerer_et_afgjort_udfald_som_ethvert_andet(skema: Skema) -> None:
    """OrdreAccepteret makes the card BESTILT, OrdreAfvist makes it FEJLET: once, under the order key, in the forløb."""
    assert kald("effects", "settle", NAVN, UKENDT, "--udfald", "done", *HVORFOR).status == 0
    assert kald("effects", "settle", NAVN, f"kort:{KORT[1]}", "--udfald", "refused", "--felt", "kode=1019",
                *HVORFOR).status == 0  # fmt: skip
    skema.inbox()
    assert kort(skema, KORT[0])[0] == Korttilstand.BESTILT
    assert kort(skema, KORT[1])[0] == Korttilstand.FEJLET
    assert "1019" in str(kort(skema, KORT[1])[1])
    b = skema.balance()
    assert (b.difference, b.effects, b.parked) == (0, {"done": 2, "refused": 1, "sending": 1, "wanted": 2}, 3)
    svar = kald("effects", "settle", NAVN, UKENDT, "--udfald", "refused", "--felt", "kode=X", *HVORFOR)
    assert svar.status == 2
    assert "allerede afgjort (done)" in svar.fejl
    assert kort(skema, KORT[0])[0] == Korttilstand.BESTILT


def test_send_igen_er_et_oenske_som_foer(skema: Skema) -> None:
    kald("effects", "settle", NAVN, UKENDT, "--udfald", "wanted", *HVORFOR)
    assert skema.hent("select state, next_at <= now(), claimed_until from effect where noegle = $1", UKENDT) == [
        ("wanted", True, None)
    ]
    assert skema.hent("select count(*) from inbox") == [(0,)], "tjenesten hører intet, før der er et udfald"


def test_en_frigivet_besked_behandles_igen(skema: Skema) -> None:
    """Its card is known by now, so what was parked can be handled; the followers' order is that of `release`."""
    skema.modtag(post(_kort("fremmed-0"), 6))
    assert kald("parked", "release", NAVN, "1", *HVORFOR).status == 0
    skema.inbox()
    assert kort(skema, "fremmed-0")[0] == Korttilstand.TRUKKET
    assert ider("parked", "list", NAVN) == [2, 3]
    (frigivet,) = raekker("parked", "list", NAVN, "--tilstand", "released")
    assert (frigivet["id"], frigivet["resolved_by"], frigivet["note"]) == (1, "bente", "afsenderen har ringet")
    assert skema.balance().difference == 0


def _kort(kort_id: str) -> Any:
    from tests.kortbestilling.eksempler import ANMODET

    return ANMODET.model_copy(update={"kort_id": kort_id, "forloeb_id": kort_id})


DAGE = [
    #             fra                           med     til (UTC)
    pytest.param("2025-10-20T12:00+02:00", "14d", "2025-11-03T11:00+00:00", id="14 dage over vintertid"),
    pytest.param("2025-03-25T12:00+01:00", "14d", "2025-04-08T10:00+00:00", id="14 dage over sommertid"),
    pytest.param("2025-10-26T00:30+02:00", "3t", "2025-10-26T01:30+00:00", id="3 timer over vintertid: tre hele timer"),
    pytest.param("2025-11-03T12:00+01:00", "-14d", "2025-10-20T10:00+00:00", id="14 dage tilbage"),
]


@pytest.mark.parametrize(("fra", "med", "til"), DAGE)
def test_en_frist_flyttes_i_dansk_tid(fra: str, med: str, til: str, faelles: Skema) -> None:
    faelles.udfoer("update deadline set due = $1 where frist_id = $2", datetime.fromisoformat(fra), FRIST)
    assert kald("deadlines", "move", NAVN, FRIST, "--med", med, *HVORFOR).status == 0
    assert faelles.hent("select due from deadline where frist_id = $1", FRIST) == [(datetime.fromisoformat(til),)]


@pytest.mark.parametrize("zone", ["+02:00", "+01:00"])
def test_en_tid_der_er_to_gange_kan_skrives_med_zone(zone: str, faelles: Skema) -> None:
    skrevet = f"2025-10-26T02:30{zone}"
    assert kald("deadlines", "move", NAVN, FRIST, "--til", skrevet, *HVORFOR).status == 0
    ((due,),) = faelles.hent("select due from deadline where frist_id = $1", FRIST)
    assert due == datetime.fromisoformat(skrevet)
    (vist,) = [linje.strip() for linje in kald("deadlines", "list", NAVN).ud.splitlines() if "02:30" in linje]
    assert datetime.fromisoformat(vist[:25]) == due, "det viste kan skrives igen"


def test_en_travl_tjeneste_ventes_der_paa_og_saa_gives_der_op(faelles: Skema, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a batch works on the order key an operator waits, at most so long; then nothing has been changed."""
    from shared.platform import operators
    from shared.platform.transaction import Transaction

    monkeypatch.setattr(operators, "LOCK_S", 0.2)
    foer = faelles.tabeller()

    async def optaget(p: Any) -> list[Any]:
        import asyncio

        async with p.pool.acquire() as db, db.transaction():
            await Transaction(db, NAVN).lock([KORT[4], KORT[0], "fremmed-0"])
            return [
                await asyncio.to_thread(kald, *ord_, *HVORFOR)
                for ord_ in (
                    ["deadlines", "move", NAVN, FRIST, "--med", "1d"],
                    ["effects", "settle", NAVN, UKENDT, "--udfald", "done"],
                    ["parked", "release", NAVN, "1"],
                )
            ]

    for svar in faelles.koer(optaget):
        assert svar.status == 1
        assert "arbejder på de samme nøgler lige nu; intet er ændret" in svar.fejl
    assert faelles.tabeller() == foer
