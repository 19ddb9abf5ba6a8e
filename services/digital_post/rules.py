"""Rules of letters: who must not get one, which channel it goes by, and what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contracts.brev import LAEGEVALGSBREV, Brevtype
from contracts.dispensation import DispensationAnmodet, DispensationTilbagekaldt
from contracts.kommuner import KOMMUNER
from contracts.kort import Adressetype
from contracts.person import Adresse
from shared.domain.cpr import foedselsdato
from shared.domain.datoer import alder
from shared.domain.hjemmel import Hjemmel

DOED = "90"
"""CPR status of a dead person."""
UNAVNGIVET = "Unavngivet"
"""Name line of a person without a name."""

MODTAGER_SENEST = timedelta(days=1)
"""How long a letter waits for a person nobody has told us of (our own)."""
SVAR_FRA_PRAKSISPOST_SENEST = timedelta(days=1)
"""Our own patience with the delivery to a practice."""
SVAR_SENEST = timedelta(days=7)
"""Our own patience with Digital Post; then a caseworker is told, and we go on trying."""


@dataclass(frozen=True, slots=True)
class Aldersgraense:
    """An age in years that a letter rule turns on."""

    gaelder_fra: date
    aar: int
    hjemmel: Hjemmel


# fmt: off
BARN_UNDER = (
    #             gælder fra        år   hjemmel
    Aldersgraense(date(1976, 7, 1), 18,  Hjemmel("POST-14")),
)
DIGITAL_POST_FRA = (
    #             gælder fra         år  hjemmel
    Aldersgraense(date(2012, 6, 26), 15, Hjemmel("POST-16")),
)
KOMMUNENAVNE = {
    "0101": "Københavns Kommune",
    "0400": "Bornholms Regionskommune",
    "0411": "Bornholms Regionskommune",  # Christiansø has no municipality; Bornholm serves it (our own)
}
# fmt: on


FYSISK_I_STEDET = frozenset({"FRITAGET", "IKKE_TILMELDT"})
"""Refusals that mean: this person gets post on paper (POST-17, POST-24). Any other one is looked at by a person."""


class Undertrykkelse(StrEnum):
    """Why an automatic letter is not sent."""

    DOED = "DOED"
    UNAVNGIVET = "UNAVNGIVET"
    ADRESSEBESKYTTELSE = "ADRESSEBESKYTTELSE"


_BREVE_TIL_BOERN = "KOMBIT, spørgsmål og svar: breve til børn"
UNDERTRYKKELSER: Mapping[Undertrykkelse, tuple[str, Hjemmel]] = {
    Undertrykkelse.DOED: ("Der sendes ikke breve til en person, der er død.", Hjemmel("CPR-14")),
    Undertrykkelse.UNAVNGIVET: (
        "Der sendes ikke automatiske breve til et barn, der ikke har fået navn.",
        Hjemmel("POST-14", _BREVE_TIL_BOERN),
    ),
    Undertrykkelse.ADRESSEBESKYTTELSE: (
        "Der sendes ikke automatiske breve til børn med adressebeskyttelse.",
        Hjemmel("POST-14", _BREVE_TIL_BOERN),
    ),
}
"""What is said of each, with the rule and where it comes from."""
ALLEREDE_AFSENDT = "ALLEREDE_AFSENDT"
FOR_SENT = (
    "Brevet kan ikke kaldes tilbage: det er allerede sendt.",
    Hjemmel("POST-09", "KOMBIT, spørgsmål og svar: standsning af breve"),
)
"""What is said of a letter that was called back after it was handed over."""


@dataclass(frozen=True, slots=True)
class Person:
    """What the letter rules ask of a person."""

    cpr: str
    navn: str
    status: str
    foedt: date | None
    adresse: Adresse | None
    beskyttet: bool
    beskyttet_fra: date | None
    beskyttet_til: date | None


def alder_paa(person: Person, dag: date) -> int | None:
    """Age in years; the number's own date stands in where CPR gives no birth date. None: unknown."""
    foedt = person.foedt or foedselsdato(person.cpr)
    return None if foedt is None else alder(foedt, dag)


def _aar(graenser: tuple[Aldersgraense, ...], dag: date) -> int:
    return [g.aar for g in graenser if g.gaelder_fra <= dag][-1]


def er_barn(person: Person, dag: date) -> bool:
    """POST-14: `børn` is under 18, the safe reading of the rule (15 is the other)."""
    aar = alder_paa(person, dag)
    return aar is not None and aar < _aar(BARN_UNDER, dag)


def er_beskyttet(person: Person, dag: date) -> bool:
    """Protection of name and address on the day, both ends included; the undated mark counts where no date is given."""
    begyndt = person.beskyttet if person.beskyttet_fra is None else person.beskyttet_fra <= dag
    return begyndt and (person.beskyttet_til is None or dag <= person.beskyttet_til)


def undertrykkes(person: Person, dag: date, *, automatisk: bool) -> Undertrykkelse | None:
    """POST-14: no automatic letters to children with address protection or to unnamed children.

    The dead get none at all (our own). A person without a name is taken for a child unless known to be 18. Adults
    with protection get their letters.
    """
    if person.status == DOED:
        return Undertrykkelse.DOED
    if not automatisk:
        return None
    if not person.navn.strip() and (alder_paa(person, dag) is None or er_barn(person, dag)):
        return Undertrykkelse.UNAVNGIVET
    if er_barn(person, dag) and er_beskyttet(person, dag):
        return Undertrykkelse.ADRESSEBESKYTTELSE
    return None


def har_ikke_digital_post(person: Person, dag: date) -> bool:
    """POST-16: under 15 there is no Digital Post, the letter is physical; on the 15th birthday one is not under 15."""
    aar = alder_paa(person, dag)
    return aar is not None and aar < _aar(DIGITAL_POST_FRA, dag)


def har_postadresse(person: Person) -> bool:
    """An address that post can reach: a line and a post code, and no high road code 9900-9999 (KORT-11)."""
    adresse = person.adresse
    if adresse is None or not adresse.linje.strip() or not adresse.postnummer.strip():
        return False
    return not (adresse.vejkode.isdigit() and adresse.vejkode.startswith("99") and len(adresse.vejkode) == len("9900"))


def afsender(kommunekode: str) -> str:
    """The sending municipality by name. Raises `ValueError` for a code that is none."""
    if kommunekode in KOMMUNENAVNE:
        return KOMMUNENAVNE[kommunekode]
    if kommunekode not in KOMMUNER:
        raise ValueError(f"kommunekode {kommunekode} er ingen af de 98 kommuner")
    return f"{KOMMUNER[kommunekode]} Kommune"


@dataclass(frozen=True, slots=True)
class Brevtekst:
    """Title and text of a letter, in plain Danish (POST-06)."""

    titel: str
    tekst: str


MAANEDER = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip


def dansk_dato(dag: date) -> str:
    """`5. november 2024`."""
    return f"{dag.day}. {MAANEDER[dag.month - 1]} {dag.year}"


def _laegevalgskvittering(felter: Mapping[str, str]) -> tuple[str, str]:
    dag = date.fromisoformat(_felt(felter, "virkningsdato"))
    praksis = _felt(felter, "praksisnavn")
    return (
        "Kvittering for valg af læge",
        f"Du er tilmeldt {praksis} fra den {dansk_dato(dag)}.\n\n"
        "Har du spørgsmål, eller vil du skifte læge, kan du bruge selvbetjeningen på borger.dk.",
    )


def _sundhedskortkvittering(felter: Mapping[str, str]) -> tuple[str, str]:
    gruppe, praksis = _felt(felter, "gruppe"), felter.get("praksisnavn", "")
    hos = f" hos {praksis}" if praksis else ""
    tekst = f"Vi har bestilt et nyt sundhedskort til dig. Kortet gælder for sikringsgruppe {gruppe}{hos}.\n\n"
    if felter.get("adressetype") == Adressetype.UKENDT:
        tekst += "Vi har ikke en adresse, som kortet kan sendes til. Det kan hentes i Borgerservice, når det er klar."
    else:
        tekst += "Kortet bliver sendt til din adresse med posten."
    return "Kvittering for bestilling af sundhedskort", tekst


GRUNDE = {
    "LAEGEN_AFVISTE": "lægen har ikke mulighed for at tage imod dig",
    "PRAKSIS_NEDLAGT": "praksis lukker, inden valget skulle træde i kraft",
}


def _laegevalgsbrev(felter: Mapping[str, str]) -> tuple[str, str]:
    praksis, grund = _felt(felter, "praksisnavn"), GRUNDE.get(_felt(felter, "grund"), "valget kunne ikke gennemføres")
    sidste_dag = date.fromisoformat(_felt(felter, "sidste_dag"))
    return (
        "Du skal vælge en anden læge",
        f"Du har valgt {praksis}, men {grund}. Du har fortsat din hidtidige læge.\n\n"
        f"Vælg en anden læge på borger.dk senest den {dansk_dato(sidste_dag)}. "
        "Er der reserveret et gebyr, bliver det ikke trukket.",
    )


def dispensationsbrev(brev: DispensationAnmodet | DispensationTilbagekaldt) -> "Brevtekst":
    """LV-08, LV-09, FORL-08: the letter to the practice; it names the person, not the CPR number."""
    fra = afsender(brev.kommunekode)
    if isinstance(brev, DispensationTilbagekaldt):
        titel = "Anmodning om dispensation er trukket tilbage"
        krop = f"Anmodningen om, at {brev.navn} kan blive tilmeldt hos jer, er trukket tilbage. I skal ikke svare."
        return Brevtekst(titel, f"Til {brev.praksisnavn}\n\n{krop}\n\nVenlig hilsen\n{fra}\n")
    foedt = f", født {dansk_dato(brev.foedselsdato)}," if brev.foedselsdato else ""
    regel = f"\n\nDispensationsregel: {brev.regel}." if brev.regel else ""
    krop = (
        f"{brev.navn}{foedt} ønsker at blive tilmeldt hos jer fra den {dansk_dato(brev.virkningsdato)}, "
        f"selv om I har lukket for tilgang.{regel}\n\n"
        "Svar på denne besked. Har I ikke svaret, når der er gået 14 dage, betragtes det som et ja."
    )
    return Brevtekst("Anmodning om dispensation", f"Til {brev.praksisnavn}\n\n{krop}\n\nVenlig hilsen\n{fra}\n")


TEKSTER: dict[str, Callable[[Mapping[str, str]], tuple[str, str]]] = {
    Brevtype.LAEGEVALGSKVITTERING: _laegevalgskvittering,
    Brevtype.SUNDHEDSKORTKVITTERING: _sundhedskortkvittering,
    LAEGEVALGSBREV: _laegevalgsbrev,
}
"""Title and text by letter type (POST-12); a type without a text would be a fault of ours."""


def brevtekst(brevtype: str, felter: Mapping[str, str], navn: str, kommunekode: str) -> Brevtekst:
    """The letter to one person: addressed to that person, children too, never to the parents (POST-15, POST-18).

    Raises `ValueError` when `felter` lacks what the text needs, or the municipality is none.
    """
    if brevtype not in TEKSTER:
        raise ValueError(f"brevtypen {brevtype} har ingen tekst")
    titel, tekst = TEKSTER[brevtype](felter)
    return Brevtekst(titel, f"Kære {navn or UNAVNGIVET}\n\n{tekst}\n\nVenlig hilsen\n{afsender(kommunekode)}\n")


def _felt(felter: Mapping[str, str], navn: str) -> str:
    if not felter.get(navn):
        raise ValueError(f"brevet mangler feltet {navn}")
    return felter[navn]
