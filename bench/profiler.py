"""`python -m bench.profiler OUT run SERVICE...`: the command `sygesikring` under a sampling profiler.

A thread looks at the main thread's stack every few milliseconds and counts, by function, where it stands (self) and
what it is inside (total). It costs little and changes nothing in what runs; waiting for the network shows as `select`.
"""

import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

EVERY_S = 0.003
SHOWN = 70


def _name(code: CodeType) -> str:
    path = Path(code.co_filename)
    return f"{'/'.join(path.parts[-3:])}:{code.co_firstlineno} {code.co_qualname}"


class Sampler:
    """Counts of one thread's stacks, by CPU time: a sample without CPU in between is a wait."""

    def __init__(self, thread: int) -> None:
        self._thread = thread
        self._own: Counter[CodeType] = Counter()
        self._inside: Counter[CodeType] = Counter()
        self._samples = 0
        self._stop = threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        cpu = time.process_time()
        while not self._stop.wait(EVERY_S):
            now = time.process_time()
            spent, cpu = now - cpu, now
            frame = sys._current_frames().get(self._thread)  # pyright: ignore[reportPrivateUsage]
            if frame is not None and spent > EVERY_S / 3:
                self._count(frame)

    def _count(self, frame: FrameType) -> None:
        self._samples += 1
        self._own[frame.f_code] += 1
        seen: set[CodeType] = set()
        at: FrameType | None = frame
        while at is not None:
            if at.f_code not in seen:
                seen.add(at.f_code)
                self._inside[at.f_code] += 1
            at = at.f_back

    def report(self) -> str:
        """Both lists, in per cent of the samples with work in them."""
        self._stop.set()
        lines = [f"{self._samples} samples"]
        for title, counts in (("self", self._own), ("total", self._inside)):
            lines.append(f"--- {title}")
            lines += [f"{100 * n / max(1, self._samples):5.1f} %  {_name(c)}" for c, n in counts.most_common(SHOWN)]
        return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Run the command and write the report to the file named first."""
    out, command = Path(arguments[0]), arguments[1:]
    from cli.main import app

    sampler = Sampler(threading.main_thread().ident or 0)
    threading.Thread(target=sampler.run, daemon=True).start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(command, standalone_mode=False)
    finally:
        out.write_text(sampler.report(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
