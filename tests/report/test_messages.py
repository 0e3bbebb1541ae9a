"""Both languages are whole: nothing untranslated, nothing unused, no placeholder lost on the way."""

import re
from string import Formatter

from switchdrill.fault import catalogue as faults
from switchdrill_reports.result import Result, Said, Span
from switchdrill_reports.said import SAID
from switchdrill_reports.shown.legends import LEGENDS
from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.summary import summary
from switchdrill_reports.shown.wording import worded

from .messages import HELD
from .page import read

S = 1_000_000_000


def test_the_catalogue_is_whole() -> None:
    """To mend it: python -m tests.report.messages, then translate the empty ones."""

    assert {} == HELD.mistakes()


def test_every_sentence_of_the_judge_can_be_said_in_both_languages(language: str) -> None:
    for code, template in SAID.items():
        facts: dict[str, str | int | float | None] = {}
        for _text, name, _spec, _conversion in Formatter().parse(template):
            if name and name.endswith("_ns"):
                facts[name] = 3 * S
            elif name and name.endswith("_count"):
                facts[name] = 4
            elif name and name.endswith("_share"):
                facts[name] = 0.5
            elif name in ("measured", "last"):
                facts |= {f"{name}_lo_ns": 2 * S, f"{name}_hi_ns": 3 * S}
            elif name:
                facts[name] = "x"
        sentence = worded(Said(code=code, facts=facts), language)

        assert "{" not in sentence
        assert code not in sentence
        assert "=" not in sentence


def test_a_sentence_of_a_newer_judge_is_shown_bare_rather_than_lost() -> None:
    assert "tomorrow: reason=x; held_ns=5" == worded(Said(code="tomorrow", facts={"reason": "x", "held_ns": 5}), "en")
    assert "reason.refused: why=x" == worded(Said(code="reason.refused", facts={"why": "x"}), "zh")


def test_a_censored_interval_in_a_sentence_says_that_it_is() -> None:
    facts = {"measured_lo_ns": 31 * S, "measured_hi_ns": None, "promised_ns": 20 * S}

    assert Span(lo=31 * S, hi=None) is not None
    assert "> 31 s (not over by then)" in worded(Said(code="back.operators", facts=facts), "en")


def test_no_english_is_left_in_a_chinese_page(result: Result) -> None:
    page = read(render(result, "zh"))
    seen = [*page.words, *page.unseen, *summary(result, "zh").splitlines()]
    english = sorted({str(message.id) for message in HELD.messages()}, key=len, reverse=True)
    # Short words also stand in identifiers and in text from the run itself.
    left = [words for words in english if " " in words and "{" not in words and any(words in each for each in seen)]

    assert [] == left
    assert [] == [
        each for each in seen if re.search(r"\bs\b|\bmin\b|\bms\b", re.sub(r"[\w./:-]*[/_=-][\w./:-]*", "", each))
    ]


def test_the_legend_of_every_fault_of_ours_has_a_translation() -> None:
    """The legend stands in the fault's file; its words are marked for the catalogue in names.py."""
    ours = [each for each in faults().values() if each.__module__.startswith("switchdrill_faults.")]
    legends = [words for each in ours for words in (each.legend.name, each.legend.looks_like)]

    assert [] != legends
    assert [] == [words for words in legends if words not in LEGENDS]
