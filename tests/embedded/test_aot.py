"""Java's cache: made once, never half, and a start does without it where it is missing or broken."""

from pathlib import Path

import pytest

from embedded import EmbeddedKafka, StartFailed, aot
from embedded.jars import ensure_jars
from embedded.kafka import find_java
from embedded.waiting import brokers_seen


@pytest.fixture
def fil(tmp_path: Path) -> Path:
    return tmp_path / "aot-ny.jsa"


def skriv(path: Path) -> None:
    path.write_bytes(b"cache")


def test_den_skrives_en_gang_og_en_aeldre_fjernes(fil: Path) -> None:
    gammel = fil.with_name("aot-gammel.jsa")
    skriv(gammel)
    aot.make(fil, skriv)
    assert [f.name for f in fil.parent.glob("aot-*")] == ["aot-ny.jsa"]
    aot.make(fil, lambda _: pytest.fail("den er der"))


def test_mens_en_anden_skriver_venter_ingen(fil: Path) -> None:
    def skriv_imens(path: Path) -> None:
        aot.make(fil, lambda _: pytest.fail("en anden er i gang"))
        skriv(path)

    aot.make(fil, skriv_imens)
    assert fil.exists()


@pytest.mark.parametrize("fejl", [StartFailed("den ville ikke"), OSError("disken er fuld")])
def test_en_halv_bliver_ikke_liggende(fil: Path, fejl: Exception) -> None:
    def halvt(path: Path) -> None:
        skriv(path)
        raise fejl

    aot.make(fil, halvt)
    assert list(fil.parent.glob("aot-*")) == []


def test_java_skrev_den_ikke(fil: Path) -> None:
    gammel = fil.with_name("aot-gammel.jsa")
    skriv(gammel)
    aot.make(fil, lambda _: None)
    assert list(fil.parent.glob("aot-*")) == [gammel]


def test_en_oedelagt_bruges_ikke(fil: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skriv(fil)
    monkeypatch.setattr(aot, "cache_file", lambda *_: fil)
    with EmbeddedKafka(tests=True) as kafka:
        assert brokers_seen(kafka.servers) == 1


def test_andre_jar_filer_er_en_anden_cache(tmp_path: Path) -> None:
    java, jars = find_java(), ensure_jars()
    kopi = tmp_path / jars[0].name
    kopi.write_bytes(jars[0].read_bytes())
    assert aot.cache_file(java, jars) == aot.cache_file(java, jars) != aot.cache_file(java, [kopi, *jars[1:]])
