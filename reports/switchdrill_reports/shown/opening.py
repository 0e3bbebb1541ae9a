"""The first sentences of a report, on every medium: when pictures were back, and what the verdict rests on."""

from switchdrill_reports.result import Result
from switchdrill_reports.shown.names import titles_of
from switchdrill_reports.shown.wording import worded
from switchdrill_reports.words import say


def opening(result: Result, language: str) -> str:
    titles = titles_of(result)
    sentences = [worded(each, language, titles=titles) for each in (*result.back, result.headline)]
    return gap(language).join(sentences)


def gap(language: str) -> str:
    """What stands between two sentences."""
    return "" if language == "zh" else " "


def promised_and_limit(language: str) -> str:
    """What the two words mean, wherever they stand."""
    return say(
        "Promised: what the runbook promises; the verdict is judged by it. Limit: the longest that the drill waits"
        " before it gives up and heals; of a phase, the runbook's own figure, which nothing is judged by.",
        language,
    )
