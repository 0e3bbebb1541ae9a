"""Reading raw samples, whatever is in the file."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.record.samples import Outcome, Sample
from switchdrill_reports.measured.series import read_series
from tests.judge.test_outages import EVERY, MS, TIMEOUT, series, target


def good(slot: int, **changes: int) -> Sample:
    fields = {"planned_ns": slot * EVERY + MS, "sent_ns": slot * EVERY + 2 * MS, "ended_ns": slot * EVERY + 9 * MS}
    fields |= changes
    return Sample(slot, fields["planned_ns"], fields["sent_ns"], fields["ended_ns"], Outcome.GOOD, 2, slot, slot * 10)


def test_samples_are_in_planned_order_however_they_ended() -> None:
    samples = [good(slot) for slot in range(50)]
    mixed = samples[:]
    Random(3).shuffle(mixed)

    found = series(mixed)

    assert list(found.slots) == list(range(50))
    assert list(found.v1) == [slot * 10 for slot in range(50)]
    assert [mixed[row].slot for row in found.rows] == list(range(50))


def test_a_torn_last_record_is_left_out() -> None:
    raw = b"".join(good(slot).packed() for slot in range(4))

    assert list(read_series(target(), raw[:-7], "x").slots) == [0, 1, 2]


def test_what_the_prober_missed_is_no_sample_but_a_planned_slot() -> None:
    missed = Sample(1, EVERY + MS, 0, 2 * EVERY, Outcome.UNKNOWN, 0)
    found = series([good(0), missed, good(2), good(3)])
    until_ns = 3 * EVERY + MS + TIMEOUT

    assert list(found.slots) == [0, 2, 3]
    assert found.planned_count(until_ns) == 4
    assert found.answered_count(until_ns) == 3
    assert found.unsure_slots == ()


def test_a_question_whose_fate_the_prober_does_not_know_may_have_arrived() -> None:
    asked = Sample(1, EVERY + MS, EVERY + MS, 2 * EVERY, Outcome.UNKNOWN, 0)

    assert series([good(0), asked]).unsure_slots == (1,)


def test_a_slot_in_flight_is_not_planned_yet() -> None:
    found = series([good(slot) for slot in range(4)])

    assert found.planned_count(3 * EVERY + MS + TIMEOUT - 1) == 3


def test_records_that_cannot_be_true_are_left_out() -> None:
    strange = [
        good(1, ended_ns=EVERY),
        Sample(2, 2 * EVERY, 2 * EVERY, 3 * EVERY, 99, 1),
        Sample(3, 3 * EVERY, 3 * EVERY, 4 * EVERY, Outcome.GOOD, 4_000),
        Sample(-4, 4 * EVERY, 4 * EVERY, 5 * EVERY, Outcome.GOOD, 1),
        good(0, planned_ns=5),
    ]

    assert list(series([good(0), *strange, good(6)]).slots) == [0, 6]


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=2_000))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    found = read_series(target(), raw, "x")

    assert len(found.good) == len(found.served) == len(found.slots) <= len(raw) // 80
