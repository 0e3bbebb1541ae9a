"""Nobody looked: that is neither good nor bad, and never what a promise rests on."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import finding, holds, milestone
from tests.judge.story import FAULT, S, Story


def test_a_prober_that_stood_still_in_the_hold_leaves_it_unproven(synthetic_run) -> None:
    """While it did, anything may have happened: the recovery may have come as late as the gap's end."""
    result = judge_folder(synthetic_run(Story(blind=((18.0, 19.6),))))
    restored = milestone(result, "M11").at

    assert finding(result, "hold").state == "INDETERMINATE"
    assert finding(result, "hold").said.code == "hold.gaps"
    assert restored is not None
    assert restored.lo <= FAULT + 9.1 * S
    assert restored.hi is not None
    assert restored.hi > FAULT + 19.5 * S
    assert result.verdict == "INCOMPLETE"


def test_what_was_broken_unseen_is_in_the_interval(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(bad=(("telecom", 18.1, 19.5),), blind=((18.0, 19.6),))))
    restored = milestone(result, "M11", "telecom").at

    assert holds(result, "M11", 19.5, "telecom")
    assert restored is not None
    assert restored.hi is not None


def test_a_gap_in_the_control_phase_leaves_it_unproven(synthetic_run) -> None:
    whole = judge_folder(synthetic_run(Story()))
    control = next(part for part in whole.parts if part.part == "control")
    begin_s = (control.began_ns - FAULT) / S + 1
    result = judge_folder(synthetic_run(Story(blind=((begin_s, begin_s + 1.6),))))

    assert finding(result, "control").said.code == "control.gaps"
    assert result.verdict == "INCOMPLETE"


def test_a_gap_in_the_failback_stretches_it(synthetic_run) -> None:
    whole = judge_folder(synthetic_run(Story()))
    start = milestone(whole, "M14").at
    assert start is not None
    begin_s = (start.lo - FAULT) / S + 5.5
    result = judge_folder(synthetic_run(Story(blind=((begin_s, begin_s + 1.2),))))
    complete, impact = milestone(result, "M16").at, milestone(result, "M15").at

    assert holds(result, "M16", (start.lo - FAULT) / S + 5.2)
    assert complete is not None
    assert complete.hi is not None
    assert complete.hi > FAULT + (begin_s + 1.1) * S
    assert impact is not None
    assert impact.hi is not None
    assert impact.hi > FAULT + (begin_s + 1.1) * S


@pytest.mark.parametrize(("slots", "state"), [(3, "MET"), (4, "INDETERMINATE")])
def test_three_slots_in_a_row_may_be_lost_and_four_may_not(synthetic_run, slots: int, state: str) -> None:
    """Of the probes of viewers, that look every 100 ms."""
    result = judge_folder(synthetic_run(Story(blind=((18.0, 18.0 + slots * 0.1),))))

    assert finding(result, "hold").state == state
