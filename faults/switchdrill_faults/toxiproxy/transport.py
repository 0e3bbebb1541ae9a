"""HTTP to one Toxiproxy server: time-outs, a session of its own, and errors that raise.

toxiproxy-python has none of these: its calls hang for ever on a silent server, it takes 500 and 503 for success, and
host and port are class attributes, so that a process can know one server only.
"""

import json
from typing import Literal

import requests
from toxiproxy import exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.errors import SwitchdrillError
from switchdrill.text import _

Method = Literal["GET", "POST", "PATCH", "DELETE"]

CONNECT_S = 2.0
READ_S = 5.0
CHANGE_S = 3.0
"""For changes of toxics, which take a millisecond: a server that needs longer is wedged, and answers 503 after 25 s."""

_LARGEST_BYTES = 16_000_000
_CHUNK_BYTES = 65536


class ApiError(SwitchdrillError):
    """The server did not do what was asked. `status` is 0 when it never answered."""

    def __init__(self, what: str, *, where: str, because: str, status: int = 0, body: object = None) -> None:
        super().__init__(what, where=where, because=because)
        self.status = status
        self.body = body
        """The answer, parsed when it was JSON."""


class ProxyExists(ApiError, exceptions.ProxyExists):  # type: ignore[misc]  # the library carries no types
    """409: a proxy or toxic of that name is there."""


class NotFound(ApiError, exceptions.NotFound):  # type: ignore[misc]
    """404."""


class InvalidToxic(ApiError, exceptions.InvalidToxic):  # type: ignore[misc]
    """400: of any request, not of toxics alone; the library's name is kept."""


class NotThere(ApiError):
    """No connection: nothing was asked."""


class StateUnknown(ApiError):
    """A time-out, a lost connection or 503: what was asked may still happen later. Only a restart makes sure."""


class NotAsAsked(ApiError):
    """It answered that all is well, and what it tells of itself is not what was asked."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidToxic,
    404: NotFound,
    409: ProxyExists,
    503: StateUnknown,
}


class Transport:
    """One server's API. Not for several threads at once."""

    def __init__(self, base: str, *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> None:
        self.base = base.rstrip("/")
        self._connect_s = connect_s
        self._read_s = read_s
        self._session = requests.Session()
        self._session.trust_env = False  # HTTP_PROXY must not come between us and 127.0.0.1

    def ask(self, method: Method, path: str, *, send: object = None, within_s: float | None = None) -> object:
        """The parsed answer; None when it is empty. Raises ApiError for everything that is not 2xx with JSON."""
        where = f"{method} {self.base}{path}"
        limit_s = self._read_s if within_s is None else within_s
        try:
            with self._session.request(
                method,
                self.base + path,
                data=None if send is None else json.dumps(send),
                headers=None if send is None else {"Content-Type": "application/json"},
                timeout=(self._connect_s, limit_s),
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _read(answer, limit_s)
        except (requests.RequestException, _Endless) as problem:
            kind = NotThere if _never_sent(problem) else StateUnknown
            raise kind(_("Toxiproxy does not answer"), where=where, because=str(problem)) from problem
        body = _parsed(content)
        if not 200 <= answer.status_code < 300:
            raise _error(answer.status_code, where, body, content)
        if content and body is None:
            raise ApiError(
                _("this is not a Toxiproxy server"),
                where=where,
                because=_("it answered {start!r}").format(start=content[:80].decode("utf-8", errors="replace")),
                status=answer.status_code,
            )
        return body

    def close(self) -> None:
        self._session.close()


class _Endless(Exception):
    """An answer without an end: `requests` limits the wait for each byte, not for the whole."""


def _never_sent(problem: Exception) -> bool:
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _read(answer: requests.Response, limit_s: float) -> bytes:
    deadline = now_ns() + int(limit_s * NS_PER_S)
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > _LARGEST_BYTES or now_ns() > deadline:
            raise _Endless(_("the answer does not end"))
    return bytes(content)


def _parsed(content: bytes) -> object:
    """JSON, whatever the content type says: errors come as text/plain."""
    try:
        parsed: object = json.loads(content)
    except ValueError:
        return None
    return parsed


def _error(status: int, where: str, body: object, content: bytes) -> ApiError:
    told = body.get("error") if isinstance(body, dict) else None
    because = str(told) if told else content[:200].decode("utf-8", errors="replace").strip()
    kind = _BY_STATUS.get(status, ApiError)
    return kind(
        _("Toxiproxy answered {status}").format(status=status),
        where=where,
        because=because or _("it gave no reason"),
        status=status,
        body=body,
    )
