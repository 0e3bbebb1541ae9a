"""A fault really acted: probes saw it, or its mechanism counted it; and when its rule had gone, that is told."""

import pytest

from switchdrill.record.entries import Injected, Reapplied
from switchdrill.record.plan import read_plan
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.course import course_of
from switchdrill_reports.measured.put_back import absent_ns, put_back_of
from switchdrill_reports.shown.render import render
from tests.judge.found import Tell, codes, finding
from tests.judge.story import S, Story, at
from tests.report.page import read


def test_what_no_probe_can_see_is_proven_by_what_its_mechanism_counted(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(is_counted=True)))

    assert result.verdict == "PASS"
    assert result.faults[0].effect_proven
    assert result.faults[0].said.code == "fault.counted"
    assert "412 packets dropped" in read(render(result, "en")).text


@pytest.mark.parametrize(
    ("recorded", "why"), [(False, "check.effect.not_counted"), (None, "check.effect.not_recorded")]
)
@pytest.mark.parametrize("is_counted", [True, False], ids=["counters alone", "probes and counters"])
def test_a_fault_whose_effect_the_record_does_not_tell_is_invalid(
    synthetic_run: Tell, recorded: bool | None, why: str, is_counted: bool
) -> None:
    """Also when the probes saw it: both must hold."""
    result = judge_folder(synthetic_run(Story(recorded=recorded, is_counted=is_counted)))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == why
    assert not result.faults[0].effect_proven


def test_probes_that_saw_nothing_are_not_outvoted_by_counters(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(is_seen=False)))

    assert codes(result)[0] == "check.effect.none"


def test_after_a_fault_of_no_site_every_probe_must_be_whole_again(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story(is_counted=True)))
    healed_s = (next(each for each in whole.parts if each.part == "rejoin").began_ns - at(0)) / S
    late = judge_folder(synthetic_run(Story(is_counted=True, bad=(("unicom", healed_s + 1.5, healed_s + 2.0),))))

    for result, back_s in ((whole, 0.05), (late, 2.0)):
        measured = finding(result, "rejoin").measured
        assert measured is not None
        assert measured.hi is not None
        assert measured.lo <= (back_s + 0.05) * S
        assert (back_s - 0.1) * S <= measured.hi
        assert len(finding(result, "rejoin").evidence) == len(result.probes)


def test_of_a_fault_of_no_site_viewers_may_be_anywhere_but_where_they_are_sent(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(is_counted=True)))
    there = judge_folder(synthetic_run(Story(is_counted=True, on_b_before=True)))

    assert "check.origin.to.ok" in [each.said.code for each in result.validity]
    assert codes(there)[0] == "check.origin.to.elsewhere"


def test_a_healed_fault_of_no_site_is_seen_whole_in_the_samples_when_the_runner_did_not_wait(
    synthetic_run: Tell,
) -> None:
    result = judge_folder(synthetic_run(Story(is_counted=True, restored=False)))

    assert finding(result, "healed").state == "MET"


def test_each_fault_says_what_it_breaks_by_what_and_how_it_comes_home(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(mechanism="nftables on this host"))
    result = judge_folder(folder)
    (broken,) = result.faults[0].broken

    assert broken.mechanism == read_plan(folder.plan).faults[0].undos[0].mechanism == "nftables on this host"
    for language, words in (("en", "By what"), ("zh", "手段")):
        text = read(render(result, language)).text
        assert words in text
        assert "nftables on this host" in text
        assert "starts the Toxiproxy of site a again" in text


def test_a_mechanism_that_was_not_named_says_so(synthetic_run: Tell) -> None:
    assert "not stated" in read(render(judge_folder(synthetic_run(Story(mechanism=""))), "en")).text


GONE = Story(put_back=((14.25, 14.502, 14.815),))


def test_a_rule_that_had_gone_is_a_deviation_and_its_milliseconds_are_told(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(GONE))
    (gap,) = result.faults[0].put_back

    assert result.verdict == "PASS_WITH_DEVIATIONS"
    assert codes(result) == ["reason.put_back"]
    assert (gap.gone.lo, gap.gone.hi, gap.again_ns) == (at(14.25), at(14.502), at(14.815))
    assert (gap.absent.lo, gap.absent.hi) == (313_000_000, 565_000_000)


@pytest.mark.parametrize(("language", "unit", "ms"), [("en", "s", "ms"), ("zh", "秒", "毫秒")])
def test_both_instants_and_the_gap_stand_on_the_page(synthetic_run: Tell, language: str, unit: str, ms: str) -> None:
    page = read(render(judge_folder(synthetic_run(GONE)), language))
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")

    assert f"+14.250–14.502 {unit}" in text
    assert f"+14.815 {unit}" in text
    assert text.count(f"313–565 {ms}") >= 3, "the reason, the table, the deviations"


def test_a_rule_that_goes_again_and_again_does_not_fill_the_timeline(synthetic_run: Tell) -> None:
    gaps = tuple((13.0 + number, 13.1 + number, 13.2 + number) for number in range(8))
    result = judge_folder(synthetic_run(Story(put_back=gaps)))

    assert len(result.faults[0].put_back) == 8
    assert "and 2 more times, all in the table" in read(render(result, "en")).text


def test_a_record_that_names_no_undo_belongs_to_the_last_fault_of_its_kind_before_it() -> None:
    made = [
        Injected(t_ns=at(s), fault="x", parameters={}, undos=[f"u{s}"], before_ns=at(s), after_ns=at(s))
        for s in (0, 10)
    ]
    back = [
        Reapplied(t_ns=at(s), fault="x", undo=undo, target="t", gone_ns=(at(s - 2), at(s - 1)), again_ns=at(s), said="")
        for s, undo in ((5, ""), (15, ""), (16, "u0"))
    ]
    course = course_of([*made, *back])

    assert [at(5), at(16)] == [each.again_ns for each in put_back_of(course, made[0])]
    assert [at(15)] == [each.again_ns for each in put_back_of(course, made[1])]
    assert absent_ns(course) == 5 * S, "3 to 5, and 13 to 16: what overlaps counts once"


def test_while_its_rule_was_gone_a_fault_did_not_act(synthetic_run: Tell) -> None:
    """A site that serves nobody must be lost for the runbook's time of holding."""
    kept = judge_folder(synthetic_run(Story(lost="b", held_s=12.05)))
    short = judge_folder(synthetic_run(Story(lost="b", held_s=12.05, put_back=((4.0, 4.2, 6.0), (4.1, 4.3, 6.1)))))

    assert finding(kept, "untouched").state == "MET"
    assert finding(short, "untouched").said.code == "untouched.too_short"
