"""A drill that breaks something twice is judged by the worse of both."""

from pathlib import Path

from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill.record.plan import read_plan
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.course import course_of
from switchdrill_reports.measured.effect import proofs
from switchdrill_reports.measured.episodes import Episode, episodes
from switchdrill_reports.measured.evidence import read_evidence
from switchdrill_reports.shown.render import render
from tests.judge.found import finding, holds
from tests.judge.story import FAULT, S, Story
from tests.judge.synthetic import tell
from tests.judge.twice import APART_NS, relinked, tell_twice
from tests.report.page import read

SLOW = Story(steered_s={"telecom": 6.4, "unicom": 23.0})
FLAPS = Story(bad=(("telecom", 20.2, 20.7),))


def of(folder: RunFolder) -> list[Episode]:
    plan, course = read_plan(folder.plan), course_of(read_journal(folder.journal).entries)
    return episodes(plan, course, proofs(plan, course, read_evidence(folder).series))


def test_one_fault_is_the_whole_drill(tmp_path: Path) -> None:
    folder = tell(Story(), tmp_path / "run")
    (only,) = of(folder)

    assert only.plan == read_plan(folder.plan)
    assert only.course == course_of(read_journal(folder.journal).entries)


def test_two_blocks_are_two_faults_each_with_its_own_steps_and_parts(tmp_path: Path) -> None:
    first, second = of(tell_twice(Story(), Story(), tmp_path))

    assert [step.step for step in first.plan.steps] == [step.step for step in second.plan.steps]
    assert first.course.onset_ns == FAULT
    assert second.course.onset_ns == FAULT + APART_NS
    assert first.course.observed_until_ns <= FAULT + APART_NS < second.course.observed_until_ns
    assert len(first.course.all_parts("hold")) == len(second.course.all_parts("hold")) == 1


def test_a_good_first_one_does_not_hide_a_slow_second_one(tmp_path: Path) -> None:
    result = judge_folder(tell_twice(Story(), SLOW, tmp_path))

    assert finding(result, "recovery").state == "MISSED"
    assert result.measured == finding(result, "recovery").measured
    assert holds(result, "M11", 23.0 + APART_NS / S)
    assert result.verdict == "FAIL"


def test_nor_a_good_second_one_a_slow_first_one(tmp_path: Path) -> None:
    result = judge_folder(tell_twice(SLOW, Story(), tmp_path))

    assert finding(result, "recovery").state == "MISSED"
    assert holds(result, "M11", 23.0)


def test_a_hold_that_was_broken_the_first_time_is_not_mended_by_the_second(tmp_path: Path) -> None:
    result = judge_folder(tell_twice(FLAPS, Story(), tmp_path))

    assert finding(result, "hold").state == "MISSED"


def test_two_good_ones_are_good(tmp_path: Path) -> None:
    result = judge_folder(tell_twice(Story(), Story(), tmp_path))

    assert {each.state for each in result.findings} == {"MET"}
    assert [check.said.code for check in result.validity if not check.ok] == []


def test_one_that_was_planned_and_never_made_is_not_met(tmp_path: Path) -> None:
    folder = tell_twice(Story(), Story(), tmp_path)
    single = tell(Story(), tmp_path / "single")
    plan = read_plan(folder.plan)
    course = course_of(read_journal(single.journal).entries)
    made, unmade = episodes(plan, course, proofs(plan, course, read_evidence(single).series))

    assert made.course.onset_ns == FAULT
    assert unmade.course.onset_ns is None
    assert [step.step for step in unmade.plan.steps] == [step.step for step in made.plan.steps]


def test_each_fault_keeps_its_own_findings_and_the_phases_shown_are_those_of_the_decisive_one(tmp_path: Path) -> None:
    result = judge_folder(
        tell_twice(SLOW, Story(detected_s=14.0, steered_s={"telecom": 15.1, "unicom": 19.5}), tmp_path)
    )
    recoveries = {each.fault: each.state for each in result.findings if each.id == "recovery"}
    detections = {each.fault: each.state for each in result.findings if each.id == "phase.detect"}

    assert result.fault == 1
    assert recoveries == {1: "MISSED", 2: "MET"}
    assert detections == {1: "MET", 2: "MISSED"}, "the second one's detection was late: that is not hidden"
    for phase in result.phases:
        judged = finding(result, f"phase.{phase.name}")
        assert (judged.state, judged.measured) == (phase.state, phase.span)
    page = read(render(result, "en")).text
    assert "Phase: Detect (fault 2)" in page
    assert "Of several faults, one after the other, fault 1 had the worst recovery." in page
    assert [each.number for each in result.faults] == [1, 2]


def test_the_readings_of_both_holds_are_kept_and_both_must_be_there(tmp_path: Path) -> None:
    folder = tell_twice(Story(), Story(), tmp_path)
    second = folder.ledgers / "gifts.b.hold-2.json"
    kept = judge_folder(folder)
    second.unlink()
    relinked(folder)
    lost = judge_folder(folder)

    assert "ledgers/gifts.b.hold-2.json" in kept.data[0].read_at
    assert finding(kept, "data.gifts.lost").state == "MET"
    assert finding(lost, "data.gifts.lost").state == "NOT_MEASURED"
    assert finding(lost, "data.gifts.lost").said.facts["missing"] == "hold-2, site b"
    assert finding(lost, "data.gifts.lost").count is None, "what is not known never looks like zero"


def test_a_platform_that_was_not_steady_before_the_second_fault_makes_it_invalid(tmp_path: Path) -> None:
    shaky = Story(primary_bad=((-4.0, -3.5),))
    result = judge_folder(tell_twice(Story(), shaky, tmp_path))

    assert "check.steady.bad" in [each.said.code for each in result.validity if not each.ok]
