"""What is said for each decision and refusal, with the rule and the legal basis it rests on."""

from collections.abc import Mapping

from contracts.begrundelse import Begrundelse
from services.laegevalg.forloeb.bemyndigelse import AFSLAG
from services.laegevalg.rules.bemyndigelse import Afslag
from services.laegevalg.rules.sammenlaegning import SAMMENLAGT
from shared.domain.hjemmel import Hjemmel

_SUNDHEDSLOVEN = "sundhedsloven, § 59"
_GEBYR = "bekendtgørelse nr. 1016 af 25. maj 2021, § 12, stk. 1"
_SAMTYKKE = "KOMBIT, spørgsmål og svar: stiltiende samtykke"

AFVISNINGER: Mapping[str, tuple[str, Hjemmel]] = {
    "PERSON_UKENDT": (
        "Vi kender ikke den person, bestillingen gælder. Kontakt kommunen, hvis oplysningerne er rigtige.",
        Hjemmel("LV-17"),
    ),
    "DATO_UDEN_FOR_INTERVAL": (
        "Datoen ligger uden for det tidsrum, der kan vælges. Vælg en anden dato.",
        Hjemmel("LV-15"),
    ),
    "UGYLDIG_DISPENSATIONSREGEL": (
        "Den grund til at vælge en læge med lukket for tilgang, der er angivet, findes ikke.",
        Hjemmel("LV-23"),
    ),
    "MANGLER_BETALINGSKORT": (
        "Bestillingen mangler et betalingskort til gebyret for det nye sundhedskort.",
        Hjemmel("BET-04", _GEBYR),
    ),
    "IKKE_BEMYNDIGET": (
        "Bestillingen kan ikke tages imod fra den, der har sendt den. Kontakt kommunen.",
        Hjemmel("FAM-08"),
    ),
    "AEGTEFAELLE_IKKE_TILLADT": AFSLAG[Afslag.AEGTEFAELLE][1:],
    "UKENDT_KANAL": AFSLAG[Afslag.UKENDT_KANAL][1:],
    "UKENDT_ROLLE": AFSLAG[Afslag.UKENDT_ROLLE][1:],
    "UKENDT_FORLOEB": ("Vi kender ikke det forløb, der skulle ændres eller annulleres.", Hjemmel("FORL-05")),
    "KORT_TRUKKET": (
        "Forløbet kan ikke annulleres: sundhedskortet er allerede under fremstilling.",
        Hjemmel("KORT-09"),
    ),
    "TRAADT_I_KRAFT": (
        "Lægevalget er trådt i kraft og kan ikke ændres eller annulleres. Vælg i stedet læge på ny.",
        Hjemmel("FORL-07"),
    ),
    "IKKE_I_GANG": ("Forløbet er afsluttet og kan ikke ændres eller annulleres.", Hjemmel("FORL-05")),
    "LAEGEN_AFVISTE": (
        "Lægen har afvist at tage imod. Du beholder din nuværende læge og kan vælge en anden.",
        Hjemmel("LV-08", _SUNDHEDSLOVEN),
    ),
    "PRAKSIS_NEDLAGT": (
        "Lægens praksis lukker, før valget skulle træde i kraft. Vælg en anden læge.",
        Hjemmel("PLO-16", _SUNDHEDSLOVEN),
    ),
    "PRAKSIS_UKENDT": (
        "Vi kender ikke den praksis, der blev valgt. Vælg en anden læge.",
        Hjemmel("LV-17", _SUNDHEDSLOVEN),
    ),
    "INGEN_KAPACITET": (
        "Lægen har ikke plads til flere patienter. Vælg en anden læge.",
        Hjemmel("LV-17", _SUNDHEDSLOVEN),
    ),
    "PLADS_FRIGIVET": ("Pladsen hos lægen er givet tilbage. Vælg læge på ny.", Hjemmel("LV-19", _SUNDHEDSLOVEN)),
    "BETALING_FEJLET": (
        "Gebyret kunne ikke reserveres på betalingskortet. Bestil igen med et andet kort.",
        Hjemmel("BET-01", _GEBYR),
    ),
    "BETALINGSSVAR_UDEBLEV": ("Det blev ikke oplyst, om gebyret kunne reserveres. Bestil igen.", Hjemmel("BET-01")),
    "ANDEN_KOMMUNE": (
        "Ved indrejse kan der kun vælges en læge i den kommune, borgeren flytter til.",
        Hjemmel("IND-06"),
    ),
    "KRAEVER_SAGSBEHANDLER": ("Det kan kun kommunen bestille. Kontakt Borgerservice.", Hjemmel("GRP-19")),
    "UGYLDIG_GRUPPE": (
        "Sammen med en læge kan der kun bestilles gruppe 1.",
        Hjemmel("GRP-19", "sundhedsloven, § 58"),
    ),
    "UGYLDIG_ANLEDNING": ("Den anledning til lægevalget, der er angivet, findes ikke.", Hjemmel("LV-21")),
    "UGYLDIG_FLYTNING": (
        "Den flytning, valget skal vente på, kan ikke ventes på. Kontrollér datoen og kommunen.",
        Hjemmel("FLYT-01"),
    ),
    "LAEGEVALG_I_GANG": (
        "Der er et lægevalg i gang i en anden kommune. Bekræft, at det nye valg skal gælde i stedet.",
        Hjemmel("FLYT-04"),
    ),
    "PLADS_SVAR_UDEBLEV": ("Det kunne ikke afgøres, om lægen har plads. Bestil igen.", Hjemmel("LV-17")),
}
GODKENDELSER: Mapping[str, tuple[str, Hjemmel]] = {
    "AUTOMATISK": ("Der er fundet en læge med plads, og den er nu din.", Hjemmel("IND-01", _SUNDHEDSLOVEN)),
    "AABEN": ("Lægen har åbent for tilgang, og valget er godkendt.", Hjemmel("LV-18", _SUNDHEDSLOVEN)),
    "SVAR": ("Lægen har sagt ja, og valget er godkendt.", Hjemmel("LV-09", _SUNDHEDSLOVEN)),
    "STILTIENDE": (
        "Lægen har ikke svaret inden for 14 dage, og valget er derfor godkendt.",
        Hjemmel("LV-09", _SAMTYKKE),
    ),
}
ANNULLERINGER: Mapping[str, tuple[str, Hjemmel]] = {
    "ANNULLERET": ("Lægevalget er annulleret efter ønske.", Hjemmel("FORL-05")),
    "ERSTATTET": ("Lægevalget er erstattet af et nyere.", Hjemmel("LV-17")),
    "FRAFLYTTET": (
        "Lægevalget bortfalder, fordi personen ikke længere har ret til en læge i Danmark.",
        Hjemmel("NORD-01", _SUNDHEDSLOVEN),
    ),
    "FLYTNING_TRUKKET": ("Lægevalget bortfalder, fordi flytningen er trukket tilbage.", Hjemmel("FLYT-01")),
    "FLYTNING_UDEBLEV": (
        "Lægevalget bortfalder, fordi flytningen ikke er meldt inden 30 dage efter den anmeldte dag.",
        Hjemmel("FLYT-01"),
    ),
}
GRUPPER: Mapping[str, tuple[str, Hjemmel]] = {
    "INDREJSE": (
        "Du har ret til sikring fra den dag, du er indrejst, og er i gruppe 1.",
        Hjemmel("IND-01", "sundhedsloven, § 58"),
    ),
    "GENINDREJSE": (
        "Du har igen ret til sikring fra den dag, du er indrejst, og er i gruppe 1.",
        Hjemmel("IND-01", "sundhedsloven, § 58"),
    ),
    "GENFINDING": (
        "Du bor igen i Danmark ifølge folkeregistret og er i gruppe 1.",
        Hjemmel("CPR-05", "sundhedsloven, § 58"),
    ),
    "FOEDSEL": (
        "Barnet har ret til sikring fra fødslen og er i gruppe 1.",
        Hjemmel("CPR-15", "sundhedsloven, § 58"),
    ),
    SAMMENLAGT: ("Du var registreret under to personnumre. Gruppen er den, du sidst har fået.", Hjemmel("CPR-11")),
}
"""Why a person is in a group from a day on."""
OPHOER: Mapping[str, tuple[str, Hjemmel]] = {
    "GROENLAND": (
        "Du har ikke ret til danske ydelser og en læge i Danmark, mens du bor i Grønland.",
        Hjemmel("NORD-01", _SUNDHEDSLOVEN),
    ),
    "UDREJST": (
        "Du har ikke ret til danske ydelser og en læge i Danmark, mens du bor i et andet land.",
        Hjemmel("NORD-02", _SUNDHEDSLOVEN),
    ),
    "DOED": ("Sikringen er ophørt ved dødsfaldet.", Hjemmel("CPR-14")),
    "FORSVUNDET": ("Du har ingen læge, så længe folkeregistret ikke ved, hvor du bor.", Hjemmel("CPR-14")),
    SAMMENLAGT: ("Du var registreret under to personnumre og har ikke længere lægen fra det ene.", Hjemmel("CPR-11")),
    "INDREJST_IGEN": ("Du er registreret som indrejst på ny og har ikke længere lægen fra før.", Hjemmel("IND-04")),
}
"""Why group and doctor end."""
LAEGESKIFT_VED_FLYTNING = "LAEGESKIFT_VED_FLYTNING"
KORT: Mapping[str, tuple[str, Hjemmel]] = {
    "FOERSTE_RET": (
        "Du får et sundhedskort, fordi du har fået ret til sikring. Det er gratis.",
        Hjemmel("BET-09", f"{_GEBYR}, nr. 2"),
    ),
    "GENINDREJSE": (
        "Du får et sundhedskort, fordi du igen har ret til sikring. Det er gratis.",
        Hjemmel("BET-09", f"{_GEBYR}, nr. 2"),
    ),
    "FLYTNING": (
        "Du får et nyt sundhedskort, fordi du er flyttet. Det er gratis.",
        Hjemmel("KORT-16", f"{_GEBYR}, nr. 6"),
    ),
    "NAVN_AEGTESKAB": (
        "Du får et nyt sundhedskort, fordi du har skiftet navn efter vielsen. Det er gratis.",
        Hjemmel("BET-14", f"{_GEBYR}, nr. 7"),
    ),
    "PERSONNUMMER": (
        "Du får et nyt sundhedskort, fordi du har fået nyt personnummer. Det er gratis.",
        Hjemmel("BET-11", f"{_GEBYR}, nr. 4"),
    ),
    "LAEGESKIFT": ("Du får et nyt sundhedskort, fordi du har skiftet læge.", Hjemmel("BET-07", _GEBYR)),
    LAEGESKIFT_VED_FLYTNING: (
        "Du får et nyt sundhedskort, fordi du har skiftet læge i forbindelse med, at du er flyttet. Det er gratis.",
        Hjemmel("BET-13", f"{_GEBYR}, nr. 6"),
    ),
}
"""Why there is a card, and why it is free."""


def begrundet(begrundelser: Mapping[str, tuple[str, Hjemmel]], kode: str) -> Begrundelse | None:
    """What is said for a code; None for one that only another, newer service knows."""
    if kode not in begrundelser:
        return None
    tekst, hjemmel = begrundelser[kode]
    return Begrundelse(tekst=tekst, regel=hjemmel.regel, hjemmel=hjemmel.kilde)


def afvisning(grund: str) -> tuple[str, Begrundelse | None]:
    """The code that is published for a refusal, and what is said: more exactly where somebody may not act (FAM-03)."""
    if grund not in set(Afslag):
        return grund, begrundet(AFVISNINGER, grund)
    kode, tekst, hjemmel = AFSLAG[Afslag(grund)]
    return kode, begrundet({kode: (tekst, hjemmel)}, kode)
