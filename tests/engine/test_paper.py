"""What a walk on paper refuses, before anything is touched."""

from pathlib import Path

import pytest

from switchdrill.drill import Drill
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.find import filled, find_file, read_unplaced
from switchdrill.platform.mapped import mapped, project_of
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Runbook
from switchdrill.running.paper import PaperStage
from switchdrill.yamlfile import read
from switchdrill_faults import LinkBlackhole, OperatorLoss, SiteLoss, SiteUplinkLoss

BOOK = Path(__file__).parents[2] / "drills" / "runbooks" / "two-site-fast.yaml"
PRIMARY = SiteLoss(site="primary", shape="stall")


@pytest.fixture
def drill(tmp_path):
    """The embedded platform, on paper."""
    platform = read_unplaced("embedded").model_copy(update={"state": str(tmp_path)})
    drill = Drill()
    drill.play_on(PaperStage(read(BOOK, Runbook), platform))
    return drill


def test_nobody_waits_for_the_site_that_was_just_broken(drill):
    with pytest.raises(BadInput, match="served by site a, which it has just broken"), drill.broken_by(PRIMARY):
        drill.until_switched(to="primary")


def test_after_the_block_the_site_serves_again(drill):
    with drill.broken_by(SiteLoss(site="standby", shape="stall")):
        drill.until_switched(to="primary")
    with drill.broken_by(PRIMARY):
        drill.until_switched(to="standby")


@pytest.mark.parametrize("second", [PRIMARY, SiteLoss(site="primary", shape="fast_fail")], ids=["same", "other shape"])
def test_what_is_lost_already_can_not_be_lost(drill, second):
    with pytest.raises(BadInput, match="is broken twice"), drill.broken_by(PRIMARY, second):
        pass
    with pytest.raises(BadInput, match="is broken twice"), drill.broken_by(PRIMARY), drill.broken_by(second):
        pass


@pytest.mark.needs_root
def test_a_link_that_is_lost_with_others_can_not_be_lost_by_itself(drill):
    uplink, link = SiteUplinkLoss(site="primary"), LinkBlackhole(link="a.origin--viewers")
    with pytest.raises(BadInput, match=r"link a\.origin--viewers is broken twice"), drill.broken_by(uplink, link):
        pass


def test_one_block_after_another_may_break_the_same(drill):
    for shape in ("stall", "fast_fail"):
        with drill.broken_by(SiteLoss(site="primary", shape=shape)):
            drill.hold()


def test_viewers_need_something_to_watch(tmp_path):
    platform = read_unplaced("embedded").model_copy(update={"state": str(tmp_path)})
    blind = platform.model_copy(update={"probes": [each for each in platform.probes if each.kind != "hls"]})
    drill = Drill()
    drill.play_on(PaperStage(read(BOOK, Runbook), blind))

    with pytest.raises(BadInput, match="nothing to watch"), drill.load("peak"):
        pass


@pytest.mark.needs_root
def test_viewers_may_come_from_a_network_that_is_yet_to_be_made_and_from_no_other(tmp_path):
    file, lost = find_file("staging"), OperatorLoss(operator="telecom")
    platform = filled(read(file, Platform, values={"net": "10.98"}), file, tmp_path)
    staging = mapped(platform, project_of(platform, file, tmp_path))

    assert ["operator telecom"] == [undo.target for undo in lost.plan(staging)]
    with pytest.raises(Refused, match=r"10\.98\.4\.1, which is no address of this machine"):
        lost.plan(platform)
