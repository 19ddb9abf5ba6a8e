"""What every message is: a frozen model with a topic, a type with a version, and the field that routes it."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints


def _i_utc(tid: datetime) -> datetime:
    return tid.astimezone(UTC)


def _med_tidszone(tid: Any) -> Any:
    if isinstance(tid, datetime) and tid.tzinfo is None:
        raise ValueError("tidspunktet mangler tidszone")
    return tid


Oejeblik = Annotated[datetime, AfterValidator(_i_utc), BeforeValidator(_med_tidszone)]
"""An instant with time zone, kept in UTC."""
Kommunekode = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
"""Four digits everywhere, zero padded: Vejle is `0630`."""
Cprnummer = Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
Ydernummer = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Postnummer = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Vaerdi(BaseModel):
    """A part of a message: frozen, readers ignore fields they do not know, errors never show the value."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


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
