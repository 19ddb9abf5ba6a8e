"""A service in a process that can hurt itself at a named point.

`python -m tests.faults.proces '{"navn": ...}'` is the sample service (as `tests.integration.proces`);
`python -m tests.faults.proces run laegevalg ...` the command `sygesikring` with the same words.
"""

import os
import signal
import sys

from tests.faults import punkter
from tests.integration.hjaelp import Proces, vent_til


class Saarbar(Proces):
    """The sample service as a process that `FEJLPUNKT` in its settings kills or freezes."""

    modul = "tests.faults.proces"

    @property
    def ramt(self) -> bool:
        """Whether it came to its point."""
        return self.sagt("fejlpunkt") is not None

    async def faldt(self, sekunder: float = 60) -> None:
        """Wait until it has killed itself at its point; anything else fails."""
        await vent_til(lambda: self.barn.poll() is not None, sekunder, "processen kom ikke til sit punkt")
        assert self.barn.returncode == -signal.SIGKILL, self.log.read_text()[-3000:]
        assert self.ramt


def main() -> int:
    punkter.plant(os.environ)
    if sys.argv[1].startswith("{"):
        from tests.integration import proces

        return proces.main()
    from cli.main import app

    app(sys.argv[1:], standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
