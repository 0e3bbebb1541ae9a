"""How much apart the links of a site are lost: the first from the last."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy.client import Proxy, Server
from tests.bench.table import Figure, Table
from tests.faults.losses import connected

LINKS = 50
ROUNDS = 5
WITHIN_S = 10.0


def lost_at(clients: list[socket.socket], lose: Callable[[], None]) -> list[int]:
    """When each client saw its connection end, in ns."""
    found: list[int] = []
    with closing(select.epoll()) as poll:
        for client in clients:
            poll.register(client, select.EPOLLIN | select.EPOLLRDHUP)
        loser = threading.Thread(target=lose)
        loser.start()  # beside the watching: else all of it would be seen at its end
        deadline = now_ns() + int(WITHIN_S * NS_PER_S)
        while len(found) < len(clients) and now_ns() < deadline:
            for number, _event in poll.poll(0.5):
                found.append(now_ns())
                poll.unregister(number)
        loser.join()
    assert len(found) == len(clients), f"{len(clients) - len(found)} links were not lost"
    return found


def disable(proxies: list[Proxy]) -> None:
    for proxy in proxies:
        proxy.disable()


def test_a_site_of_fifty_links(carried_platform: Callable[..., Any], table: Table) -> None:
    small = carried_platform(links=LINKS)
    endpoints = small.endpoints("a")[:LINKS]
    fault = SiteLoss(site="primary", shape="fast_fail")
    undos = fault.plan(small.platform)
    ours, told, theirs = [], [], []

    for _round in range(ROUNDS):
        with ExitStack() as stack:
            clients = [stack.enter_context(connected(endpoint)) for endpoint in endpoints]
            at = lost_at(clients, lambda: fault.inject(undos))
            ours.append((max(at) - min(at)) / NS_PER_MS)
        fault.heal(undos[0])

    with closing(Server(next(record.api for record in small.records if record.site == "a"))) as server:
        proxies = [proxy for name, proxy in server.proxies().items() if name.startswith("a.service")]
        for _round in range(ROUNDS):
            with ExitStack() as stack:
                clients = [stack.enter_context(connected(endpoint)) for endpoint in endpoints]
                at = lost_at(clients, lambda: disable(proxies))
                theirs.append((max(at) - min(at)) / NS_PER_MS)
            for proxy in proxies:
                proxy.enable()
        begun_ns = now_ns()
        fault.inject(undos)
        told.append((now_ns() - begun_ns) / NS_PER_MS)
    fault.heal(undos[0])

    table.add(
        Figure(
            what=f"site loss over {LINKS} links, first to last", ours=ours, rival="disabled one by one", theirs=theirs,
            mark=10.0,
        )
    )  # fmt: skip
    table.add(Figure(what="  the onset as a run reports it", ours=told))
