"""Drills of real servers that take a minute. Not collected by itself."""

import pytest

from switchdrill_faults import LinkBandwidth, LinkBlackhole, SiteLoss


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_a_cut_line_and_then_a_lost_site(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(LinkBlackhole(link="primary.postgres--standby.postgres")):
            drill.hold("3s")
            with drill.broken_by(SiteLoss(site="primary", shape="power_off")):
                drill.until_switched(to="standby")
                drill.hold()
        drill.failback(to="primary")


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_a_site_returns(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape="stall")):
            drill.until_switched(to="standby")
            drill.hold()


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_a_line_is_slow(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(LinkBandwidth(link="primary.*--standby.*", rate="8kbit")):
            drill.hold()
