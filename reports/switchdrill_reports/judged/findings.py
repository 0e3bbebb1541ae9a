"""Every promise of the runbook and of the plan, judged; which ones there are is fixed by the plan."""

from collections.abc import Iterator

from switchdrill.record.entries import Began, Commanded, Ended, Entry, Healed, Restored
from switchdrill.record.plan import Plan
from switchdrill_reports.judged.promised_data import data
from switchdrill_reports.judged.promised_quiet import control, hold, untouched, while_healing
from switchdrill_reports.judged.promised_ride import ride_out
from switchdrill_reports.judged.promised_times import failback, phase_findings, recovery, rejoin
from switchdrill_reports.judged.verdict import RECORD_ONLY
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.account import Account
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.healing import Homecoming
from switchdrill_reports.measured.milestones import Milestones
from switchdrill_reports.result import Check, Evidence, Finding, Phase, Said, StepShown
from switchdrill_reports.spans import interval_of, span_facts

Fact = str | int | float | None

_NOT_MEASURED_BY_PROBES = ("healed", "steps")
"""What the record alone tells: a broken rule of measuring spoils nothing of it."""

_RULES_OF_THE_RECORD = ("clock", "evidence", "plan")


def of_time(plan: Plan, course: Course, found: Milestones, phases: list[Phase]) -> list[Finding]:
    return [*recovery(plan, course, found), *phase_findings(course, found, phases)]


def of_sites(found: evidence.Evidence, plan: Plan, course: Course, milestones: Milestones) -> list[Finding]:
    """After one fault: on the standby (or never off the primary), healed, and back."""
    return [
        *untouched(found, plan, course),
        *ride_out(found, plan, course),
        *hold(found, plan, course),
        *while_healing(found, plan, course),
        *rejoin(found, plan, course),
        *failback(plan, course, milestones),
    ]


def of_control(found: evidence.Evidence, plan: Plan, course: Course) -> list[Finding]:
    return list(control(found, plan, course))


def of_data(plan: Plan, course: Course, accounts: list[Account]) -> list[Finding]:
    return list(data(plan, course, accounts))


def healed(plan: Plan | None, course: Course, home: Homecoming) -> Iterator[Finding]:
    """Every undo played and proven, and the sites seen whole again. Silence about an undo is no healing."""
    facts: dict[str, str | int | float | None] = {"undos_count": len(home.written)}
    if home.open:
        state, outcome, facts = "MISSED", "missed", {"undos": ", ".join(home.open)}
    elif home.unseen:
        state, outcome, facts = "MISSED", "not_proven", {"fault": ", ".join(home.unseen)}
    elif home.unknown:
        state, outcome, facts = "NOT_MEASURED", "not_measured", {"undos": ", ".join(home.unknown)}
    elif not course.injected and (plan is None or plan.faults):
        state, outcome, facts = "NOT_RUN", "not_run", {}
    elif home.unproven:
        state, outcome, facts = "INDETERMINATE", "not_proven", {"fault": ", ".join(home.unproven)}
    else:
        state, outcome = "MET", "met"
        facts["healed_count"] = len(home.written)
    if plan is None or plan.faults or home.written:
        yield Finding.model_validate(
            {
                "id": "healed",
                "critical": True,
                "state": state,
                "said": Said(code=f"healed.{outcome}", facts=facts),
                "evidence": _rows_of(course, Healed, Restored),
            }
        )


def steps(shown: list[StepShown], course: Course) -> Iterator[Finding]:
    """All planned calls of the drill's author done within their limits, and no other."""
    planned = [each for each in shown if each.state != "added"]
    lists = {
        state: ", ".join(each.step for each in shown if each.state == state)
        for state in ("failed", "late", "not_reached", "added")
    }
    if not planned and not lists["added"]:
        return
    first = next((state for state, steps in lists.items() if steps), None)
    outcome = {"failed": "missed", "not_reached": "not_run"}.get(first or "", first or "met")
    facts: dict[str, Fact] = {first: lists[first]} if first else {"planned_count": len(planned)}
    if first == "late":
        worst = max((each for each in shown if each.state == "late"), key=_over_ns)
        facts |= {"step": worst.step, "took_ns": worst.took_ns, "limit_ns": worst.limit_ns}
        outcome = "late" if lists["late"] == worst.step else "late.several"
    yield Finding(
        id="steps",
        critical=False,
        state="MET" if first is None else "NOT_RUN" if first == "not_reached" else "MISSED",
        said=Said(code=f"steps.{outcome}", facts=facts),
        evidence=[Evidence(file="plan.json"), *_rows_of(course, Began, Ended, Commanded)],
    )


def _over_ns(step: StepShown) -> int:
    return (step.took_ns or 0) - step.limit_ns


def _rows_of(course: Course, *kinds: type[Entry]) -> list[Evidence]:
    """From the first to the last record of these kinds."""
    rows = [row for row, entry in enumerate(course.entries) if isinstance(entry, kinds)]
    return [Evidence(file="run.jsonl", rows=(rows[0], rows[-1]))] if rows else []


def spoiled(findings: list[Finding], checks: list[Check]) -> list[Finding]:
    """An invalid run proves nothing: what it seems to keep is UNUSABLE; what was missed even so stays missed."""
    broken = [each.name for each in checks if not each.ok and each.name not in RECORD_ONLY]
    if not broken:
        return findings
    spared = () if any(each in _RULES_OF_THE_RECORD for each in broken) else _NOT_MEASURED_BY_PROBES
    return [
        _unusable(each) if each.state in ("MET", "INDETERMINATE") and each.id not in spared else each
        for each in findings
    ]


def _unusable(finding: Finding) -> Finding:
    measured = interval_of(finding.measured)
    if measured is None:
        said = Said(code="unusable")
    elif measured.hi is None:
        said = Said(code="unusable.censored", facts={"seen_ns": measured.lo})
    else:
        said = Said(code="unusable.measured", facts=span_facts("measured", measured))
    return finding.model_copy(update={"state": "UNUSABLE", "said": said})
