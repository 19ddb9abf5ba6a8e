"""To Greenland and home again by CPR's moves, and what the move solution says of it (NORD-01)."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from pydantic import SecretStr

from contracts.cpr import (
    CprAdresse,
    CprHaendelse,
    CprNavn,
    CprPerson,
    CprRejse,
    FlytningGodkendt,
    FlytningTilbagekaldt,
    PersonOpdateret,
)
from contracts.kort import KortAnmodet
from contracts.laegevalg import GruppeTraadtIKraft, LaegeOphoert, LaegevalgTraadtIKraft
from contracts.person import PersonFlyttet, PersonIndrejst, PersonTilstand
from contracts.yder import Yderstatus
from services.cpr_events.app import TJENESTE
from shared.domain.datoer import midnat
from shared.platform.settings import Settings
from tests.laegevalg.valgverden import Y1, Verden, yder
from tests.motor import Motor, typer

ALMA = "6204801234"
UD, HJEM = date(2024, 9, 1), date(2024, 10, 15)


def motoren() -> Motor:
    return Motor(TJENESTE(Settings(cpr_hemmelighed=SecretStr("en hemmelighed"))))


def person(status: str, kommunekode: str, fra: date, **andet: object) -> CprPerson:
    adresse = CprAdresse(
        kommunekode=kommunekode, vejkode="0001", husnr="001", tilflytning=midnat(fra), tilflytning_kommune=midnat(fra)
    )
    felter = {"cpr": ALMA, "status": status, "navn": CprNavn(fornavn="Alma", efternavn="Ærø"), "adresse": adresse}
    return CprPerson.model_validate(felter | andet)


HJEMME = PersonOpdateret(leverance=date(2024, 8, 1), person=person("01", "0630", date(2010, 1, 1)))


def haendelse(ny: CprPerson, dag: date, kode: str = "A01") -> CprHaendelse:
    return CprHaendelse(kode=kode, registreret=midnat(dag), leverance=dag + timedelta(days=1), person=ny)


TIL_NUUK = haendelse(person("05", "0956", UD), UD)
TIL_QAQORTOQ = haendelse(person("07", "0955", UD + timedelta(days=9)), UD + timedelta(days=9))
HJEM_IGEN = haendelse(person("01", "0751", HJEM), HJEM)
GENINDREJST = haendelse(HJEM_IGEN.person.model_copy(update={"rejser": (CprRejse(indrejse=midnat(HJEM)),)}), HJEM, "A04")
BILLEDET = PersonOpdateret(leverance=HJEM_IGEN.leverance, person=HJEM_IGEN.person)


@pytest.mark.parametrize(
    "fortalt",
    [
        pytest.param([TIL_NUUK, HJEM_IGEN], id="een flytning"),
        pytest.param([TIL_NUUK, TIL_QAQORTOQ, HJEM_IGEN], id="flyttet i Grønland"),
        pytest.param([TIL_NUUK, HJEM_IGEN, HJEM_IGEN], id="fortalt to gange"),
        pytest.param([TIL_NUUK, BILLEDET, HJEM_IGEN], id="billedet først"),
        pytest.param([TIL_NUUK, HJEM_IGEN, GENINDREJST], id="også som genindrejse"),
    ],
)
def test_nord_01_hjem_fra_groenland_er_en_genindrejse(fortalt: list[CprHaendelse | PersonOpdateret]) -> None:
    """NORD-01, CPR-09: an entry on the day of the move, once, and not a move as well."""
    motor = motoren()
    for besked in (HJEMME, *fortalt):
        motor.modtag(besked, midnat(HJEM))

    (ind,) = motor.fra(PersonIndrejst)
    assert (ind.indrejsedato, ind.genindrejse, ind.person.status) == (HJEM, True, "01")
    assert {f.person.status for f in motor.fra(PersonFlyttet)} <= {"05", "07"}


def test_nord_01_kun_den_foerste_flytning_er_hjemkomsten() -> None:
    """NORD-01: a move after that is one inside Denmark; so is one of those who never left."""
    motor = motoren()
    videre = haendelse(person("01", "0461", HJEM + timedelta(days=30)), HJEM + timedelta(days=30))
    for besked in (HJEMME, TIL_NUUK, HJEM_IGEN):
        motor.modtag(besked, midnat(HJEM))
    assert typer(motor.modtag(videre, midnat(HJEM))) == ["PersonTilstand", "PersonFlyttet"]

    motor = motoren()
    motor.modtag(HJEMME, midnat(HJEM))
    assert typer(motor.modtag(HJEM_IGEN, midnat(HJEM))) == ["PersonTilstand", "PersonFlyttet"]


@pytest.mark.parametrize("orden", list(permutations((TIL_NUUK, HJEM_IGEN))), ids=["i orden", "bagvendt"])
def test_nord_01_naar_flytningen_ud_kommer_for_sent(orden: tuple[CprHaendelse, ...]) -> None:
    """NORD-01, CPR-10: nothing ended, so nothing begins again: a person looks at the move that came too late."""
    motor = motoren()
    for besked in (HJEMME, *orden):
        motor.modtag(besked, midnat(HJEM))

    i_orden = orden[0] is TIL_NUUK
    assert len(motor.fra(PersonIndrejst)) == int(i_orden)
    assert ("OpgaveAnmodet" in typer(motor.udsendt)) is not i_orden


GODKENDT = FlytningGodkendt(
    flytning_id="f-1", cpr=ALMA, kode="083", flyttedato=UD, godkendt=midnat(date(2024, 8, 20)),
    adresse=CprAdresse(kommunekode="0956", vejkode="0001", husnr="001"),
)  # fmt: skip


@pytest.mark.parametrize("kommunekode", ["0950", "0956", "0961"])
def test_cpr_07_en_godkendt_flytning_til_groenland_fortaelles_af_cpr_alene(kommunekode: str) -> None:
    """NORD-01, CPR-07: neither the approval nor its withdrawal is told; CPR's A01 of the same place and day is."""
    motor, nu = motoren(), midnat(date(2024, 8, 20))
    godkendt = GODKENDT.model_copy(update={"adresse": GODKENDT.adresse.model_copy(update={"kommunekode": kommunekode})})
    motor.modtag(HJEMME, nu)
    assert motor.modtag(godkendt, nu) == []
    assert motor.frister == {}

    sendt = motor.modtag(haendelse(person("05", kommunekode, UD), UD), midnat(UD))
    assert typer(sendt) == ["PersonTilstand", "PersonFlyttet"]
    assert motor.modtag(FlytningTilbagekaldt(flytning_id="f-1", cpr=ALMA, tilbagekaldt=midnat(UD)), midnat(UD)) == []


def test_cpr_07_en_godkendt_flytning_hjem_sluger_ikke_hjemkomsten() -> None:
    """NORD-01, CPR-07: one who lives in Greenland: CPR's A01 of the same place and day is the entry."""
    motor = motoren()
    for besked in (HJEMME, TIL_NUUK):
        motor.modtag(besked, midnat(UD))
    assert motor.modtag(_hjemad(), midnat(UD)) == []
    assert typer(motor.modtag(HJEM_IGEN, midnat(HJEM))) == ["PersonTilstand", "PersonIndrejst"]


def _hjemad() -> FlytningGodkendt:
    assert HJEM_IGEN.person.adresse is not None
    return GODKENDT.model_copy(update={"adresse": HJEM_IGEN.person.adresse, "flyttedato": HJEM})


def test_nord_01_retten_begynder_igen() -> None:
    """NORD-01, IND-04, KORT-14: group 7 and no doctor in Greenland; home: group 1, a doctor and a free card."""
    v = Verden()
    v.hub.motorer["cpr_events"] = motoren()
    v.send(midnat(date(2024, 8, 1)), yder(Y1, Yderstatus.AABEN, 10, kommunekode="0751"), HJEMME)
    for besked, dag in ((TIL_NUUK, UD), (HJEM_IGEN, HJEM)):
        v.send(midnat(dag + timedelta(days=1)), besked)

    assert [(g.gruppe, g.gyldig_fra) for g in v.fra(GruppeTraadtIKraft)] == [("7", UD), ("1", HJEM)]
    assert v.fra(LaegeOphoert) == []
    assert [(i.ydernummer, i.virkningsdato) for i in v.fra(LaegevalgTraadtIKraft)] == [(Y1, HJEM)]
    assert [(k.aarsag, k.gebyr_oere) for k in v.fra(KortAnmodet)] == [("GENINDREJSE", 0)]


@pytest.mark.parametrize("leveret", [1, 5], ids=["samme udtræk", "senere udtræk"])
@pytest.mark.parametrize("dage", [0, 1], ids=["fundet samme dag", "fundet dagen før"])
@pytest.mark.parametrize(
    ("fundet", "flyttet"),
    [
        pytest.param(("01", "0751"), [("05", "0956")], id="til Grønland"),
        pytest.param(("01", "0751"), [("05", "0956"), ("01", "0461")], id="til Grønland og hjem"),
        pytest.param(("05", "0955"), [("01", "0751")], id="hjem fra Grønland"),
    ],
)
def test_nord_01_fundet_og_siden_flyttet(
    fundet: tuple[str, str], flyttet: list[tuple[str, str]], dage: int, leveret: int
) -> None:
    """NORD-01, CPR-10: the move brings its status, though its snapshot says no day of it; in any order."""
    savnet = PersonOpdateret(leverance=date(2024, 8, 1), person=person("70", "0630", UD, adresse=None))
    fandt = UD - timedelta(days=dage)
    talt = [haendelse(person(*fundet, fandt), fandt, "A03").model_copy(update={"leverance": UD + timedelta(days=1)})]
    for nr, til in enumerate(flyttet):
        ny = haendelse(person(*til, UD + timedelta(days=nr)), UD)
        udtraek = {"registreret": midnat(UD) + timedelta(hours=1 + nr), "leverance": UD + timedelta(days=leveret + nr)}
        talt.append(ny.model_copy(update=udtraek))
    for orden in permutations(talt):
        motor = motoren()
        for besked in (savnet, *orden):
            motor.modtag(besked, midnat(HJEM))
        nu = motor.fra(PersonTilstand)[-1].person
        assert nu.adresse is not None
        assert (nu.status, nu.adresse.kommunekode) == flyttet[-1]


@pytest.mark.parametrize("andet", [{}, {"tilflytning_kommune": midnat(date(2010, 1, 1))}], ids=["usagt", "fra før"])
@pytest.mark.parametrize("foerst", [None, "A13", "billedet"])
def test_nord_01_flytningen_er_fra_kommunen_i_danmark(andet: dict[str, object], foerst: str | None) -> None:
    """NORD-01: the extract need not say from where; another event of the day may have told of the address."""
    nuuk = CprAdresse.model_validate({"kommunekode": "0956", "vejkode": "0001", "tilflytning": midnat(UD)} | andet)
    ny = person("05", "0956", UD, adresse=nuuk)
    billede = PersonOpdateret(leverance=UD + timedelta(days=1), person=ny)
    motor = motoren()
    motor.modtag(HJEMME, midnat(UD))
    for besked in {None: (), "A13": (haendelse(ny, UD, "A13"),), "billedet": (billede,)}[foerst]:
        motor.modtag(besked, midnat(UD))
    motor.modtag(haendelse(ny, UD), midnat(UD))

    (flyttet,) = motor.fra(PersonFlyttet)
    assert (flyttet.fra_kommunekode, flyttet.til_kommunekode) == ("0630", "0956")


def test_nord_01_en_flytning_i_groenland_er_derfra() -> None:
    """NORD-01: from the municipality that is known, whatever the extract leaves out."""
    qaqortoq = CprAdresse(kommunekode="0955", vejkode="0001", tilflytning=midnat(HJEM))
    motor = motoren()
    for besked in (HJEMME, TIL_NUUK, haendelse(person("05", "0955", HJEM, adresse=qaqortoq), HJEM)):
        motor.modtag(besked, midnat(HJEM))

    assert [f.fra_kommunekode for f in motor.fra(PersonFlyttet)] == ["0630", "0956"]
