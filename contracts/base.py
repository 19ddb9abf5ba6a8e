"""What every message is: a frozen model with a topic, a type with a version, and the field that routes it."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
)

TIDLIGSTE, SENESTE = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
"""Instants outside have no civil date in every time zone."""


def i_utc(tid: datetime) -> datetime:
    """The instant in UTC. Raises `ValueError` outside the calendar."""
    try:
        tid = tid.astimezone(UTC)
    except OverflowError as fejl:
        raise ValueError("er uden for kalenderen") from fejl
    if not TIDLIGSTE <= tid <= SENESTE:
        raise ValueError("er uden for kalenderen")
    return tid


Oejeblik = Annotated[AwareDatetime, AfterValidator(i_utc)]
"""An instant with time zone, kept in UTC. One without a zone is refused: guessing would move a deadline."""
Kommunekode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
"""Four digits everywhere, zero padded: Vejle is `0630`."""
Cprnummer = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
Ydernummer = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Postnummer = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Heltal = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""What fits a database's largest integer."""
Antal = Annotated[int, Field(ge=0, lt=2**31)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class KendteVaerdier:
    """Marks a field `Enum | str`: any text is read, while the schema that senders go by names the known values alone.

    What is not known is then refused with an answer, and not parked.
    """

    def __get_pydantic_json_schema__(self, felt: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(felt)["anyOf"][0]


class Vaerdi(BaseModel):
    """A part of a message: frozen, readers ignore fields they do not know, errors never show the value."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True)


class Besked(Vaerdi):
    """A message of the hub.

    `emne` is its topic, `ce_type` its CloudEvents type with version (both written out: a renamed class must not
    rename what is on the wire), `noeglefelt` the field that is the Kafka record key.
    """

    emne: ClassVar[str] = ""
    ce_type: ClassVar[str] = ""
    noeglefelt: ClassVar[str] = "person_id"

    def recordnoegle(self) -> str:
        """The Kafka record key. Never a CPR number."""
        return getattr(self, self.noeglefelt)

    def topic(self) -> str:
        """The topic this message goes to; most types have one fixed topic."""
        return self.emne
