"""A site that is lost while something else is broken: what the switch answers is the loss, not what was before."""

from pathlib import Path

import pytest

from switchdrill.record.folder import RunFolder
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result
from tests.judge.found import codes, finding, holds, milestone
from tests.judge.nested import LINE_S, tell_nested, with_promises
from tests.judge.story import RUN, S, Story, at
from tests.judge.synthetic import tell
from tests.judge.times import times_of
from tests.judge.twice import relinked


def judged(story: Story, path: Path, *, back_inside: bool = False) -> Result:
    return judge_folder(tell_nested(story, path / RUN, back_inside=back_inside))


def test_every_promise_kept_is_a_pass(tmp_path: Path) -> None:
    result = judged(Story(), tmp_path)

    assert {each.id: each.state for each in result.findings if each.state != "MET"} == {}
    assert [check.said.code for check in result.validity if not check.ok] == []
    assert result.verdict == "PASS"
    assert [each.answered for each in result.faults] == [False, True]


def test_the_recovery_its_phases_and_the_viewers_begin_at_the_loss_of_the_site(tmp_path: Path) -> None:
    alone, inside = judge_folder(tell(Story(), tmp_path / "alone" / RUN)), judged(Story(), tmp_path)

    assert holds(inside, "M0", 0.001)
    assert inside.milestones == [
        each.model_copy(update={"evidence": other.evidence})
        for each, other in zip(alone.milestones, inside.milestones, strict=True)
    ]
    assert inside.measured == alone.measured
    assert inside.phases == alone.phases
    assert inside.viewers == alone.viewers


def test_a_recovery_that_is_fast_enough_since_the_loss_is_kept_and_a_slow_one_is_not(tmp_path: Path) -> None:
    fast = judged(Story(steered_s={"telecom": 6.4, "unicom": 19.0}), tmp_path / "fast")
    slow = judged(Story(steered_s={"telecom": 6.4, "unicom": 21.0}), tmp_path / "slow")

    assert finding(fast, "recovery").state == "MET"
    assert finding(slow, "recovery").state == "MISSED"
    assert holds(slow, "M11", 21.0)


def test_viewers_that_are_never_switched_have_not_recovered(tmp_path: Path) -> None:
    result = judged(Story(detected_s=None), tmp_path)
    recovery = finding(result, "recovery")

    assert recovery.state == "MISSED"
    assert recovery.measured is not None
    assert recovery.measured.hi is None
    assert recovery.measured.lo > 28 * S
    assert result.verdict == "FAIL"


def test_what_was_bad_during_the_hold_before_is_no_impact_of_the_loss(tmp_path: Path) -> None:
    result = judged(Story(bad=(("telecom", -2.5, -2.0),)), tmp_path)
    (telecom, _unicom) = result.strata

    assert finding(result, "hold").state == "MET", "nothing is promised of a hold before the switch"
    assert result.verdict == "PASS"
    impact = milestone(result, "M1", "telecom").at
    assert impact is not None
    assert impact.lo >= at(0)
    assert telecom.outage_windows[0].began.lo < at(-2.5), "it is shown, whatever it was"


def test_a_hold_before_the_switch_has_no_reading_and_no_number(tmp_path: Path) -> None:
    folder = tell_nested(Story(), tmp_path / RUN)
    kept = judge_folder(folder)
    (folder.ledgers / "gifts.b.hold.json").unlink()
    relinked(folder)
    lost = judge_folder(folder)

    assert finding(kept, "data.gifts.lost").state == "MET"
    assert "ledgers/gifts.b.hold.json" in kept.data[0].read_at
    assert finding(lost, "data.gifts.lost").state == "NOT_MEASURED"
    assert finding(lost, "data.gifts.lost").said.facts["missing"] == "hold, site b"


def test_a_hold_that_flaps_after_the_switch_is_not_mended_by_the_one_before(tmp_path: Path) -> None:
    result = judged(Story(bad=(("telecom", 20.2, 20.7),)), tmp_path)

    assert finding(result, "hold").state == "MISSED"
    assert result.verdict == "FAIL"


def test_a_drill_that_holds_only_before_the_switch_does_not_hold(tmp_path: Path) -> None:
    result = judged(Story(left_out=("hold",), held_s=0.0, reads=("end.a", "end.b")), tmp_path)

    assert finding(result, "hold").said.code == "hold.not_planned"
    assert finding(result, "data.gifts.lost").state == "MET", "no ledger is read at the end of a hold before the switch"


def test_lost_writes_are_measured_back_from_the_loss_of_the_site(tmp_path: Path) -> None:
    """All that was acknowledged since the line was slow is lost with the site, and there is no more of it."""
    folder = tell_nested(Story(lost_gifts=50), tmp_path / RUN)
    states = {}
    for promised_s in (2, 6):
        with_promises(folder, mode="asynchronous", lost_max=99, rpo=promised_s * S)
        result = judge_folder(folder)
        states[promised_s] = finding(result, "data.gifts.rpo").state

    observed = result.data[0].observed
    assert observed is not None
    assert 2.5 * S < observed.lo < (observed.hi or 0) < 4.2 * S
    assert states == {2: "MISSED", 6: "MET"}


@pytest.mark.parametrize(
    ("story", "rule"),
    [
        (Story(primary_bad=((-5.0, -4.5),)), "check.steady.bad"),
        (Story(late_ms=150), "check.lateness.late"),
        (Story(detected_s=-3.0, steered_s={"telecom": -2.5, "unicom": -2.2}), "check.origin.elsewhere"),
    ],
)
def test_all_had_to_be_well_before_anything_was_broken_and_viewers_in_place_until_the_loss(
    tmp_path: Path, story: Story, rule: str
) -> None:
    result = judged(story, tmp_path)

    assert rule in [each.said.code for each in result.validity if not each.ok]
    assert result.verdict == "INVALID"


def test_a_drill_that_is_cut_short_before_the_loss_measures_no_recovery(tmp_path: Path) -> None:
    result = judged(Story(aborted_s=-2.0), tmp_path)

    assert result.verdict == "INCOMPLETE"
    assert codes(result)[0] == "cut.interrupted"
    assert [each.id for each in result.milestones] == []
    assert {each.state for each in result.findings if each.id in ("recovery", "hold", "failback")} == {"NOT_RUN"}
    assert finding(result, "recovery").said.code == "recovery.not_reached"
    assert {each.said.code for each in result.findings if each.id.startswith("phase.")} == {"phase.not_made"}
    assert result.fault is None, "it is one drill, whatever of it was not reached"
    assert result.all_healed


@pytest.mark.parametrize("aborted_s", [0.5, 3.0, 15.0])
def test_a_drill_that_is_cut_short_after_the_loss_is_measured_as_far_as_it_got(
    tmp_path: Path, aborted_s: float
) -> None:
    alone = judge_folder(tell(Story(aborted_s=aborted_s), tmp_path / "alone" / RUN))
    inside = judged(Story(aborted_s=aborted_s), tmp_path)

    for promise in ("recovery", "hold", "phase.detect"):
        assert finding(inside, promise).state == finding(alone, promise).state
        assert finding(inside, promise).measured == finding(alone, promise).measured
    assert inside.verdict == alone.verdict == "INCOMPLETE"


def test_the_lost_site_rejoins_from_its_own_healing(tmp_path: Path) -> None:
    quick = judged(Story(), tmp_path / "quick")
    slow = judged(Story(rejoined_s=12.0, in_step_s=9.0), tmp_path / "slow")

    assert finding(quick, "rejoin").state == "MET"
    assert finding(slow, "rejoin").state == "MISSED"
    measured = finding(slow, "rejoin").measured
    assert measured is not None
    assert measured.lo <= 9.0 * S <= (measured.hi or 0) + S, "since the site was healed; the line came later"


def test_the_way_back_inside_the_outer_fault_is_no_healing(tmp_path: Path) -> None:
    """Viewers that flap while they go back, before the line is healed, were not hit by our healing."""
    story = Story()
    back_s = times_of(story).failback
    flaps = Story(bad=(("telecom", back_s + 1.0, back_s + 1.5),))
    result = judged(flaps, tmp_path, back_inside=True)

    assert times_of(flaps).failback == back_s
    assert finding(result, "while_healing").state == "MET"
    assert finding(result, "rejoin").state == "MET"
    assert finding(result, "failback").state == "MET"


def test_the_line_has_its_own_window_and_the_loss_is_at_zero(tmp_path: Path) -> None:
    line, site = judged(Story(), tmp_path).faults

    assert line.onset is not None
    assert site.onset is not None
    assert (line.onset.lo, site.onset.lo) == (at(LINE_S), at(0))
    assert line.healed is not None
    assert site.healed is not None
    assert line.healed.lo > (site.healed.hi or 0)


def test_neither_of_two_undos_can_be_left_out(tmp_path: Path) -> None:
    folder = tell_nested(Story(heals=False), tmp_path / RUN)

    assert judge_folder(RunFolder(folder.path)).verdict == "FAIL"
