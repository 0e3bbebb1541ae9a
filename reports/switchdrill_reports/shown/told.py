"""What became of the promises that were not kept, a line for each reason: what pytest says of a drill."""

from switchdrill_reports.result import Finding, Result
from switchdrill_reports.shown.names import finding_name, listed, state_name, titles_of
from switchdrill_reports.shown.ranking import worst_first
from switchdrill_reports.shown.wording import worded
from switchdrill_reports.words import say


def promises_told(result: Result, language: str) -> list[str]:
    """The broken rules of validity first: they are the cause. What is said of several promises is said once."""
    titles = titles_of(result)
    open_ones = [each for each in worst_first(result.findings) if each.state != "MET"]
    sentences: dict[str, list[Finding]] = {}
    for each in open_ones:
        if each.state != "UNUSABLE":
            sentences.setdefault(worded(each.said, language, titles=titles), []).append(each)
    lines = [worded(each.said, language, titles=titles) for each in result.validity if not each.ok]
    for sentence, findings in sentences.items():
        if all(each.id.startswith("data.") for each in findings):
            lines.append(sentence)  # it begins with the title of the data
        else:
            lines.append(_of(findings, sentence, titles, language))
    spoiled = [each for each in open_ones if each.state == "UNUSABLE"]
    if spoiled:
        lines.append(_of(spoiled, state_name("UNUSABLE", language), titles, language))
    return lines


def _of(findings: list[Finding], sentence: str, titles: dict[str, str], language: str) -> str:
    names = listed([finding_name(each, language, titles) for each in findings], language)
    return say("{name}: {value}", language).format(name=names, value=sentence)
