"""The order of verdicts, and what a verdict rests on."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.interval import Interval
from switchdrill_reports.judged.states import state_of, state_of_count
from switchdrill_reports.judged.verdict import Case, reasons, verdict
from switchdrill_reports.result import Check, Finding, Said, State

STATES: list[State] = ["MET", "MISSED", "INDETERMINATE", "NOT_MEASURED", "NOT_RUN", "UNUSABLE"]
SAID = Said(code="reason.kept")
RANK = {"PASS": 2, "PASS_WITH_DEVIATIONS": 1, "INCOMPLETE": 0, "FAIL": 0, "INVALID": 0, None: 0}


def finding(state: State = "MET", *, critical: bool = True) -> Finding:
    return Finding(id="recovery", critical=critical, state=state, said=SAID)


def check(name: str = "effect", *, ok: bool = True) -> Check:
    return Check(name=name, ok=ok, said=SAID)


CLEAN = Case(refused=None, findings=[finding()], checks=[check()], not_healed=None, incomplete=[], deviations=[])


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (CLEAN, "PASS"),
        (replace(CLEAN, findings=[finding(), finding("MISSED", critical=False)]), "PASS_WITH_DEVIATIONS"),
        (replace(CLEAN, findings=[finding(), finding("NOT_MEASURED", critical=False)]), "PASS_WITH_DEVIATIONS"),
        (replace(CLEAN, deviations=[SAID]), "PASS_WITH_DEVIATIONS"),
        (replace(CLEAN, findings=[finding("INDETERMINATE")]), "INCOMPLETE"),
        (replace(CLEAN, findings=[finding("NOT_MEASURED")]), "INCOMPLETE"),
        (replace(CLEAN, findings=[finding("NOT_RUN")]), "INCOMPLETE"),
        (replace(CLEAN, findings=[finding("UNUSABLE")]), "INCOMPLETE"),
        (replace(CLEAN, findings=[]), "INCOMPLETE"),
        (replace(CLEAN, incomplete=[SAID]), "INCOMPLETE"),
        (replace(CLEAN, checks=[check("journal", ok=False)], incomplete=[SAID]), "INCOMPLETE"),
        (replace(CLEAN, findings=[finding("MISSED"), finding("NOT_RUN")], incomplete=[SAID]), "FAIL"),
        (replace(CLEAN, not_healed=SAID), "FAIL"),
        (replace(CLEAN, findings=[finding("MISSED")], checks=[check(ok=False)]), "INVALID"),
        (replace(CLEAN, refused=SAID), None),
    ],
)
def test_verdicts_are_lexicographic(case: Case, expected: str | None) -> None:
    assert verdict(case) == expected


findings = st.builds(lambda state, critical: finding(state, critical=critical), st.sampled_from(STATES), st.booleans())
cases = st.builds(
    Case,
    refused=st.none(),
    findings=st.lists(findings, max_size=5),
    checks=st.lists(st.builds(lambda ok: check(ok=ok), st.booleans()), max_size=3),
    not_healed=st.one_of(st.none(), st.just(SAID)),
    incomplete=st.lists(st.just(SAID), max_size=1),
    deviations=st.lists(st.just(SAID), max_size=1),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    case=cases, which=st.integers(0, 4), lost=st.sampled_from(["INDETERMINATE", "NOT_MEASURED", "NOT_RUN", "UNUSABLE"])
)
def test_a_finding_that_loses_its_evidence_never_improves_the_verdict(case: Case, which: int, lost: State) -> None:
    """Whatever it was before."""
    if which >= len(case.findings):
        return
    less = [
        *case.findings[:which],
        case.findings[which].model_copy(update={"state": lost}),
        *case.findings[which + 1 :],
    ]

    assert RANK[verdict(replace(case, findings=less))] <= RANK[verdict(case)]


@settings(max_examples=300, deadline=None)
@given(case=cases)
def test_a_pass_needs_everything(case: Case) -> None:
    called = verdict(case)

    if called in ("PASS", "PASS_WITH_DEVIATIONS"):
        assert case.findings
        assert all(each.state == "MET" for each in case.findings if each.critical)
        assert all(each.ok for each in case.checks)
        assert case.not_healed is None
        assert not case.incomplete
    if called == "PASS":
        assert all(each.state == "MET" for each in case.findings)
    assert reasons(case)


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        (3, 10, "MET"),
        (3, 11, "INDETERMINATE"),
        (10, 11, "INDETERMINATE"),
        (11, 12, "MISSED"),
        (3, None, "INDETERMINATE"),
        (10, None, "INDETERMINATE"),
        (11, None, "MISSED"),
    ],
)
def test_a_promise_of_ten_is_met_only_for_sure(lo: int, hi: int | None, expected: State) -> None:
    assert state_of(Interval(lo=lo, hi=hi), 10) == expected


def test_missing_is_never_met() -> None:
    assert state_of(None, 10) == "NOT_MEASURED"
    assert state_of_count(None, 10) == "NOT_MEASURED"
    assert [state_of_count(count, 1) for count in (0, 1, 2)] == ["MET", "MET", "MISSED"]


@settings(max_examples=300, deadline=None)
@given(
    lo=st.integers(0, 20),
    width=st.one_of(st.none(), st.integers(0, 20)),
    inside=st.integers(0, 20),
    promise=st.integers(0, 20),
)
def test_a_narrower_interval_never_turns_a_sure_state_around(
    lo: int, width: int | None, inside: int, promise: int
) -> None:
    wide = Interval(lo=lo, hi=None if width is None else lo + width)
    narrow = Interval(lo=lo + (inside if width is None else min(inside, width)), hi=wide.hi)
    before, after = state_of(wide, promise), state_of(narrow, promise)

    assert before == "INDETERMINATE" or before == after
