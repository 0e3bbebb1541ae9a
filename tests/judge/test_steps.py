"""What became of each planned call, and how long it took against its limit."""

from switchdrill.record.entries import Commanded
from switchdrill.record.journal import of_kind, read_journal
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result, StepShown
from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.wording import worded
from tests.judge.found import codes, finding
from tests.judge.story import S, Story
from tests.report.page import read


def step(result: Result, name: str) -> StepShown:
    return next(each for each in result.steps if each.step == name)


def test_a_step_over_its_limit_is_a_deviation_with_both_figures(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(load_took_s=5.6)))
    plan_limit_s = step(result, "load").limit_ns / S
    late = judge_folder(synthetic_run(Story(load_took_s=plan_limit_s + 0.6)))

    assert step(result, "load").state == "done"
    assert step(late, "load").state == "late"
    assert finding(late, "steps").said.code == "steps.late"
    assert "took 20.6 s; planned: at most 20 s" in read(render(late, "en")).text


def test_a_part_that_is_to_be_sat_out_is_not_late_for_lasting_as_long_as_it_has_to(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(held_s=12.6)))

    assert {each.step: each.state for each in result.steps if each.state != "done"} == {}
    assert (step(result, "hold").took_ns or 0) > step(result, "hold").limit_ns


def test_a_failback_whose_command_did_not_end_says_so(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(failback_runs=True)))
    failback = step(result, "failback")

    assert failback.state == "failed"
    assert failback.took_ns == round(25.01 * S)
    assert failback.said is not None
    assert worded(failback.said, "en").startswith("the platform's command was still running when the limit passed")
    assert "waiting for the other operators" in worded(failback.said, "en")
    assert "cut.limit" in codes(result)
    assert finding(result, "steps").state == "MISSED"


def test_the_time_of_the_command_counts_against_the_limit_of_its_step(synthetic_run) -> None:
    folder = synthetic_run(Story())
    result = judge_folder(folder)
    command = of_kind(read_journal(folder.journal).entries, Commanded)[0]
    part = next(each for each in result.parts if each.part == "failback")

    assert step(result, "failback").took_ns == (part.ended_ns or 0) - command.before_ns


def test_the_evidence_of_the_steps_is_named(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story()))

    assert [each.file for each in finding(result, "steps").evidence] == ["plan.json", "run.jsonl"]
    assert [each.id for each in result.findings if not each.evidence] == []
