"""The calls of the drill's author: planned, and what became of each."""

from switchdrill.clock import NS_PER_S
from switchdrill.record.entries import Commanded
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, PlannedStep
from switchdrill_reports.measured.course import PARTS_OF_STEPS, Course
from switchdrill_reports.result import Said, StepShown, Stretch

OWN_PARTS = frozenset({"platform", "rejoin"})
"""What the engine does by itself, between the author's calls."""

SAT_OUT = frozenset({"steady", "hold", "ride_out", "control"})
"""Their time is to be sat out, and may be what the plan calls their limit; promises of their own say for how long."""

SLACK_SHARE = 0.01
"""The engine looks every so often whether a limit has passed: so much beyond it is none."""


def steps_shown(plan: Plan | None, course: Course) -> list[StepShown]:
    """Planned ones in order, each with the part that carried it out; then parts that nobody had planned."""
    if plan is None:
        return []
    left = [part for part in course.parts if part.part not in OWN_PARTS]
    commands = [each for each in of_kind(course.entries, Commanded) if each.command == "failback"]
    found: list[StepShown] = []
    for step in plan.steps:
        name = PARTS_OF_STEPS.get(step.step, step.step)
        part = next((each for each in left if each.part == name), None)
        if part is not None:
            left.remove(part)
        command = commands.pop(0) if step.step == "failback" and commands else None
        found.append(_shown(step, part, command))
    return found + [
        StepShown(step=part.part, detail={}, limit_ns=0, state="added", took_ns=_took(part)) for part in left
    ]


def _shown(step: PlannedStep, part: Stretch | None, command: Commanded | None) -> StepShown:
    """`command`: what the platform was told in it; it counts against the step's limit."""
    limit_ns, took_ns = round(step.limit_s * NS_PER_S), _took(part)
    is_over = took_ns is not None and took_ns > limit_ns * (1 + SLACK_SHARE) and step.step not in SAT_OUT
    state, said = "not_reached", None
    if command is not None and command.code != 0:
        state, said = "failed", _said_of(command)
    elif part is not None:
        state = "done" if part.reached else "failed"
    if is_over and said is None:
        state = "late" if state == "done" else state
        said = Said(code="step.over", facts={"took_ns": took_ns, "limit_ns": limit_ns})
    return StepShown.model_validate(
        {
            "step": step.step,
            "detail": step.detail,
            "limit_ns": limit_ns,
            "state": state,
            "took_ns": took_ns,
            "said": said,
        }
    )


def _said_of(command: Commanded) -> Said:
    """Why nothing came after it."""
    text = command.said or "-"
    if command.code is None:
        return Said(code="step.command_running", facts={"text": text})
    return Said(code="step.command_failed", facts={"exit_code": str(command.code), "text": text})


def _took(part: Stretch | None) -> int | None:
    """None: it never began, or never ended."""
    return None if part is None or part.ended_ns is None else part.ended_ns - part.began_ns
