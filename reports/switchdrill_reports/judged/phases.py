"""The recovery, cut into the runbook's phases: contiguous, and summing exactly.

Milestones are intervals, so a partition needs a convention. Two are used, for two purposes:

- **Reference instants** are single numbers: r0 is the early end of the fault's onset, r_i the late end of milestone i,
  never before r_(i-1) and never after the last one. The gaps between them sum to the recovery's late end, exactly.
- **Spans** are intervals that hold the truth: from one boundary to the next, a boundary being its milestone, pushed to
  where the boundary before it already was. They are not cut off where the recovery ended: a loss that was detected
  after viewers were back was detected that late.

A milestone that nothing measured ends no phase: its phase merges into the next, is NOT_MEASURED itself, and the next
one is held to the sum of both promises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from switchdrill.interval import Interval, elapsed, not_before
from switchdrill.runbook.model import Objectives
from switchdrill_reports.judged.states import state_of
from switchdrill_reports.result import Finding, Phase, State
from switchdrill_reports.spans import span_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One phase between two boundaries."""

    begins: int
    """Index of the milestone where it begins, 0 = fault onset; smaller than `ends - 1` when earlier phases merged."""
    ends: int
    reference_ns: int | None
    """None: it never ended."""
    span: Interval | None
    """None: it never began."""


def phases(objectives: Objectives, milestones: Mapping[str, Interval | None]) -> list[Phase]:
    """The runbook's phases, each with what it took and whether that was promised. No onset: nothing was run."""
    promised = list(objectives.phases.values())
    names = list(objectives.phases)
    boundaries = [promised[0].from_, *(each.to for each in promised)]
    instants = [milestones.get(each) for each in boundaries]
    cuts = {cut.ends: cut for cut in partition(instants)}
    found: list[Phase] = []
    for index, name in enumerate(names):
        cut = cuts.get(index + 1)
        begins = index if cut is None else cut.begins
        shares = promised[begins : index + 1]
        target_ns = sum(each.target for each in shares)
        into = next((names[end - 1] for end in sorted(cuts) if end > index + 1), None) if cut is None else None
        if instants[0] is None or (cut is not None and cut.span is None):
            state: State = "NOT_RUN"
        else:
            state = state_of(cut.span if cut else None, target_ns)
        found.append(
            Phase(
                name=name,
                begins=boundaries[begins],
                ends=boundaries[index + 1],
                reference_ns=cut.reference_ns if cut else None,
                span=span_of(cut.span) if cut else None,
                target_ns=target_ns,
                limit_ns=sum(each.limit for each in shares),
                state=state,
                merged_into=into,
            )
        )
    return found


def as_judged(phases: list[Phase], findings: Sequence[Finding]) -> list[Phase]:
    """Each in the state of its finding: a rule of validity that spoils a promise spoils it wherever it is shown."""
    states = {each.id: each.state for each in findings}
    return [each.model_copy(update={"state": states.get(f"phase.{each.name}", each.state)}) for each in phases]


def partition(milestones: Sequence[Interval | None]) -> list[Cut]:
    """The phases between `milestones` (the first is the fault's onset), without those that merged into the next."""
    onset, *rest = milestones
    measured = [(index, each) for index, each in enumerate(rest, start=1) if each is not None]
    if onset is None or not measured:
        return []
    recovered_ns = not_before(onset, measured[-1][1]).hi
    found: list[Cut] = []
    begins, boundary, reference_ns = 0, onset, onset.lo
    for index, milestone in measured:
        following = not_before(boundary, milestone)
        known = [each for each in (following.hi, recovered_ns) if each is not None]
        late_ns = min(known, default=reference_ns)
        found.append(
            Cut(
                begins=begins,
                ends=index,
                reference_ns=late_ns - reference_ns if known and boundary.hi is not None else None,
                span=elapsed(boundary, following) if boundary.hi is not None else None,
            )
        )
        begins, boundary, reference_ns = index, following, late_ns
    return found
