"""The state of one promise, from a measured interval. Missing is never met."""

from switchdrill.interval import Interval
from switchdrill_reports.result import State


def state_of(measured: Interval | None, target_ns: int) -> State:
    """MET only when the late end keeps the promise; MISSED only when even the early end breaks it."""
    if measured is None:
        return "NOT_MEASURED"
    if measured.lo > target_ns:
        return "MISSED"
    if measured.hi is not None and measured.hi <= target_ns:
        return "MET"
    return "INDETERMINATE"


def state_of_count(count: int | None, allowed: int) -> State:
    if count is None:
        return "NOT_MEASURED"
    return "MET" if count <= allowed else "MISSED"
