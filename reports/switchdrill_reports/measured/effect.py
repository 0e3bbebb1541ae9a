"""Whether a fault really acted: looked up again in the samples, whatever the runner said during the run.

What the fault's mechanism counted (packets that met a rule, a process that is gone) is only in the runner's record; of
a fault that no probe can see it is the whole proof. Where there are both, both must hold.
"""

from dataclasses import dataclass

from switchdrill.clock import NS_PER_S
from switchdrill.record.entries import EffectSeen, Injected
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, PlannedFault
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.series import Series
from switchdrill_reports.result import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the probes that go straight to the broken site saw of one fault, and what its mechanism counted."""

    fault: PlannedFault
    injected: Injected | None
    """None: it was planned, and never made."""
    is_proven: bool
    first_seen_ns: int | None
    """The end of the first sample that shows it."""
    recorded: EffectSeen | None
    """What the runner wrote down of it during the run; None: nothing."""
    check: Said
    """As a rule of validity, ..."""
    said: Said
    """... and as a sentence about this fault."""


def proofs(plan: Plan, course: Course, series: tuple[Series, ...]) -> list[Proof]:
    """One for each planned fault, in order. A second fault of the same kind belongs to the second injection of it."""
    left, records = list(course.injected), of_kind(course.entries, EffectSeen)
    found: list[Proof] = []
    for fault in plan.faults:
        made = next((each for each in left if each.fault == fault.kind), None)
        if made is not None:
            left.remove(made)
        recorded = _recorded(made, records)
        if recorded is not None:
            records.remove(recorded)
        found.append(_proof(plan, fault, made, recorded, series))
    return found


def eyes_on(plan: Plan, site: str, series: tuple[Series, ...]) -> list[Series]:
    """The hls probes that go straight to `site`."""
    try:
        name = plan.platform.site_with_role(site)
    except KeyError:
        return []
    return [each for each in series if each.target.kind == "hls" and each.target.site == name]


def _recorded(made: Injected | None, records: list[EffectSeen]) -> EffectSeen | None:
    if made is None:
        return None
    return next((each for each in records if each.fault == made.fault and each.t_ns >= made.after_ns), None)


def _proof(
    plan: Plan, fault: PlannedFault, made: Injected | None, recorded: EffectSeen | None, series: tuple[Series, ...]
) -> Proof:
    if made is None:
        return Proof(
            fault=fault,
            injected=None,
            is_proven=False,
            first_seen_ns=None,
            recorded=None,
            check=Said(code="check.effect.not_made", facts={"fault": fault.legend.name}),
            said=Said(code="fault.not_made"),
        )
    site, name = fault.effect.site, fault.legend.name
    within_ns = round(fault.effect.within_s * NS_PER_S)
    eyes = eyes_on(plan, site, series) if fault.effect.outcomes else []
    first = {eye.target.name: _first_shown(eye, fault, made, within_ns) for eye in eyes}
    seen_ns = [each for each in first.values() if each is not None]
    blind = next((target for target, at_ns in first.items() if at_ns is None), None)
    unclear = next((eye.target.name for eye in eyes if not _was_good(plan, eye, made)), None)
    targets = ", ".join(first)
    facts: dict[str, str | int | float | None]
    if not fault.effect.outcomes:
        outcome, facts = "counted", {}
    elif not eyes:
        outcome, facts = "no_probe", {"site": site}
    elif unclear is not None:
        outcome, facts = "before", {"target": unclear}
    elif blind is not None:
        outcome, facts = "none", {"target": blind, "within_ns": within_ns}
    else:
        outcome, facts = "ok", {"target": targets, "latest_ns": max(seen_ns) - made.before_ns}
    if outcome in ("ok", "counted"):
        if recorded is None:
            outcome, facts = "not_recorded", {}
        elif not recorded.ok:
            outcome, facts = "not_counted", {"text": recorded.said or "-"}
        elif outcome == "counted":
            facts = {"text": recorded.said or "-", "latest_ns": max(0, recorded.t_ns - made.before_ns)}
    as_fault = {"before": "unclear", "none": "not_seen", "ok": "seen"}.get(outcome, outcome)
    return Proof(
        fault=fault,
        injected=made,
        is_proven=outcome in ("ok", "counted"),
        first_seen_ns=min(seen_ns, default=None),
        recorded=recorded,
        check=Said(code=f"check.effect.{outcome}", facts={"fault": name, **facts}),
        said=Said(code=f"fault.{as_fault}", facts=facts),
    )


def _first_shown(eye: Series, fault: PlannedFault, made: Injected, within_ns: int) -> int | None:
    """The earliest end of a sample that left while the fault acted, soon enough, and got one of its outcomes."""
    first = eye.first_planned_at(made.before_ns - eye.target.every_ns)
    last = eye.first_planned_after(made.after_ns + within_ns)
    wanted = set(fault.effect.outcomes)
    ends = [
        eye.ended_ns[index]
        for index in range(first, last)
        if eye.sent_ns[index] >= made.before_ns and eye.outcomes[index] in wanted
    ]
    return min(ends, default=None)


def _was_good(plan: Plan, eye: Series, made: Injected) -> bool:
    """Whether it looked for the runbook's steady time before the fault, and never in vain."""
    before = eye.settled(made.before_ns - plan.runbook.objectives.steady, made.before_ns)
    return bool(before) and all(eye.good[index] for index in before)
