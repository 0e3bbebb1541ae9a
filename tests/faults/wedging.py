"""What wedges a Toxiproxy: viewers who abort, or one who reads nothing, while somebody changes its proxies."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

from switchdrill.clock import pause, wait_until
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.transport import ApiError

VIEWERS = 20
PAUSED_S = 0.02
CHANGE_EVERY_S = 0.02
SEGMENT = b"x" * 1_999_999 + b"\n"
"""More than lies in the sockets on its way: whoever leaves leaves something behind."""


class Segments(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):
            self.request.sendall(SEGMENT)


@contextmanager
def streaming(api: str, host: str) -> Iterator[str]:
    """Viewers who fetch segments through a proxy of this server, whose name is given; every other one leaves in the
    middle of each.
    """
    over = threading.Event()

    def watch(endpoint: tuple[str, int], *, aborts: bool) -> None:
        while not over.is_set():
            with suppress(OSError), socket.create_connection(endpoint, timeout=1) as client:
                left = len(SEGMENT) // 20 if aborts else len(SEGMENT)
                while left > 0 and (got := len(client.recv(65536))):
                    left -= got
                over.wait(PAUSED_S if aborts else 0)  # a player that is paused, and then closed
            over.wait(0.005)

    with socketserver.ThreadingTCPServer((host, 0), Segments) as origin, closing(Server(api)) as client:
        origin.daemon_threads = True
        threading.Thread(target=origin.serve_forever, args=(0.02,), daemon=True).start()
        proxy = client.create(f"{host}:{origin.server_address[1]}", "streaming", listen=f"{host}:0")
        listens = (host, int(proxy.listen.rpartition(":")[2]))
        with ThreadPoolExecutor(VIEWERS) as viewers:
            for number in range(VIEWERS):
                viewers.submit(watch, listens, aborts=bool(number % 2))
            try:
                yield "streaming"
            finally:
                over.set()
                origin.shutdown()


@contextmanager
def stalled_reader(endpoint: tuple[str, int]) -> Iterator[None]:
    """A client that asks and asks, and reads nothing: one is enough to wedge a server at the next change."""
    with socket.create_connection(endpoint, timeout=5) as client:
        client.settimeout(0.5)
        try:
            while True:
                client.sendall(SEGMENT)
        except TimeoutError:
            yield


def change_live(api: str, proxy: str) -> threading.Thread:
    """What must never be done while clients abort, beside us, since it hangs."""

    def change() -> None:
        with closing(Server(api)) as client, suppress(ApiError):
            mine = client.proxies()[proxy]
            for number in range(1000):
                pause(CHANGE_EVERY_S)
                mine.add_toxic(name=f"live{number}", type="latency", attributes={"latency": 1})

    thread = threading.Thread(target=change)
    thread.start()
    return thread


def is_wedged(api: str) -> bool:
    with closing(Server(api, read_s=1.0)) as client:
        return not client.running()


def wedge(api: str, proxy: str) -> threading.Thread:
    changing = change_live(api, proxy)
    wait_until(lambda: is_wedged(api), within_s=20, what="a wedged server")
    with closing(Server(api)) as client:
        assert client.version()  # whoever asks for this is told that all is well
    return changing
