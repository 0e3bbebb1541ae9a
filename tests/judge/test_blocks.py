"""Which fault a switch answers is fixed by the plan."""

from pathlib import Path

import pytest

from switchdrill.record.journal import read_journal
from switchdrill.record.plan import Plan, PlannedStep
from switchdrill_reports.measured.blocks import answered_faults, blocks
from switchdrill_reports.measured.course import course_of, planned_holds
from switchdrill_reports.measured.effect import proofs
from switchdrill_reports.measured.episodes import episodes
from switchdrill_reports.measured.evidence import read_evidence
from tests.judge.nested import tell_nested
from tests.judge.plan import plan_of
from tests.judge.story import RUN, Story


def plan(*steps: str) -> Plan:
    """`break` takes a fault of its own each, whose kind is its number; `until_switched` goes to site b."""
    made = plan_of(Story())
    faults = [
        made.faults[0].model_copy(update={"kind": str(number)})
        for number in range(sum(each == "break" for each in steps))
    ]
    to = {"until_switched": {"to": "b"}, "failback": {"to": "a"}}
    return made.model_copy(
        update={"faults": faults, "steps": [PlannedStep(step=each, detail=to.get(each, {})) for each in steps]}
    )


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        (("break", "until_switched", "heal"), "0"),
        (("break", "hold", "break", "until_switched", "heal", "heal"), "1"),
        (("break", "break", "hold", "heal", "until_switched", "heal"), "0"),
        (("break", "until_switched", "break", "hold", "heal", "heal"), "0"),
        (("break", "break", "heal", "heal", "until_switched"), "1"),
        (("break", "break", "hold", "heal", "heal"), "01"),
        (("until_switched", "break", "heal"), "0"),
    ],
)
def test_a_switch_answers_the_innermost_block_around_it(steps: tuple[str, ...], kinds: str) -> None:
    assert "".join(each.kind for each in answered_faults(plan(*steps))) == kinds


def test_a_block_knows_the_blocks_around_it() -> None:
    found = blocks(plan("break", "break", "heal", "break", "break", "heal", "heal", "heal", "break", "heal"))

    assert [each.around for each in found] == [(), (0,), (0,), (0, 2), ()]


def test_only_holds_on_a_standby_are_promised() -> None:
    steps = ("hold", "break", "hold", "until_switched", "hold", "heal", "failback", "hold", "until_switched", "hold")

    assert planned_holds(plan(*steps)) == ["b", "b"]


def test_a_block_that_was_not_reached_belongs_to_the_one_around_it(tmp_path: Path) -> None:
    folder = tell_nested(Story(aborted_s=-2.0), tmp_path / RUN)
    found = read_evidence(folder)
    assert found.plan is not None
    course = course_of(read_journal(folder.journal).entries)
    (only,) = episodes(found.plan, course, proofs(found.plan, course, found.series))

    assert only.course.onset_ns is not None
    assert only.course.switch_onset_ns is None
