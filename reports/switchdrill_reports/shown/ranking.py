"""In which order people should read: the worst first."""

from switchdrill_reports.result import Check, Finding, State

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
