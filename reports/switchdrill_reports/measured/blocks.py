"""The `broken_by` blocks of a drill, by its plan: which stand inside which, and which of them the switch answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchdrill.record.plan import Plan, PlannedFault, PlannedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One `broken_by` of the drill's author, and what was called from there to the next one."""

    faults: tuple[PlannedFault, ...]
    steps: tuple[PlannedStep, ...]
    around: tuple[int, ...]
    """The numbers of the blocks that it stands in, the outermost first; a block's number is its place in the plan."""

    def is_of(self, faults: Sequence[PlannedFault]) -> bool:
        return any(mine is each for mine in self.faults for each in faults)


def blocks(plan: Plan) -> list[Block]:
    """In the order of the plan."""
    begins = [index for index, each in enumerate(plan.steps) if each.step == "break"]
    found: list[Block] = []
    taken = 0
    for begin, end in zip(begins, [*begins[1:], len(plan.steps)], strict=True):
        count = len(plan.steps[begin].detail.get("faults", "").split(", "))
        found.append(
            Block(
                faults=tuple(plan.faults[taken : taken + count]),
                steps=tuple(plan.steps[begin:end]),
                around=_open_at(plan.steps, begin),
            )
        )
        taken += count
    return found


def answered_faults(plan: Plan) -> list[PlannedFault]:
    """Those of the innermost block around the (first) switch; all, when the plan waits for none.

    What stands around that block was broken before it, and was not what viewers fled from.
    """
    switch = next((index for index, each in enumerate(plan.steps) if each.step == "until_switched"), None)
    if switch is None:
        return list(plan.faults)
    begun = sum(1 for each in plan.steps[:switch] if each.step == "break")
    inside = _open_at(plan.steps, switch)[-1:] or tuple(range(begun))[-1:]
    return [fault for number in inside for fault in blocks(plan)[number].faults] or list(plan.faults)


def _open_at(steps: Sequence[PlannedStep], index: int) -> tuple[int, ...]:
    """The numbers of the blocks that were begun and not yet healed before the step `index`."""
    numbers: list[int] = []
    begun = 0
    for each in steps[:index]:
        if each.step == "break":
            numbers.append(begun)
            begun += 1
        elif each.step == "heal" and numbers:
            numbers.pop()
    return tuple(numbers)
