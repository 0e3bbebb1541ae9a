"""What an invalid run measured is shown, and wherever it is, it says that it is not usable: once, and why."""

import re
import unicodedata

from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.summary import summary

from . import facts, results
from .page import read
from .passed import passed

_MARK = {"en": "Not usable: a rule of validity was broken", "zh": "不可采信：违反了有效性规则"}


def test_every_section_with_figures_says_once_that_they_are_not_usable(language: str) -> None:
    html = render(results.invalid(), language)
    sections = [read(f"<section>{each}").text for each in re.findall(r"<section>(.*?</section>)", html, re.DOTALL)]
    marked = [number for number, words in enumerate(sections) if _MARK[language] in words]

    assert [0, 2, 3] == marked, "time axis and milestones, data, viewers"
    assert [1] * 3 == [sections[number].count(_MARK[language]) for number in marked]
    assert _MARK[language] not in render(passed(), language)


def test_the_first_screen_marks_the_last_viewer_and_those_touched() -> None:
    page = read(render(results.invalid(), "en")).text

    assert re.search(r"last viewer: [0-9.–]+\ss, not usable", page)
    assert "297 of 300 not usable" in page
    assert not re.search(r"last viewer: [0-9.–]+\ss, not usable", read(render(passed(), "en")).text)


def test_each_line_of_the_screen_says_that_it_is_not_usable() -> None:
    lines = summary(results.invalid(), "en").splitlines()

    for words in ("acknowledged · lost", "of 300 touched", "downtime of one viewer"):
        (number,) = [number for number, line in enumerate(lines) if words in line]
        assert "not usable" in lines[number] + lines[number + 1]
    assert "not usable" not in summary(passed(), "en")


def test_a_reason_is_told_to_its_end() -> None:
    words = "because an earlier drill, or somebody, has switched; play the platform's failback or reset first " * 4
    run = results.refused().model_copy(update={"reasons": [facts.said("reason.refused", text=words + "END")]})
    lines = summary(run, "en").splitlines()

    assert lines[-1].endswith("END")
    assert "…" not in "".join(lines)
    assert max(sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line) for line in lines) <= 100


def test_downtime_says_that_the_failback_is_in_it(language: str) -> None:
    words = {"en": "downtime of one viewer, failback included", "zh": "单名观众累计中断（含回切）"}[language]
    legend = {"en": "those at the failback, too", "zh": "回切期间的也计入"}[language]

    assert words in summary(passed(), language)
    assert legend in read(render(passed(), language)).text
