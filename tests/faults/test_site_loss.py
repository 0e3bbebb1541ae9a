"""The loss of a site: what clients see, how fast, and which losses are refused."""

import os
import selectors
import signal
import socket
import sys
import time

import pytest

from switchdrill.errors import BadInput, CouldNotStart, Refused
from switchdrill.record.samples import Outcome
from switchdrill_faults import SiteLoss
from tests.faults.losses import FAST_FAIL, STALL, Make, connected


def test_a_stalled_site_connects_and_is_silent_on_every_link(carried_platform: Make) -> None:
    small = carried_platform(links=3)
    with connected(small.endpoints("a")[0]) as client:
        STALL.inject(STALL.plan(small.platform))

        client.sendall(b"during\n")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(100)

    answers = small.answers()
    assert {answers[endpoint] for endpoint in small.endpoints("a")} == {"silent"}
    assert {answers[endpoint] for endpoint in small.endpoints("b")} == {"good"}


def test_a_site_that_fails_fast_refuses_within_milliseconds(carried_platform: Make) -> None:
    small = carried_platform(links=3)
    with connected(small.endpoints("a")[0]) as client:
        FAST_FAIL.inject(FAST_FAIL.plan(small.platform))

        client.settimeout(1)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass

    took_ms = []
    for endpoint in small.endpoints("a"):
        before = time.perf_counter()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(endpoint, timeout=2)
        took_ms.append((time.perf_counter() - before) * 1000)
    assert max(took_ms) < 50
    assert small.answers()[small.endpoints("b")[0]] == "good"


def test_all_links_of_a_site_fail_in_one_instant(carried_platform: Make) -> None:
    small = carried_platform(links=20)
    undos = FAST_FAIL.plan(small.platform)
    ended_ns: list[int] = []
    with selectors.DefaultSelector() as waiting:
        clients = [connected(endpoint) for endpoint in small.endpoints("a")[:20]]
        for client in clients:
            waiting.register(client, selectors.EVENT_READ)

        before_ns = time.monotonic_ns()
        FAST_FAIL.inject(undos)
        while len(ended_ns) < len(clients):
            ready = waiting.select(timeout=2)
            assert ready, f"only {len(ended_ns)} of {len(clients)} connections ended"
            now = time.monotonic_ns()
            for key, _events in ready:
                waiting.unregister(key.fileobj)
                ended_ns.append(now)
        for client in clients:
            client.close()

    spread_ms = (max(ended_ns) - min(ended_ns)) / 1e6
    whole_ms = (max(ended_ns) - before_ns) / 1e6
    sys.stdout.write(f"20 links: first to last {spread_ms:.2f} ms, signal to last {whole_ms:.2f} ms\n")
    assert len(ended_ns) == 20
    assert whole_ms < 100


def test_all_links_of_a_site_fall_silent_in_one_instant(carried_platform: Make) -> None:
    """Twenty clients ping without a pause; after the freeze nobody is answered any more."""
    small = carried_platform(links=20)
    undos = STALL.plan(small.platform)
    last_answer_ns: dict[int, int] = {}
    with selectors.DefaultSelector() as waiting:
        clients = [connected(endpoint) for endpoint in small.endpoints("a")[:20]]
        for client in clients:
            waiting.register(client, selectors.EVENT_READ)
            client.sendall(b"x\n")
        _ping(waiting, last_answer_ns, for_s=0.3)
        before_ns = time.monotonic_ns()
        STALL.inject(undos)
        after_ns = time.monotonic_ns()
        _ping(waiting, last_answer_ns, for_s=0.02)  # what was in a socket's buffer already
        frozen = dict(last_answer_ns)
        _ping(waiting, last_answer_ns, for_s=0.3)
        for client in clients:
            client.close()

    sys.stdout.write(f"frozen within {(after_ns - before_ns) / 1e6:.2f} ms\n")
    assert len(frozen) == 20
    assert last_answer_ns == frozen
    assert (after_ns - before_ns) / 1e6 < 50


def _ping(waiting: selectors.BaseSelector, last_answer_ns: dict[int, int], *, for_s: float) -> None:
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        for key, _events in waiting.select(timeout=0.01):
            client = key.fileobj
            assert isinstance(client, socket.socket)
            client.recv(100)
            last_answer_ns[key.fd] = time.monotonic_ns()
            client.sendall(b"x\n")


def test_breaking_a_site_whose_server_is_gone_says_so(carried_platform: Make) -> None:
    small = carried_platform()
    os.kill(small.records[0].pid, signal.SIGKILL)
    switched = STALL.plan(small.platform), FAST_FAIL.plan(small.platform)

    for fault, undos in zip((STALL, FAST_FAIL), switched, strict=True):
        with pytest.raises(CouldNotStart, match="gone"):
            fault.inject(undos)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (SiteLoss(site="nowhere", shape="stall"), "there are a (primary), b (standby), c (witness)"),
        (SiteLoss(site="witness", shape="stall"), "no link of site c"),
        (SiteLoss(site="primary", shape="power_off"), "needs containers"),
        (SiteLoss(site="primary", shape="explode"), "stall, fast_fail"),
    ],
)
def test_a_loss_that_this_platform_cannot_have_is_refused_with_the_reason(
    fault: SiteLoss, why: str, small_platform: Make
) -> None:
    with pytest.raises(Refused) as raised:
        fault.plan(small_platform().platform)

    assert why in str(raised.value)
    assert raised.value.exit_code == 3


def test_a_loss_that_no_probe_could_see_is_refused(small_platform: Make) -> None:
    platform = small_platform().platform
    blind = platform.model_copy(
        update={"probes": [probe.model_copy(update={"kind": "http"}) for probe in platform.probes]}
    )

    with pytest.raises(Refused, match="no hls probe goes straight to site a"):
        STALL.plan(blind)


def test_a_platform_without_a_folder_is_refused(small_platform: Make) -> None:
    with pytest.raises(Refused, match="no folder"):
        STALL.plan(small_platform().platform.model_copy(update={"state": None}))


@pytest.mark.parametrize("wrong", [{"site": ""}, {"site": 1}, {"shape": None}, {"shape": ""}])
def test_parameters_that_can_not_be_right_are_bad_input(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="SiteLoss"):
        SiteLoss(**{"site": "primary", "shape": "stall", **wrong})


def test_each_shape_is_seen_as_what_it_is(small_platform: Make) -> None:
    platform = small_platform().platform

    seen = [fault.effect(fault.plan(platform)) for fault in (STALL, FAST_FAIL)]

    assert [effect.outcomes for effect in seen] == [[Outcome.TIMED_OUT], [Outcome.REFUSED, Outcome.RESET]]
    assert {effect.site for effect in seen} == {"a"}
    assert {effect.within_s for effect in seen} == {
        2.4
    }  # time-out 1 s, twice the pace of 200 ms, 1 s for a busy machine
