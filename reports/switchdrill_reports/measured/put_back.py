"""Rules of a fault that had gone under it, and were put back: how long it had no effect where it should have had."""

from switchdrill.interval import Interval, elapsed, exactly
from switchdrill.record.entries import Injected, Reapplied
from switchdrill_reports.measured.course import Course
from switchdrill_reports.result import PutBack, Said
from switchdrill_reports.spans import span_facts, span_of


def put_back_of(course: Course, made: Injected) -> list[PutBack]:
    """In the order of time."""
    return [_shown(each) for each in _reapplied(course, made)]


def absent_ns(course: Course) -> int:
    """For how long, at most, some rule of this course's faults had gone."""
    gaps = sorted((_gone(each).lo, each.again_ns) for made in course.injected for each in _reapplied(course, made))
    total, until_ns = 0, 0
    for gone_ns, again_ns in gaps:
        total += max(0, again_ns - max(gone_ns, until_ns))
        until_ns = max(until_ns, again_ns)
    return total


def _reapplied(course: Course, made: Injected) -> list[Reapplied]:
    """By its undos; a record that names none belongs to the last fault of its kind before it."""
    ours = [each for each in course.reapplied if each.undo in made.undos]
    nameless = [each for each in course.reapplied if not each.undo and each.fault == made.fault]
    later = [each.before_ns for each in course.injected if each.fault == made.fault and each.before_ns > made.before_ns]
    until_ns = min(later, default=None)
    ours += [
        each for each in nameless if each.again_ns >= made.before_ns and (until_ns is None or each.again_ns < until_ns)
    ]
    return sorted(ours, key=lambda each: (each.again_ns, each.target))


def _gone(each: Reapplied) -> Interval:
    """As the record says it, in whichever order."""
    return Interval(lo=min(each.gone_ns), hi=max(each.gone_ns))


def _absent(each: Reapplied) -> Interval:
    return elapsed(_gone(each), exactly(max(each.again_ns, *each.gone_ns)))


def _shown(each: Reapplied) -> PutBack:
    gone, absent = _gone(each), _absent(each)
    facts = {"target": each.target, "fault": each.fault, "text": each.said or "-", **span_facts("absent", absent)}
    return PutBack.model_validate(
        {
            "target": each.target,
            "gone": span_of(gone),
            "again_ns": each.again_ns,
            "absent": span_of(absent),
            "said": Said(code="reason.put_back", facts=facts),
        }
    )
