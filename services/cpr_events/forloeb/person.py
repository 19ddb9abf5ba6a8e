"""A message from an extract: the person's new state, and what happened to him (CPR-08..11, CPR-13)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from contracts.base import Besked
from contracts.cpr import CprHaendelse, CprPerson, PersonOpdateret
from contracts.kommuner import kommune
from contracts.opgave import OpgaveAnmodet, Opgavetype
from contracts.person import (
    PersonBeskyttelseAendret,
    PersonFlyttet,
    PersonGenfundet,
    PersonIndrejst,
    Personoplysninger,
    PersonSammenlagt,
    PersonSkiftetNavn,
    PersonSkiftetNummer,
    PersonTilstand,
)
from services.cpr_events import rules
from services.cpr_events.forloeb.beskeder import IkkeAnvendt, Person, Personnummer, UkendtHaendelse
from services.cpr_events.rules import haendelser
from services.cpr_events.rules.billede import Del, FraUdtraek, haendelsesdato, saml
from services.cpr_events.rules.haendelser import Nyhed
from services.cpr_events.rules.koder import raekke
from services.cpr_events.rules.raekkefoelge import Kendt, husk
from shared.domain.forloeb import UventetBesked
from shared.domain.udfald import INTET, Udfald

IdAf = Callable[[str], str]
"""The person id of a CPR number."""
UKENDT_KODE = "ukendt_haendelseskode"
"""What is counted for a code that has no row."""
TEKSTER = {
    "SEN_HAENDELSE": (
        "Hændelse fra CPR kom for sent",
        "Hændelsen er ældre end det, der allerede er kendt, og er ikke brugt. "
        "Tag stilling til, om borgerens gruppe eller læge skal ændres.",
    ),
    "HAENDELSE_RETTET": (
        "CPR har rettet en hændelse",
        "En hændelse, der er handlet på, er annulleret eller rettet i CPR. "
        "Tag stilling til, om borgerens gruppe eller læge skal ændres.",
    ),
}
"""Title and text of a task by its reason."""


def modtag(besked: FraUdtraek, kendte: Mapping[str, str], personer: Mapping[str, Person], oprettelse: IdAf) -> Udfald:
    """One message from an extract. `kendte`: person id by number; `personer`: the rows that may be the person's.

    Raises `LookupError` when the person's row was not read: his number was changed by a message of the same batch,
    and the next try finds him.
    """
    person_id = rules.find_person_id(besked.person, kendte, oprettelse)
    egne = rules.egne_numre(besked.person)
    numre = tuple(Personnummer(nr, person_id) for nr in egne if kendte.get(nr) != person_id)
    kendt = personer.get(person_id)
    anden = next((p for p in personer.values() if p.afloest_af == person_id), None)
    if kendt is None and anden is not None:  # told under a number that was joined with another; the row is that one's
        return Udfald(raekker=(noteret(anden, _note(besked)),))
    if kendt is None and person_id not in {oprettelse(nr) for nr in egne}:
        raise LookupError("cpr_events: personens række er ikke læst; nummeret er skiftet i samme omgang")
    dobbelte = _dobbelte(egne, kendte, personer, person_id)

    def id_af(nr: str) -> str:
        return person_id if nr in egne else kendte.get(nr) or oprettelse(nr)

    sammen = _laeg_sammen(kendt, dobbelte)
    if besked.person.cpr != rules.aktuelt_nummer(besked.person):
        efter, udfald = _opgivet_nummer(kendt, sammen, besked, person_id), INTET
    else:
        efter, udfald = _tilstand(sammen, besked, person_id, id_af)
    raekker = (*numre, efter) if efter is not None and efter != kendt else numre
    return Udfald(raekker=raekker) + udfald + _afloest(dobbelte, efter or kendt, id_af)


def ukendt_haendelse(besked: FraUdtraek, noegle: str, nu: datetime) -> Udfald:
    """A code without a row is kept and counted, so that somebody can find out what it means."""
    assert isinstance(besked, CprHaendelse)
    raekke_ = UkendtHaendelse(
        noegle=noegle,
        kode=besked.kode,
        afledt=besked.afledt,
        leverance=besked.leverance,
        registreret=besked.registreret,
        modtaget=nu,
    )
    return Udfald(raekker=(raekke_,), talt=(UKENDT_KODE,))


def _dobbelte(
    egne: tuple[str, ...], kendte: Mapping[str, str], personer: Mapping[str, Person], person_id: str
) -> tuple[Person, ...]:
    """CPR-11: the rows of ids that turn out to be this person. Raises `LookupError` where one was not read."""
    andre = tuple(dict.fromkeys(kendte[nr] for nr in egne if nr in kendte and kendte[nr] != person_id))
    if any(id_ not in personer for id_ in andre):
        raise LookupError("cpr_events: rækken for det andet nummer er ikke læst")
    return tuple(personer[id_] for id_ in andre if personer[id_].afloest_af is None)


def _laeg_sammen(kendt: Person | None, dobbelte: tuple[Person, ...]) -> Person | None:
    """CPR-11: nothing that was noted or told under the other id is lost. The current number describes the person."""
    if kendt is None or not dobbelte:
        return kendt
    sket, noter, numre = dict(kendt.sket), kendt.ikke_anvendte, set(kendt.snapshot.tidligere_cpr)
    for anden in dobbelte:
        for slags, k in anden.sket.items():
            sket[slags] = husk(sket.get(slags, Kendt()), (*k.hoert, *k.fakta), k.graense)
        noter = tuple(dict.fromkeys((*noter, *anden.ikke_anvendte)))
        numre |= {anden.cpr, *anden.snapshot.tidligere_cpr}
    boede = next((p.boede_sidst for p in (kendt, *dobbelte) if p.boede_sidst), None)
    snapshot = _med_tidligere(kendt.snapshot, numre)
    return replace(kendt, sket=sket, ikke_anvendte=noter, snapshot=snapshot, boede_sidst=boede)


def _med_tidligere(person: CprPerson, numre: Iterable[str], cpr: str | None = None) -> CprPerson:
    nummer = cpr or person.cpr
    tidligere = tuple(sorted({*person.tidligere_cpr, *numre} - {nummer}))
    if (nummer, tidligere) == (person.cpr, person.tidligere_cpr):
        return person
    return person.model_copy(update={"cpr": nummer, "tidligere_cpr": tidligere})


def _afloest(dobbelte: tuple[Person, ...], nu: Person | None, id_af: IdAf) -> Udfald:
    """CPR-11: the other id is told to be this person, and nothing more comes under it."""
    udfald = INTET
    for anden in dobbelte if nu is not None else ():
        assert nu is not None
        gammel = replace(anden, afloest_af=nu.person_id, version=anden.version + 1)
        tilstand = PersonTilstand(
            person_id=anden.person_id,
            version=gammel.version,
            person=rules.oplysninger(anden.snapshot, anden.dag, anden.person_id, id_af),
            afloest_af=nu.person_id,
        )
        lagt_sammen = PersonSammenlagt(
            person_id=nu.person_id,
            person=rules.oplysninger(nu.snapshot, nu.dag, nu.person_id, id_af),
            tidligere_person_id=anden.person_id,
            tidligere_cpr=anden.cpr,
        )
        udfald += Udfald(raekker=(gammel,), beskeder=(tilstand, lagt_sammen))
    return udfald


def _opgivet_nummer(foer: Person | None, sammen: Person | None, besked: FraUdtraek, person_id: str) -> Person | None:
    """CPR-11: a number given up (status 50, 60) says who took over; only the current number describes the person."""
    nyt, opgivet = rules.aktuelt_nummer(besked.person), besked.person.cpr
    if foer is None or sammen is None:
        snapshot = besked.person.model_copy(update={"cpr": nyt, "gaeldende_cpr": None})
        return Person(
            person_id=person_id,
            cpr=nyt,
            version=0,
            leverance=date.min,
            status=besked.person.status,
            kommunekode=None,
            beskyttet=False,
            snapshot=_med_tidligere(snapshot, (opgivet,)),
        )
    numre = {sammen.cpr, sammen.snapshot.cpr, *sammen.snapshot.tidligere_cpr}
    # A number given up is not taken up again: what an older delivery says of the one in use is news all the same.
    hoert_foer = rules.er_aeldre(besked.leverance, foer.leverance) and (opgivet != foer.cpr or nyt in numre)
    cpr = foer.cpr if hoert_foer else nyt
    tidligere = tuple(sorted({*numre, *rules.egne_numre(besked.person)} - {cpr}))
    efter = replace(sammen, cpr=cpr, snapshot=sammen.snapshot.model_copy(update={"tidligere_cpr": tidligere}))
    return efter if efter != foer else None


def noteret(kendt: Person, note: IkkeAnvendt) -> Person:
    """CPR-10: recorded once."""
    return kendt if note in kendt.ikke_anvendte else replace(kendt, ikke_anvendte=(*kendt.ikke_anvendte, note))


def _note(besked: FraUdtraek) -> IkkeAnvendt:
    if isinstance(besked, PersonOpdateret):
        return IkkeAnvendt(kode="", leverance=besked.leverance)
    dag = haendelsesdato(besked)
    return IkkeAnvendt(kode=besked.kode, leverance=besked.leverance, registreret=besked.registreret, virkning=dag)


def kendte_dele(kendt: Person | None) -> Mapping[Del, Kendt]:
    """What is known of each part; of a row from before that was kept, what one delivery says."""
    if kendt is None or kendt.dele or not kendt.version:
        return kendt.dele if kendt else {}
    return saml(PersonOpdateret(leverance=kendt.leverance, person=kendt.snapshot), {}, None)[1]


def _samlet(kendt: Person | None, besked: FraUdtraek) -> tuple[CprPerson, dict[Del, Kendt]]:
    """CPR-10: the person as all that was told adds up to. An old number brings what was told under it, no more."""
    person, dele = saml(besked, kendte_dele(kendt), kendt.snapshot if kendt else None)
    if kendt is None:
        return _med_tidligere(person, ()), dele
    gamle = {*kendt.snapshot.tidligere_cpr, kendt.snapshot.cpr} - {kendt.cpr}
    nummer = kendt.cpr if person.cpr in gamle else person.cpr
    return _med_tidligere(person, (besked.person.cpr, *gamle, kendt.cpr), nummer), dele


def _tilstand(kendt: Person | None, besked: FraUdtraek, person_id: str, id_af: IdAf) -> tuple[Person, Udfald]:
    """The row after the message, and what follows: the new state, and what happened."""
    person, dele = _samlet(kendt, besked)
    leverance = max(besked.leverance, kendt.leverance if kendt else besked.leverance)
    dag = max(leverance, kendt.dag if kendt else leverance)
    nye = rules.oplysninger(person, dag, person_id, id_af)
    uaendret = kendt is not None and kendt.version > 0 and (kendt.snapshot, kendt.beskyttet) == (person, nye.beskyttet)
    uaendret = uaendret and kendt is not None and not rules.er_passeret(person, kendt.dag, dag)
    version = (kendt.version if kendt else 0) + (0 if uaendret else 1)
    kommunekode = nye.adresse.kommunekode if nye.adresse else None
    raekke_ = Person(
        person_id=person_id,
        cpr=person.cpr,
        version=version,
        leverance=leverance,
        status=person.status,
        kommunekode=kommunekode,
        boede_sidst=kommune(kommunekode) or (kendt.boede_sidst if kendt else None),
        beskyttet=nye.beskyttet,
        snapshot=person,
        ikke_anvendte=kendt.ikke_anvendte if kendt else (),
        dele=dele,
        sket=kendt.sket if kendt else {},
        stand=kendt.stand if kendt else None,
        i_groenland=rules.i_groenland(person.status, kendt is not None and kendt.i_groenland),
    )
    tilstand = () if uaendret else (PersonTilstand(person_id=person_id, version=version, person=nye),)
    udfald = Udfald(beskeder=(*tilstand, *_skift(kendt, besked, nye)))
    viet = haendelser.vielse_fortalt(kendt.snapshot, person, kendt.sket, nye) if kendt is not None else None
    gift = Udfald(beskeder=(viet,)) if viet is not None else INTET
    if isinstance(besked, CprHaendelse):
        raekke_, sket = _haendelsen(kendt, raekke_, besked, nye)
        fortalt = any(isinstance(b, PersonSkiftetNavn) for b in sket.beskeder)
        return _set_igen(kendt, raekke_, besked, nye, udfald + sket + (INTET if fortalt else gift))
    udfald += gift
    if kendt is not None and uaendret and besked.leverance < kendt.leverance:
        raekke_ = noteret(raekke_, _note(besked))
    return _set_igen(kendt, raekke_, besked, nye, udfald)


def _set_igen(
    kendt: Person | None, efter: Person, besked: FraUdtraek, nye: Personoplysninger, udfald: Udfald
) -> tuple[Person, Udfald]:
    """CPR-04: who was missing is found by whatever tells where he lives. That he moved there is the same thing.

    KORT-16: but of whom nobody was told that he was gone, of him it is told as of others that he has moved.
    """
    meldt = any(isinstance(b, PersonGenfundet | PersonIndrejst) for b in udfald.beskeder)
    if kendt is None or meldt or not haendelser.er_set_igen(besked, kendt.snapshot, nye):
        return efter, udfald
    fundet = haendelser.set_igen(besked, kendt.snapshot, nye)
    efter = replace(efter, sket=haendelser.efter_at_vaere_set(besked, kendt.snapshot, fundet, efter.sket))
    flyttede = any(isinstance(b, PersonFlyttet) for b in udfald.beskeder)
    if flyttede and kendt.boede_sidst is not None and not haendelser.er_ophoert(kendt.sket):
        return efter, udfald
    andet = (b for b in udfald.beskeder if not isinstance(b, PersonFlyttet))
    return efter, replace(udfald, beskeder=(*andet, fundet))


def _skift(kendt: Person | None, besked: FraUdtraek, nye: Personoplysninger) -> Iterator[Besked]:
    """What is seen by comparing the person with what he was: a new number (CPR-11), protection (CPR-13)."""
    om: dict[str, object] = {"person_id": nye.person_id, "person": nye}
    om["registreret"] = besked.registreret if isinstance(besked, CprHaendelse) else None
    ny_person = kendt is None or kendt.version == 0
    if kendt is not None and not ny_person and kendt.snapshot.cpr != nye.cpr:
        yield PersonSkiftetNummer.model_validate({**om, "tidligere_cpr": kendt.snapshot.cpr})
    meldt = isinstance(besked, CprHaendelse) and besked.kode == rules.BESKYTTELSESKODE
    foer = kendt.beskyttet if kendt is not None and not ny_person else nye.beskyttet and not meldt
    if foer != nye.beskyttet:
        periode = {"beskyttet": nye.beskyttet, "fra": nye.beskyttet_fra, "til": nye.beskyttet_til}
        yield PersonBeskyttelseAendret.model_validate({**om, **periode})


def _haendelsen(
    kendt: Person | None, raekke_: Person, besked: CprHaendelse, nye: Personoplysninger
) -> tuple[Person, Udfald]:
    """CPR-08..10: told when it is new; recorded, not applied, when it is older than what is known of its kind.

    Raises `UventetBesked` for an event that is nothing without the address that is missing in its snapshot.
    """
    if haendelser.mangler_adresse(besked):
        raise UventetBesked("cpr_events", "UDEN_ADRESSE", f"CprHaendelse {besked.kode}")
    nyhed = haendelser.bedoem(besked, raekke_.sket, raekke_.dele, raekke_.snapshot)
    beskeder = haendelser.rettet(besked, raekke_.sket, nye)
    efter = replace(raekke_, sket=haendelser.efter_haendelsen(besked, raekke_.sket))
    gammel = kendt is not None and besked.leverance < kendt.leverance and kendt.snapshot == raekke_.snapshot
    if nyhed is Nyhed.NY:
        return _fortalt(kendt, efter, besked, nye)
    staar = efter
    if nyhed is Nyhed.SEN or (gammel and nyhed is Nyhed.UDEN_BETYDNING):
        staar = noteret(efter, _note(besked))
    opgave = None
    if nyhed is Nyhed.SEN and staar != efter and haendelser.ville_have_aendret(besked, raekke_.status):
        opgave = _opgave(besked, raekke_, "SEN_HAENDELSE")
    if beskeder and kendt is not None and kendt.status != raekke_.status:
        opgave = _opgave(besked, raekke_, "HAENDELSE_RETTET")
    return staar, Udfald(beskeder=(*beskeder, *((opgave,) if opgave else ())))


def _fortalt(
    kendt: Person | None, efter: Person, besked: CprHaendelse, nye: Personoplysninger
) -> tuple[Person, Udfald]:
    """The event as it is told. NORD-01: a move home from Greenland is an entry, and he is home from then on."""
    if haendelser.er_hjemkomst(besked, i_groenland=efter.i_groenland):
        efter = replace(efter, sket=haendelser.efter_hjemkomsten(besked, efter.sket), i_groenland=False)
        return efter, Udfald(beskeder=(haendelser.hjemkomst(besked, nye),))
    meldt = haendelser.meddelelse(besked, nye, _boede(kendt, besked))
    if isinstance(meldt, PersonSkiftetNavn):
        meldt = haendelser.med_vielsen(meldt, efter.snapshot)
    if isinstance(meldt, PersonIndrejst):
        efter = replace(efter, i_groenland=False)
    return efter, Udfald(beskeder=(meldt,))


def _boede(kendt: Person | None, besked: CprHaendelse) -> str | None:
    """The municipality before the event. Another event of the same delivery may have brought the new address first."""
    if kendt is None:
        return None
    adresse = besked.person.adresse
    fortalt = adresse is not None and adresse.kommunekode == kendt.kommunekode and besked.leverance <= kendt.leverance
    return kendt.boede_sidst if fortalt else kendt.kommunekode


def _opgave(besked: CprHaendelse, person: Person, aarsag: str) -> OpgaveAnmodet | None:
    """CPR-10: a person looks at what the hub cannot undo. FLYT-05: of a move it is the municipality moved from."""
    kommuner = haendelser.opgavens_kommuner(besked, person.boede_sidst)
    kommunekode = next(filter(None, map(kommune, kommuner)), None)
    if kommunekode is None:
        return None
    betydning, dag = raekke(besked.kode).betydning, haendelsesdato(besked)
    titel, hvad = TEKSTER[aarsag]
    return OpgaveAnmodet(
        opgave_id=f"cpr-{person.person_id}-{besked.kode}-{dag.isoformat()}-{aarsag.lower()}",
        forloeb_id=f"cpr-{person.person_id}-{besked.kode}-{dag.isoformat()}",
        person_id=person.person_id,
        cpr=person.cpr,
        kommunekode=kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag=aarsag,
        titel=titel,
        beskrivelse=f"{betydning} pr. {dag:%d-%m-%Y}: {hvad}",
    )
