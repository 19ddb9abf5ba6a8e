"""Nets, Digital Post and the card supplier: the doubles answer the clients as the stand-ins over HTTP do."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from pydantic import SecretStr

from contracts.brev import Kanal
from services.betaling.client import Frigivelser, Reservationer, Traek
from services.betaling.forloeb.beskeder import Kald
from services.digital_post.client import Forsendelser, Praksispost
from services.digital_post.forloeb.beskeder import Forsendelse
from services.digital_post.forloeb.praksis import Praksisforsendelse
from services.kortbestilling.client import Annulleringer, Kortleverandoer
from services.kortbestilling.forloeb.beskeder import Kortannullering, Kortordre
from shared.platform.tjeneste import Klient
from simulation.broker import Broker
from simulation.hub import topics
from simulation.nets import Nets
from simulation.outside import Outside
from simulation.providers import CardSupplier, DigitalPost, in_place_of_http
from simulation.world import World
from simulators.digital_post.app import run as digital_post
from simulators.kortleverandoer.app import run as kortleverandoer
from simulators.nets.app import run as nets

NU = datetime(2025, 2, 3, 12, tzinfo=UTC)
R = "laegevalg-1:betaling"
Klienter = dict[str, Klient]
Forloeb = Callable[[Klienter], Awaitable[list[Any]]]


def klienter(url: str) -> Klienter:
    noegle = SecretStr("n")
    return {
        "reserver": Reservationer(url, noegle), "traek": Traek(url, noegle), "frigiv": Frigivelser(url, noegle),
        "bestil": Kortleverandoer(url), "stop": Annulleringer(url), "brev": Forsendelser(url),
        "praksis": Praksispost(url),
    }  # fmt: skip


def hos_begge(standin: Callable[[], AbstractAsyncContextManager[str]], forloeb: Forloeb) -> list[Any]:
    """The kinds of answer that the clients make of it, over the double and over HTTP."""

    async def over_http() -> list[Any]:
        async with standin() as url:
            k = klienter(url)
            try:
                return await forloeb(k)
            finally:
                for klient in k.values():
                    await klient.luk()

    world = World(1)
    ude = Outside(world)
    ude.broker = Broker(world, topics())
    doubler = {p.name: p for p in (Nets(ude), DigitalPost(ude), CardSupplier(ude))}
    with in_place_of_http(doubler):
        hukommelse = world.loop.run_until_complete(cast("Any", forloeb(klienter("-"))))
    rigtig = asyncio.run(over_http())
    assert hukommelse == rigtig, "dobbeltgængeren svarer andet end stedfortræderen"
    return rigtig


async def sendt(klient: Klient, noegle: str, indhold: Any) -> list[Any]:
    return vist(await klient.send(noegle, indhold, NU))


async def spurgt(klient: Klient, noegle: str, indhold: Any) -> list[Any]:
    return vist(await klient.spoerg(noegle, indhold, NU))


def vist(svar: Any) -> list[Any]:
    """What the service is told, but for the names that the outside makes up."""
    if svar is None:
        return []
    kode = getattr(svar.besked, "kode", None)
    return [type(svar).__name__, type(svar.besked).__name__, *([kode] if kode else [])]


def kald(payment_id: str = "", kort: str = "kort", beloeb: int = 22500) -> Kald:
    return Kald(reservation_id=R, beloeb_oere=beloeb, kommunekode="0630", betalingskort=kort, payment_id=payment_id)


async def reserveret(k: Klienter, noegle: str = "res", kort: str = "kort") -> str:
    svar: Any = await k["reserver"].send(noegle, kald(kort=kort), NU)
    return svar.besked.payment_id


def test_penge_reserveres_og_traekkes_en_gang() -> None:
    async def forloeb(k: Klienter) -> list[Any]:
        id_ = await reserveret(k)
        svar: list[Any] = [id_ == await reserveret(k), await spurgt(k["traek"], R, kald(id_))]
        svar += [await sendt(k["traek"], R, kald(id_)), await sendt(k["traek"], R, kald(id_))]
        svar += [await spurgt(k["traek"], R, kald(id_)), await sendt(k["traek"], "et andet", kald(id_))]
        return [*svar, await sendt(k["frigiv"], "", kald(id_)), await spurgt(k["frigiv"], "", kald(id_))]

    trukket = ["Udfoert", "TraekAccepteret"]
    forventet = [True, [], trukket, trukket, trukket, ["Afvist", "TraekAfvist", "1008"]]
    assert hos_begge(nets, forloeb) == [*forventet, ["Afvist", "FrigivelseAfvist", "1008"], []]


def test_frigivne_penge_kan_ikke_traekkes_og_frigives_gerne_igen() -> None:
    async def forloeb(k: Klienter) -> list[Any]:
        id_ = await reserveret(k)
        svar = [await spurgt(k["frigiv"], "", kald(id_)), await sendt(k["frigiv"], "", kald(id_))]
        svar += [await sendt(k["frigiv"], "", kald(id_)), await spurgt(k["frigiv"], "", kald(id_))]
        return [*svar, await sendt(k["traek"], R, kald(id_)), await sendt(k["traek"], "x", kald("findes-ikke"))]

    frigivet, afvist = ["Udfoert", "FrigivelseAccepteret"], ["Afvist", "TraekAfvist"]
    assert hos_begge(nets, forloeb) == [[], frigivet, frigivet, frigivet, [*afvist, "1019"], [*afvist, "1003"]]


def test_kort_der_afvises_og_beloeb_der_ikke_passer() -> None:
    async def forloeb(k: Klienter) -> list[Any]:
        svar = [await sendt(k["reserver"], "a", kald(kort="kort-afvist"))]
        daarlig, god = await reserveret(k, "b", "kort-traek-fejler"), await reserveret(k, "c")
        svar += [await sendt(k["traek"], "d", kald(daarlig)), await sendt(k["traek"], "e", kald(god, beloeb=30000))]
        svar += [await sendt(k["traek"], "f", kald(god, beloeb=100)), await sendt(k["frigiv"], "", kald(god, beloeb=1))]
        return svar

    afvist = ["Afvist", "TraekAfvist"]
    forventet = [["Afvist", "ReservationAfvist", "1022"], [*afvist, "1020"], [*afvist, "1001"], [*afvist, "1015"]]
    assert hos_begge(nets, forloeb) == [*forventet, ["Afvist", "FrigivelseAfvist", "1007"]]


def test_et_kort_bestilles_en_gang_og_stoppes_en_gang() -> None:
    ordre = Kortordre.model_validate(
        {
            "kort_id": "k1", "anmodet": NU, "cpr": "0101901234", "navn": "Erik Ærø", "adresse": None,
            "kommunekode": "0630", "gruppe": "1", "adressetype": "UKENDT", "ydernummer": "001201",
            "praksisnavn": "Lægerne", "aarsag": "FOERSTE_RET", "gebyr_oere": 0, "forloeb_id": "f", "person_id": "p",
        }
    )  # fmt: skip
    stop = Kortannullering.model_validate({"kort_id": "k1", "person_id": "p", "forloeb_id": "f"})

    async def forloeb(k: Klienter) -> list[Any]:
        svar = [await sendt(k["stop"], "for tidligt", stop), await spurgt(k["bestil"], "o", ordre)]
        svar += [await sendt(k["bestil"], "o", ordre), await spurgt(k["bestil"], "o", ordre)]
        svar += [await spurgt(k["stop"], "s", stop), await sendt(k["stop"], "s", stop)]
        return [*svar, await spurgt(k["stop"], "s", stop), await spurgt(k["stop"], "for tidligt", stop)]

    ukendt, stoppet = ["Afvist", "AnnulleringAfvist", "UKENDT_ORDRE"], ["Udfoert", "AnnulleringAccepteret"]
    taget = ["Udfoert", "OrdreAccepteret"]
    assert hos_begge(kortleverandoer, forloeb) == [ukendt, [], taget, taget, [], stoppet, stoppet, ukendt]


def test_breve_til_borger_og_praksis_tages_imod_en_gang() -> None:
    brev = Forsendelse(
        brev_id="b", person_id="p", kanal=Kanal.FYSISK, besluttet=date(2025, 2, 3), cpr="0101901234",
        navn="Erik Ærø", adresse={"kommunekode": "0630", "linje": "Åvej 1", "postnummer": "7100"},  # type: ignore[arg-type]
        afsender="Vejle Kommune", titel="Titel", tekst="Tekst",
    )  # fmt: skip
    praksis = Praksisforsendelse(
        brev_id="f:anmodning", person_id="p", forloeb_id="f", ydernummer="001201", praksisnavn="Lægerne",
        afsender="Vejle Kommune", titel="Titel", tekst="Tekst",
    )  # fmt: skip

    async def forloeb(k: Klienter) -> list[Any]:
        svar: list[Any] = []
        for klient, noegle, indhold in ((k["brev"], "brev:b", brev), (k["praksis"], "praksis:f:anmodning", praksis)):
            svar += [await spurgt(klient, noegle, indhold), await sendt(klient, noegle, indhold)]
            svar += [await spurgt(klient, noegle, indhold)]
        return svar

    afleveret, leveret = ["Udfoert", "BrevAfleveret"], ["Udfoert", "PraksisbrevLeveret"]
    assert hos_begge(digital_post, forloeb) == [[], afleveret, afleveret, [], leveret, leveret]


@pytest.mark.parametrize("navn", ["Nets", "Digital Post", "kortleverandøren"])
def test_samme_noegle_til_noget_andet_afvises(navn: str) -> None:
    """Nobody's order becomes another's because a key was used twice."""
    world = World(1)
    ude = Outside(world)
    ude.broker = Broker(world, topics())
    double: Any = {"Nets": Nets, "Digital Post": DigitalPost, "kortleverandøren": CardSupplier}[navn](ude)
    sti = {"Nets": "/v1/payments", "Digital Post": "/breve", "kortleverandøren": "/ordrer"}[navn]
    krop = {"paymentMethod": {"token": "kort"}, "order": {"reference": R, "amount": 1}, "kort_id": "k"}
    assert double.take(sti, "n", krop, True)[0] == 201
    assert double.take(sti, "n", {**krop, "kort_id": "k2"}, True) == (409, {"kode": "NOEGLE_GENBRUGT"})
