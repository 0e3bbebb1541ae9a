"""What a broken rule spoils: the cause is told first, each thing once, and as precisely in one place as in another."""

import re

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.shown.junit import junit
from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.summary import summary
from switchdrill_reports.shown.told import promises_told
from tests.judge.found import Tell
from tests.judge.story import Story
from tests.report.page import read


def test_the_cause_comes_first_and_what_it_spoils_is_said_once(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(late_ms=150)))
    told = promises_told(result, "en")

    assert [each.code for each in result.reasons] == ["check.lateness.late", "reason.unusable"]
    assert told[0].startswith("In the worst steady second requests left 152 ms late")
    assert len(told) == 2
    assert told[1].count("Recovery, from the fault to good for good") == 1
    assert told[1].endswith(": measured, not usable")
    assert "good for good: Recovery" not in junit(result).decode()
    assert "more: see the report" not in summary(result, "en")


def test_what_is_said_of_several_promises_is_said_once(synthetic_run: Tell) -> None:
    told = promises_told(judge_folder(synthetic_run(Story(reads=()))), "en")

    assert len(set(told)) == len(told)
    assert 1 == sum("was not read where it had to be" in line for line in told)
    assert not any("lost: 礼物" in line for line in told)


def test_lateness_is_as_precise_in_the_table_as_in_the_reason_and_says_of_which_time(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(late_ms=150)))
    page = read(render(result, "en")).text

    assert "requests left 152 ms late" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Load late before the fault, worst second (99th percentile)" in page
    assert "Load late in the whole drill, worst second (99th percentile)" in page
    assert re.search(r"\d+\.\d s 152 ms 152 ms Not|152 ms 152 ms", page.replace("\N{NO-BREAK SPACE}", " "))


def test_without_a_plan_nobody_says_that_zero_seconds_were_promised(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story())
    folder.plan.unlink()
    result = judge_folder(folder)

    assert "promised 0 s" not in summary(result, "en")
    assert "not known what was promised" in summary(result, "en")
    assert "Recovery, promised not known what was promised" in read(render(result, "en")).text
