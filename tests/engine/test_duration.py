import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchdrill.duration import parse_ns, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50ms", 50_000_000), ("90s", 90 * 10**9), ("2m30s", 150 * 10**9), ("1h", 3600 * 10**9), ("1.5s", 1_500_000_000)],
)
def test_durations_carry_their_unit(text, expected):

    assert expected == parse_ns(text)


@pytest.mark.parametrize("text", ["2:30", "90", 90, 1.5, "", "90 s", "-1s", "s", "1x", None, True, "P6M"])
def test_what_is_no_duration_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="such as 50ms, 90s or 2m30s"):
        parse_ns(text)


@given(st.integers(min_value=0, max_value=366 * 24 * 3600 * 10**6).map(lambda us: us * 1000))
def test_what_is_written_reads_back_the_same(ns):

    assert ns == parse_ns(written(ns))
