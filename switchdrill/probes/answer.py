"""What one question has learned so far, and how a failure of it is called."""

import errno
from dataclasses import dataclass

import aiohttp
import dns.exception

from switchdrill.record.samples import Outcome


@dataclass(slots=True)
class Notes:
    """Filled in while a question runs, so that a time-out does not lose what was known before it."""

    site: int = 0
    """1 + index of the site that answered; 0 while none has."""
    v0: int = 0
    v1: int = 0
    v2: int = 0
    v3: int = 0
    waits_for_us: bool = False
    """Every byte has come; what is missing is our own looking at it."""


class Unreadable(Exception):
    """The answer can't be parsed or decoded."""


class BadStatus(Exception):
    """A whole HTTP answer with a status other than 2xx."""


class NoAddress(Exception):
    """The resolver answered, and the answer holds no address."""


_REFUSED = {
    errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN,
    # A packet filter of this host that says no, to us, at once.
    errno.EACCES, errno.EPERM,
}  # fmt: skip
_RESET = {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN}


def outcome_of(problem: Exception) -> Outcome | None:
    """How an exception of a question is recorded; None when it is the prober's own fault (no descriptor, a bug)."""
    if isinstance(problem, BadStatus):
        return Outcome.BAD_STATUS
    if isinstance(problem, NoAddress):
        return Outcome.NO_ANSWER
    if isinstance(problem, (TimeoutError, dns.exception.Timeout)):
        return Outcome.TIMED_OUT
    # The order matters: some of aiohttp's errors are OSErrors without a number.
    if isinstance(problem, (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, EOFError)):
        return Outcome.RESET
    if isinstance(problem, OSError):
        return _outcome_of_number(problem)
    if isinstance(problem, (Unreadable, aiohttp.ClientResponseError, aiohttp.InvalidURL, dns.exception.DNSException)):
        return Outcome.UNREADABLE
    if isinstance(problem, aiohttp.ClientConnectionError):
        return Outcome.RESET
    return None


def _outcome_of_number(problem: OSError) -> Outcome | None:
    number = problem.errno
    was_connected = isinstance(problem, aiohttp.ClientOSError)
    if isinstance(problem, aiohttp.ClientConnectorError):
        number, was_connected = problem.os_error.errno, False
    if number in _REFUSED:
        # Of a ledger REFUSED says that nothing was written; once connected nobody knows that.
        return Outcome.RESET if was_connected else Outcome.REFUSED
    if number in _RESET or isinstance(problem, ConnectionResetError):
        return Outcome.RESET
    if number is None and was_connected:  # aiohttp: "Can not write request body", of a connection that was closed
        return Outcome.RESET
    return Outcome.TIMED_OUT if number == errno.ETIMEDOUT else None
