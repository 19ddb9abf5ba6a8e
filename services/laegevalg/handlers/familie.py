"""What the rows of a family say to the entry of one of them, and whom its end is told (IND-01, FAM-05)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.laegevalg.forloeb import INDREJSE, familie
from services.laegevalg.forloeb.sagsbeskeder import Sag
from services.laegevalg.rules.familie import Slaegtning
from services.laegevalg.store import NAERMESTE, SIKREDE, SIKREDE_UNDER_MYNDIGHED, Sikret
from shared.domain.udfald import Udfald

DE_SOM_KAN_VENTE = (SIKREDE.soeg(NAERMESTE), SIKREDE.soeg(SIKREDE_UNDER_MYNDIGHED))
"""The spouse, and those whom the person has custody of."""


def slaegten(raekker: Mapping[str, Sikret]) -> dict[str, Slaegtning]:
    """The relatives that are known, as the rules know them. CPR-11: under an id given up nobody is on his way."""
    return {
        i: Slaegtning(
            s.sikring, s.person.status if s.person else None, s.adresse, s.soeger_laege is not None,
            afloest=s.afloest_af is not None,
        )
        for i, s in raekker.items()
    }  # fmt: skip


def under_navnet(raekker: Mapping[str, Sikret]) -> dict[str, Sikret]:
    """CPR-11: relatives by the id they are named by, which may be given up: then the one they turned out to be."""
    return {i: raekker.get(s.afloest_af or i, s) for i, s in raekker.items()}


def med_soegning(sikret: Sikret, sag: Sag) -> Sikret:
    """Whether the entry is still to give the person a doctor."""
    slut = sag.tilstand in INDREJSE.afsluttede()
    if not slut:
        return replace(sikret, soeger_laege=sag.forloeb_id)
    return replace(sikret, soeger_laege=None) if sikret.soeger_laege == sag.forloeb_id else sikret


def vaek(foer: Sag, efter: Sag, *slaegt: Iterable[Sikret], nu: datetime) -> Udfald:
    """The entry is over: relatives whose own is still under way look again."""
    slut = INDREJSE.afsluttede()
    if efter.tilstand not in slut or foer.tilstand in slut:
        return Udfald()
    alle = {s.person_id: s for kreds in slaegt for s in kreds if s.person_id != efter.person_id}
    return Udfald(
        frister=tuple(
            familie.vaek(s.soeger_laege, s.person_id, s.person, nu)
            for s in alle.values()
            if s.soeger_laege is not None and s.person is not None
        )
    )
