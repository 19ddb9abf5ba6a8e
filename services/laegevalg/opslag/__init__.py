"""What can be asked of the service. None is answered for what does not exist or may not be seen."""

from services.laegevalg.opslag.familie import Kreds, familie
from services.laegevalg.opslag.svar import (
    Familiesvar,
    Forloebsliste,
    Forloebssvar,
    Historiksvar,
    Omfang,
    OmForloeb,
    OmForloebene,
    OmNummer,
    OmPerson,
    Personsvar,
)
from services.laegevalg.opslag.synlighed import Forloebsraekke, maa_se_beskyttet, maa_se_forloeb, maa_se_person
from services.laegevalg.opslag.visning import forloebet, historikken, linjen, personen
from services.laegevalg.store import (
    BREVFORLOEBENE,
    PERSONENS_BREVFORLOEB,
    PERSONENS_SAGER,
    PERSONENS_VALG,
    SAGER,
    SIKREDE,
    SIKREDE_EFTER_CPR,
    SIKREDE_PAA_ADRESSEN,
    SIKREDE_UNDER_MYNDIGHED,
    VALG,
    Sikret,
)
from shared.domain.datoer import dato
from shared.platform.opslag.erklaering import Bruger, Opslagsliste
from shared.platform.opslag.laeser import Laeser, en

SENESTE = 5
"""FORL-01: what the card shows."""
OPSLAG = Opslagsliste()


@OPSLAG.spoerg("/personer/soeg")
async def person_efter_nummer(spoergsmaal: OmNummer, bruger: Bruger, laeser: Laeser) -> Personsvar | None:
    """En person efter CPR-nummer, med gruppe, læge og lægevalg i gang (SIK-02, FLYT-03).

    Kun for kommunen, personen bor i.
    """
    fundne = await laeser.soeg(SIKREDE, SIKREDE_EFTER_CPR, spoergsmaal)
    sikret = next((s for s in fundne if s.cpr == spoergsmaal.cpr and maa_se_person(s, bruger)), None)
    return await _vist(sikret, bruger, laeser)


@OPSLAG.hent("/personer/{person_id}")
async def person(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Personsvar | None:
    """En person med gruppe, læge og lægevalg i gang, også i en anden kommune (SIK-02, FLYT-03).

    Kun for kommunen, personen bor i.
    """
    return await _vist(await _beboer(spoergsmaal, bruger, laeser), bruger, laeser)


async def _beboer(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Sikret | None:
    sikret = await en(laeser, SIKREDE, spoergsmaal.person_id)
    return sikret if maa_se_person(sikret, bruger) else None


async def _vist(sikret: Sikret | None, bruger: Bruger, laeser: Laeser) -> Personsvar | None:
    if sikret is None:
        return None
    valg = await laeser.raekker(VALG, sikret.aabne_valg)
    return personen(sikret, valg.values(), bruger, dato(await laeser.nu()))


@OPSLAG.hent("/personer/{person_id}/registreringer")
async def registreringer(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Historiksvar | None:
    """Alle personens grupper og læger, de nyeste først (LV-01, LV-06), også fra før en flytning (FORL-02).

    Kun for kommunen, personen bor i.
    """
    sikret = await _beboer(spoergsmaal, bruger, laeser)
    return None if sikret is None else historikken(sikret)


@OPSLAG.hent("/personer/{person_id}/forloeb")
async def forloebene(spoergsmaal: OmForloebene, bruger: Bruger, laeser: Laeser) -> Forloebsliste | None:
    """Personens forløb i kommunen, de nyeste først: de fem seneste eller alle (FORL-01).

    En kommune ser sine egne forløb, også efter at personen er flyttet, og aldrig en andens (FORL-02, FLYT-01).
    """
    alle: list[Forloebsraekke] = [
        *await laeser.soeg(SAGER, PERSONENS_SAGER, spoergsmaal),
        *await laeser.soeg(VALG, PERSONENS_VALG, spoergsmaal),
        *await laeser.soeg(BREVFORLOEBENE, PERSONENS_BREVFORLOEB, spoergsmaal),
    ]
    egne = [f for f in alle if maa_se_forloeb(f, bruger)]
    if not egne and await _beboer(spoergsmaal, bruger, laeser) is None:
        return None
    egne.sort(key=lambda f: (f.startet, f.forloeb_id), reverse=True)
    vises = egne if spoergsmaal.omfang is Omfang.ALLE else egne[:SENESTE]
    return Forloebsliste(forloeb=tuple(linjen(f) for f in vises), i_alt=len(egne))


@OPSLAG.hent("/personer/{person_id}/familie")
async def personens_familie(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Familiesvar | None:
    """Personens ægtefælle, børn, værgemål og bofæller (FAM-01, FAM-02, FAM-11, FAM-12, FAM-13).

    Kun for kommunen, personen bor i. Ingen adresser: de andre slås op for sig.
    """
    sikret = await _beboer(spoergsmaal, bruger, laeser)
    if sikret is None:
        return None
    ider = [sikret.aegtefaelle_id] if sikret.aegtefaelle_id else []
    kreds = Kreds(
        person=sikret,
        kendte=await laeser.raekker(SIKREDE, [*ider, *sikret.foraeldremyndighed_ider]),
        under_myndighed=await laeser.soeg(SIKREDE, SIKREDE_UNDER_MYNDIGHED, spoergsmaal),
        paa_adressen=await laeser.soeg(SIKREDE, SIKREDE_PAA_ADRESSEN, sikret),
    )
    return familie(kreds, dato(await laeser.nu()), ser_beskyttede=maa_se_beskyttet(bruger))


@OPSLAG.hent("/forloeb/{forloeb_id}")
async def forloeb(spoergsmaal: OmForloeb, bruger: Bruger, laeser: Laeser) -> Forloebssvar | None:
    """Et forløb med hvem der oprettede det (LV-05, FORL-04) og om der er søgt dispensation (LV-07).

    Kun for kommunen, forløbet hører til, også efter at personen er flyttet (FLYT-01).
    """
    id_ = spoergsmaal.forloeb_id
    raekke: Forloebsraekke | None = (
        await en(laeser, VALG, id_) or await en(laeser, SAGER, id_) or await en(laeser, BREVFORLOEBENE, id_)
    )
    return forloebet(raekke) if raekke is not None and maa_se_forloeb(raekke, bruger) else None
