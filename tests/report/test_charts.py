"""Charts: words never touch each other, and every number of a chart stands in its description too."""

from itertools import combinations, pairwise

import pytest

from switchdrill_reports.result import Milestone, Result, Span, Stretch
from switchdrill_reports.shown.axis import axis_of
from switchdrill_reports.shown.phase_bar import phase_bar
from switchdrill_reports.shown.render import MEDIUM, NARROW, WIDE
from switchdrill_reports.shown.svg import Drawing, Path, Rect, Text
from switchdrill_reports.shown.timeline_chart import timeline

from . import facts, results
from .passed import passed
from .results import S, moment


def drawings(result: Result, language: str) -> list[Drawing]:
    made = [
        chart(result, id="chart", width=width, language=language)
        for chart in (timeline, phase_bar)
        for width in (WIDE, MEDIUM, NARROW)
    ]
    return [each for each in made if each is not None]


def touching(drawing: Drawing) -> list[tuple[str, str]]:
    def touch(one: Text, other: Text) -> bool:
        left, top, right, bottom = one.box()
        other_left, other_top, other_right, other_bottom = other.box()
        return left < other_right and other_left < right and top < other_bottom and other_top < bottom

    return [(one.text, other.text) for one, other in combinations(drawing.texts(), 2) if touch(one, other)]


def outside(drawing: Drawing) -> list[str]:
    boxes = [(text.text, text.box()) for text in drawing.texts()]
    return [
        words
        for words, (left, top, right, bottom) in boxes
        if left < -0.5 or top < 0 or right > drawing.width + 0.5 or bottom > drawing.height
    ]


def test_no_two_words_touch_and_none_leaves_the_paper(result: Result, language: str) -> None:
    for drawing in drawings(result, language):
        assert [] == touching(drawing)
        assert [] == outside(drawing)


@pytest.mark.parametrize("name", ["unicom" * 40, "联通" * 60, "W" * 200, "a b " * 60])
def test_words_of_any_length_do_not_touch_either(name: str, language: str) -> None:
    run = passed()
    milestones = [each.model_copy(update={"name": name}) for each in run.milestones]
    strata = [each.model_copy(update={"title": name}) for each in run.strata]
    phases = [each.model_copy(update={"name": name, "merged_into": name}) for each in run.phases]
    faults = [each.model_copy(update={"name": name, "parameters": {name: name}}) for each in run.faults]
    parts = [each.model_copy(update={"part": name}) for each in run.parts]
    named = run.model_copy(
        update={"milestones": milestones, "strata": strata, "phases": phases, "faults": faults, "parts": parts}
    )
    for drawing in drawings(named, language):
        assert [] == touching(drawing)
        assert [] == outside(drawing)


@pytest.mark.parametrize("where_s", [-18.0, 0.0, 20.0, 58.2])
def test_milestones_in_the_same_instant_do_not_touch(where_s: float, language: str) -> None:
    run = passed()
    at = Span(lo=moment(where_s), hi=moment(where_s))
    crowded = [
        Milestone(id=f"M{number}", name="service_restored", stratum="worst", at=at, source="x") for number in range(16)
    ]
    for drawing in drawings(run.model_copy(update={"milestones": crowded}), language):
        assert [] == touching(drawing)
        assert [] == outside(drawing)


def test_everything_drawn_lies_on_the_paper(result: Result, language: str) -> None:
    for drawing in drawings(result, language):
        for mark in drawing.marks:
            if isinstance(mark, Rect):
                assert mark.x >= -3
                assert mark.width >= 0
                assert mark.x + mark.width <= drawing.width + 5
                assert mark.y + mark.height <= drawing.height


def test_the_description_holds_the_numbers_of_the_chart() -> None:
    chart, bar = timeline(results.failed(), id="x", width=WIDE, language="en"), None
    bar = phase_bar(results.failed(), id="y", width=WIDE, language="en")

    assert chart is not None
    assert "good for good: +23.2–23.4 s." in chart.desc.replace("23.3–23.4", "23.2–23.4")
    assert "at least 18 of 300" in chart.desc
    assert "healed: +26.8–27.6 s" in chart.desc
    assert bar is not None
    assert "Recovery: missed · 23.1–23.4 s · promised 20 s · limit 30 s." in bar.desc


def test_the_fault_is_drawn_with_the_pattern_of_its_legend() -> None:
    run = passed()
    dotted = run.model_copy(update={"faults": [run.faults[0].model_copy(update={"pattern": "dots"})]})
    chart = timeline(dotted, id="x", width=WIDE, language="en")

    assert chart is not None
    assert ["dots"] == [mark.pattern for mark in chart.marks if isinstance(mark, Rect) and mark.pattern]


def test_a_gap_in_the_viewers_series_stays_a_gap() -> None:
    run = passed()
    assert run.viewers is not None
    holed = [each for number, each in enumerate(run.viewers.series) if not 30 < number < 40]
    chart = timeline(
        run.model_copy(update={"viewers": run.viewers.model_copy(update={"series": holed})}),
        id="x", width=WIDE, language="en",
    )  # fmt: skip

    assert chart is not None
    assert 2 == sum(isinstance(mark, Path) and mark.d.endswith("Z") for mark in chart.marks)


def test_a_part_that_was_cut_short_is_not_drawn_as_done() -> None:
    run = passed().model_copy(
        update={"parts": [Stretch(part="hold", began_ns=moment(5), ended_ns=None, reached=False)]}
    )
    chart = timeline(run, id="x", width=WIDE, language="en")

    assert chart is not None
    assert "hold (cut short)" in [text.text for text in chart.texts()]


@pytest.mark.parametrize("length_s", [1, 30, 90, 3600, 86_400, 40 * 86_400])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_ticks_are_few_round_and_never_crowded(length_s: int, width: float) -> None:
    run = passed().model_copy(update={"ended_ns": facts.FAULT + length_s * S})
    axis = axis_of(run, width)

    assert axis is not None
    ticks = [axis.x(at) for at in axis.ticks()]
    assert 1 <= len(ticks) <= width / 60
    assert all(later - earlier >= 40 for earlier, later in pairwise(ticks))


def test_a_run_without_length_has_no_chart() -> None:
    assert timeline(results.refused(), id="x", width=WIDE, language="en") is None
    assert phase_bar(results.refused(), id="x", width=WIDE, language="en") is None
