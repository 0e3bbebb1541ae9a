"""A release is downloaded once, and thrown away unless its digest is the pinned one."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from switchdrill_faults.toxiproxy import cache, ladder, release
from switchdrill_faults.toxiproxy.rung import RungFailed
from tests.toxiproxy.ladder.programs import SERVER, say_nothing


def test_a_release_with_the_pinned_digest_goes_into_the_cache(
    releases: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = SERVER.format(version="2.12.0").encode()
    address, folder = releases
    (folder / _pin(monkeypatch, content)).write_bytes(content)
    monkeypatch.setenv(release.MIRROR, address)
    said: list[str] = []

    rung = ladder.climb(said.append)

    assert rung.name == "release download"
    assert rung.binary.startswith(str(cache.folder()))
    assert Path(rung.binary).read_bytes() == content
    assert address in rung.says
    assert [line.split(":")[0] for line in said if "not possible" in line or "done" in line] == [
        "Docker image", "release download",
    ]  # fmt: skip
    assert any("next: release download" in line for line in said)
    assert any("downloading" in line for line in said)
    again = ladder.climb(say_nothing)
    assert (again.name, again.binary) == ("cache", rung.binary)
    assert address in again.says
    assert [path.name for path in cache.folder().iterdir() if path.name.startswith("work-")] == []


def test_a_release_with_another_digest_is_thrown_away(
    releases: tuple[str, Path], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = releases
    (folder / _pin(monkeypatch, b"the right one")).write_bytes(SERVER.format(version="2.12.0").encode())
    monkeypatch.setenv(release.MIRROR, address)

    with pytest.raises(RungFailed, match=r"thrown away: its sha256 is [0-9a-f]{64}, pinned is [0-9a-f]{64}"):
        release.download(bare, say_nothing)

    assert not (bare / "toxiproxy-server").exists()


def test_a_release_that_is_not_there_says_so(
    releases: tuple[str, Path], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(release.MIRROR, releases[0])

    with pytest.raises(RungFailed, match="answered 404"):
        release.download(bare, say_nothing)


def test_a_release_server_that_is_silent_is_given_up(net: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "_TIMEOUT_S", 0.2)
    with socket.create_server((f"{net}.9.5", 0)) as silent:
        monkeypatch.setenv(release.MIRROR, f"http://{net}.9.5:{silent.getsockname()[1]}")

        with pytest.raises(RungFailed, match="timed out"):
            release.download(bare, say_nothing)


def _pin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> str:
    """As if `content` were what the release holds for this machine; returns the asset's name."""
    system, (asset, _sum) = next(item for item in release._SUMS.items() if item[0][1] == os.uname().machine)
    monkeypatch.setitem(release._SUMS, system, (asset, hashlib.sha256(content).hexdigest()))
    return f"toxiproxy-server-{asset}"
