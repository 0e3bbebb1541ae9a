"""What sites' ledgers hold: lost, duplicated, diverged, back again; how far back, and how far behind."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.copies import Asked, copies
from switchdrill_reports.measured.read_back import LedgerReading
from switchdrill_reports.measured.stretch import worst_stretch
from switchdrill_reports.shown.render import render
from tests.judge.found import Tell, finding
from tests.judge.story import S, Story
from tests.judge.test_outages import MS
from tests.report.page import read

LOSES = 9


def test_as_many_as_were_lost_and_booked_twice_are_told(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=LOSES, duplicate_gifts=4)))
    (gifts,) = result.data

    assert (gifts.lost, gifts.duplicated, gifts.diverged, gifts.returned) == (LOSES, 4, 0, 0)
    assert finding(result, "data.gifts.lost").count == LOSES
    assert finding(result, "data.gifts.duplicated").count == 4
    assert finding(result, "data.gifts.diverged").state == "MET"


def test_rows_that_only_the_old_primary_has_are_lost_and_told_as_its_own(synthetic_run: Tell) -> None:
    """It came back with them and serves again; the other site never had them."""
    result = judge_folder(synthetic_run(Story(lost_gifts=LOSES, lost_at_b=True)))
    (gifts,) = result.data

    assert result.verdict == "FAIL"
    assert (gifts.lost, gifts.returned, gifts.diverged) == (LOSES, LOSES, LOSES)
    assert set(gifts.diverged_ids) == set(gifts.lost_ids)
    assert {each.site: each.only_here for each in gifts.sites} == {"a": LOSES, "b": 0}
    assert finding(result, "data.gifts.lost").said.code == "data.lost.missed.returned"
    assert finding(result, "data.gifts.diverged").said.facts["writes"] == f"a: {LOSES}"


def test_rows_that_come_back_everywhere_are_lost_all_the_same_and_told_as_returned(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=LOSES, lost_after_hold=True)))

    assert (result.data[0].returned, result.data[0].diverged) == (LOSES, 0)
    assert finding(result, "data.gifts.lost").said.facts["returned_count"] == LOSES


def test_a_loss_that_the_runbook_allows_does_not_hide_that_the_copies_diverged(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(lost_gifts=LOSES, lost_at_b=True))
    promised = folder.plan.read_text().replace('"lost_max": 0', '"lost_max": 99').replace('"rpo": "0s"', '"rpo": "9s"')
    folder.plan.write_text(promised)
    result = judge_folder(folder)

    assert finding(result, "data.gifts.lost").state == "UNUSABLE", "the plan was changed, for this test"
    assert finding(result, "data.gifts.diverged").state == "MISSED"
    assert not finding(result, "data.gifts.diverged").critical


@pytest.mark.parametrize("reads", [("hold.b", "end.a"), ("hold.b", "end.a", "hold.a")])
def test_copies_that_nobody_held_against_each_other_are_not_called_the_same(
    synthetic_run: Tell, reads: tuple[str, ...]
) -> None:
    result = judge_folder(synthetic_run(Story(reads=reads)))

    assert finding(result, "data.gifts.diverged").said.code == "data.diverged.not_read"
    assert (result.data[0].diverged, result.data[0].behind) == (None, None)
    assert result.verdict == "PASS_WITH_DEVIATIONS"


@pytest.mark.parametrize(("language", "words"), [("en", "Worst stretch of lost writes"), ("zh", "最长的一段丢失写入")])
def test_the_page_tells_how_far_back_it_was_lost_beside_how_far_it_could_have_been(
    synthetic_run: Tell, language: str, words: str
) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=LOSES)))
    (gifts,) = result.data
    page = read(render(result, language)).text

    assert gifts.stretch is not None
    assert gifts.behind is not None
    assert 0 < gifts.stretch.lo < (gifts.stretch.hi or 0)
    assert 0 == gifts.behind.lo < (gifts.behind.hi or 0) < S
    assert words in page


def reading(site: str, records: list[str], at_ns: int) -> LedgerReading:
    times = dict.fromkeys(records, 1)
    return LedgerReading(ledger="gifts", site=site, begun_ns=at_ns, times=times, when="end", file=f"{site}.json")


def written(*ids: str, site: str = "a", every_ns: int = 100 * MS, since_ns: int = 0) -> dict[str, Asked]:
    return {
        each: Asked(since_ns + number * every_ns, since_ns + number * every_ns + 10 * MS, site)
        for number, each in enumerate(ids)
    }


def answered(asked: dict[str, Asked]) -> dict[str, int]:
    return {record: each.ended_ns for record, each in asked.items()}


def test_a_copy_that_lacks_only_the_newest_is_behind_and_has_not_diverged() -> None:
    asked = written("r0", "r1", "r2", "r3", "r4")
    found = copies([reading("a", [*asked], S), reading("b", ["r0", "r1", "r2"], S)], asked, answered(asked))

    assert found.diverged == ()
    assert found.behind is not None
    assert (found.behind.lo, found.behind.hi) == (S - 310 * MS, S - 200 * MS)


def test_a_copy_that_lacks_one_and_has_a_later_one_has_diverged() -> None:
    asked = written("r0", "r1", "r2", "r3", "r4")
    found = copies([reading("a", [*asked], S), reading("b", ["r0", "r2", "r4"], S)], asked, answered(asked))

    assert found.only_at == {"a": ("r1", "r3")}


def test_both_sites_may_have_what_the_other_lacks() -> None:
    asked = written("r0", "r1", "r2") | written("n0", "n1", site="b", since_ns=S) | written("m0", since_ns=2 * S)
    a, b = reading("a", ["r0", "r1", "r2", "m0"], 3 * S), reading("b", ["r0", "n0", "n1"], 3 * S)

    assert copies([a, b], asked, answered(asked)).only_at == {"a": ("r1", "r2"), "b": ("n0", "n1")}


def test_a_record_of_unknown_fate_that_one_site_has_is_no_loss_but_a_difference() -> None:
    asked = written("r0", "r1", "r2")
    acknowledged = {record: at_ns for record, at_ns in answered(asked).items() if record != "r1"}
    found = copies([reading("a", ["r0", "r1", "r2"], S), reading("b", ["r0", "r2"], S)], asked, acknowledged)

    assert found.only_at == {"a": ("r1",)}
    assert found.behind is not None
    assert found.behind.lo == 0


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1 << 32), lag_ns=st.integers(0, 3 * S), apart_ns=st.integers(0, S))
def test_a_copy_that_only_lags_never_diverges_and_its_lag_holds_the_truth(
    seed: int, lag_ns: int, apart_ns: int
) -> None:
    """Site b has all that site a had `lag_ns` before it is read; b may be read later or earlier than a."""
    random = Random(seed)
    asked: dict[str, Asked] = {}
    committed: dict[str, int] = {}
    for number in range(80):
        sent_ns = number * 100 * MS + random.randrange(0, 40 * MS)
        ended_ns = sent_ns + random.randrange(2, 90) * MS
        asked[f"r{number}"] = Asked(sent_ns, ended_ns, "a")
        committed[f"r{number}"] = random.randrange(sent_ns, ended_ns)
    a_ns, b_ns = (7 * S, 7 * S + apart_ns) if random.random() < 0.5 else (7 * S + apart_ns, 7 * S)
    a = reading("a", [each for each, at_ns in committed.items() if at_ns <= a_ns], a_ns)
    b = reading("b", [each for each, at_ns in committed.items() if at_ns <= b_ns - lag_ns], b_ns)
    found = copies([a, b], asked, answered(asked))

    assert found.diverged == ()
    assert found.behind is not None
    assert found.behind.lo <= lag_ns + 90 * MS
    assert found.behind.hi is None or lag_ns <= found.behind.hi + 90 * MS


def test_the_worst_stretch_is_the_longest_run_of_what_one_site_acknowledged() -> None:
    asked = written(*(f"r{number}" for number in range(10)))
    lost = {"r2", "r5", "r6", "r7"}
    found = worst_stretch(asked, answered(asked), lost, read_ns=9 * S)

    assert found is not None
    assert (found.lo, found.hi) == (700 * MS - 510 * MS, 810 * MS - 400 * MS)


def test_what_another_site_kept_meanwhile_does_not_shorten_it() -> None:
    kept = written(*(f"n{number}" for number in range(10)), site="b", since_ns=50 * MS)
    asked = written(*(f"r{number}" for number in range(10))) | kept
    found = worst_stretch(asked, answered(asked), {"r5", "r6", "r7"}, read_ns=9 * S)

    assert found is not None
    assert (found.lo, found.hi) == (190 * MS, 410 * MS)


def test_what_a_site_never_acknowledged_again_lasts_until_another_one_kept_something() -> None:
    asked = written("r0", "r1", "r2") | written("n0", site="b", since_ns=4 * S)
    found = worst_stretch(asked, answered(asked), {"r1", "r2"}, read_ns=9 * S)
    alone = worst_stretch(written("r0", "r1"), answered(written("r0", "r1")), {"r1"}, read_ns=9 * S)

    assert found is not None
    assert (found.lo, found.hi) == (90 * MS, 4 * S + 10 * MS)
    assert alone is not None
    assert alone.hi == 9 * S


def test_nothing_lost_is_no_stretch() -> None:
    asked = written("r0", "r1")

    assert worst_stretch(asked, answered(asked), set(), read_ns=S) is None
