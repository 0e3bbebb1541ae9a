"""机房水灾: the primary site goes dark at peak, and its viewers must be back on the standby."""

import pytest

from switchdrill_faults import SiteLoss


@pytest.mark.drill(runbook="runbooks/two-site-fast.yaml", kind="simulation", covers=[1, 7, 60, 67])
@pytest.mark.parametrize("shape", ["stall", "fast_fail", "blackhole", "power_off"])
def test_viewers_move_to_the_standby_when_the_primary_site_is_lost(drill, shape):
    with drill.load("peak"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape=shape)):
            drill.until_switched(to="standby")
            drill.hold()
        drill.failback(to="primary")
