"""A viewer's own stub resolver: one name, one answer, kept for its TTL."""

import random
import socket
from ipaddress import ip_address

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
from dns.rdtypes.IN.A import A

from switchdrill.clock import NS_PER_S, now_ns


class Unresolved(Exception):
    """The resolver gave no address in time."""


class Stub:
    """Asks one operator's resolver for one name. Runs on gevent's sockets: waiting costs nobody else anything."""

    def __init__(self, name: str, server: tuple[str, int] | None, source: str | None = None) -> None:
        """`server` may be None for a name that is an address: nobody is asked for that. `source`: asked from there."""
        self._server = server
        self._source = source
        self._fixed = name if is_address(name) else None
        self._query = b"" if self._fixed else dns.message.make_query(name, dns.rdatatype.A).to_wire()[2:]
        self._expires_ns = 0

    @property
    def is_fixed(self) -> bool:
        """Nobody is ever asked."""
        return self._fixed is not None

    @property
    def is_fresh(self) -> bool:
        """The last answer's TTL has not run out."""
        return self._fixed is not None or now_ns() < self._expires_ns

    def forget(self) -> None:
        """The address did not work: ask again before it is used."""
        self._expires_ns = 0

    def keep(self, seconds: float) -> None:
        """The address in hand still works: do not ask again before that."""
        self._expires_ns = now_ns() + int(seconds * NS_PER_S)

    def ask(self, within_s: float) -> str:
        """The name's address now. Raises Unresolved."""
        if self._fixed is not None:
            return self._fixed
        if self._server is None:
            raise Unresolved("no resolver")
        number = random.getrandbits(16).to_bytes(2, "big")
        try:
            reply = self._exchange(self._server, number + self._query, within_s)
            chain = reply.resolve_chaining() if isinstance(reply, dns.message.QueryMessage) else None
        except (OSError, EOFError, dns.exception.DNSException) as problem:
            raise Unresolved(f"{type(problem).__name__}: {problem}") from problem
        if chain is not None and chain.answer is not None:
            for record in chain.answer:
                if isinstance(record, A):
                    self.keep(chain.minimum_ttl)
                    return str(record.address)
        raise Unresolved("no address in the answer")

    def _exchange(self, server: tuple[str, int], query: bytes, within_s: float) -> dns.message.Message:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(within_s)
            if self._source is not None:
                asking.bind((self._source, 0))
            asking.connect(server)
            asking.send(query)
            reply = asking.recv(65535)
        if reply[:2] != query[:2]:
            raise EOFError("an answer to another question")
        try:
            return dns.message.from_wire(reply, raise_on_truncation=True)
        except dns.message.Truncated:
            host, port = server
            return dns.query.tcp(dns.message.from_wire(query), host, port=port, timeout=within_s, source=self._source)


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
