"""A site of five containers: cut off in one transaction of the packet filter, or killed one beside the other."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from switchdrill.clock import NS_PER_MS, now_ns, pause, wait_until
from switchdrill.containers.engine import Engine
from switchdrill_faults.docker import breaking
from switchdrill_faults.docker.box import Box
from switchdrill_faults.packets import choosing, way
from tests.bench.table import Figure, Table
from tests.faults import seen
from tests.faults.boxed import Boxed, free_net

ROUNDS = 5
NAMES = tuple(f"part{number}" for number in range(5))


class Five(Boxed):
    """Five containers in one network; each answers UDP at once."""

    def address(self, who: str) -> str:
        return f"{self.net}.0.{11 + NAMES.index(who)}"


@pytest.fixture
def five(engine: Engine, box_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Five]:
    state = tmp_path_factory.mktemp("five")
    found = Five(engine=engine, image=box_image, name=f"sdb{os.getpid()}", net=free_net(engine), state=state)
    try:
        found.make_network("wan", f"{found.net}.0.0/24")
        for who in NAMES:
            found.run(who, "wan")
        yield found
    finally:
        found.remove()


def boxes(five: Five) -> list[Box]:
    return [
        Box(service=who, name=five.called(who), where=five.engine.endpoint, addresses=[five.address(who)])
        for who in NAMES
    ]


@contextmanager
def pinged(five: Five) -> Iterator[dict[str, int]]:
    """When each of them answered last, in ns; asked every millisecond, all the time."""
    last: dict[str, int] = {}
    stop = threading.Event()

    def ask() -> None:
        sockets = {}
        for who in NAMES:
            client = sockets[who] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.setblocking(False)
            client.connect((five.address(who), seen.PORT))
        while not stop.is_set():
            for who, client in sockets.items():
                try:
                    client.send(b"hello\n")
                    while client.recv(100):
                        last[who] = now_ns()
                except OSError:
                    continue
            pause(0.001)
        for client in sockets.values():
            client.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        wait_until(lambda: len(last) == len(NAMES), within_s=10, what="five answers")
        yield last
    finally:
        stop.set()
        thread.join()


def skew_ms(five: Five, lose: Callable[[], object]) -> float:
    """From the first to the last that fell silent."""
    for who in NAMES:
        wait_until(lambda who=who: seen.udp(five.address(who)) == "good", within_s=10, what=who)  # type: ignore[misc]
    with pinged(five) as last:
        pause(0.1)
        lose()
        pause(0.5)
        return (max(last.values()) - min(last.values())) / NS_PER_MS


def test_five_containers(five: Five, table: Table) -> None:
    ours, theirs = [], []
    for number in range(ROUNDS):
        laid = choosing.around(
            boxes(five), act="drop", seen_at="", dialled=[], table=way.table_for("bench", str(os.getpid()), str(number))
        )
        assert laid.how == "host", laid.says()
        ours.append(skew_ms(five, lambda laid=laid: way.lay(laid)))
        way.heal(laid)
    for _round in range(ROUNDS):
        theirs.append(skew_ms(five, lambda: breaking.kill(boxes(five))))
        for who in NAMES:
            five.engine.start(five.called(who))
    table.add(
        Figure(
            what="site loss of 5 containers, first to last", ours=ours, rival="docker kill, all at once", theirs=theirs,
            mark=50.0,
        )
    )  # fmt: skip
