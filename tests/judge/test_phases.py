"""Phases partition the recovery: they sum exactly, and each span holds the truth."""

from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.interval import Interval, elapsed, exactly, not_before
from switchdrill_reports.judged.phases import partition, phases
from switchdrill_reports.result import Span
from tests.judge.plan import plan_of
from tests.judge.story import Story

INSTANTS = st.integers(0, 10_000)


@st.composite
def known(draw: st.DrawFn) -> tuple[int, Interval]:
    """A true instant and what was measured of it."""
    truth = draw(INSTANTS)
    return truth, Interval(lo=truth - draw(st.integers(0, 500)), hi=truth + draw(st.integers(0, 500)))


@settings(max_examples=400, deadline=None)
@given(onset=known(), between=st.lists(st.one_of(st.none(), known()), max_size=4), last=known())
def test_references_sum_exactly_to_the_late_end_of_the_recovery(
    onset: tuple[int, Interval],
    between: list[tuple[int, Interval] | None],
    last: tuple[int, Interval],
) -> None:
    milestones = [onset[1], *(each[1] if each else None for each in between), last[1]]

    cuts = partition(milestones)

    recovery = elapsed(onset[1], not_before(onset[1], last[1]))
    assert sum(cut.reference_ns or 0 for cut in cuts) == recovery.hi
    assert all(cut.reference_ns is not None and cut.reference_ns >= 0 for cut in cuts)
    assert [cut.begins for cut in cuts] == [0, *(cut.ends for cut in cuts[:-1])]
    assert cuts[-1].ends == len(milestones) - 1


@settings(max_examples=400, deadline=None)
@given(onset=known(), between=st.lists(st.one_of(st.none(), known()), max_size=4), last=known())
def test_each_span_holds_the_true_length_of_its_phase(
    onset: tuple[int, Interval],
    between: list[tuple[int, Interval] | None],
    last: tuple[int, Interval],
) -> None:
    cuts = partition([onset[1], *(each[1] if each else None for each in between), last[1]])

    boundary = onset[0]
    for cut, truth in zip(cuts, [*(each[0] for each in between if each), last[0]], strict=True):
        following = max(boundary, truth)
        assert cut.span is not None
        assert cut.span.lo <= following - boundary <= (cut.span.hi or 0)
        boundary = following


def test_an_unmeasured_milestone_merges_its_phase_into_the_next_which_answers_for_both() -> None:
    objectives = plan_of(Story()).runbook.objectives

    detect, steer, restore = phases(
        objectives,
        {"fault_onset": exactly(0), "detected": None, "steered": exactly(9), "service_restored": exactly(10)},
    )

    assert (detect.state, detect.merged_into, detect.reference_ns) == ("NOT_MEASURED", "steer", None)
    assert (steer.begins, steer.ends, steer.reference_ns) == ("fault_onset", "steered", 9)
    assert steer.target_ns == objectives.phases["detect"].target + objectives.phases["steer"].target
    assert (restore.begins, restore.reference_ns, restore.merged_into) == ("steered", 1, None)


def test_a_loss_that_was_detected_after_viewers_were_back_was_detected_that_late() -> None:
    objectives = plan_of(Story()).runbook.objectives
    back = Interval(lo=0, hi=80)

    detect, steer, restore = phases(
        objectives,
        {"fault_onset": exactly(0), "detected": exactly(5_400), "steered": back, "service_restored": back},
    )

    assert (detect.span, detect.reference_ns) == (Span(lo=5_400, hi=5_400), 80)
    assert steer.span == restore.span == Span(lo=0, hi=0)
    assert (steer.reference_ns, restore.reference_ns) == (0, 0)


def test_a_recovery_that_never_came_leaves_its_phase_open_and_the_later_ones_not_reached() -> None:
    objectives = plan_of(Story()).runbook.objectives
    never = Interval(lo=60_000_000_000, hi=None)

    detect, steer, restore = phases(
        objectives,
        {"fault_onset": exactly(0), "detected": exactly(5), "steered": never, "service_restored": never},
    )

    assert detect.reference_ns == 5
    assert (steer.state, steer.reference_ns) == ("MISSED", None)
    assert (restore.state, restore.span) == ("NOT_RUN", None)


def test_without_a_fault_no_phase_was_run() -> None:
    objectives = plan_of(Story()).runbook.objectives

    assert [each.state for each in phases(objectives, {})] == ["NOT_RUN"] * 3
