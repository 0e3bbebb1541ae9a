"""When the platform noticed: read from its own log, or inferred from its rule, or not known."""

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, finding, holds, milestone
from tests.judge.story import Story


def test_detection_that_is_late_but_made_up_for_is_a_deviation(synthetic_run: Tell) -> None:
    story = Story(detected_s=14.0, steered_s={"telecom": 15.1, "unicom": 19.5})
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "PASS_WITH_DEVIATIONS"
    assert finding(result, "phase.detect").state == "MISSED"
    assert finding(result, "recovery").state == "MET"


def test_a_platform_that_never_notices_has_not_detected_until_observation_ended(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(detected_s=None)))

    detected = milestone(result, "M2").at
    assert detected is not None
    assert detected.hi is None
    assert finding(result, "phase.detect").state == "MISSED"
    assert finding(result, "phase.steer").state == "NOT_RUN"


def test_without_an_event_log_the_rule_is_told_and_nothing_is_measured_by_it(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(has_event_log=False)))
    detected = milestone(result, "M2")

    assert detected.source == "inferred from trigger switch"
    assert holds(result, "M2", 5.2)
    assert finding(result, "phase.detect").said.code == "phase.detect.inferred"
    assert (result.phases[0].state, result.phases[0].merged_into) == ("NOT_MEASURED", "steer")
    assert result.phases[1].begins == "fault_onset"
    assert milestone(result, "M8").at is None
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_an_event_log_that_is_missing_is_not_replaced_by_the_rule(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(event_log_is_copied=False)))

    assert milestone(result, "M2").at is None
    assert (result.phases[0].state, result.phases[0].merged_into) == ("NOT_MEASURED", "steer")
    assert result.measured is not None
    assert sum(phase.reference_ns or 0 for phase in result.phases) == result.measured.hi
    assert result.verdict == "PASS_WITH_DEVIATIONS"
