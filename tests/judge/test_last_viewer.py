"""The last viewer is told beside the operators: his own resolver and his own retries come on top."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result
from switchdrill_reports.shown.opening import opening
from tests.judge.story import S, Story


def back(result: Result) -> list[str]:
    return [each.code for each in result.back]


def test_the_last_viewer_is_later_than_the_operators_and_both_are_said(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(last_viewer_s=13.6)))
    last = result.viewers.last_back if result.viewers else None

    assert back(result) == ["back.operators", "back.last_viewer", "back.promised"]
    assert last is not None
    assert last.lo <= 13.6 * S <= (last.hi or 0)
    assert (last.hi or 0) - last.lo < 0.01 * S, "no wider than the fault's onset is known"
    assert result.verdict == "PASS"
    assert "The picture was back for every network operator 9." in opening(result, "en")
    assert "The last of 20 viewers had it back after 13.5–13.6 s." in opening(result, "en")
    assert "Promised for the network operators: 20 s; limit: 30 s." in opening(result, "en")


@pytest.mark.parametrize("back_s", [45.0, 24.4], ids=["never", "brought back by healing"])
def test_viewers_who_were_not_back_by_the_end_are_counted_and_never_called_back(synthetic_run, back_s: float) -> None:
    result = judge_folder(synthetic_run(Story(last_viewer_s=back_s)))
    assert result.viewers is not None

    assert back(result) == ["back.operators", "back.viewers_left", "back.promised"]
    assert result.viewers.not_back == 1
    assert result.viewers.last_back is not None
    assert result.viewers.last_back.hi is None
    assert "Of 20 viewers, 1 did not have it back" in opening(result, "en")


def test_viewers_who_are_no_longer_there_are_not_back_either(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(alive_share=0.95)))
    assert result.viewers is not None

    assert result.viewers.not_back == 1
    assert result.verdict == "PASS"


@pytest.mark.parametrize("name", ["load/viewers.jsonl"])
def test_without_the_loads_lines_nobody_says_when_the_last_one_was_back(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    (folder.path / name).unlink()
    result = judge_folder(folder)

    assert result.viewers is None
    assert result.verdict == "INVALID"
    assert back(result) == []


def test_nothing_is_said_of_times_that_are_not_usable(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(late_ms=150)))

    assert result.verdict == "INVALID"
    assert back(result) == []
    assert {phase.state for phase in result.phases} == {"UNUSABLE"}


def test_a_platform_that_never_switches_says_who_was_still_without_a_picture(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(detected_s=None)))

    assert back(result) == ["back.not_yet", "back.viewers_left", "back.promised"]
    assert result.headline.code == "headline.fail.not_recovered"
