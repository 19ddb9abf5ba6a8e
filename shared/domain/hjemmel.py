"""Legal basis: where in the law (or in our own catalogue of rules) a decision rests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hjemmel:
    """A rule id of the catalogue and, where there is one, the paragraph it comes from."""

    regel: str
    """Rule id, fx `IND-01`."""
    kilde: str = ""
    """Paragraph or page, fx `bekendtgørelse nr. 1016 af 25. maj 2021, § 12, stk. 1, nr. 2`."""

    def __str__(self) -> str:
        return f"{self.regel} ({self.kilde})" if self.kilde else self.regel
