"""Whole runs, judged: the verdict that each of them gets, and why."""

import re

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.shown.junit import junit
from switchdrill_reports.shown.render import render
from tests.judge.found import Tell, codes, finding, holds, milestone
from tests.judge.story import FAULT, S, Story
from tests.report.page import read


@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_drill_in_which_every_promise_is_kept_passes(synthetic_run: Tell, shape: str) -> None:
    result = judge_folder(synthetic_run(Story(shape=shape)))

    assert result.verdict == "PASS"
    assert {each.state for each in result.findings} == {"MET"}
    assert all(check.ok for check in result.validity)
    assert result.headline.code == "headline.pass"
    assert result.all_healed


def test_every_milestone_holds_the_truth(synthetic_run: Tell) -> None:
    story = Story()
    result = judge_folder(synthetic_run(story))
    failback_s = (milestone(result, "M14").at.lo - FAULT) / S  # type: ignore[union-attr]

    assert holds(result, "M0", 0.001)
    assert holds(result, "M2", 5.2)
    assert holds(result, "M8", 5.202)
    for operator, steered_s in story.steered_s.items():
        for switched in ("M9", "M10", "M11"):
            assert holds(result, switched, steered_s, operator)
        assert holds(result, "M16", failback_s + story.failback_s[operator], operator)
    assert holds(result, "M11", max(story.steered_s.values()))
    assert holds(result, "M15", failback_s), "a failback without a bad sample has no impact"


def test_a_noted_deviation_is_a_deviation(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(deviation="ledger gifts of site b could not be read")))

    assert result.verdict == "PASS_WITH_DEVIATIONS"
    assert result.deviations == ["ledger gifts of site b could not be read"]


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (Story(prober_dies_s=15.0), "cut.prober_died"),
        (Story(load_dies_s=15.0), "cut.load_died"),
        (Story(aborted_s=15.0), "cut.interrupted"),
        (Story(aborted_s=3.0), "cut.interrupted"),
        (Story(aborted_s=0.4), "cut.interrupted"),
        (Story(aborted_s=-5.0), "cut.interrupted"),
        (Story(runner_lost_s=15.0), "reason.runner_lost"),
        (Story(runner_lost_s=-5.0), "reason.runner_lost"),
        (Story(is_closed=False), "reason.not_closed"),
    ],
)
def test_a_drill_that_was_cut_short_is_incomplete(synthetic_run: Tell, story: Story, why: str) -> None:
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "INCOMPLETE"
    assert codes(result)[0] == why
    assert result.all_healed


def test_a_drill_that_was_refused_has_no_verdict(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(refused=True)))

    assert result.verdict is None
    assert codes(result) == ["reason.refused"]
    assert result.all_healed


def test_a_platform_that_does_not_become_steady_is_invalid_and_nothing_is_broken(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(not_steady=True)))

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.steady"
    assert finding(result, "recovery").state == "NOT_RUN"


def test_a_fault_without_effect_is_invalid_and_its_recovery_unusable(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(has_effect=False)))

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.effect"
    assert finding(result, "recovery").state == "UNUSABLE"
    assert not result.faults[0].effect_proven


def test_an_effect_that_was_there_before_the_fault_proves_nothing(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(primary_bad=((-3.0, -2.5),))))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.effect.before"


def test_viewers_who_were_on_the_standby_before_the_fault_had_nothing_to_recover_from(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(on_b_before=True)))
    detect = next(phase for phase in result.phases if phase.name == "detect")

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.origin"
    assert finding(result, "recovery").state == "UNUSABLE"
    assert detect.span is not None
    assert detect.span.lo <= 5.2 * S <= (detect.span.hi or 0)


@pytest.mark.parametrize(
    ("story", "check"),
    [
        (Story(missed_slots=0.1), "coverage"),
        (Story(alive_share=0.9), "alive"),
        (Story(viewers=10), "alive"),
        (Story(late_ms=150), "lateness"),
    ],
)
def test_a_run_that_breaks_a_rule_of_validity_is_invalid(synthetic_run: Tell, story: Story, check: str) -> None:
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "INVALID"
    assert [each.name for each in result.validity if not each.ok] == [check]


def test_a_few_missed_slots_are_no_matter(synthetic_run: Tell) -> None:
    assert judge_folder(synthetic_run(Story(missed_slots=0.02))).verdict == "PASS"


def test_the_generators_lateness_counts_though_the_author_left_the_steady_step_out(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(left_out=("steady",), late_ms=150)))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.lateness.late"


def test_a_promise_that_a_broken_rule_spoils_is_spoiled_wherever_it_is_shown(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(late_ms=150)))
    page = read(render(result, "en")).text

    assert {phase.state for phase in result.phases} == {"UNUSABLE"}
    assert "Recovery, measured 8.9–9.2 s, not usable" in re.sub(r"[0-9.]+–[0-9.]+ s, not", "8.9–9.2 s, not", page)
    assert "measured_ms" not in junit(result).decode()


@pytest.mark.parametrize(
    ("left_out", "id", "verdict"),
    [
        (("until_switched", "hold"), "recovery", "INCOMPLETE"),
        (("failback",), "failback", "PASS_WITH_DEVIATIONS"),
        (("hold",), "hold", "PASS_WITH_DEVIATIONS"),
    ],
)
def test_what_the_runbook_promises_and_the_author_leaves_out_is_not_met(
    synthetic_run: Tell, left_out: tuple[str, ...], id: str, verdict: str
) -> None:
    result = judge_folder(synthetic_run(Story(left_out=left_out)))

    assert finding(result, id).state == "NOT_RUN"
    assert result.verdict == verdict


def test_a_drill_without_a_load_and_its_control_phase_never_passes(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(left_out=("load", "control"))))

    assert finding(result, "control").said.code == "control.not_planned"
    assert result.verdict == "INCOMPLETE"
