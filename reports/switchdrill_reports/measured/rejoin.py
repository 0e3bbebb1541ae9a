"""How long a healed site took to be good again, by the probes that go straight to it; or all, by every probe."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchdrill.interval import Interval, after, elapsed, latest
from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.blocks import answered_faults
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.gaps import after_last_gap
from switchdrill_reports.measured.healing import healed_between
from switchdrill_reports.measured.origin import takes_sites
from switchdrill_reports.measured.outages import first_end
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import not_fine
from switchdrill_reports.result import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoined:
    """A duration, and the rows that decided it."""

    took: Interval
    evidence: list[Evidence]


def rejoined(found: evidence.Evidence, plan: Plan, course: Course) -> Rejoined | None:
    """From when the undos were played to the last run of good samples of every probe; None: nothing tells.

    Of the faults that the switch answers: what was broken around them comes home by itself, and later. Until the way
    back begins, or observation ends: a site that was good for a moment was not in step yet; what changing roles does to
    it later is another matter.
    """
    between = healed_between(course, [undo for each in course.switch_faults for undo in each.undos])
    eyes = whole_by(found, plan)
    if between is None or not eyes:
        return None
    healed = Interval(lo=between[0], hi=max(between))
    until_ns = course.observed_until_ns
    if course.failback is not None and course.failback.before_ns > healed.lo:
        until_ns = min(until_ns, course.failback.before_ns)
    instants: list[Interval] = []
    rows: list[Evidence] = []
    for eye in eyes:
        seen = _good_again(eye, found.series, healed.lo, until_ns)
        if seen is None:
            return None
        instants.append(seen[0])
        rows.append(Evidence(file=eye.file, rows=(min(seen[1]), max(seen[1]))))
    took = elapsed(healed, latest(instants[0], *instants[1:]))
    return Rejoined(took=took, evidence=rows)


def whole_by(found: evidence.Evidence, plan: Plan) -> list[Series]:
    """The probes that tell whether all is whole again: every one straight to the broken sites.

    After a fault that takes away no site, every probe of the plan.
    """
    faults = answered_faults(plan)
    if not takes_sites(faults):
        return list(found.series)
    names = {plan.platform.site_with_role(fault.effect.site) for fault in faults}
    return [each for each in found.series if each.target.kind in ("hls", "http") and each.target.site in names]


def _good_again(
    series: Series, among: Iterable[Series], since_ns: int, until_ns: int
) -> tuple[Interval, tuple[int, int]] | None:
    """When the last unbroken run of good samples began, and the rows around that. None: nobody looked."""
    settled = series.settled(since_ns, until_ns)
    if not settled:
        return None
    bad = not_fine(series, settled, among)
    lo = max(since_ns, series.sent_ns[bad[-1]]) if bad else since_ns
    begin, last = (bad[-1] + 1 if bad else settled[0]), settled[-1]
    if begin > last:
        return after(lo), (series.rows[last], series.rows[last])
    rows = (series.rows[bad[-1] if bad else begin], series.rows[begin])
    hi = first_end(series.ended_ns, after_last_gap(series, begin, last), last)
    at = Interval(lo=min(lo, hi), hi=hi) if series.is_watched_until(until_ns) else after(min(lo, hi))
    return at, rows
