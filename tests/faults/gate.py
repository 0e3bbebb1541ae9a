"""A door before the Docker engine that can be shut: then it accepts and never answers, as one that is locked up."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Gate:
    """A Unix socket; everything that comes is passed on while it is open."""

    def __init__(self, path: Path, engine: str) -> None:
        self.url = f"unix://{path}"
        self._engine = engine
        self._is_open = threading.Event()
        self._is_open.set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        """From now on nobody is answered, on the connections that there are, too."""
        self._is_open.clear()

    def open(self) -> None:
        """What waited is passed on."""
        self._is_open.set()

    def end(self) -> None:
        self.open()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _nobody = self._listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self._engine)
                for one, other in ((client, engine), (engine, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._is_open.wait()
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@contextmanager
def gate_before(engine: str, path: Path) -> Iterator[Gate]:
    """`engine`: the path of its socket."""
    gate = Gate(path, engine)
    try:
        yield gate
    finally:
        gate.end()
