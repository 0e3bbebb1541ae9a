"""Every promise of the runbook and of the plan, judged; which ones there are is fixed by the plan."""

from collections.abc import Iterator

from switchdrill.record.entries import Healed, Restored
from switchdrill.record.plan import Plan
from switchdrill_reports.judged.promised_data import data
from switchdrill_reports.judged.promised_quiet import control, hold
from switchdrill_reports.judged.promised_times import failback, phase_findings, recovery, rejoin
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.healing import Homecoming
from switchdrill_reports.measured.ledger import Account
from switchdrill_reports.measured.milestones import Milestones
from switchdrill_reports.result import Check, Evidence, Finding, Phase, Said, StepShown

_EVERYTHING_TIMED = ("recovery", "phase.", "hold", "rejoin", "failback", "control")
_SPOILED_BY = {
    "effect": ("recovery", "phase.", "hold"),
    "alive": _EVERYTHING_TIMED,
    "lateness": _EVERYTHING_TIMED,
    "coverage": _EVERYTHING_TIMED,
    "evidence": _EVERYTHING_TIMED,
    "plan": _EVERYTHING_TIMED,
    "steady": ("recovery", "phase."),
    "origin": ("recovery", "phase."),
}
"""Which findings a broken rule of validity spoils, when they were not missed anyway."""


def of_time(plan: Plan, course: Course, found: Milestones, phases: list[Phase]) -> list[Finding]:
    return [*recovery(plan, course, found), *phase_findings(plan, found, phases)]


def of_sites(found: evidence.Evidence, plan: Plan, course: Course, milestones: Milestones) -> list[Finding]:
    """After one fault: on the standby, healed, and back."""
    return [*hold(found, plan, course), *rejoin(found, plan, course), *failback(plan, course, milestones)]


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
                "evidence": [
                    Evidence(file="run.jsonl", rows=(row, row))
                    for row, entry in enumerate(course.entries)
                    if isinstance(entry, Healed | Restored)
                ],
            }
        )


def steps(shown: list[StepShown]) -> Iterator[Finding]:
    """All planned calls of the drill's author done, and no other."""
    planned = [each for each in shown if each.state != "added"]
    lists = {
        state: ", ".join(each.step for each in shown if each.state == state)
        for state in ("failed", "added", "not_reached")
    }
    if not planned and not lists["added"]:
        return
    if lists["failed"]:
        state, said = "MISSED", Said(code="steps.missed", facts={"failed": lists["failed"]})
    elif lists["not_reached"]:
        state, said = "NOT_RUN", Said(code="steps.not_run", facts={"not_reached": lists["not_reached"]})
    elif lists["added"]:
        state, said = "MISSED", Said(code="steps.added", facts={"added": lists["added"]})
    else:
        state, said = "MET", Said(code="steps.met", facts={"planned_count": len(planned)})
    yield Finding.model_validate({"id": "steps", "critical": False, "state": state, "said": said})


def spoiled(findings: list[Finding], checks: list[Check]) -> list[Finding]:
    """What was measured under a broken rule of validity is UNUSABLE, unless it was missed even so."""
    broken = [each.name for each in checks if not each.ok]
    prefixes = tuple(prefix for name in broken for prefix in _SPOILED_BY.get(name, ()))
    return (
        [
            _unusable(each) if each.state in ("MET", "INDETERMINATE") and each.id.startswith(prefixes) else each
            for each in findings
        ]
        if prefixes
        else findings
    )


def _unusable(finding: Finding) -> Finding:
    head = finding.id.partition(".")[0]
    facts = {name: value for name, value in finding.said.facts.items() if name.startswith("measured_")}
    censored = (
        ".censored" if head == "recovery" and finding.measured is not None and finding.measured.hi is None else ""
    )
    return finding.model_copy(
        update={"state": "UNUSABLE", "said": Said(code=f"{head}.unusable{censored}", facts=facts)}
    )
