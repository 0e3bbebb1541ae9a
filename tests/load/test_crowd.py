"""Who counts as good, who as out of picture: from instants alone."""

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S
from switchdrill.load.crowd import Crowd
from switchdrill.load.reel import NoReel, read_reel
from switchdrill.load.schedule import join_offsets_ns, operators_of

START_NS = 1_000 * NS_PER_S


@pytest.fixture
def told():
    return []


@pytest.fixture
def crowd(told):
    crowd = Crowd(["telecom", "unicom"], [0, NS_PER_S], told.append)
    crowd.begin(START_NS)
    return crowd


def at(seconds):
    return START_NS + int(seconds * NS_PER_S)


def test_viewers_are_planned_from_their_own_instant_on(crowd):
    assert [crowd.second(at(seconds)).planned for seconds in (0.5, 1.5)] == [1, 2]


def test_a_viewer_is_good_until_two_segments_and_a_half_have_passed(crowd):
    crowd.joined(0)
    crowd.segment(0, at(1), duration_s=1, site="a")

    assert [crowd.second(at(seconds)).good for seconds in (3.4, 3.6)] == [1, 0]
    assert crowd.second(at(3.6)).alive == 1


def test_an_outage_is_told_when_it_ends_with_both_of_its_ends(crowd, told):
    crowd.joined(0)
    crowd.segment(0, at(1), duration_s=1, site="a")
    crowd.segment(0, at(3.4), duration_s=1, site="a")
    crowd.segment(0, at(7), duration_s=1, site="b")

    [outage] = told
    assert (outage.viewer, outage.operator) == (0, "telecom")
    assert (outage.last_good_ns, outage.next_good_ns) == (at(3.4), at(7))
    assert (outage.site_before, outage.site_after) == ("a", "b")


def test_a_viewer_who_never_had_a_picture_is_out_since_he_joined(crowd, told):
    crowd.joined(1)
    crowd.close(at(10))

    [outage] = told
    assert (outage.viewer, outage.last_good_ns, outage.next_good_ns) == (1, at(1), None)
    assert outage.site_before is None


def test_a_viewer_whose_loop_ended_is_not_alive(crowd):
    crowd.joined(0)
    crowd.joined(1)
    crowd.left(0)

    assert crowd.second(at(2)).alive == 1


def test_lateness_is_the_99th_percentile_of_the_second_and_then_forgotten(crowd):
    for number in range(1, 101):
        crowd.late(number * NS_PER_MS)

    assert [crowd.second(at(seconds)).late_p99_ns for seconds in (1, 2)] == [99 * NS_PER_MS, 0]


def test_the_same_seed_gives_the_same_joins_within_the_ramp():
    offsets = join_offsets_ns(7, 300, 5 * NS_PER_S)

    assert offsets == join_offsets_ns(7, 300, 5 * NS_PER_S)
    assert offsets != join_offsets_ns(8, 300, 5 * NS_PER_S)
    assert 0 <= min(offsets) < max(offsets) < 5 * NS_PER_S


def test_shares_are_met_by_any_number_of_viewers():
    chosen = operators_of({"telecom": 0.6, "unicom": 0.4}, 100)

    assert [chosen[:each].count("telecom") for each in (5, 10, 100)] == [3, 6, 60]


def test_a_playlist_gives_what_came_after_a_sequence_at_most_the_newest():
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:7\n" + "#EXTINF:1.0,\nx.ts\n" * 5
    reel = read_reel(text.encode())

    assert reel.newest == 11
    assert [sequence for sequence, _uri, _duration in reel.after(9, 3)] == [10, 11]
    assert [sequence for sequence, _uri, _duration in reel.after(None, 3)] == [9, 10, 11]


@pytest.mark.parametrize("text", [b"<html>", b"", b"\xff\xfe", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n"])
def test_what_is_no_playlist_is_said_to_be_none(text):
    with pytest.raises(NoReel):
        read_reel(text)
