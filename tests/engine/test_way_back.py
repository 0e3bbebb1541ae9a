"""What people must know after a drill that ended early: viewers may still be on the standby."""

import pytest

from switchdrill.healing.by_hand import heal_all
from switchdrill.healing.way_back import unplayed_way_back
from switchdrill.platform.service import Service
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill.record.plan import read_plan
from tests.judge.journal import chained_lines
from tests.judge.story import Story
from tests.judge.synthetic import tell


def told(story: Story, path, *, stays_up: bool) -> RunFolder:
    """A run on a platform that stays up, or on one of its own."""
    folder = tell(story, path)
    plan = read_plan(folder.plan)
    up = path.parent / "state" / "platforms" / "embedded"
    up.mkdir(parents=True, exist_ok=True)
    state = str(up) if stays_up else str(folder.platform)
    commands = {"failback": ["python", "/a folder/ctl.py", "failback", "{site}"]}
    ours = [Service(name="gslb", run=["gslb"])]
    platform = plan.platform.model_copy(update={"state": state, "commands": commands, "services": ours})
    folder.plan.write_bytes(plan.model_copy(update={"platform": platform}).as_json())
    return folder


@pytest.mark.parametrize("story", [Story(aborted_s=12.0), Story(runner_lost_s=12.0)], ids=["aborted", "lost"])
def test_a_drill_that_ended_before_its_failback_leaves_the_command_to_people(tmp_path, story):
    folder = told(story, tmp_path / "run", stays_up=True)

    assert unplayed_way_back(folder) == "python '/a folder/ctl.py' failback a"


def test_a_way_back_that_was_played_is_nobodys_affair(tmp_path):

    assert unplayed_way_back(told(Story(), tmp_path / "run", stays_up=True)) is None


def test_a_platform_that_ends_with_its_run_serves_nobody(tmp_path):

    assert unplayed_way_back(told(Story(aborted_s=12.0), tmp_path / "run", stays_up=False)) is None


def test_a_platform_that_went_down_serves_nobody_either(tmp_path):
    folder = told(Story(aborted_s=12.0), tmp_path / "run", stays_up=True)
    (tmp_path / "state" / "platforms" / "embedded").rmdir()

    assert unplayed_way_back(folder) is None


def test_what_others_started_goes_on_serving_whatever_became_of_the_run(tmp_path):
    folder = told(Story(aborted_s=12.0), tmp_path / "run", stays_up=False)
    plan = read_plan(folder.plan)
    platform = plan.platform.model_copy(update={"services": [], "docker": None})
    folder.plan.write_bytes(plan.model_copy(update={"platform": platform}).as_json())

    assert unplayed_way_back(folder) == "python '/a folder/ctl.py' failback a"


def test_a_drill_that_broke_nothing_sent_nobody_away(tmp_path):
    folder = told(Story(aborted_s=-5.0), tmp_path / "run", stays_up=True)

    assert unplayed_way_back(folder) is None


def test_who_asks_after_the_healer_was_there_is_told_what_it_did(tmp_path):
    told(Story(runner_lost_s=12.0), tmp_path / "runs" / "20260101-000000-lost", stays_up=True)
    lines = heal_all(tmp_path / "runs").lines

    assert lines[0] == "nothing is open"
    assert "the newest run, 20260101-000000-lost: its runner died; healer brought home" in lines[1]
    assert lines[-1].endswith("the way back:  python '/a folder/ctl.py' failback a")


def test_a_newer_run_that_ended_well_says_nothing_of_an_older_one(tmp_path):
    told(Story(runner_lost_s=12.0), tmp_path / "runs" / "20260101-000000-lost", stays_up=True)
    told(Story(), tmp_path / "runs" / "20260102-000000-well", stays_up=True)

    assert heal_all(tmp_path / "runs").lines == ["nothing is open"]


def test_a_run_that_can_not_be_read_says_nothing(tmp_path):
    folder = told(Story(aborted_s=12.0), tmp_path / "run", stays_up=True)
    folder.journal.write_bytes(chained_lines(read_journal(folder.journal).entries[:3]))
    folder.plan.write_text("{}")

    assert unplayed_way_back(folder) is None
