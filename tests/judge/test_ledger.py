"""Acknowledged, failed, unknown: kept apart; and what observed loss in time means."""

import pytest

from switchdrill.interval import exactly
from switchdrill.record.samples import Outcome, Sample
from switchdrill_reports.measured.ledger import Written, observed_loss, written
from tests.judge.test_outages import EVERY, MS, series


def one(outcome: Outcome, *, sent: bool = True) -> Written:
    sample = Sample(0, EVERY, EVERY if sent else 0, EVERY + MS, outcome, 1)
    return written("run", [series([sample], name="gifts.one", kind="ledger", ledger="gifts")], until_ns=None)


def test_only_an_acknowledgement_is_acknowledged() -> None:
    assert one(Outcome.GOOD) == Written(acknowledged={"run-gifts.one-0": EVERY + MS}, failed=0, unknown=frozenset())


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.BAD_STATUS, Outcome.NO_ANSWER])
def test_what_surely_never_arrived_or_was_refused_failed(outcome: Outcome) -> None:
    assert one(outcome) == Written(acknowledged={}, failed=1, unknown=frozenset())


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.RESET, Outcome.UNREADABLE, Outcome.UNCERTAIN])
def test_anything_else_may_be_there_or_not(outcome: Outcome) -> None:
    assert one(outcome) == Written(acknowledged={}, failed=0, unknown=frozenset({"run-gifts.one-0"}))


def test_a_question_that_the_prober_lost_sight_of_may_be_there_and_one_that_never_left_is_not() -> None:
    assert one(Outcome.UNKNOWN).unknown == {"run-gifts.one-0"}
    assert one(Outcome.UNKNOWN, sent=False).unknown == frozenset()


def sent(*acknowledged_ns: int) -> Written:
    return Written(acknowledged={f"r{each}": each for each in acknowledged_ns}, failed=0, unknown=frozenset())


def test_nothing_lost_is_no_more_than_the_time_since_the_last_acknowledgement() -> None:
    found = observed_loss(sent(10, 20, 30, 50), set(), exactly(37))

    assert found is not None
    assert (found.lo, found.hi) == (0, 7)


def test_loss_in_time_begins_where_the_unbroken_prefix_ends() -> None:
    found = observed_loss(sent(10, 20, 30, 50), {"r20"}, exactly(37))

    assert found is not None
    assert (found.lo, found.hi) == (17, 27)


def test_what_was_lost_after_the_fault_is_no_loss_before_it() -> None:
    found = observed_loss(sent(10, 20, 30, 50), {"r50"}, exactly(37))

    assert found is not None
    assert (found.lo, found.hi) == (0, 7)


def test_without_a_fault_or_an_acknowledgement_there_is_no_loss_in_time() -> None:
    assert observed_loss(sent(10), set(), None) is None
    assert observed_loss(sent(), set(), exactly(5)) is None


def test_what_was_answered_after_the_last_reading_counts_nowhere() -> None:
    samples = [Sample(slot, slot * EVERY, slot * EVERY, slot * EVERY + MS, Outcome.GOOD, 1) for slot in range(1, 6)]
    ledger = [series(samples, name="gifts.one", kind="ledger", ledger="gifts")]

    assert 5 == len(written("run", ledger, until_ns=None).acknowledged)
    assert 3 == len(written("run", ledger, until_ns=3 * EVERY + MS).acknowledged)
