"""A site's proxies on a server: made, held against what was asked, and tried from outside."""

import socket
from collections.abc import Sequence
from contextlib import closing

from switchdrill.errors import CouldNotStart
from switchdrill.platform.ports import holder_of
from switchdrill.text import _
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.proxy import AskedProxy, differences, split
from switchdrill_faults.toxiproxy.transport import ApiError

_ACCEPT_S = 2.0


def populate(api: str, asked: Sequence[AskedProxy], *, prefix: str = "") -> None:
    """Make all of them on the server at `api` and see that they are as asked. Raises CouldNotStart.

    With `prefix` the server has others' proxies, too, and they are none of ours.
    """
    with closing(Server(api)) as server:
        try:
            server.populate(asked)
        except ApiError as problem:
            raise _not_populated(server, asked, problem) from problem
        wrong = differences(asked, server.table(), prefix=prefix)
    if wrong:
        raise CouldNotStart(
            _("a Toxiproxy server does not carry what it was asked to"), where=api, because="\n".join(wrong)
        )


def _not_populated(server: Server, asked: Sequence[AskedProxy], problem: ApiError) -> CouldNotStart:
    """The error of the first proxy that is not there: populating stops at it."""
    try:
        told = server.table()
    except ApiError:
        told = {}
    first = next((proxy for proxy in asked if proxy.name not in told), None)
    if first is None:
        return CouldNotStart(_("a Toxiproxy server could not be populated"), where=server.url, because=str(problem))
    host, port = split(first.listen)
    return CouldNotStart(
        _("{listen} can't be listened at, so link {name} can't be carried").format(
            listen=first.listen, name=first.name
        ),
        where=_("link {name}, {listen} to {upstream}").format(
            name=first.name, listen=first.listen, upstream=first.upstream
        ),
        because=f"{problem.because}; " + _("held by: {holder}").format(holder=holder_of(host, port)),
        now=_("end that process, or give the link another address in the platform's file"),
    )


def not_accepting(asked: Sequence[AskedProxy]) -> list[str]:
    """The listen addresses that do not accept a connection from here, one line each."""
    wrong: list[str] = []
    for proxy in asked:
        host, port = split(proxy.listen)
        try:
            socket.create_connection((_reachable(host), port), timeout=_ACCEPT_S).close()
        except OSError as problem:
            wrong.append(
                _("{listen} (link {name}) does not accept: {why}").format(
                    listen=proxy.listen, name=proxy.name, why=problem
                )
            )
    return wrong


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # looked up, not bound to
