"""Links that nobody uses just now: their rules meet a packet all the same, sent from here."""

import contextlib
import socket
from collections.abc import Sequence

from switchdrill.fault import Counted
from switchdrill.platform.address import split_endpoint
from switchdrill.undo import Undo
from switchdrill_faults.composed import inner
from switchdrill_faults.packets import way
from switchdrill_faults.packets.rule import Flow


def counted(undos: Sequence[Undo]) -> Counted:
    """Every part by its own proof. Where one has none yet, its links are knocked at: the next look counts that."""
    found = [(part.counted(theirs), theirs) for part, theirs in inner.by_part(undos)]
    for one, theirs in found:
        if not one.ok:
            for endpoint in endpoints([undo for undo in theirs if way.read(undo) is not None]):
                _knock(endpoint)
    return Counted(ok=all(one.ok for one, _ in found), said="; ".join(dict.fromkeys(one.said for one, _ in found)))


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


def _knock(endpoint: str) -> None:
    """Whoever wants to connect sends a packet at once; it is not waited for an answer."""
    host, port = split_endpoint(endpoint)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as knocking:
        knocking.setblocking(False)
        with contextlib.suppress(OSError):
            knocking.connect((host, port))
