"""Kafka's jars: fetched once by jgo, kept in the cache folder, and never used unless their SHA-256 sums are ours.

`jars.sha256` lists sum and path (Maven layout) of every jar; `sha256sum -c` in the jar folder understands it. A new
Kafka is a new list, read before it is committed. Kafka's artifact brings no binding of its log, so that is named, too:
`python -m embedded.jars org.apache.kafka:kafka_2.13:4.3.0 org.apache.logging.log4j:log4j-slf4j-impl:2.25.4`
"""

import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from embedded.errors import ChecksumMismatch, ServerUnavailable, vejen_ud
from embedded.folders import cache_dir, locked, require_free

SUMS = Path(__file__).with_name("jars.sha256")
FETCH_ATTEMPTS = 3
FETCH_AT_ONCE = 6
FETCH_MB = 200

log = logging.getLogger(__name__)


def read_sums(file: Path = SUMS) -> dict[str, str]:
    """Path of each jar and the SHA-256 sum that it must have."""
    lines = (line.split() for line in file.read_text("ascii").splitlines() if line)
    return {path: digest for digest, path in lines}


def ensure_jars(
    folder: Path | None = None, sums: dict[str, str] | None = None, repository: str | None = None
) -> list[Path]:
    """The jars of the list, in its order, each with the right sum; what is missing or broken is fetched.

    `repository` is the address of a Maven repository (default `SYGESIKRING_MAVEN`, else Maven Central). Raises
    `ChecksumMismatch` or `ServerUnavailable`.
    """
    folder = folder or cache_dir() / "kafka"
    sums = sums if sums is not None else read_sums()
    folder.mkdir(parents=True, exist_ok=True)
    if _wrong(folder, sums):
        with locked(folder / ".laas"):
            # Looked at again: another process may have fetched them while we waited.
            if missing := _wrong(folder, sums):
                _fetch_all(folder, missing, sums, repository or os.environ.get("SYGESIKRING_MAVEN"))
    return [folder / path for path in sums]


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _wrong(folder: Path, sums: dict[str, str]) -> list[str]:
    return [path for path, digest in sums.items() if not (folder / path).is_file() or _digest(folder / path) != digest]


def _fetch_all(folder: Path, paths: list[str], sums: dict[str, str], repository: str | None) -> None:
    require_free(folder, FETCH_MB, "KAFKA_BOOTSTRAP_SERVERS")
    log.info("Henter %d jar-filer til Kafka", len(paths))
    staging = folder / ".henter"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        with _Maven(staging, repository) as maven, ThreadPoolExecutor(FETCH_AT_ONCE) as pool:
            for path, fetched in zip(paths, pool.map(maven.fetch, paths), strict=True):
                if _digest(fetched) != sums[path]:
                    raise ChecksumMismatch(
                        f"Den hentede {Path(path).name} har ikke den SHA-256-sum der står i {SUMS.name}, og bruges "
                        f"ikke: prøv igen fra et andet net, eller sæt KAFKA_BOOTSTRAP_SERVERS til en Kafka i drift."
                    )
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                fetched.replace(folder / path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


class _Maven:
    """jgo with its folders inside ours, trusting the certificates that the machine trusts."""

    def __init__(self, folder: Path, repository: str | None) -> None:
        try:
            import truststore
            from jgo.maven import MavenContext
        except ImportError as fejl:
            raise ServerUnavailable(
                f"Pakken {fejl.name} mangler: installer requirements.lock, eller sæt KAFKA_BOOTSTRAP_SERVERS."
            ) from fejl
        self._truststore = truststore
        repositories = {"maven": repository} if repository else None
        self._context: Any = MavenContext(repo_cache=folder, remote_repos=repositories, timeout=30)

    def __enter__(self) -> "_Maven":
        self._truststore.inject_into_ssl()
        return self

    def __exit__(self, *_: object) -> None:
        self._truststore.extract_from_ssl()

    def fetch(self, path: str) -> Path:
        """Fetch one jar; the network gets a few tries, and then the one clear error."""
        *group, name, version, file = path.split("/")
        artifact = self._context.project(".".join(group), name).at_version(version).artifact()
        for attempt in range(1, FETCH_ATTEMPTS + 1):
            try:
                return Path(artifact.resolve())
            except (OSError, RuntimeError) as fejl:
                with suppress(OSError):
                    artifact.cached_path.unlink()
                if attempt == FETCH_ATTEMPTS:
                    raise ServerUnavailable(
                        f"{file} kunne ikke hentes fra Maven ({type(fejl).__name__}): skaf netadgang og "
                        f"{vejen_ud('KAFKA_BOOTSTRAP_SERVERS')}."
                    ) from fejl
        raise AssertionError("unreachable")

    def list_jars(self, coordinate: str, *alone: str) -> Iterable[str]:
        """Paths of the artifact, of everything that it needs at run time, and of the others by themselves.

        Not resolved together: the others' wishes would change the versions of what the first one needs.
        """
        own, needed = self._context.resolver.resolve([self._context.create_dependency(coordinate)])
        others = [self._context.create_dependency(other) for other in alone]
        for dependency in [*own, *(d for d in needed if d.scope in {"compile", "runtime"}), *others]:
            artifact = dependency.artifact
            yield f"{artifact.component.path_prefix.as_posix()}/{artifact.filename}"


def write_list(coordinate: str, *alone: str) -> None:
    """Print the list for the artifacts (group:name:version) as the network gives it now."""
    folder = cache_dir() / "ny-liste"
    with _Maven(folder, os.environ.get("SYGESIKRING_MAVEN")) as maven:
        for path in sorted(maven.list_jars(coordinate, *alone)):
            sys.stdout.write(f"{_digest(maven.fetch(path))}  {path}\n")


if __name__ == "__main__":
    write_list(*sys.argv[1:])
