"""A site that is lost inside another fault: the page says which of the two is at zero."""

from pathlib import Path

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result
from switchdrill_reports.shown.axis import axis_of, zero_ns
from switchdrill_reports.shown.names import state_name
from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.svg import FAULT, Rect
from switchdrill_reports.shown.timeline_chart import timeline
from tests.judge.nested import LINE_S, tell_nested
from tests.judge.story import RUN, Story, at
from tests.report.page import read

from .passed import passed
from .test_charts import drawings, outside, touching


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return judge_folder(tell_nested(Story(bad=(("telecom", -2.5, -2.0),)), tmp_path_factory.mktemp("run") / RUN))


def test_zero_is_the_fault_that_the_switch_answers(inside: Result) -> None:
    assert zero_ns(inside) == at(0)


@pytest.mark.parametrize(
    ("language", "words", "described"),
    [
        ("en", "T0 is the onset of the fault that the switch answers, Site loss: ",
         "T0 is the onset of the fault that the switch answers, Site loss."),
        ("zh", "T0 为切换所应对的故障（整站失效）发生时刻：", "T0 为切换所应对的故障（整站失效）发生时刻。"),
    ],
)  # fmt: skip
def test_the_page_names_it_and_tells_both(inside: Result, language: str, words: str, described: str) -> None:
    page = read(render(inside, language))
    said = " ".join(page.unseen)

    assert words in page.text
    assert described in said
    assert "−4.2" in said, "when the line became slow"


def test_the_earlier_fault_is_shaded_from_its_own_onset(inside: Result) -> None:
    axis, drawing = axis_of(inside, 1000), timeline(inside, id="t", width=1000, language="en")
    assert axis is not None
    assert drawing is not None
    windows = [each for each in drawing.marks if isinstance(each, Rect) and each.fill == FAULT and each.opacity < 1]

    assert [each.x for each in windows] == [axis.x(at(LINE_S)), axis.x(at(0))]


def test_no_two_words_touch(inside: Result, language: str) -> None:
    for drawing in drawings(inside, language):
        assert [] == touching(drawing)
        assert [] == outside(drawing)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_says_that_a_hold_before_the_switch_was_missed(inside: Result, language: str) -> None:
    page = read(render(inside, language)).text

    assert inside.verdict == "PASS"
    assert state_name("MISSED", language) not in page
    assert state_name("MET", language) in page


def test_of_a_drill_that_was_cut_short_before_it_zero_is_what_was_broken(tmp_path: Path) -> None:
    result = judge_folder(tell_nested(Story(aborted_s=-2.0), tmp_path / RUN))
    page = read(render(result, "en")).text

    assert zero_ns(result) == at(LINE_S)
    assert "T0 is the onset of the fault: " in page
    assert "did not get as far as the fault that the switch answers" in page


def test_a_run_json_that_does_not_know_of_it_has_its_first_fault_at_zero() -> None:
    run = passed()
    (fault,) = run.faults
    body = run.model_dump(by_alias=True)
    del body["faults"][0]["answered"]
    older = Result.model_validate(body)

    assert fault.onset is not None
    assert zero_ns(older) == fault.onset.lo
