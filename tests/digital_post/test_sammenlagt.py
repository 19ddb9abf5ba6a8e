"""Letters to a person who turned out to be another one (CPR-11)."""

from datetime import timedelta
from itertools import permutations

import pytest

from contracts.base import Besked
from contracts.brev import BrevFejlet, BrevSendt, BrevTilbagekaldes, BrevTilbagekaldt
from services.digital_post.forloeb import Brevtilstand
from services.digital_post.forloeb.beskeder import (
    BeslutningForaeldet,
    BrevAfleveret,
    BrevAfvist,
    Forsendelse,
    TilmeldingOplyst,
)
from tests.digital_post.eksempler import ANMODET, ERIK, NU, tilstand
from tests.digital_post.test_forloeb import brev, spil
from tests.motor import Motor

NYT_NUMMER = "0909994013"
NY = ERIK.model_copy(update={"person_id": "p2", "cpr": NYT_NUMMER})
AFLOEST = tilstand(ERIK, 2).model_copy(update={"afloest_af": "p2"})


def alt(motor: Motor) -> Motor:
    """What is due by itself."""
    while klar := motor.forfaldne(NU):
        for frist in klar:
            motor.modtag(frist, NU)
    return motor


@pytest.mark.parametrize("raekkefoelge", list(permutations((ANMODET, tilstand(NY), AFLOEST))))
def test_cpr_11_brevet_gaar_til_den_han_er(raekkefoelge: tuple[Besked, ...]) -> None:
    """CPR-11, POST-24: to the number in use, in any order of arrival, once."""
    motor = alt(spil(*raekkefoelge))
    assert (brev(motor).tilstand, brev(motor).cpr, brev(motor).person_id) == (
        Brevtilstand.AFVENTER_TILMELDING, NYT_NUMMER, "p2",
    )  # fmt: skip
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p2", tilmeldt=True), NU)
    motor.modtag(BrevAfleveret(brev_id="b1", person_id="p2", forsendelse_id="k"), NU)
    assert [s.person_id for s in motor.fra(BrevSendt)] == ["p2"]
    assert motor.raekker["modtager"]["p2"].ventende == ()


def test_cpr_11_den_gamle_tilstand_laest_bagefter() -> None:
    """CPR-11: an older state of the old id changes nothing; a letter in a chain of two goes to the last."""
    tredje = ERIK.model_copy(update={"person_id": "p3", "cpr": "0909994021"})
    videre = tilstand(NY, 2).model_copy(update={"afloest_af": "p3"})
    motor = alt(spil(AFLOEST, tilstand(ERIK, 1), videre, tilstand(tredje), ANMODET))
    assert (brev(motor).cpr, brev(motor).person_id) == ("0909994021", "p3")


def test_cpr_11_et_brev_der_var_paa_vej() -> None:
    """CPR-11: what is known at hand-over counts: the answer was about the old number, so the new one is asked about."""
    motor = alt(spil(tilstand(ERIK), ANMODET, AFLOEST, tilstand(NY), ANMODET))
    assert (brev(motor).cpr, list(motor.effekter)) == (ERIK.cpr, ["tilmelding:b1"])
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True), NU)
    alt(motor)
    assert list(motor.effekter) == ["tilmelding:b1", "tilmelding:b1:2"]
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p2", tilmeldt=True), NU)
    assert forsendelsens(motor) == [(NYT_NUMMER, "p2", "brev:b1")]
    assert set(motor.frister) == {"b1:SvarUdeblev"}


def forsendelsens(motor: Motor) -> list[tuple[str, str, str]]:
    """Number, person and Digital Post's key of what was to be handed over."""
    breve = [e.indhold for e in motor.effekter.values() if isinstance(e.indhold, Forsendelse)]
    return [(b.cpr, b.person_id, b.noegle) for b in breve]


def test_cpr_11_den_rette_er_endnu_ukendt() -> None:
    """CPR-11: the letter waits for him, a day at most, as any other."""
    motor = alt(spil(tilstand(ERIK), ANMODET, AFLOEST))
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True), NU)
    alt(motor)
    assert brev(motor).tilstand is Brevtilstand.AFVENTER_MODTAGER
    (frist,) = motor.forfaldne(NU + timedelta(days=1))
    motor.modtag(frist, NU + timedelta(days=1))
    assert [f.grund for f in motor.fra(BrevFejlet)] == ["MODTAGER_UKENDT"]


def test_cpr_11_personen_og_fristen_i_samme_oejeblik() -> None:
    """CPR-11: known in the moment of the deadline, and as another who is not: he is waited for in his turn."""
    motor = spil(ANMODET)
    et_doegn = NU + timedelta(days=1)
    motor.modtag(AFLOEST, et_doegn)
    frister = {type(f).__name__: f for f in motor.forfaldne(et_doegn)}
    motor.modtag(frister["ModtagerUdeblev"], et_doegn)
    motor.modtag(frister["ModtagerFundet"], et_doegn)
    for frist in motor.forfaldne(et_doegn):
        motor.modtag(frist, et_doegn)
    assert (brev(motor).tilstand, set(motor.frister)) == (Brevtilstand.AFVENTER_MODTAGER, {"b1:ModtagerUdeblev"})
    motor.modtag(tilstand(NY), et_doegn)
    for frist in motor.forfaldne(et_doegn):
        motor.modtag(frist, et_doegn)
    assert (brev(motor).tilstand, brev(motor).cpr) == (Brevtilstand.AFVENTER_TILMELDING, NYT_NUMMER)


@pytest.mark.parametrize("kanal", [True, False], ids=["digitalt", "fysisk"])
def test_cpr_11_det_naaede_ikke_af_sted_foer_de_blev_en(kanal: bool) -> None:
    """CPR-11, POST-24: decided anew the day after, for the person he is, under Digital Post's same key."""
    motor = alt(spil(tilstand(ERIK), ANMODET, TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=kanal)))
    motor.modtag(AFLOEST, NU)
    motor.modtag(tilstand(NY), NU)
    motor.modtag(BeslutningForaeldet(brev_id="b1", person_id="p1"), NU)
    alt(motor)
    assert (brev(motor).tilstand, brev(motor).kanal) == (Brevtilstand.AFVENTER_TILMELDING, None)
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p2", tilmeldt=kanal), NU)
    assert forsendelsens(motor) == [(ERIK.cpr, "p1", "brev:b1"), (NYT_NUMMER, "p2", "brev:b1")]


def test_cpr_11_nyt_nummer_mens_der_spoerges() -> None:
    """CPR-11, POST-17: the same person under a new number is asked about under that."""
    nyt = ERIK.model_copy(update={"cpr": NYT_NUMMER})
    motor = alt(spil(tilstand(ERIK), ANMODET, tilstand(nyt, 2)))
    svar = TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True)
    motor.modtag(svar, NU)
    assert list(motor.effekter) == ["tilmelding:b1", "tilmelding:b1:2"]
    motor.modtag(svar, NU)
    assert forsendelsens(motor) == [(NYT_NUMMER, "p1", "brev:b1")]


@pytest.mark.parametrize("kode", ["FRITAGET", "IKKE_TILMELDT", "UKENDT_MODTAGER"])
@pytest.mark.parametrize("digitalt", [True, False], ids=["digitalt", "fysisk"])
def test_cpr_11_afvist_under_det_gamle_nummer(kode: str, digitalt: bool) -> None:
    """CPR-11, POST-24: refused after the number was changed: the new one is asked about, and decides alone."""
    nyt = ERIK.model_copy(update={"cpr": NYT_NUMMER})
    motor = alt(spil(tilstand(ERIK), ANMODET, TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=digitalt)))
    motor.modtag(tilstand(nyt, 2), NU)
    motor.modtag(BrevAfvist(brev_id="b1", person_id="p1", kode=kode), NU)
    assert (brev(motor).tilstand, motor.fra(BrevFejlet)) == (Brevtilstand.AFVENTER_TILMELDING, [])
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True), NU)
    assert brev(motor).kanal == "DIGITAL"
    assert forsendelsens(motor) == [(ERIK.cpr, "p1", "brev:b1"), (NYT_NUMMER, "p1", "brev:b1:nummer-2")]
    motor.modtag(BrevAfvist(brev_id="b1", person_id="p1", kode="FRITAGET"), NU)
    assert forsendelsens(motor)[2:] == [(NYT_NUMMER, "p1", "brev:b1:nummer-2:fysisk")]


def test_cpr_11_afvist_under_det_gamle_nummer_efter_sammenlaegning() -> None:
    """CPR-11: also where the new number is that of another id."""
    motor = alt(spil(tilstand(ERIK), ANMODET, TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True)))
    motor.modtag(AFLOEST, NU)
    motor.modtag(tilstand(NY), NU)
    motor.modtag(BrevAfvist(brev_id="b1", person_id="p1", kode="UKENDT_MODTAGER"), NU)
    alt(motor)
    motor.modtag(TilmeldingOplyst(brev_id="b1", person_id="p2", tilmeldt=True), NU)
    assert motor.fra(BrevFejlet) == []
    assert forsendelsens(motor)[1:] == [(NYT_NUMMER, "p2", "brev:b1:nummer-2")]


def test_cpr_11_et_brev_der_er_kaldt_tilbage_foelger_ikke_med() -> None:
    """CPR-11, POST-09."""
    tilbage = BrevTilbagekaldes(brev_id="b1", person_id="p1", forloeb_id="f1", grund="ANNULLERET")
    motor = alt(spil(tilstand(ERIK), ANMODET, TilmeldingOplyst(brev_id="b1", person_id="p1", tilmeldt=True), tilbage))
    motor.modtag(AFLOEST, NU)
    motor.modtag(BeslutningForaeldet(brev_id="b1", person_id="p1"), NU)
    alt(motor)
    assert brev(motor).tilstand is Brevtilstand.TILBAGEKALDT
    assert [b.grund for b in motor.fra(BrevTilbagekaldt)] == ["ANNULLERET"]
