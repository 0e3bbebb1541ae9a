"""Two sites that take writes at once: seen, counted, and never passed; one that refuses is as it should be."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.record.samples import RECORD, Outcome, Sample
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.split import Split, split
from switchdrill_reports.result import Finding, Result
from tests.judge.found import Tell, finding
from tests.judge.plan import plan_of
from tests.judge.story import FAULT, S, Story, at
from tests.judge.test_outages import MS, series
from tests.judge.twice import relinked

PLAN = plan_of(Story())
SITES = ("a", "b")
EVERY = 200 * MS


def told(result: Result) -> Finding:
    return finding(result, "data.gifts.split_brain")


def began_s(result: Result, part: str) -> float:
    return (next(each for each in result.parts if each.part == part).began_ns - FAULT) / S


def test_sites_that_take_turns_are_no_split_brain(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story()))
    (gifts,) = result.data

    assert (told(result).state, told(result).count, told(result).critical) == ("MET", 0, True)
    assert gifts.overlaps == []
    assert [(each.site, each.is_asked, each.beside) for each in gifts.sites] == [("a", True, 0), ("b", True, 0)]
    assert all(each.acknowledged > 50 and (each.refused or 0) > 10 for each in gifts.sites)
    assert result.verdict == "PASS"


def test_an_old_primary_that_returns_and_takes_writes_fails(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    begin_s, end_s = began_s(whole, "rejoin") + 0.3, began_s(whole, "failback") - 0.4
    result = judge_folder(synthetic_run(Story(a_takes_gifts=((begin_s, end_s),))))
    (overlap,) = result.data[0].overlaps

    assert result.verdict == "FAIL"
    assert (told(result).state, told(result).said.code) == ("MISSED", "data.split_brain.missed")
    assert told(result).count == sum(overlap.writes.values())
    assert {each.site: each.beside for each in result.data[0].sites} == overlap.writes
    assert overlap.took.hi is not None
    assert overlap.took.lo <= (end_s - begin_s) * S <= overlap.took.hi
    assert overlap.began.lo <= at(begin_s) <= (overlap.began.hi or 0)
    assert overlap.ended.lo <= at(end_s) <= (overlap.ended.hi or 0)
    assert (end_s - begin_s) / 0.2 - 2 <= overlap.writes["a"] <= (end_s - begin_s) / 0.2 + 1


def test_a_site_that_does_not_cease_at_the_failback_fails_however_short_it_is(synthetic_run: Tell) -> None:
    back_s = began_s(judge_folder(synthetic_run(Story())), "failback")
    result = judge_folder(synthetic_run(Story(b_takes_gifts=((back_s - 0.1, back_s + 1.1),))))

    assert told(result).state == "MISSED"
    assert result.verdict == "FAIL"
    assert (result.data[0].overlaps[0].took.hi or 0) < 1.4 * S


def test_each_time_that_it_came_is_told(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(a_takes_gifts=((25.0, 26.0), (27.0, 28.5)))))

    assert len(result.data[0].overlaps) == 2
    assert told(result).said.code == "data.split_brain.missed.several"


def test_a_split_brain_that_only_viewers_probes_met_fails_too(synthetic_run: Tell) -> None:
    """Nobody asks the sites straight; but after the failback one operator is still led to the other site."""
    back_s = began_s(judge_folder(synthetic_run(Story())), "failback")
    result = judge_folder(synthetic_run(Story(asks_sites=False, b_takes_gifts=((back_s, back_s + 9.0),))))

    assert (told(result).state, told(result).critical) == ("MISSED", True)
    assert result.verdict == "FAIL"


def test_where_nobody_asks_each_site_it_is_not_measured_and_no_clean_pass(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(asks_sites=False)))

    assert (told(result).state, told(result).said.code) == ("NOT_MEASURED", "data.split_brain.not_asked")
    assert told(result).said.facts["unasked"] == "a, b"
    assert result.verdict == "PASS_WITH_DEVIATIONS"


@pytest.mark.parametrize("site", SITES)
def test_who_was_to_ask_and_did_not_look_has_not_shown_that_there_was_none(synthetic_run: Tell, site: str) -> None:
    folder = synthetic_run(Story())
    (folder.samples / f"writes.{site}.bin").write_bytes(b"")
    relinked(folder)
    result = judge_folder(folder)

    assert told(result).state not in ("MET", "MISSED")
    assert result.verdict not in ("PASS", "PASS_WITH_DEVIATIONS")


def test_a_moment_without_looking_is_no_proof(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(blind=((12.0, 13.5),))))

    assert told(result).said.code == "data.split_brain.gaps"
    assert result.verdict == "INCOMPLETE"


def test_a_runbook_that_promises_nothing_of_data_has_no_such_finding(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(b_takes_gifts=((-5.0, 5.0),)))
    plan = PLAN.model_copy(update={"runbook": PLAN.runbook.model_copy(update={"data": {}})})
    folder.plan.write_bytes(plan.as_json())

    assert not [each for each in judge_folder(folder).findings if each.id.startswith("data.")]


def test_a_standby_that_refuses_is_no_bad_probe_before_the_fault_nor_at_the_end(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story()))

    assert [each.said.code for each in result.validity if each.name == "steady"] == ["check.steady.ok"]
    assert finding(result, "control").state == "MET"
    assert [each.said.code for each in result.validity if each.name == "coverage"] == ["check.coverage.ok"]


def test_a_refusal_is_due_only_while_another_site_takes_writes(synthetic_run: Tell) -> None:
    """In the control phase both refuse, though the viewers' own probes say nothing of it."""
    whole = judge_folder(synthetic_run(Story()))
    folder = synthetic_run(Story(asks_sites=True))
    path = folder.samples / "writes.a.bin"
    since_ns = at(began_s(whole, "control"))
    path.write_bytes(b"".join(each.packed() for each in _refused_since(path.read_bytes(), since_ns)))
    relinked(folder)

    assert finding(judge_folder(folder), "control").state == "MISSED"


def _refused_since(raw: bytes, since_ns: int) -> Iterator[Sample]:
    for values in RECORD.iter_unpack(raw):
        sample = Sample(*values)
        yield sample if sample.planned_ns < since_ns else replace(sample, outcome=int(Outcome.BAD_STATUS))


def asked(site: str, takes: list[tuple[int, int]], random: Random, *, until_ns: int) -> tuple[Series, list[int]]:
    """A site that takes writes in these stretches, asked straight; and when it really took each of them."""
    samples: list[Sample] = []
    taken: list[int] = []
    start_ns = SITES.index(site) * EVERY // 2
    for slot in range(until_ns // EVERY):
        sent_ns = start_ns + slot * EVERY + random.randrange(0, 5 * MS) + 1
        arrived_ns = sent_ns + random.randrange(0, 30 * MS)
        ended_ns = arrived_ns + random.randrange(0, 30 * MS)
        takes_it = any(begin <= arrived_ns < end for begin, end in takes)
        if takes_it:
            taken.append(arrived_ns)
        outcome = Outcome.GOOD if takes_it else Outcome.BAD_STATUS
        samples.append(Sample(slot, start_ns + slot * EVERY, sent_ns, ended_ns, outcome, SITES.index(site) + 1))
    name = f"writes.{site}"
    return series(samples, name=name, kind="ledger", ledger="gifts", operator=None, site=site, every_ns=EVERY), taken


def seen(a: Series, b: Series, until_ns: int) -> Split:
    return split(PLAN, "gifts", [a, b], since_ns=0, until_ns=until_ns)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 1 << 32), turns=st.lists(st.integers(2 * EVERY, 3 * S), min_size=1, max_size=6))
def test_turns_that_follow_one_another_are_never_called_a_split(seed: int, turns: list[int]) -> None:
    """Whoever is next begins in the very nanosecond in which the one before ceases; a turn takes two slots or more."""
    edges = [0]
    for each in turns:
        edges.append(edges[-1] + each)
    takes: dict[str, list[tuple[int, int]]] = {"a": [], "b": []}
    for number, (begin, end) in enumerate(pairwise(edges)):
        takes[SITES[number % 2]].append((begin, end))
    random, until_ns = Random(seed), edges[-1] + S
    a, b = (asked(site, takes[site], random, until_ns=until_ns)[0] for site in SITES)

    assert seen(a, b, until_ns).writes == 0


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    ceases_ns=st.integers(2 * S, 6 * S),
    begins_ns=st.integers(2 * S, 6 * S),
    ends_ns=st.integers(6 * S, 9 * S),
)
def test_an_overlap_holds_the_truth_and_what_is_longer_than_a_few_slots_is_never_missed(
    seed: int, ceases_ns: int, begins_ns: int, ends_ns: int
) -> None:
    random, until_ns = Random(seed), 10 * S
    a, _taken_by_a = asked("a", [(0, ceases_ns)], random, until_ns=until_ns)
    b, _taken_by_b = asked("b", [(begins_ns, ends_ns)], random, until_ns=until_ns)
    found = seen(a, b, until_ns)
    truth_ns = min(ceases_ns, ends_ns) - begins_ns

    if truth_ns > 3 * EVERY:
        (overlap,) = found.overlaps
        assert overlap.took.lo <= truth_ns <= (overlap.took.hi or 0)
        assert overlap.began.lo <= begins_ns <= (overlap.began.hi or 0)
        assert overlap.ended.lo <= ceases_ns <= (overlap.ended.hi or 0)
    if truth_ns < 0:
        assert found.writes == 0


def test_a_single_write_taken_amid_another_sites_is_one() -> None:
    """It has no neighbours of its own, and is a split brain all the same."""
    random = Random(3)
    a, taken = asked("a", [(5 * S, 5 * S + EVERY)], random, until_ns=10 * S)
    b, _taken = asked("b", [(0, 10 * S)], random, until_ns=10 * S)
    found = seen(a, b, 10 * S)

    assert len(taken) == 1
    assert found.by_site() == {"a": 1}


def test_writes_whose_order_nobody_can_tell_are_neither_a_split_nor_proof_of_none() -> None:
    """Site b takes its first write while site a's last answer is on its way."""
    last = Sample(9, 9 * EVERY, 9 * EVERY, 9 * EVERY + 150 * MS, Outcome.GOOD, 1)
    first = Sample(9, 9 * EVERY, 9 * EVERY + 50 * MS, 9 * EVERY + 60 * MS, Outcome.GOOD, 2)
    kind: dict[str, object] = {"kind": "ledger", "ledger": "gifts", "operator": None, "every_ns": EVERY}
    a = series([last], name="writes.a", site="a", **kind)
    b = series([first], name="writes.b", site="b", **kind)
    found = seen(a, b, 10 * EVERY)

    assert (found.writes, found.possible) == (0, 2)
