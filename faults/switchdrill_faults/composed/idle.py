"""Links that nobody uses just now: their rules meet a packet all the same, sent from here."""

import contextlib
import socket
from collections.abc import Sequence

from switchdrill.platform.address import split_endpoint
from switchdrill.undo import Undo
from switchdrill_faults.packets import way
from switchdrill_faults.packets.rule import Flow


def knock(undos: Sequence[Undo]) -> None:
    """At each link that has a rule for packets; no answer is waited for, and the next look counts what was sent."""
    for endpoint in endpoints([undo for undo in undos if way.read(undo) is not None]):
        host, port = split_endpoint(endpoint)
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as knocking:
            knocking.setblocking(False)
            with contextlib.suppress(OSError):
                knocking.connect((host, port))


def endpoints(undos: Sequence[Undo]) -> list[str]:
    """Where the links listen that these are of."""
    found = []
    for undo in undos:
        laid = way.read(undo)
        if laid is None:
            found.append(str(undo.facts["listen"]))
        elif isinstance(laid.rule, Flow):
            found += laid.rule.to
    return found
