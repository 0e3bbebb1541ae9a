"""First served, steered, and good for good: the rules on small series."""

from switchdrill.record.samples import Outcome, Sample
from switchdrill.runbook.model import GoodFrame
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.served import Wanted, first_good, good_for_good, steered
from tests.judge.test_outages import EVERY, MS, series

SEGMENT = 4 * EVERY
"""A new segment every four slots."""


def said(letters: str, *, clock: float = 1.0, sequences: list[int] | None = None) -> Series:
    """One sample a letter: a, b good from that site, x refused, ? missed."""
    samples = []
    for slot, letter in enumerate(letters):
        planned_ns = slot * EVERY
        if letter == "?":
            samples.append(Sample(slot, planned_ns, 0, planned_ns + EVERY, Outcome.UNKNOWN, 0))
            continue
        outcome = Outcome.GOOD if letter in "ab" else Outcome.REFUSED
        sequence = planned_ns // SEGMENT if sequences is None else sequences[slot]
        captured_ns = round(1_000 * EVERY + sequence * SEGMENT * clock) if clock else 0
        site = {"a": 1, "b": 2}.get(letter, 0)
        samples.append(
            Sample(slot, planned_ns, planned_ns + MS, planned_ns + 9 * MS, outcome, site, sequence, captured_ns)
        )
    return series(samples)


def wanted(until: int, *, since: int = 0, observed: int | None = None, pace: float = 0.9) -> Wanted:
    until_ns = until * EVERY
    return Wanted(
        site=2, since_ns=since * EVERY, until_ns=until_ns,
        observed_until_ns=until_ns if observed is None else observed * EVERY,
        good_frame=GoodFrame.model_validate({"segments": 3, "max_age": "5s", "pace": pace}),
    )  # fmt: skip


def slots(series_: Series, rule: Wanted) -> tuple[int, int | None]:
    """The interval of good_for_good, in the slots whose send or end it is."""
    found = good_for_good(series_, rule)
    assert found is not None
    hi = found.at.hi
    return (found.at.lo // EVERY, None if hi is None else hi // EVERY)


def test_good_for_good_starts_after_the_last_break() -> None:
    assert slots(said("aaxxbbxbbbbbbbbbbbbbbbbb"), wanted(24)) == (6, 7)


def test_a_good_answer_of_the_old_site_breaks_the_run() -> None:
    assert slots(said("aaxxbbabbbbbbbbbbbbbbbbb"), wanted(24)) == (6, 7)


def test_a_missed_slot_widens_and_does_not_break() -> None:
    assert slots(said("aaxx??bbbbb?bbbbbbbbbbbb"), wanted(24)) == (3, 6)


def test_too_few_new_segments_are_not_good_for_good() -> None:
    """Three segments are wanted, two were seen: later than the last break, and nobody knows how much."""
    assert slots(said("aaxxxxxxxxxxxxxxxxbbbbbb"), wanted(24)) == (17, None)


def test_segments_may_be_counted_after_the_run_had_to_be_good() -> None:
    letters = "aaxxxxxxxxxxxxxxxxbbbbbbbbbbbbbb"

    assert slots(said(letters), wanted(24, observed=32)) == (17, 18)


def test_a_run_that_breaks_again_later_is_counted_only_up_to_there() -> None:
    assert slots(said("aaxxxxxxxxxxxxxxxxbbbbbbxbbbbbbb"), wanted(24, observed=32)) == (17, None)


def test_one_picture_that_stands_still_is_not_recovery() -> None:
    assert slots(said("aaxxbbbbbbbbbbbbbbbbbbbb", sequences=[7] * 24), wanted(24)) == (3, None)


def test_a_sequence_that_falls_starts_again() -> None:
    sequences = [9] * 4 + [10, 10, 11, 11, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10]

    assert slots(said("aaxx" + "b" * 20, sequences=sequences), wanted(24)) == (3, 4)
    assert slots(said("aaxx" + "b" * 6, sequences=sequences[:10]), wanted(10)) == (3, None)


def test_pictures_that_advance_at_half_pace_are_not_recovery() -> None:
    assert slots(said("aaxx" + "b" * 40, clock=0.5), wanted(44)) == (3, None)
    assert slots(said("aaxx" + "b" * 40, clock=0.5), wanted(44, pace=0.4)) == (3, 4)


def test_a_stream_without_a_clock_of_its_own_is_held_to_its_segments_only() -> None:
    assert slots(said("aaxx" + "b" * 40, clock=0), wanted(44)) == (3, 4)


def test_nobody_knows_of_a_run_that_was_not_watched_to_its_end() -> None:
    assert slots(said("aaxxbbbbbbbbbbbbbbbbbbbb"), wanted(40)) == (3, None)


def test_never_good_is_later_than_the_last_that_was_not() -> None:
    assert slots(said("aaxxxxxxx"), wanted(9)) == (8, None)


def test_no_sample_is_not_measured() -> None:
    assert good_for_good(said(""), wanted(9)) is None
    assert first_good(said(""), wanted(9)) is None
    assert steered(said("xx"), wanted(9)) is None


def test_good_from_the_start_is_good_from_the_start() -> None:
    assert slots(said("b" * 24), wanted(24, since=2)) == (2, 2)


def test_the_first_good_picture_may_be_earlier_than_good_for_good() -> None:
    found = first_good(said("aaxxbbxbbbbbbbbbbbbbbbbb"), wanted(24))

    assert found is not None
    assert (found.at.lo // EVERY, (found.at.hi or 0) // EVERY) == (3, 4)
    assert found.evidence.rows == (3, 4)


def test_steered_is_after_the_last_answer_that_named_another_site() -> None:
    found = steered(said("aabbaxx?bbbbb"), wanted(13))

    assert found is not None
    assert (found.at.lo // EVERY, (found.at.hi or 0) // EVERY) == (4, 8)


def test_a_resolver_that_stays_with_the_old_site_is_not_steered() -> None:
    found = steered(said("aabbaxx"), wanted(7))

    assert found is not None
    assert (found.at.lo // EVERY, found.at.hi) == (4, None)
