"""In which order people should read: the worst first; what happened, as it happened."""

from switchdrill_reports.result import Check, Finding, Milestone, State

_BADNESS: dict[State, int] = {
    "MISSED": 0,
    "UNUSABLE": 1,
    "NOT_MEASURED": 2,
    "NOT_RUN": 3,
    "INDETERMINATE": 4,
    "MET": 5,
}


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Kept promises last, critical ones before others; otherwise as the judge ordered them."""
    return sorted(findings, key=lambda each: (each.state == "MET", not each.critical, _BADNESS[each.state]))


def checks_first_broken(checks: list[Check]) -> list[Check]:
    return sorted(checks, key=lambda each: each.ok)


def in_order(milestones: list[Milestone]) -> list[Milestone]:
    """By time, unmeasured ones last. Where the intervals overlap nobody knows, and the order of their numbers is kept:
    names are steered before pictures come.
    """
    measured = [each for each in milestones if each.at is not None]
    found = sorted(measured, key=lambda each: (*_late_end(each), _number(each)))
    for _round in range(len(found)):  # only neighbours change places: what is provably earlier is never passed
        for index in range(len(found) - 1):
            first, second = found[index : index + 2]
            if _number(second) < _number(first) and not _is_before(first, second):
                found[index : index + 2] = [second, first]
    return [*found, *(each for each in milestones if each.at is None)]


def _late_end(milestone: Milestone) -> tuple[bool, int]:
    at = milestone.at
    return (True, 0) if at is None or at.hi is None else (False, at.hi)


def _number(milestone: Milestone) -> int:
    digits = milestone.id.removeprefix("M")
    return int(digits) if digits.isdecimal() else 0


def _is_before(first: Milestone, second: Milestone) -> bool:
    if first.at is None or second.at is None or first.at.hi is None:
        return False
    return first.at.hi < second.at.lo
