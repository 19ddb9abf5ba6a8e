"""The forløb after a choice that came to nothing: a letter that asks for a new choice, and its deadline (LV-08)."""

from datetime import datetime

from contracts.base import Besked
from contracts.brev import LAEGEVALGSBREV, BrevAnmodetV2, BrevTilbagekaldes
from contracts.laegevalg import ForloebAfsluttet, ForloebStartet
from contracts.opgave import OpgaveAnmodet, Opgavetype
from services.laegevalg import rules
from services.laegevalg.forloeb.beskeder import (
    BrevetKomIkkeFrem,
    Brevforloeb,
    BrevforloebAnnulleres,
    BrevSkalSendes,
    Brevtilstand,
    NytValgKom,
    PersonenErFraflyttet,
    SvarfristUdloeb,
)
from services.laegevalg.forloeb.brevsvar import Ventebrev, besvar, tilbagekald
from services.laegevalg.forloeb.svar import afvist
from shared.domain.forloeb import Forloeb, Frist, Overgang
from shared.domain.udfald import Udfald

ART = "LAEGEVALGSBREV"
Skridt = tuple[Brevforloeb, Udfald]


def _send(brev: Brevforloeb, _besked: BrevSkalSendes, nu: datetime) -> Skridt:
    startet = ForloebStartet(
        forloeb_id=brev.forloeb_id, person_id=brev.person_id, kommunekode=brev.kommunekode, art=ART,
        oprettet_af="SYSTEM", startet=nu,
    )  # fmt: skip
    anmodet = BrevAnmodetV2(
        brev_id=_brev_id(brev),
        forloeb_id=brev.forloeb_id,
        person_id=brev.person_id,
        kommunekode=brev.kommunekode,
        brevtype=LAEGEVALGSBREV,
        felter={
            "praksisnavn": brev.praksisnavn,
            "grund": brev.grund,
            "sidste_dag": rules.sidste_dag_for_nyt_valg(nu).isoformat(),
        },
    )
    return brev, Udfald(beskeder=(startet, anmodet))


def _afslut(brev: Brevforloeb, _besked: NytValgKom, nu: datetime) -> Skridt:
    return brev, Udfald(beskeder=(_afsluttet(brev, "NYT_VALG_MODTAGET", nu),))


def _annuller(brev: Brevforloeb, besked: BrevforloebAnnulleres, nu: datetime) -> Skridt:
    """FORL-05, FORL-06: the letter is dropped if it can be; nobody waits for a new choice any more."""
    beskeder = (_tilbagekaldt(brev, "ANNULLERET"), _afsluttet(brev, "ANNULLERET", nu))
    svar = besvar(
        besked.kommando,
        brev.forloeb_id,
        brev.person_id,
        nu,
        (),
        Ventebrev(brev_id=_brev_id(brev), brevtype=LAEGEVALGSBREV),
    )
    return brev, Udfald(beskeder=beskeder) + svar


def _afslut_for_den_der_er_vaek(brev: Brevforloeb, _besked: PersonenErFraflyttet, nu: datetime) -> Skridt:
    """CPR-14, NORD-01: nobody waits for the choice of one who has left, is missing or dead."""
    return brev, Udfald(beskeder=(_tilbagekaldt(brev, "FRAFLYTTET"), _afsluttet(brev, "ANNULLERET", nu)))


def _tilbagekaldt(brev: Brevforloeb, grund: str) -> BrevTilbagekaldes:
    return tilbagekald(_brev_id(brev), brev.forloeb_id, brev.person_id, grund)


def _brev_id(brev: Brevforloeb) -> str:
    return f"{brev.forloeb_id}:laegevalgsbrev"


def _afvis_annullering(brev: Brevforloeb, besked: BrevforloebAnnulleres, _nu: datetime) -> Skridt:
    """FORL-05: only what is running can be cancelled."""
    return brev, Udfald(beskeder=(afvist(besked.kommando, "IKKE_I_GANG"),))


def _overgiv(brev: Brevforloeb, _besked: BrevetKomIkkeFrem | SvarfristUdloeb, nu: datetime) -> Skridt:
    opgave = OpgaveAnmodet(
        opgave_id=f"{brev.forloeb_id}:opgave",
        forloeb_id=brev.forloeb_id,
        person_id=brev.person_id,
        cpr=brev.cpr,
        kommunekode=brev.kommunekode,
        opgavetype=Opgavetype.MANUEL,
        aarsag="NYT_LAEGEVALG_MANGLER",
        titel="Borgeren mangler at vælge en anden læge",
        beskrivelse=f"Valget af {brev.praksisnavn or 'lægen'} blev ikke til noget, og borgeren har ikke valgt igen. "
        "Borgeren har fortsat sin hidtidige læge. Tag stilling til, hvad der skal ske.",
    )
    return brev, Udfald(beskeder=(opgave, _afsluttet(brev, "OVERGIVET_TIL_SAGSBEHANDLER", nu)))


def _intet(brev: Brevforloeb, _besked: Besked, _nu: datetime) -> Skridt:
    return brev, Udfald()


def _afsluttet(brev: Brevforloeb, udfald: str, nu: datetime) -> ForloebAfsluttet:
    return ForloebAfsluttet(
        forloeb_id=brev.forloeb_id, person_id=brev.person_id, kommunekode=brev.kommunekode, art=ART,
        udfald=udfald, afsluttet=nu,
    )  # fmt: skip


def _svarfrist(_brev: Brevforloeb, nu: datetime) -> datetime:
    return rules.svarfrist(nu)


def _udloeb(brev: Brevforloeb) -> SvarfristUdloeb:
    return SvarfristUdloeb(forloeb_id=brev.forloeb_id, person_id=brev.person_id)


MODTAGET = Brevtilstand.MODTAGET
AFVENTER = Brevtilstand.AFVENTER_NYT_VALG
NYT_VALG = Brevtilstand.NYT_VALG_MODTAGET
ANNULLERET = Brevtilstand.ANNULLERET
OVERGIVET = Brevtilstand.OVERGIVET_TIL_SAGSBEHANDLER

# fmt: off
OVERGANGE = (
    #        fra        når                til        gør
    Overgang(MODTAGET,  BrevSkalSendes,    AFVENTER,  _send),
    Overgang(AFVENTER,  NytValgKom,        NYT_VALG,  _afslut),
    Overgang(AFVENTER,  BrevetKomIkkeFrem, OVERGIVET, _overgiv),
    Overgang(AFVENTER,  SvarfristUdloeb,   OVERGIVET, _overgiv),
    Overgang(AFVENTER,  BrevforloebAnnulleres, ANNULLERET, _annuller),
    Overgang(AFVENTER,  PersonenErFraflyttet, ANNULLERET, _afslut_for_den_der_er_vaek),
    Overgang(NYT_VALG,  BrevforloebAnnulleres, NYT_VALG, _afvis_annullering),
    Overgang(OVERGIVET, BrevforloebAnnulleres, OVERGIVET, _afvis_annullering),
    Overgang(ANNULLERET, BrevforloebAnnulleres, ANNULLERET, _afvis_annullering),
    # What came at the same moment and stood in line behind.
    Overgang(NYT_VALG,  BrevetKomIkkeFrem, NYT_VALG,  _intet),
    Overgang(NYT_VALG,  SvarfristUdloeb,   NYT_VALG,  _intet),
    Overgang(NYT_VALG,  NytValgKom,        NYT_VALG,  _intet),
    Overgang(ANNULLERET, NytValgKom,       ANNULLERET, _intet),
    Overgang(ANNULLERET, BrevetKomIkkeFrem, ANNULLERET, _intet),
    Overgang(ANNULLERET, SvarfristUdloeb,  ANNULLERET, _intet),
    Overgang(OVERGIVET, NytValgKom,        OVERGIVET, _intet),
    Overgang(OVERGIVET, BrevetKomIkkeFrem, OVERGIVET, _intet),
    Overgang(OVERGIVET, SvarfristUdloeb,   OVERGIVET, _intet),
    *(Overgang(i, PersonenErFraflyttet, i, _intet) for i in (NYT_VALG, ANNULLERET, OVERGIVET)),
)
FRISTER = (
    #     i         hvornår     sker     besked
    Frist(AFVENTER, _svarfrist, _udloeb, SvarfristUdloeb),
)
# fmt: on
BREVFORLOEB = Forloeb("laegevalgsbrev", start=MODTAGET, overgange=OVERGANGE, frister=FRISTER)
