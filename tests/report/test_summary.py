"""The summary fits one screen, in both languages, whatever stands in the record."""

import unicodedata

import pytest

from switchdrill_reports.result import Result
from switchdrill_reports.shown.summary import summary

from . import facts, results


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def test_it_fits_one_screen(result: Result, language: str) -> None:
    lines = summary(result, language).splitlines()

    assert len(lines) <= 24
    assert max(columns(line) for line in lines) <= 100
    assert "\x1b" not in summary(result, language)


@pytest.mark.parametrize("words", ["礼物" * 80, "gift " * 80, "x" * 300])
def test_it_fits_with_names_of_any_length_and_any_number(words: str, language: str) -> None:
    run = results.invalid()
    long = run.model_copy(
        update={
            "run": words,
            "data": [each.model_copy(update={"title": words}) for each in run.data * 9],
            "reasons": [facts.said("reason.refused", text=words)] * 9,
            "phases": [each.model_copy(update={"name": words}) for each in run.phases * 3],
        }
    )
    lines = summary(long, language).splitlines()

    assert len(lines) <= 24
    assert max(columns(line) for line in lines) <= 100


def test_it_says_measured_and_promised_for_the_whole_and_each_phase() -> None:
    lines = [" ".join(line.split()) for line in summary(results.failed(), "en").splitlines()]

    assert lines[0] == "FAIL Failed · Simulation · 20261121-031205-site-loss"
    assert "Recovery 23.1–23.4 s 20 s 30 s missed" in lines
    assert "Detect 15.2–15.3 s 8 s 12 s missed" in lines
    assert "Gifts (礼物) 548 acknowledged · lost: 7 · duplicated: 1 · unknown: 41" in lines
    assert "- Gifts (礼物): of 548 acknowledged records 7 are missing; allowed: 0." in lines


def test_what_is_still_broken_stands_above_everything_measured() -> None:
    lines = summary(results.invalid(), "en").splitlines()

    assert "STILL BROKEN. Mend it with:  switchdrill heal 20261121-031205-site-loss" == lines[1]


def test_records_can_not_steer_the_terminal() -> None:
    run = results.refused().model_copy(
        update={"reasons": [facts.said("reason.refused", text="\x1b[2J\x07gone\r\x9b31m")]}
    )

    assert all(letter == "\n" or unicodedata.category(letter)[0] != "C" for letter in summary(run, "en"))
