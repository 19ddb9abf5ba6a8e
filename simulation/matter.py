"""What must hold of the matter itself after every run: places, cards, letters, tasks, money, and answers in time."""

from collections import Counter
from collections.abc import Iterator

from contracts.bestilling import AnnullerForloeb, BestillingAfvist, BestillingModtaget, ForloebAnnulleret
from contracts.betaling import BetalingFrigivet, BetalingTrukket
from contracts.brev import (
    BrevAnmodet,
    BrevAnmodetV2,
    BrevFejlet,
    BrevFejletV2,
    BrevTilbagekaldt,
    BrevUndertrykt,
    BrevUndertryktV2,
)
from contracts.cpr import CprHaendelse
from contracts.dispensation import DispensationAnmodet, Dispensationssvar, DispensationTilbagekaldt
from contracts.kort import LAEGESKIFT, KortAnmodet, KortAnmodetV2
from contracts.laegevalg import (
    ForloebAfsluttet,
    ForloebStartet,
    LaegevalgAfventerDispensation,
    LaegevalgAfvist,
    LaegevalgGodkendt,
    LaegevalgTraadtIKraft,
)
from contracts.opgave import OpgaveAnmodet, OpgaveOprettet, OpgaveOprettetV2
from contracts.person import PersonFoedt, PersonGenfundet, PersonIndrejst
from contracts.plads import PladsBortfaldet, PladsFrigivet, PladsReserveret
from simulation.evidence import Evidence
from simulation.joins import is_second_number
from simulation.nets import CANNOT_CAPTURE, Payment
from simulation.persons import person_rules
from simulation.script import CLOSES_AT
from simulation.tasks import task_rules

OVER = {"TRAADT_I_KRAFT", "AFVIST", "ANNULLERET"}
"""The ends of a choice."""
ENTRIES = ("INDREJSE", "GENINDREJSE")
LIKE_ENTRIES = ("GENFINDING", "FOEDSEL")
"""Kinds that give a doctor and a card as an entry does."""
WITHOUT_DOCTOR = ("INDREJSE_UDEN_LAEGE", "GENFUNDET_UDEN_LAEGE", "FOEDT_UDEN_LAEGE", "FORAELDRE_MED_HVER_SIN_LAEGE")
SETTLED = {"TRUKKET", "FRIGIVET", "UDLOEBET", "BORTFALDET", "FEJLET"}
"""The ends of a fee."""


def broken_rules(m: Evidence, ended: bool) -> Iterator[str]:
    """What is wrong in the matter. `ended`: no deadline is left, so nothing may wait any more."""
    yield from _places(m)
    yield from _once(m)
    yield from _entries(m)
    yield from _letters(m)
    yield from _commands(m, ended)
    yield from _answers(m)
    yield from _money(m)
    yield from person_rules(m)
    yield from task_rules(m, ended)
    if ended:
        yield from _over(m)


def _once(m: Evidence) -> Iterator[str]:
    decisions = {
        "godkendelser": [g.forloeb_id for g in m.messages(LaegevalgGodkendt)],
        "afslag": [a.forloeb_id for a in m.messages(LaegevalgAfvist)],
        "kort": [k.kort_id for k in m.messages(KortAnmodet, KortAnmodetV2)],
        "breve": [b.brev_id for b in m.messages(BrevAnmodet, BrevAnmodetV2)],
        "opgaver": [o.opgave_id for o in m.messages(OpgaveOprettet, OpgaveOprettetV2)],
        "træk": [t.reservation_id for t in m.messages(BetalingTrukket)],
        "frigivelser": [f.reservation_id for f in m.messages(BetalingFrigivet)],
        "reservationer hos Nets": [p.reservation_id for p in m.nets.payments.values()],
    }
    for what, ids in decisions.items():
        yield from (f"{what}: {id_} {n} gange" for id_, n in Counter(ids).items() if n > 1)
    if set(m.cards.orders) != set(decisions["kort"]):
        yield f"kort: {sorted(set(decisions['kort']) ^ set(m.cards.orders))} er kun ønsket eller kun bestilt"


def _entries(m: Evidence) -> Iterator[str]:
    """IND-01, IND-02, CPR-05, CPR-15, KORT-14: a doctor and a card, or a task, or it was handled already or stopped."""
    approved = Counter(g.forloeb_id for g in m.messages(LaegevalgGodkendt))
    cards = Counter(k.forloeb_id for k in m.messages(KortAnmodet))
    handed_over = Counter(o.forloeb_id for o in m.messages(OpgaveAnmodet) if o.aarsag in WITHOUT_DOCTOR)
    over = {f.forloeb_id: f.udfald for f in m.messages(ForloebAfsluttet)}
    named = {i for i, person in m.states().items() if not person.unavngivet}
    begun = [f for f in m.messages(ForloebStartet) if f.art in (*ENTRIES, *LIKE_ENTRIES)]
    for f in (s.forloeb_id for s in begun):
        stopped = not approved[f] and over.get(f) not in (None, "OVERGIVET_TIL_SAGSBEHANDLER")
        if approved[f] + handed_over[f] + stopped != 1:
            yield f"{f} fik {approved[f]} læge og {handed_over[f]} opgave, og endte {over.get(f)}"
    for s in begun:
        if cards[s.forloeb_id] != approved[s.forloeb_id] * (m.person(s.person_id) in named):
            yield f"{s.forloeb_id} fik {approved[s.forloeb_id]} læge, men {cards[s.forloeb_id]} kort"
    entries = [s for s in begun if s.art in ENTRIES]
    found = {(g.person_id, g.fundet) for g in m.messages(PersonGenfundet)}
    born = {b.person_id for b in m.messages(PersonFoedt)}
    if Counter(s.art for s in begun if s.art in LIKE_ENTRIES) != +Counter(GENFINDING=len(found), FOEDSEL=len(born)):
        yield f"{len(found)} er fundet igen og {len(born)} født, men {Counter(s.art for s in begun)} forløb"
    told = {(i.person_id, i.indrejsedato) for i in m.messages(PersonIndrejst)}
    first = {(i.person_id, i.indrejsedato) for i in m.messages(PersonIndrejst) if not i.genindrejse}
    came = m.script.personer + len({b.person.cpr for b in m.messages(CprHaendelse) if is_second_number(b)})
    if len(told) != len(entries) or not m.script.personer <= len(first) <= came:  # one told late is noted
        yield f"{came} rejste ind, {len(first)} er meldt; {len(told)} i alt, {len(entries)} forløb"
    for kort in m.messages(KortAnmodetV2):
        if kort.aarsag == LAEGESKIFT and not approved[kort.forloeb_id]:
            yield f"{kort.kort_id} er bestilt uden godkendelse"


def _letters(m: Evidence) -> Iterator[str]:
    ended = m.messages(BrevUndertrykt, BrevUndertryktV2, BrevFejlet, BrevFejletV2, BrevTilbagekaldt)
    wanted = {b.brev_id for b in m.messages(BrevAnmodet, BrevAnmodetV2)} - {b.brev_id for b in ended}
    left = Counter(k for k in m.post.accepted if k.startswith("brev:"))
    for brev_id in sorted(wanted, key=len, reverse=True):
        keys = [k for k in left if k == f"brev:{brev_id}" or k.startswith(f"brev:{brev_id}:")]
        if len(keys) != 1:
            yield f"brev {brev_id} er modtaget {len(keys)} gange"
        for key in keys:
            del left[key]
    yield from (f"brev {key} er der ingen, der har ønsket" for key in left)
    asked = {f"praksis:{d.forloeb_id}:anmodning" for d in m.messages(DispensationAnmodet)}
    asked |= {f"praksis:{d.forloeb_id}:tilbagekaldelse" for d in m.messages(DispensationTilbagekaldt)}
    there = {k for k in m.post.accepted if k.startswith("praksis:")}
    if asked != there:
        yield f"breve til praksis: {sorted(asked ^ there)} er kun ønsket eller kun modtaget"


def _places(m: Evidence) -> Iterator[str]:
    """LV-17, LV-19, LV-20: a practice counts those who have it as their doctor, and the places that are held."""
    ydere, lost = m.rows("plo_events", "yder"), {p.forloeb_id for p in m.messages(PladsBortfaldet)}
    given_back = lost | {p.forloeb_id for p in m.messages(PladsFrigivet)}
    in_force = {i.forloeb_id for i in m.messages(LaegevalgTraadtIKraft)}
    held = {p.forloeb_id: p.ydernummer for p in m.messages(PladsReserveret) if p.forloeb_id not in in_force}
    taken = {f: y for f, y in held.items() if f not in given_back}
    taken |= {d.forloeb_id: d.ydernummer for d in m.doctors().values() if d.forloeb_id not in lost}
    for ydernummer, kendt in m.script.ydere.items():
        hos = [f for f, y in taken.items() if y == ydernummer]
        entered = sum(f.startswith("indrejse-") for f in hos)
        row = ydere.get(ydernummer)
        if row is None:
            yield f"praksis {ydernummer} kendes ikke"
            continue
        if entered > m.script.ledige(ydernummer) or row.optagne > kendt.maksgraense:
            yield f"praksis {ydernummer} har {len(hos)} pladser ude, {entered} til indrejste, {row.optagne} i alt"
        if row.optagne != CLOSES_AT - m.script.ledige(ydernummer) + len(hos):
            yield f"praksis {ydernummer} tæller {row.optagne}, men {sorted(hos)} har pladserne"


def _commands(m: Evidence, ended: bool) -> Iterator[str]:
    """Every command is answered once; a cancel may wait for the card supplier as long as a deadline runs.

    An order that waits for its person is received, and may be refused when he comes.
    """
    received = m.messages(BestillingModtaget)
    orders = Counter(b.bestilling_id for b in received)
    waited = {b.bestilling_id for b in received if b.afventer_person}
    refused = Counter(b.bestilling_id for b in m.messages(BestillingAfvist, ForloebAnnulleret))
    for id_ in (valg.bestilling_id for valg in m.script.valg):
        later = 1 if id_ in waited and refused[id_] else 0
        if orders[id_] + refused[id_] - later != 1:
            yield f"bestilling {id_} er besvaret {orders[id_] + refused[id_]} gange"
    for stop in m.messages(AnnullerForloeb):
        if refused[stop.bestilling_id] > 1 or (ended and refused[stop.bestilling_id] != 1):
            yield f"annullering {stop.bestilling_id} er besvaret {refused[stop.bestilling_id]} gange"


def _answers(m: Evidence) -> Iterator[str]:
    """LV-09, LV-10: an answer that came in time wins, however late it was read; silence counts only as silence."""
    limits = {a.forloeb_id: a.frist for a in m.messages(LaegevalgAfventerDispensation)}
    for g in m.messages(LaegevalgGodkendt):
        answers = m.outside.answers.get(g.forloeb_id, [])
        in_time = [a for a in answers if g.forloeb_id not in limits or a.modtaget < limits[g.forloeb_id]]
        if g.grund == "STILTIENDE" and in_time:
            yield f"{g.forloeb_id} er godkendt stiltiende, men lægen svarede {in_time[0].svar} i tide"
        if g.grund == "SVAR" and not any(a.svar is Dispensationssvar.GODKENDT for a in in_time):
            yield f"{g.forloeb_id} er godkendt på et svar, der ikke kom i tide"
    for a in m.messages(LaegevalgAfvist):
        answers = m.outside.answers.get(a.forloeb_id, [])
        if a.grund == "LAEGEN_AFVISTE" and not any(s.svar is Dispensationssvar.AFVIST for s in answers):
            yield f"{a.forloeb_id} er afvist af en læge, der ikke har svaret"


def _money(m: Evidence) -> Iterator[str]:
    approved = {g.forloeb_id for g in m.messages(LaegevalgGodkendt)}
    captured = {p.reservation_id for p in m.nets.payments.values() if p.captured}
    told = {t.reservation_id for t in m.messages(BetalingTrukket)}
    if captured != told:
        yield f"træk: {sorted(captured ^ told)} er kun trukket eller kun meldt"
    released = {p.reservation_id for p in m.nets.payments.values() if p.cancelled}
    if not released <= {f.reservation_id for f in m.messages(BetalingFrigivet)}:
        yield f"frigivelser: {sorted(released)} er ikke alle meldt"
    valg = m.rows("laegevalg", "valg")
    for p in m.nets.payments.values():
        forloeb = p.reservation_id.removesuffix(":betaling")
        if p.captured and (p.cancelled or p.captured != p.held):
            yield f"{p.reservation_id}: trukket {p.captured} og frigivet {p.cancelled} af {p.held}"
        if p.captured and (forloeb not in approved or f"{forloeb}:kort" not in m.cards.sent):
            yield f"{p.reservation_id}: trukket uden et godkendt valg og et afsendt kort"
        if valg[forloeb].tilstand in ("AFVIST", "ANNULLERET") and p.open(m.nets.world.hub_now) and not _hopeless(p):
            yield f"{p.reservation_id}: stadig reserveret, men valget er {valg[forloeb].tilstand}"


def _hopeless(p: Payment) -> bool:
    """Nets refuses to capture it: it is left to run out."""
    return p.token == CANNOT_CAPTURE


def _over(m: Evidence) -> Iterator[str]:
    payments = {p.reservation_id: p for p in m.nets.payments.values()}
    tasks = m.rows("opgaver", "opgave")
    for forloeb, valg in m.rows("laegevalg", "valg").items():
        if valg.tilstand not in OVER:
            yield f"{forloeb} venter endnu i {valg.tilstand}"
        plads = m.rows("plo_events", "plads").get(forloeb)
        place = plads and plads.tilstand
        given_up = place == "BORTFALDET" and f"{forloeb}:praksis_lukket_ved_valg" in tasks
        if not given_up and (place == "RESERVERET") != (valg.tilstand == "TRAADT_I_KRAFT"):
            yield f"{forloeb} er {valg.tilstand}, men pladsen er {place}"
    for id_, fee in m.rows("betaling", "betaling").items():
        p = payments.get(id_)
        if fee.tilstand not in SETTLED:
            yield f"{id_} venter endnu i {fee.tilstand}"
        if (fee.tilstand == "TRUKKET") != bool(p and p.captured):
            yield f"{id_} er {fee.tilstand}, men hos Nets er der trukket {p and p.captured}"
        if fee.tilstand in ("FRIGIVET", "BORTFALDET") and p is not None and p.open(m.nets.world.hub_now):
            yield f"{id_} er frigivet her, men ikke hos Nets"
