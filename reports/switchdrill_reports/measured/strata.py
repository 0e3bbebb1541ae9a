"""What the viewers behind each operator went through."""

from switchdrill.interval import Interval, elapsed
from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.milestones import Milestones
from switchdrill_reports.measured.outages import Outage, outages_within
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.times import recovery_time
from switchdrill_reports.result import Span, Stratum, Window
from switchdrill_reports.spans import span_of


def strata(found: evidence.Evidence, plan: Plan, course: Course, milestones: Milestones) -> list[Stratum]:
    """One for each operator, in the platform file's order."""
    names = list(plan.platform.sites)
    shown: list[Stratum] = []
    for operator, described in plan.platform.operators.items():
        eyes = [each for each in found.series if each.target.kind == "hls" and each.target.operator == operator]
        hits = _hits(eyes, course)
        shown.append(
            Stratum(
                operator=operator,
                title=described.title,
                share=described.share,
                outages=[Span(lo=each.lo, hi=each.hi) for each in map(_duration, hits)],
                recovery=span_of(recovery_time(milestones, operator)),
                served_by=_served_by(eyes[0], names, course) if eyes else [],
                outage_windows=[_window(each) for each in hits],
            )
        )
    return shown


def _hits(eyes: list[Series], course: Course) -> list[Outage]:
    """Every outage from the first fault to the end of observation: failback and control phase, too."""
    since_ns = course.onset_ns
    if since_ns is None:
        return []
    found = [hit for eye in eyes for hit in outages_within(eye, since_ns, course.observed_until_ns)]
    return sorted(found, key=lambda hit: (hit.began.lo, hit.ended.lo))


def _duration(hit: Outage) -> Interval:
    return elapsed(hit.began, hit.ended)


def _window(hit: Outage) -> Window:
    return Window(began=Span(lo=hit.began.lo, hi=hit.began.hi), ended=Span(lo=hit.ended.lo, hi=hit.ended.hi))


def _served_by(eye: Series, names: list[str], course: Course) -> list[tuple[int, str]]:
    """Each change, at the instant at which the first sample that saw it left; nobody is ``."""
    until = eye.first_planned_after(course.observed_until_ns)
    served = eye.served[:until]
    changes: list[tuple[int, str]] = []
    index = 0
    while index < len(served):
        site = served[index]
        changes.append((eye.sent_ns[index], names[site - 1] if 0 < site <= len(names) else ""))
        while index < len(served) and served[index] == site:
            index += 1
    return changes
