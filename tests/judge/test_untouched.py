"""A site is lost that serves nobody: no switch is waited for, and no viewer may notice."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.shown.render import render
from tests.judge.found import codes, finding
from tests.judge.story import Story
from tests.report.page import read

LOST = Story(lost="b")


def test_a_loss_that_nobody_notices_keeps_its_promise_and_shows_no_switch(synthetic_run) -> None:
    result = judge_folder(synthetic_run(LOST))

    assert result.verdict == "PASS"
    assert finding(result, "untouched").state == "MET"
    assert [each.id for each in result.findings if each.id in ("recovery", "failback", "hold")] == []
    assert (result.phases, result.measured) == ([], None)
    assert [each.code for each in result.back] == ["untouched.met"]
    assert result.headline.code == "headline.pass.no_switch"
    assert "not_shown.no_switch" in [each.code for each in result.not_shown]


def test_the_page_of_such_a_drill_lists_no_phase_and_no_standby_to_hold_on(synthetic_run) -> None:
    page = read(render(judge_folder(synthetic_run(LOST)), "en")).text

    assert "no switch was drilled" in page
    assert "This drill waits for no switch, so no phase of a recovery applies." in page
    assert "on the standby" not in page
    assert "recovery not measured" not in page
    assert "first viewer hit: none seen" in page


@pytest.mark.parametrize(
    "story",
    [
        Story(lost="b", bad=(("telecom", 5.0, 5.4),)),
        Story(lost="b", bad=(("unicom", 14.5, 14.9),)),
        Story(lost="b", primary_bad=((2.0, 3.0),)),
    ],
    ids=["while it is lost", "while it is healed", "the site that serves"],
)
def test_one_bad_picture_is_one_too_many(synthetic_run, story: Story) -> None:
    result = judge_folder(synthetic_run(story))

    assert finding(result, "untouched").state == "MISSED"
    assert finding(result, "untouched").said.code == "untouched.missed"
    assert result.verdict == "FAIL"


def test_a_viewer_who_had_an_outage_was_touched_though_no_probe_saw_it(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(lost="b", viewers_hit=3)))

    assert finding(result, "untouched").said.code == "untouched.viewers"
    assert finding(result, "untouched").said.facts["viewers_count"] == 3
    assert result.verdict == "FAIL"


def test_viewers_who_were_on_the_site_that_is_lost_make_it_invalid(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(lost="b", on_b_before=True)))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.origin.spared.elsewhere"


def test_a_loss_of_a_moment_has_not_shown_that_it_lasts(synthetic_run) -> None:
    """The drill is aborted, or heals at once: nobody was touched, and nothing is proven."""
    for story in (Story(lost="b", aborted_s=3.0), Story(lost="b", held_s=4.0)):
        result = judge_folder(synthetic_run(story))

        assert finding(result, "untouched").said.code == "untouched.too_short"
        assert finding(result, "untouched").state == "INDETERMINATE"
        assert result.verdict == "INCOMPLETE"


def test_a_loss_that_only_the_runner_saw_is_no_loss_however_soon_it_was_healed(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(lost="b", is_seen=False, held_s=0.2)))

    assert result.verdict == "INVALID"
    assert codes(result)[0] == "check.effect.none"


def test_probes_that_looked_away_prove_nothing(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(lost="b", blind=((6.0, 7.0),))))

    assert finding(result, "untouched").said.code == "untouched.gaps"
    assert result.verdict == "INCOMPLETE"


def test_a_primary_that_is_lost_without_waiting_for_the_switch_is_another_matter(synthetic_run) -> None:
    result = judge_folder(synthetic_run(Story(left_out=("until_switched", "hold", "failback"))))

    assert result.finding("untouched") is None
    assert finding(result, "recovery").said.code == "recovery.not_planned"
    assert result.verdict == "INCOMPLETE"
