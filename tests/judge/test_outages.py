"""The reported interval holds the true instant, always."""

from bisect import bisect_right
from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.platform.targets import Target
from switchdrill.record.samples import Outcome, Sample
from switchdrill_reports.measured.outages import outages
from switchdrill_reports.measured.series import Series, read_series

MS = 1_000_000
EVERY, TIMEOUT = 50 * MS, 250 * MS


def target(**changes: object) -> Target:
    fields: dict[str, object] = {
        "name": "media.one", "probe": "media", "kind": "hls", "operator": "one", "name_asked": "live.test",
        "port": 80, "path": "/", "every_ns": EVERY, "timeout_ns": TIMEOUT,
    }  # fmt: skip
    return Target.model_validate(fields | changes)


def series(samples: list[Sample], **changes: object) -> Series:
    return read_series(target(**changes), b"".join(each.packed() for each in samples), "samples/media.one.bin")


@dataclass(frozen=True)
class Truth:
    """A service that was bad in [begin, end) of each stretch; it decides when a question arrives."""

    bad: list[tuple[int, int]]
    hangs: bool
    random: Random

    def is_bad(self, at_ns: int) -> bool:
        index = bisect_right(self.bad, (at_ns, 1 << 62)) - 1
        return index >= 0 and self.bad[index][0] <= at_ns < self.bad[index][1]

    def answer(self, slot: int, planned_ns: int) -> Sample:
        sent_ns = planned_ns + self.random.randrange(0, 3 * MS)
        takes_ns = self.random.randrange(1 * MS, 40 * MS)
        arrived_ns = sent_ns + self.random.randrange(0, takes_ns)
        if not self.is_bad(arrived_ns):
            return Sample(slot, planned_ns, sent_ns, sent_ns + takes_ns, Outcome.GOOD, 1)
        if self.hangs:
            return Sample(slot, planned_ns, sent_ns, sent_ns + TIMEOUT, Outcome.TIMED_OUT, 1)
        return Sample(slot, planned_ns, sent_ns, sent_ns + takes_ns, Outcome.REFUSED, 1)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    at_ns = 1_000 * MS
    bad: list[tuple[int, int]] = []
    for _number in range(draw(st.integers(0, 5))):
        at_ns += draw(st.integers(1_000 * MS, 1_600 * MS))
        long_ns = draw(st.integers(400 * MS, 1_500 * MS))
        bad.append((at_ns, at_ns + long_ns))
        at_ns += long_ns
    return Truth(bad=bad, hangs=draw(st.booleans()), random=Random(draw(st.integers(0, 1 << 32))))


@settings(max_examples=120, deadline=None)
@given(truth=truths())
def test_every_outage_is_found_and_both_its_ends_hold_the_truth(truth: Truth) -> None:
    until_ns = (truth.bad[-1][1] if truth.bad else 1_000 * MS) + 1_000 * MS
    samples = [truth.answer(slot, slot * EVERY) for slot in range(until_ns // EVERY)]
    samples.sort(key=lambda sample: sample.ended_ns)

    found = outages(series(samples))

    assert len(found) == len(truth.bad)
    for each, (begin, end) in zip(found, truth.bad, strict=True):
        assert each.began.hi is not None
        assert each.ended.hi is not None
        assert each.began.lo <= begin <= each.began.hi
        assert each.ended.lo <= end <= each.ended.hi
        width = (each.began.hi - each.began.lo) + (each.ended.hi - each.ended.lo)
        assert width <= 2 * EVERY + 2 * 43 * MS + (TIMEOUT if truth.hangs else 0)


@settings(max_examples=120, deadline=None)
@given(truth=truths(), missed=st.floats(0.0, 0.6), seed=st.integers(0, 1 << 32))
def test_slots_that_the_prober_missed_only_widen(truth: Truth, missed: float, seed: int) -> None:
    random = Random(seed)
    until_ns = (truth.bad[-1][1] if truth.bad else 1_000 * MS) + 1_000 * MS
    samples = []
    for slot in range(until_ns // EVERY):
        is_missed = 0 < slot and random.random() < missed
        unknown = Sample(slot, slot * EVERY, 0, slot * EVERY + EVERY, Outcome.UNKNOWN, 0)
        samples.append(unknown if is_missed else truth.answer(slot, slot * EVERY))

    found = outages(series(samples))

    for each in found:
        begins = [begin for begin, _end in truth.bad if each.began.lo <= begin <= (each.began.hi or 0)]
        ends = [end for _begin, end in truth.bad if each.ended.lo <= end <= (each.ended.hi or until_ns)]
        assert begins
        assert ends


def test_an_outage_that_is_still_on_is_censored() -> None:
    samples = [
        Sample(slot, slot * EVERY, slot * EVERY, slot * EVERY + MS, Outcome.GOOD if slot < 3 else Outcome.REFUSED, 1)
        for slot in range(6)
    ]

    (only,) = outages(series(samples))

    assert only.ended.is_censored
    assert only.ended.lo == 5 * EVERY
    assert (only.began.lo, only.began.hi) == (2 * EVERY, 3 * EVERY + MS)


def test_a_refusal_tells_sooner_than_a_time_out_that_left_before_it() -> None:
    samples = [
        Sample(0, 0, 0, MS, Outcome.GOOD, 1),
        Sample(1, EVERY, EVERY, EVERY + TIMEOUT, Outcome.TIMED_OUT, 1),
        Sample(2, 2 * EVERY, 2 * EVERY, 2 * EVERY + MS, Outcome.REFUSED, 1),
        Sample(3, 3 * EVERY, 3 * EVERY, 3 * EVERY + MS, Outcome.GOOD, 1),
    ]

    (only,) = outages(series(samples))

    assert (only.began.lo, only.began.hi) == (0, 2 * EVERY + MS)


def test_no_sample_no_outage() -> None:
    assert outages(series([])) == []
