"""Every call to the outside says by which messages its service hears the outcome, so that a person can say it, too."""

import ast
from pathlib import Path

import pytest

from contracts.base import Besked
from services.kortbestilling.forloeb.beskeder import Kortordre
from shared.domain.udfald import InternBesked
from shared.platform.operator_effects import Verdict, outcome_message
from shared.platform.operators import NotAllowed
from shared.platform.runtime import SERVICES, load_service, service_names
from shared.platform.settings import Settings
from shared.platform.tjeneste import Tjeneste
from tests.kortbestilling.eksempler import ANMODET


def tjenester() -> list[Tjeneste]:
    indstillinger = Settings.model_validate({"cpr_hemmelighed": "x" * 32})
    return [load_service(n, indstillinger) for n in service_names()]


EFFEKTER = [pytest.param(t, art, id=f"{t.navn}: {art}") for t in tjenester() for art in t.klienter]


@pytest.mark.parametrize(("tjeneste", "art"), EFFEKTER)
def test_begge_udfald_er_beskeder_som_tjenesten_hoerer(tjeneste: Tjeneste, art: str) -> None:
    udfald = tjeneste.udfald[art]
    assert udfald.done
    assert udfald.refused
    for besked in (*udfald.done, *udfald.refused):
        assert issubclass(besked, InternBesked)
        assert besked in tjeneste.handlere


def bygget_i(fil: Path, ord_: str) -> set[str]:
    """The messages that are built where a client answers, by name."""
    fundet: set[str] = set()
    for led in ast.walk(ast.parse(fil.read_text("utf-8"))):
        if isinstance(led, ast.Call) and isinstance(led.func, ast.Name) and led.func.id == ord_:
            besked = led.args[0]
            if isinstance(besked, ast.Call) and isinstance(besked.func, ast.Name):
                fundet.add(besked.func.id)
    return fundet


@pytest.mark.parametrize("tjeneste", [t for t in tjenester() if t.klienter], ids=lambda t: t.navn)
def test_det_klienten_svarer_er_erklaeret(tjeneste: Tjeneste) -> None:
    fil = SERVICES / tjeneste.navn / "client.py"
    udfoert, afvist = bygget_i(fil, "Udfoert"), bygget_i(fil, "Afvist")
    assert udfoert
    assert afvist
    assert udfoert <= {b.__name__ for u in tjeneste.udfald.values() for b in u.done}
    assert afvist <= {b.__name__ for u in tjeneste.udfald.values() for b in u.refused}


KALD = {
    #                      udfald     besked                  det, et menneske skriver
    "kort.bestil":        ("refused", "OrdreAfvist",          {"kode": "UDGAAET"}),
    "kort.annuller":      ("done",    "AnnulleringAccepteret", {}),
}  # fmt: skip


@pytest.mark.parametrize("art", KALD)
def test_det_der_staar_i_effekten_skrives_ikke_igen(art: str) -> None:
    udfald, navn, felter = KALD[art]
    tjeneste = load_service("kortbestilling", Settings())
    ordre: Besked = Kortordre.model_validate(
        {**ANMODET.model_dump(), "adressetype": "KENDT", "anmodet": "2024-11-05T09:00Z"}
    )
    besked = outcome_message(tjeneste, art, Verdict(udfald, fields=felter), ordre)  # type: ignore[arg-type]
    assert type(besked).__name__ == navn
    assert besked.model_dump() == {"kort_id": ANMODET.kort_id, **felter}


def test_hvor_udfaldet_kan_vaere_flere_beskeder_skal_den_naevnes() -> None:
    post = load_service("digital_post", Settings())
    om = {"brev_id": "b", "person_id": "p"}
    with pytest.raises(NotAllowed, match=r"post[.]tilmelding kræver --type; .*: TilmeldingOplyst, BrevAfvist"):
        outcome_message(post, "post.tilmelding", Verdict("refused", fields=om), None)
    valgt = Verdict("refused", "TilmeldingOplyst", {**om, "tilmeldt": "false"})
    besked = outcome_message(post, "post.tilmelding", valgt, None)
    assert besked.model_dump() == {**om, "tilmeldt": False}
    with pytest.raises(NotAllowed, match="tilmeldt: bool_parsing"):
        outcome_message(post, "post.tilmelding", Verdict("done", fields={**om, "tilmeldt": "måske"}), None)


@pytest.mark.parametrize(
    ("leveret", "hvorfor"),
    [("2024-11-05T09:00", "timezone_aware"), ("i går", "datetime")],
    ids=["uden zone", "ingen tid"],
)
def test_en_tid_uden_zone_afvises(leveret: str, hvorfor: str) -> None:
    post = load_service("digital_post", Settings())
    felter = {"brev_id": "b", "person_id": "p", "leveret": leveret, "forsendelse_id": "f"}
    with pytest.raises(NotAllowed, match=f"leveret: {hvorfor}"):
        outcome_message(post, "post.praksis", Verdict("done", fields=felter), None)
