"""The line between the sites is slow, and then the primary goes dark: what had not crossed it is lost with the site."""

import pytest

from switchdrill_faults import LinkBandwidth, SiteLoss


@pytest.mark.drill(runbook="runbooks/two-site-async.yaml", kind="simulation", covers=[54, 55, 72, 82])
def test_gifts_that_had_not_crossed_a_slow_line_are_counted(drill):
    with drill.load("peak"):
        drill.steady()
        with drill.broken_by(LinkBandwidth(link="primary.*--standby.*", rate="8kbit")):
            drill.hold("8s")
            with drill.broken_by(SiteLoss(site="primary", shape="stall")):
                drill.until_switched(to="standby")
                drill.hold()
        drill.failback(to="primary")
