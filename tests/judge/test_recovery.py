"""When viewers were back: detected, steered, and good for good, against the truth and the promise."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, finding, holds
from tests.judge.story import S, Story


def test_phases_sum_exactly_to_the_recovery(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story()))

    assert result.measured is not None
    assert sum(phase.reference_ns or 0 for phase in result.phases) == result.measured.hi
    assert result.measured == finding(result, "recovery").measured


@pytest.mark.parametrize(
    "story", [Story(), Story(standby="frozen"), Story(late_ms=150), Story(event_log_is_copied=False)]
)
def test_a_phase_and_its_finding_are_one_value(synthetic_run: Tell, story: Story) -> None:
    result = judge_folder(synthetic_run(story))

    for phase in result.phases:
        judged = finding(result, f"phase.{phase.name}")
        assert (judged.state, judged.measured, judged.target_ns) == (phase.state, phase.span, phase.target_ns)


def test_a_recovery_beyond_the_promise_fails_by_its_worst_operator(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(steered_s={"telecom": 6.4, "unicom": 20.6})))

    assert result.verdict == "FAIL"
    assert result.headline.code == "headline.fail.too_slow"
    assert finding(result, "recovery").said.facts["operator"] == "unicom"


def test_a_recovery_that_straddles_the_promise_is_not_met(synthetic_run: Tell) -> None:
    """The promise lies inside the interval: nobody can tell."""
    result = judge_folder(synthetic_run(Story(steered_s={"telecom": 6.4, "unicom": 19.99})))

    assert finding(result, "recovery").state == "INDETERMINATE"
    assert result.verdict == "INCOMPLETE"


@pytest.mark.parametrize(
    "story", [Story(detected_s=None), Story(standby="frozen"), Story(standby="wrong_room"), Story(standby="dead")]
)
def test_viewers_that_never_get_a_good_picture_are_never_recovered(synthetic_run: Tell, story: Story) -> None:
    """Frozen pictures, the wrong room and nothing at all are the same: not recovered, and right-censored."""
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "FAIL"
    assert result.measured is not None
    assert result.measured.hi is None
    assert result.measured.lo > 28 * S
    assert result.headline.code == "headline.fail.not_recovered"
    assert finding(result, "hold").state == "NOT_RUN"
    assert finding(result, "failback").state == "NOT_RUN"


def test_a_frozen_standby_is_told_from_viewers_that_were_not_steered(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(standby="frozen")))

    assert finding(result, "phase.steer").state == "MET"
    assert finding(result, "phase.restore").state == "MISSED"


def test_flapping_counts_until_it_is_good_for_good(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(bad=(("telecom", 7.5, 8.0), ("telecom", 10.6, 11.4)))))

    telecom = result.strata[0]
    assert holds(result, "M10", 6.4, "telecom")
    assert holds(result, "M11", 11.4, "telecom")
    assert len(telecom.outages) == len(telecom.outage_windows) == 3
    assert [site for _at_ns, site in telecom.served_by] == ["a", "", "b", "", "b", "", "b", "a"]


def test_a_bad_picture_while_holding_breaks_the_hold_and_the_recovery(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(bad=(("telecom", 20.2, 20.7),))))

    assert finding(result, "hold").state == "MISSED"
    assert finding(result, "hold").count == 5
    assert holds(result, "M11", 20.7, "telecom")
    assert result.verdict == "FAIL"
