"""A fault that is ridden out: viewers notice nothing of it, no more than a bound, or they are switched, as promised.

Any other outcome is a broken promise, an unneeded switch as well. Where making or healing a fault cuts connections by
itself, its legend says for how long: that is no effect of the fault, and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from switchdrill.clock import NS_PER_S
from switchdrill.record.entries import Healed, Injected, Turned
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan
from switchdrill.runbook.model import RideOut
from switchdrill_reports.judged.promised_quiet import SLACK_SHARE, viewers_eyes, viewers_outages, while_lost
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.gaps import looked_away
from switchdrill_reports.measured.origin import is_ridden_out
from switchdrill_reports.measured.outages import outages_within
from switchdrill_reports.measured.put_back import absent_ns
from switchdrill_reports.measured.series import Series
from switchdrill_reports.result import Evidence, Finding, Said, State, Stretch

Fact = str | int | float | None
Window = tuple[int, int]
"""From, to; both on CLOCK_MONOTONIC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """How one operator's pictures fared while it was broken."""

    eye: Series
    indices: list[int]
    """Of the samples that count."""
    bad: list[int]
    longest_ns: int
    """At most so long without a good picture."""
    switched: list[int]
    """Of good samples that another site served than before."""
    ends_switched: bool
    """The last ones, as many as count as recovered, are good and of another site."""

    @property
    def good_share(self) -> float:
        return 1 - len(self.bad) / len(self.indices) if self.indices else 0.0


def ride_out(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """One finding, critical. Without a promise in the runbook the plan would have been refused: NOT_MEASURED."""
    if not is_ridden_out(plan):
        return
    promise, part = _promise(plan), course.part("ride_out")
    stretch = while_lost(course)
    if promise is None or part is None or stretch is None:
        yield _finding("NOT_RUN" if promise else "NOT_MEASURED", "not_run" if promise else "not_promised", {}, [])
        return
    # What is to be unnoticed is that until all is healed; what is degraded or switched is so while it is broken.
    until_ns = stretch.ended_ns if promise.viewers == "unnoticed" else part.ended_ns
    until_ns = min(until_ns or course.observed_until_ns, course.observed_until_ns)
    left_out = list(_own_outages(plan, course))
    seen = [_look(eye, stretch.began_ns, until_ns, left_out, plan) for eye in viewers_eyes(found)]
    hit = len(_hit(found, stretch.began_ns, until_ns, left_out))
    yield _judged(promise, plan, course, part, seen, hit)


def _promise(plan: Plan) -> RideOut | None:
    promised = [plan.runbook.promised_of(each.kind, each.parameters) for each in plan.faults]
    return promised[0] if promised else None


def _judged(promise: RideOut, plan: Plan, course: Course, part: Stretch, seen: list[_Seen], hit: int) -> Finding:
    onset_ns, ended_ns = course.onset_ns or 0, course.first_undone_ns or course.observed_until_ns
    acted_ns = max(0, ended_ns - onset_ns - absent_ns(course))
    promised_ns = plan.runbook.objectives.hold
    worst = max(seen, key=lambda each: (len(each.bad), each.longest_ns), default=None)
    facts: dict[str, Fact] = {
        "held_ns": acted_ns,
        "promised_ns": promised_ns,
        "bad_count": sum(len(each.bad) for each in seen),
        "samples_count": sum(len(each.indices) for each in seen),
        "operator": "" if worst is None else worst.eye.target.operator or "",
        "good_share": min((each.good_share for each in seen), default=0.0),
        "longest_ns": max((each.longest_ns for each in seen), default=0),
        "viewers_count": hit,
        "least_share": promise.good,
        "most_ns": promise.longest,
    }
    shown = [_rows(each) for each in seen if each.indices]
    if not seen or not all(each.indices for each in seen):
        return _finding("NOT_MEASURED", "not_measured", {}, shown)
    outcome = _missed(promise, seen, hit)
    if outcome is not None:
        return _finding("MISSED", outcome, facts, shown)
    if acted_ns < promised_ns * (1 - SLACK_SHARE):
        return _finding("INDETERMINATE", "too_short", facts, shown)
    if not part.reached or part.ended_ns is None:
        return _finding("INDETERMINATE", "cut_short", facts, shown)
    since_ns, until_ns = onset_ns, part.ended_ns
    if any(looked_away(each.eye, since_ns, until_ns) or not each.eye.is_watched_until(until_ns) for each in seen):
        return _finding("INDETERMINATE", "gaps", facts, shown)
    return _finding("MET", promise.viewers, facts, shown)


def _missed(promise: RideOut, seen: list[_Seen], hit: int) -> str | None:
    """What of the promise was broken; None: nothing."""
    if promise.viewers == "switched":
        return None if all(each.ends_switched for each in seen) else "not_switched"
    if any(each.switched for each in seen):
        return "switched_unneeded"
    if promise.viewers == "unnoticed":
        return "noticed" if any(each.bad for each in seen) or hit else None
    good, longest = promise.good or 1.0, promise.longest or 0
    return "too_bad" if any(each.good_share < good or each.longest_ns > longest for each in seen) else None


def _look(eye: Series, since_ns: int, until_ns: int, left_out: list[Window], plan: Plan) -> _Seen:
    settled = eye.settled(since_ns, until_ns)
    counted = [index for index in settled if not _overlaps(eye.sent_ns[index], eye.ended_ns[index], left_out)]
    before = eye.settled(since_ns - plan.runbook.objectives.steady, since_ns)
    home = next((eye.served[index] for index in reversed(before) if eye.good[index]), 0)
    segments = plan.runbook.good_frame.segments
    last = settled[-segments:]
    bad = [index for index in counted if not eye.good[index]]
    return _Seen(
        eye=eye,
        indices=counted,
        bad=bad,
        longest_ns=max(_lengths(eye, since_ns, until_ns, set(bad)), default=0),
        switched=[index for index in counted if eye.good[index] and eye.served[index] != home],
        ends_switched=len(last) == segments
        and all(eye.good[index] and eye.served[index] not in (home, 0) for index in last),
    )


def _lengths(eye: Series, since_ns: int, until_ns: int, bad: set[int]) -> Iterator[int]:
    """Of every outage that has a sample that counts, its longest possible length up to `until_ns`."""
    for each in outages_within(eye, since_ns, until_ns):
        if bad & set(range(each.first, each.last + 1)):
            ended_ns = until_ns if each.ended.hi is None else min(each.ended.hi, until_ns)
            yield max(0, ended_ns - max(each.began.lo, since_ns))


def _own_outages(plan: Plan, course: Course) -> Iterator[Window]:
    """When connections were cut only to make, turn or heal a fault."""
    own_ns = {each.kind: round(each.legend.own_outage_s * NS_PER_S) for each in plan.faults if each.legend.own_outage_s}
    acts: list[Injected | Healed | Turned] = [*course.injected, *course.healed, *of_kind(course.entries, Turned)]
    for entry in acts:
        if entry.fault in own_ns:
            yield entry.before_ns, entry.after_ns + own_ns[entry.fault]


def _overlaps(began_ns: int, ended_ns: int, windows: list[Window]) -> bool:
    return any(began_ns <= until_ns and ended_ns >= since_ns for since_ns, until_ns in windows)


def _hit(found: evidence.Evidence, since_ns: int, until_ns: int, left_out: list[Window]) -> set[int]:
    """Viewers with an outage that was no more than one of our own cuts."""
    return {
        each.viewer
        for each in viewers_outages(found, since_ns, until_ns)
        if each.next_good_ns is None
        or not any(each.last_good_ns <= to_ns and from_ns <= each.next_good_ns <= to_ns for from_ns, to_ns in left_out)
    }


def _rows(seen: _Seen) -> Evidence:
    rows = [seen.eye.rows[index] for index in seen.indices]
    return Evidence(file=seen.eye.file, rows=(min(rows), max(rows)))


def _finding(state: State, outcome: str, facts: dict[str, Fact], shown: list[Evidence]) -> Finding:
    return Finding(
        id="ride_out",
        critical=True,
        state=state,
        said=Said(code=f"ride_out.{outcome}", facts=facts),
        evidence=[*shown, Evidence(file="load/viewers.jsonl")] if shown else [Evidence(file="plan.json")],
    )
