"""The milestones of a run, of each stratum and of the worst: docs/formats.md says what each of them means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from switchdrill.interval import Interval, earliest, exactly, latest
from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course, planned_site, site_number
from switchdrill_reports.measured.detection import INFERRED, Around, detected, steer_commanded
from switchdrill_reports.measured.effect import Proof
from switchdrill_reports.measured.impact import Look, first_impact, last_impact
from switchdrill_reports.measured.origin import left_site
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.served import Wanted, first_good, good_for_good, steered
from switchdrill_reports.result import Evidence, Milestone
from switchdrill_reports.spans import interval_of, span_of

WORST = "worst"

Worst = Callable[..., Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """All of them, in the order of their numbers; the worst stratum's before the operators'."""

    found: tuple[Milestone, ...]

    def at(self, id: str, stratum: str = WORST) -> Interval | None:
        return interval_of(next((each.at for each in self.found if each.id == id and each.stratum == stratum), None))

    def one(self, id: str) -> Milestone | None:
        return next((each for each in self.found if each.id == id and each.stratum == WORST), None)

    def worst_stratum(self, id: str) -> str:
        """The operator whose milestone came last; a censored one is last. Empty: none was measured."""
        strata = [each for each in self.found if each.id == id and each.stratum != WORST and each.at is not None]
        last = max(strata, key=_lateness, default=None)
        return "" if last is None else last.stratum

    def measured_by_name(self) -> dict[str, Interval | None]:
        """None: nobody measured it, whatever a rule on paper says of it."""
        return {
            each.name: None if each.source.startswith(INFERRED) else interval_of(each.at)
            for each in self.found
            if each.stratum == WORST
        }


def milestones(found: evidence.Evidence, plan: Plan, course: Course, proofs: list[Proof]) -> Milestones:
    """Empty when nothing was broken."""
    onset = fault_onset(course, proofs)
    there = [] if onset is None else _of_the_fault(found, plan, course, onset)
    return Milestones(found=(*there, *_of_the_failback(found, plan, course)))


def fault_onset(course: Course, proofs: list[Proof]) -> Milestone | None:
    """M0: from before the first call of the fault that the switch answers until after it, or until it was first seen.

    What was broken before it, around it, is another matter. None: it was not made.
    """
    if not course.switch_faults:
        return None
    made = min(course.switch_faults, key=lambda each: each.before_ns)
    proof = next((each for each in proofs if each.injected == made), None)
    seen_ns = proof.first_seen_ns if proof is not None else None
    ends = [max(each, made.before_ns) for each in (made.after_ns, seen_ns) if each is not None]
    row = course.entries.index(made)
    return Milestone(
        id="M0",
        name="fault_onset",
        stratum=WORST,
        at=span_of(Interval(lo=made.before_ns, hi=min(ends))),
        source="journal" if seen_ns is None or seen_ns > made.after_ns else "journal, samples",
        evidence=[Evidence(file="run.jsonl", rows=(row, row))],
    )


def _of_the_fault(found: evidence.Evidence, plan: Plan, course: Course, onset: Milestone) -> Iterator[Milestone]:
    at = interval_of(onset.at)
    if at is None:
        return
    yield onset
    until_ns = course.recovery_until_ns
    yield from _strata("M1", "first_user_impact", plan, _hls(found), first_impact(at.lo, until_ns), earliest)
    to = planned_site(plan, "until_switched")
    lost = left_site(plan)
    wanted = Wanted(
        site=site_number(plan, to) if to is not None else -1,
        since_ns=at.lo,
        until_ns=until_ns,
        observed_until_ns=until_ns,
        good_frame=plan.runbook.good_frame,
    )
    around = Around(onset=at, steered=None, until_ns=until_ns, next_onset_ns=course.next_onset_ns)
    if to is None:
        yield detected(plan, found.events, around, site=lost)
        return
    hls = _hls(found)
    telling = [each for each in found.series if _tells_where(plan, each)]
    m9 = list(
        _strata("M9", "steered", plan, telling, lambda each: steered(each, wanted, _same_name(each, hls)), latest)
    )
    around = replace(around, steered=interval_of(m9[0].at))
    yield detected(plan, found.events, around, site=lost)
    yield steer_commanded(plan, found.events, around, site=to)
    yield from m9
    m11 = list(_strata("M11", "service_restored", plan, hls, lambda each: good_for_good(each, wanted), latest))
    m10 = _strata("M10", "first_good_frame", plan, hls, lambda each: first_good(each, wanted), latest)
    yield from (no_later(first, last) for first, last in zip(m10, m11, strict=True))
    yield from m11


def _of_the_failback(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Milestone]:
    to = planned_site(plan, "failback")
    if course.failback is None or to is None:
        return
    since_ns = course.failback.before_ns
    row = course.entries.index(course.failback)
    yield Milestone(
        id="M14",
        name="failback_start",
        stratum=WORST,
        at=span_of(exactly(since_ns)),
        source="journal",
        evidence=[Evidence(file="run.jsonl", rows=(row, row))],
    )
    wanted = Wanted(
        site=site_number(plan, to),
        since_ns=since_ns,
        until_ns=course.failback_until_ns,
        observed_until_ns=course.observed_until_ns,
        good_frame=plan.runbook.good_frame,
    )
    hls = _hls(found)
    impact = last_impact(since_ns, course.failback_until_ns)
    yield from _strata("M15", "failback_user_impact_end", plan, hls, impact, latest)
    yield from _strata("M16", "failback_complete", plan, hls, lambda series: good_for_good(series, wanted), latest)


def _strata(id: str, name: str, plan: Plan, among: list[Series], look: Look, worst: Worst) -> Iterator[Milestone]:
    """The worst stratum first, then each operator. An operator that nobody looked at leaves the worst unmeasured."""
    found: list[Milestone] = []
    for operator in plan.platform.operators:
        eyes = [each for each in among if each.target.operator == operator]
        seen = [look(each) for each in eyes]
        known = [each for each in seen if each is not None]
        is_whole = bool(known) and len(known) == len(seen)
        found.append(
            Milestone(
                id=id,
                name=name,
                stratum=operator,
                at=span_of(worst(*(each.at for each in known))) if is_whole else None,
                source=", ".join(f"samples {eye.target.name}" for eye in eyes) or "no probe",
                evidence=[each.evidence for each in known],
                none_seen=is_whole and all(each.is_none for each in known),
            )
        )
    intervals = [interval_of(each.at) for each in found]
    measured = [each for each in intervals if each is not None]
    is_whole = bool(measured) and len(measured) == len(intervals)
    at = worst(*measured) if is_whole else None
    decisive = [] if at is None else [each for each in found if each.at is not None and _decides(each, at)]
    yield Milestone(
        id=id,
        name=name,
        stratum=WORST,
        at=span_of(at),
        source=", ".join(each.source for each in decisive) or "samples",
        evidence=[each for one in decisive for each in one.evidence],
        none_seen=is_whole and all(each.none_seen for each in found),
    )
    yield from found


def no_later(first: Milestone, last: Milestone) -> Milestone:
    """`first` with no later an end than `last`: what was good for good had been good for a first time."""
    at, bound = interval_of(first.at), interval_of(last.at)
    if at is None or bound is None or bound.hi is None or (at.hi is not None and at.hi <= bound.hi):
        return first
    return first.model_copy(update={"at": span_of(Interval(lo=min(at.lo, bound.hi), hi=bound.hi))})


def _decides(one: Milestone, at: Interval) -> bool:
    return one.at is not None and (one.at.hi == at.hi or one.at.lo == at.lo)


def _lateness(one: Milestone) -> tuple[bool, int, int]:
    at = one.at
    return (False, 0, 0) if at is None else (at.hi is None, at.hi or 0, at.lo)


def _tells_where(plan: Plan, series: Series) -> bool:
    """Whether it tells to which site an operator's viewers are sent: by the plan, whatever is there of it.

    His resolver does, where it is asked. Else pictures do, where they, or a header, name their site.
    """
    operator = plan.platform.operators.get(series.target.operator or "")
    if operator is None:
        return False
    has_dns = any(each.kind == "dns" and each.operator == series.target.operator for each in plan.targets)
    by_pictures = not has_dns and (operator.address is not None or plan.platform.served_by != "resolution")
    return series.target.kind == ("hls" if by_pictures else "dns")


def _same_name(telling: Series, pictures: list[Series]) -> list[Series]:
    """The pictures that are asked for by the name, and through the operator's resolver, that this target asks."""
    if telling.target.kind != "dns":
        return []
    resolution = telling
    asked = (resolution.target.operator, resolution.target.name_asked)
    return [each for each in pictures if (each.target.operator, each.target.name_asked) == asked]


def _hls(found: evidence.Evidence) -> list[Series]:
    return [each for each in found.series if each.target.kind == "hls" and each.target.operator is not None]
