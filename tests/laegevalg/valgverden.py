"""The second way in memory: five services, an outside that answers each effect, and Alma of scenario S01."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from contracts.base import Besked
from contracts.bestilling import AnnullerForloeb, LaegevalgBestilt
from contracts.dispensation import DispensationSvar
from contracts.kort import KortStatus, Kortstatuskode
from contracts.noegle import cpr_noegle
from contracts.person import Adresse, Personoplysninger, PersonTilstand
from contracts.plo import PraksisNedlaegges
from contracts.yder import YderOpdateret, Yderstatus
from services.betaling.app import TJENESTE as BETALING
from services.betaling.forloeb.beskeder import (
    Betaling,
    FrigivelseAccepteret,
    ReservationAccepteret,
    TraekAccepteret,
)
from services.digital_post.app import TJENESTE as DIGITAL_POST
from services.digital_post.forloeb.beskeder import BrevAfleveret, TilmeldingOplyst
from services.digital_post.forloeb.praksis import PraksisbrevLeveret
from services.kortbestilling.app import TJENESTE as KORTBESTILLING
from services.kortbestilling.forloeb.beskeder import AnnulleringAccepteret, Kort, OrdreAccepteret
from services.laegevalg.app import TJENESTE as LAEGEVALG
from services.laegevalg.forloeb.beskeder import Valg
from services.laegevalg.forloeb.sikret import Sikret
from services.plo_events.app import TJENESTE as PLO_EVENTS
from services.plo_events.store import Yder
from shared.domain.udfald import InternBesked
from tests.motor import Hub

B = TypeVar("B", bound=Besked)
ALMA, PERSON = "6204801234", "alma"
NOEGLE = cpr_noegle(ALMA, "en hemmelighed")
Y1, Y2 = "000001", "000002"
FORLOEB = "laegevalg-s01"
DK = ZoneInfo("Europe/Copenhagen")
UDEFRA: dict[str, Callable[[Any, datetime], InternBesked]] = {
    "nets.reserver": lambda k, nu: ReservationAccepteret(reservation_id=k.reservation_id, payment_id="b015690c"),
    "nets.traek": lambda k, nu: TraekAccepteret(reservation_id=k.reservation_id, traek_id="01ee0000"),
    "nets.frigiv": lambda k, nu: FrigivelseAccepteret(reservation_id=k.reservation_id),
    "post.praksis": lambda k, nu: PraksisbrevLeveret(
        brev_id=k.brev_id, person_id=k.person_id, leveret=nu, forsendelse_id="f"
    ),
    "post.tilmelding": lambda k, nu: TilmeldingOplyst(brev_id=k.brev_id, person_id=k.person_id, tilmeldt=True),
    "post.afsend": lambda k, nu: BrevAfleveret(brev_id=k.brev_id, person_id=k.person_id, forsendelse_id="f"),
    "kort.bestil": lambda k, nu: OrdreAccepteret(kort_id=k.kort_id),
    "kort.annuller": lambda k, nu: AnnulleringAccepteret(kort_id=k.kort_id),
}


def kl(maaned: int, dag: int, time: int = 12, minut: int = 0, sekund: int = 0, aar: int = 2024) -> datetime:
    """An instant in Danish time."""
    return datetime(aar, maaned, dag, time, minut, sekund, tzinfo=DK).astimezone(UTC)


class Verden:
    """The services; `tavse` are the kinds of effects that the outside does not answer."""

    def __init__(self, *tavse: str) -> None:
        self.hub = Hub(LAEGEVALG, PLO_EVENTS, BETALING, KORTBESTILLING, DIGITAL_POST)
        self.tavse = set(tavse)
        self.besvaret: dict[str, str] = {}

    def send(self, nu: datetime, *beskeder: Besked) -> None:
        """Messages, and everything that follows at this instant: deadlines, effects and their answers."""
        self.hub.send(nu, *beskeder)
        self.frem(nu)

    def frem(self, til: datetime) -> None:
        """Move the clock; what the outside answers, it answers at the instant it is asked."""
        while True:
            tider = [f.hvornaar for m in self.hub.motorer.values() for f in m.frister.values() if f.hvornaar <= til]
            naeste = min(tider, default=til)
            self.hub.frem(naeste)
            if not self._besvar(naeste) and not tider:
                return

    def _besvar(self, nu: datetime) -> bool:
        nye = False
        for motor in self.hub.motorer.values():
            for noegle, effekt in list(motor.effekter.items()):
                if noegle not in self.besvaret and effekt.art not in self.tavse:
                    self.besvaret[noegle] = effekt.art
                    self.svar(motor.tjeneste.navn, UDEFRA[effekt.art](effekt.indhold, nu), nu)
                    nye = True
        return nye

    def svar(self, tjeneste: str, besked: InternBesked, nu: datetime) -> None:
        """An answer from outside to one service."""
        nye = self.hub.motorer[tjeneste].modtag(besked, nu)
        self.hub.udsendt += nye
        self.hub.send(nu, *nye)

    def fra(self, type_: type[B]) -> list[B]:
        """What was sent of one type."""
        return self.hub.fra(type_)

    def effekter(self, art: str) -> list[str]:
        """The keys of what was wanted of one kind."""
        return [n for m in self.hub.motorer.values() for n, e in m.effekter.items() if e.art == art]

    @property
    def valg(self) -> Valg:
        """Alma's choice."""
        return self.hub.motorer["laegevalg"].raekker["valg"][FORLOEB]

    @property
    def sikret(self) -> Sikret:
        """Alma."""
        return self.hub.motorer["laegevalg"].raekker["sikret"][PERSON]

    @property
    def betaling(self) -> Betaling:
        """Alma's fee."""
        return self.hub.motorer["betaling"].raekker["betaling"][f"{FORLOEB}:betaling"]

    @property
    def kort(self) -> Kort:
        """Alma's card."""
        return self.hub.motorer["kortbestilling"].raekker["kort"][f"{FORLOEB}:kort"]

    @property
    def y2(self) -> Yder:
        """The closed practice."""
        return self.hub.motorer["plo_events"].raekker["yder"][Y2]


def yder(nummer: str, status: Yderstatus = Yderstatus.LUKKET, optagne: int = 1600, **andet: Any) -> YderOpdateret:
    felter: dict[str, Any] = {
        "ydernummer": nummer, "navn": f"Lægehuset {nummer}", "kommunekode": "0630", "status": status,
        "lukkegraense": 1600, "maksgraense": 1700, "antal_sikrede": optagne, "opdateret": kl(1, 2),
    }  # fmt: skip
    return YderOpdateret(**(felter | andet))


def person(version: int = 1, status: str = "01", **andet: Any) -> PersonTilstand:
    felter: dict[str, Any] = {
        "person_id": PERSON, "cpr": ALMA, "status": status, "foedselsdato": date(1980, 4, 2), "fornavn": "Alma",
        "efternavn": "Ærø",
        "adresse": Adresse(kommunekode="0630", vejkode="0123", linje="Åvej 7", postnummer="7100"),
    }  # fmt: skip
    return PersonTilstand(person_id=PERSON, version=version, person=Personoplysninger(**(felter | andet)))


def bestilt(**andet: Any) -> LaegevalgBestilt:
    felter: dict[str, Any] = {
        "noegle": NOEGLE, "bestilling_id": "s01", "kanal": "SELVBETJENING", "aktoer": "login-1", "rolle": "BORGER",
        "kommunekode": "0630", "cpr": ALMA, "ydernummer": Y2, "virkningsdato": date(2024, 4, 3),
        "bestilt": kl(3, 4, 10), "betalingskort": "kort-1",
    }  # fmt: skip
    return LaegevalgBestilt(**(felter | andet))


def annuller(nr: str = "a1", **andet: Any) -> AnnullerForloeb:
    felter: dict[str, Any] = {
        "noegle": NOEGLE, "bestilling_id": nr, "kanal": "SAGSBEHANDLER", "aktoer": "sb-7", "rolle": "SAGSBEHANDLER",
        "forloeb_id": FORLOEB, "grund": "fortrudt", "bestilt": kl(3, 10),
    }  # fmt: skip
    return AnnullerForloeb(**(felter | andet))


def laegens(svar: str, modtaget: datetime) -> DispensationSvar:
    return DispensationSvar(forloeb_id=FORLOEB, person_id=PERSON, svar=svar, modtaget=modtaget)


def kortet(status: str, tidspunkt: datetime) -> KortStatus:
    return KortStatus(kort_id=f"{FORLOEB}:kort", status=Kortstatuskode(status), tidspunkt=tidspunkt)


def lukning(lukkedato: date, meddelt: datetime) -> PraksisNedlaegges:
    return PraksisNedlaegges(ydernummer=Y2, lukkedato=lukkedato, meddelt=meddelt)


def s01(*tavse: str, **andet: Any) -> Verden:
    """Scenario S01: Alma has ordered the closed Y2, and the request was delivered on 4 March at 10:15."""
    v = Verden(*tavse)
    v.send(kl(1, 2), yder(Y1, Yderstatus.AABEN), yder(Y2), person())
    motor = v.hub.motorer["laegevalg"]
    foer = {f: getattr(v.sikret, f) for f in Sikret.__slots__}
    har = {"gruppe": "1", "gruppe_fra": date(2010, 1, 1), "ydernummer": Y1, "laege_fra": date(2010, 1, 1)}
    motor.gem(Sikret(**(foer | har)))
    v.send(kl(3, 4, 10, 15), bestilt(**andet))
    return v
