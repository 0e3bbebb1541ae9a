"""Faults that are made of others: a bad line, an evening's peak."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import BadInput, CouldNotHeal
from switchdrill.fault import Fault
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill_faults import EveningPeak, LineDegraded
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.losses import Make

STEADY = "a.service--b.service"
EVENING = EveningPeak(line=STEADY, peak="200ms", over="60s")


@contextmanager
def broken(fault: Fault, small: Any) -> Iterator[list[Undo]]:
    undos = list(fault.plan(small.platform))
    fault.inject(undos)
    try:
        yield undos
    finally:
        for undo in reversed(undos):
            fault.heal(undo)
        assert small.answers() == small.all_good()


def with_steady_link(platform: Platform) -> Platform:
    links = [link.model_copy(update={"is_steady": link.name == STEADY}) for link in platform.links]
    return platform.model_copy(update={"links": links})


def toxics(small: Any) -> dict[str, list[str]]:
    """Of each proxy of site a, by type."""
    server = Server(small.records[0].api)
    try:
        return {
            proxy.name: sorted({f"{each.type} {each.attributes}" for each in proxy.toxics})
            for proxy in server.table().values()
        }
    finally:
        server.close()


def echo_ms(client: socket.socket) -> float:
    """The fastest of three."""
    times = []
    for _time in range(3):
        begun = time.monotonic()
        assert seen.talk(client) == "good"
        times.append(1000 * (time.monotonic() - begun))
    return min(times)


def is_proven(fault: Fault, undos: list[Undo]) -> None:
    wait_until(lambda: fault.counted(undos).ok, within_s=15, what="proof", saw=lambda: fault.counted(undos).said)


def test_a_bad_line_is_far_and_narrow_at_once_on_each_of_its_links_and_on_no_other(carried_platform: Make) -> None:
    small = carried_platform(links=2)
    fault = LineDegraded(line="a-public", latency="60ms", rate="500kbit")

    with broken(fault, small) as undos:
        assert [undo.target for undo in undos] == ["link a.service0--viewers", "link a.service1--viewers"]
        is_proven(fault, undos)
        laid = toxics(small)
        with socket.create_connection(small.endpoints("a")[1], timeout=2) as client:
            client.settimeout(2)
            assert echo_ms(client) >= 55

    for name in ("a.service0--viewers", "a.service1--viewers"):
        assert {each.split()[0] for each in laid[name]} == {"latency", "bandwidth"}
    assert laid["a.service--b.service.out"] == []
    assert {name: [] for name in laid} == toxics(small)


def test_what_befalls_one_target_twice_comes_home_as_one_undo(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    fault = LineDegraded(line="a-public", latency="20ms", rate="1mbit")
    undos = fault.plan(small.platform)
    fault.inject(undos)

    for _twice in range(2):
        fault.heal(undos[0])

    assert len(undos) == 1
    assert (
        undos[0].mechanism
        == "Toxiproxy of site a, toxics of type latency, Toxiproxy of site a, toxics of type bandwidth"
    )
    assert undos[0].heal_limit_s >= 2


def test_every_part_is_tried_though_another_can_not_come_home(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    fault = LineDegraded(line="a-public", latency="20ms", rate="1mbit")
    undo = fault.plan(small.platform)[0]
    fault.inject([undo])
    held = undo.facts["inner"]
    assert isinstance(held, list)
    unknown = [each.replace('"undo":{"kind":"link-', '"undo":{"kind":"unknown-') for each in held]

    with pytest.raises(KeyError, match="unknown-bandwidth"):
        fault.heal(undo.model_copy(update={"facts": {**undo.facts, "inner": [held[0], unknown[1]]}}))
    assert {each.split()[0] for each in toxics(small)["a.service0--viewers"]} == {"bandwidth"}
    with pytest.raises(CouldNotHeal, match=r"link a\.service0--viewers could not be healed of 2 faults"):
        fault.heal(undo.model_copy(update={"facts": {**undo.facts, "inner": unknown}}))

    fault.heal(undo)
    assert toxics(small)["a.service0--viewers"] == []


def test_an_evening_stands_in_the_plan_and_rises_and_falls() -> None:
    schedule = EveningPeak(line="x", peak="200ms", over="60s", loss="2").schedule()

    assert [(turn.after_ns // 10**9, turn.state) for turn in schedule.turns] == [
        (0, "20ms, 0.2% lost"),
        (6, "60ms, 0.6% lost"),
        (12, "120ms, 1.2% lost"),
        (18, "200ms, 2% lost"),
        (42, "120ms, 1.2% lost"),
        (48, "60ms, 0.6% lost"),
        (54, "20ms, 0.2% lost"),
    ]
    assert schedule.turn(7) is None
    assert EveningPeak(line="x", peak="200ms", over="1h", profile="day").schedule().turns[-1].state == "100ms"


def test_each_step_changes_what_a_live_connection_of_a_steady_line_waits(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    small.platform = with_steady_link(small.platform)

    with (
        broken(EVENING, small) as undos,
        socket.create_connection(small.endpoints("a")[1], timeout=3) as client,
    ):
        client.settimeout(3)
        is_proven(EVENING, undos)
        waited = []
        for turn in EVENING.schedule().turns[:4]:
            EVENING.turn(undos, turn.state)
            waited.append(echo_ms(client))
            assert [] == list(EVENING.keep(undos))
        is_proven(EVENING, undos)

    for ms, asked in zip(waited, (20, 60, 120, 200), strict=True):
        assert asked * 0.9 <= ms, waited
    assert waited == sorted(waited)


def test_what_somebody_takes_off_is_laid_again_as_strong_as_it_was(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    small.platform = with_steady_link(small.platform)

    with broken(EVENING, small) as undos:
        EVENING.turn(undos, "120ms")
        before = toxics(small)
        server = Server(small.records[0].api)
        for toxic in server.table()[f"{STEADY}.out"].toxics:
            server.proxies()[f"{STEADY}.out"].destroy_toxic(toxic.name)
        server.close()

        backs = EVENING.keep(undos)

        assert [(back.undo, back.target) for back in backs] == [(undos[0], f"link {STEADY}")]
        assert toxics(small) == before


@pytest.mark.needs_root
def test_an_evening_loses_more_and_more_packets(carried_platform: Make) -> None:
    small = carried_platform(links=1)
    small.platform = with_steady_link(small.platform)
    fault = EveningPeak(line=STEADY, peak="10ms", over="60s", loss="30")

    with broken(fault, small) as undos:
        fault.turn(undos, "10ms, 30% lost")
        with socket.create_connection(small.endpoints("a")[1], timeout=5) as client:
            client.settimeout(5)
            for _time in range(60):
                client.sendall(b"hello\n")
                assert client.recv(100)
                if fault.counted(undos).ok:
                    break
        is_proven(fault, undos)
        assert "%" in fault.counted(undos).said


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: LineDegraded(line="a-public"), "how the line is bad is missing"),
        (lambda: LineDegraded(line="a-public", percent="200"), "percentage"),
        (lambda: EveningPeak(line="a-public", peak="5ms", over="60s"), "whole milliseconds from 10 ms"),
        (lambda: EveningPeak(line="a-public", peak="100ms", over="2s"), "whole milliseconds from 10000 ms"),
        (lambda: EveningPeak(line="a-public", peak="100ms", over="60s", loss="0.001"), "percentage"),
        (lambda: EveningPeak(line="x", peak="100ms", over="60s", profile="night"), "the profiles are evening, day"),
    ],
)
def test_what_can_not_be_is_bad_input(make: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        make()
