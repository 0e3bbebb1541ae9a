"""What the runner sees live, whatever the order in which samples arrive."""

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns
from switchdrill.probes.sight import Sight
from switchdrill.record.plan import read_plan
from switchdrill.record.samples import Outcome

WATCH = {"name": "media", "kind": "hls", "through": "operators", "entry": "live", "every": "100ms", "timeout": "1s"}
TARGET = "media.telecom"
GOOD, BAD, UNKNOWN = Outcome.GOOD, Outcome.TIMED_OUT, Outcome.UNKNOWN


@pytest.fixture
def sight(make_run):
    return Sight(read_plan(make_run(probes=[WATCH]).plan))


class Feed:
    """Samples that ended just now: slot 0 began `ago_s` ago."""

    def __init__(self, sight, ago_s=2.0):
        self.sight = sight
        self.start_ns = now_ns() - int(ago_s * NS_PER_S)

    def planned(self, slot):
        return self.start_ns + slot * 100 * NS_PER_MS

    def ended(self, slot):
        return self.planned(slot) + 3 * NS_PER_MS

    def add(self, *slots, outcome=GOOD, site=1, sequence=7, captured=0):
        for slot in slots:
            at = self.planned(slot)
            sent = 0 if outcome == UNKNOWN else at + NS_PER_MS
            values = (slot, at, sent, self.ended(slot), int(outcome), site, sequence, captured, 10, 200)
            self.sight.saw(TARGET, values)


def test_a_run_of_good_samples_begins_where_its_first_one_ended(sight):
    feed = Feed(sight)
    feed.add(0, 1, outcome=BAD)
    feed.add(*range(2, 20))

    assert sight.good_since_ns(TARGET) == feed.ended(2)


def test_a_bad_sample_that_arrives_late_breaks_the_run_where_it_was_planned(sight):
    feed = Feed(sight)
    feed.add(*range(8), *range(9, 20))
    while_open = sight.good_since_ns(TARGET)
    feed.add(8, outcome=BAD)

    assert while_open == feed.ended(9)
    assert sight.good_since_ns(TARGET) == feed.ended(9)
    assert sight.bad_now() == []


def test_a_good_sample_that_arrives_late_joins_the_run_again(sight):
    feed = Feed(sight)
    feed.add(*range(8), *range(9, 20))
    feed.add(8)

    assert sight.good_since_ns(TARGET) == feed.ended(0)


def test_a_slot_that_the_prober_missed_is_neither_good_nor_bad(sight):
    feed = Feed(sight)
    feed.add(*range(10))
    feed.add(10, outcome=UNKNOWN)
    feed.add(*range(11, 20))

    assert sight.good_since_ns(TARGET) == feed.ended(0)
    assert sight.coverage(TARGET) == pytest.approx(19 / 20)


def test_a_line_that_was_dropped_breaks_the_run_and_does_not_hold_it_for_ever(sight):
    feed = Feed(sight, ago_s=6.0)
    feed.add(*range(10), *range(11, 60))

    assert sight.good_since_ns(TARGET) == feed.ended(11)
    assert sight.coverage(TARGET) == pytest.approx(59 / 60)


def test_old_good_samples_say_nothing_of_now(sight):
    Feed(sight, ago_s=10.0).add(*range(20))

    assert sight.good_since_ns(TARGET) is None


def test_bad_now_names_the_target_and_what_it_got(sight):
    feed = Feed(sight)
    feed.add(*range(10))
    feed.add(10, 11, outcome=BAD)
    feed.add(12, outcome=UNKNOWN)

    url = "http://live.test:18080/live/room1/index.m3u8"
    (said,) = sight.bad_now()
    assert said.startswith(f"media.telecom timed_out, {url} (127.")
    assert sight.last(TARGET).slot == 11


def test_new_segments_of_a_site_count_from_an_instant_on(sight):
    feed = Feed(sight, ago_s=4.0)
    for slot in range(40):
        feed.add(slot, sequence=100 + slot // 10, captured=feed.planned(slot // 10 * 10))

    counts = [sight.new_segments(TARGET, "a", since_ns) for since_ns in (0, feed.planned(5), feed.planned(25))]

    assert counts == [4, 3, 1]
    assert sight.new_segments(TARGET, "b", 0) == 0


def test_a_bad_sample_or_another_site_begins_the_count_of_new_segments_again(sight):
    feed = Feed(sight, ago_s=4.0)
    for slot in range(40):
        site = 1 if slot < 20 else 2
        outcome = BAD if slot == 35 else GOOD
        feed.add(slot, sequence=100 + slot // 5, captured=feed.planned(slot // 5 * 5), site=site, outcome=outcome)

    assert sight.new_segments(TARGET, "b", 0) == 1
    assert sight.new_segments(TARGET, "a", 0) == 0
    assert sight.site_of(TARGET) == "b"


def test_segments_that_come_slower_than_the_pace_do_not_add_up(sight):
    feed = Feed(sight, ago_s=4.0)
    for slot in range(40):
        # A new segment each second, but each one shows only half a second more.
        feed.add(slot, sequence=100 + slot // 10, captured=feed.start_ns + slot // 10 * NS_PER_S // 2)

    assert sight.new_segments(TARGET, "a", 0) == 1


def test_an_effect_is_seen_only_in_samples_that_left_after_the_fault(sight):
    feed = Feed(sight)
    feed.add(0, 1, 2, outcome=BAD)
    feed.add(*range(3, 20))

    assert sight.seen(TARGET, [BAD], feed.planned(2))
    assert not sight.seen(TARGET, [BAD], feed.planned(3))


def test_a_target_that_nobody_asked_is_not_good(sight):
    assert sight.good_since_ns(TARGET) is None
    assert sight.last(TARGET) is None
    assert sight.site_of(TARGET) is None
