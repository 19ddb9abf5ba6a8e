"""A parent who turns out to be another person is the child's parent all the same (CPR-11, FAM-05, IND-01)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.base import Besked
from contracts.person import PersonFoedt, PersonGenfundet, PersonSammenlagt, PersonTilstand
from contracts.plads import PladsAnmodet
from contracts.yder import Yderstatus
from tests.laegevalg.ordreverden import D
from tests.laegevalg.test_familie_indrejser import (
    DAG,
    NU,
    A,
    B,
    den,
    indrejst,
    laeger,
    sagen,
    sikret,
    tilstand,
    to_tjenester,
    venter_ingen,
)
from tests.laegevalg.valgverden import yder

UD = timedelta(minutes=2)
BARN: dict[str, tuple[str, ...]] = {"foraeldremyndighed_ider": ("mor",)}


def mor_er_en_anden() -> list[Besked]:
    ny = den("mor", aegtefaelle_id=None).model_copy(update={"person_id": "mor2", "cpr": "6001850098"})
    sammen = PersonSammenlagt(person_id="mor2", person=ny, tidligere_person_id="mor", tidligere_cpr="6001850012")
    afloest = tilstand("mor").model_copy(update={"version": 5, "afloest_af": "mor2"})
    return [PersonTilstand(person_id="mor2", version=1, person=ny), sammen, afloest, sammen]


@pytest.mark.parametrize("hvornaar", ["aldrig", "før barnet", "mens barnet venter", "efter pladsen"])
def test_fam_05_mor_viser_sig_at_vaere_en_anden(hvornaar: str) -> None:
    """CPR-11, FAM-05: her entry waits for a place under the old id; the child waits, and is woken by its end."""
    v = to_tjenester()
    plo = v.hub.motorer.pop("plo_events")
    v.send(NU, tilstand("mor", aegtefaelle_id=None), tilstand("soen", **BARN), indrejst("mor", aegtefaelle_id=None))
    if hvornaar == "før barnet":
        v.send(NU, *mor_er_en_anden())
    v.send(NU, indrejst("soen", **BARN))
    if hvornaar == "mens barnet venter":
        v.send(NU + timedelta(seconds=20), *mor_er_en_anden())
    v.frem(NU + UD)
    assert (sagen(v, "mor"), sagen(v, "soen")) == ("AFVENTER_PLADS", "AFVENTER_FAMILIE")
    v.hub.motorer["plo_events"] = plo
    v.send(NU + UD, yder(A, Yderstatus.AABEN, 100), yder(B, Yderstatus.AABEN, 100))
    v.send(NU + UD, *v.fra(PladsAnmodet))
    if hvornaar == "efter pladsen":
        v.send(NU + UD, *mor_er_en_anden())
    v.frem(NU + UD)
    assert laeger(v)["soen"] is not None
    assert laeger(v)["soen"] == laeger(v)["mor" if hvornaar == "aldrig" else "mor2"]
    assert venter_ingen(v)
    if hvornaar != "aldrig":
        assert sikret(v, "mor").er_tom


@pytest.mark.parametrize("sammen", [False, True], ids=["een", "to"])
@pytest.mark.parametrize("hvad", ["indrejse", "fødsel", "genfinding"])
def test_fam_05_barnet_naevner_mor_ved_det_opgivne_id(hvad: str, sammen: bool) -> None:
    """CPR-11, FAM-05: her doctor is the child's, also where he has closed for others."""
    v = to_tjenester()
    v.send(NU, yder(A, Yderstatus.LUKKET, 1600), yder(B, Yderstatus.AABEN, 10))
    v.send(NU, tilstand("mor", aegtefaelle_id=None))
    mors = {"gruppe": "1", "gruppe_fra": D(2010, 1, 1), "ydernummer": A, "laege_fra": D(2010, 1, 1)}
    v.hub.motorer["laegevalg"].gem(replace(sikret(v, "mor"), **mors))
    if sammen:
        v.send(NU, *mor_er_en_anden())
    match hvad:
        case "indrejse":
            v.send(NU, indrejst("soen", **BARN))
        case "fødsel":
            barn = den("soen", **BARN, foedselsdato=DAG)
            v.send(NU, PersonFoedt(person_id="soen", person=barn, foedselsdato=DAG))
        case _:
            v.send(NU, tilstand("soen", **BARN))
            v.send(NU, PersonGenfundet(person_id="soen", person=den("soen", **BARN), fundet=DAG))
    v.frem(NU + timedelta(hours=3))
    assert laeger(v)["soen"] == A
