"""晚高峰时段,某些跨洋线路的延迟会明显上升: lines get slow, and viewers notice no more of it than was promised."""

import pytest

from switchdrill_faults import LinkLatency, SiteLoss, Together


@pytest.mark.drill(runbook="runbooks/impaired-lines.yaml", kind="simulation", covers=[20, 26, 29, 31])
@pytest.mark.parametrize("latency", ["50ms", "150ms"])
@pytest.mark.parametrize("link", ["primary.*--viewers", "primary.*--standby.*"])
def test_viewers_do_not_notice_a_slow_line(drill, link, latency):
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(LinkLatency(link=link, latency=latency)):
            drill.ride_out()


@pytest.mark.drill(runbook="runbooks/impaired-lines.yaml", kind="simulation", covers=[24, 26])
def test_a_site_whose_lines_are_too_slow_for_its_health_checks_is_left(drill):
    """自动把流量切换到质量更好的线路上去: a site that is too slow to be checked is left."""
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(LinkLatency(link="primary.*--*", latency="3s")):
            drill.until_switched(to="standby")
            drill.hold()
        drill.failback(to="primary")


@pytest.mark.drill(runbook="runbooks/two-site-fast.yaml", kind="simulation", covers=[2, 20])
def test_viewers_are_served_though_the_standby_suffers_too(drill):
    """备用机房因为距离太近,也受到网络波动影响: the primary is lost, and the standby's own lines are slow and uneven."""
    with drill.load("small"):
        drill.steady()
        with drill.broken_by(
            Together(
                SiteLoss(site="primary", shape="fast_fail"),
                LinkLatency(link="standby.*--viewers", latency="150ms", jitter="50ms"),
            )
        ):
            drill.until_switched(to="standby")
            drill.hold()
        drill.failback(to="primary")
