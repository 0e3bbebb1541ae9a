"""A line that is slow for some seconds, for wedging the server that carries it. Not collected by itself."""

import pytest

from switchdrill_faults import LinkLatency


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_viewers_come_over_a_slow_line(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(LinkLatency(link="a.origin--viewers", latency="40ms")):
            drill.hold(duration="15s")
