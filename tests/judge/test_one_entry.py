"""Where nobody resolves, the pictures' own samples tell who serves, and so when viewers were steered."""

import pytest

from switchdrill_reports import publish
from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, finding, holds, milestone
from tests.judge.story import Story


def test_viewers_were_steered_when_the_new_site_gave_their_answers_for_good(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(one_entry=True)))

    assert result.verdict == "PASS"
    assert holds(result, "M9", 6.4, "telecom")
    assert holds(result, "M9", 9.1, "unicom")
    assert milestone(result, "M9", "telecom").source == "samples media.telecom"
    assert ["MET"] * 3 == [phase.state for phase in result.phases]


def test_without_an_event_log_detection_is_inferred_from_the_rule_and_from_who_serves(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(one_entry=True, has_event_log=False)))

    assert milestone(result, "M2").source == "inferred from trigger switch"
    assert holds(result, "M2", 5.2)


@pytest.mark.parametrize("standby", ["frozen", "wrong_room"])
def test_a_bad_picture_of_the_new_site_is_no_recovery_and_yet_tells_that_viewers_were_steered(
    synthetic_run: Tell, standby: str
) -> None:
    result = judge_folder(synthetic_run(Story(one_entry=True, standby=standby)))

    assert holds(result, "M9", 6.4, "telecom")
    assert finding(result, "phase.steer").state == "MET"
    assert finding(result, "phase.restore").state == "MISSED"


@pytest.mark.parametrize(
    "story",
    [
        Story(one_entry=True, standby="dead"),
        Story(one_entry=True, detected_s=None),
        Story(one_entry=True, shape="fast_fail", lost="b"),
        Story(one_entry=True, aborted_s=3.0),
        Story(one_entry=True, blind=((0.5, 12.0),)),
    ],
    ids=["nobody serves", "never noticed", "the standby", "aborted", "nobody looked"],
)
def test_whatever_happens_there_is_a_verdict_and_a_report(synthetic_run: Tell, story: Story) -> None:
    folder = synthetic_run(story)
    judged = publish.judge(folder.path)

    assert judged.verdict is not None
    assert folder.result.is_file()
    steered = [each.at for each in judge_folder(folder).milestones if each.id == "M9"]
    assert all(at is None or at.hi is None for at in steered) or story.blind, "nobody was steered"


def test_a_sample_file_that_is_gone_leaves_it_unmeasured(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story(one_entry=True))
    (folder.samples / "media.unicom.bin").unlink()

    assert milestone(judge_folder(folder), "M9").at is None
