"""DNS解析慢…只有在真实切换的时候才会暴露: names are slow while all is well, and while viewers have to be switched."""

import pytest

from switchdrill_faults import DnsDelay, SiteLoss, Together


@pytest.mark.drill(runbook="runbooks/impaired-lines.yaml", kind="simulation", covers=[13])
@pytest.mark.parametrize("delay", ["100ms", "400ms"])
@pytest.mark.parametrize("resolver", ["telecom", "*"])
def test_viewers_do_not_notice_slow_names_while_nothing_moves(drill, resolver, delay):
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(DnsDelay(resolver=resolver, delay=delay)):
            drill.ride_out()


@pytest.mark.drill(runbook="runbooks/two-site-fast.yaml", kind="simulation", covers=[1, 13, 24])
@pytest.mark.parametrize("delay", ["400ms"])
def test_viewers_are_switched_in_time_though_names_are_slow(drill, delay):
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(
            Together(DnsDelay(resolver="*", delay=delay), SiteLoss(site="primary", shape="fast_fail"))
        ):
            drill.until_switched(to="standby")
            drill.hold()
        drill.failback(to="primary")
