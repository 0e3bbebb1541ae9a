"""What the evidence of one run does not show."""

from switchdrill.record.plan import Plan
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.origin import is_ridden_out, spared_site
from switchdrill_reports.result import Said

Fact = str | int | float | None


def not_shown(plan: Plan | None, course: Course) -> list[Said]:
    """Printed in every report, whatever the verdict."""
    said = [Said(code="not_shown.one_observation")]
    if plan is not None:
        if plan.kind == "simulation":
            said.append(Said(code="not_shown.simulation", facts={"platform": plan.platform.id}))
        elif plan.kind == "tabletop":
            said.append(Said(code="not_shown.tabletop"))
        if spared_site(plan) is not None or is_ridden_out(plan):
            promised: dict[str, Fact] = {"promised_ns": plan.runbook.objectives.recovery.target}
            said.append(Said(code="not_shown.no_switch", facts=promised))
        operators: dict[str, Fact] = {"operators": ", ".join(plan.platform.operators)}
        said.append(Said(code="not_shown.strata", facts=operators))
        slowest_ns = [each.every_ns for each in plan.targets if each.kind == "hls" and each.operator is not None]
        if slowest_ns:
            said.append(Said(code="not_shown.short_outages", facts={"every_ns": max(slowest_ns)}))
        if any(each.ledger is not None for each in plan.runbook.data.values()):
            said.append(Said(code="not_shown.exposure"))
        if plan.runbook.steps:
            steps: dict[str, Fact] = {"steps": ", ".join(each.id for each in plan.runbook.steps)}
            said.append(Said(code="not_shown.runbook_steps", facts=steps))
    if course.opened is not None:
        said.append(Said(code="not_shown.clock", facts={"host": course.opened.host}))
    return [*said, Said(code="not_shown.signature")]
