"""Every event code of an extract: what the hub does with it, and why (area CPR of the rules).

CPR's own list of codes is not public. `sikker` is False where a code's meaning is inferred from extracts alone; a code
whose meaning is not known has its row too, and only its snapshot is used.
"""

from dataclasses import dataclass
from enum import StrEnum


class Slags(StrEnum):
    """The kinds of facts that are held up against each other in time (CPR-10)."""

    STATUS = "STATUS"
    FLYTNING = "FLYTNING"
    NAVN = "NAVN"
    CIVILSTAND = "CIVILSTAND"
    FOEDSEL = "FOEDSEL"
    AFSONING = "AFSONING"
    VAERNEPLIGT = "VAERNEPLIGT"


class Virkning(StrEnum):
    """What an event code leads to beside the person's new state."""

    INDREJST = "INDREJST"
    GENINDREJST = "GENINDREJST"
    FLYTTET = "FLYTTET"
    SKIFTET_NAVN = "SKIFTET_NAVN"
    NAVNGIVET = "NAVNGIVET"
    FORSVUNDET = "FORSVUNDET"
    GENFUNDET = "GENFUNDET"
    UDREJST = "UDREJST"
    DOED = "DOED"
    FOEDT = "FOEDT"
    RETTET = "RETTET"
    """CPR takes back or corrects what it told before: the snapshot of the event replaces it whatever its date."""
    KUN_TILSTAND = "KUN_TILSTAND"
    INTET = "INTET"
    """What it is about is nothing that the hub keeps."""
    UKENDT = "UKENDT"
    """No row: kept, counted and shown; the snapshot is used."""


@dataclass(frozen=True, slots=True)
class Kode:
    """One event code of CPR, what it leads to, and why."""

    kode: str
    betydning: str
    virkning: Virkning
    grund: str
    slags: tuple[Slags, ...] = ()
    """What the event is about; everything else in its snapshot is as the register stood that day."""
    sikker: bool = True


S, V = Slags, Virkning
_UKENDT = "betydningen kendes ikke; øjebliksbilledet bruges"

# fmt: off
KODER = (
    #    kode   betydning                   virkning         grund
    Kode("A01", "Flytning",                 V.FLYTTET,       "flytning i Danmark (CPR-06, FLYT-02)", (S.FLYTNING,)),
    Kode("A02", "Forsvinding",              V.FORSVUNDET,    "gruppen beholdes (CPR-14)", (S.STATUS,)),
    Kode("A03", "Genfinding",               V.GENFUNDET,     "lægen søges igen (CPR-04, CPR-05)", (S.STATUS,)),
    Kode("A04", "Genindrejse",              V.GENINDREJST,   "ny ret til sikring (IND-01)", (S.STATUS,)),
    Kode("A05", "Førstegangsindrejse",      V.INDREJST,      "første ret til sikring (IND-01)", (S.STATUS,)),
    Kode("A06", "Udrejse",                  V.UDREJST,       "åbne forløb afsluttes (CPR-14, NORD-01)", (S.STATUS,)),
    Kode("A07", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A08", "Adresse i udlandet",       V.INTET,         "adresser i udlandet bruges ikke", sikker=False),
    Kode("A09", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A10", "Fortrydelse af flytning",  V.RETTET,        "flytningen er fortrudt (CPR-10)", (S.FLYTNING,), False),
    Kode("A13", "Navneændring",             V.SKIFTET_NAVN,  "kort efter vielse (CPR-01, CPR-02)", (S.NAVN,)),
    Kode("A14", "Navngivning",              V.NAVNGIVET,     "barnet har fået navn (CPR-15)", (S.NAVN,), False),
    Kode("A15", "Fortrydelse af navn",      V.RETTET,        "navnet er fortrudt (CPR-10)", (S.NAVN,), False),
    Kode("A16", "Rettelse af navn",         V.RETTET,        "navnet er rettet (CPR-10)", (S.NAVN,), False),
    Kode("A19", "Vielse",                   V.KUN_TILSTAND,  "ægtefælle og dato bruges ved navneændring (CPR-01)",
         (S.CIVILSTAND,)),
    Kode("A20", "Skilsmisse",               V.KUN_TILSTAND,  "civilstanden står i øjebliksbilledet", (S.CIVILSTAND,)),
    Kode("A21", "Dødsfald",                 V.DOED,          "åbne forløb afsluttes (CPR-14)", (S.STATUS,)),
    Kode("A23", "Registreret partnerskab",  V.KUN_TILSTAND,  "som vielse (CPR-01)", (S.CIVILSTAND,)),
    Kode("A24", "Rettelse af civilstand eller dødsfald", V.RETTET, "rettet (CPR-10)", (S.CIVILSTAND, S.STATUS), False),
    Kode("A25", "Annullering af civilstand eller dødsfald", V.RETTET, "annulleret (CPR-10)",
         (S.CIVILSTAND, S.STATUS), False),
    Kode("A27", "Statsborgerskab",          V.INTET,         "statsborgerskab bruges ikke", sikker=False),
    Kode("A29", "Annullering af statsborgerskab", V.INTET,   "statsborgerskab bruges ikke", sikker=False),
    Kode("A31", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A32", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A33", "Beskyttelse",              V.KUN_TILSTAND,  "begyndelse og ophør meldes ud fra datoerne (CPR-13)"),
    Kode("A34", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A35", "Ændring af forældre",      V.KUN_TILSTAND,  "forældrene står i øjebliksbilledet", sikker=False),
    Kode("A36", "Fødsel",                   V.FOEDT,         "barnet er født, uden navn (CPR-15)", (S.FOEDSEL,)),
    Kode("A37", "Faderskab",                V.KUN_TILSTAND,  "forældrene står i øjebliksbilledet", sikker=False),
    Kode("A38", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A45", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A47", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("A51", "Fødsel, anden indberetning", V.FOEDT,       "som A36 (CPR-15)", (S.FOEDSEL,)),
    Kode("A73", "Værgemål",                 V.KUN_TILSTAND,  "værgen står i øjebliksbilledet (FAM-03)"),
    Kode("A74", "Rekvisition",              V.KUN_TILSTAND,  "ingen livsbegivenhed: hele personen, som den er"),
    Kode("K74", "Maskinel rekvisition",     V.KUN_TILSTAND,  "ingen livsbegivenhed: masseleverance"),
    Kode("P02", "Dobbelt personnummer slettet", V.KUN_TILSTAND, "to numre er een person: de lægges sammen (CPR-11)"),
    Kode("P03", "Personnummer ændret",      V.KUN_TILSTAND,  "nyt nummer, samme person: set på numrene (CPR-11)"),
    Kode("P10", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P31", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P32", "Flyttepåbud",              V.INTET,         "personen bor, hvor CPR siger", sikker=False),
    Kode("P35", "Separation",               V.INTET,         "ægteskabet består"),
    Kode("P36", "Separation ophørt",        V.INTET,         "ægteskabet består"),
    Kode("P40", "Forældremyndighed",        V.KUN_TILSTAND,  "indehaverne står i øjebliksbilledet (FAM-03)"),
    Kode("P42", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P43", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P51", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P55", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
    Kode("P58", "Ukendt",                   V.KUN_TILSTAND,  _UKENDT, sikker=False),
)
# fmt: on
_AF_KODE = {k.kode: k for k in KODER}


def raekke(kode: str) -> Kode:
    """The row of a code. One without a row has no meaning known to us: its snapshot is used, and it is shown."""
    return _AF_KODE.get(kode) or Kode(kode, "Ukendt", Virkning.UKENDT, "koden har ingen række", sikker=False)


def som_tabel() -> str:
    """The table as the service's README shows it."""
    linjer = ["| kode | betydning | hubben | hvorfor |", "|---|---|---|---|"]
    for k in KODER:
        betydning = k.betydning if k.sikker or k.betydning == "Ukendt" else f"{k.betydning} (formodet)"
        linjer.append(f"| `{k.kode}` | {betydning} | {VIRKNINGER[k.virkning]} | {k.grund} |")
    return "\n".join(linjer)


VIRKNINGER = {
    Virkning.INDREJST: "`PersonIndrejst`",
    Virkning.GENINDREJST: "`PersonIndrejst`",
    Virkning.FLYTTET: "`PersonFlyttet`",
    Virkning.SKIFTET_NAVN: "`PersonSkiftetNavn`",
    Virkning.NAVNGIVET: "`PersonNavngivet`",
    Virkning.FORSVUNDET: "`PersonForsvundet`",
    Virkning.GENFUNDET: "`PersonGenfundet`",
    Virkning.UDREJST: "`PersonUdrejst`",
    Virkning.DOED: "`PersonDoed`",
    Virkning.FOEDT: "`PersonFoedt`",
    Virkning.RETTET: "`PersonHaendelseRettet`",
    Virkning.KUN_TILSTAND: "kun tilstanden",
    Virkning.INTET: "intet",
    Virkning.UKENDT: "tælles og vises",
}
"""The message that each outcome is published as on `person.haendelser`."""
