"""Why something was decided, as it is told to those it concerns."""

from contracts.base import Vaerdi


class Begrundelse(Vaerdi):
    """The reason for a decision or a refusal: a sentence a citizen can read, our rule, and the legal basis."""

    tekst: str
    """In Danish. Says what was decided and what the reader can do; names nobody."""
    regel: str
    """Rule id of the catalogue (docs/rules.md), fx `LV-09`."""
    hjemmel: str = ""
    """The act, regulation or published decision; empty where the rule is the hub's own."""
