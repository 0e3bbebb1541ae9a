"""What the audience went through: downtime per viewer, who was stranded, whether the load itself held."""

from dataclasses import dataclass
from itertools import pairwise

from switchdrill.clock import NS_PER_S
from switchdrill.record.viewers import Outage, Second
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.result import Viewers, ViewerSecond

GAP_NS = 5 * NS_PER_S // 2
"""Longer without a line than this, and nobody knows how many viewers were there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """How many of the planned viewers were there, at worst."""

    worst_share: float | None
    """None: no line tells."""
    longest_gap_ns: int
    """The longest stretch of the time looked at about which no line tells."""


def viewers(found: evidence.Evidence, course: Course) -> Viewers | None:
    """None when the load left no line at all."""
    if not found.seconds and not found.outages:
        return None
    planned = _planned(found, course)
    downtimes = sorted(_downtimes(found, course).values())
    everyone = [0] * max(0, planned - len(downtimes)) + downtimes
    window = load_window(found.seconds, course)
    steady = steady_seconds(found, course)
    return Viewers(
        planned=planned,
        alive_worst_share=alive(found.seconds, *window).worst_share if window else None,
        late_p99_ns=max((each.late_p99_ns for each in steady), default=None),
        downtime_mean_ns=round(sum(everyone) / len(everyone)) if everyone else None,
        downtime_p50_ns=percentile(everyone, 50),
        downtime_p95_ns=percentile(everyone, 95),
        downtime_max_ns=everyone[-1] if everyone else None,
        touched=len(downtimes),
        stranded=len(_stranded(found, course)),
        series=[
            ViewerSecond(t_ns=each.t_ns, planned=each.planned, alive=each.alive, good=each.good)
            for each in found.seconds
        ],
    )


def load_window(seconds: tuple[Second, ...], course: Course) -> tuple[int, int] | None:
    """From when the load was ready until it might go: the end of the control phase.

    A drill that was cut short takes its load off first: then its last line is the end.
    """
    load = course.part("load")
    if load is None or load.ended_ns is None:
        return None
    control = course.part("control")
    until_ns = course.observed_until_ns
    if control is None or not control.reached:
        until_ns = max((each.t_ns for each in seconds if each.t_ns <= until_ns), default=until_ns)
    return load.ended_ns, max(load.ended_ns, until_ns)


def alive(seconds: tuple[Second, ...], since_ns: int, until_ns: int) -> Alive:
    """The worst second between two instants, and the longest gap."""
    inside = [each for each in seconds if since_ns <= each.t_ns <= until_ns]
    shares = [each.alive / each.planned for each in inside if each.planned > 0]
    edges = [since_ns, *(each.t_ns for each in inside), until_ns]
    gaps = [late - early for early, late in pairwise(edges)]
    return Alive(worst_share=min(shares, default=None), longest_gap_ns=max(gaps))


def steady_seconds(found: evidence.Evidence, course: Course) -> list[Second]:
    """The lines of the runbook's steady time before the fault, in which all were there and nothing was broken.

    A line tells of the second before it; when the steady time held none, the last one before the fault tells.
    """
    steady, load = course.part("steady"), course.part("load")
    if found.plan is None or load is None or steady is None or steady.ended_ns is None:
        return []
    until_ns = steady.ended_ns if course.onset_ns is None else course.onset_ns
    since_ns = until_ns - found.plan.runbook.objectives.steady
    joined_ns = load.began_ns if load.ended_ns is None else load.ended_ns
    before = [each for each in found.seconds if load.began_ns <= each.t_ns <= until_ns]
    return [each for each in before if each.t_ns >= max(since_ns, joined_ns)] or before[-1:]


def percentile(ordered: list[int], share: int) -> int | None:
    """Nearest rank: a value that somebody really had."""
    if not ordered:
        return None
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def _planned(found: evidence.Evidence, course: Course) -> int:
    """The audience when the fault began; without a fault, the largest that was planned."""
    onset_ns = course.onset_ns
    before = [each.planned for each in found.seconds if onset_ns is None or each.t_ns <= onset_ns]
    return max(before, default=max((each.planned for each in found.seconds), default=0))


def _downtimes(found: evidence.Evidence, course: Course) -> dict[int, int]:
    """Viewer -> time without picture between the fault and the end of the failback; a censored one counts to there."""
    since_ns = course.onset_ns
    if since_ns is None:
        return {}
    until_ns = course.failback_until_ns
    lost: dict[int, int] = {}
    for each in found.outages:
        ended_ns = until_ns if each.next_good_ns is None else min(each.next_good_ns, until_ns)
        overlap_ns = ended_ns - max(each.last_good_ns, since_ns)
        if overlap_ns > 0:
            lost[each.viewer] = lost.get(each.viewer, 0) + overlap_ns
    return lost


def _stranded(found: evidence.Evidence, course: Course) -> set[int]:
    """Viewers without picture when observation ended."""
    last: dict[int, Outage] = {}
    for each in found.outages:
        if each.viewer not in last or each.last_good_ns >= last[each.viewer].last_good_ns:
            last[each.viewer] = each
    return {viewer for viewer, each in last.items() if each.next_good_ns is None and course.onset_ns is not None}
