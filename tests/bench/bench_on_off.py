"""A fault on and off, per mechanism, beside a helper container for each command, which is how Pumba does it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from switchdrill.clock import NS_PER_MS, now_ns
from switchdrill.fault import Fault
from switchdrill_faults import LinkBlackhole, LinkLatency, PacketLoss, ServiceKill, ServicePause, SiteLoss
from tests.bench.table import Figure, Table
from tests.faults.boxed import Boxed

Took = tuple[list[float], list[float]]
"""Each time on, each time off; ms."""
ROUNDS = 10
RIVAL = "helper container"
HELD: dict[str, list[float]] = {}
"""What the rival took, on and off: measured once."""


def on_and_off(fault: Fault, undos: Sequence[Any]) -> Took:
    on, off = [], []
    for _round in range(ROUNDS):
        begun_ns = now_ns()
        fault.inject(undos)
        made_ns = now_ns()
        for undo in undos:
            fault.heal(undo)
        on.append((made_ns - begun_ns) / NS_PER_MS)
        off.append((now_ns() - made_ns) / NS_PER_MS)
    return on, off


def rival(boxed: Boxed) -> Took:
    """nft in the container's network namespace, by a container of its own for each command."""
    if not HELD:
        chain = "add chain inet bench c { type filter hook input priority 0; }"
        lay = f"add table inet bench; {chain}; add rule inet bench c udp dport 9 drop"
        HELD["on"] = [helped(boxed, lay)]
        HELD["off"] = [helped(boxed, "delete table inet bench")]
        for _round in range(ROUNDS - 1):
            HELD["on"].append(helped(boxed, lay))
            HELD["off"].append(helped(boxed, "delete table inet bench"))
    return HELD["on"], HELD["off"]


def helped(boxed: Boxed, script: str) -> float:
    begun_ns = now_ns()
    said = boxed.engine.helper(
        boxed.image, ["nft", script], beside=boxed.called("front"), shares="network", capabilities=["NET_ADMIN"],
        labels={"switchdrill.tests": boxed.name},
    )  # fmt: skip
    assert said.code == 0, said.said
    return (now_ns() - begun_ns) / NS_PER_MS


def add(
    table: Table, name: str, took: tuple[list[float], list[float]], theirs: tuple[list[float], list[float]]
) -> None:
    for what, ours, other in (("on", took[0], theirs[0]), ("off", took[1], theirs[1])):
        table.add(Figure(what=f"{name}: {what}", ours=ours, rival=RIVAL, theirs=other))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Toxiproxy of ours, SIGKILL of 1 server", SiteLoss(site="primary", shape="fast_fail")),
        ("Toxiproxy, latency of 1 link", LinkLatency(link="a.service0--viewers", latency="50ms")),
        ("packet filter of this host, 1 link", LinkBlackhole(link="a.service0--viewers")),
        ("packet filter of this host, loss", PacketLoss(link="a.service0--viewers", percent=5)),
    ],
)
def test_on_a_platform_of_processes(
    name: str, fault: Fault, carried_platform: Callable[..., Any], boxed: Boxed, table: Table
) -> None:
    small = carried_platform(links=2)
    add(table, name, on_and_off(fault, fault.plan(small.platform)), rival(boxed))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("packet filter, 1 link of containers", LinkBlackhole(link="a.front--a.back")),
        ("docker pause", ServicePause(service="standby.other")),
        ("docker kill", ServiceKill(service="standby.other")),
    ],
)
def test_on_containers(name: str, fault: Fault, boxed: Boxed, table: Table) -> None:
    add(table, name, on_and_off(fault, fault.plan(boxed.platform(is_ours=True))), rival(boxed))
