"""What can be asked of the service: the letters of a forløb. None is answered for what may not be seen."""

from collections.abc import Iterable

from contracts.base import Oejeblik
from contracts.brev import Kanal
from services.digital_post.forloeb import Brev
from services.digital_post.forloeb.praksis import Praksisbrev
from services.digital_post.store import BREVE, FORLOEBETS_BREVE, FORLOEBETS_PRAKSISBREVE, PRAKSISBREVE
from shared.platform.opslag.erklaering import Bruger, OpslagId, Opslagsliste, Spoergsmaal, Svar
from shared.platform.opslag.laeser import Laeser

OPSLAG = Opslagsliste()


class OmForloeb(Spoergsmaal):
    """A forløb by its id."""

    forloeb_id: OpslagId


class Brevlinje(Svar):
    """One letter of a forløb. Neither text nor address."""

    brev_id: str
    brevtype: str
    """LAEGEVALGSKVITTERING, SUNDHEDSKORTKVITTERING, LAEGEVALGSBREV; to the practice DISPENSATIONSANMODNING,
    DISPENSATION_TILBAGEKALDT."""
    ydernummer: str | None
    """The practice it is to; null: it is to the citizen."""
    kanal: Kanal | None
    """How it went; null while that is not decided."""
    tilstand: str
    anmodet: Oejeblik
    afsendt: Oejeblik | None
    """When it was handed over; null: not yet, or not at all."""
    grund: str | None
    """Why it was not sent."""


class Brevliste(Svar):
    """In the order in which they were asked for."""

    breve: tuple[Brevlinje, ...]


@OPSLAG.hent("/forloeb/{forloeb_id}/breve")
async def forloebets_breve(spoergsmaal: OmForloeb, bruger: Bruger, laeser: Laeser) -> Brevliste | None:
    """Et forløbs breve til borgeren og til praksis (FORL-10).

    Kun for kommunen, forløbet hører til (FLYT-01). Et forløb uden breve er som et, der ikke findes.
    """
    alle: Iterable[Brev | Praksisbrev] = (
        *await laeser.soeg(BREVE, FORLOEBETS_BREVE, spoergsmaal),
        *await laeser.soeg(PRAKSISBREVE, FORLOEBETS_PRAKSISBREVE, spoergsmaal),
    )
    egne = sorted((b for b in alle if b.kommunekode == bruger.kommunekode), key=lambda b: (b.anmodet, b.brev_id))
    return Brevliste(breve=tuple(_linje(b) for b in egne)) if egne else None


def _linje(brev: Brev | Praksisbrev) -> Brevlinje:
    if isinstance(brev, Brev):
        hvad, hvem, kanal, afsendt = brev.brevtype, None, brev.kanal, brev.afsendt
    else:
        hvad = "DISPENSATIONSANMODNING" if brev.anmodning else "DISPENSATION_TILBAGEKALDT"
        hvem, kanal, afsendt = brev.ydernummer, Kanal.DIGITAL, brev.leveret
    return Brevlinje(
        brev_id=brev.brev_id,
        brevtype=hvad,
        ydernummer=hvem,
        kanal=kanal,
        tilstand=brev.tilstand.value,
        anmodet=brev.anmodet,
        afsendt=afsendt,
        grund=brev.grund,
    )
