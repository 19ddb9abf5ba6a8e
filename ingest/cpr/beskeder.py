"""One person's records made into the messages that are published."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from contracts.cpr import CprHaendelse, CprPerson, PersonOpdateret
from contracts.kuvert import Kuvert
from contracts.noegle import cpr_noegle
from ingest.cpr.formater import tidspunkt
from ingest.cpr.laeser import Hoved
from ingest.cpr.layout import HAENDELSE, P12170
from ingest.cpr.person import byg_person
from ingest.cpr.spool import Post
from shared.domain.datoer import midnat

KILDE = "/cpr/udtraek"
_FOERST = datetime.min.replace(tzinfo=UTC)


def kuverter(poster: Sequence[Post], hoved: Hoved, hemmelighed: str) -> Iterator[Kuvert]:
    """The messages of one person, in order.

    The ids come from the content alone: CPR-09, the same event in another delivery is the same message. The snapshot
    is part of the content: an event that is delivered again with a changed person brings the change with it.
    """
    person = byg_person(poster)
    billede = _maerke(person, hemmelighed)
    noegle = cpr_noegle(person.cpr, hemmelighed)
    haendelser = _haendelser(poster, person, hoved)
    if not haendelser:
        besked = PersonOpdateret(leverance=hoved.proddato, person=person)
        id_ = f"{noegle[:16]}:opdateret:{hoved.proddato:%Y%m%d}:{billede}"
        yield Kuvert(besked, id_, KILDE, midnat(hoved.proddato), noegle)
    brugt: Counter[str] = Counter()
    for stempel, haendelse in haendelser:
        id_ = f"{noegle[:16]}:{haendelse.kode}{haendelse.afledt}:{stempel}:{billede}"
        brugt[id_] += 1
        nummer = f":{brugt[id_]}" if brugt[id_] > 1 else ""
        yield Kuvert(haendelse, id_ + nummer, KILDE, haendelse.registreret or midnat(hoved.proddato), noegle)


def _maerke(person: CprPerson, hemmelighed: str) -> str:
    """A short digest of the snapshot, keyed as it is made of personal data."""
    return hmac.new(hemmelighed.encode(), person.model_dump_json().encode(), hashlib.sha256).hexdigest()[:12]


def _haendelser(poster: Sequence[Post], person: CprPerson, hoved: Hoved) -> list[tuple[str, CprHaendelse]]:
    """The event records by time, then by their place in the file; those without a time (requisitions) come first."""
    fundne: list[tuple[datetime, int, str, CprHaendelse]] = []
    for post in poster:
        if post.type_ != HAENDELSE:
            continue
        felter = P12170.vaerdier(post.tekst)
        tid = tidspunkt(felter["TIMESTAMPU"])
        registreret = tid.oejeblik if tid else None
        haendelse = CprHaendelse(
            kode=felter["HAENDELSE"],
            afledt=felter["AFLEDTMRK"],
            registreret=registreret,
            leverance=hoved.proddato,
            person=person,
        )
        stempel = felter["TIMESTAMPU"] if tid else f"{hoved.proddato:%Y%m%d}"
        fundne.append((registreret or _FOERST, post.nr, stempel, haendelse))
    fundne.sort(key=lambda fundet: fundet[:2])
    return [(stempel, haendelse) for _, _, stempel, haendelse in fundne]
