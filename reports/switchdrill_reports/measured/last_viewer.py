"""When the last viewer had a picture again. Probes see what an operator's viewers could get; this is what they got."""

from dataclasses import dataclass

from switchdrill.interval import Interval, after, elapsed, exactly
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.audience import GAP_NS, alive
from switchdrill_reports.measured.course import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBack:
    """How long the last of the viewers whom the fault touched waited."""

    took: Interval
    """Censored: not all of them were back when the recovery was over."""
    missing: int
    """How many were not."""


def last_back(found: evidence.Evidence, course: Course, onset: Interval | None) -> LastBack | None:
    """None when it touched nobody, or when the load's lines do not tell, or are not vouched for.

    Until the recovery was over: what healing brought back is no recovery. Who is no longer there is not back, either.
    """
    until_ns = course.recovery_until_ns
    if onset is None or onset.hi is None or until_ns <= onset.lo or found.journal.first_bad_line is not None:
        return None
    seen = alive(found.seconds, onset.lo, until_ns)
    if seen.worst_share is None or seen.longest_gap_ns > GAP_NS:
        return None
    hits = [
        each
        for each in found.outages
        if each.last_good_ns <= until_ns and (each.next_good_ns is None or each.next_good_ns > onset.lo)
    ]
    ends_ns = {each.viewer: each.next_good_ns for each in sorted(hits, key=lambda each: each.last_good_ns)}
    waiting = sum(1 for end_ns in ends_ns.values() if end_ns is None or end_ns > until_ns)
    last = max((each for each in found.seconds if each.t_ns <= until_ns), key=lambda each: each.t_ns)
    has_more = any(each.t_ns > last.t_ns for each in found.seconds)
    # A load that broke off has not written the outages that were still on: only its last line tells of them.
    missing = max(waiting, last.planned - (last.alive if has_more else min(last.alive, last.good)))
    if missing:
        return LastBack(took=elapsed(onset, after(max(until_ns, onset.hi))), missing=missing)
    back_ns = max((end_ns for end_ns in ends_ns.values() if end_ns is not None), default=None)
    return None if back_ns is None else LastBack(took=elapsed(onset, exactly(max(back_ns, onset.hi))), missing=0)
