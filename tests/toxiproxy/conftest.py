"""Real Toxiproxy servers for the adapter's tests, and servers that misbehave."""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from switchdrill import process
from switchdrill.carrier import Rung
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.source import OLDEST_GO
from switchdrill_faults.toxiproxy.spawn import spawn

_WHY = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    for name, what in (("docker", "a Docker engine that answers"), ("go", "a Go on PATH that can build Toxiproxy")):
        config.addinivalue_line("markers", f"needs_{name}: needs {what}; deselected elsewhere, with the reason")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons: list[str] = []
    for name, why_not in (("needs_docker", _no_engine), ("needs_go", _no_go)):
        wanting = [item for item in items if item.get_closest_marker(name)]
        why = why_not() if wanting else ""
        if why:
            config.hook.pytest_deselected(items=wanting)
            items[:] = [item for item in items if item not in wanting]
            reasons.append(f"{len(wanting)} test(s) deselected: {why}")
    config.stash[_WHY] = reasons


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return config.stash.get(_WHY, [])


def _no_engine() -> str:
    import docker
    from docker.errors import DockerException

    try:
        docker.from_env(timeout=3).close()
    except DockerException as problem:
        return f"no Docker engine answers: {problem}"
    return ""


def _no_go() -> str:
    go = shutil.which("go")
    if go is None:
        return "there is no Go on PATH"
    said = subprocess.run([go, "version"], capture_output=True, text=True, timeout=20, check=False).stdout
    version = re.search(r"go(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_GO:
        return f"the Go on PATH is too old: {said.strip()}"
    return ""


@pytest.fixture(scope="session")
def own_go() -> str:
    """The Go on PATH, found before a test hides it."""
    return shutil.which("go") or ""


@pytest.fixture(scope="session")
def docker_host() -> str | None:
    """DOCKER_HOST as the machine has it, read before a test hides it."""
    return os.environ.get("DOCKER_HOST")


@pytest.fixture
def toxiproxy(toxiproxy_rung: Rung, tmp_path: Path, net: str) -> Iterator[Callable[[], Server]]:
    """Starts a real Toxiproxy server and gives its client."""
    with ExitStack() as stack:

        def start() -> Server:
            record = tmp_path / f"server{len(list(tmp_path.iterdir()))}" / "carriers" / "x.json"
            record.parent.mkdir(parents=True)
            started, url = spawn(record, binary=toxiproxy_rung.binary, host=f"{net}.9.1", port=None, not_these=())
            stack.callback(process.kill, started)
            server = Server(url)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def says(net: str) -> Iterator[Callable[[bytes], str]]:
    """A server that answers every request with the same bytes, however wrong; gives its URL."""
    with ExitStack() as stack:

        def start(answer: bytes) -> str:
            listener = stack.enter_context(socket.create_server((f"{net}.9.2", 0)))
            held: list[socket.socket] = []
            stack.callback(lambda: [each.close() for each in held])

            def serve() -> None:
                while True:
                    try:
                        connection, _address = listener.accept()
                        held.append(connection)
                        connection.recv(65536)
                        connection.sendall(answer)
                    except OSError:
                        return

            threading.Thread(target=serve, daemon=True).start()
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            return f"http://{net}.9.2:{listener.getsockname()[1]}"

        yield start


@pytest.fixture
def free(net: str) -> Callable[[], str]:
    """`ADDRESS:PORT` where nobody listens now."""

    def find() -> str:
        with socket.socket() as probe:
            probe.bind((f"{net}.9.3", 0))
            return f"{net}.9.3:{probe.getsockname()[1]}"

    return find
