"""What one milestone proves of another: nobody sees the new site's picture before the new site's name."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.interval import Interval
from switchdrill.platform.targets import Target
from switchdrill.record.samples import Outcome, Sample
from switchdrill.runbook.model import GoodFrame
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.milestones import no_later
from switchdrill_reports.measured.series import Series, read_series
from switchdrill_reports.measured.served import Wanted, first_good, steered
from switchdrill_reports.result import Milestone, Span
from switchdrill_reports.shown.ranking import in_order
from tests.judge.story import MS, S, Story

NEW, OLD = 2, 1
WANTED = Wanted(
    site=NEW, since_ns=0, until_ns=30 * S, observed_until_ns=30 * S,
    good_frame=GoodFrame.model_construct(segments=3, max_age=5 * S, pace=0.9),
)  # fmt: skip


def looked(kind: str, phase_ns: int, truth_ns: int, random: Random) -> Series:
    """A resolver answers the new site from `truth_ns` on, and so whoever asks it is served."""
    every_ns = 100 * MS
    target = Target.model_validate(
        {"name": kind, "probe": kind, "kind": kind, "operator": "telecom", "name_asked": "live.test", "port": 1,
         "path": "/", "every_ns": every_ns, "timeout_ns": S}
    )  # fmt: skip
    samples = []
    for slot in range(300):
        planned_ns = phase_ns + slot * every_ns
        sent_ns = planned_ns + random.randrange(2 * MS)
        answered_ns = sent_ns + random.randrange(1, 5 * MS)
        site = NEW if random.randrange(sent_ns, answered_ns) >= truth_ns else OLD
        ended_ns = answered_ns + (random.randrange(1, 40 * MS) if kind == "hls" else 0)
        samples.append(Sample(slot, planned_ns, sent_ns, ended_ns, Outcome.GOOD, site, sent_ns // S, sent_ns))
    return read_series(target, b"".join(each.packed() for each in samples), f"samples/{kind}.bin")


@settings(max_examples=300, deadline=None)
@given(
    dns_phase=st.integers(0, 100 * MS), picture_phase=st.integers(0, 100 * MS),
    truth_ns=st.integers(5 * S, 20 * S), seed=st.integers(0, 1 << 32),
)  # fmt: skip
def test_steered_holds_the_truth_and_is_never_bounded_later_than_the_picture_that_proves_it(
    dns_phase: int, picture_phase: int, truth_ns: int, seed: int
) -> None:
    random = Random(seed)
    names, pictures = looked("dns", dns_phase, truth_ns, random), looked("hls", picture_phase, truth_ns, random)
    alone, bounded, first = steered(names, WANTED), steered(names, WANTED, [pictures]), first_good(pictures, WANTED)

    assert alone is not None
    assert bounded is not None
    assert first is not None
    assert bounded.at.lo <= truth_ns <= (bounded.at.hi or 0) <= (alone.at.hi or 0)
    answered_ns = [end for end, site in zip(names.ended_ns, names.served, strict=True) if site == OLD]
    asked_ns = next(sent for sent, site in zip(pictures.sent_ns, pictures.served, strict=True) if site == NEW)
    if asked_ns >= max(answered_ns):  # else the name may have been asked for, and be answered, in either order
        assert (bounded.at.hi or 0) <= (first.at.hi or 0)


def test_a_picture_from_long_before_the_name_was_answered_proves_nothing_of_how_it_stayed() -> None:
    """It may have been a moment that did not last: nobody looked at the name in between."""
    random = Random(1)
    names, pictures = looked("dns", 0, 20 * S, random), looked("hls", 50 * MS, 10 * S, random)
    seen = steered(names, WANTED, [pictures])

    assert seen is not None
    assert seen.at.lo <= 20 * S
    assert (seen.at.hi or 0) > 19_900 * MS


@pytest.mark.parametrize("seed", range(8))
def test_phases_still_sum_exactly_and_restoring_never_begins_before_steering_ended(synthetic_run, seed: int) -> None:
    result = judge_folder(synthetic_run(Story(seed=seed, every_ms=400)))
    hi = {each.id: each.at.hi for each in result.milestones if each.stratum == "unicom" and each.at is not None}

    assert result.measured is not None
    assert sum(phase.reference_ns or 0 for phase in result.phases) == result.measured.hi
    assert hi["M10"] is not None
    assert hi["M10"] <= (hi["M11"] or 0)


def test_a_first_picture_that_took_long_is_no_later_than_the_pictures_that_stayed() -> None:
    first = Milestone(id="M10", name="first_good_frame", stratum="telecom", at=Span(lo=100, hi=1_000), source="x")
    last = Milestone(id="M11", name="service_restored", stratum="telecom", at=Span(lo=200, hi=310), source="x")
    never = last.model_copy(update={"at": Span(lo=200, hi=None)})

    assert no_later(first, last).at == Span(lo=100, hi=310)
    assert no_later(first, never) == first
    assert no_later(last, first) == last


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=12))
def test_milestones_are_shown_in_the_order_that_can_be_proven(intervals: list[tuple[int, int]]) -> None:
    given_ = [
        Milestone(id=f"M{number}", name="x", stratum="worst", at=Span(lo=low, hi=low + width), source="x")
        for number, (low, width) in enumerate(intervals)
    ]
    shown = in_order(given_)

    assert sorted(each.id for each in shown) == sorted(each.id for each in given_)
    for index, each in enumerate(shown):
        for later in shown[index + 1 :]:
            assert each.at is not None
            assert later.at is not None
            assert not (later.at.hi or 0) < each.at.lo


def test_of_two_that_overlap_the_one_with_the_lower_number_is_shown_first() -> None:
    steered_, first = Interval(lo=5_000, hi=5_120), Interval(lo=4_950, hi=5_020)
    milestones = [
        Milestone(id="M10", name="first_good_frame", stratum="worst", at=Span(lo=first.lo, hi=first.hi), source="x"),
        Milestone(id="M9", name="steered", stratum="worst", at=Span(lo=steered_.lo, hi=steered_.hi), source="x"),
    ]

    assert [each.id for each in in_order(milestones)] == ["M9", "M10"]
