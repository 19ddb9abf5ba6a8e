"""Every published message by its CloudEvents type."""

from types import ModuleType

from contracts import (
    bestilling,
    betaling,
    brev,
    cpr,
    cpr_opslag,
    dispensation,
    konfig,
    kort,
    laegevalg,
    notat,
    opgave,
    person,
    plads,
    plo,
    ur,
    yder,
)
from contracts.base import Besked

UDGIVERE: dict[str, ModuleType] = {
    "cpr": cpr,
    "cpr_opslag": cpr_opslag,
    "person": person,
    "yder": yder,
    "plo": plo,
    "plads": plads,
    "bestilling": bestilling,
    "laegevalg": laegevalg,
    "dispensation": dispensation,
    "betaling": betaling,
    "kort": kort,
    "brev": brev,
    "opgave": opgave,
    "notat": notat,
    "konfig": konfig,
    "ur": ur,
}
"""Publisher module by name; the golden files lie in `eksempler/<name>/`."""


def _beskeder(modul: ModuleType) -> list[type[Besked]]:
    return [k for k in vars(modul).values() if isinstance(k, type) and issubclass(k, Besked) and k.ce_type]


BESKEDER: dict[str, type[Besked]] = {k.ce_type: k for modul in UDGIVERE.values() for k in _beskeder(modul)}
"""Message class by `ce_type`."""


def beskeder_fra(udgiver: str) -> list[type[Besked]]:
    """The messages that one module declares, in the order they are written."""
    return _beskeder(UDGIVERE[udgiver])
