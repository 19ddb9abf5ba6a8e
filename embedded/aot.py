"""Java's ahead-of-time cache for Kafka: classes are read and linked once per machine, and a start costs half the CPU.

Java makes the cache when a broker that was started for it ends cleanly, and leaves it unused where it does not fit. So
it is made for those who start many (the tests), by one of them while the others start without, and used by everybody.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from embedded.errors import EmbeddedError
from embedded.folders import cache_dir, locked, require_free

NEEDED_MB = 400

log = logging.getLogger(__name__)


def cache_file(java: Path, jars: Sequence[Path]) -> Path:
    """Where the cache of this Java and these jars lies, if it has been made."""
    stands = [(str(p), (s := p.stat()).st_size, s.st_mtime_ns) for p in (java, *jars)]
    return cache_dir() / "kafka" / f"aot-{hashlib.sha256(repr(stands).encode()).hexdigest()[:16]}.jsa"


def make(file: Path, run_a_broker: Callable[[Path], None]) -> None:
    """Have a broker write the cache, unless another process is at it or it cannot be done: nothing depends on it."""
    with locked(file.with_name(".aot-laas"), wait=False) as ours:
        if not ours or file.exists():
            return
        fresh = file.with_suffix(f".{os.getpid()}")
        try:
            require_free(file.parent, NEEDED_MB, "KAFKA_BOOTSTRAP_SERVERS")
            run_a_broker(fresh)
            fresh.replace(file)
            for old in set(file.parent.glob("aot-*")) - {file}:
                old.unlink()
        except (EmbeddedError, OSError) as fejl:
            log.info("Kafka starter uden cache: %s", fejl)
        finally:
            with suppress(OSError):
                fresh.unlink()
