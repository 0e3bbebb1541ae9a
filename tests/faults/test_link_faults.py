"""Links that vanish or are too narrow: through the packet path, through a Toxiproxy of ours, through a lent one."""

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from switchdrill.errors import BadInput, CouldNotStart, Refused
from switchdrill.undo import Undo
from switchdrill_faults import LinkBandwidth, LinkBlackhole, SiteLoss
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed
from tests.faults.losses import Make

RATE = "4mbit"
BYTES = 400_000  # 0.8 s at this rate


@pytest.mark.needs_docker
def test_a_link_without_a_proxy_is_cut_for_its_two_ends_only(boxed: Boxed) -> None:
    back = boxed.address("back")
    fault = LinkBlackhole(link="primary.*--primary.back")
    undos = fault.plan(boxed.platform())
    assert not fault.effect(undos).site
    fault.inject(undos)

    assert boxed.seen_by("front", back) == ["unreached silent"]

    assert seen.tcp(back) == "good"  # the host is not one of its ends
    assert seen.tcp(boxed.address("front")) == "good"
    assert fault.counted(undos).ok
    assert "packets pass again" in fault.heal(undos[0])
    assert "nothing was done" in fault.heal(undos[0])
    assert boxed.seen_by("front", back) == ["good good"]


@pytest.mark.needs_docker
def test_a_link_without_a_proxy_is_narrowed_by_dropping_what_is_above_the_rate(boxed: Boxed) -> None:
    front = boxed.address("front")
    link = {"name": "viewers--a.front", "from": "viewers", "to": "a.front", "port": PORT}
    fault = LinkBandwidth(link="viewers--*", rate=RATE)
    undos = fault.plan(boxed.platform(links=[link]))
    before_s = _fetched_s(front, PORT)
    with socket.create_connection((front, PORT), timeout=20) as live:
        assert seen.talk(live) == "good"
        fault.inject(undos)
        during_s = _fetch_s(live, count=3 * BYTES)  # the first 0.6 MB were saved up in an idle second

    assert before_s < 0.2
    assert 0.8 < during_s < 6
    assert fault.counted(undos).ok
    fault.heal(undos[0])
    assert _fetched_s(front, PORT) < 0.2


@pytest.mark.needs_docker
def test_a_hole_where_a_toxiproxy_dials_is_refused(boxed: Boxed) -> None:
    front, back = boxed.address("front"), boxed.address("back")
    links = [
        {"name": "anybody--a.back", "from": "anybody", "to": "a.back", "port": PORT},
        {
            "name": "a.back--viewers", "from": "a.back", "to": "viewers",
            "hops": [{"site": "a", "listen": f"{front}:81", "upstream": f"{back}:{PORT}"}],
        },
    ]  # fmt: skip

    with pytest.raises(Refused, match=r"a Toxiproxy dials there, for link a\.back--viewers"):
        LinkBlackhole(link="anybody--a.back").plan(boxed.platform(links=links))


@pytest.mark.needs_root
def test_a_link_of_this_machine_is_cut_at_its_first_proxy(carried_platform: Make) -> None:
    small = carried_platform(links=2)
    first, second = small.endpoints("a")[:2]
    fault = LinkBlackhole(link="primary.service0--viewers")
    undos = fault.plan(small.platform)
    with socket.create_connection(first, timeout=0.5) as live:
        assert seen.talk(live) == "good"
        fault.inject(undos)
        assert seen.talk(live) == "silent"

    assert seen.tcp(*first) == "unreached"
    assert seen.tcp(*second) == "good"
    assert fault.counted(undos).ok
    fault.heal(undos[0])
    assert small.answers() == small.all_good()


def test_a_link_is_narrowed_by_its_toxiproxy_and_as_wide_as_before(carried_platform: Make) -> None:
    small = carried_platform(links=2)
    fault = LinkBandwidth(link="primary.service0--viewers", rate=RATE)
    undos = fault.plan(small.platform)
    assert not fault.counted(undos).ok

    fault.inject(undos)

    during_s = _echoed_s(*small.endpoints("a")[0])
    assert 0.6 < during_s < 2.5
    assert _echoed_s(*small.endpoints("a")[1]) < 0.4
    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert "is as it was before" in fault.heal(undos[0])
    assert "nothing was done" in fault.heal(undos[0])
    assert _echoed_s(*small.endpoints("a")[0]) < 0.4
    with closing(Server(small.records[0].api)) as server:
        assert {(proxy.enabled, len(proxy.toxics)) for proxy in server.table().values()} == {(True, 0)}


def test_a_rate_that_nothing_can_show_is_not_taken_for_proven(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    fault = LinkBandwidth(link="primary.service0--viewers", rate="9gbit")
    undos = fault.plan(small.platform)

    fault.inject(undos)

    counted = fault.counted(undos)
    assert (False, True) == (counted.ok, "ask for less" in counted.said), counted.said
    fault.heal(undos[0])


def test_a_lent_toxiproxy_is_the_same_before_and_after(
    lent: Callable[[], tuple[Any, Server]],
) -> None:
    """It has proxies and toxics of its owner, on the very proxy that is narrowed, and one that is closed."""
    small, server = lent()
    before = server._transport.ask("GET", "/proxies")
    first = small.endpoints("a")[0]
    narrow = LinkBandwidth(link="a.service0--viewers", rate=RATE)
    undos = narrow.plan(small.platform)
    assert "platform's own Toxiproxy" in undos[0].mechanism

    narrow.inject(undos)

    assert _echoed_s(*first) > 0.6
    changed = server.table()
    assert {each.name for each in changed["a.service0--viewers"].toxics if each.name.startswith("switchdrill-")}
    for _twice in range(2):
        narrow.heal(undos[0])
        assert server._transport.ask("GET", "/proxies") == before
    closed = LinkBandwidth(link="a.service1--viewers", rate=RATE)
    undos = closed.plan(small.platform)
    closed.inject(undos)
    closed.heal(undos[0])
    assert server._transport.ask("GET", "/proxies") == before


def test_a_site_behind_a_lent_toxiproxy_fails_fast_and_is_the_same_afterwards(
    lent: Callable[[], tuple[Any, Server]],
) -> None:
    small, server = lent()
    before = server._transport.ask("GET", "/proxies")
    loss = SiteLoss(site="primary", shape="fast_fail")
    undo = loss.plan(small.platform)[0]

    loss.inject([undo])

    assert {seen.tcp(*endpoint) for endpoint in small.endpoints("a")} == {"refused"}
    assert server.table()["theirs"].enabled
    assert loss.counted([undo]).ok
    assert "proxies enabled" in loss.heal(undo)
    assert "nothing was done" in loss.heal(undo)
    assert server._transport.ask("GET", "/proxies") == before
    with pytest.raises(Refused, match="not ours"):
        SiteLoss(site="primary", shape="stall").plan(small.platform)


def test_a_lent_toxiproxy_without_the_links_proxies_is_told(lent: Callable[[], tuple[Any, Server]]) -> None:
    small, _server = lent()
    undo = LinkBandwidth(link="a.service0--viewers", rate=RATE).plan(small.platform)[0]
    missing = Undo.model_validate({**undo.model_dump(), "facts": {**undo.facts, "proxy": "nothing"}})

    with pytest.raises(CouldNotStart, match="lacks proxies"):
        LinkBandwidth(link="a.service0--viewers", rate=RATE).inject([missing])


def test_a_pattern_that_matches_nothing_is_refused_with_the_links_that_there_are(small_platform: Make) -> None:
    with pytest.raises(Refused) as raised:
        LinkBlackhole(link="primary.*--witness.*").plan(small_platform().platform)

    assert "looked for a.*--c.*" in str(raised.value)
    assert "a.service0--viewers" in str(raised.value)


@pytest.mark.parametrize("rate", ["500", "0kbit", "7kbit", "500 kbit", "20gbit", "-1kbit", "fast", "500kB", "1e3kbit"])
def test_a_rate_that_can_not_be_right_is_bad_input(rate: str) -> None:
    with pytest.raises(BadInput, match="kbit"):
        LinkBandwidth(link="x", rate=rate)


@pytest.mark.parametrize("wrong", ["", None, 7])
def test_a_link_without_a_name_is_bad_input(wrong: Any) -> None:
    with pytest.raises(BadInput, match="LinkBlackhole"):
        LinkBlackhole(link=wrong)


def _fetched_s(host: str, port: int) -> float:
    with socket.create_connection((host, port), timeout=20) as client:
        return _fetch_s(client)


def _fetch_s(client: socket.socket, *, count: int = BYTES) -> float:
    """How long the service of tests/faults/served.py takes to send `count` bytes."""
    client.settimeout(20)
    begun = time.monotonic()
    client.sendall(f"send {count}\n".encode())
    left = count + len(f"send {count}\n")
    while left:
        got = len(client.recv(65536))
        assert got
        left -= got
    return time.monotonic() - begun


def _echoed_s(host: str, port: int) -> float:
    """How long BYTES take there and back."""
    line = b"x" * (BYTES - 1) + b"\n"
    with socket.create_connection((host, port), timeout=20) as client:
        begun = time.monotonic()
        client.sendall(line)
        left = len(line)
        while left:
            left -= len(client.recv(65536))
        return time.monotonic() - begun
