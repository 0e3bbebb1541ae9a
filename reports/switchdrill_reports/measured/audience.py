"""Whether the audience was there: the load's own lines, and the gaps between them."""

from dataclasses import dataclass
from itertools import pairwise

from switchdrill.clock import NS_PER_S
from switchdrill.record.plan import Plan
from switchdrill.record.viewers import Second
from switchdrill.runbook.model import Load
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course

GAP_NS = 5 * NS_PER_S // 2
"""Longer without a line than this, and nobody knows how many viewers were there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """How many of the planned viewers were there, at worst."""

    worst_share: float | None
    """None: no line tells."""
    longest_gap_ns: int
    """The longest stretch of the time looked at about which no line tells."""


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


def alive(seconds: tuple[Second, ...], since_ns: int, until_ns: int, *, planned: int = 0) -> Alive:
    """The worst second between two instants, and the longest gap.

    `planned`: how many the plan wanted; a load that says that it wanted fewer has not put the audience on.
    """
    inside = [each for each in seconds if since_ns <= each.t_ns <= until_ns]
    shares = [each.alive / max(each.planned, planned) for each in inside if max(each.planned, planned) > 0]
    edges = [since_ns, *(each.t_ns for each in inside), until_ns]
    gaps = [late - early for early, late in pairwise(edges)]
    return Alive(worst_share=min(shares, default=None), longest_gap_ns=max(gaps))


def steady_seconds(found: evidence.Evidence, course: Course) -> list[Second]:
    """The lines of the runbook's steady time before the fault, in which all were there and nothing was broken.

    A line tells of the second before it; when the steady time held none, the last one before the fault tells.
    """
    steady, load = course.part("steady"), course.part("load")
    until_ns = course.onset_ns if steady is None or course.onset_ns is not None else steady.ended_ns
    if found.plan is None or load is None or until_ns is None:
        return []
    since_ns = until_ns - found.plan.runbook.objectives.steady
    joined_ns = load.began_ns if load.ended_ns is None else load.ended_ns
    before = [each for each in found.seconds if load.began_ns <= each.t_ns <= until_ns]
    return [each for each in before if each.t_ns >= max(since_ns, joined_ns)] or before[-1:]


def loads(plan: Plan) -> list[Load]:
    """The audiences that the plan's steps put on."""
    profiles = [step.detail.get("profile", "") for step in plan.steps if step.step == "load"]
    return [plan.runbook.load[each] for each in profiles if each in plan.runbook.load]


def wanted(plan: Plan | None) -> int:
    """How many viewers there must be at least, once a load is on."""
    return min((each.viewers for each in loads(plan)), default=0) if plan is not None else 0
