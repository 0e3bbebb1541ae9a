"""晚高峰时段,某些跨洋线路的延迟会明显上升: lines get slow, and viewers notice no more of it than was promised."""

import pytest

from switchdrill_faults import LinkLatency


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
