import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchdrill import mark
from switchdrill.mark import Mark

STRIDE, HEIGHT = 352, 180


@given(
    st.builds(
        Mark,
        room_crc=st.integers(0, 2**32 - 1),
        site=st.integers(0, 255),
        frame=st.integers(0, 2**32 - 1),
        captured_ns=st.integers(0, 2**64 - 1),
        boot_crc=st.integers(0, 2**32 - 1),
    ),
    st.integers(-40, 40),
)
def test_a_mark_is_read_as_it_was_drawn_even_when_the_picture_is_lighter_or_darker(drawn, shift):
    luma = bytearray(b"\x80" * STRIDE * HEIGHT)
    mark.draw(drawn, luma, STRIDE)
    washed = bytes(min(255, max(0, value + shift)) for value in luma)

    assert drawn == mark.read(washed, STRIDE, width=320, height=HEIGHT)


@pytest.mark.parametrize("luma", [b"\0" * STRIDE * HEIGHT, b"\xff" * STRIDE * HEIGHT])
def test_a_picture_without_a_mark_has_none(luma):

    assert None is mark.read(luma, STRIDE, width=320, height=HEIGHT)


def test_a_picture_that_is_too_small_has_none():

    assert None is mark.read(b"\0" * 100, 10, width=10, height=10)
