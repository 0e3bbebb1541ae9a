from hypothesis import given
from hypothesis import strategies as st

from switchdrill.interval import Interval, after, elapsed, exactly, hull, latest, not_before

instants = st.integers(min_value=0, max_value=10**12)


@st.composite
def known(draw):
    """(truth, an interval that holds it)."""
    truth = draw(instants)
    below, above = draw(st.integers(0, 10**9)), draw(st.integers(0, 10**9))
    return truth, Interval(lo=truth - below, hi=truth + above)


def holds(interval, truth):
    return interval.lo <= truth and (interval.hi is None or truth <= interval.hi)


@given(known(), known())
def test_a_duration_holds_the_truth_when_its_ends_do(start, end):
    truth = max(0, end[0] - start[0])

    assert holds(elapsed(start[1], end[1]), truth)


@given(st.lists(known(), min_size=1, max_size=6))
def test_the_latest_of_several_holds_the_latest_truth(several):
    truths, intervals = zip(*several, strict=True)

    assert holds(latest(*intervals), max(truths))


@given(st.lists(known(), min_size=1, max_size=6))
def test_a_hull_holds_every_truth(several):
    truths, intervals = zip(*several, strict=True)

    assert all(holds(hull(*intervals), truth) for truth in truths)


def test_what_was_not_seen_to_end_is_censored_in_everything_that_follows():
    never = after(100)

    assert never.is_censored
    assert Interval(lo=90, hi=None) == elapsed(exactly(10), never)
    assert latest(exactly(50), never).is_censored
    assert not_before(never, exactly(5)).is_censored
