"""run.json put together from what the parts of the judge found."""

from dataclasses import dataclass

from switchdrill.interval import Interval
from switchdrill_reports.judged.headline import Outcome, back, headline
from switchdrill_reports.judged.not_shown import not_shown
from switchdrill_reports.judged.shortfalls import refused, shortfalls
from switchdrill_reports.judged.verdict import Case, reasons, verdict
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.healing import Homecoming
from switchdrill_reports.measured.milestones import Milestones
from switchdrill_reports.result import (
    Check,
    DataLoss,
    FaultShown,
    Finding,
    HealShown,
    Phase,
    ProbeShown,
    Result,
    Said,
    StepShown,
    Stratum,
    Viewers,
)
from switchdrill_reports.spans import span_of

JUDGE = "5"
"""Version of the rules."""
NO_DATE = "1970-01-01T00:00:00+00:00"
"""The anchor of a run whose first record is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What each part of the judge found."""

    milestones: Milestones
    phases: list[Phase]
    findings: list[Finding]
    fault: int | None
    measured: Interval | None
    recovery_ended_by: str
    """Of the fault with the worst recovery: see `Course.recovery_ended_by`."""
    strata: list[Stratum]
    data: list[DataLoss]
    viewers: Viewers | None
    checks: list[Check]
    probes: list[ProbeShown]
    faults: list[FaultShown]
    heals: list[HealShown]
    home: Homecoming
    steps: list[StepShown]
    crashes: list[Said]


def assembled(found: evidence.Evidence, course: Course, parts: Parts) -> Result:
    """The whole result, with its verdict."""
    plan, opened = found.plan, course.opened
    objectives = plan.runbook.objectives if plan else None
    promised_ns = objectives.recovery.target if objectives else 0
    limit_ns = objectives.recovery.limit if objectives else 0
    case = _case(found, course, parts)
    called = verdict(case)
    outcome = Outcome(
        verdict=called,
        measured=parts.measured,
        viewers=parts.viewers,
        promised_ns=promised_ns,
        limit_ns=limit_ns,
        until=parts.recovery_ended_by,
        fault=parts.fault,
        still_broken=_broken(found, parts),
        can_be_healed=parts.home.can_be_healed,
    )
    return Result(
        judge=JUDGE,
        run=found.run,
        drill=plan.drill if plan else "",
        title=plan.title if plan else "",
        kind=plan.kind if plan else "",
        covers=plan.covers if plan else [],
        platform=plan.platform.id if plan else "",
        production=plan.platform.production if plan else False,
        runbook=f"{plan.runbook.id} {plan.runbook.version}" if plan else "",
        verdict=called,
        reasons=reasons(case),
        headline=headline(case, outcome),
        back=back(case, outcome),
        fault=parts.fault,
        measured=span_of(parts.measured),
        promised_ns=promised_ns,
        limit_ns=limit_ns,
        anchor_mono_ns=opened.t_ns if opened else 0,
        anchor_wall=opened.wall if opened else NO_DATE,
        boot_id=opened.boot_id if opened else "",
        host=opened.host if opened else "",
        operator=opened.user if opened else "",
        began_ns=course.began_ns,
        ended_ns=course.ended_ns,
        milestones=list(parts.milestones.found),
        phases=parts.phases,
        findings=parts.findings,
        strata=parts.strata,
        data=parts.data,
        viewers=parts.viewers,
        validity=parts.checks,
        probes=parts.probes,
        faults=parts.faults,
        healing=parts.heals,
        all_healed=parts.home.all_healed,
        can_be_healed=parts.home.can_be_healed,
        parts=list(course.parts),
        steps=parts.steps,
        deviations=list(course.deviations),
        carrier=plan.carrier if plan else "",
        plan_sha256=found.plan_sha256,
        plan_sha256_recorded=opened.plan_sha256 if opened else "",
        runbook_sha256=plan.runbook_sha256 if plan else "",
        journal_entries=len(found.journal.entries),
        journal_first_bad_line=found.journal.first_bad_line,
        tool_version=plan.tool_version if plan else "",
        tool_commit=plan.tool_commit if plan else "",
        python=plan.python if plan else "",
        machine=plan.machine if plan else {},
        again=plan.again if plan else "",
        not_shown=not_shown(plan, course),
    )


def _broken(found: evidence.Evidence, parts: Parts) -> str:
    """What is still broken, each with the name of its undo."""
    targets = found.undo_targets
    return ", ".join(f"{targets[each]} ({each})" if targets.get(each) else each for each in parts.home.broken)


def _not_healed(found: evidence.Evidence, parts: Parts) -> Said | None:
    broken = _broken(found, parts)
    if not broken:
        return None
    if not parts.home.can_be_healed:
        return Said(code="reason.not_seen_whole", facts={"undos": broken})
    return Said(code="reason.not_healed", facts={"undos": broken, "run": found.run})


def _case(found: evidence.Evidence, course: Course, parts: Parts) -> Case:
    is_whole = found.has_journal and found.journal.first_bad_line is None and found.plan is not None
    return Case(
        refused=refused(course, is_whole=is_whole),
        findings=parts.findings,
        checks=parts.checks,
        not_healed=_not_healed(found, parts),
        incomplete=shortfalls(found, course, parts.crashes),
        deviations=[
            *(Said(code="reason.noted", facts={"text": each}) for each in course.deviations),
            *(gap.said for fault in parts.faults for gap in fault.put_back),
        ],
    )
