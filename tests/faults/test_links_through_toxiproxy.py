"""Links that are far, stalled, cut, reset, closed slowly, trickling, limited, flapping: as their own clients see it."""

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Fault
from switchdrill_faults import (
    LinkCut,
    LinkDataLimit,
    LinkFlapping,
    LinkLatency,
    LinkReset,
    LinkSlowClose,
    LinkStall,
    LinkTrickle,
)
from switchdrill_faults.links.direction import Direction
from switchdrill_faults.toxiproxy import records, server
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.losses import Make

VIEWERS = "primary.service0--viewers"
STEADY = "a.service--b.service"
SECOND = ("a", 2)
"""Where the steady link listens first: site a's third address."""


@contextmanager
def broken(fault: Fault, small: Any) -> Iterator[Any]:
    undos = fault.plan(small.platform)
    assert not fault.counted(undos).ok
    fault.inject(undos)
    try:
        yield undos
    finally:
        for undo in undos:
            fault.heal(undo)
        assert small.answers() == small.all_good()


def proven(fault: Fault, undos: Any) -> str:
    """What it counted; a busy machine may answer late once."""
    for _time in range(5):
        counted = fault.counted(undos)
        if counted.ok:
            break
    assert counted.ok, counted.said
    return counted.said


def echo_ms(client: socket.socket) -> float:
    begun = time.monotonic()
    assert seen.talk(client) == "good"
    return 1000 * (time.monotonic() - begun)


def round_trip_ms(endpoint: tuple[str, int], times: int) -> list[float]:
    with socket.create_connection(endpoint, timeout=5) as client:
        return [echo_ms(client) for _time in range(times)]


def test_a_round_trip_takes_longer_by_what_was_asked_whatever_the_direction(carried_platform: Make) -> None:
    small = carried_platform()
    endpoint = small.endpoints("a")[0]
    before = min(round_trip_ms(endpoint, 40))
    asked_for: list[tuple[int, Direction, int]] = [
        (1, "both", 40), (5, "both", 30), (5, "toward", 30), (50, "back", 5), (300, "both", 2)
    ]  # fmt: skip
    for asked, direction, times in asked_for:
        fault = LinkLatency(link=VIEWERS, latency=f"{asked}ms", direction=direction)
        with broken(fault, small) as undos:
            later = min(round_trip_ms(endpoint, times)) - before

            assert asked - 0.3 < later < asked + 10, direction  # on a quiet machine it is less than 1 ms above
            assert f"asked for {asked}ms" in proven(fault, undos)


def test_jitter_stays_within_what_was_asked(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkLatency(link=VIEWERS, latency="20ms", jitter="10ms")
    with broken(fault, small) as undos:
        found = round_trip_ms(small.endpoints("a")[0], 25)

        assert min(found) > 9.5
        assert statistics.pstdev(found) > 1
        proven(fault, undos)


def test_a_latency_that_is_not_there_is_not_taken_for_proven(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkLatency(link=VIEWERS, latency="50ms")
    with broken(fault, small) as undos:
        fault.heal(undos[0])
        assert "tells nothing" in fault.counted(undos).said


def test_a_live_connection_of_a_steady_link_survives_a_latency(carried_platform: Make) -> None:
    small = carried_platform()
    with socket.create_connection(small.endpoints("a")[SECOND[1]], timeout=5) as live:
        assert seen.talk(live) == "good"
        with broken(LinkLatency(link=STEADY, latency="60ms"), small):
            assert echo_ms(live) > 55
        assert echo_ms(live) < 55


def test_a_stalled_link_is_silent_and_loses_nothing(carried_platform: Make) -> None:
    small = carried_platform()
    endpoint = small.endpoints("a")[SECOND[1]]
    fault = LinkStall(link=STEADY)
    told = b"".join(b"line %d\n" % number for number in range(2000))
    with socket.create_connection(endpoint, timeout=5) as live:
        assert seen.talk(live) == "good"
        with broken(fault, small) as undos:
            live.sendall(told)
            live.settimeout(0.3)
            with pytest.raises(TimeoutError):
                live.recv(1)
            assert seen.tcp(*endpoint) == "silent"
            assert "silent" in proven(fault, undos)
        live.settimeout(5)
        back = b""
        while len(back) < len(told):
            back += live.recv(65536)
    assert back == told


def test_a_cut_link_refuses_and_ends_what_passed_it(carried_platform: Make) -> None:
    small = carried_platform()
    first, second, across = small.endpoints("a")
    fault = LinkCut(link="primary.service*--viewers")
    with socket.create_connection(first, timeout=2) as live:
        assert seen.talk(live) == "good"
        with broken(fault, small) as undos:
            assert live.recv(1) == b""
            assert [seen.tcp(*each) for each in (first, second, across)] == ["refused", "refused", "good"]
            assert len(undos) == 2
            proven(fault, undos)


def test_a_reset_link_resets_at_the_first_word(carried_platform: Make) -> None:
    small = carried_platform()
    endpoint = small.endpoints("a")[SECOND[1]]
    fault = LinkReset(link=STEADY)
    with broken(fault, small) as undos:
        with socket.create_connection(endpoint, timeout=2) as client:
            client.sendall(b"hello\n")
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        assert "now reset" in proven(fault, undos)


def test_a_closed_connection_is_heard_of_late_on_each_way(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkSlowClose(link=VIEWERS, delay="200ms")
    with broken(fault, small) as undos:
        with socket.create_connection(small.endpoints("a")[0], timeout=5) as client:
            assert echo_ms(client) < 150
            begun = time.monotonic()
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
            assert time.monotonic() - begun >= 0.4
        proven(fault, undos)


def test_a_trickling_link_hands_out_small_pieces(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkTrickle(link=VIEWERS, piece="100B", pause="20ms", direction="back")
    with broken(fault, small) as undos:
        with socket.create_connection(small.endpoints("a")[0], timeout=5) as client:
            client.sendall(b"x" * 999 + b"\n")
            pieces = []
            while sum(pieces) < 1000:
                pieces.append(len(client.recv(65536)))
        assert len(pieces) >= 8
        assert max(pieces) <= 200  # two that met in the client's buffer
        proven(fault, undos)


@pytest.mark.parametrize("direction", ["toward", "back", "both"])
def test_a_connection_ends_when_so_much_has_passed_it(carried_platform: Make, direction: Any) -> None:
    small = carried_platform()
    fault = LinkDataLimit(link=STEADY, limit="10kB", direction=direction)
    with broken(fault, small) as undos:
        with socket.create_connection(small.endpoints("a")[SECOND[1]], timeout=5) as client:
            client.sendall((b"x" * 99 + b"\n") * 90)
            got = 0
            while got < 9000:
                got += len(client.recv(65536))
            client.sendall((b"x" * 99 + b"\n") * 20)
            while data := client.recv(65536):
                got += len(data)
        # Toward: what it says to the last bytes that pass is cut off with them.
        assert got == 10_000 if direction == "back" else 9_000 <= got <= 10_000
        proven(fault, undos)


def test_a_flapping_link_is_cut_and_whole_by_turns_and_whole_once_healed(carried_platform: Make) -> None:
    small = carried_platform()
    endpoint = small.endpoints("a")[0]
    fault = LinkFlapping(link=VIEWERS, period="10s", duty="30%")
    schedule = fault.schedule()
    assert [(turn.after_ns // 10**6, turn.state) for turn in schedule.turns] == [(0, "cut"), (3000, "whole")]
    assert schedule.period_ns == 10 * 10**9
    with broken(fault, small) as undos:
        assert seen.tcp(*endpoint) == "refused"
        assert not fault.counted(undos).ok
        fault.turn(undos, "whole")
        assert seen.tcp(*endpoint) == "good"
        assert "cut, whole" in proven(fault, undos)
        server.freeze(small.records[0])  # a site that is lost meanwhile: its own undo brings it home
        fault.turn(undos, "cut")
        server.restart(records.path_of(small.state, "a"))
        fault.turn(undos, "cut")
        assert seen.tcp(*endpoint) == "refused"


@pytest.mark.parametrize("make", [LinkStall, LinkReset, lambda link: LinkDataLimit(link=link, limit="1kB")])
def test_live_connections_are_only_meant_where_no_client_aborts(small_platform: Make, make: Any) -> None:
    platform = small_platform().platform

    with pytest.raises(Refused, match="abandon a transfer half-way"):
        make(link=VIEWERS).plan(platform)
    assert make(link=STEADY).plan(platform)


def test_a_link_where_nobody_answers_is_broken_and_not_proven(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkCut(link=VIEWERS)
    undos = fault.plan(small.platform)
    mute = [
        undo.model_copy(update={"facts": {**undo.facts, "listen": f"{small.platform.sites['b'].address}:9"}})
        for undo in undos
    ]
    fault.inject(mute)
    counted = fault.counted(mute)
    fault.heal(mute[0])

    assert not counted.ok
    assert "no greeting was answered" in counted.said


def test_a_second_latency_on_a_lent_toxiproxy_is_refused_and_the_other_way_is_not(
    lent: Callable[[], tuple[Any, Server]],
) -> None:
    """Its owner has 7 ms back on that very proxy: two of one stream would be one now, their sum then."""
    small, server = lent()
    before = server._transport.ask("GET", "/proxies")
    for direction in ("both", "back"):
        with pytest.raises(Refused, match=r"has a latency there already \(theirs\)"):
            LinkLatency(link=VIEWERS, latency="20ms", direction=direction).plan(small.platform)  # type: ignore[arg-type]

    fault = LinkLatency(link=VIEWERS, latency="20ms", direction="toward")
    undos = fault.plan(small.platform)
    assert "platform's own Toxiproxy" in undos[0].mechanism
    fault.inject(undos)
    assert "asked for 20ms" in proven(fault, undos)
    for _twice in range(2):
        fault.heal(undos[0])
        assert server._transport.ask("GET", "/proxies") == before


def test_what_a_lent_toxiproxy_lost_is_laid_again_and_what_was_closed_stays_closed(
    lent: Callable[[], tuple[Any, Server]],
) -> None:
    small, server = lent()
    before = server._transport.ask("GET", "/proxies")
    fault = LinkCut(link="primary.service*--viewers")
    undos = fault.plan(small.platform)
    fault.inject(undos)
    assert fault.keep(undos) == []
    server.proxies()["a.service0--viewers"].enable()

    backs = fault.keep(undos)

    assert [back.target for back in backs] == ["link a.service0--viewers"]
    assert backs[0].gone_ns[0] < backs[0].gone_ns[1] <= backs[0].again_ns
    assert not fault.counted(undos).ok  # the second one was closed before: nothing shows that it is cut
    for undo in undos:
        fault.heal(undo)
    assert server._transport.ask("GET", "/proxies") == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: LinkLatency(link="x", latency="500us"),
        lambda: LinkLatency(link="x", latency="1500us"),
        lambda: LinkLatency(link="x", latency="61m"),
        lambda: LinkLatency(link="x", latency="0ms"),
        lambda: LinkLatency(link="x", latency="50"),
        lambda: LinkLatency(link="x", latency="5ms", jitter="6ms"),
        lambda: LinkLatency(link="x", latency="5ms", direction="up"),  # type: ignore[arg-type]
        lambda: LinkSlowClose(link="x", delay="0s"),
        lambda: LinkTrickle(link="x", piece="0B", pause="1ms"),
        lambda: LinkTrickle(link="x", piece="64", pause="1ms"),
        lambda: LinkDataLimit(link="x", limit="1.5B"),
        lambda: LinkDataLimit(link="x", limit="-1kB"),
        lambda: LinkFlapping(link="x", period="1s", duty="0%"),
        lambda: LinkFlapping(link="x", period="1s", duty="100%"),
        lambda: LinkFlapping(link="x", period="1s", duty="10%"),
        lambda: LinkCut(link=""),
    ],
)
def test_what_can_not_be_right_is_bad_input(make: Callable[[], Fault]) -> None:
    with pytest.raises(BadInput):
        make()
