"""Where nobody looked any longer, nothing is said of what came then: a figure is a lower bound, or not measured."""

from dataclasses import replace

import pytest

from switchdrill_reports.judged.headline import Outcome, headline
from switchdrill_reports.judged.judge import Guard, judge_evidence, judge_folder
from switchdrill_reports.judged.verdict import Case
from switchdrill_reports.measured.account import accounts
from switchdrill_reports.measured.course import course_of
from switchdrill_reports.measured.evidence import read_evidence
from switchdrill_reports.measured.viewers import viewers
from switchdrill_reports.result import Check, Said
from switchdrill_reports.said import SAID
from switchdrill_reports.shown.opening import opening
from switchdrill_reports.shown.render import render
from switchdrill_reports.shown.summary import summary
from tests.judge.found import Tell, finding, milestone
from tests.judge.story import S, Story, at
from tests.judge.test_viewers import heard, outage
from tests.judge.twice import relinked
from tests.report.page import read


def test_a_drill_that_was_stopped_and_healed_says_that_it_was_not_back_when_healing_began(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(aborted_s=3.0)))
    said = opening(result, "en")

    assert "Not every network operator had the picture back when healing began, at least 2." in said
    assert "20 did not have it back when healing began, at least 3.0 s after the fault." in said
    assert "when healing began" in summary(result, "en")
    assert finding(result, "recovery").said.facts["until"] == "healing"
    assert "开始还原时" in opening(result, "zh")
    for language, words in (("en", "observation ended"), ("zh", "观测结束")):
        assert words not in opening(result, language)
        assert words not in read(render(result, language)).text


def test_a_drill_whose_runner_died_says_that_observation_ended(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(runner_lost_s=4.0)))

    assert "when observation ended" in opening(result, "en")


def test_an_open_outage_counts_until_the_loads_last_line_and_makes_lower_bounds(tmp_path) -> None:
    found, _until_ns = heard(tmp_path, outage(0, 1, 3), outage(1, 2, None))
    found = replace(found, seconds=tuple(each for each in found.seconds if each.t_ns <= at(10)))
    shown = viewers(found, course_of(found.journal.entries), None)

    assert shown is not None
    assert shown.downtime_max_ns == 8 * S
    assert shown.downtime_mean_ns == (2 + 8) * S // 4
    assert shown.lower_bounds == ["mean", "p95", "max"], "half of them had less, whatever became of the open one"


def test_lower_bounds_are_printed_as_such(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(aborted_s=3.0)))
    assert result.viewers is not None

    assert result.viewers.lower_bounds == ["mean", "p50", "p95", "max"]
    assert result.viewers.downtime_max_ns is not None
    assert result.viewers.downtime_max_ns <= 3.5 * S, "the load's last line"
    assert "mean > 3 s" in summary(result, "en")
    assert "longest > 3 s" in summary(result, "en")
    assert "平均 > 3 秒" in summary(result, "zh")
    assert "“>”: longer than that" in read(render(result, "en")).text


def test_a_load_that_broke_off_has_not_told_of_outages_that_were_still_on(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(runner_lost_s=4.0))
    lines = folder.viewers.read_text().splitlines(keepends=True)
    folder.viewers.write_text("".join(each for each in lines if '"next_good_ns":null' not in each))
    relinked(folder)
    result = judge_folder(folder)
    assert result.viewers is not None

    assert result.viewers.touched is None
    assert result.viewers.why_not is not None
    assert result.viewers.why_not.code == "viewers.broke_off"
    assert result.viewers.not_back == 20
    assert "The load broke off when 20 viewers had no picture" in " ".join(summary(result, "en").split())


def test_outages_that_ended_are_no_lower_bounds(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story()))
    assert result.viewers is not None

    assert result.viewers.lower_bounds == []
    assert "mean >" not in summary(result, "en")


def test_a_ledger_that_no_probe_writes_has_no_count_at_all(synthetic_run: Tell) -> None:
    found = read_evidence(synthetic_run(Story()))
    without = replace(found, series=tuple(each for each in found.series if each.target.ledger is None))
    (account,) = accounts(without, course_of(found.journal.entries), None)

    assert (account.loss.acknowledged, account.loss.failed, account.loss.unknown) == (None, None, None)


def test_probes_that_left_no_sample_have_no_count_either(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story())
    for path in (*folder.samples.glob("gifts.*.bin"), *folder.samples.glob("writes.*.bin")):
        path.write_bytes(b"")
    result = judge_folder(folder)
    row = read(render(result, "en")).text.partition("Unknown, but there")[2].partition("礼物 gifts")[2]

    assert result.data[0].acknowledged is None
    assert "acknowledged · lost" not in summary(result, "en")
    assert row.startswith(" " + "not measured " * 7)


def test_a_refused_drill_says_nothing_of_data(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(refused=True)))

    assert "gifts" not in summary(result, "en")
    assert "What became of the data No data class was measured." in read(render(result, "en")).text


@pytest.mark.parametrize("line", [12, -1], ids=["before the fault", "at its end"])
def test_of_a_broken_record_it_is_not_counted_how_many_viewers_were_touched(synthetic_run: Tell, line: int) -> None:
    folder = synthetic_run(Story())
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"prev":"', b'"prev":"0')
    folder.journal.write_bytes(b"".join(lines))
    result = judge_folder(folder)
    page = read(render(result, "en")).text
    assert result.viewers is not None

    assert result.viewers.touched is None
    assert result.viewers.stranded is None
    assert result.viewers.downtime_mean_ns is None
    assert result.viewers.last_back is None
    assert "not measured · run.jsonl is broken at line" in " ".join(summary(result, "en").split())
    assert "Viewers touched not measured run.jsonl is broken at line" in page
    assert "Not measured: run.jsonl is broken at line" in page


def test_where_nothing_was_broken_nobody_is_counted_as_untouched(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(not_steady=True)))

    assert "not measured · Nothing was broken." in summary(result, "en")
    assert "downtime" not in summary(result, "en")


@pytest.mark.parametrize(
    ("name", "code", "headed"),
    [
        ("alive", "few", "headline.invalid.alive"),
        ("alive", "gap", "headline.invalid.alive.unseen"),
        ("alive", "none", "headline.invalid.alive.unseen"),
        ("lateness", "late", "headline.invalid.lateness"),
        ("lateness", "none", "headline.invalid.lateness.unseen"),
    ],
)
def test_a_rule_that_nobody_could_look_at_is_not_said_to_have_been_seen_broken(
    name: str, code: str, headed: str
) -> None:
    broken = Check(name=name, ok=False, said=Said(code=f"check.{name}.{code}"))
    case = Case(refused=None, findings=[], checks=[broken], not_healed=None, incomplete=[], deviations=[])
    outcome = Outcome(
        verdict="INVALID", measured=None, viewers=None, promised_ns=0, limit_ns=0, until="observation", fault=None,
        still_broken="",
    )  # fmt: skip

    assert headline(case, outcome).code == headed
    assert headed in SAID


def test_a_failback_without_a_bad_picture_shows_none(synthetic_run: Tell) -> None:
    quiet = judge_folder(synthetic_run(Story()))
    after = milestone(quiet, "M14").at
    assert after is not None
    begins_s = (after.lo - at(0)) / S
    noisy = judge_folder(synthetic_run(Story(bad=(("telecom", begins_s + 1.0, begins_s + 1.5),))))

    assert milestone(quiet, "M15").none_seen
    assert "last bad picture of the failback over the worst none seen" in read(render(quiet, "en")).text
    assert not milestone(noisy, "M15").none_seen
    assert "last bad picture of the failback over the worst +" in read(render(noisy, "en")).text


def test_a_load_that_ended_with_the_fault_says_nothing_of_who_was_touched(synthetic_run) -> None:
    found = replace(read_evidence(synthetic_run(Story(load_dies_s=0.4))), outages=())
    shown = judge_evidence(found, Guard()).viewers

    assert shown is not None
    assert shown.touched is None
    assert shown.why_not is not None
    assert shown.why_not.code == "viewers.broke_off_at_once"


def test_a_hold_that_was_cut_after_its_time_is_not_called_too_short(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(held_s=20.0, aborted_s=9.1 + 12.0 + 5.0)))
    (held,) = [each for each in result.findings if each.id == "hold"]

    assert held.state == "INDETERMINATE"
    assert held.said.code == "hold.cut_short"
