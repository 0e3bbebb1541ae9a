"""One entry before all sites, as a HAProxy is: passes every request on to the site of its choice, and says which."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.probes.stage import HTTP_PORT, Stage

PORT = 18070
PATIENCE_S = 3.0
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Front:
    """Its knobs; requests that come later find them turned."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.address = f"{stage.net}.0.9"
        self.to = "a"
        """The site that serves."""
        self.says = {"a": ["web1"], "b": ["web3"]}
        """Values of X-Served-By, one for each time that it stands there."""

    def pass_on(self, request: bytes) -> bytes:
        """The site's whole answer, with the header; 503 without it when the site gives none."""
        to = self.to
        try:
            with socket.create_connection((self.stage.sites[to].address, HTTP_PORT), timeout=PATIENCE_S) as site:
                site.sendall(request)
                answer = b"".join(iter(lambda: site.recv(65536), b""))
        except OSError:
            return UNAVAILABLE
        status, _end, rest = answer.partition(b"\r\n")
        return b"\r\n".join([status, *(f"X-Served-By: {value}".encode() for value in self.says[to]), rest])


@contextmanager
def front_of(stage: Stage) -> Iterator[Front]:
    front = Front(stage)

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            lines = list(iter(self.rfile.readline, b"\r\n"))
            if b"" in lines:
                return
            head = [line for line in lines if not line.lower().startswith(b"connection:")]
            sizes = [int(line.partition(b":")[2]) for line in head if line.lower().startswith(b"content-length:")]
            body = self.rfile.read(sum(sizes))
            self.wfile.write(front.pass_on(b"".join([*head, b"Connection: close\r\n\r\n", body])))

    class Server(ThreadingTCPServer):
        allow_reuse_address = True
        request_queue_size = 128
        daemon_threads = True
        block_on_close = False

    with Server((front.address, PORT), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()


def behind_one_entry(front: Front, **settings: object) -> dict[str, object]:
    """The parts of a platform that is reached by nothing but `front`."""
    net = front.stage.net
    return {
        "served_by": "header",
        "served_header": "x-served-by",
        "sites": {
            "a": {"role": "primary", "address": f"{net}.1.1", "serves_as": ["web1", "web2"]},
            "b": {"role": "standby", "address": f"{net}.2.1", "serves_as": ["web3"]},
        },
        "entries": {"live": {"name": "live.test", "port": PORT, "path": "/live/room1/index.m3u8", "room": "room1"}},
        "operators": {
            "telecom": {"address": front.address, "share": 0.6},
            "unicom": {"address": front.address, "share": 0.4},
        },
        "authority": None,
        **settings,
    }
