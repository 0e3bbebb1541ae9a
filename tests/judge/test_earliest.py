"""The first of several things, each known as an interval."""

from hypothesis import given
from hypothesis import strategies as st

from switchdrill.interval import Interval, earliest

KNOWN = st.tuples(st.integers(0, 99), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)))


@given(found=st.lists(KNOWN, min_size=1, max_size=5))
def test_the_earliest_of_several_holds_the_smallest_truth(found: list[tuple[int, int, int | None]]) -> None:
    intervals = [
        Interval(lo=truth - before, hi=None if behind is None else truth + behind) for truth, before, behind in found
    ]

    first = earliest(*intervals)
    truth = min(truth for truth, _before, _behind in found)

    assert first.lo <= truth
    assert first.hi is None or truth <= first.hi
    assert first.is_censored == all(each.is_censored for each in intervals)
