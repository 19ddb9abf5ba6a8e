"""Keys for senders who only know a CPR number; the vectors stand in `docs/contracts.md` for outsiders."""

import uuid

from contracts.noegle import cpr_noegle, person_id_ved_oprettelse

CPR, HEMMELIGHED = "6704856543", "eksempel-hemmelighed"


def test_recordnoeglens_vektor() -> None:
    """Worked out with `printf 6704856543 | openssl dgst -sha256 -hmac eksempel-hemmelighed`."""
    assert cpr_noegle(CPR, HEMMELIGHED) == "4804f24e8b23cacab8e1ec91b55a3fd564d803a9695af29bdb158e3631c46d0d"


def test_person_id_er_den_samme_uuid_hver_gang_og_ikke_noeglen() -> None:
    fundet = uuid.UUID(person_id_ved_oprettelse(CPR, HEMMELIGHED))
    assert str(fundet) == "0f078b0c-b742-8f27-8e00-b0b2b09af310"
    assert (fundet.version, fundet.variant) == (8, uuid.RFC_4122)
    assert not cpr_noegle(CPR, HEMMELIGHED).startswith(fundet.hex[:8])


def test_anden_hemmelighed_giver_andre_noegler() -> None:
    assert cpr_noegle(CPR, "en anden") != cpr_noegle(CPR, HEMMELIGHED)
    assert person_id_ved_oprettelse(CPR, "en anden") != person_id_ved_oprettelse(CPR, HEMMELIGHED)
