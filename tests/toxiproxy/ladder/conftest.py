"""A machine with nothing on it, and a server of releases."""

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchdrill_faults.toxiproxy import release


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing: no settings, no programs of its own on PATH, an empty cache, no way out."""
    for name in list(os.environ):
        if name.startswith(("SWITCHDRILL_", "GO", "PIP_", "DOCKER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.setenv(release.MIRROR, "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "bin").mkdir()
    return tmp_path


@pytest.fixture
def releases(net: str, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An HTTP server with files, as GitHub's releases are: its address and its folder."""
    folder = tmp_path / "releases"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer((f"{net}.9.5", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://{net}.9.5:{server.server_port}", folder
        server.shutdown()
        thread.join()
