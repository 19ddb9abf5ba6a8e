"""What can go wrong with the embedded servers; every message is one sentence that says the way out."""


class EmbeddedError(RuntimeError):
    """Base of everything that this package raises on purpose."""


class ServerUnavailable(EmbeddedError):
    """Something that an embedded server needs is not here: a package, the network, disk space, a user to run as."""


class ChecksumMismatch(EmbeddedError):
    """A freshly fetched jar is not the file whose SHA-256 sum we keep."""


class StartFailed(EmbeddedError):
    """The server was launched and did not become ready; the message names its log."""


def vejen_ud(variabel: str) -> str:
    """The ways out that every message about something missing ends with."""
    return f"kør 'make demo' eller 'make test' igen når det er på plads, eller sæt {variabel} til en server i drift"
