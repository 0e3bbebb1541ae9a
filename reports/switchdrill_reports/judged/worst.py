"""A promise that was put to the test several times after one fault is as good as the worst of them."""

from collections.abc import Iterable

from switchdrill_reports.result import Finding

_STATES = {"MET": 0, "MISSED": 2}
_NOT_PLANNED = ".not_planned"


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """One of each id, in the order in which they first came.

    One that is proven broken comes before one that is not known, and that before one that was kept; then a censored
    duration before a measured one, and the longer one before the shorter.
    """
    found: dict[str, Finding] = {}
    for each in findings:
        if each.id not in found or badness(each) > badness(found[each.id]):
            found[each.id] = each
    return list(found.values())


def badness(finding: Finding) -> tuple[int, bool, int, int]:
    """Greater is worse."""
    measured = finding.measured
    state = _STATES.get(finding.state, 1)
    if measured is None:
        return state, False, 0, finding.count or 0
    return state, measured.hi is None, measured.hi or 0, measured.lo


def planned_somewhere(findings: list[Finding]) -> list[Finding]:
    """Without those that say that it was not planned, where it was planned after another fault."""
    planned = {each.id for each in findings if not each.said.code.endswith(_NOT_PLANNED)}
    return [each for each in findings if each.id not in planned or not each.said.code.endswith(_NOT_PLANNED)]
