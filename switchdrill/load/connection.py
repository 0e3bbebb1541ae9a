"""A player's connection to one address: kept alive, made again when it broke, and as impatient as a player is."""

import contextlib
import http.client
import socket
import sys
from dataclasses import dataclass

import gevent

MAX_BODY = 64 * 1024 * 1024
_BIND_ADDRESS_NO_PORT = 24
"""Linux; the socket module has a name for it from Python 3.12 on."""
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class LoadFailed(Exception):
    """No whole answer with a 2xx status; the name of what went wrong is the text, for Locust's table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole answer."""

    body: bytes
    headers: http.client.HTTPMessage


class Connection:
    """HTTP/1.1 over gevent's sockets. Redirects are failures: the probes would not follow them either."""

    def __init__(self, address: str, port: int, host: str, timeout_s: float, *, source: str | None = None) -> None:
        """`source`: the address of this machine that it comes from; None: whichever it takes."""
        self.address = address
        self._timeout_s = timeout_s
        self._headers = {"Host": host, "User-Agent": "switchdrill-viewer", "Accept-Encoding": "identity"}
        self._http = _Http(address, port, timeout=timeout_s)
        self._http.source = source

    def get(self, path: str) -> Page:
        """A whole answer. Raises LoadFailed; the connection is closed then, and made again by the next call."""
        try:
            # The socket's time-out is for one read; a server that drips would never meet it.
            with gevent.Timeout(2 * self._timeout_s, TimeoutError("drips")):
                return self._get(path)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            self.close()
            raise LoadFailed(_name_of(problem)) from problem

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._http.close()

    def _get(self, path: str) -> Page:
        was_used = self._http.sock is not None
        try:
            answer = self._ask(path)
        except _STALE:
            if not was_used:
                raise
            # The server had closed it while it was idle: every player tries once more, on a new connection.
            self._http.close()
            answer = self._ask(path)
        body = answer.read(MAX_BODY)
        if not 200 <= answer.status < 300:
            raise http.client.HTTPException(f"status {answer.status}")
        if answer.length or not answer.isclosed():  # one that ends before its first byte counts as closed
            raise http.client.HTTPException("cut off" if answer.length else "endless")
        return Page(body=body, headers=answer.headers)

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._http.request("GET", path, headers=self._headers)
        return self._http.getresponse()


class _Http(http.client.HTTPConnection):
    source: str | None = None

    def connect(self) -> None:
        """As the parent's, to a numeric address: nothing to look up, so no trip through gevent's resolver threads."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            if self.source is not None:
                _come_from(sock, self.source)
            sock.connect((self.host, self.port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:  # whatever ends it, also a greenlet that is killed: no socket is left open
            sock.close()
            raise
        self.sock = sock


def _come_from(sock: socket.socket, source: str) -> None:
    """Bind it to an address, and leave the port for `connect` to choose: bound at once, all viewers of an operator
    would share one range of ports, wherever they connect.
    """
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
    sock.bind((source, 0))


def _name_of(problem: Exception) -> str:
    if isinstance(problem, http.client.IncompleteRead):
        return "cut off"
    if isinstance(problem, TimeoutError):
        return "timed out"
    if isinstance(problem, ConnectionRefusedError):
        return "refused"
    if isinstance(problem, _STALE):
        return "reset"
    return str(problem) or type(problem).__name__
