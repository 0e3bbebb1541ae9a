"""One HLS viewer's life: joins, resolves, reloads on an absolute schedule, fetches what is new, retries with jitter."""

from dataclasses import dataclass
from random import Random
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import gevent

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.load.connection import Connection, LoadFailed, Page
from switchdrill.load.crowd import Crowd
from switchdrill.load.reel import NoReel, Reel, read_reel
from switchdrill.load.stub import Stub, Unresolved, is_address
from switchdrill.platform.serving import Signs

MOST_AT_ONCE = 3
"""New segments fetched after one reload: where players begin behind the live edge."""
RETRY_FIRST_S = 0.25
RETRY_LONGEST_S = 2.0
PATIENCE_S = 0.3
"""For a resolver, while the picture plays: it may not be what stops it."""
HTTP_PORT = 80
_MP4_BOXES = {b"ftyp", b"styp", b"moof", b"sidx", b"moov", b"emsg", b"prft"}
_OTHER_MEDIA = (b"ID3", b"\xff\xf1", b"\xff\xf9", b"WEBVTT")


class Told(Protocol):
    """Takes every request, for Locust's own tables: its name, how long it took, how many bytes, what went wrong."""

    def __call__(self, name: str, took_ns: int, size: int, problem: Exception | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a viewer watches, and how he gets there."""

    number: int
    join_ns: int
    name: str
    port: int
    path: str
    resolver: tuple[str, int] | None
    address: str | None
    """Where every name leads; None: the resolver is asked."""
    timeout_s: float
    source: str | None = None
    """The address of this machine that he comes from; None: whichever it takes."""


class Viewer:
    """Lives in one greenlet, for ever; whoever started it kills it."""

    def __init__(self, ticket: Ticket, crowd: Crowd, *, rng: Random, signs: Signs, told: Told) -> None:
        self._ticket = ticket
        self._crowd = crowd
        self._rng = rng
        self._signs = signs
        self._told = told
        self._host = ticket.name if ticket.port == HTTP_PORT else f"{ticket.name}:{ticket.port}"
        self._stub = self._stub_of(ticket.name)
        self._connection: Connection | None = None
        self._elsewhere: tuple[str, Stub, Connection] | None = None
        """Of segments on another host: its name and port, and the last connection to it."""
        self._path = ticket.path
        self._sequence: int | None = None
        self._period_ns = NS_PER_S
        self._failures = 0

    def live(self) -> None:
        """Reload every segment duration, after half of it when nothing was new, by back-off when it failed."""
        due_ns = self._ticket.join_ns
        self._wait(due_ns)
        self._crowd.joined(self._ticket.number)
        while True:
            try:
                got_new = self._reload()
            except (LoadFailed, NoReel, Unresolved):
                due_ns = now_ns() + self._back_off_ns()
            else:
                self._failures = 0
                due_ns = self._next_due_ns(due_ns, got_new)
            self._wait(due_ns)

    def _wait(self, due_ns: int) -> None:
        """Until the planned instant; what is later than that is our own lateness, as nothing else is waited for."""
        gevent.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
        self._crowd.late(max(0, now_ns() - due_ns))

    def _next_due_ns(self, due_ns: int, got_new: bool) -> int:
        """The next planned reload; those that passed while we waited for an answer are left out."""
        step_ns = self._period_ns if got_new else self._period_ns // 2
        return due_ns + max(1, -((due_ns - now_ns()) // step_ns)) * step_ns

    def _back_off_ns(self) -> int:
        """Full jitter: anywhere up to a bound that doubles with every failure."""
        longest_s = min(RETRY_LONGEST_S, RETRY_FIRST_S * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        return int(self._rng.random() * longest_s * NS_PER_S)

    def _reload(self) -> bool:
        """Whether there were new segments, all fetched whole."""
        connection = self._connected()
        try:
            reel, site = self._reel(connection)
            return self._take(reel, site, connection)
        except LoadFailed:
            self._stub.forget()
            if self._elsewhere is not None:
                self._elsewhere[1].forget()
            raise

    def _reel(self, connection: Connection) -> tuple[Reel, str]:
        """What is listed, and by which site."""
        for _hop in range(2):
            page = self._get(connection, "playlist", self._path)
            reel = read_reel(page.body)
            if reel.variant is None:
                return reel, self._site(connection, page)
            self._path = _path_of(urljoin(f"http://{self._host}{self._path}", reel.variant))
        raise NoReel("a master playlist that lists a master playlist")

    def _site(self, connection: Connection, page: Page) -> str:
        """Who gave this answer; where nothing tells, the address that it came from. Nobody looks at pictures here."""
        signs = self._signs
        if signs.is_by_picture:
            return connection.address
        values = [] if signs.header is None else page.headers.get_all(signs.header, [])
        return signs.of_answer(connection.address, values) or connection.address

    def _take(self, reel: Reel, site: str, connection: Connection) -> bool:
        if self._sequence is not None and reel.newest + len(reel.uris) < self._sequence:
            # Another origin's numbers, or a stream that was started anew. What is listed now may have stood there for
            # an hour: only what comes after it is new.
            self._sequence = reel.newest
            return False
        new = reel.after(self._sequence, MOST_AT_ONCE if self._sequence is not None else 1)
        for sequence, uri, duration_s in new:
            there, path = self._follow(connection, uri)
            body = self._get(there, "segment", path).body
            if not reel.is_sealed and not is_media(body):
                raise LoadFailed("no media")
            self._sequence = sequence
            self._period_ns = max(int(duration_s * NS_PER_S), NS_PER_S // 10)
            self._crowd.segment(self._ticket.number, now_ns(), duration_s=duration_s, site=site)
        return bool(new)

    def _connected(self) -> Connection:
        """A connection to where the name leads now. A good one outlives a resolver that does not answer."""
        current = self._connection
        if current is not None and self._stub.is_fresh:
            return current
        plays = current is not None and not self._failures
        try:
            address = self._asked(self._stub, PATIENCE_S if plays else self._ticket.timeout_s)
        except Unresolved:
            if current is None or not plays:
                raise
            self._stub.keep(RETRY_LONGEST_S)
            return current
        if current is not None and current.address == address:
            return current
        if current is not None:
            current.close()
        self._connection = self._to(address, self._ticket.port, self._host)
        return self._connection

    def _follow(self, connection: Connection, uri: str) -> tuple[Connection, str]:
        """The connection and path of a segment's URI; another host gets a connection of its own."""
        whole = urljoin(f"http://{self._host}{self._path}", uri)
        parts = urlsplit(whole)
        if parts.scheme != "http" or not parts.hostname:
            raise NoReel(f"a segment at {uri!r}")
        if parts.netloc == self._host:
            return connection, _path_of(whole)
        known = self._elsewhere
        if known is not None and known[0] == parts.netloc and known[1].is_fresh:
            return known[2], _path_of(whole)
        stub = known[1] if known is not None and known[0] == parts.netloc else self._stub_of(parts.hostname)
        address = self._asked(stub, self._ticket.timeout_s)
        if known is None or known[0] != parts.netloc or known[2].address != address:
            if known is not None:
                known[2].close()
            there = self._to(address, parts.port or HTTP_PORT, parts.netloc)
            self._elsewhere = known = (parts.netloc, stub, there)
        return known[2], _path_of(whole)

    def _to(self, address: str, port: int, host: str) -> Connection:
        return Connection(address, port, host, self._ticket.timeout_s, source=self._ticket.source)

    def _stub_of(self, name: str) -> Stub:
        """Who tells where `name` is."""
        fixed = self._ticket.address
        return Stub(name if fixed is None or is_address(name) else fixed, self._ticket.resolver, self._ticket.source)

    def _asked(self, stub: Stub, within_s: float) -> str:
        if stub.is_fixed:
            return stub.ask(within_s)
        began_ns = now_ns()
        try:
            address = stub.ask(within_s)
        except Unresolved as problem:
            self._told("resolve", now_ns() - began_ns, 0, problem)
            raise
        self._told("resolve", now_ns() - began_ns, 0, None)
        return address

    def _get(self, connection: Connection, name: str, path: str) -> Page:
        began_ns = now_ns()
        try:
            page = connection.get(path)
        except LoadFailed as problem:
            self._told(name, now_ns() - began_ns, 0, problem)
            raise
        self._told(name, now_ns() - began_ns, len(page.body), None)
        return page


def is_media(segment: bytes) -> bool:
    """Whether it begins as MPEG-TS, MP4, packed audio or text do: an error page with status 200 is no picture."""
    return segment[:1] == b"\x47" or segment[4:8] in _MP4_BOXES or segment.startswith(_OTHER_MEDIA)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
