"""Asked against measured: latency through Toxiproxy, loss in the packet filter."""

import socket
from collections.abc import Callable
from math import exp, lgamma, log
from statistics import median
from typing import Any

import pytest

from switchdrill.clock import NS_PER_MS, now_ns
from switchdrill_faults import LinkLatency, PacketLoss
from tests.bench.table import Figure, Table
from tests.faults.losses import connected

ASKED_TIMES = 60
PACKETS = 20_000
SIZE = 100
TAIL = 0.005
"""On each side of a 99 % interval."""


def round_trips_ms(client: socket.socket) -> list[float]:
    found = []
    for _time in range(ASKED_TIMES):
        begun_ns = now_ns()
        client.sendall(b"hello\n")
        assert client.recv(100) == b"hello\n"
        found.append((now_ns() - begun_ns) / NS_PER_MS)
    return found


@pytest.mark.parametrize("asked_ms", [1, 5, 50, 300])
def test_latency(asked_ms: int, carried_platform: Callable[..., Any], table: Table) -> None:
    small = carried_platform(links=1)
    endpoint = small.endpoints("a")[0]
    with connected(endpoint) as client:
        before = median(round_trips_ms(client))
    fault = LinkLatency(link="a.service0--viewers", latency=f"{asked_ms}ms", direction="back")
    undos = fault.plan(small.platform)
    fault.inject(undos)
    try:
        with connected(endpoint) as client:
            over = [each - before - asked_ms for each in round_trips_ms(client)]
    finally:
        for undo in undos:
            fault.heal(undo)
    table.add(
        Figure(
            what=f"latency of {asked_ms} ms: measured above it", ours=[median(over)], mark=1.0,
            note=f"median of {ASKED_TIMES}; worst {max(over):.2f}, least {min(over):.2f}; +0 to +1 is the mark",
        )
    )  # fmt: skip


@pytest.mark.parametrize("asked", [0.1, 1, 5, 30])
def test_loss(asked: float, carried_platform: Callable[..., Any], table: Table) -> None:
    small = carried_platform(links=1)
    host, port = small.endpoints("a")[0]
    fault = PacketLoss(link="a.service0--viewers", percent=asked, direction="toward")
    undos = fault.plan(small.platform)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, socket.socket(
        socket.AF_INET, socket.SOCK_DGRAM
    ) as client:  # fmt: skip
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        server.bind((host, port))
        server.settimeout(0.5)
        fault.inject(undos)
        try:
            heard = 0
            for number in range(PACKETS):
                client.sendto(bytes(SIZE), (host, port))
                if number % 50 == 49:
                    heard += drained(server)
            heard += drained(server, patient=True)
        finally:
            for undo in undos:
                fault.heal(undo)
    lost = PACKETS - heard
    least, most = interval(asked / 100)
    table.add(
        Figure(
            what=f"loss of {asked:g} % of {PACKETS} packets: measured", ours=[100 * lost / PACKETS], unit="%",
            mark=100 * most / PACKETS,
            note=f"99 % interval {100 * least / PACKETS:.3f} to {100 * most / PACKETS:.3f} %: "
            + ("inside" if least <= lost <= most else "OUTSIDE"),
        )
    )  # fmt: skip


def drained(server: socket.socket, *, patient: bool = False) -> int:
    count = 0
    server.settimeout(0.5 if patient else 0.0001)
    try:
        while server.recv(SIZE + 1):
            count += 1
    except OSError:
        return count
    return count


def interval(share: float) -> tuple[int, int]:
    """How many of `PACKETS` are lost in 99 of 100 runs, when each is lost with that probability."""
    least = most = -1
    below = 0.0
    for lost in range(PACKETS + 1):
        below += _probability(lost, share)
        if least < 0 and below >= TAIL:
            least = lost
        if below >= 1 - TAIL:
            most = lost
            break
    return least, most


def _probability(lost: int, share: float) -> float:
    logs = lgamma(PACKETS + 1) - lgamma(lost + 1) - lgamma(PACKETS - lost + 1)
    return exp(logs + lost * log(share) + (PACKETS - lost) * log(1 - share))
