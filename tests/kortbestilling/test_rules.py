"""The rules of the card order, as tables of examples."""

from datetime import UTC, date, datetime

import pytest

from contracts.kort import Adressetype
from contracts.person import Adresse
from services.kortbestilling import rules

DAG = date(2024, 11, 5)


def adresse(vejkode: str, linje: str = "Havnegade 4") -> Adresse:
    return Adresse(kommunekode="0630", vejkode=vejkode, linje=linje, postnummer="7100")


@pytest.mark.parametrize(
    ("adressen", "ventet"),
    [
        pytest.param(adresse("3000"), Adressetype.KENDT, id="KORT-11: almindelig vej"),
        pytest.param(adresse("9899"), Adressetype.KENDT, id="KORT-11: sidste vejkode før de høje"),
        pytest.param(adresse("9900"), Adressetype.UKENDT, id="KORT-11: første høje vejkode"),
        pytest.param(adresse("9999"), Adressetype.UKENDT, id="KORT-11: sidste høje vejkode"),
        pytest.param(adresse("0099"), Adressetype.KENDT, id="KORT-11: foranstillede nuller er ikke en høj vejkode"),
        pytest.param(adresse(""), Adressetype.KENDT, id="KORT-11: vejkoden mangler, men adressen er der"),
        pytest.param(adresse("3000", linje=" "), Adressetype.UKENDT, id="KORT-11: tom adresselinje"),
        pytest.param(None, Adressetype.UKENDT, id="KORT-11: ingen adresse"),
    ],
)
def test_adressetype(adressen: Adresse | None, ventet: Adressetype) -> None:
    assert rules.adressetype(adressen, DAG) is ventet


@pytest.mark.parametrize(
    ("returneret", "udloeb"),
    [
        # The last day is included, so the instant is the midnight after it, in Danish time.
        pytest.param(
            datetime(2024, 11, 20, 8, 0, tzinfo=UTC), datetime(2025, 2, 20, 23, 0, tzinfo=UTC), id="KORT-11: 3 måneder"
        ),
        pytest.param(
            datetime(2024, 11, 30, 8, 0, tzinfo=UTC),
            datetime(2025, 2, 28, 23, 0, tzinfo=UTC),
            id="KORT-11: 30. november og 3 måneder er 28. februar",
        ),
        pytest.param(
            datetime(2023, 11, 30, 8, 0, tzinfo=UTC),
            datetime(2024, 2, 29, 23, 0, tzinfo=UTC),
            id="KORT-11: i et skudår 29. februar",
        ),
        pytest.param(
            datetime(2024, 4, 15, 22, 30, tzinfo=UTC),
            datetime(2024, 7, 16, 22, 0, tzinfo=UTC),
            id="KORT-11: kl. 0.30 dansk tid er den næste dag",
        ),
    ],
)
def test_afhentningsfrist(returneret: datetime, udloeb: datetime) -> None:
    assert rules.afhentningsfrist(returneret) == udloeb
