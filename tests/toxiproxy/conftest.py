"""Real Toxiproxy servers for the adapter's tests, and servers that misbehave."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from switchdrill.carrier import Rung
from switchdrill.machine import process
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.spawn import spawn


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
