"""Whether everything is healed, in the four ways that a reader must tell apart."""

from typing import Literal

from switchdrill_reports.result import Result
from switchdrill_reports.words import marked, say

Healed = Literal["broken", "proven", "unproven", "nothing"]

_WORDS: dict[Healed, str] = {
    "broken": marked("no, something is still broken"),
    "proven": marked("yes, and proven"),
    "unproven": marked("every undo was played, but it is not proven"),
    "nothing": marked("nothing was broken"),
}


def healed(result: Result) -> Healed:
    """Proven only when the judge says so: that an undo was played proves nothing yet."""
    if not result.all_healed:
        return "broken"
    if all(fault.onset is None for fault in result.faults):
        return "nothing"
    finding = result.finding("healed")
    return "proven" if finding is not None and finding.state == "MET" else "unproven"


def healed_words(result: Result, language: str) -> str:
    return say(_WORDS[healed(result)], language)
