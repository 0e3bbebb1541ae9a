"""A Toxiproxy that obeys no more, as viewers who abort make one: noticed within seconds, and never waited for."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill_faults import LinkCut, LinkLatency
from switchdrill_faults.toxiproxy import carrier, records, server
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.losses import Make
from tests.faults.wedging import stalled_reader, streaming, wedge

STEADY = "a.service--b.service"
"""Said to be steady; in these tests that is not so."""


def test_a_server_that_aborting_viewers_wedged_is_noticed_and_the_fault_is_laid_on_another(
    carried_platform: Make, net: str
) -> None:
    small = carried_platform()
    record, path = small.records[0], records.path_of(small.state, "a")
    fault = LinkLatency(link="a.service0--viewers", latency="40ms")
    undos = fault.plan(small.platform)
    with streaming(record.api, f"{net}.1.12") as proxy:
        changing = wedge(record.api, proxy)
        assert seconds(lambda: carrier.is_alive(record) and pytest.fail("told to be alive")) < 8
        assert seconds(lambda: fault.inject(undos)) < 20
        changing.join()

    anew = records.read(path)
    assert anew.pid != record.pid
    assert carrier.is_alive(anew)
    assert carrier.is_alive(record)  # whoever looked just before is told of the new one
    assert wait_until(lambda: fault.counted(undos).ok, within_s=10, what="the proof")
    (back,) = fault.keep(undos)
    assert "obeyed no more" in back.said
    fault.heal(undos[0])
    assert small.answers() == small.all_good()


def test_a_server_that_is_wedged_while_a_fault_is_on_is_replaced_with_all_that_lay_on_it(
    carried_platform: Make,
) -> None:
    small = carried_platform()
    record, across = small.records[0], small.endpoints("a")[2]
    cut, slow = LinkCut(link="a.service0--viewers"), LinkLatency(link=STEADY, latency="40ms")
    undos = {fault: fault.plan(small.platform) for fault in (cut, slow)}
    for fault, ours in undos.items():
        fault.inject(ours)
    with stalled_reader(across):
        changing = wedge(record.api, STEADY + ".out")
        with ThreadPoolExecutor(1) as watch:
            alive = watch.submit(carrier.is_alive, record)
            began = time.monotonic()
            backs = [back for fault, ours in undos.items() for back in fault.keep(ours)]
            assert time.monotonic() - began < 12
            assert alive.result()
    changing.join()

    assert {back.target for back in backs} == {"link a.service0--viewers", f"link {STEADY}"}
    assert seen.tcp(*small.endpoints("a")[0]) == "refused"
    for fault, ours in undos.items():
        assert wait_until(lambda fault=fault, ours=ours: fault.counted(ours).ok, within_s=10, what="the proof")  # type: ignore[misc]
        assert fault.keep(ours) == []
        fault.heal(ours[0])
    assert small.answers() == small.all_good()


def test_a_change_that_wedges_a_link_wrongly_said_to_be_steady_is_bounded_going_and_coming(
    carried_platform: Make,
) -> None:
    small = carried_platform()
    across = small.endpoints("a")[2]
    fault = LinkLatency(link=STEADY, latency="40ms")
    undos = fault.plan(small.platform)
    with stalled_reader(across):
        assert 2.5 < seconds(lambda: fault.inject(undos)) < 20
    assert wait_until(lambda: fault.counted(undos).ok, within_s=10, what="the proof")
    with stalled_reader(across):
        began = time.monotonic()
        told = fault.heal(undos[0])
        assert 2.5 < time.monotonic() - began < 20
    assert "obeyed no more" in told
    assert "nothing was done" in fault.heal(undos[0])
    assert small.answers() == small.all_good()


def test_a_lent_server_that_is_wedged_is_told_with_what_to_do_and_never_waited_for(
    lent: Callable[[], tuple[Any, Server]],
) -> None:
    small, server = lent()
    fault = LinkLatency(link=STEADY, latency="20ms")
    undos = fault.plan(small.platform)
    carrier_less = small.endpoints("a")[0]
    with stalled_reader(carrier_less):
        changing = wedge(server.url, "a.service0--viewers")
        with ThreadPoolExecutor(2) as beside:
            going, coming = beside.submit(fault.inject, undos), beside.submit(fault.heal, undos[0])
            began = time.monotonic()
            with pytest.raises(CouldNotStart, match="restart it"):
                going.result()
            with pytest.raises(CouldNotHeal, match="restart it if it does not answer"):
                coming.result()
            assert time.monotonic() - began < 15
    changing.join()


def test_a_server_that_was_frozen_or_ended_on_purpose_is_left_to_whoever_did_it(carried_platform: Make) -> None:
    """A site that is lost comes home by its own undo, which fences first."""
    small = carried_platform()
    record, path = small.records[0], records.path_of(small.state, "a")
    fault = LinkCut(link="a.service0--viewers")
    undos = fault.plan(small.platform)
    fault.inject(undos)
    for lose in (server.freeze, server.kill):
        lose(record)
        assert fault.keep(undos) == []
        assert "is gone" in fault.heal(undos[0])
        assert records.read(path) == record

    server.restart(path)

    assert [back.target for back in fault.keep(undos)] == ["link a.service0--viewers"]
    fault.heal(undos[0])
    assert small.answers() == small.all_good()


def test_a_proxy_that_went_while_it_was_broken_is_made_again(carried_platform: Make) -> None:
    small = carried_platform()
    fault = LinkCut(link="a.service0--viewers")
    undos = fault.plan(small.platform)
    fault.inject(undos)
    with closing(Server(small.records[0].api)) as client:
        client.proxies()["a.service0--viewers"].destroy()

    fault.heal(undos[0])

    assert small.answers() == small.all_good()


def seconds(do: Callable[[], Any]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began
