"""How it is seen that a platform's services are up: each has its own sign."""

import http.client
import socket
from pathlib import Path
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.query

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotStart
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Ready
from switchdrill.platform.started import Started, ended, log_tail
from switchdrill.text import _

ASK_TIMEOUT_S = 0.5


def wait_until_ready(platform: Platform, started: list[Started]) -> None:
    """Wait for every service's own sign that it is up. CouldNotStart when one is not, in its time."""
    begun = now_ns()
    running = {each.name: each for each in started}
    waiting = [service for service in platform.services if service.ready is not None]
    while waiting:
        for each in ended(started):  # also those that have no sign of their own: another may wait for what they do
            raise CouldNotStart(
                _("service {name} ended right after its start").format(name=each.name),
                where=each.log,
                because=log_tail(each),
            )
        for service in list(waiting):
            own = running.get(service.name)
            if service.ready is not None and is_ready(service.ready):
                waiting.remove(service)
            elif service.ready is not None and now_ns() - begun > service.ready.within:
                raise CouldNotStart(
                    _("service {name} was not ready within {seconds:g} s").format(
                        name=service.name, seconds=service.ready.within / NS_PER_S
                    ),
                    where=own.log if own else platform.id,
                    because=log_tail(own) if own else None,
                )
        pause(0.05)


def is_ready(ready: Ready) -> bool:
    """One question, half a second at most."""
    try:
        if ready.http is not None:
            return _http_ok(ready.http)
        if ready.tcp is not None:
            with socket.create_connection(split_endpoint(ready.tcp), timeout=ASK_TIMEOUT_S):
                return True
        if ready.dns is not None:
            host, port = split_endpoint(ready.dns)
            dns.query.udp(dns.message.make_query(".", "NS"), host, port=port, timeout=ASK_TIMEOUT_S)
            return True
    except (OSError, ValueError, http.client.HTTPException, dns.exception.DNSException):
        return False
    return ready.file is not None and Path(ready.file).exists()


def _http_ok(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=ASK_TIMEOUT_S)
    try:
        connection.request("GET", parts.path or "/")
        return 200 <= connection.getresponse().status < 300
    finally:
        connection.close()
