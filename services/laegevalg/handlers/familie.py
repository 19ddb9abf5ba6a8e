"""What the rows of a family say to the entry of one of them, and whom its end is told (IND-01, FAM-05)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.laegevalg.forloeb import INDREJSE, familie
from services.laegevalg.forloeb.sagsbeskeder import IndrejseVurderesIgen, Sag, Tilstand
from services.laegevalg.forloeb.sikret import Sikret
from services.laegevalg.rules.familie import Slaegtning
from shared.domain.udfald import Udfald


def slaegten(raekker: Mapping[str, Sikret]) -> dict[str, Slaegtning]:
    """The relatives that are known, as the rules know them. CPR-11: under an id given up nobody is on his way."""
    return {
        i: Slaegtning(
            s.sikring, s.person.status if s.person else None, s.adresse, s.soeger_laege is not None,
            afloest=s.afloest_af is not None, indrejst=s.indrejse.dag if s.indrejse else None,
        )
        for i, s in raekker.items()
    }  # fmt: skip


def under_navnet(raekker: Mapping[str, Sikret]) -> dict[str, Sikret]:
    """CPR-11: relatives by the id they are named by, which may be given up: then the one they turned out to be."""
    return {i: raekker.get(s.afloest_af or i, s) for i, s in raekker.items()}


def i_familien(raekker: Mapping[str, Sikret], afloesere: Mapping[str, Sikret]) -> dict[str, Sikret]:
    """CPR-11: the family by the ids it is named by, each as the one he turned out to be."""
    return {i: afloesere.get(s.afloest_af or i, s) for i, s in raekker.items()}


def med_soegning(sikret: Sikret, sag: Sag) -> Sikret:
    """Whether the entry is still to give the person a doctor."""
    slut, soeger = sag.tilstand in INDREJSE.afsluttede(), sikret.soeger_laege == sag.forloeb_id
    if soeger is not slut:
        return sikret
    return replace(sikret, soeger_laege=None if slut else sag.forloeb_id)


def ventende(slaegt: Iterable[Sikret]) -> tuple[IndrejseVurderesIgen, ...]:
    """The entries of relatives that are under way, and may wait for this one."""
    return tuple(
        familie.se_igen(s.soeger_laege, s.person_id, s.person)
        for s in slaegt
        if s.soeger_laege is not None and s.person is not None
    )


def ventes_der_paa(sag: Sag, slaegt: Iterable[Sikret]) -> tuple[Sikret, ...]:
    """The relatives whose own entry is under way, noting that this one waits."""
    if sag.tilstand is not Tilstand.AFVENTER_FAMILIE:
        return ()
    igen = familie.se_igen(sag.forloeb_id, sag.person_id, sag.person)
    under_vejs = (s for s in slaegt if s.soeger_laege is not None and s.person_id != sag.person_id)
    return tuple(replace(s, ventes_af=(*s.ventes_af, igen)) for s in under_vejs if igen not in s.ventes_af)


def vaek(sikret: Sikret, sag: Sag, nu: datetime) -> tuple[Sikret, Udfald]:
    """The entry is over: the relatives that may wait for it look again."""
    if sag.tilstand not in INDREJSE.afsluttede() or not sikret.ventes_af:
        return sikret, Udfald()
    frister = tuple(familie.vaek(igen, nu) for igen in sikret.ventes_af)
    return replace(sikret, ventes_af=()), Udfald(frister=frister)
