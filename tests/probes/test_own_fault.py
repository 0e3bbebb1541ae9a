"""What is ours and what is theirs: a slow decoder of our own is no outage, a closed connection is none of ours."""

import threading
from errno import ECONNREFUSED, EHOSTUNREACH, EMFILE, EPERM

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from switchdrill.clock import wait_until
from switchdrill.probes import decoder
from switchdrill.probes.answer import outcome_of
from switchdrill.record.samples import Outcome
from tests.probes.test_outcomes import SITES

KEY = ConnectionKey("127.0.0.1", 80, False, True, None, None, None)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (aiohttp.ClientOSError(None, "Can not write request body"), Outcome.RESET),
        (aiohttp.ClientConnectionResetError("Cannot write to closing transport"), Outcome.RESET),
        (aiohttp.ClientConnectorError(KEY, OSError(ECONNREFUSED, "refused")), Outcome.REFUSED),
        (aiohttp.ClientConnectorError(KEY, OSError(EPERM, "a packet filter of ours")), Outcome.REFUSED),
        (aiohttp.ClientConnectorError(KEY, OSError(EMFILE, "no descriptor")), None),
        # REFUSED says of a record that it was surely not written: that is known only when nothing was ever connected.
        (aiohttp.ClientOSError(EHOSTUNREACH, "no route"), Outcome.RESET),
        (aiohttp.ClientOSError(EPERM, "a packet filter of ours"), Outcome.RESET),
        (ConnectionRefusedError(ECONNREFUSED, "a resolver that is gone"), Outcome.REFUSED),
    ],
)
def test_a_failure_is_called_by_who_failed(problem: Exception, expected: Outcome | None) -> None:

    assert expected == outcome_of(problem)


def test_what_we_were_too_slow_to_look_at_is_unknown_and_no_time_out(stage, make_run, ask, monkeypatch):
    go_on = threading.Event()
    look = decoder.look
    monkeypatch.setattr(decoder, "look", lambda *segment: (go_on.wait(20), look(*segment))[1])

    try:
        [sample] = ask(make_run(probes=[{**SITES, "timeout": "500ms"}]), "watch.a")
    finally:
        go_on.set()

    assert (Outcome.UNKNOWN, True) == (Outcome(sample.outcome), sample.sent_ns > 0)


def test_a_segment_that_never_comes_is_a_time_out(stage, make_run, ask):
    stage.set("a", "hang_segment")

    [sample] = ask(make_run(probes=[{**SITES, "timeout": "500ms"}]), "watch.a")

    assert Outcome.TIMED_OUT == Outcome(sample.outcome)


def test_two_caches_that_stand_still_at_different_places_are_stale(stage, make_run, ask):
    """Without a mark only what moves is fresh; going to and fro between what was seen already is no move."""
    stage.set("a", "no_mark")
    site = stage.sites["a"]
    wait_until(lambda: len(site.segments["no_mark"]) > 2, within_s=20, what="segments")
    site.is_frozen = True
    held = list(site.segments["no_mark"])

    def turn(samples):
        site.segments["no_mark"].clear()
        site.segments["no_mark"].extend(held[: len(held) - len(samples) % 2])
        return len(samples) >= 30

    folder = make_run(probes=[SITES])
    samples = ask(folder, "watch.a", until=turn)

    assert len({sample.v0 for sample in samples}) == 2
    assert [] == [sample.slot for sample in samples[5:] if sample.is_good]
