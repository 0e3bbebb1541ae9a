"""Bodies that an author might write by mistake, or on purpose. Not collected by themselves."""

import pytest

from switchdrill_faults import SiteLoss

walks = []


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_one_block_inside_another_and_one_after_another(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="primary", shape="fast_fail")):
            with drill.broken_by(SiteLoss(site="standby", shape="fast_fail")):
                drill.hold(duration="500ms")
            drill.hold(duration="500ms")
        with drill.broken_by(SiteLoss(site="standby", shape="stall")):
            drill.hold(duration="500ms")


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_more_is_broken_than_was_planned(drill):
    walks.append("on paper" if not walks else "for real")
    with drill.load("few"):
        drill.steady()
        if walks[-1] == "for real":
            with drill.broken_by(SiteLoss(site="standby", shape="fast_fail")):
                drill.hold()


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_it_waits_for_a_switch_that_happened(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SiteLoss(site="standby", shape="fast_fail")):
            drill.until_switched(to="primary")


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_the_way_back_takes_too_long(drill):
    with drill.load("few"):
        drill.steady("500ms")
        drill.failback(to="primary", within="1s")
