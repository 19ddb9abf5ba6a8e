"""A letter that is called back (FORL-06, POST-09): dropped until it is handed over, refused afterwards."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from contracts.base import Besked
from contracts.brev import BrevIkkeTilbagekaldt, BrevSendt, BrevTilbagekaldes, BrevTilbagekaldt
from contracts.opgave import OpgaveAnmodet
from contracts.person import Personoplysninger
from services.digital_post.forloeb.beskeder import BrevAfvist
from shared.domain.forloeb import UventetBesked
from tests.digital_post.eksempler import ANMODET, ERIK, IDA, NU, tilstand
from tests.digital_post.test_forloeb import (
    AFLEVERET,
    DOED,
    FORAELDET,
    FRITAGET,
    IKKE_TILMELDT,
    OM,
    TILMELDT,
    UDEN_ADRESSE,
    brev,
    forsendelser,
    spil,
)
from tests.motor import typer

TILBAGE = BrevTilbagekaldes(**OM, forloeb_id="f1", grund="ANNULLERET")
DIGITALT, FYSISK = [("brev:b1", "DIGITAL")], [("brev:b1", "FYSISK")]

FORLOEB = [
    #            person         før          efter                    ender i         forsendelser   sendes
    pytest.param(None,         [],           [],                      "TILBAGEKALDT", [],       ["BrevTilbagekaldt"],
                 id="POST-09: modtageren er endnu ukendt"),
    pytest.param(ERIK,         [],           [],                      "TILBAGEKALDT", [],       ["BrevTilbagekaldt"],
                 id="POST-09: kanalen er ikke valgt"),
    pytest.param(ERIK,         [],           [TILMELDT],              "TILBAGEKALDT", [],       ["BrevTilbagekaldt"],
                 id="POST-09: svaret om kanalen kommer bagefter"),
    pytest.param(UDEN_ADRESSE, [],           [IKKE_TILMELDT],         "TILBAGEKALDT", [],       ["BrevTilbagekaldt"],
                 id="POST-09: og der ville ingen kanal have været"),
    pytest.param(ERIK,         [TILMELDT],   [FORAELDET],             "TILBAGEKALDT", DIGITALT, ["BrevTilbagekaldt"],
                 id="POST-09: det digitale nåede ikke af sted den dag"),
    pytest.param(IDA,          [],           [FORAELDET],             "TILBAGEKALDT", FYSISK,   ["BrevTilbagekaldt"],
                 id="POST-09: det fysiske nåede ikke af sted den dag"),
    pytest.param(IDA,          [],           [tilstand(DOED.model_copy(update={"foedselsdato": None}), 2), FORAELDET],
                 "TILBAGEKALDT", FYSISK, ["BrevTilbagekaldt"], id="CPR-14: død imens"),
    pytest.param(ERIK,         [TILMELDT],   [FRITAGET],              "TILBAGEKALDT", DIGITALT, ["BrevTilbagekaldt"],
                 id="POST-24: afvist digitalt, så heller ikke på papir"),
    pytest.param(IDA,          [],           [BrevAfvist(**OM, kode="MANGLER_ADRESSE")], "TILBAGEKALDT", FYSISK,
                 ["BrevTilbagekaldt"], id="POST-09: printet afviser: ingen opgave"),
    pytest.param(ERIK,         [TILMELDT],   [AFLEVERET],             "SENDT",        DIGITALT,
                 ["BrevSendt", "BrevIkkeTilbagekaldt"], id="POST-09: det digitale var nået frem"),
    pytest.param(IDA,          [],           [AFLEVERET],             "TIL_PRINT",    FYSISK,
                 ["BrevSendt", "BrevIkkeTilbagekaldt"], id="POST-09: det fysiske var nået frem"),
    pytest.param(ERIK,         [TILMELDT, AFLEVERET], [],             "SENDT",        DIGITALT,
                 ["BrevSendt", "BrevIkkeTilbagekaldt"], id="POST-09: sendt digitalt"),
    pytest.param(IDA,          [AFLEVERET],  [],                      "TIL_PRINT",    FYSISK,
                 ["BrevSendt", "BrevIkkeTilbagekaldt"], id="POST-09: hos printeren"),
    pytest.param(DOED,         [],           [],                      "UNDERTRYKT",   [],
                 ["BrevUndertrykt", "BrevTilbagekaldt"], id="FORL-06: det var undertrykt"),
    pytest.param(UDEN_ADRESSE, [IKKE_TILMELDT], [],                   "FEJLET",       [],
                 ["BrevFejlet", "OpgaveAnmodet", "BrevTilbagekaldt"], id="FORL-06: det kunne ikke sendes"),
]  # fmt: skip


@pytest.mark.parametrize(("person", "foer", "efter", "ender_i", "sendinger", "sendt"), FORLOEB)
def test_tilbagekaldt(
    person: Personoplysninger | None,
    foer: Sequence[Besked],
    efter: Sequence[Besked],
    ender_i: str,
    sendinger: list[tuple[str, str]],
    sendt: list[str],
) -> None:
    """FORL-06, POST-09."""
    kendt = [] if person is None else [tilstand(person)]
    motor = spil(*kendt, ANMODET, *foer, TILBAGE, *efter)
    assert brev(motor).tilstand == ender_i
    assert forsendelser(motor) == sendinger
    assert typer(motor.udsendt) == sendt
    assert motor.frister == {}


def test_svarene() -> None:
    """POST-09: what the forløb hears."""
    for_sent = spil(tilstand(ERIK), ANMODET, TILMELDT, AFLEVERET, TILBAGE).fra(BrevIkkeTilbagekaldt)
    assert [(s.grund, s.brevtype, s.forloeb_id, s.begrundelse.regel) for s in for_sent] == [
        ("ALLEREDE_AFSENDT", "LAEGEVALGSKVITTERING", "f1", "POST-09")
    ]
    droppet = spil(tilstand(ERIK), ANMODET, TILBAGE).fra(BrevTilbagekaldt)
    assert [(s.grund, s.brevtype, s.forloeb_id) for s in droppet] == [("ANNULLERET", "LAEGEVALGSKVITTERING", "f1")]


def test_et_tilbagekaldt_brev_sendes_heller_ikke_naar_det_oenskes_igen() -> None:
    """POST-12, POST-09: nor when the person becomes known, or it is called back twice."""
    motor = spil(ANMODET, TILBAGE, TILBAGE, ANMODET, tilstand(IDA))
    assert (brev(motor).tilstand, list(motor.effekter)) == ("TILBAGEKALDT", [])
    assert brev(motor).grund == "ANNULLERET"


def test_sendt_trods_oensket_har_ingen_grund_til_ikke_at_vaere_sendt() -> None:
    """FORL-10: the letter is shown as sent."""
    motor = spil(tilstand(IDA), ANMODET, TILBAGE, TILBAGE, AFLEVERET)
    assert (brev(motor).grund, brev(motor).afsendt) == (None, NU)
    assert typer(motor.udsendt) == [BrevSendt.__name__, BrevIkkeTilbagekaldt.__name__]


def test_tier_digital_post_ventes_der_fortsat() -> None:
    """POST-09: nobody knows whether it was handed over, so a caseworker is told."""
    motor = spil(tilstand(IDA), ANMODET, TILBAGE)
    (frist,) = motor.forfaldne(NU + timedelta(days=7))
    motor.modtag(frist, NU + timedelta(days=7))
    assert [o.aarsag for o in motor.fra(OpgaveAnmodet)] == ["BREV_FORSINKET"]
    assert (brev(motor).tilstand, len(motor.frister)) == ("TILBAGEKALDES_FYSISK", 1)


def test_et_brev_ingen_har_bedt_om_kan_ikke_kaldes_tilbage() -> None:
    with pytest.raises(UventetBesked, match="UKENDT"):
        spil(TILBAGE)
