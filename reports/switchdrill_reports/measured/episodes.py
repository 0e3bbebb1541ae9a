"""Faults that did not act at the same time, each with its own part of the plan and of the course.

A drill with two `broken_by` blocks recovers twice, and each time counts: what is true of one must not hide the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchdrill.record.entries import Commanded, Injected
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, PlannedStep
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.effect import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One fault, or several that overlapped: what was planned of it, what happened, and whether it was seen."""

    plan: Plan
    """With only its own faults and steps."""
    course: Course
    """With only its own injections and parts; it ends where the next one begins."""
    proofs: list[Proof]


def episodes(plan: Plan, course: Course, proofs: list[Proof]) -> list[Episode]:
    """At least one: without a fault, or with one, it is the whole drill. Those that were never made come last."""
    groups = _groups(course)
    blocks = _blocks(plan)
    unmade = [each for each in blocks if not _made(each, proofs)]
    if len(groups) + (len(unmade) if groups else 0) <= 1:
        return [Episode(plan=plan, course=course, proofs=proofs)]
    found: list[Episode] = []
    for number, group in enumerate(groups):
        ours = [each for each in proofs if each.injected in group]
        mine = [each for each in blocks if any(proof.fault is fault for proof in ours for fault in each.faults)]
        begins_ns = group[0].before_ns if number else course.began_ns
        following = groups[number + 1][0].before_ns if number + 1 < len(groups) else None
        found.append(
            Episode(
                plan=_planned(plan, mine) if mine else plan,
                course=_between(course, group, begins_ns, following),
                proofs=ours,
            )
        )
    return found + [_never_made(plan, course, each, proofs) for each in unmade]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One `broken_by` of the drill's author, and what was called from there to the next one."""

    faults: tuple[object, ...]
    steps: tuple[PlannedStep, ...]


def _groups(course: Course) -> list[list[Injected]]:
    """Injections in the order of time; one that came before all earlier ones were healed belongs to them."""
    healed_ns = {each.undo: each.after_ns for each in course.healed}
    groups: list[list[Injected]] = []
    whole_ns: int | None = None
    for each in sorted(course.injected, key=lambda made: made.before_ns):
        if groups and (whole_ns is None or each.before_ns < whole_ns):
            groups[-1].append(each)
        else:
            groups.append([each])
        ends_ns = [healed_ns.get(undo) for made in groups[-1] for undo in made.undos]
        known_ns = [at_ns for at_ns in ends_ns if at_ns is not None]
        whole_ns = max(known_ns) if known_ns and len(known_ns) == len(ends_ns) else None
    return groups


def _blocks(plan: Plan) -> list[_Block]:
    begins = [index for index, each in enumerate(plan.steps) if each.step == "break"]
    if not begins:
        return []
    found: list[_Block] = []
    taken = 0
    for begin, end in zip(begins, [*begins[1:], len(plan.steps)], strict=True):
        count = len(plan.steps[begin].detail.get("faults", "").split(", "))
        faults = tuple(plan.faults[taken : taken + count])
        found.append(_Block(faults=faults, steps=tuple(plan.steps[begin:end])))
        taken += count
    return found


def _made(block: _Block, proofs: Sequence[Proof]) -> bool:
    return any(proof.injected is not None and proof.fault is fault for proof in proofs for fault in block.faults)


def _planned(plan: Plan, blocks: list[_Block]) -> Plan:
    return plan.model_copy(
        update={
            "faults": [fault for each in blocks for fault in each.faults],
            "steps": [step for each in blocks for step in each.steps],
        }
    )


def _between(course: Course, group: list[Injected], begins_ns: int, following_ns: int | None) -> Course:
    def is_ours(at_ns: int) -> bool:
        return begins_ns <= at_ns and (following_ns is None or at_ns < following_ns)

    commands = of_kind(course.entries, Commanded)
    return replace(
        course,
        parts=tuple(each for each in course.parts if is_ours(each.began_ns)),
        injected=tuple(group),
        failback=next((each for each in commands if each.command == "failback" and is_ours(each.before_ns)), None),
        next_onset_ns=following_ns,
    )


def _never_made(plan: Plan, course: Course, block: _Block, proofs: Sequence[Proof]) -> Episode:
    return Episode(
        plan=_planned(plan, [block]),
        course=replace(course, parts=(), injected=(), failback=None),
        proofs=[each for each in proofs if any(each.fault is fault for fault in block.faults)],
    )
