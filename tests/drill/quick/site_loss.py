"""A drill of a few seconds, for breaking the tool that plays it. Not collected by itself."""

import pytest

from switchdrill_faults import SiteLoss


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_site_is_lost_for_a_moment(drill, shape):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape=shape)):
            drill.hold()


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_site_is_lost_for_a_while(drill, shape):
    """For tests that do something while it holds, and let it end by itself."""
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape=shape)):
            drill.hold(duration="1500ms")


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_site_is_lost_until_somebody_acts(drill, shape):
    """For tests that end it: it waits for them, however busy the machine is."""
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape=shape)):
            drill.hold(duration="60s")


walks = []


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_an_author_is_wrong(drill):
    walks.append("on paper" if not walks else "for real")
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape="fast_fail")):
            drill.hold()
            assert walks[-1] == "on paper", "the author expected something else"
