"""Whose doctor counts as open, closed or not (LV-11, FAM-05..07): the rule, and a child whose parent orders (S12)."""

import itertools
from datetime import date
from typing import Any

import pytest

from contracts.dispensation import DispensationAnmodet
from contracts.laegevalg import LaegevalgGodkendt
from contracts.noegle import cpr_noegle
from contracts.person import Adresse, Personoplysninger
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules import Familielaege
from services.laegevalg.rules.naermeste import er_altid_aaben
from tests.laegevalg.sammenlaegningsverden import sammenlagt, sikret, som_ny
from tests.laegevalg.valgverden import PERSON, Y1, Y2, Verden, bestilt, kl, person, yder

D = date
HOS_MOR = Adresse(kommunekode="0630", vejkode="0123", linje="Åvej 7", postnummer="7100")
HOS_FAR = Adresse(kommunekode="0751", vejkode="0456", linje="Ågade 2", postnummer="8000")
MOR, FAR = Familielaege("000001", HOS_MOR), Familielaege("000002", HOS_FAR)
BARN = D(2015, 8, 20)
BAADE_OG = {"foraeldremyndighed_ider": ("mor", "far")}
PAA = D(2024, 6, 3)


def den(foedt: date | None = BARN, **andet: Any) -> Personoplysninger:
    felter = {"person_id": "p", "cpr": "6008150001", "status": "01", "foedselsdato": foedt, "adresse": HOS_FAR}
    return Personoplysninger.model_validate(felter | andet)


@pytest.mark.parametrize(
    ("p", "laeger", "svar"),
    [
        pytest.param(den(D(1980, 1, 1), aegtefaelle_id="far"), {"far": FAR}, True, id="LV-11: ægtefællens læge"),
        pytest.param(den(D(1980, 1, 1), aegtefaelle_id="mor"), {"mor": MOR}, False, id="LV-11: en anden læge"),
        pytest.param(den(**BAADE_OG), {"mor": MOR, "far": FAR}, True, id="FAM-07: faren, som barnet bor hos"),
        pytest.param(
            den(**BAADE_OG, adresse=HOS_MOR), {"mor": MOR, "far": FAR}, False, id="FAM-07: faren, barnet bor hos moren"
        ),
        pytest.param(
            den(**BAADE_OG), {"mor": Familielaege("000001", HOS_FAR), "far": FAR}, True, id="FAM-06: bor hos begge"
        ),
        pytest.param(
            den(**BAADE_OG, adresse=None), {"mor": MOR, "far": FAR}, True, id="FAM-05: det vides ikke, hvor barnet bor"
        ),
        pytest.param(
            den(**BAADE_OG, adresse=HOS_MOR), {"far": FAR}, True, id="FAM-05: den, barnet bor hos, har ingen læge"
        ),
        pytest.param(den(foraeldremyndighed_ider=("mor",)), {"mor": MOR}, False, id="FAM-05: kun indehaverens læge"),
        pytest.param(den(), {"far": FAR}, False, id="FAM-03: en far uden forældremyndighed"),
        pytest.param(den(D(2009, 6, 4), **BAADE_OG), {"far": FAR}, True, id="FAM-05: dagen før 15 år"),
        pytest.param(den(D(2009, 6, 3), **BAADE_OG), {"far": FAR}, False, id="FAM-05: på 15-årsdagen"),
        pytest.param(den(D(2009, 6, 2), **BAADE_OG), {"far": FAR}, False, id="FAM-05: dagen efter 15-årsdagen"),
        pytest.param(den(None, **BAADE_OG), {"far": FAR}, False, id="FAM-05: ukendt fødselsdato er ikke et barn"),
    ],
)
def test_er_altid_aaben(p: Personoplysninger, laeger: dict[str, Familielaege], svar: bool) -> None:
    assert er_altid_aaben("000002", p, laeger, PAA) is svar


SAGSBEHANDLERS = {"kanal": "SAGSBEHANDLER", "rolle": "SAGSBEHANDLER", "betalingskort": None}
FARS_NUMMER, MORS_NUMMER = "6103800001", "6103820002"


def med_far(barnet_bor: Adresse) -> Verden:
    """Carl, born 2015, whose father has the closed Y2 and lives at Åvej 7."""
    v = Verden()
    carl = person(foedselsdato=D(2015, 8, 20), foraeldremyndighed_ider=("mor", "far"), adresse=barnet_bor)
    v.send(kl(1, 2), yder(Y1), yder(Y2), carl)
    motor = v.hub.motorer["laegevalg"]
    for id_, cpr, nummer, hvor in (("far", FARS_NUMMER, Y2, HOS_MOR), ("mor", MORS_NUMMER, Y1, HOS_FAR)):
        voksen = person(person_id=id_, cpr=cpr, adresse=hvor).model_copy(update={"person_id": id_})
        v.send(kl(1, 2), voksen)
        foer = {f: getattr(motor.raekker["sikret"][id_], f) for f in Sikret.__slots__}
        motor.gem(Sikret(**(foer | {"ydernummer": nummer, "laege_fra": D(2010, 1, 1), "gruppe": "1"})))
    return v


@pytest.mark.parametrize(
    ("barnet_bor", "grunde", "spurgt"),
    [
        pytest.param(HOS_MOR, ["AABEN"], 0, id="S12, FAM-07: hos faren, ingen dispensation"),
        pytest.param(HOS_FAR, [], 1, id="FAM-07, FAM-08: hos moren, farens læge spørges"),
    ],
)
def test_far_bestiller_sin_lukkede_laege_til_barnet(barnet_bor: Adresse, grunde: list[str], spurgt: int) -> None:
    v = med_far(barnet_bor)
    v.send(kl(3, 4, 10, 15), bestilt(noegle=cpr_noegle(FARS_NUMMER, "en hemmelighed"), borger_cpr=FARS_NUMMER))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == grunde
    assert len(v.fra(DispensationAnmodet)) == spurgt
    assert v.fra(LaegevalgGodkendt) == [g for g in v.fra(LaegevalgGodkendt) if g.person_id == PERSON]


@pytest.mark.parametrize("kaede", [("far-2",), ("far-2", "far-3")], ids=["én gang", "to gange"])
@pytest.mark.parametrize("hvem", ["MYNDIG", "AEGTEFAELLE"])
def test_en_slaegtning_er_en_anden_nu(hvem: str, kaede: tuple[str, ...]) -> None:
    """CPR-11, FAM-05, LV-11: Alma's state names the father, or husband, by an id that was given up since."""
    v = med_far(HOS_MOR)
    if hvem == "AEGTEFAELLE":
        v.send(kl(1, 3), person(2, aegtefaelle_id="far", adresse=HOS_MOR))
    for gammel, ny in itertools.pairwise(("far", *kaede)):
        nyt = som_ny(id_=ny, cpr=f"610380101{kaede.index(ny)}", adresse=HOS_MOR)
        v.send(kl(1, 4), nyt, sammenlagt(ny, gammel, FARS_NUMMER, adresse=HOS_MOR))
    assert sikret(v, "far").ydernummer is None
    assert sikret(v, kaede[-1]).ydernummer == Y2
    v.send(kl(3, 4, 10, 15), bestilt(**SAGSBEHANDLERS))
    assert [g.grund for g in v.fra(LaegevalgGodkendt)] == ["AABEN"]
    assert v.fra(DispensationAnmodet) == []
