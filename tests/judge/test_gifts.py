"""Gifts in whole runs: lost, booked twice, of unknown fate, or not read where it matters."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, finding
from tests.judge.story import S, Story


def test_lost_gifts_fail_and_are_named(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=9)))
    (gifts,) = result.data

    assert result.verdict == "FAIL"
    assert gifts.lost == len(gifts.lost_ids) == 9
    assert gifts.observed is not None
    assert 0.2 * S < gifts.observed.lo <= (gifts.observed.hi or 0) < 1.2 * S


def test_gifts_that_were_missing_while_the_standby_served_are_lost_even_if_they_come_back(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=3, lost_after_hold=True)))

    assert finding(result, "data.gifts.lost").count == 3


def test_duplicate_gifts_fail(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(duplicate_gifts=2)))

    assert finding(result, "data.gifts.duplicated").count == 2
    assert result.verdict == "FAIL"


@pytest.mark.parametrize("reads", [(), ("end.a",), ("hold.b",), ("hold.a", "end.b")])
def test_a_ledger_that_was_not_read_where_it_matters_is_not_measured(
    synthetic_run: Tell, reads: tuple[str, ...]
) -> None:
    result = judge_folder(synthetic_run(Story(reads=reads)))

    assert finding(result, "data.gifts.lost").state == "NOT_MEASURED"
    assert result.verdict == "INCOMPLETE"


def test_gifts_whose_fate_is_unknown_are_neither_lost_nor_failed(synthetic_run: Tell) -> None:
    (gifts,) = judge_folder(synthetic_run(Story())).data

    assert gifts.unknown > 50
    assert (gifts.lost, gifts.unknown_present) == (0, 0)
    assert 0 < (gifts.failed or 0) < 50, "what viewers sent to the site that had just ceased; no site's own refusals"


def test_the_recovery_point_is_judged_not_only_the_number(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(lost_gifts=3))
    allowed = folder.plan.read_text().replace('"lost_max": 0', '"lost_max": 9')
    for rpo, state in (("0s", "MISSED"), ("60s", "MET")):
        folder.plan.write_text(allowed.replace('"rpo": "0s"', f'"rpo": "{rpo}"'))
        result = judge_folder(folder)

        assert finding(result, "data.gifts.lost").state in ("MET", "UNUSABLE")
        assert finding(result, "data.gifts.rpo").state == ("UNUSABLE" if state == "MET" else state)
