"""Whole runs, judged: what each of them gets, and why."""

import json
import re
from collections.abc import Callable

import pytest

from switchdrill.record.folder import RunFolder
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Finding, Milestone, Result
from switchdrill_reports.shown.junit import junit
from switchdrill_reports.shown.render import render
from tests.judge.synthetic import FAULT, UNDO, S, Story
from tests.judge.twice import relinked
from tests.report.page import read

Tell = Callable[[Story], RunFolder]


def finding(result: Result, id: str) -> Finding:
    """Of several faults, that of the decisive one."""
    found = result.finding(id)
    assert found is not None
    return found


def milestone(result: Result, id: str, stratum: str = "worst") -> Milestone:
    return next(each for each in result.milestones if each.id == id and each.stratum == stratum)


def holds(result: Result, id: str, truth_s: float, stratum: str = "worst") -> bool:
    at = milestone(result, id, stratum).at
    truth_ns = FAULT + round(truth_s * S)
    return at is not None and at.lo <= truth_ns and (at.hi is None or truth_ns <= at.hi)


def codes(result: Result) -> list[str]:
    return [each.code for each in result.reasons]


@pytest.mark.parametrize("shape", ["stall", "fast_fail"])
def test_a_drill_in_which_every_promise_is_kept_passes(synthetic_run: Tell, shape: str) -> None:
    result = judge_folder(synthetic_run(Story(shape=shape)))

    assert result.verdict == "PASS"
    assert {each.state for each in result.findings} == {"MET"}
    assert all(check.ok for check in result.validity)
    assert result.headline.code == "headline.pass"
    assert result.all_healed


def test_every_milestone_holds_the_truth(synthetic_run: Tell) -> None:
    story = Story()
    result = judge_folder(synthetic_run(story))
    failback_s = (milestone(result, "M14").at.lo - FAULT) / S  # type: ignore[union-attr]

    assert holds(result, "M0", 0.001)
    assert holds(result, "M2", 5.2)
    assert holds(result, "M8", 5.202)
    for operator, steered_s in story.steered_s.items():
        for switched in ("M9", "M10", "M11"):
            assert holds(result, switched, steered_s, operator)
        assert holds(result, "M16", failback_s + story.failback_s[operator], operator)
    assert holds(result, "M11", max(story.steered_s.values()))
    assert holds(result, "M15", failback_s), "a failback without a bad sample has no impact"


def test_phases_sum_exactly_to_the_recovery(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story()))

    assert result.measured is not None
    assert sum(phase.reference_ns or 0 for phase in result.phases) == result.measured.hi
    assert result.measured == finding(result, "recovery").measured


def test_detection_that_is_late_but_made_up_for_is_a_deviation(synthetic_run: Tell) -> None:
    story = Story(detected_s=14.0, steered_s={"telecom": 15.1, "unicom": 19.5})
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "PASS_WITH_DEVIATIONS"
    assert finding(result, "phase.detect").state == "MISSED"
    assert finding(result, "recovery").state == "MET"


def test_a_recovery_beyond_the_promise_fails_by_its_worst_operator(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(steered_s={"telecom": 6.4, "unicom": 20.6})))

    assert result.verdict == "FAIL"
    assert result.headline.code == "headline.fail.too_slow"
    assert finding(result, "recovery").said.facts["operator"] == "unicom"


def test_a_recovery_that_straddles_the_promise_is_not_met(synthetic_run: Tell) -> None:
    """The promise lies inside the interval: nobody can tell."""
    result = judge_folder(synthetic_run(Story(steered_s={"telecom": 6.4, "unicom": 19.99})))

    assert finding(result, "recovery").state == "INDETERMINATE"
    assert result.verdict == "INCOMPLETE"


@pytest.mark.parametrize(
    "story", [Story(detected_s=None), Story(standby="frozen"), Story(standby="wrong_room"), Story(standby="dead")]
)
def test_viewers_that_never_get_a_good_picture_are_never_recovered(synthetic_run: Tell, story: Story) -> None:
    """Frozen pictures, the wrong room and nothing at all are the same: not recovered, and right-censored."""
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "FAIL"
    assert result.measured is not None
    assert result.measured.hi is None
    assert result.measured.lo > 28 * S
    assert result.headline.code == "headline.fail.not_recovered"
    assert finding(result, "hold").state == "NOT_RUN"
    assert finding(result, "failback").state == "NOT_RUN"


def test_a_frozen_standby_is_told_from_viewers_that_were_not_steered(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(standby="frozen")))

    assert finding(result, "phase.steer").state == "MET"
    assert finding(result, "phase.restore").state == "MISSED"


def test_a_platform_that_never_notices_has_not_detected_until_observation_ended(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(detected_s=None)))

    detected = milestone(result, "M2").at
    assert detected is not None
    assert detected.hi is None
    assert finding(result, "phase.detect").state == "MISSED"
    assert finding(result, "phase.steer").state == "NOT_RUN"


def test_a_fault_without_effect_is_invalid_and_its_recovery_unusable(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(has_effect=False)))

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.effect"
    assert finding(result, "recovery").state == "UNUSABLE"
    assert not result.faults[0].effect_proven


def test_an_effect_that_was_there_before_the_fault_proves_nothing(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(primary_bad=((-3.0, -2.5),))))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.effect.before"


def test_flapping_counts_until_it_is_good_for_good(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(bad=(("telecom", 7.5, 8.0), ("telecom", 10.6, 11.4)))))

    telecom = result.strata[0]
    assert holds(result, "M10", 6.4, "telecom")
    assert holds(result, "M11", 11.4, "telecom")
    assert len(telecom.outages) == len(telecom.outage_windows) == 3
    assert [site for _at_ns, site in telecom.served_by] == ["a", "", "b", "", "b", "", "b", "a"]


def test_a_bad_picture_while_holding_breaks_the_hold_and_the_recovery(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(bad=(("telecom", 20.2, 20.7),))))

    assert finding(result, "hold").state == "MISSED"
    assert finding(result, "hold").count == 5
    assert holds(result, "M11", 20.7, "telecom")
    assert result.verdict == "FAIL"


def test_lost_gifts_fail_and_are_named(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(lost_gifts=3)))
    (gifts,) = result.data

    assert result.verdict == "FAIL"
    assert gifts.lost == len(gifts.lost_ids) == 3
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
    assert (gifts.failed, gifts.lost, gifts.unknown_present) == (0, 0, 0)


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (Story(prober_dies_s=15.0), "cut.prober_died"),
        (Story(load_dies_s=15.0), "cut.load_died"),
        (Story(aborted_s=15.0), "cut.interrupted"),
        (Story(aborted_s=3.0), "cut.interrupted"),
        (Story(aborted_s=0.4), "cut.interrupted"),
        (Story(aborted_s=-5.0), "cut.interrupted"),
        (Story(runner_lost_s=15.0), "reason.runner_lost"),
        (Story(runner_lost_s=-5.0), "reason.runner_lost"),
        (Story(is_closed=False), "reason.not_closed"),
    ],
)
def test_a_drill_that_was_cut_short_is_incomplete(synthetic_run: Tell, story: Story, why: str) -> None:
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "INCOMPLETE"
    assert codes(result)[0] == why
    assert result.all_healed


def test_what_is_still_broken_stands_first_and_can_never_pass(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(heals=False)))

    assert result.verdict == "FAIL"
    assert not result.all_healed
    assert codes(result)[0] == "reason.not_healed"
    assert result.headline.code == "headline.not_healed"
    assert result.reasons[0].facts["undos"] == UNDO


def test_a_file_that_nobody_chained_does_not_overrule_the_record(synthetic_run: Tell) -> None:
    """The record says that healing failed; a closed twin, under whatever name, says that it did not."""
    folder = synthetic_run(Story(heals=False))
    closed = {"id": UNDO, "by": "runner", "why": "done", "said": "", "before_ns": 0, "after_ns": 1}
    (folder.undo / "zzz.closed.json").write_text(json.dumps(closed), encoding="utf-8")
    result = judge_folder(folder)

    assert not result.all_healed
    assert result.verdict not in ("PASS", "PASS_WITH_DEVIATIONS")


def test_what_is_still_broken_does_not_hide_behind_invalid(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(heals=False, has_effect=False)))

    assert result.verdict == "INVALID"
    assert not result.all_healed
    assert codes(result)[0] == "reason.not_healed"
    assert result.headline.code == "headline.not_healed"


def test_a_site_that_is_healed_but_never_seen_whole_again_is_not_healed(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(restored=False, primary_bad=((20.0, 90.0),))))

    assert not result.all_healed
    assert finding(result, "healed").said.code == "healed.not_proven"
    assert result.verdict == "FAIL"


def test_without_an_event_log_detection_is_inferred_from_the_rule(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(has_event_log=False)))
    detected = milestone(result, "M2")

    assert detected.source == "inferred from trigger switch"
    assert holds(result, "M2", 5.2)
    assert finding(result, "phase.detect").said.code == "phase.detect.inferred"
    assert milestone(result, "M8").at is None
    assert result.verdict == "PASS"


def test_an_event_log_that_is_missing_is_not_replaced_by_the_rule(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(event_log_is_copied=False)))

    assert milestone(result, "M2").at is None
    assert (result.phases[0].state, result.phases[0].merged_into) == ("NOT_MEASURED", "steer")
    assert result.measured is not None
    assert sum(phase.reference_ns or 0 for phase in result.phases) == result.measured.hi
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_a_drill_that_was_refused_has_no_verdict(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(refused=True)))

    assert result.verdict is None
    assert codes(result) == ["reason.refused"]
    assert result.all_healed


def test_a_platform_that_does_not_become_steady_is_invalid_and_nothing_is_broken(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(not_steady=True)))

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.steady"
    assert finding(result, "recovery").state == "NOT_RUN"


@pytest.mark.parametrize(
    ("story", "check"),
    [
        (Story(missed_slots=0.1), "coverage"),
        (Story(alive_share=0.9), "alive"),
        (Story(viewers=10), "alive"),
        (Story(late_ms=150), "lateness"),
    ],
)
def test_a_run_that_breaks_a_rule_of_validity_is_invalid(synthetic_run: Tell, story: Story, check: str) -> None:
    result = judge_folder(synthetic_run(story))

    assert result.verdict == "INVALID"
    assert [each.name for each in result.validity if not each.ok] == [check]


def test_a_few_missed_slots_are_no_matter(synthetic_run: Tell) -> None:
    assert judge_folder(synthetic_run(Story(missed_slots=0.02))).verdict == "PASS"


def test_a_noted_deviation_is_a_deviation(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(deviation="ledger gifts of site b could not be read")))

    assert result.verdict == "PASS_WITH_DEVIATIONS"
    assert result.deviations == ["ledger gifts of site b could not be read"]


def test_a_healed_site_that_is_late_in_step_is_a_deviation(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(rejoined_s=9.9, in_step_s=8.9)))
    measured = finding(result, "rejoin").measured

    assert finding(result, "rejoin").state == "MISSED"
    assert measured is not None
    assert measured.hi is not None
    assert measured.lo <= 8.9 * S <= measured.hi
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_how_long_the_healed_site_took_is_read_from_its_probes_not_from_the_runner(synthetic_run: Tell) -> None:
    """The runner looks every so often, and holds off; the truth is 1.5 s after an undo that took 0.7 s."""
    rejoin = finding(judge_folder(synthetic_run(Story(rejoined_s=4.0, in_step_s=1.5))), "rejoin")

    assert rejoin.measured is not None
    assert rejoin.measured.hi is not None
    assert rejoin.measured.lo <= 1.5 * S <= rejoin.measured.hi < 3.0 * S
    assert {each.file for each in rejoin.evidence} == {"samples/watch.a.bin", "samples/ready.a.bin"}


def test_a_healed_site_that_nobody_looked_at_is_not_measured(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story())
    (folder.samples / "ready.a.bin").write_bytes(b"")
    relinked(folder)

    assert finding(judge_folder(folder), "rejoin").state == "NOT_MEASURED"


def test_viewers_who_were_on_the_standby_before_the_fault_had_nothing_to_recover_from(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(on_b_before=True)))
    detect = next(phase for phase in result.phases if phase.name == "detect")

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.origin"
    assert finding(result, "recovery").state == "UNUSABLE"
    assert detect.span is not None
    assert detect.span.lo <= 5.2 * S <= (detect.span.hi or 0)


def test_a_slow_failback_fails(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(failback_s={"telecom": 2.0, "unicom": 17.0})))

    assert finding(result, "failback").state == "MISSED"
    assert result.verdict == "FAIL"


def test_a_bad_control_phase_fails(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    control = next(part for part in whole.parts if part.part == "control")
    begin_s = (control.began_ns - FAULT) / S + 2
    result = judge_folder(synthetic_run(Story(primary_bad=((begin_s, begin_s + 0.5),))))

    assert finding(result, "control").state == "MISSED"
    assert finding(result, "failback").state == "MET"
    assert result.verdict == "FAIL"


@pytest.mark.parametrize(
    ("left_out", "id", "verdict"),
    [
        (("until_switched", "hold"), "recovery", "INCOMPLETE"),
        (("failback",), "failback", "PASS_WITH_DEVIATIONS"),
        (("hold",), "hold", "PASS_WITH_DEVIATIONS"),
    ],
)
def test_what_the_runbook_promises_and_the_author_leaves_out_is_not_met(
    synthetic_run: Tell, left_out: tuple[str, ...], id: str, verdict: str
) -> None:
    result = judge_folder(synthetic_run(Story(left_out=left_out)))

    assert finding(result, id).state == "NOT_RUN"
    assert result.verdict == verdict


def test_a_drill_without_a_load_and_its_control_phase_never_passes(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(left_out=("load", "control"))))

    assert finding(result, "control").said.code == "control.not_planned"
    assert result.verdict == "INCOMPLETE"


def test_the_generators_lateness_counts_though_the_author_left_the_steady_step_out(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(left_out=("steady",), late_ms=150)))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.lateness.late"


def test_what_changing_roles_does_to_a_site_is_no_part_of_its_rejoining(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    begins = next(part for part in whole.parts if part.part == "failback")
    at_s = (begins.began_ns - FAULT) / S + 0.05
    disturbed = judge_folder(synthetic_run(Story(primary_bad=((at_s, at_s + 0.6),))))

    assert finding(disturbed, "rejoin").measured == finding(whole, "rejoin").measured


def test_pictures_that_go_bad_while_the_lost_site_is_healed_are_told(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    healed = next(part for part in whole.parts if part.part == "rejoin")
    at_s = (healed.began_ns - FAULT) / S + 0.5
    result = judge_folder(synthetic_run(Story(bad=(("unicom", at_s, at_s + 0.5),))))

    assert finding(result, "while_healing").state == "MISSED"
    assert finding(result, "hold").state == "MET"
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_a_promise_that_a_broken_rule_spoils_is_spoiled_wherever_it_is_shown(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(late_ms=150)))
    page = read(render(result, "en")).text

    assert {phase.state for phase in result.phases} == {"UNUSABLE"}
    assert "Recovery, measured 8.9–9.2 s, not usable" in re.sub(r"[0-9.]+–[0-9.]+ s, not", "8.9–9.2 s, not", page)
    assert "measured_ms" not in junit(result).decode()


@pytest.mark.parametrize(
    "story", [Story(), Story(standby="frozen"), Story(late_ms=150), Story(event_log_is_copied=False)]
)
def test_a_phase_and_its_finding_are_one_value(synthetic_run: Tell, story: Story) -> None:
    result = judge_folder(synthetic_run(story))

    for phase in result.phases:
        judged = finding(result, f"phase.{phase.name}")
        assert (judged.state, judged.measured, judged.target_ns) == (phase.state, phase.span, phase.target_ns)


def test_the_recovery_point_is_judged_not_only_the_number(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(lost_gifts=3))
    allowed = folder.plan.read_text().replace('"lost_max": 0', '"lost_max": 9')
    for rpo, state in (("0s", "MISSED"), ("60s", "MET")):
        folder.plan.write_text(allowed.replace('"rpo": "0s"', f'"rpo": "{rpo}"'))
        result = judge_folder(folder)

        assert finding(result, "data.gifts.lost").state in ("MET", "UNUSABLE")
        assert finding(result, "data.gifts.rpo").state == ("UNUSABLE" if state == "MET" else state)
