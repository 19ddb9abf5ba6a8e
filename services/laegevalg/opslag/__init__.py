"""What can be asked of the service. None is answered for what does not exist or may not be seen."""

from dataclasses import replace

from services.laegevalg.forloeb.sikret import Sikret
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
    PERSONENS_PERSONSAGER,
    PERSONENS_SAGER,
    PERSONENS_VALG,
    PERSONSAGER,
    SAGER,
    SIKREDE,
    SIKREDE_EFTER_CPR,
    SIKREDE_PAA_ADRESSEN,
    SIKREDE_UNDER_MYNDIGHED,
    VALG,
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
    nu = [await _som_nu(s, laeser) for s in fundne if s.har_nummer(spoergsmaal.cpr)]
    return await _vist(next((s for s in nu if maa_se_person(s, bruger)), None), bruger, laeser)


@OPSLAG.hent("/personer/{person_id}")
async def person(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Personsvar | None:
    """En person med gruppe, læge og lægevalg i gang, også i en anden kommune (SIK-02, FLYT-03).

    Kun for kommunen, personen bor i.
    """
    return await _vist(await _beboer(spoergsmaal, bruger, laeser), bruger, laeser)


async def _som_nu(sikret: Sikret | None, laeser: Laeser) -> Sikret | None:
    """CPR-11: who turned out to be another person is that person."""
    set_: set[str] = set()
    while sikret is not None and sikret.afloest_af is not None and sikret.afloest_af not in set_:
        set_.add(sikret.afloest_af)
        sikret = await en(laeser, SIKREDE, sikret.afloest_af)
    return sikret


async def _personen(person_id: str, laeser: Laeser) -> Sikret | None:
    return await _som_nu(await en(laeser, SIKREDE, person_id), laeser)


async def _beboer(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Sikret | None:
    sikret = await _personen(spoergsmaal.person_id, laeser)
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
    sikret = await _personen(spoergsmaal.person_id, laeser)
    alle: list[Forloebsraekke] = []
    for om in _under_alle_ider(spoergsmaal, sikret):
        alle += await laeser.soeg(SAGER, PERSONENS_SAGER, om)
        alle += await laeser.soeg(VALG, PERSONENS_VALG, om)
        alle += await laeser.soeg(BREVFORLOEBENE, PERSONENS_BREVFORLOEB, om)
        alle += await laeser.soeg(PERSONSAGER, PERSONENS_PERSONSAGER, om)
    egne = [f for f in {f.forloeb_id: f for f in alle}.values() if maa_se_forloeb(f, bruger)]
    if not egne and not maa_se_person(sikret, bruger):
        return None
    egne.sort(key=lambda f: (f.startet, f.forloeb_id), reverse=True)
    vises = egne if spoergsmaal.omfang is Omfang.ALLE else egne[:SENESTE]
    return Forloebsliste(forloeb=tuple(linjen(f) for f in vises), i_alt=len(egne))


def _under_alle_ider(spoergsmaal: OmPerson, sikret: Sikret | None) -> list[OmPerson]:
    """CPR-11: the question, of the id the person has now and of those he had."""
    ider = (spoergsmaal.person_id,) if sikret is None else (sikret.person_id, *sikret.tidligere_ider)
    return [spoergsmaal.model_copy(update={"person_id": id_}) for id_ in ider]


@OPSLAG.hent("/personer/{person_id}/familie")
async def personens_familie(spoergsmaal: OmPerson, bruger: Bruger, laeser: Laeser) -> Familiesvar | None:
    """Personens ægtefælle, børn, værgemål og bofæller (FAM-01, FAM-02, FAM-11, FAM-12, FAM-13).

    Kun for kommunen, personen bor i. Ingen adresser: de andre slås op for sig.
    """
    sikret = await _beboer(spoergsmaal, bruger, laeser)
    if sikret is None:
        return None
    sikret, kendte = await _med_kendte(sikret, laeser)
    under = [
        s
        for om in _under_alle_ider(spoergsmaal, sikret)
        for s in await laeser.soeg(SIKREDE, SIKREDE_UNDER_MYNDIGHED, om)
    ]
    kreds = Kreds(
        person=sikret,
        kendte=kendte,
        under_myndighed=list({s.person_id: s for s in under}.values()),
        paa_adressen=await laeser.soeg(SIKREDE, SIKREDE_PAA_ADRESSEN, sikret),
    )
    return familie(kreds, dato(await laeser.nu()), ser_beskyttede=maa_se_beskyttet(bruger))


async def _med_kendte(sikret: Sikret, laeser: Laeser) -> tuple[Sikret, dict[str, Sikret]]:
    """The person with his relations under the ids that they have now (CPR-11), and the rows of those who are known."""
    ider = [sikret.aegtefaelle_id] if sikret.aegtefaelle_id else []
    raekker = await laeser.raekker(SIKREDE, [*ider, *sikret.foraeldremyndighed_ider])
    nu = {id_: await _som_nu(s, laeser) or s for id_, s in raekker.items()}
    id_nu = {id_: s.person_id for id_, s in nu.items()}
    partner = sikret.aegtefaelle_id
    efter = replace(
        sikret,
        aegtefaelle_id=id_nu.get(partner, partner) if partner else None,
        foraeldremyndighed_ider=tuple(dict.fromkeys(id_nu.get(i, i) for i in sikret.foraeldremyndighed_ider)),
    )
    return efter, {s.person_id: s for s in nu.values()}


@OPSLAG.hent("/forloeb/{forloeb_id}")
async def forloeb(spoergsmaal: OmForloeb, bruger: Bruger, laeser: Laeser) -> Forloebssvar | None:
    """Et forløb med hvem der oprettede det (LV-05, FORL-04) og om der er søgt dispensation (LV-07).

    Kun for kommunen, forløbet hører til, også efter at personen er flyttet (FLYT-01). Også, hvad der er sket personen
    (FORL-01): flytning, nyt navn, dødsfald ...
    """
    id_ = spoergsmaal.forloeb_id
    raekke: Forloebsraekke | None = (
        await en(laeser, VALG, id_)
        or await en(laeser, SAGER, id_)
        or await en(laeser, BREVFORLOEBENE, id_)
        or await en(laeser, PERSONSAGER, id_)
    )
    if raekke is None or not maa_se_forloeb(raekke, bruger):
        return None
    sikret = await _personen(raekke.person_id, laeser)
    return forloebet(raekke, sikret.person_id if sikret else raekke.person_id)
