"""The way back to the primary, and the control phase after it."""

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, finding
from tests.judge.story import FAULT, S, Story


def test_a_slow_failback_fails(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(failback_s={"telecom": 2.0, "unicom": 17.0})))

    assert finding(result, "failback").state == "MISSED"
    assert result.verdict == "FAIL"


def test_viewers_who_were_home_already_are_told_as_that(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(failback_s={"telecom": -3.0, "unicom": -2.0})))
    commanded = judge_folder(synthetic_run(Story()))

    assert finding(result, "failback").said.code == "failback.met.at_home"
    assert finding(commanded, "failback").said.code == "failback.met"


def test_a_bad_control_phase_fails(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    control = next(part for part in whole.parts if part.part == "control")
    begin_s = (control.began_ns - FAULT) / S + 2
    result = judge_folder(synthetic_run(Story(primary_bad=((begin_s, begin_s + 0.5),))))

    assert finding(result, "control").state == "MISSED"
    assert finding(result, "failback").state == "MET"
    assert result.verdict == "FAIL"
