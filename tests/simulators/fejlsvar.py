"""What a client must make of each fault of a stand-in."""

import pytest

from shared.platform.httpclient import UvistSvar
from shared.platform.tjeneste import IkkeSendt

# fault, what `send` raises, whether the outside has accepted the call
FEJL = [
    pytest.param("AFBRUDT", UvistSvar, False, id="forbindelsen afbrudt før modtagelsen"),
    pytest.param("SVAR_TABT", UvistSvar, True, id="svaret tabt efter modtagelsen"),
    pytest.param("HALVT_SVAR", UvistSvar, True, id="svaret afbrudt midtvejs"),
    pytest.param("FEJL_500", UvistSvar, False, id="500 før modtagelsen"),
    pytest.param("FEJL_500_EFTER", UvistSvar, True, id="500 efter modtagelsen"),
    pytest.param("ULAESELIG", UvistSvar, True, id="et svar, der ikke er JSON"),
    pytest.param("VROEVL", UvistSvar, True, id="et svar, der ikke er HTTP"),
    pytest.param("LANGSOM", UvistSvar, True, id="svaret kommer for sent"),
    pytest.param("OPTAGET", IkkeSendt, False, id="503 med Retry-After"),
    pytest.param("TRAVL", IkkeSendt, False, id="429 med Retry-After"),
]
