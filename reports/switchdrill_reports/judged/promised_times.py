"""Promises that are durations: the recovery, its phases, the healed site in step again, the failback."""

from collections.abc import Iterator

from switchdrill.interval import Interval, elapsed, not_before
from switchdrill.record.plan import Plan
from switchdrill.runbook.model import Objective
from switchdrill_reports.judged.not_planned import not_planned
from switchdrill_reports.judged.states import state_of
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course, is_planned, planned_site
from switchdrill_reports.measured.detection import INFERRED
from switchdrill_reports.measured.milestones import Milestones
from switchdrill_reports.measured.origin import is_ridden_out, spared_site
from switchdrill_reports.measured.rejoin import rejoined
from switchdrill_reports.measured.times import failback_time, recovery_time
from switchdrill_reports.result import Evidence, Finding, Phase, Said, State
from switchdrill_reports.spans import interval_of, span_facts, span_of

Fact = str | int | float | None


def recovery(plan: Plan, course: Course, found: Milestones) -> Iterator[Finding]:
    """A drill that breaks something and does not wait for the switch has not proven its recovery.

    One that breaks what serves nobody has nothing to recover: `promised_quiet.untouched` judges it; one that rides the
    fault out is judged by `promised_ride`.
    """
    if not is_planned(plan, "until_switched"):
        if plan.faults and spared_site(plan) is None and not is_ridden_out(plan):
            yield not_planned("recovery", critical=True, promised=plan.runbook.objectives.recovery)
        return
    measured = recovery_time(found)
    was_run = course.switch_onset_ns is not None
    finding = _timed(
        "recovery",
        plan.runbook.objectives.recovery,
        measured,
        critical=True,
        state=None if was_run else "NOT_RUN",
        facts={"operator": found.worst_stratum("M11"), "until": course.recovery_ended_by},
        evidence=_evidence(found, "M0", "M11"),
    )
    if not was_run and course.onset_ns is not None:
        finding = finding.model_copy(update={"said": Said(code="recovery.not_reached")})
    yield finding


def phase_findings(course: Course, found: Milestones, phases: list[Phase]) -> Iterator[Finding]:
    """Not critical: the recovery as a whole is. A phase that merged is shown, and not measured.

    None when the drill waits for no switch: then there are no `phases`.
    """
    by_rule = _by_rule(found)
    why_no_onset = Said(code="phase.not_run" if course.onset_ns is None else "phase.not_made")
    for phase in phases:
        span = interval_of(phase.span)
        ends = next((each.id for each in found.found if each.name == phase.ends), "")
        yield Finding(
            id=f"phase.{phase.name}",
            critical=False,
            state=phase.state,
            measured=phase.span,
            target_ns=phase.target_ns,
            limit_ns=phase.limit_ns,
            said=_said_of_phase(
                phase,
                span,
                by_rule=by_rule if phase.ends == "detected" else None,
                no_onset=why_no_onset if found.at("M0") is None else None,
                until=course.recovery_ended_by,
            ),
            evidence=_evidence(found, ends),
        )


def _said_of_phase(
    phase: Phase, span: Interval | None, *, by_rule: Interval | None, no_onset: Said | None, until: str
) -> Said:
    facts: dict[str, Fact] = {"promised_ns": phase.target_ns}
    if phase.state == "NOT_RUN":
        return no_onset or Said(code="phase.not_reached", facts={"until": until})
    if span is None and by_rule is not None:
        return Said(code=f"phase.{phase.name}.inferred", facts=span_facts("by_rule", by_rule))
    if span is None:
        return Said(code=f"phase.{phase.name}.not_measured")
    if span.hi is None:
        return Said(code=f"phase.{phase.state.lower()}.censored", facts={**facts, "seen_ns": span.lo, "until": until})
    return Said(code=f"phase.{phase.name}.{phase.state.lower()}", facts={**facts, **span_facts("measured", span)})


def _by_rule(found: Milestones) -> Interval | None:
    """How long after the fault the runbook's rule would have detected it, when nothing but the rule tells."""
    onset, detected = found.at("M0"), found.one("M2")
    at = None if detected is None or not detected.source.startswith(INFERRED) else interval_of(detected.at)
    return None if onset is None or at is None else elapsed(onset, not_before(onset, at))


def rejoin(found: evidence.Evidence, plan: Plan, course: Course) -> Iterator[Finding]:
    """From healing to good for good on the healed site; measured by its probes, not by how long the runner waited."""
    if not is_planned(plan, "heal"):
        return
    was_run = course.part("rejoin") is not None
    seen = rejoined(found, plan, course) if was_run else None
    target_ns = plan.runbook.objectives.rejoin
    yield _timed(
        "rejoin",
        Objective.model_construct(target=target_ns, limit=target_ns),
        None if seen is None else seen.took,
        critical=False,
        state=None if was_run else "NOT_RUN",
        facts={},
        evidence=[] if seen is None else seen.evidence,
    )


def failback(plan: Plan, course: Course, found: Milestones) -> Iterator[Finding]:
    """From the command to good for good on the returned site, of the slowest operator."""
    if not is_planned(plan, "failback"):
        if plan.faults and spared_site(plan) is None and not is_ridden_out(plan):
            yield not_planned("failback", critical=False, promised=plan.runbook.objectives.failback)
        return
    took = failback_time(found)
    done = _timed(
        "failback",
        plan.runbook.objectives.failback,
        took,
        critical=True,
        state="NOT_RUN" if course.failback is None else None,
        facts={"operator": found.worst_stratum("M16"), "site": planned_site(plan, "failback") or ""},
        evidence=_evidence(found, "M14", "M16"),
    )
    if done.state == "MET" and took is not None and took.lo == 0:
        # No look after the command found anybody elsewhere, or without a picture.
        done = done.model_copy(update={"said": done.said.model_copy(update={"code": "failback.met.at_home"})})
    yield done


def _timed(
    id: str,
    promised: Objective,
    measured: Interval | None,
    *,
    critical: bool,
    state: State | None,
    facts: dict[str, Fact],
    evidence: list[Evidence],
) -> Finding:
    judged: State = state_of(measured, promised.target) if state is None else state
    return Finding(
        id=id,
        critical=critical,
        state=judged,
        measured=span_of(measured),
        target_ns=promised.target,
        limit_ns=promised.limit,
        said=_said(id, judged, measured, {**facts, "promised_ns": promised.target}),
        evidence=evidence,
    )


def _said(id: str, state: State, measured: Interval | None, facts: dict[str, Fact]) -> Said:
    code = f"{id}.{state.lower()}"
    if measured is None:
        return Said(code=code)
    if measured.hi is None:
        return Said(code=f"{code}.censored", facts={**facts, "seen_ns": measured.lo})
    return Said(code=code, facts={**facts, **span_facts("measured", measured)})


def _evidence(found: Milestones, *ids: str) -> list[Evidence]:
    ones = [found.one(each) for each in ids]
    return [each for one in ones if one is not None for each in one.evidence]
