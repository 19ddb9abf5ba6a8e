"""Every topic: partitions, retention, compaction, key. Topics are made from this, never by accident."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.kommuner import KOMMUNER

PARTITIONER = 6
"""Partitions of the topics keyed by person or forløb. Topics that share an order key have the same number."""


@dataclass(frozen=True, slots=True)
class Emne:
    """One topic. `opbevaring` None: kept for ever (compacted topics)."""

    navn: str
    noegle: str
    udgiver: str
    beskrivelse: str
    partitioner: int = PARTITIONER
    opbevaring: timedelta | None = timedelta(days=30)
    kompakteret: bool = False
    udefra: bool = False
    """Written by someone outside the hub."""

    def konfiguration(self) -> dict[str, str]:
        """Settings of the topic as Kafka names them."""
        if self.kompakteret:
            return {"cleanup.policy": "compact"}
        assert self.opbevaring is not None
        return {"cleanup.policy": "delete", "retention.ms": str(int(self.opbevaring.total_seconds() * 1000))}


CPR_NOEGLE = "HMAC-SHA256 af CPR-nummeret (contracts.noegle.cpr_noegle)"

FASTE = (
    Emne(
        "cpr.haendelser", CPR_NOEGLE, "CPR-indlæsningen", "Hændelser og øjebliksbilleder fra CPR's udtræk", udefra=True
    ),
    Emne(
        "cpr.opslag.forespoergsel",
        CPR_NOEGLE,
        "sagsbehandlere",
        "Bestilte opslag i CPR, som koster et gebyr",
        udefra=True,
    ),
    Emne("cpr.opslag.svar", CPR_NOEGLE, "cpr_events", "Svar på hvert bestilt opslag"),
    Emne("person.tilstand", "person_id", "cpr_events", "Personens nyeste tilstand", kompakteret=True, opbevaring=None),
    Emne("person.haendelser", "person_id", "cpr_events", "Hvad der skete med personen"),
    Emne("yder.register", "ydernummer", "regionerne", "Praksisser: grænser, status, antal", udefra=True),
    Emne("yder.tilstand", "ydernummer", "plo_events", "Praksissens nyeste tilstand", kompakteret=True, opbevaring=None),
    Emne("plo.haendelser", "ydernummer", "regionerne", "Hvad der sker med en praksis", udefra=True),
    Emne("bestillinger", CPR_NOEGLE, "selvbetjening og sagsbehandlere", "Bestillinger og annulleringer", udefra=True),
    Emne("bestillinger.svar", CPR_NOEGLE, "laegevalg", "Svar på hver bestilling"),
    Emne("plads.anmodninger", "person_id", "laegevalg", "Ønsker om at få eller frigive en plads"),
    Emne("plads.haendelser", "person_id", "plo_events", "Pladser, der er reserveret, nægtet eller frigivet"),
    Emne("forloeb.haendelser", "person_id", "laegevalg", "Forløb, der starter og slutter"),
    Emne("gruppe.haendelser", "person_id", "laegevalg", "Sikringsgruppens skift"),
    Emne("laegevalg.haendelser", "person_id", "laegevalg", "Lægevalgets gang"),
    Emne("dispensation.anmodninger", "person_id", "laegevalg", "Spørgsmål til en lukket praksis"),
    Emne("dispensation.haendelser", "person_id", "digital_post", "Om spørgsmålet er leveret"),
    Emne("dispensation.svar", "person_id", "Digital Post", "Praksissens svar", udefra=True),
    Emne("betaling.anmodninger", "person_id", "laegevalg", "Ønsker om at reservere, trække eller frigive et gebyr"),
    Emne("betaling.haendelser", "person_id", "betaling", "Gebyrets gang"),
    Emne("nets.haendelser", "reservation_id", "Nets", "Hvad Nets melder af sig selv", udefra=True),
    Emne("kort.anmodninger", "person_id", "laegevalg", "Ønsker om et sundhedskort"),
    Emne("kort.haendelser", "person_id", "kortbestilling", "Kortets gang"),
    Emne("kortleverandoer.status", "kort_id", "kortleverandøren", "Leverandørens besked om en ordre", udefra=True),
    Emne("breve.anmodninger", "person_id", "alle", "Ønsker om et brev"),
    Emne("breve.haendelser", "person_id", "digital_post", "Brevets gang"),
    Emne("opgaver.anmodninger", "person_id", "alle", "Ønsker om en opgave"),
    Emne(
        "opgaver.kommandoer",
        "opgave_id, notat_id eller filter_id",
        "kommunernes opgavekøer",
        "Hvad en sagsbehandler gør ved en opgave, et notat eller et filter",
        udefra=True,
    ),
    Emne(
        "konfig.kommandoer", "opgavetype eller kommunekode", "administratorer", "Indstillinger af frister", udefra=True
    ),
    Emne("konfig.haendelser", "opgavetype eller kommunekode", "opgaver", "Indstillinger, der er sat eller afvist"),
    Emne("ur", "ur", "sygesikring ur", "Hubbens ur", partitioner=1, kompakteret=True, opbevaring=None),
)

OPGAVEEMNER = tuple(
    Emne(f"opgaver.{kode}", "opgave_id, notat_id eller filter_id", "opgaver", f"Opgaver i {navn} Kommune",
         partitioner=1, opbevaring=timedelta(days=365))
    for kode, navn in KOMMUNER.items()
)  # fmt: skip

EMNER: dict[str, Emne] = {emne.navn: emne for emne in (*FASTE, *OPGAVEEMNER)}
"""Topic by name."""
