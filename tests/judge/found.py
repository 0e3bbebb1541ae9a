"""What a judged run says, looked up by name."""

from collections.abc import Callable

from switchdrill.record.folder import RunFolder
from switchdrill_reports.result import Finding, Milestone, Result
from tests.judge.story import FAULT, S, Story

Tell = Callable[[Story], RunFolder]


def finding(result: Result, id: str) -> Finding:
    """Of several faults, that of the decisive one."""
    found = result.finding(id)
    assert found is not None
    return found


def milestone(result: Result, id: str, stratum: str = "worst") -> Milestone:
    return next(each for each in result.milestones if each.id == id and each.stratum == stratum)


def holds(result: Result, id: str, truth_s: float, stratum: str = "worst") -> bool:
    at = milestone(result, id, stratum).at
    truth_ns = FAULT + round(truth_s * S)
    return at is not None and at.lo <= truth_ns and (at.hi is None or truth_ns <= at.hi)


def codes(result: Result) -> list[str]:
    return [each.code for each in result.reasons]
