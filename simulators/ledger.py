"""What a stand-in was asked, and what it decided: the proof that nothing was done twice.

Kept in memory, and in a file of JSON lines where one is given, written before the answer leaves: so it survives a
restart, also by kill -9. No CPR number is kept, but where the answer itself is a made-up person (`cpr_online`).
"""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Afgjort(StrEnum):
    """What was decided about a key."""

    ACCEPTERET = "ACCEPTERET"
    AFVIST = "AFVIST"


@dataclass(frozen=True, slots=True)
class Afgoerelse:
    """The decision on one key: answered the same for ever."""

    sti: str
    noegle: str
    indhold_sum: str
    afgjort: Afgjort
    status: int
    svar: dict[str, Any]
    kendetegn: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the stand-in itself must remember of the request."""


@dataclass(slots=True)
class Optaelling:
    """How often a key was asked for, and what came of it."""

    sti: str
    noegle: str
    gange: int = 0
    accepteret: int = 0
    afvist: int = 0
    gentaget: int = 0
    konflikter: int = 0
    fejl: Counter[str] = field(default_factory=Counter[str])


def indhold_sum(krop: dict[str, Any]) -> str:
    """A digest of the content, so that a key used again for something else is seen."""
    return hashlib.sha256(json.dumps(krop, sort_keys=True).encode()).hexdigest()


class Ledger:
    """All requests of one stand-in."""

    def __init__(self, fil: Path | None = None) -> None:
        self.afgoerelser: dict[str, Afgoerelse] = {}
        self.optaellinger: dict[str, Optaelling] = {}
        self.statusser: list[dict[str, str]] = []
        self.fortalt: set[str] = set()
        """Ids of the messages told by itself, where they are noted."""
        self.opslag = 0
        self._fil = fil.open("a+", encoding="utf-8") if fil else None
        if self._fil:
            self._genskab()

    def optaelling(self, sti: str, noegle: str) -> Optaelling:
        """The count of one key."""
        return self.optaellinger.setdefault(noegle, Optaelling(sti, noegle))

    def afgoer(self, afgoerelse: Afgoerelse) -> None:
        """A key decided for the first time."""
        self._skriv("afgoerelse", asdict(afgoerelse))
        self._tael(afgoerelse)

    def noter_status(self, kort_id: str, kode: str, tidspunkt: str) -> None:
        """A status that was published."""
        status = {"kort_id": kort_id, "status": kode, "tidspunkt": tidspunkt}
        self._skriv("status", status)
        self.statusser.append(status)

    def noter_fortalt(self, id_: str) -> None:
        """A message that was published."""
        self._skriv("fortalt", {"id": id_})
        self.fortalt.add(id_)

    def som_json(self) -> dict[str, Any]:
        """Every key with what was decided and how often it was asked for."""
        return {
            "anmodninger": [
                {**asdict(o), "fejl": dict(o.fejl), "afgjort": self._afgjort(o.noegle)}
                for o in self.optaellinger.values()
            ],
            "statusser": self.statusser,
        }

    def summer(self) -> dict[str, Any]:
        """The same in numbers."""
        alle = self.optaellinger.values()
        fejl: Counter[str] = sum((o.fejl for o in alle), Counter[str]())
        kanaler = Counter(k for a in self._accepterede() if (k := a.kendetegn.get("kanal")))
        return {
            "anmodninger": sum(o.gange for o in alle),
            "noegler": len(self.optaellinger),
            "accepteret": sum(o.accepteret for o in alle),
            "afvist": sum(o.afvist for o in alle),
            "gentaget": sum(o.gentaget for o in alle),
            "konflikter": sum(o.konflikter for o in alle),
            "opslag": self.opslag,
            "fejl": dict(fejl),
            "kanaler": dict(kanaler),
            "statusser": len(self.statusser),
            "fortalt": len(self.fortalt),
        }

    def luk(self) -> None:
        """Close the file."""
        if self._fil:
            self._fil.close()

    def _accepterede(self) -> list[Afgoerelse]:
        return [a for a in self.afgoerelser.values() if a.afgjort is Afgjort.ACCEPTERET]

    def _afgjort(self, noegle: str) -> str | None:
        afgoerelse = self.afgoerelser.get(noegle)
        return afgoerelse.afgjort.value if afgoerelse else None

    def _tael(self, afgoerelse: Afgoerelse) -> None:
        self.afgoerelser[afgoerelse.noegle] = afgoerelse
        optaelling = self.optaelling(afgoerelse.sti, afgoerelse.noegle)
        if afgoerelse.afgjort is Afgjort.ACCEPTERET:
            optaelling.accepteret += 1
        else:
            optaelling.afvist += 1

    def _skriv(self, slags: str, indhold: dict[str, Any]) -> None:
        if self._fil:
            self._fil.write(json.dumps({"slags": slags, **indhold}, ensure_ascii=False) + "\n")
            self._fil.flush()

    def _genskab(self) -> None:
        assert self._fil is not None
        self._fil.seek(0)
        linjer = self._fil.read()
        if linjer and not linjer.endswith("\n"):
            linjer = linjer[: linjer.rfind("\n") + 1]
            self._fil.truncate(len(linjer.encode()))
        for linje in linjer.splitlines():
            indhold: dict[str, Any] = json.loads(linje)
            slags = indhold.pop("slags")
            if slags == "status":
                self.statusser.append(indhold)
            elif slags == "fortalt":
                self.fortalt.add(indhold["id"])
            else:
                indhold["afgjort"] = Afgjort(indhold["afgjort"])
                afgoerelse = Afgoerelse(**indhold)
                self._tael(afgoerelse)
                self.optaelling(afgoerelse.sti, afgoerelse.noegle).gange += 1
