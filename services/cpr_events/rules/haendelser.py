"""What happened to a person, judged against what was told before, and as the messages that tell of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

from contracts.base import Besked
from contracts.cpr import CprAdresse, CprHaendelse, CprPerson
from contracts.person import (
    PersonDoed,
    PersonFlyttet,
    PersonFoedt,
    PersonForsvundet,
    PersonGenfundet,
    PersonHaendelseRettet,
    PersonIndrejst,
    PersonNavngivet,
    Personoplysninger,
    PersonSkiftetNavn,
    PersonUdrejst,
)
from services.cpr_events.rules import BOSAT_I_DANMARK, GIFT, aftalt_status, fraflytningskommune
from services.cpr_events.rules.billede import (
    ANGAAR,
    FORSVUNDET,
    Del,
    FraUdtraek,
    haendelsesdato,
    seneste_indrejse,
    seneste_udrejse,
    statusdato,
    sum_af,
)
from services.cpr_events.rules.koder import Kode, Slags, Virkning, raekke
from services.cpr_events.rules.raekkefoelge import TIDLIGST, Fakta, Kendt, husk
from shared.domain.datoer import dato, plus_dage

UDEN_MEDDELELSE = frozenset({Virkning.KUN_TILSTAND, Virkning.INTET, Virkning.UKENDT, Virkning.RETTET})
INDREJST = Virkning.GENINDREJST.value
"""A05, A04 and a move home from Greenland are, of one day, one entry."""
SET_IGEN = "SET_IGEN"
"""What is told when a missing person is seen to live somewhere again: an A03 about the same is the same (CPR-09)."""
OPHOERER = frozenset({Virkning.FORSVUNDET.value, Virkning.UDREJST.value, Virkning.DOED.value})
KRAEVER_ADRESSE = frozenset({Virkning.INDREJST, Virkning.GENINDREJST, Virkning.FLYTTET, Virkning.GENFUNDET})


class Nyhed(StrEnum):
    """How an event stands to what is known (CPR-08..10)."""

    NY = "NY"
    GENTAGET = "GENTAGET"
    SEN = "SEN"
    """Older than the known state of its kind: recorded, not applied."""
    UDEN_BETYDNING = "UDEN_BETYDNING"
    """Its snapshot says that it does not concern the insurance, or it is of a code that only brings its snapshot."""


def fakta_om(haendelse: CprHaendelse) -> Fakta:
    """The event as a fact of its kind."""
    return Fakta(
        virkning=haendelsesdato(haendelse),
        leverance=haendelse.leverance,
        registreret=haendelse.registreret or TIDLIGST,
        sum=_kendetegn(haendelse),
    )


def sted(adresse: CprAdresse | None) -> str:
    """A digest of where an address is, as all sources write it."""
    if adresse is None:
        return sum_af("")
    led = (adresse.vejkode, adresse.husnr, adresse.etage, adresse.sidedoer)
    return sum_af("|".join((adresse.kommunekode, *(t.strip().lstrip("0").lower() for t in led))))


def _kendetegn(haendelse: CprHaendelse) -> str:
    """What makes two events of one kind and day the same (CPR-09)."""
    virkning = raekke(haendelse.kode).virkning
    match virkning:
        case Virkning.FLYTTET:
            return sted(haendelse.person.adresse)
        case Virkning.SKIFTET_NAVN | Virkning.NAVNGIVET:
            return _navnets_sum(virkning, haendelse.person)
        case Virkning.INDREJST | Virkning.GENINDREJST:
            return INDREJST
        case _:
            return virkning.value


def _navneskift(person: CprPerson) -> str:
    """The change to the name that the person bears, as it is known (CPR-09)."""
    return _navnets_sum(Virkning.SKIFTET_NAVN, person)


def _navnets_sum(virkning: Virkning, person: CprPerson) -> str:
    navn = person.navn
    return sum_af("|".join((virkning, navn.fornavn, navn.mellemnavn, navn.efternavn)))


def bedoem(haendelse: CprHaendelse, sket: Mapping[Slags, Kendt], dele: Mapping[Del, Kendt], nu: CprPerson) -> Nyhed:
    """CPR-08..10: `sket` is what was told before, `dele` and `nu` the person as the event leaves him."""
    kode = raekke(haendelse.kode)
    uden_vaegt = haendelse.afledt or kode.virkning in UDEN_MEDDELELSE
    if uden_vaegt or not aftalt_status(kode.virkning, haendelse.person.status):
        return Nyhed.UDEN_BETYDNING
    (slags,) = kode.slags
    fakta, kendt = fakta_om(haendelse), sket.get(slags, Kendt())
    if kendt.kender(fakta) or (kode.virkning is Virkning.GENFUNDET and _er_set_igen(kendt)):
        return Nyhed.GENTAGET
    foraeldet = [k for k in (kendt, *_overhalet(slags, fakta, dele)) if k.er_foraeldet(fakta)]
    if foraeldet or husk(kendt, (fakta,)).gaeldende != fakta or not _staar(haendelse, kode, nu):
        return Nyhed.GENTAGET if kendt.har_hoert(fakta) else Nyhed.SEN
    return Nyhed.NY


def _overhalet(slags: Slags, fakta: Fakta, dele: Mapping[Del, Kendt]) -> tuple[Kendt, ...]:
    """CPR-10: what later deliveries say of what the event is about. Of the same day they confirm it (CPR-08)."""
    om = (dele[d] for d in ANGAAR.get(slags, ())[:1])
    return tuple(k for k in om if k.gaeldende is None or k.gaeldende.virkning != fakta.virkning)


def mangler_adresse(haendelse: CprHaendelse) -> bool:
    """Whether it says that the person lives in one of the two registers, but not where."""
    virkning, person = raekke(haendelse.kode).virkning, haendelse.person
    bor = virkning in KRAEVER_ADRESSE and aftalt_status(virkning, person.status)
    return bor and person.adresse is None and not haendelse.afledt


def _staar(haendelse: CprHaendelse, kode: Kode, nu: CprPerson) -> bool:
    """Whether the person stands as the event says."""
    person = haendelse.person
    if not aftalt_status(kode.virkning, nu.status):
        return False
    if kode.slags == (Slags.FLYTNING,):
        return sted(person.adresse) == sted(nu.adresse)
    return kode.slags != (Slags.NAVN,) or person.navn == nu.navn


def efter_haendelsen(haendelse: CprHaendelse, sket: Mapping[Slags, Kendt]) -> dict[Slags, Kendt]:
    """What has been told when the event has been heard. A correction outdates what was registered before it."""
    kode, efter = raekke(haendelse.kode), dict(sket)
    fakta = fakta_om(haendelse)
    if haendelse.afledt:
        return efter
    if kode.virkning is Virkning.RETTET:
        return efter | {s: husk(sket.get(s, Kendt()), (), fakta.kendskab) for s in kode.slags}
    if kode.virkning in UDEN_MEDDELELSE or not aftalt_status(kode.virkning, haendelse.person.status):
        return efter
    efter |= {s: husk(sket.get(s, Kendt()), (fakta,)) for s in kode.slags}
    if kode.virkning is Virkning.GENFUNDET:
        efter[Slags.FLYTNING] = _bor_fra(fakta, fakta.virkning, haendelse.person, sket)
    return efter


def er_set_igen(besked: FraUdtraek, foer: CprPerson, nye: Personoplysninger) -> bool:
    """CPR-04: who was missing lives somewhere in Denmark again. A status that is taken back is for a caseworker."""
    retter_status = isinstance(besked, CprHaendelse) and _retter_status(besked)
    bor = nye.status in BOSAT_I_DANMARK and nye.adresse is not None
    return foer.status == FORSVUNDET and bor and not retter_status


def _retter_status(haendelse: CprHaendelse) -> bool:
    kode = raekke(haendelse.kode)
    return kode.virkning is Virkning.RETTET and Slags.STATUS in kode.slags


def er_ophoert(sket: Mapping[Slags, Kendt]) -> bool:
    """CPR-14: whether the newest that was told is what ends the right to a doctor; a snapshot alone tells of none."""
    status = sket.get(Slags.STATUS, Kendt()).gaeldende
    return status is not None and status.sum in OPHOERER


def _er_set_igen(status: Kendt) -> bool:
    return status.gaeldende is not None and status.gaeldende.sum == SET_IGEN


def set_igen(besked: FraUdtraek, foer: CprPerson, nye: Personoplysninger) -> PersonGenfundet:
    """CPR-04, CPR-08: found on the day he moved to where he is, if that is after he disappeared, else when told."""
    tilflytning = besked.person.adresse.tilflytning if besked.person.adresse else None
    flyttet_ = dato(tilflytning) if tilflytning else date.min
    registreret = besked.registreret if isinstance(besked, CprHaendelse) else None
    meldt = dato(registreret) if registreret else besked.leverance
    fundet = flyttet_ if flyttet_ > (statusdato(foer) or date.min) else meldt
    return PersonGenfundet(person_id=nye.person_id, person=nye, registreret=registreret, fundet=fundet)


def efter_at_vaere_set(
    besked: FraUdtraek, foer: CprPerson, fundet: PersonGenfundet, sket: Mapping[Slags, Kendt]
) -> dict[Slags, Kendt]:
    """CPR-09: the disappearance is over, whatever day an A03 says it ended; one of a later day is another."""
    savnet = statusdato(foer)
    igen = Fakta(
        virkning=plus_dage(savnet, 1) if savnet else fundet.fundet,
        leverance=besked.leverance,
        registreret=fundet.registreret or TIDLIGST,
        sum=SET_IGEN,
    )
    status = husk(sket.get(Slags.STATUS, Kendt()), (igen,))
    return {**sket, Slags.STATUS: status, Slags.FLYTNING: _bor_fra(igen, fundet.fundet, besked.person, sket)}


def _bor_fra(fakta: Fakta, dag: date, person: CprPerson, sket: Mapping[Slags, Kendt]) -> Kendt:
    """CPR-09: where he was found he lives from that day: an A01 that says so is no other move."""
    bor = replace(fakta, virkning=dag, sum=sted(person.adresse))
    return husk(sket.get(Slags.FLYTNING, Kendt()), (bor,))


def rettet(haendelse: CprHaendelse, sket: Mapping[Slags, Kendt], nye: Personoplysninger) -> tuple[Besked, ...]:
    """CPR-10: the correction, told once, with the effective date of what no longer holds."""
    kode, fakta = raekke(haendelse.kode), fakta_om(haendelse)
    kendte = [sket.get(s, Kendt()) for s in kode.slags]
    nyt = any(k.graense is None or k.graense < fakta.kendskab for k in kendte)
    if haendelse.afledt or kode.virkning is not Virkning.RETTET or not nyt:
        return ()
    tilbage = [k.gaeldende.virkning for k in kendte if k.gaeldende and k.gaeldende.kendskab < fakta.kendskab]
    besked = PersonHaendelseRettet(
        person_id=nye.person_id,
        person=nye,
        kode=kode.kode,
        slags=tuple(s.value for s in kode.slags),
        tilbagekaldt=max(tilbage, default=None),
        registreret=haendelse.registreret,
    )
    return (besked,)


def ville_have_aendret(haendelse: CprHaendelse, status: str) -> bool:
    """CPR-10: whether group or doctor could have followed, had it come in time: entry, exit, death and the like."""
    bosat = aftalt_status(Virkning.INDREJST, haendelse.person.status), aftalt_status(Virkning.INDREJST, status)
    return Slags.STATUS in raekke(haendelse.kode).slags or bosat[0] != bosat[1]


def opgavens_kommuner(haendelse: CprHaendelse, kendt: str | None) -> tuple[str | None, ...]:
    """FLYT-05: who may have the task, the first that is a municipality; of a move the one moved from."""
    adresse = haendelse.person.adresse
    flytning = adresse if Slags.FLYTNING in raekke(haendelse.kode).slags else None
    fra = fraflytningskommune(flytning, kendt) if flytning else None
    return fra, kendt, adresse.kommunekode if adresse else None


def meddelelse(haendelse: CprHaendelse, nye: Personoplysninger, boede: str | None = None) -> Besked:
    """The event as `person.haendelser` tells of it. Raises `ValueError` for a code that is not told of.

    `boede`: the municipality where the person was known to live before.
    """
    person, virkning, dag = haendelse.person, raekke(haendelse.kode).virkning, haendelsesdato(haendelse)
    om: dict[str, object] = {"person_id": nye.person_id, "person": nye, "registreret": haendelse.registreret}
    match virkning:
        case Virkning.INDREJST | Virkning.GENINDREJST:
            ind = seneste_indrejse(person)
            igen, land = virkning is Virkning.GENINDREJST, ind.indrejseland if ind else ""
            return PersonIndrejst.model_validate(om | {"indrejsedato": dag, "genindrejse": igen, "landekode": land})
        case Virkning.FLYTTET:
            return flyttet(haendelse.person.adresse, om, dag, boede)
        case Virkning.SKIFTET_NAVN:
            return PersonSkiftetNavn.model_validate(om | {"gaelder_fra": dag, "vielsesdato": vielsesdato(person)})
        case Virkning.NAVNGIVET:
            return PersonNavngivet.model_validate(om | {"gaelder_fra": dag})
        case Virkning.FORSVUNDET:
            return PersonForsvundet.model_validate(om | {"forsvundet_fra": dag})
        case Virkning.GENFUNDET:
            return PersonGenfundet.model_validate(om | {"fundet": dag})
        case Virkning.UDREJST:
            ud = seneste_udrejse(person)
            return PersonUdrejst.model_validate(om | {"udrejsedato": dag, "landekode": ud.udrejseland if ud else ""})
        case Virkning.DOED:
            return PersonDoed.model_validate(om | {"doedsdato": dag})
        case Virkning.FOEDT:
            return PersonFoedt.model_validate(om | {"foedselsdato": dag})
        case Virkning.RETTET | Virkning.KUN_TILSTAND | Virkning.INTET | Virkning.UKENDT:
            raise ValueError(f"{haendelse.kode} meldes ikke videre")


def er_hjemkomst(haendelse: CprHaendelse, *, i_groenland: bool) -> bool:
    """NORD-01: a move to Denmark of one who lived in Greenland is an entry: the right begins anew."""
    hjemme = haendelse.person.status in BOSAT_I_DANMARK
    return i_groenland and hjemme and raekke(haendelse.kode).virkning is Virkning.FLYTTET


def hjemkomst(haendelse: CprHaendelse, nye: Personoplysninger) -> PersonIndrejst:
    """NORD-01: home from Greenland, on the day of the move."""
    return PersonIndrejst(
        person_id=nye.person_id,
        person=nye,
        registreret=haendelse.registreret,
        indrejsedato=haendelsesdato(haendelse),
        genindrejse=True,
    )


def efter_hjemkomsten(haendelse: CprHaendelse, sket: Mapping[Slags, Kendt]) -> dict[Slags, Kendt]:
    """CPR-09: an A04 for the same day is the same entry."""
    fakta = replace(fakta_om(haendelse), sum=INDREJST)
    return dict(sket) | {Slags.STATUS: husk(sket.get(Slags.STATUS, Kendt()), (fakta,))}


def flyttet(
    adresse: CprAdresse | None, om: Mapping[str, object], flyttedato: object, boede: str | None
) -> PersonFlyttet:  # fmt: skip
    """CPR-06: a move, whoever told of it. Raises `ValueError` without an address."""
    if adresse is None:
        raise ValueError("en flytning uden adresse")
    fra = fraflytningskommune(adresse, boede)
    return PersonFlyttet.model_validate(
        {**om, "flyttedato": flyttedato, "fra_kommunekode": fra, "til_kommunekode": adresse.kommunekode}
    )


def vielse_fortalt(
    foer: CprPerson, nu: CprPerson, sket: Mapping[Slags, Kendt], nye: Personoplysninger
) -> PersonSkiftetNavn | None:
    """CPR-01, CPR-10: the name that the person bears was changed on the wedding day or after it, and told before it.

    `sket` is what was told before this message. Told once for each day of a wedding.
    """
    viet, navnet = vielsesdato(nu), sket.get(Slags.NAVN, Kendt()).gaeldende
    if viet is None or viet == vielsesdato(foer) or navnet is None or navnet.sum != _navneskift(nu):
        return None
    if navnet.virkning < viet:
        return None
    registreret = None if navnet.registreret == TIDLIGST else navnet.registreret
    return PersonSkiftetNavn(
        person_id=nye.person_id, person=nye, gaelder_fra=navnet.virkning, registreret=registreret, vielsesdato=viet
    )


def med_vielsen(meldt: PersonSkiftetNavn, nu: CprPerson) -> PersonSkiftetNavn:
    """CPR-01: an event that was made before the register knew of the wedding, and comes after it was told."""
    if meldt.vielsesdato is not None:
        return meldt
    return meldt.model_copy(update={"vielsesdato": vielsesdato(nu)})


def vielsesdato(person: CprPerson) -> date | None:
    """CPR-01: when the marriage or registered partnership was entered that the person lives in."""
    civilstand = person.civilstand
    if civilstand is None or civilstand.kode not in GIFT or civilstand.fra is None:
        return None
    return dato(civilstand.fra)
