"""CPR-10: the snapshot in parts, each as new as what is known of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from contracts.base import Oejeblik
from contracts.cpr import CprAdresse, CprHaendelse, CprPerson, CprRejse, PersonOpdateret
from services.cpr_events.rules import BOSAT
from services.cpr_events.rules.koder import Kode, Slags, Virkning, raekke
from services.cpr_events.rules.raekkefoelge import (
    TIDLIGST,
    Fakta,
    Kendskab,
    Kendt,
    foej_til,
    foraeldet_af_leverance,
)
from shared.domain.datoer import dato

FraUdtraek = CprHaendelse | PersonOpdateret


class PersonSlaaetOp(PersonOpdateret):
    """CPR-16: a snapshot that a single look-up fetched, with the instant; never published as it stands.

    Among what is known of one day it is newer than the day's extract, which was made before the day began (CPR-10).
    """

    hentet: Oejeblik


class Del(StrEnum):
    """The parts of a snapshot that can be of different age."""

    STATUS = "STATUS"
    ADRESSE = "ADRESSE"
    NAVN = "NAVN"
    CIVILSTAND = "CIVILSTAND"
    OEVRIGT = "OEVRIGT"
    """All that carries no effective date of its own; the newest delivery holds."""


FELTER: dict[Del, tuple[str, ...]] = {
    Del.STATUS: ("status", "status_fra", "rejser", "forsvundet_fra"),
    Del.ADRESSE: ("adresse",),
    Del.NAVN: ("navn",),
    Del.CIVILSTAND: ("civilstand",),
}
_DATEREDE = frozenset(felt for felter in FELTER.values() for felt in felter)
_NUMRE = frozenset({"cpr", "gaeldende_cpr", "tidligere_cpr"})
FELTER[Del.OEVRIGT] = tuple(f for f in CprPerson.model_fields if f not in _DATEREDE | _NUMRE)
_UDSNIT = {del_: set(felter) for del_, felter in FELTER.items()}

ANGAAR: dict[Slags, tuple[Del, ...]] = {
    Slags.STATUS: (Del.STATUS, Del.ADRESSE),
    Slags.FLYTNING: (Del.ADRESSE, Del.STATUS),
    Slags.NAVN: (Del.NAVN,),
    Slags.CIVILSTAND: (Del.CIVILSTAND,),
}
"""The parts that an event claims no more of than its own date. All other parts are as the register stood that day."""
RETTER: dict[Slags, tuple[Del, ...]] = {**ANGAAR, Slags.FLYTNING: (Del.ADRESSE,)}
"""The parts that an annulled or corrected event replaces whatever their date."""
FORSVUNDET = "70"
"""CPR status of the missing."""
UDEN_ADRESSE = frozenset({"30", "50", "60", "70", "80", "90"})
"""CPR status of those who have no address in the register."""


@dataclass(frozen=True, slots=True)
class Fortalt:
    """What one message says of one part, and what it outdates. Who has no address, of that nothing is said."""

    fakta: tuple[Fakta, ...]
    graense: Kendskab | None


def sum_af(tekst: str) -> str:
    """A short digest, only to tell two contents apart. Stands nowhere but beside the content itself."""
    return hashlib.blake2b(tekst.encode(), digest_size=8).hexdigest()


def fortalt(besked: FraUdtraek) -> dict[Del, Fortalt]:
    """What a message from an extract says of every part."""
    kode = raekke(besked.kode) if isinstance(besked, CprHaendelse) else None
    retter = kode is not None and kode.virkning is Virkning.RETTET
    angaar = {d for s in (kode.slags if kode else ()) for d in (RETTER if retter else ANGAAR).get(s, ())}
    registreret = _registreret(besked)
    alt: dict[Del, Fortalt] = {}
    for del_ in Del:
        indhold = _indhold(besked.person, del_)
        fakta = Fakta(
            virkning=_virkning(besked, kode if del_ in angaar else None, del_),
            leverance=besked.leverance,
            registreret=registreret,
            sum=sum_af(indhold),
            indhold=indhold,
        )
        siger = del_ is not Del.ADRESSE or besked.person.adresse is not None
        graense = foraeldet_af_leverance(besked.leverance)
        if del_ in angaar and (siger or not retter):
            graense = fakta.kendskab if retter else None
        alt[del_] = Fortalt((fakta,) if siger else (), graense)
    return alt


def _registreret(besked: FraUdtraek) -> datetime:
    match besked:
        case PersonSlaaetOp(hentet=hentet):
            return hentet
        case CprHaendelse(registreret=registreret):
            return registreret or TIDLIGST
        case _:
            return TIDLIGST


def _indhold(person: CprPerson, del_: Del) -> str:
    return person.model_dump_json(include=_UDSNIT[del_])


def _virkning(besked: FraUdtraek, kode: Kode | None, del_: Del) -> date:
    """The effective date of a part: what CPR says, else (only for what the event is about) that of the event.

    A move says nothing new of since when the person has had his status, and a correction takes the date it restores.
    """
    egen = _egen_dato(besked.person, del_) or date.min
    if kode is None or kode.virkning is Virkning.RETTET or not isinstance(besked, CprHaendelse):
        return egen
    if Slags.STATUS in kode.slags:
        return max(egen, haendelsesdato(besked)) if del_ is Del.STATUS or egen == date.min else egen
    return egen if del_ is Del.STATUS or egen != date.min else haendelsesdato(besked)


def _egen_dato(person: CprPerson, del_: Del) -> date | None:
    match del_:
        case Del.STATUS:
            return statusdato(person)
        case Del.ADRESSE:
            tilflytning = person.adresse.tilflytning if person.adresse else None
            return _dag(tilflytning) if person.adresse else statusdato(person)
        case Del.NAVN:
            return _dag(person.navn.gaelder_fra)
        case Del.CIVILSTAND:
            return _dag(person.civilstand.fra) if person.civilstand else None
        case Del.OEVRIGT:
            return None


def _dag(tid: datetime | None) -> date | None:
    return dato(tid) if tid is not None else None


def statusdato(person: CprPerson) -> date | None:
    """Since when the person has the status he has, where the snapshot says."""
    match person.status:
        case "70":
            return _dag(person.forsvundet_fra or person.status_fra)
        case "80":
            rejse = seneste_udrejse(person)
            return _dag((rejse.udrejse if rejse else None) or person.status_fra)
        case "90":
            return _dag(person.status_fra)
        case _:
            rejse = seneste_indrejse(person)
            return _dag(rejse.indrejse if rejse else None)


def seneste_indrejse(person: CprPerson) -> CprRejse | None:
    """The journey with the newest entry, current or historical."""
    return max((r for r in person.rejser if r.indrejse), key=lambda r: str(r.indrejse), default=None)


def seneste_udrejse(person: CprPerson) -> CprRejse | None:
    """The journey with the newest exit, current or historical."""
    return max((r for r in person.rejser if r.udrejse), key=lambda r: str(r.udrejse), default=None)


def haendelsesdato(haendelse: CprHaendelse) -> date:
    """CPR-08: the day it happened, not the day we were told.

    Each kind has its own place in the snapshot; else the day of registration, else that of delivery.
    """
    person, virkning = haendelse.person, raekke(haendelse.kode).virkning
    adresse, rejse = person.adresse, None
    kandidater: list[datetime | None] = []
    match virkning:
        case Virkning.INDREJST | Virkning.GENINDREJST:
            rejse = seneste_indrejse(person)
            kandidater = [rejse.indrejse if rejse else None, adresse.tilflytning if adresse else None]
        case Virkning.FLYTTET | Virkning.GENFUNDET:
            kandidater = [adresse.tilflytning if adresse else None]
        case Virkning.FORSVUNDET:
            kandidater = [person.forsvundet_fra, person.status_fra]
        case Virkning.UDREJST:
            rejse = seneste_udrejse(person)
            kandidater = [rejse.udrejse if rejse else None, person.status_fra]
        case Virkning.DOED:
            kandidater = [person.status_fra]
        case Virkning.SKIFTET_NAVN | Virkning.NAVNGIVET:
            kandidater = [person.navn.gaelder_fra]
        case Virkning.FOEDT:
            if person.foedselsdato is not None:
                return person.foedselsdato
        case Virkning.RETTET | Virkning.KUN_TILSTAND | Virkning.INTET | Virkning.UKENDT:
            pass
    return next((dato(t) for t in (*kandidater, haendelse.registreret) if t is not None), haendelse.leverance)


def saml(besked: FraUdtraek, kendte: Mapping[Del, Kendt], foer: CprPerson | None) -> tuple[CprPerson, dict[Del, Kendt]]:
    """The person as all that was told of him so far adds up to, and what is known of each part."""
    nyt = fortalt(besked)
    efter = {d: foej_til(kendte.get(d, Kendt()), n.fakta, n.graense) for d, n in nyt.items()}
    kilder = {d: _kilde(e.gaeldende, nyt[d], besked, foer) for d, e in efter.items()}
    daekket: set[Del] = set()

    def sagde(fakta: Fakta) -> CprPerson:
        return _kilde(fakta, nyt[Del.STATUS], besked, foer)

    flyttet = _efter_flytningen(efter[Del.STATUS], efter[Del.ADRESSE], kilder[Del.STATUS].status, sagde)
    if flyttet is not None:
        kilder[Del.STATUS] = flyttet
        daekket.add(Del.STATUS)
    felter: dict[str, object] = {f: getattr(k, f) for d, k in kilder.items() for f in FELTER[d]}
    if felter["status"] in UDEN_ADRESSE and felter["adresse"] is not None:
        felter["adresse"] = None
        daekket.add(Del.ADRESSE)
    dele = {d: _gemt(e, foer, d, daekket=d in daekket) for d, e in efter.items()}
    return besked.person.model_copy(update=felter), dele


def _kilde(vinder: Fakta | None, nyt: Fortalt, besked: FraUdtraek, foer: CprPerson | None) -> CprPerson:
    """The snapshot that says what holds. Of an address alone it may be that nobody says any."""
    if vinder is None:
        return CprPerson(cpr=besked.person.cpr, status=besked.person.status)
    if vinder.sum in (f.sum for f in nyt.fakta) or (vinder.indhold is None and foer is None):
        return besked.person
    if vinder.indhold is None and foer is not None:
        return foer
    return _af_indhold(vinder.indhold or "{}", besked.person)


def _efter_flytningen(status: Kendt, adresse: Kendt, nu: str, sagde: Callable[[Fakta], CprPerson]) -> CprPerson | None:
    """CPR-04, CPR-10: who moved after he disappeared, and was told to later, is missing no more: his status then.

    NORD-01: so it is with a move to Greenland, or home, from the day he was found or entered: the snapshot of a move
    says no day of the status that it brings.
    """
    bor, (gaelder, *senere) = adresse.gaeldende, status.fakta
    if bor is None or bor.kendskab <= gaelder.kendskab:
        return None
    if nu == FORSVUNDET:
        return next(map(sagde, senere), None) if bor.virkning > gaelder.virkning else None
    if nu not in BOSAT or bor.virkning < gaelder.virkning:
        return None
    dengang = (sagde(f) for f in senere if f.kendskab >= bor.kendskab)
    bosat = next((p for p in dengang if p.status in BOSAT), None)
    return bosat if bosat is not None and bosat.status != nu else None


def flyttet_til(
    adresse: CprAdresse, flyttedato: date, godkendt: datetime, kendte: Mapping[Del, Kendt], foer: CprPerson
) -> tuple[CprPerson, dict[Del, Kendt]]:
    """CPR-07: the person at the address of an approved move, unless a newer is known. The next extract may say another.

    It is known from the day it takes effect, or is approved. Who has no address in the register by now keeps it hidden.
    """
    efter = foer.model_copy(update={"adresse": adresse})
    indhold = _indhold(efter, Del.ADRESSE)
    fakta = Fakta(
        virkning=flyttedato,
        leverance=max(flyttedato, dato(godkendt)),
        registreret=godkendt,
        sum=sum_af(indhold),
        indhold=indhold,
    )
    kendt = foej_til(kendte.get(Del.ADRESSE, Kendt()), (fakta,))
    daekket = foer.status in UDEN_ADRESSE
    dele = {**kendte, Del.ADRESSE: _gemt(kendt, foer, Del.ADRESSE, daekket=daekket)}
    return (efter if kendt.gaeldende == fakta and not daekket else foer), dele


def _af_indhold(indhold: str, om: CprPerson) -> CprPerson:
    """The fields of a part that had been set aside."""
    return CprPerson.model_validate({"cpr": om.cpr, "status": om.status, **json.loads(indhold)})


def _gemt(kendt: Kendt, foer: CprPerson | None, del_: Del, *, daekket: bool) -> Kendt:
    """What holds stands in the snapshot; what is covered there, or may come to hold again, has its content."""
    if kendt.gaeldende is None:
        return kendt
    foerste, *andre = kendt.fakta
    foerste = _med_indhold(foerste, foer, del_) if daekket else foerste.uden_indhold()
    fakta = (foerste, *(_med_indhold(f, foer, del_) for f in andre))
    return Kendt(graense=kendt.graense, fakta=fakta, hoert=kendt.hoert)


def _med_indhold(fakta: Fakta, foer: CprPerson | None, del_: Del) -> Fakta:
    if fakta.indhold is not None or foer is None:
        return fakta
    return replace(fakta, indhold=_indhold(foer, del_))
