"""The losses of a site that tests bring about, and a client that is there when it happens."""

import socket
from collections.abc import Callable
from typing import Any

from switchdrill_faults import SiteLoss

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py

STALL = SiteLoss(site="primary", shape="stall")
FAST_FAIL = SiteLoss(site="primary", shape="fast_fail")


def connected(endpoint: tuple[str, int]) -> socket.socket:
    """A client in the middle of its business: it has sent a line and got it back."""
    client = socket.create_connection(endpoint, timeout=2)
    client.sendall(b"before\n")
    assert client.recv(100) == b"before\n"
    return client
