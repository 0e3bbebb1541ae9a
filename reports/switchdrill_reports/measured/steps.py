"""The calls of the drill's author: planned, and what became of each."""

from switchdrill.clock import NS_PER_S
from switchdrill.record.plan import Plan, PlannedStep
from switchdrill_reports.measured.course import PARTS_OF_STEPS, Course
from switchdrill_reports.result import StepShown, Stretch

OWN_PARTS = frozenset({"platform", "rejoin"})
"""What the engine does by itself, between the author's calls."""


def steps_shown(plan: Plan | None, course: Course) -> list[StepShown]:
    """Planned ones in order, each with the part that carried it out; then parts that nobody had planned."""
    left = [part for part in course.parts if part.part not in OWN_PARTS]
    found: list[StepShown] = []
    for step in plan.steps if plan is not None else []:
        name = PARTS_OF_STEPS.get(step.step, step.step)
        part = next((each for each in left if each.part == name), None)
        if part is not None:
            left.remove(part)
        found.append(_shown(step, part))
    added = left if plan is not None else []
    return found + [
        StepShown(step=part.part, detail={}, limit_ns=0, state="added", took_ns=_took(part)) for part in added
    ]


def _shown(step: PlannedStep, part: Stretch | None) -> StepShown:
    state = "not_reached" if part is None else "done" if part.reached else "failed"
    return StepShown.model_validate(
        {
            "step": step.step,
            "detail": step.detail,
            "limit_ns": round(step.limit_s * NS_PER_S),
            "state": state,
            "took_ns": None if part is None else _took(part),
        }
    )


def _took(part: Stretch) -> int | None:
    return None if part.ended_ns is None else part.ended_ns - part.began_ns
