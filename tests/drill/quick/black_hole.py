"""Drills that need the packet path, for who is not root. Not collected by itself."""

import pytest

from switchdrill_faults import SiteLoss

SILENT = SiteLoss(site="primary", shape="blackhole")


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_a_site_falls_silent_for_a_moment(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SILENT):
            drill.hold()


@pytest.mark.drill(runbook="quick.yaml", kind="simulation")
def test_a_site_falls_silent_until_somebody_acts(drill):
    with drill.load("few"):
        drill.steady()
        with drill.broken_by(SILENT):
            drill.hold(duration="60s")
