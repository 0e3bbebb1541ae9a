"""中东和非洲…丢包率高得吓人: packets are lost on the lines to the viewers, or on the line between the sites."""

import pytest

from switchdrill_faults import PacketLoss


@pytest.mark.drill(runbook="runbooks/impaired-lines.yaml", kind="simulation", covers=[4, 18])
@pytest.mark.parametrize("percent", [1, 5, 20])
@pytest.mark.parametrize("link", ["primary.*--viewers", "primary.*--standby.*"])
def test_viewers_suffer_no_more_than_promised_from_a_lossy_line(drill, link, percent):
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(PacketLoss(link=link, percent=percent)):
            drill.ride_out()
