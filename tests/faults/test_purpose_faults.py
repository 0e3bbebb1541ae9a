"""Faults of all links of a site that carry one thing."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.model import Platform
from switchdrill_faults import LinkBlackhole, MonitoringLost, PublisherLost, ReplicationLate, ReplicationStopped
from switchdrill_faults.composed import inner

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py


def without_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a host whose packet filter we may not use."""

    def refuse(*_platform: object) -> None:
        raise Refused("no packet path", where="here", because="nobody here may")

    monkeypatch.setattr(LinkBlackhole, "plan", refuse)


def answered(endpoint: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(endpoint, timeout=0.5) as client:
            client.sendall(b"hello\n")
            return client.recv(100) == b"hello\n"
    except OSError:
        return False


def test_where_packets_can_not_be_dropped_the_proxy_is_closed(
    carried_platform: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_packets(monkeypatch)
    it = carried_platform()
    fault = MonitoringLost(site="primary")
    undos = fault.plan(it.platform)
    (across,) = [each for each in it.endpoints("a") if each[1] == 18390]
    assert [["link a.service--b.service"], ["link-cut"]] == [
        [each.target for each in undos],
        [held.undo.kind for each in undos for held in inner.of(each)],
    ]

    fault.inject(undos)
    counted = fault.counted(undos)
    assert (True, False) == (counted.ok, answered(across)), counted.said
    assert all(answered(each) for each in it.endpoints("a") if each != across), "viewers' links are whole"
    for undo in undos:
        fault.heal(undo)
    assert it.answers() == it.all_good()


@pytest.mark.needs_root
def test_packets_that_would_have_been_published_are_counted(carried_platform: Make) -> None:
    it = carried_platform()
    fault = PublisherLost(site="standby")
    undos = fault.plan(it.platform)
    (across,) = [each for each in it.endpoints("a") if each[1] == 18390]

    fault.inject(undos)
    assert not fault.counted(undos).ok, "nobody has published yet"
    assert not answered(across)
    counted = fault.counted(undos)
    for undo in undos:
        fault.heal(undo)
    assert counted.ok, counted.said
    assert answered(across)


def test_late_replication_is_late_by_what_was_asked(carried_platform: Make) -> None:
    it = carried_platform()
    fault = ReplicationLate(site="standby", delay="150ms")
    undos = fault.plan(it.platform)
    fault.inject(undos)
    said = [""]

    def is_late() -> bool:
        counted = fault.counted(undos)
        said[0] = counted.said
        return counted.ok

    wait_until(is_late, within_s=15, what="proof", saw=lambda: said[0])
    assert "asked for 150ms" in said[0]
    for undo in undos:
        fault.heal(undo)
    assert it.answers() == it.all_good()


def test_what_no_link_is_said_to_carry_is_refused_with_the_words_to_write(small_platform: Make) -> None:
    platform: Platform = small_platform().platform
    bare = [each.model_copy(update={"carries": []}) for each in platform.links]
    with pytest.raises(Refused, match="no link of site a is said to carry replication") as caught:
        ReplicationStopped(site="primary").plan(platform.model_copy(update={"links": bare}))
    assert "carries: [replication]" in (caught.value.now or "")
    with pytest.raises(Refused, match="no link of site a is said to carry publishing"):
        PublisherLost(site="primary").plan(platform)  # what it passes on to the other site is that one's
    with pytest.raises(Refused, match="there is no site 'c4'"):
        MonitoringLost(site="c4").plan(platform)


def test_a_link_that_can_be_broken_in_no_way_is_refused_with_every_reason(
    small_platform: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_packets(monkeypatch)
    platform: Platform = small_platform(carried="nobody").platform
    with pytest.raises(Refused, match=r"link a\.service--b\.service, which carries health") as caught:
        MonitoringLost(site="primary").plan(platform)
    assert "nobody here may\nsomebody else has started this platform" in (caught.value.because or "")


@pytest.mark.parametrize("delay", ["", "150", "0ms"])
def test_a_delay_that_is_none_is_told_when_it_is_made(delay: str) -> None:
    with pytest.raises(BadInput):
        ReplicationLate(site="primary", delay=delay)
