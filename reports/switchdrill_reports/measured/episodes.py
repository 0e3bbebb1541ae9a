"""Faults that did not act at the same time, each with its own part of the plan and of the course.

A drill with two `broken_by` blocks recovers twice, and each time counts: what is true of one must not hide the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchdrill.record.entries import Commanded, Injected
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan
from switchdrill_reports.measured.blocks import Block, answered_faults, blocks
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
    found = blocks(plan)
    homes = _homes(found, groups, proofs)
    unmade = [number for number, each in enumerate(found) if homes[number] is None and not each.around]
    if len(groups) + (len(unmade) if groups else 0) <= 1:
        return [Episode(plan=plan, course=_answering(plan, course, proofs), proofs=proofs)]
    told: list[Episode] = []
    for number, group in enumerate(groups):
        mine = [each for each, home in zip(found, homes, strict=True) if home == number]
        begins_ns = group[0].before_ns if number else course.began_ns
        following = groups[number + 1][0].before_ns if number + 1 < len(groups) else None
        part = _planned(plan, mine) if mine else plan
        ours = [each for each in proofs if each.injected in group or (each.injected is None and _is_of(each, mine))]
        told.append(
            Episode(
                plan=part,
                course=_answering(part, _between(course, group, begins_ns, following), ours),
                proofs=ours,
            )
        )
    return told + [_never_made(plan, course, _with_inner(found, each), proofs) for each in unmade]


def all_answered(course: Course, faults: Sequence[Episode]) -> Course:
    """The whole drill's course: the switches of all its episodes."""
    if all(each.course.answered is None for each in faults):
        return course
    return replace(course, answered=tuple(made for each in faults for made in each.course.switch_faults))


def _answering(plan: Plan, course: Course, proofs: list[Proof]) -> Course:
    """With what was made of the faults that the switch answers, when those are not all of the plan's."""
    answered = answered_faults(plan)
    if len(answered) == len(plan.faults):
        return course
    made = [each.injected for each in proofs if any(each.fault is one for one in answered)]
    return replace(course, answered=tuple(each for each in made if each is not None))


def _homes(found: list[Block], groups: list[list[Injected]], proofs: Sequence[Proof]) -> list[int | None]:
    """In which group each block was made. One that never was belongs to the block around it; None: to none."""
    homes: list[int | None] = []
    for each in found:
        made = [proof.injected for proof in proofs if proof.injected is not None and _is_of(proof, [each])]
        mine = (number for number, group in enumerate(groups) if any(one in group for one in made))
        homes.append(next(mine, homes[each.around[-1]] if each.around else None))
    return homes


def _with_inner(found: list[Block], number: int) -> list[Block]:
    return [each for other, each in enumerate(found) if other == number or number in each.around]


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


def _is_of(proof: Proof, among: Sequence[Block]) -> bool:
    return any(each.is_of([proof.fault]) for each in among)


def _planned(plan: Plan, among: list[Block]) -> Plan:
    return plan.model_copy(
        update={
            "faults": [fault for each in among for fault in each.faults],
            "steps": [step for each in among for step in each.steps],
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


def _never_made(plan: Plan, course: Course, among: list[Block], proofs: Sequence[Proof]) -> Episode:
    return Episode(
        plan=_planned(plan, among),
        course=replace(course, parts=(), injected=(), failback=None),
        proofs=[each for each in proofs if _is_of(each, among)],
    )
