"""Run by `python -m gevent.monkey`: a viewer who reloads once a scene, and what he counted as new then, a line each.

A scene: the first sequence listed, `@cdn` when segments are on another host, and what becomes of segments (`html`: an
error page with status 200, `none`: headers and not one byte, `dead`: that host's name leads to where nobody listens).
"""

import sys
from dataclasses import dataclass
from random import Random

import dns.message
import dns.rrset
import gevent
from gevent.server import DatagramServer, StreamServer

from switchdrill.load.connection import LoadFailed
from switchdrill.load.crowd import Crowd
from switchdrill.load.viewer import Ticket, Viewer
from switchdrill.platform.serving import Signs

COUNT = 3
STRAIGHT = "straight"
"""As the first word: the viewer asks no resolver, and everything is at one address."""


@dataclass
class Scene:
    first: int
    how: str = ""
    is_elsewhere: bool = False


class Page:
    def __init__(self) -> None:
        self.scene = Scene(0)
        self.server = StreamServer(("127.0.0.1", 0), self._answer)
        self.server.start()
        self.port: int = self.server.server_port

    def _answer(self, connection, _address) -> None:
        heard = connection.makefile("rb")
        path = heard.readline().split()[1].decode()
        while heard.readline().strip():
            pass
        body = self._body(path)
        size = len(body) or 1000
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + body)
        heard.close()
        connection.close()

    def _body(self, path: str) -> bytes:
        if path.endswith(".ts"):
            return {"html": b"<html>sorry</html>", "none": b""}.get(self.scene.how, b"\x47" + bytes(187))
        host = f"http://cdn.test:{self.port}/" if self.scene.is_elsewhere else ""
        listed = [f"#EXTINF:1.0,\n{host}{self.scene.first + number}.ts" for number in range(COUNT)]
        return "\n".join(
            ["#EXTM3U", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{self.scene.first}", *listed, ""]
        ).encode()


def resolver_of(page: Page) -> DatagramServer:
    """Every name is at the page, and for a day; `cdn.test` is where nobody listens while the scene says `dead`."""

    def answer(wire: bytes, asker) -> None:
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query)
        name = query.question[0].name
        address = "127.0.0.2" if str(name) == "cdn.test." and page.scene.how == "dead" else "127.0.0.1"
        reply.answer.append(dns.rrset.from_text(name, 86400, "IN", "A", address))
        server.sendto(reply.to_wire(), asker)

    server = DatagramServer(("127.0.0.1", 0), answer)
    server.start()
    return server


def main() -> None:
    page = Page()
    resolver = resolver_of(page)
    new: list[int] = []
    is_straight = sys.argv[1] == STRAIGHT
    words = sys.argv[1 + is_straight :]

    class Counting(Crowd):
        def segment(self, number: int, now_ns: int, *, duration_s: float, site: str) -> None:
            new.append(viewer._sequence or 0)

    ticket = Ticket(
        number=0, join_ns=0, name="live.test", port=page.port, path="/index.m3u8",
        resolver=None if is_straight else ("127.0.0.1", resolver.server_port),
        address="127.0.0.1" if is_straight else None, timeout_s=2,
    )  # fmt: skip
    crowd = Counting(["one"], [0], lambda _line: None)
    viewer = Viewer(ticket, crowd, rng=Random(1), signs=Signs(by_address={}, by_value={}), told=lambda *_facts: None)
    for word in words:
        numbers, _colon, how = word.partition(":")
        page.scene = Scene(int(numbers.removesuffix("@cdn")), how, numbers.endswith("@cdn"))
        new.clear()
        try:
            viewer._reload()
        except LoadFailed as problem:
            print(f"LoadFailed {problem}")
        else:
            print(",".join(map(str, new)))


with gevent.Timeout(30):
    main()
