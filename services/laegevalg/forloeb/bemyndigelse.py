"""What is told to the one who may not act for another: the code that is published, a sentence, and the rule."""

from collections.abc import Mapping

from services.laegevalg.rules.bemyndigelse import Afslag
from shared.domain.hjemmel import Hjemmel

_VALG = "sundhedsloven, § 59"
_UNG = "sundhedsloven, § 59, stk. 4"

# fmt: off
AFSLAG: Mapping[Afslag, tuple[str, str, Hjemmel]] = {
    Afslag.UKENDT_KANAL: (
        "UKENDT_KANAL",
        "Vi kender ikke den kanal, bestillingen er afgivet på, og kan ikke tage imod den.",
        Hjemmel("ROL-02"),
    ),
    Afslag.UKENDT_ROLLE: (
        "UKENDT_ROLLE",
        "Vi kender ikke den rolle, bestillingen er afgivet i, og kan ikke tage imod den.",
        Hjemmel("ROL-02"),
    ),
    Afslag.ROLLE_PASSER_IKKE: (
        "IKKE_BEMYNDIGET",
        "Den rolle, bestillingen er afgivet i, kan ikke bestille på denne kanal.",
        Hjemmel("ROL-02"),
    ),
    Afslag.FOR_UNG: (
        "IKKE_BEMYNDIGET",
        "Du er for ung til selv at vælge læge. Det kan den, der har forældremyndigheden.",
        Hjemmel("FAM-08", _UNG),
    ),
    Afslag.BARN_UDEN_MYNDIGHED: (
        "IKKE_BEMYNDIGET",
        "Kun den, der har forældremyndigheden, er værge eller har fuldmagt, kan vælge læge for barnet.",
        Hjemmel("FAM-03", _VALG),
    ),
    Afslag.UNG_VAELGER_SELV: (
        "IKKE_BEMYNDIGET",
        "Unge fra 15 år vælger selv læge. Andre kan kun gøre det for dem med fuldmagt.",
        Hjemmel("FAM-10", _UNG),
    ),
    Afslag.VOKSEN_UDEN_FULDMAGT: (
        "IKKE_BEMYNDIGET",
        "Du kan kun vælge læge for en anden voksen, hvis du er værge eller har fuldmagt.",
        Hjemmel("FAM-03", _VALG),
    ),
    Afslag.AEGTEFAELLE: (
        "AEGTEFAELLE_IKKE_TILLADT",
        "Du kan ikke vælge læge for din ægtefælle i selvbetjeningen, heller ikke med fuldmagt.",
        Hjemmel("FAM-15"),
    ),
    Afslag.UVIST_HVEM: (
        "IKKE_BEMYNDIGET",
        "Vi ved ikke, om du må vælge læge for denne person. Kontakt kommunen.",
        Hjemmel("FAM-03"),
    ),
    Afslag.BOR_I_ANDEN_KOMMUNE: (
        "IKKE_BEMYNDIGET",
        "Personen bor i en anden kommune, og bestillingen skal laves dér.",
        Hjemmel("KORT-08"),
    ),
    Afslag.EN_ANDEN_KOMMUNES: (
        "IKKE_BEMYNDIGET",
        "Forløbet hører til i en anden kommune, og kun den kan annullere eller ændre det.",
        Hjemmel("FLYT-01"),
    ),
}
# fmt: on
