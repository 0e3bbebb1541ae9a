"""中东和非洲…丢包率高得吓人: packets are lost on the lines to the viewers, and on the line between the sites."""

import pytest

from switchdrill_faults import PacketLoss, SiteLoss, Together


@pytest.mark.drill(runbook="runbooks/impaired-lines.yaml", kind="simulation", covers=[4, 18])
@pytest.mark.parametrize("percent", [1, 5, 20])
@pytest.mark.parametrize("link", ["primary.*--viewers", "primary.*--standby.*"])
def test_viewers_suffer_no_more_than_promised_from_a_lossy_line(drill, link, percent):
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(PacketLoss(link=link, percent=percent)):
            drill.ride_out()


@pytest.mark.drill(runbook="runbooks/two-site-fast.yaml", kind="simulation", covers=[2, 18])
def test_viewers_are_served_though_the_standby_suffers_too(drill):
    """备用机房因为距离太近,也受到网络波动影响: the primary is lost, and the standby's own lines lose packets."""
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(
            Together(SiteLoss(site="primary", shape="fast_fail"), PacketLoss(link="standby.*--viewers", percent=3))
        ):
            drill.until_switched(to="standby")
            drill.hold()
        drill.failback(to="primary")
