"""Services run in memory, one message at a time: reads as they are declared, rows and messages through their JSON."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from contracts.base import Besked
from shared.domain.udfald import InternBesked, OenskEffekt, SaetFrist
from shared.platform.tabel import Laesning, Tabel
from shared.platform.tjeneste import Tjeneste

B = TypeVar("B", bound=Besked)


class Motor:
    """One service with dictionaries for tables."""

    def __init__(self, tjeneste: Tjeneste) -> None:
        self.tjeneste = tjeneste
        self.raekker: dict[str, dict[str, Any]] = {t.navn: {} for t in tjeneste.tabeller}
        self.udsendt: list[Besked] = []
        self.frister: dict[str, SaetFrist] = {}
        self.effekter: dict[str, OenskEffekt] = {}

    def modtag(self, besked: Besked, nu: datetime) -> list[Besked]:
        """Handle one message; the messages that it led to."""
        registreret = self.tjeneste.handlere[type(besked)]
        assert registreret.ordensnoegle(besked)
        udfald = registreret.handler(besked, *(self._laes(lsn, besked) for lsn in registreret.laeser), nu)
        for raekke in udfald.raekker:
            self.gem(raekke)
        for frist_id in udfald.ophaevede:
            self.frister.pop(frist_id, None)
        self.frister.update({f.frist_id: f for f in udfald.frister})
        for effekt in udfald.effekter:
            self.effekter.setdefault(effekt.noegle, effekt)
        nye = [type(b).model_validate_json(b.model_dump_json()) for b in udfald.beskeder]
        self.udsendt += nye
        return nye

    def gem(self, raekke: Any) -> None:
        """Write a row as the database would give it back."""
        tabel = self.tjeneste.tabel_af(raekke)
        vaerdier = {
            k.navn: k.ud(k.ind(v) if k.ind else v) if k.ud else v
            for k in tabel.kolonner
            for v in (getattr(raekke, k.navn),)
        }
        self.raekker[tabel.navn][tabel.noegle_af(raekke)] = type(raekke)(**vaerdier)

    def forfaldne(self, nu: datetime) -> list[InternBesked]:
        """The deadlines that have fallen due, taken out in order."""
        klar = sorted((f for f in self.frister.values() if f.hvornaar <= nu), key=lambda f: (f.hvornaar, f.frist_id))
        for frist in klar:
            del self.frister[frist.frist_id]
        return [f.besked for f in klar]

    def fra(self, type_: type[B]) -> list[B]:
        """What was sent of one type."""
        return [b for b in self.udsendt if isinstance(b, type_)]

    def _laes(self, laesning: Laesning, besked: Besked) -> Any:
        raekker = self.raekker[laesning.tabel.navn]
        if laesning.soegning is not None:
            argument = laesning.soegning.argument(besked)
            noegler = [] if argument is None else laesning.soegning.hukommelse(raekker.values(), argument)
            return {n: raekker[n] for n in noegler}
        assert laesning.noegler is not None
        fundet = {n: raekker[n] for n in dict.fromkeys(laesning.noegler(besked)) if n in raekker}
        return fundet if laesning.flere else next(iter(fundet.values()), None)


class Hub:
    """Several services: what one sends, the others hear at once; deadlines fall due as the clock is moved."""

    def __init__(self, *tjenester: Tjeneste) -> None:
        self.motorer = {t.navn: Motor(t) for t in tjenester}
        self.udsendt: list[Besked] = []

    def send(self, nu: datetime, *beskeder: Besked) -> None:
        """Bring messages to those who hear them, and everything that follows, at one instant."""
        koe = deque(beskeder)
        while koe:
            self._lever(koe, koe.popleft(), nu)

    def frem(self, til: datetime) -> None:
        """Move the clock; each deadline comes at its own instant."""
        while True:
            tider = [f.hvornaar for m in self.motorer.values() for f in m.frister.values() if f.hvornaar <= til]
            if not tider:
                return
            for motor in self.motorer.values():
                for besked in motor.forfaldne(min(tider)):
                    nye = motor.modtag(besked, min(tider))
                    self.udsendt += nye
                    self.send(min(tider), *nye)

    def fra(self, type_: type[B]) -> list[B]:
        """What was sent of one type, by any service."""
        return [b for b in self.udsendt if isinstance(b, type_)]

    def _lever(self, koe: deque[Besked], besked: Besked, nu: datetime) -> None:
        for motor in self.motorer.values():
            if besked.topic() in motor.tjeneste.emner:
                nye = motor.modtag(besked, nu)
                self.udsendt += nye
                koe.extend(nye)


def migrationer(mappe: Path) -> str:
    """All migrations of a service in order."""
    return "\n".join(fil.read_text(encoding="utf-8") for fil in sorted(mappe.glob("*.sql")))


def _erklaeringer(sql: str, tabel: str) -> list[str]:
    efter = sql.split(f"create table {tabel} (", 1)[1]
    senere = re.findall(rf"^alter table {tabel} add column (.+);$", sql, re.MULTILINE)
    fjernet = set(re.findall(rf"^alter table {tabel} drop column (\w+);$", sql, re.MULTILINE))
    alle = [linje.strip() for linje in (*efter.split("\n);", 1)[0].strip().splitlines(), *senere)]
    return [linje for linje in alle if linje.split()[0] not in fjernet]


def kolonner_i(sql: str, tabel: str) -> dict[str, str]:
    """Columns and types that the migrations declare for a table."""
    linjer = (linje.split() for linje in _erklaeringer(sql, tabel))
    return {ord_[0]: ord_[1].rstrip(",") for ord_ in linjer}


def kolonner_af(tabel: Tabel[Any]) -> dict[str, str]:
    """Columns and types that a table must have in the database."""
    return {k.navn: k.sqltype for k in tabel.kolonner} | {"raekkeversion": "bigint"}


def valgfrie(sql: str, tabel: str) -> set[str]:
    """Columns that may be null."""
    linjer = _erklaeringer(sql, tabel)
    loesnede = set(re.findall(rf"alter table {tabel} alter column (\w+) drop not null", sql))
    return loesnede | {linje.split()[0] for linje in linjer if "not null" not in linje and "primary" not in linje}


def kan_vaere_tomme(tabel: Tabel[Any]) -> set[str]:
    """Fields of the row that may be None."""
    return {f.name for f in fields(tabel.raekke) if "None" in str(f.type)}


def typer(beskeder: Iterable[Besked]) -> list[str]:
    """The names of message types, in order."""
    return [type(b).__name__ for b in beskeder]
