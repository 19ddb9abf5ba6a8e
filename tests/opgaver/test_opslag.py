"""What a municipality can ask of `opgaver`, and what it may not see."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.kommuner import KOMMUNER
from services.opgaver.opslag.svar import maerke, sted
from tests.opgaver.opslagsverden import (
    ALMA,
    FREMMED,
    ODENSE,
    VEJLE,
    notat,
    noter,
    opgave,
    opgaver,
    spoerg,
    svar,
    verden,
)
from tests.opgaver.test_kommandoer import CPR, NU

AABNE = ["vejle-haster", "vejle-plo", "vejle-tildelt", "vejle-adhoc"]
"""By deadline, then id."""


async def test_kommunens_aabne_opgaver_den_foerste_frist_foerst() -> None:
    """OPG-02: all of the municipality see all of its own, and no other's."""
    motor = verden()
    assert await opgaver(motor, VEJLE) == AABNE
    assert await opgaver(motor, VEJLE, omfang="ALLE") == ["vejle-haster", "vejle-lukket", *AABNE[1:]]
    assert await opgaver(motor, ODENSE) == ["odense-1"]
    assert await opgaver(motor, FREMMED) == []


async def test_opgaver_med_en_ansvarlig() -> None:
    """OPG-02."""
    motor = verden()
    assert await opgaver(motor, VEJLE, sagsbehandler="sb-9") == ["vejle-tildelt"]
    assert await opgaver(motor, VEJLE, sagsbehandler="sb-1") == ["vejle-haster"]
    assert await opgaver(motor, ODENSE, sagsbehandler="sb-9") == []


async def test_s10_noter_og_ad_hoc_opgaver_foelger_ikke_med() -> None:
    """SIK-01: after the move the old municipality sees its own, the new one its own and none of those."""
    motor = verden()
    om_alma = f"/personer/{ALMA}/opgaver"
    assert await opgaver(motor, VEJLE, om_alma) == ["vejle-haster", "vejle-adhoc"]
    assert await opgaver(motor, ODENSE, om_alma) == ["odense-1"]
    assert await opgaver(motor, FREMMED, om_alma) == []
    assert await noter(motor, VEJLE) == ["vejle-n2", "vejle-n1"], "de nyeste først"
    assert await noter(motor, ODENSE) == ["odense-n1"]
    assert await noter(motor, FREMMED) == []


@pytest.mark.parametrize("sti", ["/opgaver/vejle-adhoc", "/opgaver/vejle-lukket", "/noter/vejle-n1"])
async def test_en_anden_kommunes_er_som_det_der_ikke_findes(sti: str) -> None:
    """SIK-01, OPG-02: not even that there is such a task or note can be told from the answer."""
    motor = verden()
    assert (await spoerg(motor, VEJLE, sti)).status_code == 200
    ukendt = await spoerg(motor, ODENSE, f"{sti.rpartition('/')[0]}/findes-ikke")
    for kode in set(KOMMUNER) - {VEJLE}:
        fremmed = await spoerg(motor, kode, sti)
        assert (fremmed.status_code, fremmed.content) == (404, ukendt.content)


async def test_et_notat_som_kommunen_ser_det() -> None:
    """SIK-01."""
    assert await svar(verden(), VEJLE, "/noter/vejle-n1") == {
        "notat_id": "vejle-n1", "person_id": ALMA, "kommunekode": VEJLE, "tekst": "Ønsker opkald om formiddagen.",
        "kilde": "SAGSBEHANDLER", "oprettet_af": "sb-7", "oprettet": "2024-11-03T09:00:00Z", "rettet_af": "sb-7",
        "rettet": "2024-11-05T09:00:00Z", "version": 2,
    }  # fmt: skip


async def test_en_opgave_som_kommunen_ser_den() -> None:
    """OPG-02, OPG-04: about one person, so with the CPR number."""
    assert await svar(verden(), VEJLE, "/opgaver/vejle-lukket") == {
        "opgave_id": "vejle-lukket", "forloeb_id": "f1", "opgavetype": "MANUEL", "aarsag": "INDREJSE_UDEN_LAEGE",
        "titel": "Vælg læge", "beskrivelse": "", "kommunekode": VEJLE, "person_ider": [ALMA], "cpr": CPR,
        "tilstand": "AFSLUTTET", "oprettet": "2024-11-05T09:00:00Z", "oprettet_af": None,
        "frist": "2024-11-19T23:00:00Z", "overskredet": False, "sagsbehandler": None, "version": 2,
        "afsluttet": "2024-11-05T09:00:00Z", "afsluttet_af": "sb-7", "begrundelse": "Borgeren har valgt læge.",
    }  # fmt: skip


async def test_en_overskredet_opgave_siger_det_og_staar_der_endnu() -> None:
    """OPG-09."""
    motor = verden()
    om = NU + timedelta(days=20)
    for frist in motor.forfaldne(om):
        motor.modtag(frist, om)
    vist = {o["opgave_id"]: o["overskredet"] for o in (await svar(motor, VEJLE, "/opgaver"))["opgaver"]}
    assert vist == {"vejle-haster": True, "vejle-plo": True, "vejle-tildelt": True, "vejle-adhoc": False}


@pytest.mark.parametrize(
    ("id_", "cpr"),
    [
        pytest.param("vejle-adhoc", CPR, id="OPG-04: om én person"),
        pytest.param("vejle-haster", None, id="OPG-04: om to personer"),
        pytest.param("vejle-plo", None, id="OPG-04: om en praksis"),
        pytest.param("vejle-tildelt", None, id="OPG-04: nummeret er ikke kendt"),
    ],
)
async def test_cpr_nummeret_staar_kun_paa_en_opgave_om_en_person(id_: str, cpr: str | None) -> None:
    assert (await svar(verden(), VEJLE, f"/opgaver/{id_}"))["cpr"] == cpr


async def _alle_sider(hent: Any, navn: str, antal: int) -> list[list[str]]:
    sider: list[list[str]] = []
    efter: dict[str, str] = {}
    while True:
        side = await hent(antal=antal, **efter)
        sider.append([r[f"{navn}_id"] for r in side[{"opgave": "opgaver", "notat": "noter"}[navn]]])
        if side["naeste"] is None:
            return sider
        efter = {"efter": side["naeste"]}


@pytest.mark.parametrize("antal", [1, 2, 3, 4, 5])
async def test_en_lang_liste_laeses_side_for_side(antal: int) -> None:
    """OPG-02: every task once, whatever the size of the page; many have the same deadline."""
    motor = verden()

    async def hent(**felter: Any) -> Any:
        return await svar(motor, VEJLE, "/opgaver", **felter)

    sider = await _alle_sider(hent, "opgave", antal)
    assert [id_ for side in sider for id_ in side] == AABNE
    assert all(len(s) == antal for s in sider[:-1])
    assert sider[-1]


async def test_noterne_laeses_side_for_side() -> None:
    motor = verden(*(notat(f"x-{i:02}", "p", afgivet=NU) for i in range(7)))

    async def hent(**felter: Any) -> Any:
        return await svar(motor, VEJLE, "/personer/p/noter", **felter)

    assert [len(s) for s in await _alle_sider(hent, "notat", 3)] == [3, 3, 1]


async def test_en_opgave_der_lukkes_undervejs_flytter_ikke_resten() -> None:
    """The mark is a place, not a task that must still be there."""
    motor = verden()
    side = await svar(motor, VEJLE, "/opgaver", antal=2)
    motor.raekker["opgave"].pop("vejle-plo")
    assert await opgaver(motor, VEJLE, antal=2, efter=side["naeste"]) == AABNE[2:]


@pytest.mark.parametrize(
    "felter",
    [{"antal": 0}, {"antal": 501}, {"antal": "mange"}, {"omfang": "NOGLE"}, {"efter": "x"}, {"sagsbehandler": ""},
     {"kommunekode": ODENSE}],
    ids=str,
)  # fmt: skip
async def test_det_der_ikke_kan_bruges_siges(felter: dict[str, Any]) -> None:
    """Nor can another municipality be asked for than the token's."""
    assert (await spoerg(verden(), VEJLE, "/opgaver", **felter)).status_code == 422


@given(dage=st.integers(0, 40_000), id_=st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30))
def test_et_sidemaerke_kan_laeses_igen(dage: int, id_: str) -> None:
    tid = NU - timedelta(days=18_000) + timedelta(days=dage, microseconds=1)
    assert sted(maerke(tid, id_)) == (tid, id_)


async def test_der_er_altid_hoejst_en_side() -> None:
    """The default page is 100."""
    motor = verden(*(opgave(f"mange-{i:03}", "p") for i in range(150)))
    side = await svar(motor, VEJLE, "/personer/p/opgaver")
    assert len(side["opgaver"]) == 100
    assert len(await opgaver(motor, VEJLE, "/personer/p/opgaver", efter=side["naeste"])) == 50
