"""Everything that the judge says has words, and the words find their facts."""

import re
from typing import get_args

import pytest

from switchdrill.record.entries import WhyCut
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result, Said
from switchdrill_reports.said import SAID
from tests.judge.story import Story
from tests.judge.test_taking_away import STORIES

NAMED = re.compile(r"\{(\w+)\}")
MORE = [
    Story(primary_bad=((20.0, 90.0),), restored=False),
    Story(primary_bad=((-3.0, -2.5),)),
    Story(missed_slots=0.1),
    Story(not_steady=True),
    Story(prober_dies_s=15.0),
    Story(load_dies_s=15.0),
    Story(has_event_log=False),
    Story(event_log_is_copied=False),
    Story(reads=()),
    Story(rejoined_s=9.0),
    Story(is_closed=False),
    Story(steered_s={"telecom": 6.4, "unicom": 19.99}),
    Story(failback_s={"telecom": 2.0, "unicom": 14.95}),
    Story(shape="fast_fail", aborted_s=0.4),
    Story(standby="frozen"),
    Story(load_took_s=21.0),
    Story(failback_runs=True),
    Story(last_viewer_s=24.4),
    Story(left_out=("load", "control")),
    Story(left_out=("until_switched", "hold", "failback")),
    Story(lost_gifts=3, lost_from_s=2.0),
    Story(on_b_before=True),
    Story(lost="b"),
    Story(lost="b", viewers_hit=2),
    Story(lost="b", held_s=4.0),
    Story(lost="b", on_b_before=True),
    Story(lost="b", blind=((6.0, 7.0),)),
    Story(lost="b", bad=(("telecom", 5.0, 5.4),)),
    Story(lost="b", not_steady=True),
    Story(lost="b", rides={"viewers": "unnoticed"}),
    Story(lost="b", rides={"viewers": "unnoticed"}, viewers_hit=2),
    Story(lost="b", rides={"viewers": "unnoticed"}, held_s=4.0),
    Story(lost="b", rides={"viewers": "unnoticed"}, blind=((6.0, 7.0),)),
    Story(lost="b", rides={"viewers": "unnoticed"}, not_steady=True),
    Story(lost="b", rides={"viewers": "unnoticed"}, aborted_s=6.0),
    Story(lost="b", rides={"viewers": "degraded", "good": 0.9, "longest": "1s"}),
    Story(lost="b", rides={"viewers": "degraded", "good": 0.9, "longest": "100ms"}, bad=(("telecom", 5.0, 6.4),)),
    Story(lost="b", rides={"viewers": "switched"}),
    Story(rides={"viewers": "switched"}),
    Story(rides={"viewers": "unnoticed"}),
]


def everything_said(result: Result) -> list[Said]:
    return [
        result.headline,
        *result.back,
        *result.reasons,
        *(each.said for each in result.steps if each.said is not None),
        *(each.said for each in result.findings),
        *(each.said for each in result.validity),
        *(each.said for each in result.faults),
        *([result.viewers.why_not] if result.viewers is not None and result.viewers.why_not is not None else []),
        *result.not_shown,
    ]


@pytest.mark.parametrize("story", [*STORIES.values(), *MORE])
def test_every_code_has_a_sentence_and_every_name_in_it_a_fact(synthetic_run, story: Story) -> None:
    for said in everything_said(judge_folder(synthetic_run(story))):
        assert said.code in SAID, said
        for name in NAMED.findall(SAID[said.code]):
            is_there = name in said.facts or {f"{name}_lo_ns", f"{name}_hi_ns"} <= set(said.facts)
            assert is_there, said


def test_a_drill_without_a_plan_or_a_journal_finds_words_too(synthetic_run) -> None:
    for name in ("plan.json", "run.jsonl"):
        folder = synthetic_run(Story())
        (folder.path / name).unlink()
        for said in everything_said(judge_folder(folder)):
            assert said.code in SAID
            assert set(NAMED.findall(SAID[said.code])) <= set(said.facts)


def test_every_reason_to_cut_a_drill_short_has_words() -> None:

    assert {f"cut.{why}" for why in get_args(WhyCut)} <= set(SAID)


def test_templates_name_facts_by_their_units() -> None:
    """A bare name is text or an interval; a duration, a share and a number say so."""
    units = {name for text in SAID.values() for name in NAMED.findall(text)}

    assert {each for each in units if each.endswith(("_s", "_ms", "_percent"))} == set()
